"""From what each set of inputs gave to the outcome of a check: the credit of every quantity, and what to say of it."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.checks.compare import Comparison
from autograder.checks.context import CodeContext
from autograder.checks.diagnosis import Diagnosis, of_function
from autograder.checks.failures import CallFailure, how_called, phrase
from autograder.checks.follow_through import path
from autograder.outcome import Curve, Finding, Outcome, counted, merged
from autograder.rubric import CallArguments, CodeCheck, published
from autograder.sandbox.host.program import Call

GUESSED = ("factor", "near")  # kinds of comparison that say what the mistake may be
DESCRIBED = ("kind", "size")  # kinds that describe what came back


@dataclass(frozen=True)
class Answered:
    """One set of inputs: what each quantity compared to, or why there is nothing to compare."""

    comparisons: Mapping[str, Comparison]
    notes: tuple[str, ...] = ()
    hint: str = ""
    unanswered: CallFailure | None = None
    curve: Curve | None = None


Comparisons = Mapping[str, Sequence[Comparison | None]]  # of each quantity, one for each set of inputs
Kind = tuple[bool, ...]  # of inputs


def score_calls(
    check: CodeCheck,
    context: CodeContext,
    answered: Callable[[Sequence[tuple[CallArguments, Call]]], Sequence[Answered]],
    hint_for: Callable[[Comparisons], str] = lambda comparisons: "",
) -> Outcome:
    """Call the function with each set of inputs and mark what comes back: every quantity earns an equal share, by
    `credit`.

    answered: compares what the calls returned. hint_for: where to look, if neither a diagnosis nor a single set of
    inputs says it.
    """
    calls = context.calls(check)
    sets = answered(calls)
    reasons = [each.unanswered for each in sets if each.unanswered]
    if len(reasons) == len(sets):
        context.record.reasons[check.number] = (reasons[0].key,)
        called = how_called(check.function, calls[0][1]) if published(check) else ()
        return Outcome(
            0.0,
            reasons[0].sentence,
            hint=reasons[0].advice,
            notes=tuple(called),
            graded=False,
            unanswered=phrase(calls[0][1]),
        )
    names = context.lab.quantities(check)
    comparisons = {name: [each.comparisons.get(name) for each in sets] for name in names}
    rubric = context.lab.rubric
    graph = context.lab.graphs[rubric.functions[check.function].graph]
    kinds = [graph.sides(arguments.inputs) for arguments, _ in calls]
    shares = [
        credit(found, rubric.right_on_some_inputs, rubric.follow_through, kinds) for found in comparisons.values()
    ]
    wrong = any(each and each.wrong for found in comparisons.values() for each in found)
    diagnosis = of_function(check, context) if wrong else Diagnosis(())
    findings = [
        finding(name, found, show_value=published(check), explained=bool(diagnosis.explanations))
        for name, found in comparisons.items()
    ]
    notes = dict.fromkeys(note for each in sets for note in each.notes)
    notes.update(dict.fromkeys(how_called(check.function, calls[0][1]) if published(check) else ()))
    notes.update(dict.fromkeys(context.repeat_notes(check, *calls[0])))
    summary = _summary(check, calls[0][0], findings)
    hint = diagnosis.text or next((each.hint for each in sets if each.hint), "") or hint_for(comparisons)
    if reasons:
        as_wrong = ", which counts as wrong" if any(map(evaded, comparisons.values(), [kinds] * len(names))) else ""
        sentence = reasons[0].sentence
        summary += f" For {len(reasons)} of {len(sets)} sets of numbers there was no answer{as_wrong}: {sentence}"
        hint = hint or reasons[0].advice
    return Outcome(
        round(check.points * sum(shares) / len(shares), 2),
        summary,
        merged(findings),
        hint,
        tuple(notes),
        sets[0].curve,
        path=path(graph, findings),
        mistakes=diagnosis.ids,
        near=tuple(name for name, found in comparisons.items() if _nearly(found)),
        given=tuple(_given(comparisons)) if published(check) else (),
    )


def _nearly(found: Sequence[Comparison | None]) -> bool:
    """Whether a quantity is wrong somewhere, and everywhere so close that it may be a matter of tolerance."""
    wrong = [each for each in found if each and each.wrong]
    return bool(wrong) and all(each.near for each in wrong)


def _given(comparisons: Comparisons) -> Iterator[tuple[str, float]]:
    """The student's own numbers that are wrong, for the first set of inputs."""
    for name, (first, *_) in comparisons.items():
        if first and first.wrong and first.value is not None and math.isfinite(first.value):
            yield name, first.value


