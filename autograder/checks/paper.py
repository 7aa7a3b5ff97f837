"""Answers computed on paper, compared with the graph's values at its published inputs."""

import difflib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

from autograder import rubric
from autograder.checks import diagnosis, follow_through
from autograder.checks.compare import compare_numbers, in_text
from autograder.checks.comparison import Comparison, Judged
from autograder.checks.context import GradingContext
from autograder.checks.follow_through import path, recomputed
from autograder.checks.parse_result import MOST_COMPARED, plain
from autograder.graph import Graph, GraphError
from autograder.graph.operation import Value
from autograder.graph.quantities import derivative
from autograder.outcome import Finding, Outcome, OwnNumber, State, merged
from autograder.submission import Answer, Answers
from autograder.text import is_number

if TYPE_CHECKING:
    from autograder.checks.paper_arrays import ArrayAnswer

Section = Mapping[str, Answer]


@dataclass(frozen=True)
class PaperTask:
    """The answers filled in for one section, and what they are compared with."""

    graph: Graph
    given: Mapping[str, Value]  # the student's answers
    right: Mapping[str, Value]
    special: Sequence[Mapping[str, Value]]  # the values with a mistake that the rubric accepts on paper
    follows: Mapping[str, Value]  # each value computed from the student's own earlier ones


def grade(check: rubric.PaperCheck, context: GradingContext) -> Outcome:
    """Give every quantity an equal share of the points. Blank, wrong and unreadable answers are told apart, and a value
    that is correct given an earlier wrong one counts."""
    answers = context.submission.answers
    if answers is None:
        return Outcome(0.0, "There are no paper answers to read (see the first entry).", graded=False)
    section = find_section(context, answers, check.section)
    if section is None:
        sections = ", ".join(answers.sections) or "none"
        sentence = f"There is no section {check.section!r} in {answers.name}; its sections are: {sections}."
        return Outcome(0.0, sentence, hint="Keep the template's lines, indented as they are.", graded=False)
    found = {name: find_answer(context, section, name) for name in check.quantities}
    if all(answer is None or answer.text == "" for answer in found.values()):
        hint = f"Write your results from paper into {answers.name}."
        return Outcome(0.0, "Not filled in.", hint=hint, graded=False)
    sheet = _sheet(check, context, section)
    judged = [_judged(check, context, sheet, name, answer) for name, answer in found.items()]
    findings = [each.finding for each in judged]
    right = sum(each.share == 1 for each in judged)
    points = round(check.points * sum(each.share for each in judged) / len(judged), 2)
    wrong = any(each.finding.state == "wrong" or each.wrong for each in judged)
    found_out = diagnosis.on_paper(check.section, sheet.given, context) if wrong else diagnosis.Diagnosis(())
    return Outcome(
        points,
        f"{right} of {len(findings)} right.",
        merged(findings),
        (found_out.text or _hint(check, context)) if wrong else "",
        (
            *dict.fromkeys(each.note for each in judged if each.note),
            *follow_through.explained(findings, context.lab.rubric.follow_through),
        ),
        path=path(sheet.graph, findings),
        mistakes=found_out.ids,
        near=tuple(name for each in judged for name in each.near),
        given=tuple(pair for each in judged for pair in each.wrong),
        own=tuple(
            _own_number(each.finding, sheet.given.get(name), answer)
            for (name, answer), each in zip(found.items(), judged, strict=True)
        ),
    )


def _own_number(finding: Finding, value: Value | None, answer: Answer | None) -> OwnNumber:
    """An answer as the student's page shows it."""
    text = "" if value is None or answer is None else in_text(value)
    written = answer.text if answer and isinstance(value, float) and not is_number(answer.text) else ""
    return OwnNumber(finding.quantity, finding.state, text, written if text else "")


