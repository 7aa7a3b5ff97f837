"""Wrong programs: slips of many kinds and lines, made in the reference's text without moving its lines."""

import ast
import functools
from collections import Counter

import pytest
from conftest import ROOT

from autograder.authoring.audit.changes import Change, changes
from autograder.authoring.audit.slips import Source, slips
from autograder.submission import Program

FUNCTIONS = ("check_result", "train", "fnn_forward", "fnn_gradients", "fnn_check_result")
REFERENCE = Program("Lab4.py", ((ROOT / "reference/Lab4.py").read_text(),), "")


@functools.cache
def made(text: str, function: str = "f", number: int = 500) -> dict[str, Change]:
    """All wrong programs for a function, by what stands in the changed lines then."""
    return {each.after: each for each in changes(Program("Lab.py", (text,), ""), function, [function], number)}


LOOP = """
def f(x, w, n):
    losses = []
    for _ in range(n):
        loss = (x * w - 1) ** 2
        losses.append(loss.item())
        loss.backward()
        w -= w.grad
        w.grad = None
    return w.item(), losses
"""


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        ("loss = (x * w + 1) ** 2", "operator"),
        ("loss = (x * w - 1) * 2", "operator"),
        ("loss = (x * w) ** 2", "part"),
        ("loss = (x - 1) ** 2", "part"),
        ("loss = 2 * ((x * w - 1) ** 2)", "part"),
        ("loss = -((x * w - 1) ** 2)", "sign"),
        ("loss = (x * w - 1) ** 3", "number"),
        ("loss = (1 - x * w) ** 2", "order"),
        ("loss = (x * n - 1) ** 2", "name"),
        ("losses.append(loss.item)", "call"),
        ("w -= w", "gradient"),
        ("w += w.grad", "update"),
        ("w = w.grad", "update"),
        ("for _ in range(1, n):", "range"),
        ("return losses, w.item()", "order"),
        ("loss.backward() … losses.append(loss.item())", "order"),
    ],
)
def test_a_slip_and_its_kind(after: str, kind: str) -> None:
    assert made(LOOP)[after].kind == kind


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("    return max(x, 0)", "return min(x, 0)"),
        ("    return 2 * max(x - 1, 0)", "return 2 * (x - 1)"),
        ("    return torch.relu(x)", "return torch.tanh(x)"),
        ("    return 1.0 if x > 0 else 0.0", "return 1.0 if x < 0 else 0.0"),
        ("    return 1.0 if x > 0 else 0.0", "return 0.0 if x > 0 else 1.0"),
        ("    return SGD([x], lr=1, momentum=2)", "return SGD([x], lr=1)"),
        ("    return -x", "return x"),
        ("    naïve = 'é', x + 1", "naïve = 'é', x - 1"),
    ],
)
def test_slips_of_other_forms(text: str, after: str) -> None:
    assert after in made(f"def f(x):\n{text}\n")


@pytest.mark.parametrize(
    ("text", "after", "kind"),
    [
        ("X @ w", "w @ X", "order"),
        ("X @ w", "X * w", "operator"),
        ("X.T @ e", "X @ e", "function"),
        ("(e**2).mean()", "(e**2).sum()", "function"),
        ("e.sum(dim=0)", "e.mean(dim=0)", "function"),
        ("e.sum(dim=0)", "e.sum(dim=1)", "number"),
        ("e.sum(1)", "e.sum(0)", "argument"),
        ("e.sum(dim=0)", "e.sum(dim=0, keepdim=True)", "argument"),
        ("e.sum(dim=0, keepdim=True)", "e.sum(dim=0)", "argument"),
        ("e.sum()", "e", "function"),
        ("torch.mean(e)", "torch.sum(e)", "function"),
        ("torch.mean(e)", "e", "function"),
        ("2 * e.sum(0)", "2 * e", "function"),
        ("e / len(X)", "e / X.shape[1]", "function"),
        ("e / X.shape[0]", "e / X.shape[1]", "number"),
        ("e / X.shape[1]", "e / X.shape[0]", "number"),
        ("w.unsqueeze(1) @ e", "w @ e", "function"),
        ("torch.softmax(X, dim=1)", "torch.log_softmax(X, dim=1)", "function"),
        ("torch.softmax(X, dim=1)", "torch.softmax(X, dim=0)", "argument"),
    ],
)
def test_slips_with_vectors_and_matrices(text: str, after: str, kind: str) -> None:
    tried = changes(Program("Lab.py", (f"def f(X, w, e):\n    return {text}\n",), ""), "f", ["f"], 500)
    assert [each.kind for each in tried if each.after == f"return {after}"] == [kind]


