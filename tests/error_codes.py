"""The error codes of the program, read from its source."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+|unidentified")
_GIVERS = {
    "Breach",
    "Finding",
    "Problem",
    "BadValueError",
    "Unreadable",
    "_fail",
    "_problem",
    "_bad",
    "add",
    "fatal",
    "_read",
    "UsageError",
}


def codes_in_source() -> set[str]:
    """Every literal code that is given to something that makes an error."""
    found = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                literals = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
                literals += node.args if name in _GIVERS else []
                found |= {
                    literal.value
                    for literal in literals
                    if isinstance(literal, ast.Constant)
                    and isinstance(literal.value, str)
                    and _CODE.fullmatch(literal.value)
                }
    return found
