"""An e-invoice as UN/CEFACT Cross Industry Invoice, the XML in Factur-X and ZUGFeRD. Source: EN 16931-3-3."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from arledger.render.xml_text import Xml, element
from arledger.reports.einvoice import PROFILES, EInvoice, Part, Party, Row, Tax

_SPACES = {
    "xmlns:rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "xmlns:ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "xmlns:udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}


def render(invoice: EInvoice) -> str:
    """The document as CrossIndustryInvoice."""
    name, process = PROFILES[invoice.profile]
    body = element(
        "rsm:CrossIndustryInvoice",
        element(
            "rsm:ExchangedDocumentContext",
            element("ram:BusinessProcessSpecifiedDocumentContextParameter", element("ram:ID", process)),
            element("ram:GuidelineSpecifiedDocumentContextParameter", element("ram:ID", name)),
        ),
        element(
            "rsm:ExchangedDocument",
            element("ram:ID", invoice.number), element("ram:TypeCode", invoice.type_code),
            element("ram:IssueDateTime", _day(invoice.date)),
            element("ram:IncludedNote", element("ram:Content", invoice.notes)),
        ),
        element(
            "rsm:SupplyChainTradeTransaction",
            *(_line(line) for line in invoice.lines), _agreement(invoice), _delivery(invoice), _settlement(invoice),
        ),
        **_SPACES,
    )  # fmt: skip
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _day(day: date | None) -> Xml | None:
    return element("udt:DateTimeString", f"{day:%Y%m%d}", format="102") if day else None


def _line(line: Row) -> Xml:
    rebate = element(
        "ram:SpecifiedTradeAllowanceCharge",
        element("ram:ChargeIndicator", element("udt:Indicator", "true" if line.rebate < 0 else "false")),
        element("ram:ActualAmount", f"{abs(line.rebate):f}"), element("ram:Reason", "Discount"),
    )  # fmt: skip
    return element(
        "ram:IncludedSupplyChainTradeLineItem",
        element("ram:AssociatedDocumentLineDocument", element("ram:LineID", str(line.number))),
        element("ram:SpecifiedTradeProduct", element("ram:SellerAssignedID", line.article),
                element("ram:Name", line.description)),
        element("ram:SpecifiedLineTradeAgreement",
                element("ram:NetPriceProductTradePrice", element("ram:ChargeAmount", f"{line.price:f}"))),
        element("ram:SpecifiedLineTradeDelivery",
                element("ram:BilledQuantity", f"{line.quantity:f}", unitCode=line.unit)),
        element(
            "ram:SpecifiedLineTradeSettlement",
            element("ram:ApplicableTradeTax", element("ram:TypeCode", "VAT"),
                    element("ram:CategoryCode", line.category), _rate(line.category, line.rate)),
            rebate if line.rebate else None,
            element("ram:SpecifiedTradeSettlementLineMonetarySummation",
                    element("ram:LineTotalAmount", f"{line.net:f}")),
        ),
    )  # fmt: skip


def _rate(category: str, rate: Decimal) -> Xml | None:
    return None if category == "O" else element("ram:RateApplicablePercent", f"{rate:f}")


def _agreement(invoice: EInvoice) -> Xml:
    return element(
        "ram:ApplicableHeaderTradeAgreement",
        element("ram:BuyerReference", invoice.buyer_reference),
        element("ram:SellerTradeParty", *_party(invoice.seller)),
        element("ram:BuyerTradeParty", *_party(invoice.buyer)),
        element("ram:BuyerOrderReferencedDocument", element("ram:IssuerAssignedID", invoice.po)),
    )  # fmt: skip


def _party(party: Party) -> list[Xml]:
    scheme, identifier = party.endpoint
    return [
        element("ram:Name", party.name),
        element("ram:SpecifiedLegalOrganization", element("ram:ID", party.registration)),
        element(
            "ram:DefinedTradeContact",
            element("ram:PersonName", party.contact),
            element("ram:TelephoneUniversalCommunication", element("ram:CompleteNumber", party.phone)),
            element("ram:EmailURIUniversalCommunication", element("ram:URIID", party.email)),
        ),
        element("ram:PostalTradeAddress", *_address(party)),
        element("ram:URIUniversalCommunication", element("ram:URIID", identifier, schemeID=scheme)),
        element("ram:SpecifiedTaxRegistration", element("ram:ID", party.vat, schemeID="VA")),
        element("ram:SpecifiedTaxRegistration", element("ram:ID", party.tax_number, schemeID="FC")),
    ]  # fmt: skip


def _address(party: Party) -> list[Xml]:
    street = [*party.street, "", ""]
    return [
        element("ram:PostcodeCode", party.postcode), element("ram:LineOne", street[0]),
        element("ram:LineTwo", street[1]), element("ram:LineThree", ", ".join(filter(None, street[2:]))),
        element("ram:CityName", party.town), element("ram:CountryID", party.country),
    ]  # fmt: skip


def _delivery(invoice: EInvoice) -> Xml:
    """What went where, and when. The element is needed even where nothing is said."""
    to = invoice.delivered_to
    inside = element(
        "ram:ApplicableHeaderTradeDelivery",
        element("ram:ShipToTradeParty", element("ram:Name", to.name), element("ram:PostalTradeAddress", *_address(to)))
        if to else None,
        element("ram:ActualDeliverySupplyChainEvent", element("ram:OccurrenceDateTime", _day(invoice.delivered))),
    )  # fmt: skip
    return inside or Xml("<ram:ApplicableHeaderTradeDelivery/>")


def _settlement(invoice: EInvoice) -> Xml:
    return element(
        "ram:ApplicableHeaderTradeSettlement",
        element("ram:CreditorReferenceID", invoice.creditor),
        element("ram:PaymentReference", invoice.reference), element("ram:InvoiceCurrencyCode", invoice.currency),
        _means(invoice), *(_tax(tax) for tax in invoice.taxes), *(_part(part) for part in invoice.parts),
        element("ram:SpecifiedTradePaymentTerms", element("ram:Description", invoice.terms),
                element("ram:DueDateDateTime", _day(invoice.due)),
                element("ram:DirectDebitMandateID", invoice.mandate)),
        _sums(invoice),
        element("ram:InvoiceReferencedDocument", element("ram:IssuerAssignedID", invoice.against)),
    )  # fmt: skip


def _means(invoice: EInvoice) -> Xml:
    account = element("ram:IBANID", invoice.iban) or element("ram:ProprietaryID", invoice.account)
    return element(
        "ram:SpecifiedTradeSettlementPaymentMeans",
        element("ram:TypeCode", invoice.means),
        element("ram:PayerPartyDebtorFinancialAccount", element("ram:IBANID", invoice.debited)),
        element("ram:PayeePartyCreditorFinancialAccount", account),
        element("ram:PayeeSpecifiedCreditorFinancialInstitution", element("ram:BICID", invoice.bic)),
    )  # fmt: skip


def _tax(tax: Tax) -> Xml:
    return element(
        "ram:ApplicableTradeTax",
        element("ram:CalculatedAmount", f"{tax.tax:f}"), element("ram:TypeCode", "VAT"),
        element("ram:ExemptionReason", tax.reason), element("ram:BasisAmount", f"{tax.net:f}"),
        element("ram:CategoryCode", tax.category), element("ram:ExemptionReasonCode", tax.code),
        _rate(tax.category, tax.rate),
    )  # fmt: skip


def _part(part: Part) -> Xml:
    return element(
        "ram:SpecifiedTradeAllowanceCharge",
        element("ram:ChargeIndicator", element("udt:Indicator", "true" if part.amount > 0 else "false")),
        element("ram:ActualAmount", f"{abs(part.amount):f}"), element("ram:Reason", part.reason),
        element("ram:CategoryTradeTax", element("ram:TypeCode", "VAT"), element("ram:CategoryCode", part.category),
                _rate(part.category, part.rate)),
    )  # fmt: skip


def _sums(invoice: EInvoice) -> Xml:
    off = -sum((part.amount for part in invoice.parts if part.amount < 0), Decimal(0))
    on = sum((part.amount for part in invoice.parts if part.amount > 0), Decimal(0))
    return element(
        "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
        element("ram:LineTotalAmount", f"{invoice.lines_net:f}"),
        element("ram:ChargeTotalAmount", f"{on:f}") if on else None,
        element("ram:AllowanceTotalAmount", f"{off:f}") if off else None,
        element("ram:TaxBasisTotalAmount", f"{invoice.net:f}"),
        element("ram:TaxTotalAmount", f"{invoice.tax:f}", currencyID=invoice.currency),
        element("ram:GrandTotalAmount", f"{invoice.gross:f}"),
        element("ram:TotalPrepaidAmount", f"{invoice.prepaid:f}") if invoice.prepaid else None,
        element("ram:DuePayableAmount", f"{invoice.payable:f}"),
    )  # fmt: skip
