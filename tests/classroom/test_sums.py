"""What is counted of a class, by hand-made records: every limit at its end, every order, every word."""

import csv
import io
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest
from frozen import changeable
from made import kept
from rich.console import Console

from autograder.checks.training import MOST_DRAWN
from autograder.classroom import compare, gpu_slots, grades_csv, progress, run, store
from autograder.classroom.by_hand import apply, override_file
from autograder.classroom.by_hand.overrides import Override, Overrides
from autograder.classroom.discover import ClassSubmission, NoClass
from autograder.classroom.overview import page
from autograder.classroom.overview.collect import ClassData, NearMiss, Unanswered, WrongAnswer, collect
from autograder.classroom.overview.curves import describe
from autograder.classroom.overview.review import reasons, to_review
from autograder.classroom.overview.similar_answers import find_similar
from autograder.classroom.overview.statistics import (
    Item,
    StudentSummary,
    analyze_items,
    attempts,
    cronbachs_alpha,
    deviation,
    gain,
    histogram,
    quartiles,
)
from autograder.classroom.store import SubmissionRecord
from autograder.classroom.summary import summary
from autograder.classroom.worker import Done, GradingTask
from autograder.fileio import CannotWrite
from autograder.gradescope.export import Attempt
from autograder.outcome import Curve, Finding, Outcome
from autograder.roster import Person
from autograder.rubric import Lab
from autograder.sandbox.host.confinement import PURPOSE, Confinement
from autograder.sandbox.host.gpus import Gpu

WHEN = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
ATTEMPT = Attempt(WHEN, 1.0, True)
ADA = Person("Ada Lovelace", "ada@example.edu", "00123")


def student(total: float | None = 10.0, scores: Sequence[float | None] = ()) -> StudentSummary:
    return StudentSummary("id", "print", "who", total, (), tuple(scores), "", frozenset())


# ---------------------------------------------------------------- figures


def test_histogram_bins() -> None:
    bars = histogram([0, 4.99, 5, 94.99, 95, 100], 100)
    assert [(bar.place, bar.people) for bar in bars if bar.people] == [(0, 2), (1, 1), (18, 1), (19, 2)]
    assert (len(bars), bars[0].points, bars[1].points, bars[19].points) == (20, "0 to 5", "5 to 10", "95 to 100")
    assert [bar.place for bar in histogram([0.3 * n for n in range(20)], 6) if bar.people] == list(range(20))


def test_more_than_the_maximum_is_a_bar_of_its_own() -> None:
    bars = histogram([100, 100.01, 120], 100)
    assert [(bar.place, bar.points, bar.people) for bar in bars if bar.people] == [
        *((19, "95 to 100", 1), (20, "more than 100", 2))
    ]


def test_quartiles_are_of_the_numbers_themselves() -> None:
    assert (quartiles([7]).low, quartiles([7]).median, quartiles([7]).high) == (7, 7, 7)
    assert (quartiles([1, 2, 3, 4, 5]).low, quartiles([1, 2, 3, 4, 5]).high) == (2, 4)
    assert quartiles([1, 3]).median == 2


def test_deviation_is_that_of_a_population() -> None:
    assert deviation([2, 4, 4, 4, 5, 5, 7, 9]) == 2
    assert deviation([7]) == 0


@pytest.mark.parametrize(
    ("right", "discrimination", "remarks"),
    [
        (0.05, 0.1, ()),
        (0.049, None, ("almost nobody is right",)),
        (0.05, 0.099, ("does not separate strong from weak students",)),
        (0.04, -0.5, ("almost nobody is right", "does not separate strong from weak students")),
        (0.5, None, ()),
    ],
)
def test_weak_check_has_a_remark(right: float, discrimination: float, remarks: tuple[str, ...]) -> None:
    assert Item("1", "", 1, right, 0.5, discrimination, 0).remarks == remarks


@pytest.mark.parametrize("number", [9, 10])
def test_a_correlation_needs_ten_people(real_lab: Lab, number: int) -> None:
    checks = real_lab.rubric.checks[:3]  # the first gives no points, the others 6 and 3
    first, second = analyze_items(checks, [(6 - n % 2, 3 - n % 3) for n in range(number)], {"1.2": 4})
    assert (first.number, first.out_of, first.unexplained, second.unexplained) == ("1.1", 6, 0, 4)
    assert first.right == sum(n % 2 == 0 for n in range(number)) / number
    assert first.earned == pytest.approx(sum(6 - n % 2 for n in range(number)) / number / 6)
    assert (first.discrimination is None) == (number < 10)


