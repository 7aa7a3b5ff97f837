"""Edits of calls: another function, none, two exchanged, or other arguments."""

import ast
from collections.abc import Iterator
from itertools import combinations

from autograder.sandbox.child.edits.edit import (
    IDLE,
    LIKELY,
    MOST_EXCHANGED,
    POSSIBLE,
    READ,
    Edit,
    Slot,
    named,
    placed,
    slots,
)
from autograder.sandbox.child.edits.known import FUNCTIONS, Known

# What students take for one of them, or put around a number.
ACTIVATIONS = ("leaky_relu", "relu6", "elu", "gelu", "silu", "softplus", "hardsigmoid", "hardtanh", "softmax")
OTHERS = ("clamp", "max", "min", "maximum", "minimum", "round", "trunc", "floor", "ceil", "sqrt", "log", "square")
KNOWN = {
    *(*FUNCTIONS, *ACTIVATIONS, *OTHERS),
    *("mean", "sum", "int", "float", "double", "half", "detach", "clone", "to", "sign"),
}
MODULES = ("torch", "math", "np", "numpy", "F", "nn.functional", "torch.nn.functional", "torch.nn")
LOSSES = {"l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits"}
LOSS_MODULES = {"L1Loss", "SmoothL1Loss", "HuberLoss", "BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss", "NLLLoss"}
OPTIMIZERS = {"Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "NAdam", "RAdam", "Adamax", "ASGD", "Rprop"}


def edits(tree: ast.stmt, known: Known) -> Iterator[Edit]:
    """The edits of all calls below a node, and of what they call."""
    for slot in slots(tree):
        match slot.node:
            case ast.Call():
                yield from _called_otherwise(slot, slot.node, known)
            case ast.Attribute(value=value, attr=attr) if attr in LOSS_MODULES:
                yield slot.filled("function", LIKELY, ast.Attribute(value, "MSELoss", ast.Load()))
            case ast.Attribute(value=value, attr=attr) if attr in OPTIMIZERS:
                yield slot.filled("function", LIKELY, ast.Attribute(value, "SGD", ast.Load()))
            case ast.Attribute(attr="item" | "tolist" | "numpy" | "detach") if not slot.is_called:
                yield slot.filled("call", LIKELY, ast.Call(slot.node, [], []))
    yield from _functions_exchanged(tree)


def _called_otherwise(slot: Slot, call: ast.Call, known: Known) -> Iterator[Edit]:
    """Another function, none at all, or other arguments."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    method = call.func.value if isinstance(call.func, ast.Attribute) and not _is_module(call.func.value) else None
    inner = method or (call.args[0] if call.args else None)
    if inner is not None and name not in READ:
        own = isinstance(call.func, ast.Name) and len(call.args) == 1  # a function of the program, as a rule
        yield slot.filled("function", LIKELY if name.rstrip("_") in KNOWN or own else POSSIBLE, inner)
    yield from (slot.filled("function", LIKELY, of) for of in _called_of(method))
    if name == "backward" and call.args:
        yield slot.filled("argument", LIKELY, ast.Call(call.func, [], call.keywords))
    if inner is not None and name.rstrip("_") in KNOWN:
        yield from (slot.filled("function", LIKELY, placed(other, inner)) for other in known.functions if other != name)
        yield slot.filled("function", LIKELY, ast.BinOp(inner, ast.Pow(), ast.Constant(2)))
    if name in LOSSES and len(call.args) > 1:
        error = ast.BinOp(call.args[0], ast.Sub(), call.args[1])
        yield slot.filled("function", LIKELY, ast.BinOp(error, ast.Pow(), ast.Constant(2)))
    if name == "append" and call.args:
        yield Slot(call, "args", 0, call.args[0]).filled("copy", LIKELY, placed("copy", call.args[0]))
    if name == "range":
        yield from _other_range(slot, call)
    if isinstance(call.func, ast.Name) and not call.args and not call.keywords:
        yield slot.filled("argument", LIKELY, ast.Call(call.func, [named(each) for each in known.inputs], []))
    if isinstance(call.func, ast.Name) and len(call.args) > 1:
        for each in known.inputs:
            yield slot.filled("argument", LIKELY, ast.Call(call.func, [*call.args, named(each)], call.keywords))
        for index in range(len(call.args)):
            left = [*call.args[:index], *call.args[index + 1 :]]
            yield slot.filled("argument", LIKELY, ast.Call(call.func, left, call.keywords))
    for index, keyword in enumerate(call.keywords):
        if keyword.arg not in IDLE:
            others = [*call.keywords[:index], *call.keywords[index + 1 :]]
            yield slot.filled("argument", LIKELY, ast.Call(call.func, call.args, others))
    if len(call.keywords) > 2:
        rate = [keyword for keyword in call.keywords if keyword.arg == "lr"]
        yield slot.filled("argument", LIKELY, ast.Call(call.func, call.args, rate))


def _called_of(node: ast.expr | None) -> Iterator[ast.expr]:
    """What the methods of a chain are called of: x for x.detach().clone()."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not _is_module(node.func.value):
        node = node.func.value
        yield node


def _is_module(node: ast.expr) -> bool:
    return ast.unparse(node) in MODULES


def _other_range(slot: Slot, call: ast.Call) -> Iterator[Edit]:
    """One round more or fewer, or no start."""
    for index, bound in enumerate(call.args):
        for op in (ast.Add(), ast.Sub()):
            args = [*call.args]
            args[index] = ast.BinOp(bound, op, ast.Constant(1))
            yield slot.filled("range", LIKELY, ast.Call(call.func, args, call.keywords))
    if len(call.args) > 1:
        yield slot.filled("range", LIKELY, ast.Call(call.func, call.args[1:2], call.keywords))


def _functions_exchanged(tree: ast.stmt) -> Iterator[Edit]:
    """Two functions, such as relu and sigmoid, in each other's place."""
    called = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FUNCTIONS
    ]
    for one, other in combinations(called[:MOST_EXCHANGED], 2):
        if ast.dump(one.func) != ast.dump(other.func):
            places = ((one, "func", other.func), (other, "func", one.func))
            yield Edit("function", LIKELY, min(one.lineno, other.lineno), places)
