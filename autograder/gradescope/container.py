"""Gradescope's container: its folders, sizes and time limit (its documentation: "Autograder specifications")."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(os.environ.get("AUTOGRADER_ROOT", "/autograder"))
SUBMISSION = ROOT / "submission"
METADATA = ROOT / "submission_metadata.json"
RESULTS = ROOT / "results" / "results.json"


@dataclass(frozen=True)
class Size:
    """One of the "Container Specifications" in an assignment's settings: number of CPUs, memory in MB."""

    processors: float
    memory: int

    def __str__(self) -> str:
        return f"{self.processors:g} CPU, {self.memory / 1024:g} GB RAM"


SIZES = (Size(0.5, 768), Size(1, 1536), Size(2, 3072), Size(4, 6144))  # the first is the default
TIMEOUT = 600  # seconds for a whole run, unless set otherwise; after that the student gets 0 and no explanation


def protect() -> None:
    """As root, close all files that a submission must not see to other users. Without root it does nothing.

    Where the kernel has Landlock this is a second protection of the same files. The source folder itself stays open,
    because it holds the Python environment.
    """
    if os.geteuid() != 0:
        return
    source = ROOT / "source"
    files = (source / "rubric.yaml", source / "roster.csv", METADATA)
    for path in (source / "reference", source / "autograder", *files, ROOT / "results", SUBMISSION):
        if path.exists() and not path.is_symlink() and not source.is_symlink():
            path.chmod(0o700 if path.is_dir() else 0o600)


def here() -> bool:
    """Whether the grader runs in such a container."""
    return SUBMISSION.is_dir()
