"""The normal form forgets what a disguise changes, and nothing else."""

import ast
import keyword
import random
import sys
from collections.abc import Collection, Sequence

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from autograder import limited, submission
from autograder.submission.normal_form import FunctionForm, ProgramForm, begun, function_forms, line_forms

sys.path.insert(0, str(ROOT / "tests/classroom"))
import copied

ASKED = copied.export.FUNCTIONS
SEEDS = st.integers(0, 10_000)
WORDS = st.from_regex(r"[a-zåß_][a-z0-9_é]{0,6}", fullmatch=True)
USED = """
import math as m
from torch import tensor as make

scale = 2.0

class Model:
    def __init__(self, size, start=1):
        self.size = size
        self.weight = make(start)

    def step(self, rate):
        self.weight = self.weight - rate * self.size
        return self.weight

def helper(first, second=3, *rest, key=None, **more):
    total = 0
    for each in rest:
        total += each * first
    print(f"{total:.3f} of {second!r}", sep=key)
    return [other for other in rest if other > total], (lambda inner=second: inner + total)

def train(x, y, lr=0.1):
    global scale
    w, losses = 0.5, []
    model = Model(size=3, start=w)
    while (error := w * x - y) > 1e-3 or not losses:
        try:
            w -= lr * 2 * error * m.exp(-x)
            losses.append(model.step(rate=lr))
        except ValueError as problem:
            raise RuntimeError("no") from problem
        scale = scale * 2
    with open("log") as file:
        file.write(str(helper(w, second=lr, key=x)))
    return w, losses
"""
NAMES = (
    *("m", "make", "scale", "Model", "self", "size", "start", "weight", "step", "rate", "helper", "first", "second"),
    *("rest", "key", "more", "total", "each", "other", "inner", "x", "y", "lr", "w", "losses", "model", "error"),
    *("problem", "file"),
)


def normal_form(program: submission.Program, functions: Collection[str]) -> ProgramForm:
    with begun(program, functions) as form:
        return form()


def _shapes(text: str) -> list[tuple[str, bytes, bytes]]:
    return [(form.name, form.statements, form.whole) for form in function_forms([text], ASKED)]


def _exact(text: str) -> list[bytes]:
    return [form.exact for form in function_forms([text], ASKED)]


@given(st.lists(WORDS, min_size=len(NAMES), max_size=len(NAMES), unique=True), SEEDS)
def test_names_and_comments_change_nothing(words: Sequence[str], seed: int) -> None:
    new = dict(zip(NAMES, (f"{word}_" if keyword.iskeyword(word) else f"{word}x" for word in words), strict=True))
    tree = ast.parse(USED)
    for node in ast.walk(tree):
        for name in ("id", "arg", "name", "attr", "asname"):
            value = getattr(node, name, None)
            if isinstance(value, str) and not (name == "name" and isinstance(node, ast.alias)):
                setattr(node, name, new.get(value, value))
        if isinstance(node, ast.Global):
            node.names = [new[each] for each in node.names]
    text = copied.with_comments(ast.unparse(tree), random.Random(seed))
    assert _shapes(text) == _shapes(USED)
    assert _exact(text) != _exact(USED)
    assert _exact(copied.with_comments(USED, random.Random(seed))) == _exact(USED)


@given(SEEDS)
def test_disguise_changes_nothing(seed: int) -> None:
    chance = random.Random(seed)
    text = copied.program(chance)
    assert _shapes(copied.disguised(text, chance)) == _shapes(text)


@given(SEEDS)
def test_another_operator_or_constant_shows(seed: int) -> None:
    chance = random.Random(seed)
    tree = ast.parse(text := copied.program(chance))
    asked = [each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name in ASKED]
    inside = [node for each in asked for node in ast.walk(each)]  # a short helper is left out
    places = [node for node in inside if isinstance(node, ast.BinOp) or _is_number(node)]
    node = chance.choice(places)
    if isinstance(node, ast.BinOp):
        node.op = ast.Mod() if not isinstance(node.op, ast.Mod) else ast.Add()
    else:
        assert isinstance(node, ast.Constant)
        node.value = 77.5
    assert _shapes(ast.unparse(tree)) != _shapes(text)


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("s = a - b", "s = b - a"),
        ("s = a\nt = a", "s = a\nt = s"),
        ("a.zero_()", "a.zero()"),
        ("f(a, b=1)", "f(a, 1)"),
        ("print('x')", "print('y')"),
        ("if a: b()\nc()", "if a:\n    b()\n    c()"),
    ],
)
def test_what_shows_in_a_function(one: str, other: str) -> None:
    forms = []
    for text in (one, other):
        body = "\n".join(f"    {line}" for line in f"a = b = 1\n{text}".split("\n"))
        forms.append(function_forms([f"def train():\n{body}"], ASKED)[0].whole)
    assert forms[0] != forms[1]


