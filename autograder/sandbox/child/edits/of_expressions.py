"""Edits of expressions: an operator, a number, a name, a function, the order of two parts."""

import ast
import copy
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from autograder.sandbox.child.edits.edit import LIKELY, POSSIBLE, UNLIKELY, Edit, Slot, slots

OPERATORS: tuple[type[ast.operator], ...] = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
COMPARED: tuple[type[ast.cmpop], ...] = (ast.Lt, ast.GtE, ast.Gt, ast.LtE, ast.Eq, ast.NotEq)
PLACED = "_autograder_"  # before the names of functions that `repair` gives to the program
FUNCTIONS = ("relu", "sigmoid", "tanh", "exp", "abs")
# What students take for one of them, or put around a number.
ACTIVATIONS = ("leaky_relu", "relu6", "elu", "gelu", "silu", "softplus", "hardsigmoid", "hardtanh", "softmax")
OTHERS = ("clamp", "max", "min", "maximum", "minimum", "round", "trunc", "floor", "ceil", "sqrt", "log", "square")
KNOWN = {
    *FUNCTIONS,
    *ACTIVATIONS,
    *OTHERS,
    "mean",
    "sum",
    "int",
    "float",
    "double",
    "half",
    "detach",
    "clone",
    "to",
    "sign",
}
LOSSES = {"l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits"}
LOSS_MODULES = {"L1Loss", "SmoothL1Loss", "HuberLoss", "BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss", "NLLLoss"}
OPTIMIZERS = {"Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "NAdam", "RAdam", "Adamax", "ASGD", "Rprop"}
FEW = 3  # variables, so that a factor that is missing is likely to be one of them
MOST_EXCHANGED = 12  # elements of a list
SIMPLE = (ast.Assign, ast.AugAssign, ast.Expr, ast.Return)  # statements without others in them
READ = ("backward", "item", "grad", "tolist", "numpy")  # what is asked of a variable that may be the wrong one
IDLE = {"device", "requires_grad", "dtype", "set_to_none", "retain_graph"}  # keywords that change no number


@dataclass(frozen=True)
class Known:
    """What edits can put in.

    inputs: the parameters of the function
    names: these, and other variables that it computes with
    graded: those of them that have a gradient
    unused: parameters and variables that nothing reads: likely to be forgotten somewhere
    keys: the names of what is to be returned, and other keys of dicts
    functions: of FUNCTIONS, those that the right program applies
    """

    inputs: Sequence[str]
    names: Sequence[str]
    graded: Sequence[str]
    unused: Sequence[str]
    keys: Sequence[str]
    functions: Sequence[str]


def edits(tree: ast.stmt, fields: Sequence[str], functions: Sequence[str]) -> Iterator[Edit]:
    """The edits of all expressions below a node. fields, functions: see `Known`."""
    used = [name for name in FUNCTIONS if name in functions]
    inputs = [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg) and node.arg not in ("self", "device")]
    keys = [*dict.fromkeys([*fields, *_keys(tree)])]
    unused = [*_unused(tree, inputs)]
    names = [*dict.fromkeys([*_names(tree, inputs), *unused])]
    known = Known(inputs, names, [*dict.fromkeys(_graded(tree))], unused, keys, used)
    for slot in slots(tree):
        yield from _changed(slot, known)
        yield from _exchanged(slot)
        if not _is_form(slot):
            yield from _other_name(slot, known)
            if not isinstance(slot.owner, ast.Attribute):
                yield from _wrapped(slot, known)
    yield from _inputs_exchanged(tree, inputs)
    yield from _functions_exchanged(tree)
    for statement in ast.walk(tree):
        if isinstance(statement, SIMPLE):
            yield from _names_of(statement, known)
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and node.value:
            yield from _gradients_returned(node, node.value, known)