def credit(
    found: Sequence[Comparison | None], right_on_some: float, follow_through: float, kinds: Sequence[Kind] = ()
) -> float:
    """The share (0 to 1) of one quantity: the fraction of inputs for which it is right, less if it is wrong for others.

    A wrong value multiplies it by `right_on_some`; one that follows from an earlier slip counts `follow_through`. None
    stands for an input without an answer, which loses that input's share, and is wrong too where it is `evaded`.
    kinds: of the inputs, see Graph.sides.
    """
    right = sum(each is not None and each.right for each in found)
    follows = sum(each is not None and each.kind == "follows" for each in found)
    wrong = any(each is not None and each.wrong for each in found) or evaded(found, kinds)
    if wrong and not follows and not any(each is not None and each.right and not each.trivial for each in found):
        return 0.0  # right only where the right value is 0
    return (right + follow_through * follows) / len(found) * (right_on_some if wrong else 1.0)


def evaded(found: Sequence[Comparison | None], kinds: Sequence[Kind]) -> bool:
    """Whether there is no answer for some inputs though others of their kind have one that counts: raising must not be
    worth more than a wrong number. A dead ReLU at which a program fails is a kind of its own."""
    answered = {kind for each, kind in zip(found, kinds, strict=False) if each and not each.wrong}
    return any(each is None and kind in answered for each, kind in zip(found, kinds, strict=False))


def finding(name: str, found: Sequence[Comparison | None], *, show_value: bool, explained: bool = False) -> Finding:
    """What to say of one quantity over all inputs: the kind of mistake, never a number that was expected.

    show_value: whether the student's own number is repeated, which helps only where the inputs are known. explained:
    a diagnosis says what is wrong, so that nothing is guessed here.
    """
    compared = [each for each in found if each is not None]
    wrong = [each for each in compared if each.wrong]
    if not wrong:
        if follows := next((each.text for each in compared if each.kind == "follows"), ""):
            return Finding(name, "follows", follows)
        if len(compared) == len(found):
            return Finding(name, "right", next((each.text for each in compared if each.text), ""))
        return Finding(name, "partly", "right wherever there was an answer")
    texts = {_said(each, show_value=show_value, explained=explained) for each in wrong}
    text = texts.pop() if len(texts) == 1 else "is wrong"
    right = sum(each.right and not each.trivial for each in compared)
    if right:
        right = len(compared) - len(wrong)
        return Finding(name, "partly", f"right for {right} of {len(compared)} sets of numbers, elsewhere it {text}")
    values = {each.value for each in wrong}
    if (
        not explained
        and len(wrong) > 1
        and len(values) == 1
        and None not in values
        and wrong[0].kind not in ("sign", "factor", "zero")
    ):
        return Finding(name, "wrong", "does not change with the inputs: compute it from the parameters")
    value = wrong[0].value if show_value and wrong[0].kind not in ("zero", "not finite") else None
    return Finding(name, "wrong", text if value is None else f"your {value:.6g} {text}")


def _said(found: Comparison, *, show_value: bool, explained: bool) -> str:
    """What is said of a wrong value: nothing guessed beside a diagnosis, nothing described that is not to be shown."""
    if explained and found.kind in GUESSED:
        return "is wrong"
    if not show_value and found.kind in DESCRIBED:
        return "is not of the kind or size that is asked for"
    return found.text


def _summary(check: CodeCheck, arguments: CallArguments, findings: Sequence[Finding]) -> str:
    with_which = "the lab's numbers" if published(check) else f"{counted(len(check.inputs), 'other set')} of numbers"
    epochs = arguments.settings.get("n_epochs")
    during = "" if epochs is None else f", {counted(int(epochs), 'epoch')}"
    right = sum(each.state == "right" for each in findings)
    partly = sum(each.state == "partly" for each in findings)
    follows = sum(each.state == "follows" for each in findings)
    also = (f", {partly} partly" if partly else "") + (f", {follows} more following from your own" if follows else "")
    return f"Called with {with_which}{during}: {right} of {counted(len(findings), 'value')} right{also}."
