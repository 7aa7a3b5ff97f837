"""The key as a page, as Markdown and as JSON: complete, the same at every run, and nothing fetched."""

import json
import re
from pathlib import Path

import pytest
from browser import Page, needs_browser
from conftest import ROOT, RunVerb
from small_labs import changed

from autograder.authoring.answer_key import markdown, show
from autograder.authoring.answer_key.closed_form import closed_form
from autograder.authoring.answer_key.derivation import derive
from autograder.authoring.answer_key.exact import Exact
from autograder.authoring.answer_key.key import GraphKey, Key, TrainingKey
from autograder.authoring.answer_key.reference import ReferenceRun, Solution
from autograder.authoring.answer_key.wrong_answers import Quantity, WrongNumber
from autograder.graph import parse
from autograder.graph.descent import Epoch
from autograder.rubric import Lab


def numbers(the_key: Key) -> list[str]:
    """Everything that has to be seen, to six digits."""
    found = [f"{each.number.value:.6g}" for g in the_key.graphs for each in (*g.right.values, *g.right.partials)]
    found += [f"{each.number.value:.6g}" for graph in the_key.graphs for each in graph.right.gradients]
    found += [f"{step.loss:.6g}" for training in the_key.trainings for step in training.epochs]
    found += [f"{wrong.numbers[0]:.6g}" for g in the_key.graphs for each in g.asked for wrong in each.wrong[:8]]
    return found


def test_page_and_markdown_hold_every_number(real_key: Key, real_lab: Lab, two_weights: tuple[Lab, Key]) -> None:
    for the_lab, the_key in ((real_lab, real_key), two_weights):
        page = re.sub(r"</?m[a-z]+[^>]*>", "", show.html(the_key, the_lab.graphs)).replace("&#x02212;", "-")
        text = markdown.markdown(the_key)
        for number in numbers(the_key):
            assert number in page or "e-" in number, number
            assert number in text or "e-" in number, number
        assert page.count('<figure class="graph') == len(the_key.graphs)
        assert page.count('<figure class="curve') == len(the_key.trainings)


def test_json_is_the_plain_data(real_key: Key) -> None:
    data = json.loads(show.json(real_key))
    assert list(data) == ["lab", "graphs", "trainings", "reference"]
    task2 = data["graphs"][1]
    values = {each["name"]: each["number"]["value"] for each in task2["right"]["values"]}
    assert values["y_hat"] == 0.598687660112452
    gradient = task2["right"]["gradients"][0]
    assert (gradient["name"], gradient["of_paths"]) == ("dloss_dw2", 1)
    assert gradient["paths"][0]["factors"] == ["dloss_ds", "ds_dy_hat", "dy_hat_dm2", "dm2_dw2"]
    assert data["trainings"][0]["closed_form"]["ratio"] == 0.68
    assert data["trainings"][0]["epochs"][-1]["weights"] == {"w": real_key.trainings[0].epochs[-1].weights["w"]}


def test_a_drawing_has_values_forward_and_gradients_back(
    real_key: Key, real_lab: Lab, two_weights: tuple[Lab, Key]
) -> None:
    figure = show.figure(real_lab.graphs["task2"], "task2", real_key.graphs[1].right)
    for text in ("0.598688", "-0.154271", "-0.0385678", "0.161052"):
        assert f">{text}</text>" in figure
    the_lab, the_key = two_weights
    figure = show.figure(the_lab.graphs["logistic"], "logistic", the_key.graphs[0].right)
    (y_hat,) = (each for each in the_key.graphs[0].right.gradients if each.name == "dloss_dy_hat")
    assert f">{y_hat.number.value:.6g}</text>" in figure  # y_hat is used twice: the sum stands in its box


