"""The command line: verbs to calls, errors to one sentence and an exit status."""

import argparse
import os
import shlex
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.lab import Lab

MARKED, AUDIT_FAILED, USAGE, FAILED = 0, 1, 2, 3
DIFFERS = 1
ROOT = Path(__file__).resolve().parents[1]

SAME_NUMBERS = "{rubric}: all students have the same numbers; set `individual: true` to give everybody their own"

EXAMPLES = """\
examples:
  ./run_autograder examples/forgot_zero_grad        a folder with Lab4.py and answers.yaml
  ./run_autograder Lab4.py --results marks.json       one file; the results elsewhere
  ./run_autograder handed_in.zip --device cpu --quiet
  ./run_autograder examples/missing_factor_2 --html feedback.html

exit status: 0 marked, whatever the score; 2 it could not be begun as asked, or the submission cannot be read;
3 the grader itself failed"""


def main(arguments: list[str] | None = None) -> int:
    """Run a verb; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        return _complain("interrupted", 130)
    except Exception:
        traceback.print_exc()
        return _complain("the grader itself failed, see above; this says nothing about the submission", FAILED)


def grade(options: argparse.Namespace) -> int:
    """Mark one submission and show the report."""
    from autograder.sandbox.wall import Wall

    # First of all: torch is imported in another process while this one reads rubric and submission.
    with Wall() as wall:
        from autograder import grade, lab, submission
        from autograder.gradescope import container, metadata, results
        from autograder.sandbox.wall import GraderFault

        on_gradescope = options.submission is None and container.here()
        if options.submission is None and not on_gradescope:
            return _complain(f"name a submission: a folder, a file or a zip\n\n{EXAMPLES}")
        path = container.SUBMISSION if on_gradescope else options.submission
        target = options.results or (container.RESULTS if on_gradescope else Path("results/results.json"))
        if on_gradescope:
            results.write(target, results.failure(results.NOT_FINISHED))
        try:
            if on_gradescope:
                container.protect()
            from autograder.report import terminal

            the_lab = lab.load(options.lab)
            told = metadata.read(container.METADATA) if on_gradescope else metadata.of(options.student)
            if the_lab.rubric.individual and not (on_gradescope or told.people or _same(path, the_lab.reference)):
                return _complain("students have numbers of their own; say whose submission this is with --student")
            with grade.Marker(the_lab, wall, options.device, only_if_safe=on_gradescope) as marker:
                report = marker.mark(path, target, told)
        except submission.Unreadable as error:
            return _complain(str(error), MARKED if on_gradescope else USAGE)
        except (lab.FileError, grade.NoSuchDevice, results.CannotWrite) as error:
            return _complain(str(error))
        except GraderFault as error:
            return _complain(f"the grader itself failed: {error}", FAILED)
        terminal.show(report, str(target), quiet=options.quiet)
        if options.html:
            from autograder.report import feedback

            try:
                page = feedback.render(report, the_lab, str(told) or path.resolve().name, told)
                results.write_text(options.html, page, "--html")
            except results.CannotWrite as error:
                return _complain(str(error))
            if not options.quiet:
                print(f"{options.html}: open it in a browser")
        return FAILED if report.faulty else MARKED


def build(options: argparse.Namespace) -> int:
    """Look the lab over and make the zip for Gradescope."""
    from autograder import build, lab, submission
    from autograder.gradescope import results, upload
    from autograder.sandbox.wall import GraderFault, Wall

    try:
        the_lab = lab.load(options.lab)
        with Wall() as wall:
            print(build.build(the_lab, wall, options.out))
    except (lab.FileError, submission.Unreadable, build.NotReady, upload.CannotPack, results.CannotWrite) as error:
        return _complain(str(error))
    except GraderFault as error:
        return _complain(f"the grader itself failed: {error}", FAILED)
    return MARKED


def doctor(options: argparse.Namespace) -> int:
    """Say which layers of confinement hold on this machine."""
    from autograder import doctor
    from autograder.sandbox.wall import GraderFault, Wall

    try:
        with Wall() as wall:
            confinement = doctor.examine(wall)
    except GraderFault as error:
        return _complain(str(error), FAILED)
    print(doctor.text(confinement))
    return MARKED if confinement.safe else FAILED


def audit(options: argparse.Namespace) -> int:
    """Mark every mistake that students make, and say what the rubric lets pass."""
    import tempfile

    from autograder import lab
    from autograder.audit import run, show
    from autograder.gradescope import results
    from autograder.sandbox.wall import GraderFault, Wall

    try:
        the_lab = lab.load(options.lab)
        with Wall() as wall, tempfile.TemporaryDirectory() as folder:
            found = run.run(the_lab, wall, Path(folder), options.pairs)
        show.show(found)
        if options.out:
            results.write_text(options.out, show.page(found), "--out")
    except (lab.FileError, results.CannotWrite) as error:
        return _complain(str(error))
    except GraderFault as error:
        return _complain(f"the grader itself failed: {error}", FAILED)
    return MARKED if found.holds else AUDIT_FAILED


def classroom(options: argparse.Namespace) -> int:
    """Mark a whole class and sum it up."""
    import signal

    from rich.console import Console

    from autograder import lab
    from autograder.classroom import compare, progress, run, source
    from autograder.classroom.worker import NoCluster
    from autograder.grade import NoSuchDevice
    from autograder.gradescope import results
    from autograder.sandbox.wall import GraderFault

    for ending in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal, or a batch system's end of time
        signal.signal(ending, signal.default_int_handler)
    console = Console(stderr=True)
    try:
        the_lab = lab.load(options.lab)
        device = options.device or the_lab.rubric.device
        wanted = run.Options(
            options.out, options.jobs, device, options.only, options.resume, options.anonymous, options.dask
        )
        with run.planned(the_lab, options.export, wanted) as plan:
            if plan.kept:
                console.print(f"{plan.kept} marked already and unchanged, {len(plan.tasks)} to mark", highlight=False)
            with progress.shown(len(plan.tasks), console) as told:
                run.mark(the_lab, plan, wanted, told)
            if options.compare:
                for change in compare.changes(run.records(plan, wanted), options.compare):
                    print(change)
            print(run.summary(run.records(plan, wanted), the_lab.rubric.points, options.out))
    except (lab.FileError, source.NoClass, NoSuchDevice, NoCluster, results.CannotWrite) as error:
        return _complain(str(error))
    except KeyboardInterrupt:
        return _complain(f"interrupted; what is marked is in {options.out}, go on with --resume", 130)
    except GraderFault as error:
        return _complain(f"the grader itself failed: {error}", FAILED)
    return MARKED


def handout(options: argparse.Namespace) -> int:
    """Make what students get from rubric and reference, or say what differs from it."""
    from autograder import handout, lab
    from autograder.gradescope import results

    try:
        the_lab = lab.load(options.lab)
        if options.roster:
            return _individual_handouts(the_lab, options)
        files, folder = handout.make(the_lab), options.out or the_lab.template
        changed = handout.changed(files, folder)
        if not options.check:
            handout.write(files, folder)
    except (lab.FileError, results.CannotWrite) as error:
        return _complain(str(error))
    if options.check:
        print("".join(f"differs    {folder / name}\n" for name in changed), end="")
        return DIFFERS if changed else MARKED
    for name in files:
        print(f"{'written  ' if name in changed else 'unchanged'}  {folder / name}")
    for name in handout.others(files, folder):
        print(f"stays      {folder / name}, which is not made from rubric and reference")
    if missing := handout.without_sheet(the_lab):
        print(missing)
    return MARKED


def _individual_handouts(the_lab: "Lab", options: argparse.Namespace) -> int:
    from autograder import handout, individual
    from autograder.outcome import counted

    if not the_lab.rubric.individual:
        return _complain(SAME_NUMBERS.format(rubric=the_lab.folder / "rubric.yaml"))
    if options.check or not options.out:
        return _complain("--roster makes a folder for each student: name a new one for all of them with --out")
    students = individual.course(the_lab, roster_file=options.roster)
    made = individual.individual_handouts(
        students, options.out, lambda own, folder: handout.write(handout.make(own), folder)
    )
    print(f"{options.out}: {counted(len(made), 'folder')}, and {individual.ROSTER} with everybody's numbers")
    return MARKED


def new(options: argparse.Namespace) -> int:
    """Start a folder for a lab of one's own."""
    from autograder import new
    from autograder.gradescope import results

    try:
        folder = new.start(options.name, options.inside)
    except (new.BadName, results.CannotWrite) as error:
        return _complain(str(error))
    print(f"{folder}: a small lab that is complete. Change rubric.yaml and reference/, then run")
    print(f"  autograder handout --lab {shlex.quote(str(folder))}")
    return MARKED


