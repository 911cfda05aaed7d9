"""The commands that read: open, statement, why, customer, invoice, payment, and what help costs."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from acme_books import write
from console import ar, environment

APRIL = "2026-04-30"
STYLES = ["open-item", "balance-forward", "activity"]


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    return write(tmp_path_factory.mktemp("books"))


def told(books: Path, *arguments: str) -> Any:
    done = ar([*arguments, "--format", "json"], books)
    assert done.status == 0, done.err
    return json.loads(done.out)


def shown(books: Path, *arguments: str) -> str:
    done = ar(arguments, books)
    assert done.status == 0, done.err
    return done.out


# open


def test_open_items_oldest_due_first_credits_last(books):
    found = told(books, "open", "--as-of", APRIL)
    assert [(r["item"], r["currency"], r["open"], r["days_past_due"]) for r in found["rows"]] == [
        ("INV-1", "USD", "1000.00", 80),
        ("INV-4", "EUR", "100.00", 30),
        ("INV-2/2", "USD", "125.00", 24),
        ("INV-3", "USD", "75.00", 6),
        ("PAY-2", "USD", "-25.00", 51),
        ("PAY-9", "USD", "-60.00", 46),
        ("CN-1", "USD", "-40.00", 41),
    ]
    assert found["totals"] == [{"currency": "EUR", "open": "100.00"}, {"currency": "USD", "open": "1075.00"}]
    assert found["rows"][0] == {
        "item": "INV-1", "kind": "invoice", "customer": "ACME", "name": "Acme Corporation", "date": "2026-01-10",
        "due": "2026-02-09", "currency": "USD", "total": "1000.00", "open": "1000.00", "days_past_due": 80,
        "disputed": False, "reference": "", "disputed_amount": "0.00", "plan": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("option", "items"),
    [("--overdue", ["INV-1", "INV-4", "INV-2/2", "INV-3"]), ("--credits", ["PAY-2", "CN-1"])],
)
def test_open_filters(books, option, items):
    found = told(books, "open", "--as-of", APRIL, "--customer", "ACME", option)
    assert [row["item"] for row in found["rows"]] == items


def test_open_before_the_cheque_came_back(books):
    rows = told(books, "open", "--as-of", "2026-03-31", "--customer", "ACME")["rows"]
    assert {row["item"]: row["open"] for row in rows} == {
        "INV-4": "100.00", "INV-2/2": "150.00", "INV-3": "75.50", "PAY-2": "-50.00", "CN-1": "-40.00",
    }  # fmt: skip


# statement


@pytest.mark.parametrize(("day", "usd"), [("2026-01-31", "0.00"), ("2026-03-31", "135.50"), (APRIL, "1135.00")])
def test_all_layouts_end_on_one_balance(books, day, usd):
    for style in STYLES:
        sections = told(books, "statement", "ACME", "--as-of", day, "--style", style)["sections"]
        closing = {section["currency"]: section["closing"] for section in sections}
        assert closing.get("USD", "0.00") == usd
        for section in sections:
            start = Decimal(0 if style == "open-item" else section["opening"])
            lines = sum(Decimal(line["charge"]) - Decimal(line["payment"]) for line in section["lines"])
            assert start + lines == Decimal(section["closing"])
            assert not section["lines"] or section["lines"][-1]["balance"] == section["closing"]


def test_open_item_total_and_unapplied_are_the_balance(books):
    (_, usd) = told(books, "statement", "ACME", "--as-of", APRIL)["sections"]
    debits = sum(Decimal(line["open"]) for line in usd["lines"] if line["due"])
    assert (debits, usd["unapplied"], usd["closing"]) == (Decimal("1200.00"), "-65.00", "1135.00")


def test_printed_ageing_is_that_of_ar_aging(books):
    for day in ("2026-03-31", APRIL):
        rows = {r["currency"]: r for r in told(books, "aging", "--as-of", day, "--customer", "ACME")["rows"]}
        for section in told(books, "statement", "ACME", "--as-of", day)["sections"]:
            row = rows[section["currency"]]
            assert section["aging"] == {key: row[key] for key in section["aging"]}


def test_opening_is_the_closing_of_the_month_before(books):
    closing = "0.00"
    for month, last in (("01", "31"), ("02", "28"), ("03", "31"), ("04", "30")):
        period = ("--from", f"2026-{month}-01", "--to", f"2026-{month}-{last}")
        sections = told(books, "statement", "ACME", "--style", "balance-forward", *period)["sections"]
        usd = next(section for section in sections if section["currency"] == "USD")
        assert usd["opening"] == closing
        closing = usd["closing"]
    assert closing == "1135.00"


def test_activity_statement_as_people_see_it(books):
    assert (
        shown(books, "statement", "ACME", "--from", "2026-03-01", "--to", APRIL)
        == """\
