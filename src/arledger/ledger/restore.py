"""Dataclasses to the JSON the index keeps them in, and back. Small because what is stored was validated once."""

from __future__ import annotations

import dataclasses
import json
import typing
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar

from arledger.documents.fields import default_of

T = TypeVar("T")


def restore(type_: type[T], value: Any) -> T:
    """`value` (as `json.loads` gives it) as an instance of `type_`."""
    return typing.cast(T, _maker(typing.cast(Hashable, type_))(value))


@cache
def _maker(type_: Hashable) -> Callable[[Any], Any]:
    """What makes a value of that type of a value as JSON has it."""
    origin, inner = typing.get_origin(type_), typing.get_args(type_)
    if origin is typing.Annotated:
        return _maker(inner[0])
    if origin in (UnionType, typing.Union):
        return _choice([choice for choice in inner if choice is not NoneType])
    if origin is tuple:
        return lambda value: tuple(map(_maker(inner[0]), value))
    if origin is Mapping:
        return lambda value: {key: _maker(inner[1])(entry) for key, entry in value.items()}
    if isinstance(type_, type) and dataclasses.is_dataclass(type_):
        return _record(type_)
    if type_ is Decimal:
        return Decimal
    return date.fromisoformat if type_ is date else lambda value: value


def _choice(choices: Sequence[Any]) -> Callable[[Any], Any]:
    """Of two types one is a mapping or a record, which a value shows by its shape."""

    def make(value: Any) -> Any:
        wanted = next(choice for choice in choices if _is_mapping(choice) == isinstance(value, dict))
        return _maker(wanted)(value)

    return lambda value: None if value is None else make(value)


def _record(type_: type[Any]) -> Callable[[Any], Any]:
    @cache  # when the first is made: a type may hold itself
    def makers() -> dict[str, Callable[[Any], Any]]:
        hints = typing.get_type_hints(type_, include_extras=True)
        return {name: _maker(hint) for name, hint in hints.items()}

    def make(value: Any) -> Any:
        of = makers()
        return type_(**{key: of[key](entry) for key, entry in value.items()})

    return make


def _is_mapping(type_: Any) -> bool:
    return typing.get_origin(type_) is Mapping or dataclasses.is_dataclass(type_)


def as_json(value: Any) -> str:
    """A dataclass as JSON text, from which `restore` makes it again. Values that are the default are left out."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        pairs = [(field, getattr(value, field.name)) for field in dataclasses.fields(value)]
        return {field.name: _plain(entry) for field, entry in pairs if entry != default_of(field)}
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value
