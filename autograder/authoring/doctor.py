"""Which layers of the sandbox work on this machine, checked in a real sandboxed process."""

import platform
from pathlib import Path

from autograder.sandbox.host.calls import ProgramFiles
from autograder.sandbox.host.confinement import PROMISES, PURPOSE, Confinement, exposed
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.limits import ProcessLimits
from autograder.sandbox.host.program import SandboxedProgram


def examine(server: ForkServer, lab: Path) -> Confinement:
    """Start a sandboxed process and ask which layers hold. It must not read the rubric and reference of the folder
    `lab`."""
    with SandboxedProgram(server, ProgramFiles("", ()), ProcessLimits(10, 60, 60), "probe") as probe:
        found = probe.confinement()
    return Confinement(found.layers, exposed((lab / "rubric.yaml", lab / "reference"), found.layers), found.landlock)


def text(confinement: Confinement) -> str:
    """For a terminal: the layers, the promises that depend on them, and a verdict."""
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
        verdict = "Not safe: grade only submissions whose code you trust, or use Linux (a virtual machine is enough)."
    elif confinement.reduced:
        verdict = "Reduced: scores cannot be forged, but some promises do not hold on this machine."
    else:
        verdict = "Full: every promise holds on this machine; docs/security.md states the limits of each."
    return "\n".join([system, "", "Layers:", *rows, "", "Promises:", *promises, "", verdict])


def _sign(holds: bool) -> str:
    return "✓" if holds else "✗"