def _changed(slot: Slot, known: Known) -> Iterator[Edit]:
    """Other content of the same form."""
    match slot.node:
        case ast.Constant(value=bool()):
            yield slot.filled("number", LIKELY, ast.Constant(not slot.node.value))
        case ast.Constant(value=int() | float() as number):
            instead_of_e = [math.e] if 2 <= number <= 3 else []
            for instead in dict.fromkeys(
                (0, 1, 2, 0.5, 2 * number, number / 2, -number, number + 1, number - 1, *instead_of_e)
            ):
                if instead != number:
                    yield slot.filled("number", LIKELY, ast.Constant(instead))
        case ast.Constant(value=str() as text) if text in known.keys:
            yield from (slot.filled("name", LIKELY, ast.Constant(other)) for other in known.keys if other != text)
        case ast.BinOp():
            yield from _operated_otherwise(slot, slot.node)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield slot.filled("sign", LIKELY, operand)
        case ast.Compare(left=left, ops=[op], comparators=others):
            for compared in COMPARED:
                if not isinstance(op, compared):
                    yield slot.filled("condition", LIKELY, ast.Compare(left, [compared()], others))
        case ast.IfExp(body=body, orelse=orelse):
            yield from (slot.filled("condition", LIKELY, part) for part in (body, orelse))
            for field in ("body", "orelse"):
                yield Edit(
                    "condition", LIKELY, slot.node.lineno, ((slot.node, field, _at(slot.node, ast.Constant(0))),)
                )
        case ast.Call():
            yield from _called_otherwise(slot, slot.node, known)
        case ast.Attribute(value=value, attr=attr) if attr in LOSS_MODULES:
            yield slot.filled("function", LIKELY, ast.Attribute(value, "MSELoss", ast.Load()))
        case ast.Attribute(value=value, attr=attr) if attr in OPTIMIZERS:
            yield slot.filled("function", LIKELY, ast.Attribute(value, "SGD", ast.Load()))
        case ast.Attribute(attr="item" | "tolist" | "numpy" | "detach") if not _is_called(slot):
            yield slot.filled("call", LIKELY, ast.Call(slot.node, [], []))
        case ast.Attribute(value=value, attr="grad" | "data"):
            yield slot.filled("gradient", LIKELY, value)
        case ast.Subscript(value=ast.Name() as whole):
            yield slot.filled("part", LIKELY, whole)


def _operated_otherwise(slot: Slot, node: ast.BinOp) -> Iterator[Edit]:
    """Another operator, here or in a whole chain; or only one of the operands."""
    for other in OPERATORS:
        if not isinstance(node.op, other):
            yield slot.filled("operator", LIKELY, ast.BinOp(node.left, other(), node.right))
            if _same_operator(node, node.left) and not _same_operator(node, slot.owner):
                yield slot.filled("operator", LIKELY, _with(node, type(node.op), other))
    yield from (slot.filled("part", LIKELY, side) for side in (node.left, node.right))
    yield from (slot.filled("grouping", LIKELY, other) for other in _grouped_otherwise(node))
    if isinstance(node.op, ast.Pow) and isinstance(node.left, ast.Constant):
        yield slot.filled("number", LIKELY, ast.BinOp(ast.Constant(math.e), node.op, node.right))


def _grouped_otherwise(node: ast.BinOp) -> Iterator[ast.BinOp]:
    """The same operations in another order: a * (b - c) for a * b - c, and (a - b) ** 2 for a - b ** 2."""
    match node:
        case ast.BinOp(
            left=ast.BinOp(left=a, op=ast.Pow(), right=ast.Constant(value=m) as power),
            op=op,
            right=ast.BinOp(left=b, op=ast.Pow(), right=ast.Constant(value=n)),
        ) if m == n:
            yield ast.BinOp(ast.BinOp(a, op, b), ast.Pow(), power)
    if isinstance(node.left, ast.BinOp):
        yield ast.BinOp(node.left.left, node.left.op, ast.BinOp(node.left.right, node.op, node.right))
    if isinstance(node.right, ast.BinOp):
        yield ast.BinOp(ast.BinOp(node.left, node.op, node.right.left), node.right.op, node.right.right)


def _same_operator(node: ast.BinOp, other: ast.AST) -> bool:
    return isinstance(other, ast.BinOp) and type(other.op) is type(node.op)


