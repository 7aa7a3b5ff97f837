"""autograder key: write the instructor's answer key, once all that can work it out agree."""

import argparse
from pathlib import Path

from autograder.cli.options import FAILED, MARKED, ROOT, SAME_NUMBERS, Verbs, complain


def add(verbs: Verbs) -> None:
    """Say how it is called."""
    verb = verbs.add_parser(
        "key",
        allow_abbrev=False,
        help="write the instructor's answer key",
        description="Work out every number of the lab in several ways, and write the answer key if they agree: graphs, "
        "values, derivatives, the chain rule, training, and what common mistakes lead to.",
        epilog="examples:\n  autograder key --set task1.x=3 task1.lr=0.05 --out key.html\n"
        "  autograder key --format md --out - --lab labs/logistic_regression\n"
        "  autograder key --student ada@example.edu\n\n"
        "exit status: 0 written; 2 it cannot be as asked, or two ways to work a number out differ; 3 the grader failed",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument(
        "--out", metavar="FILE", help="the key; - is the standard output (default: key.html, or as --format says)"
    )
    verb.add_argument(
        "--format", choices=("html", "md", "json"), help="of the key (default: what FILE's name ends in, else html)"
    )
    verb.add_argument("--student", metavar="WHO", help="with the numbers of this student, by email or SID")
    verb.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="GRAPH.NAME=NUMBER",
        help="other published inputs or settings than those of rubric.yaml",
    )
    verb.add_argument(
        "--lab", type=Path, default=ROOT, metavar="FOLDER", help="with rubric.yaml and reference/ (default: this lab)"
    )
    verb.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the instructor's answer key, once all that can work it out agree."""
    from autograder import fileio, individual, rubric, submission
    from autograder.authoring.answer_key import key, markdown, overrides, show
    from autograder.authoring.answer_key.exact import NoKey
    from autograder.errors import GraderFault
    from autograder.sandbox.host.fork_server import ForkServer

    kind = options.format or {".md": "md", ".json": "json"}.get(Path(options.out or "").suffix.lower(), "html")
    out = options.out or f"key.{kind}"
    try:
        the_lab = rubric.load(options.lab)
        if options.student:
            if not the_lab.rubric.individual:
                return complain(SAME_NUMBERS.format(rubric=the_lab.folder / "rubric.yaml"))
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
                text = show.html(the_key, the_lab.graphs)
        fileio.write_text(Path(out), text, "--out")
    except (rubric.FileError, submission.Unreadable, NoKey, fileio.CannotWrite) as error:
        return complain(str(error))
    except GraderFault as error:
        return complain(f"the grader itself failed: {error}", FAILED)
    print(f"{out}: the answer key" + (", open it in a browser" if kind == "html" else ""))
    return MARKED
