"""results.json, complete and valid at every moment of a run.

Before the first check the file says that the grader did not finish; after each check it is written again, beside and
then renamed. Every check of the rubric is in it from the start. Format:
https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

import contextlib
import json
import math
import os
from pathlib import Path
from typing import Any

from autograder.lab import Lab
from autograder.outcome import GradeReport, Marked

NOT_FINISHED = "The grader did not finish. This is not your fault; please tell your instructor."
NOT_RUN = "Not marked: the grader did not get to this check."
LONGEST_OUTPUT = 8_000  # characters of one check's text
MOST_OUTPUT = 400_000  # characters of all texts together


class CannotWrite(Exception):
    """The results file cannot be written; str() says where, why and what to do."""


class Results:
    """The results file of one run."""

    def __init__(self, path: Path, lab: Lab) -> None:
        """Write the first version: every check with 0 points, and the sentence that the grader did not finish."""
        self.path = path
        self._lab = lab
        self._indices = {check.number: index for index, check in enumerate(lab.rubric.checks)}
        self._scores: dict[str, float] = {}
        self._entries: dict[str, str] = {}  # as JSON: each is encoded once, and written after every check
        for number in self._indices:
            self._put(number, None)
        self.finish(NOT_FINISHED)

    def record(self, marked: Marked) -> None:
        """Put in one check's outcome and write the file again."""
        self._put(marked.number, marked)
        self.finish(NOT_FINISHED)

    def finish(self, output: str, seconds: float = 0.0, extra: dict[str, Any] | None = None) -> None:
        """Write the file as it stands, with `output` as the text for the whole submission."""
        about = {
            "score": round(math.fsum(self._scores.values()), 2),
            "execution_time": round(seconds, 2),
            "output": output,
            "output_format": "text",
            "test_output_format": "text",
            "test_name_format": "text",
            "stdout_visibility": "hidden",
            "extra_data": extra or {},
        }
        _write(self.path, f'{_json(about)[:-1]}, "tests": [{", ".join(self._entries.values())}]}}')

    def _put(self, number: str, marked: Marked | None) -> None:
        entry = _entry(self._lab, self._indices[number], marked)
        self._scores[number] = entry["score"]
        self._entries[number] = _json(entry)


def finished(report: GradeReport, lab: Lab) -> str:
    """The text for the whole submission, for the student; it speaks only of checks that the student sees."""
    visible = {check.number for check in lab.rubric.checks if lab.visibility(check) == "visible"}
    seen = [check for check in report.checks if check.number in visible and check.out_of]
    if report.faulty:
        return (
            "The grader itself failed in at least one check, marked below. "
            "This is not your fault; please tell your instructor."
        )
    right = sum(check.state == "right" for check in seen)
    return f"{right} of {len(seen)} checks are right. Each says what was asked, what came back and what to look at."


def extra(report: GradeReport) -> dict[str, Any]:
    """What is stored with a submission for the instructor."""
    return {
        "device": report.device,
        "confinement": "reduced" if report.confinement.reduced else "full",
        "missing_layers": report.confinement.missing,
    }


def failure(output: str) -> dict[str, Any]:
    """The content when there is no rubric to take checks from: the grader is not set up as it should be."""
    return {"score": 0, "output": output, "output_format": "text", "stdout_visibility": "hidden", "tests": []}


def write(path: Path, data: dict[str, Any]) -> None:
    """Write JSON beside `path` and rename it, so that there is never half a file. Raises CannotWrite."""
    _write(path, _json(data))


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, allow_nan=False, ensure_ascii=True)  # not indented: that takes ten times as long


def _write(path: Path, text: str) -> None:
    try:
        if path.is_symlink():
            path = path.resolve()
        if path.exists() and not path.is_file() and not path.is_dir():  # a device, say: there is nothing to rename
            path.write_text(text + "\n", encoding="ascii")
        else:
            _replace(path, text + "\n")
    except OSError as error:
        why = f"{path}: the results cannot be written ({error.strerror}); name another file with --results"
        raise CannotWrite(why) from None


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        beside.write_text(text, encoding="ascii")
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def _entry(lab: Lab, index: int, marked: Marked | None) -> dict[str, Any]:
    """One test of the file: the score finite and between 0 and its maximum, the text bounded."""
    check = lab.rubric.checks[index]
    score = marked.outcome.points if marked and math.isfinite(marked.outcome.points) else 0.0
    score = min(max(score, 0.0), check.points)
    text = marked.outcome.text if marked else NOT_RUN
    longest = min(LONGEST_OUTPUT, MOST_OUTPUT // len(lab.rubric.checks))
    entry = {
        "name": check.name,
        "number": check.number,
        "score": round(score, 2),
        "max_score": check.points,
        "status": "passed" if marked and not marked.fault and score >= check.points else "failed",
        "output": text if len(text) <= longest else text[: longest - 1] + "…",
        "visibility": lab.visibility(check),
    }
    return {**entry, "tags": list(check.tags)} if check.tags else entry
