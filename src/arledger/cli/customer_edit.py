"""`ar customer new` and `ar customer edit`."""

import os
import shlex
import subprocess
import tempfile
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arledger.cli.command import writes
from arledger.cli.completion import complete_customers
from arledger.cli.lazy import lazy
from arledger.cli.lookup import known_customer
from arledger.cli.output import say
from arledger.cli.posting import post
from arledger.cli.session import Session
from arledger.errors import UsageError
from arledger.ledger.table import Ledger

if TYPE_CHECKING:
    from arledger.commands.planned import Planned

customers = lazy("arledger.commands.customers")
editing = lazy("arledger.store.editing")
planned = lazy("arledger.commands.planned")

Name = Annotated[str, typer.Option(metavar="TEXT", help="The customer's name.")]
Currency = Annotated[str, typer.Option(metavar="CODE", help="What they are billed in; the ledger's if not given.")]
Terms = Annotated[str, typer.Option(metavar="TERMS", help="Such as `2/10 net 30`; the ledger's if not given.")]
Limit = Annotated[str, typer.Option(metavar="AMOUNT", help="Credit limit.")]
Email = Annotated[str, typer.Option(metavar="ADDRESS", help="Where invoices and statements go.")]
Address = Annotated[
    list[str] | None, typer.Option("--address", metavar="LINE", help="A line of it, as it is printed; repeat.")
]
Country = Annotated[str, typer.Option(metavar="CODE", help="Two letters, such as DE.")]
Parent = Annotated[
    str, typer.Option(metavar="ID", autocompletion=complete_customers, help="The customer they are a part of.")
]
Collector = Annotated[str, typer.Option(metavar="NAME", help="Who looks after them.")]
Phone = Annotated[str, typer.Option(metavar="NUMBER", help="Whom to call.")]
TaxId = Annotated[str, typer.Option(metavar="NUMBER", help="VAT or tax number.")]
PayerNames = Annotated[
    list[str] | None, typer.Option("--payer-name", metavar="TEXT", help="How their bank names them; repeat.")
]
PayerAccounts = Annotated[
    list[str] | None, typer.Option("--payer-account", metavar="IBAN", help="An account they pay from; repeat.")
]


@writes
def new(
    session: Session,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The id: short, such as ACME.")],
    name: Name = "",
    currency: Currency = "",
    terms: Terms = "",
    credit_limit: Limit = "",
    email: Email = "",
    address: Address = None,
    country: Country = "",
    parent: Parent = "",
    collector: Collector = "",
    phone: Phone = "",
    tax_id: TaxId = "",
    payer_name: PayerNames = None,
    payer_account: PayerAccounts = None,
) -> None:
    """\b
    ar customer new ACME --name "Acme Corporation" --terms "2/10 net 30" --credit-limit 50000.00

    Add a customer. The file is yours to edit afterwards.
    """
    if not name and session.asks:
        name = typer.prompt("Name", err=True)
        currency = typer.prompt("Currency", default=session.ledger.policy.currency, err=True)
        terms = typer.prompt("Terms", default=session.ledger.policy.terms, err=True)
        email = typer.prompt("E-mail", default="", show_default=False, err=True)
    if not name:
        raise UsageError("--name is missing", 'write ar customer new ACME --name "Acme Corporation"')
    parent = known_customer(session.ledger, parent, "--parent") if parent else ""
    fields = {
        "name": name, "address": address, "country": country, "tax_id": tax_id, "currency": currency, "terms": terms,
        "credit_limit": credit_limit, "email": email, "phone": phone, "payer_names": payer_name,
        "payer_accounts": payer_account, "collector": collector, "parent": parent,
    }  # fmt: skip
    post(session, lambda books: customers.new(books, customer, fields), f"Add {customer}?")


@writes
def edit(
    session: Session,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", autocompletion=complete_customers, help="Whose file.")],
    name: Name = "",
    currency: Currency = "",
    terms: Terms = "",
    credit_limit: Limit = "",
    address: Address = None,
    country: Country = "",
    parent: Parent = "",
    collector: Collector = "",
    tax_id: TaxId = "",
    payer_name: PayerNames = None,
    payer_account: PayerAccounts = None,
    unset: Annotated[list[str] | None, typer.Option(metavar="KEY", help="Take a key out; repeat.")] = None,
) -> None:
    """\b
    ar customer edit ACME --terms "net 45" --payer-name "ACME HOLDING"

    Change a customer's file; comments and order stay. An old name or address is kept under `former`, for papers of
    that time. Payer names and accounts are added to those there are.
    Without options, on a terminal, it opens $EDITOR. Nothing already posted changes its meaning.
    """
    known_customer(session.ledger, customer, as_given=True)
    path = session.ledger.customer_path(customer)
    text = session.books.text(path)
    record = session.ledger.customer(customer)
    assert record
    given = {"name": name, "currency": currency, "terms": terms, "credit_limit": credit_limit, "country": country,
             "parent": parent, "collector": collector, "tax_id": tax_id}  # fmt: skip
    parent = known_customer(session.ledger, parent, "--parent") if parent else ""
    changes: dict[str, str | list[str] | None] = {key: value for key, value in given.items() if value}
    if address:
        changes["address"] = address
    if payer_name:
        changes["payer.names"] = list(dict.fromkeys([*record.payer.names, *payer_name]))
    if payer_account:
        changes["payer.accounts"] = list(dict.fromkeys([*record.payer.accounts, *payer_account]))
    changes.update(dict.fromkeys(unset or ()))
    if not changes and not session.asks:
        raise UsageError("say what to change", 'such as --terms "net 45"; see ar customer edit --help')
    edited = editing.edit(text, changes) if changes else _in_editor(text)
    if edited == text:
        say("nothing changed")
        return
    notes = []
    if former := customers.remembered(session.ledger, customer, record, _read(edited), session.today):
        edited = editing.edit(edited, {"former": former})
        was = former[-1]
        notes = [f"papers dated {was['until']} or before still name {was['name']} (a mistake only? --unset former)"]

    def plan(_: Ledger) -> "Planned":
        what = f"Change customer {customer}: {', '.join(changes) or 'edited'}"
        result: Planned = planned.Planned(files={path: edited}, about=what, notes=notes)
        return result

    post(session, plan, f"Change {customer}?")


def _read(text: str) -> dict[str, Any]:
    """A customer's file as it is to be; nothing where it cannot be read, which posting it will tell."""
    from arledger.store.file_text import Unreadable, decode
    from arledger.store.yaml_text import load

    try:
        return load(decode(text.encode()))
    except Unreadable:
        return {}


def _in_editor(text: str) -> str:
    """The text as the person leaves it in their editor."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.NamedTemporaryFile("w+", suffix=".yaml", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        if subprocess.run([*shlex.split(editor), file.name], check=False).returncode:
            raise UsageError(f"the editor {editor} failed", "set $EDITOR, or name what to change by options")
        with open(file.name, encoding="utf-8") as edited:
            return edited.read()
