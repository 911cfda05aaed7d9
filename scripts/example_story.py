"""What went otherwise than usual: part payments, returns, write-offs, and the rest of a clerk's real work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from arledger.commands.payments import Received
from arledger.commands.shares import Wanted
from example_desk import part_of
from example_year import BANKED, Year, workday

Tale = Callable[[Year, str, str, date], bool]  # customer, number, day it was issued → whether it is paid for already


def story(year: Year, customer: str, nth: int, number: str, day: date) -> bool:
    """Tells what happens to a customer's nth invoice; gives False where it is paid as usual."""
    tale = TALES.get((customer, nth))
    return bool(tale and tale(year, customer, number, day))


def open_the_year(year: Year) -> None:
    """What belongs to no invoice."""
    desk = year.desk
    year.at(date(2026, 5, 12), lambda: desk.unknown_transfer(date(2026, 5, 12), 64000, "JP HOLDINGS LLC", "DEPOSIT"))
    year.at(date(2026, 6, 15), lambda: desk.credit_note(
        "KENNEBEC", date(2026, 6, 15), "250.00", "Volume rebate, first half of 2026"))  # fmt: skip
    prepaid = Received("SACORIVER", date(2026, 6, 16), 50000, "USD", "check", "Check 3310, prepayment July")
    year.at(prepaid.day, lambda: desk.receive(prepaid, []))
    year.at(date(2026, 6, 18), lambda: desk.transfer(
        "HARBORLIGHT", date(2026, 6, 18), [], 150000, "Deposit summer boxes"))  # fmt: skip


def _never(_year: Year, _customer: str, _number: str, _day: date) -> bool:
    return True


def _damaged(year: Year, customer: str, number: str, day: date) -> bool:
    on = workday(day + timedelta(days=5))
    year.at(on, lambda: year.desk.credit_note(customer, on, "137.00", "20 boxes crushed in transit", number))
    return False


def _price_correction(year: Year, customer: str, number: str, day: date) -> bool:
    on = workday(day + timedelta(days=4))
    year.at(on, lambda: year.desk.credit_note(customer, on, "45.60", "Price list of October applies", number))
    return False


def _cancelled(year: Year, _customer: str, number: str, day: date) -> bool:
    on = workday(day + timedelta(days=1))
    year.at(on, lambda: year.desk.void(number, on, "Order cancelled before delivery"))
    return True


def _in_two_parts(year: Year, customer: str, number: str, day: date) -> bool:
    first = year.pay_day(customer, day)
    second = workday(first + timedelta(days=35))
    year.at(first, lambda: year.pay_amount(customer, [number], first, part_of(year.desk.open(number), "0.6")))
    year.at(second, lambda: year.pay(customer, [number], second))
    return True


def _in_part_only(year: Year, customer: str, number: str, day: date) -> bool:
    paid = year.pay_day(customer, day)
    year.at(paid, lambda: year.pay_amount(customer, [number], paid, part_of(year.desk.open(number), "0.6")))
    return True


def _goods_returned(year: Year, customer: str, _number: str, day: date) -> bool:
    """The credit note waits on account and is set against the next invoice."""
    noted, applied = workday(day + timedelta(days=20)), workday(day + timedelta(days=48))

    def note() -> None:
        credit = year.desk.credit_note(customer, noted, "312.00", "Crates returned, wrong colour")
        year.at(applied, lambda: year.desk.apply(credit, [Wanted(year.desk.issued[customer][7])], applied))

    year.at(noted, note)
    return False


def _short(less: int, reason: str) -> Tale:
    """Paid so many minor units too little; the rest is written off."""

    def tale(year: Year, customer: str, number: str, day: date) -> bool:
        paid = year.pay_day(customer, day)
        given_up = workday(paid + timedelta(days=11))

        def pay() -> None:
            share = _all_but(year, number, paid, less)
            year.desk.transfer(customer, paid, [share], year.desk.due_now(paid, [number]) - less, number)

        year.at(paid, pay)
        year.at(given_up, lambda: year.desk.write_off(number, given_up, reason))
        return True

    return tale


def _all_but(year: Year, number: str, day: date, less: int) -> Wanted:
    """A share that leaves so much open, with the discount earned on the day all the same."""
    due = year.desk.due_now(day, [number])
    return Wanted(number, due - less, year.desk.open(number) - due)


