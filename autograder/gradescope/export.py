"""Gradescope's "Export Submissions": a folder for each active submission, and submission_metadata.yml about them all.

Read leniently, as `metadata` is: what is missing or of another type counts as not told. Its keys are Ruby's symbols
(":submitters"), and all before `:history:` tells of the latest attempt.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from autograder import typed_yaml
from autograder.gradescope.metadata import Person, person, plain_mapping, score_of, time_of
from autograder.typed_yaml import FileError

METADATA = "submission_metadata.yml"


@dataclass(frozen=True)
class Attempt:
    """One time that somebody handed in. None for what is not told."""

    created: datetime | None
    score: float | None


@dataclass(frozen=True)
class Exported:
    """One active submission: the name of its folder, who handed in, and all attempts, the oldest first."""

    folder: str
    people: tuple[Person, ...]
    attempts: tuple[Attempt, ...]


def is_export(folder: Path) -> bool:
    """Whether a folder is an unpacked export."""
    return (folder / METADATA).is_file()


def read(folder: Path) -> tuple[Exported, ...]:
    """The submissions of an unpacked export that have a folder there, in the order of its metadata, then those of
    which the metadata tells nothing. Raises FileError when the metadata is not YAML."""
    told = plain_mapping(_yaml(folder / METADATA))
    there = sorted(path.name for path in folder.iterdir() if path.is_dir() and path.name.startswith("submission_"))
    names = [*(name for name in told if name in there), *(name for name in there if name not in told)]
    return tuple(_exported(name, plain_mapping(told.get(name))) for name in names)


def _yaml(path: Path) -> Any:
    """All earlier results are in this file too, so it can be large: the C parser reads it five times faster."""
    try:
        return yaml.load(typed_yaml.text(path), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        line = (
            f", line {error.problem_mark.line + 1}"
            if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark
            else ""
        )
        raise FileError(f"{path}{line}: it is not valid YAML; download the export again") from None


def _exported(folder: str, told: Mapping[str, Any]) -> Exported:
    submitters = told.get(":submitters")
    people = (person(plain_mapping(each), ":") for each in (submitters if isinstance(submitters, list) else ()))
    return Exported(folder, tuple(each for each in people if each), tuple(_attempts(told)) if told else ())


def _attempts(told: Mapping[str, Any]) -> Iterator[Attempt]:
    history = told.get(":history")
    earlier = [plain_mapping(each) for each in (history if isinstance(history, list) else ())]
    attempts = [Attempt(time_of(each.get(":created_at")), score_of(each.get(":score"))) for each in (*earlier, told)]
    timed = [each for each in attempts if each.created]
    # Some exports list the active attempt in the history too.
    latest = {each.created: each for each in timed}
    yield from sorted(latest.values(), key=lambda each: each.created.timestamp() if each.created else 0.0)
    yield from (each for each in attempts if each.created is None)
