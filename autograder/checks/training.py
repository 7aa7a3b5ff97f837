"""Training loops, graded by their trajectory: the loss of every epoch, and the final weights.

A falling loss proves little, because most faulty loops converge too. That the first losses agree with the right ones,
one by one, proves a lot. Losses after the tenth are not compared: near 0 they are float32 rounding noise.
"""

import math
from collections.abc import Sequence

from autograder import rubric
from autograder.checks import score
from autograder.checks.compare import NEAR, Comparison, Kind, compare, numbers, rounding, same
from autograder.checks.context import CodeContext
from autograder.checks.failures import CallFailure
from autograder.checks.oracle import REFERENCE_TOLERANCE, Trajectory
from autograder.checks.parse_result import ParsedResult, read_training
from autograder.checks.score import ComparedCall
from autograder.outcome import Curve, Outcome
from autograder.rubric import LOSSES, CallArguments, published
from autograder.sandbox.host import protocol
from autograder.sandbox.host.program import Call
from autograder.sandbox.host.protocol import Value
from autograder.text import join_names, plural

MOST_DRAWN = 200  # losses in a plot
STEPS = 10  # per power of ten, to which the right losses are rounded in a plot beside wrong ones


def grade(check: rubric.TrainingCheck, context: CodeContext) -> Outcome:
    """Call the function with each set of inputs, compare the weights and losses that it returns, and score them."""
    calls = context.calls(check)
    parsed = [_parse(check, context, call) for _, call in calls]
    compared = [
        _compare(check, context, arguments, result) for (arguments, _), result in zip(calls, parsed, strict=True)
    ]
    hint = next((each.hint for each in compared if each.hint), "")
    return score.outcome(check, context, calls, compared, hint)


def compare_losses(
    value: Value | None, expected: Trajectory, tolerance: rubric.Tolerance, most: int, parameters: Sequence[str]
) -> tuple[Comparison, tuple[str, ...], str]:
    """Compare the first `most` losses with the right ones.

    Losses taken after each update instead of before it, and all n + 1 losses of n epochs, are accepted with a note.

    Args:
        value: what the function returned as the losses.
        expected: the right losses, and the weights, whose names the hint uses.
        tolerance: of each loss; its absolute part grows with the first one.
        most: the number of losses to compare.
        parameters: the inputs of the function by name, for the hint.

    Returns:
        The comparison, notes, and a hint if the losses are wrong.
    """
    found = numbers(value)
    if isinstance(found, str):
        return Comparison("kind", found), (), "Append one number per epoch to a list, and return the list."
    if any(not math.isfinite(loss) for loss in found):
        hint = f"The numbers blow up: look at the sign and the size of the update of {join_names([*expected.weights])}."
        return Comparison("not finite", "holds nan or infinity"), (), hint
    epochs = expected.epochs
    if len(found) not in (epochs, epochs + 1):
        text = f"holds {plural(len(found), 'value')}; expected one per epoch, {epochs} in all"
        return Comparison("size", text), (), _hint_for_length(len(found), epochs)
    atol = max(tolerance.atol * max(1.0, expected.losses[0]), rounding(found))
    wanted = min(most, epochs)
    right = same(found, expected.losses, tolerance.rtol, atol)
    if right >= wanted:
        more = "There is one loss more than there are epochs; accepted."
        return Comparison("right"), (() if len(found) == epochs else (more,)), ""
    if len(found) == epochs and same(found, expected.losses[1:], tolerance.rtol, atol) >= wanted:
        return Comparison("right"), ("The losses were taken after each update instead of before it; accepted.",), ""
    texts = ("is wrong from the first epoch on", "is right for the first epoch only")
    text = texts[right] if right < len(texts) else f"is right for the first {right} epochs, then wrong"
    kind: Kind = "near" if same(found, expected.losses, NEAR, atol) >= wanted else "value"
    return Comparison(kind, text), (), _hint_for_losses(found[:most], right, expected, parameters)


def _hint_for_length(length: int, epochs: int) -> str:
    if length == 1:
        return "Is there a return inside the loop, or is only the last loss kept?"
    if length < epochs:
        return "Does the loop run for n_epochs epochs, whatever the loss is?"
    return "Does the loop run for n_epochs epochs, and does the list start empty in every call?"


def _hint_for_losses(found: Sequence[float], right: int, expected: Trajectory, parameters: Sequence[str]) -> str:
    weights, several = join_names([*expected.weights]), len(expected.weights) > 1
    if right == 0 and compare(protocol.Number(found[0], ""), expected.losses[0], REFERENCE_TOLERANCE).kind == "factor":
        return "The losses are off by a constant factor: compare your formula of the loss with the graph's."
    if right == 0:
        changes = f"{weights} {'change' if several else 'changes'}"
        given = join_names(parameters)
        return f"Compute the loss from the parameters {given}, as one forward pass does, before {changes}."
    if len({round(loss, 9) for loss in found}) == 1 < len(found):
        keep = f"do {weights} keep their updates" if several else f"does {weights} keep its update"
        return f"The loss never changes: is the forward pass inside the loop, and {keep}?"
    if right == 1:
        return (
            f"The first update of {weights} is not the right one: check the gradient (its factors and its sign) "
            "and that lr is the one given."
        )
    gradients = join_names([f"{weight}.grad" for weight in expected.weights])
    return (
        "The first update is right and a later one is not, so something carries over from one epoch to the next: "
        f"what is in {gradients} when backward() is called again?"
    )


def _parse(check: rubric.TrainingCheck, context: CodeContext, call: Call) -> ParsedResult | CallFailure:
    """The returned weights and losses by their names, or why there are none."""
    if failure := context.why_unanswered(check, call):
        return failure
    assert isinstance(call.verdict, protocol.Returned)
    function = context.lab.rubric.functions[check.function]
    result = read_training(call.verdict.value, function.returns, context.lab.rubric.aliases)
    result = result if published(check) else result.unspoken
    if result.problem:
        what = "the final weight" if len(function.trained) == 1 else "the final weights"
        advice = f"End it with `return {', '.join(function.returns)}`: {what}, and a list with one loss per epoch."
        return CallFailure(f"{check.function}(): {result.problem}.", advice)
    return result


def _compare(
    check: rubric.TrainingCheck, context: CodeContext, arguments: CallArguments, result: ParsedResult | CallFailure
) -> ComparedCall:
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
    compared, notes, hint = compare_losses(losses, expected, tolerance, check.compared, function.inputs)
    curve = _curve(losses, expected, exact=compared.right) if published(check) else None
    return ComparedCall({**comparisons, LOSSES: compared}, (*result.notes, *notes), hint, curve=curve)


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
