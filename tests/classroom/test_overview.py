"""What is summed up of a class is right, and the page that shows it is safe, whole and usable."""

import random
import re
import shutil
import statistics
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import made
import msgspec
import pytest
from browser import Page, needs_browser
from conftest import ROOT, RunClass

from autograder.classroom.by_hand import apply
from autograder.classroom.by_hand.overrides import Override, Overrides
from autograder.classroom.discover.model import NO_FOLDER, NOTHING
from autograder.classroom.overview import page
from autograder.classroom.overview.collect import ClassData, WrongLine, collect
from autograder.classroom.overview.similar_answers import WrongAnswer, find_similar
from autograder.classroom.overview.statistics import analyze_items, correlation, histogram, quartiles
from autograder.classroom.store import SubmissionRecord
from autograder.grader import Grader
from autograder.outcome import GradeReport, Line, Outcome
from autograder.roster import Person
from autograder.rubric import Lab
from autograder.sandbox.host.fork_server import ForkServer
from autograder.submission.normal_form import FunctionForm, ProgramForm

SAMPLES = (
    *("examples/perfect_plain", "examples/forgot_zero_grad", "examples/missing_factor_2", "examples/half_finished"),
    *("examples/prints_only", "tests/submissions/wrong_train_momentum", "tests/submissions/wrong_paper_tiny_and_huge"),
)
NASTY = ("<script>alert(1)</script>", '"><img src=x onerror=alert(2)>', "‮evil\u0000", "{{ 7 * 7 }}", "</table>")


@pytest.fixture(scope="module")
def reports(real_lab: Lab, server: ForkServer, tmp_path_factory: pytest.TempPathFactory) -> list[GradeReport]:
    """A few submissions, really graded; the first is right."""
    target = tmp_path_factory.mktemp("graded") / "results.json"
    with Grader(real_lab, server, "cpu") as grader:
        return [grader.grade(ROOT / sample, target) for sample in SAMPLES]


@pytest.fixture(scope="module")
def gathered(real_lab: Lab, reports: Sequence[GradeReport]) -> ClassData:
    return collect(real_lab, made.records(real_lab, reports, 200))


def test_everybody_is_counted_once(real_lab: Lab, reports: Sequence[GradeReport], gathered: ClassData) -> None:
    records = list(made.records(real_lab, reports, 200))
    assert [student.total for student in gathered.students] == [
        each.report.points if each.report else None for each in records
    ]
    never_zeroed = sum(
        any(
            "never-zeroed@update" in check.outcome.mistakes[0] for check in each.report.checks if check.outcome.mistakes
        )
        for each in records
        if each.report
    )
    assert gathered.mistakes["never-zeroed@update"].people == never_zeroed > 0
    assert sum(shape.people for shape in gathered.shapes.values()) == sum(
        any(check.number == "3.1" and check.outcome.curve for check in each.report.checks)
        for each in records
        if each.report
    )


def test_lines_without_a_known_mistake_are_counted_by_people_and_identify_nobody(real_lab: Lab) -> None:
    ada, bob = (Person(name, f"{name.lower()}@uni.edu", "") for name in ("Ada", "Bob"))
    same, named = (
        Line("", 7, (f"    {text}",), 7, "is it needed?") for text in ("w.clamp_(0)", "w.clamp_(0)  # by Ada")
    )
    other = Line("", 9, ("    s = loss['by Bo']  # Bo",), 9, "is it needed?")
    records = [
        made.kept(real_lab, f"made-{index}", people=people, c3_1=Outcome(0, "", lines=(line,)))
        for index, (people, line) in enumerate([((ada,), same), ((ada, bob), same), ((ada,), named), ((bob,), other)])
    ]
    found = collect(real_lab, records)
    assert found.lines == {
        WrongLine("train", "w.clamp_(0)", "is it needed?"): 4,
        WrongLine("train", 's = loss["…"]', "is it needed?"): 1,
    }
    shown = page.render(real_lab, found)
    assert "<code>w.clamp_(0)</code>" in shown
    assert "in train: is it needed?" in shown
    assert "by Ada" not in shown
    assert "Bo<" not in shown
    assert "loss[" in shown
    assert "loss[" not in page.render(real_lab, found, anonymous=True)


