"""Programs of a class made by code: independent ones, alike because the lab is small, and disguised copies."""

import ast
import builtins
import random
import sys
from collections.abc import Sequence

from conftest import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))
import export

REMARKS = ("# this works", "# see the tutorial", "# TODO: tidy up", "# forward", "#", "# update the weight by hand")
EPOCHS = ("epoch {}: {:.4f}", "{} -> loss {}", "step {}  loss={:.5f}", "[{}] {}", "after {} epochs the loss is {}")
SAMPLES = export.samples()


def program(chance: random.Random) -> str:
    """A right program of a student who knows no other: most functions plain, in the words that come to mind, some in
    one of the samples' styles; and what people add at the end to try it out."""
    plain = {"train": _train, "fnn_forward": _forward, "fnn_gradients": _gradients, "fnn_check_result": _check}
    chosen = [
        plain[name](chance) if name in plain and chance.random() < 0.8 else chance.choice(SAMPLES.right[name])
        for name in export.FUNCTIONS
    ]
    helpers = [SIGMOID] if any("sigmoid(m2)" in each and "torch.sigmoid(m2)" not in each for each in chosen) else []
    return "import math\n" + SAMPLES.program([*helpers, *chosen]) + "\n\n" + _own_lines(chance)


SIGMOID = "def sigmoid(z):\n    return 1 / (1 + math.exp(-z))"


def _or(chance: random.Random, usual: str, *others: str) -> str:
    """Mostly the usual way."""
    return usual if chance.random() < 0.6 else chance.choice(others)


def _train(chance: random.Random) -> str:
    device = _or(chance, "device=device", "dtype=torch.float32, device=device")
    loss = _or(chance, "(y_hat - y) ** 2", "(x * w - y) ** 2", "torch.pow(y_hat - y, 2)", "torch.square(y_hat - y)")
    note = "losses.append(loss.item())"
    after = _or(chance, "w.grad.zero_()", "w.grad = None", "w.grad.data.zero_()", "w.grad.fill_(0.0)")
    step = _or(
        chance, "w -= lr * w.grad", "w.sub_(lr * w.grad)", "w.copy_(w - lr * w.grad)", "w.add_(w.grad, alpha=-lr)"
    )
    inside = chance.random() < 0.3
    lines = [
        "def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device='cpu'):",
        *(f"    {name} = torch.tensor({_or(chance, name, f'float({name})')}, {device})" for name in "xy"),
        f"    w = torch.tensor(w, {device}, requires_grad=True)",
        f"    losses = {_or(chance, '[]', 'list()')}",
        f"    for {_or(chance, 'epoch', '_', 'i')} in range(n_epochs):",
        "        y_hat = x * w" if "y_hat" in loss else "",
        f"        loss = {loss}",
        f"        {note}",
        "        loss.backward()",
        "        with torch.no_grad():",
        f"            {step}",
        f"        {'    ' if inside else ''}{after}",
        _or(
            chance,
            "",
            f"        if epoch % {chance.choice((2, 4, 5, 10))} == 0:\n            print(epoch, loss.item())",
        ),
        f"    return {_or(chance, 'w.item(), losses', '(float(w), losses)', 'w.detach().item(), losses')}",
    ]
    text = "\n".join(line for line in lines if line)
    return text.replace("for _ in", "for epoch in").replace("for i in", "for epoch in")


def _forward(chance: random.Random) -> str:
    relu = _or(chance, "r = max(0, m1)", "r = m1 if m1 > 0 else 0", "r = max(m1, 0.0)", "r = m1 * (m1 > 0)")
    if chance.random() < 0.2:
        relu = "if m1 > 0:\n        r = m1\n    else:\n        r = 0"
    sigmoid = _or(
        chance,
        "1 / (1 + math.exp(-m2))",
        "sigmoid(m2)",
        "1.0 / (1.0 + math.exp(-m2))",
        "math.exp(m2) / (1 + math.exp(m2))",
        "(1 + math.exp(-m2)) ** -1",
    )
    square = _or(chance, "s ** 2", "s * s", "pow(s, 2)", "(y_hat - y) ** 2")
    names = ("m1", "r", "m2", "y_hat", "s", "loss")
    keys = "{" + ", ".join(f"{name!r}: {name}" for name in names) + "}"
    called = "dict(" + ", ".join(f"{name}={name}" for name in names) + ")"
    return (
        f"def fnn_forward(x1=4.0, w1=0.5, w2=0.2, y=1.0):\n    m1 = {_or(chance, 'x1 * w1', 'w1 * x1')}\n    {relu}\n"
        f"    m2 = {_or(chance, 'r * w2', 'w2 * r')}\n    y_hat = {sigmoid}\n    s = y_hat - y\n    loss = {square}\n"
        f"    return {_or(chance, keys, called)}"
    )


