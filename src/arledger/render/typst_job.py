"""In a process of its own: Typst templates to PDF/A-3b. The same template, data and day give the same bytes."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import Any

from arledger.render import child

_PLACE = re.compile(r"┌─ (?:.*/)?([^/\s]+\.typ):(\d+):(\d+)")
_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed')


def start(setup: Mapping[str, Any]) -> child.Answer:
    """What makes one PDF of a request: `template`, `data` and `seconds` since 1970 for its date."""
    import typst

    folder = setup["folder"]
    paths = [setup["fonts"], os.path.join(folder, "fonts")]
    fonts = typst.Fonts(False, False, [path for path in paths if os.path.isdir(path)])
    nowhere = os.path.join(folder, "no-packages")

    def answer(request: Mapping[str, Any]) -> bytes:
        main = os.path.join(folder, request["template"])
        compiler = typst.Compiler(
            main, root=folder, font_paths=fonts, package_path=nowhere, package_cache_path=nowhere,
            sys_inputs={"data": json.dumps(request["data"], ensure_ascii=False)},
        )  # fmt: skip
        try:
            made = compiler.compile(format="pdf", pdf_standards="a-3b", timestamp=request["seconds"])
        except typst.TypstError as error:
            raise _refused(error, folder) from None
        assert isinstance(made, bytes)
        return made

    return answer


def _refused(error: Any, folder: str) -> child.RefusedError:
    place = _PLACE.search(error.diagnostic or "")
    where = ":".join(place.groups()) if place else ""
    if glyph := _GLYPH.search(error.message):
        return child.RefusedError(glyph[1], "glyph", where)
    message = error.message.removeprefix("PDF/A-3b error: ").replace(f"{folder}/", "templates/")
    return child.RefusedError(message, "; ".join(error.hints or ()), where)
