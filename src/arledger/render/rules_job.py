"""In a process of its own: an XML file against rules, as Schematron or compiled to XSLT.

Rules of the ledger's own read nothing but the XML: no other file, no network, no functions of another language. The
official ones look up code lists in a file beside them.
"""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from functools import cache
from typing import Any

from arledger.render import child, schematron

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_FEATURE = "http://saxon.sf.net/feature/"


def start(setup: Mapping[str, Any]) -> child.Answer:
    """What checks the `xml` of a request by the `rules` at a path: a JSON list of id, flag, text and place of each."""
    from saxonche import PySaxonApiError, PySaxonProcessor

    processor, closed = PySaxonProcessor(license=False), PySaxonProcessor(license=False)
    closed.set_configuration_property(f"{_FEATURE}allow-external-functions", "false")
    closed.set_configuration_property(f"{_FEATURE}allowedProtocols", "none")

    @cache
    def compiled(path: str) -> Any:
        if os.path.isabs(path):
            return processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=path)
        with open(os.path.join(setup["folder"], path), encoding="utf-8-sig") as file:
            text = file.read()
        sheet = schematron.compiled(text) if path.endswith(".sch") else text
        return closed.new_xslt30_processor().compile_stylesheet(stylesheet_text=sheet)

    def answer(request: Mapping[str, Any]) -> bytes:
        path = request["rules"]
        try:
            node = (processor if os.path.isabs(path) else closed).parse_xml(xml_text=request["xml"])
            report = ET.fromstring(compiled(path).transform_to_string(xdm_node=node) or "")
        except PySaxonApiError as error:
            raise child.RefusedError(" ".join(str(error).split())) from None
        except schematron.NotCompiledError as error:
            raise child.RefusedError(str(error)) from None
        except (ET.ParseError, UnicodeDecodeError):
            raise child.RefusedError("it is no Schematron, nor one that was compiled to XSLT") from None
        return json.dumps([_finding(found) for found in report.iter(f"{_SVRL}failed-assert")]).encode()

    return answer


def _finding(found: ET.Element) -> dict[str, str]:
    told = found.find(f"{_SVRL}text")
    return {"id": found.get("id", ""), "flag": found.get("flag") or found.get("role") or "fatal",
            "text": " ".join("".join(told.itertext()).split()) if told is not None else "",
            "location": found.get("location", "")}  # fmt: skip
