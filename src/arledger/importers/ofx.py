"""OFX and QFX: version 1 (SGML, end tags optional) and version 2 (XML), with what banks make of them.

OFX says no opening balance, so a file proves nothing by itself; the ledger balance is given as closing.
Source: Open Financial Exchange 1.6 and 2.2, chapters 2, 3 and 11.

>>> data = b"<OFX><STMTRS><CURDEF>EUR<BANKTRANLIST><STMTTRN><DTPOSTED>20260128<TRNAMT>88,75<NAME>ACME</STMTTRN>"
>>> extract(data + b"</BANKTRANLIST></STMTRS></OFX>", Findings("f.ofx"), {})[0].lines[0].amount
8875
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from arledger.documents.bank import BankStatement, StatementLine
from arledger.importers.findings import Findings, beginning, one_line, quoted, readable
from arledger.importers.values import bank_amount, compact, day, exact_amount
from arledger.importers.xml_stream import Node
from arledger.money import DIGITS

_TOKEN = re.compile(
    r"<!\[CDATA\[(?P<cdata>.*?)\]\]>|<(?P<end>/?)(?P<tag>[A-Za-z][\w.]*)\s*(?P<empty>/?)>|<[?!][^>]*>", re.S
)
_ENTITY = re.compile(r"&(amp|lt|gt|nbsp|apos|quot|#[0-9]{1,6});")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "nbsp": " ", "apos": "'", "quot": '"'}
_METHODS = {
    **{"CHECK": "check", "CASH": "cash", "ATM": "cash", "POS": "card", "DIRECTDEBIT": "direct-debit"},
    **{"REPEATPMT": "transfer", "DIRECTDEP": "transfer", "XFER": "transfer"},
}
_GROUPS = {"OFX", "STMTRS", "CCSTMTRS", "BANKTRANLIST", "STMTTRN", "LEDGERBAL"}  # these must end
_DEPTH = 100  # statements are about 10 deep; empty values without end tags add to it until the element around ends
_AGAIN = "the file is incomplete or was changed: download it again"


def identify(data: bytes) -> bool:
    """Whether the file has an OFX header or begins with the OFX element."""
    start = re.sub(r"^(?:[A-Z]+:[^\n<]*\s+)+", "", beginning(data).upper())
    return start.startswith("OFXHEADER") or bool(re.match(r"(?:<[?!][^>]*>\s*|<!DOCTYPE.*?\]>\s*)*<OFX>", start, re.S))


def extract(data: bytes, file: Findings, currencies: Mapping[str, str]) -> list[BankStatement]:
    """The statements of bank and card accounts in file order. Stops at a file that is cut off or an error message."""
    text, warnings = readable(data, file)
    if b"1252" in data[:1000]:  # declared: nothing to warn of
        warnings = ()
    if match := re.search(r"<!DOCTYPE", text[:10_000], re.I):
        hint = "download the file from the bank again; if it says this still, ask the bank for a file without DOCTYPE"
        message = "the file has a document type declaration (DOCTYPE)"
        raise file.fatal(text.count("\n", 0, match.start()) + 1, "xml-doctype", message, hint)
    root = _tree(text, file)
    statements = []
    for node in _walk(root):
        if node.name in ("STMTRS", "CCSTMTRS"):
            statements.append(_statement(node, warnings, currencies, file))
        elif node.name == "STATUS" and node.get("SEVERITY").upper() == "ERROR":
            said = one_line(node.get("MESSAGE")) or f"code {node.get('CODE')}"
            file.add(node.line, "bank-error", f"the bank answered with an error: {said}", "download the file again")
    if not statements and not file.problems:
        investment = any(node.name == "INVSTMTRS" for node in _walk(root))
        what = "of an investment account" if investment else "without any account"
        raise file.fatal(0, "wrong-format", f"the file is OFX {what}, no bank statement", "choose the bank account")
    return statements


def _tree(text: str, file: Findings) -> Node:
    """The elements below OFX. A tag that never ends is a value, or an empty one: what follows stands beside it."""
    root = Node("", 1, {})
    stack = [root]
    line, seen = 1, 0
    matches = list(_TOKEN.finditer(text))
    for match, following in zip(matches, [*matches[1:], None], strict=False):
        line += text.count("\n", seen, match.start())
        seen = match.start()
        if match["cdata"] is not None:
            stack[-1].text += match["cdata"]
        elif match["end"]:
            _close(stack, match["tag"].upper(), file)
        elif match["tag"]:
            value = text[match.end() : following.start() if following else len(text)]
            node = Node(match["tag"].upper(), line, {})
            node.text = _ENTITY.sub(_character, value).strip()
            stack[-1].children.append(node)
            if not node.text and not match["empty"]:
                stack.append(node)
            if len(stack) > _DEPTH:
                raise file.fatal(line, "bad-ofx", f"elements are nested more than {_DEPTH} deep", _AGAIN)
    open_elements = [node for node in stack[1:] if node.name in _GROUPS]
    if open_elements:
        last = open_elements[-1]
        raise file.fatal(last.line, "bad-ofx", f"<{last.name}> begins here and never ends: the file is cut off", _AGAIN)
    return root


def _close(stack: list[Node], name: str, file: Findings) -> None:
    """Ends the innermost element of that name. Elements in it that did not end were empty values."""
    if name not in (node.name for node in stack[1:]):
        return  # the end of a value, already complete
    while stack[-1].name != name:
        unended = stack.pop()
        if unended.name in _GROUPS:
            raise file.fatal(unended.line, "bad-ofx", f"<{unended.name}> begins here and never ends", _AGAIN)
        if not unended.text:
            stack[-1].children += unended.children
            unended.children = []
    stack.pop()


def _character(match: re.Match[str]) -> str:
    known = _ENTITIES.get(match[1])
    if known is not None:
        return known
    code = int(match[1][1:])
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else " "


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _statement(node: Node, warnings: tuple[str, ...], currencies: Mapping[str, str], file: Findings) -> BankStatement:
    """One account's statement. Its currency is the file's, else the one its lines are in, else the account's."""
    account = compact(node.get("BANKACCTFROM/ACCTID", "CCACCTFROM/ACCTID"))
    entries = [entry for group in node.all("BANKTRANLIST") for entry in group.all("STMTTRN")]
    currency = node.get("CURDEF").upper() or next((entry.get("CURRENCY/CURSYM") for entry in entries), "")
    currency = currency or currencies.get(account) or currencies.get("", "")
    if currency not in DIGITS:
        what = f"{quoted(currency)} is no ISO 4217 currency" if currency else "the statement has no currency (CURDEF)"
        file.add(node.line, "bad-currency", what, "give the account its currency in ledger.yaml, under bank_accounts")
        return BankStatement(account, currency, ())
    lines = tuple(line for entry in entries if (line := _line(entry, currency, file)))
    balance = node.find("LEDGERBAL")
    corrected = tuple(
        f"line {entry.line} corrects an earlier one ({entry.get('CORRECTFITID')}): settle it by hand"
        for entry in entries
        if entry.get("CORRECTFITID")
    )
    return BankStatement(
        account=account,
        currency=currency,
        lines=lines,
        opened_on=_day(node.find("BANKTRANLIST/DTSTART"), file),
        closed_on=_day(balance.find("DTASOF") if balance else None, file),
        closing=_amount(balance.find("BALAMT") if balance else None, currency, file),
        warnings=warnings + corrected,
        place=node.line,
        closing_place=balance.line if balance else 0,
    )


