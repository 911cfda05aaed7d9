"""E-invoices: UBL Invoice and CreditNote, CII, and the CII in a Factur-X or ZUGFeRD PDF.

Only what a ledger needs is read; what stands there is taken as it is, and nothing is worked out anew.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from arledger.dates import parse_date
from arledger.documents.incoming import Incoming, IncomingLine
from arledger.importers.findings import Findings
from arledger.importers.xml_stream import Node, stream
from arledger.money import DIGITS, minor_of

_CREDITS = ("381", "396", "261", "262", "83")  # UNTDID 1001: credit notes, with those a buyer writes
_XML_NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")


def read(data: bytes, name: str) -> Incoming:
    """The invoice in a file. Raises ImportFileError with everything that is missing."""
    file = Findings(name)
    if data.startswith(b"%PDF"):
        data = _in_pdf(data, file)
    (root,) = [node for node in stream(data, file, depth=1) if node.name] or [Node("", 1, {})]
    if root.name in ("Invoice", "CreditNote"):
        return _made(file, root, _ubl(root))
    if root.name == "CrossIndustryInvoice":
        return _made(file, root, _cii(root))
    raise file.fatal(1, "not-an-einvoice", f"the file's outermost element is {root.name or 'none'}",
                     "give a UBL Invoice or CreditNote, a CrossIndustryInvoice, or a Factur-X PDF")  # fmt: skip


def _in_pdf(data: bytes, file: Findings) -> bytes:
    """The XML in a PDF. Raises ImportFileError when there is none."""
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ModuleNotFoundError:
        raise file.fatal(1, "not-an-einvoice", "PDFs are read by a package that is not installed",
                         "pip install 'arledger[einvoice]'") from None  # fmt: skip
    try:
        attached = PdfReader(io.BytesIO(data)).attachments
        for name in _XML_NAMES:
            for key, texts in attached.items():
                if key.lower() == name and texts:
                    return bytes(texts[0])
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError):
        raise file.fatal(1, "not-an-einvoice", "the PDF cannot be read", "ask for the file again") from None
    raise file.fatal(
        1, "not-an-einvoice", "the PDF has no invoice attached", "ask for an e-invoice, or enter it by hand"
    )


@dataclass
class _Texts:
    """The texts of a file by what they are, before they are understood."""

    number: str
    date: str
    due: str
    currency: str
    payable: str
    net: str
    tax: str
    prepaid: str
    seller: str
    buyer: str
    buyer_vat: str
    po: str
    credit: bool
    lines: Sequence[tuple[str, str, str, str, str, str, str, str]]


def _ubl(root: Node) -> _Texts:
    buyer = root.find("AccountingCustomerParty/Party") or root
    credit = root.name == "CreditNote" or root.get("InvoiceTypeCode") in _CREDITS
    currency = root.get("DocumentCurrencyCode")
    taxes = [node for total in root.all("TaxTotal") for node in total.all("TaxAmount")]
    own = [node.text.strip() for node in taxes if node.attributes.get("currencyID", currency) == currency]
    lines = [
        (line.get("Item/Name", "Item/Description"), line.get("InvoicedQuantity", "CreditedQuantity") or "1",
         _unit(line, "InvoicedQuantity", "CreditedQuantity"), line.get("Price/PriceAmount"),
         line.get("Price/BaseQuantity") or "1", line.get("Item/ClassifiedTaxCategory/Percent"),
         line.get("Item/ClassifiedTaxCategory/ID"), line.get("LineExtensionAmount"))
        for line in (*root.all("InvoiceLine"), *root.all("CreditNoteLine"))
    ]  # fmt: skip
    return _Texts(
        root.get("ID"), root.get("IssueDate"), root.get("DueDate", "PaymentMeans/PaymentDueDate"), currency,
        root.get("LegalMonetaryTotal/PayableAmount"), root.get("LegalMonetaryTotal/TaxExclusiveAmount"),
        own[0] if own else "", root.get("LegalMonetaryTotal/PrepaidAmount"),
        root.get("AccountingSupplierParty/Party/PartyLegalEntity/RegistrationName",
                 "AccountingSupplierParty/Party/PartyName/Name"),
        buyer.get("PartyLegalEntity/RegistrationName", "PartyName/Name"), buyer.get("PartyTaxScheme/CompanyID"),
        root.get("OrderReference/ID"), credit, lines,
    )  # fmt: skip


def _cii(root: Node) -> _Texts:
    trade = root.find("SupplyChainTradeTransaction") or root
    agreed = trade.find("ApplicableHeaderTradeAgreement") or trade
    settled = trade.find("ApplicableHeaderTradeSettlement") or trade
    buyer = agreed.find("BuyerTradeParty") or agreed
    sums = settled.find("SpecifiedTradeSettlementHeaderMonetarySummation") or settled
    currency = settled.get("InvoiceCurrencyCode")
    taxes = [node for node in sums.all("TaxTotalAmount") if node.attributes.get("currencyID", currency) == currency]
    vats = [node.get("ID") for node in buyer.all("SpecifiedTaxRegistration")]
    document = root.find("ExchangedDocument") or root
    lines = [
        (line.get("SpecifiedTradeProduct/Name"), line.get("SpecifiedLineTradeDelivery/BilledQuantity") or "1",
         _unit(line, "SpecifiedLineTradeDelivery/BilledQuantity"),
         line.get("SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount"),
         line.get("SpecifiedLineTradeAgreement/NetPriceProductTradePrice/BasisQuantity") or "1",
         line.get("SpecifiedLineTradeSettlement/ApplicableTradeTax/RateApplicablePercent"),
         line.get("SpecifiedLineTradeSettlement/ApplicableTradeTax/CategoryCode"),
         line.get("SpecifiedLineTradeSettlement/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount"))
        for line in trade.all("IncludedSupplyChainTradeLineItem")
    ]  # fmt: skip
    return _Texts(
        document.get("ID"), _cii_day(document.get("IssueDateTime/DateTimeString")),
        _cii_day(settled.get("SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString")), currency,
        sums.get("DuePayableAmount"), sums.get("TaxBasisTotalAmount"),
        taxes[0].text.strip() if taxes else "", sums.get("TotalPrepaidAmount"),
        agreed.get("SellerTradeParty/Name"), buyer.get("Name"), vats[0] if vats else "",
        agreed.get("BuyerOrderReferencedDocument/IssuerAssignedID"), document.get("TypeCode") in _CREDITS, lines,
    )  # fmt: skip


def _unit(line: Node, *paths: str) -> str:
    return next((node.attributes.get("unitCode", "") for path in paths if (node := line.find(path))), "")


def _cii_day(text: str) -> str:
    """A day of format 102, YYYYMMDD, as others are written."""
    return f"{text[:4]}-{text[4:6]}-{text[6:8]}" if re.fullmatch(r"\d{8}", text) else text


def _made(file: Findings, root: Node, texts: _Texts) -> Incoming:
    """The invoice its texts mean. Raises ImportFileError with all that cannot be understood."""
    currency = texts.currency if texts.currency in DIGITS else ""
    if not texts.number:
        file.add(root.line, "not-an-einvoice", "the invoice has no number", "ask for the file again")
    if not currency:
        file.add(root.line, "not-an-einvoice", f"{texts.currency!r} is no currency", "ask for the file again")
    amounts = {
        name: _amount(file, root, name, getattr(texts, name), currency) for name in ("payable", "net", "tax", "prepaid")
    }
    days = {name: _day(file, root, name, getattr(texts, name)) for name in ("date", "due")}
    payable, day = amounts["payable"], days["date"]
    if payable is None and currency:
        file.add(root.line, "not-an-einvoice", "the invoice has no amount to be paid", "ask for the file again")
    if day is None and not file.problems:
        file.add(root.line, "not-an-einvoice", "the invoice has no date", "ask for the file again")
    file.raise_any()
    assert payable is not None
    assert day is not None
    return Incoming(
        texts.number, day, currency, -payable if texts.credit else payable, days["due"], texts.seller, texts.buyer,
        re.sub(r"[^A-Za-z0-9]", "", texts.buyer_vat).upper(), texts.po, amounts["net"], amounts["tax"],
        amounts["prepaid"] or 0, _lines(texts),
    )  # fmt: skip


def _amount(file: Findings, root: Node, name: str, text: str, currency: str) -> int | None:
    if not text or not currency:
        return None
    try:
        return minor_of(_number(text), currency)
    except (InvalidOperation, ValueError):
        file.add(
            root.line, "not-an-einvoice", f"the {name} amount {text!r} is none in {currency}", "ask for the file again"
        )
        return None


def _number(text: str) -> Decimal:
    """A plain decimal without zeros at its end, which files have more of than a currency has decimals."""
    value = Decimal(text.strip())
    if not value.is_finite():
        raise InvalidOperation
    whole = value.normalize()
    return whole.quantize(Decimal(1)) if whole == whole.to_integral() else whole


def _day(file: Findings, root: Node, name: str, text: str) -> dt.date | None:
    if not text:
        return None
    try:
        return parse_date(text[:10])
    except ValueError:
        file.add(root.line, "not-an-einvoice", f"{name}: {text!r} is no day", "ask for the file again")
        return None


def _lines(texts: _Texts) -> list[IncomingLine]:
    """The lines, or none where one cannot be understood: the ledger then keeps the total alone."""
    try:
        return [
            IncomingLine(what, _number(count), unit, _number(price) / _number(base), _number(rate or "0"), category,
                         _number(net))
            for what, count, unit, price, base, rate, category, net in texts.lines
        ]  # fmt: skip
    except (InvalidOperation, ValueError, ZeroDivisionError):
        return []
