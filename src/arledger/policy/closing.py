"""What has to be in order before a period is closed."""

from __future__ import annotations

from typing import Literal

from arledger.documents.fields import record

#: The tasks of the month-end checklist, in the order they are best done.
Task = Literal[
    "drafts", "bank-lines", "unidentified", "unapplied", "bank", "gl", "disputes", "numbers", "approvals", "charges",
    "statements", "allowance", "fx",
]  # fmt: skip


@record
class Closing:
    """Tasks of the checklist that must be done, or the period is not closed. The others are only told."""

    required: tuple[Task, ...] = ()