def _line(entry: Node, currency: str, file: Findings) -> StatementLine | None:
    """The line of a STMTTRN; None after adding what is wrong with it."""
    before = len(file.problems)
    for name in ("DTPOSTED", "TRNAMT"):
        if not entry.get(name):
            file.add(entry.line, "bad-entry", f"the transaction has no {name}", _AGAIN)
    other = entry.get("CURRENCY/CURSYM")
    if other and other.upper() != currency:
        message = f"an amount in {other} on an account in {currency}"
        file.add(entry.line, "currency-change", message, "book this transaction by hand")
    booked, amount = _day(entry.find("DTPOSTED"), file), _amount(entry.find("TRNAMT"), currency, file)
    value = _day(entry.find("DTAVAIL"), file) or booked
    if booked is None or value is None or amount is None or len(file.problems) > before:
        return None
    check = one_line(entry.get("CHECKNUM"))
    return StatementLine(
        place=entry.line,
        booked=booked,
        value_date=value,
        amount=amount,
        currency=currency,
        payer=one_line(entry.get("NAME", "PAYEE/NAME", "EXTDNAME")),
        payer_account=compact(entry.get("BANKACCTTO/ACCTID", "CCACCTTO/ACCTID")),
        text=one_line(entry.get("MEMO")),
        bank_reference=one_line(entry.get("FITID")),
        end_to_end=one_line(entry.get("REFNUM")),
        check_number=check if check.strip("0") else "",
        pending=bool(entry.get("CORRECTFITID")),
        method=_METHODS.get(entry.get("TRNTYPE").upper(), ""),
    )


def _day(node: Node | None, file: Findings) -> date | None:
    """The day of a date and time as the bank's clock has it; None when there is none."""
    if node is None or not node.text:
        return None
    try:
        return day(node.text[:8], "YYYYMMDD")
    except ValueError as error:
        file.add(node.line, "bad-date", f"{node.name}: {error}", _AGAIN)
        return None


def _amount(node: Node | None, currency: str, file: Findings) -> int | None:
    """Minor units, signed as written. Dot or comma is the decimal sign; with both, the last of them."""
    text = node.text.strip() if node else ""
    if not node or not text:
        return None
    try:
        if "," in text and "." in text:
            point = "." if text.rindex(".") > text.rindex(",") else ","
            return bank_amount(text, currency, decimal=point, thousands="," if point == "." else ".")
        return exact_amount(text, currency)
    except ValueError as error:
        file.add(node.line, "bad-amount", f"{node.name}: {error}", _AGAIN)
        return None
