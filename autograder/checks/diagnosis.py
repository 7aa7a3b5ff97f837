"""Explains wrong results to the student by known mistakes: one, several that fit equally well, or none."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from autograder.checks.compare import number_of, numbers
from autograder.checks.context import CodeContext, GradingContext
from autograder.checks.parse_result import read, read_training
from autograder.graph.operation import Value
from autograder.mistakes.diagnose import explanations
from autograder.mistakes.element import by_element
from autograder.mistakes.evidence import Closeness, Sample, starts_correctly
from autograder.mistakes.procedure import Mistake
from autograder.rubric import LOSSES, CallArguments, CodeCheck, Function, expected
from autograder.sandbox.host import protocol

ON_PAPER = Closeness(rtol=5e-3)  # for answers with four decimals, computed with three or four
CLOSER_ON_PAPER = Closeness(rtol=1e-3)  # decides if several mistakes fit: for answers computed with four throughout
IN_CODE = Closeness()
BACKWARD = re.compile(r"\bbackward\s*\(|\bautograd\.grad\b|\bgrad\s*\(")
AUTOGRAD = (
    "Autograd differentiates for you, so look at what it is given: where does backward() start, which tensor's .grad "
    "do you return, and is the path cut or a tensor copied on the way (.item(), .detach(), .double(), .to())?"
)


@dataclass(frozen=True)
class Diagnosis:
    """The mistakes that explain the results."""

    explanations: Sequence[tuple[Mistake, ...]]  # alternatives, each one mistake or two together
    sheet: str = ""  # the part of the lab sheet to read again
    autograd: bool = False  # whether autograd differentiates, so that no advice is about doing it by hand

    @property
    def ids(self) -> tuple[tuple[str, ...], ...]:
        """The explanations by the ids of their mistakes."""
        return tuple(tuple(mistake.id for mistake in each) for each in self.explanations)

    @property
    def text(self) -> str:
        """For the student; "" if no mistake is recognized."""
        if not self.explanations:
            return ""
        clauses = list(dict.fromkeys(_clause(each) for each in self.explanations))
        if len(clauses) > 1:
            what = f"Each of these mistakes would explain your results: {'; or '.join(clauses)}."
        else:
            what = _one(self.explanations[0])
        found = [mistake for each in self.explanations for mistake in each]
        hints = dict.fromkeys(AUTOGRAD if self.autograd and each.by_hand else each.hint for each in found)
        return " ".join([what, *list(hints)[:2], *([f"Read again: {self.sheet}."] if self.sheet else [])])


def of_function(check: CodeCheck, context: CodeContext) -> Diagnosis:
    """The mistakes that explain everything a function returned, in all checks that the same people see.

    They are looked for once and kept in the record.
    """
    function = context.lab.rubric.functions[check.function]
    if not (context.diagnose and context.lab.graphs[function.graph].is_known):
        return Diagnosis(())
    key = check.function, context.lab.visibility(check)
    known = context.record.explanations
    if key not in known:
        known[key] = _explained(check, context)
    sheet = function.sheet or context.lab.rubric.graphs[function.graph].sheet
    return Diagnosis(known[key], sheet, uses_autograd(check.function, context))


def uses_autograd(function: str, context: CodeContext) -> bool:
    """Whether a function that is to use autograd does, as far as its program shows."""
    cells = context.submission.program.cells if context.submission.program else ()
    asked = context.lab.rubric.functions[function].by == "autograd"
    return asked and any(BACKWARD.search(text) for text in cells)


def _explained(check: CodeCheck, context: CodeContext) -> list[tuple[Mistake, ...]]:
    seen_by = context.lab.visibility(check)
    task, catalogue = context.mistakes.in_function(check.function)
    samples: list[Sample] = []
    for each in context.lab.rubric.checks:
        if isinstance(each, CodeCheck) and each.function == check.function and context.lab.visibility(each) == seen_by:
            samples.extend(_samples(each, context))
    samples = [sample for sample in samples if sample.values or sample.losses]
    if not samples:
        return []
    usual = [_one_loss_an_epoch(sample) for sample in samples]
    found = explanations(task, catalogue, usual, IN_CODE)
    if found or not task.trains:
        return found
    if usual != samples:  # the additional loss may be that of one more epoch
        return explanations(task, catalogue, samples, IN_CODE)
    if starts_correctly(task, samples[0], IN_CODE):
        return found
    after = [replace(sample, after=True) for sample in samples]  # losses taken after each update are accepted, too
    return explanations(task, catalogue, after, IN_CODE)


def on_paper(section: str, given: Mapping[str, Value], context: GradingContext) -> Diagnosis:
    """The mistakes that explain all answers filled in for a section. given: these answers."""
    if not context.diagnose:
        return Diagnosis(())
    task, catalogue = context.mistakes.on_paper(section)
    values = by_element({name: given[name] for name in task.returns if name in given})
    values = {name: value for name, value in values.items() if not math.isnan(value)}  # an element may be blank
    samples = [Sample(task.published, {}, values)]
    found = explanations(task, catalogue, samples, ON_PAPER)
    if len(found) > 1:
        closer = explanations(task, catalogue, samples, CLOSER_ON_PAPER)
        found = [each for each in found if each in closer] or found
    return Diagnosis(found, context.lab.rubric.graphs[section].sheet)


def _one_loss_an_epoch(sample: Sample) -> Sample:
    """The sample without the loss after the last update, which some keep as well; that is accepted."""
    if sample.losses is None or len(sample.losses) != int(sample.settings["n_epochs"]) + 1:
        return sample
    return replace(sample, losses=sample.losses[:-1])


def _samples(check: CodeCheck, context: CodeContext) -> Iterator[Sample]:
    function = context.lab.rubric.functions[check.function]
    for arguments, call in context.calls(check):
        if isinstance(call.verdict, protocol.Returned):
            yield _sample(arguments, call.verdict.value, function, context)


def _sample(arguments: CallArguments, value: protocol.Value, function: Function, context: GradingContext) -> Sample:
    names, aliases = function.returns, context.lab.rubric.aliases
    arrays = context.lab.graphs[function.graph].has_arrays
    if not function.trained:
        found = read(value, names, aliases, arrays=arrays).values
        each = {name: number_of(found.get(name), arrays=arrays) for name in names}
        if arrays:
            graph = context.lab.graphs[function.graph]
            each = {
                name: _fitted(each[name], right) for name, right in expected(graph, names, arguments.inputs).items()
            }
        return Sample(arguments.inputs, {}, by_element(each))
    found = read_training(value, names, aliases, arrays=arrays).values
    weights = by_element({name: number_of(found.get(name), arrays=arrays) for name in function.trained})
    losses = numbers(found.get(LOSSES))
    kept = None if isinstance(losses, str) or not losses or not math.isfinite(losses[0]) else losses
    return Sample(arguments.inputs, arguments.settings, weights, kept)


def _fitted(value: Value | None, right: Value) -> Value | None:
    """An array in the shape that is asked for, if only axes of size 1 are too many or too few: that is accepted."""
    shape, wanted = getattr(value, "shape", ()), getattr(right, "shape", ())
    if value is None or shape == wanted or [n for n in shape if n != 1] != [n for n in wanted if n != 1]:
        return value
    return value.reshape(wanted) if shape else value


def _one(explanation: tuple[Mistake, ...]) -> str:
    if len(explanation) == 1:
        return f"One mistake explains all your results: {_clause(explanation)}."
    return f"Two mistakes together would explain all your results: {_clause(explanation)}."


def _clause(explanation: tuple[Mistake, ...]) -> str:
    return ", and ".join(mistake.name for mistake in explanation)