def key(options: argparse.Namespace) -> int:
    """Write the instructor's answer key, once all that can work it out agree."""
    from autograder import individual, lab, submission
    from autograder.gradescope import results
    from autograder.key import given, key, markdown, show
    from autograder.key.exact import NoKey
    from autograder.sandbox.wall import GraderFault, Wall

    kind = options.format or {".md": "md", ".json": "json"}.get(Path(options.out or "").suffix.lower(), "html")
    out = options.out or f"key.{kind}"
    try:
        the_lab = lab.load(options.lab)
        if options.student:
            if not the_lab.rubric.individual:
                return _complain(SAME_NUMBERS.format(rubric=the_lab.folder / "rubric.yaml"))
            the_lab = individual.lab_of(the_lab, options.student)
        the_lab = given.with_inputs(the_lab, options.set)
        with Wall() as wall:
            the_key = key.key(the_lab, wall)
        match kind:
            case "md":
                text = markdown.markdown(the_key)
            case "json":
                text = show.json(the_key)
            case _:
                text = show.html(the_key, the_lab.graphs)
        if out == "-":
            sys.stdout.buffer.write(text.encode())
            return MARKED
        results.write_text(Path(out), text, "--out")
    except (lab.FileError, submission.Unreadable, NoKey, results.CannotWrite) as error:
        return _complain(str(error))
    except GraderFault as error:
        return _complain(f"the grader itself failed: {error}", FAILED)
    print(f"{out}: the answer key" + (", open it in a browser" if kind == "html" else ""))
    return MARKED


