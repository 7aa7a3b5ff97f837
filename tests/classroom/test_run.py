"""A class is marked to its end whatever happens, and again only where something has changed."""

import csv
import dataclasses
import html
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, RunClass

from autograder.classroom import gradebook, store
from autograder.classroom.store import SubmissionRecord
from autograder.individual.personal_lab import NOBODY
from autograder.roster import Person
from autograder.rubric import Lab

EXAMPLES = ("perfect_plain", "forgot_zero_grad", "syntax_error")


def command(path: Path, out: Path, *more: str) -> list[str]:
    return [sys.executable, "-I", "-m", "autograder", "class", str(path), "--out", str(out), "--jobs", "2", *more]


def totals(out: Path) -> dict[str, float]:
    with (out / "grades.csv").open(newline="") as file:
        return {row["Submission ID"]: float(row["Total Score"]) for row in csv.DictReader(file)}


@pytest.fixture
def class_of(tmp_path: Path) -> Path:
    folder = tmp_path / "class"
    for name in EXAMPLES:
        shutil.copytree(ROOT / "examples" / name, folder / name)
    (folder / "broken.zip").write_bytes(b"PK\x03\x04")
    return folder


def copy_of_the_lab(folder: Path, before: str, now: str) -> Path:
    """The lab with something else in its rubric."""
    shutil.copytree(ROOT / "reference", folder / "reference", dirs_exist_ok=True)
    text = (ROOT / "rubric.yaml").read_text()
    assert before in text
    (folder / "rubric.yaml").write_text(text.replace(before, now, 1))
    return folder


def test_each_is_marked_resumed_and_compared(class_of: Path, tmp_path: Path, run_class: RunClass) -> None:
    out = tmp_path / "out"
    assert "3 graded, 1 could not be graded" in run_class(class_of, out)
    assert totals(out) == {"broken.zip": 0, "forgot_zero_grad": 77, "perfect_plain": 100, "syntax_error": 21}
    first = (out / "grades.csv").read_bytes()
    assert json.loads((out / "results/forgot_zero_grad.json").read_text())["score"] == 77
    assert json.loads((out / "results/broken.zip.json").read_text())["score"] == 0
    assert "<!doctype html>" in (out / "feedback/forgot_zero_grad.html").read_text()
    logged = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    assert {line["id"]: line["points"] for line in logged} == totals(out)
    assert "broken.zip" in next(line["problem"] for line in logged if line["id"] == "broken.zip")

    assert "--resume" in run_class(class_of, out, status=2)
    assert "4 unchanged since the last run, 0 to grade" in run_class(class_of, out, "--resume")
    assert (out / "grades.csv").read_bytes() == first

    (out / "results/perfect_plain.json").unlink()
    assert "3 unchanged since the last run, 1 to grade" in run_class(class_of, out, "--resume", "--only", "*")
    assert (out / "results/perfect_plain.json").exists()
    shutil.copy(ROOT / "examples/perfect_plain/Lab4.py", class_of / "syntax_error/Lab4.py")
    shutil.copytree(out, tmp_path / "old")
    said = run_class(class_of, out, "--resume", "--compare", str(tmp_path / "old"))
    assert "3 unchanged since the last run, 1 to grade" in said
    assert "compared: 1 total changed (1 up, 0 down), 3 unchanged\nsyntax_error (syntax_error): 21 to 100; 2.1:" in said
    assert "perfect_plain (" not in said


def test_one_damaged_file_in_a_zip_is_said_and_the_others_are_marked(
    class_of: Path, tmp_path: Path, run_class: RunClass
) -> None:
    packed = Path(shutil.make_archive(str(tmp_path / "class"), "zip", class_of))
    content = bytearray(packed.read_bytes())
    at = content.index(b"perfect_plain/Lab4.py") + len("perfect_plain/Lab4.py")
    content[at : at + 20] = b"\xff" * 20
    packed.write_bytes(content)
    assert "2 graded, 2 could not be graded" in run_class(packed, tmp_path / "out")
    assert totals(tmp_path / "out") == {"broken.zip": 0, "forgot_zero_grad": 77, "perfect_plain": 0, "syntax_error": 21}
    with (tmp_path / "out/grades.csv").open(newline="") as file:
        statuses = {row["Submission ID"]: row["Status"] for row in csv.DictReader(file)}
    sentence = "Lab4.py is damaged, or protected by a password, in the zip of the class; download the zip again"
    assert statuses["perfect_plain"].startswith(f"Not graded: {sentence}")
    assert sentence in (tmp_path / "out/results/perfect_plain.json").read_text()


