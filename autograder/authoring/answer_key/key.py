"""The answer key of a lab, as data: everything that the page, the Markdown and the JSON show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from autograder.authoring.answer_key import array_derivation, overrides
from autograder.authoring.answer_key.array_derivation import ArrayDerived
from autograder.authoring.answer_key.closed_form import ClosedForm, closed_form
from autograder.authoring.answer_key.cross_check import check
from autograder.authoring.answer_key.derivation import Derived, chained, derive
from autograder.authoring.answer_key.exact import Exact
from autograder.authoring.answer_key.reference import Solution, solution
from autograder.authoring.answer_key.wrong_answers import Quantity, asked_for, of_training, on_graph
from autograder.grader import Grader
from autograder.graph import derivative_name
from autograder.graph.descent import Epoch, descend
from autograder.graph.operation import Value
from autograder.mistakes.for_lab import Mistakes
from autograder.rubric import LOSSES, Lab
from autograder.sandbox.host.fork_server import ForkServer

if TYPE_CHECKING:  # it imports NumPy, which only a lab with arrays needs
    from autograder.authoring.answer_key.exact_arrays import ArrayResults


@dataclass(frozen=True)
class GraphKey:
    """A graph at its published inputs."""

    name: str
    sheet: str  # the section of the lab sheet about it
    right: Derived | ArrayDerived
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
    exact = {name: _exact(lab, name) for name, graph in lab.known_graphs.items() if not graph.has_arrays}
    arrays = _arrays(lab) if len(exact) < len(lab.known_graphs) else {}
    wanted = {name: _wanted(lab, name) for name in lab.known_graphs}
    with Grader(lab, server, "cpu") as grader:
        with grader.in_double_precision() as precise:
            check(lab, exact, wanted, precise)
            if arrays:
                from autograder.authoring.answer_key import array_check

                array_check.check(lab, arrays, wanted, precise, grader.reference())
        reference = solution(lab, grader.reference())
    mistakes = Mistakes(lab)
    graphs = tuple(
        GraphKey(
            name,
            lab.rubric.graphs[name].sheet,
            derive(graph, exact[name], wanted[name])
            if name in exact
            else array_derivation.derive(arrays[name], wanted[name]),
            on_graph(lab, mistakes, name),
        )
        for name, graph in lab.known_graphs.items()
    )
    return Key(lab.rubric.lab, graphs, tuple(_trainings(lab, mistakes, exact)), reference)


def _arrays(lab: Lab) -> "dict[str, ArrayResults]":
    """The results of each graph on vectors and matrices."""
    from autograder.authoring.answer_key.exact_arrays import ArrayResults

    return {
        name: ArrayResults(graph, _inputs(lab, name), f"graph {name}")
        for name, graph in lab.known_graphs.items()
        if graph.has_arrays
    }


def _exact(lab: Lab, name: str) -> Exact:
    return Exact(lab.graphs[name], _inputs(lab, name), f"graph {name}")


def _inputs(lab: Lab, name: str) -> dict[str, Value]:
    """A graph's published inputs, without the settings of functions that this set may contain."""
    published = lab.published(name)
    return {each: published[each] for each in lab.graphs[name].inputs}


def _wanted(lab: Lab, name: str) -> tuple[str, ...]:
    """The derivatives that are written out by the chain rule: those asked for, and those needed for training. In a
    graph on numbers, those that are local derivatives are left out; with arrays, each is a step on the way back."""
    graph = lab.graphs[name]
    functions = [entry for entry in lab.rubric.functions.values() if entry.graph == name]
    needed = [derivative_name(graph.output, weight) for each in functions for weight in each.trained]
    names = dict.fromkeys([*asked_for(lab, name), *needed])
    return tuple(each for each in names if graph.has_arrays or chained(graph, each))


def _trainings(lab: Lab, mistakes: Mistakes, exact: Mapping[str, Exact]) -> Iterator[TrainingKey]:
    known: dict[str, tuple[Quantity, ...]] = {}
    for function, entry in lab.rubric.functions.items():
        if not entry.trained:
            continue
        at, twin = lab.defaults(function), _twin(lab, function)
        rate = float(at.settings["lr"])
        epochs = descend(lab.graphs[entry.graph], entry.trained, at.inputs, rate, int(at.settings[overrides.EPOCHS]))
        if twin not in known:
            right = {weight: epochs[-1].weights[weight] for weight in entry.trained}
            known[twin] = of_training(mistakes, twin, at, {**right, LOSSES: [step.loss for step in epochs[:-1]]})
        yield TrainingKey(
            function,
            entry.graph,
            entry.sheet,
            at.settings,
            entry.trained,
            epochs,
            closed_form(exact[entry.graph], entry.trained, rate) if entry.graph in exact else None,
            tuple(replace(each, asked=(function,)) for each in known[twin]),
        )


def _twin(lab: Lab, function: str) -> str:
    """The first function with the same task, and so with the same mistakes: finding those takes seconds."""

    def task(name: str) -> object:
        entry = lab.rubric.functions[name]
        return entry.graph, entry.inputs, entry.returns, entry.settings, entry.by == "autograd"

    return next(name for name in lab.rubric.functions if task(name) == task(function))
