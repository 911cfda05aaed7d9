"""Posting what a command plans: shown with --dry-run, asked for on a terminal, then written as one."""

from collections.abc import Callable, Container, Iterable, Mapping
from typing import TYPE_CHECKING

from arledger.cli.lazy import lazy
from arledger.cli.output import say
from arledger.cli.session import Session
from arledger.compute.history import kind_of
from arledger.errors import DeviceError
from arledger.ledger.table import Ledger
from arledger.money import Money
from arledger.reports.report import Column, Report, Table

if TYPE_CHECKING:
    from arledger.commands.planned import Planned

preview = lazy("arledger.reports.preview")
writing = lazy("arledger.store.writing")

FAR = 92  # days ahead from which a date is asked about
Plan = Callable[[Ledger], "Planned"]
_COLUMNS = (
    Column("fact", "Fact"), Column("kind", "Kind"), Column("customer", "Customer"), Column("date", "Date", "date"),
    Column("amount", "Amount", "money"), Column("currency", "Cur"), Column("path", "File"),
)  # fmt: skip


def files_of(session: Session, ledger: Ledger, planned: "Planned") -> dict[str, str | None]:
    """Every file a plan writes or removes, by path under the ledger folder."""
    facts = {writing.path_of(fact, document): writing.text_of(document) for fact, document in planned.facts}
    drafts = {session.books.free_draft(name): writing.text_of(document) for name, document in planned.drafts.items()}
    customers = {f"customers/{name}.yaml": writing.customer_text(fields) for name, fields in planned.customers.items()}
    return {**facts, **drafts, **customers, **_learned(session, ledger, planned), **planned.files}


def _learned(session: Session, ledger: Ledger, planned: "Planned") -> dict[str, str]:
    """The customers' files with the payer names and accounts that were learned added to them."""
    from arledger.store.editing import learn

    found: dict[str, str] = {}
    for customer, name, account in planned.learned:
        path = ledger.customer_path(customer)
        text = found.get(path) or session.books.text(path)
        edited = learn(text, ledger.names[customer], name, account)
        if edited != text:
            found[path] = edited
    return found


def post(
    session: Session, plan: Plan, question: str = "Post this?", report: Callable[[Report], Report] | None = None
) -> None:
    """Plans, shows, asks where there is somebody to ask, and posts; `report` may show the result in another way.

    Where somebody is to see it first the plan is made twice: once to be shown, and again with the ledger's lock held,
    so that what is posted fits the books as they are then. Where there is nothing to write nobody is asked. Raises
    UsageError when the person declines, RefusedError for what the checks refuse, DeviceError when writing fails.
    """
    planned = plan(session.ledger) if session.dry_run or session.asks else None
    if planned is not None:
        planned_files = files_of(session, session.ledger, planned)
        if session.dry_run or not planned_files:
            _files(session, planned_files)
            if planned_files:
                session.trial(planned_files)
            _tell(session, planned)
            shown = _report(session, planned, planned_files, _there(session, planned_files))
            session.show(report(shown) if report else shown)
            return
        _preview(session, planned, planned_files)
        session.confirm(question, lambda: _files(session, planned_files))
    made: list[Planned] = []
    changed: set[str] = set()

    def files(ledger: Ledger) -> Mapping[str, str | None]:
        made.append(plan(ledger))
        found = files_of(session, ledger, made[-1])
        changed.update(_there(session, found))
        return found

    session.ledger.connection.close()
    written = session.books.post(files, warn=say)
    if planned is None or made[-1].notes != planned.notes:
        _tell(session, made[-1])
    if session.commit and written:
        _commit(session, made[-1], list(written))
    shown = _report(session, made[-1], written, changed)
    try:
        session.show(report(shown) if report else shown)
    except DeviceError as error:
        if not written:
            raise
        raise DeviceError(f"{error.message}, but the files are posted", "do not give the command again") from None


