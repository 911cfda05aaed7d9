"""Field types: what a text in a ledger file means, and why it is refused when it can mean nothing.

The YAML reader leaves every scalar as text; these types decide. Nothing is guessed: no exponent, no thousands
separator, no loose date. The module needs no pydantic: a report made from a fresh index must start without it.

>>> Percent.__metadata__[0].read("19%")
Decimal('19')
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import Field, FrozenInstanceError, dataclass, fields
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, dataclass_transform

from arledger.dates import Terms, parse_date
from arledger.errors import BadValueError
from arledger.money import AMOUNT, DIGITS, amount_hint, meant, shortened

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def record(class_: type[T]) -> type[T]:
    """A frozen dataclass whose files may have no other keys than its fields.

    >>> @record
    ... class Note:
    ...     text: str = ""
    >>> Note("late"), Note("late") == Note("late"), hash(Note("late")) == hash(Note("late"))
    (Note(text='late'), True, True)
    >>> Note("late").text = "paid"
    Traceback (most recent call last):
    dataclasses.FrozenInstanceError: cannot assign to field 'text'
    """
    class_.__pydantic_config__ = {"extra": "forbid"}  # type: ignore[attr-defined]
    made = dataclass(slots=True, repr=False, eq=False)(class_)
    for method in (_eq, _hash, _repr, _setattr, _delattr):
        setattr(made, f"_{method.__name__}__", method)
    return made


# One for all records: `dataclass` would write and compile them anew for each, two thirds of the time it takes.


def _eq(self: Any, other: object) -> bool:
    return _values(self) == _values(other) if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:
    return hash(_values(self))


def _repr(self: Any) -> str:
    pairs = zip(fields(self), _values(self), strict=True)
    return f"{type(self).__qualname__}({', '.join(f'{field.name}={value!r}' for field, value in pairs)})"


def _setattr(self: Any, name: str, value: object) -> None:
    """Sets a field once, as a new record does: until then its slot is empty."""
    if hasattr(self, name):
        raise FrozenInstanceError(f"cannot assign to field {name!r}")
    object.__setattr__(self, name, value)


def _delattr(_: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _values(record_: Any) -> tuple[Any, ...]:
    return tuple(getattr(record_, field.name) for field in fields(record_))


def default_of(field: Field[Any]) -> Any:
    """What a field of a record is where the file does not have it; `dataclasses.MISSING` where the file must."""
    return field.default_factory() if callable(field.default_factory) else field.default


# A ledger writes the same days and terms many thousand times.
_DAYS = lru_cache(4096)(parse_date)
_TERMS = lru_cache(256)(Terms.parse)


class Reads:
    """Marks a field type with the function that reads its text. pydantic runs it before its own validation."""

    def __init__(self, read: Callable[[object], object]) -> None:
        self.read = read

    def __get_pydantic_core_schema__(self, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.no_info_before_validator_function(self.read, handler(source))


class IsShort:
    """Marks a field type that holds any text of at most so many characters."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __get_pydantic_core_schema__(self, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        return core_schema.str_schema(max_length=self.most)


_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_ITEM = re.compile(_ID.pattern + r"(/[1-9][0-9]{0,2})?", re.ASCII)
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\.|\Z)", re.ASCII | re.IGNORECASE)  # by Windows
_PERCENT = re.compile(r"[0-9]{1,4}(\.[0-9]{1,8})?%", re.ASCII)
_QUANTITY = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,9})?", re.ASCII)
MAX_TEXT = 10_000  # characters
MAX_LETTER = 1_000_000
#: Kind of field → the regular expression the whole of its text matches.
PATTERNS = {
    name: pattern.pattern
    for name, pattern in {
        "id": _ID,
        "item": _ITEM,
        "amount": AMOUNT,
        "quantity": _QUANTITY,
        "percent": _PERCENT,
    }.items()
}
ID_FORM = "an id has letters, digits, dot, dash and underscore, at most 64, starting with a letter or digit"


def is_id(text: str) -> bool:
    """Whether `text` can be an id: safe as a file name on every system, and free of path separators."""
    return _ID.fullmatch(text) is not None and _RESERVED.match(text) is None


def item_and_part(text: str) -> tuple[str, int]:
    """The item and the instalment (0: none named) of a share.

    >>> item_and_part("INV-7/2"), item_and_part("INV-7")
    (('INV-7', 2), ('INV-7', 0))
    """
    item, _, part = text.partition("/")
    return item, int(part or 0)


def _id(value: object) -> object:
    if isinstance(value, str) and not is_id(value):
        raise BadValueError("bad-id", f"{shortened(value)!r} is not an id", ID_FORM)
    return value


def _item(value: object) -> object:
    if isinstance(value, str) and not _ITEM.fullmatch(value):
        raise BadValueError(
            "bad-id", f"{shortened(value)!r} is not an item", "write an id, or an id and an instalment such as INV-7/2"
        )
    return value


def _date(value: object) -> object:
    return _read(_DAYS, value, "bad-date", "write YYYY-MM-DD")


def _amount(value: object) -> object:
    if isinstance(value, str):
        if not AMOUNT.fullmatch(value):
            raise BadValueError("bad-amount", f"{shortened(value)!r} is not an amount", amount_hint(value))
        return Decimal(value)
    return value


def _quantity(value: object) -> object:
    if isinstance(value, str):
        if not _QUANTITY.fullmatch(value):
            raise BadValueError(
                "bad-number",
                f"{shortened(value)!r} is not a number",
                f"write {meant(value) or 'plain digits such as 2.5'}",
            )
        return Decimal(value)
    return value


def _percent(value: object) -> object:
    if isinstance(value, str):
        if not _PERCENT.fullmatch(value):
            raise BadValueError(
                "bad-rate", f"{shortened(value)!r} is not a rate", "write it with a percent sign, such as 19%"
            )
        return Decimal(value[:-1])
    return value


def _currency(value: object) -> object:
    if not isinstance(value, str) or value not in DIGITS:
        raise BadValueError(
            "bad-currency", f"{shortened(str(value))!r} is no ISO 4217 currency in use", "write a code such as EUR"
        )
    return value


def _terms(value: object) -> object:
    _read(_TERMS, value, "bad-terms", "such as net 30, with the days that were agreed")
    return value


def _flag(value: object) -> object:
    if isinstance(value, str):
        if value.lower() not in ("true", "false", "yes", "no"):
            raise BadValueError("bad-choice", f"{shortened(value)!r} is neither true nor false", "write true or false")
        return value.lower() in ("true", "yes")
    return value


def _read(read: Callable[[str], object], value: object, code: str, hint: str) -> object:
    """What `read` makes of a text; anything but text passes as it is. Raises BadValueError with its reason."""
    if not isinstance(value, str):
        return value
    try:
        return read(value)
    except ValueError as error:
        raise BadValueError(code, str(error), hint) from None


Id = Annotated[str, Reads(_id)]
ItemId = Annotated[str, Reads(_item)]  # an item, or one instalment of it: INV-7/2
Day = Annotated[date, Reads(_date)]
Amount = Annotated[Decimal, Reads(_amount)]
Quantity = Annotated[Decimal, Reads(_quantity)]
Percent = Annotated[Decimal, Reads(_percent)]  # 19% is Decimal(19)
Currency = Annotated[str, Reads(_currency)]
TermsText = Annotated[str, Reads(_terms)]
Text = Annotated[str, IsShort(MAX_TEXT)]
Letter = Annotated[str, IsShort(MAX_LETTER)]  # the whole of what was sent
Flag = Annotated[bool, Reads(_flag)]
