"""Small changes of a program: each kind of mistake has one that undoes it, in its line, and all can be undone."""

import ast
import contextlib

import pytest

from autograder.sandbox.child.edits import edits, made

FIELDS, FUNCTIONS = ("m1", "loss"), ("*", "relu", "sigmoid", "**")


def changed(wrong: str) -> dict[str, tuple[str, int]]:
    """Every program that is one change away: its text, with the kind and the line of the first change that makes it."""
    (tree,) = ast.parse(wrong).body
    found: dict[str, tuple[str, int]] = {}
    for edit in edits(tree, FIELDS, FUNCTIONS):
        with made(edit):
            with contextlib.suppress(SyntaxError):  # `break` outside of a loop
                compile(ast.Module([tree], []), "Lab4.py", "exec", dont_inherit=True)
            text = ast.unparse(tree).replace("_autograder_", "")
        found.setdefault(text, (edit.kind, edit.line))
    as_it_was = ast.dump(ast.parse(wrong).body[0], include_attributes=True)
    assert ast.dump(tree, include_attributes=True) == as_it_was
    return found


def function(*body: str) -> str:
    return "\n    ".join(("def f(x, w, lr):", *body))


def loop(*body: str, before: str = "losses = []", after: str = "return (w.item(), losses)") -> str:
    return function(before, "for epoch in range(10):", *(f"    {line}" for line in body), after)


@pytest.mark.parametrize(
    ("wrong", "right", "kind"),
    [
        ("s = x + w", "s = x * w", "operator"),
        ("s = x + w + lr", "s = x * w * lr", "operator"),
        ("s = x - w", "s = w - x", "order"),
        ("s = x * w * lr", "s = x * w", "part"),
        ("s = x", "s = 2 * x", "part"),
        ("s = x", "s = x ** 2", "part"),
        ("s = x", "s = 1 - x", "part"),
        ("s = x", "s = x * w", "part"),
        ("s = x", "s = x * (1 - w)", "part"),
        ("s = x", "s = -x", "sign"),
        ("s = -x", "s = x", "sign"),
        ("s = x ** 3", "s = x ** 2", "number"),
        ("s = 0.5 * x", "s = 1 * x", "number"),
        ("s = x + 1", "s = x + 0", "number"),
        ("s = 0.01 * x", "s = lr * x", "name"),
        ("s = x * x", "s = x * w", "name"),
        ("s = x", "s = 1", "name"),
        ("s = torch.tanh(x)", "s = sigmoid(x)", "function"),
        ("s = torch.nn.functional.leaky_relu(x, 0.2)", "s = relu(x)", "function"),
        ("s = x * w", "s = relu(x * w)", "function"),
        ("s = x * w", "s = sigmoid(x * w)", "function"),
        ("s = round(x, 2)", "s = x", "function"),
        ("s = x.detach()", "s = x", "function"),
        ("s = x.flip(0)", "s = x", "function"),
        ("s = abs(x - w)", "s = (x - w) ** 2", "function"),
        ("s = torch.nn.functional.smooth_l1_loss(x, w)", "s = (x - w) ** 2", "function"),
        ("s = torch.optim.Adam([w], lr=lr)", "s = torch.optim.SGD([w], lr=lr)", "function"),
        ("s = SGD([w], lr=lr, momentum=0.8)", "s = SGD([w], lr=lr)", "argument"),
        ("s = SGD([w], lr=lr, momentum=0.8, nesterov=True)", "s = SGD([w], lr=lr)", "argument"),
        ("s = forward()", "s = forward(x, w, lr)", "argument"),
        ("s = forward(w, x)", "s = forward(x, w)", "order"),
        ("s = forward(x, w)", "s = forward(x, w, lr)", "argument"),
        ("s = dict(m1=w, r=x)", "s = dict(m1=x, r=w)", "order"),
        ("s = slope(forward(x))", "s = forward(x)", "function"),
        ("s = SGD([w.detach().clone()])", "s = SGD([w])", "function"),
        ("s = x[-1]", "s = x", "part"),
        ("s = x - w ** 2", "s = (x - w) ** 2", "grouping"),
        ("s = (x - lr) * w", "s = x - lr * w", "grouping"),
        ("s = x ** 2 - w ** 2", "s = (x - w) ** 2", "grouping"),
        ("s = 2.7 ** x", "s = 2.718281828459045 ** x", "number"),
        ("s = x if x > 0 else -x", "s = x if x > 0 else 0", "condition"),
        ("s = nn.L1Loss()(x, w)", "s = nn.MSELoss()(x, w)", "function"),
        ("s = torch.relu(x).detach().clone()", "s = torch.relu(x)", "function"),
        ("s = product(x, x, w)", "s = product(x, w)", "argument"),
        ("x.backward(w.detach())", "x.backward()", "argument"),
        ("s = x * (1 - x)", "s = w * (1 - w)", "name"),
        ("s = error(x, w) + lr", "s = error(w, x) + lr", "order"),
        ("s = error(x * lr, w)", "s = error(w * lr, x)", "order"),
        ("s, lr = forward(x)", "lr, s = forward(x)", "order"),
        ("lr = x", "w = x", "name"),
        ("n = w - x", "w -= x", "update"),
        ("s = w.tolist()", "s = w.grad.tolist()", "gradient"),
        ("s = x.item()", "s = w.grad", "gradient"),
        ("s = pow(2.7, x)", "s = pow(2.718281828459045, x)", "number"),
        ("s = x['a'] - w['b']", "s = x['b'] - w['b']", "name"),
        ("s = x if w > 0 else 0", "s = x if w < 0 else 0", "condition"),
        ("s = x if w > 0 else 0", "s = x", "condition"),
        ("s = w.grad", "s = w", "gradient"),
        ("s = w.item", "s = w.item()", "call"),
        ("w.grad.zero_", "w.grad.zero_()", "call"),
        ("s = {'m1': x, 'loss': w}", "s = {'m1': w, 'loss': x}", "order"),
        ("s = {'m1': x}", "s = {'loss': x}", "name"),
        ("x -= w", "x += w", "update"),
        ("x *= w", "x -= w", "update"),
        ("x += w", "x *= w", "update"),
        ("x += w", "x = w", "update"),
        ("x = w", "x -= w", "update"),
        ("x.clamp_(0)", "pass", "unneeded"),
    ],
)
def test_a_statement(wrong: str, right: str, kind: str) -> None:
    found = changed(function(wrong, "return (s, w.grad)"))
    text = ast.unparse(ast.parse(function(right, "return (s, w.grad)")))
    assert found[text.replace("    pass\n", "")] == (kind, 2)


