"""autograder key: write the instructor's answer key, once several ways to compute it agree."""

import argparse
from pathlib import Path

from autograder.cli.options import (
    DONE,
    Verbs,
    add_lab,
    add_out,
    add_student,
    add_verb,
    how_to_call,
    require_individual,
)

FORMATS = {".md": "md", ".json": "json"}  # by the ending of the file's name; else html


def add(verbs: Verbs) -> None:
    """Add the verb and its options."""
    verb = add_verb(
        verbs,
        "key",
        run,
        help="write the instructor's answer key",
        description="Compute every number of the lab in several ways, and write the answer key if they agree: graphs, "
        "values, derivatives, the chain rule, training, and the results of common mistakes.",
        usage=how_to_call(
            "autograder key --set task1.x=3 task1.lr=0.05 --out key.html",
            "autograder key --format md --out - --lab labs/logistic_regression",
            "autograder key --student ada@example.edu",
            done="the answer key was written",
        ),
    )
    add_out(verb, "the answer key; - for the standard output (default: key with the ending of --format)")
    verb.add_argument(
        "--format",
        choices=("html", "md", "json"),
        help="the format (default: as the file's name ends, else html)",
    )
    add_student(verb, "use the numbers of this student, named by email or SID")
    verb.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="GRAPH.NAME=VALUE",
        help="use these published inputs or settings instead of those in rubric.yaml; a vector or a matrix as "
        '"regression.w=[0.5, -1]"',
    )
    add_lab(verb)


def run(options: argparse.Namespace) -> int:
    """Write the instructor's answer key, once several ways to compute it agree."""
    from autograder import fileio, individual, rubric
    from autograder.authoring.answer_key import key, markdown, overrides, show
    from autograder.sandbox.host.fork_server import ForkServer

    kind = options.format or FORMATS.get((options.out or Path()).suffix.lower(), "html")
    out = options.out or Path(f"key.{kind}")
    the_lab = rubric.load(options.lab)
    if options.student:
        require_individual(the_lab)
        the_lab = individual.lab_of(the_lab, options.student)
    the_lab = overrides.with_inputs(the_lab, options.set)
    with ForkServer() as server:
        the_key = key.key(the_lab, server)
    match kind:
        case "md":
            text = markdown.markdown(the_key)
        case "json":
            text = show.json(the_key)
        case _:
            text = show.html(the_key, the_lab.known_graphs)
    with fileio.remedy("name another place with --out"):
        fileio.write_text(out, text)
    print(f"{out}: the answer key" + (", open it in a browser" if kind == "html" else ""))
    return DONE
