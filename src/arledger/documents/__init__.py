"""The shape of every ledger file: frozen pydantic models, and the table of kinds."""
