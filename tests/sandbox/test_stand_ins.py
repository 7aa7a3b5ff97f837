"""A module that is not installed and that no mark depends on is silent, whatever is done with it."""

import builtins
import contextlib
import importlib
import importlib.util
import linecache
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from autograder.sandbox.stand_ins import Finder, Silent, SilentModule


@pytest.fixture
def finder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Finder]:
    found = Finder()
    before = set(sys.modules)
    monkeypatch.setattr(sys, "meta_path", [found])
    for name in [name for name in sys.modules if name.partition(".")[0] in ("tqdm", "seaborn", "plotly")]:
        monkeypatch.delitem(sys.modules, name)
    yield found
    for name in set(sys.modules) - before:
        del sys.modules[name]


def imported(name: str) -> Any:
    return importlib.import_module(name)


def test_a_stand_in_does_nothing_in_any_use(finder: Finder) -> None:
    sns = imported("seaborn")
    with sns.style("x") as inner:
        inner["a"] = inner["b"](1, c=2)
    figure, axes = sns.subplots()
    assert isinstance(axes[0].plot, Silent)
    assert isinstance(figure, Silent)
    assert not hasattr(Silent(), "__len__")
    assert not hasattr(sns, "__wrapped__")
    assert isinstance(imported("plotly.express"), SilentModule)
    assert finder.used == ["seaborn", "plotly"]


def test_only_modules_known_for_it_have_a_stand_in(finder: Finder) -> None:
    for name in ("pandas", "tqdm_", "numpy.nothing"):
        assert finder.find_spec(name, None) is None
    assert finder.used == []


def test_a_part_of_a_module_that_is_installed_has_none(finder: Finder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "seaborn", ModuleType("seaborn"))
    assert finder.find_spec("seaborn.nothing", None) is None
    assert finder.find_spec("plotly.nothing", None) is None
    assert finder.find_spec("seaborn", None) is not None


def test_a_progress_bar_hands_on_what_it_is_given(finder: Finder) -> None:
    for name in ("tqdm", "tqdm.auto"):
        module = imported(name)
        assert list(module.tqdm([1, 2], desc="x")) == [1, 2]
        assert len(module.tqdm([1, 2])) == 2
        assert list(module.trange(1, 3)) == [1, 2]
        assert isinstance(module.notebook, Silent)
        module.tqdm([]).set_postfix(loss=1)
    assert isinstance(imported("seaborn").tqdm, Silent)
    assert finder.used == ["tqdm", "seaborn"]


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("import plotly", True),
        ("try:\n import plotly\nexcept ImportError: pass", False),
        ("try:\n import plotly\nexcept: pass", False),
        ("try:\n import plotly\nexcept (KeyError, builtins.Exception): pass", False),
        ("try:\n import plotly\nexcept KeyError: pass", True),
        ("try:\n import plotly\nexcept KeyError: pass\nexcept ImportError: pass", False),
        ("try:\n import plotly\nfinally: pass", True),
        ("try:\n import plotly\nexcept ImportError:\n raise", True),
        ("try:\n import plotly\nexcept ImportError:\n print(); exit()", True),
        ("try: absent\nexcept NameError:\n import plotly", True),
        ("def f():\n import plotly\ntry: f()\nexcept ImportError: pass", False),
        ("with contextlib.suppress(KeyError, ImportError):\n import plotly", False),
        ("with contextlib.suppress(KeyError):\n import plotly", True),
        ("importlib.import_module('plotly')", True),
        ("__import__('plotly')", True),
        ("importlib.util.find_spec('plotly')", False),
        ("importlib.util.find_spec('plotly.express')", True),  # plotly, not plotly.express
    ],
)
def test_an_import_that_may_fail_fails(finder: Finder, tmp_path: Path, text: str, there: bool) -> None:
    file = str(tmp_path / "Lab4.py")
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    exec(compile(text, file, "exec"), {"contextlib": contextlib, "importlib": importlib, "builtins": builtins})
    assert ("plotly" in sys.modules) == ("plotly" in finder.used) == there
    if "express" in text:
        assert importlib.util.find_spec("plotly.express") is None


def test_a_library_gets_no_stand_in(finder: Finder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", os.path.dirname(__file__))
    with pytest.raises(ModuleNotFoundError):
        imported("seaborn")
