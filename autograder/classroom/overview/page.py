"""Render the class page for the instructor from the collected data and its statistics."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from autograder.checks import diagnosis, thrown_out
from autograder.classroom import summary
from autograder.classroom.overview.collect import ClassData, Example, MistakeCount, NearMiss, Shape, StudentSummary
from autograder.classroom.overview.curves import describe_all
from autograder.classroom.overview.review import reasons, to_review
from autograder.classroom.overview.statistics import (
    BINS,
    MOST_ATTEMPTS,
    Quartiles,
    analyze_items,
    attempts,
    cronbachs_alpha,
    deviation,
    histogram,
    quartiles,
)
from autograder.mistakes.for_lab import Mistakes
from autograder.outcome import State
from autograder.render import html_page, loss_plot
from autograder.rubric import Lab
from autograder.text import join_names, plural

MOST_MISTAKES, MOST_SHAPES, MOST_NEAR, MOST_ALIKE, MOST_COPIES = 30, 12, 200, 20, 50  # shown on the page
MOST_WRONG_LINES = 12
LETTERS: dict[State, str] = {"partly": "p", "wrong": "w", "blank": "b"}  # CSS classes; short, because there are many


@dataclass(frozen=True)
class PersonCell:
    """What the page calls a student, and the link to the student's feedback."""

    label: str
    href: str  # "" if there is no feedback page, or if its address would identify an anonymous student


@dataclass(frozen=True)
class TableRow:
    """A row of the table."""

    person: PersonCell
    total: str
    cells: tuple[tuple[str, str], ...]  # text and CSS class for each check
    attempts: int
    status: str
    review: bool  # whether an instructor has to look at it
    mistakes: str  # their positions in the page's list of mistakes


@dataclass(frozen=True)
class Figures:
    """The totals of all graded people in figures."""

    quartiles: Quartiles
    mean: float
    deviation: float
    alpha: float | None  # None if it is not defined


@dataclass(frozen=True)
class Ranked:
    """A mistake in the class, by name."""

    name: str
    people: int
    where: str
    example: Example | None


@dataclass(frozen=True)
class Plot:
    """A shape of loss curves."""

    people: int  # how many have it
    explained: str
    course: str  # what it looks like, in words
    beyond: int  # how many of its losses lie outside the plot
    losses: int  # of how many
    picture: Markup


def render(lab: Lab, found: ClassData, *, anonymous: bool = False, left_aside: int = 0) -> str:
    """Render the page.

    Args:
        lab: the lab.
        found: the collected data.
        anonymous: number the students in an order that follows neither names nor ids, without links to the feedback
            pages, because their addresses are ids.
        left_aside: how many files and folders of the input belong to no submission.
    """
    people, order = _people(found.students, anonymous)
    graded = [student for student in found.students if student.total is not None for _ in range(student.people)]
    totals = [student.total for student in graded if student.total is not None]
    points = [[of_it for of_it, _ in student.cells] for student in graded if student.cells]
    names = diagnosis.names(Mistakes(lab), found.mistakes.keys())
    mistakes = _ranked(found.mistakes, names)
    numbers = {id: str(number) for number, (id, _) in enumerate(mistakes[:MOST_MISTAKES])}
    why, review = reasons(found), to_review(found)
    # A name in a line that only one person has could be anybody's.
    lines = [each for each in found.lines.most_common() if each[1] > 1 or not anonymous]
    shapes = sorted(found.shapes.values(), key=lambda shape: -shape.people)
    items = analyze_items(lab.rubric.checks, points, found.unexplained) if points else []
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
        counts=found.counts,
        left_aside=left_aside,
        thrown_out=thrown_out.for_instructor(lab),
        totals=_figures(totals, points) if totals else None,
        histogram=histogram(totals, lab.rubric.points),
        bins=BINS,
        items=items,
        analyzed=len(points),
        mistakes=[each for _, each in mistakes[:MOST_MISTAKES]],
        more_mistakes=max(len(mistakes) - MOST_MISTAKES, 0),
        lines=lines[:MOST_WRONG_LINES],
        more_lines=max(len(lines) - MOST_WRONG_LINES, 0),
        unanswered=sorted(found.unanswered.items(), key=lambda each: -each[1].people),
        plots=_plots(shapes[:MOST_SHAPES], names),
        more_shapes=max(len(shapes) - MOST_SHAPES, 0),
        near=[(each, people[each.student]) for each in _by_check(found.near)[:MOST_NEAR]],
        near_misses=len(found.near),
        near_explained=found.near_explained,
        by_hand=[(people[student], what) for student, what in found.by_hand],
        attempts=attempts(found.students),
        alike=[(each, [people[student] for student in each.students]) for each in found.similar[:MOST_ALIKE]],
        more_alike=max(len(found.similar) - MOST_ALIKE, 0),
        copies=[(each, [people[student] for student in each.students]) for each in found.copies[:MOST_COPIES]],
        more_copies=max(len(found.copies) - MOST_COPIES, 0),
        most_attempts=MOST_ATTEMPTS,
        rows=(
            _row(
                *(found.students[index], people[index], len(items), numbers),
                why="" if anonymous else "; ".join(why.get(index, ())),
                review=index in review,
            )
            for index in order
        ),
        plural=plural,
        persons=summary.people,
    )


