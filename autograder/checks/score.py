"""From compared calls to the outcome of a check: the credit for every quantity, and what to say about it."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.checks import follow_through
from autograder.checks.compare import in_text
from autograder.checks.comparison import Comparison
from autograder.checks.context import CodeContext
from autograder.checks.diagnosis import Diagnosis, of_function
from autograder.checks.failures import CallFailure, how_called, phrase
from autograder.outcome import Curve, Finding, Outcome, OwnNumber, merged
from autograder.rubric import CallArguments, CodeCheck, published
from autograder.sandbox.host.calls import Call
from autograder.text import plural

GUESSED = ("factor", "near")  # kinds of comparison that suggest what the mistake may be
DESCRIBED = ("kind", "size")  # kinds that describe what was returned


@dataclass(frozen=True)
class ComparedCall:
    """What a function returned for one set of inputs, compared with the right results."""

    comparisons: Mapping[str, Comparison]  # by quantity; empty if there was nothing to compare
    notes: tuple[str, ...] = ()
    hint: str = ""
    unanswered: CallFailure | None = None  # why there was nothing to compare
    curve: Curve | None = None


Comparisons = Mapping[str, Sequence[Comparison | None]]  # by quantity: one for each set of inputs, None without answer
Sides = tuple[bool, ...]  # of the graph's kinks that a set of inputs lies on, see Graph.sides


def by_quantity(names: Sequence[str], compared: Sequence[ComparedCall]) -> Comparisons:
    """The comparisons of each quantity over all sets of inputs."""
    return {name: [each.comparisons.get(name) for each in compared] for name in names}


def outcome(
    check: CodeCheck,
    context: CodeContext,
    calls: Sequence[tuple[CallArguments, Call]],
    compared: Sequence[ComparedCall],
    hint: str,
) -> Outcome:
    """Score a check: every quantity earns an equal share of the points, by `credit`.

    Args:
        calls: the function's calls, one for each set of inputs.
        compared: what each of them returned, compared.
        hint: where to look, if no known mistake explains the results.
    """
    failures = [each.unanswered for each in compared if each.unanswered]
    if len(failures) == len(compared):
        return _no_result(check, context, calls[0][1], failures[0])
    rubric = context.lab.rubric
    graph = context.lab.graphs[rubric.functions[check.function].graph]
    comparisons = by_quantity(context.lab.quantities(check), compared)
    sides = [graph.sides(arguments.inputs) for arguments, _ in calls] if failures else ()
    shares = [
        credit(found, rubric.right_on_some_inputs, rubric.follow_through, sides) for found in comparisons.values()
    ]
    wrong = any(each and each.wrong for found in comparisons.values() for each in found)
    diagnosis = of_function(check, context) if wrong else Diagnosis(())
    findings = [
        finding(name, found, show_value=published(check), explained=bool(diagnosis.explanations))
        for name, found in comparisons.items()
    ]
    summary = _summary(check, calls[0][0], findings, rubric.follow_through)
    if failures:
        summary += _some_failed(failures, comparisons, sides)
    notes = [note for each in compared for note in each.notes]
    notes += [*_how_called(check, calls[0][1]), *context.repeat_notes(check, *calls[0])]
    notes += follow_through.explained(findings, rubric.follow_through)
    steps = published(check) and graph.is_known and not rubric.functions[check.function].trained
    return Outcome(
        round(check.points * sum(shares) / len(shares), 2),
        summary,
        merged(findings),
        diagnosis.text or hint or (failures[0].advice if failures else ""),
        tuple(dict.fromkeys(notes)),
        compared[0].curve,
        path=follow_through.path(graph, findings) if graph.is_known else (),
        mistakes=diagnosis.ids,
        near=tuple(name for name, found in comparisons.items() if _nearly(found)),
        given=tuple(_own_wrong_numbers(comparisons)) if published(check) else (),
        own=tuple(_own_numbers(comparisons, findings)) if steps else (),
    )


def _no_result(check: CodeCheck, context: CodeContext, call: Call, failure: CallFailure) -> Outcome:
    """The outcome if no call returned anything to compare. call: the first one, failure: why it did not."""
    context.record.reasons[check.number] = (failure.key,)
    return Outcome(
        0.0,
        failure.sentence,
        hint=failure.advice,
        notes=tuple(_how_called(check, call)),
        graded=False,
        unanswered=phrase(call, context.program.loading),
    )


def _how_called(check: CodeCheck, call: Call) -> Sequence[str]:
    return how_called(check.function, call) if published(check) else ()


def _some_failed(failures: Sequence[CallFailure], comparisons: Comparisons, sides: Sequence[Sides]) -> str:
    """The sentence about sets of inputs without an answer, for the end of the summary."""
    as_wrong = ", which counts as wrong" if any(evaded(found, sides) for found in comparisons.values()) else ""
    sets = f"{len(failures)} of {len(sides)} sets of numbers"
    return f" For {sets} there was no answer{as_wrong}: {failures[0].sentence}"


def _nearly(found: Sequence[Comparison | None]) -> bool:
    """Whether a quantity is wrong somewhere, and everywhere so close that it may be a matter of tolerance."""
    wrong = [each for each in found if each and each.wrong]
    return bool(wrong) and all(each.near for each in wrong)


def _own_wrong_numbers(comparisons: Comparisons) -> Iterator[tuple[str, float]]:
    """The student's own numbers that are wrong, for the first set of inputs."""
    for name, (first, *_) in comparisons.items():
        if first and first.wrong and isinstance(first.value, float) and math.isfinite(first.value):
            yield name, first.value