def _preview(session: Session, planned: "Planned", files: Mapping[str, str | None]) -> None:
    """What is to be posted in a few words, for whoever is asked."""
    folders = [writing.path_of(fact, document).partition("/")[0] for fact, document in planned.facts]
    paths = {writing.path_of(fact, document) for fact, document in planned.facts}
    others = {path: text for path, text in files.items() if path not in paths}
    facts = [(folder, *named) for folder, named in zip(folders, planned.facts, strict=True)]
    facts += [("drafts", name, document) for name, document in planned.drafts.items()]
    for line in preview.preview(session.ledger, facts):
        say(line)
    for path, text in others.items():
        say(f"{'writes' if text is not None else 'removes'} {session.books.shown(path)}")
        for line in _changes(session, path, text) if path.startswith("customers/") else ():
            say(f"  {line}")
    _tell(session, planned)


def _changes(session: Session, path: str, text: str | None) -> list[str]:
    """The lines of a file that go and come; nothing of a new one."""
    import difflib

    old = session.books.text(path) if session.books.has(path) else ""
    lines = difflib.unified_diff(old.splitlines(), (text or "").splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))] if old else []


def _files(session: Session, files: Mapping[str, str | None]) -> None:
    for path, text in files.items():
        verb = "remove" if text is None else "change" if session.books.has(path) else "add"
        say(f"would {verb} {session.books.shown(path)}")
        for line in (text or "").splitlines():
            say(f"  {line}")


def _tell(session: Session, planned: "Planned") -> None:
    """What people are to know of a plan, and that a day of it is so far ahead that it may be a slip."""
    for note in planned.notes:
        say(note)
    last = max((getattr(document, "date", session.today) for _, document in planned.facts), default=session.today)
    if (last - session.today).days > FAR:
        say(f"note: {last} is {(last - session.today).days:,} days ahead: is the year right?")


def _there(session: Session, files: Iterable[str]) -> set[str]:
    """Those of the files that are there already."""
    return {path for path in files if session.books.has(path)}


def _report(
    session: Session, planned: "Planned", files: Mapping[str, str | None], changed: Container[str]
) -> Report:  # fmt: skip
    """What was posted, or would be; `changed` are the files that were there before."""
    dry_run = session.dry_run
    rows = []
    for fact, document in planned.facts:
        amount = getattr(document, "amount", None) or getattr(document, "total", None)
        currency = getattr(document, "currency", "")
        money = Money.parse(f"{amount:f}", currency) if amount is not None else None
        kind = getattr(document, "kind", None) or kind_of(writing.path_of(fact, document).partition("/")[0])
        path = session.books.shown(writing.path_of(fact, document))
        rows.append(
            [fact, kind, getattr(document, "customer", None), getattr(document, "date", None), money, currency, path]
        )
    shown = [session.books.shown(path) for path, text in files.items() if text is not None]
    removed = [session.books.shown(path) for path, text in files.items() if text is None]
    head = {"dry_run": dry_run, "added": shown, "removed": removed, "notes": list(planned.notes)}
    verb, listed = "Would add" if dry_run else "Added", {row[-1] for row in rows}
    changes = "Would change" if dry_run else "Changed"
    told = {session.books.shown(path): changes if path in changed else verb for path in files}
    notes = [f"{told[path]} {path}" for path in shown if path not in listed]
    notes += [f"{'Would remove' if dry_run else 'Removed'} {path}" for path in removed]
    table = Table(_COLUMNS, rows, name="facts", empty="Nothing to add." if not files else "")
    return Report("posted", "" if not rows else f"{verb}:", [table] if rows or not files else [], head, notes)


def _commit(session: Session, planned: "Planned", paths: list[str]) -> None:
    from arledger import history

    shown = [session.books.shown(path) for path in paths]
    body = "\n".join(
        f"{'remove' if planned.files.get(p, '') is None else 'add'} {s}" for p, s in zip(paths, shown, strict=True)
    )
    done = history.commit(session.books.home, shown, f"{planned.about or 'Post'}\n\n{body}\n")
    if done is None:
        raise DeviceError("the files are posted, but git made no commit of them", "run git status, then git commit")
    say(f"committed {done[:12]}: {planned.about}")
