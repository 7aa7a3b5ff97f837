"""autograder class: mark a whole class and sum it up."""

import argparse
import os
from pathlib import Path

from autograder.cli.options import FAILED, MARKED, ROOT, Verbs, complain


def add(verbs: Verbs) -> None:
    """Say how it is called."""
    verb = verbs.add_parser(
        "class",
        allow_abbrev=False,
        help="mark a whole class",
        description="Mark every submission of Gradescope's export (a zip, or unpacked), of a download of Canvas or "
        "Moodle, or of a folder with a folder or file each. Each result is written as soon as it is there.",
        epilog="examples:\n  autograder class assignment_123_export.zip --out marks\n"
        "  autograder class assignment_123_export.zip --out marks --resume --only '*@example.edu'\n"
        "  autograder class examples --out marks-new --compare marks\n"
        "  autograder class submissions --lab my_lab --device cpu --jobs 2 --anonymous\n"
        "  autograder class assignment_123_export.zip --dask tcp://host:8786\n\n"
        "exit status: 0 marked; 2 it could not be begun as asked; 3 the grader itself failed; 130 interrupted",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("export", type=Path, metavar="EXPORT", help="a zip or a folder")
    verb.add_argument(
        "--out", type=Path, default=Path("class"), metavar="FOLDER", help="for marks and pages (default: class)"
    )
    verb.add_argument(
        "--jobs",
        type=_at_least_1,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes here (default: one a core)",
    )
    verb.add_argument(
        "--dask", default="", metavar="ADDRESS", help="mark on the Dask cluster of this scheduler instead"
    )
    verb.add_argument("--resume", action="store_true", help="mark only what is missing in FOLDER or has changed")
    verb.add_argument("--only", default="*", metavar="GLOB", help="only those whose folder, name, email or number fits")
    verb.add_argument("--anonymous", action="store_true", help="the class page, report.html, names nobody")
    verb.add_argument("--compare", type=Path, metavar="OLD", help="say whose marks are not those in the folder OLD")
    verb.add_argument("--device", metavar="DEVICE", help="as of grade (default: what rubric.yaml says)")
    verb.add_argument(
        "--lab", type=Path, default=ROOT, metavar="FOLDER", help="with rubric.yaml and reference/ (default: this lab)"
    )
    verb.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Mark a whole class and sum it up."""
    import signal

    from rich.console import Console

    from autograder import fileio, rubric
    from autograder.classroom import compare, discover, progress, run
    from autograder.classroom.worker import NoCluster
    from autograder.errors import GraderFault
    from autograder.grader import NoSuchDevice

    for ending in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal, or a batch system's end of time
        signal.signal(ending, signal.default_int_handler)
    console = Console(stderr=True)
    try:
        if options.compare:
            compare.check(options.compare, options.out)
        the_lab = rubric.load(options.lab)
        device = options.device or the_lab.rubric.device
        wanted = run.Options(
            options.out, options.jobs, device, options.only, options.resume, options.anonymous, options.dask
        )
        with run.plan_class(the_lab, options.export, wanted) as plan:
            if plan.kept:
                console.print(f"{plan.kept} marked already and unchanged, {len(plan.tasks)} to mark", highlight=False)
            if 0 < len(plan.devices) < min(options.jobs, len(plan.tasks)):
                said = f"{len(plan.devices)} at once: as far as it can be measured, a GPU has no room for more"
                console.print(said, highlight=False)
            with progress.show_progress(len(plan.tasks), console) as told:
                run.grade_class(the_lab, plan, wanted, told)
            if options.compare:
                for change in compare.changes(run.records(plan, wanted), options.compare):
                    print(change)
            came = run.summary(the_lab, run.records(plan, wanted), options.out)
            print(came.text)
            if came.failed:
                return complain(f"the grader itself failed at {came.failed} of them; --resume tries them again", FAILED)
    except (rubric.FileError, discover.NoClass, NoSuchDevice, NoCluster, fileio.CannotWrite) as error:
        return complain(str(error))
    except KeyboardInterrupt:
        return complain(f"interrupted; what is marked is in {options.out}, go on with --resume", 130)
    except GraderFault as error:
        return complain(f"the grader itself failed: {error}", FAILED)
    return MARKED


def _at_least_1(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("a whole number from 1 up is wanted")
    return int(text)
