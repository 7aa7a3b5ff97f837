"""autograder preview: write a page that shows a results.json as Gradescope does."""

import argparse
from pathlib import Path

from autograder.cli.options import MARKED, Verbs, complain


def add(verbs: Verbs) -> None:
    """Say how it is called."""
    verb = verbs.add_parser(
        "preview",
        allow_abbrev=False,
        help="show a results.json as Gradescope shows it",
        description="Write a page that shows a results.json as Gradescope shows it: to the student before and after "
        "the due date and once grades are published, and to the instructor.",
        epilog="examples:\n  autograder preview results/results.json\n"
        "  autograder preview marks/ada.json --out ada.html\n\n"
        "exit status: 0 written, 2 Gradescope would refuse the file, or it cannot be read or the page not be written",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("results", type=Path, metavar="RESULTS", help="a results.json")
    verb.add_argument(
        "--out", type=Path, default=Path("preview.html"), metavar="FILE", help="the page (default: preview.html)"
    )
    verb.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write a page that shows a results.json as Gradescope does."""
    from autograder import fileio
    from autograder.gradescope import results_json
    from autograder.render import preview
    from autograder.yaml_config import FileError

    try:
        page = preview.render(
            results_json.read(options.results), options.results.name, preview.stdout_beside(options.results)
        )
        fileio.write_text(options.out, page, "--out")
    except (FileError, fileio.CannotWrite) as error:
        return complain(str(error))
    print(f"{options.out}: open it in a browser")
    return MARKED
