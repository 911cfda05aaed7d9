"""One entry of a camt message as statement lines: batches split, remittance kept.

Source: ISO 20022 camt.052, camt.053, camt.054, message definition reports, versions 2 to 13.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from arledger.dates import parse_date
from arledger.documents.bank import Reference, StatementLine
from arledger.importers.findings import Findings, one_line
from arledger.importers.values import compact, exact_amount
from arledger.importers.xml_stream import Node
from arledger.money import plain

_NOTHING = {"NOTPROVIDED", "NOT PROVIDED", "NONREF", "N/A"}
# Bank transaction code: the family says how the money moved, some sub-families that it went back.
_METHODS = {
    "RCDT": "transfer", "ICDT": "transfer", "RRCT": "transfer", "IRCT": "transfer",
    "RDDT": "direct-debit", "IDDT": "direct-debit", "RCHQ": "check", "ICHQ": "check",
    "CNTR": "cash", "CCRD": "card", "MCRD": "card",
}  # fmt: skip
_RETURNS = {"RRTN", "UPDD", "UPCQ", "RPCR", "PRDD", "ARET", "CQRV"}


def entry_lines(entry: Node, own_account: str, file: Findings) -> tuple[StatementLine, ...]:
    """The lines of an entry, in order of its details: one, or as many as the batch has details with amounts.

    Empty after adding a problem: an amount or date that is none, details that do not sum up to the entry.
    """
    whole = _whole(entry, file)
    if whole is None:
        return ()
    details = [detail for part in entry.all("NtryDtls") for detail in part.all("TxDtls")]
    if not details:
        return (replace(whole, text=one_line(entry.get("AddtlNtryInf"))),)
    lines = [_detailed(detail, whole, own_account, entry) for detail in details]
    if len(lines) == 1:
        return (lines[0],)
    return _split(entry, whole, details, lines, file)


def amount_of(node: Node | None, file: Findings) -> tuple[int, str] | None:
    """Minor units (never negative) and currency of an Amt element; None without one, and after adding a problem."""
    if node is None:
        return None
    currency, text = node.attributes.get("Ccy", ""), node.text.strip()
    try:
        if text.startswith("-"):
            raise ValueError(f"{text} is negative: the sign of an amount is CdtDbtInd")
        return exact_amount(text, currency), currency
    except ValueError as error:
        file.add(node.line, "bad-amount", str(error), "the file was changed, or the bank is in error: get it again")
        return None


def day_of(node: Node | None, file: Findings) -> date | None:
    """The day of a Dt or DtTm under the element; None when there is no element, or after adding a problem."""
    text = node.get("Dt", "DtTm") if node else ""
    if not node or not text:
        return None
    try:
        return parse_date(text[:10])
    except ValueError as error:
        file.add(node.line, "bad-date", str(error), "the file was changed, or the bank is in error: get it again")
        return None


def _whole(entry: Node, file: Findings) -> StatementLine | None:
    """The entry as one line, without what its details say."""
    money = amount_of(entry.find("Amt"), file)
    booked, value = day_of(entry.find("BookgDt"), file), day_of(entry.find("ValDt"), file)
    sign = {"CRDT": 1, "DBIT": -1}.get(entry.get("CdtDbtInd"))
    when = booked or value
    if not entry.find("Amt") or sign is None or (when is None and not file.problems):
        missing = "amount" if not entry.find("Amt") else "CdtDbtInd of CRDT or DBIT" if sign is None else "date"
        file.add(entry.line, "bad-entry", f"the entry has no {missing}", "the file is damaged: download it again")
    if money is None or sign is None or when is None:
        return None
    reversal = entry.get("RvslInd") in ("true", "1")
    code = entry.find("BkTxCd/Domn/Fmly")
    sub_family = code.get("SubFmlyCd") if code else ""
    return StatementLine(
        place=entry.line,
        booked=when,
        value_date=value or when,
        amount=sign * money[0],
        currency=money[1],
        bank_reference=entry.get("AcctSvcrRef", "NtryRef"),
        returned=reversal or sub_family in _RETURNS,
        reversal=reversal,
        pending=entry.get("Sts/Cd", "Sts/Prtry", "Sts") not in ("BOOK", ""),
        method=_METHODS.get(code.get("Cd"), "") if code else "",
    )


def _detailed(detail: Node, whole: StatementLine, own_account: str, entry: Node) -> StatementLine:
    """The entry's line with all the detail says but its amount."""
    returned = whole.returned or detail.find("RtrInf") is not None
    payer, account = _other_side(detail, whole.amount > 0, returned, own_account)
    remittance = detail.all("RmtInf")
    words = [part.text for info in remittance for part in info.all("Ustrd")]
    words += [more.text for info in remittance for strd in info.all("Strd") for more in strd.all("AddtlRmtInf")]
    end_to_end = detail.get("Refs/EndToEndId")
    code = detail.find("BkTxCd/Domn/Fmly")
    return replace(
        whole,
        place=detail.line,
        payer=payer,
        payer_account=account,
        text=one_line(" ".join(words)) or one_line(detail.get("AddtlTxInf") or entry.get("AddtlNtryInf")),
        references=tuple(ref for info in remittance for strd in info.all("Strd") for ref in _references(strd)),
        bank_reference=detail.get("Refs/AcctSvcrRef") or whole.bank_reference,
        end_to_end="" if end_to_end.upper() in _NOTHING else end_to_end,
        check_number=detail.get("Refs/ChqNb"),
        charges=_charges(detail, whole.currency) or _charges(entry, whole.currency),
        returned=returned,
        return_reason=detail.get("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry"),
        method=whole.method or (_METHODS.get(code.get("Cd"), "") if code else ""),
    )


