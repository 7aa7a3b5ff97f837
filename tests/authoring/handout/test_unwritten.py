"""The students' program is the reference's text without the solution, whatever the text looks like."""

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.authoring.handout.program import unwritten
from autograder.rubric import FileError, Function, Lab, Rubric
from autograder.rubric.schema import GraphEntry

Write = Callable[..., str]


@pytest.fixture
def students(tmp_path: Path) -> Write:
    """The students' program for a reference in which f(x, w, lr, n) is to be written and given(x, w) is complete."""

    def students(reference: str | bytes, **published: float) -> str:
        (tmp_path / "reference").mkdir(exist_ok=True)
        text = reference.encode() if isinstance(reference, str) else reference
        (tmp_path / "reference/Lab.py").write_bytes(text)
        graph = GraphEntry({"y": "x * w"}, {"published": {"x": 4, "w": 0.5, **published}})
        functions = {
            "f": Function(("x", "w"), ("y",), "g", {"lr": 0.01, "n": 20}),
            "given": Function(("x", "w"), ("y",), "g", given=True),
        }
        rubric = Rubric("lab", 0, {"g": graph}, functions, {}, (), "key", "Lab.py")
        return unwritten(Lab(tmp_path, rubric))

    return students


RAISE = 'raise NotImplementedError("f() is still to be written")'


def test_a_function_keeps_signature_and_docstring_to_the_letter(students: Write) -> None:
    head = (
        'def f(\n    x=4.0,  # the input\n    w = 0.5, *, k=1,\n):\n    r"""Do: \\d.\n\n      1. Keep  this.\n    """\n'
    )
    assert students(head + "    y = x * w  # the answer\n    return y\n    # so it is 2\n") == f"{head}    {RAISE}\n"


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("def f(x=4.0): return x * 2  # 8\n", f"def f(x=4.0):\n    {RAISE}\n"),
        ('def f(x=4.0): "do"; return x\n', f'def f(x=4.0):\n    "do"\n    {RAISE}\n'),
        ("def f(x=4.0):\n  # start at 2\n  return x\n", f"def f(x=4.0):\n  {RAISE}\n"),
        ('def f(x=4.0):\n\t"""do"""\n\treturn x\n', f'def f(x=4.0):\n\t"""do"""\n\t{RAISE}\n'),
        ('def f(x=4.0):\n    # hint\n    """do"""\n    return x\n', f'def f(x=4.0):\n    """do"""\n    {RAISE}\n'),
        ('def f(x=4.0):\n    """do"""\n', f'def f(x=4.0):\n    """do"""\n    {RAISE}\n'),
        ("def f(x=4.0):\n    def inner():\n        return 2\n    return inner\n", f"def f(x=4.0):\n    {RAISE}\n"),
        ("@cache\n@wraps(len)\ndef f(x=4.0):\n    return x\n", f"@cache\n@wraps(len)\ndef f(x=4.0):\n    {RAISE}\n"),
        ("def f(x=4.0, k={'a': 1}) -> 'a: b':\n    return x", f"def f(x=4.0, k={{'a': 1}}) -> 'a: b':\n    {RAISE}\n"),
        ('def f(x=4.0):\n    """ŷ"""; return "ŷ"\n', f'def f(x=4.0):\n    """ŷ"""\n    {RAISE}\n'),
    ],
)
def test_any_way_to_write_a_function_gives_one_without_its_body(students: Write, reference: str, expected: str) -> None:
    assert students(reference) == expected


def test_ends_of_lines_and_a_form_feed_change_nothing(students: Write) -> None:
    text = 'X = "a\x0cb"\n\x0c\ndef f(x=4.0):\n    """do\n    it"""\n    return 1\n\n\nY = 2\n'
    assert students(text.replace("\n", "\r\n")) == students(text)
    assert "return" not in students(text)
    assert students(text).endswith(f"    {RAISE}\n\n\nY = 2\n")


def test_defaults_are_published_values(students: Write) -> None:
    text = (
        "def given(x=1, w: float = -2.5):\n    return x * w\n\n\n"
        "def f(x, w: float, lr=1e-9, *, n=3, ŷ=0):\n    return x\n\n\n"
        "def other(x=1):\n    return x\n"
    )
    made = students(text, x=-3, lr=0.25)
    assert "def given(x=-3.0, w: float = 0.5):\n    return x * w\n" in made
    assert "def f(x=-3.0, w: float = 0.5, lr=0.25, *, n=20, ŷ=0):\n" in made
    assert "def other(x=1):\n    return x\n" in made
    assert "n=7," in students(text, n=7.0)


def test_private_definitions_are_removed_with_comments(students: Write) -> None:
    text = (
        "A = 1\n\n# ---- helpers\n\n\n"
        "# the trick\n_HIDDEN = 8\n_TABLE: dict = {}\n\n\n@cache\ndef _helper():\n    return 1\n    # more\n\n\n"
        "class _Model:\n    pass\n\n\n# ---- the rest\n\n\n# said of b\nB = 2  # kept\n\n_gone = 3\n# said of c\n"
        "C = 3\n# end\n"
    )
    assert students(text) == "A = 1\n\n\n# ---- the rest\n\n\n# said of b\nB = 2  # kept\n\n# said of c\nC = 3\n# end\n"


def test_a_heading_stays_while_anything_under_it_does(students: Write) -> None:
    text = "A = 1\n\n\n# ---- two\n\n\ndef _helper():\n    pass\n\n\ndef b():\n    pass\n"
    assert students(text) == "A = 1\n\n\n# ---- two\n\n\ndef b():\n    pass\n"


def test_comment_above_docstring_is_removed(students: Write) -> None:
    assert students('# The solution.\n\n"""Do."""\n\n# kept\nA = 1\n') == '"""Do."""\n\n# kept\nA = 1\n'
    assert students("# licence\n\nA = 1\n") == "# licence\n\nA = 1\n"


def test_imports_that_nothing_uses_go(students: Write) -> None:
    text = (
        '"""Do."""\n\nfrom __future__ import annotations\n\nimport math\nimport os.path\nimport sys as system\n'
        "from json import dumps, loads\nfrom re import *\n\nimport torch\n\n\n"
        "def f(x=4.0):\n    return math.exp(torch.tensor(x)) + os.path.sep\n\n\n"
        "def given(x=4.0):\n    return torch.tensor(loads(system.argv))\n"
    )
    assert students(text).split("def f")[0] == (
        '"""Do."""\n\nfrom __future__ import annotations\n\nimport sys as system\n'
        "from json import loads\nfrom re import *\n\nimport torch\n\n\n"
    )


def test_two_statements_on_a_line_are_refused(students: Write) -> None:
    with pytest.raises(FileError, match=r"Lab\.py, line 3: two statements share a line"):
        students("A = 1\n\nB = 1; _answer = 8\n")


@pytest.mark.parametrize(
    "use", ["def given(x=4.0):\n    return _scale(x)\n", "@_scale\ndef f(x=4.0):\n    return x\n", "_scale(1)\n"]
)
def test_what_is_given_and_uses_what_is_not_is_refused(students: Write, use: str) -> None:
    with pytest.raises(FileError, match=r"Lab\.py, line \d: students get this line, but not _scale") as error:
        students(f"def _scale(x):\n    return x\n\n{use}")
    assert "\n" not in str(error.value)


def test_a_default_that_cannot_stand_there_is_refused(students: Write) -> None:
    with pytest.raises(FileError, match="give every parameter a default"):
        students("def f(x, device):\n    return x\n")
