"""The page of a student's feedback says what the terminal says, to those who may see it, and stands alone."""

import dataclasses
import html
import itertools
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from browser import Page, needs_browser
from conftest import ROOT, Result, RunVerb

from autograder import rubric
from autograder.checks.said_once import ADVICE, REASON
from autograder.gradescope.metadata import Metadata
from autograder.outcome import ITEM, CheckResult, Curve, Finding, GradeReport, Line, Outcome
from autograder.render import feedback
from autograder.rubric import Lab
from autograder.sandbox.host.confinement import PURPOSE, Confinement

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)></details>"


def with_visibility(real_lab: Lab, **visibility: str) -> Lab:
    """The lab, checks (2.1 as `c2_1`) seen at other times."""
    checks = tuple(
        msgspec.structs.replace(check, visibility=visibility.get(f"c{check.number.replace('.', '_')}"))
        for check in real_lab.rubric.checks
    )
    return dataclasses.replace(real_lab, rubric=msgspec.structs.replace(real_lab.rubric, checks=checks))


def report(the_lab: Lab, outcome: Outcome) -> GradeReport:
    """Every check with the same outcome."""
    checks = tuple(CheckResult(check.number, check.name, check.points, outcome) for check in the_lab.rubric.checks)
    return GradeReport("Lab", "submission", "cpu", checks, 1.0, Confinement(dict.fromkeys(PURPOSE, "")))


def rendered(the_lab: Lab, outcome: Outcome) -> str:
    return feedback.render(report(the_lab, outcome), the_lab, "someone", Metadata())


def words(html: str) -> str:
    """What there is to read, blanks aside."""
    return re.sub(r"\s+", "", re.sub(r"<(style|svg|figcaption).*?</\1>|<[^>]+>", "", html, flags=re.DOTALL))


def test_the_page_says_what_the_terminal_says(grade: Callable[[Path], Result], real_lab: Lab) -> None:
    graded = grade(ROOT / "examples/missing_factor_2").report
    page = feedback.render(graded, real_lab, "missing_factor_2", Metadata())
    text = html.unescape(words(page))
    assert "68.28/100" in text
    for check in graded.checks:
        advice = [line.removeprefix(ITEM) for line in check.outcome.hint.split("\n")]
        said = [check.name, check.outcome.summary, *advice, *check.outcome.notes]
        said += [str(each) for each in check.outcome.findings if each.state != "right" or each.text]
        for sentence in said:
            assert re.sub(r"\s+", "", sentence) in text, sentence
    assert page.count("it is computed correctly from an earlier value that is wrong") == 1
    links = set(re.findall(r'href="#([^"]*)"', page))
    steps = {f"in-steps-{each}" for each in ("task1-paper", "task2-paper", "task2-code")}
    assert links == {"check-3.1", "check-6.1", *steps} <= set(re.findall(r' id="([^"]*)"', page))
    drawn = [check for check in graded.checks if check.outcome.path]
    assert len(re.findall(r"<figure class=\"graph", page)) == len(drawn) + len(steps) >= 5
    assert len(re.findall(r"<figure class=\"curve", page)) == 1


def test_advice_is_short_paragraphs_and_a_list(real_lab: Lab) -> None:
    page = rendered(
        real_lab, Outcome(0.0, "summary", hint=f"Each would explain:\n- one\n- {EVIL}\nLook at w.\nRead on.")
    )
    assert EVIL not in page
    hint = html.unescape(page[page.index('<div class="hint">') :].split("</div>")[0])
    assert re.findall(r"<p class=\"(.*?)\">(.*?)</p>", hint) == [
        ("said first", "Each would explain:"),
        ("said", "Look at w."),
        ("said", "Read on."),
    ]
    assert re.findall("<li>.*?</li>", hint) == ["<li>one</li>", f"<li>{EVIL}</li>"]
    alone = rendered(real_lab, Outcome(0.0, "summary", hint="Look at w."))
    assert '<p class="said">Look at w.</p>' in alone


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (ADVICE.format("3.1"), 'See the advice under <a href="#check-3.1">3.1</a>.'),
        (REASON.format("3.1"), 'No result, for the reason given under <a href="#check-3.1">3.1</a>.'),
        (ADVICE.format("9"), "See the advice under 9."),
        ("Printed: see the advice under 3.1.", "Printed: see the advice under 3.1."),
        ("<b> under 3.1", "&lt;b&gt; under 3.1"),
    ],
)
def test_a_reference_to_a_check_is_a_link(text: str, shown: str) -> None:
    assert feedback.linked(text, {"2.1", "3.1"}) == shown


