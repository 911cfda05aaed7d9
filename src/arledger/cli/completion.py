"""Completion of ids, as the shell asks for it."""

import os
from collections.abc import Callable, Sequence

from arledger.errors import ArError
from arledger.ledger.table import Ledger
from arledger.store.files import find


def complete(ids: Callable[[Ledger], Sequence[str]]) -> Callable[[str], list[str]]:
    """A completion from the ledger's ids; silent where there is no ledger to ask."""

    def completion(incomplete: str) -> list[str]:
        try:
            books = find(os.environ.get("AR_LEDGER"), os.getcwd())
            return [id_ for id_ in ids(books.read()) if id_.lower().startswith(incomplete.lower())]
        except (ArError, OSError):
            return []

    return completion


complete_customers = complete(lambda ledger: sorted(ledger.known_ids("customers", "customer")))
complete_open = complete(
    lambda ledger: [id_ for (id_,) in ledger.rows("SELECT item FROM items WHERE open != 0 ORDER BY item")]
)
