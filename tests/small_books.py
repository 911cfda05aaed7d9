"""A small ledger that several tests begin with: two months of trade with three customers, one payment in part."""

from __future__ import annotations

import hashlib
from pathlib import Path

TODAY = "2026-02-10"

LEDGER = """company: {name: Northwind Supply Co., address: [12 Harbour St, Portland ME 04101], country: US}
currency: EUR
terms: net 30
aging: {basis: due, buckets: [30, 60, 90]}
numbering: {invoice: "INV-{year}-{seq:05}", credit-note: "CN-{year}-{seq:05}", gapless: true}
bank_accounts:
  main: {iban: DE02120300000000202051, currency: EUR}
"""


def invoice(customer: str, date: str, due: str, total: str, currency: str = "EUR") -> str:
    """An invoice without lines."""
    return f"customer: {customer}\ndate: {date}\ndue: {due}\ncurrency: {currency}\ntotal: {total}\n"


FILES = {
    "ledger.yaml": LEDGER,
    "customers/ACME.yaml": "name: Acme GmbH\ncountry: DE\ncurrency: EUR\nterms: 2/10 net 30\n"
    "payer: {names: [ACME GMBH], accounts: [DE89370400440532013000]}\n",
    "customers/GLOBEX.yaml": "name: Globex Ltd\ncurrency: EUR\npayer: {names: [GLOBEX]}\n",
    "customers/NIPPON.yaml": "name: Nippon KK\ncurrency: JPY\n",
    "invoices/2025-12/INV-2025-00001.yaml": invoice("GLOBEX", "2025-12-10", "2025-12-24", "119.00"),
    "invoices/2026-01/INV-2026-00001.yaml": """customer: ACME
date: 2026-01-15
terms: 2/10 net 30
due: 2026-02-14
currency: EUR
po: PO-7781
lines:
  - {description: Widgets, quantity: 10, unit_price: 12.50, tax: 19%}
net: 125.00
tax: 23.75
total: 148.75
""",
    "invoices/2026-02/INV-2026-00002.yaml": invoice("ACME", "2026-02-01", "2026-03-03", "11.50"),
    "invoices/2026-02/INV-2026-00003.yaml": invoice("GLOBEX", "2026-02-02", "2026-03-04", "21.00"),
    "invoices/2026-02/INV-2026-00004.yaml": invoice("NIPPON", "2026-02-02", "2026-03-04", "5000", "JPY"),
    "payments/2026-01/2026-01-20-5f3a9c1e.yaml": """customer: ACME
date: 2026-01-20
currency: EUR
applied:
  - {item: INV-2026-00001, amount: 60.00}
amount: 100.00
""",
}


def write(home: Path, files: dict[str, str] | None = None) -> Path:
    """Writes the ledger, with these files changed or added, under `home`/ledgers. Gives `home`."""
    for name, text in {**FILES, **(files or {})}.items():
        path = home / "ledgers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return home


def tree(home: Path) -> dict[str, str]:
    """Every file of the ledger with a digest of its content; what is kept in .ar, and git's own, is left out."""
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in home.rglob("*")
        if path.is_file() and not {".ar", ".git"} & set(path.relative_to(home).parts)
    }
