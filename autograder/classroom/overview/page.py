"""The page of a class: what `gather` found and `figures` and `alike` make of it, for the instructor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from autograder.classroom.overview.gather import Example, Gathered, MistakeCount, NearMiss, Shape, StudentSummary
from autograder.classroom.overview.similar_answers import alike
from autograder.classroom.overview.statistics import MOST_ATTEMPTS, attempts, histogram, items, spread
from autograder.mistakes.for_lab import Mistakes
from autograder.outcome import State
from autograder.render import html_page, loss_plot
from autograder.rubric import Lab
from autograder.text import join_names, plural

MOST_MISTAKES, MOST_SHAPES, MOST_NEAR, MOST_ALIKE = 30, 12, 200, 20  # shown
LETTERS: dict[State, str] = {"partly": "p", "wrong": "w", "blank": "b"}  # classes of cells: short, there are many


@dataclass(frozen=True)
class PersonCell:
    """A student as the page calls one, and where the student's own feedback is; "" where there is none, or where it
    would tell who it is."""

    label: str
    href: str


@dataclass(frozen=True)
class TableRow:
    """A line of the table. cells: text and class of each check. mistakes: their numbers in the page's list."""

    person: PersonCell
    total: str
    cells: tuple[tuple[str, str], ...]
    attempts: int
    status: str
    mistakes: str


@dataclass(frozen=True)
class Ranked:
    """A mistake of the class, by name."""

    name: str
    students: int
    where: str
    example: Example | None


@dataclass(frozen=True)
class Plot:
    """A shape of loss curves: how many students have it, what explains it, how many of its losses lie beyond the
    picture, of how many."""

    students: int
    explained: str
    beyond: int
    losses: int
    picture: Markup


def render(lab: Lab, found: Gathered, *, anonymous: bool = False) -> str:
    """The page. anonymous: students are called by numbers that follow neither names nor ids, and nothing leads to the
    feedback pages, whose addresses are ids."""
    people, order = _people(found.students, anonymous)
    totals = [student.total for student in found.students if student.total is not None]
    names = _names(lab)
    mistakes = _ranked(found.mistakes, names)
    numbers = {id: str(number) for number, (id, _) in enumerate(mistakes[:MOST_MISTAKES])}
    groups = alike(found.wrong, len(totals))
    shapes = sorted(found.shapes.values(), key=lambda shape: -shape.students)
    columns = sum(check.points > 0 for check in lab.rubric.checks)
    (style, style_hash), (script, script_hash) = html_page.inline("class.css"), html_page.inline("class.js")
    return html_page.render_long(
        "class.html",
        lab=lab.rubric.lab,
        out_of=lab.rubric.points,
        policy=f"default-src 'none'; style-src {style_hash}; script-src {script_hash}; "
        "base-uri 'none'; form-action 'none'",
        style=style,
        script=script,
        anonymous=anonymous,
        graded=len(totals),
        unmarked=len(found.students) - len(totals),
        totals=spread(totals) if totals else None,
        histogram=histogram(totals, lab.rubric.points),
        items=items(lab.rubric.checks, found.students, found.unexplained) if totals else [],
        mistakes=[each for _, each in mistakes[:MOST_MISTAKES]],
        more_mistakes=max(len(mistakes) - MOST_MISTAKES, 0),
        unanswered=found.unanswered.most_common(),
        plots=[_plot(shape, names) for shape in shapes[:MOST_SHAPES]],
        more_shapes=max(len(shapes) - MOST_SHAPES, 0),
        near=[(each, people[each.student]) for each in _by_check(found.near)[:MOST_NEAR]],
        near_misses=len(found.near),
        near_explained=found.near_explained,
        attempts=attempts(found.students),
        alike=[(each, [people[student] for student in each.students]) for each in groups[:MOST_ALIKE]],
        more_alike=max(len(groups) - MOST_ALIKE, 0),
        most_attempts=MOST_ATTEMPTS,
        rows=(_row(found.students[index], people[index], columns, numbers, anonymous=anonymous) for index in order),
        plural=plural,
    )


def _people(students: Sequence[StudentSummary], anonymous: bool) -> tuple[list[PersonCell], list[int]]:
    """What each student is called, and the order of the table. Anonymous numbers follow the fingerprints, which are
    the same at the next run and depend on what was handed in: no list of names or ids leads to them."""
    order = list(range(len(students)))
    if not anonymous:
        return [_named(student) for student in students], order
    order.sort(key=lambda index: students[index].fingerprint)
    numbers = {index: number for number, index in enumerate(order, 1)}
    return [PersonCell(f"student {numbers[index]}", "") for index in range(len(students))], order


def _named(student: StudentSummary) -> PersonCell:
    address = quote(f"{student.id}.html", safe="", errors="surrogateescape")
    return PersonCell(student.who, f"feedback/{address}" if student.total is not None else "")


def _row(
    student: StudentSummary, person: PersonCell, columns: int, numbers: Mapping[str, str], *, anonymous: bool
) -> TableRow:
    status = "marked" if anonymous else student.problem or "marked"
    if student.total is None:
        status = "could not be marked" if anonymous else f"could not be marked: {student.problem}"
    cells = [("–" if state == "blank" else f"{points:g}", LETTERS.get(state, "")) for points, state in student.cells]
    return TableRow(
        person,
        "" if student.total is None else f"{student.total:g}",
        tuple(cells) or (("", ""),) * columns,
        len(student.scores),
        status,
        " ".join(numbers[id] for id in sorted(student.mistakes) if id in numbers),
    )


def _names(lab: Lab) -> dict[str, str]:
    """The name of every mistake that can be made in the lab, by its id."""
    known = Mistakes(lab)
    tasks = [known.in_function(name) for name in lab.rubric.functions] + [known.on_paper(name) for name in lab.graphs]
    return {made.mistake.id: made.mistake.name for _, catalogue in tasks for made in catalogue}


def _ranked(mistakes: Mapping[str, MistakeCount], names: Mapping[str, str]) -> list[tuple[str, Ranked]]:
    """The mistakes with their ids, those of most students first."""
    ranked = [
        (id, Ranked(names.get(id, id), each.students, ", ".join(each.where), each.example))
        for id, each in mistakes.items()
    ]
    return sorted(ranked, key=lambda each: -each[1].students)


def _plot(shape: Shape, names: Mapping[str, str]) -> Plot:
    """What explains most of the curves, and how many these are where it is not all."""
    (ids, many), *_ = shape.explained.most_common(1)
    what = "not explained by a known mistake" if ids is None else join_names([names.get(id, id) for id in ids])
    what = what or "right"
    explained = what if many == shape.students else f"{what} ({many} of them)"
    picture = loss_plot.small(shape.curve, f"Losses of {plural(shape.students, 'student')}, {explained},")
    return Plot(shape.students, explained, shape.curve.beyond, len(shape.curve.losses), picture)


def _by_check(near: Sequence[NearMiss]) -> list[NearMiss]:
    return sorted(near, key=lambda each: (each.number, each.quantity))