def _figures(totals: Sequence[float], points: Sequence[Sequence[float]]) -> Figures:
    return Figures(quartiles(totals), statistics.fmean(totals), deviation(totals), cronbachs_alpha(points))


def _people(students: Sequence[StudentSummary], anonymous: bool) -> tuple[list[PersonCell], list[int]]:
    """The cell of each student, and the order of the table.

    Anonymous numbers follow the fingerprints. These are the same at the next run and depend on the submitted files, so
    that no list of names or ids leads to them.
    """
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
    student: StudentSummary, person: PersonCell, columns: int, numbers: Mapping[str, str], *, why: str, review: bool
) -> TableRow:
    sign = "; " if student.total is not None else ": "
    cells = [("–" if state == "blank" else f"{points:g}", LETTERS.get(state, "")) for points, state in student.cells]
    return TableRow(
        person,
        "" if student.total is None else f"{student.total:g}",
        tuple(cells) or (("", ""),) * columns,
        len(student.scores),
        f"{student.status}{sign}{why}" if why else student.status,
        review,
        " ".join(numbers[id] for id in sorted(student.mistakes) if id in numbers),
    )


def _ranked(mistakes: Mapping[str, MistakeCount], names: Mapping[str, str]) -> list[tuple[str, Ranked]]:
    """The mistakes with their ids, most frequent first."""
    ranked = [
        (id, Ranked(names.get(id, id), each.people, ", ".join(each.where), each.example))
        for id, each in mistakes.items()
    ]
    return sorted(ranked, key=lambda each: -each[1].people)


def _plots(shapes: Sequence[Shape], names: Mapping[str, str]) -> list[Plot]:
    several = len({shape.number for shape in shapes}) > 1
    explained = [_explanation(shape, names) for shape in shapes]
    if several:
        explained = [f"{shape.number}: {each}" for shape, each in zip(shapes, explained, strict=True)]
    courses = describe_all([shape.curve for shape in shapes])
    return [_plot(*each) for each in zip(shapes, explained, courses, strict=True)]


def _explanation(shape: Shape, names: Mapping[str, str]) -> str:
    """The most frequent explanation of a shape's curves; if it does not explain all, with how many it does."""
    (ids, many), *_ = shape.explained.most_common(1)
    what = "no known mistake explains it" if ids is None else join_names([names.get(id, id) for id in ids])
    what = what or "right"
    return what if many == shape.people else f"{what} ({many} of them)"


def _plot(shape: Shape, explained: str, course: str) -> Plot:
    picture = loss_plot.thumbnail(shape.curve, f"Losses of {summary.people(shape.people)}, {explained}: {course},")
    return Plot(shape.people, explained, course, shape.curve.beyond, len(shape.curve.losses), picture)


def _by_check(near: Sequence[NearMiss]) -> list[NearMiss]:
    return sorted(near, key=lambda each: (each.number, each.quantity))
