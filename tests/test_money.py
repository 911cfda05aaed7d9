"""Money: what an amount is, and that nothing is lost or invented when it is split, rounded or shared (INVARIANTS A)."""

from __future__ import annotations

import ast
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import iso4217
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import arledger
from arledger.money import DIGITS, Money, allocate, decimal, minor_units, plain, rounded, share_of

currencies = st.sampled_from(["EUR", "JPY", "BHD", "CLF"])
amounts = st.integers(-(10**15), 10**15)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any)


def test_digits_are_those_of_iso_4217() -> None:
    listed = {currency.code: currency.exponent for currency in iso4217.Currency if currency.exponent is not None}
    assert dict(DIGITS) == listed


@given(amounts, currencies)
def test_plain_and_parse_undo_each_other(minor: int, currency: str) -> None:
    """A1: every amount has exactly the decimals of its currency."""
    text = plain(minor, currency)
    assert minor_units(text, currency) == minor
    assert len(text.partition(".")[2]) == DIGITS[currency]
    assert Fraction(text) == Fraction(minor, 10 ** DIGITS[currency])
    assert decimal(minor, currency) == Decimal(text)


GRAMMAR = r"-?[0-9]{1,15}(\.[0-9]+)?"


@given(st.from_regex(GRAMMAR, fullmatch=True), currencies)
def test_what_the_grammar_has_is_an_amount(text: str, currency: str) -> None:
    if not text.isascii():
        return
    if len(text.partition(".")[2]) <= DIGITS[currency]:
        assert Fraction(minor_units(text, currency), 10 ** DIGITS[currency]) == Fraction(text)
    else:
        with pytest.raises(ValueError, match="decimals"):
            minor_units(text, currency)


@pytest.mark.parametrize(
    "text",
    ["", " ", "1e3", "1E3", "NaN", "Infinity", "inf", "+5", "--5", "- 5", "5-", "1,000.00", "1.000,00", "1_000", "0x10",
     ".5", "5.", "1.2.3", "٣", "５", "1 000", "5\n", " 5", "12½", "1234567890123456", "5 EUR", "€5", "−5", "1\u00a0000",
     "none"],
)  # fmt: skip
def test_what_the_grammar_lacks_is_none(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whatever the reason
        minor_units(text, "EUR")


@given(amounts, weights)
@example(100, [1, 1, 1])
@example(-5, [0, 1, 1])
def test_allocate_loses_nothing(minor: int, weights: list[int]) -> None:
    """A4: the parts sum to the whole, each within one unit of its exact share, zero where the weight is zero."""
    parts = allocate(minor, weights)
    assert sum(parts) == minor
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(minor * weight, sum(weights))) < 1
        assert weight or part == 0
    assert allocate(-minor, weights) == [-part for part in parts]


@given(amounts, weights)
def test_allocate_favours_nobody(minor: int, weights: list[int]) -> None:
    """A4: a larger weight never gets less, and who stands where decides only between equal remainders."""
    parts = allocate(minor, weights)
    for part, weight in zip(parts, weights, strict=True):
        for other, than in zip(parts, weights, strict=True):
            assert weight <= than or abs(part) >= abs(other)
    assert sorted(allocate(minor, weights[::-1])) == sorted(parts)


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [2, -1]])
def test_allocate_refuses_weights_that_mean_nothing(weights: list[int]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whatever the reason
        allocate(100, weights)


@given(st.integers(0, 10**8), st.sampled_from(["0.5", "1", "2", "3", "5", "10", "19", "33.3333"]))
@example(172505, "10")  # 1725.05 at 10 %: paid and discount must make the total
def test_paid_and_discount_make_the_total(total: int, percent: str) -> None:
    """A6: one of the two is rounded, half up; the other is the rest."""
    discount = share_of(total, Decimal(percent))
    exact = Fraction(total) * Fraction(percent) / 100
    assert discount == int(exact + Fraction(1, 2))
    assert 0 <= total - discount <= total


@given(st.fractions(-(10**9), 10**9, max_denominator=10**4), currencies)
def test_rounding_is_half_away_from_zero(exact: Fraction, currency: str) -> None:
    units = exact * 10 ** DIGITS[currency]
    written = Decimal(exact.numerator) / Decimal(exact.denominator)
    if Fraction(written) == exact:
        assert rounded(written, currency) == (1 if units >= 0 else -1) * int(abs(units) + Fraction(1, 2))


def test_large_amounts_stay_exact() -> None:
    """A8: around 2^53, where floats begin to lie, and at the most digits an amount may have."""
    for minor in (2**53 - 1, 2**53, 2**53 + 1, 99_999_999_999_999_999):
        assert minor_units(plain(minor, "EUR"), "EUR") == minor
        assert (Money(minor, "EUR") + Money(1, "EUR")).minor == minor + 1


def test_currencies_are_never_added() -> None:
    with pytest.raises(ValueError, match="cannot add"):
        Money(1, "EUR") + Money(1, "USD")


MONEY_PATHS = ("money.py", "documents", "ledger", "compute", "checks", "commands")


def _modules() -> list[Path]:
    root = Path(arledger.__file__).parent
    found = [path for name in MONEY_PATHS for path in [root / name, *sorted((root / name).glob("*.py"))]]
    return [path for path in found if path.is_file()]


@pytest.mark.parametrize("module", _modules(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_float_on_a_path_of_money(module: Path) -> None:
    """A2: neither a float literal nor float() nor round() in what computes amounts."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), f"line {node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("float", "round"), f"line {node.lineno}"
