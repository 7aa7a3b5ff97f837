"""The normal form of a program: what stays the same when a copy is disguised.

Comments, docstrings, formatting, annotations, imports and `pass` are left out. Variables, parameters, helper functions
and the attributes of the program's own classes lose their names, and so do imported modules that got another name. The
order of definitions does not matter, nor whether they stand in an `if`, `try`, `with` or loop at the top level, and
`train = other` makes `other` the function train. Operators, constants, texts, keywords and the names of a library stay.

Each statement becomes a digest, in which variables are numbered by their first use, so that an added line changes no
other one. A compound statement (`for`, `if`, `with`) is one without its body, whose statements count for themselves.
Code that Python cannot parse is compared line by line, by its tokens and without comments.
"""

import ast
import hashlib
import re
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from autograder import limited
from autograder.submission.model import Program
from autograder.submission.scopes import BLOCKS, Names

DIGEST = 8  # bytes
LEAST_STATEMENTS = 3  # of a helper function; shorter ones are left out, because many write the same
MOST_STATEMENTS = 1000  # kept of each function, so that a record stays small
DEEPEST = 15_000  # calls of Python; what Python can compile (3000 levels of an expression) needs fewer
DEEPEST_PARSED = 2_000  # the same for the parser, which counts otherwise, and uses the stack of the process
LONGEST = 50_000  # characters of a top-level statement, and of all together, if the program as a whole takes too much
LONGEST_PROGRAM = 200_000
ELSEWHERE = ""  # what stands in no function that the lab asks for: helpers, classes, code at the top level

_TOKEN = re.compile(
    r"#[^\n]*|(?P<text>\"{3}.*?(?:\"{3}|\Z)|'{3}.*?(?:'{3}|\Z)|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?)"
    r"|(?P<end>\n)|[^\W\d]\w*|[\d.]\w*|[^\s\w]",
    re.DOTALL,
)
END = "}"  # of a block
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Definition = _Function | ast.ClassDef
# Fields that change nothing, and defaults, which are written before because they belong to the scope outside.
_UNSEEN = frozenset({*BLOCKS, "ctx", "kind", "type_comment", "annotation", "returns", "defaults", "kw_defaults"})
_SCOPE = re.compile("\0\\d*")
_TOP_LEVEL = re.compile(r"(?<=\n)(?=[^\W\d]|@)")  # where a statement begins that is not indented


@dataclass(frozen=True)
class FunctionForm:
    """A function that the lab asks for, or everything else in the program (`ELSEWHERE`).

    statements: the different digests of its statements, one after the other, sorted
    whole: a digest of all in its order, in which each variable has one number throughout
    exact: the same with all names
    """

    name: str
    statements: bytes
    whole: bytes
    exact: bytes

    @property
    def digests(self) -> frozenset[bytes]:
        """The digests of the statements."""
        return frozenset(self.statements[at : at + DIGEST] for at in range(0, len(self.statements), DIGEST))


@dataclass(frozen=True)
class ProgramForm:
    """The normal form of a program, and a digest of its file as it was submitted."""

    file: bytes
    functions: tuple[FunctionForm, ...]
    complete: bool = True  # whether all of it could be read in time; otherwise it may have more of its own


@contextmanager
def begun(program: Program, functions: Collection[str]) -> Iterator[Callable[[], ProgramForm]]:
    """Begin to make the normal form of a student's program, in another process. What is given waits for it.

    If it takes too much memory or time, its longest statements are left out; if that is too much too, all of it.

    functions: the names of the functions that the lab asks for.
    """
    file, names = bytes.fromhex(program.digest)[:DIGEST], tuple(functions)
    with _APART.begun(program.cells, names) as whole:

        def form() -> ProgramForm:
            for complete, found in ((True, whole), (False, lambda: _APART(_shortened(program.cells), names))):
                with suppress(limited.TooMuch, ValueError):
                    return ProgramForm(file, found(), complete)
            return ProgramForm(file, (), complete=False)

        yield form


def _shortened(cells: Sequence[str]) -> tuple[str, ...]:
    """The cells without their longest statements at the top level."""
    split = [_TOP_LEVEL.split(cell) for cell in cells]
    room, kept = LONGEST_PROGRAM, set[int]()
    numbered = list(enumerate(part for parts in split for part in parts))
    for number, part in sorted(numbered, key=lambda each: len(each[1])):
        room -= len(part)
        if len(part) > LONGEST or room < 0:
            break
        kept.add(number)
    numbers = iter(range(len(numbered)))
    return tuple("".join(part for part in parts if next(numbers) in kept) for parts in split)


