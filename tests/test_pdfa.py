"""PDF/A-3b as far as it can be checked without a validator: what ISO 19005-3 asks of the file, of every kind of paper.

veraPDF is not among what can be installed here; that Typst is asked for PDF/A-3b, and refuses what cannot be, is the rest.
"""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from console import ar

FILES = {
    "ledger.yaml": "company: {name: Żółw & Söhne GmbH, address: [Große Elbstraße 211, 22767 Hamburg], country: DE,"
    " tax_id: DE811907980, email: ar@zolw.example}\ncurrency: EUR\npaper: {logo: logo.svg}\n"
    "bank_accounts:\n  main: {iban: DE02120300000000202051, bic: BYLADEM1001, currency: EUR}\n"
    "  swiss: {iban: CH9300762011623852957, currency: CHF}\n",
    "customers/ACME.yaml": "name: Ελληνικά ₹ Łódź\naddress: [Sluisjesdijk 14, 3087 AJ Rotterdam]\ncountry: NL\n",
    "invoices/INV-1.yaml": "customer: ACME\ndate: 2026-05-01\nterms: net 30\ncurrency: EUR\nlines:\n"
    "  - {description: Fräser Ø 8, quantity: 2, unit_price: 50.00, tax: 19%}\nnet: 100.00\ntax: 19.00\ntotal: 119.00\n",
    "invoices/INV-2.yaml": "customer: ACME\ndate: 2026-05-02\nterms: net 30\ncurrency: CHF\ntotal: 300.00\n",
    "credit-notes/CN-1.yaml": "customer: ACME\ndate: 2026-06-01\ncurrency: EUR\nagainst: INV-1\n"
    "applied:\n  - {item: INV-1, amount: 19.00}\ntotal: 19.00\n",
    "payments/P-1.yaml": "customer: ACME\ndate: 2026-06-02\ncurrency: EUR\nmethod: check\namount: 50.00\n",
    "deposits/D-1.yaml": "account: main\ndate: 2026-06-02\ncurrency: EUR\npayments: [P-1]\namount: 50.00\n",
}
PAPERS = {
    "invoice": ["invoice", "show", "INV-1", "--format", "pdf"], "swiss": ["invoice", "show", "INV-2", "--format", "pdf"],
    "facturx": ["invoice", "show", "INV-1", "--format", "facturx"], "credit-note": ["paper", "CN-1"],
    "receipt": ["paper", "P-1"], "deposit-slip": ["paper", "D-1"], "statement": ["statement", "ACME", "--format", "pdf"],
    "plan": ["paper", "ACME-2026-06-30-PL1"], "settlement": ["paper", "ACME-2026-06-30-S1"],
    "decision": ["paper", "ACME-CD1"],
}  # fmt: skip
RDF, PDFAID, EXTENSION, SCHEMA, FX = (
    "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}", "{http://www.aiim.org/pdfa/ns/id/}",
    "{http://www.aiim.org/pdfa/ns/extension/}", "{http://www.aiim.org/pdfa/ns/schema#}",
    "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}",
)  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("pdfa")
    for path, text in FILES.items():
        (home / "ledgers" / path).parent.mkdir(parents=True, exist_ok=True)
        (home / "ledgers" / path).write_text(text, "utf-8")
    (home / "templates").mkdir()
    (home / "templates" / "logo.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" opacity="0.5"/></svg>'
    )
    for command in (
        ["plan", "new", "ACME", "--item", "INV-1", "--in", "2", "--yes"],
        ["settle", "new", "ACME", "--item", "INV-2", "--amount", "250.00", "--expires", "2026-07-31", "--yes"],
        ["credit", "decide", "ACME", "granted", "--limit", "1000.00", "--yes"],
    ):
        done = ar(command, home)
        assert done.status == 0, done.err
    return home


@pytest.fixture(scope="module", params=PAPERS)
def pdf(request: pytest.FixtureRequest, home: Path) -> bytes:
    out = home / f"{request.param}.pdf"
    done = ar([*PAPERS[request.param], "--output", str(out)], home)
    assert done.status == 0, done.err
    return out.read_bytes()


def everything(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of the file, streams' own too."""
    seen: set[int] = set()
    left: list[Any] = [reader.trailer]
    while left:
        value = left.pop()
        if isinstance(value, IndirectObject):
            if value.idnum in seen:
                continue
            seen.add(value.idnum)
            value = value.get_object()
        if isinstance(value, DictionaryObject):
            yield value
            left += [dict.__getitem__(value, key) for key in value]
        elif isinstance(value, ArrayObject):
            left += list(value)


def test_the_file_is_closed_in_itself(pdf: bytes) -> None:
    reader = PdfReader(io.BytesIO(pdf))
    assert pdf.startswith(b"%PDF-1.7\n%")
    assert all(byte > 127 for byte in pdf[10:14])
    assert not reader.is_encrypted
    assert len(reader.trailer["/ID"]) == 2
    root = reader.trailer["/Root"]
    (intent,) = (one.get_object() for one in root["/OutputIntents"])
    assert intent["/S"] == "/GTS_PDFA1"
    assert intent["/DestOutputProfile"].get_data()[36:40] == b"acsp"
    for one in everything(reader):
        assert not {"/AA", "/JS", "/XFA", "/Ref", "/OPI"} & set(one)
        assert one.get("/S") not in ("/Launch", "/JavaScript", "/Movie", "/Sound", "/ResetForm", "/ImportData")
        assert one.get("/Interpolate") is not True
        assert "/LZWDecode" not in str(one.get("/Filter", ""))
        if one.get("/Type") == "/FontDescriptor":
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(one), one["/FontName"]
        if one.get("/Type") == "/Font" and one["/Subtype"] == "/Type0":
            assert "/ToUnicode" in one
    fonts = [one for one in everything(reader) if one.get("/Type") == "/Font"]
    assert fonts
    assert all("/FontDescriptor" in one or one["/Subtype"] in ("/Type0", "/Type3") for one in fonts)


def test_its_metadata_say_so_and_agree_with_the_rest(pdf: bytes) -> None:
    reader = PdfReader(io.BytesIO(pdf))
    metadata = reader.trailer["/Root"]["/Metadata"].get_object()
    assert "/Filter" not in metadata
    tree = ET.fromstring(metadata.get_data())
    stated = [child for one in tree.iter(f"{RDF}Description") for child in one]
    names = [child.tag for child in stated]
    assert len(names) == len(set(names))  # no property twice
    told = {child.tag.partition("}")[2]: "".join(child.itertext()) for child in stated}
    assert (told["part"], told["conformance"]) == ("3", "B")
    assert told["title"] == reader.metadata.title
    assert told["creator"] == reader.metadata.author
    assert told["CreateDate"][:19].translate({45: None, 58: None, 84: None}) == reader.metadata["/CreationDate"][2:16]
    described = {one.text for one in tree.iter(f"{SCHEMA}prefix")}
    assert {"pdf", "xmpMM"} <= described
    assert ("fx" in described) == (b"factur-x.xml" in pdf)


def test_what_is_attached_says_what_it_is(pdf: bytes) -> None:
    root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    files = [one.get_object() for one in root["/AF"]]
    assert {one["/AFRelationship"] for one in files} <= {"/Supplement", "/Alternative"}
    for one in files:
        assert one["/F"] == one["/UF"]
        stream = one["/EF"]["/F"].get_object()
        assert stream["/Subtype"] in ("/application/json", "/text/xml")
        assert "/ModDate" in stream["/Params"]
