"""Training loops, judged by their trajectory: the losses epoch by epoch, and the weight in the end.

A falling loss proves little: most faulty loops converge too. That the first losses agree one by one with the
reference's does. Losses after the tenth are rounding noise of float32 once they are near 0, and are not compared.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from autograder import lab
from autograder.checks.compare import Comparison, compare, numbers, same
from autograder.checks.marking import Marking
from autograder.checks.returned import read_training
from autograder.checks.values import credit, finding, with_which
from autograder.checks.verdicts import Unanswered
from autograder.lab import Arguments
from autograder.outcome import Curve, Outcome, counted
from autograder.sandbox import protocol
from autograder.sandbox.protocol import Value
from autograder.sandbox.student import Call


@dataclass(frozen=True)
class Trajectory:
    """The losses before each update and after the last one (n + 1 values for n epochs), and the final weight."""

    losses: Sequence[float]
    weight: float


@dataclass(frozen=True)
class Trained:
    """One set of inputs: what weight and losses compared to, or why there is nothing to compare."""

    comparisons: Mapping[str, Comparison]
    notes: tuple[str, ...] = ()
    hint: str = ""
    unanswered: Unanswered | None = None
    curve: Curve | None = None


def mark(check: lab.Convergence, marking: Marking) -> Outcome:
    """Weight and losses earn half of the points each, by the credit rule of `values.credit`."""
    if marking.student is None:
        return marking.no_program()
    calls = marking.calls(check)
    sets = [_trained(check, marking, arguments, call) for arguments, call in calls]
    reasons = [each.unanswered for each in sets if each.unanswered]
    if len(reasons) == len(sets):
        return replace(marking.not_marked(check, reasons), curve=sets[0].curve)
    names = marking.lab.quantities(check)
    per_quantity = {name: [each.comparisons.get(name) for each in sets] for name in names}
    half = marking.lab.rubric.right_on_some_inputs
    earned = sum(credit(found, half) for found in per_quantity.values()) / len(names)
    published = check.inputs == ("published",)
    findings = tuple(finding(name, found, show_value=published) for name, found in per_quantity.items())
    notes = dict.fromkeys(note for each in sets for note in each.notes)
    notes.update(dict.fromkeys(marking.steadiness(check, *calls[0])))
    hint = next((each.hint for each in sets if each.hint), "")
    summary = _summary(check, calls[0][0], sum(each.state == "right" for each in findings), len(names))
    if reasons:
        summary += f" For {len(reasons)} of {len(sets)} sets of numbers there was no answer: {reasons[0].sentence}"
        hint = hint or reasons[0].advice
    return Outcome(round(check.points * earned, 2), summary, findings, hint, tuple(notes), sets[0].curve)


def _summary(check: lab.Convergence, arguments: Arguments, right: int, out_of: int) -> str:
    epochs = counted(int(arguments.settings["n_epochs"]), "epoch")
    return f"{right} of {out_of} right {with_which(check)}, {epochs}."


def _trained(check: lab.Convergence, marking: Marking, arguments: Arguments, call: Call) -> Trained:
    expected = _expected(check, marking, arguments)
    if reason := marking.why_unanswered(check, call):
        return Trained({}, unanswered=reason)
    assert isinstance(call.verdict, protocol.Returned)
    names = marking.lab.rubric.functions[check.function].returns
    returned = read_training(call.verdict.value, names, marking.lab.rubric.aliases)
    if returned.problem:
        advice = f"End it with `return {', '.join(names)}`: the final weight, and a list with one loss per epoch."
        return Trained({}, unanswered=Unanswered(f"{check.function}(): {returned.problem}.", advice))
    weight, losses = names
    tolerance = marking.lab.rubric.tolerances[check.tolerance]
    compared, note = compare_losses(returned.values.get(losses), expected.losses, tolerance, check.compared)
    comparisons = {weight: compare(returned.values.get(weight), expected.weight, tolerance), losses: compared}
    found = numbers(returned.values.get(losses))
    curve = None
    if check.inputs == ("published",) and not isinstance(found, str):
        curve = Curve([loss if math.isfinite(loss) else math.nan for loss in found[:200]], expected.losses[:-1])
    hint = "" if compared.right else hint_for(found, expected.losses, tolerance, check.compared)
    return Trained(comparisons, (*returned.notes, *note), hint, curve=curve)


def compare_losses(
    value: Value | None, expected: Sequence[float], tolerance: lab.Tolerance, most: int
) -> tuple[Comparison, tuple[str, ...]]:
    """Compare returned losses with the reference's: taken before each of n updates, or after it (then a note says
    so), or all n + 1 of them."""
    found = numbers(value)
    if isinstance(found, str):
        return Comparison("kind", found), ()
    epochs = len(expected) - 1
    if not found:
        return Comparison("size", "is an empty list"), ()
    if any(not math.isfinite(loss) for loss in found[:most]):
        return Comparison("not finite", "holds nan or infinity"), ()
    if len(found) not in (epochs, epochs + 1):
        return Comparison("size", f"holds {len(found)} values; one per epoch is asked for, {epochs} in all"), ()
    atol = tolerance.atol * max(1.0, expected[0])
    wanted = min(most, epochs)
    if same(found, expected[:-1], tolerance.rtol, atol) >= wanted:
        return Comparison("right"), () if len(found) == epochs else (
            "The losses hold one value more than there are epochs; accepted.",
        )
    if len(found) == epochs and same(found, expected[1:], tolerance.rtol, atol) >= wanted:
        return Comparison("right"), ("The losses were taken after each update instead of before it; accepted.",)
    right = same(found, expected, tolerance.rtol, atol)
    where = (
        ("wrong from the first epoch on", "right for the first epoch only")[right]
        if right < 2
        else f"right for the first {right} epochs, then wrong"
    )
    return Comparison("value", where), ()


def hint_for(found: Sequence[float] | str, expected: Sequence[float], tolerance: lab.Tolerance, most: int) -> str:
    """Where to look in a loop whose losses are wrong, by how they go wrong."""
    if isinstance(found, str) or not found or len(found) not in (len(expected) - 1, len(expected)):
        return "Append one number per epoch to a list, and return the list."
    if any(not math.isfinite(loss) for loss in found[:most]):
        return "The numbers blow up: look at the sign and the size of the update of w."
    right = same(found, expected, tolerance.rtol, tolerance.atol * max(1.0, expected[0]))
    if right == 0:
        return "Compute the loss from the parameters x, y and w, as one forward pass does, before w changes."
    if len(found) > 1 and len({round(loss, 9) for loss in found[:most]}) == 1:
        return "The loss never changes: does the update reach w, and does w keep its value from one epoch to the next?"
    if right == 1:
        return (
            "The first update of w is not the right one: check the gradient (its factors and its sign) "
            "and that lr is the one given."
        )
    return (
        "The first update is right and a later one is not, so something carries over from one epoch to the next: "
        "what is in w.grad when backward() is called again?"
    )


def _expected(check: lab.Convergence, marking: Marking, arguments: Arguments) -> Trajectory:
    """The reference's losses for one epoch more (whose last is the loss after the last update), and its weight."""
    names = marking.lab.rubric.functions[check.function].returns
    weight = read_training(marking.expected(check, arguments), names, {}).values[names[0]]
    epochs = int(arguments.settings["n_epochs"])
    longer = read_training(marking.expected(check, arguments, n_epochs=epochs + 1), names, {}).values[names[1]]
    losses = numbers(longer)
    assert isinstance(weight, protocol.Number)
    assert not isinstance(losses, str)
    return Trajectory(losses, weight.number())
