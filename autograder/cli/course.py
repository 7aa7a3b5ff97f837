"""autograder course: grade, build and collect all labs of a course."""

import argparse
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.cli import classroom, gradebook
from autograder.cli.options import (
    DONE,
    FAILED,
    INTERRUPTED,
    USAGE,
    Verbs,
    add_device,
    add_out,
    add_roster,
    add_verb,
    at_least_1,
    complain,
    how_to_call,
    say,
)
from autograder.errors import GraderFault, UserError

if TYPE_CHECKING:
    from autograder.course_file import Course, CourseLab

HOLDS = "the folder of the course, with course.yaml (default: the current folder)"


def add(verbs: Verbs) -> None:
    """Add the verb, and its own three verbs."""
    verb = add_verb(
        verbs,
        "course",
        lambda _: USAGE,
        help="grade, build and collect all labs of a course",
        description="Work on all labs of a course at once: a folder with course.yaml, which lists the labs, and may "
        "name their submissions, a class list and a key for all. docs/course.md explains how.",
        usage=how_to_call(
            "autograder course grade my_course",
            "autograder course build my_course --lab lab4",
            "autograder course gradebook my_course --for csv",
            done="it was done for every lab",
        ),
    )
    actions = verb.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_grade(actions)
    _add_build(actions)
    _add_gradebook(actions)


def _add_grade(actions: Verbs) -> None:
    action = add_verb(
        actions,
        "grade",
        _grade,
        help="grade the submissions of every lab",
        description="Grade the submissions of every lab, as `autograder class` does, into a folder for each. A lab "
        "without submissions is left out.",
        usage=how_to_call(
            "autograder course grade my_course",
            "autograder course grade my_course --resume --lab lab4",
            done="every lab that has submissions was graded",
            others={FAILED: "the grader itself failed on at least one submission", INTERRUPTED: "interrupted"},
        ),
    )
    _add_course(action)
    add_out(action, "folder for a folder for each lab (default: grades, in the folder of the course)", metavar="FOLDER")
    action.add_argument(
        "--jobs",
        type=at_least_1,
        default=os.cpu_count() or 1,
        metavar="N",
        help="worker processes (default: one for each core)",
    )
    action.add_argument("--resume", action="store_true", help="grade only what is missing or has changed")
    action.add_argument("--anonymous", action="store_true", help="name no students on the class pages, report.html")
    add_device(action)


def _add_build(actions: Verbs) -> None:
    action = add_verb(
        actions,
        "build",
        _build,
        help="make a zip for Gradescope for every lab",
        description="Check every lab and make its zip, as `autograder build` does. Each zip is named after its lab.",
        usage=how_to_call("autograder course build my_course", done="every zip was made"),
    )
    _add_course(action)
    add_out(action, "folder for the zips (default: uploads, in the folder of the course)", metavar="FOLDER")


def _add_gradebook(actions: Verbs) -> None:
    action = add_verb(
        actions,
        "gradebook",
        _gradebook,
        help="write the grades of all labs as one file",
        description="Write the grades of all labs that `autograder course grade` graded as one file: a row for each "
        "person, and in a table or for Gradescope a column for each lab. A person's total is the sum of the labs in "
        "which they have a grade.",
        usage=how_to_call(
            "autograder course gradebook my_course --for csv",
            "autograder course gradebook my_course --for canvas --roster canvas.csv --assignment 'Labs (4712)'",
            done="the file was written; remarks about single people are on stderr",
        ),
    )
    _add_course(action)
    action.add_argument(
        "--for", dest="platform", choices=gradebook.PLATFORMS, required=True, help="what reads the file"
    )
    add_roster(action, "the people who get a row, in this order (default: the roster in course.yaml)")
    action.add_argument(
        "--grades", type=Path, metavar="FOLDER", help="what `course grade` wrote (default: grades, in that folder)"
    )
    add_out(action, "the file (default: gradebook.csv in the folder of the grades)")
    action.add_argument(
        "--assignment", default="", metavar="NAME", help="heading of the totals (default: the course's title)"
    )


