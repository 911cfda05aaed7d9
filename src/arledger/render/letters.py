"""Letters from text templates: `templates/notices/<name>.<language>.txt`, in Jinja2.

A template sees the values of a notice and nothing else: it runs in a process of its own, and a name it gets wrong is an
error with file and line, told before anything is posted.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from arledger.compute.notice_types import Wanted
from arledger.errors import ImportFileError, Place, Problem, did_you_mean
from arledger.render import child
from arledger.render.pdf import template_problem
from arledger.render.words import Words, written

_FOLDER = "notices/"
_JOB = child.Job("arledger.render.jinja_job", 10.0, 500)


class Letters(child.Working):
    """Writes letters from the templates of a ledger. Use it in a `with` block: it holds a process."""

    def __init__(self, files: Mapping[str, bytes], words: Mapping[str, Words], language: str) -> None:
        self._words, self._language = words, language
        self._files = {path: data for path, data in files.items() if path.startswith(_FOLDER)}
        self._child = child.Child(_JOB, {}, self._files)

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
        place = Place(f"templates/{_FOLDER}{name}.{self._language or 'en'}.txt")
        near = did_you_mean(name, sorted({path[len(_FOLDER) :].split(".")[0] for path in self._files}))
        hint = near or "write it, or name another in ledger.yaml"
        raise ImportFileError([Problem(place, "template-missing", "there is no such template", hint)])

    def write(self, template: str, language: str, values: Mapping[str, Any]) -> str:
        """One letter. Raises ImportFileError with file and line for a template that is wrong."""
        (text,) = self.write_all([Wanted(template, language, values)])
        return text

    def write_all(self, wanted: Iterable[Wanted]) -> Iterator[str]:
        """The letters, one after another. Raises ImportFileError with file and line for a template that is wrong."""
        asked: deque[tuple[str, Any, Mapping[str, Any]]] = deque()

        def requests() -> Iterator[Mapping[str, Any]]:
            for one in wanted:
                language = self.language(one.template, one.language)
                template = f"{_FOLDER}{one.template}.{language}.txt"
                data = written(one.values, self._words.get(language) or self._words["en"])
                asked.append((template, data, one.values))
                yield {"template": template, "data": data}

        try:
            for answer in self._child.answers(requests()):
                asked.popleft()
                yield "\n".join(line.rstrip() for line in answer.decode().strip("\n").splitlines())
        except child.RefusedError as error:
            template, data, values = asked[0]
            problem = template_problem(error, template, data)
            raise ImportFileError([problem._replace(hint=_known(error.message, values) or problem.hint)]) from None


def _known(message: str, values: Mapping[str, Any]) -> str:
    """What a name there is not may have meant; "" where the message is about something else."""
    wrong = re.findall(r"'([^']+)'", message)
    if not wrong or not re.search("undefined|has no attribute", message):
        return ""
    names = sorted({*values, *(key for value in values.values() for key in _keys(value))})
    return did_you_mean(wrong[-1], names) or f"a notice has {', '.join(values)}"


def _keys(value: Any) -> tuple[str, ...]:
    first = value[0] if isinstance(value, list) and value else value
    return tuple(first) if isinstance(first, Mapping) else ()
