"""Writes the facts of the living example under `ledgers/`: the same bytes on every run.

    python scripts/make_example.py [FOLDER]

`ledger.yaml` and `customers/` are kept as they are, as in any ledger: people own them. Everything else is made
anew with the library's own commands, so the example is what somebody would have who worked with `ar` for a year.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from example_desk import Desk
from example_inbox import inbox
from example_story import open_the_year, story
from example_talks import talks
from example_year import Year

LEDGERS = Path(__file__).resolve().parents[1] / "ledgers"


def make(root: Path) -> None:
    """Writes the example to a folder, from the ledger.yaml and customers that lie in `ledgers/`."""
    shutil.copy(LEDGERS / "ledger.yaml", root)
    shutil.copytree(LEDGERS / "customers", root / "customers")
    desk = Desk(root)
    year = Year(desk, story)
    open_the_year(year)
    talks(year)
    year.run()
    (root / "inbox").mkdir()
    (root / "inbox" / "bank-2026-06.csv").write_text(inbox(desk), "utf-8")


def main() -> None:
    """Makes the example anew in place, or in the folder named."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        make(made)
        if len(sys.argv) > 1:
            shutil.copytree(made, sys.argv[1])
            return
        for old in LEDGERS.iterdir():
            if old.is_dir() and old.name != "customers":
                shutil.rmtree(old)
        for new in made.iterdir():
            if new.is_dir() and new.name != "customers":
                shutil.copytree(new, LEDGERS / new.name)


if __name__ == "__main__":
    main()
