"""arledger: accounts receivable over plain YAML files in git."""

__version__ = "0.1.0"
