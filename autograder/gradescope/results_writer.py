"""results.json of one run, complete and valid at every moment.

Before the first check the file says that the grader did not finish. It is written again within a second after a check
ends, and at the end with the final text. It always lists every check of the rubric. In a class the file is written
once, at the end: if a grader is killed there, the submission is graded again.
"""

import contextlib
import math
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from autograder import __version__
from autograder.fileio import NO_ROOM, CannotWrite, is_stdout, write_text
from autograder.gradescope.metadata import Metadata
from autograder.gradescope.progress import since_last
from autograder.gradescope.results_json import OUT_OF, Column, Results, TestEntry, encode
from autograder.outcome import CheckResult, GradeReport
from autograder.rubric import Check, Lab

NOT_FINISHED = "The grader did not finish. This is not your fault; please tell your instructor."
FAULTY = (
    "The grader itself failed in at least one check; see below. This is not your fault; please tell your instructor."
)
NOT_RUN = "Not graded: the grader did not get to this check."
LONGEST_OUTPUT = 8_000  # characters of one check's text
MOST_OUTPUT = 400_000  # characters of all texts together
WITHIN = 1.0  # seconds from the end of a check to its write: replacing a file takes ext4 some milliseconds
PAUSES = (0.1, 0.5, 2.0)  # seconds before the last write is tried again


class ResultsWriter:
    """The results file of one run. A context manager: whatever ends it, the file has all recorded checks."""

    def __init__(self, path: Path, lab: Lab, *, only_at_the_end: bool = False) -> None:
        """Write the first version: every check with 0 points, and the sentence that the grader did not finish.

        only_at_the_end: write nothing but the final version, because whoever runs this writes the file if it fails.
        """
        self.path = path
        self._lab = lab
        self._checks = {check.number: check for check in lab.rubric.checks}
        self._tests = {number: _entry(lab, check, None) for number, check in self._checks.items()}
        self._early = not (only_at_the_end or is_stdout(path))  # only the last version can go to stdout
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None  # writes what was recorded, even while the next check hangs
        if self._early:
            self._write(Results(output=NOT_FINISHED))

    def __enter__(self) -> "ResultsWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._write_so_far()

    def record(self, graded: CheckResult) -> None:
        """Add the result of one check. The file has it within a second, whatever the next check does."""
        with self._lock:
            self._tests[graded.number] = _entry(self._lab, self._checks[graded.number], graded)
            if self._early and self._timer is None:
                self._timer = threading.Timer(WITHIN, self._write_so_far)
                self._timer.daemon = True
                self._timer.start()

    def finish(self, output: str, about: Results | None = None) -> None:
        """Write the final version, with `output` as the text for the whole submission.

        about: the other keys of the whole file. The write is tried a few times: a program may have filled the disk, and
        there is room again once it is gone. Raises CannotWrite if that fails.
        """
        results = msgspec.structs.replace(about or Results(), output=output)
        with self._lock:
            self._stop_timer()
            for pause in PAUSES:
                try:
                    return self._write(results)
                except CannotWrite as error:
                    if error.errno not in NO_ROOM:
                        raise
                    time.sleep(pause)
            self._write(results)

    def _write_so_far(self) -> None:
        """Write what is recorded and not yet written; a failure is ignored, because only the last write counts."""
        with self._lock:
            if self._timer is not None:
                self._stop_timer()
                with contextlib.suppress(CannotWrite):
                    self._write(Results(output=NOT_FINISHED))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None

    def _write(self, results: Results) -> None:
        """Write `results` with the tests as they stand."""
        write_text(self.path, encode(_complete(self._lab, results, tuple(self._tests.values()))))


def rewrite(path: Path, report: GradeReport, lab: Lab, metadata: Metadata, missing: str = NOT_RUN) -> None:
    """Write the file of a finished report at once, the same as its run left it. Raises CannotWrite.

    missing: the text of checks that the report lacks.
    """
    graded = {check.number: check for check in report.checks}
    tests = tuple(_entry(lab, check, graded.get(check.number), missing) for check in lab.rubric.checks)
    results = msgspec.structs.replace(about(report, lab, metadata), output=finished(report, lab, metadata))
    write_text(path, encode(_complete(lab, results, tests)))


def _complete(lab: Lab, results: Results, tests: tuple[TestEntry, ...]) -> Results:
    """The whole file: `results` with the tests, and with their sum if the score is not set."""
    total = round(lab.scale * math.fsum(test.score or 0.0 for test in tests), 2)
    return msgspec.structs.replace(
        results,
        score=total if results.score is None else results.score,
        output_format="text",
        test_output_format="text",
        test_name_format="text",
        extra_data=results.extra_data or versions(lab),
        tests=tests,
    )


