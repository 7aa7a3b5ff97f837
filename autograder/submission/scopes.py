"""What the names in a program stand for: variables of a scope, or what has the same name in every program."""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")  # the fields of a statement that hold others
_SCOPES = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)
_LEAVES = frozenset({ast.Constant, ast.Load, ast.Store, ast.alias, ast.arguments, str, int, type(None)})
_BINDING = frozenset(
    {
        *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar),
        *(ast.MatchMapping, ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom),
    }
)
_Bound = dict[str, str]  # a name: what it is in the normal form


class Names:
    """The names of a program, seen from where its reader is.

    A variable is written as a zero character, the number of its scope and its name, so that different variables with
    one name stay different. Imported names are written as what is imported. All others stay.
    """

    def __init__(
        self, statements: Sequence[ast.stmt], kept: Collection[str], called: Mapping[str, str] | None = None
    ) -> None:
        """Read the names at the top level.

        Args:
            statements: the program.
            kept: names at the top level that are the same in every program.
            called: other names for these in this program.
        """
        self._count = 0
        self._stack: list[tuple[bool, _Bound]] = []  # whether it is a class, whose names its functions do not see
        self._own_attributes = _own_attributes(statements)
        self._kept = {name: name for name in kept} | dict(called or {})
        made_global = [name for node in _statements(statements) if isinstance(node, ast.Global) for name in node.names]
        self._stack.append((False, self._bound(statements, made_global) | self._kept))

    def of(self, name: str) -> str:
        """What a name stands for here."""
        innermost = len(self._stack) - 1
        for at in range(innermost, -1, -1):
            hidden, bound = self._stack[at]
            if name in bound and (at == innermost or not hidden):
                return bound[name]
        return name

    def is_own(self, name: str) -> bool:
        """Whether it is a variable, a function or a class of the program."""
        return self.of(name)[0] == "\0" or name in self._kept

    def attribute(self, name: str) -> str:
        """An attribute: without its name if one of the program's own classes has it."""
        return f"\0.{name}" if name in self._own_attributes else f".{name}"

    @contextmanager
    def inside(self, node: ast.AST) -> Iterator[None]:
        """Read the inside of a function, a class, a lambda or a comprehension."""
        if isinstance(node, ast.ClassDef):
            bound = {name: self.attribute(name) for name in _bindings(node.body, set())}
        else:
            bound = self._bound(_inside(node), _parameters(node))
        self._stack.append((isinstance(node, ast.ClassDef), bound))
        try:
            yield
        finally:
            self._stack.pop()

    def _bound(self, nodes: Iterable[ast.AST], parameters: Iterable[str]) -> _Bound:
        self._count += 1
        bound = dict.fromkeys(parameters, "")
        elsewhere = set[str]()
        bound.update(_bindings(nodes, elsewhere))
        if not self._stack:  # `global` at the top level says nothing
            elsewhere.clear()
        return {
            name: f"import {imported}" if imported else f"\0{self._count}:{name}"
            for name, imported in bound.items()
            if name not in elsewhere
        }


def _inside(node: ast.AST) -> list[ast.AST]:
    """What is evaluated in the scope of this node."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return list(node.body)
        case ast.Lambda():
            return [node.body]
    return list(ast.iter_child_nodes(node))


def _parameters(node: ast.AST) -> list[str]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return []
    return [each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)]


def _within(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of one scope that may bind a name; an inner scope is left out, but not its own node."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting += _children(node)
        elif isinstance(node, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [each for each in (*node.args.defaults, *node.args.kw_defaults) if each is not None]
        elif not isinstance(node, ast.ClassDef):  # := in a comprehension binds a name outside
            waiting += [each.target for each in ast.walk(node) if isinstance(each, ast.NamedExpr)]


def _children(node: ast.AST) -> list[ast.AST]:
    """What is inside a node: as ast.iter_child_nodes, without most of what binds no name, and several times as fast."""
    found: list[ast.AST] = []
    for field in node._fields:
        value = getattr(node, field, None)
        if type(value) is list:
            found += [each for each in value if type(each) not in _LEAVES]
        elif type(value) not in _LEAVES and isinstance(value, ast.AST):
            found.append(value)
    return found


def _statements(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All statements, with those inside other ones."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        for block in BLOCKS:
            waiting += getattr(node, block, None) or ()


def _bindings(nodes: Iterable[ast.AST], elsewhere: set[str]) -> dict[str, str]:
    """The names bound in a scope; for imported ones what they are, "" for others.

    elsewhere: gets the names that belong to a scope outside, as `global` and `nonlocal` say.
    """
    found: dict[str, str] = {}
    for node in _within(nodes):
        if type(node) is ast.Name:
            if type(node.ctx) is not ast.Load:
                found.setdefault(node.id, "")
            continue
        if type(node) not in _BINDING:
            continue
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.setdefault(name, "")
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                found.setdefault(name, "")
            case ast.MatchMapping(rest=str(name)):
                found.setdefault(name, "")
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                elsewhere.update(names)
            case ast.Import(names=aliases):
                for each in aliases:
                    top = each.name.partition(".")[0]
                    found[each.asname or top] = each.name if each.asname else top
            case ast.ImportFrom(module=module, names=aliases):
                found.update({each.asname or each.name: f"{module}.{each.name}" for each in aliases})
    return found


def _own_attributes(statements: Sequence[ast.stmt]) -> frozenset[str]:
    """The attributes that the program's classes define: their methods, their fields, and what they set on `self`."""
    found: set[str] = set()
    for node in (each for each in _statements(statements) if isinstance(each, ast.ClassDef)):
        found.update(_bindings(node.body, set()))
        methods = [each for each in node.body if isinstance(each, ast.FunctionDef) and each.args.args]
        for method in methods:
            self = method.args.args[0].arg
            for each in ast.walk(method):
                match each:
                    case ast.Attribute(value=ast.Name(id=name), attr=attribute, ctx=ast.Store()) if name == self:
                        found.add(attribute)
    return frozenset(name for name in found if not (name.startswith("__") and name.endswith("__")))  # Python's own
