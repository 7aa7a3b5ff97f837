"""Find what would give an answer away in the texts that students get: lines of the solution, and their results."""

import ast
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autograder.graph import derivative_name
from autograder.graph.descent import descend
from autograder.graph.quantities import expected, local_derivatives
from autograder.rubric import Lab

# A number, and the name that it is assigned to, as in "w = 0.5", "w: 0.5" or "w is 0.5".
ANY = re.compile(r"(?:\b(?P<name>\w+)`?[ \t]*(?:[=:≈]|is)[ \t]*[-−]?)?(?<![\w.])(?P<number>\d*\.?\d+)(?!\w|\.\d)")


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


def problems(lab: Lab, texts: Mapping[str, str]) -> Iterator[str]:
    """Everything in `texts`, by file name, that gives an answer away, each as a clause that names the file."""
    return itertools.chain(copied(lab, texts), numbers(lab, texts))


def copied(lab: Lab, texts: Mapping[str, str]) -> Iterator[str]:
    """Solutions of the reference that a file contains, even as a comment or below a raise statement."""
    for function, body in _bodies(lab).items():
        if lab.rubric.functions[function].given or not body:
            continue
        for name, text in texts.items():
            lines = _code(text)
            if any(lines[start : start + len(body)] == body for start in range(len(lines))):
                yield f"{name} contains the reference's solution of {function}; remove it"


def numbers(lab: Lab, texts: Mapping[str, str]) -> Iterator[str]:
    """Numbers that are an answer: with two or more decimals anywhere, and any number after the name of the answer."""
    answers, given = tuple(_answers(lab)), _given(lab)
    for file, text in texts.items():
        code = _assignments(text) if file == lab.rubric.program else set()
        for match in ANY.finditer(text):
            name, number = match["name"], match["number"]
            line = text.count("\n", 0, match.start()) + 1
            alone = re.search(r"\.\d\d", number) and float(number) not in {value for _, value in given}
            named = (name, float(number)) not in given and line not in code
            for answer in answers:
                if answer.rounds_to(number) and (alone or (named and answer.name == name)):
                    yield f"{file}, line {line}, has {number}, which is {answer.name} {answer.where}; remove it"
                    break


def _assignments(program: str) -> set[int]:
    """The lines with an assignment: there a program computes, and a number after a name is not a result."""
    return {node.lineno for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Assign | ast.AnnAssign)}


def _answers(lab: Lab) -> Iterator[KnownAnswer]:
    """The values, local derivatives and gradients of each graph at its published inputs, and results of training."""
    for name, graph in lab.known_graphs.items():
        gradients = [derivative_name(graph.output, wrt) for wrt in graph.names if wrt != graph.output]
        quantities = [*(node.name for node in graph.nodes), *gradients, *local_derivatives(graph)]
        found = expected(graph, quantities, lab.published(name))
        yield from (KnownAnswer(quantity, value, f"of {name}") for quantity, value in found.items())
    for name, function in lab.rubric.functions.items():
        if function.trained:
            arguments, graph = lab.defaults(name), lab.graphs[function.graph]
            rate, epochs = float(arguments.settings["lr"]), int(arguments.settings["n_epochs"])
            steps = descend(graph, function.trained, arguments.inputs, rate, epochs)
            yield from (KnownAnswer("a loss", each.loss, f"in {name}") for each in steps[:-1])
            trained = (pair for each in steps for pair in each.weights.items())
            yield from (KnownAnswer(weight, value, f"after an epoch of {name}") for weight, value in trained)


def _given(lab: Lab) -> set[tuple[str, float]]:
    """The numbers that students are given, by name: published inputs, settings and constants of the graphs."""
    arguments = [lab.defaults(name) for name in lab.rubric.functions]
    given = [pair for each in arguments for pair in (*each.inputs.items(), *each.settings.items())]
    operands = [operand for graph in lab.known_graphs.values() for node in graph.nodes for operand in node.operands]
    given += [("", operand) for operand in operands if isinstance(operand, float)]
    return {(name, abs(float(value))) for name, value in given}


def _bodies(lab: Lab) -> Mapping[str, list[str]]:
    """The lines of each function of the reference that is in the rubric, without its docstring."""
    text = (lab.reference / lab.rubric.program).read_text(encoding="utf-8")
    bodies = {}
    for function in ast.parse(text).body:
        if isinstance(function, ast.FunctionDef) and function.name in lab.rubric.functions:
            first = function.body[ast.get_docstring(function) is not None :]
            start = first[0].lineno - 1 if first else function.end_lineno
            bodies[function.name] = _code("\n".join(text.splitlines()[start : function.end_lineno]))
    return bodies


def _code(text: str) -> list[str]:
    """The lines of a text without indentation and comments; lines that are commented out count as code."""
    lines = (line.strip().lstrip("# ").partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]