def test_discrimination_excludes_the_check_itself(real_lab: Lab) -> None:
    first, second = analyze_items(real_lab.rubric.checks[1:3], [(n, 3.0) for n in range(10)], {})
    assert first.discrimination is None  # the rest is 3 for everybody
    assert second.discrimination is None
    first, second = analyze_items(real_lab.rubric.checks[1:3], [(n, n) for n in range(10)], {})
    assert first.discrimination == second.discrimination == pytest.approx(1)


def test_alpha_of_small_examples() -> None:
    assert cronbachs_alpha([(n, n) for n in range(10)]) == pytest.approx(1)
    assert cronbachs_alpha([(n, -n) for n in range(10)]) is None
    pairs = [(0, 1), (1, 0), (2, 3), (3, 2), (4, 4)] * 2  # variances 2 and 2, of the sums 7.2
    assert cronbachs_alpha(pairs) == pytest.approx(2 * (1 - (2 + 2) / 7.2))
    assert cronbachs_alpha([(*pair, 5.0) for pair in pairs]) == cronbachs_alpha(pairs)  # awarded: nobody differs
    assert cronbachs_alpha(pairs[:9]) is cronbachs_alpha([(n, 0.1) for n in range(10)]) is None


def test_extra_points_fill_a_bar_and_no_more(real_lab: Lab) -> None:
    extra = [kept(real_lab, id, c1_1=Outcome(9, "")) for id in "ab"]
    text = page.render(real_lab, collect(real_lab, [replace(each, attempts=(ATTEMPT, ATTEMPT)) for each in extra]))
    assert ">150 %<" in text
    assert "<title>more than 100 points: 2 people</title>" in text
    widths = [float(width) for width in re.findall(r'class="part"[^>]* width="([\d.]+)"', text)]
    assert max(widths) == 100
    assert '<path class="part" d="M100.0 4H100.0"/><circle cx="100.0"' in text


def test_total_by_hand_does_not_change_what_checks_show(real_lab: Lab) -> None:
    records = [kept(real_lab, f"s{n}", c1_1=Outcome(n % 7, ""), c1_2=Outcome(n % 3, "")) for n in range(12)]

    def shown(records: Sequence[SubmissionRecord]) -> list[list[str]]:
        text = page.render(real_lab, collect(real_lab, records))
        return [re.findall(r"<tr><th scope=\"row\">.*", text), re.findall(r"<dt>reliability.*", text)]

    by_hand = [replace(each, report=replace(each.report, total=3.0)) if each.report else each for each in records]
    assert shown(by_hand) == shown(records)
    assert len(shown(records)[1]) == 1


@pytest.mark.parametrize(
    ("scores", "gained"),
    [((), None), ((5.0,), None), ((1.0, 3.5), 2.5), ((None, 3.0), None), ((3.0, None), None), ((4.0, None, 1.0), -3)],
)
def test_a_gain_is_from_the_first_to_the_last_attempt(scores: Sequence[float | None], gained: float | None) -> None:
    assert gain(student(scores=scores)) == gained


def test_six_or_more_attempts_are_one_line() -> None:
    class_ = [student(float(n), (1.0,) * n) for n in (1, 2, 2, 6, 9)] + [student(None, (1.0, 2.0)), student(5.0)]
    assert [(each.number, each.people) for each in attempts(class_)] == [(1, 1), (2, 2), (6, 2)]
    assert attempts(class_)[2].totals.median == 7.5
    assert (attempts(class_)[0].gain, attempts(class_)[1].gain) == (None, 0)
    assert attempts([student(1.0, (1.0,))]) == attempts([]) == []


# ---------------------------------------------------------------- alike


def wrong(quantity: str, number: str = "1.1") -> WrongAnswer:
    return WrongAnswer(number, quantity, "3.14159")


@pytest.mark.parametrize(
    ("given", "submissions", "found"),
    [
        ({"a": 2, "b": 2}, 10, True),
        ({"a": 3, "b": 3}, 10, True),
        ({"a": 4, "b": 4}, 10, False),
        ({"a": 4, "b": 4}, 200, True),  # two in a hundred
        ({"a": 4, "b": 4}, 199, False),
        ({"a": 1, "b": 1}, 10, False),
        ({"a": 2}, 10, False),
    ],
)
def test_rare_number_threshold(given: dict[str, int], submissions: int, found: bool) -> None:
    groups = find_similar({wrong(name): list(range(many)) for name, many in given.items()}, submissions)
    assert bool(groups) == found
    if found:
        assert groups[0].numbers == tuple((wrong(name), many) for name, many in given.items())