def test_item_statistics_match_their_definitions(real_lab: Lab, gathered: ClassData) -> None:
    graded = [student for student in gathered.students if student.total is not None]
    checks = [check for check in real_lab.rubric.checks if check.points]
    rows = [[of_it for of_it, _ in student.cells] for student in graded]
    for column, (check, item) in enumerate(zip(checks, analyze_items(checks, rows, {}), strict=True)):
        points = [row[column] for row in rows]
        rest = [sum(cell[0] for at, cell in enumerate(student.cells) if at != column) for student in graded]
        assert item.right == sum(each == check.points for each in points) / len(points)
        assert item.earned == pytest.approx(sum(points) / len(points) / check.points)
        assert item.discrimination == pytest.approx(statistics.correlation(points, rest), abs=1e-6)
    totals = [student.total for student in graded if student.total is not None]
    assert sum(bin.people for bin in histogram(totals, 100)) == len(totals)
    assert quartiles(totals).median == statistics.median(totals)
    assert correlation([1, 1], [1, 2]) is None


def test_a_high_share_earned_is_not_called_difficulty(real_lab: Lab, gathered: ClassData) -> None:
    text = page.render(real_lab, gathered)
    assert '<th scope="col" class="n">share earned<' in text
    assert "difficult" not in text.lower()


def test_two_rare_numbers_make_a_hint() -> None:
    number = lambda name: WrongAnswer("1.1", name, "3.14159")  # noqa: E731
    common = list(range(50))
    found = find_similar({number("s"): [3, 9], number("loss"): [3, 9], number("r"): common, number("m1"): [1, 2]}, 100)
    assert [(each.students, [wrong.quantity for wrong, _ in each.numbers]) for each in found] == [
        ((3, 9), ["loss", "s"])
    ]


def test_individual_labs_have_no_similar_answers(real_lab: Lab, reports: Sequence[GradeReport]) -> None:
    odd = [
        replace(check, outcome=replace(check.outcome, given=(("s", 3.14159),), mistakes=()))
        for check in reports[0].checks
    ]
    records = [SubmissionRecord(id, id, (), (), replace(reports[0], checks=tuple(odd))) for id in ("a", "b")]
    own = replace(real_lab, rubric=msgspec.structs.replace(real_lab.rubric, individual=True))
    assert collect(real_lab, records).wrong[WrongAnswer("1.1", "s", "3.14159")] == [0, 1]
    assert not collect(own, records).wrong


def test_an_anonymous_page_names_nobody(real_lab: Lab, reports: Sequence[GradeReport]) -> None:
    records = list(made.records(real_lab, reports, 60))
    text = page.render(real_lab, collect(real_lab, records), anonymous=True)
    named = page.render(real_lab, collect(real_lab, records))
    for record in records:
        for told in (record.id, record.people[0].name, record.people[0].email, record.people[0].sid):
            assert told not in text
        assert record.people[0].name in named
    assert "student 60" in text


def test_page_of_an_ungraded_class(real_lab: Lab) -> None:
    text = page.render(real_lab, collect(real_lab, [SubmissionRecord("a", "f", (), (), None, "it is no zip")]))
    assert "Not graded: it is no zip" in text
    assert "No submission could be graded." in text


