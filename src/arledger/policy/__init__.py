"""ledger.yaml as types: the company and how it wants its receivables kept.

Every rate is a percentage: `Percent` 19 means 19 %. Every block but company and currency may be absent. Larger blocks,
and those a quick report needs alone, have modules of their own.
"""
