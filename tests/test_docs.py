"""The docs cover the program: commands, options, kinds of file and error codes; their links lead somewhere."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from arledger.cli.app import describe
from arledger.cli.commands import COMMANDS
from arledger.documents.kinds import FACTS, keys_of
from arledger.policy.policy import SPELLED
from error_codes import codes_in_source
from reference import leaves

ROOT = Path(__file__).parents[1]
_WRITTEN = {name: key for key, name in SPELLED.items()}
REFERENCE = ROOT / "docs" / "reference"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_reference_is_as_the_program_is() -> None:
    done = subprocess.run([sys.executable, "scripts/reference.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    pages = (REFERENCE / "commands.md").read_text("utf-8")
    intro = pages.partition("\n## ")[0]
    for path, command in leaves(
        name, get_command(importlib.import_module(f"arledger.cli.{COMMANDS[name].module}").app)
    ):
        section = pages.partition(f"\n## ar {path}\n")[2].partition("\n## ")[0]
        assert section, path
        for parameter in command.params:
            shown = not getattr(parameter, "hidden", False) and parameter.param_type_name == "option"
            if shown and parameter.name != "help":
                assert any(option in section or option in intro for option in parameter.opts), (path, parameter.opts)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_group_says_what_each_command_does(name: str) -> None:
    """In words, not by the examples its help begins with."""
    group = get_command(importlib.import_module(f"arledger.cli.{COMMANDS[name].module}").app)
    describe(group)
    for sub in getattr(group, "commands", {}).values():
        assert sub.short_help, sub.name
        assert not sub.short_help.startswith("ar "), sub.name


def test_every_how_to_is_in_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    assert not [page.name for page in (ROOT / "docs" / "how-to").glob("*.md") if f"(how-to/{page.name})" not in index]


def test_every_kind_of_file_is_documented() -> None:
    text = (REFERENCE / "files.md").read_text("utf-8")
    for folder, model in FACTS.items():
        section = text.partition(f"\n## {folder}/")[2].partition("\n## ")[0]
        assert all(f"`{_WRITTEN.get(key.name, key.name)}`" in section for key in keys_of(model)), folder


def test_every_error_code_is_documented() -> None:
    text = (REFERENCE / "errors.md").read_text("utf-8")
    assert {code for code in codes_in_source() if f"\n### {code}\n" not in text} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"