@pytest.fixture(scope="module")
def written(real_lab: Lab, reports: Sequence[GradeReport], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """report.html of a class of whom some have names that are markup, beside the feedback of one."""
    folder = tmp_path_factory.mktemp("class")
    records = list(made.records(real_lab, reports, 80))
    for index, name in enumerate(NASTY):
        records[index] = replace(
            records[index], id=f"{index} {name.replace('/', '_')}", people=(Person(name, name, name),)
        )
    chance = random.Random(2)
    records = [replace(each, fingerprint=f"{chance.getrandbits(64):x}") for each in records]
    (folder / "report.html").write_text(page.render(real_lab, collect(real_lab, records)), encoding="utf-8")
    (folder / "feedback").mkdir()
    (folder / f"feedback/{records[20].id}.html").write_text("<title>theirs</title>")
    return folder / "report.html"


@pytest.fixture
def opened(chromium: Page, written: Path) -> Page:
    chromium.open(written)
    return chromium


ROWS = "#students tbody tr"


@needs_browser
def test_table_sorts_filters_and_links(opened: Page, written: Path) -> None:
    totals = "[...document.querySelectorAll('#students tbody tr')].map(row => row.cells[1].textContent)"
    opened.click("#students thead th:nth-child(2) button")
    ascending = [float(each or "-1") for each in opened.evaluate(totals)]
    assert ascending == sorted(ascending)
    opened.click("#students thead th:nth-child(2) button")
    assert [float(each or "-1") for each in opened.evaluate(totals)] == sorted(ascending, reverse=True)
    assert (
        opened.evaluate("document.querySelector('#students th[aria-sort]').getAttribute('aria-sort')") == "descending"
    )
    opened.press("#students input", "LOVELACE")
    shown = opened.seen(f"{ROWS} th")
    assert shown
    assert all("Lovelace" in name for name in shown)
    assert f"{len(shown)} of 80 rows shown" in opened.seen("#students output")
    opened.evaluate("document.querySelector('#students input').value = ''")
    name = re.search(r"submission_1020\.html\">([^<]+)<", written.read_text(encoding="utf-8"))
    assert name
    opened.evaluate("document.querySelector('#students a[href$=\"submission_1020.html\"]').click()")
    assert opened.evaluate("document.title") == "theirs"


@needs_browser
@pytest.mark.parametrize("anonymous", [False, True])
def test_filter_shows_exactly_those_to_review(chromium: Page, real_lab: Lab, tmp_path: Path, anonymous: bool) -> None:
    close, fine = Outcome(5, "", near=("s",)), made.kept(real_lab, "fine")
    near, rar = made.kept(real_lab, "near", c1_1=close), replace(fine, id="rar", report=None, problem="only a rar")
    form = ProgramForm(b"thisfile", (FunctionForm("train", bytes(range(120)), b"digest_4", b"digest_5"),))
    copy = replace(fine, id="copy", people=(Person("copy", "c@x.edu", ""),), program=form)
    entries = (
        Override("points", "1.1", 6, "r"),
        Override("left", "1.1", leave=True),
        Override("total", "total", 50, "r"),
        Override("seen", leave=True),
        Override("checked copy", leave=True),
        Override("other left", leave=True),  # not the near miss
    )
    records = [
        fine,
        made.kept(real_lab, "explained", c1_1=replace(close, mistakes=(("m",),))),
        *(replace(near, id=id) for id in ("points", "left", "total")),
        replace(rar, id="seen"),
        replace(copy, id="checked copy", people=(Person("checked copy", "d@x.edu", ""),)),
        replace(near, id="missing", report=None, absent=NOTHING),
        near,
        replace(near, id="other left"),
        copy,
        replace(fine, id="twice", note="submitted more than once"),
        replace(fine, id="warned", report=replace(made.report(real_lab), warnings=("The numbers are not their own.",))),
        rar,
        replace(fine, id="faulty", problem="the grader itself failed"),
        replace(near, id="no folder", report=None, absent=NO_FOLDER),
    ]
    records = [apply.decided(each, Overrides(Path(), entries)) for each in records]
    records = [replace(each, fingerprint=f"{number:02}") for number, each in enumerate(records)]  # so is the order
    (tmp_path / "report.html").write_text(page.render(real_lab, collect(real_lab, records), anonymous=anonymous))
    chromium.open(tmp_path / "report.html")
    chromium.click("#students option[value=r]")
    names = [f"student {number}" if anonymous else each.id for number, each in enumerate(records, 1)]
    assert chromium.seen(f"{ROWS} th") == names[8:]
    assert chromium.seen("#students output") == ["8 of 16 rows shown"]


@needs_browser
def test_page_escapes_names_and_loads_nothing(opened: Page, written: Path) -> None:
    assert opened.complaints() == []
    assert opened.requests() == [written.resolve().as_uri()]
    names = opened.evaluate("[...document.querySelectorAll('#students tbody th')].map(each => each.textContent)")
    assert "<script>alert(1)</script>" in names
    assert opened.evaluate("document.querySelectorAll('img').length") == 0
    assert opened.evaluate("document.querySelectorAll('script').length") == 1


@needs_browser
@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_a_phone_in_light_and_dark(opened: Page, dark: bool) -> None:
    for width in (390, 360):
        opened.resize(width, 740, dark=dark)
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
    ground = opened.style("body", "background-color")
    assert ground == ("rgba(20, 24, 27, 1)" if dark else "rgba(246, 247, 248, 1)")


@needs_browser
def test_status_of_every_student_is_visible_on_a_desktop(opened: Page) -> None:
    opened.resize(1280, 900)
    table = "document.querySelector('#students .scroll')"
    assert opened.evaluate(f"{table}.scrollWidth - {table}.clientWidth") <= 0


def test_a_class_of_a_thousand_is_a_small_page(real_lab: Lab, reports: Sequence[GradeReport]) -> None:
    text = page.render(real_lab, collect(real_lab, made.records(real_lab, reports, 1000)))
    assert len(text.encode()) < 5_000_000
    assert text.count("<tr") > 1000


def test_command_writes_the_page_beside_grades(tmp_path: Path, run_class: RunClass) -> None:
    shutil.copytree(ROOT / "examples/perfect_plain", tmp_path / "in/a")
    run_class(tmp_path / "in", tmp_path / "out", "--anonymous")
    text = (tmp_path / "out/report.html").read_text(encoding="utf-8")
    assert "student 1" in text
    assert "100" in text
