"""Templates and words: those of the ledger's own `templates/` folder, and the package's where it has none."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from arledger.errors import ImportFileError, Place, Problem
from arledger.store.file_text import Unreadable, decode
from arledger.store.starting import package_data
from arledger.store.yaml_text import load

_MAX = 20 << 20  # bytes of all templates together, fonts included
_ENDINGS = (".typ", ".yaml", ".txt", ".html", ".svg", ".png", ".jpg", ".jpeg", ".ttf", ".otf", ".xsl", ".xslt", ".sch")
_BASE = "en"


@dataclass(frozen=True)
class Templates:
    """The files of both folders by their path under `templates/`."""

    package: Mapping[str, bytes]
    own: Mapping[str, bytes]

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """Every file; the ledger's own in place of the package's."""
        return {**self.package, **self.own}

    def words(self, language: str) -> Mapping[str, Any]:
        """The words of a language, English where it has none. Raises ImportFileError for a file that cannot be read.

        `de-AT` is `de` where there is no file of its own.
        """
        names = [_BASE, *dict.fromkeys(part for part in (language.partition("-")[0], language) if part)]
        found: dict[str, Any] = {}
        for name in names:
            for files in (self.package, self.own):
                if (path := f"words/{name}.yaml") in files:
                    found |= _words(files[path], path)
        return found


def _words(data: bytes, path: str) -> dict[str, Any]:
    try:
        return load(decode(data))
    except Unreadable as error:
        raise ImportFileError([error.problem(f"templates/{path}")]) from None


def templates(home: str) -> Templates:
    """The templates a ledger at `home` uses. Raises ImportFileError for a folder that is too large to be one."""
    own = os.path.join(home, "templates")
    return Templates(_files(str(package_data("templates"))), _files(own) if os.path.isdir(own) else {})


def _files(folder: str) -> dict[str, bytes]:
    """The regular files below a folder by path; links are not followed."""
    found: dict[str, bytes] = {}
    size = 0
    for top, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = os.path.join(top, name)
            told = os.lstat(path)
            if not stat.S_ISREG(told.st_mode) or not name.endswith(_ENDINGS):
                continue
            size += told.st_size
            if size > _MAX:
                raise ImportFileError([Problem(Place(f"templates/{name}"), "template-too-large",
                                               f"with this file the templates have more than {_MAX >> 20} MB",
                                               "keep only what the templates use in that folder")])  # fmt: skip
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder).replace(os.sep, "/")] = file.read()
    return found
