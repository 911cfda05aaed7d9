"""An e-invoice as UBL 2.1. Source: EN 16931-3-2."""

from __future__ import annotations

from decimal import Decimal

from arledger.render.xml_text import Xml, element
from arledger.reports.einvoice import PROFILES, EInvoice, Part, Party, Row, Tax

_SPACES = {
    "xmlns:cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "xmlns:cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


def render(invoice: EInvoice) -> str:
    """The document as UBL Invoice or CreditNote."""
    root = "CreditNote" if invoice.type_code == "381" else "Invoice"
    name, process = PROFILES[invoice.profile]
    body = element(
        root,
        element("cbc:CustomizationID", name), element("cbc:ProfileID", process), element("cbc:ID", invoice.number),
        element("cbc:IssueDate", str(invoice.date)),
        element("cbc:DueDate", str(invoice.due) if invoice.due else "") if root == "Invoice" else None,
        element(f"cbc:{root}TypeCode", invoice.type_code), element("cbc:Note", invoice.notes),
        element("cbc:DocumentCurrencyCode", invoice.currency), element("cbc:BuyerReference", invoice.buyer_reference),
        element("cac:OrderReference", element("cbc:ID", invoice.po)),
        element("cac:BillingReference", element("cac:InvoiceDocumentReference", element("cbc:ID", invoice.against))),
        element("cac:AccountingSupplierParty", _party(invoice.seller, invoice.creditor)),
        element("cac:AccountingCustomerParty", _party(invoice.buyer)),
        _delivery(invoice), _means(invoice), element("cac:PaymentTerms", element("cbc:Note", invoice.terms)),
        *(_part(part, invoice.currency) for part in invoice.parts),
        _taxes(invoice), _sums(invoice), *(_line(line, invoice, root) for line in invoice.lines),
        xmlns=f"urn:oasis:names:specification:ubl:schema:xsd:{root}-2", **_SPACES,
    )  # fmt: skip
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _money(name: str, amount: Decimal, currency: str) -> Xml:
    return element(name, f"{amount:f}", currencyID=currency)


def _party(party: Party, creditor: str = "") -> Xml:
    scheme, identifier = party.endpoint
    return element(
        "cac:Party",
        element("cbc:EndpointID", identifier, schemeID=scheme),
        element("cac:PartyIdentification", element("cbc:ID", creditor, schemeID="SEPA")),
        element("cac:PartyName", element("cbc:Name", party.name)),
        element("cac:PostalAddress", *_address(party)),
        element("cac:PartyTaxScheme", element("cbc:CompanyID", party.vat), _scheme("VAT")) if party.vat else None,
        element("cac:PartyTaxScheme", element("cbc:CompanyID", party.tax_number), _scheme("TAX"))
        if party.tax_number else None,
        element("cac:PartyLegalEntity", element("cbc:RegistrationName", party.name),
                element("cbc:CompanyID", party.registration)),
        element("cac:Contact", element("cbc:Name", party.contact), element("cbc:Telephone", party.phone),
                element("cbc:ElectronicMail", party.email)),
    )  # fmt: skip


def _scheme(name: str) -> Xml:
    return element("cac:TaxScheme", element("cbc:ID", name))


def _address(party: Party) -> list[Xml]:
    street = [*party.street, "", ""]
    return [
        element("cbc:StreetName", street[0]), element("cbc:AdditionalStreetName", street[1]),
        element("cbc:CityName", party.town), element("cbc:PostalZone", party.postcode),
        element("cac:AddressLine", element("cbc:Line", ", ".join(filter(None, street[2:])))),
        element("cac:Country", element("cbc:IdentificationCode", party.country)),
    ]  # fmt: skip


def _delivery(invoice: EInvoice) -> Xml:
    to = invoice.delivered_to
    return element(
        "cac:Delivery",
        element("cbc:ActualDeliveryDate", str(invoice.delivered) if invoice.delivered else ""),
        element("cac:DeliveryLocation", element("cac:Address", *_address(to))) if to else None,
        element("cac:DeliveryParty", element("cac:PartyName", element("cbc:Name", to.name))) if to else None,
    )  # fmt: skip


def _means(invoice: EInvoice) -> Xml:
    branch = element("cac:FinancialInstitutionBranch", element("cbc:ID", invoice.bic))
    return element(
        "cac:PaymentMeans",
        element("cbc:PaymentMeansCode", invoice.means), element("cbc:PaymentID", invoice.reference),
        element("cac:PayeeFinancialAccount", element("cbc:ID", invoice.account), branch) if invoice.account else None,
        element("cac:PaymentMandate", element("cbc:ID", invoice.mandate),
                element("cac:PayerFinancialAccount", element("cbc:ID", invoice.debited))),
    )  # fmt: skip


def _part(part: Part, currency: str) -> Xml:
    return element(
        "cac:AllowanceCharge",
        element("cbc:ChargeIndicator", "true" if part.amount > 0 else "false"),
        element("cbc:AllowanceChargeReason", part.reason), _money("cbc:Amount", abs(part.amount), currency),
        _category("cac:TaxCategory", part.category, part.rate),
    )  # fmt: skip


def _category(name: str, category: str, rate: Decimal, *more: Xml) -> Xml:
    percent = None if category == "O" else element("cbc:Percent", f"{rate:f}")
    return element(name, element("cbc:ID", category), percent, *more, _scheme("VAT"))


def _taxes(invoice: EInvoice) -> Xml:
    def subtotal(tax: Tax) -> Xml:
        why = (element("cbc:TaxExemptionReasonCode", tax.code), element("cbc:TaxExemptionReason", tax.reason))
        return element(
            "cac:TaxSubtotal",
            _money("cbc:TaxableAmount", tax.net, invoice.currency), _money("cbc:TaxAmount", tax.tax, invoice.currency),
            _category("cac:TaxCategory", tax.category, tax.rate, *why),
        )  # fmt: skip

    total = _money("cbc:TaxAmount", invoice.tax, invoice.currency)
    return element("cac:TaxTotal", total, *(subtotal(tax) for tax in invoice.taxes))


def _sums(invoice: EInvoice) -> Xml:
    off = -sum((part.amount for part in invoice.parts if part.amount < 0), Decimal(0))
    on = sum((part.amount for part in invoice.parts if part.amount > 0), Decimal(0))
    pairs = [
        ("LineExtensionAmount", invoice.lines_net), ("TaxExclusiveAmount", invoice.net),
        ("TaxInclusiveAmount", invoice.gross), *([("AllowanceTotalAmount", off)] if off else []),
        *([("ChargeTotalAmount", on)] if on else []),
        *([("PrepaidAmount", invoice.prepaid)] if invoice.prepaid else []),
        ("PayableAmount", invoice.payable),
    ]  # fmt: skip
    return element("cac:LegalMonetaryTotal", *(_money(f"cbc:{name}", sum_, invoice.currency) for name, sum_ in pairs))


def _line(line: Row, invoice: EInvoice, root: str) -> Xml:
    rebate = element(
        "cac:AllowanceCharge",
        element("cbc:ChargeIndicator", "true" if line.rebate < 0 else "false"),
        element("cbc:AllowanceChargeReason", "Discount"), _money("cbc:Amount", abs(line.rebate), invoice.currency),
    )  # fmt: skip
    return element(
        f"cac:{root}Line",
        element("cbc:ID", str(line.number)),
        element("cbc:CreditedQuantity" if root == "CreditNote" else "cbc:InvoicedQuantity", f"{line.quantity:f}",
                unitCode=line.unit),
        _money("cbc:LineExtensionAmount", line.net, invoice.currency), rebate if line.rebate else None,
        element("cac:Item", element("cbc:Name", line.description),
                element("cac:SellersItemIdentification", element("cbc:ID", line.article)),
                _category("cac:ClassifiedTaxCategory", line.category, line.rate)),
        element("cac:Price", _money("cbc:PriceAmount", line.price, invoice.currency)),
    )  # fmt: skip
