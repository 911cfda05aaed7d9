"""`ar invoice`: new, issue, void; show and list live in `invoice_show`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from arledger.cli import invoice_recurring, invoice_send, invoice_show, invoice_verify
from arledger.cli.clock import day
from arledger.cli.command import writes
from arledger.cli.completion import complete_open
from arledger.cli.lazy import lazy
from arledger.cli.lookup import currency_of, known_customer, known_item
from arledger.cli.options import (
    Amount,
    BuyerReference,
    Currency,
    Date,
    Key,
    Lines,
    PurchaseOrder,
    Reason,
    Rebates,
    Surcharges,
    TaxCategory,
    TaxReason,
    customer_option,
)
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.errors import UsageError
from arledger.ledger.table import Ledger

if TYPE_CHECKING:
    from arledger.commands.planned import Planned
    from arledger.documents.invoices import Invoice

credit_notes = lazy("arledger.commands.credit_notes")
documents = lazy("arledger.documents.invoices")
drafts = lazy("arledger.commands.drafts")
form = lazy("arledger.cli.invoice_form")
words = lazy("arledger.commands.invoice_words")
invoices = lazy("arledger.commands.invoices")

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Invoices.")
app.command("list")(invoice_show.list_)
app.command("show")(invoice_show.show)
app.command("send")(invoice_send.send)
app.command("verify")(invoice_verify.verify)
app.command("recurring")(invoice_recurring.recurring)


Terms = Annotated[str, typer.Option(metavar="TERMS", help="Such as `2/10 net 30`; the customer's if not given.")]
Due = Annotated[str, typer.Option(metavar="DATE", help="Due date, instead of terms.")]
Instalments = Annotated[int, typer.Option(min=1, max=120, metavar="N", help="Monthly parts from the due date on.")]
References = Annotated[list[str] | None, typer.Option(metavar="NUMBER", help="Another number they may quote; repeat.")]
Prepaid = Annotated[str, typer.Option(metavar="AMOUNT", help="Billed and paid before; less is to be paid.")]
Delivered = Annotated[str, typer.Option(metavar="DATE", help="When it was delivered or done.")]
DeliverTo = Annotated[str, typer.Option(metavar="NAME;ADDRESS;…;CC", help="Where to, if that is not who is billed.")]
PayBy = Annotated[Literal["transfer", "direct-debit"], typer.Option(help="How it is paid.")]
Mandate = Annotated[str, typer.Option(metavar="NUMBER", help="Of the direct debit.")]
PayTo = Annotated[str, typer.Option(metavar="ACCOUNT", help="Which of our accounts; any of the currency if not given.")]
Order = Annotated[str, typer.Option(metavar="ID", help="The order it bills; see ar order bill.")]
Contract = Annotated[str, typer.Option(metavar="ID", help="The contract it is under.")]
Kind = Annotated[Literal["invoice", "debit-note"], typer.Option(help="What to issue.")]
Notes = Annotated[str, typer.Option(metavar="TEXT", help="A note kept with the invoice.")]
AsDraft = Annotated[bool, typer.Option("--draft", help="Keep it as a draft without a number.")]


@app.command("new")
@writes
def new(
    session: Session, customer: Annotated[str, customer_option("Who is billed.")] = "", date: Date = "",
    line: Lines = None, amount: Amount = "", terms: Terms = "", due: Due = "", instalments: Instalments = 1,
    currency: Currency = "", po: PurchaseOrder = "", ref: References = None, buyer_reference: BuyerReference = "",
    rebate: Rebates = None, surcharge: Surcharges = None, prepaid: Prepaid = "", delivered: Delivered = "",
    deliver_to: DeliverTo = "", pay_by: PayBy = "transfer", mandate: Mandate = "", pay_to: PayTo = "",
    tax_category: TaxCategory = "", tax_reason: TaxReason = "", order: Order = "", contract: Contract = "",
    kind: Kind = "invoice", notes: Notes = "", key: Key = "", draft: AsDraft = False,
) -> None:  # fmt: skip
    """\b
    ar invoice new --customer ACME --line "Widgets;10;12.50;19%" --po PO-7781
    ar invoice new --customer ACME --line "Consulting;7.5 HUR;120.00" --tax-category AE --tax-reason "Reverse charge"

    Issue an invoice under the next number. Without arguments on a terminal it asks, field by field, and shows
    the total before it posts. Units are codes of UN/ECE recommendation 20, as e-invoices have them.
    """
    ledger = session.ledger
    if not customer and not line and not amount and session.asks:
        asked = form.fill_in(session)
    else:
        if not customer:
            raise UsageError("--customer is missing", "write ar invoice new --customer ACME --amount 148.75")
        if bool(line) == bool(amount):
            raise UsageError("give either --line or --amount", 'such as --line "Widgets;10;12.50;19%"')
        whose = known_customer(ledger, customer, "--customer", as_given=True)
        money = currency_of(ledger, currency, whose)
        parts = words.parse_parts(
            line or (), rebate or (), surcharge or (), tax_category, ledger.policy.tax.default, money
        )
        asked = invoices.Asked(
            whose, session.day(date), parts.lines, amount, terms, due=day(due, "--due") if due else None,
            instalments=instalments, currency=money, po=po, references=ref or (), kind=kind, key=key, notes=notes,
            order=order, contract=contract, buyer_reference=buyer_reference,
            rebates=parts.rebates, surcharges=parts.surcharges, prepaid=prepaid,
            delivery=words.parse_delivery(delivered, deliver_to), tax_category=parts.category,
            tax_reason=tax_reason, pay=words.parse_pay(pay_by, mandate, pay_to, ledger.policy.bank_accounts),
        )  # fmt: skip
    plan = drafts.new if draft else invoices.new
    post(session, lambda books: plan(books, asked), "Post this invoice?")


@app.command("issue")
@writes
def issue(
    session: Session,
    draft: Annotated[list[str] | None, typer.Argument(metavar="[DRAFT]...", help="Drafts by id.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every draft there is.")] = False,
    date: Annotated[str, typer.Option(metavar="DATE", help="Date them so; each keeps its own if not given.")] = "",
) -> None:
    """\b
    ar invoice issue --all

    Turn drafts into invoices: each gets the next number of its series, without gaps, in the order of dates.
    """
    found = session.books.drafts()
    if not draft and not all_:
        raise UsageError("name a draft, or give --all", f"drafts: {', '.join(found) or 'none'}")
    chosen: Mapping[str, Invoice] = found if all_ else {name: _draft(found, name) for name in draft or ()}
    when = day(date, "--date") if date else None
    post(session, lambda books: drafts.issue(books, chosen, when), "Issue these?")


def _draft(found: "Mapping[str, Invoice]", name: str) -> "Invoice":
    if name not in found:
        raise UsageError(f"there is no draft {name}", f"drafts: {', '.join(found) or 'none'}")
    return found[name]


@app.command("void")
@writes
def void(
    session: Session,
    invoice: Annotated[str, typer.Argument(metavar="INVOICE", autocompletion=complete_open, help="Its number.")],
    date: Date = "",
    reason: Reason = "issued in error",
) -> None:
    """\b
    ar invoice void INV-2026-00042 --reason "wrong customer"

    Take an unpaid invoice back whole: a credit note that says so. Its number stays used.
    """
    known_item(session.ledger, invoice, "INVOICE")
    when = session.day(date)

    def plan(books: Ledger) -> "Planned":
        document = session.books.document(books, invoice)
        if not isinstance(document, documents.Invoice):
            raise UsageError(f"{invoice} is no invoice", "see ar invoice list")
        result: Planned = credit_notes.void(books, invoice, document, when, reason)
        return result

    post(session, plan, f"Void {invoice}?")
