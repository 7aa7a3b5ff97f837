"""Which data of a package can be changed after it was made."""

import dataclasses
import importlib
import pkgutil
from types import ModuleType


def changing(package: ModuleType) -> set[str]:
    """The names of a package's dataclasses that are not frozen."""
    name = package.__name__
    modules = [importlib.import_module(each.name) for each in pkgutil.iter_modules(package.__path__, f"{name}.")]
    made = {each for module in modules for each in vars(module).values() if isinstance(each, type)}
    data = (each for each in made if dataclasses.is_dataclass(each) and each.__module__.startswith(f"{name}."))
    return {each.__name__ for each in data if not each.__dataclass_params__.frozen}  # type: ignore[attr-defined]
