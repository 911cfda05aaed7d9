"""Every error code the program has is shown by a runnable example under tests/errors, and there is no other."""

from __future__ import annotations

import re

from error_codes import ROOT, codes_in_source

#: Codes that no example can show: a file that may not be read is no obstacle to the super-user tests may run as, and no
#: file is known that the YAML editor spoils.
_UNSHOWN = {"cannot-read", "cannot-edit"}


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
