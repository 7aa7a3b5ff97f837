"""What in the texts that students get would give an answer away: lines of the solution, and numbers to be found."""

import ast
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autograder.graph import derivative_name
from autograder.graph.descent import descend
from autograder.graph.quantities import expected, local_derivatives
from autograder.rubric import Lab

# A number, with the name before it where it is said to be that one's.
ANY = re.compile(r"(?:\b(?P<name>\w+)`?[ \t]*(?:[=:≈]|is)[ \t]*[-−]?)?(?<![\w.])(?P<number>\d*\.?\d+)(?!\w|\.\d)")


@dataclass(frozen=True)
class KnownAnswer:
    """A number that students are to find, and where: in a graph or with a function."""

    name: str
    value: float
    where: str

    def rounds_to(self, text: str) -> bool:
        """Whether this is the number to as many decimals as `text` has, its sign aside. A number that is not whole
        does not round to a whole one, and none to 0: those may mean anything."""
        decimals = len(text.partition(".")[2])
        rounded = f"{abs(self.value):.{decimals}f}"
        known = bool(decimals) or self.value == int(self.value)
        return known and float(rounded) == float(text) != 0


def problems(lab: Lab, texts: Mapping[str, str]) -> Iterator[str]:
    """Everything in `texts`, by file, that gives an answer away: a clause each, with the file."""
    return itertools.chain(copied(lab, texts), numbers(lab, texts))


def copied(lab: Lab, texts: Mapping[str, str]) -> Iterator[str]:
    """Solutions of the reference that stand somewhere, be it in a comment or under a raise."""
    for function, body in _bodies(lab).items():
        if lab.rubric.functions[function].given or not body:
            continue
        for name, text in texts.items():
            lines = _code(text)
            if any(lines[start : start + len(body)] == body for start in range(len(lines))):
                yield f"{name} holds the reference's lines of {function}; take them out"


def numbers(lab: Lab, texts: Mapping[str, str]) -> Iterator[str]:
    """Numbers that are an answer: to two or more decimals wherever they stand, and any behind the answer's name."""
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
                    yield f"{file}, line {line}, has {number}, which is {answer.name} {answer.where}; take it out"
                    break


def _assignments(program: str) -> set[int]:
    """The lines on which a program gives a name a value: that is how it computes, and says nothing of results."""
    return {node.lineno for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Assign | ast.AnnAssign)}


def _answers(lab: Lab) -> Iterator[KnownAnswer]:
    """The values, local derivatives and gradients of each graph at its published inputs, and what training gives."""
    for name, graph in lab.graphs.items():
        gradients = [derivative_name(graph.output, wrt) for wrt in graph.names if wrt != graph.output]
        quantities = [*(node.name for node in graph.nodes), *gradients, *local_derivatives(graph)]
        found = expected(graph, quantities, lab.rubric.graphs[name].inputs["published"])
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
    """What students are told, each number with its name: published inputs, settings and constants of graphs."""
    arguments = [lab.defaults(name) for name in lab.rubric.functions]
    told = [pair for each in arguments for pair in (*each.inputs.items(), *each.settings.items())]
    operands = [operand for graph in lab.graphs.values() for node in graph.nodes for operand in node.operands]
    told += [("", operand) for operand in operands if isinstance(operand, float)]
    return {(name, abs(float(value))) for name, value in told}


def _bodies(lab: Lab) -> Mapping[str, list[str]]:
    """The lines of each function of the reference that is in the rubric, without docstring."""
    text = (lab.reference / lab.rubric.program).read_text(encoding="utf-8")
    bodies = {}
    for function in ast.parse(text).body:
        if isinstance(function, ast.FunctionDef) and function.name in lab.rubric.functions:
            first = function.body[ast.get_docstring(function) is not None :]
            start = first[0].lineno - 1 if first else function.end_lineno
            bodies[function.name] = _code("\n".join(text.splitlines()[start : function.end_lineno]))
    return bodies


def _code(text: str) -> list[str]:
    """The lines of a text without indentation, comments and the sign that makes a comment of a line."""
    lines = (line.strip().lstrip("# ").partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line]