def test_similar_groups_are_ordered() -> None:
    one_check = {wrong(name): [1, 2] for name in "abc"}
    two_checks = {wrong("x"): [3, 4], wrong("y", "2.1"): [3, 4]}
    fewer = {wrong(name, "5"): [5, 6] for name in "ab"}
    groups = find_similar({**fewer, **one_check, **two_checks}, 50)
    assert [(each.students, each.checks, len(each.numbers)) for each in groups] == [
        *(((3, 4), 2, 2), ((1, 2), 1, 3), ((5, 6), 1, 2))
    ]
    assert [each.quantity for each, _ in groups[1].numbers] == ["a", "b", "c"]


# ---------------------------------------------------------------- collect and page


@pytest.mark.parametrize(
    ("value", "counts"), [(0.5, False), (120.0, False), (1.23, True), (0.00102, True), (-12.3, True), (1.2e30, False)]
)
def test_a_wrong_number_of_three_digits_counts(real_lab: Lab, value: float, counts: bool) -> None:
    found = collect(real_lab, [kept(real_lab, c1_1=Outcome(0, "", given=(("s", value),)))])
    assert found.wrong == ({WrongAnswer("1.1", "s", f"{value:g}"): [0]} if counts else {})


def test_mistakes_are_counted_by_student(real_lab: Lab) -> None:
    explained = Outcome(1, "told", mistakes=(("m", "n"), ("o",)), near=("s",))
    close = Outcome(1, "told", near=("s", "loss"), given=(("s", 1.5),))
    silent = Outcome(0, "told", unanswered="returned nothing", graded=False)
    records = [
        kept(real_lab, "a", c1_1=explained, c4_1=explained),
        kept(real_lab, "b", c1_1=explained, c2_1=silent, c2_2=silent),
        kept(real_lab, "c", c1_1=close, c3_1=Outcome(0, "told")),
        kept(real_lab, "d", "could not be graded", c1_1=explained),
        SubmissionRecord("e", "e", (), (), None, "gone"),
    ]
    found = collect(real_lab, records)
    assert {id: each.people for id, each in found.mistakes.items()} == {"m": 2, "n": 2}
    assert list(found.mistakes["m"].where) == ["task1 on paper", "task2 on paper"]
    assert found.near_explained == 3
    assert found.near == [NearMiss(2, "1.1", "s", 1.5), NearMiss(2, "1.1", "loss", None)]
    assert found.unanswered == {"returned nothing": Unanswered(1, Counter(check_result=1))}
    assert {number: many for number, many in found.unexplained.items() if many} == {"1.1": 1, "3.1": 1}
    assert [each.total for each in found.students] == [90, 93, 91, None, None]
    assert found.students[0].mistakes == {"m", "n"}
    assert len(found.students[0].cells) == len(real_lab.rubric.checks) - 1
    assert [each.problem for each in found.students[3:]] == ["could not be graded", "gone"]


def test_each_member_of_a_group_counts(real_lab: Lab) -> None:
    curve = Curve([1.0, 0.7], [1.0, 0.5])
    group = kept(
        real_lab,
        people=(ADA, Person("Eve", "", "9")),
        c1_1=Outcome(1, "", mistakes=(("m",),)),
        c2_1=Outcome(0, "", unanswered="returned nothing", graded=False),
        c3_1=Outcome(0, "", curve=curve),
    )
    found = collect(real_lab, [replace(group, attempts=(Attempt(WHEN, 1.0, True),) * 2)])
    (shape,) = found.shapes.values()
    assert found.mistakes["m"].people == found.unanswered["returned nothing"].people == 2
    assert found.unanswered["returned nothing"].functions == {"check_result": 2}
    assert shape.people == shape.explained[None] == found.unexplained["3.1"] == 2
    assert [(each.number, each.people) for each in attempts(found.students)] == [(2, 2)]


def test_one_reason_is_one_line(real_lab: Lab) -> None:
    stopped, silent = (Outcome(0, "", unanswered=why, graded=False) for why in ("the program stopped", "silent"))
    records = [
        kept(real_lab, "a", c2_1=stopped, c2_2=stopped, c3_1=stopped, c5_1=stopped),
        kept(real_lab, "b", people=(ADA, Person("Bob", "", "9")), c2_1=stopped, c3_1=silent),
    ]
    text = page.render(real_lab, collect(real_lab, records))
    lines = re.findall(r'<li><span class="many">(\d+)</span><div>(.*?)</div>', text)
    assert [(many, re.sub("<.*?>", "", what)) for many, what in lines] == [
        ("3", "the program stopped: check_result, train (1), fnn_forward (1)"),
        ("2", "silent: train"),
    ]


