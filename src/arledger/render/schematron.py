"""Schematron rules, as they are published, compiled to XSLT 2.0. Source: ISO/IEC 19757-3, query binding xslt2.

What Peppol and KoSIT publish needs no more: patterns of rules with `let`, `assert` and `report`, and functions. A node
is judged by the first rule of a pattern that it fits. What a file has beyond that is refused, not passed over.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

_SCH = "{http://purl.oclc.org/dsdl/schematron}"
_XSL = "{http://www.w3.org/1999/XSL/Transform}"
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_IDLE = ("title", "p", "ns", "phase", "diagnostics")  # what judges nothing


class NotCompiledError(ValueError):
    """Why a file cannot be compiled."""


def compiled(source: str) -> str:
    """The rules as a stylesheet that gives a report in SVRL. Raises NotCompiledError and ET.ParseError."""
    schema = ET.fromstring(source)
    if schema.tag != f"{_SCH}schema":
        raise NotCompiledError("it is no Schematron: its outermost element is not schema")
    spaces = {ns.get("prefix", ""): ns.get("uri", "") for ns in schema.findall(f"{_SCH}ns")}
    sheet = ET.Element(f"{_XSL}stylesheet", {"version": "2.0"})
    main = ET.SubElement(sheet, f"{_XSL}template", {"match": "/"})
    report = ET.SubElement(main, f"{_SVRL}schematron-output")
    for number, child in enumerate(schema):
        name = child.tag.removeprefix(_SCH)
        if child.tag.startswith(_XSL):
            sheet.append(child)
        elif name == "let":
            _variable(sheet, child)
        elif name == "pattern":
            mode = f"M{number}"
            ET.SubElement(report, f"{_XSL}apply-templates", {"select": "/ | //* | //@*", "mode": mode})
            _pattern(sheet, child, mode)
        elif name not in _IDLE:
            raise NotCompiledError(f"it has <{name}>, which is not known here: give the rules as one file, or as XSLT")
    return _with_spaces(ET.tostring(sheet, encoding="unicode"), spaces)


def _pattern(sheet: ET.Element, pattern: ET.Element, mode: str) -> None:
    """The templates of a pattern: the earlier a rule stands, the sooner it is asked."""
    ET.SubElement(sheet, f"{_XSL}template", {"match": "node() | @* | /", "mode": mode, "priority": "-1"})
    rules = pattern.findall(f"{_SCH}rule")
    for rank, child in enumerate(pattern):
        name = child.tag.removeprefix(_SCH)
        if name == "let":
            _variable(sheet, child)
        elif name == "rule" and child.get("context"):
            priority = str(len(rules) + len(pattern) - rank)
            match = {"match": child.get("context", ""), "mode": mode, "priority": priority}
            _rule(ET.SubElement(sheet, f"{_XSL}template", match), child)
        elif name not in _IDLE:
            raise NotCompiledError(f"a pattern has <{name}>, which is not known here: give the rules as XSLT")


def _rule(template: ET.Element, rule: ET.Element) -> None:
    for child in rule:
        name = child.tag.removeprefix(_SCH)
        if name == "let":
            _variable(template, child)
        elif name in ("assert", "report"):
            test = child.get("test", "true()")
            fails = f"not({test})" if name == "assert" else test
            when = ET.SubElement(template, f"{_XSL}if", {"test": fails})
            told = {key: child.get(key, "") for key in ("id", "flag", "role") if child.get(key)}
            _text(ET.SubElement(ET.SubElement(when, f"{_SVRL}failed-assert", told), f"{_SVRL}text"), child)
        elif name not in _IDLE:
            raise NotCompiledError(f"a rule has <{name}>, which is not known here: give the rules as XSLT")


def _variable(parent: ET.Element, let: ET.Element) -> None:
    ET.SubElement(parent, f"{_XSL}variable", {"name": let.get("name", ""), "select": let.get("value", "()")})


def _text(into: ET.Element, told: ET.Element) -> None:
    """What is told when a rule is not kept, with the values it names."""
    _words(into, told.text)
    for child in told:
        name = child.tag.removeprefix(_SCH)
        if name in ("value-of", "name"):
            select = child.get("select", "") if name == "value-of" else "name()"
            ET.SubElement(into, f"{_XSL}value-of", {"select": select, "separator": " "})
        else:  # emphasis and the like
            _words(into, child.text)
        _words(into, child.tail)


def _words(into: ET.Element, words: str | None) -> None:
    ET.SubElement(into, f"{_XSL}text").text = words


def _with_spaces(sheet: str, spaces: dict[str, str]) -> str:
    """The stylesheet with the prefixes that the tests are written in; a prefix ET took is left as it is."""
    begin, end, rest = sheet.partition(">")
    more = "".join(
        f' xmlns:{prefix}="{uri}"' for prefix, uri in spaces.items() if prefix and f"xmlns:{prefix}=" not in begin
    )
    return f"{begin}{more}{end}{rest}"