def test_markdown_is_headings_formulas_and_tables_for_github(real_key: Key) -> None:
    text = markdown.markdown(real_key)
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Numbers to look for",
        "## task1 (task 1, steps 1 and 2)",
        "## task2 (task 2, steps 1 to 3)",
        "## train (task 1, step 5)",
        "## The reference, reference/Lab4.py",
    ]
    assert r"- `y_hat`: $\hat{y} = x \cdot w = 4 \cdot 0.5 = 2$" in text
    assert "```math\n\\begin{aligned}\n\\frac{\\partial \\mathit{loss}}{\\partial w} & = " in text
    assert "| 1 | 0.42 | 0.4624 | 5.44 |" in text
    assert "9 of 30 known mistakes also give the correct number at these inputs." in text
    for line in text.splitlines():
        assert line.count("$") in (0, 2), line
    assert text.count("```") % 2 == 0


def test_numbers_to_look_for_are_the_likely_ones(real_key: Key) -> None:
    y_hat, s, loss, gradient = real_key.graphs[0].asked
    assert show.crib(y_hat) == []  # nobody reads a plus where a product stands
    assert [wrong.numbers for wrong in show.crib(s)] == [(-1.0,), (2.0,)]
    assert [wrong.numbers for wrong in show.crib(loss)] == [(0.5,), (4.0,)]
    assert [wrong.numbers for wrong in show.crib(gradient)] == [(4.0,), (1.0,), (2.0,)]
    assert y_hat.wrong[0].likely is False
    assert "| task1 | `s` | 1 | -1 (the two operands of s are in the wrong order); 2 (y is left out of s) |" in (
        markdown.markdown(real_key)
    )


def test_contents_lead_to_every_section(real_key: Key, real_lab: Lab) -> None:
    page = show.html(real_key, real_lab.graphs)
    assert re.findall(r'<li><a href="#([^"]*)">(.*?)</a>', page) == [
        ("crib", "Numbers to look for"),
        ("graph-task1", "task1"),
        ("graph-task2", "task2"),
        ("training-train", "train"),
        ("reference", "The reference"),
    ]
    assert set(re.findall(r'href="#([^"]*)"', page)) == set(re.findall(r'<h2 id="([^"]*)"', page))


def test_wrong_numbers_are_folded(real_key: Key, real_lab: Lab) -> None:
    page = show.html(real_key, real_lab.graphs)
    lists = page.count('<table class="wrong-numbers')
    assert lists == len(re.findall(r"<details><summary>\d+ wrong (?:numbers|lists) with their causes</summary>", page))
    assert lists == sum(bool(each.wrong) for of in (*real_key.graphs, *real_key.trainings) for each in of.asked)


def test_backticks_are_code(two_weights: tuple[Lab, Key]) -> None:
    assert show.code("at z `**` stands <b>") == "at z <code>**</code> stands &lt;b&gt;"
    page = show.html(two_weights[1], two_weights[0].graphs)
    assert "is computed with <code>**</code> instead of <code>*</code>" in page
    assert "&lt;code&gt;" not in page


def test_a_long_training_is_shown_from_both_ends() -> None:
    epochs = [Epoch(number, {"w": 0.0}, 0.0, {"w": 0.0}) for number in range(1001)]
    shown = show.rows(epochs)
    assert [step and step.epoch for step in shown] == [*range(20), None, *range(981, 1001)]
    assert show.rows(epochs[:41]) == epochs[:41]


@pytest.mark.parametrize(("count", "shown"), [(41, 41), (42, 41), (43, 41)])
def test_up_to_forty_epochs_and_the_end_are_shown_whole(count: int, shown: int) -> None:
    epochs = [Epoch(number, {"w": 0.0}, 0.0, {"w": 0.0}) for number in range(count)]
    found = show.rows(epochs)
    assert len(found) == shown
    assert (None in found) == (count > 41)
    assert found[19] is epochs[19]
    assert found[-20] is epochs[-20]


@pytest.mark.parametrize(
    ("found", "text"),
    [
        ([2 / 3], "0.666667"),
        ([1, 2, 3, 4], "1, 2, 3, 4"),
        ([1, 2, 3, 4, 5], "1, 2, 3, …, 5"),
    ],
)
def test_a_list_is_shown_by_its_ends(found: list[float], text: str) -> None:
    assert show.numbers(found) == text


@pytest.mark.parametrize(
    ("count", "text"), [(1, "a"), (3, "a; b; c"), (4, "a; b; c; and 1 more"), (6, "a; b; c; and 3 more")]
)
def test_three_mistakes_are_named(count: int, text: str) -> None:
    assert show.mistakes(WrongNumber((1.0,), tuple("abcdef"[:count]))) == text


