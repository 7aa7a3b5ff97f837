"""Wrong programs: each is graded as a submission. Does it lose points, is the mistake named, and is its line found?"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from autograder import submission
from autograder.authoring.audit.budget import ENDLESS, Budget
from autograder.authoring.audit.changes import Change, changes
from autograder.authoring.audit.function import checks_of, functions
from autograder.authoring.audit.progress import Progress
from autograder.checks import suite
from autograder.checks.context import CodeContext
from autograder.checks.oracle import Oracle
from autograder.grader import Grader
from autograder.mistakes.for_lab import Mistakes
from autograder.outcome import GradeReport, Line
from autograder.rubric import CodeCheck, Lab
from autograder.sandbox.host.fork_server import ForkServer
from autograder.submission import Submission

CALL = 2.0  # seconds for one call: a change may make a loop endless
SUBMISSION = 20.0  # seconds for one program, which may be endless in every call
DRAWS = 20  # of the hidden inputs, with which a program that loses no points is tried again


@dataclass(frozen=True)
class WrongProgram:
    """A change of the reference, and what the grader says about it."""

    change: Change
    caught: bool  # whether it loses points
    answered: bool = True  # whether its functions return something; if not, the exception names the line
    named: bool = False  # whether the feedback names a mistake
    line: Literal["right", "wrong", "none"] = "none"  # what the feedback says about the line
    shows: int = 0  # in how many of DRAWS it would lose points, if it loses none


@dataclass(frozen=True)
class FunctionPrograms:
    """The wrong programs of one function."""

    function: str
    programs: tuple[WrongProgram, ...]
    untried: int = 0  # how many more there are, for which there was no time

    @property
    def caught(self) -> tuple[WrongProgram, ...]:
        """Those that lose points."""
        return tuple(each for each in self.programs if each.caught)

    @property
    def harmless(self) -> tuple[WrongProgram, ...]:
        """Those that lose no points in any draw: equivalent to the reference, or missed by the checks."""
        return tuple(each for each in self.programs if not each.caught and not each.shows)

    @property
    def escapes(self) -> tuple[WrongProgram, ...]:
        """Those that lose no points, but would in other draws of the hidden inputs."""
        return tuple(each for each in self.programs if not each.caught and each.shows)

    @property
    def wrong_lines(self) -> tuple[WrongProgram, ...]:
        """Those of which the feedback names a line that is right."""
        return tuple(each for each in self.programs if each.line == "wrong")

    @property
    def row(self) -> tuple[int, ...]:
        """How many there are, are caught, are named, have the right line, the wrong line, none, and no result."""
        unfound = [each for each in self.caught if each.line == "none"]
        return (
            len(self.programs),
            len(self.caught),
            sum(each.named for each in self.caught),
            sum(each.line == "right" for each in self.programs),
            len(self.wrong_lines),
            sum(each.answered for each in unfound),
            sum(not each.answered for each in unfound),
        )


def grade_programs(
    the_lab: Lab,
    server: ForkServer,
    scratch: Path,
    number: int,
    budget: Budget = ENDLESS,
    progress: Progress | None = None,
) -> tuple[FunctionPrograms, ...]:
    """Grade wrong programs of each function that checks call.

    Args:
        the_lab: The lab.
        server: Starts their processes.
        scratch: A folder for their results.
        number: How many for each function.
        budget: How long to try.
        progress: Is told how far it is.

    Raises:
        GraderFault: The reference cannot be run.
    """
    limits = the_lab.rubric.limits
    lab = the_lab.with_limits(call=min(CALL, limits.call), submission=min(SUBMISSION, limits.submission))
    reference = submission.read(lab.reference, program=lab.rubric.program, answers=lab.answers, arrays=lab.paper_arrays)
    names = functions(lab)
    if reference.program is None or number < 1:
        return ()
    told = progress or Progress()
    made = {name: changes(reference.program, name, names, number) for name in names}
    told.expect("wrong programs", sum(map(len, made.values())))
    found = []
    with Grader(lab, server, "cpu") as grader:
        right = grader.grade(reference, scratch / "program.json")
        trial = _Trial(lab, grader, reference, right, scratch / "program.json")
        for name, own in budget.divided(names, lambda each: 1 + len(made[each])):
            tried = tuple(trial.of(name, own.of_these(made[name]), partial(told.advance, "wrong programs")))
            found.append(FunctionPrograms(name, tried, len(made[name]) - len(tried)))
    return tuple(found)


@dataclass(frozen=True)
class _Trial:
    lab: Lab
    grader: Grader
    reference: Submission
    right: GradeReport  # of the reference
    target: Path

    def of(self, function: str, tried: Iterable[Change], advance: Callable[[], None]) -> Iterator[WrongProgram]:
        """Grade the wrong programs of a function."""
        for change in tried:
            wrong = replace(self.reference, program=change.program)
            yield self._judged(function, change, wrong, self.grader.grade(wrong, self.target))
            advance()

    def _judged(self, function: str, change: Change, wrong: Submission, report: GradeReport) -> WrongProgram:
        if not _loses(report, self.right):
            return WrongProgram(change, caught=False, shows=self._shows(function, wrong))
        return WrongProgram(
            change,
            caught=True,
            answered=not any(each.outcome.unanswered for each in report.checks),
            named=any(each.outcome.mistakes for each in report.checks),
            line=_verdict(change, [line for each in report.checks for line in each.outcome.lines]),
        )

    def _shows(self, function: str, wrong: Submission) -> int:
        """In how many draws of the hidden inputs a program loses points."""
        lost = self._lost(range(DRAWS), function, wrong)
        # Once more, in another process: on a busy machine a call may just have taken too long.
        return len(self._lost(lost, function, wrong)) if lost else 0

    def _lost(self, draws: Iterable[int], function: str, wrong: Submission) -> list[int]:
        """With which draws a program loses points."""
        assert wrong.program is not None
        oracle = Oracle(self.lab, self.grader.reference())
        found = []
        with self.grader.program(wrong) as program:
            for draw in draws:
                drawn = replace(wrong, program=replace(wrong.program, digest=f"{wrong.program.digest} {draw}"))
                context = CodeContext(self.lab, drawn, Mistakes(self.lab), program, oracle, diagnose=False)
                if any(_takes_points_off(check, context) for check in checks_of(self.lab, function)):
                    found.append(draw)
        return found


def _loses(report: GradeReport, right: GradeReport) -> bool:
    """Whether any check gives fewer points than to the reference."""
    return any(
        each.outcome.points < same.outcome.points for each, same in zip(report.checks, right.checks, strict=True)
    )


def _takes_points_off(check: CodeCheck, context: CodeContext) -> bool:
    return suite.grade(check, context).points < check.points


def _verdict(change: Change, lines: Sequence[Line]) -> Literal["right", "wrong", "none"]:
    """Whether every line that the feedback says is the changed one, or names it among others."""
    if not lines:
        return "none"
    title = change.program.titles[change.cell - 1] if len(change.program.cells) > 1 else ""
    right = (line.file == title and any(line.names(each) for each in change.lines) for line in lines)
    return "right" if all(right) else "wrong"
