"""Papers to PDF/A-3b through Typst templates, in a process of their own that a template cannot hang or starve."""

from __future__ import annotations

import calendar
import os
from collections.abc import Mapping
from typing import Any

import arledger
from arledger.errors import ImportFileError, Place, Problem, UsageError
from arledger.render import child
from arledger.render.payment_code import code
from arledger.render.words import written
from arledger.reports.paper import Paper

_SECONDS = 30.0  # for one paper; a statement of a thousand lines takes one or two
_MEGABYTES = 1_000
_JOB = child.Job("arledger.render.typst_job", _SECONDS, _MEGABYTES)


class Press(child.Working):
    """Makes PDFs from one set of templates. Use it in a `with` block: it holds a process."""

    def __init__(self, files: Mapping[str, bytes], job: child.Job = _JOB) -> None:
        _refuse_without_typst()
        fonts = os.path.join(os.path.dirname(arledger.__file__), "fonts")
        self._files = files
        self._child = child.Child(job, {"fonts": fonts}, files)

    def pdf(self, paper: Paper, words: Mapping[str, Any], more: Mapping[str, Any]) -> bytes:
        """The PDF of a paper in the language of `words`. `more` is for the template too.

        Raises ImportFileError for a template that cannot be set, or text no font has.
        """
        template = f"{paper.kind}.typ"
        logo = paper.data.get("logo")
        if logo and logo not in self._files:
            raise ImportFileError([Problem(Place(f"templates/{logo}"), "no-such-file", "the logo is not there",
                                           "put it there, or take the logo out of ledger.yaml")])  # fmt: skip
        data = {
            **written({**paper.data, **more}, words),
            "words": dict(words),
            "code": _code(paper.data, paper.language),
        }
        for section, shown in zip(paper.data.get("sections", ()), data.get("sections", ()), strict=True):
            found = _code({**paper.data, "pay": section["pay"]}, paper.language)
            shown["code"] = found if found and found["kind"] == "epc" else None  # a Swiss slip takes a foot of its own
        noon = calendar.timegm((*paper.date.timetuple()[:3], 12, 0, 0))
        try:
            return self._child.ask({"template": template, "data": data, "seconds": noon})
        except child.RefusedError as error:
            raise ImportFileError([template_problem(error, template, data)]) from None


def _code(data: Mapping[str, Any], language: str) -> dict[str, str] | None:
    """The code to pay by, as a template takes it."""
    found = code(data, language)
    return {"kind": found.kind, "svg": found.svg.decode()} if found else None


def template_problem(error: child.RefusedError, template: str, data: Mapping[str, Any]) -> Problem:
    """What a template was refused for, with its place."""
    file, _, position = (error.where or template).partition(":")
    line, _, column = position.partition(":")
    place = Place(f"templates/{file}", int(line or 0), int(column or 0) + 1 if line else 0)
    if error.hint == "glyph":
        where = _holding(data, error.message) or file
        return Problem(place, "missing-glyph", f"no font has the character {error.message!r} of {where}",
                       "put a font that has it, as .ttf or .otf, into templates/fonts")  # fmt: skip
    return Problem(
        place,
        "bad-template",
        error.message,
        error.hint or "mend the template, or delete it: then the one that comes with arledger is used",
    )


def _holding(value: Any, text: str, name: str = "") -> str:
    """The name of the first text of the data that holds `text`, such as `to.name`. Recursive."""
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, str) and text in value:
        return name
    return next((found for key, entry in pairs if (found := _holding(entry, text, f"{name}.{key}".lstrip(".")))), "")


def _refuse_without_typst() -> None:
    from importlib.util import find_spec

    if not all(map(find_spec, ("typst", "segno", "qrbill"))):
        raise UsageError("PDF needs packages that are not installed", "pip install 'arledger[pdf]'")
