"""Every error code the program has is shown by a runnable example under tests/errors, and there is no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+|unidentified")
_GIVERS = {
    "Breach",
    "Finding",
    "Problem",
    "BadValueError",
    "Unreadable",
    "_fail",
    "_problem",
    "_bad",
    "add",
    "fatal",
    "_read",
    "UsageError",
}
#: Codes that no example can show: a file that may not be read is no obstacle to the super-user tests may run as, and no
#: file is known that the YAML editor spoils.
_UNSHOWN = {"cannot-read", "cannot-edit"}


def codes_in_source() -> set[str]:
    """Every literal code that is given to something that makes an error."""
    found = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                literals = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
                literals += node.args if name in _GIVERS else []
                found |= {
                    literal.value
                    for literal in literals
                    if isinstance(literal, ast.Constant)
                    and isinstance(literal.value, str)
                    and _CODE.fullmatch(literal.value)
                }
    return found


def codes_shown() -> dict[str, str]:
    """Code → the section that shows it."""
    sections = {}
    for page in sorted((ROOT / "tests" / "errors").glob("*.md")):
        for section in re.split(r"^## ", page.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            title, _, body = section.partition("\n")
            sections[title] = body
    return sections


def test_every_code_is_shown() -> None:
    assert codes_in_source() - codes_shown().keys() == _UNSHOWN


def test_every_example_shows_its_own_code() -> None:
    shown = codes_shown()
    assert shown.keys() <= codes_in_source()
    for code, body in shown.items():
        assert f"{code}:" in body[body.rindex("```console") :], code


def test_every_refusal_has_a_hint() -> None:
    for code, body in codes_shown().items():
        assert "hint: " in body[body.rindex("```console") :], code