@pytest.mark.parametrize(("sharing", "listed"), [(3, True), (4, False)])
def test_a_group_is_one_submission_with_the_same_numbers(real_lab: Lab, sharing: int, listed: bool) -> None:
    """Of 100 submissions by 300 people a number is rare in at most 3; 2 % of the people would be 6."""
    shared = Outcome(0, "", given=(("s", 3.14159), ("loss", 2.71828)))
    group = (ADA, Person("Bob", "b@example.edu", ""), Person("Cid", "c@example.edu", ""))
    records = [kept(real_lab, f"s{n}", people=group, **({"c1_1": shared} if n < sharing else {})) for n in range(100)]
    text = page.render(real_lab, collect(real_lab, records))
    assert ("1.1 s = 3.14159 (3)" in text) == listed
    assert ">300<" in text
    assert ">100<" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("it is wrong", True),
        ("sub_1 is wrong", False),
        ("LOVELACE was here", False),
        ("example", False),
        ("00123", False),
        ("ad", True),
    ],
)
def test_an_example_does_not_name_its_student(real_lab: Lab, text: str, shown: bool) -> None:
    outcome = Outcome(0, text, mistakes=(("m",),))
    found = collect(real_lab, [kept(real_lab, "sub_1", people=(ADA,), c1_1=outcome)])
    assert (found.mistakes["m"].example is not None) == shown
    later = collect(real_lab, [kept(real_lab, "x", people=(ADA,), c1_1=outcome), kept(real_lab, "y", c1_1=outcome)])
    assert later.mistakes["m"].example is not None or text == "sub_1 is wrong"


def test_curves_that_look_alike_are_one_shape(real_lab: Lab) -> None:
    def curve(loss: float) -> Curve:
        return Curve([1.0, loss], [1.0, 0.5])

    records = [
        kept(real_lab, "a", c3_1=Outcome(4, "", curve=curve(0.5))),
        kept(real_lab, "b", c3_1=Outcome(0, "", curve=curve(0.50001), mistakes=(("m",),))),
        kept(real_lab, "c", c3_1=Outcome(0, "", curve=curve(0.5))),
        kept(real_lab, "d", c3_1=Outcome(0, "", curve=curve(0.503))),
        kept(real_lab, "e", c3_1=Outcome(0, "", curve=curve(9.0))),
        kept(real_lab, "f", c3_2=Outcome(0, "", curve=curve(0.5))),  # not for the published inputs
    ]
    high = [Outcome(0, "", curve=Curve([100.0, loss], [100.0, 50.0])) for loss in (50.0, 50.03)]
    assert len(collect(real_lab, [kept(real_lab, "x", c3_1=each) for each in high]).shapes) == 1
    shapes = list(collect(real_lab, records).shapes.values())
    assert [shape.people for shape in shapes] == [3, 1, 1]
    assert shapes[0].explained == {(): 1, ("m",): 1, None: 1}


def rows(real_lab: Lab, records: Sequence[SubmissionRecord], *, anonymous: bool = False) -> list[page.TableRow]:
    found = collect(real_lab, records)
    people, order = page._people(found.students, anonymous)
    why, look = reasons(found), to_review(found)
    said = ["" if anonymous else "; ".join(why.get(n, ())) for n in order]
    return [
        page._row(found.students[n], people[n], 2, {"m": "0"}, why=text, review=n in look)
        for n, text in zip(order, said, strict=True)
    ]


def test_a_row_says_how_a_submission_went(real_lab: Lab) -> None:
    blank, partly = Outcome(0, "", graded=False), Outcome(1.5, "")
    records = [
        replace(kept(real_lab, "a b", people=(ADA,), c1_1=blank, c1_2=partly), attempts=(Attempt(WHEN, 1.0, True),)),
        SubmissionRecord("c", "0", (), (), None, "gone"),
    ]
    ada, gone = rows(real_lab, records)
    assert (ada.person.label, ada.person.href) == ("Ada Lovelace", "feedback/a%20b.html")
    assert (ada.total, ada.status, ada.attempts, ada.mistakes) == ("92.5", "Graded", 1, "")
    assert ada.cells[:3] == (("–", "b"), ("1.5", "p"), ("1", ""))
    assert (gone.person.label, gone.person.href, gone.total) == ("c", "", "")
    assert (gone.status, gone.cells) == ("Not graded: gone", (("", ""), ("", "")))
    gone, ada = rows(real_lab, records, anonymous=True)  # "0" comes before "print of a b"
    assert (gone.person.label, gone.status, ada.person.label) == ("student 1", "Not graded", "student 2")
    assert ada.person.href == ""


@pytest.mark.parametrize("more", [0, 1, 3])
def test_a_long_list_is_cut_and_the_rest_counted(real_lab: Lab, more: int) -> None:
    records = [
        kept(
            real_lab,
            f"s{n}",
            c1_1=Outcome(0, "told", mistakes=((f"m{n}",),)) if n < 30 + more else Outcome(0, "told"),
            c3_1=Outcome(0, "told", curve=Curve([n / 50], [1.0]), mistakes=((f"m{n}",),) if n < 30 + more else ()),
        )
        for n in range(30 + more)
    ]
    text = page.render(real_lab, collect(real_lab, records))
    assert (f"{more} more" in text) == bool(more)
    assert text.count('<svg role="img"') == 12
    assert f"{18 + more} more" in text


