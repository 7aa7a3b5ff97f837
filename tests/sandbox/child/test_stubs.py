"""A module that is not installed and that no score depends on is silent, whatever is done with it."""

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

import numpy  # noqa: F401  # it cannot be found where the only finder is that of the stand-ins
import pytest

from autograder.sandbox.child.silent import Silent
from autograder.sandbox.child.stubs import Finder, SilentModule


@pytest.fixture
def finder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Finder]:
    found = Finder()
    before = set(sys.modules)
    monkeypatch.setattr(sys, "meta_path", [found])
    replaced = ("tqdm", "seaborn", "plotly", "matplotlib", "alive_progress")
    for name in [name for name in sys.modules if name.partition(".")[0] in replaced]:
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
    assert (len(Silent()), bool(Silent()), 1 in Silent(), list(Silent())) == (0, True, False, [])
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


def test_a_stand_in_is_as_many_values_as_are_asked_for() -> None:
    (line,) = Silent().plot([1])
    numbers, bins, patches = Silent().hist([1])
    (a, b), c = Silent()
    first, second, *rest = Silent()
    assert {type(each) for each in (line, numbers, bins, patches, a, b, c, first, second)} == {Silent}
    assert rest == []
    assert [0 for _ in Silent()] == []


def test_a_stand_in_is_nothing_as_a_number_and_in_text() -> None:
    size = Silent()
    assert isinstance(2 * (size + 1) / 3 - size**2 // 4 % 5, Silent)
    assert isinstance(-abs(1.5 @ size), Silent)
    assert (float(size), int(size), [7][size]) == (0.0, 0, 7)
    assert not size > 3
    assert not size <= 3
    assert f"{size:.2f} {size:d} {size:>3} {size}" == "0.00 0 0.0 0.0"


def test_stubs_as_base_class_and_decorator() -> None:
    class Own(Silent().Formatter, Silent().Locator):  # type: ignore[misc]
        def __init__(self, wide: int) -> None:
            super().__init__(wide, deep=2)
            self.wide = wide

    assert (Own(3).wide, isinstance(Own(3).anything(), Own)) == (3, True)
    assert not isinstance(3, Silent().Formatter)

    @Silent().interact
    @Silent().interact(x=3)
    def function() -> int:
        return 5

    assert function() == 5


@pytest.mark.parametrize(
    "text",
    [
        "from tqdm import tqdm_notebook as f; rounds = f(range(5))",
        "from tqdm import tnrange; rounds = tnrange(5, desc='x')",
        "from tqdm.notebook import tqdm; rounds = tqdm(iter(range(5)), total=5)",
        "import tqdm; rounds = tqdm.auto.trange(0, 10, 2)",
        "from tqdm.contrib import tenumerate; rounds = tenumerate(range(5), start=1)",
        "from tqdm.contrib import tzip; rounds = tzip(range(5), range(9))",
        "from tqdm.contrib import tmap; rounds = tmap(abs, range(5))",
        "from tqdm.contrib.itertools import product; rounds = product(range(5), [1])",
        "from tqdm.contrib.concurrent import thread_map; rounds = thread_map(abs, range(5))",
        "from tqdm import tqdm; rounds = list(reversed(tqdm([1, 2, 3, 4, 5])))",
        "from tqdm import tqdm\nwith tqdm(range(5), unit='e') as rounds: pass",
        "from alive_progress import alive_it; rounds = alive_it(range(5), title='x')",
    ],
)
def test_a_loop_runs_as_often_as_without_a_bar(finder: Finder, text: str) -> None:
    space: dict[str, Any] = {}
    exec(text, space)
    assert len(list(space["rounds"])) == 5


def test_a_bar_counts(finder: Finder, capsys: pytest.CaptureFixture[str]) -> None:
    tqdm = imported("tqdm").tqdm
    bar = tqdm(total=3, desc="epochs")
    rounds = 0
    while bar.n < bar.total:
        bar.update()
        bar.set_postfix(loss=1.0)
        rounds += 1
    assert (rounds, str(bar), bar.format_dict["n"], len(bar)) == (3, "epochs: 3/3", 3, 3)
    looped = tqdm(range(4))
    assert [each for each in looped] == [0, 1, 2, 3]
    assert (looped.n, f"{looped}", 2 in tqdm([2]), bool(tqdm([]))) == (4, "4/4", True, False)
    looped.reset(7)
    assert (looped.n, looped.total) == (0, 7)
    tqdm.write("written")
    tqdm.pandas()
    assert capsys.readouterr().out == "written\n"
    assert imported("tqdm").__version__ > "4"


def test_axes_have_the_shape_that_matplotlib_gives_them(finder: Finder) -> None:
    plt = imported("matplotlib.pyplot")
    figure, axes = plt.subplots()
    assert isinstance(axes, Silent)
    assert plt.subplots(2, 3)[1].shape == figure.subplots(2, 3).shape == (2, 3)
    assert [plt.subplots(*size)[1].shape for size in ((1, 3), (3, 1))] == [(3,), (3,)]
    assert plt.subplots(squeeze=False)[1].shape == (1, 1)
    assert len(plt.figure().subplots(2, 2).ravel()) == 4
    _, ((a, b), (c, d)) = plt.subplots(2, 2, figsize=(4, 3))
    assert {type(each) for each in (a, b, c, d)} == {Silent}