@pytest.mark.long
def test_the_examples_are_a_class(tmp_path: Path) -> None:
    done = subprocess.run(command(ROOT / "examples", tmp_path / "out"), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert set(totals(tmp_path / "out")) == {path.name for path in (ROOT / "examples").iterdir() if path.is_dir()}
    assert totals(tmp_path / "out")["perfect_optimizer"] == 100


def test_only_some_are_marked_when_asked(class_of: Path, tmp_path: Path, run_class: RunClass) -> None:
    run_class(class_of, tmp_path / "out", "--only", "PERFECT*")
    assert totals(tmp_path / "out") == {"perfect_plain": 100}
    assert "none of its 4 submissions matches 'nobody'" in run_class(
        class_of, tmp_path / "x", "--only", "nobody", status=2
    )
    assert not (tmp_path / "x").exists()
    run_class(class_of, tmp_path / "out", "--resume", "--only", "syntax*")
    assert totals(tmp_path / "out") == {"perfect_plain": 100, "syntax_error": 21}, "grades.csv is of the whole class"


def test_marks_by_another_rubric_are_not_told_beside_those_of_today(
    class_of: Path, tmp_path: Path, run_class: RunClass
) -> None:
    lab, out = copy_of_the_lab(tmp_path / "lab", "", ""), tmp_path / "out"
    run_class(class_of, out, "--lab", str(lab))
    copy_of_the_lab(lab, 'number: "3.5"', 'number: "3.9"')
    said = run_class(class_of, out, "--lab", str(lab), "--resume", "--only", "perfect_plain")
    assert "1 graded, 3 could not be graded" in said
    with (out / "grades.csv").open(newline="") as file:
        statuses = {row["Submission ID"]: row["Status"] for row in csv.DictReader(file)}
    assert statuses["perfect_plain"] == "Graded"
    assert statuses["forgot_zero_grad"].startswith("Not graded: the submission, the rubric or the grader has changed")
    run_class(class_of, out, "--lab", str(lab), "--resume")
    assert totals(out) == {"broken.zip": 0, "forgot_zero_grad": 77, "perfect_plain": 100, "syntax_error": 21}


def test_marks_depend_on_grader_templates_device_and_versions(
    real_lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = {store.grader_fingerprint(real_lab, "cpu"), store.grader_fingerprint(real_lab, "cuda")}
    assert store.grader_fingerprint(real_lab, "cpu") in found
    monkeypatch.setattr(store, "version", lambda name: "9.9")
    found.add(store.grader_fingerprint(real_lab, "cpu"))
    (tmp_path / "feedback.html").write_text("another page")
    monkeypatch.setattr(store, "TEMPLATES", tmp_path)
    found.add(store.grader_fingerprint(real_lab, "cpu"))
    monkeypatch.setattr(store, "GRADER", tmp_path)
    found.add(store.grader_fingerprint(real_lab, "cpu"))
    assert len(found) == 5


def test_a_page_that_is_gone_is_made_again_and_a_fault_is_said(
    class_of: Path, tmp_path: Path, run_class: RunClass
) -> None:
    out = tmp_path / "out"
    run_class(class_of, out, "--only", "perfect_plain")
    (out / "feedback/perfect_plain.html").unlink()
    assert "0 unchanged" not in run_class(class_of, out, "--resume", "--only", "perfect_plain")
    assert (out / "feedback/perfect_plain.html").exists()
    kept = store.read(out, "perfect_plain")
    assert kept
    store.write(out, dataclasses.replace(kept, problem="it failed", again=True))
    said = run_class(class_of, out, "--resume", "--only", "syntax_error", status=3)
    assert "autograder: the grader itself failed on 1 submission; run again with --resume to retry\n" in said
    assert "1 graded," in run_class(class_of, out, "--resume", "--only", "perfect*")


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems take UTF-8 only")
def test_a_folder_with_a_name_in_another_encoding_is_marked(tmp_path: Path, run_class: RunClass) -> None:
    (tmp_path / "class").mkdir()
    folder = os.path.join(os.fsencode(tmp_path / "class"), b"Jos\xe9")
    shutil.copytree(os.fsencode(ROOT / "examples/perfect_plain"), folder)
    run_class(tmp_path / "class", tmp_path / "out")
    assert [*totals(tmp_path / "out").values()] == [100]


def test_whoever_is_marked_with_the_numbers_of_nobody_is_to_be_looked_at(tmp_path: Path, run_class: RunClass) -> None:
    the_lab = copy_of_the_lab(tmp_path / "lab", "\nindividual: false", "\nindividual: true")
    shutil.copytree(ROOT / "examples/perfect_plain", tmp_path / "class/Ada_77_assignsubmission_file")
    said = run_class(tmp_path / "class", tmp_path / "out", "--lab", str(the_lab))
    assert "1 to review by hand: the column Status says why" in said
    with (tmp_path / "out/grades.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["Status"] == f"Graded; {NOBODY}"
    assert NOBODY in html.unescape((tmp_path / "out/report.html").read_text())
    run_class(tmp_path / "class", tmp_path / "out", "--lab", str(the_lab), "--resume", "--anonymous")
    assert NOBODY not in html.unescape((tmp_path / "out/report.html").read_text())


def test_what_cannot_be_compared_is_said_before_anything_is_marked(
    class_of: Path, tmp_path: Path, run_class: RunClass
) -> None:
    nowhere, out = tmp_path / "nowhere", tmp_path / "out"
    said = run_class(class_of, out, "--compare", str(nowhere), status=2)
    assert said == (
        f"autograder: --compare {nowhere}: it contains no results of a class; name the folder of an earlier run\n"
    )
    assert not out.exists()
    run_class(class_of, out, "--only", "perfect_plain")
    said = run_class(class_of, out, "--resume", "--compare", str(out), status=2)
    assert "the new results go there; name another folder with --out" in said
    shutil.copytree(out, tmp_path / "old")
    (tmp_path / "old/records/perfect_plain.msgpack").write_bytes(b"of an older version")
    said = run_class(class_of, out, "--resume", "--compare", str(tmp_path / "old"))
    assert "perfect_plain (perfect_plain): not graded to 100; its earlier record cannot be read" in said


def test_a_submission_that_cannot_be_read_any_more_keeps_no_old_page(
    class_of: Path, tmp_path: Path, run_class: RunClass
) -> None:
    shutil.make_archive(str(class_of / "packed"), "zip", class_of / "perfect_plain")
    run_class(class_of, tmp_path / "out", "--only", "packed*")
    assert totals(tmp_path / "out") == {"packed.zip": 100}
    shutil.copy(class_of / "broken.zip", class_of / "packed.zip")
    run_class(class_of, tmp_path / "out", "--resume", "--only", "packed*")
    assert totals(tmp_path / "out") == {"packed.zip": 0}
    assert not [*(tmp_path / "out/feedback").iterdir()]


@pytest.mark.slow("classes that are interrupted")
def test_a_worker_that_is_killed_loses_nothing(class_of: Path, tmp_path: Path) -> None:
    slow = class_of / "slow"
    slow.mkdir()
    (slow / "Lab4.py").write_text("import time\ntime.sleep(2)\n")
    out = tmp_path / "out"
    process = subprocess.Popen(command(class_of, out), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while not (out / "results/slow.json").exists():
        time.sleep(0.02)
        assert process.poll() is None
    assert _kill_workers(process.pid)
    assert process.wait(120) == 0, process.stderr and process.stderr.read()
    assert totals(out) == {"broken.zip": 0, "forgot_zero_grad": 77, "perfect_plain": 100, "syntax_error": 21, "slow": 0}
    assert store.read(out, "slow").report is not None  # type: ignore[union-attr]


def _kill_workers(parent: int) -> int:
    """Kill those children of a process that are workers; returns how many."""
    killed = 0
    for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(int(pid), signal.SIGKILL)
            killed += 1
    return killed


def test_a_formula_in_a_name_is_text_and_zeros_stay(real_lab: Lab) -> None:
    people = (Person("=HYPERLINK(1)", "@x", "007"), Person("Ada, Countess", "ada@example.edu", ""))
    text = gradebook.to_csv(real_lab, [SubmissionRecord("submission_1", "", people, (), None, "it is no zip")])
    rows = list(csv.reader(text.splitlines()))
    assert rows[1][:7] == ["'=HYPERLINK(1)", "007", "'@x", "0", "100", "Not graded: it is no zip", "submission_1"]
    assert rows[2][:3] == ["Ada, Countess", "", "ada@example.edu"]
    assert all(len(row) == len(rows[0]) for row in rows)
