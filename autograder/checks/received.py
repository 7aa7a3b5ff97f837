"""The check without points: what was submitted, what was read leniently, and what could not be read."""

from autograder.checks.context import GradingContext
from autograder.checks.exceptions import advice
from autograder.checks.failures import quoted
from autograder.checks.paper import find_answer, find_section, is_exchanged, unknown_names
from autograder.outcome import Outcome
from autograder.rubric import ReceivedCheck
from autograder.sandbox.host.process import Response
from autograder.sandbox.host.protocol import Failure, Loaded
from autograder.text import join_names, plural


def grade(check: ReceivedCheck, context: GradingContext, loading: Response | None) -> Outcome:
    """Name the files read, count the answers filled in, and pass on every note and problem.

    loading: what came of executing the program; None if there is none.
    """
    submission = context.submission
    names = [part.name for part in (submission.program, submission.answers) if part is not None]
    asked = "Neither the program nor the answers" if context.lab.answers else "No program"
    parts = [f"{join_names(names)} read" if names else f"{asked} could be read"]
    if submission.answers is not None:
        parts.append(_filled_in(context))
    trouble = list(submission.problems)
    if submission.answers is not None:
        trouble += unknown_names(context, submission.answers)
    hints, reasons = [], []
    if loading and isinstance(loading.reply, Loaded):
        for failure in loading.reply.failures:
            trouble.append(_trouble(failure, submission.program.name if submission.program else ""))
            hints.append(advice(failure, "\n".join(submission.program.cells if submission.program else ())))
            reasons.append(quoted(failure))
    context.record.reasons[check.number] = tuple(reasons)
    notes = [*submission.notes, *(submission.answers.notes if submission.answers else ())]
    if submission.answers is not None and is_exchanged(context, submission.answers):
        notes.append("Some answers are under the wrong heading; they were read by their names.")
    if loading and isinstance(loading.reply, Loaded) and loading.reply.stand_ins:
        stubs = ", ".join(sorted(set(loading.reply.stand_ins)))
        notes.append(f"Not installed here, and replaced by stubs that do nothing: {stubs}.")
    hint = next((words for words in hints if words), "")
    return Outcome(0.0, "\n".join([", ".join(parts) + ".", *trouble]), hint=hint, notes=tuple(notes))


def _trouble(failure: Failure, program: str) -> str:
    if failure.type in ("SyntaxError", "IndentationError", "TabError") and failure.file == program:
        return f"Python cannot read the program, so none of its functions can be graded: {quoted(failure)}"
    if failure.type in ("ModuleNotFoundError", "ImportError"):
        return f"An import was skipped: {quoted(failure)} Code that does not need it is graded."
    if failure.skipped:
        return f"A statement outside of functions was skipped: {quoted(failure)} Code that does not need it is graded."
    where = "The program" if failure.file == program else "A part of the program"
    return f"{where} stopped while it was loading, with {quoted(failure)} What it defined before is graded."


def _filled_in(context: GradingContext) -> str:
    assert context.submission.answers is not None
    answers = context.submission.answers
    given = [
        find_answer(context, find_section(context, answers, section) or {}, name)
        for section, names in context.lab.paper().items()
        for name in names
    ]
    filled = sum(answer is not None and answer.text != "" for answer in given)
    unreadable = sum(answer is not None and answer.problem is not None for answer in given)
    return f"{filled} of {plural(len(given), 'answer')} filled in" + (
        f" ({unreadable} unreadable)" if unreadable else ""
    )
