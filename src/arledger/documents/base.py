"""What every ledger file shares: frozen pydantic models that refuse a key they do not know."""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from arledger.money import minor_of


class Document(BaseModel):
    """A ledger file or a part of one. Frozen; a key it does not know is an error."""

    # A command meets few kinds of document: each is made ready at its first use.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Fact(Document):
    """Something that happened on a date. Its id is the stem of its file; it is written once."""

    def minor(self, amount: Decimal) -> int:
        """An amount of this fact in minor units. Raises ValueError when it is finer than the currency."""
        return minor_of(amount, self.currency)  # type: ignore[attr-defined]  # every fact has a currency
