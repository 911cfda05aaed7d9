"""How what customers receive looks."""

from __future__ import annotations

import re
from typing import Literal

from arledger.documents.fields import Text, record


@record
class PaperLook:
    """Logo, colour and language of papers. The rest is in the templates."""

    logo: Text = ""  # a file in templates/: svg, png or jpg
    color: Text = "#1f4e79"
    language: Text = "en"  # for customers whose own file names none
    size: Literal["a4", "us-letter", ""] = ""  # by the company's country where nothing is said
    footer: tuple[Text, ...] = ()  # lines at the foot of the first page: register, directors, tax office

    def __post_init__(self) -> None:
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", self.color):
            raise ValueError(f"paper: color {self.color!r} is none: write it as #1f4e79")
        if self.logo and not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_./-]*\.(svg|png|jpg|jpeg)", self.logo):
            raise ValueError(f"paper: logo {self.logo!r} is no picture in templates/: write logo.svg")