def _add_course(action: argparse.ArgumentParser) -> None:
    action.add_argument("course", type=Path, nargs="?", default=Path(), metavar="COURSE", help=HOLDS)
    action.add_argument(
        "--lab", dest="labs", action="append", default=[], metavar="NAME", help="only this lab; may be repeated"
    )


def _grade(options: argparse.Namespace) -> int:
    """Grade the submissions of every lab. An error in one lab does not stop the others."""
    course = _load(options)
    out: Path = options.out or options.course / "grades"
    worst = DONE
    for lab in _chosen(course, options.labs):
        if lab.submissions is None or not lab.submissions.exists():
            missing = f"{lab.submissions} does not exist" if lab.submissions else "course.yaml names no submissions"
            say(f"{lab.name}: not graded, because {missing}")
            continue
        say(f"{lab.name}: {lab.submissions}")
        status = _safely(lab.name, partial(classroom.run, _of_class(options, lab, out / lab.name)))
        if status == INTERRUPTED:
            return status
        worst = max(worst, status)
    return worst


def _of_class(options: argparse.Namespace, lab: "CourseLab", out: Path) -> argparse.Namespace:
    """The options of `autograder class` for one lab. Its class list is found by the lab."""
    of_all = {name: getattr(options, name) for name in ("jobs", "resume", "anonymous", "device")}
    unused = {"dask": "", "only": "*", "dry_run": False, "roster": None, "compare": None}
    return argparse.Namespace(export=lab.submissions, out=out, due=lab.due, lab=lab.folder, **of_all, **unused)


def _build(options: argparse.Namespace) -> int:
    """Make the zip of every lab. An error in one lab does not stop the others."""
    from autograder import fileio, rubric
    from autograder.authoring import upload
    from autograder.sandbox.host.fork_server import ForkServer

    course = _load(options)
    out: Path = options.out or options.course / "uploads"
    if course.key.startswith(upload.PLACEHOLDER):
        say(f"Warning: {course.path}: the key is that of an example; set a key of your own before students start.")
    worst = DONE
    with ForkServer() as server, fileio.remedy("name another place with --out"):

        def build(lab: "CourseLab") -> int:
            say(upload.build(rubric.load(lab.folder), server, out / f"{lab.name}.zip"))
            return DONE

        for lab in _chosen(course, options.labs):
            worst = max(worst, _safely(lab.name, partial(build, lab)))
    return worst


def _gradebook(options: argparse.Namespace) -> int:
    """Write the grades of all labs as one file."""
    from autograder import fileio, roster
    from autograder.classroom.handover import course_gradebook
    from autograder.classroom.handover.gradebook import check_target

    course = _load(options)
    grades: Path = options.grades or options.course / "grades"
    out: Path = options.out or grades / "gradebook.csv"
    class_list = options.roster or course.roster
    chosen = [lab.name for lab in _chosen(course, options.labs)]
    for name in chosen:
        check_target(out, grades / name, class_list)
    book = course_gradebook.collect(course, grades, chosen, roster.read(class_list) if class_list else None)
    text, remarks = gradebook.rendered(book, options.platform, options.assignment or book.lab)
    with fileio.remedy("name another place with --out"):
        fileio.write_text(out, text)
    for remark in (*book.remarks, *remarks):
        complain(remark)
    say(gradebook.counted(out, book))
    return DONE


def _load(options: argparse.Namespace) -> "Course":
    from autograder import course_file

    return course_file.load(options.course / course_file.FILE)


def _chosen(course: "Course", names: list[str]) -> "list[CourseLab]":
    """The labs to work on. Raises UserError for a name that course.yaml does not have."""
    from autograder.schema_errors import unknown_name

    for name in names:
        if name not in course.labs:
            raise UserError(f"--lab: {unknown_name('lab', name, course.labs)}")
    return [lab for name, lab in course.labs.items() if name in names or not names]


def _safely(name: str, work: Callable[[], int]) -> int:
    """Work on one lab; what is wrong with it is said, with its name, and the exit status returned."""
    try:
        return work()
    except UserError as error:
        return complain(f"{name}: {error}")
    except GraderFault as error:
        return complain(f"{name}: the grader itself failed: {error}", FAILED)
