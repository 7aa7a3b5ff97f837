"""Training loops, graded by their trajectory: the loss of every epoch, and the final weights.

A falling loss proves little, because most faulty loops converge too. That the first losses agree with the right ones,
one by one, proves a lot. Losses after the tenth are not compared: near 0 they are float32 rounding noise.
"""

import math
from collections.abc import Sequence

from autograder import rubric
from autograder.checks import score
from autograder.checks.compare import FACTOR_TOLERANCE, MOST_ROUNDING, NEAR, compare, numbers, rounding, same
from autograder.checks.comparison import Comparison, Kind
from autograder.checks.context import CodeContext
from autograder.checks.failures import CallFailure
from autograder.checks.oracle import REFERENCE_TOLERANCE, Trajectory
from autograder.checks.parse_result import ParsedResult, read_training
from autograder.checks.score import ComparedCall
from autograder.outcome import Curve, Outcome
from autograder.rubric import LOSSES, CallArguments, published
from autograder.sandbox.host import protocol
from autograder.sandbox.host.calls import Call
from autograder.sandbox.host.protocol import Value
from autograder.text import join_names, plural

MOST_DRAWN = 200  # losses in a plot
CONVERGED = 1e-3  # of the first loss: when the last is so small, many wrong loops end at the right weight
STEPS = 10  # per power of ten, to which the right losses are rounded in a plot beside wrong ones


def grade(check: rubric.TrainingCheck, context: CodeContext) -> Outcome:
    """Call the function with each set of inputs, compare the weights and losses that it returns, and score them."""
    calls = context.calls(check)
    each_compared = [compared(check, context, arguments, call) for arguments, call in calls]
    hint = next((each.hint for each in each_compared if each.hint), "")
    return score.outcome(check, context, calls, each_compared, hint)


def compare_losses(
    value: Value | None, expected: Trajectory, tolerance: rubric.Tolerance, most: int
) -> tuple[Comparison, tuple[str, ...]]:
    """Compare the first `most` losses with the right ones.

    Losses taken after each update instead of before it, and all n + 1 losses of n epochs, are accepted with a note.

    Args:
        value: what the function returned as the losses.
        expected: the right losses.
        tolerance: of each loss; its absolute part grows with the first one.
        most: the number of losses to compare.

    Returns:
        The comparison, and notes.
    """
    found = numbers(value)
    if isinstance(found, str):
        return Comparison("kind", found), ()
    if any(not math.isfinite(loss) for loss in found):
        return Comparison("not finite", "holds nan or infinity"), ()
    epochs = expected.epochs
    if len(found) not in (epochs, epochs + 1):
        return Comparison("size", f"holds {plural(len(found), 'value')}; expected one per epoch, {epochs} in all"), ()
    wanted, right = min(most, epochs), _right(found, expected, tolerance)
    if right >= wanted:
        more = "There is one loss more than there are epochs; accepted."
        return Comparison("right"), (() if len(found) == epochs else (more,))
    atol = _atol(found, expected, tolerance)
    if len(found) == epochs and same(found, expected.losses[1:], tolerance.rtol, atol) >= wanted:
        return Comparison("right"), ("The losses were taken after each update instead of before it; accepted.",)
    texts = ("is wrong from the first epoch on", "is right for the first epoch only")
    text = texts[right] if right < len(texts) else f"is right for the first {right} epochs, then wrong"
    kind: Kind = "near" if same(found, expected.losses, NEAR, atol) >= wanted else "value"
    return Comparison(kind, text), ()


def is_surely_wrong(found: Sequence[float], expected: Trajectory, tolerance: rubric.Tolerance) -> bool:
    """Whether these first losses are wrong, whatever losses follow; see `compare_losses`.

    Args:
        found: no more losses than `compare_losses` compares.
        expected: the right losses.
        tolerance: of each loss.
    """
    if not all(map(math.isfinite, found)):
        return True
    atol = max(tolerance.atol * max(1.0, expected.losses[0]), MOST_ROUNDING)
    places = (expected.losses, expected.losses[1:])  # before each update, or after it
    return all(same(found, losses, tolerance.rtol, atol) < len(found) for losses in places)