def test_what_most_students_did_comes_first(real_lab: Lab) -> None:
    def mistaken(id: str, mistake: str) -> SubmissionRecord:
        return kept(real_lab, id, c1_1=Outcome(0, "told", mistakes=((mistake,),)))

    found = collect(real_lab, [mistaken("a", "rare"), mistaken("b", "usual"), mistaken("c", "usual")])
    ranked = page._ranked(found.mistakes, {"usual": "the usual one"})
    assert [(id, each.name, each.people) for id, each in ranked] == [
        *(("usual", "the usual one", 2), ("rare", "rare", 1))
    ]


def labels(real_lab: Lab, records: Sequence[SubmissionRecord], names: Mapping[str, str]) -> list[str]:
    plots = page._plots(list(collect(real_lab, records).shapes.values()), names)
    return [f"{plot.explained}: {plot.course}" for plot in plots]


def test_shape_has_its_most_frequent_explanation(real_lab: Lab) -> None:
    curve = Curve([1.0, 99.0], [1.0, 0.5])
    course = ": rises from 1 to above the plot"
    records = [kept(real_lab, id, c3_1=Outcome(0, "", curve=curve, mistakes=(("m", "n"),))) for id in "ab"]
    (plot,) = page._plots(list(collect(real_lab, records).shapes.values()), {"m": "one", "n": "another"})
    assert (plot.people, plot.beyond, plot.losses) == (2, 1, 2)
    assert f"{plot.explained}: {plot.course}" == f"one and another{course}"
    records += [kept(real_lab, "c", c3_1=Outcome(0, "", curve=curve))]
    assert labels(real_lab, records, {}) == [f"m and n (2 of them){course}"]
    assert labels(real_lab, records[2:], {}) == [f"no known mistake explains it{course}"]
    right = Outcome(4, "", (Finding("losses", "right"),), curve=curve)
    assert labels(real_lab, [kept(real_lab, c3_1=right)], {}) == [f"right{course}"]


def test_points_by_hand_do_not_make_a_curve_right(real_lab: Lab) -> None:
    found = Outcome(0, "", (Finding("losses", "wrong"),), curve=Curve([1.0], [1.0]))
    by = Overrides(Path(), (Override("a", "3.1", 4, "r"),))
    assert labels(real_lab, [apply.decided(kept(real_lab, "a", c3_1=found), by)], {}) == [
        "no known mistake explains it: starts at 1"
    ]


@pytest.mark.parametrize(
    ("losses", "words"),
    [
        ([9.0, 5.0, 2.25], "falls from 9 to 2.25"),
        ([9.0, 10.0], "rises from 9 to 10, 2 losses instead of 3"),
        ([9.0, 2.0, 3.14159], "goes up and down from 9 to 3.14"),
        ([9.0, 9.001, 9.0], "stays at 9"),
        ([9.0, 20.0, 1e300], "rises from 9 to above the plot"),
        ([9.0, 2.0, -4.0], "falls from 9 to below 0"),
        ([9.0, 99.0, float("nan")], "rises from 9 to above the plot, nan in epoch 2"),
        ([float("nan")] * 3, "nan from the start"),
        ([9.0, 1.0, 1e-7], "falls from 9 to nearly 0"),
        ([9.0, 1.0, 0.0], "falls from 9 to 0"),
        ([9.0], "starts at 9, 1 loss instead of 3"),
        ([], "no losses instead of 3"),
        ([9.0, 5.0, 2.25, 1.0], "falls from 9 to 1, 4 losses instead of 3"),
    ],
)
def test_curve_in_words(losses: list[float], words: str) -> None:
    assert describe(Curve(losses, [9.0, 4.0, 1.0])) == words


def test_losses_that_are_not_kept_are_not_missed() -> None:
    assert describe(Curve([1.0] * MOST_DRAWN, [1.0] * 500)) == "stays at 1"


def test_curves_that_words_do_not_tell_apart_have_a_loss(real_lab: Lab) -> None:
    curves = [Curve([9.0, loss, 1.0], [9.0, 4.0, 1.0]) for loss in (3.0, 5.0)] + [Curve([9.0, 2.0], [9.0, 4.0, 1.0])]
    records = [kept(real_lab, str(at), c3_1=Outcome(0, "", curve=curve)) for at, curve in enumerate(curves)]
    assert labels(real_lab, records, {}) == [
        "no known mistake explains it: falls from 9 to 1, 3 in epoch 1",
        "no known mistake explains it: falls from 9 to 1, 5 in epoch 1",
        "no known mistake explains it: falls from 9 to 2, 2 losses instead of 3",
    ]