def find_section(context: GradingContext, answers: Answers, name: str) -> Section | None:
    """The section called `name`; spaces, capitals and further words in the heading do not matter.

    If its answers belong only under another heading, the section that has the answers of this one, if there is one.
    """
    own = _titled(answers, name)
    if own is not None and (_belonging(context, own, name) or not any(_filled(answer) for answer in own.values())):
        return own
    rest = [section for section in answers.sections.values() if section is not own]
    fitting = [section for section in rest if _belonging(context, section, name)]
    elsewhere = [other for other in context.lab.paper() if own is not None and _belonging(context, own, other)]
    return fitting[0] if len(fitting) == 1 and (own is None or elsewhere) else own


def is_exchanged(context: GradingContext, answers: Answers) -> bool:
    """Whether answers are under the wrong heading."""
    return any(find_section(context, answers, name) is not _titled(answers, name) for name in context.lab.paper())


def _titled(answers: Answers, name: str) -> Section | None:
    titles = {key: plain(key) for key in answers.sections}
    exact = [key for key, title in titles.items() if title == plain(name)]
    longer = [key for key, title in titles.items() if re.match(rf"{plain(name)}(?!\d)", title)]
    return answers.sections[(exact or longer)[0]] if exact or len(longer) == 1 else None


def _belonging(context: GradingContext, section: Section, name: str) -> int:
    """How many answers of a section belong in the one called `name` and in no other."""
    paper = context.lab.paper()
    others = {quantity for other, quantities in paper.items() if other != name for quantity in quantities}
    found = (find_answer(context, section, quantity) for quantity in paper.get(name, ()) if quantity not in others)
    return sum(_filled(answer) for answer in found)


def _filled(answer: Answer | None) -> bool:
    return answer is not None and answer.text != ""


def find_answer(context: GradingContext, section: Section, quantity: str) -> Answer | None:
    """The answer to `quantity`, also under one of its other names."""
    simple = {plain(key): answer for key, answer in section.items()}
    names = (quantity, *context.lab.rubric.aliases.get(quantity, ()))
    return next((simple[plain(name)] for name in names if plain(name) in simple), None)


def numbers(context: GradingContext, section: str, quantities: Sequence[str]) -> dict[str, Value]:
    """The answers of a section that are numbers, or arrays where these are asked for, by the lab's names."""
    answers = context.submission.answers
    filled_in = (find_section(context, answers, section) or {}) if answers else {}
    right = rubric.expected(context.lab.graphs[section], quantities, context.lab.published(section))
    return _numbers(context, filled_in, right)


def unknown_names(context: GradingContext, answers: Answers) -> list[str]:
    """A sentence for each answer with an unknown name, with the name that was probably meant."""
    sentences = []
    for section, names in context.lab.paper().items():
        aliases = (alias for name in names for alias in (name, *context.lab.rubric.aliases.get(name, ())))
        known = {plain(name) for name in aliases}
        unknown = [key for key in find_section(context, answers, section) or {} if plain(key) not in known]
        for key in unknown[:MOST_COMPARED]:
            near = difflib.get_close_matches(key, names, 1)
            fix = f"did you mean {near[0]!r}?" if near else f"the names are: {', '.join(names)}."
            sentences.append(f"In {answers.name}, section {section}: {key!r} is not asked for; {fix}")
    return sentences


def _numbers(context: GradingContext, section: Section, right: Mapping[str, Value]) -> dict[str, Value]:
    found = {name: find_answer(context, section, name) for name in right}
    values = {name: _value(answer, right[name]) for name, answer in found.items() if answer}
    return {name: value for name, value in values.items() if value is not None}


def _value(answer: Answer, right: Value) -> Value | None:
    """An answer as a number, or as an array where that is right; None if it is neither."""
    value = answer.value
    if value is None:
        return None
    if not isinstance(right, float):
        return _arrays().array_of(value, right)
    while isinstance(value, tuple) and len(value) == 1:
        value = value[0]
    return None if isinstance(value, tuple) or math.isnan(value) else value


