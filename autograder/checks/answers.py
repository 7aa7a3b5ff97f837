"""Answers worked out on paper, compared with the graph's values at its published inputs."""

from collections.abc import Mapping

from autograder import lab
from autograder.checks.compare import compare_numbers
from autograder.checks.marking import Marking
from autograder.outcome import Finding, Outcome
from autograder.submission import Answer


def mark(check: lab.Answers, marking: Marking) -> Outcome:
    """Each quantity earns an equal share; blank, wrong and unreadable are told apart."""
    answers = marking.submission.answers
    if answers is None:
        return Outcome(
            0.0, f"Not marked: there is no {marking.lab.rubric.answers} to read (see the first entry).", marked=False
        )
    section = answers.sections.get(check.section.lower())
    if section is None:
        return Outcome(
            0.0,
            f"There is no section {check.section!r} in {answers.name}.",
            hint="Keep the template's lines, indented as they are.",
            marked=False,
        )
    findings = tuple(
        _finding(check, marking, quantity, find_answer(marking, section, quantity)) for quantity in check.quantities
    )
    right = sum(finding.state == "right" for finding in findings)
    if all(finding.state == "blank" for finding in findings):
        return Outcome(0.0, "Not filled in.", hint=f"Write your results from paper into {answers.name}.")
    hint = (
        ""
        if right == len(findings)
        else "Go through the graph in its order; a value that is wrong early makes the later ones wrong too."
    )
    return Outcome(round(check.points * right / len(findings), 2), f"{right} of {len(findings)} right.", findings, hint)


def find_answer(marking: Marking, section: Mapping[str, Answer], quantity: str) -> Answer | None:
    """The answer to `quantity`, also under one of its other names."""
    for name in (quantity, *marking.lab.rubric.aliases.get(quantity, ())):
        if name.lower() in section:
            return section[name.lower()]
    return None


def _finding(check: lab.Answers, marking: Marking, quantity: str, answer: Answer | None) -> Finding:
    if answer is None:
        return Finding(quantity, "blank", "this line is missing")
    if answer.value is None:
        return (
            Finding(quantity, "wrong", answer.problem)
            if answer.problem
            else Finding(quantity, "blank", "not filled in")
        )
    entry = marking.lab.rubric.graphs[check.section]
    expected = lab.expected(marking.lab.graphs[check.section], quantity, entry.inputs["published"])
    found = compare_numbers(answer.value, expected, marking.lab.rubric.tolerances[check.tolerance])
    return Finding(
        quantity, "right" if found.right else "wrong", f"your {answer.text} {found.text}" if found.text else ""
    )