# ---------------------------------------------------------------- grades, comparison, summary


def test_grades_have_a_line_for_each_member_of_a_group(real_lab: Lab) -> None:
    group = replace(kept(real_lab, "7", people=(ADA, Person("=Eve", "", "9")), c1_1=Outcome(2.5, "")))
    group = replace(group, attempts=(Attempt(WHEN, 1.0, False), Attempt(WHEN.replace(hour=9), 2.0, True)))
    lines = list(
        csv.reader(io.StringIO(grades_csv.to_csv(real_lab, [group, SubmissionRecord("8", "", (), (), None, "gone")])))
    )
    head, ada, eve, gone = lines
    assert head[:9] == [
        *("Name", "SID", "Email", "Total Score", "Max Points", "Status", "Submission ID", "Submission Time"),
        "1.1: Task 1 on paper: the values (6)",
    ]
    assert ada[:9] == [
        "Ada Lovelace",
        "00123",
        "ada@example.edu",
        "96.5",
        "100",
        "Graded",
        "7",
        str(group.created),
        "2.5",
    ]
    assert eve[0] == "'=Eve"
    assert "09:00" in ada[7]
    assert gone[:9] == ["", "", "", "", "100", "Not graded: gone", "8", "", ""]
    assert {len(line) for line in lines} == {8 + len(real_lab.rubric.checks) - 1 + 1}
    faulty = kept(real_lab, "9", "the grader itself failed")
    *_, line = csv.reader(io.StringIO(grades_csv.to_csv(real_lab, [faulty])))
    assert (line[3], line[5], {*line[8:]}) == ("", "Not graded: the grader itself failed", {""})


def test_names_in_grades_are_harmless(real_lab: Lab) -> None:
    names = ("\u05d3\u05e0\u05d4", "x;=1+1", "\uff1d1+1", "a\u202eb", "\n=2")
    people = tuple(Person(name, "", "") for name in names)
    text = grades_csv.to_csv(real_lab, [kept(real_lab, "=id", people=people)])
    cells = [line[0] for line in csv.reader(io.StringIO(text))][1:]
    assert cells == ["\u200e\u05d3\u05e0\u05d4\u200e", "x;'=1+1", "'\uff1d1+1", "a\ufffdb", "'\n'=2"]
    assert all(line.startswith('"') for line in text.split("\r\n") if line)
    assert '"\'=id"' in text


def test_changed_grades_are_listed(real_lab: Lab, tmp_path: Path) -> None:
    for id, outcome in (("same", Outcome(6, "")), ("up", Outcome(1, "")), ("moved", Outcome(1, ""))):
        store.write(tmp_path, kept(real_lab, id, c1_1=outcome))
    store.files_of(tmp_path, "other")[-1].write_bytes(b"?")
    now = [
        kept(real_lab, "same"),
        kept(real_lab, "up"),
        kept(real_lab, "moved", c2_1=Outcome(0, ""), c3_1=Outcome(0, "")),
        kept(real_lab, "other"),
        kept(real_lab, "new"),
        replace(kept(real_lab, "up"), report=None, problem="gone"),
    ]
    found = compare.compare(now, tmp_path)
    assert str(found).splitlines() == [
        "compared: 4 totals changed (1 up, 0 down; 2 not graded before; 1 not graded now), 2 unchanged",
        "up (up): 95 to 100; 1.1: 1 to 6",
        "moved (moved): 95 to 95; 1.1: 1 to 6, 2.1: 1 to 0, 3.1: 4 to 0",
        "other (other): not graded to 100; its earlier record cannot be read: another version wrote it",
        "new (new): not graded to 100; it was not graded before",
        "up (up): 95 to not graded; gone",
    ]
    (gone,) = compare.compare(now[-1:], tmp_path).changes
    assert (gone.before, gone.now, gone.checks, gone.why) == (95, None, (), "gone")
    assert compare.compare(now[:2], tmp_path).gone == ("moved", "other")


