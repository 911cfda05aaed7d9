"""Laws of the readers (INVARIANTS F4, F7, F8): what was written is read back, and no changed figure goes unseen."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arledger.documents.bank import BankProfile, BankStatement, ProfileColumns
from arledger.errors import ImportFileError
from arledger.importers import read_statements
from bank_rendering import RENDERERS, Statement, statements

PROFILE = BankProfile(
    ProfileColumns(
        date="Buchungstag",
        value_date="Valuta",
        amount="Betrag",
        currency="Währung",
        name="Name",
        account="IBAN",
        text="Zweck",
        bank_reference="Ref",
        balance="Saldo",
    ),
    date="DD.MM.YYYY",
    decimal=",",
    thousands=".",
    footer="Ende",
)
PROVED = ("mt940", "camt", "profile_csv")  # formats that carry both balances


def read(data: bytes, kind: str) -> list[BankStatement]:
    return read_statements(data, "f", profile=PROFILE if kind == "profile_csv" else None, currencies={"": "EUR"})


def told(statement: Statement, kind: str) -> list[tuple[object, ...]]:
    """What a format can say of each line."""
    rows = []
    for line in statement.lines:
        value = line.booked if kind == "plain_csv" else line.value
        reference = "" if kind == "plain_csv" else line.reference
        # A booking without a purpose is told by its booking text.
        text = line.text or ("GUTSCHRIFT" if kind == "mt940" else "")
        rows.append((line.booked, value, line.amount, line.payer, line.account, text, reference))
    return rows


def found(statement: BankStatement) -> list[tuple[object, ...]]:
    return [
        (line.booked, line.value_date, line.amount, line.payer, line.payer_account, line.text, line.bank_reference)
        for line in statement.lines
    ]


@pytest.mark.parametrize("kind", RENDERERS)
@settings(max_examples=60, deadline=None)
@given(statement=statements())
def test_what_was_written_is_read_back(kind: str, statement: Statement) -> None:
    read_back = read(RENDERERS[kind](statement), kind)[0]
    assert found(read_back) == told(statement, kind)
    if kind in ("mt940", "camt"):
        assert (read_back.account, read_back.opening, read_back.closing) == (
            statement.account,
            statement.opening,
            statement.closing,
        )
    if kind == "profile_csv" and len(statement.lines) == 1:
        assert (read_back.opening, read_back.closing) == (statement.opening, statement.closing)


@settings(max_examples=60, deadline=None)
@given(statement=statements())
def test_every_format_tells_the_same(statement: Statement) -> None:
    amounts = {
        kind: [(line.booked, line.amount, line.currency, line.payer, line.payer_account) for line in each.lines]
        for kind, render in RENDERERS.items()
        for each in read(render(statement), kind)
    }
    assert len({str(lines) for lines in amounts.values()}) == 1


def changed(data: bytes, choose: random.Random) -> bytes:
    """The file with one digit, one sign or one line changed."""
    text = data.decode()
    what = choose.choice(["digit", "sign", "drop", "double"])
    if what == "digit":
        at = choose.choice([m.start() for m in re.finditer("[0-9]", text)])
        digit = choose.choice([d for d in "0123456789" if d != text[at]])
        return (text[:at] + digit + text[at + 1 :]).encode()
    if what == "sign":
        marks = list(re.finditer(r"CRDT|DBIT|(?<=[0-9])[CD](?=R?[0-9])|-(?=[0-9])|(?<=:)[CD](?=[0-9])", text))
        if marks:
            mark = choose.choice(marks)
            other = {"CRDT": "DBIT", "DBIT": "CRDT", "C": "D", "D": "C", "-": ""}[mark[0]]
            return (text[: mark.start()] + other + text[mark.end() :]).encode()
    rows = text.splitlines(keepends=True)
    at = choose.randrange(len(rows))
    rows[at : at + 1] = [] if what != "double" else [rows[at], rows[at]]
    return "".join(rows).encode()


def money(read_back: list[BankStatement]) -> list[object]:
    return [(each.opening, each.closing, [line.amount for line in each.lines]) for each in read_back]


def assert_changes_seen(kind: str, statement: Statement, seed: int) -> bool:
    """Whether a change was refused. One that is not has left every figure as it was."""
    data = RENDERERS[kind](statement)
    try:
        after = money(read(changed(data, random.Random(seed)), kind))
    except ImportFileError:
        return True
    before = money(read(data, kind))
    if kind == "profile_csv" and after != before:
        # A CSV has balances after its rows only. What comes before the first row, and whether one came before it or
        # after the last, is for the statement before and the one after to say.
        (_, _, kept), (_, _, had) = after[0], before[0]
        assert kept in (had[1:], had[:-1]) or kept[1:] == had[1:]
    else:
        assert after == before
    return False


@pytest.mark.parametrize("kind", PROVED)
@settings(max_examples=120, deadline=None)
@given(statement=statements(("EUR",)), seed=st.integers(0, 2**32))
def test_a_changed_figure_is_refused(kind: str, statement: Statement, seed: int) -> None:
    assert_changes_seen(kind, statement, seed)


SAMPLES = sorted((Path(__file__).parent / "bank").iterdir())


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_damage_to_a_file_is_more_than_a_refusal(data: st.DataObject) -> None:
    """Whatever happened to a file, its reader gives statements or says what is wrong with it."""
    choose = data.draw(st.randoms(use_true_random=False))
    damaged = bytearray(choose.choice(SAMPLES).read_bytes())
    for _ in range(choose.randint(1, 5)):
        at, length = choose.randrange(len(damaged) + 1), choose.choice([0, 1, 1, 40])
        damaged[at : at + length] = choose.choice(
            [b"", b"\n", b"-", b'"', b"<", b"</x>", b":61:", b"\xff", b"9" * 30, b"~"]
        )
    try:
        found: object = read_statements(bytes(damaged), "f", currencies={"": "EUR"})
    except ImportFileError as error:
        found = error.problems
    assert found