@pytest.mark.parametrize(
    ("names", "known", "text"),
    [
        ([], 0, "No mistakes are known for it."),
        ([], 1, "None of 1 known mistake gives the correct number here."),
        (["a"], 7, "1 of 7 known mistakes also gives the correct number at these inputs."),
        (["a", "b"], 7, "2 of 7 known mistakes also give the correct number at these inputs."),
    ],
)
def test_how_many_mistakes_do_not_show(names: list[str], known: int, text: str) -> None:
    assert show.unseen(names, known) == text


WRONG = tuple(WrongNumber((float(number),), (f"mistake {number}",), accepted=number == 2) for number in range(2, 12))
TINY = Key(
    "Tiny",
    (
        GraphKey(
            "g",
            "",
            derive(
                parse({"m": "x * w", "loss": "m ** 2"}),
                Exact(parse({"m": "x * w", "loss": "m ** 2"}), {"x": 2, "w": 3}, "g"),
                ["dloss_dw"],
            ),
            (Quantity("m", ("on paper", "f"), (6.0,), WRONG, (), 10), Quantity("loss", ("f",), (36.0,), (), ("a",), 1)),
        ),
        GraphKey("h", "step 2", derive(parse({"n": "a + 1"}), Exact(parse({"n": "a + 1"}), {"a": 2}, "h"), []), ()),
    ),
    (
        TrainingKey(
            "train",
            "g",
            "step 5",
            {"lr": 0.1, "n_epochs": 1},
            ("w",),
            (Epoch(0, {"w": 3.0}, 36.0, {"w": 24.0}), Epoch(1, {"w": 0.6}, 1.44, {"w": 4.8})),
            closed_form(Exact(parse({"m": "x * w", "loss": "m ** 2"}), {"x": 2, "w": 3}, "g"), ("w",), 0.1),
            (),
        ),
        TrainingKey(
            "fit",
            "h",
            "",
            {"lr": 1.0, "n_epochs": 1},
            ("a", "b"),
            (
                Epoch(0, {"a": 1.0, "b": 2.0}, 3.0, {"a": 4.0, "b": 5.0}),
                Epoch(1, {"a": 6.0, "b": 7.0}, 8.0, {"a": 9.0, "b": 0.0}),
            ),
            None,
            (),
        ),
    ),
    Solution("reference/Lab.py", "x = '```'", (ReferenceRun("f()", "36.0"),)),
)


def test_a_small_key_in_markdown() -> None:
    assert markdown.markdown(TINY) == (ROOT / "tests/authoring/answer_key/tiny_key.txt").read_text()


@pytest.mark.slow("answer keys by the command")
def test_the_guides_command_writes_the_page_and_the_same_one_again(
    tmp_path: Path, run_verb: RunVerb, real_key: Key, real_lab: Lab
) -> None:
    (command,) = re.findall(
        r"^\.venv/bin/autograder key (.*)$", (ROOT / "docs/instructors.md").read_text(), flags=re.MULTILINE
    )
    done = run_verb("key", *command.split())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "key.html: the answer key, open it in a browser\n"
    first = (tmp_path / "key.html").read_text()
    assert not re.search(r"src=|href=\"(?!#)|url\(|@import|<script", first)
    assert str(ROOT) not in first
    assert first == show.html(real_key, real_lab.graphs)  # of a key that was made before


