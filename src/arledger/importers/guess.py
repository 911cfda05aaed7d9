"""A draft of a `BankProfile` for a CSV nobody has described yet. A person reads the reasons and keeps or corrects it.

>>> data = "Buchungstag;Verwendungszweck;Betrag\\n27.01.2026;INV-7;1.088,75\\n13.01.2026;INV-8;-5,00\\n".encode()
>>> draft = guess_profile(data)
>>> draft.profile.columns.amount, draft.profile.date, draft.profile.decimal
('Betrag', 'DD.MM.YYYY', ',')
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from arledger.documents.bank import BankProfile, ProfileColumns
from arledger.importers.findings import Findings, one_line, readable, refuse_foreign
from arledger.importers.table import csv_rows, detect_dialect, spelling
from arledger.importers.values import bank_amount, day
from arledger.money import DIGITS

#: What banks call the columns, in the order they are looked for; a column serves once.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "value_date": ("value date", "valuta", "valutadatum", "wertstellung", "valuta datum", "date de valeur",
                   "fecha valor", "rentedatum", "data valuta", "posted date"),
    "date": ("date", "booking date", "buchungstag", "buchungsdatum", "transaction date", "datum", "fecha",
             "data", "date operation", "date d'opération", "dato", "bokföringsdag", "posting date", "created", "day",
             "journaldate"),
    "balance": ("balance", "running balance", "saldo", "kontostand", "solde", "saldo nach buchung", "running bal."),
    "debit": ("debit", "debit amount", "withdrawal", "withdrawals", "soll", "débit", "paid out", "money out",
              "belastung"),
    "credit": ("credit", "credit amount", "deposit", "deposits", "haben", "crédit", "paid in", "money in",
               "gutschrift"),
    "amount": ("amount", "betrag", "umsatz", "montant", "importe", "importo", "bedrag", "beløb", "belopp", "kwota",
               "transaction amount", "betrag (eur)", "amount (eur)", "amount (usd)", "netamount", "total",
               "bedrag (eur)"),
    "mark": ("soll/haben", "debit/credit", "credit/debit", "dr/cr", "af bij", "s/h", "transaction type",
             "credit debit"),
    "currency": ("currency", "währung", "waehrung", "devise", "moneda", "valuta code", "monn.", "ccy", "munt"),
    "own_account": ("kontonummer", "auftragskonto", "iban auftragskonto", "account", "account number", "produit",
                    "rekening", "own account", "card no."),
    "account": ("iban", "partner iban", "kontonummer/iban", "iban zahlungsbeteiligter", "counterparty account",
                "payer account", "tegenrekening", "number", "gegenkonto", "konto"),
    "name": ("name", "payee", "payer", "partner name", "counterparty", "beguenstigter/zahlungspflichtiger",
             "begünstigter/zahlungspflichtiger", "auftraggeber/empfänger", "auftraggeber / begünstigter",
             "name zahlungsbeteiligter", "merchant name", "counterparty name", "naam / omschrijving"),
    "check_number": ("check number", "check no", "checknumber", "cheque number", "check #", "check or slip #"),
    "bank_reference": ("transaction id", "bank reference", "fitid", "n° de transaction", "id", "row", "umsatz-id"),
    "reference": ("reference", "payment reference", "referenz", "kundenreferenz", "référence", "end-to-end-referenz",
                  "kundenreferenz (end-to-end)", "sepa reference", "num"),
    "status": ("status", "state"),
}  # fmt: skip
_TEXTS = re.compile(
    r"description|memo|details?|text|purpose|narrative|verwendungszweck|buchungstext|vwz|concepto|libell|causale|desc"
    r"|omschrijving|mededelingen|reason|communication|remittance|original description",
    re.I,
)
_PATTERNS = ("YYYY-MM-DD", "YYYYMMDD", "DD.MM.YYYY", "DD.MM.YY", "DD/MM/YYYY", "MM/DD/YYYY", "DD/MM/YY", "MM/DD/YY",
             "DD-MM-YYYY", "MM-DD-YYYY", "DD-MMM-YY", "DD-MMM-YYYY", "DD MMM YYYY", "MMM DD, YYYY",
             "YYYY/MM/DD")  # fmt: skip
_HEADER_WITHIN = 40
_BOOKED = ("posted", "booked", "gebucht", "completed", "paid", "cleared", "verbucht", "umsatz gebucht")


class Guess(NamedTuple):
    """A drafted profile and why it is so, one reason a line. `sure` when nothing was ambiguous or missing."""

    profile: BankProfile
    reasons: tuple[str, ...]
    sure: bool


def guess_profile(data: bytes) -> Guess:
    """The draft for a bank's CSV. Raises ImportFileError for what is no CSV, or has no dates and amounts."""
    file = Findings("the file")
    refuse_foreign(data, file)
    text, warnings = readable(data, file)
    names = {spelling(name) for names in _NAMES.values() for name in names}
    dialect = detect_dialect(text, names)
    if not any(sign in text for sign in dialect.delimiter):
        dialect = detect_dialect(text)
    rows = list(csv_rows(text, dialect, Findings("")))
    at = _header(rows, names)
    if at is None:
        raise file.fatal(
            1, "missing-column", "no row looks like a header", "write the profile by hand, with header: no"
        )
    header = [one_line(cell) for cell in rows[at][1]]
    body = [cells for _, cells in rows[at + 1 :] if len(cells) == len(header)]
    reasons = [f"delimiter {dialect.delimiter!r}, header at line {rows[at][0]}"]
    columns = _columns(header)
    profile = BankProfile(columns, delimiter="tab" if dialect.delimiter == "\t" else dialect.delimiter)
    if warnings:
        profile = replace(profile, encoding="cp1252")
        reasons.append("the file is not UTF-8: Windows-1252 fits every Western bank's file")
    if not body or not columns.date or not (columns.amount or columns.debit or columns.credit):
        raise file.fatal(rows[at][0], "missing-column", "no column of dates and amounts", "write the profile by hand")
    profile = replace(profile, footer=_footer(rows[at + 1 :], header, columns.date, reasons))
    place = header.index(columns.date)
    body = [cells for cells in body if re.search(r"[0-9]", cells[place])]
    if not body:
        raise file.fatal(rows[at][0], "missing-column", "no row has a date", "write the profile by hand")
    profile, sure = _values(profile, header, body, reasons)
    return Guess(profile, tuple(reasons), sure)


