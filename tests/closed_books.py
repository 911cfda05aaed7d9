"""Facts of every kind that moves no money, and of those that seldom do, dated in May: beside the books of test_closed."""

from __future__ import annotations

import hashlib

_ACME = "customer: ACME\ndate: 2026-05-21\n"
_EUR = "currency: EUR\n"

#: The paper that is attached; the fact that April was reopened on a day in May, before it was closed anew.
NOTE = "Delivered on 5 May\n"
REOPENED = "reopenings/2026-05/2026-04-R1.yaml"

MORE = {
    "recoveries/2026-05/INV-2-W2-R1.yaml": f"{_ACME}{_EUR}item: INV-2\nwrite_off: INV-2-W2\namount: 1.00\n",
    "deposits/2026-05/DEP-1.yaml": "account: main\ndate: 2026-05-21\ncurrency: EUR\npayments: [PAY-1]\namount: 260.00\n",
    "dispute-comments/2026-05/INV-1-2026-05-11-C1.yaml": f"{_ACME}dispute: INV-1-2026-05-11\ntext: photographs came\n",
    "disputes/2026-05/INV-3-2026-05-11.yaml": "customer: ACME\ndate: 2026-05-11\nitem: INV-3\nreason: price\n"
    "currency: EUR\namount: 7.00\n",
    "dispute-resolutions/2026-05/INV-3-2026-05-11-R.yaml": f"{_ACME}dispute: INV-3-2026-05-11\noutcome: invalid\n{_EUR}",
    "plans/2026-05/ACME-P1.yaml": f"{_ACME}items: [INV-4]\ncurrency: USD\ninstalments:\n"
    "  - {due: 2026-07-01, amount: 7000.00}\namount: 7000.00\n",
    "settlements/2026-05/ACME-S1.yaml": f"{_ACME}items: [INV-3]\nexpires: 2026-07-31\n{_EUR}waived: 1.00\namount: 6.00\n",
    "delivery-notes/2026-05/SO-2026-00001-L1.yaml": f"{_ACME}order: SO-2026-00001\n",
    "holds/2026-05/SO-2026-00001-H1.yaml": f"{_ACME}order: SO-2026-00001\nreason: limit\n",
    "releases/2026-05/SO-2026-00001-L2.yaml": f"{_ACME}order: SO-2026-00001\nreason: paid\n",
    "orders/2026-05/SO-2026-00002.yaml": f"{_ACME}{_EUR}terms: net 30\ntotal: 90.00\n",
    "cancellations/2026-05/SO-2026-00002-C.yaml": f"{_ACME}order: SO-2026-00002\nreason: not wanted\n",
    "credit-references/2026-05/ACME-F1.yaml": f"{_ACME}source: bank\nscore: 78/100\n",
    "credit-decisions/2026-05/ACME-D1.yaml": f"{_ACME}decision: granted\n{_EUR}amount: 900.00\n",
    "contracts/2026-05/ACME-K1.yaml": f"{_ACME}title: Hosting\nstarts: 2026-06-01\n{_EUR}every: month\nlines:\n"
    "  - {description: Server, quantity: 1, unit_price: 5.00}\n",
    "terminations/2026-05/ACME-K1-E.yaml": f"{_ACME}contract: ACME-K1\nlast: 2026-12-31\n",
    "notices/2026-05/ACME-N1.yaml": f"{_ACME}kind: service\nprocedure: standard\nchannel: letter\n{_EUR}level: 1\nlines:\n"
    "  - {item: INV-1, due: 2026-05-10, amount: 300.00, level: 1}\ntext: Please pay\namount: 300.00\n",
    "notice-blocks/2026-05/ACME-B1.yaml": f"{_ACME}reason: in talks\n",
    "hand-overs/2026-05/ACME-O1.yaml": f"{_ACME}to: agency\nitems: [INV-1]\n",
    "service-stops/2026-05/ACME-T1.yaml": f"{_ACME}action: disconnect\nnotice: ACME-N1\nitems: [INV-1]\n{_EUR}"
    "amount: 300.00\n",
    "service-restores/2026-05/ACME-T1-R.yaml": f"{_ACME}stop: ACME-T1\n",
    "attachments/2026-05/INV-3-P1.yaml": f"{_ACME}to: INV-3\npath: ledgers/inbox/note.txt\n"
    f"sha256: {hashlib.sha256(NOTE.encode()).hexdigest()}\nkind: delivery-note\n",
}  # fmt: skip
