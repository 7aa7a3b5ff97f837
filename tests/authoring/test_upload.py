"""`autograder build` gives nothing away: it refuses a reference that loses points and a template that has answers."""

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import msgspec
import pytest
from conftest import ROOT, RunVerb

from autograder import measure, rubric
from autograder.authoring import handout, upload
from autograder.gradescope import upload_zip
from autograder.roster import Roster, Student
from autograder.sandbox.host.confinement import PROMISES, PURPOSE
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.program import SandboxedProgram as Handle
from autograder.sandbox.host.protocol import Confined
from autograder.submission import Submission

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


def refusal(copy: Path, server: ForkServer) -> str:
    with pytest.raises(upload.NotReady) as error:
        upload.check_ready(rubric.load(copy), server)
    sentence = str(error.value)
    assert "\n" not in sentence
    return sentence


def test_the_lab_as_it_is_can_be_given(server: ForkServer) -> None:
    looked = upload.check_ready(rubric.load(ROOT), server)
    assert looked.template == 2


@pytest.mark.slow("builds of the zip")
def test_the_zip_is_made_and_what_a_run_needs_is_said(tmp_path: Path) -> None:
    command = [AUTOGRADER, "build", "--out", "new.zip"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    names = zipfile.ZipFile(tmp_path / "new.zip").namelist()
    assert not [name for name in names if re.match("tests|examples|student_template|docs|benchmarks|scripts", name)]
    assert not [name for name in names if "test_" in name]
    assert f"new.zip: {round((tmp_path / 'new.zip').stat().st_size / 1000)} kB, {len(names)} files." in done.stdout
    assert "The reference gets all 100 points; the template gets 2" in done.stdout
    measured = re.search(
        r"^One run on this machine: ([\d.]+) s, ([\d.]+) s of CPU time, (\d+) MB in ", done.stdout, re.M
    )
    assert measured
    assert 100 < int(measured[3]) < 600
    assert "On Gradescope, choose 0.5 CPU, 0.75 GB RAM (the default)" in done.stdout


def test_a_rubric_with_a_mistake_is_refused_and_nothing_is_written(copy: Path, run_verb: RunVerb) -> None:
    change(copy / "rubric.yaml", "function: train\n", "function: tarin\n")
    done = run_verb("build", "--lab", ".", "--out", "new.zip")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "did you mean 'train'?" in done.stderr
    assert not (copy / "new.zip").exists()


def test_a_reference_that_loses_points_is_refused(copy: Path, server: ForkServer) -> None:
    change(copy / "reference/answers.yaml", "dloss_dw: 8", "dloss_dw: 4")
    said = refusal(copy, server)
    assert "97 of 100 points and loses some in 1.2 (Task 1 on paper: the gradient)" in said
    assert "handout" not in said


def test_a_changed_published_input_asks_for_a_new_handout(copy: Path, server: ForkServer) -> None:
    change(copy / "rubric.yaml", "published: { x: 4, y: 1, w: 0.5 }", "published: { x: 3, y: 1, w: 0.5 }")
    said = refusal(copy, server)
    assert "loses some in 1.1" in said
    assert said.endswith(f"after such a change run `autograder handout --lab {copy}`")


@pytest.mark.parametrize("name", ["Lab4.py", "answers.yaml"])
def test_a_template_that_lacks_a_file_is_refused(copy: Path, server: ForkServer, name: str) -> None:
    (copy / "student_template" / name).unlink()
    assert f"{name} is missing or cannot be read" in refusal(copy, server)


def test_a_filled_in_answer_in_the_template_is_refused(copy: Path, server: ForkServer) -> None:
    change(copy / "student_template/answers.yaml", "  m2:\n", "  m2: 0.4\n")
    assert "answers.yaml has an answer for task2.m2; leave it blank" in refusal(copy, server)


def test_stub_that_earns_points_is_refused(copy: Path, server: ForkServer) -> None:
    written = 'def fnn_gradients(x1, w1, w2, y):\n    return {"dm2_dr": w2, "dm1_dw1": x1}\n\n\ndef main():'
    change(copy / "student_template/Lab4.py", "def main():", written)
    assert re.search(r"fnn_gradients earns [\d.]+ points in check 6\.\d; .* `given: true`", refusal(copy, server))
    change(copy / "rubric.yaml", "  fnn_gradients:\n", "  fnn_gradients:\n    given: true\n")
    assert "Lab4.py does not match rubric.yaml and reference/; run `autograder handout" in refusal(copy, server)
    the_lab = rubric.load(copy)
    handout.write(handout.make(the_lab), the_lab.template)
    assert upload.check_ready(the_lab, server).template == 2  # fnn_forward, which it calls, is to be written


def test_a_template_that_is_out_of_date_is_refused(copy: Path, server: ForkServer) -> None:
    change(copy / "rubric.yaml", "published: { x: 4,", "published: { x: 3,")
    change(copy / "reference/answers.yaml", "y_hat: 2\n  s: 1\n  loss: 1\n", "y_hat: 1.5\n  s: 0.5\n  loss: 0.25\n")
    change(copy / "reference/answers.yaml", "dloss_dw: 8", "dloss_dw: 3")
    said = "Lab4.py, answers.yaml, README.md do not match rubric.yaml and reference/; run `autograder handout --lab"
    assert said in refusal(copy, server)


@pytest.mark.parametrize("where", ["student_template/Lab4.py", "student_template/notes/solution.txt"])
@pytest.mark.parametrize("sign", ["", "#", "    # "])
def test_a_solution_that_is_not_even_run_is_refused(copy: Path, server: ForkServer, where: str, sign: str) -> None:
    lines = (copy / "reference/Lab4.py").read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("def fnn_gradients"))
    end = next(number for number in range(start + 1, len(lines)) if lines[number].startswith("def "))
    (copy / where).parent.mkdir(exist_ok=True)
    with (copy / where).open("a") as file:
        file.write("\n\n" + "\n".join(sign + line for line in lines[start:end]).replace("fnn_gradients", "_old") + "\n")
    assert f"{Path(where).name} contains the reference's solution of fnn_gradients" in refusal(copy, server)


