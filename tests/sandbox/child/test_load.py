"""How a student's program is executed and called, and what is said of its exceptions. No sandbox is needed for that."""

import itertools
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox.child import load as inside
from autograder.sandbox.child.load import LoadedProgram, LoadingTookTooLong


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[..., LoadedProgram]:
    """A program whose code was executed, without torch."""

    def loaded(text: str, seconds: float = 5.0) -> LoadedProgram:
        program = LoadedProgram()
        program.directory = str(tmp_path)
        file = str(tmp_path / "Lab4.py")
        program.files[file] = "Lab4.py"
        inside.linecache.cache[file] = (len(text), None, [f"{line}\n" for line in text.split("\n")], file)
        program.module = types.ModuleType("Lab4")
        program.module.failures = program.execute(text, file, seconds)  # type: ignore[attr-defined]
        return program

    return loaded


def call(program: LoadedProgram, function: str, *inputs: float, **more: Any) -> dict[str, Any]:
    named = {f"x{number}": value for number, value in enumerate(inputs)}
    asked = {"function": function, "inputs": named, "settings": {}, "fields": (), "device": "cpu", "strict": False}
    request = {**asked, "arrays": "", "on_device": False}
    return program.call({**request, **more})


def test_failing_statement_is_skipped_with_its_names(
    loaded: Callable[..., LoadedProgram],
) -> None:
    program = loaded(
        """import nowhere.inside, nowhere as short
from math import nothing as n
b: int = 1 / 0
for i in [1]:
    c = [j for j in missing]
with open("/nowhere") as d: pass
b, (e, *f) = 1
def g():
    import nowhere
g()
def h(x=missing): pass
k = 3
""",
    )
    assert [(each["type"], each["line"], each["names"]) for each in program.module.failures] == [
        ("ModuleNotFoundError", 1, ["nowhere", "short"]),
        ("ImportError", 2, ["n"]),
        ("ZeroDivisionError", 3, ["b"]),
        ("NameError", 5, ["c"]),
        ("FileNotFoundError", 6, ["d"]),
        ("TypeError", 7, ["b", "e", "f"]),
        ("ModuleNotFoundError", 9, []),
        ("NameError", 11, ["h"]),
    ]
    assert all(each["skipped"] for each in program.module.failures)
    assert program.module.k == 3


def test_follow_up_failures_are_not_repeated(loaded: Callable[..., LoadedProgram]) -> None:
    program = loaded("import nowhere\nrun = nowhere.init()\nrun.start()\nn = run.n\nother\nrest = 1")
    assert [(each["line"], each["names"]) for each in program.module.failures] == [
        (1, ["nowhere", "run", "n"]),
        (5, []),
    ]
    assert program.module.rest == 1


def test_functions_in_a_failing_statement_are_defined(loaded: Callable[..., LoadedProgram]) -> None:
    program = loaded(
        """if True:
    def before(x): return 1
    1 / 0
    def after(x): return 2
    class Net:
        def method(self): pass
    value = 3
@missing.decorator
def decorated(x): return 4
def whole(x: missing): pass
"""
    )
    assert [each["names"] for each in program.module.failures] == [["value"], [], ["whole"]]
    assert [vars(program.module)[name](0) for name in ("before", "after", "decorated")] == [1, 2, 4]
    assert not hasattr(program.module, "method")


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        ("1 / 0", "n.append(1)"),
        ("n.append(2); 1 / 0", "n.append(1)"),
        ("ä = 'ä'; 1 / 0", "n.append(1); é = 'é'"),
        ("@1 / 0\n@abs\ndef f(): pass", "n.append(1)"),
        ("class A:\n    n.append(2)\n    1 / 0", "n.append(1)"),
        ("with open(__file__) as f:\n    f.close()\n    1 / 0", "n.append(1); __file__ = '/dev/null'"),
        ("for each in (1, 0):\n    1 / each", "n.append(1)"),
        ("try:\n    1 / 0\nfinally:\n    n.append(2)", "n.append(1)"),
        ("try:\n    1 / 0\nexcept Exception as e:\n    kept = e\nraise kept", "n.append(1)"),
        ("f = lambda: 1 / 0\ntry: f()\nexcept Exception as e: raise ValueError from e", "n.append(1)"),
    ],
)
def test_every_statement_but_the_failing_one_runs_once(
    loaded: Callable[..., LoadedProgram], statement: str, first: str
) -> None:
    module = loaded(
        f"from __future__ import annotations\nn = []\n{first}\n{statement}\ndef g(x: nowhere): n.append(3)\ng(0)"
    ).module
    assert len(module.failures) == 1
    assert module.failures[0]["skipped"]
    assert (module.n.count(1), module.n.count(3)) == (1, 1)
    assert module.n.count(2) <= 1


@pytest.mark.parametrize("ending", ["exit()", "raise SystemExit(2)", "raise KeyboardInterrupt", "return 1", "("])
def test_what_ends_a_program_ends_it(loaded: Callable[..., LoadedProgram], ending: str) -> None:
    program = loaded(f"a = 1\n{ending}\nb = 2")
    (failure,) = program.module.failures
    assert "skipped" not in failure
    assert failure["line"] == 2
    assert not hasattr(program.module, "b")


