"""The G/L control account against the subledger on a day: every difference by cause.

What a G/L line is about is told by the numbers in its text: the fact's id, or what the customer knows the invoice by.
Lines that name nothing are paired by amount and date, where there is no choice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date

from arledger.compute.fx import carried, rates_of
from arledger.compute.reconciling import Move, Names, Reconciled, Step, pair_rest, reconciled
from arledger.ledger.table import Ledger
from arledger.money import Money

_NEAR = 10  # days between the two books for what names no number

# What each fact did to the control account, with every number it goes by.
_MOVES = """
SELECT f.fact, e.date, SUM(e.amount), f.path, f.kind, f.about, i.currency = ?1,
  (SELECT own.refs || char(10) || own.po FROM items own WHERE own.item = f.fact),
  (SELECT group_concat(DISTINCT paid.item) FROM entries paid WHERE paid.owner = f.id AND paid.item != f.fact)
FROM entries e JOIN facts f ON f.id = e.owner JOIN items i ON i.item = e.item
WHERE e.why != 'applied' OR f.kind IN ('applications', 'deductions')
GROUP BY f.id, i.currency HAVING SUM(e.amount) != 0 ORDER BY e.date, f.fact
"""


def reconcile_gl(ledger: Ledger, currency: str, as_of: date, theirs: Sequence[Move]) -> Reconciled:
    """The reconciliation of the control account in one currency at the end of a day.

    `theirs` are all lines of the account, also later ones (which tell a cut-off from a missing line), debits positive.
    In the ledger's own currency they may hold what is in foreign ones as well, converted.
    """
    rows = ledger.rows(_MOVES, currency)
    ours = [Move(date.fromordinal(day), amount, fact, f"{kind} {about}", path)
            for fact, day, amount, path, kind, about, same, *_ in rows if same]  # fmt: skip
    payers: dict[str, list[str]] = defaultdict(list)
    for fact, *_, items in rows:
        for item in (items or "").split(","):
            payers[item].append(fact)
    names = Names([(fact, [fact, *(refs or "").split("\n")]) for fact, *_, refs, _ in rows])
    here = ledger.control(as_of).get(currency, 0)
    converted = _converted(ledger, currency, names, theirs)
    ours += converted
    here += _until(converted, as_of)
    told, nameless = _told(names, ours, payers, theirs, {move.name for move in converted})
    own = {move.name: move for move in ours}
    pairs = [(own[fact], tuple(moves)) for fact, moves in told.items()]
    rest = [move for move in ours if move.name not in told]
    near = pair_rest(rest, nameless, _NEAR)
    taken = {id(move) for pair in near for move in pair}
    pairs += [(mine, (other,)) for mine, other in near]
    balance = sum(move.amount for move in theirs if move.date <= as_of)
    only_there = [m for m in nameless if id(m) not in taken and m.date <= as_of]
    only_here = [m for m in rest if id(m) not in taken and m.date <= as_of]
    steps = [*_steps(pairs, {id(move) for move in converted}, as_of), _only_there(only_there)]
    steps.append(Step("only-here", "only in the subledger", tuple(only_here)))
    agreed = sum(_agrees(mine, others, as_of) for mine, others in pairs)
    return reconciled(currency, balance, steps, here, agreed)


def _converted(ledger: Ledger, currency: str, names: Names, theirs: Sequence[Move]) -> list[Move]:
    """What facts in foreign currencies move of what is carried, where the G/L keeps them in the ledger's currency too.

    It does where a line names one of them. Raises RefusedError where a rate is missing.
    """
    if currency != ledger.policy.currency:
        return []
    foreign = {fact for (fact,) in ledger.rows(
        "SELECT DISTINCT f.fact FROM facts f JOIN entries e ON e.owner = f.id JOIN items i ON i.item = e.item "
        "WHERE i.currency != ?", currency)}  # fmt: skip
    if not any((names.find(line.name) or names.find(line.text)) in foreign for line in theirs):
        return []
    paths = dict(ledger.rows("SELECT fact, path FROM facts"))
    return [
        Move(date.fromordinal(one.day), one.carried, one.fact, Money(one.moved, one.currency).said(),
             paths[one.fact])
        for one in carried(ledger, date.max, rates_of(ledger.policy)) if one.carried
    ]  # fmt: skip


def _told(
    names: Names,
    ours: Sequence[Move],
    payers: Mapping[str, Sequence[str]],
    theirs: Sequence[Move],
    converted: Container[str],
) -> tuple[dict[str, list[Move]], list[Move]]:
    """The G/L lines by the fact each tells of, and those that tell of none.

    A line that names an invoice and has the other sign tells of what paid it: the one payment of that amount, or the
    one there is.
    """
    told: dict[str, list[Move]] = defaultdict(list)
    nameless: list[Move] = []
    own = {move.name: move for move in ours}
    for move in filter(lambda line: line.amount, theirs):  # an assertion of a journal moves nothing
        fact = names.find(move.name) or names.find(move.text)
        if fact not in own or (move.amount > 0) != (own[fact].amount > 0):
            paying = [own[p] for p in payers.get(fact, ()) if p in own and p not in told] if fact else []
            paying = [other for other in paying if (other.amount > 0) == (move.amount > 0)]
            exact = [other for other in paying if other.amount == move.amount]
            choice = exact if len(exact) == 1 else paying
            gain = fact if fact in converted and not paying else ""  # of its own rate: it may have either sign
            fact = choice[0].name if len(choice) == 1 else gain
        if fact:
            told[fact].append(move)
        else:
            nameless.append(move)
    return told, nameless


def _until(moves: Iterable[Move], as_of: date) -> int:
    return sum(move.amount for move in moves if move.date <= as_of)


def _agrees(mine: Move, others: Sequence[Move], as_of: date) -> bool:
    return mine.date <= as_of and _until(others, as_of) == mine.amount == sum(move.amount for move in others)


def _steps(pairs: Sequence[tuple[Move, tuple[Move, ...]]], converted: Container[int], as_of: date) -> Iterator[Step]:
    """What pairs differ by up to the day: an amount, a rate where ours is converted, or a side dated after the day."""
    cut_off: list[Move] = []
    amounts: list[Move] = []
    rates: list[Move] = []
    for mine, others in pairs:
        there, here = _until(others, as_of), mine.amount if mine.date <= as_of else 0
        if there == here:
            continue
        same = mine.amount == sum(move.amount for move in others)
        dates = ", ".join(sorted({move.date.isoformat() for move in others}))
        told = mine._replace(amount=here - there, text=f"there dated {dates}" if same else f"there {_listed(others)}")
        (cut_off if same else rates if id(mine) in converted else amounts).append(told)
    yield Step("date", "dated on the other side of the day", tuple(cut_off))
    yield Step("amount", "another amount", tuple(amounts))
    yield Step("rate", "in foreign currency, at another rate", tuple(rates))


def _listed(moves: Sequence[Move]) -> str:
    return ", ".join(move.place for move in moves)


def _only_there(moves: Sequence[Move]) -> Step:
    return Step("only-there", "only in the G/L", tuple(move._replace(amount=-move.amount) for move in moves))


def compare(ledger: Ledger, currency: str, as_of: date, theirs: int) -> Reconciled:
    """The balance of a trial balance against the subledger: one difference, of which it cannot tell the cause."""
    here = ledger.control(as_of).get(currency, 0)
    left = (Move(as_of, here - theirs, "", "give the lines of the account to see why"),) if here != theirs else ()
    return reconciled(currency, theirs, [Step("unexplained", "difference to the trial balance", left)], here, 0)