def _gradients(chance: random.Random) -> str:
    node = _or(chance, "f", "nodes", "out")
    y_hat, r, m1, s = (f"{node}['{name}']" for name in ("y_hat", "r", "m1", "s"))
    first = [f"{node} = fnn_forward(x1, w1, w2, y)"]
    if chance.random() < 0.4:
        first += [f"y_hat = {y_hat}", f"r = {r}"]
        y_hat, r = "y_hat", "r"
    gate = _or(chance, f"1 if {m1} > 0 else 0", f"1.0 if {m1} > 0 else 0.0", f"float({m1} > 0)", f"int({r} > 0)")
    slope = _or(chance, f"{y_hat} * (1 - {y_hat})", f"(1 - {y_hat}) * {y_hat}", f"{y_hat} - {y_hat} ** 2")
    keys = ["dloss_ds", "ds_dy_hat", "dy_hat_dm2", "dm2_dw2", "dm2_dr", "dr_dm1", "dm1_dw1", "dloss_dw2", "dloss_dw1"]
    chain = "dloss_ds * ds_dy_hat * dy_hat_dm2"
    lines = [
        f"dloss_ds = {_or(chance, f'2 * {s}', f'2.0 * {s}', f'2 * ({y_hat} - y)')}",
        f"ds_dy_hat = {_or(chance, '1', '1.0')}",
        f"dy_hat_dm2 = {slope}",
        f"dm2_dw2 = {r}",
        "dm2_dr = w2",
        f"dr_dm1 = {gate}",
        "dm1_dw1 = x1",
    ]
    if chance.random() < 0.4:
        common = _or(chance, "upstream", "dloss_dm2")
        lines.append(f"{common} = {chain}")
        chain = common
    lines += [f"dloss_dw2 = {chain} * dm2_dw2", f"dloss_dw1 = {chain} * dm2_dr * dr_dm1 * dm1_dw1"]
    result = "return {" + ", ".join(f"'{key}': {key}" for key in keys) + "}"
    head = "def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):"
    return "\n    ".join([head, *first, *lines, result])


def _check(chance: random.Random) -> str:
    tensors = [f"{name} = torch.tensor({name}, device=device)" for name in ("x1", "y")]
    tensors += [f"{name} = torch.tensor({name}, device=device, requires_grad=True)" for name in ("w1", "w2")]
    relu = _or(chance, "r = torch.relu(m1)", "r = torch.nn.functional.relu(m1)", "r = torch.clamp(m1, min=0)")
    sigmoid = _or(chance, "torch.sigmoid(m2)", "1 / (1 + torch.exp(-m2))", "m2.sigmoid()")
    loss = _or(chance, "(y_hat - y) ** 2", "torch.square(y_hat - y)", "(y_hat - y).pow(2)", "s ** 2")
    lines = [
        *(chance.sample(tensors, 4) if chance.random() < 0.3 else tensors),
        "m1 = x1 * w1",
        relu,
        "m2 = r * w2",
        f"y_hat = {sigmoid}",
        *(["s = y_hat - y"] if loss == "s ** 2" else []),
        f"loss = {loss}",
        "loss.backward()",
        *([f"print({chance.choice(('w1.grad, w2.grad', 'loss', 'loss.item(), r'))})"] * (chance.random() < 0.3)),
        f"return loss.item(), w2.grad.item(), {_or(chance, 'w1.grad.item()', 'float(w1.grad)')}",
    ]
    return "\n    ".join(["def fnn_check_result(x1=4.0, w1=0.5, w2=0.2, y=1.0, device='cpu'):", *lines])


def _own_lines(chance: random.Random) -> str:
    """What a student runs in the end; a third of the class runs nothing."""
    if chance.random() < 1 / 3:
        return ""
    start = chance.choice((0.5, 0.5, 1.0, 2.0, -1.0))
    lines = [
        f"w, losses = train(w={start})",
        f"print({chance.choice(('losses', 'w', 'losses[-1]', 'w, losses'))})",
        f"print({chance.choice(export.FUNCTIONS[2:])}())",
        f"for i, loss in enumerate(losses):\n        print({chance.choice(EPOCHS)!r}.format(i, loss))",
        "print(check_result())",
        f"assert abs(w - {chance.choice(('0.25', '0.2500', 'train()[0]'))}) < {chance.choice(('0.1', '1e-2', '1e-3'))}",
    ]
    chosen = [line for line in lines if chance.random() < 0.6] or lines[:1]
    return 'if __name__ == "__main__":\n' + "".join(f"    {line}\n" for line in chosen)


def disguised(text: str, chance: random.Random) -> str:
    """A copy with other names, other formatting, other comments, and its definitions in another order."""
    body = ast.parse(text).body
    definitions = [node for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    shuffled = iter(chance.sample(definitions, len(definitions)))
    body = [next(shuffled) if node in definitions else node for node in body]
    helpers = [node.name for node in definitions if node.name not in export.FUNCTIONS]
    parts = [_renamed(node, helpers, chance) for node in body]
    return with_comments("\n\n".join(parts), chance)


def _renamed(node: ast.stmt, helpers: Sequence[str], chance: random.Random) -> str:
    """A statement in which variables, parameters and helpers have other names."""
    stored = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    arguments = {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    made_global = {name for each in ast.walk(node) if isinstance(each, ast.Global) for name in each.names}
    local = sorted((stored | arguments) - made_global if isinstance(node, ast.FunctionDef) else set())
    names = {name: f"{chance.choice('abcdefg')}_{at}" for at, name in enumerate(local)}
    names |= {name: f"my_{name}_2" for name in helpers}
    for each in ast.walk(node):
        match each:
            case ast.Name(id=name) if name in names:
                each.id = names[name]
            case ast.arg(arg=name) if name in names:
                each.arg = names[name]
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) if name in names:
                each.name = names[name]
            case ast.Nonlocal(names=inner):
                each.names = [names.get(name, name) for name in inner]
            case ast.MatchAs(name=str(name)) | ast.ExceptHandler(name=str(name)) if name in names:
                each.name = names[name]
    assert not {*names.values()} & {*dir(builtins)}
    return ast.unparse(node)


def with_comments(text: str, chance: random.Random) -> str:
    """The text with comments and empty lines between its lines, where no text of several lines goes on."""
    if '"""' in text or "'''" in text:
        return text
    lines = []
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip()))
        lines += chance.choice(([], [], [indent + chance.choice(REMARKS)], ["", ""]))
        lines.append(line + chance.choice(("", "", "  " + chance.choice(REMARKS))))
    return "\n".join(lines) + "\n"
