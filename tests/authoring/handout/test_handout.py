"""`autograder handout` makes the whole template from rubric and reference, safely, and says what differs."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, RunVerb

from autograder import rubric
from autograder.authoring import handout
from autograder.fileio import CannotWrite
from autograder.rubric import FileError, Lab

SECOND = ROOT / "labs/logistic_regression"
NAMES = ["Lab4.py", "answers.yaml", "README.md", "task1_graph.svg", "task2_graph.svg"]
OTHER = {"task1": {"x": -3.25, "y": 1.5, "w": 0.75}, "task2": {"x1": 2.25, "w1": 1.75, "w2": -1.25, "y": 0.375}}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the lab: rubric, reference and template."""
    for folder in ("reference", "student_template"):
        shutil.copytree(ROOT / folder, tmp_path / "lab" / folder)
    shutil.copy(ROOT / "rubric.yaml", tmp_path / "lab")
    return tmp_path / "lab"


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize("folder", [ROOT, SECOND, ROOT / "labs/linear_regression", ROOT / "labs/two_layer_network"])
def test_the_template_is_what_rubric_and_reference_say(folder: Path, run_verb: RunVerb) -> None:
    done = run_verb("handout", "--lab", folder, "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), "run .venv/bin/autograder handout --lab …"


def test_a_change_of_an_input_is_noticed_and_named(copy: Path, run_verb: RunVerb) -> None:
    change(copy / "rubric.yaml", "published: { x: 4,", "published: { x: 3,")
    before = {path.name: path.read_bytes() for path in (copy / "student_template").iterdir()}
    done = run_verb("handout", "--lab", copy, "--check")
    assert done.returncode == 1
    assert re.findall(r"^differs +.*/(.*)$", done.stdout, flags=re.MULTILINE) == [
        "Lab4.py",
        "answers.yaml",
        "README.md",
        "answers.yaml",  # of the reference
    ]
    assert {path.name: path.read_bytes() for path in (copy / "student_template").iterdir()} == before
    done = run_verb("handout", "--lab", copy)
    assert re.findall(r"^(\w+) .*/(.*)$", done.stdout, flags=re.MULTILINE) == [
        ("written" if name.endswith((".py", ".yaml", ".md")) else "unchanged", name)
        for name in (*NAMES, "answers.yaml")
    ]
    assert run_verb("handout", "--lab", copy, "--check").returncode == 0


def test_overridden_inputs_replace_all_numbers(real_lab: Lab) -> None:
    files = handout.make(real_lab.with_published(OTHER))
    assert "def train(x=-3.25, y=1.5, w=0.75, lr=0.01, n_epochs=20, device=" in files["Lab4.py"]
    assert "def fnn_gradients(x1=2.25, w1=1.75, w2=-1.25, y=0.375):" in files["Lab4.py"]
    for name in ("answers.yaml", "README.md"):
        assert "x = -3.25, y = 1.5, w = 0.75" in files[name]
        assert "x1 = 2.25, w1 = 1.75, w2 = -1.25, y = 0.375" in files[name]
    for text in files.values():
        assert not re.search(r"\b(x1?|y|w[12]?) ?= ?(4|1|0\.5|0\.2)(\.0)?(?!\.?\d)", text)


def test_all_files_are_made_and_the_answers_are_blank(real_lab: Lab) -> None:
    files = handout.make(real_lab)
    assert list(files) == NAMES
    assert all(text.endswith("\n") and "\r" not in text for text in files.values())
    assert re.search(
        r"^task1: # x = 4, y = 1, w = 0.5\n  y_hat:\n  s:\n  loss:\n  dloss_dw:\n\ntask2:", files["answers.yaml"], re.M
    )


def test_the_sheet_says_what_rubric_and_graphs_say(real_lab: Lab) -> None:
    sheet = handout.make(real_lab)["README.md"]
    assert r"\hat{y} = \sigma(m_2) \qquad s = \hat{y} - y \qquad \mathit{loss} = s^{2}" in sheet
    assert '<img src="task1_graph.svg" alt="Computation graph of task1: x and w give y_hat, y_hat and y give' in sheet
    assert "the values of `y_hat`, `s` and `loss`." in sheet
    assert "Write the eight results into" in sheet
    assert "<<" not in sheet


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<< task1.given >>", "<< task7.given >>", r"line 22: 'task7' is undefined; the graphs are task1 and task2,"),
        ("<< task1.given >>", "<< task1.gaven >>", r"line 22: .*'gaven'; the graphs are .* as in << task1\.given >>"),
        ("<< task1.given >>", "<< task1.given", r"line \d+: "),
        ("| names >>", "| nums >>", r"line \d+: No filter named 'nums'"),
        ("<< task1.given >>", "<% if %>", r"line 22: "),
    ],
)  # fmt: skip
def test_a_place_that_is_not_known_is_named_with_its_line(copy: Path, old: str, new: str, said: str) -> None:
    change(copy / "reference/handout.md", old, new)
    with pytest.raises(FileError, match=rf"reference/handout\.md, {said}") as error:
        handout.make(rubric.load(copy))
    assert "\n" not in str(error.value)


