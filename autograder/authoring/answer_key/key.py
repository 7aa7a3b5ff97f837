"""The answer key of a lab, as data: everything that the page, the Markdown and the JSON show."""

from collections.abc import Mapping
from dataclasses import dataclass

from autograder.authoring.answer_key import overrides
from autograder.authoring.answer_key.closed_form import ClosedForm, closed_form
from autograder.authoring.answer_key.cross_check import check
from autograder.authoring.answer_key.derivation import Derived, chained, derive
from autograder.authoring.answer_key.exact import Exact
from autograder.authoring.answer_key.reference import Solution, solution
from autograder.authoring.answer_key.wrong_answers import Quantity, asked_for, of_training, on_graph
from autograder.grader import Grader
from autograder.graph import derivative_name
from autograder.graph.descent import Epoch, descend
from autograder.mistakes.for_lab import Mistakes
from autograder.rubric import LOSSES, Lab
from autograder.sandbox.host.fork_server import ForkServer


@dataclass(frozen=True)
class GraphKey:
    """A graph at its published inputs."""

    name: str
    sheet: str  # the section of the lab sheet about it
    right: Derived
    asked: tuple[Quantity, ...]  # what students are asked for


@dataclass(frozen=True)
class TrainingKey:
    """A training function with its published settings."""

    function: str
    graph: str
    sheet: str
    settings: Mapping[str, float | int]
    weights: tuple[str, ...]
    epochs: tuple[Epoch, ...]  # each before its update, and the result of training as one more
    closed_form: ClosedForm | None
    asked: tuple[Quantity, ...]


@dataclass(frozen=True)
class Key:
    """The answer key of a lab. Numbers are float64, formulas LaTeX. In JSON, a number that is not finite is null."""

    lab: str
    graphs: tuple[GraphKey, ...]
    trainings: tuple[TrainingKey, ...]
    reference: Solution


def key(lab: Lab, server: ForkServer) -> Key:
    """Compute the key of a lab at its published inputs, every number in several ways.

    Raises:
        NoKey: Two ways give different numbers, or a number is not finite.
        GraderFault: The reference cannot be run.
        Unreadable, FileError: The reference cannot be read.
    """
    exact = {name: _exact(lab, name) for name in lab.known_graphs}
    wanted = {name: _wanted(lab, name) for name in lab.known_graphs}
    with Grader(lab, server, "cpu") as grader:
        with grader.in_double_precision() as precise:
            check(lab, exact, wanted, precise)
        reference = solution(lab, grader.reference())
    mistakes = Mistakes(lab)
    graphs = tuple(
        GraphKey(
            name,
            lab.rubric.graphs[name].sheet,
            derive(graph, exact[name], wanted[name]),
            on_graph(lab, mistakes, name),
        )
        for name, graph in lab.known_graphs.items()
    )
    trainings = tuple(
        _training(lab, mistakes, name, exact) for name, entry in lab.rubric.functions.items() if entry.trained
    )
    return Key(lab.rubric.lab, graphs, trainings, reference)


def _exact(lab: Lab, name: str) -> Exact:
    """A graph at its published inputs, without the settings of functions that this set may contain."""
    graph, published = lab.graphs[name], lab.published(name)
    return Exact(graph, {each: published[each] for each in graph.inputs}, f"graph {name}")


def _wanted(lab: Lab, name: str) -> tuple[str, ...]:
    """The derivatives that are written out by the chain rule: those asked for, and those needed for training."""
    graph = lab.graphs[name]
    functions = [entry for entry in lab.rubric.functions.values() if entry.graph == name]
    needed = [derivative_name(graph.output, weight) for each in functions for weight in each.trained]
    return tuple(each for each in dict.fromkeys([*asked_for(lab, name), *needed]) if chained(graph, each))


def _training(lab: Lab, mistakes: Mistakes, function: str, exact: Mapping[str, Exact]) -> TrainingKey:
    entry, at = lab.rubric.functions[function], lab.defaults(function)
    weights, rate = entry.trained, float(at.settings["lr"])
    epochs = descend(lab.graphs[entry.graph], weights, at.inputs, rate, int(at.settings[overrides.EPOCHS]))
    right = {weight: (epochs[-1].weights[weight],) for weight in weights}
    return TrainingKey(
        function,
        entry.graph,
        entry.sheet,
        at.settings,
        weights,
        epochs,
        closed_form(exact[entry.graph], weights, rate),
        of_training(mistakes, function, at, {**right, LOSSES: [step.loss for step in epochs[:-1]]}),
    )
