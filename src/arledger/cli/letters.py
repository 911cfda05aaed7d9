"""The writer of letters a command works with: the ledger's templates, all of them tried before anything is posted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from arledger.cli.session import Session
from arledger.compute.notice_types import Write
from arledger.compute.notice_values import sample
from arledger.errors import ImportFileError, Problem
from arledger.render.letters import Letters
from arledger.store.templates import templates

_WORDS = "words/"


@contextmanager
def letters_of(session: Session) -> Iterator[Letters]:
    """What writes letters from the templates of the ledger, as long as the block lasts."""
    found = templates(session.books.home)
    languages = [path[len(_WORDS) : -len(".yaml")] for path in found.files if path.startswith(_WORDS)]
    words = {language: found.words(language) for language in languages}
    with Letters(found.files, words, session.ledger.policy.paper.language) as letters:
        yield letters


@contextmanager
def writer(session: Session, day: date) -> Iterator[Write]:
    """What writes a letter of a template in a language, as long as the block lasts.

    Every template that policy names is tried first, in every language there is. Raises ImportFileError with all that
    is wrong with any of them.
    """
    policy = session.ledger.policy
    names = {name for procedure in policy.notices.procedures.values() for name in procedure.templates()}
    names |= {state.template or f"service-{state.action}" for state in policy.service.states}
    with letters_of(session) as letters:
        _try_out(letters, sorted(names), sample(session.ledger, day))
        yield letters.write_all


def _try_out(letters: Letters, names: Sequence[str], values: Mapping[str, Any]) -> None:
    """Writes a made-up letter of every template. Raises ImportFileError with all that is wrong with any."""
    problems: list[Problem] = []
    for name in names:
        for language in letters.languages(name) or ("",):
            try:
                letters.write(name, language, values)
            except ImportFileError as error:
                problems.extend(error.problems)
    if problems:
        raise ImportFileError(problems)
