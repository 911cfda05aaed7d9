"""A closed month does not change: every command refuses, every hand edit is found, and layout alone is no change
(INVARIANTS D1, D2)."""

from __future__ import annotations

import importlib
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from arledger.cli.commands import COMMANDS
from arledger.documents.kinds import FACTS as FOLDERS
from clerk import tree
from closed_books import MORE, NOTE, REOPENED
from console import ar, environment
from reference import leaves

BOOKS = {
    "ledger.yaml": "company: {name: Northwind Supply Co.}\ncurrency: EUR\nrates: [{currency: USD, rate: 0.90, from: 2026-01-01}, "
    "{currency: USD, rate: 0.95, from: 2026-05-15}]\nbank_accounts:\n  main: {currency: EUR}\n"
    "people:\n  maria: {name: Maria Lopez}\ncharges: {rate: 12%}\nallowance: {rates: {current: 1%, 1-30: 2%, 31-60: 3%, 61-90: 4%, 91+: 5%}}\n",
    "customers/ACME.yaml": "name: Acme Corporation\nterms: 2/10 net 30\npayer: {names: [ACME CORP]}\n",
    "invoices/2026-04/INV-1.yaml": "customer: ACME\ndate: 2026-04-10\ndue: 2026-05-10\ncurrency: EUR\ntotal: 500.00\n",
    "invoices/2026-05/INV-2.yaml": "customer: ACME\ndate: 2026-05-04\ndue: 2026-06-03\ncurrency: EUR\npo: PO-7\n"
    "lines:\n  - {description: Widgets, quantity: 10, unit_price: 10.00, tax: 19%}\nnet: 100.00\ntax: 19.00\n"
    "total: 119.00\n",
    "invoices/2026-05/INV-4.yaml": "customer: ACME\ndate: 2026-05-05\ndue: 2026-05-06\ncurrency: USD\ntotal: 7000.00\n",
    "bank/2026-05/main-2026-05-12-1.yaml": "account: main\ndate: 2026-05-12\ncurrency: EUR\nlines:\n"
    "  - {line: 0a1b2c3d4e5f6071, date: 2026-05-12, amount: 260.00, fact: PAY-1}\nopening: 0.00\nclosing: 260.00\n"
    "total: 260.00\n",
    "reconciliations/2026-05/gl-control-2026-05-31.yaml": "date: 2026-05-31\nkind: gl\nabout: control\ncurrency: EUR\n"
    "theirs: 1.00\nours: 1.00\n",
    "allowances/2026-05/allowance-EUR-2026-05-31.yaml": "date: 2026-05-31\ncurrency: EUR\nsince: 2026-05-01\n"
    "opening: 0.00\ncharge: 5.00\nwritten_off: 0.00\nrecovered: 0.00\nclosing: 5.00\n",
    "revaluations/2026-05/fx-2026-05-31.yaml": "date: 2026-05-31\ncurrency: EUR\nlines:\n"
    "  - {currency: USD, open: 7000.00, carried: 6300.00, rate: 0.95, worth: 6650.00}\ngain: 350.00\n",
    "invoices/2026-05/INV-3.yaml": "customer: ACME\ndate: 2026-05-05\ndue: 2026-06-04\ncurrency: EUR\ntotal: 7.00\n",
    "credit-notes/2026-05/CN-1.yaml": "customer: ACME\ndate: 2026-05-06\ncurrency: EUR\nreason: damaged\n"
    "total: 19.00\n",
    "payments/2026-05/PAY-1.yaml": "customer: ACME\ndate: 2026-05-12\ncurrency: EUR\nreference: INV-1\n"
    "applied:\n  - {item: INV-1, amount: 200.00}\namount: 260.00\n",
    "applications/2026-05/PAY-1-A2.yaml": "customer: ACME\ndate: 2026-05-13\ncurrency: EUR\ncredit: PAY-1\n"
    "applied:\n  - {item: INV-2, amount: 10.00}\namount: 10.00\n",
    "write-offs/2026-05/INV-2-W1.yaml": "customer: ACME\ndate: 2026-05-14\ncurrency: EUR\nitem: INV-2\n"
    "reason: small difference\namount: 1.00\n",
    "refunds/2026-05/PAY-1-F1.yaml": "customer: ACME\ndate: 2026-05-15\ncurrency: EUR\ncredit: PAY-1\namount: 20.00\n",
    "deductions/2026-05/INV-2-D1.yaml": "customer: ACME\ndate: 2026-05-16\ncurrency: EUR\nitem: INV-2\ncode: '54'\n"
    "amount: 8.00\n",
    "reversals/2026-05/INV-2-W1-X.yaml": "of: INV-2-W1\ndate: 2026-05-18\ncurrency: EUR\ncustomer: ACME\n"
    "reason: wrong invoice\namount: 1.00\n",
    "approvals/2026-05/INV-2-OK1.yaml": "date: 2026-05-13\naction: write-off\nabout: INV-2\nby: maria\n",
    "disputes/2026-05/INV-1-2026-05-11.yaml": "customer: ACME\ndate: 2026-05-11\nitem: INV-1\nreason: quality\n"
    "currency: EUR\namount: 50.00\n",
    "promises/2026-05/ACME-2026-05-20.yaml": "customer: ACME\ndate: 2026-05-20\ndue: 2026-06-20\nitems: [INV-1]\n"
    "currency: EUR\namount: 100.00\n",
    "write-offs/2026-05/INV-2-W2.yaml": "customer: ACME\ndate: 2026-05-19\ncurrency: EUR\nitem: INV-2\n"
    "reason: given up\namount: 2.00\n",
    "orders/2026-05/SO-2026-00001.yaml": "customer: ACME\ndate: 2026-05-07\ncurrency: EUR\nterms: net 30\n"
    "total: 90.00\n",
    "drafts/widgets.yaml": "customer: ACME\ndate: 2026-05-20\nterms: net 30\ndue: 2026-06-19\ncurrency: EUR\n"
    "total: 10.00\n",
    "contacts/2026-05/ACME-2026-05-20-C1.yaml": "customer: ACME\ndate: 2026-05-20\nchannel: call\noutcome: promised\n",
}  # fmt: skip
FACTS = [path for path in BOOKS if "/2026-05/" in path]
ENV = environment(AR_TODAY="2026-06-30")


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books whose May is closed."""
    return _closed(tmp_path_factory.mktemp("closed"), BOOKS)


@pytest.fixture(scope="module")
def closed_of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with facts of every kind there is, a paper, and April reopened once in May."""
    home = tmp_path_factory.mktemp("closed-of-all")
    _write(home, {**BOOKS, **MORE, "inbox/note.txt": NOTE})
    for command in (
        ["close", "2026-04"],
        ["approve", "reopen", "2026-04", "--by", "maria", "--date", "2026-05-21"],
        ["reopen", "2026-04", "--reason", "freight", "--date", "2026-05-21"],
        ["close", "2026-04"],
    ):
        assert ar([*command, "--yes"], home, ENV).status == 0, command
    return _closed(home, {})