def _header(rows: Sequence[tuple[int, list[str]]], names: set[str]) -> int | None:
    """The row with most known column names; at least two."""
    hits = [sum(spelling(one_line(cell)) in names for cell in cells) for _, cells in rows[:_HEADER_WITHIN]]
    return hits.index(max(hits)) if hits and max(hits) >= 2 else None


def _columns(header: Sequence[str]) -> ProfileColumns:
    """The columns by their names. A column serves once; columns of text are joined."""
    free = {spelling(cell): cell for cell in reversed(header) if cell}
    found: dict[str, str] = {"date": ""}
    for field in ("date", *(name for name in _NAMES if name != "date")):
        if field == "amount" and found.get("debit") and found.get("credit"):
            continue
        for name in _NAMES[field]:
            if (column := free.get(spelling(name))) is not None:
                found[field] = column
                del free[spelling(name)]
                break
    if found.get("amount") and not (found.get("debit") and found.get("credit")):
        found.pop("debit", None)
        found.pop("credit", None)
    if not found["date"] and found.get("value_date"):
        found["date"] = found.pop("value_date")
    texts = tuple(column for column in header if column in free.values() and _TEXTS.search(column))
    return replace(ProfileColumns(**found), text=texts)


def _values(
    profile: BankProfile, header: Sequence[str], body: Sequence[Sequence[str]], reasons: list[str]
) -> tuple[BankProfile, bool]:
    """The profile with dates, decimals, currency and status as the rows show them."""
    columns = profile.columns

    def cells(column: str) -> list[str]:
        place = header.index(column)
        return [text for row in body if (text := one_line(row[place]))]

    dates = cells(columns.date)
    patterns = [pattern for pattern in _PATTERNS if _all_days(dates, pattern)]
    money = [
        text
        for column in (columns.amount, columns.debit, columns.credit, columns.balance)
        if column
        for text in cells(column)
    ]
    decimal, thousands, clear = _decimals(money)
    reasons.append(f"amounts such as {money[0]!r}: decimal {decimal!r}" if money else "no row has an amount")
    if len(patterns) > 1 and decimal == ".":  # where points are decimal, most write the month first
        patterns.sort(key=lambda pattern: not pattern.startswith("M"))
    if not patterns:
        reasons.append(f"dates such as {dates[0] if dates else ''!r} fit no known pattern: write it by hand")
    elif len(patterns) > 1:
        reasons.append(f"dates such as {dates[0]!r} fit {' and '.join(patterns)}: check which it is")
    else:
        reasons.append(f"dates such as {dates[0]!r}: {patterns[0]}")
    currencies = cells(columns.currency) if columns.currency else []
    if not all(text.upper() in DIGITS for text in currencies):
        columns = replace(columns, currency="")
    if (
        columns.own_account
        and not columns.account
        and len({row[header.index(columns.own_account)] for row in body}) > 1
    ):
        columns = replace(columns, account=columns.own_account, own_account="")
        reasons.append(f"{columns.account!r} changes from row to row: it is the other side's account")
    currency = next((code for code in re.findall(r"\b[A-Z]{3}\b", columns.amount) if code in DIGITS), "")
    if columns.mark and not _marks(cells(columns.mark)):
        columns = replace(columns, mark="")
    states = set(cells(columns.status)) if columns.status else set()
    booked = tuple(sorted(state for state in states if state.casefold() in _BOOKED))
    if not booked:
        columns = replace(columns, status="")
    profile = replace(
        profile,
        columns=columns,
        date=patterns[0] if patterns else "YYYY-MM-DD",
        decimal=decimal,
        thousands=thousands,
        currency=currency,
        booked=booked,
    )
    if columns.amount and not columns.mark and not any(sign in text for text in money for sign in "-−("):
        reasons.append("no amount is negative: if these are payments out, set sign: inverted")
    if not columns.currency and not currency:
        reasons.append("no column of currencies: the account's will be taken")
    return profile, len(patterns) == 1 and clear