def test_each_of_two_mistakes_has_its_line(real_lab: Lab) -> None:
    first, second = (
        Line("", number, (f"line {number}",), number, "look at its signs", (), fixes)
        for number, fixes in ((7, "first"), (9, "second"))
    )
    page = rendered(real_lab, Outcome(1.0, "summary", lines=(first, second)))
    assert page.count("fixes the first") == page.count("fixes the second") > 0
    assert page.index("fixes the first of the two mistakes") < page.index("fixes the second of the two mistakes")


def test_the_line_of_a_mistake_is_marked_in_the_students_own_code(real_lab: Lab) -> None:
    around = (
        "    loss.backward()",
        "    with torch.no_grad():",
        f"        w += lr * w.grad  # {EVIL}",
        "",
        "    return w",
    )
    line = Line("", 43, around, 41, "look at its signs", (45,))
    page = rendered(real_lab, Outcome(1.0, "summary", lines=(line,)))
    assert EVIL not in page
    code = html.unescape(re.sub(r"<[^>]+>", "", page[page.index("<pre") : page.index("</pre>")]))
    assert [row.rstrip() for row in code.splitlines() if row] == [
        "   41      loss.backward()",
        "   42      with torch.no_grad():",
        f"→  43          w += lr * w.grad  # {EVIL}",
        "   44",
        "→  45      return w",
    ]
    said = html.unescape(page[page.index("<figcaption") : page.index("</figcaption>")])
    assert said.endswith(" or in line 45 makes all results right: look at its signs.")


def test_only_visible_checks_are_on_the_page(real_lab: Lab) -> None:
    hidden = {"c2_2": "after_due_date", "c3_2": "after_due_date", "c5_2": "after_published", "c7_2": "hidden"}
    the_lab = with_visibility(real_lab, **hidden)
    page = rendered(the_lab, Outcome(1.0, "summary"))
    assert "check_result: the lab&#39;s numbers" in page
    for name in (
        "check_result: other numbers",
        "train: other numbers, epoch",
        "fnn_forward: other",
        "fnn_check_result: o",
    ):
        assert name not in page
    assert "You can see 2 more checks after the due date." in page
    assert "You can see 1 more check when grades are published." in page
    assert "16 / 63" in page
    assert "These points count only the checks on this page." in page
    assert "These are the points" not in rendered(real_lab, Outcome(1.0, "summary"))


def test_total_set_by_hand_is_shown_beside_hidden_checks(real_lab: Lab) -> None:
    the_lab = with_visibility(real_lab, c2_2="after_due_date", c3_2="hidden")
    found = dataclasses.replace(report(the_lab, Outcome(1.0, "summary")), total=10.0)
    page = feedback.render(found, the_lab, "someone", Metadata())
    assert "10 / 100" in page
    assert "These points" not in page


def test_text_of_a_student_is_no_markup(real_lab: Lab) -> None:
    outcome = Outcome(0.0, EVIL, (Finding("s", "wrong", EVIL), Finding(EVIL, "right", EVIL)), EVIL, (EVIL,))
    outcome = dataclasses.replace(outcome, path=(("y_hat", "right"), ("s", "wrong"), (EVIL, "wrong")))
    page = feedback.render(report(real_lab, outcome), real_lab, EVIL, Metadata())
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("<details") == page.count("</details>") == len(real_lab.rubric.checks)
    assert "Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"" in page


def test_check_without_graph_has_no_drawing(real_lab: Lab) -> None:
    page = rendered(real_lab, Outcome(0.0, "summary", curve=Curve([1.0], [1.0])))
    assert '<figure class="graph' not in page
    assert page.count('<figure class="curve') == len(real_lab.rubric.checks)


def test_the_guides_command_writes_the_page(tmp_path: Path, run_verb: RunVerb) -> None:
    (command,) = re.findall(
        r"^\./run_autograder .*--html.*$", (ROOT / "docs/instructors.md").read_text(), flags=re.MULTILINE
    )
    _, submission, *rest = shlex.split(command)
    done = run_verb("grade", ROOT / submission, *rest)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("feedback.html: open it in a browser\n")
    page = (tmp_path / "feedback.html").read_text()
    assert "dloss_ds ✗" in page
    assert str(ROOT) not in page
    assert not re.search(r"src=|href=[^>]*:|url\(|@import", page)