def _write(home: Path, books: dict[str, str]) -> None:
    for path, text in books.items():
        (home / "ledgers" / path).parent.mkdir(parents=True, exist_ok=True)
        (home / "ledgers" / path).write_text(text)


def _closed(home: Path, books: dict[str, str]) -> Path:
    _write(home, books)
    done = ar(["check"], home, ENV)
    assert done.status == 0, done.out
    assert ar(["close", "2026-05", "--yes"], home, ENV).status == 0
    return home


@pytest.fixture
def books(closed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(closed, tmp_path / "books", ignore=shutil.ignore_patterns(".ar")))


def problems(home: Path) -> str:
    done = ar(["check", "--format", "csv"], home, ENV)
    assert done.status in (0, 1), done
    return done.out if done.status else ""


# what a hand may do to a file

Edit = Callable[[Path], None]


def digit(path: Path) -> None:
    text = path.read_text()
    at = max(i for i, sign in enumerate(text) if sign.isdigit())
    path.write_text(text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :])


def text(path: Path) -> None:
    before = path.read_text()
    changed = before.replace("ACME", "ACMF", 1).replace("by: maria", "by: mario").replace("freight", "fright")
    if "invoices" in path.parts:
        changed = f"{before}notes: touched\n"
    path.write_text(changed if changed != before else before.replace("currency: EUR", "currency: USD", 1))


def delete(path: Path) -> None:
    path.unlink()


def rename(path: Path) -> None:
    path.rename(path.with_name("X" + path.name))


