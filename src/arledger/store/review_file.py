"""The review file: what matching left open, to be decided in an editor or a pull request and posted with --from.

People edit it, so it is written with the evidence in comments and the best candidate filled in; nothing is posted
until `decision` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from pydantic import ValidationError

from arledger.documents.base import Document
from arledger.documents.fields import Amount, Flag, Id, ItemId, Text
from arledger.errors import ImportFileError, Place, Problem, printable
from arledger.store.canonical import scalar
from arledger.store.file_text import Unreadable, decode
from arledger.store.yaml_text import Marks, load


class ReviewShare(Document):
    """One item a payment is for; without an amount, what the payment covers."""

    item: ItemId
    amount: Amount | None = None
    discount: Amount | None = None


class ReviewLine(Document):
    """One line of the bank file and what is decided about it."""

    line: Text
    decision: Literal["apply", "on-account", "unidentified", "skip"] = "skip"
    customer: Id | None = None
    applied: tuple[ReviewShare, ...] = ()
    learn: Flag = False


class Review(Document):
    """A review file."""

    lines: tuple[ReviewLine, ...] = ()


class Open(NamedTuple):
    """A line that waits: its key's first digits, it in words, why it waits, its candidates (customer, items, why)."""

    line: str
    told: str
    evidence: Sequence[str]
    candidates: Sequence[tuple[str, Sequence[str], str]]


_HEAD = """# Payments for review. Set `decision` of each line, correct what is filled in, then run
#   {command}
# decision: apply | on-account | unidentified | skip     learn: true keeps the payer's name with the customer
"""


def write_review(open_: Sequence[Open], command: str) -> str:
    """The text of a review file, the best candidate of each line filled in, nothing decided; `command` posts it."""
    text = _HEAD.format(command=printable(command)) + ("lines:\n" if open_ else "lines: []\n")
    for line in open_:
        text += f"  - line: {scalar(line.line)}\n    # {printable(line.told)}\n"
        text += "".join(f"    # {printable(word)}\n" for word in line.evidence)
        for customer, items, why in line.candidates:
            text += f"    # may be {printable(customer)} {', '.join(items)}: {printable(why)}\n"
        text += "    decision: skip\n"
        if line.candidates:
            customer, items, _ = line.candidates[0]
            text += f"    customer: {scalar(customer)}\n" if customer else ""
            text += f"    applied: [{', '.join(f'{{item: {item}}}' for item in items)}]\n" if items else ""
    return text


def read_review(data: bytes, name: str) -> Review:
    """The decisions in a review file. Raises ImportFileError with every problem."""
    marks: Marks = {}
    try:
        raw = load(decode(data), marks)
        return Review.model_validate(raw)
    except Unreadable as error:
        raise ImportFileError([error.problem(name)]) from None
    except ValidationError as error:
        problems = []
        for details in error.errors(include_url=False):
            loc = tuple(details["loc"])
            while loc and loc not in marks:
                loc = loc[:-1]
            problems.append(Problem(Place(name, *marks.get(loc, (1, 1))), "bad-review", str(details["msg"]),
                                    "decision is apply, on-account, unidentified or skip"))  # fmt: skip
        raise ImportFileError(problems) from None
