"""Find what would give an answer away in the texts that students get: lines of the solution, and their results."""

import ast
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from autograder.graph import derivative_name, shape_of
from autograder.graph.array_notation import flat
from autograder.graph.descent import Epoch, descend
from autograder.graph.operation import Value
from autograder.graph.quantities import expected, local_derivatives
from autograder.rubric import Lab, LearnsCheck

# A number, and the name that it is assigned to, as in "w = 0.5", "w: 0.5" or "w is 0.5".
ANY = re.compile(r"(?:\b(?P<name>\w+)`?[ \t]*(?:[=:≈]|is)[ \t]*[-−]?)?(?<![\w.])(?P<number>\d*\.?\d+)(?!\w|\.\d)")

# An operation on a number, as in the formula "r = 1 - y".
FURTHER = re.compile(r"[ \t]*(?:[-−+*/·^]|\\cdot)")

SIGNED = re.compile(r"[-−]?(?<![\w.])\d*\.?\d+(?!\w|\.\d)")
# Two numbers or more with nothing but brackets, signs of a list and white space between them.
ROW = re.compile(rf"{SIGNED.pattern}(?:[\s,;&|\[\]()\\]{{1,12}}{SIGNED.pattern})+")


@dataclass(frozen=True)
class KnownAnswer:
    """A number that students have to find."""

    name: str
    value: float
    where: str  # a phrase: "of task1", "in train"

    def rounds_to(self, text: str) -> bool:
        """Whether `text` is this number, rounded to the decimals of `text`, whatever its sign.

        A number that is not whole does not match a whole number, and no number matches 0: these may mean anything.
        """
        decimals = len(text.partition(".")[2])
        rounded = f"{abs(self.value):.{decimals}f}"
        known = bool(decimals) or self.value == int(self.value)
        return known and float(rounded) == float(text) != 0


@dataclass(frozen=True)
class KnownArray:
    """A vector or a matrix that students have to find."""

    name: str
    values: tuple[float, ...]
    where: str  # a phrase, as of `KnownAnswer`

    def rounds_to(self, texts: Sequence[str]) -> bool:
        """Whether these numbers are its elements in order, each rounded to the decimals that it is written with.

        As with single numbers, one that is not whole does not match a whole number.
        """
        return all(map(_rounds_to, self.values, texts))


def _rounds_to(value: float, text: str) -> bool:
    decimals = len(text.partition(".")[2])
    return float(text) == round(value, decimals) and (bool(decimals) or value == int(value))


def problems(lab: Lab, texts: Mapping[str, str]) -> Iterator[str]:
    """Everything in `texts`, by file name, that gives an answer away, each as a clause that names the file."""
    return itertools.chain(copied(lab, texts), numbers(lab, texts), lists(lab, texts))


def copied(lab: Lab, texts: Mapping[str, str]) -> Iterator[str]:
    """Solutions of the reference that a file contains, even as a comment or below a raise statement."""
    for function, body in _bodies(lab).items():
        if not body:
            continue
        for name, text in texts.items():
            lines = _code(text)
            if any(lines[start : start + len(body)] == body for start in range(len(lines))):
                yield f"{name} contains the reference's solution of {function}; remove it"


def numbers(lab: Lab, texts: Mapping[str, str]) -> Iterator[str]:
    """Numbers that are an answer: with two or more decimals anywhere, and any number after the name of the answer."""
    answers, given, constants = tuple(_answers(lab)), _given(lab), _constants(lab)
    for file, text in texts.items():
        code = _assignments(text) if file == lab.rubric.program else set()
        for match in ANY.finditer(text):
            name, number = match["name"], match["number"]
            line = text.count("\n", 0, match.start()) + 1
            alone = re.search(r"\.\d\d", number) and float(number) not in {value for _, value in given}
            operand = (name, float(number)) in constants and FURTHER.match(text, match.end())
            named = (name, float(number)) not in given and line not in code and not operand
            for answer in answers:
                if answer.rounds_to(number) and (alone or (named and answer.name == name)):
                    yield f"{file}, line {line}, has {number}, which is {answer.name} {answer.where}; remove it"
                    break


def lists(lab: Lab, texts: Mapping[str, str]) -> Iterator[str]:
    """Vectors and matrices that are an answer, however their numbers are put into brackets and rows."""
    answers = [answer for answer in _known_arrays(lab) if _tells(lab, answer)]
    for file, text in texts.items() if answers else ():
        for row in ROW.finditer(text):
            found = [each.replace("−", "-") for each in SIGNED.findall(row[0])]
            for answer in answers:
                starts = range(len(found) - len(answer.values) + 1)
                if any(answer.rounds_to(found[start : start + len(answer.values)]) for start in starts):
                    line = text.count("\n", 0, row.start()) + 1
                    yield f"{file}, line {line}, has the elements of {answer.name} {answer.where}; remove them"


