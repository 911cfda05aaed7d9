"""The bank's file of the last days of June 2026, not applied yet: a mix as real ones are."""

from __future__ import annotations

from datetime import date

from example_desk import Desk, bank_csv, bank_row

_OVERLAP = date(2026, 6, 17)  # the file begins a few days before its new lines, as downloads do


def inbox(desk: Desk) -> str:
    """The file's text. Nothing in it says what should become of a line: that is for `ar apply-payments`."""
    known = [row for row in desk.banked if row["date"] >= _OVERLAP.isoformat() and row["currency"] == "USD"]
    return bank_csv(known + _new_lines(desk))


def _new_lines(desk: Desk) -> list[dict[str, str]]:
    of = desk.issued
    harbor, tidewater, granite = of["HARBORLIGHT"][-3], of["TIDEWATER"][-1], of["GRANITE"][-1]
    pine, late = of["PINEPOINT"][-4:], of["MERRIMACK"][9:12]
    market = _line(desk, 25, "PINEPOINT", desk.open(*pine[:3]), f"Inv {', '.join(n[-5:] for n in pine[:3])}")
    slip = granite.replace("000", "00")  # a digit lost in typing
    return [
        _line(desk, 25, "HARBORLIGHT", desk.open(harbor), harbor),
        market,
        _line(desk, 26, "TIDEWATER", desk.due_now(date(2026, 6, 26), [tidewater]), f"{tidewater} less 2%"),
        _line(desk, 26, "MERRIMACK", 100_000, f"VENDOR 40117 {late[1]} PART"),
        _line(desk, 26, "KENNEBEC", desk.open(of["KENNEBEC"][-2]), "AP RUN 0626"),
        bank_row(date(2026, 6, 29), 246_000, "USD", "S AND R ACHORN", "5540099104", "Racking last instalment"),
        _line(desk, 29, "GRANITE", desk.due_now(date(2026, 6, 29), [granite]), f"GSO PAYMENT {slip}"),
        _line(desk, 29, "BAYVIEW", desk.open(of["BAYVIEW"][-1]) - 300, f"{of['BAYVIEW'][-1]} less wire fee"),
        bank_row(date(2026, 6, 29), 31_840, "USD", "CUMBERLAND FARM STAND", "7001223390", "Thank you"),
        _line(desk, 29, "SACORIVER", desk.open(*of["SACORIVER"][-2:]) + 3500 - 50_000, "Balance less our prepayment"),
        bank_row(date(2026, 6, 30), -2_500, "USD", "FIRST COASTAL BANK", "", "Account analysis fee June"),
        _line(desk, 30, "CASCOPRINT", desk.open(of["CASCOPRINT"][-1]), "Monthly collection"),
        {**market, "date": "2026-06-30"},
        _line(desk, 30, "MERRIMACK", desk.open(late[0], late[2]), f"VENDOR 40117 {late[0]} {late[2]}"),
    ]  # fmt: skip


def _line(desk: Desk, day: int, customer: str, amount: int, text: str) -> dict[str, str]:
    """A transfer of a customer in June 2026, under the name and from the account the bank knows."""
    record = desk.ledger().customer(customer)
    assert record
    account = next(iter(record.payer.accounts), "")
    return bank_row(date(2026, 6, day), amount, "USD", record.payer.names[0], account, text)
