"""Lines that take a payment back, in files that have no sign for it: banks say it in words.

>>> came_back("RETURNED CHECK 8812 NSF"), came_back("SEPA-Rücklastschrift INV-7"), came_back("Rejet de prélèvement")
(True, True, True)
>>> came_back("Returned item fee"), came_back("TAX RETURN 2025"), came_back("Refund of order 12")
(False, False, False)
"""

from __future__ import annotations

import re

# English, German, French, Dutch, Spanish, Italian. Bare "return" is more: tax returns, goods sent back.
_SAYS_SO = re.compile(
    r"\b(returned|return (of|item|check|cheque|ach|deposit)|nsf|insufficient funds|charge-?back|bounced|unpaid"
    r"|dishonou?red|r(ü|ue)cklastschrift|(lastschrift|scheck)r(ü|ue)ckgabe|retoure|teruggeboekt|storno incasso"
    r"|impay[ée]e?s?|rejet (de )?(pr[ée]l[èe]vement|ch[èe]que|virement)|devoluci[óo]n|devuelt[oa]|insoluto)\b",
    re.IGNORECASE,
)
_A_FEE = re.compile(
    r"\b(fees?|charges?|geb(ü|ue)hr(en)?|entgelt|frais|kosten|comisi[óo]n|commissioni?)\b", re.IGNORECASE
)


def came_back(text: str) -> bool:
    """Whether the text of a line that went out says that a payment came back unpaid, and not what that costs."""
    return bool(_SAYS_SO.search(text)) and not _A_FEE.search(text)