Statement of account (activity)
Customer     ACME  Acme Corporation
Period       2026-03-01 to 2026-04-30
Pay to       Northwind Supply Co., 12 Harbour St, Portland ME 04101
Account EUR  DE75512108001245126199
Account USD  DE02120300000000202051
Balance      100.00 EUR, overdue 100.00
Balance      1,135.00 USD, overdue 1,200.00, unapplied -65.00

EUR
Date        Item     Kind     Due         Reference  Charges  Payments    Open  Balance
2026-02-28           opening                                                          -
2026-03-01  INV-4    invoice  2026-03-31              100.00         -  100.00   100.00
──────────  ───────  ───────  ──────────  ─────────  ───────  ────────  ──────  ───────
            Balance                                                              100.00

USD
Date        Item     Kind         Due         Reference   Charges  Payments    Open   Balance
2026-02-28           opening                                                           300.00
2026-03-10  PAY-2    payment                                    -    200.00  -25.00    100.00
2026-03-20  CN-1     credit-note              damaged           -     40.00  -40.00     60.00
2026-03-25  INV-3    invoice      2026-04-24                75.50         -   75.00    135.50
2026-04-01  INV-3    write-off                                  -      0.50            135.00
2026-04-02  PAY-1    return                              1,000.00         -          1,135.00
──────────  ───────  ───────────  ──────────  ─────────  ────────  ────────  ──────  ────────
            Balance                                                                  1,135.00

