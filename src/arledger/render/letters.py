"""Letters from text templates: `templates/notices/<name>.<language>.txt`, in Jinja2.

A template sees the values of a notice and nothing else: it runs in a sandbox, and a name it gets wrong is an error
with file and line, told before anything is posted.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.loaders import FunctionLoader
from jinja2.sandbox import ImmutableSandboxedEnvironment

from arledger.errors import ImportFileError, Place, Problem, did_you_mean
from arledger.render.words import Words, written

_FOLDER = "notices/"
#: What goes wrong while a template runs: its own mistakes, never those of the program.
_ITS_OWN = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, OverflowError)


class Letters:
    """Writes letters from the templates of a ledger."""

    def __init__(self, files: Mapping[str, bytes], words: Mapping[str, Words], language: str) -> None:
        self._files, self._words, self._language = files, words, language

    @cached_property
    def _environment(self) -> ImmutableSandboxedEnvironment:
        return ImmutableSandboxedEnvironment(
            loader=FunctionLoader(self._source), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
            keep_trailing_newline=True,  # of what is included
            autoescape=False,  # the result is plain text
        )  # fmt: skip

    def _source(self, name: str) -> tuple[str, str, None] | None:
        data = self._files.get(_FOLDER + name)
        if data is None:
            return None
        try:
            return data.decode("utf-8-sig"), f"templates/{_FOLDER}{name}", None
        except UnicodeDecodeError as error:
            raise _bad(name, 1, "template-syntax", f"not UTF-8: {error.reason}", "save it as UTF-8") from None

    def languages(self, name: str) -> tuple[str, ...]:
        """The languages there is a template of that name in."""
        pattern = re.compile(re.escape(f"{_FOLDER}{name}.") + r"([A-Za-z-]+)\.txt")
        return tuple(sorted(found[1] for path in self._files if (found := pattern.fullmatch(path))))

    def language(self, name: str, wanted: str) -> str:
        """The language a letter is written in: the one wanted, else the ledger's, else English.

        Raises ImportFileError when there is no template of that name in any of them.
        """
        there = self.languages(name)
        for language in (wanted, wanted.partition("-")[0], self._language, "en"):
            if language in there:
                return language
        near = did_you_mean(name, sorted({path[len(_FOLDER) :].split(".")[0] for path in self._files
                                          if path.startswith(_FOLDER)}))  # fmt: skip
        raise _bad(f"{name}.{self._language}.txt", 0, "template-missing", "there is no such template",
                   near or "write it, or name another in ledger.yaml")  # fmt: skip

    def write(self, name: str, wanted: str, values: Mapping[str, Any]) -> str:
        """The letter. Raises ImportFileError with file and line for a template that is wrong."""
        language = self.language(name, wanted)
        file = f"{name}.{language}.txt"
        try:
            template = self._environment.get_template(file)
            text = template.render(written(values, self._words.get(language) or self._words["en"]))
        except TemplateSyntaxError as error:
            raise _bad((error.name or file), error.lineno, "template-syntax", str(error.message),
                       "correct the template") from None  # fmt: skip
        except TemplateNotFound as error:
            raise _bad(file, _line_of(error), "template-missing", f"it includes {error.name}, which is not there",
                       "correct the name") from None  # fmt: skip
        except UndefinedError as error:
            raise _bad(file, _line_of(error), "template-variable", str(error.message),
                       _known(str(error.message), values)) from None  # fmt: skip
        except _ITS_OWN as error:
            raise _bad(file, _line_of(error), "template-failed", str(error), "correct the template") from None
        return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


def _bad(file: str, line: int, code: str, message: str, hint: str) -> ImportFileError:
    return ImportFileError([Problem(Place(f"templates/{_FOLDER}{file}", line), code, message, hint)])


def _line_of(error: BaseException) -> int:
    """The line of the template an error came from."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno or 0 for frame in reversed(frames) if frame.filename.endswith(".txt")), 0)


def _known(message: str, values: Mapping[str, Any]) -> str:
    """What a misspelt name may have meant, else the names there are."""
    wrong = re.findall(r"'([^']+)'", message)
    names = sorted({*values, *(key for value in values.values() for key in _keys(value))})
    return (did_you_mean(wrong[-1], names) if wrong else "") or f"a notice has {', '.join(values)}"


def _keys(value: Any) -> tuple[str, ...]:
    first = value[0] if isinstance(value, list) and value else value
    return tuple(first) if isinstance(first, Mapping) else ()
