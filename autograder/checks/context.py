"""What the checks of one submission are given: the lab, the submission, and for checks of code the running program."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograder.checks.compare import is_finite, number_of
from autograder.checks.failures import CallFailure, unanswered
from autograder.checks.fit_calls import fit_calls
from autograder.checks.oracle import Oracle
from autograder.checks.parse_result import read
from autograder.graph import shape_of
from autograder.graph.operation import Value
from autograder.mistakes.for_lab import Mistakes
from autograder.mistakes.procedure import Mistake
from autograder.rubric import CallArguments, CodeCheck, Lab, LearnsCheck, published
from autograder.rubric.python_checks import PythonTest
from autograder.sandbox.host import protocol
from autograder.sandbox.host.calls import Call, ProgramUnderTest
from autograder.sandbox.host.program import SandboxedProgram
from autograder.submission import Submission


@dataclass
class RunRecord:
    """What the checks of one submission have found so far, for later checks and for `SaidOnce`.

    The checks add to it as they run.
    """

    started: float = field(default_factory=time.monotonic)
    points: dict[str, float] = field(default_factory=dict)  # earned, by check number
    # By check number: what identifies the reasons for missing results that the check's text states.
    reasons: dict[str, tuple[str, ...]] = field(default_factory=dict)
    # By function and visibility: the mistakes that explain the results, see diagnosis.of_function.
    explanations: dict[tuple[str, str], list[tuple[Mistake, ...]]] = field(default_factory=dict)
    # By graph and name: the input sets of this submission.
    inputs: dict[tuple[str, str], Mapping[str, Value]] = field(default_factory=dict)
    # By check number: the results of training, one for each seed.
    trained: dict[str, list[Call]] = field(default_factory=dict)
    # By file: its tests in Python, executed for this submission alone.
    tests: dict[str, Sequence[PythonTest]] = field(default_factory=dict)
    # By check number: notes on functions that were called twice with the same inputs, see repeat_notes.
    repeat_notes: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class GradingContext:
    """What every check is given."""

    lab: Lab
    submission: Submission
    mistakes: Mistakes  # that students make in this lab
    record: RunRecord = field(default_factory=RunRecord, kw_only=True)
    diagnose: bool = field(default=True, kw_only=True)  # whether to explain wrong results; points do not depend on it

    @property
    def digest(self) -> str:
        """Identifies the submitted files, so that each submission gets its own drawn inputs."""
        return self.submission.digest


@dataclass(frozen=True)
class CodeContext(GradingContext):
    """What a check of code is given: also the program, and the oracle that knows the right results."""

    program: ProgramUnderTest
    oracle: Oracle

    def calls(self, check: CodeCheck) -> list[tuple[CallArguments, Call]]:
        """Call the student's function with each set of inputs of `check`.

        All calls with published inputs, of every check, come before the first call with hidden inputs: feedback quotes
        what a program says about published inputs, so by then it must not have seen any others.
        """
        if not published(check):
            self.call_published_first()
        arguments = [self.lab.arguments_from(check, self._inputs(check, name)) for name in check.inputs]
        returns = self.lab.rubric.functions[check.function].returns
        return [(each, self.program.call(check.function, each.inputs, each.settings, returns)) for each in arguments]

    def call_published_first(self) -> None:
        """Make all calls with published inputs that were not made yet."""
        for each in self.lab.rubric.checks:
            if isinstance(each, CodeCheck) and published(each) and each.number not in self.record.repeat_notes:
                self.repeat_notes(each, *self.calls(each)[0])
            elif isinstance(each, LearnsCheck) and isinstance(self.program, SandboxedProgram):
                self.trained(each)  # what the audit has in the place of programs trains nothing

    def trained(self, check: LearnsCheck) -> list[Call]:
        """The results of training with each seed of a check; each model stays in the program's process.

        Training counts as a call with published inputs, because students have its data.
        """
        if check.number not in self.record.trained:
            assert isinstance(self.program, SandboxedProgram)
            calls = fit_calls(check, self.lab, self.digest)
            self.record.trained[check.number] = [self.program.fit(each) for each in calls]
        return self.record.trained[check.number]

    def _inputs(self, check: CodeCheck, name: str) -> Mapping[str, Value]:
        """An input set of the check's graph. Several checks use the same ones, and to draw them takes a while."""
        key = self.lab.rubric.functions[check.function].graph, name
        if key not in self.record.inputs:
            self.record.inputs[key] = self.lab.inputs(*key, self.digest)
        return self.record.inputs[key]

    def own_nodes(self, graph: str, inputs: Mapping[str, Value]) -> dict[str, Value]:
        """The node values that the student's own forward pass returns for a graph; empty if there is no such result.

        A forward pass is a function that returns at least half of the nodes. The others are computed from these.
        """
        nodes = {node.name for node in self.lab.graphs[graph].nodes}
        for name, function in self.lab.rubric.functions.items():
            forward = 2 * len(nodes.intersection(function.returns)) >= len(nodes) > 0
            if function.graph == graph and forward and not function.settings:
                call = self.program.call(name, {each: inputs[each] for each in function.inputs}, {}, function.returns)
                if isinstance(call.verdict, protocol.Returned):
                    arrays = self.lab.graphs[graph].has_arrays
                    found = read(call.verdict.value, function.returns, self.lab.rubric.aliases, arrays=arrays).values
                    values = {node: number_of(found.get(node), arrays=arrays) for node in nodes}
                    right = self.lab.graphs[graph].values(
                        {each: inputs[each] for each in self.lab.graphs[graph].inputs}
                    )
                    return {
                        node: value
                        for node, value in values.items()
                        if value is not None and is_finite(value) and _alike(value, right[node])
                    }
        return {}

    def why_unanswered(self, check: CodeCheck, call: Call) -> CallFailure | None:
        """Why a call returned nothing to compare; None if it did return something."""
        return self.why_not_called(check.function, call, show=published(check))

    def why_not_called(self, function: str, call: Call, *, show: bool) -> CallFailure | None:
        """Why a call of a function returned nothing; None if it did. show: whether what it says may be quoted."""
        functions = self.lab.rubric.functions
        returns = {function: ("model", "losses"), **{name: each.returns for name, each in functions.items()}}
        cells = self.submission.program.cells if self.submission.program else ()
        return unanswered(
            function,
            call,
            self.program.loading,
            returns,
            show=show,
            program=cells,
            parameters=functions[function].parameters if function in functions else {},
        )

    def repeat_notes(self, check: CodeCheck, arguments: CallArguments, call: Call) -> tuple[str, ...]:
        """A note if the function returns something else when it is called again with the same inputs.

        Only calls with published inputs are repeated, once per check.
        """
        if not published(check):
            return ()
        if check.number not in self.record.repeat_notes:
            self.record.repeat_notes[check.number] = self._repeated(check, arguments, call)
        return self.record.repeat_notes[check.number]

    def _repeated(self, check: CodeCheck, arguments: CallArguments, call: Call) -> tuple[str, ...]:
        if not isinstance(call.verdict, protocol.Returned):
            return ()
        returns = self.lab.rubric.functions[check.function].returns
        again = self.program.call(check.function, arguments.inputs, arguments.settings, returns, again=True)
        first, second = (getattr(each.verdict, "value", each.verdict) for each in (call, again))
        if first == second:
            return ()
        return (
            f"{check.function}() gave another result when it was called again with the same inputs; the first one "
            "counts. Does it keep something in a global variable?",
        )


def _alike(value: Value, right: Value) -> bool:
    """Whether a node's value has the shape that others are computed from."""
    return shape_of(value) == shape_of(right)
