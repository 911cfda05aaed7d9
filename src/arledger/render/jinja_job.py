"""In a process of its own: Jinja templates to text and HTML, sandboxed and strict; HTML is escaped."""

from __future__ import annotations

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
    )  # fmt: skip

    def answer(request: Mapping[str, Any]) -> bytes:
        name = request["template"]
        try:
            return environment.get_template(name).render(request["data"]).encode()
        except jinja2.TemplateSyntaxError as error:
            raise child.RefusedError(error.message or "", "", f"{error.name or name}:{error.lineno}:0") from None
        except (jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise child.RefusedError(str(error), "", f"{name}:{_line(error)}:0") from None

    return answer


def _line(error: BaseException) -> int:
    """The line of the template the error came from."""
    line, trace = 1, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename.endswith((".txt", ".html")):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
