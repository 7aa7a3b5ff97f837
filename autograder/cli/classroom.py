"""autograder class: grade a whole class and summarize it."""

import argparse
import os
import shlex
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.cli.options import (
    DONE,
    FAILED,
    INTERRUPTED,
    Verbs,
    add_device,
    add_lab,
    add_out,
    add_roster,
    add_verb,
    at_least_1,
    complain,
    how_to_call,
    nowhere,
    say,
    which_lab,
)

if TYPE_CHECKING:
    from rich.console import Console

    from autograder.classroom.run import Options
    from autograder.rubric import Lab


def add(verbs: Verbs) -> None:
    """Add the verb and its options."""
    verb = add_verb(
        verbs,
        "class",
        run,
        help="grade a whole class",
        description="Grade every submission of a Gradescope export (a zip, or unpacked), of a download from Canvas, "
        "Moodle, Blackboard or Brightspace, or of a folder that has a folder or files for each. Each result is written "
        "as soon as it is ready.",
        usage=how_to_call(
            "autograder class assignment_123_export.zip --out grades",
            "autograder class assignment_123_export.zip --out grades --resume --only '*@example.edu'",
            "autograder class submissions.zip --roster roster.csv --dry-run",
            "autograder class examples --out grades-new --compare grades",
            "autograder class submissions --lab my_lab --device cpu --jobs 2 --anonymous",
            "autograder class assignment_123_export.zip --dask tcp://host:8786",
            done="the class was graded, whatever the scores",
            others={FAILED: "the grader itself failed on at least one submission", INTERRUPTED: "interrupted"},
        ),
    )
    verb.add_argument("export", type=Path, metavar="EXPORT", help="the submissions: a zip or a folder")
    add_out(verb, "folder for grades and pages (default: class)", metavar="FOLDER", default=Path("class"))
    verb.add_argument(
        "--jobs",
        type=at_least_1,
        default=os.cpu_count() or 1,
        metavar="N",
        help="worker processes on this machine (default: one for each core)",
    )
    verb.add_argument(
        "--dask", default="", metavar="ADDRESS", help="grade on the Dask cluster with this scheduler address instead"
    )
    verb.add_argument(
        "--resume", action="store_true", help="grade only submissions that --out lacks or that have changed"
    )
    verb.add_argument(
        "--only",
        default="*",
        metavar="GLOB",
        help="grade only submissions whose folder, name, email or student ID matches GLOB",
    )
    verb.add_argument("--dry-run", action="store_true", help="grade nothing; list who is who and what is left aside")
    add_roster(verb, "the class list: who should have submitted (default: roster.csv of the lab, if there is one)")
    verb.add_argument(
        "--due",
        type=_time,
        metavar="TIME",
        help="the due date, as in '2026-11-02 23:59' in the platform's local time, for the column Late",
    )
    verb.add_argument("--anonymous", action="store_true", help="name no students on the class page, report.html")
    verb.add_argument(
        "--compare", type=Path, metavar="OLD", help="list whose scores differ from an earlier run in the folder OLD"
    )
    add_device(verb)
    add_lab(verb)


def run(options: argparse.Namespace) -> int:
    """Grade a whole class and summarize it."""
    import signal

    from autograder.fileio import remedy

    for ending in (signal.SIGTERM, signal.SIGHUP):  # the terminal was closed, or a batch system's time is up
        signal.signal(ending, signal.default_int_handler)
    try:
        with remedy("name another place with --out"):
            return _run(options)
    except KeyboardInterrupt:  # only here: what is finished is kept, and the user should know how to continue
        return complain(f"interrupted; finished results are in {options.out}, continue with --resume", INTERRUPTED)


def _run(options: argparse.Namespace) -> int:
    from autograder import rubric
    from autograder.classroom import compare, progress, run, summary
    from autograder.classroom.by_hand import apply
    from autograder.text import plural

    console = _console()
    if options.compare:
        compare.check(options.compare, options.out)
    the_lab = rubric.load(options.lab)
    device = options.device or the_lab.rubric.device
    wanted = run.Options(
        *(options.out, options.jobs, device, options.only, options.resume, options.anonymous, options.dask),
        roster=options.roster,
        due=options.due,
    )
    wanted, taken = run.as_before(wanted)
    if taken:
        console.print(taken, highlight=False, markup=False, soft_wrap=True)
    if options.dry_run:
        return _list(the_lab, options.export, wanted)
    with run.plan_class(the_lab, options.export, wanted) as plan:
        for sentence in plan.leftovers.sentences:
            console.print(sentence, highlight=False, markup=False, soft_wrap=True)
        found = [task.submission for task in plan.whole_class]
        if any(each.platform for each in found) and not all(each.platform for each in found):
            console.print(f"found: {summary.found_by(found)}", highlight=False, soft_wrap=True)
        if plan.kept:
            console.print(f"{plan.kept} unchanged since the last run, {len(plan.tasks)} to grade", highlight=False)
        if 0 < len(plan.devices) < min(options.jobs, len(plan.tasks)):
            at_once = plural(len(plan.devices), "submission")
            console.print(f"grading {at_once} at once: the GPU has no memory for more", highlight=False)
        with progress.show_progress(len(plan.tasks), console) as report:
            to_review = run.grade_class(the_lab, plan, wanted, report)
        for problem in apply.problems(
            options.out, [(each.submission.id, each.submission.people) for each in plan.whole_class]
        ):
            complain(problem)
        if options.compare:
            say(str(compare.compare(run.graded(plan, wanted), options.compare)))
            if lost := compare.lost_decisions(options.compare, options.out):
                complain(lost)
        come = summary.summary(the_lab, run.records(plan, wanted), options.out, len(plan.left_aside))
    say(come.text)
    if to_review:
        what = plural(to_review, "submission")
        how = shlex.join(["autograder", "worklist", str(options.out), *which_lab(options.lab)])
        say(f"{what} to review: report.html shows them, and `{how}` says why")
    if come.failed:
        failed = plural(come.failed, "submission")
        return complain(f"the grader itself failed on {failed}; run again with --resume to retry", FAILED)
    return DONE


def _list(lab: "Lab", path: Path, wanted: "Options") -> int:
    """List who is who, and grade nothing."""
    import tempfile

    from autograder.classroom import run, summary

    with tempfile.TemporaryDirectory(prefix="class-") as unpacked:
        found = run.look(lab, path, wanted, Path(unpacked))
    say("\n".join(summary.listing(found)))
    return DONE


def _console() -> "Console":
    from rich.console import Console

    class Quiet(Console):
        """Goes on without a reader: what is graded has to be written."""

        def on_broken_pipe(self) -> None:
            nowhere(sys.stderr)

    return Quiet(stderr=True)


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write it as in '2026-11-02 23:59'") from None
    return time.replace(tzinfo=None)
