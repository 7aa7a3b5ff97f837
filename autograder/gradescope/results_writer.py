"""results.json, complete and valid at every moment of a run.

Before the first check the file says that the grader did not finish; after each check it is written again, beside and
then renamed. Every check of the rubric is in it from the start. Format:
https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

import contextlib
import json
import math
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder import __version__
from autograder.fileio import NO_ROOM, CannotWrite, is_stdout, write_text
from autograder.gradescope.metadata import Metadata
from autograder.gradescope.progress import since_last
from autograder.outcome import CheckResult, GradeReport
from autograder.rubric import Lab

NOT_FINISHED = "The grader did not finish. This is not your fault; please tell your instructor."
FAULTY = (
    "The grader itself failed in at least one check, marked below. This is not your fault; please tell your instructor."
)
NOT_RUN = "Not marked: the grader did not get to this check."
LONGEST_OUTPUT = 8_000  # characters of one check's text
PAUSES = (0.1, 0.5, 2.0)  # seconds before the last write is tried again
PAUSE = 0.02  # seconds between two writes; of a run that is killed no more than that is lost
MOST_OUTPUT = 400_000  # characters of all texts together


class ResultsWriter:
    """The results file of one run, a context manager: at its end nothing waits to be written any more."""

    def __init__(self, path: Path, lab: Lab) -> None:
        """Write the first version: every check with 0 points, and the sentence that the grader did not finish."""
        self.path = path
        self._lab = lab
        self._indices = {check.number: index for index, check in enumerate(lab.rubric.checks)}
        self._scores: dict[str, float] = {}
        self._entries: dict[str, str] = {}  # as JSON: each is encoded once, and written after every check
        for number in self._indices:
            self._put(number, None)
        on_the_way = not is_stdout(path)  # where what is written cannot be replaced
        if on_the_way:
            write_text(path, self._text(NOT_FINISHED))
        self._writer = _Writer(path) if on_the_way else None

    def __enter__(self) -> "ResultsWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def record(self, graded: CheckResult) -> None:
        """Put in one check's outcome and have the file written again, while marking goes on."""
        self._put(graded.number, graded)
        if self._writer:
            self._writer.put(self._text(NOT_FINISHED))

    def finish(self, output: str, about: dict[str, Any] | None = None) -> None:
        """Write the file as it stands, with `output` as the text for the whole submission, and `about` it.

        It is tried a few times: where a program has filled the disk, there is room again once it is gone. Raises
        CannotWrite if that fails.
        """
        self._stop()
        text = self._text(output, about)
        for pause in PAUSES:
            try:
                return write_text(self.path, text)
            except CannotWrite as error:
                if error.errno not in NO_ROOM:
                    raise
                time.sleep(pause)
        write_text(self.path, text)

    def _stop(self) -> None:
        if self._writer:
            self._writer.stop()

    def _text(self, output: str, about: dict[str, Any] | None = None) -> str:
        about = {
            "score": round(math.fsum(self._scores.values()), 2),
            "output": output,
            "output_format": "text",
            "test_output_format": "text",
            "test_name_format": "text",
            "stdout_visibility": "hidden",
            "extra_data": versions(self._lab),
            **(about or {}),
        }
        return f'{_json(about)[:-1]}, "tests": [{", ".join(self._entries.values())}]}}\n'

    def _put(self, number: str, graded: CheckResult | None) -> None:
        entry = _entry(self._lab, self._indices[number], graded)
        self._scores[number] = entry["score"]
        self._entries[number] = _json(entry)


class _Writer:
    """Writes the newest text to a file in a thread: replacing a file takes ext4 5 ms, for which nothing has to wait."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._newest: str | None = None
        self._stopped = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def put(self, text: str) -> None:
        """Have `text` written, instead of an older one that still waits."""
        with self._changed:
            self._newest = text
            self._changed.notify()

    def stop(self) -> None:
        """Write what still waits, and end."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopped or self._newest is not None)
                text, self._newest = self._newest, None
            if text is None:
                return
            with contextlib.suppress(CannotWrite):  # what counts is the last write
                write_text(self._path, text)
            with self._changed:
                self._changed.wait_for(lambda: self._stopped, PAUSE)


