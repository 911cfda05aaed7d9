"""The fast reader is the full parser or nothing: whatever `canonical.read` takes, `yaml_text.load` reads the same."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from arledger.store import canonical, file_text, yaml_text

KEYS = st.from_regex(r"[a-z][a-z_]{0,9}", fullmatch=True)
# Every character that is special to YAML or to a reader of it, beside any other.
SPECIAL = st.sampled_from(list("-:#,'\"[]{}&*!|>%@`?~ \t\n\r\\/.+=<0aZé\x00\x85\u2028\u202e\ufeff\ufffe\U0001f600"))
TEXTS = st.text(st.one_of(SPECIAL, st.characters()), max_size=12)
WORDS = st.text("ab0 -./_%+", max_size=8)
LETTERS = st.lists(TEXTS, min_size=2, max_size=4).map("\n".join)
SCALARS = st.one_of(
    TEXTS, WORDS, LETTERS, st.dates(), st.decimals(-(10**9), 10**9, places=2), st.booleans(), st.integers(-99, 99),
    st.sampled_from(["", "no", "0107", "1e5", "12:30", "2026-01-01", "null", "~", "<<", "- a", "a: b", "a #b", " a "]),
)  # fmt: skip
FLAT = st.dictionaries(KEYS, SCALARS, min_size=1, max_size=4)
DOCUMENTS = st.dictionaries(
    KEYS, st.one_of(SCALARS, SCALARS, FLAT, st.lists(SCALARS, max_size=3), st.lists(FLAT, max_size=3)), min_size=1
)
PIECES = st.sampled_from(
    ["\n", " ", "  ", "  - ", "- ", ": ", ":", ", ", ",", "{", "}", "[", "]", '"', "'", "#", "---", "--- a", "...", "key: value\n", "key:\n",
     "  - {a: b}\n", "&a ", "*a", "!!str ", "<<: ", "\t", "\r\n", "\\", "\ufeff", "\u2028", "\uffff", "é", "k: \"\"\n", "-: a\n",
     "k: |2-\n", ": |2-\n", "  a\n", "   a\n\n"]
)  # fmt: skip


def as_text(value: Any) -> Any:
    """What a document is once it is written and read: every scalar as text, nothing that is None or empty."""
    if isinstance(value, dict):
        return {key: as_text(entry) for key, entry in value.items() if entry not in ((), [])}
    if isinstance(value, list):
        return [as_text(entry) for entry in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date) else str(value)


def assert_same_reading(text: str) -> bool:
    """Whether the fast reader took the text. Fails when it read what the full parser does not."""
    try:
        text = file_text.decode(text.encode())
    except (file_text.Unreadable, UnicodeEncodeError):
        return False
    fast = canonical.read(text)
    if fast is None:
        return False
    full = yaml_text.load(text)
    assert fast == full
    assert list(fast) == list(full)
    return True


@given(DOCUMENTS)
def test_what_is_written_is_read(document: dict[str, Any]) -> None:
    text = canonical.dump(document)
    assert_same_reading(text)
    try:
        read = yaml_text.load(file_text.decode(text.encode()))
    except (file_text.Unreadable, UnicodeEncodeError):
        return  # a character that no ledger file may have, or nothing left to write
    assert read == as_text(document)


@given(DOCUMENTS, st.lists(st.tuples(st.integers(0, 400), st.integers(0, 3), PIECES), max_size=3))
@settings(max_examples=150)
@example({"k": "a"}, [(3, 1, '"\uffff"')])
@example({"k": "a"}, [(0, 0, "-: a\n")])
@example({"k": "a"}, [(0, 0, "---: a\n")])
def test_a_text_somebody_changed_means_the_same_to_both(
    document: dict[str, Any], edits: list[tuple[int, int, str]]
) -> None:
    text = canonical.dump(document)
    for at, cut, piece in edits:
        start = at % (len(text) + 1)
        text = text[:start] + piece + text[start + cut :]
    assert_same_reading(text)


@given(st.lists(PIECES, max_size=12).map("".join))
@settings(max_examples=150)
def test_scraps_of_yaml_mean_the_same_to_both(text: str) -> None:
    assert_same_reading(text)


@pytest.mark.parametrize("folder", ["ledgers", "tests", "benchmarks"])
def test_every_file_there_is_means_the_same_to_both(folder: str) -> None:
    for path in (Path(__file__).parent.parent / folder).glob("**/*.yaml"):
        assert_same_reading(path.read_text("utf-8", "replace"))


def test_the_files_of_a_ledger_are_taken() -> None:
    invoice = (
        "customer: ACME\ndate: 2026-01-15\nterms: 2/10 net 30\ndue: 2026-02-14\ncurrency: USD\npo: \"0107\"\nlines:\n"
        "  - {description: Widgets, quantity: 10, unit_price: 12.50, tax: 19%}\nnet: 125.00\ntax: 23.75\ntotal: 148.75\n"
    )  # fmt: skip
    taken = assert_same_reading(invoice)
    assert taken
    for cut in range(1, len(invoice)):
        assert_same_reading(invoice[:cut])
        assert_same_reading(invoice[:cut] + invoice[cut + 1 :])
        assert_same_reading(invoice[:cut] + "\n" + invoice[cut:])


def test_a_letter_is_taken_line_by_line() -> None:
    letter = 'Dear Jo,\n\n  Item   9.50\n- not a list: |2-\n# no comment "\\\n\nYours'
    notice = canonical.dump({"customer": "ACME", "lines": [{"item": "INV-1"}], "text": letter, "amount": "9.50"})
    taken = assert_same_reading(notice)
    assert taken
    read = canonical.read(notice)
    assert read
    assert read["text"] == letter
    for cut in range(1, len(notice)):
        assert_same_reading(notice[:cut])
        assert_same_reading(notice[:cut] + notice[cut + 1 :])
        assert_same_reading(notice[:cut] + "\n" + notice[cut:])
        assert_same_reading(notice[:cut] + " " + notice[cut:])


@pytest.mark.parametrize(
    "text",
    ["", "\n", "a\n", "a:\n", "a: b", "a: b\na: c\n", "a: {b: c, b: d}\n", "a: [b,c]\n", "a: b #c\n", "a: b \n", "a:  b\n", "a: 'b'\n",
     "a:\n- {b: c}\n", "a:\n  - b\n", "  - {a: b}\n", "a: b\n  - {c: d}\n", "a: {}\n", "a: []\n", "a: \"b\\n\"\n", "A: b\n", "a: b\r\n"],
)  # fmt: skip
def test_any_other_form_is_left_to_the_full_parser(text: str) -> None:
    assert canonical.read(text) is None
