"""Find prose that does not fit the rubric any more: text about other names, numbers and functions than it has now.

Read are the text of the lab sheet, and the docstrings and comments that students get. What a sentence means is unknown,
so only what can hardly be anything else is looked at: what is written as code, words that only Python has, counts, and
published numbers in a row. That finds what is left of a lab that was copied as a start.
"""

import ast
import builtins
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from autograder import yaml_config
from autograder.authoring.handout import sheet
from autograder.authoring.handout.program import is_private, to_write
from autograder.authoring.handout.source import Function, Source
from autograder.graph import OPERATIONS
from autograder.graph.quantities import derivative
from autograder.rubric import Lab, LearnsCheck, data_files
from autograder.rubric.draw import DrawnArray

# What instructors name besides what their lab has: Python, and words of PyTorch.
USUAL = {*keyword.kwlist, *dir(builtins)} | {
    *("torch", "numpy", "np", "pip", "python", "tensor", "grad", "backward", "detach", "item", "clone", "to", "shape"),
    *("size", "dtype", "device", "cpu", "cuda", "optim", "SGD", "Adam", "nn", "Module", "Linear", "parameters", "eval"),
    *("requires_grad", "no_grad", "zero_grad", "retain_grad", "retain_graph", "create_graph", "axis", "dim", "keepdim"),
    *("reshape", "squeeze", "unsqueeze", "float16", "float32", "float64", "int32", "int64", "answers"),
}
OPERATION = re.compile(r"(?:\\|\b)(tanh|sigmoid|relu|softmax)\b", re.IGNORECASE)  # words that are used for nothing else
LETTERS = frozenset("bcefghopqrsuvwxyz")  # single ones that are names in a docstring, not articles or counters

