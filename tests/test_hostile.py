"""Bad input: refused with its place and a way out, nothing written, nothing run, no traceback; or taken as it is meant.

Each row is a small damage to a good ledger. What a refusal must have is judged in one place, `refused`.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

import small_books
from arledger.store.reading import read_document
from console import Done, ar, environment
from small_books import tree

ENV = environment(AR_TODAY=small_books.TODAY)
INVOICE = "invoices/2026-01/INV-2026-00001.yaml"
PAYMENT = "payments/2026-01/2026-01-20-5f3a9c1e.yaml"
CUSTOMER = "customers/ACME.yaml"
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def books(home: Path, files: dict[str, str | bytes] | None = None) -> Path:
    """The small ledger with these files instead."""
    small_books.write(home)
    for name, content in (files or {}).items():
        path = home / "ledgers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content)
    return home


def run(home: Path, *arguments: str, **env: str) -> Done:
    """Runs a command. Whatever becomes of it, its output is safe for a terminal and it is no bug."""
    done = ar(arguments, home, {**ENV, **env})
    assert not RAW.search(done.out + done.err), done
    assert "Traceback" not in done.err
    assert done.status != 70, done
    return done


def assert_refused(home: Path, arguments: Sequence[str], status: int, *said: str) -> None:
    """Refused with that status, a hint and these texts; the ledger is as it was."""
    before = tree(home)
    done = run(home, *arguments)
    told = done.out + done.err if arguments[0] == "check" else done.err
    assert done.status == status, done
    assert re.search(r"^\s*hint: \S|Try 'ar", told, re.MULTILINE), done
    for text in said:
        assert text in told, (text, told)
    assert tree(home) == before


# -- files of the ledger: `old` in the file becomes `new`; refused at this line with this code

BAD_FILES = {
    # not YAML, or not the YAML of a ledger
    "tab as indentation": (INVOICE, "  - {desc", "\t- {desc", 8, "bad-yaml"),
    "quote never closed": (INVOICE, "po: PO-7781", 'po: "PO-7781', None, "bad-yaml"),
    "cut in a key": (INVOICE, "net: 125.00\ntax: 23.75\ntotal: 148.75\n", "net: 125.00\ntot", None, ""),
    "cut at a line's end": (INVOICE, "total: 148.75\n", "", 1, "missing-key"),
    "last line without its end": (INVOICE, "148.75\n", "148.75", None, "cut-off"),
    "empty": (INVOICE, small_books.FILES[INVOICE], "", 1, "empty-file"),
    "only a comment": (INVOICE, small_books.FILES[INVOICE], "# nothing\n", 1, "empty-file"),
    "a scalar": (INVOICE, small_books.FILES[INVOICE], "hello\n", 1, "not-a-mapping"),
    "a list": (INVOICE, small_books.FILES[INVOICE], "- hello\n", 1, "not-a-mapping"),
    "two documents": (INVOICE, "total: 148.75\n", "total: 148.75\n---\na: b\n", 12, "second-document"),
    "a key twice": (INVOICE, "currency: EUR\n", "currency: EUR\ncurrency: USD\n", 6, "duplicate-key"),
    "a key twice in a line": (INVOICE, "quantity: 10,", "quantity: 10, quantity: 1,", 8, "duplicate-key"),
    "a list as key": (INVOICE, "po: PO", "[a]: PO", 6, "bad-key"),
    "an unfinished merge": (INVOICE, "net: 125.00\n", "<<<<<<< HEAD\nnet: 125.00\n=======\nnet: 1.00\n>>>>>>> x\n", 9,
                            "merge-conflict"),
    "an anchor": (INVOICE, "currency: EUR", "currency: &c EUR", 5, "yaml-anchor"),
    "an alias": (INVOICE, "currency: EUR", "currency: *c", 5, "yaml-anchor"),
    "a merge key": (INVOICE, "currency: EUR", "<<: {currency: EUR}", 5, "yaml-anchor"),
    "a tag that runs code": (INVOICE, "PO-7781", '!!python/object/apply:os.system ["touch PWNED"]', 6, "yaml-tag"),
    "a tag": (INVOICE, "PO-7781", "!include /etc/passwd", 6, "yaml-tag"),
    "a directive": (INVOICE, "customer: ACME", "%YAML 1.1\n---\ncustomer: ACME", 1, "yaml-directive"),
    "nested too deep": (INVOICE, "PO-7781", "[" * 3000 + "]" * 3000, 6, "too-deep"),
    "a key without value": (INVOICE, "po: PO-7781", "po:", 6, "empty-value"),
    # bytes
    "Latin-1": (INVOICE, "Widgets", "Wid\udcfcgets", 8, "not-utf-8"),
    "NUL": (INVOICE, "Widgets", "Wid\0gets", 8, "control-character"),
    "NULs at the end": (INVOICE, "148.75\n", "148.75\n\0\0\0", 12, "control-character"),
    "a terminal escape": (CUSTOMER, "Acme GmbH", "Acme \x1b]52;c;cHduZWQ=\x07", 1, "control-character"),
    "an escape in quotes": (CUSTOMER, "Acme GmbH", '"Acme \\x1b[31m"', 1, "control-character"),
    "a carriage return": (CUSTOMER, "Acme GmbH", "Acme\rEvil", 1, "control-character"),
    "a bidi override": (CUSTOMER, "Acme GmbH", "Acme \u202egbH", 1, "control-character"),
    "a line separator": (CUSTOMER, "Acme GmbH", "Acme \u2028 GmbH", 1, "control-character"),
    # amounts
    **{f"amount {text!r}": (INVOICE, "total: 148.75", f"total: {text}", 11, "bad-amount") for text in (
        "1.4875e2", ".inf", "NaN", '"sNaN"', '"1,000.00"', '"1.000,00"', "0x94", '""', '" 148.75 "', "+148.75", "€148.75",
        "\u0661\u0664\u0668.75", "\u2212148.75", ".75", "148.", "1_000", "9" * 5000, "~")},
    "half a cent": (INVOICE, "total: 148.75", "total: 148.755", 11, "too-many-decimals"),
    "sen of yen": ("invoices/2026-02/INV-2026-00004.yaml", "5000", "5000.50", 5, "too-many-decimals"),
    "a total that does not foot": (INVOICE, "total: 148.75", "total: 148.76", 11, "does-not-foot"),
    "a tax that does not foot": (INVOICE, "tax: 23.75", "tax: 23.76", 10, "does-not-foot"),
    "a negative total": ("invoices/2026-02/INV-2026-00002.yaml", "11.50", "-11.50", 5, "not-positive"),
    "more than any invoice is of": ("invoices/2026-02/INV-2026-00002.yaml", "11.50", "10000000000000.01", 5, "bad-amount"),
    "more than 64 bits hold": ("invoices/2026-02/INV-2026-00004.yaml", "currency: JPY\ntotal: 5000",
                               "currency: CLF\ntotal: 999999999999999.9999", 5, "bad-amount"),
    "an amount of nothing": ("invoices/2026-02/INV-2026-00002.yaml", "11.50", "0.00", 5, "not-positive"),
    # dates and currencies
    **{f"date {text!r}": (INVOICE, "date: 2026-01-15", f"date: {text}", 2, "bad-date") for text in (
        "2026-1-15", "15/01/2026", "20260115", "2026-01-15T10:00:00", '"2026-01-15 "', "2026-13-01", "2026-02-29",
        "~", "0000-01-01", "\u0662\u0660\u0662\u0666-01-15")},
    "due before its date": (INVOICE, "due: 2026-02-14", "due: 2026-01-14", 4, "due-before-date"),
    **{f"currency {text}": (INVOICE, "currency: EUR", f"currency: {text}", 5, "bad-currency")
       for text in ("XXX", "DEM", "978", "eur", "EURO")},
    # what is not there, or not as said
    "an unknown customer": (INVOICE, "customer: ACME", "customer: ACNE", 1, "did you mean ACME"),
    "a Cyrillic letter": (INVOICE, "customer: ACME", "customer: АCME", 1, ""),
    "a status": (INVOICE, "po: PO-7781", "status: paid", 6, "it is computed"),
    "an unknown key": (INVOICE, "terms: 2/10", "termz: 2/10", 3, "did you mean terms"),
    "an unknown invoice": (PAYMENT, "item: INV-2026-00001", "item: INV-2026-00009", 5, "unknown-item"),
    "a path for an invoice": (PAYMENT, "item: INV-2026-00001", "item: ../../secret", 5, ""),
    "more than was paid": (PAYMENT, "amount: 100.00", "amount: 50.00", 4, "over-applied"),
    "more than is open": (PAYMENT, "amount: 60.00}\namount: 100.00", "amount: 149.00}\namount: 149.00", 5, "over-applied"),
    "another customer's": (PAYMENT, "item: INV-2026-00001", "item: INV-2025-00001", 5, "wrong-customer"),
    "another currency's": (PAYMENT, "currency: EUR", "currency: USD", 5, "wrong-currency"),
    "paid before it was billed": (PAYMENT, "date: 2026-01-20", "date: 2026-01-14", 2, "applied-too-early"),
    "terms in words": (CUSTOMER, "2/10 net 30", "when they like", 4, "bad-terms"),
    "a discount of 200 percent": (CUSTOMER, "2/10 net 30", "200/10 net 30", 4, "bad-terms"),
    # the policy
    "a misspelt policy": ("ledger.yaml", "terms:", "termz:", 3, "did you mean terms"),
    "buckets that do not rise": ("ledger.yaml", "[30, 60, 90]", "[30, 90, 60]", 4, ""),
    "no number in a pattern": ("ledger.yaml", "INV-{year}-{seq:05}", "INV-{year}", 5, ""),
    "no currency": ("ledger.yaml", "currency: EUR\nterms", "currency: XXX\nterms", 2, "bad-currency"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file(tmp_path: Path, name: str) -> None:
    """`ar check` names file and line; so does a report, which is refused."""
    file, old, new, line, said = BAD_FILES[name]
    text = small_books.FILES[file]
    assert old in text
    home = books(tmp_path, {file: text.replace(old, new, 1)})
    place = f"ledgers/{file}:{line}" if line else f"ledgers/{file}"
    assert_refused(home, ["check"], 1, place, said)
    assert_refused(home, ["aging"], 3, place)
    assert not (home / "PWNED").exists()


@pytest.mark.parametrize("name", ["a key twice", "half a cent", "an unknown customer"])
def test_nothing_is_posted_beside_a_bad_file(tmp_path: Path, name: str) -> None:
    file, old, new, line, _ = BAD_FILES[name]
    home = books(tmp_path, {file: small_books.FILES[file].replace(old, new, 1)})
    assert_refused(
        home, ["invoice", "new", "--customer", "ACME", "--amount", "10", "--yes"], 3, f"ledgers/{file}:{line}"
    )


def test_all_bad_files_at_once(tmp_path: Path) -> None:
    """Independent damages are all told in one run."""
    damaged: dict[str, str] = {}
    for name in ("amount 'NaN'", "sen of yen", "more than was paid", "terms in words"):
        file, old, new, _, _ = BAD_FILES[name]
        damaged[file] = small_books.FILES[file].replace(old, new, 1)
    assert_refused(books(tmp_path, dict(damaged)), ["check"], 1, *(f"ledgers/{file}:" for file in damaged))


MEANT = {
    "as much as there can be": ("invoices/2026-02/INV-2026-00002.yaml", "11.50", "10000000000000.00",
                                ["aging", "--format", "json"], '"10000000000109.75"'),
    "amounts in quotes": (INVOICE, "total: 148.75", 'total: "148.75"', ["open", "--format", "json"], '"148.75"'),
    "a country that YAML takes for no": (CUSTOMER, "country: DE", "country: NO", ["customer", "show", "ACME"], "NO"),
    "an order that YAML takes for octal": (INVOICE, "PO-7781", "0107", ["invoice", "show", "INV-2026-00001"], "0107"),
    "an order that YAML takes for a time": (INVOICE, "PO-7781", "12:30:45", ["invoice", "show", "INV-2026-00001"],
                                            "12:30:45"),
    "Windows line ends": (INVOICE, "\n", "\r\n", ["open"], "INV-2026-00001"),
    "a byte order mark": (INVOICE, "customer", "\ufeffcustomer", ["open"], "INV-2026-00001"),
    "mark-up of the console": (CUSTOMER, "Acme GmbH", '"Acme [/red] [bold]GmbH"', ["aging"], "[/red] [bold]GmbH"),
    "a page": (CUSTOMER, "Acme GmbH", '"<img src=x>"', ["aging", "--format", "html"], "&lt;img src=x&gt;"),
    "a template": (CUSTOMER, "Acme GmbH", '"{{ 7191*7193 }}"', ["statement", "ACME", "--format", "html"], "7191*7193"),
    "a formula": (CUSTOMER, "Acme GmbH", '\'=HYPERLINK("http://evil.example")\'', ["aging", "--format", "csv"],
                  '\'=HYPERLINK'),
    "a table's edge": (CUSTOMER, "Acme GmbH", '"x | ![y](z) | b"', ["aging", "--format", "md"], "x \\| "),
}  # fmt: skip


@pytest.mark.parametrize("name", MEANT)
def test_taken_as_it_is_meant(tmp_path: Path, name: str) -> None:
    """Good input that careless code misreads or obeys."""
    file, old, new, command, shown = MEANT[name]
    count = -1 if old == "\n" else 1
    home = books(tmp_path, {file: small_books.FILES[file].replace(old, new, count).encode()})
    assert run(home, "check").status == 0
    done = run(home, *command)
    assert done.status == 0, done
    assert shown in done.out


def test_cut_anywhere() -> None:
    """A file cut off at any byte is never taken for a whole one."""
    for path in (INVOICE, PAYMENT):
        data = small_books.FILES[path].encode()
        for end in range(len(data)):
            assert read_document(data[:end], path).problems, data[:end]


def test_any_byte_changed() -> None:
    """One byte changed at a time: a document or problems with a place, and never anything else."""
    dice = random.Random(11)
    for path in (INVOICE, PAYMENT, CUSTOMER):
        data = small_books.FILES[path].encode()
        for _ in range(400):
            at, byte = dice.randrange(len(data)), dice.randrange(256)
            read = read_document(data[:at] + bytes([byte]) + data[at + 1 :], path)
            assert (read.document is None) == bool(read.problems)
            assert all(problem.hint and problem.code for problem in read.problems)


# -- arguments


BAD_ARGUMENTS = {
    **{f"amount {text}": (["payment", "new", "--customer", "ACME", "--amount", text], 2, "--amount") for text in (
        "inf", "nan", "1e9", "\uff11\uff12", "10.005", "1_000", "0x10", "ten", "1,000.00", "", " 5", "0", "-5", "9" * 40)},
    **{f"date {text}": (["invoice", "new", "--customer", "ACME", "--amount", "10", "--date", text], 2, "YYYY-MM-DD")
       for text in ("2026-02-30", "20260115", "yesterday", "2026-1-5", "10000-01-01")},
    "a misspelt command": (["invocie", "new"], 2, "Did you mean ar invoice"),
    "a misspelt option": (["aging", "--as-off", "2026-01-31"], 2, "--as-of"),
    "an unknown format": (["aging", "--format", "xsl"], 2, "xlsx"),
    "an unknown customer": (["invoice", "new", "--customer", "ACNE", "--amount", "10"], 2, "did you mean ACME"),
    "an unknown item": (["payment", "new", "--customer", "ACME", "--amount", "10", "--apply", "INV-2026-09999"], 2,
                        "INV-2026-09999"),
    "a path for a credit": (["payment", "unapply", "../../secret"], 2, "../../secret"),
    "a command for an id": (["customer", "new", "x;touch PWNED", "--name", "x"], 2, "id"),
    "an escape": (["invoice", "show", "\x1b]0;pwned\x07"], 2, "\\x1b"),
    "lone surrogates": (["invoice", "show", "\udcff"], 2, ""),
    "another customer's": (["payment", "new", "--customer", "GLOBEX", "--amount", "10", "--apply", "INV-2026-00001=10"],
                           5, "wrong-customer"),
    "another currency's": (["payment", "new", "--customer", "ACME", "--amount", "10", "--currency", "USD", "--apply",
                            "INV-2026-00001=10"], 5, "wrong-currency"),
    "due before its date": (["invoice", "new", "--customer", "ACME", "--amount", "10", "--due", "2020-01-01"], 5,
                            "due-before-date"),
    "more than is left": (["payment", "apply", "2026-01-20-5f3a9c1e", "--apply", "INV-2026-00001=88.75"], 5, "40.00"),
    "a refund of more than is left": (["payment", "refund", "2026-01-20-5f3a9c1e", "--amount", "90"], 5, "40.00"),
    "before the money came": (["payment", "apply", "2026-01-20-5f3a9c1e", "--apply", "INV-2026-00001=1", "--date",
                               "2026-01-17"], 5, "2026-01-20"),
    "a month that is not over": (["close", "2031-01"], 5, "not over"),
    "no month": (["close", "2026-13"], 2, "2026-13"),
    "a write-off without a reason": (["write-off", "INV-2026-00001"], 2, "--reason"),
    "no such file": (["apply-payments", "no-such.csv", "--account", "main"], 2, "no-such.csv"),
    "a folder for a file": (["apply-payments", "ledgers", "--account", "main"], 2, "ledgers"),
    "no such ledger": (["--ledger", "nowhere", "aging"], 2, "nowhere"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_ARGUMENTS)
def test_bad_argument(tmp_path: Path, name: str) -> None:
    arguments, status, said = BAD_ARGUMENTS[name]
    assert_refused(books(tmp_path), arguments, status, said)
    assert not (tmp_path / "PWNED").exists()


# -- files to import


HEAD = "date,amount,currency,name,account,reference,text\n"
GOOD = "2026-01-28,88.75,EUR,ACME GMBH,,INV-2026-00001,Invoice\n"
BAD_BANK = {
    "a column twice": ("date,amount,amount\n2026-01-28,1.00,1.00\n", 1),
    "no amount": ("date,name\n2026-01-28,x\n", 1),
    "a short row": (HEAD + GOOD + "2026-01-28,1.00\n", 3),
    "a long row": (HEAD + GOOD + "2026-01-28,1.00,EUR,x,,,y,z,z\n", 3),
    "a footer": (HEAD + GOOD + "Total,88.75\n", 3),
    "three decimals": (HEAD + "2026-01-28,1.000,EUR,x,,,y\n", 2),
    "an exponent": (HEAD + "2026-01-28,1E+05,EUR,x,,,y\n", 2),
    "more than there is": (HEAD + f"2026-01-28,{'9' * 30},EUR,x,,,y\n", 2),
    "3 April or 4 March": (HEAD + "03/04/2026,1.00,EUR,x,,,y\n", 2),
    "no such day": (HEAD + "2026-02-30,1.00,EUR,x,,,y\n", 2),
    "a bad row after a break in a field": (HEAD + '2026-01-28,1.00,EUR,x,,,"a\nb"\n2026-01-28,x,EUR,x,,,y\n', 4),
    "a page": ("<!DOCTYPE html><html><body>Please log in</body></html>\n", None),
    "a spreadsheet": ("PK\x03\x04 and so on\n", None),
    "an entity": ('<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>\n<a>&b;</a>\n', 2),
    "binary": ("\x00\x01\x02\x03" * 99, None),
}


@pytest.mark.parametrize("name", BAD_BANK)
def test_bad_bank_file(tmp_path: Path, name: str) -> None:
    text, line = BAD_BANK[name]
    (books(tmp_path) / "bank.csv").write_text(text)
    place = f"bank.csv:{line}" if line else "bank.csv"
    assert_refused(tmp_path, ["apply-payments", "bank.csv", "--account", "main", "--yes"], 4, place)


def test_all_bad_rows_at_once(tmp_path: Path) -> None:
    """Each bad row is named, and the good ones are not posted without them."""
    rows = [GOOD, "2026-01-28,x,EUR,a,,,b\n", GOOD, "28.01.2026,1.00,EUR,a,,,b\n"]
    (books(tmp_path) / "bank.csv").write_text(HEAD + "".join(rows))
    assert_refused(
        tmp_path, ["apply-payments", "bank.csv", "--account", "main", "--yes"], 4, "bank.csv:3", "bank.csv:5"
    )


BAD_IMPORT = {
    "no such customer": ("invoices", "invoice,customer,date,amount\nA1,ACNE,2026-01-05,1.00\n", "did you mean ACME"),
    "two amounts of one number": ("invoices", ("invoice,customer,date,amount\nA1,ACME,2026-01-05,1.00\n"
                                  "A1,ACME,2026-01-05,2.00\n"), "rows.csv:3: imported-differently"),
    "a number that is another invoice's": ("invoices", "invoice,customer,date,amount\nINV-2026-00002,ACME,2026-02-01,9.00\n",
                                           "rows.csv:2: imported-differently"),
    "due before its date": ("invoices", "invoice,customer,date,due,amount\nA1,ACME,2026-01-05,2026-01-04,1.00\n",
                            "rows.csv:2: due-before-date"),
    "a path for an id": ("customers", "customer,name\n../../x,X\n", "rows.csv:2: bad-id"),
    "more than was paid": ("payments", ("payment,customer,date,amount,invoice,applied\nP1,ACME,2026-02-01,5.00,"
                           "INV-2026-00002,6.00\n"), "rows.csv:2: over-applied"),
    "more than is open, in two payments": ("payments", ("payment,customer,date,amount,invoice\n"
                                           "P1,ACME,2026-02-01,11.00,INV-2026-00002\nP2,ACME,2026-02-01,1.00,INV-2026-00002\n"
                                           "P3,ACME,2026-02-01,1.00,INV-2026-00002\n"), "rows.csv:4: over-applied"),
    "another customer's": ("payments", "payment,customer,date,amount,invoice\nP1,ACME,2026-02-01,5.00,INV-2025-00001\n",
                           "rows.csv:2: wrong-customer"),
    "before it was billed": ("payments", "payment,customer,date,amount,invoice\nP1,ACME,2026-01-01,5.00,INV-2026-00002\n",
                             "rows.csv:2: applied-too-early"),
    "a payment paid": ("payments", "payment,customer,date,amount,invoice\nP1,ACME,2026-02-01,5.00,2026-01-20-5f3a9c1e\n",
                       "rows.csv:2: not-a-debt"),
    "an unknown way to pay": ("payments", "payment,customer,date,amount,method\nP1,ACME,2026-02-01,5.00,barter\n",
                              "rows.csv:2: bad-choice"),
    "rows of a payment that disagree": ("payments", ("payment,customer,date,amount,invoice\nP1,ACME,2026-02-01,5.00,\n"
                                        "P1,GLOBEX,2026-02-01,5.00,\n"), "rows.csv:3: imported-differently"),
    "a misspelt column": ("payments", "payment,customer,date,amount,invioce\nP1,ACME,2026-02-01,5.00,\n",
                          "did you mean invoice"),
    "no rows at all": ("invoices", "", "rows.csv"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_IMPORT)
def test_bad_import(tmp_path: Path, name: str) -> None:
    kind, text, said = BAD_IMPORT[name]
    (books(tmp_path) / "rows.csv").write_text(text)
    assert_refused(tmp_path, ["import", kind, "rows.csv", "--yes"], 4, said)


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "\x1b[31mred", "a\u202eb", "x" * 140_000, '<b>"&amp;', "{{7*7}}"]
)
def test_text_of_a_bank(tmp_path: Path, text: str) -> None:
    """Kept so that the books stay good and nothing raw is shown, or refused."""
    cell = text.replace('"', '""')
    (books(tmp_path) / "bank.csv").write_text(f'{HEAD}2026-01-28,5.00,EUR,NOBODY,,,"{cell}"\n')
    done = run(tmp_path, "apply-payments", "bank.csv", "--account", "main", "--on-account", "--yes")
    assert done.status in (0, 4)
    assert run(tmp_path, "check").status == 0
    for format_ in ("table", "csv", "html", "md", "json"):
        run(tmp_path, "payment", "list", "--format", format_)


# -- what may lie in a folder


def test_odd_files(tmp_path: Path) -> None:
    """A pipe does not stop the reading, a link leads nowhere, a folder is no file: each is named."""
    home = books(tmp_path)
    os.mkfifo(home / "ledgers/customers/P.yaml")
    (home / "ledgers/customers/L.yaml").symlink_to("/etc/passwd")
    (home / "ledgers/customers/D.yaml").mkdir()
    done = run(home, "check")
    assert done.status == 1
    for name in ("P", "L", "D"):
        assert f"ledgers/customers/{name}.yaml" in done.out + done.err
    assert "root:" not in done.out + done.err


def test_link_to_its_own_folder(tmp_path: Path) -> None:
    (books(tmp_path) / "ledgers/customers/loop").symlink_to(".")
    assert run(tmp_path, "check").status in (0, 1)


def test_huge_file(tmp_path: Path) -> None:
    """Refused by its size, before it is read."""
    with (books(tmp_path) / "ledgers/customers/BIG.yaml").open("wb") as file:
        file.write(b"name: Big\n")
        file.truncate(500_000_000)
    begun = time.monotonic()
    assert_refused(tmp_path, ["check"], 1, "ledgers/customers/BIG.yaml:1", "file-too-large")
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize(
    "name",
    ["INV-2026-00002.yaml~", "INV-2026-00002.yaml.orig", ".INV-2026-00002.yaml.new", ".INV-2026-00002.yaml", "x.yml"],
)
def test_files_beside(tmp_path: Path, name: str) -> None:
    """Copies that editors and merges leave are no facts."""
    home = books(tmp_path, {f"invoices/2026-02/{name}": small_books.FILES["invoices/2026-02/INV-2026-00002.yaml"]})
    assert run(home, "check").status == 0
    rows = json.loads(run(home, "open", "--format", "json").out)["rows"]
    assert sorted(row["item"] for row in rows).count("INV-2026-00002") == 1
    assert len(rows) == 6


@pytest.mark.parametrize("name", ["inv-2026-00002", "CON", "a b", "-x", "x" * 65, "ä", "INV 1"])
def test_names_that_are_no_ids(tmp_path: Path, name: str) -> None:
    """Ids are letters, digits, dot, dash and underscore, one spelling each whatever the case."""
    home = books(
        tmp_path, {f"invoices/2026-02/{name}.yaml": small_books.invoice("ACME", "2026-02-01", "2026-03-03", "1.00")}
    )
    done = run(home, "check")
    assert done.status == 1, done


def test_number_twice(tmp_path: Path) -> None:
    home = books(
        tmp_path, {"invoices/copy/INV-2026-00002.yaml": small_books.FILES["invoices/2026-02/INV-2026-00002.yaml"]}
    )
    assert_refused(home, ["check"], 1, "ledgers/invoices/copy/INV-2026-00002.yaml", "2026-02/INV-2026-00002.yaml")


def test_number_missing(tmp_path: Path) -> None:
    home = books(tmp_path)
    (home / "ledgers/invoices/2026-02/INV-2026-00002.yaml").unlink()
    assert_refused(home, ["check"], 1, "number-gap")


def test_journal_that_was_damaged(tmp_path: Path) -> None:
    """What nobody can finish is not thrown away either."""
    (books(tmp_path) / ".ar/journal").mkdir(parents=True)
    (tmp_path / ".ar/journal/COMMIT").write_text('{"invoices/x.yaml": "half of it')
    assert_refused(tmp_path, ["aging"], 7, "COMMIT")


def test_modules_planted_in_the_folder(tmp_path: Path) -> None:
    """Python files beside the ledger are never run."""
    home = books(tmp_path)
    for name in ("yaml", "pydantic", "typer", "arledger", "sitecustomize", "json", "sqlite3"):
        (home / f"{name}.py").write_text("raise SystemExit(9)\n")
    program = Path(sys.executable).with_name("ar")
    if not program.exists():
        pytest.skip("the program is not installed here")
    done = subprocess.run([program, "aging"], cwd=home, env=ENV, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "env", [{"HOME": ""}, {"LANG": "C"}, {"LC_ALL": "tr_TR.UTF-8"}, {"COLUMNS": "1"}, {"TZ": "nowhere"}]
)
def test_odd_environment(tmp_path: Path, env: dict[str, str]) -> None:
    home = books(tmp_path)
    usual = run(home, "aging", "--format", "csv").out
    assert run(home, "aging", "--format", "csv", **env).out == usual
