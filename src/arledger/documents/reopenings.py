"""Reopenings: a close taken back, so that a period may change again until it is closed anew."""

from __future__ import annotations

from typing import ClassVar

from arledger.documents.fields import Day, Id, Text, record
from arledger.documents.told import Told


@record
class Reopening(Told):
    """One close that no longer counts. Reopening a period takes back its close and that of every later one."""

    FOLDER: ClassVar = "reopenings"
    NAMES: ClassVar = {"close": "fact"}

    date: Day
    close: Id
    period: Id  # the period that was to be reopened
    reason: Text
    customer: Id = ""  # of nobody: every fact has the key

    @property
    def asked(self) -> bool:
        """Whether it takes back the first month of the period that was to be reopened; the later ones go with it."""
        return self.close.startswith(self.period if "-" in self.period else f"{self.period}-01")
