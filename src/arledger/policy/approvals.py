"""Who may approve what, and above which amount a second person has to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from arledger.documents.approvals import Action
from arledger.documents.fields import Amount, Currency, Day, Flag, Id, Text, record


@record
class Person:
    """Somebody who works on the books, as git knows them."""

    name: Text
    email: Text = ""
    handle: Text = ""  # on GitHub or GitLab, such as @maria, for CODEOWNERS


@record
class ApprovalRule:
    """Above which amount an action needs one of these people's approval, from which day on."""

    action: Action
    by: tuple[Id, ...]
    above: Amount | Mapping[Currency, Amount] = Decimal(0)  # one figure counts as written in every currency
    valid_from: Day = date.min
    signed: Flag = False  # whether the approval has to be in a signed commit
    review: Flag = False  # whether it may be posted first, for one of them to agree to before it is merged

    def limit(self, currency: str) -> Decimal:
        """The amount up to which nobody has to approve."""
        return self.above if isinstance(self.above, Decimal) else self.above.get(currency, Decimal(0))