def individual(options: argparse.Namespace) -> int:
    """List the numbers that every student has as their own."""
    from autograder import lab
    from autograder.gradescope import results
    from autograder.individual import course, table
    from autograder.outcome import counted

    try:
        the_lab = lab.load(options.lab)
        if not the_lab.rubric.individual:
            return _complain(SAME_NUMBERS.format(rubric=the_lab.folder / "rubric.yaml"))
        students = course(the_lab, roster_file=options.roster)
        results.write_text(options.out, table.text(students), "--out")
    except (lab.FileError, results.CannotWrite) as error:
        return _complain(str(error))
    print(f"{options.out}: the numbers of {counted(len(students.roster.students), 'student')}")
    return MARKED


def preview(options: argparse.Namespace) -> int:
    """Write a page that shows a results.json as Gradescope does."""
    from autograder.gradescope import results, shown
    from autograder.report import preview
    from autograder.typed_yaml import FileError

    try:
        page = preview.render(shown.read(options.results), options.results.name, preview.stdout_beside(options.results))
        results.write_text(options.out, page, "--out")
    except (FileError, results.CannotWrite) as error:
        return _complain(str(error))
    print(f"{options.out}: open it in a browser")
    return MARKED


def _at_least_1(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("a whole number from 1 up is wanted")
    return int(text)


def _same(path: Path, other: Path) -> bool:
    return path.resolve() == other.resolve()


def _complain(sentence: str, status: int = USAGE) -> int:
    print(f"autograder: {sentence}", file=sys.stderr)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="autograder", description="Mark a PyTorch lab on computation graphs and autograd."
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verb = verbs.add_parser(
        "grade",
        allow_abbrev=False,
        help="mark one submission",
        description="Mark one submission: show a report and write Gradescope's results.json.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument(
        "submission",
        nargs="?",
        type=Path,
        metavar="SUBMISSION",
        help="folder, file or zip; none on Gradescope, which has its own place",
    )
    verb.add_argument("--results", type=Path, metavar="FILE", help="where results go (default: results/results.json)")
    verb.add_argument("--html", type=Path, metavar="FILE", help="also write the feedback as a page, graphs drawn")
    verb.add_argument(
        "--device",
        metavar="DEVICE",
        help="where tensors are computed: auto, cpu, cuda, cuda:N or mps (default: what rubric.yaml says)",
    )
    verb.add_argument("--quiet", action="store_true", help="print the total only")
    verb.add_argument(
        "--student", default="", metavar="WHO", help="email or SID of who handed in, where students have own numbers"
    )
    verb.add_argument(
        "--lab", type=Path, default=ROOT, metavar="FOLDER", help="with rubric.yaml and reference/ (default: this lab)"
    )
    verb.set_defaults(run=grade)
    verb = verbs.add_parser(
        "build",
        help="make the zip to upload to Gradescope",
        description="Try the reference and the template, measure a run, and make the zip for Gradescope.",
        epilog="example: autograder build --out autograder.zip\n\n"
        "exit status: 0 made; 2 the lab is not ready, and the sentence says why; 3 the grader itself failed",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument(
        "--out", type=Path, default=Path("autograder.zip"), metavar="FILE", help="the zip (default: autograder.zip)"
    )
    verb.add_argument(
        "--lab",
        type=Path,
        default=ROOT,
        metavar="FOLDER",
        help="with rubric.yaml, reference/ and student_template/ (default: this lab)",
    )
    verb.set_defaults(run=build)
    verb = verbs.add_parser(
        "class",
        allow_abbrev=False,
        help="mark a whole class",
        description="Mark every submission of Gradescope's export (a zip, or unpacked), of a download of Canvas or "
        "Moodle, or of a folder with a folder or file each. Each result is written as soon as it is there.",
        epilog="examples:\n  autograder class assignment_123_export.zip --out marks\n"
        "  autograder class assignment_123_export.zip --out marks --resume --only '*@example.edu'\n"
        "  autograder class examples --out marks-new --compare marks\n\n"
        "exit status: 0 marked; 2 it could not be begun as asked; 3 the grader itself failed; 130 interrupted",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("export", type=Path, metavar="EXPORT", help="a zip or a folder")
    verb.add_argument("--out", type=Path, default=Path("class"), metavar="FOLDER", help="(default: class)")
    verb.add_argument(
        "--jobs", type=_at_least_1, default=os.cpu_count() or 1, metavar="N", help="processes (default: one a core)"
    )
    verb.add_argument(
        "--dask", default="", metavar="ADDRESS", help="mark on the Dask cluster of this scheduler instead"
    )
    verb.add_argument("--resume", action="store_true", help="mark only what is missing in FOLDER or has changed")
    verb.add_argument("--only", default="*", metavar="GLOB", help="only those whose folder, name, email or number fits")
    verb.add_argument("--anonymous", action="store_true", help="the class page, report.html, names nobody")
    verb.add_argument("--compare", type=Path, metavar="OLD", help="say whose marks are not those in the folder OLD")
    verb.add_argument("--device", metavar="DEVICE", help="as of grade (default: what rubric.yaml says)")
    verb.add_argument("--lab", type=Path, default=ROOT, metavar="FOLDER", help="(default: this lab)")
    verb.set_defaults(run=classroom)
    verb = verbs.add_parser(
        "doctor",
        help="say what confines submissions on this machine",
        description="Put up every layer of confinement in a real child; docs/security.md says what each is for.",
        epilog="example: autograder doctor\n\nexit status: 0 submissions can be run safely, 3 they cannot",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.set_defaults(run=doctor)
    verb = verbs.add_parser(
        "audit",
        allow_abbrev=False,
        help="test a rubric with every mistake that students make",
        description="Mark reference, template and every mistake that students make, alone and two at once, with "
        "the rubric's own checks, and say what they let pass.",
        epilog="example: autograder audit --out audit.html\n\n"
        "exit status: 0 the reference gets all points and no mistake does, 1 otherwise",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("--out", type=Path, metavar="FILE", help="also write a page to look at in a browser")
    verb.add_argument(
        "--pairs", type=int, default=400, metavar="N", help="pairs of mistakes tried for each function (default: 400)"
    )
    verb.add_argument(
        "--lab", type=Path, default=ROOT, metavar="FOLDER", help="with rubric.yaml and reference/ (default: this lab)"
    )
    verb.set_defaults(run=audit)
    verb = verbs.add_parser(
        "handout",
        allow_abbrev=False,
        help="make what students get",
        description="Make the folder that students get from rubric.yaml and reference/: the program with the functions "
        "to write left open, blank answers, drawings of the graphs, and the lab sheet from reference/handout.md.",
        epilog="examples:\n  autograder handout --check\n  autograder handout --roster roster.csv --out handouts\n\n"
        "exit status: 0 made, or nothing differs; 1 something differs (with --check); 2 it cannot be made, or would "
        "give an answer away",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where it goes (default: student_template/ of the lab)"
    )
    verb.add_argument("--check", action="store_true", help="write nothing, name the files that differ")
    verb.add_argument(
        "--roster", type=Path, metavar="CSV", help="a folder for each student, with numbers of their own, below --out"
    )
    verb.add_argument(
        "--lab", type=Path, default=ROOT, metavar="FOLDER", help="with rubric.yaml and reference/ (default: this lab)"
    )
    verb.set_defaults(run=handout)
    verb = verbs.add_parser(
        "new",
        allow_abbrev=False,
        help="start a lab of one's own",
        description="Make a folder with a small lab that is complete: rubric, reference and handout, to be changed "
        "piece by piece; docs/new-lab.md says how.",
        epilog="example: autograder new my_lab\n\nexit status: 0 made; 2 it cannot be made there, or has no good name",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("name", metavar="NAME", help="of the lab and of its folder")
    verb.add_argument(
        "--in", dest="inside", type=Path, default=Path(), metavar="FOLDER", help="where (default: the current folder)"
    )
    verb.set_defaults(run=new)
    verb = verbs.add_parser(
        "key",
        allow_abbrev=False,
        help="write the instructor's answer key",
        description="Work out every number of the lab in several ways, and write the answer key if they agree: graphs, "
        "values, derivatives, the chain rule, training, and what common mistakes lead to.",
        epilog="example: autograder key --set task1.x=3 --out key.html\n\n"
        "exit status: 0 written; 2 it cannot be as asked, or two ways to work a number out differ; 3 the grader failed",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("--out", metavar="FILE", help="- for the standard output (default: key.html)")
    verb.add_argument("--format", choices=("html", "md", "json"), help="(default: what FILE's name ends in, else html)")
    verb.add_argument("--student", metavar="WHO", help="with the numbers of this student, by email or SID")
    verb.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="GRAPH.NAME=NUMBER",
        help="other published inputs than those of rubric.yaml",
    )
    verb.add_argument(
        "--lab", type=Path, default=ROOT, metavar="FOLDER", help="with rubric.yaml and reference/ (default: this lab)"
    )
    verb.set_defaults(run=key)
    verb = verbs.add_parser(
        "individual",
        allow_abbrev=False,
        help="list every student's own numbers",
        description="Write the roster with every student's own numbers, for a lab with individual: true. As roster.csv "
        "beside rubric.yaml it keeps them what they are, whatever is changed there later.",
        epilog="example: autograder individual --roster export.csv --out roster.csv\n\n"
        "exit status: 0 written, 2 the roster or the lab does not fit, and the sentence says where",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("--roster", type=Path, required=True, metavar="FILE", help="CSV with Name, Email and SID")
    verb.add_argument("--out", type=Path, required=True, metavar="FILE", help="the table, a CSV file")
    verb.add_argument(
        "--lab", type=Path, default=ROOT, metavar="FOLDER", help="with rubric.yaml and reference/ (default: this lab)"
    )
    verb.set_defaults(run=individual)
    verb = verbs.add_parser(
        "preview",
        allow_abbrev=False,
        help="show a results.json as Gradescope shows it",
        description="Write a page that shows a results.json as Gradescope shows it: to the student before and after "
        "the due date and once grades are published, and to the instructor.",
        epilog="example: autograder preview results/results.json\n\n"
        "exit status: 0 written, 2 Gradescope would refuse the file, or it cannot be read or the page not be written",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("results", type=Path, metavar="RESULTS", help="a results.json")
    verb.add_argument("--out", type=Path, default=Path("preview.html"), metavar="FILE", help="(default: preview.html)")
    verb.set_defaults(run=preview)
    return parser