def _with(node: ast.expr, old: type[ast.operator], new: type[ast.operator]) -> ast.expr:
    """A chain of operations with another operator everywhere: a + b + c becomes a * b * c."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, old):
        return node
    return ast.copy_location(ast.BinOp(_with(node.left, old, new), new(), node.right), node)


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
        yield from (slot.filled("function", LIKELY, _call(other, inner)) for other in known.functions if other != name)
        yield slot.filled("function", LIKELY, ast.BinOp(inner, ast.Pow(), ast.Constant(2)))
    if name in LOSSES and len(call.args) > 1:
        error = ast.BinOp(call.args[0], ast.Sub(), call.args[1])
        yield slot.filled("function", LIKELY, ast.BinOp(error, ast.Pow(), ast.Constant(2)))
    if name == "append" and call.args:
        yield Slot(call, "args", 0, call.args[0]).filled("copy", LIKELY, _call("copy", call.args[0]))
    if name == "range":
        yield from _other_range(slot, call)
    if isinstance(call.func, ast.Name) and not call.args and not call.keywords:
        yield slot.filled("argument", LIKELY, ast.Call(call.func, [_name(each) for each in known.inputs], []))
    if isinstance(call.func, ast.Name) and len(call.args) > 1:
        for each in known.inputs:
            yield slot.filled("argument", LIKELY, ast.Call(call.func, [*call.args, _name(each)], call.keywords))
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
    return ast.unparse(node) in (
        "torch",
        "math",
        "np",
        "numpy",
        "F",
        "nn.functional",
        "torch.nn.functional",
        "torch.nn",
    )


def _other_range(slot: Slot, call: ast.Call) -> Iterator[Edit]:
    """One round more or fewer, or no start."""
    for index, bound in enumerate(call.args):
        for op in (ast.Add(), ast.Sub()):
            args = [*call.args]
            args[index] = ast.BinOp(bound, op, ast.Constant(1))
            yield slot.filled("range", LIKELY, ast.Call(call.func, args, call.keywords))
    if len(call.args) > 1:
        yield slot.filled("range", LIKELY, ast.Call(call.func, call.args[1:2], call.keywords))


def _exchanged(slot: Slot) -> Iterator[Edit]:
    """Two parts in each other's place."""
    match slot.node:
        case ast.BinOp(left=left, op=ast.Sub() | ast.Div() | ast.Pow() as op, right=right):
            yield slot.filled("order", LIKELY, ast.BinOp(right, op, left))
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Call(args=parts):
            yield from _each_exchanged(slot.node, "args" if isinstance(slot.node, ast.Call) else "elts", parts)
        case ast.Dict(values=parts):
            yield from _each_exchanged(slot.node, "values", parts)
    if isinstance(slot.node, ast.Call):
        named = [each for each in slot.node.keywords[:MOST_EXCHANGED] if not _is_of_name(each)]
        for one, other in combinations(slot.node.keywords[:MOST_EXCHANGED], 2):
            if one not in named and other not in named:  # x=x, y=y
                continue
            places = ((one, "value", other.value), (other, "value", one.value))
            yield Edit("order", LIKELY, one.value.lineno, places)


def _is_of_name(keyword: ast.keyword) -> bool:
    """Whether an argument is given under its own name, as in f(x=x)."""
    return isinstance(keyword.value, ast.Name) and keyword.value.id == keyword.arg


def _each_exchanged(owner: ast.AST, field: str, parts: Sequence[ast.expr]) -> Iterator[Edit]:
    for one, other in combinations(range(min(len(parts), MOST_EXCHANGED)), 2):
        new = [*parts]
        new[one], new[other] = parts[other], parts[one]
        yield Edit("order", LIKELY, parts[one].lineno, ((owner, field, new),))


def _other_name(slot: Slot, known: Known) -> Iterator[Edit]:
    """Another variable, or a variable's gradient."""
    match slot.node:
        case ast.Name(id=name):
            others = [other for other in known.names if other != name]
            yield from (slot.filled("name", _rank(other, known), _name(other)) for other in others)
            yield from (slot.filled("name", POSSIBLE, ast.Constant(number)) for number in (0, 1))
            for other in (
                known.graded if _asks_for_number(slot.owner) or not isinstance(slot.owner, ast.Attribute) else ()
            ):
                rank = LIKELY if other == name else POSSIBLE
                yield slot.filled("gradient", rank, ast.Attribute(_name(other), "grad", ast.Load()))
        case ast.Call(func=ast.Attribute(attr="item")):
            for other in known.graded:
                yield slot.filled("gradient", POSSIBLE, ast.Attribute(_name(other), "grad", ast.Load()))
        case ast.Constant(value=int() | float()) | ast.Attribute() | ast.Subscript():
            yield from (slot.filled("name", _rank(other, known), _name(other)) for other in known.names)


def _asks_for_number(node: ast.AST) -> bool:
    """Whether an expression asks a tensor for its numbers."""
    return isinstance(node, ast.Attribute) and node.attr in ("item", "tolist", "numpy", "detach", "clone")


def _rank(name: str, known: Known) -> int:
    """How unlikely it is that a variable is missing somewhere: what nothing reads probably is."""
    return LIKELY if name in known.unused else POSSIBLE


def _wrapped(slot: Slot, known: Known) -> Iterator[Edit]:
    """Something more: a sign, a factor, a square, a function. A factor of a product is the product's."""
    node, around = slot.node, slot.owner.op if isinstance(slot.owner, ast.BinOp) else None
    if not isinstance(node, (ast.BinOp, ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.UnaryOp, ast.IfExp)):
        return
    yield slot.filled("part", POSSIBLE, ast.BinOp(ast.Constant(1), ast.Sub(), node))
    if not isinstance(around, ast.Pow):
        yield slot.filled("part", POSSIBLE, ast.BinOp(node, ast.Pow(), ast.Constant(2)))
    yield from (slot.filled("function", POSSIBLE, _call(other, node)) for other in known.functions)
    if not isinstance(around, ast.Mult | ast.Div) and not isinstance(slot.owner, ast.UnaryOp):
        yield slot.filled("sign", POSSIBLE, ast.UnaryOp(ast.USub(), node))
        for factor in (2, 0.5):
            yield slot.filled("part", POSSIBLE, ast.BinOp(ast.Constant(factor), ast.Mult(), node))
        for name in known.names:
            rest = ast.BinOp(ast.Constant(1), ast.Sub(), _name(name))
            for op, other in ((ast.Mult(), _name(name)), (ast.Div(), _name(name)), (ast.Mult(), rest)):
                few = len(known.names) <= FEW or (name in known.unused and isinstance(op, ast.Mult))
                yield slot.filled(
                    "part", min(_rank(name, known), POSSIBLE) if few else UNLIKELY, ast.BinOp(node, op, other)
                )
    if not around:
        added = [(op, name) for name in known.names for op in (ast.Add(), ast.Sub())]
        yield from (slot.filled("part", UNLIKELY, ast.BinOp(node, op, _name(name))) for op, name in added)


def _inputs_exchanged(tree: ast.stmt, inputs: Sequence[str]) -> Iterator[Edit]:
    """Two parameters in each other's place, in the whole function."""
    read = [slot.node for slot in slots(tree) if isinstance(slot.node, ast.Name)]
    for one, other in combinations(inputs, 2):
        instead = {one: other, other: one}
        places = tuple((node, "id", instead[node.id]) for node in read if node.id in instead)
        if len(places) > 1:
            yield Edit("name", POSSIBLE, min(node.lineno for node in read if node.id in instead), places)


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


