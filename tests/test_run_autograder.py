"""The main job as people do it: `./run_autograder SUBMISSION`, and without an argument in Gradescope's container."""

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from conftest import RESULTS_SCHEMA, ROOT, RunVerb

pytestmark = pytest.mark.long
EXAMPLE = ROOT / "examples/forgot_zero_grad"


Done = subprocess.CompletedProcess[str]


def run(*arguments: object, cwd: Path, script: Path = ROOT / "run_autograder", **environment: str) -> Done:
    command = ["bash", str(script), *map(str, arguments)]
    env = {**os.environ, **environment}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=120, check=False)


def results(path: Path) -> dict[str, Any]:
    data = json.loads(path.read_text())
    RESULTS_SCHEMA.validate(data)
    return dict(data)


def test_a_folder_is_marked_explained_and_written(tmp_path: Path) -> None:
    done = run(EXAMPLE, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "Total  77 of 100 points" in done.stdout
    assert results(tmp_path / "results/results.json")["score"] == 77


def test_a_zip_and_a_single_file_are_marked(tmp_path: Path, run_verb: RunVerb) -> None:
    with zipfile.ZipFile(tmp_path / "handed_in.zip", "w") as archive:
        for file in EXAMPLE.iterdir():
            archive.write(file, f"wrapped/{file.name}")
    assert run_verb("grade", "handed_in.zip", "--quiet").stdout == "77 of 100 points\n"
    assert run_verb("grade", EXAMPLE / "Lab4.py", "--quiet").stdout == "56 of 100 points\n"


def test_results_go_where_they_are_asked_to(tmp_path: Path, run_verb: RunVerb) -> None:
    run_verb("grade", EXAMPLE, "--results", "there/marks.json", "--quiet")
    assert results(tmp_path / "there/marks.json")["score"] == 77
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "nowhere"),
        ([str(EXAMPLE), "--device", "gpu"], "'gpu' is no device; it is one of auto, cpu, cuda"),
        ([str(EXAMPLE), "--results", "/dev/null/x.json"], "cannot be written"),
        ([str(EXAMPLE), "--results", "."], "name another place with --results"),
    ],
)
def test_wrong_use_is_one_sentence(tmp_path: Path, run_verb: RunVerb, arguments: list[str], says: str) -> None:
    done = run_verb("grade", *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_without_a_submission_it_says_that_one_is_needed(tmp_path: Path, on_gradescope: RunVerb) -> None:
    done = on_gradescope("grade")
    assert (done.returncode, "name a submission" in done.stderr) == (2, True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"PK\x03\x04 truncated", b""])
def test_a_broken_zip_is_a_sentence_and_a_0_with_its_reason(tmp_path: Path, run_verb: RunVerb, content: bytes) -> None:
    (tmp_path / "broken.zip").write_bytes(content)
    done = run_verb("grade", "broken.zip")
    assert done.returncode == 2
    assert done.stderr.startswith("autograder: ")
    assert done.stderr.count("\n") == 1
    data = results(tmp_path / "results/results.json")
    assert data["score"] == 0
    assert all("Not graded" in test["output"] for test in data["tests"])


def test_help_has_an_example(tmp_path: Path) -> None:
    done = run("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "./run_autograder examples/" in done.stdout


@pytest.fixture
def container(tmp_path: Path) -> Path:
    """Gradescope's folders: the source unpacked, run_autograder copied beside it, a submission, no results yet."""
    (tmp_path / "source").symlink_to(ROOT)
    shutil.copy(ROOT / "run_autograder", tmp_path / "run_autograder")
    shutil.copytree(EXAMPLE, tmp_path / "submission")
    (tmp_path / "results").mkdir()
    return tmp_path


def test_on_gradescope_it_needs_no_argument(container: Path) -> None:
    done = run(cwd=container, script=container / "run_autograder", AUTOGRADER_ROOT=str(container))
    assert done.returncode == 0, done.stderr
    data = results(container / "results/results.json")
    assert data["score"] == 77
    assert len(data["tests"]) == 20


@pytest.mark.parametrize("content", ["{", '{"users": 3, "previous_submissions": "many"}'])
def test_bad_metadata_does_not_stop_grading(container: Path, on_gradescope: RunVerb, content: str) -> None:
    (container / "submission_metadata.json").write_text(content)
    assert on_gradescope("grade").returncode == 0
    assert results(container / "results/results.json")["score"] == 77


def test_who_submitted_and_what_changed(container: Path, on_gradescope: RunVerb) -> None:
    shutil.copy(ROOT / "tests/gradescope/submission_metadata.json", container)
    said = " ".join(on_gradescope("grade").stdout.split())
    assert "Ada Lovelace, Alan Turing, attempt 2" in said
    output = results(container / "results/results.json")["output"]
    assert output.endswith("\n\nSince your last attempt:\npaper task1: up from 4 to 6 of 6 points")
    assert "Ada" not in output


def test_unreadable_submission_gets_0_and_the_reason(container: Path, on_gradescope: RunVerb) -> None:
    shutil.rmtree(container / "submission")
    (container / "submission").mkdir()
    (container / "submission/Lab4.py").write_bytes(b"\x00\x01\x02" * 100)
    done = on_gradescope("grade")
    assert done.returncode == 0, done.stderr
    data = results(container / "results/results.json")
    assert data["score"] == 0
    assert "Lab4.py" in data["tests"][0]["output"]


def test_no_path_of_the_grader_and_no_expected_value_is_shown(tmp_path: Path, run_verb: RunVerb) -> None:
    for example in ("forgot_zero_grad", "missing_factor_2", "half_finished"):
        run_verb("grade", ROOT / "examples" / example)
        text = (tmp_path / "results/results.json").read_text()
        assert str(ROOT) not in text
        for value in ("-0.3857", "-0.15427", "0.24026", "0.161051"):  # the paper's answers, unless the student has them
            handed_in = (ROOT / "examples" / example / "answers.yaml").read_text()
            assert value not in text or value in handed_in
