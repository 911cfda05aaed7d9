"""The words of a mail: subject, text and HTML, from the templates in `templates/mail/`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from arledger.errors import ImportFileError
from arledger.render import child
from arledger.render.pdf import template_problem
from arledger.render.words import written
from arledger.reports.paper import Paper

_JOB = child.Job("arledger.render.jinja_job", 10.0, 500)


class MailText(NamedTuple):
    """What a mail says."""

    subject: str
    text: str
    html: str


class Writer(child.Working):
    """Writes mails from one set of templates. Use it in a `with` block: it holds a process."""

    def __init__(self, files: Mapping[str, bytes], job: child.Job = _JOB) -> None:
        self._files = files
        self._child = child.Child(job, {}, {path: data for path, data in files.items() if path.startswith("mail/")})

    def write(self, paper: Paper, words: Mapping[str, Any]) -> MailText:
        """The mail that brings a paper. Raises ImportFileError for a template that cannot be filled in.

        The first line of the text's template is the subject.
        """
        data = {"kind": paper.kind, **written(paper.data, words), "words": dict(words), "language": paper.language}
        subject, _, body = self._fill(self._template(paper), data).strip().partition("\n")
        text = re.sub(r"\n{3,}", "\n\n", body.strip()) + "\n"
        paragraphs = [part.split("\n") for part in text.strip().split("\n\n")]
        more = {"subject": subject, "paragraphs": paragraphs, "facts": _facts(data, words)}
        return MailText(subject.strip(), text, self._fill("mail/page.html", {**data, **more}))

    def _template(self, paper: Paper) -> str:
        """The text in the language of the paper, else in English."""
        languages = (paper.language, paper.language.partition("-")[0], "en")
        names = [f"mail/{language}/{paper.kind}.txt" for language in languages]
        return next((name for name in names if name in self._files), names[-1])

    def _fill(self, template: str, data: Mapping[str, Any]) -> str:
        try:
            return self._child.ask({"template": template, "data": data}).decode()
        except child.RefusedError as error:
            raise ImportFileError([template_problem(error, template, data)]) from None


def _facts(data: Mapping[str, Any], words: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """The key facts of a paper, for the table of the HTML."""
    pairs = [(words.get(key, key), data.get(name)) for key, name in (("dated", "date"), ("due", "due"))]
    if "total" in data:
        pairs = [(words.get("number", ""), data["number"]), *pairs]
        pairs.append((words.get("total", ""), f"{data['total']} {data['currency']}"))
    for section in data.get("sections", ()):
        pairs.append((words.get("closing", ""), f"{section['closing']} {section['currency']}"))
    return [(label, text) for label, text in pairs if text]
