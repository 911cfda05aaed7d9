"""A small ledger for the reading commands: two currencies, instalments, a discount, a returned cheque, a write-off.

Worked out by hand. USD of ACME: 1000.00 billed in January, settled with 980.00 and 20.00 discount, the cheque
returned on 2 April; 300.00 in two instalments, 150.00 and 25.00 of them paid with a payment of 200.00; a credit
note of 40.00; 75.50, of which 0.50 is written off. So ACME owes 135.50 at the end of March, 1135.00 at the end of
April, and 100.00 EUR; a payment of 60.00 has no known payer.
"""

from __future__ import annotations

from pathlib import Path

FILES = {
    "ledger.yaml": """company: {name: Northwind Supply Co., address: [12 Harbour St, Portland ME 04101]}
currency: USD
bank_accounts:
  main: {iban: DE02120300000000202051, currency: USD}
  euro: {iban: DE75512108001245126199, currency: EUR}
""",
    "customers/ACME.yaml": """name: Acme Corporation
country: US
terms: 2/10 net 30
credit_limit: 5000.00
contacts: [{name: Jo Reyes, role: billing, email: ap@acme.example, phone: "+1 555 0100"}]
collector: maria
notes: Closed on Fridays.
""",
    "customers/BOLT.yaml": "name: Bolt & Sons\n",
    "invoices/2026-01/INV-1.yaml": """customer: ACME
date: 2026-01-10
terms: 2/10 net 30
due: 2026-02-09
currency: USD
po: 0107
lines:
  - {description: Widgets, quantity: 10, unit_price: 100}
total: 1000.00
""",
    "payments/2026-01/PAY-1.yaml": """customer: ACME
date: 2026-01-18
currency: USD
method: check
reference: CHK 77
applied:
  - {item: INV-1, amount: 980.00, discount: 20.00}
amount: 980.00
""",
    "invoices/2026-02/INV-2.yaml": """customer: ACME
date: 2026-02-05
instalments: [{due: 2026-03-07, amount: 150.00}, {due: 2026-04-06, amount: 150.00}]
currency: USD
total: 300.00
""",
    "invoices/2026-03/INV-4.yaml": """customer: ACME
date: 2026-03-01
due: 2026-03-31
currency: EUR
total: 100.00
""",
    "payments/2026-03/PAY-2.yaml": """customer: ACME
date: 2026-03-10
currency: USD
applied:
  - {item: INV-2/1, amount: 150.00}
amount: 200.00
""",
    "payments/2026-03/PAY-9.yaml": "date: 2026-03-15\ncurrency: USD\namount: 60.00\n",
    "credit-notes/2026-03/CN-1.yaml": """customer: ACME
date: 2026-03-20
currency: USD
reason: damaged
total: 40.00
""",
    "invoices/2026-03/INV-3.yaml": """customer: ACME
date: 2026-03-25
due: 2026-04-24
currency: USD
total: 75.50
""",
    "write-offs/2026-04/INV-3-W1.yaml": """customer: ACME
date: 2026-04-01
currency: USD
item: INV-3
reason: small difference
amount: 0.50
""",
    "reversals/2026-04/PAY-1-X.yaml": """of: PAY-1
date: 2026-04-02
currency: USD
kind: return
customer: ACME
reason: account closed
amount: 980.00
""",
    "applications/2026-04/PAY-2-A1.yaml": """customer: ACME
date: 2026-04-05
currency: USD
credit: PAY-2
applied:
  - {item: INV-2/2, amount: 25.00}
amount: 25.00
""",
}


def write(folder: Path) -> Path:
    """Writes the ledger into `folder` and gives the folder."""
    for path, text in FILES.items():
        file = folder / "ledgers" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return folder
