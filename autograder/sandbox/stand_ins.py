"""Silent stand-ins for plotting, notebook and progress-bar modules that a student's program imports and that are not
installed.

Runs inside the student's process. Nothing that is marked depends on what these modules do.
"""

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Iterator, MutableSequence
from typing import Any

from autograder.sandbox.guarded import is_expected_to_fail

NAMES = frozenset({"matplotlib", "seaborn", "IPython", "google", "tqdm", "torchviz", "plotly"})


class Silent:
    """Accepts any use and does nothing."""

    def __getattr__(self, name: str) -> "Silent":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> "Silent":
        return self

    def __iter__(self) -> Iterator["Silent"]:
        return iter((self, self))  # fig, ax = plt.subplots()

    def __getitem__(self, key: Any) -> "Silent":
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __enter__(self) -> "Silent":
        return self

    def __exit__(self, *exc: Any) -> None:
        pass


class Bar(Silent):
    """A progress bar: hands through what it is given to iterate over."""

    def __init__(self, iterable: Any = (), *args: Any, **kwargs: Any) -> None:
        self.iterable = iterable

    def __iter__(self) -> Iterator[Any]:
        return iter(self.iterable)

    def __len__(self) -> int:
        return len(self.iterable)


def trange(*args: int, **kwargs: Any) -> Bar:
    """tqdm's short form of tqdm(range(…))."""
    return Bar(range(*args))


class SilentModule(types.ModuleType):
    """A module all of whose names are silent."""

    __path__: MutableSequence[str] = []  # noqa: RUF012  # as the module type declares it

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if self.__name__.partition(".")[0] == "tqdm":
            return {"tqdm": Bar, "trange": trange}.get(name, Silent())
        return Silent()


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """The last finder asked: so an installed module always wins."""

    def __init__(self) -> None:
        self.used: list[str] = []

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        root = fullname.partition(".")[0]
        if root not in NAMES or (fullname != root and not isinstance(sys.modules.get(root), SilentModule)):
            return None
        if is_expected_to_fail(fullname):
            return None
        if root == fullname:
            self.used.append(root)
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return SilentModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass
