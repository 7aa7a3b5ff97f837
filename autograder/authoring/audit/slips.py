"""Slips: small changes of a function's source that make it wrong, as a student's would be. It is parsed, never run.

These are the sandbox's edits (sandbox/child/edits) in the wrong direction, but made in the text, so that lines keep
their numbers.
"""

import ast
import builtins
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

SYMBOLS: dict[type[ast.AST], str] = {
    **{ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.MatMult: "@"},
    **{ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="},
}
OTHERS = {  # for a symbol, those that are taken for it
    **{"+": ("-",), "-": ("+",), "*": ("+", "/"), "/": ("*",), "**": ("*",), "@": ("*",)},
    **{"<": (">",), "<=": (">",), ">": ("<",), ">=": ("<",), "==": ("!=",), "!=": ("==",)},
}
APPLIED = {"relu": "tanh", "sigmoid": "tanh", "tanh": "sigmoid", "exp": "expm1", "log": "log10", "max": "min"}
REDUCED = {"mean": "sum", "sum": "mean"}  # methods, and functions of a module
NORMALIZED = {"softmax": "log_softmax", "log_softmax": "softmax"}
RESHAPED = ("unsqueeze", "squeeze", "reshape", "view", "flatten", "transpose", "t", "expand")  # methods
AXES = ("dim", "axis")
MODULES = ("torch", "np", "numpy", "F")
ASKED = ("item", "backward", "grad")  # of a variable that may be the wrong one
CALLED = (*ASKED, "step", "zero_grad", "zero_", "detach", "numpy", "tolist")  # without arguments
IDLE = ("device", "dtype", "retain_graph")  # arguments that change no number
LOOPS = (ast.For, ast.While)
SIMPLE = (ast.Expr, ast.Assign, ast.AugAssign, ast.Return)


@dataclass(frozen=True)
class Span:
    """A part of one line, from 1, with its columns in bytes, and what takes its place; None: the line is left out."""

    line: int
    begin: int
    end: int
    new: str | None


@dataclass(frozen=True)
class Slip:
    """A change of one place. beside: lines after or before which something has to be put in that is missing there."""

    kind: str  # one of the words of `checks.line_search.LOOK`
    spans: tuple[Span, ...]
    beside: tuple[int, ...] = ()

    @property
    def line(self) -> int:
        """The first line that is changed."""
        return min(span.line for span in self.spans)


@dataclass(frozen=True)
class Source:
    """The lines of a program, as bytes: so the parser counts columns."""

    lines: tuple[bytes, ...]

    def of(self, node: ast.expr) -> str:
        """The text of an expression on one line."""
        return self.lines[node.lineno - 1][node.col_offset : node.end_col_offset].decode()

    def enclosed(self, node: ast.expr) -> bool:
        """Whether an expression on one line stands in parentheses."""
        line = self.lines[node.lineno - 1]
        return line[: node.col_offset].endswith(b"(") and line[node.end_col_offset or 0 :].startswith(b")")

    def between(self, one: ast.expr, other: ast.expr, old: str, new: str) -> tuple[Span, ...]:
        """A symbol between two expressions of one line replaced."""
        begin, end = one.end_col_offset or 0, other.col_offset
        text = self.lines[one.lineno - 1][begin:end].decode()
        return (Span(one.lineno, begin, end, text.replace(old, new, 1)),)

    def exchanged(self, one: ast.expr, other: ast.expr) -> tuple[Span, ...]:
        """Two expressions in each other's place."""
        return (*replaced(one, self.of(other)), *replaced(other, self.of(one)))

    def indentation(self, line: int) -> str:
        """What is before the first word of a line."""
        text = self.lines[line - 1]
        return text[: len(text) - len(text.lstrip())].decode()


def replaced(node: ast.expr, new: str) -> tuple[Span, ...]:
    """Another text in the place of an expression."""
    return (Span(node.lineno, node.col_offset, node.end_col_offset or 0, new),)


def slips(function: ast.FunctionDef, source: Source) -> Iterator[Slip]:
    """All slips in a function. What it only prints, its docstring and its parameters are left unchanged."""
    variables = _variables(function)
    for owner, node in _computed(function.body):
        if node.lineno == node.end_lineno:
            found = [*_of_expression(owner, node, source), *_other_names(owner, node, variables)]
            yield from (Slip(kind, spans) for kind, spans in found)
        yield from (Slip("order", spans) for spans in _order(node, source))
    for block in _blocks(function):
        for place, statement in enumerate(block):
            if not _is_idle(statement):
                yield from _of_statement(block, place, statement, source)


Found = Iterator[tuple[str, tuple[Span, ...]]]


def _of_expression(owner: ast.AST, node: ast.expr, source: Source) -> Found:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            symbol = SYMBOLS.get(type(op), "")
            yield from (("operator", source.between(left, right, symbol, new)) for new in OTHERS.get(symbol, ()))
            yield from (("part", _instead(owner, node, side, source)) for side in (left, right))
            if symbol in ("-", "/", "@"):
                yield "order", source.exchanged(left, right)
            if not isinstance(owner, (ast.BinOp, ast.UnaryOp)):
                yield "part", replaced(node, f"2 * ({source.of(node)})")
                yield "sign", replaced(node, f"-({source.of(node)})")
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield "sign", replaced(node, source.of(operand))
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            yield from (("number", replaced(node, f"{new:g}")) for new in dict.fromkeys((number + 1, number / 2)))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            symbol = SYMBOLS.get(type(op), "")
            yield from (("condition", source.between(left, right, symbol, new)) for new in OTHERS.get(symbol, ()))
        case ast.IfExp(body=body, orelse=orelse):
            yield "condition", source.exchanged(body, orelse)
            yield from (("condition", _instead(owner, node, side, source)) for side in (body, orelse))
        case ast.Attribute(value=value, attr="grad"):
            yield "gradient", replaced(node, source.of(value))
        case ast.Attribute(value=value, attr="T"):
            yield "function", replaced(node, source.of(value))
        case ast.Subscript(value=ast.Attribute(attr="shape"), slice=ast.Constant(value=1) as axis):
            yield "number", replaced(axis, "0")
        case ast.Call():
            yield from _of_call(owner, node, source)
            yield from _of_array_call(owner, node, source)


def _of_array_call(owner: ast.AST, call: ast.Call, source: Source) -> Found:
    """What goes wrong with vectors and matrices: a mean for a sum, the wrong axis or size, an axis too many or too
    few."""
    match call:
        case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)]):
            yield "function", replaced(call, f"{name}.shape[1]")
            return
        case ast.Call(func=ast.Attribute(value=value, attr=name)):
            pass
        case _:
            return
    end = call.func.end_col_offset or 0
    others = {**REDUCED, **NORMALIZED}
    if name in others:
        yield "function", (Span(call.lineno, end - len(name), end, others[name]),)
        yield from (("argument", replaced(each, "0")) for each in _axes(call) if each.value == 1)
    is_function = isinstance(value, ast.Name) and value.id in MODULES and call.args
    if name in others or name in RESHAPED:
        yield "function", _instead(owner, call, call.args[0] if is_function else value, source)
    if name in REDUCED and any(_axes(call)) and not any(each.arg == "keepdim" for each in call.keywords):
        end = (call.end_col_offset or 0) - 1
        yield "argument", (Span(call.lineno, end, end, ", keepdim=True"),)


def _axes(call: ast.Call) -> Iterator[ast.Constant]:
    """The axis 0 or 1 that a call is given."""
    given = [*call.args, *(each.value for each in call.keywords if each.arg in AXES)]
    for each in given:
        if isinstance(each, ast.Constant) and type(each.value) is int and each.value in (0, 1):
            yield each


def _of_call(owner: ast.AST, call: ast.Call, source: Source) -> Found:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    end = call.func.end_col_offset or 0
    if name in APPLIED:
        yield "function", (Span(call.lineno, end - len(name), end, APPLIED[name]),)
    helper = isinstance(call.func, ast.Name) and len(call.args) == 1 and not hasattr(builtins, name)
    if call.args and (name in APPLIED or helper):
        yield "function", _instead(owner, call, call.args[0], source)
    if name in CALLED and not call.args and not call.keywords:
        yield "call", (Span(call.lineno, end, call.end_col_offset or 0, ""),)
    if name == "range":
        yield from (("range", replaced(each, f"{source.of(each)} - 1")) for each in call.args)
        yield "range", replaced(call.args[0], f"1, {source.of(call.args[0])}")
    for before, keyword in pairwise([*call.args, *(each.value for each in call.keywords)]):
        if any(each.value is keyword and each.arg not in IDLE for each in call.keywords):
            yield "argument", (Span(call.lineno, before.end_col_offset or 0, keyword.end_col_offset or 0, ""),)


def _instead(owner: ast.AST, old: ast.expr, new: ast.expr, source: Source) -> tuple[Span, ...]:
    """A part of an expression in its place, in parentheses where it needs them."""
    text = source.of(new)
    simple = isinstance(new, (ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript))
    safe = simple or not isinstance(owner, (ast.BinOp, ast.UnaryOp, ast.Attribute)) or source.enclosed(old)
    return replaced(old, text if safe else f"({text})")


def _order(node: ast.expr, source: Source) -> Iterator[tuple[Span, ...]]:
    """Two neighbors in each other's place: of what is returned, or of the arguments of a function."""
    parts: Sequence[ast.expr] = ()
    match node:
        case ast.Tuple(elts=parts) | ast.Dict(values=parts):
            pass
        case ast.Call(func=ast.Name(id=name), args=args) if not hasattr(builtins, name):
            parts = args
    for one, other in pairwise(parts):
        on_a_line = one.lineno == one.end_lineno and other.lineno == other.end_lineno
        if on_a_line and not {source.of(one), source.of(other)}.intersection(IDLE):
            yield source.exchanged(one, other)


def _other_names(owner: ast.AST, node: ast.expr, variables: dict[str, int]) -> Found:
    """Another variable that has a value by then. variables: each with the line where it gets the first one."""
    is_called = isinstance(owner, ast.Call) and owner.func is node
    is_form = isinstance(owner, ast.Subscript) or (isinstance(owner, ast.Attribute) and owner.attr not in ASKED)
    if isinstance(node, ast.Name) and node.id in variables and not is_called and not is_form:
        others = (name for name, line in variables.items() if name != node.id and line < node.lineno)
        yield from (("name", replaced(node, other)) for other in others)


def _variables(function: ast.FunctionDef) -> dict[str, int]:
    """The parameters and other variables that hold a number, each with the line where it gets its first value."""
    found = {each.arg: function.lineno for each in function.args.args if each.arg not in IDLE}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and not node.id.startswith("_"):
            found.setdefault(node.id, node.lineno)
    several = {name for node in ast.walk(function) for name in _of_several(node)}
    return {name: line for name, line in found.items() if name not in several}


def _of_several(node: ast.AST) -> Iterator[str]:
    """Variables that hold several numbers, as a list or a dict does."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.List() | ast.Dict()):
            yield name
        case ast.Subscript(value=ast.Name(id=name)):
            yield name


def _of_statement(block: Sequence[ast.stmt], place: int, statement: ast.stmt, source: Source) -> Iterator[Slip]:
    following = block[place + 1] if place + 1 < len(block) else None
    if isinstance(statement, ast.AugAssign) and statement.lineno == statement.end_lineno:
        symbol = SYMBOLS.get(type(statement.op), "?")
        for new in (*OTHERS.get(symbol, ()), ""):
            spans = source.between(statement.target, statement.value, f"{symbol}=", f"{new}=")
            yield Slip("update", spans)
    if _may_be_forgotten(statement) and len(block) > 1:
        beside = [*range(block[place - 1].lineno, (block[place - 1].end_lineno or 0) + 1)] if place else []
        beside += [following.lineno - 1] if following else []  # as it is counted once the line is left out
        yield Slip("missing", (Span(statement.lineno, 0, 0, None),), tuple(beside))
    if isinstance(statement, LOOPS) and len(statement.body) > 1 and _is_plain(statement.body[-1]):
        before = statement.body[-2].end_lineno or 0
        yield _indented(statement.body[-1], source.indentation(statement.lineno), before)
    if isinstance(statement, LOOPS) and following and _is_plain(following):
        yield _indented(following, source.indentation(statement.body[0].lineno))
    kinds = (ast.Expr, ast.AugAssign)  # two assignments in another order: an error, or no difference
    if following and _is_plain(statement) and _is_plain(following) and isinstance(statement, kinds):
        lines = (source.lines[each.lineno - 1].decode() for each in (following, statement))
        both = zip((statement, following), lines, strict=True)
        yield Slip("order", tuple(Span(each.lineno, 0, len(source.lines[each.lineno - 1]), new) for each, new in both))


def _indented(statement: ast.stmt, new: str, *beside: int) -> Slip:
    return Slip("indent", (Span(statement.lineno, 0, statement.col_offset, new),), beside)


def _may_be_forgotten(statement: ast.stmt) -> bool:
    if not _is_plain(statement):
        return False
    if isinstance(statement, ast.Assign):
        return all(isinstance(target, ast.Attribute) for target in statement.targets)
    return isinstance(statement, (ast.AugAssign, ast.Expr))


def _is_plain(statement: ast.stmt) -> bool:
    """Whether it is one line that computes something."""
    return isinstance(statement, SIMPLE) and statement.lineno == statement.end_lineno and not _is_idle(statement)


def _is_idle(node: ast.AST) -> bool:
    """Whether a statement only prints something, or is a text in the place of a statement."""
    if not isinstance(node, ast.Expr):
        return False
    called = node.value.func if isinstance(node.value, ast.Call) else None
    return isinstance(node.value, ast.Constant) or (isinstance(called, ast.Name) and called.id == "print")


def _computed(nodes: Sequence[ast.AST], owner: ast.AST | None = None) -> Iterator[tuple[ast.AST, ast.expr]]:
    """The expressions that are computed when statements run, each with the node that it is a part of."""
    for node in nodes:
        if _is_idle(node) or isinstance(node, ast.JoinedStr):
            continue
        if isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            yield owner or node, node
        yield from _computed([*ast.iter_child_nodes(node)], node)


def _blocks(node: ast.AST) -> Iterator[Sequence[ast.stmt]]:
    """Every list of statements below a node."""
    for each in ast.walk(node):
        for field in ("body", "orelse"):
            block = getattr(each, field, None)
            if isinstance(block, list) and block:
                yield block
