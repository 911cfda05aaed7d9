"""What an invoice must meet before it leaves, and whether it does.

The same rules hold for a draft, for an invoice about to be issued and for one that was: `ar invoice verify`, issuing
and `ar check` ask here. Each finding names the rule and where that is set.
"""

from __future__ import annotations

from typing import NamedTuple

from arledger.checks.requirement_case import Batch, Case
from arledger.checks.requirement_rules import RULES, against
from arledger.documents.customers import Customer
from arledger.documents.invoices import Invoice
from arledger.documents.requirements import DEFAULT_REQUIREMENTS, Requirement
from arledger.ledger.table import Ledger


class Failed(NamedTuple):
    """A requirement an invoice does not meet: which, how, and where it comes from."""

    rule: str
    level: str  # required or warn
    text: str
    source: str  # where the rule is set, and what the invoice is measured against


class Set(NamedTuple):
    """A requirement, and the file it is set in with its place there; no file: it holds where nothing is said."""

    rule: Requirement
    path: str = ""
    number: int = 0

    def source(self, ledger: Ledger) -> str:
        """Where it is set, for people."""
        rule = f"default requirement {self.rule.rule}"
        return ledger.place(self.path, "requirements", self.number) if self.path else rule


def requirements(ledger: Ledger, customer: str, data: Customer) -> list[Set]:
    """What invoices to a customer have to meet: policy first. The customer's own word on a rule counts."""
    policy, path = ledger.policy.requirements, ledger.customer_path(customer)
    ours = "ledger.yaml" if policy != DEFAULT_REQUIREMENTS else ""
    told = {rule.rule for rule in data.requirements}
    common = [Set(rule, ours, n) for n, rule in enumerate(policy) if rule.rule not in told]
    own = [Set(rule, path, n) for n, rule in enumerate(data.requirements)]
    return [one for one in (*common, *own) if one.rule.level != "off"]


def verify(batch: Batch, invoice: Invoice, fact: str = "", name: str = "") -> list[Failed]:
    """Everything an invoice does not meet, in the order the requirements are set.

    One that has no id yet, but a `name`, and meets what is required, counts for those judged after it in the batch.
    """
    ledger = batch.ledger
    if now := ledger.merged.get(invoice.customer):
        invoice = invoice.model_copy(update={"customer": now})
    customer = ledger.customer(invoice.customer)
    if customer is None:
        return [Failed("customer", "required", f"there is no customer {invoice.customer}", "customers/")]
    found = []
    for one in requirements(ledger, invoice.customer, customer):
        rule, case = one.rule, Case(batch, customer, invoice, fact, one.rule)
        if invoice.date >= rule.valid_from:
            texts = list(RULES[rule.rule](case))
            source = ", ".join([one.source(ledger), *against(case)]) if texts else ""
            found += [Failed(rule.rule, rule.level, text, source) for text in texts]
    if name and all(failed.level != "required" for failed in found):
        batch.before.append((name, invoice))
    return found
