"""The review of doubtful payments: at a terminal, line by line, or from a file somebody edited."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from arledger.cli.lookup import known_customer, known_item
from arledger.cli.output import say
from arledger.commands.apply_payments import Outcome
from arledger.commands.decisions import Decision, How, decided, told
from arledger.commands.planned import refuse_closed
from arledger.commands.shares import parse_apply
from arledger.compute.open_items import open_items
from arledger.errors import ArError, printable
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.store.review_file import Open, Review, ReviewShare

_HELP = """  1, 2 …           take that candidate       a ITEM[=AMOUNT] …  apply to these items
  c TEXT           search customers          i TEXT             search open items
  o CUSTOMER       keep on account           u                  leave unidentified
  s                skip                      b                  back, undo the last decision
  q                done: post what is decided, the rest waits"""


def open_lines(outcomes: Sequence[Outcome]) -> list[Open]:
    """The lines that wait, as a review file has them."""
    return [
        Open(
            o.line.key[:16],
            told(o.line),
            o.proposal.evidence,
            [(c.customer, c.items, c.why) for c in o.proposal.candidates],
        )
        for o in outcomes
        if o.status == "review" and o.proposal
    ]


def decisions_of(review: Review) -> list[Decision]:
    """The decisions a review file holds; lines to be skipped have none."""
    return [
        Decision(
            line.line, line.decision, line.customer or "",
            [_wanted(share) for share in line.applied] if line.decision == "apply" else (),
            line.learn,
        )
        for line in review.lines
        if line.decision != "skip"
    ]  # fmt: skip


def _wanted(share: ReviewShare) -> str:
    amount = f"={share.amount:f}" if share.amount is not None else ""
    return f"{share.item}{amount}" + (f"+{share.discount:f}" if amount and share.discount else "")


def ask(ledger: Ledger, outcomes: Sequence[Outcome]) -> list[Decision]:
    """Walks the doubtful lines at a terminal. Gives what was decided, in the order of the file."""
    waiting = [outcome for outcome in outcomes if outcome.status == "review"]
    made: dict[int, Decision | None] = {}
    at = 0
    say(f"{len(waiting)} payments for review. ? for help.")
    while at < len(waiting):
        _show(waiting[at], at, len(waiting))
        answer = str(typer.prompt("review", default="s", err=True, show_default=False)).strip()
        if answer == "q":
            break
        if answer == "b":
            at = max(0, at - 1)
            made.pop(at, None)
            continue
        try:
            decision = _decide(ledger, waiting[at], answer)
            if decision:
                before = [(waiting[n], earlier) for n, earlier in sorted(made.items()) if earlier]
                _refuse_wrong(ledger, [*before, (waiting[at], decision)])
        except ArError as error:
            say(f"  {error}")
            continue
        if decision is not None or answer == "s":
            made[at] = decision
            at += 1
    return [decision for _, decision in sorted(made.items()) if decision]


def _refuse_wrong(ledger: Ledger, made: Sequence[tuple[Outcome, Decision]]) -> None:
    """Raises ArError when the books do not allow the last decision, once those before it have had their part."""
    used: dict[str, int] = {}
    for outcome, decision in made:
        decided(ledger, outcome.line, decision, used)
    refuse_closed(ledger, made[-1][0].line.line.value_date)


def _show(outcome: Outcome, at: int, of: int) -> None:
    say(f"\n[{at + 1}/{of}] {told(outcome.line)}")
    for text in outcome.proposal.evidence if outcome.proposal else ():
        say(f"  {text}")
    for number, candidate in enumerate(outcome.proposal.candidates if outcome.proposal else (), 1):
        say(f"  {number}. {candidate.customer} {', '.join(candidate.items)}: {candidate.why}")


def _decide(ledger: Ledger, outcome: Outcome, answer: str) -> Decision | None:
    """The decision an answer makes; None when it was a question."""
    key, bank = outcome.line.key[:16], outcome.line.line
    verb, _, rest = answer.partition(" ")
    candidates = outcome.proposal.candidates if outcome.proposal else ()
    if verb.isdigit() and 1 <= int(verb) <= len(candidates):
        chosen = candidates[int(verb) - 1]
        how: How = "apply" if chosen.items else "on-account"
        return Decision(key, how, chosen.customer, chosen.items, learn=True)
    if verb == "a" and rest:
        wanted = rest.split()
        rows = [known_item(ledger, parse_apply(text, bank.currency).item, "a") for text in wanted]
        return Decision(key, "apply", rows[0].customer, wanted, learn=True)
    if verb == "o" and rest:
        return Decision(key, "on-account", known_customer(ledger, rest.strip(), "o"), learn=True)
    if verb == "u":
        return Decision(key, "unidentified")
    if verb in ("c", "i"):
        _search(ledger, verb, rest, outcome)
    elif verb != "s":
        if verb != "?":
            say(f"  {printable(answer)!r} is none of these:")
        say(_HELP)
    return None


def _search(ledger: Ledger, verb: str, text: str, outcome: Outcome) -> None:
    wanted = text.casefold()
    if verb == "c":
        found = [
            f"  {id_}  {name}" for id_, name in ledger.names.items() if id_ and wanted in f"{id_} {name}".casefold()
        ]
    else:
        day = outcome.line.line.value_date
        found = [
            f"  {item.item}  {item.customer}  due {item.due}  open {Money(item.open, item.currency).said()}"
            for item in open_items(ledger, day)
            if not item.is_credit
            and wanted in f"{item.item} {item.customer} {item.po} {' '.join(item.references)}".casefold()
        ]
    say("\n".join(found[:20]) or "  nothing found")
