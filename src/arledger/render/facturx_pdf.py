"""What makes a PDF with an invoice's XML in it a Factur-X (ZUGFeRD) file: its metadata say so.

Source: Factur-X 1.0, chapter 6: the XML is attached as factur-x.xml, and XMP names its type, version and profile.
"""

from __future__ import annotations

import io

ATTACHED = {
    "name": "factur-x.xml", "relationship": "alternative", "mime": "text/xml",
    "description": "Factur-X invoice",
}  # fmt: skip

_PROPERTIES = (
    ("DocumentFileName", "The name of the embedded XML document"), ("DocumentType", "The type of the hybrid document"),
    ("Version", "The version of the standard of the embedded XML"),
    ("ConformanceLevel", "The conformance level of the embedded XML"),
)  # fmt: skip
_SPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_VALUES = {
    "DocumentFileName": "factur-x.xml", "DocumentType": "INVOICE", "Version": "1.0", "ConformanceLevel": "EN 16931",
}  # fmt: skip


def declared(pdf: bytes) -> bytes:
    """The PDF with metadata that declare the XML in it."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import DecodedStreamObject, NameObject, StreamObject

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    old = writer.root_object["/Metadata"].get_object()
    assert isinstance(old, StreamObject)
    new = DecodedStreamObject()
    new.set_data(_with_schema(old.get_data().decode()).encode())
    new[NameObject("/Type")], new[NameObject("/Subtype")] = NameObject("/Metadata"), NameObject("/XML")
    writer.root_object[NameObject("/Metadata")] = writer._add_object(new)
    writer.pdf_header = "%PDF-1.7"
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _with_schema(xmp: str) -> str:
    """The XMP with the properties of Factur-X and, as PDF/A asks, the schema that defines them.

    A property stands once in XMP: our schema goes among those that are described there already.
    """
    values = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, value in _VALUES.items())
    properties = "".join(
        f'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{text}</pdfaProperty:description></rdf:li>"
        for name, text in _PROPERTIES
    )
    schema = (
        '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>'
        f"<pdfaSchema:namespaceURI>{_SPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )
    end = "</rdf:Bag></pdfaExtension:schemas>"
    assert xmp.count(end) == 1
    described = xmp.replace(end, f"{schema}{end}")
    return described.replace(
        "</rdf:RDF>", f'<rdf:Description rdf:about="" xmlns:fx="{_SPACE}">{values}</rdf:Description></rdf:RDF>', 1
    )
