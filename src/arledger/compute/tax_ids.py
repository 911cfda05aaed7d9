"""Whether a tax number can be one of its country, by its form and check digits. Nobody is asked whether it is in use.

Source of the forms: python-stdnum, which names the law or authority of each.
"""

from __future__ import annotations

from typing import Any

#: What a country's businesses are known by, in the order looked for.
_KINDS = ("vat", "ein", "tin", "gst", "abn", "uid")


def tax_id_problem(number: str, country: str) -> str:
    """What is wrong with a tax number, in words; "" when nothing is, or the country's form is not known.

    >>> tax_id_problem("DE136695976", "DE"), tax_id_problem("DE136695978", "DE")
    ('', 'DE136695978 is no tax number of DE: its check digit is wrong')
    """
    from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError  # only where one is looked at

    module = _module(country)
    if module is None:
        return ""
    try:
        module.validate(number)
    except ValidationError as error:
        why = {InvalidChecksum: "its check digit is wrong", InvalidLength: "its length is wrong"}
        return f"{number} is no tax number of {country}: {why.get(type(error), 'its form is wrong')}"
    return ""


def _module(country: str) -> Any:
    from stdnum import get_cc_module

    if len(country) != 2 or not country.isalpha():
        return None
    found = (get_cc_module(country.lower(), kind) for kind in _KINDS)
    return next((module for module in found if module), None)
