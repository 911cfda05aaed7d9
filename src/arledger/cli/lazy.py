"""Modules that are imported when they are first used, so that help and completion start without them."""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType
from typing import Any


class _Lazy(ModuleType):
    """Stands for a module until something of it is asked for, and hands every question on to it.

    `importlib.util.LazyLoader` puts its module among those that are imported already, and an `import` statement that
    finds it there loads it in a place where the interpreter drops what goes wrong: a Ctrl-C at that moment left half
    a module for the rest of the run.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


def lazy(name: str) -> ModuleType:
    """The module of that name, loaded at its first use. Raises ModuleNotFoundError when there is none."""
    if importlib.util.find_spec(name) is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    return _Lazy(name)
