"""What protects this machine from a submission: every layer, put up in a real child."""

import platform
from pathlib import Path

from autograder.sandbox.host.confinement import PROMISES, PURPOSE, Confinement, exposed
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.limits import ProcessLimits
from autograder.sandbox.host.program import ProgramFiles, SandboxedProgram


def examine(server: ForkServer, lab: Path) -> Confinement:
    """Fork a child, confine it, and ask what holds. lab: the folder whose rubric and reference it must not read."""
    with SandboxedProgram(server, ProgramFiles("", ()), ProcessLimits(10, 60, 60), "probe") as probe:
        found = probe.confinement()
    return Confinement(found.layers, exposed((lab / "rubric.yaml", lab / "reference"), found.layers), found.landlock)


def text(confinement: Confinement) -> str:
    """For a terminal: the layers, the promises that stand on them, and what follows."""
    landlock = f"Landlock {confinement.landlock}" if confinement.landlock else "no Landlock"
    system = f"Python {platform.python_version()} on {platform.system()} {platform.release()} ({landlock})"
    rows = []
    for layer, purpose in PURPOSE.items():
        why = confinement.missing.get(layer)
        rows.append(f"{_sign(why is None)} {layer:13} {purpose if why is None else f'missing: {why}'}")
    promises = [
        f"{_sign(confinement.keeps(promise))} {promise.what}\n  (needs {promise.needs})" for promise in PROMISES
    ]
    if not confinement.safe:
        verdict = "Not safe: mark only submissions whose code you trust, or use a Linux machine, a virtual one will do."
    elif confinement.reduced:
        verdict = "Reduced: marks cannot be forged, but not every promise holds here."
    else:
        verdict = "Full: every promise holds here; docs/security.md says how far."
    return "\n".join([system, "", "Layers:", *rows, "", "Promises:", *promises, "", verdict])


def _sign(holds: bool) -> str:
    return "✓" if holds else "✗"
