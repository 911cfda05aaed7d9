"""`ar check`, `ar facts` and `ar schema`: what can be verified with other tools is verified with them."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

from acme_books import FILES, write
from arledger.compute import history
from arledger.documents.kinds import FACTS
from arledger.store import index
from arledger.store.schema import KINDS, schema
from console import ar, environment

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "provenance.md"


@pytest.fixture
def books(tmp_path):
    return write(tmp_path)


def checked(books: Path, *options: str) -> Any:
    done = ar(["check", "--format", "json", *options], books)
    found = json.loads(done.out)
    assert done.status == (0 if found["ok"] else 1), done.err
    return found


def git(books: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=books, env=environment(), check=True, capture_output=True, text=True)
    return done.stdout


# facts


@pytest.mark.parametrize("day", ["2026-03-15", "2026-03-31", "2026-06-30"])
def test_facts_are_what_sha256sum_and_sort_make_of_the_files(books, day):
    ledgers = books / "ledgers"
    lines = ar(["facts", "--as-of", day], ledgers).out
    compare = ["sha256sum", "-c", "--quiet", "--strict"]
    done = subprocess.run(compare, input=lines, cwd=ledgers, text=True, env=environment())
    assert done.returncode == 0
    checksum = json.loads(ar(["facts", "--as-of", day, "--format", "json"], ledgers).out)["provenance"]["checksum"]
    months = ar(["facts", "--as-of", day, "--months"], ledgers).out
    assert hashlib.sha256(months.encode()).hexdigest() == checksum
    script = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[-1]
    script = re.sub(r"as_of=\S+", f"as_of={day}", script)
    again = subprocess.run(["bash", "-euc", script], cwd=ledgers, env=environment(), capture_output=True, text=True)
    assert again.stdout.split() == [checksum, "-"], again.stderr


def test_facts_of_later_days_do_not_count(books):
    before = ar(["facts", "--as-of", "2026-03-31"], books).out
    file = books / "ledgers/invoices/2026-05/INV-5.yaml"
    file.parent.mkdir()
    file.write_text("customer: BOLT\ndate: 2026-05-01\ndue: 2026-05-31\ncurrency: USD\ntotal: 1.00\n")
    assert ar(["facts", "--as-of", "2026-03-31"], books).out == before


# check


def test_good_books_in_one_line(books):
    done = ar(["check"], books)
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        "ok: 11 facts, 2 customers, closed through (nothing), control account 100.00 EUR, 1,075.00 USD\n"
    )


def test_every_problem_with_its_place_and_hint(books):
    ledgers = books / "ledgers"
    (ledgers / "invoices/2026-03/INV-3.yaml").write_text(FILES["invoices/2026-03/INV-3.yaml"].replace("ACME", "ACMY"))
    (ledgers / "payments/2026-03/PAY-9.yaml").write_text("date: 2026-13-15\ncurrency: USD\namount: 60.00\n")
    done = ar(["check"], books)
    assert (done.status, done.err) == (1, "")
    lines = done.out.splitlines()
    assert any(line.startswith("ledgers/payments/2026-03/PAY-9.yaml:1:1: bad-date: date: 2026-13-15") for line in lines)
    assert "ledgers/invoices/2026-03/INV-3.yaml:1:1: unknown-customer: there is no customer ACMY" in lines
    assert "hint: did you mean ACME?" in lines
    assert sum(line.startswith("hint: ") for line in lines) == len([line for line in lines if ": " in line]) / 2


@pytest.mark.parametrize(
    ("path", "code", "hint"),
    [("invocies/2026-01/INV-7.yaml", "unknown-folder", "did you mean invoices?"),
     ("invoices/2026-01/INV-7.yml", "not-read", "rename it to INV-7.yaml"),
     ("INV-7.yaml", "not-read", "move it into the folder of its kind"),
     ("payments/2026-01/bank.csv", "not-read", "move it out"),
     ("drafts/D-1.yaml", None, ""), ("invoices/README.md", None, ""), (".gitattributes", None, ""),
     ("invoices/2026-01/.INV-7.yaml", None, ""), ("invoices/.stversions/INV-7.txt", None, "")],
)  # fmt: skip
def test_what_no_command_reads_is_a_warning(books, path, code, hint):
    file = books / "ledgers" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("total: 1.00\n")
    found = checked(books)
    assert found["ok"]
    assert [(p["code"], p["severity"]) for p in found["problems"]] == ([(code, "warning")] if code else [])
    assert all(hint in p["hint"] for p in found["problems"])


def test_since_shows_what_changed_files_brought(books):
    bad = books / "ledgers/payments/2026-03/PAY-9.yaml"
    bad.write_text("date: 2026-03-15\ncurrency: USD\namount: nothing\n")
    git(books, "init", "-q", "-b", "main")
    git(books, "add", "-A")
    git(books, "commit", "-qm", "already wrong")
    found = checked(books, "--since", "HEAD")
    assert (found["ok"], found["problems"], found["hidden"]) == (True, [], 1)
    (books / "ledgers/invoices/2026-03/INV-3.yaml").unlink()  # the write-off of it misses it
    found = checked(books, "--since", "HEAD")
    assert {p["code"] for p in found["problems"]} == {"unknown-item", "posted-fact-changed"}


def test_a_closed_month_is_read_anew_whatever_its_stamps_say(books, monkeypatch):
    assert ar(["close", "2026-01", "--yes"], books).status == 0
    assert checked(books)["closed_through"] == "2026-01-31"
    really, lies = index._changes, [True]
    monkeypatch.setattr(index, "_changes", lambda *a, **k: [] if lies and lies.pop() else really(*a, **k))
    file = books / "ledgers/invoices/2026-01/INV-1.yaml"
    file.write_text(file.read_text().replace("Widgets", "Gadgets"))
    found = checked(books)
    assert [p["code"] for p in found["problems"]] == ["closed-period-changed"]


def test_a_changed_closed_month_names_the_file_git_knows_of(books):
    ar(["close", "2026-01", "--yes"], books)
    git(books, "init", "-q", "-b", "main")
    git(books, "add", "-A")
    git(books, "commit", "-qm", "close")
    (books / "ledgers/payments/2026-01/PAY-1.yaml").write_text(FILES["payments/2026-01/PAY-1.yaml"].replace("77", "78"))
    (problem,) = checked(books)["problems"]
    assert problem["path"] == "ledgers/periods/2026-01.yaml"
    assert "ledgers/payments/2026-01/PAY-1.yaml" in problem["message"]


def test_line_ends_are_no_change_of_a_closed_month(books):
    ar(["close", "2026-01", "--yes"], books)
    for file in (books / "ledgers").rglob("*.yaml"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert checked(books)["ok"]


# schema


def test_there_is_a_schema_for_every_kind():
    assert {*KINDS} == {"ledger", "pack", "customer", *map(history.kind_of, FACTS)}


@pytest.mark.parametrize("path", FILES)
def test_schemas_accept_what_is_right(path):
    assert list(wrong(yaml.load(FILES[path], EditorLoader), kind_of(path))) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("customer: ACME\n", ""), ("USD", "USX"), ("1000.00", "1e3"), ("total", "totl"), ("quantity: 10", "quantity: ten"),
     ("INV-1", "INV 1")],
)  # fmt: skip
def test_schemas_refuse_what_is_wrong(old, new):
    text = FILES["invoices/2026-01/INV-1.yaml"]
    path = "payments/2026-01/PAY-1.yaml" if old == "INV-1" else "invoices/2026-01/INV-1.yaml"
    text = FILES[path].replace(old, new).replace("1e3", "'1e3'")
    assert list(wrong(yaml.load(text, EditorLoader), kind_of(path)))


class EditorLoader(yaml.SafeLoader):
    """YAML as editors read it (1.2): numbers are numbers, but days are text."""

    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, form) for tag, form in forms if not tag.endswith("timestamp")]
        for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def kind_of(path: str) -> str:
    return history.kind_of(path.partition("/")[0].removesuffix(".yaml"))


def wrong(value: Any, kind: str) -> list[str]:
    """What a small JSON Schema validator, of the keywords used here, has against a value."""
    whole = schema(kind)
    return _wrong(value, whole, whole["$defs"], kind)


def _wrong(value: Any, rule: dict[str, Any], defs: dict[str, Any], at: str) -> list[str]:
    if "$ref" in rule:
        return _wrong(value, defs[rule["$ref"].rpartition("/")[2]], defs, at)
    if "anyOf" in rule:
        return [] if any(not _wrong(value, choice, defs, at) for choice in rule["anyOf"]) else [f"{at}: no choice fits"]
    found = []
    types = {"string": str, "number": (int, float), "integer": int, "boolean": bool, "object": dict, "array": list}
    allowed = rule.get("type", [])
    allowed = [allowed] if isinstance(allowed, str) else allowed
    if allowed and not any(isinstance(value, types[name]) for name in allowed):
        found.append(f"{at}: not {allowed}")
    if "enum" in rule and value not in rule["enum"]:
        found.append(f"{at}: not one of the choices")
    if "pattern" in rule and isinstance(value, str) and not re.search(rule["pattern"], value):
        found.append(f"{at}: {value!r} has another form")
    if isinstance(value, list):
        found += [wrong for n, entry in enumerate(value) for wrong in _wrong(entry, rule["items"], defs, f"{at}/{n}")]
    if isinstance(value, dict):
        found += [f"{at}: {key} is missing" for key in rule.get("required", ()) if key not in value]
        for key, entry in value.items():
            inner = rule.get("properties", {}).get(key, rule.get("additionalProperties"))
            found += [f"{at}: unknown {key}"] if not inner else _wrong(entry, inner, defs, f"{at}/{key}")
    return found


def test_a_customer_in_two_folders_is_told(tmp_path):
    for folder in ("customers", "customers/east"):
        (tmp_path / "ledgers" / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / "ledgers" / folder / "ACME.yaml").write_text("name: Acme\n")
    (tmp_path / "ledgers" / "ledger.yaml").write_text("company: {name: N}\ncurrency: EUR\n")
    done = ar(["check"], tmp_path)
    assert done.status == 1
    assert done.out.count("duplicate-id") == 2
