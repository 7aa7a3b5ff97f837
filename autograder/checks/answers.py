"""Answers worked out on paper, compared with the graph's values at its published inputs."""

import difflib
from collections.abc import Mapping

from autograder import lab
from autograder.checks.compare import compare_numbers
from autograder.checks.marking import Marking
from autograder.checks.returned import plain
from autograder.graph import split_derivative
from autograder.outcome import Finding, Outcome, merged
from autograder.submission import Answer, Answers

Section = Mapping[str, Answer]


def mark(check: lab.Answers, marking: Marking) -> Outcome:
    """Each quantity earns an equal share; blank, wrong and unreadable are told apart."""
    answers = marking.submission.answers
    if answers is None:
        return Outcome(0.0, "Not marked: there are no paper answers to read (see the first entry).", marked=False)
    section = find_section(answers, check.section)
    if section is None:
        sections = ", ".join(answers.sections) or "none"
        sentence = f"There is no section {check.section!r} in {answers.name}; its sections are: {sections}."
        return Outcome(0.0, sentence, hint="Keep the template's lines, indented as they are.", marked=False)
    found = {name: find_answer(marking, section, name) for name in check.quantities}
    if all(answer is None or answer.text == "" for answer in found.values()):
        hint = f"Write your results from paper into {answers.name}."
        return Outcome(0.0, "Not filled in.", hint=hint, marked=False)
    findings = [_finding(check, marking, name, answer) for name, answer in found.items()]
    right = sum(finding.state == "right" for finding in findings)
    points = round(check.points * right / len(findings), 2)
    hint = _hint(check, marking) if any(finding.state == "wrong" for finding in findings) else ""
    return Outcome(points, f"{right} of {len(findings)} right.", merged(findings), hint)


def find_section(answers: Answers, name: str) -> Section | None:
    """The section called `name`, however its spaces and capitals are."""
    return next((section for key, section in answers.sections.items() if plain(key) == plain(name)), None)


def find_answer(marking: Marking, section: Section, quantity: str) -> Answer | None:
    """The answer to `quantity`, also under one of its other names."""
    simple = {plain(key): answer for key, answer in section.items()}
    names = (quantity, *marking.lab.rubric.aliases.get(quantity, ()))
    return next((simple[plain(name)] for name in names if plain(name) in simple), None)


def unknown_names(marking: Marking, answers: Answers) -> list[str]:
    """A sentence for each answer whose name the lab does not know, with the name that was probably meant."""
    asked: dict[str, list[str]] = {}
    for check in marking.lab.rubric.checks:
        if isinstance(check, lab.Answers):
            asked.setdefault(check.section, []).extend(check.quantities)
    sentences = []
    for section, names in asked.items():
        aliases = (alias for name in names for alias in (name, *marking.lab.rubric.aliases.get(name, ())))
        known = {plain(name) for name in aliases}
        for key in find_section(answers, section) or {}:
            if plain(key) not in known:
                near = difflib.get_close_matches(key, names, 1)
                mend = f"did you mean {near[0]!r}?" if near else f"the names are: {', '.join(names)}."
                sentences.append(f"In {answers.name}, section {section}: {key!r} is not asked for; {mend}")
    return sentences


def _hint(check: lab.Answers, marking: Marking) -> str:
    if all(split_derivative(name, marking.lab.graphs[check.section].names) for name in check.quantities):
        return "Go back from the loss: multiply the local derivatives along the path, one by one."
    return "Go through the graph in its order; a value that is wrong early makes the later ones wrong too."


def _finding(check: lab.Answers, marking: Marking, quantity: str, answer: Answer | None) -> Finding:
    if answer is None:
        return Finding(quantity, "blank", "this line is missing")
    if answer.value is None:
        return Finding(quantity, *(("unreadable", answer.problem) if answer.problem else ("blank", "not filled in")))
    graph = marking.lab.graphs[check.section]
    inputs = marking.lab.rubric.graphs[check.section].inputs["published"]
    expected = lab.expected(graph, [quantity], inputs)[quantity]
    tolerance = marking.lab.rubric.tolerances[check.tolerance]
    found = compare_numbers(answer.value, expected, tolerance, telling=quantity not in _intermediate(graph))
    text = f"your {answer.text} {found.text}" if found.text else ""
    return Finding(quantity, "right" if found.right else "wrong", text)


def _intermediate(graph: lab.Graph) -> set[str]:
    """Nodes before the loss, where a wrong value that happens to be half or twice the right one tells nothing."""
    return {node.name for node in graph.nodes} - {graph.output}
