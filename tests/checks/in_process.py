"""A submission graded without a process: what its functions return is written down, the right results are computed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from conftest import ROOT

from autograder import rubric
from autograder.authoring.audit.synthetic import SyntheticStudent
from autograder.checks import suite
from autograder.checks.context import CodeContext, GradingContext
from autograder.checks.oracle import Oracle
from autograder.graph import GraphError
from autograder.mistakes.for_lab import Mistakes
from autograder.outcome import Outcome
from autograder.rubric import Check, Lab, Rubric
from autograder.sandbox.host import protocol
from autograder.sandbox.host.calls import Call, Verdict
from autograder.sandbox.host.process import Response as Loading
from autograder.sandbox.host.protocol import Array, DeviceBugs, Loaded, Nothing, Number, Record, Returned, Value
from autograder.submission import Answer, Answers, Program, Submission

Numbers = Mapping[str, float]
Function = Callable[[Numbers, Numbers], object]  # from inputs and settings to a result, a Value or a verdict


@dataclass
class Written:
    """A student whose functions are written here. calls: which functions were called, with what."""

    functions: Mapping[str, Function]
    loading: Loading = field(default_factory=lambda: Loading(Loaded([], [], [])))
    printed: str = ""
    calls: list[tuple[str, dict[str, float], dict[str, float], bool]] = field(default_factory=list)

    def load(self) -> Loading:
        return self.loading

    def call(
        self,
        function: str,
        inputs: Numbers,
        settings: Numbers | None = None,
        fields: Sequence[str] = (),
        *,
        again: bool = False,
    ) -> Call:
        self.calls.append((function, dict(inputs), dict(settings or {}), again))
        try:
            result = self.functions[function](inputs, settings or {})
        except (KeyError, GraphError):  # it is not written, or for another graph
            return Call(protocol.Missing())
        return Call(result if isinstance(result, Verdict) else Returned(value(result)), self.printed)

    def device_bugs(self, function: str, inputs: Numbers, settings: Numbers) -> DeviceBugs:
        return DeviceBugs([], "device unused")


def value(result: object) -> Value:
    """A result as it comes back from the sandbox."""
    match result:
        case dict():
            return Record({name: value(each) for name, each in result.items()})
        case tuple():
            return protocol.Sequence([value(each) for each in result])
        case list():
            return Array(result, "float", (len(result),))
        case float() | int() | "nan" | "inf":
            return Number(result, "float")
        case None:
            return Nothing()
    assert isinstance(result, Value)
    return result


@cache
def real() -> tuple[Lab, Oracle, Mistakes]:
    """The lab, what is right in it, and its mistakes."""
    loaded = rubric.load(ROOT)
    mistakes = Mistakes(loaded)
    tasks = {name: mistakes.in_function(name)[0] for name in loaded.rubric.functions}
    right = SyntheticStudent({name: (task, task.right) for name, task in tasks.items()})
    return loaded, Oracle(loaded, right), mistakes


def context(
    functions: Mapping[str, Function] | None = None,
    answers: Mapping[str, Mapping[str, Answer]] | None = None,
    student: Written | None = None,
    rubric: Rubric | None = None,
) -> CodeContext:
    """What checks are given for these functions and paper answers. rubric: another one than the lab's."""
    loaded, truth, mistakes = real()
    if rubric is not None:
        loaded = Lab(loaded.folder, rubric)
    paper = None if answers is None else Answers("answers.yaml", answers, ())
    program = Program("Lab4.py", ("\n" * 20,), "some digest")
    handed_in = Submission((), program, paper, (), ())
    return CodeContext(loaded, handed_in, mistakes, student or Written(functions or {}), truth)


def check(given: GradingContext, number: str) -> Check:
    """The check of that number."""
    return next(each for each in given.lab.rubric.checks if each.number == number)


def outcome(given: GradingContext, number: str) -> Outcome:
    """What becomes of one check."""
    return suite.grade(check(given, number), given)


def paper(values: Mapping[str, float | str]) -> dict[str, Answer]:
    """Answers as they are read: a number, "" for a blank line, any other text for one that is no number."""
    return {
        name: Answer(f"{each:g}", each, None)
        if not isinstance(each, str)
        else Answer(each, None, f"{each!r} is no number" if each else None)
        for name, each in values.items()
    }


def right(function: str) -> Function:
    """A function that returns what is right."""
    _, _, mistakes = real()
    task, _ = mistakes.in_function(function)

    def call(inputs: Numbers, settings: Numbers) -> object:
        if not task.trains:
            return dict(task.right.results(task.returns, inputs))
        weights, losses = task.right.train(task.weights, inputs, settings["lr"], int(settings["n_epochs"]))
        return (*weights.values(), losses)

    return call
