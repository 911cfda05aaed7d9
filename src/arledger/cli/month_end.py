"""Writing the month-end pack: three files in a folder, each whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from arledger.cli.clock import day
from arledger.cli.drafts import drafts_of
from arledger.cli.output import make_folder, refuse_folder, refuse_place
from arledger.cli.report_dates import back_by_months
from arledger.cli.session import Session
from arledger.render import html, markdown, xlsx
from arledger.reports.month_end import Pack, build
from arledger.reports.report import Provenance, Report

COMMAND = "report month-end"  # what the files of a pack say made them


def written(session: Session, first: date, last: date) -> str:
    """Makes the pack and writes it. Gives the paths, one a line. Raises before anything is written."""
    folder, session.output = session.output or f"month-end-{last:%Y-%m}", ""
    refuse_folder(folder, within=session.within)
    names = {form: os.path.join(folder, f"month-end-{last:%Y-%m}.{form}") for form in ("xlsx", "html", "md")}
    for path in names.values():
        if os.path.exists(path):
            refuse_place(path, force=session.force)
    session.made = {"command": COMMAND, "from": f"{first}", "to": f"{last}"}
    files = _files(_pack(session, first, last))
    make_folder(folder)
    for form, result in files.items():
        session.save(result, names[form])
    return "".join(f"{path}\n" for path in names.values())


def page_again(session: Session) -> bytes:
    """The page of the pack that `session.made` tells of, from the books of the session. Raises UsageError for none."""
    first, last = (day(str(session.made.get(key, "")), f"--{key}") for key in ("from", "to"))
    page = _files(_pack(session, first, last))["html"]
    return page if isinstance(page, bytes) else page.encode()


def _pack(session: Session, first: date, last: date) -> Pack:
    pack = build(session.ledger, first, last, back_by_months(last, 12), drafts_of(session))
    return _known(pack, session.provenance(last))


def _known(pack: Pack, provenance: Provenance) -> Pack:
    """The pack with where it comes from."""

    def known(report: Report) -> Report:
        return replace(report, provenance=provenance)

    return Pack(known(pack.summary), [known(r) for r in pack.brief], [known(r) for r in pack.full])


def _files(pack: Pack) -> Mapping[str, str | bytes]:
    summary, p = pack.summary, pack.summary.provenance
    assert p
    foot = f"As of {p.as_of}, {p.facts} facts, commit {p.commit or 'none'}, SHA-256 {p.checksum}"
    brief = [*pack.brief[:-1], replace(pack.brief[-1], notes=(*pack.brief[-1].notes, foot))]
    return {
        "xlsx": xlsx.workbook(summary.title, pack.full),
        "html": html.page(summary, pack.full),
        "md": markdown.pages([summary, *brief]),
    }
