"""In a process of its own: Jinja templates to text and HTML, sandboxed and strict; HTML is escaped."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from arledger.render import child


def start(setup: Mapping[str, Any]) -> child.Answer:
    """What fills in the template of a request, `template`, with its `data`."""
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader(setup["folder"]), undefined=jinja2.StrictUndefined, trim_blocks=True,
        autoescape=lambda name: bool(name) and name.endswith(".html"), lstrip_blocks=True,
        keep_trailing_newline=True,  # of what is included
    )  # fmt: skip

    def answer(request: Mapping[str, Any]) -> bytes:
        name = request["template"]
        try:
            return environment.get_template(name).render(request["data"]).encode()
        except jinja2.TemplateSyntaxError as error:
            raise child.RefusedError(error.message or "", "", f"{error.name or name}:{error.lineno}:0") from None
        except jinja2.TemplateNotFound as error:
            where = _place(error, name, setup["folder"])
            raise child.RefusedError(f"there is no template {error.name}", "", where) from None
        except (jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise child.RefusedError(str(error), "", _place(error, name, setup["folder"])) from None

    return answer


def _place(error: BaseException, name: str, folder: str) -> str:
    """Where in which template the error came from: of those included, the innermost."""
    found, line, trace = name, 1, error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith((".txt", ".html")):
            found, line = os.path.relpath(file, folder) if os.path.isabs(file) else name, trace.tb_lineno
        trace = trace.tb_next
    return f"{found}:{line}:0"
