"""autograder preview: write a page that shows a results.json as Gradescope does."""

import argparse
from pathlib import Path

from autograder.cli.options import DONE, Verbs, add_out, add_verb, how_to_call


def add(verbs: Verbs) -> None:
    """Add the verb and its options."""
    verb = add_verb(
        verbs,
        "preview",
        run,
        help="show a results.json as Gradescope does",
        description="Write a page that shows a results.json as Gradescope does: to the student before the due date, "
        "after it, and once grades are published, and to the instructor. A file that Gradescope would refuse is "
        "refused here too.",
        usage=how_to_call(
            "autograder preview results/results.json",
            "autograder preview grades/ada.json --out ada.html",
            done="the page was written",
        ),
    )
    verb.add_argument("results", type=Path, metavar="RESULTS", help="a results.json")
    add_out(verb, "the page (default: preview.html)", default=Path("preview.html"))


def run(options: argparse.Namespace) -> int:
    """Write a page that shows a results.json as Gradescope does."""
    from autograder import fileio
    from autograder.gradescope import results_json
    from autograder.render import preview

    page = preview.render(
        results_json.read(options.results), options.results.name, preview.stdout_beside(options.results)
    )
    with fileio.remedy("name another place with --out"):
        fileio.write_text(options.out, page)
    print(f"{options.out}: open it in a browser")
    return DONE