def _hint(check: rubric.PaperCheck, context: GradingContext) -> str:
    if all(derivative(context.lab.graphs[check.section], name) for name in check.quantities):
        return "Go back from the loss: multiply the local derivatives along the path, one by one."
    return "Go through the graph in its order; a value that is wrong early makes the later ones wrong too."


def _sheet(check: rubric.PaperCheck, context: GradingContext, section: Section) -> PaperTask:
    graph = context.lab.graphs[check.section]
    inputs = context.lab.published(check.section)
    right, special = context.mistakes.paper_results(check.section)
    given = _numbers(context, section, right)
    try:
        follows = recomputed(graph, inputs, _own(given, right))
    except (GraphError, ArithmeticError, ValueError):
        follows = {}
    return PaperTask(graph, given, right, special, follows)


def _own(given: Mapping[str, Value], right: Mapping[str, Value]) -> Mapping[str, Value]:
    """The answers from which others can be computed: arrays in another shape, or with a blank element, are left out."""
    if all(isinstance(value, float) for value in right.values()):
        return given
    whole = _arrays().is_whole
    return {name: value for name, value in given.items() if isinstance(right[name], float) or whole(value, right[name])}


def _judged(
    check: rubric.PaperCheck, context: GradingContext, sheet: PaperTask, quantity: str, answer: Answer | None
) -> Judged:
    if answer is None:
        return Judged(Finding(quantity, "blank", "this line is missing"), 0.0)
    if answer.value is None:
        state: State = "unreadable" if answer.problem else "blank"
        return Judged(Finding(quantity, state, answer.problem or "not filled in"), 0.0)
    if quantity not in sheet.given:
        text = f"your {answer.text} is several numbers, and one number is asked for"
        return Judged(Finding(quantity, "wrong", text), 0.0)
    rules = context.lab.rubric
    tolerance = rules.tolerances[check.tolerance]
    found = _compared(sheet, quantity, answer.text, tolerance)
    special = [each[quantity] for each in sheet.special]
    literal = _is_literal(sheet.given[quantity], special, sheet.right[quantity], tolerance)
    if found.right or literal:
        text = f"your {answer.text} {found.text}" if found.text and found.right else ""
        return Judged(Finding(quantity, "right", text), 1.0, _note(check, context) if literal else "")
    if slip := _exchanged(sheet, quantity, tolerance):
        return Judged(Finding(quantity, "partly", slip), rules.slips)
    trusted = not _mostly_wrong(sheet, tolerance)
    if not isinstance(found, Comparison):
        return found.judged(rules, _candidates(sheet, quantity) if trusted else ())
    if trusted and _follows(sheet, quantity, tolerance):
        text = f"your {answer.text} is {follow_through.FOLLOWS}"
        return Judged(Finding(quantity, "follows", text), rules.follow_through)
    if slip := _slip(sheet, quantity, tolerance):
        return Judged(Finding(quantity, "partly", f"your {answer.text} {slip}"), rules.slips)
    near = (quantity,) if found.near else ()
    text = f"your {answer.text} {found.text}"
    return Judged(Finding(quantity, "wrong", text), 0.0, near=near, wrong=((quantity, sheet.given[quantity]),))


def _compared(sheet: PaperTask, quantity: str, text: str, tolerance: rubric.Tolerance) -> "Comparison | ArrayAnswer":
    """Compare an answer. Half or twice the right value says something about the mistake only for the loss and for
    derivatives."""
    value, right = sheet.given[quantity], sheet.right[quantity]
    telling = quantity not in sheet.graph.names or quantity == sheet.graph.output
    if isinstance(right, float):
        return compare_numbers(value, right, tolerance, telling=telling)
    answer: ArrayAnswer = _arrays().ArrayAnswer(quantity, text, value, right, tolerance, telling)
    return answer


