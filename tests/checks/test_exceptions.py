"""Each kind of exception that students meet gets advice that fits it, and no other."""

import contextlib
import io
import linecache
import math
import re

import numpy as np
import pytest
import torch
from torch import nn

from autograder.checks import exceptions
from autograder.checks.exceptions import TABLE, advice
from autograder.sandbox.host.protocol import Failure

SPACE = {"math": math, "np": np, "torch": torch, "nn": nn, "F": nn.functional}

# A program and a part of the advice that it gets.
CASES = [
    ("model = nn.Linear(1, 1)\ntorch.optim.SGD(model.parameters, lr=0.1)", "add its parentheses"),
    ("w = torch.tensor(1.0, requires_grad=True)\ntorch.optim.SGD(w, lr=0.1)", "put the weight in brackets"),
    ("w = torch.tensor(1.0, requires_grad=True) * 2\ntorch.optim.SGD([w], lr=0.1)", "set requires_grad last"),
    ("torch.optim.SGD([1.0], lr=0.1)", "this is a plain number"),
    ("torch.optim.SGD([], lr=0.1)", "nothing to change"),
    (
        "class N(nn.Module):\n    def _init_(self):\n        self.l = 1\ntorch.optim.SGD(N().parameters(), lr=0.1)",
        "two underscores",
    ),
    ("torch.optim.SGD([torch.tensor(1.0)], learning_rate=0.1)", "call the learning rate lr"),
    ("torch.optim.sgd([torch.tensor(1.0)], lr=0.1)", "begin with capital letters"),
    ("torch.optim.SGD([torch.tensor(1.0)], lr=0.1).backward()", "backward() belongs to the loss"),
    ("torch.tensor(1.0).zero_grad()", "w.grad = None"),
    ("torch.optim.SGD([torch.tensor(1.0)], lr=0.1).zero_grads()", "zero_grad() belongs to optimizers"),
    ("w = nn.Linear(1, 1)\nw.weight = torch.tensor(2.0)", "has to stay a parameter"),
    ("w = torch.tensor(1.0, requires_grad=True)\nw -= 0.1", "does not record the update"),
    ("w = torch.tensor([1.0, 2.0], requires_grad=True)\nw[0] = 3", "does not record the update"),
    ("w = torch.tensor(1.0, requires_grad=True)\ny = w.exp()\ny += 1\ny.backward()", "changed in place"),
    ("w = torch.tensor(1.0, requires_grad=True)\nl = w * 2\nl.backward()\nl.backward()", "again in each epoch"),
    ("w = torch.tensor(1.0, requires_grad=True)\nl = w ** 2\nl.backward()\nl.backward()", "again in each epoch"),
    ("torch.tensor(1.0).backward()", "connection to the weight is lost"),
    (
        "v = torch.tensor(1.0, requires_grad=True)\nw = torch.tensor(1.0, requires_grad=True)\ntorch.autograd.grad(w * 2, v)",
        "not computed from that tensor",
    ),
    ("w = torch.tensor(1.0, requires_grad=True)\n(w * torch.ones(2)).backward()", "starts from a single number"),
    ("w = torch.tensor(1.0, requires_grad=True)\nnp.exp(w)", "instead of NumPy's"),
    ("torch.tensor(4, requires_grad=True)", "4.0 instead of 4"),
    ("w = torch.tensor(4)\nw.requires_grad = True", "4.0 instead of 4"),
    ("nn.Parameter(torch.tensor(4))", "4.0 instead of 4"),
    ("torch.tensor(1.0, requires_grad=True).backwards()", "without an s"),
    ("with torch.no_grad: pass", "Parentheses are missing"),
    ("losses = []\nlosses = losses.append(1.0)\nlosses.append(2.0)", "write it alone"),
    ("w = torch.tensor(1.0, requires_grad=True)\nw.grad.zero_()", "A .grad is None"),
    ("w = torch.tensor(1.0, requires_grad=True)\nw - 0.1 * w.grad", "A .grad is None"),
    ("def f(): pass\na, b = f()", "returned nothing"),
    ("def f(): pass\nf()[0]", "returned nothing"),
    ('print("a") + 1', "One of the values is None"),
    ("torch.tensor(None)", "One of the values is None"),
    (
        "class N(nn.Module):\n    def _init_(self):\n        self.l = nn.Linear(1, 1)\n    def forward(self, x):\n        return self.l(x)\nN()(torch.ones(1))",
        "two underscores",
    ),
    ("class N:\n    def __int__(self, a):\n        self.a = a\nN(1)", "two underscores"),
    ("class N(nn.Module):\n    def __init__(self):\n        self.l = nn.Linear(1, 1)\nN()", "super().__init__()"),
    ("class N(nn.Module):\n    pass\nN()(torch.ones(1))", "a method forward"),
    ("super().__init__()", "self is the first parameter"),
    ("self.x", "self is the first parameter"),
    ("nn.ReLU(torch.tensor(1.0)) * 2", "create one and call it"),
    ("nn.Sigmoid(torch.tensor(1.0))", "create one and call it"),
    ("torch.relu(nn.ReLU())", "create one and call it"),
    ("nn.MSELoss(torch.tensor(1.0), torch.tensor(2.0)).backward()", "Create a loss of torch.nn first"),
    ("torch.nn.relu(torch.tensor(1.0))", "torch.nn has layers"),
    ("nn.sigmoid(torch.tensor(1.0))", "torch.nn has layers"),
    ("torch.sigmod(torch.tensor(1.0))", "That module has no such name"),
    ("math.Exp(1)", "That module has no such name"),
    ("from torch import nothing", "That module has no such name"),
    (
        "class N(nn.Module):\n    def forward(x):\n        return x\nN()(torch.ones(1))",
        "self has to be the first parameter",
    ),
    ("torch.tensor(1.0, 2.0)", "torch.tensor takes one value"),
    ("def f(a, b): return a\nf(1)", "Compare the arguments"),
    ("def f(a, b): return a\nf(1, 2, 3)", "Compare the arguments"),
    ("def f(a): return a\nf(a=1, b=2)", "Compare the arguments"),
    ("nn.Linear(1)", "Compare the arguments"),
    ("np.max(0, 2.0)", "max(a, b)"),
    ("np.max(0, 2)", "max(a, b)"),
    ("torch.max(0, torch.tensor(1.0))", "torch.relu(x)"),
    ("torch.maximum(torch.tensor(1.0), 0)", "torch.relu(x)"),
    ("for _ in range(20.0): pass", "A whole number is needed"),
    ("for _ in range(torch.tensor(2.0)): pass", "A whole number is needed"),
    ("for _ in 20: pass", "in range(…)"),
    ("losses = []\nlosses += 1.0", "use append(value)"),
    ("sum(1.0)", "where a list is needed"),
    ("len(5)", "where a list is needed"),
    ("losses = 0.0\nlosses.append(1)", "only a list has append()"),
    ("torch.tensor([]).append(1)", "only a list has append()"),
    ("losses = []\nlosses.append[1]", "round brackets"),
    ("torch.tensor(1.0).device()", "leave out its parentheses"),
    ("torch.tensor(1.0).item()()", "is a * missing"),
    ("torch.tensor(1.0)(2)", "is a * missing"),
    ("torch.Tensor(2.0)", "a small t"),
    ("torch.sigmoid(2.0)", "torch needs a tensor here, and this is a plain number"),
    ("F.sigmoid(2.0)", "torch needs a tensor here, and this is a plain number"),
    ("torch.clamp(2.0, min=0)", "torch needs a tensor here, and this is a plain number"),
    ("(1.0).backward()", "before .item(), float() or .numpy()"),
    ("loss = torch.tensor(1.0).item()\nloss.backward()", "does not know how it was computed"),
    ("torch.tensor(1.0).numpy().backward()", "does not know how it was computed"),
    ("np.float64(1.0).backward()", "does not know how it was computed"),
    ("loss = torch.tensor(1.0),\nloss.backward()", "comma at the end of the line"),
    ("[torch.tensor(1.0)].backward()", "take the loss out of the list"),
    ("{'loss': torch.tensor(1.0)}.backward()", "take the loss out of the list"),
    ("def loss():\n    return 1\nloss.backward()", "add its parentheses"),
    ("torch.tensor(1.0).mean.backward()", "add its parentheses"),
    ("str(torch.tensor(1.0)).backward()", "This is a text"),
    ("print(end='').backward()", "print() returns nothing"),
    ("(1.0).item()", "leave .item() and the like out"),
    ("(1.0).detach()", "leave .item() and the like out"),
    ("w = 1.0\nw.grad.zero_()", "replaced by a number on the way"),
    ("w = 1.0\nw.requires_grad_()", "replaced by a number on the way"),
    ("nn.MSELoss()(torch.tensor(1.0), 2.0)", "torch needs a tensor here, and this is a plain number"),
    ("torch.mean([1.0, 2.0])", "torch needs a tensor here, and this is a plain number"),
    ("torch.stack([1.0, 2.0])", "makes a tensor of them"),
    ("torch.cat([torch.tensor(1.0), torch.tensor(2.0)])", "use torch.stack"),
    ("nn.Linear(1, 1)(torch.ones(1, dtype=torch.float64))", "the same dtype"),
    ("x = torch.ones(1)\nx @ x.double()", "the same dtype"),
    ("torch.tensor([1, 2]).mean()", "4.0 instead of 4"),
    ("nn.Linear(1, 1)(torch.tensor(1.0))", "need dimensions"),
    ("torch.tensor(1.0) @ torch.tensor(1.0)", "need dimensions"),
    ("nn.Linear(2, 1)(torch.ones(1, 1))", "shapes do not match"),
    ("torch.ones(2) + torch.ones(3)", "shapes do not match"),
    ("torch.ones(4, 2) @ torch.ones(4)", "shapes do not match"),
    ("torch.ones(4) @ torch.ones(3)", "shapes do not match"),
    ("np.ones((4, 2)) @ np.ones(4)", "shapes do not match"),
    ("np.ones((4, 2)).dot(np.ones(4))", "shapes do not match"),
    ("np.ones((4, 2)) + np.ones(4)", "shapes do not match"),
    ("torch.tensor([1.0, 2.0]).item()", "which of them is meant"),
    ("math.exp(torch.tensor([1.0, 2.0]))", "which of them is meant"),
    ("float(np.array([1.0, 2.0]))", "which of them is meant"),
    ("if torch.tensor([1.0, 2.0]) > 0: pass", "needs one answer"),
    ("if np.array([1.0, 2.0]) > 0: pass", "needs one answer"),
    ("2.0 ^ 2", "write **"),
    ("torch.tensor(2.0) ^ 2", "write **"),
    ('"0.5" * 0.5', "convert a text with float"),
    ("[1.0] * 0.5", "take the number out of it"),
    ('"a" + 1', "stored as text"),
    ('float("abc")', "stored as text"),
    ('torch.tensor("a")', "stored as text"),
    ("losses = []\nlosses[0] = 1.0", "no elements to assign"),
    ("[1, 2][5]", "the first element has index 0"),
    ("torch.tensor(1.0)[0]", "no element at this index"),
    ("torch.zeros(1)[3]", "no element at this index"),
    ("a, b = 1, 2, 3", "stand on the left"),
    ("a, b = 1.0", "stand on the left"),
    ('(1, 2)["m1"]', "with what the function"),
    ('{"m1": 1}["m2"]', "compare its spelling with the keys"),
    ('d = {"m1": 1}\nd.m1', "with what the function"),
    ("(1.0)[0]", "with what the function"),
    ("def f():\n    x = x + 1\nf()", "before it has a value"),
    ("torch.tensor(1.0, requires_grad=true)", "begin with capital letters"),
    ("optim.SGD", "The import of that name is missing"),
    ("undefined", "a variable of another function"),
    ('if __name__ == "__main__x": later = 1\nlater', "defined only under"),
    ("math.exp(1000)", "too large for a float"),
    ("math.log(0)", "no value there"),
    ("math.sqrt(-1)", "no value there"),
    ("1 / 0", "divide by zero"),
    ("def f(): return f()\nf()", "without end"),
    ("assert 1 == 2", "what does it compare"),
    ('open("data.csv")', "submit each file that it reads"),
    ("import torhc_nowhere", "not installed here"),
    ('torch.ones(2, device="gpu")', "no device of that name"),
    ('torch.ones(2, device="cuda")', "There is no GPU here"),
    ("torch.randn(10 ** 15)", "far more memory"),
    ("import sys\nsys.exit(1)", "Remove exit()"),
    (
        'import argparse\np = argparse.ArgumentParser()\np.add_argument("a")\np.parse_args([])',
        "give each argument a default",
    ),
    ("print 'a'", "print(…)"),
    ("x = (1", "Count the brackets"),
    ("x = 1)", "Count the brackets"),
    ("x = 'a", "closing quotation mark"),
    ("if True\n  x = 1", "A colon is missing"),
    ("x = “a”", "type it again"),
    ("if x = 1: pass", "== compares two values"),
    ("f(x) = 1", "== compares two values"),
    ("return 1", "in the function above"),
    ("break", "in the loop above"),
    ("def f():\n\tx = 1\n        y = 2", "Tabs and spaces"),
    ("if True:\nx = 1", "have to be indented"),
    ("  x = 1", "does not fit the lines above"),
    ("x = = 1", "line that Python names"),
]