def _marks(texts: Iterable[str]) -> bool:
    known = {"d", "c", "dr", "cr", "s", "h", "debit", "credit", "dbit", "crdt", "soll", "haben", "+", "-", "af", "bij"}
    return all(text.casefold() in known for text in texts)


def _all_days(texts: Sequence[str], pattern: str) -> bool:
    """Whether there are texts, and each is a day in the pattern."""
    try:
        return bool(texts) and all(day(text, pattern) for text in texts)
    except ValueError:
        return False


def _decimals(texts: Sequence[str]) -> tuple[str, str, bool]:
    """Decimal sign, sign of thousands, and whether the amounts leave no doubt."""
    fits = []
    for decimal, thousands in ((".", ""), (",", ""), (".", ","), (",", "."), (".", "'"), (",", " "), (".", " ")):
        try:
            for text in texts:
                bank_amount(text, "EUR", decimal=decimal, thousands=thousands)
        except ValueError:
            continue
        fits.append((decimal, thousands))
    if not fits:
        return ".", "", False
    decimal = fits[0][0]
    # Thousands are kept even where this file has none as large: the next one may.
    usual = {".": ",", ",": "."}[decimal]
    thousands = fits[0][1] or (usual if (decimal, usual) in fits else "")
    return (
        decimal,
        thousands,
        all(fit[0] == decimal for fit in fits) or not any(sign in "".join(texts) for sign in ",."),
    )


def _footer(rows: Sequence[tuple[int, list[str]]], header: Sequence[str], date: str, reasons: list[str]) -> str:
    """What the first row after the bookings begins with; "" when bookings go to the end."""
    place = header.index(date)
    ended = ""
    for line, cells in reversed(rows):
        if len(cells) == len(header) and re.search(r"[0-9]", cells[place]):
            break
        ended = one_line(cells[0])[:30]
        reason = f"line {line} is no booking"
    if ended:
        reasons.append(f"{reason}: the bookings end where a row begins with {ended!r}")
    return ended
