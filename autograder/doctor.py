"""What protects this machine from a submission: every layer, put up in a real child."""

import sys
from pathlib import Path

from autograder.sandbox.child import Limits
from autograder.sandbox.layers import PURPOSE, Confinement, exposed
from autograder.sandbox.student import Program, Student
from autograder.sandbox.wall import Wall


def examine(wall: Wall, lab: Path) -> Confinement:
    """Fork a child, confine it, and ask what holds. lab: the folder whose rubric and reference it must not read."""
    with Student(wall, Program("", ()), Limits(10, 60, 60), "probe") as probe:
        layers = probe.confinement()
    return Confinement(layers, exposed((lab / "rubric.yaml", lab / "reference"), layers))


def text(confinement: Confinement) -> str:
    """The layers as a table for a terminal, and what follows."""
    python = f"Python {sys.version.split()[0]} on {sys.platform}"
    rows = []
    for layer, purpose in PURPOSE.items():
        why = confinement.missing.get(layer)
        rows.append(f"{'✗' if why else '✓'} {layer:13} {purpose if why is None else f'missing: {why}'}")
    if not confinement.safe:
        verdict = "Not safe: mark only submissions whose code you trust, or use a Linux machine, a virtual one will do."
    elif confinement.reduced:
        verdict = "Reduced: marks cannot be forged, but not every promise of docs/security.md holds here."
    else:
        verdict = "Full: every promise of docs/security.md holds here."
    return "\n".join([python, *rows, verdict])
