"""Training whose way is free: what the model answers to samples that it has not seen, over several seeds.

All runs are made before the program sees a held-out sample, so what it says about them can be shown to the student. The
right answers to these samples never leave the judge.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograder.checks.compare import numbers
from autograder.checks.compare_arrays import array_of
from autograder.checks.context import CodeContext
from autograder.checks.failures import CallFailure, how_called, phrase
from autograder.checks.fit_calls import fit_calls
from autograder.outcome import Finding, Outcome, State
from autograder.rubric import CodeCheck, LearnsCheck, data_files
from autograder.sandbox.host import protocol
from autograder.sandbox.host.calls import Call, FitCall
from autograder.sandbox.host.program import SandboxedProgram
from autograder.text import plural

STEPS = 20  # a mean accuracy is said in steps of a twentieth: exact ones would tell held-out answers, one by one
NO_MODEL = "returned no model that can be asked about new samples"


@dataclass(frozen=True)
class Learned:
    """What came of one seed. accuracy, mse: on the held-out samples; None where that is not asked for, or not known."""

    failure: CallFailure | None = None  # why there is no model, or why it gave no answers
    accuracy: float | None = None
    mse: float | None = None
    losses: Sequence[float] = ()
    changed: bool | None = None  # whether the weights of the given model changed
    column: bool = False  # whether the model answers with a column, of shape (n, 1), where numbers are asked for


def grade(check: LearnsCheck, context: CodeContext) -> Outcome:
    """Train with each seed, and score what the models learned.

    The points follow from the answers to held-out samples alone. Of these, whatever else is asked for and missing takes
    an equal share: losses are what the program says of itself, so they earn nothing.
    """
    learned = runs(check, context)
    failures = [each.failure for each in learned if each.failure]
    calls = context.trained(check)
    if len(failures) == len(learned):
        context.record.reasons[check.number] = (failures[0].key,)
        why = phrase(calls[0], context.program.loading) if not _answered(calls[0]) else ""
        return Outcome(0.0, failures[0].sentence, hint=failures[0].advice, graded=False, unanswered=why)
    aspects = _aspects(check, learned)
    measured, *others = [_share(holds, check, context.lab.rubric.right_on_some_inputs) for holds in aspects.values()]
    share = measured * (1 + sum(others)) / len(aspects)
    findings = tuple(_finding(name, holds, check, learned) for name, holds in aspects.items())
    summary = f"Trained {plural(check.seeds, 'time')}, each from other random numbers."
    summary += f" {plural(len(failures), 'time')} there was no result: {failures[0].sentence}" if failures else ""
    return Outcome(
        round(check.points * share, 2),
        summary,
        findings,
        _hint(check, aspects, learned, context),
        tuple(how_called(check.function, calls[0])),
    )


def runs(check: LearnsCheck, context: CodeContext) -> list[Learned]:
    """What came of each seed."""
    assert isinstance(context.program, SandboxedProgram)
    calls = context.trained(check)
    context.call_published_first()
    held_out = data_files.read(context.lab.folder / check.held_out)
    return [
        _learned(check, context, fit, call, held_out)
        for fit, call in zip(fit_calls(check, context.lab, context.digest), calls, strict=True)
    ]


def _answered(call: Call) -> bool:
    return isinstance(call.verdict, protocol.Returned)


def _learned(check: LearnsCheck, context: CodeContext, fit: FitCall, call: Call, held_out: data_files.Data) -> Learned:
    """What came of one seed. call: the result of `fit`."""
    assert isinstance(context.program, SandboxedProgram)
    if failure := context.why_not_called(check.function, call, show=True):
        return Learned(failure)
    if not context.program.keeps(fit):  # another run has ended the process since
        call = context.program.fit(fit)
        if failure := context.why_not_called(check.function, call, show=False):
            return Learned(failure)
    assert isinstance(call.verdict, protocol.Returned)
    found = call.verdict.value.fields if isinstance(call.verdict.value, protocol.Record) else {}
    model = found.get("model")
    if not isinstance(model, protocol.Number) or not model.number().is_integer():
        advice = "Return the trained model, or the model and the list of losses."
        return Learned(CallFailure(f"{check.function}() {NO_MODEL}.", advice))
    losses = numbers(found.get("losses"))
    changed = found.get("changed")
    answer = context.program.predict(fit, int(model.number()), held_out.X)
    if failure := context.why_not_called(check.function, answer, show=False):
        sentence = failure.sentence.replace(f"{check.function}()", f"The model that {check.function}() returned", 1)
        return Learned(CallFailure(sentence, failure.advice))
    assert isinstance(answer.verdict, protocol.Returned)
    accuracy, mse = _scores(check, answer.verdict.value, held_out)
    if accuracy is mse is None:
        fits = "one column for each class" if check.accuracy is not None else "one number for each sample"
        return Learned(CallFailure("What the model returns does not fit the samples.", f"It has to return {fits}."))
    return Learned(
        None,
        accuracy,
        mse,
        () if isinstance(losses, str) else losses,
        bool(changed.number()) if isinstance(changed, protocol.Number) else None,
        mse is not None and (answers := array_of(answer.verdict.value)) is not None and answers.ndim > 1,
    )


def _scores(check: LearnsCheck, value: protocol.Value, held_out: data_files.Data) -> tuple[float | None, float | None]:
    """Accuracy or mean squared error of a model's answers; None for both if they do not fit the samples."""
    answers = array_of(value)
    count = len(held_out.y)
    if answers is None or answers.shape[:1] != (count,) or answers.ndim > 2 or not answers.size:
        return None, None
    if check.accuracy is None:
        flat = answers.reshape(-1)
        return None, _finite(((flat - held_out.y) ** 2).mean()) if flat.shape == (count,) else None
    return float((_classes(answers) == held_out.y).mean()), None