def test_small_rewritings_do_not_show() -> None:
    text = "import numpy as np\ndef train(x, y):\n    'Text.'\n    w: float = np.exp(x)\n    pass\n    return (w)\n"
    same = "import numpy\ndef train(a, b) -> float:\n    # now\n    c = numpy.exp(a)\n    return c"
    assert _shapes(text) == _shapes(same)


def test_short_helpers_are_left_out() -> None:
    assert _shapes("def relu(z):\n    z = z + 1\n    return max(0, z)") == []


def test_order_of_cells_and_definitions_changes_nothing() -> None:
    functions = [ast.unparse(node) for node in ast.parse(USED).body]
    other = [*functions[:3], *reversed(functions[3:])]
    assert function_forms(functions, ASKED) == function_forms(other, ASKED)
    assert function_forms(functions, ASKED) == function_forms(["\n".join(functions)], ASKED)


def test_what_is_no_python_is_compared_by_lines() -> None:
    text = "def train(x)\n    w = 1  # one\n    '''a\n    text'''\n    return  w\nw=train(2)\n"
    (rest, train) = line_forms(text, ASKED)
    assert (rest.name, len(rest.digests), train.name, len(train.digests)) == ("", 1, "train", 3)
    assert function_forms([text], ASKED) == (rest, train)
    assert function_forms(["# no\n" + text.replace("  w\n", " w  # so\n")], ASKED) == (rest, train)
    assert function_forms([text.replace("w = 1", "w = 2")], ASKED) != (rest, train)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "x = " + "(" * 5000,
            "x = " + "-" * 50_000 + "1",
            "x = " + "+".join("1" * 100_000),
            "\0",
            "0x" + "f" * 20_000,
        ),
        *("x.y" + ".y" * 20_000, "if x:\n" + "".join(" " * at + "if x:\n" for at in range(1, 200)), "'''" * 3001, ""),
    ],
)
def test_hostile_programs_cost_little(text: str) -> None:
    form = normal_form(submission.Program("Lab4.py", (text,), "00" * 32), ASKED)
    assert sum(len(each.statements) for each in form.functions) < 10_000


def test_long_statement_hides_no_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "SECONDS", 2.0)
    long = "[" + "a," * 150_000 + "]"
    for _ in range(40):
        long = f"[{long} for a in b]"
    text = f"{USED}\nif 0:\n    z = {long}\n"
    form = normal_form(submission.Program("Lab4.py", (text,), "00" * 32), ASKED)
    assert not form.complete
    (train,) = (each for each in form.functions if each.name == "train")
    assert train in function_forms([USED], ASKED)


@pytest.mark.parametrize("before", ["if True:", "try:", "with x:", "for _ in x:\n  if x:"])
def test_definitions_in_blocks_are_the_same(before: str) -> None:
    inside = "\n".join(f"    {line}" for line in USED.splitlines())
    after = "\nfinally:\n    pass" if before == "try:" else ""
    found = {name: whole for name, _, whole in _shapes(f"{before}\n{inside}{after}")}
    assert found["train"] == {name: whole for name, _, whole in _shapes(USED)}["train"]


@pytest.mark.parametrize("line", ["train = _train", "a, train = 1, _train", "a = train = _train"])
def test_other_name_of_a_function_does_not_show(line: str) -> None:
    text = USED.replace("def train(", "def _train(") + f"\n{line}\n"
    found = {name: whole for name, _, whole in _shapes(text)}
    assert found["train"] == {name: whole for name, _, whole in _shapes(USED)}["train"]


def test_deep_expression_hides_no_function() -> None:
    deep = "+".join(["1"] * 2900)
    assert _shapes(f"{USED}\nx = {deep}\n")[1:] == _shapes(USED)[1:]
    assert _shapes(USED.replace("    global scale", f"    x = {deep}"))[1][0] == "train"


def test_every_sample_has_a_form() -> None:
    for folder in sorted((ROOT / "examples").iterdir()):
        if folder.is_dir():
            program = submission.read(folder).program
            assert program
            form = normal_form(program, ASKED)
            assert all(isinstance(each, FunctionForm) for each in form.functions)
            assert form.functions == function_forms(program.cells, ASKED)