def finished(report: GradeReport, lab: Lab, metadata: Metadata) -> str:
    """The text for the whole submission, for the student; it speaks only of checks that the student sees."""
    if report.faulty:
        return FAULTY
    seen = [check for check in shown(report, lab) if check.out_of]
    right = sum(check.state in ("right", "follows") for check in seen)
    summary = (
        f"{right} of {len(seen)} checks are right. Each says what was asked, what you returned and what to look at."
    )
    if not report.checks:  # graded by hand
        return report.told
    # An attempt at which the grader failed is nothing to compare with.
    earlier = () if metadata.output in (FAULTY, NOT_FINISHED) else metadata.earlier
    since = since_last(earlier, report.checks, lab)
    return "\n\n".join(part for part in (summary, report.told, since) if part)


def about(report: GradeReport, lab: Lab, metadata: Metadata) -> Results:
    """The keys of the whole file but for its text: how long it took, what is stored for the instructor, and the
    leaderboard."""
    individual = {"numbers_of": report.numbers_of, "warnings": list(report.warnings)} if lab.rubric.individual else {}
    extra_data = {
        **versions(lab),
        "seed": report.seed,
        "device": report.device,
        "confinement": "reduced" if report.confinement.reduced else "full",
        "missing_layers": report.confinement.missing,
        "promises_not_kept": list(report.confinement.broken),
        "landlock": report.confinement.landlock,
        "seconds": {check.number: round(check.seconds, 3) for check in report.checks},
        **individual,
        **({"overrides": list(report.overrides)} if report.overrides else {}),
    }
    leaderboard = _leaderboard(report, lab, metadata) or None
    return Results(
        report.total, execution_time=round(report.seconds, 2), extra_data=extra_data, leaderboard=leaderboard
    )


def versions(lab: Lab) -> dict[str, Any]:
    """What a submission was graded with: the grader's version and the sha256 of rubric.yaml.

    The maximum of the total is there too if the checks do not add up to it.
    """
    scaled = {OUT_OF: lab.rubric.points} if lab.scale != 1.0 else {}
    return {"grader": __version__, "rubric": lab.digest, **scaled}


def _leaderboard(report: GradeReport, lab: Lab, metadata: Metadata) -> tuple[Column, ...]:
    """If the rubric asks for it, points and the number of submissions; then what tests in Python put there. All
    students see it, so hidden checks do not count, unless an instructor set the total."""
    own = [Column(each.column, each.value, each.order) for check in report.checks for each in check.outcome.leaderboard]
    return (*(_points(report, lab, metadata) if lab.rubric.leaderboard else ()), *own)


def _points(report: GradeReport, lab: Lab, metadata: Metadata) -> tuple[Column, ...]:
    points = Column("Points", report.sum_of(shown(report, lab)) if report.total is None else report.total)
    return (points, *([Column("Submissions", metadata.attempt, "asc")] if metadata.attempt is not None else []))


def shown(report: GradeReport, lab: Lab) -> list[CheckResult]:
    """The checks that students see from the start."""
    now = visible(lab)
    return [check for check in report.checks if check.number in now]


def visible(lab: Lab) -> set[str]:
    """The numbers of the checks that students see from the start."""
    return {check.number for check in lab.rubric.checks if lab.visibility(check) == "visible"}


def failure(output: str) -> Results:
    """The content if there is no rubric to take checks from, because the grader is not set up as it should be."""
    return Results(score=0, output=output, output_format="text")


def write(path: Path, results: Results) -> None:
    """Write the file as `write_text` does."""
    write_text(path, encode(results))


def _text(graded: CheckResult) -> str:
    """What the student reads, with the losses of a loop that is not right as a picture made of text: Gradescope shows
    that in every format, and sanitizes HTML by rules that it does not document."""
    curve = graded.outcome.curve
    return "\n".join([graded.outcome.text, *([curve.text] if curve and graded.state != "right" else [])])


def _entry(lab: Lab, check: Check, graded: CheckResult | None, missing: str = NOT_RUN) -> TestEntry:
    """One test of the file: its score finite and between 0 and the maximum, its text bounded."""
    score, most = graded.outcome.points if graded and math.isfinite(graded.outcome.points) else 0.0, check.worth
    if not (graded and graded.decided):  # an instructor may give more than the maximum
        score = min(max(score, 0.0), most)
    text = _text(graded) if graded else missing
    longest = min(LONGEST_OUTPUT, MOST_OUTPUT // len(lab.rubric.checks))
    return TestEntry(
        name=check.name,
        number=check.number,
        score=round(score, 2),
        max_score=most,
        status="passed" if graded and not graded.fault and score >= most else "failed",
        output=text if len(text) <= longest else text[: longest - 1] + "…",
        visibility=lab.visibility(check),
        tags=check.tags or None,
    )
