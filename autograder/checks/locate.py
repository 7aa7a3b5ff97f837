"""The line of a mistake: where one small change of the program makes everything right that its function returns.

If two mistakes together explain the results, there are two more searches: a change with which the function returns what
one mistake alone would give is in the line of the other.

The sandbox makes the changes and calls the function (see sandbox/child/repair); here its answers are compared, as in
grading, for inputs drawn for this search alone: which line is found does not depend on the inputs that count. No points
depend on it.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from autograder.checks.context import CodeContext
from autograder.checks.failures import may_tell_lines
from autograder.checks.line_search import Effort, Search, places_in
from autograder.mistakes.procedure import Mistake
from autograder.mistakes.rare import ALONE
from autograder.outcome import CheckResult, Line, Outcome
from autograder.rubric import CodeCheck
from autograder.sandbox.host.program import SandboxedProgram


def with_lines(
    context: CodeContext, program: SandboxedProgram, results: Sequence[CheckResult], effort: Effort
) -> tuple[CheckResult, ...]:
    """The results, with the line of the mistake in the outcome of each check of a wrong function, if it is found.

    It is looked for by the checks that the student sees now: how long that takes and what is tried shows nothing of the
    others.
    """
    cells = context.submission.program.cells if context.submission.program else ()
    if not may_tell_lines(cells):
        return tuple(results)
    outcomes = {each.number: each.outcome for each in results if not each.fault}
    seen = [
        check
        for check in context.lab.rubric.checks
        if isinstance(check, CodeCheck) and check.number in outcomes and context.lab.visibility(check) == "visible"
    ]
    wrong = dict.fromkeys(check.function for check in seen if not _all_right(outcomes[check.number]))
    right = {check.function for check in seen} - set(wrong)
    to_explain = dict.fromkeys(check.function for check in seen if _to_explain(outcomes[check.number], effort))
    found: dict[str, tuple[Line, ...]] = {}
    end = time.monotonic() + effort.seconds
    for left, function in zip(range(len(to_explain), 0, -1), to_explain, strict=True):
        until = time.monotonic() + (end - time.monotonic()) / left  # what one does not need is for the others
        own = [check for check in seen if check.function == function]
        others = frozenset(wrong) - {function}
        search = Search(
            function, context, program, effort, tuple(own), frozenset(right), others, until, _places(own, outcomes)
        )
        lines = search.lines(_pair(context, function))
        found.update({check.number: lines for check in own if not _all_right(outcomes[check.number])})
    return tuple(
        replace(each, outcome=replace(each.outcome, lines=found[each.number])) if each.number in found else each
        for each in results
    )


def _pair(context: CodeContext, function: str) -> tuple[Mistake, ...]:
    """The two mistakes that the student is told explain the results together, if it is one pair and nothing else.

    None if they are of the same kind, such as a factor that is missing in two gradients: then it is likely to be one
    mistake, in a line on which both depend.
    """
    explanations = context.record.explanations.get((function, "visible"), [])
    kinds = {mistake.id.partition("@")[0] for each in explanations for mistake in each}
    return explanations[0] if len(explanations) == 1 and len(kinds) == 2 else ()


def _all_right(outcome: Outcome) -> bool:
    return bool(outcome.findings) and all(each.state == "right" for each in outcome.findings)


def _to_explain(outcome: Outcome, effort: Effort) -> bool:
    """Whether something is wrong that does not follow from another function."""
    wrong = any(each.state in ("wrong", "partly") for each in outcome.findings)
    known = any(not id.startswith(ALONE) for explanation in outcome.mistakes for id in explanation)
    return outcome.graded and wrong and not (effort.only_unexplained and known)


def _places(checks: Sequence[CodeCheck], outcomes: Mapping[str, Outcome]) -> frozenset[str]:
    """The quantities that known mistakes are in, which explain the results of these checks."""
    ids = {id for check in checks for explanation in outcomes[check.number].mistakes for id in explanation}
    return places_in(ids)
