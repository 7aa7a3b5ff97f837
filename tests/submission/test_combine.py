"""Files that are one program together, and those that are not."""

import pytest

from autograder.submission.combine import combine
from autograder.submission.model import Program


def program(name: str, *cells: str, notebook: bool = False) -> Program:
    return Program(name, cells, f"digest of {name}", notebook)


ONE = program("Lab4_task1.py", "import torch\ndef train(x): return x")
TWO = program("Lab4_task2.ipynb", "x = 1", "def forward(x): return x", notebook=True)


def test_files_that_define_different_functions_are_one_program() -> None:
    joined = combine([ONE, TWO])
    assert joined is not None
    assert joined.name == "Lab4_task1.py, Lab4_task2.ipynb"
    assert joined.cells == (*ONE.cells, *TWO.cells)
    assert joined.titles == ("Lab4_task1.py", "Lab4_task2.ipynb, code cell 1", "Lab4_task2.ipynb, code cell 2")
    assert joined.notebook
    assert joined.digest not in (ONE.digest, TWO.digest)


def test_the_digest_depends_on_each_file() -> None:
    others = [combine([ONE, other]) for other in (TWO, Program(TWO.name, TWO.cells, "another"))]
    assert len({each.digest for each in others if each}) == 2


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("def train(x):\n    return x  # the same", True),
        ("def train(x): return x + 1", False),
        ("class train: pass", False),
        ("def other(): pass\ndef main(): pass", True),
        ("x = 1", False),
        ("def other(:", False),
        ("def other(): return '\0'", False),
        ("def other(): return 1" + "+1" * 2000, False),  # deeper than Python follows it
        ("def other(): return " + "-" * 100_000 + "1", False),
        ("def other(): return " + "(" * 5000 + ")" * 5000, False),
    ],
)
def test_what_is_defined_in_two_ways_or_cannot_be_read_is_no_part(text: str, joined: bool) -> None:
    first = program("a.py", "def train(x): return x\ndef main(): print(1)")
    assert (combine([first, program("b.py", text)]) is not None) == joined
