"""Stories: Markdown that is run. Files are written, commands are run, and what they print must be what stands there.

A story is a `##` section, or a whole page that has none. A fence ```` ```yaml PATH ```` (or csv, text … with a path)
gives a file; what stands before the first section is given to each. A ```` ```console ```` fence holds `$ command`
lines, each with what it prints: stdout, then stderr, then `exit N` where that is not 0. `ar` runs in this process,
everything else in a shell; `$ AR_TODAY=2026-07-31 ar …` sets the environment of one command. The folder a story
runs in is empty.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from console import ar, environment

_FENCE = re.compile(r"^```(\w+) ?(.*)\n((?:.*\n)*?)```$", re.MULTILINE)
_SHELL = re.compile(r"[|&;<>]")


class Story(NamedTuple):
    """One story: the page it stands on and which of its sections it is (0: the page as a whole)."""

    page: Path
    number: int
    title: str


def stories(folder: Path) -> Iterator[Story]:
    """Every story of the pages in a folder."""
    for page in sorted(folder.glob("*.md")):
        sections = _sections(page)
        for number, section in enumerate(sections[1:], 1):
            yield Story(page, number, section.partition("\n")[0])
        if len(sections) == 1:
            yield Story(page, 0, "")


def _sections(page: Path) -> list[str]:
    """What stands before the first section of a page, and each section without its `## `."""
    return re.split(r"^## ", page.read_text("utf-8"), flags=re.MULTILINE)


def play(story: Story, folder: Path) -> tuple[str, str]:
    """The story as it stands on its page, and as it went in `folder`."""
    sections = _sections(story.page)
    for fence in _FENCE.finditer(sections[0] if story.number else ""):
        _give(fence, folder)
    written = sections[story.number]
    went, done = "", 0
    for fence in _FENCE.finditer(written):
        went += written[done : fence.start()]
        went += f"```console\n{transcript(fence[3], folder)}```" if fence[1] == "console" else _give(fence, folder)
        done = fence.end()
    return written, went + written[done:]


def rewrite(story: Story, went: str) -> None:
    """Puts a story as it went on its page."""
    sections = _sections(story.page)
    sections[story.number] = went
    story.page.write_text("## ".join(sections), "utf-8")


def _give(fence: re.Match[str], folder: Path) -> str:
    if fence[2]:
        path = folder / fence[2].strip()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(fence[3], "utf-8")
    return fence[0]


def transcript(console: str, folder: Path) -> str:
    """The commands of a console with what they print now."""
    shown = ""
    for line in console.splitlines():
        if line.startswith("$ "):
            shown += line + "\n" + _output(line[2:], folder)
    return shown


def _output(command: str, folder: Path) -> str:
    words = shlex.split(command)
    settings = {}
    while words and re.match(r"[A-Z_]+=", words[0]):
        name, _, value = words.pop(0).partition("=")
        settings[name] = value
    if words[:1] == ["ar"] and not _SHELL.search(re.sub(r"'[^']*'|\"[^\"]*\"", "", command)):
        status, out, err = ar(words[1:], folder, environment(**settings))
    else:
        done = subprocess.run(command, shell=True, cwd=folder, env=environment(), capture_output=True, text=True)
        status, out, err = done.returncode, done.stdout, done.stderr
    ended = f"exit {status}\n" if status else ""
    return _line_end(out) + _line_end(err) + ended


def _line_end(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"