def date_out(path: Path) -> None:
    path.write_text(path.read_text().replace("date: 2026-05-", "date: 2026-06-", 1))


def move_out(path: Path) -> None:
    date_out(path)
    there = path.parents[1] / "2026-06" / path.name
    there.parent.mkdir(exist_ok=True)
    path.rename(there)


def date_back(path: Path) -> None:
    path.write_text(path.read_text().replace("date: 2026-05-", "date: 2026-04-", 1))


@pytest.mark.parametrize("edit", [digit, text, delete, rename, date_out, move_out, date_back])
@pytest.mark.parametrize("path", FACTS)
def test_every_edit_by_hand_is_found(books: Path, path: str, edit: Edit) -> None:
    edit(books / "ledgers" / path)
    assert problems(books), (path, edit.__name__)


@pytest.mark.parametrize("edit", [text, delete, date_out])
@pytest.mark.parametrize("path", [*MORE, REOPENED])
def test_and_of_every_kind(closed_of_all: Path, tmp_path: Path, path: str, edit: Edit) -> None:
    home = Path(shutil.copytree(closed_of_all, tmp_path / "books", ignore=shutil.ignore_patterns(".ar")))
    edit(home / "ledgers" / path)
    assert "closed-period-changed" in problems(home) or edit is not delete, (path, edit.__name__)
    assert problems(home), (path, edit.__name__)


def test_every_kind_is_tried() -> None:
    """All but closes, which are guarded by a test of their own."""
    assert {path.partition("/")[0] for path in (*FACTS, *MORE, REOPENED)} == FOLDERS.keys() - {"periods"}


@pytest.mark.parametrize(("edit", "code"), [(delete, "attachment-missing"), (digit, "attachment-changed")])
def test_an_attached_paper_stays_as_it_was(closed_of_all: Path, tmp_path: Path, edit: Edit, code: str) -> None:
    home = Path(shutil.copytree(closed_of_all, tmp_path / "books", ignore=shutil.ignore_patterns(".ar")))
    edit(home / "ledgers" / "inbox" / "note.txt")
    assert code in problems(home)


@pytest.mark.parametrize("period", ["2026-03", "2026-05", "2026"])
def test_no_reopening_slips_in_under_another_name(books: Path, period: str) -> None:
    """By hand, in an open month, after somebody agreed to another period."""
    approval, path = books / "ledgers/approvals/2026-06/OK1.yaml", books / "ledgers/reopenings/2026-06/2026-05-R1.yaml"
    for file, text in (
        (approval, "date: 2026-06-02\naction: reopen\nabout: 2026-07\nby: maria\n"),
        (path, f"date: 2026-06-02\nclose: 2026-05\nperiod: {period}\nreason: x\n"),
    ):
        file.parent.mkdir(parents=True)
        file.write_text(text)
    assert "approval-missing" in problems(books)
    back = books / "ledgers/reversals/2026-06/2026-05-R1-X.yaml"
    back.parent.mkdir(parents=True)
    back.write_text("of: 2026-05-R1\ndate: 2026-06-02\ncurrency: EUR\nreason: x\namount: 0.00\n")
    assert problems(books)
    assert ar(["reverse", "2026-05-R1", "--reason", "x"], books, ENV).status != 0


@pytest.mark.parametrize("path", FACTS)
def test_a_fact_dated_into_the_month_is_found(books: Path, path: str) -> None:
    """Put in anew in an open month's folder, or dated back from an open month."""
    original = BOOKS[path]
    new = books / "ledgers" / path.replace("2026-05", "2026-06", 1)
    new = new.with_name(f"NEW-{new.name}")
    new.parent.mkdir(parents=True, exist_ok=True)
    new.write_text(original)
    assert "closed-period-changed" in problems(books), path


def test_the_close_itself_is_guarded(books: Path) -> None:
    path = books / "ledgers" / "periods" / "2026-05.yaml"
    for old, new in (("balance: ", "balance: 1"), ("seal: ", "seal: 0"), ("date: 2026-05-31", "date: 2026-05-30")):
        before = path.read_text()
        path.write_text(before.replace(old, new, 1))
        assert problems(books), old
        path.write_text(before)
    assert problems(books) == ""


