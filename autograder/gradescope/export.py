"""Read Gradescope's "Export Submissions": a folder per active submission, and submission_metadata.yml about them all.

Reading is lenient, as in `metadata`: a value that is missing or has another type counts as unknown. The keys are Ruby
symbols (":submitters"), and everything before `:history:` describes the latest attempt.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import yaml
from yaml.composer import Composer, ComposerError

from autograder.fileio import kind
from autograder.gradescope.metadata import parse_person, plain_mapping, score_of, time_of
from autograder.roster import Person
from autograder.yaml_config import FileError

METADATA = "submission_metadata.yml"
RESULTS = ":results"
SUBMISSION = "submission_"  # the name of every folder begins with it


@dataclass(frozen=True)
class Attempt:
    """One attempt. Unknown values are None."""

    created: datetime | None
    score: float | None
    active: bool = False  # whether the export contains this attempt; a student may have activated an earlier one


@dataclass(frozen=True)
class ExportedSubmission:
    """One active submission."""

    folder: str  # its name
    people: tuple[Person, ...]
    attempts: tuple[Attempt, ...]  # oldest first
    present: bool = True  # whether its folder is in the export


def is_export(folder: Path) -> bool:
    """Whether a folder is an unpacked export."""
    return kind(folder / METADATA) == "file"


def read(folder: Path) -> tuple[ExportedSubmission, ...]:
    """The submissions of an unpacked export: those that the metadata describes, in its order, then all others.

    Raises FileError if the metadata is not YAML.
    """
    present = {path.name for path in folder.iterdir() if kind(path) == "folder" and path.name.startswith(SUBMISSION)}
    metadata = _read_metadata(folder / METADATA)
    found = (
        metadata.get(name) or ExportedSubmission(name, (), ())
        for name in [*metadata, *sorted(present.difference(metadata))]
    )
    return tuple(replace(each, present=each.folder in present) for each in found)


def _read_metadata(path: Path) -> dict[str, ExportedSubmission]:
    """What the metadata says about each submission."""
    try:
        with path.open("rb") as stream:
            try:
                return _parse_all(_Loader(stream).pairs())
            except ComposerError:  # an alias that refers to something in the results
                stream.seek(0)
                whole = yaml.load(stream, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
                return _parse_all(plain_mapping(whole).items())
    except OSError as error:
        raise FileError(f"{path}: it cannot be read ({error.strerror}); check its permissions") from None
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        line = f", line {mark.line + 1}" if mark else ""
        raise FileError(f"{path}{line}: it is not valid YAML; download the export again") from None
    except (ValueError, RecursionError):  # a date that does not exist, a number of many thousand digits, deep nesting
        raise FileError(f"{path}: it contains an invalid value; download the export again") from None


def _parse_all(pairs: Iterable[tuple[Any, Any]]) -> dict[str, ExportedSubmission]:
    return {
        name: _parse_submission(name, plain_mapping(metadata))
        for name, metadata in pairs
        if isinstance(name, str) and name.startswith(SUBMISSION)
    }


# Events come from the C parser. Nodes are composed here in Python, because only here some can be skipped.
_BASES = (Composer, yaml.CSafeLoader) if yaml.__with_libyaml__ else (yaml.SafeLoader,)


class _Loader(*_BASES):  # type: ignore[misc]
    """Reads one submission after the other without the results of its attempts, which are most of the file.

    With the results a submission would take 200 KB and 5 ms; everything else takes 30 KB.
    """

    def __init__(self, stream: BinaryIO) -> None:
        _BASES[-1].__init__(self, stream)
        self.anchors: dict[str, yaml.Node] = {}

    def pairs(self) -> Iterator[tuple[Any, Any]]:
        """The keys and values of the mapping in the file; none if the file is anything else."""
        for opening in (yaml.StreamStartEvent, yaml.DocumentStartEvent, yaml.MappingStartEvent):
            if not self.check_event(opening):
                return
            self.get_event()
        while not self.check_event(yaml.MappingEndEvent):
            key = self.compose_node(None, None)
            value = self.compose_node(None, key)
            yield self.construct_document(key), self.construct_document(value)
        while self.check_event():  # the rest must be valid YAML too
            self.get_event()

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node:
        """Skip results. PyYAML calls this for every node; `index` is the key if the node is a mapping's value."""
        if not (isinstance(index, yaml.ScalarNode) and index.value == RESULTS):
            node: yaml.Node = super().compose_node(parent, index)
            return node
        depth = 0
        while True:
            event = self.get_event()
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth == 0:
                return yaml.ScalarNode("tag:yaml.org,2002:null", "")


def _parse_submission(folder: str, metadata: Mapping[str, Any]) -> ExportedSubmission:
    submitters = metadata.get(":submitters")
    people = (parse_person(plain_mapping(each), ":") for each in (submitters if isinstance(submitters, list) else ()))
    return ExportedSubmission(
        folder, tuple(each for each in people if each), tuple(_attempts(metadata)) if metadata else ()
    )


def _attempts(metadata: Mapping[str, Any]) -> Iterator[Attempt]:
    history = metadata.get(":history")
    earlier = [plain_mapping(each) for each in (history if isinstance(history, list) else ())]
    attempts = [
        Attempt(time_of(each.get(":created_at")), score_of(each.get(":score")), active=each is metadata)
        for each in (*earlier, metadata)
    ]
    timed = [each for each in attempts if each.created]
    # Some exports list the active attempt in the history too. It comes last here and replaces that entry.
    latest = {each.created: each for each in timed}
    yield from sorted(latest.values(), key=lambda each: each.created.timestamp() if each.created else 0.0)
    yield from (each for each in attempts if each.created is None)