def test_checks_that_cannot_be_compared_are_said_once(real_lab: Lab, tmp_path: Path) -> None:
    for id in ("a", "b"):
        store.write(tmp_path, kept(real_lab, id, c1_1=Outcome(1, "")))
    found = kept(real_lab, "a", c1_1=Outcome(1, ""))
    assert found.report
    *others, last = found.report.checks
    changed = [replace(each, out_of=8.0) if each.number == "1.1" else each for each in others if each.number != "2.1"]
    report_now = replace(found.report, checks=(*changed, replace(last, number="9")))
    now = [replace(found, id=id, report=report_now) for id in ("a", "b")]
    assert str(compare.compare(now, tmp_path)).splitlines() == [
        "compared: 2 totals changed (0 up, 2 down), 0 unchanged",
        "check 2.1 is gone (1 point)",
        "check 8 is gone (2 points)",
        "check 9 is new (2 points)",
        "check 1.1 has another maximum: 6 before, 8 now",
        "a (a): 95 to 94; because of the checks named above",
        "b (b): 95 to 94; because of the checks named above",
    ]
    assert str(compare.compare([kept(real_lab, "b", c1_1=Outcome(1, ""))], tmp_path)).splitlines() == [
        "compared: 0 totals changed, 1 unchanged",
        "only in the earlier run: a",
    ]


def test_decisions_by_hand_count_in_both_runs(real_lab: Lab, tmp_path: Path) -> None:
    store.write(tmp_path, kept(real_lab, "a"))
    override_file.put(tmp_path, Override("a", "total", 50, "r"))
    (change,) = compare.compare([kept(real_lab, "a")], tmp_path).changes
    assert str(change) == "a (a): 50 to 100; the total was set by hand"


def test_compare_needs_another_folder_with_results(tmp_path: Path) -> None:
    with pytest.raises(NoClass, match="it contains no results of a class"):
        compare.check(tmp_path, tmp_path / "out")
    (tmp_path / "records").mkdir()
    compare.check(tmp_path, tmp_path / "out")
    with pytest.raises(NoClass, match="the new results go there"):
        compare.check(tmp_path / "x/..", tmp_path)


def test_summary_counts_graded_submissions(real_lab: Lab) -> None:
    records = [
        kept(real_lab, "a"),
        kept(real_lab, "b", c1_1=Outcome(0, "")),
        SubmissionRecord("c", "", (), (), None, "gone"),
    ]
    come = summary(real_lab, records, Path("out"))
    assert come.text.splitlines()[0] == "3 people: 2 graded, 1 not graded; the median is 97 of 100 points"
    assert come.failed == 0
    faulty = replace(kept(real_lab, "d", "failed"), again=True)
    assert summary(real_lab, [faulty], Path("out")).text.splitlines()[0] == "1 person: 0 graded, 1 not graded"
    assert summary(real_lab, [faulty, faulty], Path("out")).failed == 2
    assert summary(real_lab, records[:1], Path("out")).text.startswith("1 person: 1 graded; the median is 100 of")


def test_summary_lists_broken_guarantees(real_lab: Lab) -> None:
    record = kept(real_lab, "a")
    assert record.report
    assert "confinement" not in summary(real_lab, [record], Path("out")).text
    broken = Confinement({**dict.fromkeys(PURPOSE, ""), "files": "no Landlock"})
    reduced = replace(record, report=replace(record.report, confinement=broken))
    said = summary(real_lab, [record, reduced, reduced], Path("out")).text.splitlines()
    assert said[2] == "confinement: reduced (run `autograder doctor` for details)"
    assert said[3].startswith("not guaranteed on this machine: what is written is bounded")
    assert said[4].startswith("out/grades.csv")


def test_results_are_not_mixed_with_those_of_another_run(tmp_path: Path) -> None:
    out, class_ = tmp_path / "out", tmp_path / "class"
    run._check_output_folder(class_, run.Options(out, 1))
    (out / "records").mkdir(parents=True)
    run._check_output_folder(class_, run.Options(out, 1, resume=True))
    with pytest.raises(CannotWrite, match="it contains results of a class already"):
        run._check_output_folder(class_, run.Options(out, 1))
    for name in ("results", "feedback", "records"):
        with pytest.raises(CannotWrite, match="among the submissions"):
            run._check_output_folder(out / name, run.Options(out, 1, resume=True))


def test_changed_submission_has_no_grade(real_lab: Lab, tmp_path: Path) -> None:
    for id in "ab":
        store.write(tmp_path, kept(real_lab, id))
    tasks = tuple(
        GradingTask(ClassSubmission(id, Path()), prints) for id, prints in (("a", "print of a"), ("b", "x"), ("c", "x"))
    )
    found = list(run.records(run.Plan(tmp_path, tasks, (), 0, ()), run.Options(tmp_path, 1)))
    assert [(each.id, each.report is None, each.problem) for each in found] == [
        *(("a", False, ""), ("b", True, store.CHANGED), ("c", True, store.NOT_YET))
    ]


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [("*", True), ("ADA*", True), ("*@example.edu", True), ("00123", True), ("7", True), ("8", False), ("", False)],
)
def test_only_picks_by_id_name_email_or_number(pattern: str, fits: bool) -> None:
    assert run._matches(ClassSubmission("7", Path(), (ADA, Person("", "", ""))), pattern) == fits