def _right(found: Sequence[float], expected: Trajectory, tolerance: rubric.Tolerance) -> int:
    """How many losses are right before the first that is not."""
    return same(found, expected.losses, tolerance.rtol, _atol(found, expected, tolerance))


def _atol(found: Sequence[float], expected: Trajectory, tolerance: rubric.Tolerance) -> float:
    return max(tolerance.atol * max(1.0, expected.losses[0]), rounding(found))


def hint_for(
    value: Value | None,
    compared: Comparison,
    expected: Trajectory,
    tolerance: rubric.Tolerance,
    most: int,
    parameters: Sequence[str],
    *,
    trained: bool,
) -> str:
    """Where to look, if the losses or the final weights are wrong and no known mistake explains them.

    It states only what the numbers show; everything else is a question.

    Args:
        value, expected, tolerance, most: as for `compare_losses`.
        compared: what `compare_losses` found.
        parameters: the inputs of the function by name.
        trained: whether all final weights are right.
    """
    names = [*expected.weights]
    weights, several = join_names(names), len(names) > 1
    are = "are" if several else "is"
    found = numbers(value)
    if isinstance(found, str):
        return "Append one number per epoch to a list, and return the list."
    if compared.kind == "not finite":
        if trained:
            return f"A loss is infinite or not a number, and in the end {weights} {are} right: look at what you append."
        return f"A loss is infinite or not a number: look at the sign and the size of the update of {weights}."
    if compared.kind == "size":
        return _hint_for_length(len(found), expected.epochs)
    if compared.right:
        return "" if trained else _hint_for_weights(weights, min(most, len(found)), expected.epochs)
    found = found[:most]
    if len({round(loss, 9) for loss in found}) == 1 < len(found):
        keep = f"do {weights} keep their updates" if several else f"does {weights} keep its update"
        return (
            f"Every entry is the same number: is the forward pass inside the loop, {keep}, and do you append a number, "
            "as loss.item(), not a tensor that changes later?"
        )
    if trained and expected.losses[-1] > CONVERGED * expected.losses[0]:
        loss = f"the loss of each epoch, from the parameters {join_names(parameters)}, not rounded"
        return f"In the end {weights} {are} right, so look first at what you append: it is {loss}."
    right = _right(found, expected, tolerance)
    if right == 0:
        return _hint_for_first(found, expected, parameters, f"{weights} {'change' if several else 'changes'}")
    if right == 1:
        return (
            f"The first loss is right and the second is not: look at the first update of {weights}, at the gradient "
            "(its factors and its sign), at lr, and at whatever else changes the step (weight decay, rounding, a "
            "limit). Or is only what you append not the loss?"
        )
    gradients = join_names([f"{weight}.grad" for weight in names])
    return (
        f"The first {right} losses are right and a later one is not: what is different in a later epoch? What is in "
        f"{gradients} when backward() is called again, does an optimizer remember earlier steps, and does anything "
        f"change lr or {weights} in between (a schedule, rounding, a limit)?"
    )


def _hint_for_length(length: int, epochs: int) -> str:
    if length == 1:
        return "Is there a return inside the loop, or is only the last loss kept?"
    if length < epochs:
        return "Does the loop run for n_epochs epochs, whatever the loss is?"
    return "Does the loop run for n_epochs epochs, and does the list start empty in every call?"


def _hint_for_weights(weights: str, compared: int, epochs: int) -> str:
    """The losses are right as far as they are compared, and a weight is not. With one epoch, its loss comes before the
    only update."""
    if epochs == 1:
        return f"The loss before the update is right, so look at the update of {weights}: at the gradient and at lr."
    if compared < epochs:
        return f"The first {compared} losses are right: what changes after them, and what do you return as {weights}?"
    return f"The losses are right, so look at the last update, and at what you return as {weights}."


