"""Functions that return numbers, called with the lab's inputs and others, compared quantity by quantity with the
reference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder import lab
from autograder.checks.compare import Comparison, compare
from autograder.checks.marking import Marking
from autograder.checks.returned import Returned, read
from autograder.checks.verdicts import Unanswered
from autograder.lab import Arguments
from autograder.outcome import Finding, Outcome, counted
from autograder.sandbox import protocol
from autograder.sandbox.student import Call


@dataclass(frozen=True)
class Answered:
    """One set of inputs: what each quantity compared to, or why there is nothing to compare."""

    comparisons: Mapping[str, Comparison]
    notes: tuple[str, ...] = ()
    unanswered: Unanswered | None = None


def mark(check: lab.Values | lab.Gradients, marking: Marking) -> Outcome:
    """Each quantity earns an equal share, by the credit rule of `credit`."""
    if marking.student is None:
        return marking.no_program()
    calls = marking.calls(check)
    sets = [_answered(check, marking, arguments, call) for arguments, call in calls]
    reasons = [each.unanswered for each in sets if each.unanswered]
    if len(reasons) == len(sets):
        return marking.not_marked(check, reasons)
    names = marking.lab.quantities(check)
    half = marking.lab.rubric.right_on_some_inputs
    per_quantity = {name: [each.comparisons.get(name) for each in sets] for name in names}
    earned = sum(credit(found, half) for found in per_quantity.values()) / len(names)
    published = check.inputs == ("published",)
    findings = tuple(finding(name, found, show_value=published) for name, found in per_quantity.items())
    notes = dict.fromkeys(note for each in sets for note in each.notes)
    notes.update(dict.fromkeys(marking.steadiness(check, *calls[0])))
    right = sum(each.state == "right" for each in findings)
    summary = f"{right} of {len(names)} right {with_which(check)}."
    hint = hint_for(check, findings, per_quantity)
    if reasons:
        summary += f" For {len(reasons)} of {len(sets)} sets of numbers there was no answer: {reasons[0].sentence}"
        hint = reasons[0].advice or hint
    return Outcome(round(check.points * earned, 2), summary, findings, hint, tuple(notes))


def credit(found: Sequence[Comparison | None], right_on_some: float) -> float:
    """The share (0 to 1) of one quantity: the fraction of inputs for which it is right, times `right_on_some` if any
    value is wrong.

    None stands for an input without an answer, which loses that input's share and no more.
    """
    right = sum(each is not None and each.right for each in found)
    wrong = any(each is not None and not each.right for each in found)
    return right / len(found) * (right_on_some if wrong else 1.0)


def finding(name: str, found: Sequence[Comparison | None], *, show_value: bool) -> Finding:
    """What to say of one quantity over all inputs: the kind of mistake, never a number that was expected.

    show_value: whether the student's own number is repeated, which helps only where the inputs are known.
    """
    compared = [each for each in found if each is not None]
    wrong = [each for each in compared if not each.right]
    if not compared:
        return Finding(name, "blank", "no answer")
    if not wrong:
        return Finding(
            name,
            "right" if len(compared) == len(found) else "partly",
            "" if len(compared) == len(found) else "right wherever there was an answer",
        )
    if len(wrong) < len(compared):
        return Finding(
            name,
            "partly",
            f"right for {len(compared) - len(wrong)} of {len(compared)} sets of numbers, elsewhere it {wrong[0].text}",
        )
    values = {each.value for each in wrong}
    if len(wrong) > 1 and len(values) == 1 and None not in values:
        return Finding(name, "wrong", "is the same number whatever the inputs are: compute it from the parameters")
    texts = {each.text for each in wrong}
    value = wrong[0].value if show_value else None
    own = "" if value is None else f"your {value:.6g} "
    return Finding(name, "wrong", own + wrong[0].text if len(texts) == 1 else "is wrong")


def hint_for(
    check: lab.Values | lab.Gradients,
    findings: Sequence[Finding],
    per_quantity: Mapping[str, Sequence[Comparison | None]],
) -> str:
    """Where to look first: at the first quantity that is not right, in the order in which they are computed."""
    first = next((each for each in findings if each.state in ("wrong", "partly")), None)
    if first is None:
        return ""
    if any(found is not None and found.kind == "missing" for found in per_quantity[first.quantity]):
        return f"Return every value under its name: {', '.join(per_quantity)}."
    if isinstance(check, lab.Gradients) and all(name.startswith("dloss_dw") for name in per_quantity):
        return (
            "A gradient is the product of the local derivatives on its way from the loss to the weight; "
            "check them one by one."
        )
    return f"Look at {first.quantity} first; what is computed from it can only be right if it is."


def _answered(check: lab.Values | lab.Gradients, marking: Marking, arguments: Arguments, call: Call) -> Answered:
    if reason := marking.why_unanswered(check, call):
        return Answered({}, unanswered=reason)
    assert isinstance(call.verdict, protocol.Returned)
    rubric = marking.lab.rubric
    names = rubric.functions[check.function].returns
    returned = read(call.verdict.value, names, rubric.aliases)
    if returned.problem:
        return Answered(
            {},
            unanswered=Unanswered(
                f"{check.function}(): {returned.problem}.",
                f"End it with `return {', '.join(names)}`, or a dict of these.",
            ),
        )
    expected = read(marking.expected(check, arguments), names, rubric.aliases)
    return Answered(
        {name: _compared(check, marking, returned, expected, name) for name in marking.lab.quantities(check)},
        returned.notes,
    )


def _compared(
    check: lab.Values | lab.Gradients, marking: Marking, returned: Returned, expected: Returned, name: str
) -> Comparison:
    truth = compare(
        expected.values.get(name), 0.0, marking.lab.rubric.tolerances[check.tolerance], none_is_zero=True
    ).value
    assert truth is not None, f"the reference returns no number for {name}"
    tolerance = marking.lab.rubric.tolerances[check.tolerance]
    return compare(returned.values.get(name), truth, tolerance, none_is_zero=isinstance(check, lab.Gradients))


def with_which(check: lab.CodeCheck) -> str:
    """Which numbers a check called the function with."""
    if check.inputs == ("published",):
        return "with the lab's numbers"
    return f"with {counted(len(check.inputs), 'other set')} of numbers"
