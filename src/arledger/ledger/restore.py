"""Dataclasses to the JSON the index keeps them in, and back. Small because what is stored was validated once."""

from __future__ import annotations

import dataclasses
import json
import typing
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar

from arledger.documents.fields import default_of

T = TypeVar("T")


def restore(type_: type[T], value: Any) -> T:
    """`value` (as `json.loads` gives it) as an instance of `type_`."""
    return typing.cast(T, _restore(type_, value))


def _restore(type_: Any, value: Any) -> Any:
    origin = typing.get_origin(type_)
    if origin is typing.Annotated:
        return _restore(typing.get_args(type_)[0], value)
    if origin in (UnionType, typing.Union):
        choices = [choice for choice in typing.get_args(type_) if choice is not NoneType]
        wanted = [c for c in choices if _is_mapping(c) == isinstance(value, dict)]
        return None if value is None else _restore(wanted[0], value)
    if origin is tuple:
        return tuple(_restore(typing.get_args(type_)[0], entry) for entry in value)
    if origin is Mapping:
        inner = typing.get_args(type_)[1]
        return {key: _restore(inner, entry) for key, entry in value.items()}
    if isinstance(type_, type) and dataclasses.is_dataclass(type_):
        hints = _hints(type_)
        return type_(**{key: _restore(hints[key], entry) for key, entry in value.items()})
    if type_ is Decimal:
        return Decimal(value)
    if type_ is date:
        return date.fromisoformat(value)
    return value


def _is_mapping(type_: Any) -> bool:
    return typing.get_origin(type_) is Mapping or dataclasses.is_dataclass(type_)


@cache
def _hints(type_: type) -> dict[str, Any]:
    return typing.get_type_hints(type_, include_extras=True)


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