def _unearned_discount(year: Year, customer: str, number: str, day: date) -> bool:
    """Takes 2 % three weeks late: the 2 % stay open."""
    paid = workday(day + timedelta(days=31))
    year.at(paid, lambda: year.pay_amount(
        customer, [number], paid, year.desk.open(number) - (year.desk.open(number) * 2 + 50) // 100))  # fmt: skip
    return True


def _cheque_bounces(year: Year, customer: str, number: str, day: date) -> bool:
    """Cheque returned unpaid, a fee charged, and part of it paid months later."""
    paid = year.pay_day(customer, day)
    back, later = workday(paid + timedelta(days=8)), date(2026, 5, 20)

    def pay() -> None:
        payment = year.pay_amount(customer, [number], paid, year.desk.open(number))
        year.at(back, lambda: year.desk.bounce(payment, back, "Check returned: insufficient funds", "35.00"))

    year.at(paid, pay)
    year.at(later, lambda: year.pay_amount(customer, [number], later, 30000))
    return True


def _paid_twice(year: Year, customer: str, number: str, day: date) -> bool:
    paid = year.pay_day(customer, day)
    again, back = workday(paid + timedelta(days=6)), workday(paid + timedelta(days=21))

    def pay() -> None:
        amount = year.desk.open(number)
        year.pay(customer, [number], paid)
        year.at(again, lambda: pay_again(amount))

    def pay_again(amount: int) -> None:
        payment = year.desk.transfer(customer, again, [], amount, number)
        year.at(back, lambda: year.desk.refund(payment, amount, back, f"Paid twice: {number}"))

    year.at(paid, pay)
    return True


def _written_off(year: Year, _customer: str, number: str, _day: date) -> bool:
    on = date(2026, 3, 31)
    year.at(on, lambda: year.desk.write_off(number, on, "Closed down; liquidator: nothing for unsecured creditors"))
    return True


def _anonymous_deposit(year: Year, _customer: str, number: str, day: date) -> bool:
    """Somebody pays at the counter of the bank; two weeks later the customer asks why he is dunned."""
    paid, known = workday(day + timedelta(days=24)), workday(day + timedelta(days=38))

    def pay() -> None:
        payment = year.desk.unknown_transfer(paid, year.desk.open(number), "COUNTER DEPOSIT", "BRANCH 014 CASH")
        year.at(known, lambda: year.desk.apply(payment, [Wanted(number)], known))

    year.at(paid, pay)
    return True


def _no_stub(year: Year, customer: str, number: str, day: date) -> bool:
    """A cheque that does not say what it is for: on account first, applied after a call."""
    paid = year.pay_day(customer, day)
    applied = workday(paid + timedelta(days=6))

    def pay() -> None:
        payment = year.desk.receive(Received(customer, paid, year.desk.open(number), "USD", "check", "Check 5507"), [])
        year.at(applied, lambda: year.desk.apply(payment, [Wanted(number)], applied))

    year.at(paid, pay)
    return True


def _on_the_wrong_invoice(year: Year, customer: str, number: str, day: date) -> bool:
    """The payment of the invoice before is applied to this one, and put right three days later."""
    before = year.desk.issued[customer][-2]
    paid, right = workday(day + timedelta(days=12)), workday(day + timedelta(days=15))

    def pay() -> None:
        payment = year.pay_amount(customer, [number], paid, year.desk.open(before))
        year.at(right, lambda: year.desk.unapply(payment, right, f"Remittance advice: it was for {before}"))
        year.at(right, lambda: year.desk.apply(payment, [Wanted(before)], right))

    year.at(paid, pay)
    return False


def _instalments(year: Year, customer: str, number: str, day: date) -> bool:
    """Six monthly instalments: the first four in time, the fifth late, the last still to come."""
    for part, late in ((1, 4), (2, 2), (3, 6), (4, 3), (5, 44)):
        due = date(day.year + (day.month + part - 1) // 12, (day.month + part - 1) % 12 + 1, day.day)
        paid = workday(due + timedelta(days=late))
        assert paid <= BANKED
        year.at(paid, lambda paid=paid, part=part: year.desk.transfer(  # type: ignore[misc]
            customer, paid, [Wanted(f"{number}/{part}")], 246000, f"Racking instalment {part} of 6"))  # fmt: skip
    return True


#: (customer, which of its invoices) → what happens to it.
TALES: dict[tuple[str, int], Tale] = {
    ("HARBORLIGHT", 7): _damaged,
    ("TIDEWATER", 6): _short(318, "Small difference"),
    ("PINEPOINT", 9): _cancelled,
    ("BLUEHILL", 3): _instalments,
    ("GRANITE", 8): _unearned_discount,
    ("KENNEBEC", 3): _no_stub,
    ("KENNEBEC", 6): _never,  # says a third of the loggers were dead on arrival
    ("MERRIMACK", 5): _in_two_parts,
    ("MERRIMACK", 7): _goods_returned,
    ("MERRIMACK", 10): _in_part_only,
    ("PINEPOINT", 21): _never,  # these four are paid in the bank's file
    ("PINEPOINT", 22): _never,
    ("PINEPOINT", 23): _never,
    ("PINEPOINT", 24): _never,
    ("SACORIVER", 5): _cheque_bounces,
    ("SACORIVER", 6): _never,
    ("BAYVIEW", 5): _paid_twice,
    ("OLDPORT", 3): _written_off,
    ("OLDPORT", 4): _written_off,
    ("CASCOPRINT", 5): _anonymous_deposit,
    ("CASCOPRINT", 11): _never,
    ("CASCOPRINT", 12): _never,
    ("NORDSEE", 4): _short(1250, "Charges of the paying bank"),
    ("DEKKER", 2): _never,  # paid by the payment of the next tale
    ("DEKKER", 3): _on_the_wrong_invoice,
    ("GALWAYBAY", 3): _price_correction,
    ("GALWAYBAY", 7): _never,
}
