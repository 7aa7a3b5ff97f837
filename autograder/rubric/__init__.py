"""The lab: its rubric as typed, validated data, and the inputs that its checks use."""

import hashlib
from pathlib import Path

from autograder import yaml_config
from autograder.graph import Graph
from autograder.graph.quantities import expected
from autograder.rubric import without_graph
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
    Limits,
    PaperCheck,
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


def load(folder: Path) -> Lab:
    """Load the lab in `folder`. Raises FileError, with the line, for the first problem in rubric.yaml."""
    document = yaml_config.load(folder / "rubric.yaml")
    rubric = yaml_config.convert(document, Rubric)
    for place, problem in without_graph.problems(rubric):
        raise document.error(place, problem)
    lab = Lab(
        folder, without_graph.with_graphs(rubric), hashlib.sha256((folder / "rubric.yaml").read_bytes()).hexdigest()
    )
    for place, problem in problems(lab):
        raise document.error(place, problem)
    return lab


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
    "Limits",
    "PaperCheck",
    "ReceivedCheck",
    "Rubric",
    "Tolerance",
    "TrainingCheck",
    "ValuesCheck",
    "Visibility",
    "expected",
    "load",
    "published",
    "warnings",
]
