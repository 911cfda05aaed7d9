"""The writer of letters a command works with: the ledger's templates, all of them tried before anything is posted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from arledger.cli.session import Session
from arledger.compute.notice_values import sample
from arledger.errors import ImportFileError, Problem
from arledger.render.letters import Letters
from arledger.store.templates import templates

_WORDS = "words/"
Write = Callable[[str, str, Mapping[str, Any]], str]


def writer(session: Session, day: date) -> Write:
    """What writes a letter of a template in a language.

    Every template that policy names is tried first, in every language there is. Raises ImportFileError with all that
    is wrong with any of them.
    """
    found, policy = templates(session.books.home), session.ledger.policy
    languages = [path[len(_WORDS) : -len(".yaml")] for path in found.files if path.startswith(_WORDS)]
    words = {language: found.words(language) for language in languages}
    letters = Letters(found.files, words, policy.paper.language)
    names = {name for procedure in policy.notices.procedures.values() for name in procedure.templates()}
    names |= {state.template or f"service-{state.action}" for state in policy.service.states}
    problems: list[Problem] = []
    for name in sorted(names):
        for language in letters.languages(name) or ("",):
            try:
                letters.write(name, language, sample(session.ledger, day))
            except ImportFileError as error:
                problems.extend(error.problems)
    if problems:
        raise ImportFileError(problems)
    return letters.write
