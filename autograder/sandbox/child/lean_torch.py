"""Imports torch without the two parts of it that take longest and that hardly any program needs.

- torch._meta_registrations: how operations work on tensors that have a shape and no data (device "meta"). Without it,
  `import torch` takes a quarter less time.
- torch._dynamo: the compiler, which takes longer to import than torch. The first optimizer would import it, only to say
  that it must not be compiled.

Whatever else needs one of them imports it then, and finds it as usual; only `dir` and `vars` show the stand-in. One
thing does not: operations on "meta" tensors that only the first part knows. For these, and to save time, the grader
asks for the parts that a program mentions.
"""

import contextlib
import importlib
import importlib.util
import sys
import types
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Any

META, DYNAMO = "torch._meta_registrations", "torch._dynamo"
# What META imports. It must come before them: they import one another in a circle.
WITH_META = (
    *("torch._decomp", "torch._prims", "torch._refs", "torch._prims_common.wrappers"),
    *("torch.utils._content_store", "torch.testing._internal.common_dtype"),
)


def load() -> None:
    """Import torch, if that has not happened."""
    if "torch" in sys.modules:
        return
    sys.modules[META] = types.ModuleType(META)
    try:
        import torch
    finally:
        del sys.modules[META]
    known = vars(torch)
    known.pop("_meta_registrations", None)
    # torch imports a module with one of these names when it is asked for as an attribute.
    known.get("_lazy_modules", set()).update(name.removeprefix("torch.") for name in (META, *WITH_META[:3]))
    with contextlib.suppress(ImportError, AttributeError):  # by which META makes torch.Generator complete
        from torch._opaque_base import OpaqueBaseMeta

        known["_C"]._set_generator_metaclass(OpaqueBaseMeta)
    spec = importlib.util.find_spec(DYNAMO)
    if spec and DYNAMO not in sys.modules:
        known["_dynamo"] = sys.modules[DYNAMO] = _NothingCompiled(spec)
    sys.meta_path.insert(0, _Finder())


def load_part(name: str) -> types.ModuleType:
    """Import one of the parts, or any other module."""
    if isinstance(sys.modules.get(name), _NothingCompiled):
        del sys.modules[name]
        vars(sys.modules["torch"]).pop("_dynamo", None)
    return importlib.import_module(name)


class _NothingCompiled(types.ModuleType):
    """Stands in for torch._dynamo while nothing is compiled. All that torch asks for then is not to compile code."""

    def __init__(self, spec: ModuleSpec) -> None:
        super().__init__(DYNAMO)
        self.__spec__, self.__loader__, self.__package__ = spec, spec.loader, DYNAMO
        self.__file__, self.__path__ = spec.origin, spec.submodule_search_locations or []
        self.disable, self.disallow_in_graph, self.graph_break = _disable, _unchanged, _nothing
        self.compiled_autograd = types.SimpleNamespace(_disable=contextlib.nullcontext)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # somebody looks through all modules
            raise AttributeError(name)
        return getattr(load_part(DYNAMO), name)


def _disable(function: Callable[..., Any] | None = None, *more: Any, **named: Any) -> Any:
    """The function as it is. Without one, torch._dynamo makes a decorator."""
    return load_part(DYNAMO).disable(None, *more, **named) if function is None else function


def _unchanged(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


def _nothing(*_: Any, **__: Any) -> None:
    pass


class _Finder(MetaPathFinder):
    """Sees to it that a part is imported before what belongs to it."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: object = None) -> ModuleSpec | None:
        if _within(name, DYNAMO) and isinstance(sys.modules.get(DYNAMO), _NothingCompiled):
            load_part(DYNAMO)
        elif META not in sys.modules and any(_within(name, each) for each in WITH_META):
            load_part(META)
        else:
            return None
        if name not in sys.modules:
            return None
        found = sys.modules[name].__spec__  # importlib takes this one, whatever is returned here
        assert found
        found.loader = _Imported()
        return found


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


class _Imported(Loader):
    """Loads a module that has been imported meanwhile: it is there already. Its own loader is put back then."""

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        return sys.modules[spec.name]

    def exec_module(self, module: types.ModuleType) -> None:
        vars(module.__spec__)["loader"] = module.__loader__