def test_a_lab_without_a_sheet_has_everything_else(copy: Path, run_verb: RunVerb) -> None:
    (copy / "reference/handout.md").unlink()
    done = run_verb("handout", "--lab", copy, "--out", copy / "new")
    assert sorted(path.name for path in (copy / "new").iterdir()) == sorted(set(NAMES) - {"README.md"})
    assert f"README.md is not generated, because there is no {copy}/reference/handout.md" in done.stdout


def test_what_else_is_in_the_folder_stays_and_is_named(copy: Path, run_verb: RunVerb) -> None:
    (copy / "student_template/notes.txt").write_text("mine")
    (copy / "student_template/README.md").unlink()
    done = run_verb("handout", "--lab", copy)
    assert "notes.txt, which is not made from rubric and reference" in done.stdout
    assert (copy / "student_template/notes.txt").read_text() == "mine"
    assert sorted(path.name for path in (copy / "student_template").iterdir()) == sorted([*NAMES, "notes.txt"])


def test_a_new_folder_is_made_with_the_usual_rights(copy: Path, tmp_path: Path, run_verb: RunVerb) -> None:
    assert run_verb("handout", "--lab", copy, "--out", tmp_path / "a/b").returncode == 0
    (tmp_path / "plain").mkdir()
    assert (tmp_path / "a/b").stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]


def test_a_file_is_replaced_and_not_written_into(tmp_path: Path) -> None:
    handout.write({"a": "old"}, tmp_path / "out")
    (tmp_path / "held").hardlink_to(tmp_path / "out/a")
    handout.write({"a": "new"}, tmp_path / "out")
    assert [(tmp_path / name).read_text() for name in ("held", "out/a")] == ["old", "new"]


def failing(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("there", [True, False])
def test_a_disk_that_is_full_leaves_the_folder_as_it_was(
    there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    if there:
        handout.write({"a": "old", "b": "old"}, folder)
    first, write = iter([True]), Path.write_text

    def full(path: Path, *rest: object, **named: object) -> int:
        return write(path, *rest, **named) if next(first, False) else failing()  # type: ignore[arg-type,return-value]

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(CannotWrite, match=r"out: it cannot be written \(No space left on device\)"):
        handout.write({"a": "new", "b": "new"}, folder)
    monkeypatch.undo()
    left = {str(path.relative_to(tmp_path)): path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == ({"out/a": "old", "out/b": "old"} if there else {})


def test_folder_instead_of_file_is_refused(copy: Path, run_verb: RunVerb) -> None:
    out = copy / "out"
    (out / "README.md").mkdir(parents=True)
    done = run_verb("handout", "--lab", copy, "--out", out)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "README.md is a folder" in done.stderr
    assert [path.name for path in out.iterdir()] == ["README.md"]


@pytest.fixture
def refusal(run_verb: RunVerb) -> Callable[[Path], str]:
    """The sentence with which a lab's handout is refused; nothing may have been written."""

    def refusal(folder: Path) -> str:
        done = run_verb("handout", "--lab", folder, "--out", folder / "new")
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert not (folder / "new").exists()
        return done.stderr

    return refusal


def test_a_solution_that_stands_in_a_comment_too_is_refused(copy: Path, refusal: Callable[[Path], str]) -> None:
    body = re.search(r"    m1 = x1 \* w1\n.*?\n    return [^\n]*", (copy / "reference/Lab4.py").read_text(), re.S)
    assert body
    comment = "\n".join(f"# {line}" for line in body[0].splitlines())
    change(copy / "reference/Lab4.py", "def main():", f"{comment}\ndef main():")
    assert "Lab4.py contains the reference's solution of fnn_forward; remove it" in refusal(copy)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("handout.md", "Write", "y_hat = 2. Write", r"README.md, line 29, has 2, which is y_hat of task1"),
        ("handout.md", "## Check", "-0.39.\n\n## Check", r"README.md, line \d+, has 0.39, which is dloss_dw2 of task2"),
        ("Lab4.py", "Which of them", "It is .4624. Which", r"Lab4.py, line \d+, has .4624, which is a loss in train"),
    ],
)  # fmt: skip
def test_a_number_that_gives_an_answer_away_is_refused(
    copy: Path, refusal: Callable[[Path], str], file: str, old: str, new: str, said: str
) -> None:
    change(copy / "reference" / file, old, new)
    assert re.search(f"would give an answer away: {said}; remove it", refusal(copy))
