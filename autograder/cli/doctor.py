"""autograder doctor: say which layers of confinement hold on this machine."""

import argparse

from autograder.cli.options import FAILED, MARKED, ROOT, Verbs, complain


def add(verbs: Verbs) -> None:
    """Say how it is called."""
    verb = verbs.add_parser(
        "doctor",
        allow_abbrev=False,
        help="say what confines submissions on this machine",
        description="Put up every layer of confinement in a real child; docs/security.md says what each is for.",
        epilog="example: autograder doctor\n\nexit status: 0 submissions can be run safely, 3 they cannot",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Say which layers of confinement hold on this machine."""
    from autograder.authoring import doctor
    from autograder.errors import GraderFault
    from autograder.sandbox.host.fork_server import ForkServer

    try:
        with ForkServer() as server:
            confinement = doctor.examine(server, ROOT)
    except GraderFault as error:
        return complain(str(error), FAILED)
    print(doctor.text(confinement))
    return MARKED if confinement.safe else FAILED
