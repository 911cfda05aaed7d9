"""python -m arledger"""

from __future__ import annotations

from arledger.entry import main

main()
