"""What of a part of an invoice is tax: in the ratio of its rates, losing nothing (INVARIANTS G2)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from arledger.compute.taxes import parts_of, split
from arledger.documents.invoices import Invoice, Line
from arledger.documents.lines import footing
from arledger.money import decimal

LINES = st.lists(
    st.builds(
        Line,
        description=st.just("Widgets"),
        unit_price=st.decimals("0.01", 5000, places=2),
        tax=st.sampled_from([Decimal(19), Decimal(7), Decimal("5.5"), Decimal(0)]),
    ),
    min_size=1,
    max_size=8,
)


@given(LINES, st.booleans(), st.integers(1, 100))
def test_parts_sum_to_the_amount_and_keep_the_ratio(lines, by_line, percent):
    sums = footing(tuple(lines), "EUR")
    tax = sums.tax_by_line if by_line else sums.tax_by_rate
    total = sums.net + tax
    invoice = Invoice(
        customer="ACME", date=dt.date(2026, 1, 1), due=dt.date(2026, 1, 31), currency="EUR", lines=tuple(lines),
        net=decimal(sums.net, "EUR"), tax=decimal(tax, "EUR"), total=decimal(total, "EUR"),
    )  # fmt: skip
    parts = parts_of(invoice)
    if not tax:
        assert parts == []
        return
    assert sum(part.net + part.tax for part in parts) == total
    assert sum(part.tax for part in parts) == tax
    amount = max(1, total * percent // 100)
    taxes = split(amount, parts, "EUR")
    assert sum(one.net + one.tax for one in taxes) == decimal(amount, "EUR")
    for one, part in zip(taxes, parts, strict=True):
        for share, whole in ((one.net, part.net), (one.tax, part.tax)):
            assert abs(Fraction(share) * 100 - Fraction(amount * whole, total)) < 1
    assert [(one.net, one.tax) for one in split(total, parts, "EUR")] == [
        (decimal(part.net, "EUR"), decimal(part.tax, "EUR")) for part in parts
    ]


def test_an_invoice_without_lines_has_one_part():
    invoice = Invoice(
        customer="ACME", date=dt.date(2026, 1, 1), due=dt.date(2026, 1, 31), currency="EUR", net=Decimal("100.00"),
        tax=Decimal("19.00"), total=Decimal("119.00"),
    )  # fmt: skip
    (one,) = split(1190, parts_of(invoice), "EUR")
    assert (one.rate, one.net, one.tax) == (None, Decimal("10.00"), Decimal("1.90"))


def test_rebates_freight_and_what_was_prepaid_count() -> None:
    invoice = Invoice.model_validate({
        "customer": "ACME", "date": "2026-05-01", "due": "2026-06-01", "currency": "EUR",
        "lines": [{"description": "a", "unit_price": "100.00", "tax": "19%"}, {"description": "b", "unit_price": "100.00", "tax": "7%"}],
        "rebates": [{"reason": "r", "amount": "20.00", "tax": "7%"}], "surcharges": [{"reason": "f", "amount": "10.00", "tax": "19%"}],
        "net": "190.00", "tax": "26.50", "prepaid": "50.00", "total": "166.50",
    })  # fmt: skip
    assert parts_of(invoice) == [(Decimal(19), 11000, 2090), (Decimal(7), 8000, 560)]