STEP, MADE = "w -= lr * w.grad", "w = torch.tensor(w, requires_grad=True)"


@pytest.mark.parametrize(
    ("wrong", "right", "kind", "line"),
    [
        (loop("loss.backward()", STEP), loop("loss.backward()", STEP, "w.grad = None"), "missing", 5),
        (loop("loss.backward()", "opt.step()"), loop("loss.backward()", "opt.step()", "opt.zero_grad()"), "missing", 5),
        (loop(STEP, "print(loss)"), loop(STEP, "print(loss)", "w.grad = None"), "missing", 4),
        (loop("losses = []", STEP, before="k = 0"), loop(STEP, before="k = 0\n    losses = []"), "indent", 4),
        (loop(STEP, "return losses", after="k = 0"), loop(STEP, after="return losses\n    k = 0"), "indent", 5),
        (loop(STEP, after="w.grad.zero_()"), loop(STEP, "w.grad.zero_()", after=""), "indent", 5),
        (loop(STEP, before="w.grad = None"), loop("w.grad = None", STEP, before=""), "indent", 2),
        (loop(STEP, before="s = x * w\n    s = s - x"), loop("s = x * w", "s = s - x", STEP, before=""), "indent", 2),
        (loop("if x > 1:", "    print(x)", f"    {STEP}"), loop("if x > 1:", "    print(x)", STEP), "indent", 6),
        (loop("w.zero_()", "x.zero_()", STEP), loop(STEP), "unneeded", 4),
        (function("r = t.relu(x)", "t.sigmoid(r)"), function("r = t.sigmoid(x)", "t.relu(r)"), "function", 2),
        (function("w = w - x", "return w"), function("w = w - x * lr", "return w"), "part", 2),
        (function("s = x - w * x", "return s"), function("s = w - x * w", "return s"), "name", 2),
        (function("w -= w.grad", "return x"), function("w -= w.grad", "w.grad = None", "return x"), "missing", 2),
        (loop(STEP, "loss.backward()"), loop("loss.backward()", STEP), "order", 4),
        (loop("if x > 0.1:", "    break", STEP), loop(STEP), "unneeded", 4),
        (loop("if x > 0.1:", f"    {STEP}"), loop(STEP), "condition", 4),
        (loop(STEP).replace("range(10)", "range(n - 1)"), loop(STEP).replace("range(10)", "range(n)"), "part", 3),
        (loop(STEP).replace("range(10)", "range(n)"), loop(STEP).replace("range(10)", "range(n + 1)"), "range", 3),
        (loop(STEP).replace("range(10)", "range(1, n)"), loop(STEP).replace("range(10)", "range(n)"), "range", 3),
        (loop("losses.append(last)"), loop("losses.append(copy(last))"), "copy", 4),
        (loop(STEP, after="return (w.item(), x.item())"), loop(STEP, after="return (x.item(), w.item())"), "order", 5),
        (loop(STEP, "b = w", after="return (b.item(), losses)"), loop(STEP, "b = w"), "name", 6),
        (function(MADE, "return (w.item(), x)"), function(MADE, "return (w.grad.item(), x)"), "gradient", 3),
    ],
)  # fmt: skip
def test_a_loop(wrong: str, right: str, kind: str, line: int) -> None:
    assert changed(wrong)[ast.unparse(ast.parse(right))] == (kind, line)


def test_what_is_only_printed_is_left_alone() -> None:
    found = changed(function('"""Sum."""', "print(x + 1)", "if x > 3:", "    print(f'{x:.2f}')", "return x"))
    assert {line for _, line in found.values()} == {6}


def test_annotations_and_default_values_are_left_alone() -> None:
    assert {line for _, line in changed("@cache\ndef f(x: float = 1 + 2) -> float:\n    return x").values()} == {3}
