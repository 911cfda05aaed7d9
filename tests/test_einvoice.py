"""E-invoices: what we write passes the official rules and reads back; what is planted is caught by its own rule."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader

from arledger.compute.taxes import itemised
from arledger.documents.invoices import CreditNote, Invoice
from arledger.errors import ImportFileError
from arledger.importers.einvoice import read
from arledger.render import child, cii, ubl
from arledger.render.einvoice_check import Checker
from arledger.render.einvoice_profiles import unmet
from arledger.reports.einvoice import EInvoice, Party, einvoice
from arledger.store.files import find
from console import ar

LEDGER = """company:
  name: Żółw & Söhne GmbH
  address: [Große Elbstraße 211, 22767 Hamburg]
  country: DE
  tax_id: DE811907980
  email: ar@zolw.example
  phone: "+49 40 5550 123"
  contact: Łucja Żółw
currency: EUR
numbering: {gapless: false}
bank_accounts:
  main: {iban: DE02120300000000202051, bic: BYLADEM1001, creditor_id: DE98ZZZ09999999999, currency: EUR}
  second: {iban: DE89370400440532013000, currency: EUR}
"""
CUSTOMERS = {
    "AMT": "name: Bezirksamt Mitte\naddress: [Karl-Marx-Allee 31, 10178 Berlin]\ncountry: DE\neinvoice: xrechnung\n"
    "buyer_reference: 11-160000-08\ncontacts: [{email: rechnung@mitte.example}]\npayer: {accounts: ['117', DE75 5121 0800 1245 1261 99]}\n",
    "GREEK": "name: Ναυτιλιακά Εφόδια ΑΕ\naddress: [Λεωφόρος Συγγρού 123, 117 45 Αθήνα]\ncountry: GR\ntax_id: EL123456789\n",
    "DUTCH": "name: Dekker B.V.\naddress: [Sluisjesdijk 14, 3087 AJ Rotterdam]\ncountry: NL\ntax_id: NL812345678B01\n"
    'endpoint: "0106:12345678"\n',
    "BARE": "name: Nobody Ltd\n",
}
LINES = (
    "lines:\n  - {description: Fräser Ø 8 <HSS>, quantity: 10, unit_price: 12.345, tax: 19%, unit: H87, article: F-8}\n"
)
INVOICES = {
    "SIMPLE": "customer: AMT\ndate: 2026-05-04\nterms: net 30\ncurrency: EUR\n"
    + LINES
    + "net: 123.45\ntax: 23.46\ntotal: 146.91\n",
    "MIXED": "customer: AMT\ndate: 2026-05-04\nterms: 3/10 2/20 net 45\npo: PO-7781\ncurrency: EUR\n"
    + LINES
    + "  - {description: Book, quantity: 3, unit_price: 9.99, tax: 7%, discount: 10%}\n"
    "  - {description: Stamps, quantity: 100, unit_price: 0.85, tax: 0%}\nnet: 235.42\ntax: 25.35\ntotal: 260.77\n",
    "EXEMPT": "customer: AMT\ndate: 2026-05-04\nterms: net 30\ncurrency: EUR\ntax_category: E\n"
    "tax_reason: Steuerfrei nach § 4 Nr. 21 UStG\nlines:\n  - {description: Course, unit_price: 400.00}\nnet: 400.00\ntotal: 400.00\n",
    "REVERSE": "customer: GREEK\ndate: 2026-05-04\nterms: net 30\ncurrency: EUR\ntax_category: AE\ntax_reason: Reverse charge\n"
    "lines:\n  - {description: Consulting, quantity: 7.5, unit_price: 120.00, unit: HUR}\nnet: 900.00\ntotal: 900.00\n",
    "WITHIN-EU": "customer: DUTCH\ndate: 2026-05-04\nterms: net 30\ncurrency: EUR\ntax_category: K\n"
    "tax_reason: Steuerfreie innergemeinschaftliche Lieferung\ndelivery: {date: 2026-05-02, country: NL}\n"
    "lines:\n  - {description: Mill, unit_price: 5000.00}\nnet: 5000.00\ntotal: 5000.00\n",
    "REBATE": "customer: AMT\ndate: 2026-05-04\nterms: net 30\ncurrency: EUR\n"
    + LINES
    + "rebates:\n  - {reason: Treuerabatt, amount: 23.45, tax: 19%}\nsurcharges:\n  - {reason: Fracht, amount: 10.00, tax: 19%}\n"
    "net: 110.00\ntax: 20.90\ntotal: 130.90\n",
    "PREPAID": "customer: AMT\ndate: 2026-05-04\nterms: net 30\ncurrency: EUR\n"
    + LINES
    + "net: 123.45\ntax: 23.46\nprepaid: 100.00\ntotal: 46.91\n",
    "DEBIT": "customer: AMT\ndate: 2026-05-04\nterms: net 30\ncurrency: EUR\npay: {by: direct-debit, mandate: M-17, account: main}\n"
    + LINES
    + "net: 123.45\ntax: 23.46\ntotal: 146.91\n",
    "SECOND": "customer: AMT\ndate: 2026-05-04\nterms: net 30\ncurrency: EUR\npay: {account: second}\n"
    + LINES
    + "net: 123.45\ntax: 23.46\ntotal: 146.91\n",
    "PARTS": "customer: DUTCH\ndate: 2026-05-04\ncurrency: EUR\ninstalments:\n  - {due: 2026-06-04, amount: 100.00}\n"
    "  - {due: 2026-07-04, amount: 19.00}\nlines:\n  - {description: Mill, unit_price: 100.00, tax: 19%}\nnet: 100.00\ntax: 19.00\ntotal: 119.00\n",
    "NEGATIVE-LINE": "customer: DUTCH\ndate: 2026-05-04\nterms: net 30\ncurrency: EUR\nlines:\n"
    "  - {description: Mill, unit_price: 100.00, tax: 19%}\n  - {description: Returned, quantity: 2, unit_price: -5.00, tax: 19%}\n"
    "net: 90.00\ntax: 17.10\ntotal: 107.10\n",
}
NOTES = {
    "NOTE": "customer: AMT\ndate: 2026-06-01\ncurrency: EUR\nagainst: SIMPLE\nreason: Bruch\n" + LINES.replace("10,", "1,")
    + "net: 12.35\ntax: 2.35\ntotal: 14.70\n",
    "VOID": "customer: GREEK\ndate: 2026-06-01\ncurrency: EUR\nagainst: REVERSE\ntax_category: AE\ntax_reason: Reverse charge\n"
    "lines:\n  - {description: Consulting, quantity: 7.5, unit_price: 120.00, unit: HUR}\nnet: 900.00\ntotal: 900.00\n",
}  # fmt: skip
ALL = [*INVOICES, *NOTES]
SYNTAXES = {"ubl": ubl, "cii": cii}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("einvoice")
    files = {
        "ledger.yaml": LEDGER,
        **{f"customers/{name}.yaml": text for name, text in CUSTOMERS.items()},
        **{f"invoices/{name}.yaml": text for name, text in INVOICES.items()},
        **{f"credit-notes/{name}.yaml": text for name, text in NOTES.items()},
    }
    for path, text in files.items():
        (home / "ledgers" / path).parent.mkdir(parents=True, exist_ok=True)
        (home / "ledgers" / path).write_text(text, "utf-8")
    done = ar(["check"], home)
    assert done.status == 0, done.out + done.err
    return home


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    with Checker() as running:
        yield running


def made(home: Path, name: str, profile: str = "en16931") -> EInvoice:
    books = find(str(home), str(home))
    ledger = books.read()
    document = books.document(ledger, name)
    assert isinstance(document, Invoice | CreditNote)
    found = einvoice(ledger, name, document, profile)
    ledger.connection.close()
    return found


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("name", ALL)
def test_what_we_write_keeps_every_rule_and_reads_back(home: Path, checker: Checker, name: str, syntax: str) -> None:
    import facturx

    invoice = made(home, name, "xrechnung" if name in ("SIMPLE", "MIXED", "NOTE", "DEBIT") else "en16931")
    xml = SYNTAXES[syntax].render(invoice)
    assert [v for v in checker.check(syntax, xml, invoice) if v.fatal] == []
    flavor = "factur-x" if syntax == "cii" else f"ubl-2.1-{'creditnote' if name in NOTES else 'invoice'}"
    logging.disable(logging.CRITICAL)
    try:  # the official schemas, through another program
        assert facturx.xml_check_xsd(xml.encode(), flavor=flavor, level="en16931" if syntax == "cii" else "autodetect")
    finally:
        logging.disable(logging.NOTSET)
    told = json.loads(
        ar([*(["payment"] if name in NOTES else ["invoice"]), "show", name, "--format", "json"], home).out
    )
    back = read(xml.encode(), f"{name}.xml")
    assert (back.number, str(back.date), back.currency) == (name, told["date"], told["currency"])
    assert back.payable == int(Decimal(told["total"]) * 100) * (-1 if name in NOTES else 1)
    assert str(back.due or told.get("due")) == str(told.get("due"))


@pytest.mark.slow
def test_every_invoice_of_the_example_keeps_every_rule(checker: Checker) -> None:
    example = str(Path(__file__).parents[1])
    books = find(example, example)
    ledger = books.read()
    facts = ledger.rows("SELECT fact FROM facts WHERE kind IN ('invoices', 'credit-notes')")
    assert len(facts) > 100
    for (fact,) in facts:
        document = books.document(ledger, fact)
        if isinstance(document, CreditNote) and document.against:
            document = itemised(document, books.document(ledger, document.against))
        invoice = einvoice(ledger, fact, document, "en16931")
        for syntax, module in SYNTAXES.items():
            assert [v for v in checker.check(syntax, module.render(invoice), invoice) if v.fatal] == []
    ledger.connection.close()


#: What is planted in the XML → the rule that catches it.
PLANTED = [
    ("ubl", "SIMPLE", ">146.91<", ">146.90<", "BR-CO-15"),
    ("ubl", "SIMPLE", ">123.45</cbc:LineExtensionAmount><cbc:Tax", ">123.44</cbc:LineExtensionAmount><cbc:Tax", "BR-CO-10"),
    ("ubl", "SIMPLE", "<cbc:Percent>19</cbc:Percent>", "", "BR-S-05"),
    ("ubl", "REVERSE", "<cbc:TaxExemptionReasonCode>VATEX-EU-AE</cbc:TaxExemptionReasonCode><cbc:TaxExemptionReason>Reverse charge</cbc:TaxExemptionReason>", "", "BR-AE-10"),
    ("ubl", "SIMPLE", "<cbc:IssueDate>2026-05-04</cbc:IssueDate>", "", "BR-03"),
    ("ubl", "SIMPLE", ' unitCode="H87"', "", "BR-23"),
    ("ubl", "SIMPLE", 'unitCode="H87"', 'unitCode="DOZENS"', "BR-CL-23"),
    ("cii", "SIMPLE", ">146.91<", ">146.90<", "BR-CO-15"),
    ("cii", "EXEMPT", "<ram:ExemptionReason>Steuerfrei nach § 4 Nr. 21 UStG</ram:ExemptionReason>", "", "BR-E-10"),
    ("cii", "PREPAID", "<ram:TotalPrepaidAmount>100.00</ram:TotalPrepaidAmount>", "", "BR-CO-16"),
    ("cii", "SIMPLE", "<ram:ID>SIMPLE</ram:ID>", "", "BR-02"),
]  # fmt: skip


@pytest.mark.parametrize(("syntax", "name", "old", "new", "rule"), PLANTED, ids=lambda value: str(value)[:12])
def test_what_is_planted_is_caught(
    home: Path, checker: Checker, syntax: str, name: str, old: str, new: str, rule: str
) -> None:
    invoice = made(home, name)
    xml = SYNTAXES[syntax].render(invoice)
    assert old in xml
    found = {violation.rule for violation in checker.check(syntax, xml.replace(old, new), invoice) if violation.fatal}
    assert rule in found


def test_what_is_wrong_in_the_ledger_is_told_with_the_field_to_mend(home: Path) -> None:
    ledger = home / "ledgers" / "ledger.yaml"
    text = ledger.read_text("utf-8")
    try:
        ledger.write_text(text.replace("  country: DE\n", "").replace("  tax_id: DE811907980\n", ""), "utf-8")
        done = ar(["invoice", "show", "SIMPLE", "--format", "ubl"], home)
        assert done.status == 3
        assert "ledgers/invoices/SIMPLE.yaml: einvoice-invalid: BR-09: " in done.err
        assert "hint: mend company: country" in done.err
        assert "BR-S-02" in done.err
        assert "company: tax_id" in done.err
    finally:
        ledger.write_text(text, "utf-8")


def test_profiles_ask_for_more(home: Path) -> None:
    def rules(name: str, profile: str, **changes: object) -> set[str]:
        found = unmet(replace(made(home, name, profile), **changes))  # type: ignore[arg-type]
        return {one.rule for one in found if one.fatal}

    names = ("SIMPLE", "MIXED", "NOTE", "REBATE", "PREPAID")
    assert [rules(name, "xrechnung") for name in names] == [set()] * 5
    assert [rules(name, "peppol") for name in names] == [{"PEPPOL-EN16931-CL008"}] * 5  # by e-mail
    seller, buyer = made(home, "SIMPLE").seller, made(home, "SIMPLE").buyer
    there = {
        "seller": replace(seller, endpoint=("9930", "DE811907980")),
        "buyer": replace(buyer, endpoint=("0204", "11")),
    }
    assert [rules(name, "peppol", **there) for name in names] == [set()] * 5
    assert rules("REVERSE", "en16931") == set()
    assert rules("REVERSE", "xrechnung") == {"BR-DE-15", "PEPPOL-EN16931-R010"}
    assert rules("REVERSE", "peppol", seller=there["seller"]) == {"PEPPOL-EN16931-R003", "PEPPOL-EN16931-R010"}
    bare = made(home, "SIMPLE").seller
    nobody = replace(bare, contact="", phone="", town="", postcode="")
    assert rules("SIMPLE", "xrechnung", seller=nobody) == {f"BR-DE-{n}" for n in (3, 4, 5, 6)}
    nobody = replace(nobody, endpoint=("9930", "DE811907980"))
    assert rules("SIMPLE", "peppol", seller=nobody, buyer=there["buyer"]) == {f"DE-R-00{n}" for n in (3, 4, 5, 6)}
    assert rules("SIMPLE", "xrechnung", delivered_to=Party("Werk 2", country="NL")) == {"BR-DE-10", "BR-DE-11"}
    assert rules("SIMPLE", "xrechnung", means="") == {"BR-DE-1"}
    assert rules("DEBIT", "xrechnung") == set()
    assert rules("DEBIT", "xrechnung", creditor="", debited="") == {"BR-DE-30", "BR-DE-31"}


@pytest.mark.parametrize(
    ("endpoint", "rule"),
    [
        ("0088:4012345000009", ""), ("0088:4012345000008", "PEPPOL-COMMON-R040"), ("0192:923609016", ""),
        ("0192:923609017", "PEPPOL-COMMON-R041"), ("0184:DK13585628", ""), ("0184:13585628", "PEPPOL-COMMON-R042"),
        ("0208:0428759497", ""), ("0208:0428759496", "PEPPOL-COMMON-R043"), ("0007:5560360793", ""),
        ("0007:5560360794", "PEPPOL-COMMON-R049"), ("0151:51824753556", ""), ("0151:51824753557", "PEPPOL-COMMON-R050"),
        ("9930:DE811907980", ""), ("0106:12345678", ""),
    ],
)  # fmt: skip
def test_an_electronic_address_is_of_its_scheme(home: Path, endpoint: str, rule: str) -> None:
    invoice = made(home, "SIMPLE", "peppol")
    address = tuple(endpoint.split(":"))
    both = {"seller": replace(invoice.seller, endpoint=("9930", "DE811907980")),
            "buyer": replace(invoice.buyer, endpoint=address)}  # fmt: skip
    found = unmet(replace(invoice, **both))
    assert [one.rule for one in found if one.fatal] == ([rule] if rule else [])


SCHEMATRON = """<?xml version="1.0" encoding="UTF-8"?>
<schema xmlns="http://purl.oclc.org/dsdl/schematron" xmlns:u="utils" queryBinding="xslt2">
  <title>Made by hand, in the manner of those that are published</title>
  <ns prefix="cbc" uri="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"/>
  <ns prefix="cac" uri="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"/>
  <ns prefix="ubl" uri="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>
  <ns prefix="xs" uri="http://www.w3.org/2001/XMLSchema"/>
  <ns prefix="u" uri="utils"/>
  <let name="currency" value="/*/cbc:DocumentCurrencyCode"/>
  <function xmlns="http://www.w3.org/1999/XSL/Transform" name="u:twice" as="xs:decimal">
    <param name="of" as="xs:decimal"/><value-of select="2 * $of"/></function>
  <phase id="all"><active pattern="first"/></phase>
  <pattern id="first">
    <let name="dear" value="100"/>
    <rule context="cac:InvoiceLine[xs:decimal(cbc:LineExtensionAmount) &gt; $dear]">
      <let name="net" value="xs:decimal(cbc:LineExtensionAmount)"/>
      <assert id="OWN-1" flag="fatal" test="u:twice($net) &lt; 200">[OWN-1]-Line <value-of select="cbc:ID"/> is dear: <value-of select="$net"/> <value-of select="$currency"/></assert>
      <report id="OWN-2" flag="warning" test="true()"><name/> was looked at</report>
    </rule>
    <rule context="cac:InvoiceLine"><assert id="OWN-3" flag="fatal" test="false()">never reached by a dear line</assert></rule>
    <rule context="cbc:InvoicedQuantity/@unitCode"><assert id="OWN-4" flag="fatal" test=". = 'HUR'">only hours, not <value-of select="."/></assert></rule>
  </pattern>
  <pattern><rule context="/ubl:Invoice"><assert id="OWN-5" flag="warning" test="cac:OrderReference/cbc:ID">An order (BT-13) is needed</assert></rule></pattern>
