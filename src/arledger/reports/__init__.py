"""One report a module: `build(ledger, ...)` gives a Report, a value that every renderer takes."""