def _tells(lab: Lab, answer: KnownArray) -> bool:
    """Whether a list of these numbers gives an answer away: not one number again and again, and nothing given."""
    given = {tuple(map(abs, flat(value))) for name in lab.known_graphs for value in lab.published(name).values()}
    values = tuple(map(abs, answer.values))
    return len(set(answer.values)) > 1 and values not in given


def _assignments(program: str) -> set[int]:
    """The lines with an assignment: there a program computes, and a number after a name is not a result."""
    return {node.lineno for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Assign | ast.AnnAssign)}


def _answers(lab: Lab) -> Iterator[KnownAnswer]:
    """The values, local derivatives and gradients of each graph at its published inputs, and results of training."""
    for name in lab.known_graphs:
        for quantity, value in _values(lab, name):
            yield from (KnownAnswer(quantity, each, f"of {name}") for each in flat(value))
    for name, function in lab.rubric.functions.items():
        if function.trained:
            steps = _steps(lab, name)
            yield from (KnownAnswer("a loss", each.loss, f"in {name}") for each in steps[:-1])
            trained = (pair for each in steps for pair in each.weights.items() if isinstance(pair[1], float))
            yield from (KnownAnswer(weight, value, f"after an epoch of {name}") for weight, value in trained)


def _known_arrays(lab: Lab) -> Iterator[KnownArray]:
    """The vectors and matrices among the values and gradients, and the trained weights after each epoch."""
    for name in lab.known_graphs:
        found = ((quantity, value) for quantity, value in _values(lab, name) if shape_of(value))
        yield from (KnownArray(quantity, tuple(flat(value)), f"of {name}") for quantity, value in found)
    for name, function in lab.rubric.functions.items():
        for each in _steps(lab, name)[1:] if function.trained else ():
            found = ((weight, value) for weight, value in each.weights.items() if shape_of(value))
            yield from (KnownArray(weight, tuple(flat(value)), f"after an epoch of {name}") for weight, value in found)


def _values(lab: Lab, name: str) -> list[tuple[str, Value]]:
    """The nodes, local derivatives and gradients of a graph at its published inputs."""
    graph = lab.graphs[name]
    gradients = [derivative_name(graph.output, wrt) for wrt in graph.names if wrt != graph.output]
    found: list[tuple[str, Value]] = []
    for quantity in dict.fromkeys([*(node.name for node in graph.nodes), *gradients, *local_derivatives(graph)]):
        with suppress(LookupError):  # a local derivative with a number for each pair of elements
            found.extend(expected(graph, [quantity], lab.published(name)).items())
    return found


def _steps(lab: Lab, name: str) -> Sequence[Epoch]:
    """The epochs of a training function with its published inputs and settings."""
    function, arguments = lab.rubric.functions[name], lab.defaults(name)
    rate, epochs = float(arguments.settings["lr"]), int(arguments.settings["n_epochs"])
    return descend(lab.graphs[function.graph], function.trained, arguments.inputs, rate, epochs)


def _given(lab: Lab) -> set[tuple[str, float]]:
    """The numbers that students are given, by name: published inputs, settings and constants of the graphs."""
    arguments = [lab.defaults(name) for name in lab.rubric.functions]
    given = [pair for each in arguments for pair in (*each.inputs.items(), *each.settings.items())]
    given += [("", constant) for _, constant in _constants(lab)]
    learns = [each for each in lab.rubric.checks if isinstance(each, LearnsCheck)]
    given += [pair for each in learns for pair in each.settings.items()]
    given += [("", bound) for each in learns for bound in (each.accuracy, each.mse, each.falls) if bound is not None]
    return {(name, abs(each)) for name, value in given for each in flat(value)}


def _constants(lab: Lab) -> set[tuple[str, float]]:
    """The constants of the graphs, each with the name of its node."""
    nodes = [node for graph in lab.known_graphs.values() for node in graph.nodes]
    return {(node.name, each) for node in nodes for each in node.operands if isinstance(each, float)}


def _bodies(lab: Lab) -> Mapping[str, list[str]]:
    """The lines of each function of the reference that students write, without its docstring, and of methods."""
    text = (lab.reference / lab.rubric.program).read_text(encoding="utf-8")
    bodies = {}
    for node in ast.parse(text).body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name not in lab.rubric.written:
            continue
        methods = [(f"{node.name}.", each) for each in node.body] if isinstance(node, ast.ClassDef) else [("", node)]
        for owner, function in methods:
            if isinstance(function, ast.FunctionDef):
                first = function.body[ast.get_docstring(function) is not None :]
                start = first[0].lineno - 1 if first else function.end_lineno
                bodies[owner + function.name] = _code("\n".join(text.splitlines()[start : function.end_lineno]))
    return bodies


def _code(text: str) -> list[str]:
    """The lines of a text without indentation and comments; lines that are commented out count as code."""
    lines = (line.strip().lstrip("# ").partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]