@pytest.mark.slow("answer keys by the command")
def test_the_format_follows_the_name_and_set_changes_the_numbers(tmp_path: Path, run_verb: RunVerb) -> None:
    done = run_verb("key", "--out", "key.json", "--set", "task1.x=3", "task1.w=1", "--set", "task1.n_epochs=2")
    assert (done.returncode, done.stdout, done.stderr) == (0, "key.json: the answer key\n", "")
    data = json.loads((tmp_path / "key.json").read_text())
    assert data["graphs"][0]["right"]["gradients"][0]["number"]["value"] == 12.0
    assert len(data["trainings"][0]["epochs"]) == 3
    done = run_verb("key", "--out", "-", "--format", "md")
    assert done.stdout.startswith("# PyTorch: computation graphs and autograd: answer key\n")
    assert [file.name for file in tmp_path.iterdir()] == ["key.json"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--set", "task1.z=3"), r"--set task1\.z=3: there is no input of task1 'z'; .*allowed: lr, n_epochs, w, x, y"),
        (("--out", "."), r"\.: it cannot be written \(.*\); name another place with --out"),
        (("--lab", "nowhere"), r"nowhere/rubric\.yaml: it cannot be read .*"),
    ],
)
def test_an_error_is_one_sentence_and_status_2(
    tmp_path: Path, run_verb: RunVerb, arguments: tuple[str, ...], sentence: str
) -> None:
    done = run_verb("key", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(f"autograder: {sentence}\n", done.stderr), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_when_the_reference_is_wrong(tmp_path: Path, run_verb: RunVerb) -> None:
    folder = tmp_path / "lab"
    folder.mkdir()
    changed(folder, ("reference/Lab4.py", "loss = s * s", "loss = s * s / 2"))
    done = run_verb("key", "--lab", "lab", "--out", "key.html")
    assert done.returncode == 2
    assert re.fullmatch(
        r"autograder: graph task2, loss: the graph engine says 0\.161\d+, the reference's fnn_forward\(\) 0\.0805\d+; "
        "one of the two is wrong, so no key is written\n",
        done.stderr,
    ), done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["lab"]


@pytest.fixture(scope="module")
def pages(
    real_key: Key, real_lab: Lab, two_weights: tuple[Lab, Key], tmp_path_factory: pytest.TempPathFactory
) -> list[Path]:
    folder = tmp_path_factory.mktemp("pages")
    written = []
    for name, (the_lab, the_key) in {"real": (real_lab, real_key), "logistic": two_weights}.items():
        written.append(folder / f"{name}.html")
        written[-1].write_text(show.html(the_key, the_lab.graphs), encoding="utf-8")
    return written


@needs_browser
def test_page_fits_phone_and_desktop(chromium: Page, pages: list[Path]) -> None:
    for written in pages:
        inks = set()
        for width in (360, 1200):
            for dark in (False, True):
                chromium.requests()
                chromium.resize(width, 800, dark=dark)
                chromium.open(written)
                assert chromium.overflow() <= 0
                assert chromium.complaints() == []
                assert chromium.requests() == [written.as_uri()]
                inks.add((chromium.style(".eq math", "color"), chromium.style("body", "background-color")))
        assert len(inks) == 2
    chromium.resize(360, 800)
    chromium.open(pages[0])
    assert (
        chromium.evaluate("[...document.querySelectorAll('.eq')].filter(e => e.scrollWidth > e.clientWidth).length")
        == 0
    )


@needs_browser
def test_formulas_are_mathml_that_the_browser_sets(chromium: Page, pages: list[Path]) -> None:
    chromium.resize(1200, 800)
    chromium.open(pages[0])
    assert chromium.evaluate("document.querySelectorAll('math').length") > 100
    assert chromium.evaluate("document.querySelector('mfrac').getBoundingClientRect().height") > 20
    assert chromium.evaluate("document.querySelectorAll('merror').length") == 0


@needs_browser
def test_the_labs_key_is_four_printed_pages(chromium: Page, pages: list[Path]) -> None:
    chromium.open(pages[0])
    assert chromium.printed_pages() == 4
    chromium.evaluate("document.querySelectorAll('main > :not(h1, .who, .crib)').forEach(each => each.remove())")
    assert chromium.printed_pages() == 1  # the numbers to look for


@needs_browser
def test_nothing_is_cut_off_on_paper(chromium: Page, pages: list[Path]) -> None:
    for written in pages:
        chromium.resize(680, 1000, medium="print")  # A4 between its margins, in CSS pixels
        chromium.open(written)
        assert chromium.overflow() <= 0
        cut = "[...document.querySelectorAll('main *')].filter(e => !e.closest('svg, math') && e.clientWidth"
        assert chromium.evaluate(f"{cut} && e.scrollWidth > e.clientWidth).map(e => e.className)") == []