def finished(report: GradeReport, lab: Lab, metadata: Metadata) -> str:
    """The text for the whole submission, for the student; it speaks only of checks that the student sees."""
    if report.faulty:
        return FAULTY
    seen = [check for check in shown(report, lab) if check.out_of]
    right = sum(check.state in ("right", "follows") for check in seen)
    summary = f"{right} of {len(seen)} checks are right. Each says what was asked, what came back and what to look at."
    # An attempt at which the grader failed is nothing to compare with.
    earlier = () if metadata.output in (FAULTY, NOT_FINISHED) else metadata.earlier
    since = since_last(earlier, report.checks, lab)
    return "\n\n".join(part for part in (summary, report.told, since) if part)


def about(report: GradeReport, lab: Lab, metadata: Metadata) -> dict[str, Any]:
    """The rest of the file's top level: how long it took, what is stored for the instructor, and the leaderboard."""
    individual = {"numbers_of": report.numbers_of, "warnings": list(report.warnings)} if lab.rubric.individual else {}
    data = {
        "execution_time": round(report.seconds, 2),
        "extra_data": {
            **versions(lab),
            "seed": report.seed,
            "device": report.device,
            "confinement": "reduced" if report.confinement.reduced else "full",
            "missing_layers": report.confinement.missing,
            "promises_not_kept": list(report.confinement.broken),
            "landlock": report.confinement.landlock,
            "seconds": {check.number: round(check.seconds, 3) for check in report.checks},
            **individual,
        },
    }
    return {**data, "leaderboard": _leaderboard(report, lab, metadata)} if lab.rubric.leaderboard else data


def versions(lab: Lab) -> dict[str, str]:
    """By what a submission was marked: the grader's version and the sha256 of rubric.yaml."""
    return {"grader": __version__, "rubric": lab.digest}


def _leaderboard(report: GradeReport, lab: Lab, metadata: Metadata) -> list[dict[str, Any]]:
    """Points, then submissions made. All students see it, so hidden checks do not count."""
    points = round(sum(check.outcome.points for check in shown(report, lab)), 2)
    columns: list[dict[str, Any]] = [{"name": "Points", "value": points, "order": "desc"}]
    if metadata.attempt is not None:
        columns.append({"name": "Submissions", "value": metadata.attempt, "order": "asc"})
    return columns


def shown(report: GradeReport, lab: Lab) -> list[CheckResult]:
    """The checks that students see from the start."""
    visible = {check.number for check in lab.rubric.checks if lab.visibility(check) == "visible"}
    return [check for check in report.checks if check.number in visible]


def failure(output: str) -> dict[str, Any]:
    """The content when there is no rubric to take checks from: the grader is not set up as it should be."""
    return {"score": 0, "output": output, "output_format": "text", "stdout_visibility": "hidden", "tests": []}


def write(path: Path, data: dict[str, Any]) -> None:
    """Write JSON as `write_text` does."""
    write_text(path, _json(data) + "\n")


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, allow_nan=False, ensure_ascii=True)  # not indented: that takes ten times as long


def _entry(lab: Lab, index: int, graded: CheckResult | None) -> dict[str, Any]:
    """One test of the file: the score finite and between 0 and its maximum, the text bounded."""
    check = lab.rubric.checks[index]
    score = graded.outcome.points if graded and math.isfinite(graded.outcome.points) else 0.0
    score = min(max(score, 0.0), check.points)
    text = graded.outcome.text if graded else NOT_RUN
    longest = min(LONGEST_OUTPUT, MOST_OUTPUT // len(lab.rubric.checks))
    entry = {
        "name": check.name,
        "number": check.number,
        "score": round(score, 2),
        "max_score": check.points,
        "status": "passed" if graded and not graded.fault and score >= check.points else "failed",
        "output": text if len(text) <= longest else text[: longest - 1] + "…",
        "visibility": lab.visibility(check),
    }
    return {**entry, "tags": list(check.tags)} if check.tags else entry