def _names_of(statement: ast.stmt, known: Known) -> Iterator[Edit]:
    """Another variable everywhere in a statement, two of them exchanged, or another one assigned to."""
    read = [slot.node for slot in slots(statement) if isinstance(slot.node, ast.Name) and slot.node.id in known.names]
    used = {node.id: [each for each in read if each.id == node.id] for node in read}
    for name, nodes in used.items():
        for other in known.names if len(nodes) > 1 else ():
            if other != name:
                yield Edit("name", LIKELY, statement.lineno, tuple((node, "id", other) for node in nodes))
    for one, other in combinations(used, 2):
        places = [*((node, "id", other) for node in used[one]), *((node, "id", one) for node in used[other])]
        yield Edit("order", LIKELY, statement.lineno, tuple(places))
    match statement:
        case ast.Assign(targets=[ast.Name() as target]):
            yield from (Edit("name", POSSIBLE, statement.lineno, ((target, "id", other),)) for other in known.names)
        case ast.Assign(targets=[ast.Tuple(elts=parts) as several]):
            yield from _each_exchanged(several, "elts", parts)


def _unused(tree: ast.stmt, inputs: Sequence[str]) -> Iterator[str]:
    """The parameters and variables that nothing reads."""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    stored = [node.id for node in names if isinstance(node.ctx, ast.Store) and not node.id.startswith("_")]
    yield from (name for name in dict.fromkeys([*inputs, *stored]) if name not in read)


def _at(place: ast.expr, new: ast.expr) -> ast.expr:
    return ast.copy_location(new, place)


def _gradients_returned(statement: ast.Return, value: ast.expr, known: Known) -> Iterator[Edit]:
    """All gradients in the place of the variables that have them."""
    changed = _WithGradients(known.graded).visit(copy.deepcopy(value))
    if ast.dump(changed) != ast.dump(value):
        new = ast.fix_missing_locations(changed)
        yield Edit("gradient", LIKELY, statement.lineno, ((statement, "value", new),))


class _WithGradients(ast.NodeTransformer):
    """Puts the gradient in the place of each variable that has one."""

    def __init__(self, graded: Sequence[str]) -> None:
        self.graded = graded

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Leave a gradient as it is."""
        return node if node.attr == "grad" else self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """The gradient of a variable."""
        return ast.copy_location(ast.Attribute(node, "grad", ast.Load()), node) if node.id in self.graded else node


def _is_form(slot: Slot) -> bool:
    """Whether the expression is only a part of how something is called, such as a function's name or an index."""
    if isinstance(slot.owner, ast.Attribute) and slot.owner.attr in READ:
        return not isinstance(slot.node, ast.Name)
    is_idle = isinstance(slot.owner, ast.keyword) and slot.owner.arg in IDLE
    return _is_called(slot) or is_idle or isinstance(slot.owner, ast.Attribute | ast.Subscript)


def _is_called(slot: Slot) -> bool:
    return isinstance(slot.owner, ast.Call) and slot.field == "func"


def _graded(tree: ast.stmt) -> Iterator[str]:
    """The variables that have a gradient: it is read, or asked for."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr="grad"):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if "requires_grad" in ast.unparse(value):
                yield name
            case ast.Attribute(value=ast.Name(id=name), attr="requires_grad_"):
                yield name


def _keys(tree: ast.stmt) -> Iterator[str]:
    """The texts in brackets: keys of dicts."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, str)
        ):
            yield node.slice.value


def _names(tree: ast.stmt, inputs: Sequence[str]) -> Iterator[str]:
    """The variables that are computed with, each once: the parameters first, then in the order of the assignments."""
    operands = {each for node in ast.walk(tree) for each in _operands(node)}
    stored = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    yield from dict.fromkeys([*inputs, *filter(operands.__contains__, stored)])


def _operands(node: ast.AST) -> Iterator[str]:
    """The variables that a node computes with, or asks for a number or a gradient."""
    inner: list[ast.AST] = []
    match node:
        case ast.BinOp() | ast.UnaryOp() | ast.Compare():
            inner = [*ast.iter_child_nodes(node)]
        case ast.Call(args=args):
            inner = [*args]
        case ast.Attribute(value=value, attr=attr) if attr in READ:
            inner = [value]
        case ast.Dict(values=values):
            inner = [*values]
        case ast.AugAssign(target=target):
            inner = [target]
    yield from (each.id for each in inner if isinstance(each, ast.Name))


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _call(function: str, argument: ast.expr) -> ast.Call:
    return ast.Call(_name(PLACED + function), [argument], [])
