"""What every check is given: the lab, what was handed in, and the handles on student and reference."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from autograder.checks.compare import number_of
from autograder.checks.failures import CallFailure, unanswered
from autograder.checks.oracle import Oracle
from autograder.checks.parse_result import read
from autograder.mistakes.for_lab import Mistakes
from autograder.mistakes.procedure import Mistake
from autograder.outcome import Outcome
from autograder.rubric import CallArguments, Check, CodeCheck, Lab, published
from autograder.sandbox.host import protocol
from autograder.sandbox.host.program import Call, ProgramUnderTest
from autograder.submission import Submission


@dataclass(frozen=True)
class GradingContext:
    """What the checks of one submission are given.

    program: None when there is no program to run. oracle: says what is right. mistakes: what can go wrong in this lab.
    diagnose: whether what is wrong is explained by mistakes; points do not depend on that.
    earned: points so far, by the number of the check. said: reasons and advice so far, with the number of the check
    that gave them. explained: the mistakes that explain the results of a function, by its name and by who sees the
    check. steady: notes on functions that were called again, by the number of the check.
    """

    lab: Lab
    submission: Submission
    program: ProgramUnderTest | None
    oracle: Oracle
    mistakes: Mistakes
    diagnose: bool = True
    earned: dict[str, float] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    explained: dict[tuple[str, str], list[tuple[Mistake, ...]]] = field(default_factory=dict)
    steady: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Identifies what was handed in to be run, so that the inputs drawn for it are its own."""
        return self.submission.digest

    def calls(self, check: CodeCheck) -> list[tuple[CallArguments, Call]]:
        """The student's function called for each set of inputs of `check`; the answers to the first inputs come
        first.

        Calls with published inputs, of all checks, are made before any other: what a program says of them is shown,
        and it must not be able to tell what else it was given.
        """
        assert self.program is not None
        if not published(check):
            for each in self.lab.rubric.checks:
                if isinstance(each, CodeCheck) and published(each) and each.number not in self.steady:
                    self.steadiness(each, *self.calls(each)[0])
        arguments = [self.lab.arguments(check, name, self.digest) for name in check.inputs]
        returns = self.lab.rubric.functions[check.function].returns
        return [(each, self.program.call(check.function, each.inputs, each.settings, returns)) for each in arguments]

    def own_nodes(self, graph: str, inputs: Mapping[str, float]) -> dict[str, float]:
        """The values of a graph's nodes as the student's own forward pass has them, where there is one that answers."""
        nodes = {node.name for node in self.lab.graphs[graph].nodes}
        for name, function in self.lab.rubric.functions.items():
            if function.graph == graph and nodes <= set(function.returns) and not function.settings and self.program:
                call = self.program.call(name, {each: inputs[each] for each in function.inputs}, {}, function.returns)
                if isinstance(call.verdict, protocol.Returned):
                    found = read(call.verdict.value, function.returns, self.lab.rubric.aliases).values
                    values = {node: number_of(found.get(node)) for node in nodes}
                    return {node: value for node, value in values.items() if value is not None and math.isfinite(value)}
        return {}

    def why_unanswered(self, check: CodeCheck, call: Call) -> CallFailure | None:
        """Why there is nothing to compare; None when there is."""
        assert self.program is not None
        returns = {name: function.returns for name, function in self.lab.rubric.functions.items()}
        cells = self.submission.program.cells if self.submission.program else ()
        return unanswered(check.function, call, self.program.loading, returns, show=published(check), program=cells)

    def not_marked(self, check: CodeCheck, reasons: Sequence[CallFailure]) -> Outcome:
        """The outcome of a check with no answer at all: its reason in full the first time, later a reference to
        that."""
        reason = reasons[0]
        first = self.said.setdefault(f"{self.lab.visibility(check)} {reason.key}", check.number)
        if first != check.number:
            return Outcome(0.0, f"No result, for the reason given under {first}.", graded=False)
        return Outcome(0.0, reason.sentence, hint=reason.advice, graded=False)

    def said_once(self, check: Check, outcome: Outcome) -> Outcome:
        """The outcome without notes that were made before, and its advice replaced by a reference where it was given.

        What was said in a check that some do not see counts only for checks that the same people see.
        """
        seen_by = self.lab.visibility(check)
        notes = tuple(
            note for note in outcome.notes if self.said.setdefault(f"{seen_by} {note}", check.number) == check.number
        )
        first = self.said.setdefault(f"{seen_by} {outcome.hint}", check.number) if outcome.hint else check.number
        hint = outcome.hint if first == check.number else f"See the advice under {first}."
        return replace(outcome, hint=hint, notes=notes)

    def no_program(self) -> Outcome:
        """The outcome of every check of code when there is none."""
        return Outcome(0.0, f"There is no {self.lab.rubric.program} to run (see the first entry).", graded=False)

    def steadiness(self, check: CodeCheck, arguments: CallArguments, call: Call) -> tuple[str, ...]:
        """A note when the function answers differently if called again with the same inputs."""
        if not published(check) or self.program is None:
            return ()
        if check.number not in self.steady:
            self.steady[check.number] = self._steadiness(check, arguments, call)
        return self.steady[check.number]

    def _steadiness(self, check: CodeCheck, arguments: CallArguments, call: Call) -> tuple[str, ...]:
        assert self.program is not None
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