def _finite(value: Any) -> float:
    return float(value) if math.isfinite(value) else math.inf


def _classes(answers: Any) -> Any:
    """The class that a model answers for each sample: the best of its scores; with one score for two classes, whether
    it is above 0.5, or above 0 if it is no probability; and whole numbers are classes."""
    if answers.ndim == 2 and answers.shape[1] > 1:
        return answers.argmax(axis=1)
    flat = answers.reshape(-1)
    if (flat == flat.round()).all():
        return flat
    return (flat > (0.5 if ((flat >= 0) & (flat <= 1)).all() else 0)).astype(float)


def _aspects(check: LearnsCheck, learned: Sequence[Learned]) -> dict[str, list[bool]]:
    """For each thing that is asked for, in which runs it holds; first what is measured on the held-out samples."""
    aspects: dict[str, list[bool]] = {}
    if check.accuracy is not None:
        bound = check.accuracy
        aspects["accuracy"] = [each.accuracy is not None and each.accuracy >= bound for each in learned]
    if check.mse is not None:
        most = check.mse
        aspects["mse"] = [each.mse is not None and each.mse <= most for each in learned]
    if check.falls is not None:
        aspects["losses"] = [_falls(each.losses, check.falls) for each in learned]
    if check.model:
        aspects["weights"] = [each.changed is not False and each.failure is None for each in learned]
    return aspects


def _falls(losses: Sequence[float], share: float) -> bool:
    return len(losses) > 1 and all(map(math.isfinite, losses)) and losses[-1] <= share * losses[0]


def _share(holds: Sequence[bool], check: LearnsCheck, on_some: float) -> float:
    """The share of an aspect's points: all if it holds often enough."""
    return 1.0 if sum(holds) >= check.enough else on_some * sum(holds) / check.enough


def _lost(check: CodeCheck, context: CodeContext) -> bool:
    """Whether a check that was carried out before has lost points."""
    return context.record.points.get(check.number, check.points) < check.points


def _finding(name: str, holds: Sequence[bool], check: LearnsCheck, learned: Sequence[Learned]) -> Finding:
    right = sum(holds) >= check.enough
    state: State = "right" if right else "partly" if any(holds) else "wrong"
    often = f"in {sum(holds)} of {plural(len(holds), 'run')}{'' if right else f'; {check.enough} are asked for'}"
    match name:
        case "accuracy":
            known = [each.accuracy for each in learned if each.accuracy is not None]
            mean = round(STEPS * math.fsum(known) / len(known)) / STEPS
            text = f"is at least {check.accuracy:g} {often}{'' if right else f' (about {mean:g} on average)'}"
        case "mse":
            text = f"is at most {check.mse:g} {often}"
        case "losses":
            text = f"fall to {check.falls:g} of the first one {often}"
        case _:
            text = f"change {often}"
    return Finding(name, state, text)


def _hint(check: LearnsCheck, aspects: dict[str, list[bool]], learned: Sequence[Learned], context: CodeContext) -> str:
    """Where to look. It says nothing of how the function trains, which is its own affair."""
    missed = {name for name, holds in aspects.items() if sum(holds) < check.enough}
    if not missed:
        return ""
    of_model = [each for each in context.lab.rubric.checks if isinstance(each, CodeCheck)]
    if any(each.function == check.model and _lost(each, context) for each in of_model):
        return f"First make {check.model} right: it is what is trained here."
    failures = [each.failure for each in learned if each.failure]
    if len(failures) > len(learned) - check.enough:  # then all is missed, whatever the other runs show
        return failures[0].advice
    if "weights" in missed:
        return (
            "The weights of the given model have to change: does the optimizer have the parameters of this model, and "
            "is its step() called?"
        )
    losses = [loss for each in learned if len(each.losses) > 1 for loss in each.losses]
    if not all(map(math.isfinite, losses)):
        return "A loss is infinite or not a number: is the step too large?"
    if missed == {"losses"} and not losses:
        return "Return the losses too: the model, and a list with the loss of each epoch."
    if "losses" in missed and any(each.column for each in learned):
        return (
            "The model returns a column, of shape (n, 1), and y has shape (n,): a loss of the two compares every "
            "prediction with every target. Give them one shape."
        )
    if "losses" in missed:
        return "The losses do not fall far enough: are the gradients cleared in each step, and are there enough steps?"
    if check.falls is not None:
        return (
            "The losses fall, and the answers to new samples are still wrong: is it the trained model that is "
            "returned, and does it return what is asked for, such as one "
            f"{'number for each sample' if check.accuracy is None else 'score for each class'}?"
        )
    return "Is the loss at the end of the training small, and is it the trained model that is returned?"
