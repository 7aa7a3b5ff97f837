"""`autograder build` gives nothing away: it refuses a reference that loses points and a template that has answers."""

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT

from autograder import build, handout, lab
from autograder.sandbox.wall import Wall

AUTOGRADER = str(ROOT / ".venv/bin/autograder")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the lab: rubric, reference and template."""
    for folder in ("reference", "student_template"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "rubric.yaml", tmp_path)
    return tmp_path


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def refusal(copy: Path, wall: Wall) -> str:
    with pytest.raises(build.NotReady) as error:
        build.look_over(lab.load(copy), wall)
    sentence = str(error.value)
    assert "\n" not in sentence
    return sentence


def test_the_lab_as_it_is_can_be_given(wall: Wall) -> None:
    looked = build.look_over(lab.load(ROOT), wall)
    assert looked.template == 2


def test_the_zip_is_made_and_what_a_run_needs_is_said(tmp_path: Path) -> None:
    command = [AUTOGRADER, "build", "--out", "new.zip"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    names = zipfile.ZipFile(tmp_path / "new.zip").namelist()
    assert not [name for name in names if re.match("tests|examples|student_template|docs|benchmarks|scripts", name)]
    assert not [name for name in names if "test_" in name]
    assert f"new.zip: {round((tmp_path / 'new.zip').stat().st_size / 1000)} kB, {len(names)} files." in done.stdout
    assert "The reference gets all 100 points, the template 2" in done.stdout
    measured = re.search(r"^One run here: ([\d.]+) s, ([\d.]+) s of processor time, (\d+) MB in ", done.stdout, re.M)
    assert measured
    assert 100 < int(measured[3]) < 600
    assert "Choose on Gradescope: 0.5 CPU, 0.75 GB RAM (the default)" in done.stdout


def test_a_rubric_with_a_mistake_is_refused_and_nothing_is_written(copy: Path) -> None:
    change(copy / "rubric.yaml", "function: train\n", "function: tarin\n")
    command = [AUTOGRADER, "build", "--lab", ".", "--out", "new.zip"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "did you mean 'train'?" in done.stderr
    assert not (copy / "new.zip").exists()


def test_a_reference_that_loses_points_is_refused(copy: Path, wall: Wall) -> None:
    change(copy / "reference/answers.yaml", "dloss_dw: 8", "dloss_dw: 4")
    assert "97 of 100 points and loses some in 1.2 (Task 1 on paper: the gradient)" in refusal(copy, wall)


@pytest.mark.parametrize("name", ["Lab4.py", "answers.yaml"])
def test_a_template_that_lacks_a_file_is_refused(copy: Path, wall: Wall, name: str) -> None:
    (copy / "student_template" / name).unlink()
    assert f"there is no {name} that can be read" in refusal(copy, wall)


def test_a_filled_in_answer_in_the_template_is_refused(copy: Path, wall: Wall) -> None:
    change(copy / "student_template/answers.yaml", "  m2:\n", "  m2: 0.4\n")
    assert "answers.yaml has a value for task2.m2; leave blank" in refusal(copy, wall)


def test_a_function_that_is_to_be_written_and_earns_points_is_refused_unless_it_is_given(
    copy: Path, wall: Wall
) -> None:
    written = 'def fnn_gradients(x1, w1, w2, y):\n    return {"dm2_dr": w2, "dm1_dw1": x1}\n\n\ndef main():'
    change(copy / "student_template/Lab4.py", "def main():", written)
    assert re.search(r"fnn_gradients earns [\d.]+ points in check 6\.\d; .* `given: true`", refusal(copy, wall))
    change(copy / "rubric.yaml", "  fnn_gradients:\n", "  fnn_gradients:\n    given: true\n")
    assert "Lab4.py is not what rubric and reference make of it; run `autograder handout" in refusal(copy, wall)
    the_lab = lab.load(copy)
    handout.write(handout.make(the_lab), the_lab.template)
    assert build.look_over(the_lab, wall).template == 2  # fnn_forward, which it calls, is to be written


def test_a_template_that_is_out_of_date_is_refused(copy: Path, wall: Wall) -> None:
    change(copy / "rubric.yaml", "published: { x: 4,", "published: { x: 3,")
    change(copy / "reference/answers.yaml", "y_hat: 2\n  s: 1\n  loss: 1\n", "y_hat: 1.5\n  s: 0.5\n  loss: 0.25\n")
    change(copy / "reference/answers.yaml", "dloss_dw: 8", "dloss_dw: 3")
    said = (
        "Lab4.py, answers.yaml, README.md are not what rubric and reference make of it; run `autograder handout --lab"
    )
    assert said in refusal(copy, wall)


@pytest.mark.parametrize("where", ["student_template/Lab4.py", "student_template/notes/solution.txt"])
@pytest.mark.parametrize("sign", ["", "#", "    # "])
def test_a_solution_that_is_not_even_run_is_refused(copy: Path, wall: Wall, where: str, sign: str) -> None:
    lines = (copy / "reference/Lab4.py").read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("def fnn_gradients"))
    end = next(number for number in range(start + 1, len(lines)) if lines[number].startswith("def "))
    (copy / where).parent.mkdir(exist_ok=True)
    with (copy / where).open("a") as file:
        file.write("\n\n" + "\n".join(sign + line for line in lines[start:end]).replace("fnn_gradients", "_old") + "\n")
    assert f"{Path(where).name} holds the reference's lines of fnn_gradients" in refusal(copy, wall)


def test_a_lab_without_a_template_is_built_with_a_warning(copy: Path, wall: Wall) -> None:
    shutil.rmtree(copy / "student_template")
    looked = build.look_over(lab.load(copy), wall)
    assert looked.template is None
    assert "nobody has looked" in looked.warnings[0]


def test_the_key_that_everybody_has_and_a_limit_beyond_gradescopes_are_warned_of(copy: Path, wall: Wall) -> None:
    assert ["set a `key` of your own" in warning for warning in build.look_over(lab.load(copy), wall).warnings] == [
        True
    ]
    change(copy / "rubric.yaml", 'key: "change me: any', 'key: "any')
    change(copy / "rubric.yaml", "submission: 240", "submission: 900")
    [warning] = build.look_over(lab.load(copy), wall).warnings
    assert "a submission may take 900 s" in warning