def _own_numbers(comparisons: Comparisons, findings: Sequence[Finding]) -> Iterator[OwnNumber]:
    """The student's own numbers for the first set of inputs, in the order of the findings."""
    for finding, (first, *_) in zip(findings, comparisons.values(), strict=True):
        text = in_text(first.value) if first and first.value is not None else ""
        yield OwnNumber(finding.quantity, finding.state, text)


def credit(
    found: Sequence[Comparison | None], right_on_some: float, follow_through: float, sides: Sequence[Sides] = ()
) -> float:
    """The share (0 to 1) of one quantity's points: the fraction of inputs for which it is right.

    Args:
        found: one comparison for each set of inputs. None means no result: that input earns nothing, and if it is
            `evaded` it counts as wrong.
        right_on_some: the factor for the whole share if a value is wrong for some inputs.
        follow_through: the share for an input whose value is correct given an earlier wrong one.
        sides: of each set of inputs, for `evaded`.
    """
    right = sum(each is not None and each.right for each in found)
    follows = sum(each is not None and each.kind == "follows" for each in found)
    wrong = any(each is not None and each.wrong for each in found) or evaded(found, sides)
    if wrong and not follows and (constant(found) or not any(_shows_something(each) for each in found)):
        return 0.0
    return (right + follow_through * follows) / len(found) * (right_on_some if wrong else 1.0)


def _shows_something(found: Comparison | None) -> bool:
    """Whether a value is right and not merely 0."""
    return found is not None and found.right and not found.trivial


def constant(found: Sequence[Comparison | None]) -> bool:
    """Whether one number came back for all of several inputs, and is right for at most one of them, which is chance.

    Right for more of them it may be knowledge: dr_dm1 is 1 wherever the ReLU is not dead.
    """
    values = [each.value for each in found if each is not None]
    numbers = [value if isinstance(value, float) else value.tolist() for value in values if value is not None]
    same = len(values) > 1 and len(numbers) == len(values) and all(each == numbers[0] for each in numbers)
    return same and sum(_shows_something(each) for each in found) <= 1


def evaded(found: Sequence[Comparison | None], sides: Sequence[Sides]) -> bool:
    """Whether some inputs have no result although others on the same sides of the graph's kinks have one that counts.

    Raising an exception must not be worth more than returning a wrong number. Inputs at which a ReLU is dead are on
    another side: a program may have reason to fail there alone.
    """
    answered = {kind for each, kind in zip(found, sides, strict=False) if each and not each.wrong}
    return any(each is None and kind in answered for each, kind in zip(found, sides, strict=False))


def finding(name: str, found: Sequence[Comparison | None], *, show_value: bool, explained: bool = False) -> Finding:
    """What to say about one quantity over all inputs: the kind of mistake, never the expected number.

    Args:
        show_value: whether to repeat the student's number, which helps only if the student knows the inputs.
        explained: whether a diagnosis says what is wrong; then nothing is guessed here.
    """
    compared = [each for each in found if each is not None]
    wrong = [each for each in compared if each.wrong]
    if not wrong:
        if follows := next((each.text for each in compared if each.kind == "follows"), ""):
            return Finding(name, "follows", follows)
        if len(compared) == len(found):
            return Finding(name, "right", next((each.text for each in compared if each.text), ""))
        return Finding(name, "partly", "right wherever there was a result")
    texts = {_said(each, show_value=show_value, explained=explained) for each in wrong}
    text = texts.pop() if len(texts) == 1 else "is wrong"
    by_chance = constant(found)
    if any(_shows_something(each) for each in compared) and not by_chance:
        right = len(compared) - len(wrong)
        sets = f"{right} of {len(compared)} sets of numbers"
        return Finding(name, "partly", f"right for {sets}; for the others it {text}")
    if by_chance and not explained and wrong[0].kind not in ("sign", "factor", "zero"):
        return Finding(name, "wrong", "does not change with the inputs: compute it from the parameters")
    first = wrong[0]
    if not show_value or first.value is None or first.kind in ("zero", "not finite"):
        return Finding(name, "wrong", text)
    if isinstance(first.value, float):
        return Finding(name, "wrong", f"your {first.value:.6g} {text}")
    return Finding(name, "wrong", f"{text}; {first.detail}")


def _said(found: Comparison, *, show_value: bool, explained: bool) -> str:
    """What to say about a wrong value: no guess beside a diagnosis, no description of a value that is not shown."""
    if explained and found.kind in GUESSED:
        return "is wrong"
    if not show_value and found.kind in DESCRIBED:
        return "has the wrong type or size"
    return found.text


def in_words(inputs: Sequence[str]) -> str:
    """What a function is called with. inputs: the names of the sets."""
    others = sum(name != "published" for name in inputs)
    own = ["the lab's numbers"] if others < len(inputs) else []
    return " and ".join([*own, *([f"{plural(others, 'other set')} of numbers"] if others else [])])


def _summary(check: CodeCheck, arguments: CallArguments, findings: Sequence[Finding], share: float) -> str:
    epochs = arguments.settings.get("n_epochs")
    during = "" if epochs is None else f", {plural(int(epochs), 'epoch')}"
    right = sum(each.state == "right" for each in findings)
    partly = sum(each.state == "partly" for each in findings)
    also = f", {partly} partly" if partly else ""
    also += follow_through.counted(findings, share)
    return f"Called with {in_words(check.inputs)}{during}: {right} of {plural(len(findings), 'value')} right{also}."
