"""E-invoices as other programs write them: prefixes, encodings and roundabout amounts of all kinds."""

from __future__ import annotations

import pytest

from arledger.importers.einvoice import read

CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CII = "urn:un:unece:uncefact:data:standard:"

PREFIXED = f"""<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="http://127.0.0.1:9/invoice.xsl"?>
<!-- made by hand -->
<ubl:Invoice xmlns:ubl="{UBL}Invoice-2" xmlns:a="{CAC}" xmlns:b="{CBC}">
  <b:CustomizationID>urn:cen.eu:en16931:2017</b:CustomizationID>
  <b:ID><![CDATA[R & D-17]]></b:ID>
  <b:IssueDate>2026-05-04</b:IssueDate><b:DueDate>2026-06-03</b:DueDate>
  <b:InvoiceTypeCode>380</b:InvoiceTypeCode>
  <b:DocumentCurrencyCode listID="ISO4217">EUR</b:DocumentCurrencyCode>
  <a:OrderReference><b:ID> PO 7 </b:ID></a:OrderReference>
  <a:AdditionalDocumentReference><b:ID>other</b:ID><a:Attachment>
    <b:EmbeddedDocumentBinaryObject mimeCode="text/csv" filename="t.csv">MQ==</b:EmbeddedDocumentBinaryObject>
  </a:Attachment></a:AdditionalDocumentReference>
  <a:AccountingCustomerParty><a:Party><a:PartyTaxScheme><b:CompanyID>NL 8123.45.678.B01</b:CompanyID></a:PartyTaxScheme>
    <a:PartyLegalEntity><b:RegistrationName>Dekker B.V.</b:RegistrationName></a:PartyLegalEntity></a:Party></a:AccountingCustomerParty>
  <a:TaxTotal><b:TaxAmount currencyID="SEK">210.00</b:TaxAmount></a:TaxTotal>
  <a:TaxTotal><b:TaxAmount currencyID="EUR">19.0000</b:TaxAmount></a:TaxTotal>
  <a:LegalMonetaryTotal><b:TaxExclusiveAmount currencyID="EUR">100</b:TaxExclusiveAmount>
    <b:PayableAmount currencyID="EUR">119.0000</b:PayableAmount></a:LegalMonetaryTotal>
</ubl:Invoice>
"""
LATIN = f"""<?xml version="1.0" encoding="ISO-8859-1"?>
<Invoice xmlns="{UBL}Invoice-2"><ID xmlns="{CBC}">Ü-1</ID><IssueDate xmlns="{CBC}">2026-05-04</IssueDate>
<DocumentCurrencyCode xmlns="{CBC}">DKK</DocumentCurrencyCode>
<PaymentMeans xmlns="{CAC}"><PaymentDueDate xmlns="{CBC}">2026-05-18</PaymentDueDate></PaymentMeans>
<LegalMonetaryTotal xmlns="{CAC}"><PayableAmount xmlns="{CBC}" currencyID="DKK">1337.5</PayableAmount></LegalMonetaryTotal></Invoice>
"""
CREDIT = f"""<CreditNote xmlns="{UBL}CreditNote-2" xmlns:cac="{CAC}" xmlns:cbc="{CBC}"><cbc:ID>G-1</cbc:ID>
<cbc:IssueDate>2026-06-01+02:00</cbc:IssueDate><cbc:DocumentCurrencyCode>JPY</cbc:DocumentCurrencyCode>
<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="JPY">5000.00</cbc:PayableAmount></cac:LegalMonetaryTotal></CreditNote>
"""
NEGATIVE = CREDIT.replace("CreditNote", "Invoice").replace("5000.00", "-5000")
CREDIT_INVOICE = CREDIT.replace("CreditNote", "Invoice").replace(
    "</cbc:IssueDate>", "</cbc:IssueDate><cbc:InvoiceTypeCode>381</cbc:InvoiceTypeCode>"
)
CROSS = f"""<rsm:CrossIndustryInvoice xmlns:rsm="{CII}CrossIndustryInvoice:100" xmlns:udt="{CII}UnqualifiedDataType:100"
 xmlns:ram="{CII}ReusableAggregateBusinessInformationEntity:100">
<rsm:ExchangedDocument><ram:ID>X-9</ram:ID><ram:TypeCode>380</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102"> 20260504 </udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
<ram:ApplicableHeaderTradeAgreement><ram:BuyerTradeParty><ram:ID>4711</ram:ID><ram:Name>Gulf</ram:Name></ram:BuyerTradeParty></ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>KWD</ram:InvoiceCurrencyCode>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>12.5</ram:LineTotalAmount>
<ram:TaxTotalAmount currencyID="EUR">1.00</ram:TaxTotalAmount><ram:TaxTotalAmount currencyID="KWD">0.625</ram:TaxTotalAmount>
<ram:GrandTotalAmount>13.125</ram:GrandTotalAmount><ram:TotalPrepaidAmount>3</ram:TotalPrepaidAmount>
<ram:DuePayableAmount>10.125</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>
</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>
"""
#: File → number, day, currency, what is to be paid in minor units, day it is due.
READ = [
    (PREFIXED.encode(), "R & D-17", "2026-05-04", "EUR", 11900, "2026-06-03"),
    (b"\xef\xbb\xbf" + PREFIXED.encode(), "R & D-17", "2026-05-04", "EUR", 11900, "2026-06-03"),
    (PREFIXED.replace("UTF-8", "UTF-16").encode("utf-16"), "R & D-17", "2026-05-04", "EUR", 11900, "2026-06-03"),
    (LATIN.encode("latin-1"), "Ü-1", "2026-05-04", "DKK", 133750, "2026-05-18"),
    (CREDIT.encode(), "G-1", "2026-06-01", "JPY", -5000, "None"),
    (NEGATIVE.encode(), "G-1", "2026-06-01", "JPY", -5000, "None"),
    (CREDIT_INVOICE.encode(), "G-1", "2026-06-01", "JPY", -5000, "None"),
    (CROSS.encode(), "X-9", "2026-05-04", "KWD", 10125, "None"),
]


@pytest.mark.parametrize(("data", "number", "day", "currency", "payable", "due"), READ)
def test_number_day_currency_and_what_is_to_be_paid(
    data: bytes, number: str, day: str, currency: str, payable: int, due: str
) -> None:
    found = read(data, "x.xml")
    assert (found.number, str(found.date), found.currency, found.payable, str(found.due)) == (
        number, day, currency, payable, due,
    )  # fmt: skip


def test_tax_is_that_of_the_currency_of_the_invoice_and_the_buyer_is_known() -> None:
    first, cross = read(PREFIXED.encode(), "x.xml"), read(CROSS.encode(), "x.xml")
    assert (first.tax, first.net, first.po, first.buyer, first.buyer_vat) == (
        1900, 10000, "PO 7", "Dekker B.V.", "NL812345678B01",
    )  # fmt: skip
    assert (cross.tax, cross.prepaid, cross.buyer) == (625, 3000, "Gulf")
