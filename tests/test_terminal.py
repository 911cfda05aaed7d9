"""The command line on a terminal and at the ends of pipes: forms, questions, Ctrl-C, colours, and where results go."""

from __future__ import annotations

import importlib
import os
import re
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import small_books
from arledger.cli.lazy import lazy
from arledger.cli.output import ending
from arledger.money import Money
from arledger.render import terminal as terminal_text
from arledger.reports.report import Column, Report, Table
from console import ar, environment
from small_books import tree

pty = pytest.importorskip("pty")

ENV = environment(AR_TODAY=small_books.TODAY, TERM="xterm-256color")
PROGRAM = [sys.executable, "-m", "arledger"]
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, home: Path, arguments: Sequence[str], *, columns: int = 100, **env: str) -> None:
        import fcntl
        import termios

        self.process, self._handle = pty.fork()
        if self.process == 0:
            try:
                os.chdir(home)
                os.execve(PROGRAM[0], [*PROGRAM, *arguments], {**ENV, "COLUMNS": str(columns), **env})
            finally:
                os._exit(1)
        fcntl.ioctl(self._handle, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self.shown, self._seen = "", 0

    def see(self, text: str) -> None:
        """Waits until the text is shown after what was seen before."""
        until = time.monotonic() + 60
        while text not in self.shown[self._seen :]:
            assert time.monotonic() < until, self.shown
            assert self._read(0.5) or text in self.shown[self._seen :], self.shown
        self._seen = self.shown.index(text, self._seen) + len(text)

    def _read(self, seconds: float) -> bool:
        """Takes in what is shown; false when the program has ended."""
        if not select.select([self._handle], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self._handle, 65536)
        except OSError:
            return False
        self.shown += data.decode("utf-8", "replace")
        return bool(data)

    def type(self, text: str) -> None:
        """Types a text."""
        os.write(self._handle, text.encode())

    def answer(self, question: str, text: str) -> None:
        """Waits for the question, then answers it."""
        self.see(question)
        self.type(f"{text}\n")

    def end(self) -> int:
        """Waits for the end and gives the exit status."""
        until = time.monotonic() + 60
        while self._read(1):
            if time.monotonic() > until:
                os.kill(self.process, signal.SIGKILL)
        os.close(self._handle)
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A small ledger that was read once."""
    small_books.write(tmp_path)
    assert ar(["check"], tmp_path, ENV).status == 0
    return tmp_path


def test_invoice_form(home: Path) -> None:
    """Field by field, with the customer's defaults, what was mistyped asked again, the total before it posts."""
    terminal = Terminal(home, ["invoice", "new"])
    terminal.answer("Customer", "ACNE")
    terminal.see("did you mean ACME?")
    terminal.answer("Customer", "ACME")
    terminal.see("2/10 net 30")
    terminal.answer("Date", "")
    terminal.answer("Terms", "net 14x")
    terminal.see("terms 'net 14x' are not known")
    terminal.answer("Terms", "net 14")
    terminal.answer("Purchase order", "PO-9")
    terminal.answer("Line 1", "Widgets;ten;12.50")
    terminal.answer("Line 1", "Widgets;10;12.50;19%")
    terminal.answer("Line 2", "")
    terminal.see("148.75")
    terminal.see("10 × Widgets: 125.00 and 19% tax")
    terminal.see("net 125.00, tax 23.75, due 2026-0")
    terminal.answer("Post this invoice?", "f")
    terminal.see("  unit_price: 12.50" if "unit_price: 12.50" in terminal.shown else "terms: net 14")
    terminal.answer("Post this invoice?", "y")
    assert terminal.end() == 0, terminal.shown
    posted = (home / "ledgers/invoices/2026-02/INV-2026-00005.yaml").read_text()
    assert "terms: net 14" in posted
    assert "total: 148.75" in posted


def test_declined(home: Path) -> None:
    before = tree(home)
    terminal = Terminal(home, ["invoice", "new", "--customer", "ACME", "--amount", "10"])
    terminal.answer("Post this invoice?", "n")
    assert terminal.end() == 2
    assert "nothing was posted" in terminal.shown
    assert tree(home) == before


BANK = """date,amount,currency,name,text
2026-02-05,20.00,EUR,SOMEBODY,first
2026-02-06,20.00,EUR,SOMEBODY ELSE,second
2026-02-07,-9.00,EUR,THE BANK,fees
"""


def test_review_asks_again_for_what_the_books_do_not_allow(home: Path) -> None:
    """Told at the prompt, with what is right decided before it; a line undone gives back what it took."""
    (home / "bank.csv").write_text(BANK)
    terminal = Terminal(home, ["apply-payments", "bank.csv", "--review"])
    for wrong, said in [
        ("zzz", "'zzz' is none of these"), ("o ACNE", "did you mean ACME?"), ("a INV-2026-00020", "did you mean INV-2026-0000"),
        ("a INV-2026-00002 INV-2026-00020", "there is no item INV-2026-00020"),
        ("a INV-2026-00002=12.00", "12.00 is more than the 11.50 open"),
        ("a INV-2026-00001=30.00", "would take 30.00, 20.00 of the credit is left"),
        ("a INV-2026-00004", "is in JPY"),
    ]:  # fmt: skip
        terminal.answer("review:", wrong)
        terminal.see(said)
    terminal.answer("review:", "a INV-2026-00002=11.50")
    terminal.see("[2/2]")
    terminal.answer("review:", "a INV-2026-00002")
    terminal.see("0.00 is open")
    terminal.answer("review:", "b")
    terminal.see("[1/2]")
    terminal.answer("review:", "s")
    terminal.answer("review:", "a INV-2026-00002")
    terminal.answer("Post these payments?", "y")
    assert terminal.end() == 0, terminal.shown
    assert "3 lines: 1 posted, 0 known already, 1 for review, 1 outgoing line ignored" in terminal.shown
    (posted,) = (home / "ledgers/payments/2026-02").glob("*.yaml")
    assert "{item: INV-2026-00002, amount: 11.50}" in posted.read_text()


def test_a_close_with_its_checklist(home: Path) -> None:
    """Where a question may come the books are a copy: what is looked up beside them comes from it as well."""
    terminal = Terminal(home, ["close", "2026-01", "--checklist"])
    assert terminal.end() == 0, terminal.shown
    assert "Numbers without gaps" in terminal.shown
    terminal = Terminal(home, ["close", "2026-01"])
    terminal.answer("Close 2026-01?", "y")
    assert terminal.end() == 0, terminal.shown
    assert (home / "ledgers/periods/2026-01.yaml").is_file()


def test_facts_of_different_kinds_are_not_added_up(home: Path) -> None:
    policy = home / "ledgers/ledger.yaml"
    policy.write_text(f"{policy.read_text()}matching: {{tolerance: {{percent: 10%, max: 1.00}}}}\n")
    rows = "".join(f"2026-02-0{day},5.00,EUR,SOMEBODY {day},x\n" for day in range(1, 5))
    (home / "bank.csv").write_text(f"date,amount,currency,name,text\n{rows}2026-02-05,11.00,EUR,ACME,INV-2026-00002\n")
    terminal = Terminal(home, ["apply-payments", "bank.csv", "--on-account"])
    terminal.see("in all: ")
    terminal.answer("Post these payments?", "n")
    assert terminal.end() == 2, terminal.shown
    assert "in all: 5 payments, 31.00 EUR; 1 write off, 0.50 EUR" in terminal.shown


def test_nothing_to_post_asks_nothing(home: Path) -> None:
    (home / "bank.csv").write_text(BANK)
    terminal = Terminal(home, ["apply-payments", "bank.csv"])
    assert terminal.end() == 0, terminal.shown
    assert "3 lines: 0 posted, 0 known already, 2 for review" in terminal.shown
    assert "Post these payments?" not in terminal.shown


@pytest.mark.parametrize("arguments", [["invoice", "new"], ["invoice", "new", "--customer", "ACME", "--amount", "10"]])
def test_ctrl_c_at_a_question(home: Path, arguments: Sequence[str]) -> None:
    before = tree(home)
    terminal = Terminal(home, arguments)
    terminal.see("?" if len(arguments) > 2 else "Customer")
    time.sleep(0.3)  # the question is there before it is waited for an answer; nobody is quicker
    terminal.type("\x03")
    assert terminal.end() == 130, terminal.shown
    assert "Traceback" not in terminal.shown
    assert tree(home) == before


def test_others_work_while_a_person_thinks(home: Path) -> None:
    """A question on one terminal keeps nobody else from reading or posting; the number given is the next one then."""
    terminal = Terminal(home, ["invoice", "new", "--customer", "ACME", "--amount", "10"])
    terminal.see("Post this invoice?")
    begun = time.monotonic()
    assert ar(["invoice", "new", "--customer", "GLOBEX", "--amount", "7", "--yes"], home, ENV).status == 0
    assert "INV-2026-00005" in ar(["open", "--format", "csv"], home, ENV).out
    assert time.monotonic() - begun < 20
    terminal.type("y\n")
    assert terminal.end() == 0, terminal.shown
    assert (home / "ledgers/invoices/2026-02/INV-2026-00006.yaml").is_file()


@pytest.mark.parametrize("columns", [40, 100])
def test_width(home: Path, columns: int) -> None:
    """A table for people is as wide as the terminal; nothing of a figure is cut off."""
    terminal = Terminal(home, ["aging"], columns=columns)
    assert terminal.end() == 0
    lines = CONTROL.sub("", terminal.shown).splitlines()
    assert "ACME" in terminal.shown
    assert "200.25" in "".join(lines)
    assert columns < 60 or max(map(len, lines)) <= columns


def test_a_narrow_terminal_shortens_names_and_no_ids(home: Path) -> None:
    path = home / "ledgers/customers/GLOBEX.yaml"
    path.write_text(path.read_text().replace("Globex Ltd", "Globex Schifffahrtsgesellschaft mit beschränkter Haftung"))
    terminal = Terminal(home, ["open"], columns=124)
    assert terminal.end() == 0
    lines = CONTROL.sub("", terminal.shown).splitlines()
    assert max(map(len, lines)) == 124, terminal.shown
    assert sum("…" in line for line in lines) == 2
    for id_ in ("INV-2025-00001", "INV-2026-00003", "2026-01-20-5f3a9c1e"):
        assert any(line.startswith(f"{id_} ") for line in lines), terminal.shown


@pytest.mark.parametrize(("cells", "cut"), [
    (["2026-06-16-7219e04a", "Check 3310, prepayment for July"], "Check 3310, prepay…"),
    (["INV-2026-00001, INV-2026-00002"], ""), (["+1 207 555 0100 4411"], ""), (["Harbor Light Seafood"], "Harbor Li…"),
])  # fmt: skip
def test_what_is_shortened(cells: Sequence[str], cut: str) -> None:
    """Words, to what a line has room for, eight characters or the longest id at least; never ids, lists of them, phones."""
    table = Table(
        [Column("said", "Text"), Column("path", "File")], [[cell, "my books/ledgers/x.yaml"] for cell in cells]
    )
    lines = terminal_text.render(Report("x", "", [table]), 10, color=False).splitlines()
    assert lines[::2] == ["Text", *cells[:-1], cut or cells[-1]]
    assert lines[1::2] == ["    File", *["    my books/ledgers/x.yaml"] * len(cells)]


def test_a_row_that_does_not_fit_goes_on_in_a_second_line() -> None:
    """By columns, not in the middle of a figure; what is to be done is broken at its words; a pipe gets it whole."""
    columns = [
        Column("customer", "Customer"), Column("name", "Name"), Column("days", "Days", "number"), Column("why", "Why"),
        Column("path", "File"),
    ]  # fmt: skip
    row = ["ACME", "Acme Corporation", 1200, "promised, waits until Friday", "ledgers/invoices/INV-1.yaml"]
    report = Report("x", "", [Table(columns, [row])], notes=["ACME: 12.00 EUR late, the oldest 30 days; pays late"])
    assert terminal_text.render(report, 46, color=False).splitlines() == [
        "Customer  Name      Days  Why",
        "    File",
        "ACME      Acme Co…  1200  promised, waits",
        "                          until Friday",
        "    ledgers/invoices/INV-1.yaml",
        "",
        "ACME: 12.00 EUR late, the oldest 30 days; pays",
        "    late",
    ]
    whole = terminal_text.render(report, 0, color=False).splitlines()
    assert len(whole) == 4
    assert all(str(cell) in whole[1] for cell in row)


def test_what_a_narrow_terminal_leaves_out() -> None:
    """Empty columns, a name beside its id, and what the report can spare, if a row then takes one line; it is told."""
    columns = [
        Column("customer", "Customer"), Column("name", "Name"), Column("note", "Note", "date"),
        Column("kind", "Kind", spare=2), Column("po", "PO", spare=1), Column("open", "Open", "money"),
    ]  # fmt: skip
    rows = [
        ["HARBORLIGHT", "Harbor Light Seafood", None, "invoice", "PO-7", Money(125000, "EUR")],
        ["", "(payer not identified)", None, "payment", "", Money(-500, "EUR")],
    ]
    table = Table(columns, rows, [[None, "Total", None, None, None, Money(124500, "EUR")]])

    def lines(width: int) -> list[str]:
        return terminal_text.render(Report("x", "", [table]), width, color=False).splitlines()

    assert lines(46) == [
        "Customer     Name      Kind     PO        Open",
        "HARBORLIGHT  Harbor …  invoice  PO-7  1,250.00",
        "             (payer …  payment           -5.00",
        "───────────  ────────  ───────  ────  ────────",
        "             Total                    1,245.00",
    ]
    assert lines(36) == [
        "Customer     Kind     PO        Open",
        "HARBORLIGHT  invoice  PO-7  1,250.00",
        "(payer not…  payment           -5.00",
        "───────────  ───────  ────  ────────",
        "Total                       1,245.00",
        "Left out for lack of room: Name",
    ]
    assert lines(30)[1:3] == ["HARBORLIGHT  invoice  1,250.00", "(payer not…  payment     -5.00"]
    assert lines(20) == [
        "Customer        Open",
        "HARBORLIGHT 1,250.00",
        "(payer not…    -5.00",
        "─────────── ────────",
        "Total       1,245.00",
        "Left out for lack of",
        "    room: Name,",
        "    Kind, PO",
    ]
    assert lines(19)[:2] == ["Customer", "    Name       Note"]


@pytest.mark.parametrize(("env", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_colours(home: Path, env: dict[str, str], *, coloured: bool) -> None:
    terminal = Terminal(home, ["aging"], **env)
    assert terminal.end() == 0
    assert bool(CONTROL.search(terminal.shown)) == coloured


def test_pipes_get_plain_text(home: Path) -> None:
    """No control characters, nothing cut, whatever the width."""
    narrow = {**ENV, "COLUMNS": "1"}
    out = subprocess.run([*PROGRAM, "aging"], cwd=home, env=narrow, capture_output=True, text=True).stdout
    assert not re.search(r"[^\n\x20-\x7e -￿]", out)
    assert "Globex Ltd" in out


# -- where results go


def run(home: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Runs a shell command in which `ar` is the program."""
    script = f'ar() {{ "{sys.executable}" -m arledger "$@"; }}; {command}'
    return subprocess.run(["bash", "-c", script], cwd=home, env=ENV, capture_output=True, text=True)


def test_reader_that_leaves(home: Path) -> None:
    """`ar … | head -1`: ended by the pipe, without a word."""
    big = "".join(f"B-{n},ACME,2026-02-01,10.00\n" for n in range(400))
    (home / "rows.csv").write_text("invoice,customer,date,amount\n" + big)
    assert ar(["import", "invoices", "rows.csv", "--yes"], home, ENV).status == 0
    done = run(home, "ar open --format json | head -1; echo ${PIPESTATUS[0]}")
    assert done.stdout.endswith("\n141\n")
    assert done.stderr == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
@pytest.mark.parametrize("command", ["ar aging", "ar check", "ar open --format xlsx", "ar aging --output /dev/full"])
def test_output_that_cannot_be_written(home: Path, command: str) -> None:
    done = run(home, command if "--output" in command else f"{command} > /dev/full")
    assert done.returncode == 7
    assert "No space left" in done.stderr
    assert "hint: " in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_posted_but_not_told(home: Path) -> None:
    """Who posts and cannot print the result is told so: the same command again would post twice."""
    done = run(home, "ar invoice new --customer ACME --amount 10 --yes > /dev/full")
    assert done.returncode == 7
    assert "the files are posted" in done.stderr
    assert (home / "ledgers/invoices/2026-02/INV-2026-00005.yaml").is_file()


@pytest.mark.parametrize(("command", "status"), [
    ("ar aging >&-", 7), ("ar aging 2>&- >/dev/null", 0), ("ar aging <&- >/dev/null", 0), ("ar agin 2>&-", 2),
    ("ar invoice new --customer NOBODY --amount 1 <&- >&- 2>&-", 2),
])  # fmt: skip
def test_closed_streams(home: Path, command: str, status: int) -> None:
    before = tree(home)
    assert run(home, command).returncode == status
    assert tree(home) == before


@pytest.mark.parametrize(("output", "force", "status", "said"), [
    ("new.txt", False, 0, ""), ("there.txt", False, 2, "is there already"), ("there.txt", True, 0, ""),
    ("nowhere/x.txt", False, 2, "there is no folder nowhere"), ("folder", True, 2, "is a folder"),
    ("ledgers/report.txt", True, 5, "lies in the ledger"), (".ar/index.sqlite", True, 5, "lies in the ledger"),
    ("link.txt", False, 0, ""), ("out.fifo", False, 0, ""),
])  # fmt: skip
def test_output_to_a_file(home: Path, output: str, force: bool, status: int, said: str) -> None:
    (home / "folder").mkdir()
    (home / "there.txt").write_text("kept\n")
    (home / "link.txt").symlink_to("behind.txt")
    os.mkfifo(home / "out.fifo")
    reader = os.open(home / "out.fifo", os.O_RDONLY | os.O_NONBLOCK)
    done = ar(["aging", "--output", output, *(["--force"] if force else [])], home, ENV)
    assert done.status == status, done
    assert said in done.err
    text = {"link.txt": "behind.txt", "out.fifo": None}.get(output, output)
    shown = os.read(reader, 65536).decode() if text is None else (home / text).read_text() if not status else ""
    os.close(reader)
    assert ("ACME" in shown) == (status == 0)
    assert (home / "link.txt").is_symlink()
    assert (home / "there.txt").read_text() == "kept\n" or (output == "there.txt" and force)
    assert not [name for name in os.listdir(home) if name.endswith(".new")]


def test_nothing_is_posted_when_the_result_has_no_place(home: Path) -> None:
    (home / "there.txt").write_text("kept\n")
    before = tree(home)
    done = ar(["invoice", "new", "--customer", "ACME", "--amount", "1", "--output", "there.txt", "--yes"], home, ENV)
    assert done.status == 2
    assert tree(home) == before


def test_ctrl_c_while_working(home: Path) -> None:
    """The whole group of processes gets it, as from a keyboard."""
    process = subprocess.Popen([*PROGRAM, "check"], cwd=home, env=ENV, start_new_session=True, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate()[1]
    assert process.returncode in (0, 130, -signal.SIGINT)
    assert "in main" not in said  # before that it is Python's own start that is stopped, and it says so


def test_ctrl_c_while_a_module_is_loaded_late_is_an_interruption(tmp_path: Path, monkeypatch: Any) -> None:
    """Also where an `import` of another module comes upon it, and what was half-loaded is loaded again."""
    (tmp_path / "late.py").write_text(
        "import sys\nif not sys.stop:\n    VALUE = 7\nelse:\n    raise KeyboardInterrupt\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "stop", True, raising=False)
    late = lazy("late")
    with pytest.raises(KeyboardInterrupt):
        importlib.import_module("late")
    with pytest.raises(KeyboardInterrupt):
        exec("import late")  # as a statement it takes another way through the interpreter
    with pytest.raises(KeyboardInterrupt):
        _ = late.VALUE
    monkeypatch.setattr(sys, "stop", False)
    assert late.VALUE == 7
    with pytest.raises(ModuleNotFoundError):
        lazy("arledger.nothing")


def test_ctrl_c_while_pydantic_makes_a_kind_ready_is_an_interruption(capsys: pytest.CaptureFixture[str]) -> None:
    """It says so in the words of an error of its own."""
    from pydantic_core import SchemaError

    with pytest.raises(SystemExit) as ended, ending():
        raise SchemaError("Error building `literal` serializer:\n  KeyboardInterrupt: ")
    assert ended.value.code == 130
    assert capsys.readouterr().err == "interrupted: nothing is half-written\n"
