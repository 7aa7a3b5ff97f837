"""A class is graded to its end whatever happens, and again only where something has changed."""

import csv
import dataclasses
import html
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, RunClass

from autograder.classroom import grades_csv, lock, store
from autograder.classroom.store import SubmissionRecord
from autograder.individual.personal_lab import NOBODY
from autograder.roster import Person
from autograder.rubric import Lab

EXAMPLES = ("perfect_plain", "forgot_zero_grad", "syntax_error")


def command(path: Path, out: Path, *more: str) -> list[str]:
    return [sys.executable, "-I", "-m", "autograder", "class", str(path), "--out", str(out), "--jobs", "2", *more]


def totals(out: Path) -> dict[str, float]:
    graded = (row for row in rows(out) if row["Status"].startswith("Graded"))
    return {row["Submission ID"]: float(row["Total Score"]) for row in graded}


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


def test_class_is_graded_resumed_and_compared(class_of: Path, tmp_path: Path, run_class: RunClass) -> None:
    out = tmp_path / "out"
    assert "4 people: 3 graded, 1 not graded" in run_class(class_of, out)
    assert totals(out) == {"forgot_zero_grad": 77, "perfect_plain": 100, "syntax_error": 21}
    first = (out / "grades.csv").read_bytes()
    assert json.loads((out / "results/forgot_zero_grad.json").read_text())["score"] == 77
    assert json.loads((out / "results/broken.zip.json").read_text())["score"] == 0
    assert "<!doctype html>" in (out / "feedback/forgot_zero_grad.html").read_text()
    logged = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    assert {line["id"]: line["points"] for line in logged if not line["problem"]} == totals(out)
    assert {line["id"] for line in logged if line["points"] is None} == {"broken.zip"}
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


def test_damaged_file_in_a_zip_stops_nobody(class_of: Path, tmp_path: Path, run_class: RunClass) -> None:
    packed = Path(shutil.make_archive(str(tmp_path / "class"), "zip", class_of))
    content = bytearray(packed.read_bytes())
    at = content.index(b"perfect_plain/Lab4.py") + len("perfect_plain/Lab4.py")
    content[at : at + 20] = b"\xff" * 20
    packed.write_bytes(content)
    assert "4 people: 2 graded, 2 not graded" in run_class(packed, tmp_path / "out")
    assert totals(tmp_path / "out") == {"forgot_zero_grad": 77, "syntax_error": 21}
    with (tmp_path / "out/grades.csv").open(newline="") as file:
        statuses = {row["Submission ID"]: row["Status"] for row in csv.DictReader(file)}
    sentence = "Lab4.py is damaged, or protected by a password, in the zip of the class; download the zip again"
    assert statuses["perfect_plain"].startswith(f"Not graded: {sentence}")
    assert sentence in (tmp_path / "out/results/perfect_plain.json").read_text()


