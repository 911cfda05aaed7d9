"""Readers on small files of every format: what each says, and what is refused, with its line."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path

import pytest

from arledger.documents.bank import BankStatement, LockboxLayout, Reference, StatementLine
from arledger.errors import ImportFileError
from arledger.importers import FORMATS, guess_profile, read_remittance, read_statements

BANK = Path(__file__).parent / "bank"


def read(name: str) -> list[BankStatement]:
    data = (BANK / name).read_bytes()
    profile = guess_profile(data).profile if name == "german.csv" else None
    return read_statements(data, name, profile=profile, currencies={"": "EUR"})


def refused(data: bytes | str, name: str = "bank") -> list[str]:
    """`LINE code` of every problem of a file that must be refused."""
    with pytest.raises(ImportFileError) as raised:
        read_statements(data.encode() if isinstance(data, str) else data, name, currencies={"": "EUR"})
    assert all(problem.place.path == name and problem.hint for problem in raised.value.problems)
    return [f"{problem.place.line} {problem.code}" for problem in raised.value.problems]


def edited(name: str, old: str, new: str) -> str:
    text = (BANK / name).read_text("utf-8")
    assert old in text
    return text.replace(old, new, 1)


# name, kind, account, opening, closing, count, credits, debits; the sums counted by hand.
SAMPLES = [
    ("plain.csv", "statement", "", None, None, 4, 142750, -1230),
    ("german.csv", "statement", "", 100000, 232645, 3, 133875, -1230),
    ("two_days.sta", "statement", "12030000/0000202051", 100000, 228345, 5, 134575, -6230),
    ("day.942", "report", "DE02120300000000202051", None, None, 2, 1050, -100),
    ("batch.053.xml", "statement", "DE02120300000000202051", -10000, 35720, 5, 50719, -4000),
    ("card.ofx", "statement", "000123456", None, 223770, 2, 125000, -1230),
    ("xml.qfx", "statement", "DE02120300000000202051", None, None, 1, 8875, 0),
    ("lockbox.bai2", "statement", "000123456", 100000, 253545, 4, 154775, -1230),
    ("checks.lockbox", "lockbox", "1234567", None, None, 2, 19877, 0),
    ("advice.820", "advice", "", None, None, 1, 24500, 0),
]


@pytest.mark.parametrize(("name", "kind", "account", "opening", "closing", "count", "credits_", "debits"), SAMPLES)
def test_counts_and_sums(
    name: str, kind: str, account: str, opening: int, closing: int, count: int, credits_: int, debits: int
) -> None:
    statements = read(name)
    amounts = [line.amount for statement in statements for line in statement.lines]
    assert {(each.kind, each.account) for each in statements} == {(kind, account)}
    assert (statements[0].opening, statements[-1].closing) == (opening, closing)
    assert len(amounts) == count
    assert sum(amount for amount in amounts if amount > 0) == credits_
    assert sum(amount for amount in amounts if amount < 0) == debits


def test_every_format_has_a_sample() -> None:
    """A written-out table is only as good as what proves each row of it."""
    found = {
        each.name
        for path in BANK.iterdir()
        for each in [next((known for known in FORMATS if known.identify(path.read_bytes())), None)]
        if each
    }
    assert found == {each.name for each in FORMATS}


def lines(name: str) -> list[StatementLine]:
    return [line for statement in read(name) for line in statement.lines]


def test_mt940_details() -> None:
    first, fee, back, dutch, reversed_debit = lines("two_days.sta")
    assert (first.payer, first.payer_account) == ("ACME CORPORATION GMBH UND CO KG", "DE89370400440532013000")
    assert (first.text, first.end_to_end, first.method) == ("INV-2026-00042 und INV-2026-00043", "E2E-77", "transfer")
    assert (fee.text, fee.amount) == ("KONTOFUEHRUNG", -1230)
    assert (back.returned, back.reversal, back.return_reason, back.end_to_end) == (True, True, "902", "")
    assert (dutch.payer, dutch.text, dutch.check_number) == ("GLOBEX BV", "INV-2026-00043", "1001")
    assert reversed_debit.amount == 700


def test_camt_batches_remittance_charges_returns_and_pending() -> None:
    acme, globex, abroad, back, pending = lines("batch.053.xml")
    assert acme.references == (Reference("INV-2026-00042", 15000, "04", 500),)
    assert (acme.end_to_end, acme.payer_account, acme.place) == ("", "NL91ABNA0417164300", 15)
    assert (globex.text, globex.references) == ("part one part two", (Reference("RF18539007547034"),))
    assert (abroad.amount, abroad.charges, abroad.method) == (9720, 280, "transfer")
    assert (back.payer, back.returned, back.return_reason, back.amount) == ("Hooli", True, "AC04", -4000)
    assert (pending.pending, pending.text) == (True, "on its way")


def test_ofx_letters_commas_and_checks() -> None:
    check, fee = lines("card.ofx")
    assert (check.payer, check.check_number, check.method, check.amount) == ("CAFÉ ACME & CO", "1001", "check", 125000)
    assert fee.amount == -1230
    assert lines("xml.qfx")[0].text == "INV-1 <paid>"


def test_bai2_lockbox_deposit_gives_way_to_its_cheques() -> None:
    acme, globex, ach, fee = lines("lockbox.bai2")
    assert (acme.payer, acme.check_number, acme.text) == ("ACME CORP", "1001", "REMITTER: ACME CORP INV-2026-00042")
    assert globex.amount == 20000
    assert (ach.payer, ach.value_date, ach.end_to_end) == ("INITECH", date(2026, 1, 7), "TRACE77")
    assert fee.amount == -1230


def test_lockbox_cheques_with_their_invoices() -> None:
    first, second = lines("checks.lockbox")
    assert first.references == (Reference("INV-000042", 10000), Reference("INV-000043", 4877))
    assert (first.check_number, second.check_number, second.references) == ("1001", "2002", ())


def test_lockbox_of_another_layout_is_found_out_by_its_totals() -> None:
    data = (BANK / "checks.lockbox").read_bytes()
    with pytest.raises(ImportFileError, match="balance-mismatch"):
        read_statements(data, "f", profile=LockboxLayout(amount="9-18"))


def test_remittance_820_names_invoices_and_deductions() -> None:
    (advice,) = lines("advice.820")
    assert (advice.payer, advice.end_to_end, advice.booked) == ("ACME CORP", "TRACE77", date(2026, 1, 7))
    assert advice.references == (
        Reference("INV-2026-00042", 14875),
        Reference("INV-2026-00043", 10625, "04", 500),
    )


def test_remittance_tables() -> None:
    data = (BANK / "advice.csv").read_bytes()
    advice = read_remittance(data, "advice.csv", currency="EUR", decimal=",", date_format="DD.MM.YYYY")
    assert [line.amount for line in advice.lines] == [114577]
    assert advice.lines[0].references[0] == Reference("INV-2026-00042", 14577, "", 298)
    short = data.replace(b"1.145,77", b"1.145,78")
    with pytest.raises(ImportFileError, match=r"advice.csv:6: balance-mismatch: the total is 1145.78 EUR"):
        read_remittance(short, "advice.csv", currency="EUR", decimal=",", date_format="DD.MM.YYYY")


def test_remittance_spreadsheet() -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    for number, row in enumerate(
        [
            ["Check No", "Invoice", "Date", "Paid"],
            [1001, "INV-1", datetime(2026, 1, 5), 0.1 + 0.2],  # noqa: DTZ001
            [1002, 20260042, datetime(2026, 1, 6), 148.75],  # noqa: DTZ001
        ]
    ):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    book.close()
    advice = read_remittance(buffer.getvalue(), "advice.xlsx", currency="EUR")
    assert [(line.end_to_end, line.amount, line.booked.day) for line in advice.lines] == [
        ("1001", 30, 5),
        ("1002", 14875, 6),
    ]
    assert advice.lines[1].references[0].number == "20260042"


REFUSED = [
    ("two_days.sta", ":62F:C260105EUR2187,70", ":62F:C260105EUR2187,71", ["13 balance-mismatch"]),
    ("two_days.sta", ":62F:C260105EUR2187,70\n", "", ["12 no-balance"]),
    ("two_days.sta", "R50,00N", "R50.00N", ["11 bad-line"]),
    ("two_days.sta", "2601050105DR", "2602300105DR", ["9 bad-date"]),
    ("two_days.sta", "62F:C260106EUR", "62F:C260106USD", ["23 currency-change"]),
    ("two_days.sta", "60F:C260105EUR2187,70", "60F:C260105EUR2187,00", ["23 balance-mismatch"]),
    ("two_days.sta", ":28C:00008/001\n", ":28C:00008/001\n:25:1\n-\n:61:2601060106C1,00NMSC\n", ["21 bad-order"]),
    ("day.942", ":90C:1EUR10,50", ":90C:2EUR10,50", ["10 balance-mismatch"]),
    ("batch.053.xml", '"EUR">150.00</Amt></TxAmt>', '"EUR">150.01</Amt></TxAmt>', ["10 batch-mismatch"]),
    ("batch.053.xml", '"EUR">357.20', '"EUR">357.21', ["9 balance-mismatch"]),
    ("batch.053.xml", '"EUR">357.20', '"USD">357.20', ["9 currency-change"]),
    ("batch.053.xml", "<Document", "<!DOCTYPE x>\n<Document", ["2 xml-doctype"]),
    ("batch.053.xml", "</Stmt>", "", ["51 bad-xml"]),
    ("batch.053.xml", "<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>\n", "<Sts>BOOK</Sts>\n", ["10 bad-entry"]),
    ("card.ofx", "</BANKTRANLIST>", "", ["10 bad-ofx"]),
    ("card.ofx", "20260106<TRNAMT>-12,30", "20260230<TRNAMT>12.345", ["12 bad-amount", "12 bad-date"]),
    ("card.ofx", "<CODE>0<SEVERITY>INFO", "<CODE>2000<SEVERITY>ERROR", ["7 bank-error"]),
    ("lockbox.bai2", "16,698,1230", "16,698,1330",
     ["11 balance-mismatch", "12 balance-mismatch", "13 balance-mismatch"]),
    ("lockbox.bai2", "99,695555,1,13/\n", "", ["12 bad-bai"]),
    ("lockbox.bai2", "88,INV-2026-00042\n", "", ["10 balance-mismatch", "11 balance-mismatch", "12 balance-mismatch"]),
    ("lockbox.bai2", "BANKUS33,1,", "BANKUS33,4,", ["2 bad-bai"]),
    ("lockbox.bai2", "49,", "98,", ["11 bad-bai"]),
    ("checks.lockbox", "0000005000", "0000005001", ["8 balance-mismatch", "9 balance-mismatch"]),
    ("checks.lockbox", "9000010\n", "", ["9 bad-lockbox"]),
    ("advice.820", "RMR*IV*INV-2026-00043**106.25", "RMR*IV*INV-2026-00043**106.26", ["3 balance-mismatch"]),
    ("advice.820", "SE*12", "SE*13", ["14 balance-mismatch"]),
    ("advice.820", "ST*820", "ST*810", ["3 wrong-format"]),
    ("advice.820", "IEA*1*000000001~\n", "", ["15 bad-x12"]),
    ("plain.csv", "Date,Amount", "Date,Betrag", ["1 missing-column"]),
    ("plain.csv", "Date,Amount,Currency,Name", "Date,Amount,Currency,Amount", ["1 duplicate-column"]),
    ("plain.csv", "Reference", "Refrence", ["1 unknown-column"]),
    ("plain.csv", "12.30,EUR", "12.30,EUX", ["4 bad-currency"]),
    ("plain.csv", "2026-01-06,-12.30", "06.01.2026,-12.300", ["4 bad-amount", "4 bad-date"]),
    ("plain.csv", "Fees", "Fees,more", ["4 row-length"]),
    ("plain.csv", ",Fees", ',"Fees"x', ["4 bad-quoting"]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "problems"), REFUSED)
def test_refused_with_its_line(name: str, old: str, new: str, problems: list[str]) -> None:
    data = (BANK / name).read_bytes()
    assert old.encode() in data
    assert refused(data.replace(old.encode(), new.encode(), 1)) == problems


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html>Please log in</html>", "HTML"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"%PDF-1.7", "PDF"),
        (b"d\0a\0t\0e\0", "UTF-16"),
        (b'<?xml version="1.0"?><Document><CstmrCdtTrfInitn/></Document>', "CstmrCdtTrfInitn"),
        (b"<OFX><SIGNONMSGSRSV1></SIGNONMSGSRSV1></OFX>", "no bank statement"),
        (b"<a>" * 5000, "nested"),
    ],
)
def test_what_is_no_statement_is_named(data: bytes, what: str) -> None:
    with pytest.raises(ImportFileError, match=what):
        read_statements(data, "bank.csv")


def test_every_bad_row_is_told_at_once() -> None:
    rows = "date,amount,currency\n2026-02-30,1.00,EUR\n2026-01-02,2.00,EUR\n\n2026-01-03,x,EUR\n2026-01-03\n"
    assert refused(rows) == ["2 bad-date", "5 bad-amount", "6 row-length"]


def test_a_statement_twice_is_refused_and_a_gap_too() -> None:
    text = (BANK / "two_days.sta").read_text()
    first, second = text.split("-\n:20:")
    assert refused(first + "-\n:20:" + first[4:]) == ["15 statement-twice"]
    later = second.replace("2187,70", "2000,00").replace("2283,45", "2095,75")
    assert refused(first + "-\n:20:" + later) == ["15 statement-gap"]


def test_reversals_have_the_sign_the_balances_prove() -> None:
    """Some banks leave CdtDbtInd of a reversal as it was in the first entry."""
    entry = '<Amt Ccy="EUR">40.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
    turned = edited("batch.053.xml", entry, entry.replace("DBIT", "CRDT") + "<RvslInd>true</RvslInd>")
    back = read_statements(turned.encode(), "f")[0].lines[3]
    assert (back.amount, back.returned) == (-4000, True)


def test_a_report_of_the_day_is_not_held_to_balances_it_does_not_cover() -> None:
    text = (BANK / "batch.053.xml").read_text().replace("BkToCstmrStmt", "BkToCstmrAcctRpt").replace("Stmt>", "Rpt>")
    report = read_statements(text.replace("357.20", "999.99").replace("CLBD", "ITBD").encode(), "f")[0]
    assert (report.kind, report.opening, len(report.lines)) == ("report", None, 5)
    assert report.warnings


def test_pages_of_a_statement_are_joined() -> None:
    text = (BANK / "batch.053.xml").read_text()
    start, stop = text.index('   <Ntry>\n    <Amt Ccy="EUR">97.20'), text.index("  </Stmt>")
    head = text[text.index("  <Stmt>") : text.index("   <Bal>")]
    closing = text[text.index("   <Bal><Tp><CdOrPrtry><Cd>CLBD") : text.index("   <Ntry>")]
    paged = text[:start].replace(closing, "") + "  </Stmt>\n" + head + closing + text[start:stop] + text[stop:]
    (statement,) = read_statements(paged.encode(), "f")
    assert (statement.opening, statement.closing, len(statement.lines)) == (-10000, 35720, 5)


def test_letters_of_old_encodings_are_read_with_a_warning() -> None:
    data = (BANK / "two_days.sta").read_text().replace("GLOBEX BV", "MÜLLER BV").encode("cp1252")
    statements = read_statements(data, "f")
    assert statements[1].lines[0].payer == "MÜLLER BV"
    assert statements[0].warnings


def test_swift_blocks_around_a_message_are_passed_over() -> None:
    first = (BANK / "two_days.sta").read_text().split("-\n")[0]
    wrapped = (
        "{1:F01BANKDEFFXXXX0000000000}{2:I940BANKDEFFXXXXN}{4:\r\n" + first.replace("\n", "\r\n") + "-}{5:{CHK:1}}\r\n"
    )
    assert len(read_statements(wrapped.encode(), "f")[0].lines) == 3


def test_half_a_statement_is_read_when_it_need_not_be_proved():
    half = (
        b":20:1\n:25:DE02120300000000202051\n:28C:1/1\n:60F:C260605EUR1000,00\n:61:2606050605C50,00NTRFNONREF//B1\n-\n"
    )
    assert refused(half.decode()) == ["5 no-balance"]
    (statement,) = read_statements(half, "bank", unproved=True)
    assert [line.amount for line in statement.lines] == [5000]
    assert statement.closing is None
    assert statement.warnings == ("not proved: the statement has no closing balance (:62F:): it is only half of one",)