def test_features_of_the_future_hold_from_where_they_stand(loaded: Callable[..., LoadedProgram]) -> None:
    program = loaded("from __future__ import annotations, nothing\ndef f(x: missing): pass")
    assert [each["type"] for each in program.module.failures] == ["SyntaxError"]
    assert loaded("from __future__ import annotations\ndef f(x: missing): pass").module.failures == []
    assert loaded("def f(x: missing): pass").module.failures[0]["type"] == "NameError"


def test_loading_time_ends_any_program(loaded: Callable[..., LoadedProgram]) -> None:
    begun = time.monotonic()
    (failure,) = loaded("try:\n    while True: pass\nexcept Exception: pass\na = 1", 0.1).module.failures
    assert failure["type"] == "LoadingTookTooLong"
    assert time.monotonic() - begun < 3
    with inside.time_limit(0.05):
        pass
    time.sleep(0.1)  # no signal comes any more
    with pytest.raises(LoadingTookTooLong), inside.time_limit(0.05):
        time.sleep(1)
    with inside.time_limit(0.05, of_processor=True):
        time.sleep(0.1)
    with pytest.raises(LoadingTookTooLong), inside.time_limit(0.05, of_processor=True):
        any(False for _ in itertools.count())


def test_a_failure_names_the_innermost_line_of_the_students_own(loaded: Callable[..., LoadedProgram]) -> None:
    program = loaded("import json\ndef g(x):\n    return json.loads(x)  # here\ndef f(x):\n    return g('{')\n")
    failure = call(program, "f", 1.0)["failure"]
    assert (failure["file"], failure["line"], failure["function"]) == ("Lab4.py", 3, "g")
    assert failure["source"] == "return json.loads(x)  # here"
    assert failure["type"] == "JSONDecodeError"


def test_a_failure_in_a_file_beside_the_program_names_that_file(
    loaded: Callable[..., LoadedProgram], tmp_path: Path
) -> None:
    (tmp_path / "helper.py").write_text("def g():\n    return 1 / 0\n")
    program = loaded("def f(x):\n    return helper['g']()\n")
    program.module.helper = helper = {}  # type: ignore[attr-defined]
    exec(compile((tmp_path / "helper.py").read_text(), str(tmp_path / "helper.py"), "exec"), helper)
    failure = call(program, "f", 1.0)["failure"]
    assert (failure["file"], failure["line"], failure["source"]) == ("helper.py", 2, "return 1 / 0")
    helper["g"] = lambda: int("x" * 3, 99)
    assert call(program, "f", 1.0)["failure"]["file"] == "Lab4.py"  # this file is not the student's


def test_a_failure_is_cut_and_holds_no_path(loaded: Callable[..., LoadedProgram]) -> None:
    program = loaded(f"def f(x): raise type('E' * 101, (Exception,), {{}})('m' * 501) # {'s' * 300}")
    failure = call(program, "f", 1.0)["failure"]
    assert (len(failure["type"]), len(failure["message"]), len(failure["source"])) == (100, 500, 200)
    path = f"no {program.directory}/x and {sys.prefix}/lib"
    assert program._without_paths(path) == "no x and lib"


def test_a_syntax_error_is_told_with_its_own_line(loaded: Callable[..., LoadedProgram]) -> None:
    (failure,) = loaded("a = 1\nb = = 2").module.failures
    assert (failure["type"], failure["line"], failure["file"], failure["source"]) == (
        *("SyntaxError", 2, "Lab4.py", "b = = 2"),
    )
    assert failure["message"] == "invalid syntax"
    (failure,) = loaded("exec(compile('(', 'other/name.py', 'exec'))").module.failures
    assert (failure["file"], failure["line"]) == ("name.py", 1)


@pytest.mark.parametrize(
    ("body", "type_"),
    [("return x + 1", "returned"), ("raise ValueError", "raised"), ("raise SystemExit", "raised")],
)
def test_a_call_has_one_answer(loaded: Callable[..., LoadedProgram], body: str, type_: str) -> None:
    program = loaded(f"n = 0\ndef f(x):\n    global n\n    n += 1\n    {body}")
    answer = call(program, "f", 2.0)
    assert answer["type"] == type_
    assert program.module.n == 1
    if type_ == "returned":
        assert (answer["value"]["value"], answer["as_tensors"], answer["autograd"]) == (3.0, False, False)
    assert call(program, "g", 2.0) == call(program, "n", 2.0) == {"type": "missing"}


def test_the_cpu_answers_where_another_device_does_not(loaded: Callable[..., LoadedProgram]) -> None:
    text = "calls = []\ndef f(x, device):\n    calls.append(device)\n    {}"
    for body, device, strict, asked in (
        ("return x if device == 'cpu' else None", "mps", False, ["mps", "cpu"]),
        ("return x", "mps", False, ["mps"]),
        ("return None", "cpu", False, ["cpu"]),
        ("return None", "mps", True, ["mps"]),
        ("return [x, None][device == 'mps':]", "mps", False, ["mps", "cpu"]),
        ("raise ValueError", "mps", False, ["mps", "cpu"]),
    ):
        program = loaded(text.format(body))
        answer = call(program, "f", 2.0, device=device, strict=strict)
        assert program.module.calls == asked, body
        assert answer["type"] == ("raised" if "raise" in body else "returned")
