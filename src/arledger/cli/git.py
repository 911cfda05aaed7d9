"""`ar git`."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from arledger.cli.command import writes
from arledger.cli.files import file_bytes
from arledger.cli.output import ending, put, say
from arledger.cli.session import Session
from arledger.errors import RefusedError, printable
from arledger.store.files import Books

if TYPE_CHECKING:
    from arledger.policy.policy import Policy

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Review in git.")


@app.command("setup")
@writes
def setup(
    session: Session,
    github: Annotated[bool, typer.Option("--github/--no-github", help="A workflow of GitHub Actions.")] = True,
    gitlab: Annotated[bool, typer.Option("--gitlab", help="A job of GitLab CI.")] = False,
    hooks: Annotated[bool, typer.Option("--hooks/--no-hooks", help="A hook for pre-commit or prek.")] = True,
) -> None:
    """\b
    ar git setup
    ar git setup --no-github --gitlab

    Set up review in git: a workflow that checks what a pull request would be once merged and says in one comment what
    it does to the books, a hook before each commit, CODEOWNERS by the approvals in ledger.yaml, and `git diff` that
    names customers. Files that are there already are left as they are. It works without signatures; whoever has them
    can require them with `signed: yes` in a rule under `approvals`.
    """
    from arledger import history

    books = session.books
    if not history.top(books.home):
        raise RefusedError("the ledger is in no git repository", "run git init first", code="no-repository")
    files = files_of(books, session.ledger.policy, github=github, gitlab=gitlab, hooks=hooks)
    if session.dry_run:
        for path in files:
            say(f"would write {path}")
        return
    session.confirm("Write these?")
    session.let_go()
    write(books, files)


def files_of(
    books: Books, policy: "Policy", *, github: bool = True, gitlab: bool = False, hooks: bool = True
) -> dict[str, str]:
    """What a set-up for review writes beside a ledger, by path under its home."""
    from arledger.store.git_files import setup_files

    ledgers = "" if books.root == books.home else f"{os.path.basename(books.root)}/"
    return setup_files(policy, ledgers, github=github, gitlab=gitlab, hooks=hooks)


def write(books: Books, files: Mapping[str, str]) -> None:
    """Writes what is not there yet of a set-up, tells git how to show facts, and says so."""
    from arledger import history
    from arledger.store import git_files

    written = git_files.write(books.home, books.state, files)
    for path in written:
        put(f"wrote {printable(path)}\n")
    for path in sorted(set(files) - set(written)):
        say(f"{path} is there already: left as it is")
    if (top := history.top(books.home)) != os.path.abspath(books.home):
        say(f"hosts look for these at the top of the repository: move them to {os.path.relpath(top, books.home)}, with "
            f"AR_LEDGER set to {os.path.relpath(books.home, top)}")  # fmt: skip
    if history.show_facts_by(books.home, "ar git textconv"):
        put("git diff shows facts by ar git textconv\n")
    say(
        "work on a branch named after what it does, such as cash/2026-06-30 or write-offs/acme; main is what was agreed"
    )


@app.command("textconv")
def textconv(file: Annotated[str, typer.Argument(metavar="FILE", help="A file of the ledger.")]) -> None:
    """\b
    git config diff.arledger.textconv "ar git textconv"

    A fact as `git diff` shows it: one thing a line, and customers with their names. `ar git setup` tells git of it.
    """
    with ending():
        from arledger.store.written import told_lines

        put("".join(f"{printable(line)}\n" for line in told_lines(file_bytes(file), os.getcwd())))