def test_a_lab_without_a_template_is_built_with_a_warning(copy: Path, server: ForkServer) -> None:
    shutil.rmtree(copy / "student_template")
    looked = upload.check_ready(rubric.load(copy), server)
    assert looked.template is None
    assert "it was not checked whether students are given an answer" in looked.warnings[0]


def test_default_key_and_long_limit_are_warned(copy: Path, server: ForkServer) -> None:
    assert [
        "set a `key` of your own" in warning for warning in upload.check_ready(rubric.load(copy), server).warnings
    ] == [True]
    change(copy / "rubric.yaml", 'key: "change me: any', 'key: "any')
    change(copy / "rubric.yaml", "submission: 240", "submission: 900")
    [warning] = upload.check_ready(rubric.load(copy), server).warnings
    assert "a submission may take 900 s" in warning


def test_a_machine_that_is_not_safe_is_warned_of(
    copy: Path, server: ForkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Handle, "confinement", lambda self: Confined({**dict.fromkeys(PURPOSE, ""), "user": "no"}))
    assert not [each for each in upload.check_ready(rubric.load(copy), server).warnings if "on this machine" in each]
    monkeypatch.setattr(Handle, "confinement", lambda self: Confined({}))
    warning = upload.check_ready(rubric.load(copy), server).warnings[0]
    assert warning.startswith("submissions cannot be sandboxed safely on this machine, `autograder doctor` says why. ")
    assert f"These promises do not hold: {PROMISES[0].what}" in warning


def said(memory: float, tree: float | None = None, **more: object) -> list[str]:
    """What is said of a zip and a run, line by line."""
    looked = upload.Readiness(**{"template": 2.0, "warnings": (), **more})  # type: ignore[arg-type]
    packed = upload_zip.Packed(bytes(1_500), ("x", "y"))
    text = upload._text(rubric.load(ROOT), looked, Path("a.zip"), packed, measure.Run(2.0, 1.5, memory), tree)
    return text.splitlines()


@pytest.mark.parametrize(
    ("memory", "size"),
    [
        (614.4, "0.5 CPU, 0.75 GB RAM (the default)"),
        (615, "1 CPU, 1.5 GB RAM"),
        (4915, "4 CPU, 6 GB RAM"),
        (9999, "4 CPU, 6 GB RAM"),
    ],
)
def test_the_smallest_container_with_a_quarter_to_spare_is_named(memory: float, size: str) -> None:
    line = said(memory)[3]
    assert line == f"On Gradescope, choose {size}: the smallest that fits this with 25% to spare."