def _other_side(detail: Node, money_in: bool, returned: bool, own_account: str) -> tuple[str, str]:
    """Name and account of the other side. In a return the parties keep the roles of the first payment."""
    sides = ["Dbtr", "Cdtr"] if money_in != returned else ["Cdtr", "Dbtr"]
    parties = detail.find("RltdPties")
    if parties is None:
        return "", ""
    for side in sides:
        account = compact(parties.get(f"{side}Acct/Id/IBAN", f"{side}Acct/Id/Othr/Id"))
        if account and account == own_account:
            continue  # that is us
        paths = (f"{side}/Pty/Nm", f"{side}/Nm", f"Ultmt{side}/Pty/Nm", f"Ultmt{side}/Nm", f"{side}/Agt/FinInstnId/Nm")
        name = one_line(parties.get(*paths))
        if name or account:
            return name, account
    return "", ""


def _references(strd: Node) -> list[Reference]:
    """The documents and the creditor reference of one structured remittance."""
    documents = [number for info in strd.all("RfrdDocInf") if (number := one_line(info.get("Nb")))]
    amounts = strd.find("RfrdDocAmt")
    found = [Reference(number) for number in documents]
    if len(documents) == 1 and amounts is not None:  # several documents share the one amount: not said which
        found = [_with_amounts(documents[0], amounts)]
    creditor = one_line(strd.get("CdtrRefInf/Ref"))
    return found + ([Reference(creditor)] if creditor and creditor not in documents else [])


def _with_amounts(number: str, amounts: Node) -> Reference:
    quiet = Findings("")  # remittance is the payer's word: what is no amount there is left out, not refused
    remitted = amount_of(amounts.find("RmtdAmt"), quiet) or amount_of(amounts.find("RmtdAmtAndTp/Amt"), quiet)
    credit_note = amount_of(amounts.find("CdtNoteAmt"), quiet)
    adjusted = amounts.find("AdjstmntAmtAndRsn")
    withheld = amount_of(adjusted.find("Amt"), quiet) if adjusted else None
    if adjusted and withheld and adjusted.get("CdtDbtInd") == "CRDT":
        withheld = None
    return Reference(
        number,
        remitted[0] if remitted else -credit_note[0] if credit_note else None,
        adjusted.get("Rsn") if adjusted and withheld else "",
        withheld[0] if withheld else 0,
    )


def _charges(node: Node, currency: str) -> int:
    """What the bank kept, in minor units of the line's currency; 0 when none is said in it."""
    quiet, total = Findings(""), 0
    for charges in node.all("Chrgs"):
        records = charges.all("Rcrd") or [charges]  # before version 4 each charge is a Chrgs of its own
        for record in records:
            money = amount_of(record.find("Amt"), quiet)
            if money and money[1] == currency and record.get("CdtDbtInd") != "CRDT":
                total += money[0]
    return total


def _split(
    entry: Node, whole: StatementLine, details: list[Node], lines: list[StatementLine], file: Findings
) -> tuple[StatementLine, ...]:
    """A batch as its details. One line for the whole when the details do not all have an amount in its currency."""
    amounts = [amount for detail in details if (amount := _amount_in(detail, whole.currency)) is not None]
    if len(amounts) < len(details):
        words = " ".join(filter(None, (line.text for line in lines)))
        references = tuple(reference for line in lines for reference in line.references)
        return (replace(whole, text=one_line(words), references=references, charges=lines[0].charges),)
    kept = [_charges(detail, whole.currency) for detail in details]
    parts = [
        replace(line, amount=amount, charges=part) for line, amount, part in zip(lines, amounts, kept, strict=True)
    ]
    sign = 1 if whole.amount > 0 else -1
    marks = [{"CRDT": 1, "DBIT": -1}.get(detail.get("CdtDbtInd"), sign) for detail in details]
    for signs in (marks, [sign] * len(marks)):  # some banks mark the details by the first payment, not by the entry
        if found := _summed(whole, parts, signs, _charges(entry, whole.currency)):
            return found
    total, want = (plain(minor, whole.currency) for minor in (sum(amounts), abs(whole.amount)))
    message = f"the {len(amounts)} details of the batch sum up to {total}, the entry is {want} {whole.currency}"
    file.add(entry.line, "batch-mismatch", message, "the file is incomplete or was changed: download it again")
    return ()


def _amount_in(detail: Node, currency: str) -> int | None:
    """The first amount of a detail that is in the currency; None when there is none."""
    quiet = Findings("")
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        money = amount_of(detail.find(path), quiet)
        if money and money[1] == currency:
            return money[0]
    return None


def _summed(whole: StatementLine, parts: list[StatementLine], signs: list[int], fee: int) -> tuple[StatementLine, ...]:
    """The parts of a batch, signed, when they sum up to it: gross, less their own charges, or less its one fee."""
    gross = [replace(part, amount=sign * part.amount) for part, sign in zip(parts, signs, strict=True)]
    total = sum(part.amount for part in gross)
    if total == whole.amount:
        return tuple(replace(part, charges=0) for part in gross)
    if total - sum(part.charges for part in gross) == whole.amount:
        return tuple(replace(part, amount=part.amount - part.charges) for part in gross)
    if fee and total - fee == whole.amount:
        return (*gross, replace(whole, amount=-fee, text="charges of the batch", returned=False, reversal=False))
    return ()
