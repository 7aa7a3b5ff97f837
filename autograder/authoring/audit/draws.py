"""Draw the hidden inputs many times, as for many submissions: does every mistake show in every draw?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from autograder import rubric
from autograder.authoring.audit.budget import ENDLESS, Budget
from autograder.authoring.audit.synthetic import SUBMISSION, as_kept, as_returned
from autograder.checks.compare import compare, compare_numbers
from autograder.checks.oracle import Trajectory, descent
from autograder.checks.training import compare_losses, is_surely_wrong
from autograder.graph.operation import Value
from autograder.mistakes.catalogue import FunctionModel, Mutant
from autograder.mistakes.element import pick
from autograder.mistakes.procedure import IMPOSSIBLE, Mistake, Numbers, Pass, Procedure
from autograder.rubric import CallArguments, CodeCheck, Lab, Tolerance

EARLY = 2  # losses: at the second one, nearly every mistake has changed the weight


@dataclass(frozen=True)
class Escape:
    """A mistake that does not show with any hidden inputs of some draws."""

    mistake: Mistake
    draws: int  # in how many it does not show
    first: Mapping[str, Numbers]  # the inputs of the first of these draws, by the name of their set


def digests(draws: int) -> list[str]:
    """The digests of as many submissions, from which their inputs are drawn; the first is the one that is graded."""
    return [SUBMISSION.digest, *(f"{SUBMISSION.digest} {number}" for number in range(1, draws))]


@dataclass(frozen=True)
class Draws:
    """What trying mistakes with the inputs of many submissions found."""

    made: int  # draws in which all mistakes were tried
    escapes: tuple[Escape, ...]


def try_draws(
    the_lab: Lab,
    checks: Sequence[CodeCheck],
    model: FunctionModel,
    mistakes: Sequence[Mutant],
    draws: int,
    budget: Budget = ENDLESS,
    advance: Callable[[], None] = lambda: None,
) -> Draws:
    """Try every mistake of a function with the inputs of many submissions.

    A mistake shows if a number that a check compares is wrong. Grading it, with feedback and follow-through, would
    take a hundred times as long.

    Args:
        the_lab: The lab.
        checks: The checks of the function with hidden inputs.
        model: The function.
        mistakes: Those to try.
        draws: The number of submissions.
        budget: How long to try.
        advance: Called after each draw.
    """
    found: dict[str, Escape] = {}
    made = 0
    for digest in digests(draws):
        calls = [_call(the_lab, model, check, name, digest) for check in checks for name in check.inputs]
        calls.sort(key=lambda call: call.arguments.settings.get("n_epochs", 0))  # most mistakes show in a short one
        missed = []
        for mutant in mistakes:
            if budget.spent:  # a draw that was begun does not count
                return Draws(made, tuple(found.values()))
            if not any(call.shows(mutant.procedure) for call in calls):
                missed.append(mutant.mistake)
        for mistake in missed:
            before = found.get(mistake.id) or Escape(mistake, 0, _inputs(the_lab, checks, digest))
            found[mistake.id] = Escape(mistake, before.draws + 1, before.first)
        made += 1
        advance()
    return Draws(made, tuple(found.values()))


@dataclass(frozen=True)
class _Values:
    """One call of a function that returns values and derivatives."""

    arguments: CallArguments
    tolerance: Tolerance
    right: Numbers
    base: Pass  # without mistakes; what a mistake leaves unchanged is reused

    def shows(self, procedure: Procedure) -> bool:
        """Whether a mistake shows: a number is wrong or missing."""
        try:
            once = procedure.single_pass(self.arguments.inputs, self.base)
            return not _right({name: once.quantity(name) for name in self.right}, self.right, self.tolerance)
        except IMPOSSIBLE:
            return True


@dataclass(frozen=True)
class _Training:
    """One call of a training function."""

    arguments: CallArguments
    tolerance: Tolerance
    right: Trajectory
    compared: int  # how many losses are compared

    def shows(self, procedure: Procedure) -> bool:
        """Whether a mistake shows: a loss or a weight is wrong or missing."""
        weights, rate, epochs = list(self.right.weights), float(self.arguments.settings["lr"]), self.right.epochs
        try:
            if procedure.record is list and self._shows_early(
                procedure.training(weights, self.arguments.inputs, rate, epochs)[0]
            ):
                return True
            found, losses = procedure.train(weights, self.arguments.inputs, rate, epochs)
            kept = as_kept(losses)
        except IMPOSSIBLE:
            return True
        compared, _ = compare_losses(kept, self.right, self.tolerance, self.compared)
        return not (compared.right and _right(found, self.right.weights, self.tolerance))

    def _shows_early(self, losses: Iterator[float]) -> bool:
        """Whether a mistake shows in the first losses, whatever follows: most do, and an epoch takes a while."""
        found = [pick(loss, "loss") for loss in islice(losses, min(EARLY, self.compared, self.right.epochs))]
        return is_surely_wrong(found, self.right, self.tolerance)


def _call(the_lab: Lab, model: FunctionModel, check: CodeCheck, name: str, digest: str) -> _Values | _Training:
    arguments = the_lab.arguments(check, name, digest)
    tolerance = the_lab.rubric.tolerances[check.tolerance]
    if isinstance(check, rubric.TrainingCheck):
        return _Training(arguments, tolerance, descent(model.graph, model.weights, arguments), check.compared)
    right = rubric.expected(model.graph, the_lab.quantities(check), arguments.inputs)
    return _Values(arguments, tolerance, right, model.right.single_pass(arguments.inputs))


def _inputs(the_lab: Lab, checks: Sequence[CodeCheck], digest: str) -> dict[str, Numbers]:
    """The inputs drawn for each set that the checks use, by the name of the set."""
    graph = the_lab.rubric.functions[checks[0].function].graph
    return {name: the_lab.inputs(graph, name, digest) for check in checks for name in check.inputs}


def _right(found: Numbers, right: Numbers, tolerance: Tolerance) -> bool:
    return all(_is_right(found[name], value, tolerance) for name, value in right.items())


def _is_right(found: Value, right: Value, tolerance: Tolerance) -> bool:
    if isinstance(found, float) and isinstance(right, float):
        return compare_numbers(found, right, tolerance).right
    return compare(as_returned(found), right, tolerance, telling=False).right