@pytest.mark.long
def test_the_examples_are_a_class(tmp_path: Path) -> None:
    given = command(ROOT / "examples", tmp_path / "out", "--jobs", "1")  # hostile classes have two, test_hostile.py
    done = subprocess.run(given, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert set(totals(tmp_path / "out")) == {path.name for path in (ROOT / "examples").iterdir() if path.is_dir()}
    assert totals(tmp_path / "out")["perfect_optimizer"] == 100


def test_only_grades_matching_submissions(class_of: Path, tmp_path: Path, run_class: RunClass) -> None:
    run_class(class_of, tmp_path / "out", "--only", "PERFECT*")
    assert totals(tmp_path / "out") == {"perfect_plain": 100}
    assert "none of its 4 submissions matches 'nobody'" in run_class(
        class_of, tmp_path / "x", "--only", "nobody", status=2
    )
    assert not (tmp_path / "x").exists()
    run_class(class_of, tmp_path / "out", "--resume", "--only", "syntax*")
    assert totals(tmp_path / "out") == {"perfect_plain": 100, "syntax_error": 21}, "grades.csv is of the whole class"


def test_grades_by_another_rubric_are_not_shown(class_of: Path, tmp_path: Path, run_class: RunClass) -> None:
    lab, out = copy_of_the_lab(tmp_path / "lab", "", ""), tmp_path / "out"
    run_class(class_of, out, "--lab", str(lab))
    copy_of_the_lab(lab, 'number: "3.5"', 'number: "3.9"')
    said = run_class(class_of, out, "--lab", str(lab), "--resume", "--only", "perfect_plain")
    assert "4 people: 1 graded, 3 not graded" in said
    with (out / "grades.csv").open(newline="") as file:
        statuses = {row["Submission ID"]: row["Status"] for row in csv.DictReader(file)}
    assert statuses["perfect_plain"] == "Graded"
    assert statuses["forgot_zero_grad"].startswith("Not graded: the submission, the rubric or the grader has changed")
    run_class(class_of, out, "--lab", str(lab), "--resume")
    assert totals(out) == {"forgot_zero_grad": 77, "perfect_plain": 100, "syntax_error": 21}


def rows(out: Path) -> list[dict[str, str]]:
    with (out / "grades.csv").open(newline="") as file:
        return [*csv.DictReader(file)]


def test_nothing_to_grade_has_a_reason_and_blank_cells(tmp_path: Path, run_class: RunClass) -> None:
    folder, example = tmp_path / "class", ROOT / "examples/perfect_plain"
    for name in ("nothing", "only_rar", "only_pdf", "two_programs", "odd_names", "only_answers"):
        (folder / name).mkdir(parents=True)
    (folder / "only_rar/Lab4.rar").write_bytes(b"Rar!")
    (folder / "only_pdf/essay.pdf").write_bytes(b"%PDF")
    shutil.copy(example / "Lab4.py", folder / "two_programs/Lab4-1.py")
    (folder / "two_programs/Lab4-2.py").write_text("x = 1")
    for name in ("two_programs", "odd_names", "only_answers"):
        shutil.copy(example / "answers.yaml", folder / name)
    for name in ("a.py", "b.py"):
        (folder / "odd_names" / name).write_text(f"{name[0]} = 1")
    said = run_class(folder, tmp_path / "out")
    assert "\n6 people: 1 graded, 5 not graded; the median is " in f"\n{said}"
    reasons = {}
    for row in rows(tmp_path / "out"):
        if row["Submission ID"] == "only_answers":
            assert (row["Status"], float(row["Total Score"]) > 0) == ("Graded", True)
            continue
        assert {cell for name, cell in row.items() if name == "Total Score" or name[0].isdigit()} == {""}
        reasons[row["Submission ID"]] = row["Status"].removeprefix("Not graded: ")
    assert reasons["nothing"].startswith("No Lab4.py was found")
    assert reasons["only_rar"].endswith("Found: Lab4.rar.")
    assert reasons["only_pdf"].endswith("Found: essay.pdf.")
    assert reasons["two_programs"].startswith("It is not clear which file is your Lab4.py")
    assert reasons["odd_names"].endswith("Found: a.py, answers.yaml, b.py.")
    page = (tmp_path / "out/report.html").read_text()
    assert "<dt>graded</dt><dd>1</dd>" in page
    assert "<dt>not graded</dt><dd>5</dd>" in page


def test_class_list_lateness_and_dry_run(class_of: Path, tmp_path: Path, run_class: RunClass) -> None:
    roster, out = tmp_path / "roster.csv", tmp_path / "out"
    roster.write_text("Name,Email\nAda,ada@x.edu\nZed,zed@x.edu\n")
    (class_of / "perfect_plain").rename(class_of / "1-2 - Ada - Nov 2, 2026 912 AM")
    (class_of / "notes.txt").write_text("")
    given = ("--roster", str(roster), "--due", "2026-11-01 08:00")
    said = run_class(class_of, out, *given, "--dry-run")
    assert not out.exists()
    assert "Ada: 1-2 - Ada - Nov 2, 2026 912 AM; known as ada@x.edu\n" in said
    assert "Zed: Nothing submitted\n" in said
    assert "  notes.txt: it is no program" in said
    assert "5 people: 4 submitted, 1 did not\n4 submissions; 1 left aside\n1 named by Brightspace, 3 in no " in said
    said = run_class(class_of, out, *given)
    assert "5 people: 3 graded, 1 not graded, 1 nothing submitted; the median is 77 of 100 points" in said
    assert f"4 submissions; {out / 'left_aside.csv'} lists the 1 left aside" in said
    ada, *_, zed = rows(out)
    assert (ada["Email"], ada["Late"], ada["Total Score"]) == ("ada@x.edu", "25:12:00", "100")
    assert (zed["Email"], zed["Status"], zed["Total Score"]) == ("zed@x.edu", "Nothing submitted", "")
    page = (out / "report.html").read_text()
    assert "<dt>nothing submitted</dt><dd>1</dd>" in page
    assert "<dt>files left aside</dt><dd>1</dd>" in page
    assert "notes.txt" in (out / "left_aside.csv").read_text()
    assert "use a" not in run_class(class_of, out, "--resume", *given)
    assert "write it as in '2026-11-02 23:59'" in run_class(class_of, out, "--due", "soon", status=2)


def test_edits_and_another_export_are_said(class_of: Path, tmp_path: Path, run_class: RunClass) -> None:
    out = tmp_path / "out"
    run_class(class_of, out)
    first = (out / "grades.csv").read_bytes()
    (out / "grades.csv").write_bytes(first.replace(b'"77","100"', b'"99","100"'))
    (out / "results/syntax_error.json").write_text("")
    (class_of / "broken.zip").unlink()
    said = " ".join(run_class(class_of, out, "--resume").split())
    assert "1 submission is not in the input any more: broken.zip; their files are now in stale/" in said
    assert "1 results file edited since the last run: syntax_error; the edited files are now in stale/" in said
    assert "grades.csv was edited since the last run: forgot_zero_grad, Total Score: 77 to 99" in said
    assert "2 unchanged since the last run, 1 to grade" in said
    assert totals(out) == {"forgot_zero_grad": 77, "perfect_plain": 100, "syntax_error": 21}
    assert (out / "stale/records/broken.zip.msgpack").exists()
    assert not (out / "records/broken.zip.msgpack").exists()


def test_second_run_stops(class_of: Path, tmp_path: Path, run_class: RunClass) -> None:
    with lock.held(tmp_path / "out"):
        for more in ((), ("--resume",)):
            said = run_class(class_of, tmp_path / "out", *more, status=2)
            assert f"process {os.getpid()} on " in said
            assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.slow("classes that are interrupted")
def test_reader_that_stops_early(class_of: Path, tmp_path: Path) -> None:
    for place, both in (("out", False), ("both", True)):
        process = subprocess.Popen(
            [*command(class_of, tmp_path / place), "--jobs", "1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if both else subprocess.PIPE,
        )
        assert process.stdout
        process.stdout.close()
        complaints = b"" if both else process.communicate(timeout=120)[1]
        assert process.wait(120) == 0, complaints
        assert b"Traceback" not in complaints
        assert b"Exception" not in complaints
        assert len(rows(tmp_path / place)) == 4


def test_fingerprint_depends_on_grader_and_device(
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


def test_missing_page_is_written_again(class_of: Path, tmp_path: Path, run_class: RunClass) -> None:
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
    assert "1 of 1 done," in run_class(class_of, out, "--resume", "--only", "perfect*")


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems take UTF-8 only")
def test_folder_name_in_another_encoding(tmp_path: Path, run_class: RunClass) -> None:
    (tmp_path / "class").mkdir()
    folder = os.path.join(os.fsencode(tmp_path / "class"), b"Jos\xe9")
    shutil.copytree(os.fsencode(ROOT / "examples/perfect_plain"), folder)
    run_class(tmp_path / "class", tmp_path / "out")
    assert [*totals(tmp_path / "out").values()] == [100]


def test_unknown_student_is_listed_for_review(tmp_path: Path, run_class: RunClass) -> None:
    the_lab = copy_of_the_lab(tmp_path / "lab", "\nindividual: false", "\nindividual: true")
    shutil.copytree(ROOT / "examples/perfect_plain", tmp_path / "class/Ada_77_assignsubmission_file")
    said = run_class(tmp_path / "class", tmp_path / "out", "--lab", str(the_lab))
    again = shlex.join(["autograder", "worklist", str(tmp_path / "out"), "--lab", str(the_lab)])
    assert f"1 submission to review: report.html shows them, and `{again}` says why" in said
    with (tmp_path / "out/grades.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["Status"] == f"Graded; {NOBODY}"
    assert NOBODY in html.unescape((tmp_path / "out/report.html").read_text())
    run_class(tmp_path / "class", tmp_path / "out", "--lab", str(the_lab), "--resume", "--anonymous")
    assert NOBODY not in html.unescape((tmp_path / "out/report.html").read_text())


def test_resume_takes_the_class_list_and_the_due_date_of_the_last_run(tmp_path: Path, run_class: RunClass) -> None:
    shutil.copytree(ROOT / "examples/perfect_plain", tmp_path / "class/ada@x.edu")
    listed = tmp_path / "list.csv"
    listed.write_text("Name,Email\nAda,ada@x.edu\nNix,nix@x.edu\n")
    run_class(tmp_path / "class", tmp_path / "out", "--roster", "list.csv", "--due", "2026-11-14 23:59")
    before = (tmp_path / "out/grades.csv").read_bytes()
    said = run_class(tmp_path / "class", tmp_path / "out", "--resume")
    assert f"as in the last run: --roster {listed} --due '2026-11-14 23:59'\n" in said
    assert (tmp_path / "out/grades.csv").read_bytes() == before
    assert [row["Status"] for row in rows(tmp_path / "out")] == ["Graded", "Nothing submitted"]
    listed.unlink()
    said = run_class(tmp_path / "class", tmp_path / "out", "--resume", status=2)
    assert f"the last run had the class list {listed}, which is gone; give it with --roster" in said


def test_what_only_leaves_out_is_not_to_be_reviewed(tmp_path: Path, run_class: RunClass) -> None:
    for name in ("a", "b", "c"):
        shutil.copytree(ROOT / "examples/half_finished", tmp_path / "class" / name)
    (tmp_path / "class/c/Lab4.py").write_text("x = 1\n")
    assert "to review" not in run_class(tmp_path / "class", tmp_path / "out", "--only", "[ac]")


def test_another_class_is_not_graded_into_the_folder(tmp_path: Path, run_class: RunClass) -> None:
    for name in ("one/a", "other/b"):
        shutil.copytree(ROOT / "examples/perfect_plain", tmp_path / name)
        shutil.copytree(ROOT / "examples/perfect_plain", tmp_path / f"{name}2")
    run_class(tmp_path / "one", tmp_path / "out")
    said = run_class(tmp_path / "other", tmp_path / "out", "--resume", status=2)
    assert "is it another class? Name another folder with --out" in said
    assert sorted(path.name for path in (tmp_path / "out/results").iterdir()) == ["a.json", "a2.json"]


def test_decisions_that_a_new_folder_lacks_are_said(tmp_path: Path, run_class: RunClass) -> None:
    for name in ("a", "b"):
        shutil.copytree(ROOT / "examples/perfect_plain", tmp_path / "class" / name)
    run_class(tmp_path / "class", tmp_path / "old")
    (tmp_path / "old/overrides.yaml").write_text("- {who: a, check: total, points: 3, reason: r}\n")
    said = run_class(tmp_path / "class", tmp_path / "new", "--compare", str(tmp_path / "old"))
    assert f"copy {tmp_path}/old/overrides.yaml to {tmp_path}/new and --resume" in said
    shutil.copy(tmp_path / "old/overrides.yaml", tmp_path / "new")
    assert "does not count" not in run_class(
        tmp_path / "class", tmp_path / "new", "--resume", "--compare", str(tmp_path / "old")
    )


def test_compare_is_checked_before_grading(class_of: Path, tmp_path: Path, run_class: RunClass) -> None:
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


def test_unreadable_submission_loses_its_old_page(class_of: Path, tmp_path: Path, run_class: RunClass) -> None:
    shutil.make_archive(str(class_of / "packed"), "zip", class_of / "perfect_plain")
    run_class(class_of, tmp_path / "out", "--only", "packed*")
    assert totals(tmp_path / "out") == {"packed.zip": 100}
    shutil.copy(class_of / "broken.zip", class_of / "packed.zip")
    run_class(class_of, tmp_path / "out", "--resume", "--only", "packed*")
    assert totals(tmp_path / "out") == {}
    assert not [*(tmp_path / "out/feedback").iterdir()]


@pytest.mark.slow("classes that are interrupted")
def test_killed_worker_loses_nothing(class_of: Path, tmp_path: Path) -> None:
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
    assert totals(out) == {"forgot_zero_grad": 77, "perfect_plain": 100, "syntax_error": 21, "slow": 0}
    assert store.read(out, "slow").report is not None  # type: ignore[union-attr]


def _kill_workers(parent: int) -> int:
    """Kill those children of a process that are workers; returns how many."""
    killed = 0
    for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(int(pid), signal.SIGKILL)
            killed += 1
    return killed


def test_formula_in_a_name_is_text(real_lab: Lab) -> None:
    people = (Person("=HYPERLINK(1)", "@x", "007"), Person("Ada, Countess", "ada@example.edu", ""))
    text = grades_csv.to_csv(real_lab, [SubmissionRecord("submission_1", "", people, (), None, "it is no zip")])
    rows = list(csv.reader(text.splitlines()))
    assert rows[1][:7] == ["'=HYPERLINK(1)", "007", "'@x", "", "100", "Not graded: it is no zip", "submission_1"]
    assert rows[2][:3] == ["Ada, Countess", "", "ada@example.edu"]
    assert all(len(row) == len(rows[0]) for row in rows)
