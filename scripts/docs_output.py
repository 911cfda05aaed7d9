"""Runs what README.md and docs/ show on a terminal, and writes what it prints there now.

    python scripts/docs_output.py            rewrite the pages
    python scripts/docs_output.py --check    exit 1 and show the difference when a page is out of date

A page's ```console blocks run one after another in a copy of the example ledger of their own, with 30 June 2026 for
today. `$ cd FOLDER` holds for the rest of the page. Pages that `scripts/reference.py` writes are left alone.
"""

from __future__ import annotations

import difflib
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from stories import transcript  # noqa: E402  # what stories in tests run on

_CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_GENERATED = "<!-- written by"


def pages() -> Iterator[Path]:
    """Every page with something to run."""
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        text = page.read_text("utf-8")
        if _CONSOLE.search(text) and not text.startswith(_GENERATED):
            yield page


def rewritten(page: Path) -> str:
    """The page's text with what its commands print now."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder).resolve()
        shutil.copytree(ROOT / "ledgers", home / "ledgers")
        at = [home]
        return _CONSOLE.sub(lambda block: f"```console\n{_run(block[1], at)}```", page.read_text("utf-8"))


def _run(block: str, at: list[Path]) -> str:
    """A block with what its commands print; `at` holds the folder they run in."""
    shown = ""
    for line in block.splitlines():
        if line.startswith("$ cd "):
            at[0] = at[0] / line.removeprefix("$ cd ")
            shown += line + "\n"
        else:
            shown += transcript(line, at[0])
    return shown


def main() -> int:
    """Rewrites or checks every page; gives the exit status."""
    status = 0
    for page in pages():
        now, then = rewritten(page), page.read_text("utf-8")
        name = str(page.relative_to(ROOT))
        if "--check" not in sys.argv[1:]:
            page.write_text(now, "utf-8")
        elif now != then:
            status = 1
            sys.stdout.writelines(difflib.unified_diff(then.splitlines(True), now.splitlines(True), name, "now"))
    return status


if __name__ == "__main__":
    sys.exit(main())