</schema>
"""


def test_schematron_runs_as_it_is_published(home: Path) -> None:
    invoice = made(home, "SIMPLE")
    with Checker({"own.sch": SCHEMATRON.encode("utf-8-sig")}) as running:
        found = running.check("ubl", ubl.render(invoice), invoice)
        assert sorted(found) == [
            ("OWN-1", "Line 1 is dear: 123.45 EUR", "", True),
            ("OWN-2", "cac:InvoiceLine was looked at", "", False),
            ("OWN-4", "only hours, not H87", "", True),
            ("OWN-5", "An order (BT-13) is needed", "po", False),
        ]
        assert {violation.rule for violation in running.check("ubl", ubl.render(made(home, "PARTS")), invoice)} == {
            "OWN-3", "OWN-4", "OWN-5",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<title>", '<include href="common.sch"/><title>', "it has <include>"),
        ('<rule context="cac:InvoiceLine">', '<rule abstract="true" id="x">', "a pattern has <rule>"),
        ('<report id="OWN-2"', '<extends rule="x"/><report id="OWN-2"', "a rule has <extends>"),
        ('$currency"/></assert>', '$curency"/></assert>', "curency"),
        ("http://purl.oclc.org/dsdl/schematron", "http://www.ascc.net/xml/schematron", "it is no Schematron"),
    ],
)
def test_schematron_that_is_not_understood_is_refused(home: Path, old: str, new: str, said: str) -> None:
    invoice = made(home, "SIMPLE")
    assert old in SCHEMATRON
    with Checker({"own.sch": SCHEMATRON.replace(old, new).encode()}) as running, pytest.raises(ImportFileError) as no:
        running.check("ubl", ubl.render(invoice), invoice)
    assert said in str(no.value)


def test_rules_of_ones_own_are_checked_too(home: Path) -> None:
    rules = home / "templates" / "rules" / "ubl"
    rules.mkdir(parents=True)
    (rules / "own.xslt").write_text(
        '<xsl:stylesheet version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" '
        'xmlns:svrl="http://purl.oclc.org/dsdl/svrl"><xsl:template match="/"><svrl:schematron-output>'
        '<svrl:failed-assert id="OWN-1" flag="fatal"><svrl:text>[OWN-1]-A project number (BT-13) is needed</svrl:text>'
        "</svrl:failed-assert></svrl:schematron-output></xsl:template></xsl:stylesheet>"
    )
    try:
        done = ar(["invoice", "show", "SIMPLE", "--format", "ubl"], home)
        assert "OWN-1: A project number (BT-13) is needed\nhint: mend po\n" in done.err
    finally:
        (rules / "own.xslt").unlink()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<xsl:value-of select=\"unparsed-text('/etc/hostname')\"/>", "/etc/hostname has been prohibited"),
        ("<xsl:value-of select=\"doc('http://127.0.0.1:9/x.xml')\"/>", "prohibited"),
        ('<xsl:result-document href="file:///tmp/x.xml"><a/></xsl:result-document>', "disabled"),
        ('<xsl:value-of select="string-length(string-join(for $a in 1 to 99999999 return string($a)))"/>', "memory"),
        ("no rules", "no Schematron"),
        ("<xsl:nonsense/>", "nonsense"),
    ],
)  # fmt: skip
def test_hostile_rules_are_stopped(home: Path, body: str, said: str) -> None:
    source = (
        '<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
        f'<xsl:output method="text"/><xsl:template match="/">{body}</xsl:template></xsl:stylesheet>'
    )
    job = child.Job("arledger.render.rules_job", 60.0, 300 if said == "memory" else 1_000)
    invoice = made(home, "SIMPLE")
    with Checker({"own.xslt": source.encode()}, job) as running, pytest.raises(ImportFileError) as refused:
        running.check("ubl", ubl.render(invoice), invoice)
    assert str(refused.value).startswith("templates/rules/ubl/own.xslt: bad-template: ")
    assert said in str(refused.value)


def test_rules_without_an_end_are_stopped() -> None:
    source = (
        '<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/">'
        '<xsl:value-of select="sum(for $a in 1 to 9999999, $b in 1 to 9999999 return $a * $b)"/></xsl:template></xsl:stylesheet>'
    )
    job = child.Job("arledger.render.rules_job", 2.0, 1_000)
    with child.Child(job, {}, {"own.xslt": source.encode()}) as running, pytest.raises(child.RefusedError) as refused:
        running.ask({"rules": "own.xslt", "xml": "<a/>"})
    assert "longer than 2 seconds" in str(refused.value)


def test_factur_x_is_a_pdf_with_the_invoice_in_it(home: Path, tmp_path: Path) -> None:
    import facturx

    for name in ("a", "b"):
        out = str(tmp_path / f"{name}.pdf")
        done = ar(["invoice", "show", "MIXED", "--format", "facturx", "--profile", "en16931", "--output", out], home)
        assert done.status == 0, done.err
    data = (tmp_path / "a.pdf").read_bytes()
    assert data == (tmp_path / "b.pdf").read_bytes()
    assert read(data, "a.pdf").payable == 26077
    logging.disable(logging.CRITICAL)
    name, xml = facturx.get_facturx_xml_from_pdf(data)
    logging.disable(logging.NOTSET)
    assert name == "factur-x.xml"
    assert xml == cii.render(made(home, "MIXED")).encode()
    for needed in (b"<pdfaid:part>3</pdfaid:part>", b"<fx:ConformanceLevel>EN 16931<", b"/AFRelationship/Alternative"):
        assert needed in data.replace(b"/AFRelationship /", b"/AFRelationship/")


def test_e_invoices_of_another_system_are_imported_once(home: Path, tmp_path: Path) -> None:
    files = []
    for name in ("MIXED", "REBATE", "PREPAID", "NOTE", "REVERSE"):
        files.append(str(tmp_path / f"{name}.xml"))
        module = ubl if name != "REBATE" else cii
        Path(files[-1]).write_text(module.render(made(home, name)), "utf-8")
    books = tmp_path / "books" / "ledgers"
    (books / "customers").mkdir(parents=True)
    (books / "ledger.yaml").write_text(LEDGER, "utf-8")
    (books / "customers" / "C-1.yaml").write_text("name: BEZIRKSAMT MITTE\n", "utf-8")  # known by name
    refused = ar(["import", "einvoice", *files, "--yes"], books)
    assert refused.status == 4
    assert (
        "REVERSE.xml: unknown-buyer: the buyer is no customer of ours: Ναυτιλιακά Εφόδια ΑΕ EL123456789" in refused.err
    )
    (books / "customers" / "C-2.yaml").write_text("name: Greek\ntax_id: EL 123456789\n", "utf-8")  # by tax id
    done = ar(["import", "einvoice", *files, "--yes"], books)
    assert done.status == 0, done.err
    assert ar(["check"], books).status == 0
    rows = json.loads(ar(["open", "--format", "json"], books).out)["rows"]
    assert {row["item"]: (row["customer"], row["open"]) for row in rows} == {
        "MIXED": ("C-1", "260.77"), "REBATE": ("C-1", "130.90"), "PREPAID": ("C-1", "46.91"), "NOTE": ("C-1", "-14.70"),
        "REVERSE": ("C-2", "900.00"),
    }  # fmt: skip
    assert "tax_category: AE" in next(books.glob("invoices/*/REVERSE.yaml")).read_text("utf-8")
    again = ar(["import", "einvoice", *files, "--yes"], books)
    assert again.status == 0
    assert "Nothing to add." in again.out


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"%PDF-1.7\ngarbage", b"<a/>", b"<Invoice/>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><Invoice>&a;</Invoice>",
     b"<Invoice><ID>1</ID><IssueDate>soon</IssueDate><DocumentCurrencyCode>EUR</DocumentCurrencyCode></Invoice>",
     b"<Invoice>" * 100 + b"</Invoice>" * 100],
)  # fmt: skip
def test_what_is_no_e_invoice_is_told(data: bytes) -> None:
    with pytest.raises(ImportFileError):
        read(data, "x.xml")


def test_a_credit_note_over_an_amount_has_the_tax_of_its_invoice(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home / "ledgers", tmp_path / "ledgers")
    for against in ("MIXED", "REBATE", "EXEMPT"):
        new = ["credit-note", "new", "--customer", "AMT", "--amount", "50.00"]
        done = ar([*new, "--against", against, "--reason", "Bruch", "--yes"], tmp_path)
        assert done.status == 0, done.err
    # 50.00 of 260.77 (123.45 + 23.46, 26.97 + 1.89, 85.00), of 130.90 (110.00 + 20.90), and of what bears no tax
    expected = [
        ("cii", 4514, 486, [("19", "S", "23.67"), ("7", "S", "5.17"), ("0", "Z", "16.3")]),
        ("ubl", 4202, 798, [("19", "S", "42.02")]), ("ubl", 5000, 0, [("0", "E", "50")]),
    ]  # fmt: skip
    for number, (syntax, net, tax, lines) in enumerate(expected, 1):
        done = ar(["payment", "show", f"CN-2026-0000{number}", "--format", syntax, "--profile", "en16931"], tmp_path)
        assert done.status == 0, done.err
        back = read(done.out.encode(), "x.xml")
        assert (back.payable, back.net, back.tax) == (-5000, net, tax)
        assert [(str(line.rate), line.category, str(line.net)) for line in back.lines] == lines
    done = ar(["payment", "show", "CN-2026-00002", "--format", "pdf", "--output", "cn.pdf"], tmp_path)
    assert done.status == 0, done.err
    words = " ".join(PdfReader(tmp_path / "cn.pdf").pages[0].extract_text().split())
    assert "19 % tax on 42.02 7.98" in words


@pytest.mark.parametrize("syntax", ["cii", "ubl"])
def test_a_part_taken_back_by_its_lines_is_a_valid_e_invoice(
    home: Path, tmp_path: Path, checker: Checker, syntax: str
) -> None:
    shutil.copytree(home / "ledgers", tmp_path / "ledgers")
    lines = ["--line", "Fräser Ø 8;2 H87;12.345;19%", "--line", "Book;1;9.99;7%;10%", "--rebate", "Abrieb;4.69;19%"]
    done = ar(["credit-note", "new", "-c", "AMT", *lines, "--against", "MIXED", "--reason", "Bruch", "--yes"], tmp_path)
    assert done.status == 0, done.err
    note = made(tmp_path, "CN-2026-00001", "xrechnung")
    xml = SYNTAXES[syntax].render(note)
    assert [violation for violation in checker.check(syntax, xml, note) if violation.fatal] == []
    assert [one for one in unmet(note) if one.fatal] == []
    back = read(xml.encode(), "x.xml")
    # 24.69 less 4.69 at 19%, and 9.99 less a tenth at 7%: 20.00 + 3.80 + 8.99 + 0.63
    assert (back.payable, back.net, back.tax) == (-3342, 2899, 443)
    assert [(str(line.rate), str(line.net)) for line in back.lines] == [("19", "24.69"), ("7", "8.99")]
    assert "MIXED" in xml


@pytest.mark.parametrize("name", ["REBATE", "PREPAID"])
def test_what_is_billed_with_rebates_or_prepaid_is_voided_whole(home: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(home / "ledgers", tmp_path / "ledgers")
    done = ar(["invoice", "void", name, "--date", "2026-06-30", "--yes"], tmp_path)
    assert done.status == 0, done.err
    assert ar(["check"], tmp_path).status == 0
    rows = json.loads(ar(["open", "--format", "json"], tmp_path).out)["rows"]
    assert name not in {row["item"] for row in rows}


def test_a_direct_debit_is_announced_and_asks_for_no_payment(home: Path, tmp_path: Path) -> None:
    text = {}
    for name in ("DEBIT", "SECOND"):
        out = tmp_path / f"{name}.pdf"
        done = ar(["invoice", "show", name, "--format", "pdf", "--output", str(out)], home)
        assert done.status == 0, done.err
        text[name] = " ".join(PdfReader(out).pages[0].extract_text().split())
    assert "We collect 146.91 EUR from your account on 3 Jun 2026, under mandate M-17." in text["DEBIT"]
    assert "How to pay" not in text["DEBIT"]
    assert "DE89 3704 0044 0532 0130 00" in text["SECOND"]
    assert "DE02 1203" not in text["SECOND"]
    invoice = made(home, "DEBIT")
    assert (invoice.means, invoice.mandate, invoice.creditor, invoice.debited) == (
        "59", "M-17", "DE98ZZZ09999999999", "DE75512108001245126199",
    )  # fmt: skip
    for part in ("M-17", "DE98ZZZ09999999999", "DE75512108001245126199"):
        assert part in ubl.render(invoice)
        assert part in cii.render(invoice)


def test_rebates_and_prepayments_stand_on_the_paper(home: Path, tmp_path: Path) -> None:
    for name, shown in (
        ("REBATE", ["-23,45", "10,00", "110,00", "130,90 EUR"]),
        ("PREPAID", ["146,91", "-100,00", "46,91 EUR"]),
    ):
        out = tmp_path / f"{name}.pdf"
        done = ar(["invoice", "show", name, "--format", "pdf", "--output", str(out)], home)
        assert done.status == 0, done.err
        text = PdfReader(out).pages[0].extract_text()
        assert all(amount.replace(",", ".") in text for amount in shown), text
