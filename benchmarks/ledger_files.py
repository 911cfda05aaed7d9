"""Facts as files of an arledger ledger, byte for byte in the form arledger itself writes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from facts import CURRENCY, ISO, Application, CreditNote, Customer, Fact, Item, Payment, Share, WriteOff, money

LEDGER = f"""\
company: {{name: Northwind Handel GmbH, address: [Hafenstr. 12, 20457 Hamburg], country: DE}}
currency: {CURRENCY}
terms: net 30
aging: {{basis: due, buckets: [30, 60, 90]}}
numbering: {{invoice: "INV-{{year}}-{{seq:06}}", credit-note: "CN-{{year}}-{{seq:06}}", gapless: true}}
bank_accounts:
  main: {{iban: DE02120300000000202051, currency: {CURRENCY}}}
"""


def quoted(key: str) -> str:
    """A key in quotes where other YAML readers could take it for a number or a date, else as it is.

    >>> quoted("CN-2026-000001"), quoted("2026-01-20-5f3a9c1e")
    ('CN-2026-000001', '"2026-01-20-5f3a9c1e"')
    """
    return f'"{key}"' if key[0].isdigit() else key


def customer_text(buyer: Customer) -> str:
    """The file of one customer."""
    return (
        f"name: {buyer.name}\ncountry: DE\ncurrency: {CURRENCY}\nterms: {buyer.terms}\n"
        f"credit_limit: {money(buyer.limit)}\n"
        f'contacts:\n  - {{name: Accounts Payable, role: billing, email: "{buyer.id.lower()}@customers.example"}}\n'
        f"payer: {{names: [{buyer.name.upper()}], accounts: [{buyer.account}]}}\n"
    )


def invoice_text(item: Item) -> str:
    """The file of one invoice."""
    po = f"po: {item.po}\n" if item.po else ""
    lines = "".join(
        f"  - {{description: {line.text}, quantity: {line.quantity}, unit_price: {money(line.price)}, tax: 19%}}\n"
        for line in item.lines
    )
    return (
        f"customer: {item.customer.id}\ndate: {ISO[item.day]}\nterms: {item.customer.terms}\ndue: {ISO[item.due]}\n"
        f"currency: {CURRENCY}\n{po}lines:\n{lines}"
        f"net: {money(item.net)}\ntax: {money(item.tax)}\ntotal: {money(item.total)}\n"
    )


def shares_text(shares: list[Share]) -> str:
    """The `applied:` block of a payment or an application."""
    rows = (
        f"  - {{item: {share.item.id}, amount: {money(share.amount)}"
        + (f", discount: {money(share.discount)}}}\n" if share.discount else "}\n")
        for share in shares
    )
    return "applied:\n" + "".join(rows)


def payment_text(payment: Payment) -> str:
    """The file of one payment."""
    payer = payment.customer
    text = " ".join(share.item.id for share in payment.shares)
    return (
        f"customer: {payer.id}\ndate: {ISO[payment.day]}\ncurrency: {CURRENCY}\nmethod: transfer\n"
        f"reference: {payment.shares[0].item.id}\n"
        f"bank: {{account: main, payer: {payer.name.upper()}, payer_account: {payer.account}, "
        f"text: {text}, line: {quoted(payment.line)}}}\n"
        f"{shares_text(payment.shares)}amount: {money(payment.amount)}\n"
    )


def credit_note_text(note: CreditNote) -> str:
    """The file of one credit note."""
    return (
        f"customer: {note.customer.id}\ndate: {ISO[note.day]}\ncurrency: {CURRENCY}\nagainst: {note.against.id}\n"
        f"reason: {note.reason}\nnet: {money(note.net)}\ntax: {money(note.tax)}\ntotal: {money(note.total)}\n"
    )


def application_text(application: Application) -> str:
    """The file of one later application."""
    return (
        f"customer: {application.customer.id}\ndate: {ISO[application.day]}\ncurrency: {CURRENCY}\n"
        f"credit: {quoted(application.credit)}\n{shares_text(application.shares)}"
        f"amount: {money(sum(share.amount for share in application.shares))}\n"
    )


def write_off_text(write_off: WriteOff) -> str:
    """The file of one write-off."""
    return (
        f"customer: {write_off.customer.id}\ndate: {ISO[write_off.day]}\ncurrency: {CURRENCY}\n"
        f"item: {write_off.item.id}\nreason: {write_off.reason}\namount: {money(write_off.amount)}\n"
    )


FORMS = {
    Item: ("invoices", invoice_text),
    Payment: ("payments", payment_text),
    CreditNote: ("credit-notes", credit_note_text),
    Application: ("applications", application_text),
    WriteOff: ("write-offs", write_off_text),
}


def write_new(path: str, text: str) -> None:
    """Write a file that must not exist yet; three system calls."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    os.write(handle, text.encode())
    os.close(handle)


class LedgerFiles:
    """A new ledger folder that facts are written into, one file each."""

    def __init__(self, root: Path, customers: Iterable[Customer]) -> None:
        self.root = root
        self.folders: dict[tuple[str, str], str] = {}
        (root / "customers").mkdir(parents=True)
        write_new(f"{root}/ledger.yaml", LEDGER)
        for buyer in customers:
            write_new(f"{root}/customers/{buyer.id}.yaml", customer_text(buyer))

    def write(self, fact: Fact) -> None:
        """Add the file of one fact, in the folder of its month."""
        kind, form = FORMS[type(fact)]
        month = ISO[fact.day][:7]
        folder = self.folders.get((kind, month))
        if folder is None:
            folder = self.folders[kind, month] = f"{self.root}/{kind}/{month}"
            os.makedirs(folder)
        write_new(f"{folder}/{fact.id}.yaml", form(fact))
