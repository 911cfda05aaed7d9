"""In a process of its own: an XML file against rules that were compiled to XSLT, as Schematron is."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

from arledger.render import child

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def start(setup: Mapping[str, Any]) -> child.Answer:  # noqa: ARG001  # every job is started so
    """What checks the `xml` of a request by the `rules` at a path: a JSON list of id, flag, text and place of each."""
    from saxonche import PySaxonApiError, PySaxonProcessor

    processor = PySaxonProcessor(license=False)
    compiler = processor.new_xslt30_processor()
    compiled: dict[str, Any] = {}

    def answer(request: Mapping[str, Any]) -> bytes:
        path = request["rules"]
        try:
            if path not in compiled:
                compiled[path] = compiler.compile_stylesheet(stylesheet_file=path)
            node = processor.parse_xml(xml_text=request["xml"])
            report = compiled[path].transform_to_string(xdm_node=node)
        except PySaxonApiError as error:
            raise child.RefusedError(str(error)) from None
        return json.dumps([_finding(found) for found in ET.fromstring(report).iter(f"{_SVRL}failed-assert")]).encode()

    return answer


def _finding(found: ET.Element) -> dict[str, str]:
    text = "".join(found.find(f"{_SVRL}text").itertext())  # type: ignore[union-attr]  # every one has a text
    return {"id": found.get("id", ""), "flag": found.get("flag") or found.get("role") or "fatal",
            "text": " ".join(text.split()), "location": found.get("location", "")}  # fmt: skip