def _arrays() -> ModuleType:
    """The module for arrays: it imports NumPy, which only a lab with arrays has imported before."""
    from autograder.checks import paper_arrays

    return paper_arrays


def _is_literal(value: Value, special: Sequence[Value], right: Value, tolerance: rubric.Tolerance) -> bool:
    """Whether an answer has a mistake that the rubric accepts on paper, and is clearly not meant to be right."""
    near = [each for each in special if tolerance.allows(value, each, coarse=True)]
    return any(3 * _distance(value, each) < _distance(value, right) for each in near)


def _size(value: Value) -> float:
    """The absolute value of a number, or of the largest element of an array."""
    return float(abs(value) if isinstance(value, float | int) else abs(value).max())


def _distance(value: Value, other: Value) -> float:
    """How far two values are apart: of arrays, the farthest elements of them."""
    return _size(value - other)


def _note(check: rubric.PaperCheck, context: GradingContext) -> str:
    entries = (each for each in context.lab.rubric.mistakes if each.graph == check.section and each.on_paper == "right")
    return " ".join(f"Accepted on paper, though {each.name}. {each.hint}" for each in entries)


def _exchanged(sheet: PaperTask, quantity: str, tolerance: rubric.Tolerance) -> str:
    """What to say if two answers are in each other's lines; "" if they are not."""
    for other, value in sheet.given.items():
        theirs = sheet.right[quantity]
        if (
            other != quantity
            and tolerance.allows(sheet.given[quantity], sheet.right[other], coarse=True)
            and tolerance.allows(value, theirs, coarse=True)
            and not tolerance.allows(value, sheet.right[other], coarse=True)
        ):
            return f"this is the value of {other}, and {other} has the value that belongs here"
    return ""


def _slip(sheet: PaperTask, quantity: str, tolerance: rubric.Tolerance) -> str:
    """What to say about an answer that is right except for its sign or a factor of 100; "" for any other."""
    value, right = sheet.given[quantity], sheet.right[quantity]
    if tolerance.allows(-value, right, coarse=True):
        return "has the wrong sign but is otherwise right"
    if tolerance.allows(value / 100, right, coarse=True):
        return "is 100 times too large; if it is a percentage, write the percent sign"
    return ""


def _follows(sheet: PaperTask, quantity: str, tolerance: rubric.Tolerance) -> bool:
    """Whether an answer is correct given the student's own earlier ones; of an array, every element."""
    value, candidates = sheet.given[quantity], _candidates(sheet, quantity)
    if not candidates or tolerance.atol >= _size(candidates[0]):  # a 0 shows nothing
        return False
    return any(tolerance.allows(value, each, coarse=True) for each in candidates)


def _candidates(sheet: PaperTask, quantity: str) -> list[Value]:
    """What an answer may be, computed from the student's own earlier ones.

    A derivative may also be wrong by the same factor as one before it, because gradients share a path.
    """
    again = sheet.follows.get(quantity)
    if again is None:
        return []
    derivatives = [name for name in sheet.given if derivative(sheet.graph, name)]
    earlier = derivatives[: derivatives.index(quantity)] if quantity in derivatives else []
    factors = [_factor(sheet.given[other], sheet.follows.get(other, 0.0)) for other in earlier]
    return [again, *(factor * again for factor in factors if factor)]


def _factor(value: Value, right: Value) -> float:
    """By which factor a value is off; 0.0 if there is none."""
    if isinstance(right, float):
        return float(value / right) if right and isinstance(value, float | int) else 0.0
    factor: float = _arrays().common_factor(value, right)
    return factor


def _mostly_wrong(sheet: PaperTask, tolerance: rubric.Tolerance) -> bool:
    """Whether more than half of the answers are wrong and follow from no others; then none counts as following."""
    wrong = sum(
        not tolerance.allows(value, sheet.right[name], coarse=True) and not _follows(sheet, name, tolerance)
        for name, value in sheet.given.items()
    )
    return 2 * wrong > len(sheet.given)