def raised(program: str) -> Failure:
    """What a program raises, as a child tells it."""
    file = "Lab4.py"
    linecache.cache[file] = (len(program), None, program.splitlines(keepends=True), file)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            exec(compile(program, file, "exec"), dict(SPACE))
    except BaseException as error:
        trace, line = error.__traceback__, None
        while trace is not None:
            line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == file else line
            trace = trace.tb_next
        source = linecache.getline(file, line).strip() if line else None
        message = error.msg if isinstance(error, SyntaxError) else str(error)
        return Failure(type(error).__name__, message, line, file, source)
    raise AssertionError(f"nothing was raised by {program!r}")


@pytest.mark.parametrize(("program", "words"), CASES)
def test_the_advice_fits_the_exception(program: str, words: str) -> None:
    failure = raised(program)
    assert words in advice(failure, program), failure


def test_every_row_is_met_by_a_program() -> None:
    seen = {"BdbQuit", "EOF when reading a line", "LoadingTookTooLong", "PermissionError"}  # in other tests
    for program, _ in CASES:
        failure = raised(program)
        seen.add(next(row.message for row in TABLE if row.fits(failure, program)))
    assert {row.message for row in TABLE} == seen


@pytest.mark.parametrize(
    ("failure", "program", "words"),
    [
        (Failure("SystemExit", ""), "raise SystemExit", ""),
        (Failure("SystemExit", ""), "raise SystemExit  # quit here, exit the lab", ""),
        (Failure("AssertionError", "Torch not compiled with CUDA enabled"), "x = 1", ""),
        (Failure("NameError", "name 'a' is not defined"), "a", "a variable of another function"),
        (Failure("AttributeError", "'A' object has no attribute 'b'"), "def __init__(self): pass", ""),
        (Failure("TypeError", "'method' object is not subscriptable"), "", "round brackets"),
        (Failure("AttributeError", "__enter__", 1, "Lab4.py", "with torch.no_grad:"), "", "Parentheses are missing"),
        (Failure("AttributeError", "__enter__", 1, "Lab4.py", "with thing:"), "", ""),
        (Failure("Own", ""), "", ""),
        (Failure("ValueError", "not told"), "", ""),
    ],
)
def test_advice_is_given_only_where_it_fits_the_program(failure: Failure, program: str, words: str) -> None:
    given = advice(failure, program)
    assert words in given
    assert bool(words) == bool(given)


def test_advice_is_one_or_two_plain_sentences() -> None:
    for row in exceptions.TABLE:
        assert re.fullmatch(r"[^.].*[.?]", row.advice), row.advice
        assert len(row.advice) < 180, row.advice
