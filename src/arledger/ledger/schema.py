"""The tables of the ledger and their indexes, in SQLite.

Amounts are INTEGER minor units and dates INTEGER day numbers, so SQL sums are exact and as-of is a comparison.
`items` also holds what is derived from the entries once per change: `open` after the last entry, and `settled`,
the day from which an item stays at zero. So a report for any date looks only at items that still matter on it.
"""

from __future__ import annotations

NEVER = 9_999_999  # a day number after every date there is

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE folders (path TEXT PRIMARY KEY, own BLOB NOT NULL, state BLOB NOT NULL);
CREATE TABLE customers (customer TEXT NOT NULL, path TEXT PRIMARY KEY, name TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE merged (owner INTEGER PRIMARY KEY, customer TEXT NOT NULL);
CREATE INDEX customers_customer ON customers (customer);
CREATE TABLE facts (
  id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, sha TEXT NOT NULL, month TEXT NOT NULL,
  fact TEXT NOT NULL, kind TEXT NOT NULL, date INTEGER NOT NULL, customer TEXT NOT NULL, currency TEXT NOT NULL,
  amount INTEGER NOT NULL, about TEXT NOT NULL, key TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE items (
  owner INTEGER NOT NULL, item TEXT NOT NULL, kind TEXT NOT NULL, customer TEXT NOT NULL, currency TEXT NOT NULL,
  date INTEGER NOT NULL, due INTEGER NOT NULL, total INTEGER NOT NULL, terms TEXT NOT NULL, po TEXT NOT NULL,
  refs TEXT NOT NULL, schedule TEXT NOT NULL, text TEXT NOT NULL, payer TEXT NOT NULL, account TEXT NOT NULL,
  tax INTEGER NOT NULL,
  open INTEGER NOT NULL DEFAULT 0, last INTEGER NOT NULL DEFAULT 0, settled INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (item, owner)) WITHOUT ROWID;
CREATE TABLE entries (
  owner INTEGER NOT NULL, date INTEGER NOT NULL, item TEXT NOT NULL, part INTEGER NOT NULL,
  amount INTEGER NOT NULL, why TEXT NOT NULL);
CREATE TABLE control (
  date INTEGER NOT NULL, currency TEXT NOT NULL, why TEXT NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (date, currency, why)) WITHOUT ROWID;
CREATE TABLE months (month TEXT PRIMARY KEY, facts INTEGER NOT NULL, digest TEXT NOT NULL);
CREATE TABLE problems (
  path TEXT NOT NULL, line INTEGER NOT NULL, col INTEGER NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL,
  hint TEXT NOT NULL, severity TEXT NOT NULL);
"""
INDEXES = """
CREATE INDEX facts_fact ON facts (fact COLLATE NOCASE);
CREATE INDEX facts_about ON facts (about) WHERE about != '';
CREATE INDEX facts_key ON facts (key) WHERE key != '';
CREATE INDEX facts_period ON facts (fact, date, month) WHERE kind = 'periods';
CREATE INDEX facts_month ON facts (month);
CREATE INDEX facts_told ON facts (kind, customer) WHERE data != '';
CREATE INDEX items_settled ON items (settled, customer, currency, date, last, due, total, open, schedule);
CREATE INDEX items_parts ON items (settled, last) WHERE schedule != '';
CREATE INDEX items_customer ON items (customer, settled);
CREATE INDEX items_owner ON items (owner);
CREATE INDEX entries_item ON entries (item, date, amount, why);
CREATE INDEX entries_owner ON entries (owner);
CREATE INDEX entries_date ON entries (date);
"""


#: The condition that a fact is a close that no reopening has taken back.
IN_FORCE = "kind = 'periods' AND fact NOT IN (SELECT about FROM facts WHERE kind = 'reopenings' AND data != '')"