def function_forms(cells: Sequence[str], functions: Collection[str]) -> tuple[FunctionForm, ...]:
    """The normal form of each function in these cells of a program that can be trusted, or in another process."""
    parsed: list[ast.stmt] = []
    unparsed: list[str] = []
    for cell in cells:
        try:
            with _recursion(DEEPEST_PARSED):
                parsed += ast.parse(cell).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            unparsed.append(cell)
    with _recursion(DEEPEST):
        found = _parsed(parsed, functions)
    for cell in unparsed:
        _add_lines(found, cell, functions)
    return tuple(form.made(name) for name, form in sorted(found.items()))


@contextmanager
def _recursion(deepest: int) -> Iterator[None]:
    """Let functions call one another so deeply."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, deepest))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


# Python's parser may use any amount of memory or fail on deep nesting, so it runs in another process.
_APART = limited.Repeated(tuple[FunctionForm, ...], function_forms)


def line_forms(text: str, functions: Collection[str]) -> tuple[FunctionForm, ...]:
    """The form that a program would have if Python could not parse it."""
    found: dict[str, _Form] = {}
    _add_lines(found, text, functions)
    return tuple(form.made(name) for name, form in sorted(found.items()))


class _Form:
    """A function's form while it is collected."""

    def __init__(self) -> None:
        self.statements: set[bytes] = set()
        self.whole: list[bytes] = []
        self.exact: list[bytes] = []

    def add(self, statements: Sequence[Sequence[str]]) -> None:
        self.statements.update(_digest(_numbered(tokens)) for tokens in statements if tokens[0] != END)
        tokens = [token for each in statements for token in each]
        self.whole.append(_digest(_numbered(tokens)))
        self.exact.append(_digest([_SCOPE.sub("", token) for token in tokens]))

    def made(self, name: str) -> FunctionForm:
        kept = b"".join(sorted(self.statements)[:MOST_STATEMENTS])
        whole, exact = (_digest([each.hex() for each in sorted(all)]) for all in (self.whole, self.exact))
        return FunctionForm(name, kept, whole, exact)


def _digest(tokens: Sequence[str]) -> bytes:
    text = "\n".join(tokens).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=DIGEST).digest()


def _numbered(tokens: Sequence[str]) -> list[str]:
    """The tokens with numbers for variables, which begin with a zero character."""
    numbers: dict[str, str] = {}
    return [numbers.setdefault(each, f"\0{len(numbers)}") if each[:1] == "\0" else each for each in tokens]


def _parsed(statements: Sequence[ast.stmt], functions: Collection[str]) -> dict[str, _Form]:
    statements = list(_top_level(statements))
    called = _other_names(statements, functions)
    writer = _Writer(Names(statements, functions, called))
    found: dict[str, _Form] = {}
    for node in statements:
        try:
            written = writer.statement(node)
        except RecursionError:  # too deep to run
            continue
        if isinstance(node, _Function) and (name := called.get(node.name, node.name)) in functions:
            found.setdefault(name, _Form()).add(written)
        elif written and not (isinstance(node, _Function) and _is_short(written)):
            found.setdefault(ELSEWHERE, _Form()).add(written)
    return found