Ageing, in days past the due date
Cur  Current    1-30  31-60     61-90  91+  Unapplied     Total
EUR        -  100.00      -         -    -          -    100.00
USD        -  200.00      -  1,000.00    -     -65.00  1,135.00
"""
    )


def test_detail_tells_what_was_applied(books):
    (_, usd) = told(books, "statement", "ACME", "--as-of", APRIL, "--detail")["sections"]
    applied = {line["item"]: [(t["fact"], t["amount"]) for t in line.get("applied", [])] for line in usd["lines"]}
    assert applied["INV-1"] == [("PAY-1", "-980.00"), ("PAY-1", "-20.00"), ("PAY-1-X", "1000.00")]
    assert applied["INV-2/2"] == [("PAY-2", "-150.00"), ("PAY-2-A1", "-25.00")]
    assert applied["INV-3"] == [("INV-3-W1", "-0.50")]


def test_statements_of_all(books):
    found = told(books, "statement", "--all", "--as-of", APRIL)
    assert [(s["customer"], [p["closing"] for p in s["sections"]]) for s in found["statements"]] == [
        ("ACME", ["100.00", "1135.00"])
    ]
    lines = shown(books, "statement", "--all", "--as-of", APRIL, "--format", "csv").splitlines()
    assert lines[0].startswith("customer,currency,date,item,kind,due")
    assert sum(line.startswith("customer,") for line in lines) == 2  # lines under one header, ageing under another


@pytest.mark.parametrize(
    "wrong",
    [["statement"], ["statement", "ACME", "--all"], ["statement", "ACME", "--from", "2026-05-01", "--to", APRIL],
     ["statement", "ACNE"], ["open", "--overdue", "--credits"], ["why", "INV-11"], ["schema", "invoise"],
     ["invoice", "show", "PAY-1"], ["payment", "show", "INV-1"], ["check", "--since", "HEAD"],
     ["invoice", "list", "--from", "2026-05-01", "--to", APRIL], ["invoice", "send", "--all", "--customer", "ACNE"]],
)  # fmt: skip
def test_wrong_usage_ends_with_2_and_a_hint(books, wrong):
    done = ar(wrong, books)
    assert (done.status, done.out) == (2, "")
    assert "hint: " in done.err


@pytest.mark.parametrize("command", [["worklist"], ["customer", "list"]])
def test_a_collector_no_customer_has(tmp_path, command):
    books = write(tmp_path)
    assert ar(["customer", "edit", "ACME", "--collector", "maria", "--yes"], books).status == 0
    assert ar([*command, "--collector", "maria"], books).status == 0
    done = ar([*command, "--collector", "mari"], books)
    assert (done.status, done.out) == (2, "")
    assert "did you mean maria?" in done.err


# why


def touched(books, id_):
    return [
        (r["fact"], r["why"], r["with"], r["amount"], r["open"], r["reason"], f"{Path(r['path']).name}:{r['line']}")
        for r in told(books, "why", id_)["rows"]
    ]


def test_why_an_invoice(books):
    assert touched(books, "INV-1") == [
        ("INV-1", "invoice", "", "1000.00", "1000.00", "", "INV-1.yaml:9"),
        ("PAY-1", "applied", "PAY-1", "-980.00", "20.00", "", "PAY-1.yaml:7"),
        ("PAY-1", "discount", "", "-20.00", "0.00", "", "PAY-1.yaml:7"),
        ("PAY-1-X", "reversal", "PAY-1", "1000.00", "1000.00", "account closed", "PAY-1-X.yaml:1"),
    ]


def test_why_a_payment_names_what_it_paid(books):
    assert touched(books, "PAY-2") == [
        ("PAY-2", "payment", "", "-200.00", "-200.00", "", "PAY-2.yaml:6"),
        ("PAY-2", "applied", "INV-2/1", "150.00", "-50.00", "", "PAY-2.yaml:5"),
        ("PAY-2-A1", "applied", "INV-2/2", "25.00", "-25.00", "", "PAY-2-A1.yaml:6"),
    ]


def test_why_a_fact_and_a_customer(books):
    assert touched(books, "INV-3-W1") == [
        ("INV-3-W1", "write-off", "", "-0.50", "75.00", "small difference", "INV-3-W1.yaml:4")
    ]
    found = told(books, "why", "ACME")
    assert (found["is"], found["open"]) == ("customer", {"EUR": "100.00", "USD": "1135.00"})
    assert found["rows"][-1]["open"] == "1135.00"


def test_why_names_the_commit_that_added_the_file(tmp_path):
    books = write(tmp_path)
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "first"]):
        subprocess.run(["git", *command], cwd=books, env=environment(), check=True)
    row = told(books, "why", "INV-1")["rows"][0]
    assert (row["author"], row["committed"], len(row["commit"]) >= 7) == ("Jo Reyes", "2026-06-30", True)


# customer, invoice, payment


def test_customer_on_a_page(books):
    found = told(books, "customer", "show", "ACME", "--as-of", "2026-03-31")
    # EUR is owed beside USD, and no rate is stated: what is left of the limit is not known
    assert (found["credit_limit"], found["available"], found["terms"]) == ("5000.00", None, "2/10 net 30")
    assert found["no_rate"] == ["EUR"]
    assert found["balances"] == [
        {"currency": "EUR", "balance": "100.00", "overdue": "0.00", "unapplied": "0.00", "disputed": "0.00",
         "next_due": {"date": "2026-03-31", "amount": "100.00"}},
        {"currency": "USD", "balance": "135.50", "overdue": "0.00", "unapplied": "-90.00", "disputed": "0.00",
         "next_due": {"date": "2026-04-06", "amount": "150.00"}},
    ]  # fmt: skip
    assert [(p["payment"], p["unapplied"], p["reversed"]) for p in found["payments"]] == [
        ("PAY-2", "50.00", False),
        ("PAY-1", "0.00", False),
    ]
    page = shown(books, "customer", "show", "ACME", "--as-of", APRIL)
    for text in (
        "5,000.00 USD; exposure not known, no rate of EUR",
        "+1 555 0100",
        "maria",
        "Closed on Fridays.",
        "INV-2/2",
    ):
        assert text in page


def test_customer_list_has_a_row_a_currency(books):
    rows = told(books, "customer", "list", "--as-of", APRIL)["rows"]
    assert [(r["customer"], r["currency"], r["balance"], r["overdue"]) for r in rows] == [
        ("ACME", "EUR", "100.00", "100.00"),
        ("ACME", "USD", "1135.00", "1200.00"),
        ("BOLT", "USD", "0.00", "0.00"),
    ]


def test_invoice_show_has_every_field_as_written(books):
    found = told(books, "invoice", "show", "INV-1", "--as-of", "2026-02-01")
    assert (found["po"], found["terms"], found["total"]) == ("0107", "2/10 net 30", "1000.00")
    assert found["lines"] == [{"description": "Widgets", "quantity": "10", "unit_price": "100"}]
    assert (found["open"], found["status"], found["path"]) == ("0.00", "settled", "ledgers/invoices/2026-01/INV-1.yaml")
    assert [(r["fact"], r["open"]) for r in found["history"]] == [
        ("INV-1", "1000.00"),
        ("PAY-1", "20.00"),
        ("PAY-1", "0.00"),
    ]


def test_invoice_show_has_instalments(books):
    found = told(books, "invoice", "show", "INV-2", "--as-of", APRIL)
    assert [(p["item"], p["open"]) for p in found["instalments"]] == [("INV-2/1", "0.00"), ("INV-2/2", "125.00")]


@pytest.mark.parametrize(
    ("status", "items"), [("overdue", ["INV-1", "INV-2", "INV-4", "INV-3"]), ("settled", []), ("", 4)]
)
def test_invoice_list(books, status, items):
    rows = told(books, "invoice", "list", "--as-of", APRIL, *(["--status", status] if status else []))["rows"]
    assert len(rows) == items if isinstance(items, int) else [row["item"] for row in rows] == items


@pytest.mark.parametrize(
    ("command", "title"),
    [(["invoice", "list"], "Invoices, and what is open of each on 2026-04-30"),
     (["invoice", "list", "--status", "settled"], "Settled invoices on 2026-04-30"),
     (["payment", "list"], "Payments, and what is unapplied of each on 2026-04-30"),
     (["payment", "list", "--unapplied"], "Payments not yet applied in full on 2026-04-30")],
)  # fmt: skip
def test_lists_are_headed_by_what_they_list(books, command, title):
    assert shown(books, *command, "--as-of", APRIL).splitlines()[0] == title


def test_payment_list(books):
    rows = told(books, "payment", "list", "--as-of", APRIL)["rows"]
    assert [(r["payment"], r["customer"], r["amount"], r["unapplied"], r["reversed"]) for r in rows] == [
        ("PAY-1", "ACME", "980.00", "0.00", True),
        ("PAY-2", "ACME", "200.00", "25.00", False),
        ("PAY-9", "", "60.00", "60.00", False),
    ]
    unknown = told(books, "payment", "list", "--as-of", APRIL, "--unidentified")["rows"]
    assert [row["payment"] for row in unknown] == ["PAY-9"]


def test_payment_show(books):
    found = told(books, "payment", "show", "PAY-1", "--as-of", APRIL)
    assert found["applied"] == [{"item": "INV-1", "amount": "980.00", "discount": "20.00"}]
    assert (found["reversed"], found["unapplied"], found["amount"]) == (True, "0.00", "980.00")
    assert told(books, "payment", "show", "CN-1")["unapplied"] == "40.00"


# all of them

COMMANDS = [
    ["open"], ["statement"], ["why"], ["facts"], ["check"], ["schema"], ["customer", "list"], ["customer", "show"],
    ["invoice", "list"], ["invoice", "show"], ["payment", "list"], ["payment", "show"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_begins_with_an_example(books, command):
    out = shown(books, *command, "--help")
    lines = [line.strip() for line in out.splitlines() if line.strip()]
    assert lines[0].startswith("Usage: ")
    assert lines[1].startswith((f"ar {' '.join(command)}", "cd ledgers && ar facts"))


def test_help_needs_no_heavy_module():
    script = (
        "import sys\nfrom arledger.cli import run\n"
        "try: run(sys.argv[1:])\nexcept SystemExit: pass\n"
        "sys.exit(' '.join(sorted({'pydantic', 'yaml', 'rich.table', 'xlsxwriter'} & set(sys.modules))) or 0)"
    )
    for command in ("open", "statement", "why", "facts", "check", "schema"):
        done = subprocess.run([sys.executable, "-c", script, command, "--help"], capture_output=True, text=True)
        assert (command, done.returncode, done.stderr) == (command, 0, "")


@pytest.mark.parametrize("form", ["csv", "md", "html", "xlsx"])
@pytest.mark.parametrize(
    "command", [["open"], ["statement", "ACME"], ["why", "INV-1"], ["facts"], ["check"], ["customer", "show", "ACME"]]
)  # fmt: skip
def test_every_format(books, tmp_path, command, form):
    file = tmp_path / f"out.{form}"
    assert ar([*command, "--format", form, "--output", str(file)], books).status == 0
    assert file.stat().st_size > 40
