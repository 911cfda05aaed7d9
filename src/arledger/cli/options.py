"""Options that several commands share, each written once."""

from typing import Annotated, Any, Literal

import typer

from arledger.cli.completion import complete_customers, complete_open

AsOf = Annotated[str, typer.Option("--as-of", metavar="DATE", help="Last day counted; today when not given.")]
Date = Annotated[str, typer.Option("--date", metavar="DATE", help="Date of the fact; today when not given.")]
CustomerFilter = Annotated[
    str, typer.Option("--customer", metavar="ID", help="Only this customer.", autocompletion=complete_customers)
]
FirstDay = Annotated[str, typer.Option("--from", metavar="DATE", help="First day, counted.")]
LastDay = Annotated[str, typer.Option("--to", metavar="DATE", help="Last day, counted.")]
Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", autocompletion=complete_customers, help="Whose.")]
Items = Annotated[
    list[str] | None, typer.Option("--item", metavar="ITEM", autocompletion=complete_open, help="Repeat for more.")
]
Currency = Annotated[str, typer.Option(metavar="CODE", help="The customer's if not given.")]
PurchaseOrder = Annotated[str, typer.Option(metavar="NUMBER", help="The customer's purchase order.")]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why.")]
Key = Annotated[str, typer.Option(metavar="KEY", help="Post at most once with this key.")]
Rates = Annotated[str, typer.Option(metavar="FILE", help="CSV: from,currency,rate; beside `rates` in policy.")]
ToAddress = Annotated[str, typer.Option("--to", metavar="ADDRESS", help="Instead of the customer's own address.")]
MailKey = Annotated[
    str, typer.Option("--key", metavar="KEY", help="Send at most once with this key; another key sends again.")
]
Profile = Annotated[
    Literal["", "en16931", "peppol", "xrechnung"],
    typer.Option(show_default=False, help="Of an e-invoice; the customer's if not given, else en16931."),
]
# of what an invoice or credit note is over
Lines = Annotated[
    list[str] | None,
    typer.Option("--line", "-l", metavar="TEXT;QTY [UNIT];PRICE[;TAX[;DISCOUNT]]", help="A line; repeat for more."),
]
Amount = Annotated[str, typer.Option(metavar="AMOUNT", help="The total, instead of lines.")]
BuyerReference = Annotated[str, typer.Option(metavar="TEXT", help="What the buyer asks to see on it.")]
Rebates = Annotated[
    list[str] | None, typer.Option(metavar="REASON;AMOUNT[;TAX]", help="Taken off the lines, before tax; repeat.")
]
Surcharges = Annotated[
    list[str] | None, typer.Option(metavar="REASON;AMOUNT[;TAX]", help="Added to the lines, such as freight; repeat.")
]
TaxCategory = Annotated[
    str, typer.Option(metavar="CODE", help="Of lines without tax: Z zero-rated, E exempt, AE reverse charge, "
                                           "K within the EU, G export, O outside."),
]  # fmt: skip
TaxReason = Annotated[str, typer.Option(metavar="TEXT", help="Why no tax is charged, as it is printed.")]


def customer_option(help_: str) -> Any:
    """`--customer` of a command that is about one, with what the customer is to it."""
    return typer.Option("--customer", "-c", metavar="ID", autocompletion=complete_customers, help=help_)