def test_what_no_array_has_stays() -> None:
    found = made("def f(x):\n    return sum(x), len('abc'), x.sum(2)\n")
    assert not any(" mean(" in each or "shape" in each or "keepdim" in each for each in found)


def test_what_is_printed_and_the_form_of_calls_stay() -> None:
    text = (
        'def f(x=1, device="cpu"):\n    """1 + 1"""\n    print(x + 1)\n    print(f"{x + 2}")\n    return g(x, device)\n'
    )
    assert {each.before for each in made(text).values()} <= {"return g(x, device)"}
    assert "return g(device, x)" not in made(text)


def test_a_line_left_out_is_missing_between_its_neighbors() -> None:
    (change,) = [each for each in changes_of_loop() if each.before == "w.grad = None"]
    assert (change.line, change.lines) == (9, (8,))
    assert change.program.cells[0] == LOOP.replace("        w.grad = None\n", "")
    (backward,) = [each for each in changes_of_loop() if each.before == "loss.backward()"]
    assert backward.lines == (6, 7)  # the lines before and after, as they are counted then


def changes_of_loop() -> list[Change]:
    """Those that leave a line out."""
    found = changes(Program("Lab.py", (LOOP,), ""), "f", ["f"], 500)
    return [each for each in found if each.kind == "missing"]


def test_a_statement_leaves_its_loop() -> None:
    found = [each for each in changes(Program("Lab.py", (LOOP,), ""), "f", ["f"], 500) if each.kind == "indent"]
    out = next(each for each in found if each.before == "w.grad = None")
    assert out.program.cells[0] == LOOP.replace("        w.grad = None", "    w.grad = None")
    assert out.lines == (9, 8)  # itself, and after what it is missing
    back = next(each for each in found if each.before.startswith("return"))
    assert back.program.cells[0] == LOOP.replace("    return", "        return")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_the_changed_lines_differ(function: str) -> None:
    for change in changes(REFERENCE, function, FUNCTIONS, 60):
        old, new = REFERENCE.cells[0].split("\n"), change.program.cells[0].split("\n")
        if change.kind == "missing":
            assert new == [*old[: change.line - 1], *old[change.line :]]
            continue
        different = {number for number, (one, other) in enumerate(zip(old, new, strict=True), 1) if one != other}
        assert min(different) == change.line
        assert different <= set(change.lines)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_kind_and_every_line_come_up(function: str) -> None:
    tree = ast.parse(REFERENCE.cells[0])
    body = next(each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == function)
    source = Source(tuple(line.encode() for line in REFERENCE.cells[0].split("\n")))
    kinds = {each.kind for each in slips(body, source)}
    lines = {each.line for each in slips(body, source)}
    chosen = changes(REFERENCE, function, FUNCTIONS, len(kinds) + len(lines))
    assert kinds <= {each.kind for each in chosen}
    assert lines <= {each.line for each in chosen}
    assert max(Counter(each.line for each in chosen).values()) <= 5
    assert len({each.program.cells for each in chosen}) == len(chosen)


def test_the_same_in_every_run_and_helpers_of_its_own() -> None:
    assert changes(REFERENCE, "train", FUNCTIONS, 12) == changes(REFERENCE, "train", FUNCTIONS, 12)
    places = {each.before for each in changes(REFERENCE, "fnn_forward", FUNCTIONS, 40)}
    assert any("small" in before for before in places)  # of _sigmoid()
    gradients = changes(REFERENCE, "fnn_gradients", FUNCTIONS, 200)
    assert not any("m1 = x1 * w1" in each.before for each in gradients)  # fnn_forward() has checks of its own
    assert changes(REFERENCE, "nowhere", FUNCTIONS, 12) == []


def test_a_cell_of_a_notebook() -> None:
    program = Program("Lab.ipynb", ("%%no python", "x = 1", "def f(x):\n    return x + 1"), "", notebook=True)
    found = changes(program, "f", ["f"], 100)
    assert {each.cell for each in found} == {3}
    assert all(each.program.cells[:2] == program.cells[:2] for each in found)
