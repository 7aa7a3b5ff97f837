"""Silent stand-ins for plotting, notebook and progress-bar modules that a student's program imports and that are not
installed.

Runs inside the student's process. No grade depends on what these modules do, and a stand-in never changes
how often a loop runs.
"""

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Mapping, MutableSequence
from typing import Any

from autograder.sandbox.child import plots, progress_bars
from autograder.sandbox.child.import_guards import is_expected_to_fail
from autograder.sandbox.child.silent import Silent

PROGRESS = frozenset({"tqdm", "alive_progress", "fastprogress", "progressbar"})
NAMES = PROGRESS | {
    *("matplotlib", "mpl_toolkits", "seaborn", "plotly", "bokeh", "altair", "graphviz", "torchviz"),
    *("IPython", "ipywidgets", "google", "torchsummary", "torchinfo"),
}


class SilentModule(types.ModuleType):
    """A module all of whose names are silent, but for those that are `known` of it."""

    __path__: MutableSequence[str] = []  # noqa: RUF012  # as the module type declares it

    def __getattr__(self, name: str) -> Any:
        root = self.__name__.partition(".")[0]
        if name == "__version__":
            return "4.67.1" if root == "tqdm" else "3.10.0"
        if name.startswith("__"):
            raise AttributeError(name)
        return known(self.__name__).get(name, Silent())


def known(module: str) -> Mapping[str, Any]:
    """What a module has that does more than nothing, by name."""
    root = module.partition(".")[0]
    if root == "tqdm":
        return progress_bars.TQDM
    return progress_bars.OTHERS if root in PROGRESS else plots.NAMES if root == "matplotlib" else {}


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