def test_only_complete_submissions_are_skipped(real_lab: Lab, tmp_path: Path) -> None:
    task = GradingTask(ClassSubmission("a", Path()), "print of a")
    assert not run._is_graded(task, tmp_path)
    store.write(tmp_path, kept(real_lab))
    assert not run._is_graded(task, tmp_path)
    results, feedback, _ = store.files_of(tmp_path, "a")
    for path in (results, feedback):
        path.parent.mkdir(exist_ok=True)
    results.write_text("{}")
    assert not run._is_graded(task, tmp_path)
    feedback.write_text("")
    assert run._is_graded(task, tmp_path)
    assert not run._is_graded(replace(task, fingerprint="x"), tmp_path)
    store.write(tmp_path, replace(kept(real_lab), again=True))
    assert not run._is_graded(task, tmp_path)
    feedback.unlink()
    store.write(tmp_path, replace(kept(real_lab), report=None, problem="gone"))
    assert run._is_graded(task, tmp_path)


def test_a_record_of_a_group_is_called_by_all_names() -> None:
    assert SubmissionRecord("a", "", (ADA, Person("", "b@c", "")), (), None).who == "Ada Lovelace, b@c"
    assert SubmissionRecord("a", "", (Person("", "", "9"),), (), None).who == "9"
    empty = SubmissionRecord("a", "", (), (), None)
    assert (empty.who, empty.created, empty.points, empty.again) == ("a", None, 0, False)


def test_metadata_has_the_active_attempt() -> None:
    handed = ClassSubmission("a", Path(), (ADA,), (Attempt(WHEN, 1.0, False), Attempt(WHEN, 2.0, True)))
    assert (handed.metadata.attempt, handed.metadata.people) == (2, (ADA,))
    assert ClassSubmission("a", Path(), (ADA,)).metadata.people == (ADA,)


# ---------------------------------------------------------------- progress and places


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the time is, to be changed."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_plain_progress_lines(clock: list[float]) -> None:
    said = io.StringIO()
    with progress.show_progress(4, Console(file=said, width=100)) as told:
        for seconds, problem in ((10.0, ""), (10.5, "gone"), (20.0, ""), (20.1, "")):
            clock[0] = 100 + seconds
            told(Done("a", 1.0, problem, 1.0))
    assert said.getvalue().splitlines() == [
        "2 of 4 done, 0.2/s, 10 s left, 1 could not be graded",
        "4 of 4 done, 0.2/s, 1 could not be graded",
    ]


def test_zero_time_is_no_division_by_zero(clock: list[float]) -> None:
    said = io.StringIO()
    with progress.show_progress(1, Console(file=said, width=100)) as told:
        told(Done("a", 1.0, "", 1.0))
    assert said.getvalue().startswith("1 of 1 done, ")
    assert "could not" not in said.getvalue()


def test_terminal_bar_disappears() -> None:
    said = io.StringIO()
    console = Console(file=said, width=100, force_terminal=True)
    with progress.show_progress(4, console) as told:
        told(Done("a", 1.0, "gone", 1.0))
        told(Done("b", 1.0, "", 1.0))
        time.sleep(0.2)
    text = said.getvalue()
    assert "2/4" in text
    assert "1 could not be graded" in text
    assert "/s" in text
    assert text.endswith("\x1b[2K")


@pytest.mark.parametrize(
    ("gpu", "workers"),
    [
        (Gpu(0, 1000, 0), 1),
        (Gpu(0, 1000, 450), 1),
        (Gpu(0, 1000, 225), 2),
        (Gpu(0, 1000, 226), 1),
        (Gpu(0, 1000, 1000), 1),
        (Gpu(0, 10_000, 450), 10),
    ],
)
def test_gpu_capacity(gpu: Gpu, workers: int) -> None:
    assert gpu_slots.capacity(gpu) == workers


def test_only_growing_data_is_mutable() -> None:
    parts = ("compare", "discover", "overview", "pool", "progress", "run", "store", "worker")
    found = set().union(*(changeable(f"autograder.classroom.{part}") for part in parts))
    assert {name.rpartition(".")[2] for name in found} == {
        "WorkerPool",
        "_Worker",
        "ClassData",
        "MistakeCount",
        "Shape",
        "Unanswered",
    }
    assert ClassData().students == []


def test_ungraded_row_has_all_cells(real_lab: Lab) -> None:
    def cells(records: list[SubmissionRecord]) -> int:
        return page.render(real_lab, collect(real_lab, records)).count("<td")

    graded, gone = kept(real_lab, "a"), SubmissionRecord("b", "b", (), (), None, "gone")
    assert cells([graded, gone, gone]) - cells([graded, gone]) == cells([graded, graded, gone]) - cells([graded, gone])
