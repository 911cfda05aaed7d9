"""The commands by name: where each lives and the line `ar --help` has for it. Nothing is imported for help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Command(NamedTuple):
    """A command or group of commands: the module that has it as `app`, and its line of help."""

    module: str
    help: str
    section: str


COMMANDS: Mapping[str, Command] = {
    "init": Command("init", "Start a ledger here, or write the example.", "Set up"),
    "import": Command("import_", "Bring in customers, invoices, payments or e-invoices.", "Set up"),
    "customer": Command("customer", "Customers: new, list, show, edit, merge, rename, duplicates, erase.", "Every day"),
    "invoice": Command("invoice", "Invoices: new, verify, issue, recurring, send, show, list, void.", "Every day"),
    "order": Command("order", "Orders: new, list, show, bill, deliver, hold, release, cancel.", "Every day"),
    "credit": Command("credit", "Credit: exposure, review, decide, reference, file, simulate.", "Every day"),
    "contract": Command("contract", "Contracts: new, list, show, end.", "Every day"),
    "attach": Command("attach", "Keep a file with an invoice, order, contract or customer.", "Every day"),
    "credit-note": Command("credit_note", "Credit notes: new.", "Every day"),
    "payment": Command("payment", "Payments: new, deposit, list, show, apply, unapply, return, refund.", "Every day"),
    "apply-payments": Command("apply_payments", "Apply a bank file to open items.", "Every day"),
    "deduction": Command("deduction", "Deductions: list, new, resolve.", "Every day"),
    "contact": Command("contact", "The contact log: list, log, check.", "Every day"),
    "promise": Command("promise", "Promises to pay: list, new.", "Every day"),
    "plan": Command("plan", "Payment plans: list, show, new.", "Every day"),
    "settle": Command("settle", "Settlements: list, new, complete.", "Every day"),
    "dispute": Command("dispute", "Disputes: list, show, open, comment, resolve.", "Every day"),
    "bank": Command("bank", "Bank profiles: draft one from a file.", "Set up"),
    "paper": Command("print_", "The paper of a fact as PDF or mail.", "Every day"),
    "outbox": Command("outbox", "Mails: what became of each; send what is left.", "Every day"),
    "write-off": Command("write_off", "Give up an item, a part of it, or small balances.", "Every day"),
    "recover": Command("recover", "Open again what was written off and is paid after all.", "Every day"),
    "charges": Command("charges", "Finance charges on what is paid late.", "Every day"),
    "approve": Command("approve", "Agree to what somebody else will do.", "Every day"),
    "reverse": Command("reverse", "Take back a fact that was posted by mistake.", "Every day"),
    "worklist": Command("worklist", "Who to contact today and why; the call sheet of one of them.", "Collections"),
    "notices": Command("notices", "Notices: due, run, list, show, block, unblock, hand-over.", "Collections"),
    "service": Command("service", "Service for debt: list, notice, disconnect, repossess, restore.", "Collections"),
    "open": Command("open_", "Open items: what is owed, item by item.", "Figures"),
    "aging": Command("aging", "Who owes what, by days past due.", "Figures"),
    "statement": Command("statement", "Statement of account for a customer.", "Figures"),
    "why": Command("why", "Everything that touched an item or fact.", "Figures"),
    "facts": Command("facts", "The facts behind a report, with checksums.", "Figures"),
    "report": Command("report", "Roll-forward, metrics and the other reports of a month-end.", "Month-end and review"),
    "export": Command("export", "Postings for hledger, Ledger, Beancount, spreadsheets.", "Month-end and review"),
    "check": Command("check", "Whether the books hold together.", "Month-end and review"),
    "reconcile": Command("reconcile", "Reconcile: bank, gl, customer.", "Month-end and review"),
    "book": Command("book", "Book for the general ledger: allowance, fx.", "Month-end and review"),
    "close": Command("close", "Close a month or year: nothing in it can change afterwards.", "Month-end and review"),
    "reopen": Command("reopen", "Take back the close of a month and of those after it.", "Month-end and review"),
    "diff": Command("diff", "What a branch does to the business.", "Month-end and review"),
    "bisect": Command("bisect", "Find the commit since which the books do not hold.", "Month-end and review"),
    "renumber": Command("renumber", "Give an invoice nobody has seen the next free number.", "Month-end and review"),
    "git": Command("git", "Set up review in git: setup, textconv.", "Set up"),
    "verify": Command("verify", "Whether a report or paper still says what the books give.", "Month-end and review"),
    "schema": Command("schema", "The JSON Schema of a kind of file.", "Month-end and review"),
}