PLACEHOLDER = re.compile(r"<<.*?>>|<%.*?%>|<#.*?#>", re.DOTALL)
LIST_MARKER = re.compile(r"^\s*(?:#\s*)?([a-z])[.)](?=\s)", re.MULTILINE)
CODE = re.compile(
    r"`(?P<name>[A-Za-z_]\w*)(?:\(\))?`|\$(?:\\hat\{)?(?P<symbol>[A-Za-z])\}?\$|\\partial (?P<by>[A-Za-z]\w*)"
)
MATH = re.compile(r"```math\n.*?```|\$[^$\n]*\$", re.DOTALL)
WORD = re.compile(r"(?<![\w.'’/\\$])[A-Za-z]\w*(?![\w'’/$]|\.\w)")
ONLY_CODE = re.compile(r"[a-z]+\d+|[A-Za-z]\w*_\w*[A-Za-z0-9]")
FILE = re.compile(r"(?<![\w/.])\w+\.(?:py|yaml)\b")
GIVEN = re.compile(r"\b(?P<name>[A-Za-z]\w*) = (?P<number>[-−]?\d+(?:\.\d+)?)(?![\w.]*\w|\s*[-+*/^=])")
JOINT = re.compile(r",?\s(?:and\s)?")  # between two numbers in a row
COUNT = rf"\b({'|'.join(sheet.NUMBERS[2:])}|\d+)"
SIZES = re.compile(rf"{COUNT} (samples|rows|columns|features|classes)\b", re.IGNORECASE)
EPOCHS = re.compile(rf"{COUNT} epochs\b", re.IGNORECASE)
FUNCTIONS = re.compile(rf"\bother {COUNT} functions\b", re.IGNORECASE)
RESULTS = re.compile(rf"\b(?:these {COUNT} names|as {COUNT} floats)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Passage:
    """A piece of text that students read."""

    path: Path
    line: int  # where it begins
    text: str
    function: str = ""  # whose docstring it is
    is_sheet: bool = False


Found = tuple[int, str]  # a position in a passage, and what does not fit there


def outdated(lab: Lab) -> list[str]:
    """A sentence for everything that does not fit, with its file and line."""
    known = names(lab)
    found: dict[tuple[Path, int, str], None] = {}
    for passage in _passages(lab):
        looks: tuple[Iterator[Found], ...] = (
            _names(passage, lab, known),
            _numbers(passage, lab),
            _counts(passage, lab),
        )
        for position, problem in (each for look in looks for each in look):
            line = passage.line + passage.text.count("\n", 0, position)
            found[passage.path, line, problem] = None
    return [f"{path}, line {line}: {problem}" for path, line, problem in sorted(found)]


def names(lab: Lab) -> set[str]:
    """Everything that prose may name: what the rubric, the reference, Python and PyTorch have. Variables of a solution
    are not among it: students do not see them."""
    rubric = lab.rubric
    found = USUAL | {
        *re.findall(r"\w+", rubric.lab),
        *rubric.graphs,
        *rubric.functions,
        *OPERATIONS,
        Path(rubric.program).stem,
    }
    for graph in lab.graphs.values():
        found |= {*graph.names}
    for function in rubric.functions.values():
        found |= {*function.inputs, *function.returns, *function.settings}
    found |= {name for aliases in rubric.aliases.values() for name in aliases}
    source = Source(lab.reference / rubric.program)
    for statement in source.statements:
        for each in () if to_write(lab, statement) or is_private(lab, statement) else ast.walk(statement):
            found |= {each.id} if isinstance(each, ast.Name) else set()
    for node in ast.walk(source.tree):
        match node:
            case ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.alias(name=name):
                found.add(name)
    return found


def _passages(lab: Lab) -> Iterator[Passage]:
    """The sheet without its placeholders, and the docstrings and comments of the program."""
    if (path := sheet.source(lab)).exists():
        yield Passage(path, 1, PLACEHOLDER.sub(_blank, yaml_config.read_text(path)), is_sheet=True)
    source = Source(lab.reference / lab.rubric.program)
    yield from _docstring(source, source.tree)
    first = source.statements[0].lineno if source.statements else 1  # the comment above it is about the solution
    hidden = {*range(first)}
    for node in source.statements:
        if is_private(lab, node) or to_write(lab, node):
            hidden |= {*range(node.lineno, (node.end_lineno or 0) + 1)}
        defined = [] if is_private(lab, node) else [node, *(node.body if isinstance(node, ast.ClassDef) else [])]
        for each in defined:
            if isinstance(each, Function | ast.ClassDef):
                yield from _docstring(source, each, each.name if each is node else "")
    for line, comment in source.comments():
        if line not in hidden:
            yield Passage(source.path, line, comment)


def _docstring(source: Source, node: ast.Module | ast.ClassDef | Function, function: str = "") -> Iterator[Passage]:
    if ast.get_docstring(node):
        first = node.body[0]
        yield Passage(source.path, first.lineno, "\n".join(source.lines(first.lineno, first.end_lineno)), function)


def _blank(match: re.Match[str]) -> str:
    """Spaces in place of a text, so that positions and lines stay."""
    return re.sub(r"[^\n]", " ", match[0])


def _names(passage: Passage, lab: Lab, known: set[str]) -> Iterator[Found]:
    """Names that are neither in the rubric nor in the program, operations that no graph has, and other files."""
    program, answers = lab.rubric.program, lab.rubric.answers
    for name, position in _named(passage).items():
        if not {name, name.replace("_", "")} & known and not any(
            derivative(graph, name) for graph in lab.graphs.values()
        ):
            yield position, f"{name!r} is named, but neither rubric.yaml nor {program} has such a name"
    for match in OPERATION.finditer(passage.text) if lab.known_graphs else ():
        if match[1].lower() not in _operations(lab):
            yield match.start(), f"{match[1]} is named, but no graph has this operation, and {program} does not use it"
    for match in FILE.finditer(passage.text):
        if match[0] not in (program, answers, "rubric.yaml") and not (lab.template / match[0]).exists():
            yield match.start(), f"{match[0]} is named, but rubric.yaml names the files {program} and {answers}"


def _named(passage: Passage) -> dict[str, int]:
    """What can only be names, with where each one is first."""
    found: dict[str, int] = {}
    for match in CODE.finditer(passage.text) if passage.is_sheet else ():
        found.setdefault(match["name"] or match["symbol"] or match["by"], match.start())
    markers = {match.start(1) for match in LIST_MARKER.finditer(passage.text)}
    for match in WORD.finditer(MATH.sub(_blank, passage.text) if passage.is_sheet else passage.text):
        quoted = len(match[0]) == 1 and passage.text[match.start() - 1 : match.end() + 1] == f'"{match[0]}"'
        letter = not passage.is_sheet and match[0] in LETTERS and match.start() not in markers
        if letter or quoted or ONLY_CODE.fullmatch(match[0]):
            found.setdefault(match[0], match.start())
    return found


def _operations(lab: Lab) -> set[str]:
    """The operations of the graphs, and what the reference calls."""
    nodes = (node for graph in lab.known_graphs.values() for node in graph.nodes)
    calls = (each for each in ast.walk(Source(lab.reference / lab.rubric.program).tree) if isinstance(each, ast.Call))
    called = {getattr(each.func, "attr", getattr(each.func, "id", "")) for each in calls}
    return {node.operation for node in nodes} | {re.sub(r"^log_", "", name.lower()) for name in called}


def _numbers(passage: Passage, lab: Lab) -> Iterator[Found]:
    """Published numbers, two or more in a row such as "x = 4, y = 1", that are others in the rubric."""
    given: dict[str, set[float]] = {}
    for name in lab.known_graphs:
        for each, value in lab.published(name).items():
            given.setdefault(each, set()).update([value] if isinstance(value, float | int) else [])
    matches = list(GIVEN.finditer(passage.text))
    together = [bool(JOINT.fullmatch(passage.text[one.end() : other.start()])) for one, other in pairwise(matches)]
    for number, match in enumerate(matches):
        right = given.get(match["name"])
        in_a_row = any(together[max(0, number - 1) : number + 1])
        if in_a_row and right and float(match["number"].replace("−", "-")) not in right:
            published = " or ".join(f"{each:g}" for each in sorted(right))
            yield match.start(), f"{match[0]} is said, but rubric.yaml publishes {match['name']} = {published}"


def _counts(passage: Passage, lab: Lab) -> Iterator[Found]:
    """How many samples, epochs, functions or results there are, if the rubric has another number of them."""
    functions = lab.rubric.functions
    settings = [each.settings for each in functions.values()]
    settings += [check.settings for check in lab.rubric.checks if isinstance(check, LearnsCheck)]
    epochs = {int(each["n_epochs"]) for each in settings if "n_epochs" in each}
    looks = [
        (EPOCHS, epochs, "n_epochs is {}"),
        (SIZES, _sizes(lab), "the sizes in rubric.yaml are {}"),
        (FUNCTIONS, {len(lab.rubric.written)}, "students write {} functions"),
    ]
    if passage.function in functions:
        returns = functions[passage.function].returns
        looks.append((RESULTS, {len(returns)}, f"{passage.function} returns {{}} values: {', '.join(returns)}"))
    for pattern, right, sentence in looks:
        for match in pattern.finditer(passage.text) if right else ():
            said = next(filter(None, match.groups())).lower()
            number = sheet.NUMBERS.index(said) if said in sheet.NUMBERS else int(said)
            if number not in right:
                yield match.start(), f"'{match[0]}' does not fit: {sentence.format(', '.join(map(str, sorted(right))))}"


def _sizes(lab: Lab) -> set[int]:
    """The sizes of all axes of the arrays of the graphs, published or drawn, and of the data to learn from; and numbers
    of classes."""
    shapes = [shape for name in lab.rubric.graphs for shape in lab.shapes(name).values()]
    sets = [drawn.intervals.values() for entry in lab.rubric.graphs.values() for drawn in entry.drawn.values()]
    arrays = [each for intervals in sets for each in intervals if isinstance(each, DrawnArray)]
    shapes += [data_files.read(path).X.shape for path in data_files.files(lab.rubric, lab.folder)]
    return {size for shape in (*shapes, *((*each.shape, each.labels) for each in arrays)) for size in shape} - {0}
