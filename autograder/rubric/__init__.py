"""The lab: its rubric as typed, validated data, and the inputs that its checks use."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from autograder import course_file, yaml_config
from autograder.graph import Graph
from autograder.graph.quantities import expected
from autograder.rubric import data_files, python_checks, without_graph
from autograder.rubric.lab import CallArguments, Lab
from autograder.rubric.schema import (
    DEVICES,
    LOSSES,
    Check,
    CodeCheck,
    DeviceCheck,
    Function,
    GradientsCheck,
    GraphEntry,
    LabMistake,
    LearnsCheck,
    Limits,
    PaperCheck,
    PythonCheck,
    ReceivedCheck,
    Rubric,
    Tolerance,
    TrainingCheck,
    ValuesCheck,
    Visibility,
    published,
)
from autograder.rubric.validate import problems, warnings
from autograder.yaml_config import FileError

LARGEST = 1e100  # of numbers in rubric.yaml: the squares of larger ones overflow


def load(folder: Path) -> Lab:
    """Load the lab in `folder`.

    Raises FileError, with the line, for the first problem in rubric.yaml or in a file of tests that it names.
    """
    document = yaml_config.load(folder / "rubric.yaml")
    for place in _not_finite(document.data):  # elsewhere a bound says more
        if {"graphs", "functions", "settings", "build"}.intersection(place):
            raise document.error(place, "this number is nan, infinite or too large to compute with; write another")
    rubric = yaml_config.convert(document, Rubric)
    for place, problem in without_graph.problems(rubric):
        raise document.error(place, problem)
    try:
        rubric, origins = python_checks.with_tests(without_graph.with_graphs(rubric), folder)
    except python_checks.Problem as error:
        raise document.error(error.place, str(error)) from None
    if not rubric.key and (course := course_file.of_lab(folder)):
        rubric = msgspec.structs.replace(rubric, key=course[0].key_of(course[1]))
    lab = Lab(folder, rubric)
    for place, problem in problems(lab):
        raise document.error(_in_file(place, origins), problem)
    contents = [_with_key(document, rubric.key).encode(), *(path.read_bytes() for path in own_files(lab))]
    return replace(lab, digest=hashlib.sha256(b"".join(contents)).hexdigest())


def _not_finite(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where nan, infinity, or a number with which any computation overflows, stands in a file."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield from _not_finite(each, (*place, key))
    if isinstance(value, int | float) and not abs(value) < LARGEST:
        yield place


def text_with_key(lab: Lab) -> str:
    """The text of rubric.yaml with the lab's key, also if the key comes from its course: for a copy that is alone."""
    return _with_key(yaml_config.load(lab.folder / "rubric.yaml"), lab.rubric.key)


def _with_key(document: yaml_config.Document, key: str) -> str:
    text = document.path.read_bytes().decode()  # with its own line ends
    return text if document.data.get("key") else f"{text.rstrip()}\n\nkey: '{key}'\n"


def own_files(lab: Lab) -> list[Path]:
    """What grading needs beside rubric.yaml and the reference: tests in Python, and data."""
    return [*python_checks.files(lab.rubric, lab.folder), *data_files.files(lab.rubric, lab.folder)]


def _in_file(place: Sequence[str | int], origins: Sequence[int]) -> Sequence[str | int]:
    """The place in rubric.yaml of what is at `place` once each test of a file is a check of its own."""
    match place:
        case ["checks", int(index), *inside]:
            return ["checks", origins[index], *inside]
    return place


__all__ = [
    "DEVICES",
    "LOSSES",
    "CallArguments",
    "Check",
    "CodeCheck",
    "DeviceCheck",
    "FileError",
    "Function",
    "GradientsCheck",
    "Graph",
    "GraphEntry",
    "Lab",
    "LabMistake",
    "LearnsCheck",
    "Limits",
    "PaperCheck",
    "PythonCheck",
    "ReceivedCheck",
    "Rubric",
    "Tolerance",
    "TrainingCheck",
    "ValuesCheck",
    "Visibility",
    "expected",
    "load",
    "own_files",
    "published",
    "text_with_key",
    "warnings",
]
