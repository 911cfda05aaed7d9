"""ISO 20022 statements (camt.053), reports of the day (camt.052) and notifications (camt.054), of any version.

Namespaces are ignored, for banks send versions 2 to 13 and their own mixtures. Reading is streamed: an entry is
turned into lines as soon as it ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from arledger.documents.bank import BankStatement, StatementLine
from arledger.importers.camt_entry import amount_of, day_of, entry_lines
from arledger.importers.findings import Findings, beginning, one_line
from arledger.importers.proof import prove_balance
from arledger.importers.values import compact
from arledger.importers.xml_stream import Node, stream
from arledger.money import DIGITS

_KINDS = {"Stmt": "statement", "Rpt": "report", "Ntfctn": "notification"}
_DAMAGED = "the file is incomplete or was changed: download it again"


def identify(data: bytes) -> bool:
    """Whether the file is XML. Which message it is shows only in reading."""
    return beginning(data).startswith("<")


def extract(data: bytes, file: Findings, currencies: Mapping[str, str]) -> list[BankStatement]:
    """The statements in file order, pages of one statement joined. Stops at messages that are no statement."""
    statements: list[BankStatement] = []
    head: list[Node] = []
    lines: list[StatementLine] = []
    account, message = "", ""
    for node in stream(data, file, depth=4):
        if node.name == "Ntry":
            lines += entry_lines(node, account, file)
        elif node.name in _KINDS:
            node.children, head = head, []
            statements.append(_statement(node, account, tuple(lines), currencies, file))
            account, lines = "", []
        else:
            account = compact(node.get("Id/IBAN", "Id/Othr/Id")) if node.name == "Acct" else account
            message = node.name if node.name != "Document" else message
            head.append(node)
    if not statements:
        what = f"the XML is no bank statement but {message or 'an empty document'}"
        raise file.fatal(0, "wrong-format", what, "ask the bank for camt.053, camt.052 or camt.054")
    return _joined(statements)


def _statement(
    node: Node, account: str, lines: tuple[StatementLine, ...], currencies: Mapping[str, str], file: Findings
) -> BankStatement:
    """What was collected since the last statement, with its balances. `node` holds all but the entries."""
    opening, closing = _balances(node)
    opened, closed = _money(opening, file), _money(closing, file)
    currency = (opened or closed or (0, ""))[1] or node.get("Acct/Ccy") or (lines[0].currency if lines else "")
    currency = currency or currencies.get(account) or currencies.get("", "")
    if currency not in DIGITS:
        file.add(node.line, "bad-currency", f"{currency!r} is no ISO 4217 currency", _DAMAGED)
    _one_currency(
        currency,
        [(balance, money[1]) for balance, money in ((opening, opened), (closing, closed)) if money and balance],
        lines,
        file,
    )
    statement = BankStatement(
        account=account,
        currency=currency,
        lines=lines,
        number=one_line(node.get("ElctrncSeqNb", "LglSeqNb", "Id")),
        opened_on=day_of(opening.find("Dt"), file) if opening else None,
        opening=opened[0] if opened else None,
        closed_on=day_of(closing.find("Dt"), file) if closing else None,
        closing=closed[0] if closed else None,
        place=node.line,
        closing_place=closing.line if closing else 0,
        kind=_KINDS[node.name],
    )
    return statement if file.problems else _settled(statement, file)


def _balances(node: Node) -> tuple[Node | None, Node | None]:
    """The opening and the closing booked balance. Interim balances stand in where a page or a day is not over."""
    found: dict[str, list[Node]] = {}
    for balance in node.all("Bal"):
        found.setdefault(balance.get("Tp/CdOrPrtry/Cd", "Tp/Cd"), []).append(balance)
    interim = found.get("ITBD", [])
    openings = found.get("OPBD", []) or found.get("PRCD", [])
    closings = found.get("CLBD", [])
    if not openings and (closings or len(interim) > 1):
        openings, interim = interim[:1], interim[1:]
    closings = closings or interim[-1:]
    return (openings[0] if openings else None), (closings[-1] if closings else None)


def _money(balance: Node | None, file: Findings) -> tuple[int, str] | None:
    if balance is None:
        return None
    money = amount_of(balance.find("Amt"), file)
    sign = {"CRDT": 1, "DBIT": -1}.get(balance.get("CdtDbtInd"))
    if sign is None:
        file.add(balance.line, "bad-balance", "the balance has no CdtDbtInd of CRDT or DBIT", _DAMAGED)
    if balance.find("Amt") is None:
        file.add(balance.line, "bad-balance", "the balance has no amount", _DAMAGED)
    return (sign * money[0], money[1]) if money and sign else None


def _one_currency(
    currency: str, balances: list[tuple[Node, str]], lines: tuple[StatementLine, ...], file: Findings
) -> None:
    """An account has one currency: balances and entries in another are problems."""
    places = [(balance.line, code) for balance, code in balances] + [(line.place, line.currency) for line in lines]
    for place, code in places:
        if code != currency:
            file.add(place, "currency-change", f"an amount in {code} on an account in {currency}", _DAMAGED)


def _settled(statement: BankStatement, file: Findings) -> BankStatement:
    """The statement with the sign of its reversals, and its right to prove anything, as its balances decide.

    CdtDbtInd of a reversal is meant to be the way the money goes; some banks leave it as in the first entry.
    """
    if prove_balance(statement, file.name) is None:
        return statement
    turned = replace(
        statement,
        lines=tuple(replace(line, amount=-line.amount) if line.reversal else line for line in statement.lines),
    )
    if prove_balance(turned, file.name) is None:
        return turned
    if statement.kind == "statement":
        return statement  # refused later
    # A report of the day may carry only what is new since the last one, under the balances of the whole day.
    unproved = ("the balances of this report of the day do not cover its entries alone: not proved",)
    return replace(statement, opening=None, closing=None, warnings=unproved)


def _joined(statements: list[BankStatement]) -> list[BankStatement]:
    """The statements, with the pages of one that has its opening on the first and its closing on the last joined."""
    joined: list[BankStatement] = []
    for page in statements:
        last = joined[-1] if joined else None
        same = last and (last.account, last.number, last.currency) == (page.account, page.number, page.currency)
        if last and same and last.opening is not None and last.closing is None and page.opening is None:
            joined[-1] = replace(
                last,
                lines=last.lines + page.lines,
                closed_on=page.closed_on,
                closing=page.closing,
                closing_place=page.closing_place,
            )
        else:
            joined.append(page)
    return joined