def _hint_for_first(found: Sequence[float], expected: Trajectory, parameters: Sequence[str], change: str) -> str:
    """Already the first loss is wrong. change: "w changes"."""
    first = compare(protocol.Number(found[0], ""), expected.losses[0], REFERENCE_TOLERANCE)
    if first.kind == "factor":
        factor = found[0] / expected.losses[0]
        scaled = [factor * loss for loss in expected.losses[: len(found)]]
        if same(found, scaled, FACTOR_TOLERANCE, 1e-9) == len(found):
            return "All losses are off by the same factor: compare what you append with the graph's loss."
    given = join_names(parameters)
    return (
        f"Already the first loss is wrong: is it computed from the parameters {given} as the graph says, and before "
        f"{change}?"
    )


def _parse(check: rubric.TrainingCheck, context: CodeContext, call: Call) -> ParsedResult | CallFailure:
    """The returned weights and losses by their names, or why there are none."""
    if failure := context.why_unanswered(check, call):
        return failure
    assert isinstance(call.verdict, protocol.Returned)
    function = context.lab.rubric.functions[check.function]
    arrays = context.lab.graphs[function.graph].has_arrays
    result = read_training(call.verdict.value, function.returns, context.lab.rubric.aliases, arrays=arrays)
    result = result if published(check) else result.unspoken
    if result.problem:
        what = "the final weight" if len(function.trained) == 1 else "the final weights"
        advice = f"End it with `return {', '.join(function.returns)}`: {what}, and a list with one loss per epoch."
        return CallFailure(f"{check.function}(): {result.problem}.", advice)
    return result


def compared(check: rubric.TrainingCheck, context: CodeContext, arguments: CallArguments, call: Call) -> ComparedCall:
    """Compare the losses and the final weights that a call returned."""
    result = _parse(check, context, call)
    if isinstance(result, CallFailure):
        return ComparedCall({}, unanswered=result)
    function = context.lab.rubric.functions[check.function]
    expected = context.oracle.trajectory(check.function, arguments)
    tolerance = context.lab.rubric.tolerances[check.tolerance]
    comparisons = {
        name: compare(result.values.get(name), expected.weights[name], tolerance, telling=False)
        for name in function.trained
    }
    losses = result.values.get(LOSSES)
    compared, notes = compare_losses(losses, expected, tolerance, check.compared)
    trained = all(each.right for each in comparisons.values())
    hint = hint_for(losses, compared, expected, tolerance, check.compared, function.inputs, trained=trained)
    if compared.right and any(each.kind == "missing" for each in comparisons.values()):
        hint = f"Return the final value of {join_names(function.trained)} too: `return {', '.join(function.returns)}`."
    elsewhere = [name for name, each in comparisons.items() if each.wrong and _fits(result.values.get(name), expected)]
    if compared.kind in ("kind", "size") and elsewhere:
        hint = f"Is everything returned in the order that is asked for: `return {', '.join(function.returns)}`?"
    curve = _curve(losses, expected, exact=compared.right) if published(check) else None
    return ComparedCall({**comparisons, LOSSES: compared}, (*result.notes, *notes), hint, curve=curve)


def _fits(value: Value | None, expected: Trajectory) -> bool:
    """Whether there are as many numbers as there should be losses."""
    found = numbers(value)
    return not isinstance(found, str) and len(found) in (expected.epochs, expected.epochs + 1)


def _curve(value: Value | None, expected: Trajectory, *, exact: bool) -> Curve | None:
    """The losses for a plot. exact: show the right losses unchanged; else rounded, so that none can be read off it."""
    found = numbers(value)
    if isinstance(found, str):
        return None
    right = expected.losses[: expected.epochs]
    return Curve(found[:MOST_DRAWN], right if exact else _coarse(right))


def _coarse(losses: Sequence[float]) -> list[float]:
    """Each loss, rounded to a step that is a tenth of the highest loss's power of ten."""
    step = 10 ** math.floor(math.log10(max((loss for loss in losses if 0 < loss < math.inf), default=1.0))) / STEPS
    return [round(loss / step) * step if math.isfinite(loss) else loss for loss in losses]
