"""Which classes of data of a package can be changed after they are made."""

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import msgspec


def modules(name: str) -> Iterator[ModuleType]:
    """A module, and those below it that can be imported here."""
    module = importlib.import_module(name)
    yield module
    for found in pkgutil.iter_modules(getattr(module, "__path__", []), f"{name}."):
        yield from modules(found.name)


def changeable(name: str) -> set[str]:
    """The classes of data in a module and below it that are not frozen. Frozen data can be a key, and no reader of it
    can change what another one reads."""
    found = set()
    for module in modules(name):
        for label, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == module.__name__ and (
                (dataclasses.is_dataclass(kind) and not kind.__dataclass_params__.frozen)  # type: ignore[attr-defined]
                or (issubclass(kind, msgspec.Struct) and not kind.__struct_config__.frozen)
            ):
                found.add(f"{module.__name__}.{label}")
    return found
