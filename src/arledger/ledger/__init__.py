"""The ledger is one table: entries lowered from facts. Every figure is a sum over it as of a date."""