def _top_level(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements, where functions and classes inside of `if`, `try`, `with` and loops stand for themselves."""
    waiting = [*reversed(statements)]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _Definition):
            waiting += reversed(_taken_out(node))


def _taken_out(node: ast.AST) -> list[ast.stmt]:
    """Take the definitions out of a statement's blocks, also of blocks inside of these."""
    taken: list[ast.stmt] = []
    outer = [node]
    while outer:
        around = outer.pop()
        for block in BLOCKS:
            inside = getattr(around, block, None)
            if not isinstance(inside, list):
                continue
            taken += (each for each in inside if isinstance(each, _Definition))
            inside[:] = [each for each in inside if not isinstance(each, _Definition)]
            outer += inside
    return taken


def _other_names(statements: Sequence[ast.stmt], functions: Collection[str]) -> dict[str, str]:
    """The functions that a program calls something else, as `train = _train` says, with the names that the lab uses."""
    defined = {node.name for node in statements if isinstance(node, _Function)}
    found: dict[str, str] = {}
    for node in statements:
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            both = zip(_elements(target), _elements(node.value), strict=False)
            names = ((one.id, two.id) for one, two in both if isinstance(one, ast.Name) and isinstance(two, ast.Name))
            for name, other in names:
                if name in functions and name not in defined and other in defined and other not in functions:
                    found[other] = name
    return found


def _elements(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple | ast.List) else [node]


def _is_short(written: Sequence[Sequence[str]]) -> bool:
    """Whether a function, with its first line, has few statements."""
    return sum(tokens[0] != END for tokens in written) <= LEAST_STATEMENTS


class _Writer:
    """Writes statements as lists of tokens. A variable is a zero character, its scope and its name."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._written: list[list[str]] = []

    def statement(self, node: ast.AST) -> list[list[str]]:
        """The statement, then those of its body."""
        self._written = []
        self._statement(node)
        return self._written

    def _statement(self, node: ast.AST) -> None:
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Global() | ast.Nonlocal():
                return
            case ast.Expr(value=ast.Constant()):  # a docstring, or a comment in disguise
                return
            case ast.AnnAssign(target=ast.Name(), value=None):
                return
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._definition(node)
            case _:
                self._expression(node, self._new())
                self._blocks(node)

    def _new(self, *tokens: str) -> list[str]:
        self._written.append([*tokens])
        return self._written[-1]

    def _definition(self, node: _Definition) -> None:
        tokens = self._new(type(node).__name__, self._names.of(node.name))
        self._all(node.decorator_list, tokens)
        if isinstance(node, ast.ClassDef):
            self._all([*node.bases, *node.keywords], tokens)
        else:
            self._all(_defaults(node.args), tokens)
        with self._names.inside(node):
            if not isinstance(node, ast.ClassDef):
                self._fields(node.args, tokens)
            self._blocks(node)

    def _blocks(self, node: ast.AST) -> None:
        for block in BLOCKS:
            inside = getattr(node, block, None)
            if inside:
                for each in inside:
                    self._statement(each)
                self._new(END, block)

    def _all(self, nodes: Sequence[ast.AST], tokens: list[str]) -> None:
        for each in nodes:
            self._expression(each, tokens)

    def _expression(self, node: ast.AST, tokens: list[str]) -> None:
        """Append the tokens of an expression, or of a statement without its body."""
        if type(node) is ast.Name:  # half of all
            tokens.append(self._names.of(node.id))
            return
        match node:
            case ast.arg(arg=name):
                tokens.append(self._names.of(name))
            case ast.Constant(value=value):
                # repr refuses very long integers
                tokens.append(f"int {value:x}" if type(value) is int else f"{type(value).__name__} {value!r}")
            case ast.Attribute(value=value, attr=name):
                self._expression(value, tokens)
                tokens.append(self._names.attribute(name))
            case ast.Call(func=called) if self._is_own(called):
                # The parameters of the program's own functions may have other names in a copy.
                self._all([called, *node.args, *(each.value for each in node.keywords)], tokens)
                tokens.append(f"Call {len(node.args)} {len(node.keywords)}")
            case ast.Lambda(args=arguments):
                self._all(_defaults(arguments), tokens)
                with self._names.inside(node):
                    self._fields(node, tokens)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                with self._names.inside(node):
                    self._fields(node, tokens)
            case ast.AnnAssign(target=target, value=value):
                self._value([target], tokens)
                self._value(value, tokens)
                tokens.append("Assign")
            case ast.keyword(arg=name, value=value):
                tokens.append(f"{name}=")
                self._expression(value, tokens)
            case _:
                self._fields(node, tokens)

    def _is_own(self, called: ast.AST) -> bool:
        if isinstance(called, ast.Attribute):
            return self._names.attribute(called.attr)[0] == "\0"
        return isinstance(called, ast.Name) and self._names.is_own(called.id)

    def _fields(self, node: ast.AST, tokens: list[str]) -> None:
        unseen = _UNSEEN if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case) else _UNSEEN - {*BLOCKS}
        for name in node._fields:
            if name not in unseen:
                self._value(getattr(node, name, None), tokens)
        tokens.append(type(node).__name__)

    def _value(self, value: object, tokens: list[str]) -> None:
        if isinstance(value, ast.AST):
            self._expression(value, tokens)
        elif isinstance(value, list):
            for each in value:
                self._value(each, tokens)
            tokens.append(",")
        elif isinstance(value, str):
            tokens.append(self._names.of(value))
        elif value is not None:
            tokens.append(repr(value))


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    """The defaults of parameters, which belong to the scope around the function."""
    return [each for each in (*arguments.defaults, *arguments.kw_defaults) if each is not None]


def _add_lines(found: dict[str, _Form], text: str, functions: Collection[str]) -> None:
    """Add the lines of a text that is no Python, to the function whose `def` stands above them."""
    name, lines = ELSEWHERE, dict[str, list[list[str]]]()
    for tokens, indented in _lines(text):
        if not indented:
            name = tokens[1] if tokens[0] == "def" and len(tokens) > 1 and tokens[1] in functions else ELSEWHERE
        if tokens[0] not in ("import", "from", "pass"):
            lines.setdefault(name, []).append(["line", *tokens])
    for name, written in lines.items():
        found.setdefault(name, _Form()).add(written)


def _lines(text: str) -> Iterator[tuple[list[str], bool]]:
    """The tokens of each line without comments and docstrings, and whether it is indented."""
    tokens: list[str] = []
    only_text, start = True, 0
    for match in _TOKEN.finditer(f"{text}\n"):
        if match["end"]:
            if tokens and not only_text:
                yield tokens, text[start : start + 1] in (" ", "\t")
            tokens, only_text, start = [], True, match.end()
        elif match[0][0] != "#":
            tokens.append(match[0])
            only_text = only_text and match["text"] is not None
