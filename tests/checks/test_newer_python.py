"""A program for a newer Python than the grader's is told so, with the version and the feature."""

import pytest

from autograder.checks.exceptions import advice
from autograder.checks.newer_python import newer
from autograder.sandbox.host.protocol import Failure

NEWER = [
    ((3, 12), "type Num = float", "The `type` statement"),
    ((3, 12), "type Pair[T] = tuple[T, T]", "The `type` statement"),
    ((3, 12), "def train[T](x: T) -> T:", "A parameter of types"),
    ((3, 12), "class Net[T]:", "A parameter of types"),
    ((3, 12), """print(f"loss {d["loss"]:.3f}")""", "An f-string with its own quotes"),
    ((3, 12), "print(f'{a} and {names['w']}')", "An f-string with its own quotes"),
    ((3, 12), """print(f"{'\\n'.join(rows)}")""", "An f-string with its own quotes"),
    ((3, 14), 'name = t"{x}"', "A template string"),
    ((3, 14), "except ValueError, TypeError:", "`except` with several types"),
    ((3, 15), "lazy import numpy", "A lazy import"),
    ((3, 15), "flat = [*row for row in rows]", "Unpacking in a comprehension"),
    ((3, 11), "except* ValueError:", "`except*`"),
]


@pytest.mark.parametrize(("since", "line", "what"), NEWER)
def test_a_feature_of_a_later_grammar_is_named_with_both_versions(since: tuple[int, int], line: str, what: str) -> None:
    failure = Failure("SyntaxError", "invalid syntax", 3, "Lab4.py", line)
    before = (3, since[1] - 1)
    assert newer(failure, before).startswith(f"{what}")
    versions = f"needs Python 3.{since[1]}, but the grader runs Python 3.{before[1]}."
    assert versions in newer(failure, before)
    assert newer(failure, since) == ""


@pytest.mark.parametrize(
    "line",
    [
        *(
            "x = = 1",
            "type = = 3",
            "type(x) = 3",
            "def train(x",
            "print(f'{a} {b' )",
            'print(f"{a}" "b"',
            "except ValueError",
        ),
        *("not t", "print('f\"' 3)", "x = [*a, for", "def f(x: list[int]", "class Net(", "f(x) = {**a}"),
    ],
)
def test_a_slip_is_none(line: str) -> None:
    assert newer(Failure("SyntaxError", "invalid syntax", 3, "Lab4.py", line), (3, 10)) == ""


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("cannot import name 'batched' from 'itertools' (unknown location)", "itertools.batched"),
        ("cannot import name 'override' from 'typing' (/usr/lib/typing.py)", "typing.override"),
        ("module 'math' has no attribute 'sumprod'", "math.sumprod"),
        ("No module named 'tomllib'", "tomllib"),
        ("No module named 'string.templatelib'; 'string' is not a package", "string.templatelib"),
        ("No module named 'pandas'", ""),
        ("module 'math' has no attribute 'Exp'", ""),
    ],
)
def test_a_name_of_a_later_library_is_named_too(message: str, name: str) -> None:
    assert newer(Failure("ImportError", message), (3, 10)).startswith(f"{name} needs" if name else "")
    assert bool(newer(Failure("ImportError", message), (3, 10))) == bool(name)
    assert newer(Failure("ImportError", message), (3, 14)) == ""


def test_it_comes_before_any_other_advice() -> None:
    failure = Failure("SyntaxError", "invalid syntax", 3, "Lab4.py", "lazy import numpy")
    assert advice(failure, "") == newer(failure)