def test_the_roll_forward_of_a_close_is_reckoned_again(books: Path) -> None:
    """Each of its lines; a close of an earlier version has balances alone."""
    path = books / "ledgers" / "periods" / "2026-05.yaml"
    whole = path.read_text()
    assert "{currency: EUR, opening: 0.00, moved: [{line: invoices, amount: 626.00}" in whole
    for amount in re.findall(r"(?:opening|amount): (-?[\d.]+)", whole):
        path.write_text(whole.replace(f": {amount}", f": {amount[:-1]}{(int(amount[-1]) + 1) % 10}", 1))
        assert "closing-balance" in problems(books), amount
    path.write_text(re.sub(r" opening: [\d.]+, moved: \[.*?\],", "", whole))
    assert problems(books) == ""


# what is no change


def crlf(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


def bom(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())


def comment(path: Path) -> None:
    path.write_text("# looked at by the auditor\n" + path.read_text())


def other_quotes(path: Path) -> None:
    path.write_text(path.read_text().replace("customer: ACME", 'customer: "ACME"').replace("code: '54'", 'code: "54"'))


def other_order(path: Path) -> None:
    lines = path.read_text().splitlines(keepends=True)
    currency = [line for line in lines if line.startswith("currency:")]
    path.write_text("".join([*currency, *(line for line in lines if line not in currency)]))


@pytest.mark.parametrize("edit", [crlf, bom, comment, other_quotes, other_order])
def test_layout_is_no_change(books: Path, edit: Edit) -> None:
    for path in FACTS:
        edit(books / "ledgers" / path)
    assert problems(books) == ""
    assert ar(["aging"], books, ENV).status == 0
    digit(books / "ledgers" / FACTS[0])
    assert "closed-period-changed" in problems(books)


# what commands may not do

DAY = ("--date", "2026-05-20")
#: A call of each command that posts a fact with a date of its choice.
DATED: dict[str, tuple[str, ...]] = {
    "invoice new": ("--customer", "ACME", "--amount", "10.00", *DAY),
    "invoice void": ("INV-3", "--reason", "x", *DAY),
    "credit-note new": ("--customer", "ACME", "--amount", "10.00", *DAY),
    "payment new": ("--customer", "ACME", "--amount", "10.00", *DAY),
    "payment apply": ("CN-1", "--apply", "INV-1", *DAY),
    "payment unapply": ("PAY-1", *DAY),
    "payment return": ("PAY-2", *DAY),
    "payment refund": ("CN-1", "--amount", "1.00", *DAY),
    "write-off": ("INV-1", "--reason", "x", *DAY),
    "deduction new": ("INV-1", "--amount", "5.00", *DAY),
    "deduction resolve": ("INV-2-D1", "--as", "invalid", *DAY),
    "approve": ("write-off", "INV-1", "--by", "maria", *DAY),
    "reverse": ("INV-2-OK1", "--reason", "x", *DAY),
    "dispute open": ("INV-2", "--reason", "quality", *DAY),
    "promise new": ("ACME", "--due", "2026-07-01", "--amount", "10.00", *DAY),
    "contact log": ("ACME", "--channel", "call", "--outcome", "spoke", *DAY),
    "dispute comment": ("INV-1-2026-05-11", "seen", *DAY),
    "dispute resolve": ("INV-1-2026-05-11", "--as", "invalid", *DAY),
    "invoice issue": ("widgets", *DAY),
    "notices block": ("ACME", "--reason", "x", *DAY),
    "order bill": ("SO-2026-00001", *DAY),
    "order cancel": ("SO-2026-00001", *DAY),
    "order deliver": ("SO-2026-00001", *DAY),
    "order hold": ("SO-2026-00001", "--reason", "x", *DAY),
    "order new": ("--customer", "ACME", "--amount", "10.00", *DAY),
    "order release": ("SO-2026-00001", "--reason", "x", "--by", "maria", *DAY),
    "payment deposit": ("--check", "ACME;1001;10.00", *DAY),
    "plan new": ("ACME", "--in", "2", "--item", "INV-1", "--first", "2026-07-15", *DAY),
    "recover": ("INV-2-W2", *DAY),
    "settle new": ("ACME", "--amount", "10.00", "--expires", "2026-07-31", "--item", "INV-1", *DAY),
    "reopen": ("2026-05", "--reason", "x", *DAY),
    "attach": ("INV-2", "ledgers/ledger.yaml", *DAY),
    "contract new": ("-c", "ACME", "--title", "x", "--starts", "2026-06-01", "--every", "month", "--line", "x;1;1.00",
                     *DAY),
    "credit decide": ("ACME", "granted", "--limit", "900.00", "--by", "maria", *DAY),
    "credit reference": ("ACME", "--source", "x", "--score", "78/100", *DAY),
    "charges": ("--as-of", "2026-05-20", "--post"),
    "book allowance": ("--as-of", "2026-05-31"),
    "book fx": ("--as-of", "2026-05-20"),
    "reconcile customer": ("ACME", "theirs.csv", "--as-of", "2026-05-20", "--keep"),
    "reconcile gl": ("gl.csv", "--as-of", "2026-05-20", "--keep"),
    "reconcile bank": ("--as-of", "2026-05-20", "--keep"),
    "import invoices": ("invoices.csv",),
    "import payments": ("payments.csv",),
    "apply-payments": ("bank.csv",),
}  # fmt: skip
#: What the calls above read.
FILES = {
    "theirs.csv": "number,date,amount\nINV-1,2026-04-10,300.00\n",
    "gl.csv": "date,amount,number\n2026-04-10,500.00,INV-1\n",
    "invoices.csv": "invoice,customer,date,due,amount,currency\nOLD-1,ACME,2026-05-20,2026-06-19,10.00,EUR\n",
    "payments.csv": "payment,customer,date,amount,currency\nOLD-2,ACME,2026-05-20,10.00,EUR\n",
    "bank.csv": "date,amount,currency,name,account,reference,text\n2026-05-20,300.00,EUR,ACME CORP,,,INV-1\n",
}
#: Commands that post no fact with a date of somebody's choice: master data, mails of today, and the close itself.
UNDATED = {
    "customer new", "customer edit", "customer merge", "customer rename", "customer erase", "invoice send", "outbox send",
    "outbox settle", "outbox bounce", "import customers", "import einvoice", "git setup", "close",
}  # fmt: skip
#: Calls that have nothing to post in these books, whatever their date: they must post nothing.
IDLE: dict[str, tuple[str, ...]] = {
    "notices hand-over": ("ACME", *DAY), "notices run": DAY, "notices unblock": ("ACME", *DAY),
    "contract end": ("ACME-K1", "--last", "2026-12-31", *DAY),
    "invoice recurring": ("--until", "2026-07-31", *DAY), "service disconnect": ("ACME", *DAY), "service notice": ("ACME", *DAY),
    "service repossess": ("ACME", "--evidence", "x", *DAY), "service restore": ("ACME", *DAY),
    "settle complete": ("ACME", *DAY), "renumber": ("ledgers/invoices/2026-05/INV-2.yaml", *DAY),
}  # fmt: skip


def writing() -> Iterator[str]:
    """Every command that posts, by its full name."""
    for name, entry in COMMANDS.items():
        for full, leaf in leaves(name, get_command(importlib.import_module(f"arledger.cli.{entry.module}").app)):
            if any(p.name == "commit" for p in leaf.params):
                yield full


def test_every_dated_command_is_tried() -> None:
    missing = set(writing()) - DATED.keys() - IDLE.keys() - UNDATED
    assert missing == set(), f"a call of each that dates a fact into a closed month: {sorted(missing)}"


@pytest.mark.parametrize("command", DATED)
def test_no_command_posts_into_a_closed_month(books: Path, command: str) -> None:
    if command == "payment return":
        ar(["payment", "new", "--customer", "ACME", "--amount", "10.00", "--date", "2026-06-01", "--yes"], books, ENV)
        (made,) = (books / "ledgers/payments/2026-06").iterdir()
        made.rename(made.with_name("PAY-2.yaml"))
    for name, text in FILES.items():
        (books / name).write_text(text)
    before = tree(books / "ledgers")
    done = ar([*command.split(), *DATED[command], "--yes"], books, ENV)
    assert done.status == (4 if command.startswith("import ") else 5), done  # 4: the rows of a file are refused
    assert "closed-period" in done.err, done
    assert tree(books / "ledgers") == before


@pytest.mark.parametrize("command", IDLE)
def test_nor_does_one_with_nothing_to_do(books: Path, command: str) -> None:
    before = tree(books / "ledgers")
    ar([*command.split(), *IDLE[command], "--yes"], books, ENV)
    assert tree(books / "ledgers") == before
