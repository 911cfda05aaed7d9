"""CSV: tables for imports, bank profiles, drafts of profiles, and how banks write amounts and days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from arledger.documents.bank import BankProfile, ProfileColumns
from arledger.errors import ImportFileError, UsageError
from arledger.importers import guess_profile, read_statements, read_table
from arledger.importers.values import bank_amount, day, exact_amount

FIELDS = ("customer", "name", "credit_limit")


def table(data: bytes | str, **mapping: str) -> list[tuple[int, dict[str, str]]]:
    raw = data.encode() if isinstance(data, str) else data
    return [tuple(row) for row in read_table(raw, "f.csv", fields=FIELDS, required=("customer",), mapping=mapping)]


WANT = [(2, {"customer": "ACME", "name": "Acme, Inc.", "credit_limit": "5"})]


@pytest.mark.parametrize(
    "data",
    [
        'customer,name,credit_limit\nACME,"Acme, Inc.",5\n',
        "Credit Limit;NAME;Customer\n5;Acme, Inc.;ACME",
        "customer\tname\tcredit-limit\r\nACME\tAcme, Inc.\t5\r\n",
        "customer|name|creditlimit|other\n ACME |Acme,  Inc.|5|x\n\n",
        "'customer','name','credit_limit'\n'ACME','Acme, Inc.','5'\n",
        'customer,name,credit_limit\rACME,"Acme, Inc.",5\r',
        "\ufeffcustomer;name;credit_limit\nACME;Acme, Inc.;5\n",
        'customer;name;credit_limit\nACME;"Acme, Inc.";5\n;;\n',
    ],
)
def test_delimiters_quotes_line_ends_and_spelling_are_found_out(data: str) -> None:
    assert table(data) == WANT
    assert table(data.lstrip("\ufeff").encode("utf-16")) == WANT


def test_the_spreadsheets_own_mark_of_its_delimiter() -> None:
    assert table("sep=;\ncustomer;name\nACME;a,b,c,d\n") == [(3, {"customer": "ACME", "name": "a,b,c,d"})]


def test_lines_are_counted_as_an_editor_counts() -> None:
    rows = table('customer,name\nA,"two\nlines"\nB,x\n')
    assert rows == [(2, {"customer": "A", "name": "two lines"}), (4, {"customer": "B", "name": "x"})]


def test_mapping_names_columns_and_is_checked() -> None:
    assert table("Kunde,Firma\nACME,x\n", customer="Kunde", name="Firma") == [(2, {"customer": "ACME", "name": "x"})]
    with pytest.raises(UsageError, match="did you mean name"):
        table("customer\nACME\n", nmae="x")
    with pytest.raises(ImportFileError, match=r"f.csv:1: missing-column: there is no column 'Kunde'"):
        table("customer\nACME\n", customer="Kunde")


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        ("", ["0 wrong-format"]),
        ("name\nx\n", ["1 missing-column"]),
        ("customer,name,Customer\nx,y,z\n", ["1 duplicate-column"]),
        ("customer,credit_limt\nx,5\n", ["1 unknown-column"]),
        ("customer,name\nA,b,c\nB\nC,d\n", ["2 row-length", "3 row-length"]),
        ('customer,name\nA,"b\nB,c\n', ["2 bad-quoting"]),
        (b"customer,name\nA,M\xfcller\n", ["2 wrong-encoding"]),
        ("customer,name\nA," + "x" * 200_000 + "\n", ["2 bad-quoting"]),
    ],
)
def test_a_table_is_refused_with_all_its_problems(data: bytes | str, problems: list[str]) -> None:
    with pytest.raises(ImportFileError) as raised:
        table(data)
    assert [f"{problem.place.line} {problem.code}" for problem in raised.value.problems] == problems


# -- profiles

US = BankProfile(
    ProfileColumns(date="Date", debit="Withdrawal", credit="Deposit", text=("Type", "Description"), balance="Balance",
                   status="Status"),
    date="MM/DD/YYYY", thousands=",", booked=("Posted",), currency="USD",
)  # fmt: skip
US_ROWS = """Date,Status,Type,Description,Withdrawal,Deposit,Balance
01/17/2026,Pending,ACH,soon,,$1.00,
01/17/2026,Posted,DEP,ACME,,"$1,020.00",$978.47
01/14/2026,Posted,ATM,CASH,$103.00,,($41.53)
"""


def amounts(data: str, profile: BankProfile) -> list[int]:
    return [line.amount for each in read_statements(data.encode(), "f", profile=profile) for line in each.lines]


def test_debit_and_credit_columns_balances_and_pending_rows() -> None:
    (statement,) = read_statements(US_ROWS.encode(), "f", profile=US)
    assert [line.amount for line in statement.lines] == [100, 102000, -10300]
    assert [line.pending for line in statement.lines] == [True, False, False]
    assert (statement.opening, statement.closing, statement.lines[1].text) == (6147, 97847, "DEP ACME")
    with pytest.raises(ImportFileError, match=r"f:[34]: balance-mismatch"):
        read_statements(US_ROWS.replace("$1,020", "$1,021").encode(), "f", profile=US)
    with pytest.raises(ImportFileError, match="f:4: bad-amount: the row has both debit and credit"):
        read_statements(US_ROWS.replace("103.00,,", "103.00,1.00,").encode(), "f", profile=US)


def test_marks_inverted_signs_and_other_ways() -> None:
    marked = BankProfile(ProfileColumns(date="D", amount="A", mark="S/H"), decimal=",", currency="EUR", date="DD.MM.YY")
    assert amounts("D;A;S/H\n05.01.26;5,00;S\n06.01.26;6,00;H\n", marked) == [-500, 600]
    inverted = BankProfile(ProfileColumns(date="D", amount="A"), sign="inverted", currency="EUR")
    assert amounts("D,A\n2026-01-05,5.00\n2026-01-06,-6.00\n", inverted) == [-500, 600]
    bare = BankProfile(ProfileColumns(date="1", amount="3", name="2"), header=False, currency="EUR")
    assert amounts("2026-01-05,ACME,5.00\n", bare) == [500]
    skipped = BankProfile(ProfileColumns(date="Date", amount="Amount"), skip=2, currency="EUR")
    with pytest.raises(ImportFileError, match=r"f:5: bad-date"):
        amounts("Date,Amount\nno,header\nDate,Amount\n2026-01-05,5.00\n2026-01-06x,6.00\n", skipped)


def test_one_statement_for_each_account_of_the_file() -> None:
    profile = BankProfile(ProfileColumns(date="D", amount="A", own_account="K"))
    data = b"D,A,K\n2026-01-05,5.00,1 2\n2026-01-05,6,34\n2026-01-06,7.00,12\n"
    found = read_statements(data, "f", profile=profile, currencies={"12": "EUR", "3 4": "JPY"})
    assert [(each.account, each.currency, len(each.lines)) for each in found] == [("12", "EUR", 2), ("34", "JPY", 1)]


@pytest.mark.parametrize(
    "profile",
    [
        BankProfile(ProfileColumns()),
        BankProfile(ProfileColumns(amount="A", debit="B")),
        BankProfile(ProfileColumns(amount="A"), sign="up"),
        BankProfile(ProfileColumns(amount="A"), decimal=",", thousands=","),
        BankProfile(ProfileColumns(amount="A"), delimiter="::"),
        BankProfile(ProfileColumns(amount="A"), date="DD.MM"),
        BankProfile(ProfileColumns(amount="A"), header=False),
    ],
)
def test_a_profile_that_cannot_be_read_by(profile: BankProfile) -> None:
    with pytest.raises(ImportFileError, match="bad-profile"):
        read_statements(b"date,A\n2026-01-05,1\n", "f", profile=profile)


def test_a_profile_of_another_bank_is_told_by_its_columns() -> None:
    with pytest.raises(ImportFileError, match="without Withdrawal, Deposit"):
        read_statements(b"Date,Type,Description,Balance,Status\n", "f", profile=US)


# -- drafts


def test_a_draft_reads_the_file_it_was_drafted_from() -> None:
    draft = guess_profile(US_ROWS.encode())
    assert amounts(US_ROWS, replace(draft.profile, currency="USD")) == [100, 102000, -10300]
    assert draft.sure


def test_a_draft_says_what_it_does_not_know() -> None:
    draft = guess_profile(b"Date,Amount,Memo\n03/04/2026,5.00,x\n05/06/2026,6.00,y\n")
    assert not draft.sure
    assert any("MM/DD/YYYY and DD/MM/YYYY: check which" in reason for reason in draft.reasons)
    assert any("no column of currencies" in reason for reason in draft.reasons)


@pytest.mark.parametrize("data", [b"a,b\n1,2\n", b"Date,Memo\n2026-01-05,x\n", b"Date,Amount\n", b"%PDF-1.7"])
def test_no_draft_of_what_is_no_bank_file(data: bytes) -> None:
    with pytest.raises(ImportFileError):
        guess_profile(data)


# -- amounts and days


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "minor"),
    [
        ("1.234.567,89", ",", ".", 123456789),
        ("1,234,567.89", ".", ",", 123456789),
        ("12,34,567.89", ".", ",", 123456789),
        ("11'373.94", ".", "'", 1137394),
        ("11’373.94", ".", "'", 1137394),
        ("1 234,50", ",", " ", 123450),
        ("1\u202f234,50", ",", " ", 123450),
        ("−5,00 €", ",", ".", -500),
        ("EUR 5.00", ".", "", 500),
        ("(5.00)", ".", "", -500),
        ("5.00-", ".", "", -500),
        ("+5", ".", "", 500),
        ("1,23", ".", ",", None),
        ("1.23,45", ",", ".", None),
        ("1.234,5", ".", "", None),
        ("1.000", ".", "", None),
        ("5.0.0", ".", "", None),
        ("٥", ".", "", None),
        ("--5", ".", "", None),
        ("1e3", ".", "", None),
        ("", ".", "", None),
    ],
)
def test_amounts_as_banks_write_them(text: str, decimal: str, thousands: str, minor: int | None) -> None:
    if minor is None:
        with pytest.raises(ValueError, match=r"amount|decimals"):
            bank_amount(text, "EUR", decimal=decimal, thousands=thousands)
    else:
        assert bank_amount(text, "EUR", decimal=decimal, thousands=thousands) == minor


@pytest.mark.parametrize("text", ["", ".", "1.000", "1.001", "1,000", "1.0001", "NaN", "1 0", "9" * 16, "0x1", "+-1"])
def test_amounts_that_could_be_two_things(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        exact_amount(text, "EUR")


@pytest.mark.parametrize(
    ("text", "pattern", "want"),
    [
        ("2026-01-05T10:00:00+01:00", "YYYY-MM-DD", date(2026, 1, 5)),
        ("20260105", "YYYYMMDD", date(2026, 1, 5)),
        ("5. März 2026", "D. MMM YYYY", date(2026, 3, 5)),
        ("Jan 5, 2026", "MMM D, YYYY", date(2026, 1, 5)),
        ("05/01/1980 10:15", "%d/%m/%Y", date(1980, 1, 5)),
        ("1/2/26", "D/M/YY", date(2026, 2, 1)),
        ("30.02.2026", "DD.MM.YYYY", None),
        ("2026-1-05x", "YYYY-MM-DD", None),
        ("261305", "YYMMDD", None),
    ],
)
def test_days_as_banks_write_them(text: str, pattern: str, want: date | None) -> None:
    if want:
        assert day(text, pattern) == want
    else:
        with pytest.raises(ValueError, match=r"day|date"):
            day(text, pattern)