def test_what_was_measured_is_said() -> None:
    assert said(300.0) == [
        "a.zip: 2 kB, 2 files.",
        "The reference gets all 100 points; the template gets 2, none of them for functions that students write.",
        "One run on this machine: 2.0 s, 1.5 s of CPU time, 300 MB in its largest process.",
        "On Gradescope, choose 0.5 CPU, 0.75 GB RAM (the default): the smallest that fits this with 25% to spare.",
        "A run there takes about 3 s if its CPUs are as fast as these.",
    ]
    lines = said(300.0, 400.0, template=None, warnings=("one", "two"))
    assert lines[:2] == ["Warning: one.", "Warning: two."]
    assert lines[3] == "The reference gets all 100 points."
    assert "400 MB in all its processes together" in lines[4]
    assert "the template gets 0, none" in said(300.0, template=0.0)[1]


def with_rubric(**values: object) -> rubric.Lab:
    the_lab = rubric.load(ROOT)
    return rubric.Lab(the_lab.folder, msgspec.structs.replace(the_lab.rubric, **values))


@pytest.mark.parametrize(("seconds", "warned"), [(540, False), (541, True)])
def test_a_minute_is_left_of_the_time_that_gradescope_gives(seconds: float, warned: bool) -> None:
    warnings = list(upload._warnings(with_rubric(key="k" * 16, limits=rubric.Limits(submission=seconds))))
    assert [f"may take {seconds} s" in warning for warning in warnings] == [True] * warned


def test_numbers_of_ones_own_need_a_roster(tmp_path: Path) -> None:
    own = with_rubric(key="k" * 16, individual=True)
    (warning,) = upload._warnings(rubric.Lab(tmp_path, own.rubric))
    assert "roster.csv is missing" in warning
    (tmp_path / "roster.csv").write_text("")
    assert list(upload._warnings(rubric.Lab(tmp_path, own.rubric))) == []


def test_a_lab_without_paper_needs_no_answers() -> None:
    template = Submission((), None, None, (), ())
    assert len(list(upload._missing(rubric.load(ROOT), template))) == 2
    code = tuple(check for check in rubric.load(ROOT).rubric.checks if not isinstance(check, rubric.PaperCheck))
    assert len(list(upload._missing(with_rubric(checks=code), template))) == 1
    assert list(upload._filled_in(template)) == []


def test_without_a_roster_numbers_of_ones_own_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    assert upload._rosters(rubric.load(ROOT)) == {}
    asked: list[str] = []

    class Played:
        roster = Roster()

        def student(self, sid: str) -> str:
            return sid

        def inputs(self, who: str) -> None:
            asked.append(who)

    monkeypatch.setattr(upload, "course", lambda the_lab: Played())
    assert upload._rosters(with_rubric(individual=True)) == {}
    assert asked[:2] == ["0", "1"]
    assert len(asked) >= 20
    monkeypatch.setattr(Played, "roster", Roster((Student("", "a@b", ""),)))
    monkeypatch.setattr(upload.table, "roster_csv", lambda students: "table")
    assert upload._rosters(with_rubric(individual=True)) == {"roster.csv": "table"}


@pytest.fixture
def with_tests(tmp_path: Path) -> Path:
    """A copy of a lab with tests in Python, and its template."""
    shutil.copytree(ROOT / "tests/labs/python_checks", tmp_path / "lab")
    handout.write(handout.make(rubric.load(tmp_path / "lab")), tmp_path / "lab/student_template")
    return tmp_path / "lab"


def test_a_zip_that_lacks_what_tests_need_is_not_written(with_tests: Path, run_verb: RunVerb) -> None:
    (with_tests / "shape.txt").write_text("3 2")
    (with_tests / "checks/helpers.py").write_text(
        "from pathlib import Path\n\nfile = Path(__file__).parents[1] / 'shape.txt'\n"
        "SHAPE = tuple(map(int, file.read_text().split()))\n"
    )
    done = run_verb("build", "--lab", str(with_tests), "--out", str(with_tests / "new.zip"))
    assert done.returncode == 2
    assert "the zip lacks a file that grading needs; put it into the folder of the tests" in done.stderr
    assert "shape.txt" in done.stderr
    assert not (with_tests / "new.zip").exists()


def test_tests_that_the_template_passes_are_named(with_tests: Path, server: ForkServer) -> None:
    test = "    @weight(1)\n    @number('9.9')\n    def test_nothing(self):\n        pass\n"
    first = "(LabTest):\n"
    change(with_tests / "checks/tensors.py", first, f"{first}{test}\n")
    change(with_tests / "rubric.yaml", "points: 20", "points: 21")
    warnings = upload.check_ready(rubric.load(with_tests), server).warnings
    (found,) = [each for each in warnings if "test_nothing" in each]
    assert "student_template earns 1 points with" in found
    assert "if students write what that tests, name it under `functions` of this check" in found