@pytest.mark.parametrize("path", [".", "results/results.json/page.html"])
def test_a_page_that_cannot_be_written_is_one_sentence(tmp_path: Path, run_verb: RunVerb, path: str) -> None:
    done = run_verb("grade", ROOT / "examples/half_finished", "--quiet", "--html", path)
    assert (done.returncode, done.stdout) == (2, "41 of 100 points\n")
    assert re.fullmatch(r"autograder: .*it cannot be written \(.*\); name another place with --html\n", done.stderr)
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["results.json"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a submission with graphs, and one with a loss curve that leaves the plot, in a folder."""
    folder = tmp_path_factory.mktemp("pages")
    the_lab = rubric.load(ROOT)
    states = (("m1", "right"), ("r", "wrong"), ("m2", "follows"), ("dm2_dr", "partly"), ("dloss_dw1", "unreadable"))
    outcome = Outcome(1.0, "y" * 300, curve=Curve([1.0, 50.0, 0.5], [1.0, 0.5, 0.2]), path=states)
    (folder / "feedback.html").write_text(rendered(the_lab, outcome), encoding="utf-8")
    return folder / "feedback.html"


@needs_browser
@pytest.mark.parametrize(("width", "drawing"), [(1200, "wide"), (360, "tall")])
def test_drawing_fits_the_window(chromium: Page, written: Path, width: int, drawing: str) -> None:
    grounds = []
    for dark in (False, True):
        chromium.resize(width, 800, dark=dark)
        chromium.open(written)
        assert chromium.overflow() <= 0
        assert chromium.seen(".graph .wide .name") or drawing == "tall"
        assert chromium.seen(".graph .tall .name") or drawing == "wide"
        assert not (chromium.seen(".graph .wide .name") and chromium.seen(".graph .tall .name"))
        grounds.append((chromium.style("body", "background-color"), chromium.style(".graph .node .box", "fill")))
    assert len(set(grounds)) == 2
    assert all(one != other for one, other in zip(*grounds, strict=True))


KINDS = (
    *(f"examples/{name.name}" for name in sorted((ROOT / "examples").iterdir()) if name.is_dir()),
    *(
        f"tests/submissions/wrong_{name}"
        for name in ("paper_two_slips_in_the_chain", "train_losses_nan", "check_swapped")
    ),
    *(f"tests/submissions/wrong_{name}" for name in ("gradients_huge_numbers", "device_hard_coded_cuda")),
    *("tests/submissions/hangs_in_train", "tests/submissions/right_train_notebook_cell_magics", "tests/submissions"),
)


@needs_browser
def test_no_page_is_wider_than_a_phone(
    chromium: Page, grade: Callable[[Path], Result], real_lab: Lab, written: Path, tmp_path: Path
) -> None:
    pages = [written]
    for kind in KINDS:
        pages.append(tmp_path / f"{Path(kind).name}.html")
        graded = grade(ROOT / kind).report
        pages[-1].write_text(feedback.render(graded, real_lab, "Ada Lovelace " * 9, Metadata()), encoding="utf-8")
    for width, path in itertools.product((390, 320), pages):
        chromium.resize(width, 844)
        chromium.open(path)
        assert chromium.evaluate("document.documentElement.scrollWidth") <= width, path.name
        chromium.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert chromium.evaluate("document.documentElement.scrollWidth") <= width, path.name


@needs_browser
def test_phone_shows_signs_and_keeps_words_for_screen_readers(chromium: Page, written: Path) -> None:
    chromium.resize(390, 844)
    chromium.open(written)
    assert chromium.evaluate("document.querySelector('.state').textContent") == "~ partly right"
    word = "document.querySelector('.word').getBoundingClientRect()"
    assert chromium.evaluate(f"[{word}.width, {word}.height]") == [1, 1]
    chromium.resize(1200, 844)
    assert chromium.evaluate(f"{word}.width") > 50


@needs_browser
def test_text_fits_its_box(chromium: Page, written: Path) -> None:
    for width in (360, 1200):
        chromium.resize(width, 800)
        chromium.open(written)
        sizes = chromium.evaluate(
            "[...document.querySelectorAll('.graph g')].filter(g => g.getClientRects().length).map(g => {"
            " const box = g.querySelector('rect:not(.ring)').getBoundingClientRect();"
            " return [...g.querySelectorAll('text')].map(t => t.getBoundingClientRect()).map(t =>"
            " [Math.min(t.left - box.left, box.right - t.right), t.height]) }).flat()"
        )
        assert len(sizes) > 20
        assert min(room for room, _ in sizes) >= 0
        assert min(height for _, height in sizes) > 10


@needs_browser
def test_the_console_is_silent_and_nothing_is_fetched(chromium: Page, written: Path) -> None:
    chromium.requests()
    chromium.open(written)
    assert chromium.complaints() == []
    assert chromium.requests() == [written.as_uri()]
