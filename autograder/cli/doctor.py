"""autograder doctor: check which sandbox layers work on this machine."""

import argparse

from autograder.cli.options import DONE, FAILED, ROOT, Verbs, add_verb, how_to_call


def add(verbs: Verbs) -> None:
    """Add the verb."""
    add_verb(
        verbs,
        "doctor",
        run,
        help="check which sandbox layers work on this machine",
        description="Start a real sandboxed process, check which layers of the sandbox hold, and say which promises "
        "follow. docs/security.md explains each layer.",
        usage=how_to_call(
            "autograder doctor",
            done="submissions can be run safely",
            others={FAILED: "submissions cannot be run safely, or the grader itself failed"},
        ),
    )


def run(options: argparse.Namespace) -> int:
    """Check which sandbox layers work on this machine."""
    from autograder.authoring import doctor
    from autograder.sandbox.host.fork_server import ForkServer

    with ForkServer() as server:
        confinement = doctor.examine(server, ROOT)
    print(doctor.text(confinement))
    return DONE if confinement.safe else FAILED
