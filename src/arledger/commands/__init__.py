"""One verb a module: each plans new documents from the ledger and what was asked. Nothing here writes."""
