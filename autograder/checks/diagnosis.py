"""Explains wrong results to the student by known mistakes: one, several that fit equally well, or none."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from autograder.checks import not_numbers
from autograder.checks.compare import number_of, numbers
from autograder.checks.context import CodeContext, GradingContext
from autograder.checks.parse_result import read, read_training
from autograder.graph import shape_of
from autograder.graph.operation import Value
from autograder.mistakes.catalogue import FunctionModel, Mutant
from autograder.mistakes.diagnose import explanations, only_wrong_place, random_start
from autograder.mistakes.element import by_element
from autograder.mistakes.evidence import ALL, Closeness, Sample, starts_correctly, weigh
from autograder.mistakes.for_lab import Mistakes
from autograder.mistakes.procedure import Mistake
from autograder.outcome import ITEM
from autograder.rubric import LOSSES, CallArguments, CodeCheck, Function, Lab, expected, published
from autograder.sandbox.host import protocol

ON_PAPER = Closeness(rtol=5e-3)  # for answers with four decimals, computed with three or four
CLOSER_ON_PAPER = Closeness(rtol=1e-3)  # decides if several mistakes fit: for answers computed with four throughout
IN_CODE = Closeness()
AGAIN = "again@"  # begins the id of the mistake that a second call gives something else
SAID_AGAIN = "with the same inputs, the function returns something else when it is called again"
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
        """For the student, as lines: the mistake, or a list of those that fit; what to look at; where to read again.

        "" if no mistake is recognized.
        """
        if not self.explanations:
            return ""
        clauses = list(dict.fromkeys(_clause(each) for each in self.explanations))
        what = [_one(self.explanations[0])]
        if len(clauses) > 1:
            what = ["Each of these mistakes would explain your results:", *(f"{ITEM}{each}" for each in clauses)]
        found = [mistake for each in self.explanations for mistake in each]
        hints = dict.fromkeys(AUTOGRAD if self.autograd and each.by_hand else each.hint for each in found)
        return "\n".join([*what, *list(hints)[:2], *([f"Read again: {self.sheet}."] if self.sheet else [])])


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
    alike = [
        each
        for each in context.lab.rubric.checks
        if isinstance(each, CodeCheck) and each.function == check.function and context.lab.visibility(each) == seen_by
    ]
    returned = [found for each in alike for found in _returned(each, context)]
    function = context.lab.rubric.functions[check.function]
    task, catalogue = context.mistakes.in_function(check.function)
    reached = not_numbers.gradients(function.returns, task.graph.names) if function.by == "autograd" else ()
    kinds = not_numbers.in_all([values for _, values in returned], function.returns, reached) if returned else {}
    if task.graph.has_arrays:  # then several values may be what is asked for
        kinds = {name: kind for name, kind in kinds.items() if kind != "several"}
    samples = [_sample(arguments, values, function, context.lab, kinds) for arguments, values in returned]
    samples = [sample for sample in samples if sample.values or sample.losses]
    found = _by_numbers(task, catalogue, samples) if samples else []
    if kinds:
        also = not_numbers.mistake(kinds, function.returns)
        if found:
            return [(*each, also) for each in found if len(each) == 1]
        return [(also,)] if _right(task, samples) else []
    return found or _by_repetition(alike, context, task, samples) or only_wrong_place(task, samples, IN_CODE)


def _by_numbers(
    task: FunctionModel, catalogue: Sequence[Mutant], samples: Sequence[Sample]
) -> list[tuple[Mistake, ...]]:
    usual = [_one_loss_an_epoch(sample) for sample in samples]
    found = explanations(task, catalogue, usual, IN_CODE)
    if found or not task.trains:
        return found
    if usual != samples:  # the additional loss may be that of one more epoch
        return explanations(task, catalogue, samples, IN_CODE)
    if starts_correctly(task, samples[0], IN_CODE):
        return found
    return explanations(task, catalogue, _after(samples), IN_CODE)


def _after(samples: Sequence[Sample]) -> list[Sample]:
    """The samples as of losses that are taken after each update, which is accepted."""
    return [replace(sample, after=True) for sample in samples]


def _right(task: FunctionModel, samples: Sequence[Sample]) -> bool:
    """Whether all numbers are right."""
    usual = [_one_loss_an_epoch(sample) for sample in samples]
    return any(
        all(weigh(task, sample, IN_CODE).right == ALL for sample in each)
        for each in ((usual, _after(usual)) if task.trains else (usual,))
    )


def _by_repetition(
    checks: Sequence[CodeCheck], context: CodeContext, task: FunctionModel, samples: Sequence[Sample]
) -> list[tuple[Mistake, ...]]:
    """What is another number in each call, or only that the function gives another result when it is called again."""
    repeated = (context.repeat_notes(each, *context.calls(each)[0]) for each in checks if published(each))
    if not any(repeated):
        return []
    hint = (
        "Does it keep something from one call to the next (a global variable, a list as a default value), or is "
        "something random in it?"
    )
    if task.trains:
        hint += " And does the list start empty in every call?"
    again = Mistake(f"{AGAIN}{checks[0].function}", SAID_AGAIN, hint, not_numbers.impossible)
    usual = [_one_loss_an_epoch(sample) for sample in samples]
    return random_start(task, usual, IN_CODE) or [(again,)]


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


def names(mistakes: Mistakes, ids: Set[str]) -> dict[str, str]:
    """What the mistakes with these ids are called, whatever their parameters are, by id."""
    certain = {id: SAID_AGAIN if id.startswith(AGAIN) else not_numbers.name_of(id) for id in ids}
    found = {id: name for id, name in certain.items() if name}
    return found | mistakes.names(ids - found.keys())


def _one_loss_an_epoch(sample: Sample) -> Sample:
    """The sample without the loss after the last update, which some keep as well; that is accepted."""
    if sample.losses is None or len(sample.losses) != int(sample.settings["n_epochs"]) + 1:
        return sample
    return replace(sample, losses=sample.losses[:-1])


def _returned(check: CodeCheck, context: CodeContext) -> Iterator[tuple[CallArguments, Mapping[str, protocol.Value]]]:
    """What the calls of a check returned, by name."""
    function, aliases = context.lab.rubric.functions[check.function], context.lab.rubric.aliases
    reads = read_training if function.trained else read
    arrays = context.lab.graphs[function.graph].has_arrays
    for arguments, call in context.calls(check):
        if isinstance(call.verdict, protocol.Returned):
            found = reads(call.verdict.value, function.returns, aliases, arrays=arrays)
            if not found.problem:
                yield arguments, found.values


def _sample(
    arguments: CallArguments,
    returned: Mapping[str, protocol.Value],
    function: Function,
    lab: Lab,
    kinds: Mapping[str, str],
) -> Sample:
    """The numbers of a call. kinds: the results that are no numbers in any call."""
    graph = lab.graphs[function.graph]
    asked = [name for name in function.trained or function.returns if name not in kinds]
    each = {name: number_of(returned.get(name), arrays=graph.has_arrays) for name in asked}
    if graph.has_arrays and not function.trained:
        right = expected(graph, asked, arguments.inputs)
        each = {name: _fitted(each[name], right[name]) for name in asked}
    values = by_element(each)
    if not function.trained:
        return Sample(arguments.inputs, {}, values)
    losses = numbers(returned.get(LOSSES))
    unknown = LOSSES in kinds or isinstance(losses, str) or (bool(losses) and not math.isfinite(losses[0]))
    kept = None if unknown or isinstance(losses, str) else losses
    return Sample(arguments.inputs, arguments.settings, values, kept)


def _fitted(value: Value | None, right: Value) -> Value | None:
    """An array in the shape that is asked for, if only axes of size 1 are too many or too few: that is accepted."""
    shape, wanted = shape_of(value), shape_of(right)
    if value is None or shape == wanted or [n for n in shape if n != 1] != [n for n in wanted if n != 1]:
        return value
    return value.reshape(wanted) if shape else value


def _one(explanation: tuple[Mistake, ...]) -> str:
    if explanation[0].id.startswith(AGAIN):  # certain, but there may be further mistakes
        return f"One mistake is certain: {_clause(explanation)}."
    if len(explanation) == 1:
        return f"One mistake explains all your results: {_clause(explanation)}."
    return f"Two mistakes together would explain all your results: {_clause(explanation)}."


def _clause(explanation: tuple[Mistake, ...]) -> str:
    return ", and ".join(mistake.name for mistake in explanation)
