"""A messy download of each platform goes in, and a gradebook comes out that the platform's importer accepts, with
everybody in it once."""

import csv
import shutil
import unicodedata
import zipfile
from pathlib import Path

import importers
import pytest
from conftest import ROOT, RunClass, RunVerb
from importers import CanvasUser

EXAMPLES = ROOT / "examples"
# Everybody of the course by email: name, student number, and the total that they must have in the gradebook.
CLASS = {
    "ada@example.edu": ("Ada Lovelace", "00123", 77),
    "grace@example.edu": ("Grace Hopper", "00124", 100),
    "jose@example.edu": ("José García-Löwe", "00125", 77),
    "emmy@example.edu": ("Emmy Noether", "00126", None),  # a text or a picture, no program
    "kurt@example.edu": ("Kurt Gödel", "00127", None),  # submitted nothing
}
USERS = {
    email: CanvasUser(str(12 + place), sid, email, name) for place, (email, (name, sid, _)) in enumerate(CLASS.items())
}
TOTALS = {email: total for email, (_, _, total) in CLASS.items()}


def zipped(folder: Path) -> Path:
    """The folder as a zip such as macOS makes it."""
    target = folder.with_name("submissions.zip")
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
        archive.writestr("__MACOSX/._x", b"\0\5\26\7")
        archive.writestr(".DS_Store", b"\0\0\0\1Bud1")
    return target


def put(example: str, *targets: Path) -> None:
    """Copy the program and the answers of an example to these places."""
    for name, target in zip(("Lab4.py", "answers.yaml"), targets, strict=True):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(EXAMPLES / example / name, target)


def canvas(folder: Path) -> None:
    """Assignments, "Download Submissions": all files in one folder."""
    put("forgot_zero_grad", folder / "lovelaceada_12_901_Lab4.py", folder / "lovelaceada_12_902_answers.yaml")
    put(
        "perfect_plain", folder / "hoppergrace_LATE_13_903_Lab4-2.py", folder / "hoppergrace_LATE_13_904_answers-1.yaml"
    )
    put("forgot_zero_grad", folder / "garcialowejose_14_905_Lab4 (1).py", folder / "garcialowejose_14_906_answers.yaml")
    (folder / "noetheremmy_15_text.html").write_text("<p>I will submit on paper.</p>")


def moodle(folder: Path) -> None:
    """Assignment, "Download all submissions", with and without folders."""
    ada, grace = folder / "Ada Lovelace_111_assignsubmission_file", folder / "Grace Hopper_112_assignsubmission_file"
    put("forgot_zero_grad", ada / "Lab4.py", ada / "answers.yaml")
    text = folder / "Ada Lovelace_111_assignsubmission_onlinetext"
    text.mkdir()
    (text / "onlinetext.html").write_text("<p>Here is my lab.</p>")
    put("perfect_plain", grace / "work/Lab4.py", grace / "work/answers.yaml")
    flat = unicodedata.normalize("NFD", "José García-Löwe_113_assignsubmission_file_")  # as macOS writes names
    put("forgot_zero_grad", folder / f"{flat}Lab4.py", folder / f"{flat}answers.yaml")
    (folder / "Emmy Noether_114_assignsubmission_file").mkdir()
    (folder / "Emmy Noether_114_assignsubmission_file/photo.jpg").write_bytes(b"\xff\xd8\xff")


def gradescope(folder: Path) -> None:
    """Review Grades, "Export Submissions": Ada submitted again, Emmy's folder is missing."""
    submitters = {"1": ["ada"], "2": ["grace"], "3": ["jose"], "4": ["emmy"], "5": ["ada"]}
    metadata = ""
    for number, names in submitters.items():
        metadata += f"submission_{number}:\n  :created_at: 2026-11-0{number} 10:00:00 -05:00\n  :submitters:\n"
        for email in (f"{name}@example.edu" for name in names):
            metadata += f"  - :name: {CLASS[email][0]}\n    :sid: '{CLASS[email][1]}'\n    :email: {email.upper()}\n"
    examples = {"1": "half_finished", "2": "perfect_plain", "3": "forgot_zero_grad", "5": "forgot_zero_grad"}
    for number, example in examples.items():
        put(
            example, folder / f"export/submission_{number}/Lab4.py", folder / f"export/submission_{number}/answers.yaml"
        )
    (folder / "export/submission_metadata.yml").write_text(metadata, encoding="utf-8")


def blackboard(folder: Path) -> None:
    """Grade Center, "Assignment File Download": two attempts of Ada's, and what the students wrote beside it."""
    for who, day, example in (
        ("ada", "01", "half_finished"),
        ("ada", "02", "forgot_zero_grad"),
        ("grace", "02", "perfect_plain"),
        ("jose", "02", "forgot_zero_grad"),
    ):
        start = f"Lab 4_{who}@example.edu_attempt_2026-11-{day}-09-12-33"
        put(example, folder / f"{start}_Lab4.py", folder / f"{start}_answers.yaml")
        (folder / f"{start}.txt").write_text(f"Name: {who}\nThere are no student comments for this assignment.\n")
    (folder / "Lab 4_emmy@example.edu_attempt_2026-11-02-09-12-33_photo.jpg").write_bytes(b"\xff\xd8\xff")


def brightspace(folder: Path) -> None:
    """Assignments, "Download": flat, two attempts of Ada's."""
    for name, time, example in (
        ("Ada Lovelace", "Nov 1, 2026 912 AM", "half_finished"),
        ("Ada Lovelace", "Nov 2, 2026 912 AM", "forgot_zero_grad"),
        ("Grace Hopper", "Nov 2, 2026 1110 PM", "perfect_plain"),
        ("José García-Löwe", "Nov 2, 2026 1212 PM", "forgot_zero_grad"),
    ):
        start = f"{12345 + len(name)}-678 - {name} - {time} - "
        put(example, folder / f"{start}Lab4.py", folder / f"{start}answers.yaml")
    (folder / "99-99 - Emmy Noether - Nov 2, 2026 912 AM - photo.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / "index.html").write_text("<html></html>")


def people_file(folder: Path, platform: str) -> Path:
    """The class list, as Canvas exports its gradebook, else as a list of participants."""
    target = folder / "people.csv"
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if platform == "canvas":
            writer.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lab 4 (4711)"])
            writer.writerow(["    Points Possible", "", "", "", "", "100"])
            for user in USERS.values():
                first, last = user.name.split(" ", 1)
                writer.writerow([f"{last}, {first}", user.id, user.sis, user.login, "S1", ""])
        else:
            writer.writerow(["First name", "Last name", "ID number", "Email address"])
            writer.writerows([*name.split(" ", 1), sid, email] for email, (name, sid, _) in CLASS.items())
    return target


PLATFORMS = (canvas, moodle, gradescope, blackboard, brightspace)
TWICE = pytest.mark.slow("downloads of platforms")  # every second way of each


@pytest.mark.parametrize(
    ("platform", "packed"),
    [
        pytest.param(platform, packed, id=f"{platform.__name__}, {way}", marks=TWICE if (place + packed) % 2 else ())
        for place, platform in enumerate(PLATFORMS)
        for packed, way in enumerate(("folder", "zip"))
    ],
)
def test_everybody_arrives_once(
    platform: object, packed: bool, tmp_path: Path, run_class: RunClass, run_verb: RunVerb
) -> None:
    assert callable(platform)
    name = platform.__name__
    folder = tmp_path / "download"
    folder.mkdir()
    platform(folder)
    people = people_file(tmp_path, name)
    said = run_class(zipped(folder) if packed else folder, tmp_path / "out", "--roster", str(people))
    emmy = "in the metadata, no folder" if name == "gradescope" else "not graded"
    assert f"5 people: 3 graded, 1 {emmy}, 1 nothing submitted" in said
    with (tmp_path / "out/grades.csv").open(newline="") as file:
        rows = {row["Email"].lower(): row["Total Score"] for row in csv.DictReader(file)}
    assert {email: float(points) if points else None for email, points in rows.items()} == TOTALS

    book = ["gradebook", tmp_path / "out", "--roster", people]
    if name == "canvas":
        done = run_verb(*book, "--for", "canvas", "--assignment", "Lab 4 (4711)", "--out", "canvas.csv")
        assert done.returncode == 0, done.stderr
        found = importers.canvas((tmp_path / "canvas.csv").read_text(), list(USERS.values()))
        expected = {USERS[email]: "" if total is None else str(total) for email, total in TOTALS.items()}
        assert found == ("Lab 4 (4711)", 100, expected)
    elif name == "moodle":
        done = run_verb(*book, "--for", "moodle", "--out", "moodle.csv", "--feedback", "feedback.zip")
        assert done.returncode == 0, done.stderr
        assert importers.moodle((tmp_path / "moodle.csv").read_text(), {each: each for each in CLASS})[0] == TOTALS
        participants = {111: "ada", 112: "grace", 113: "jose", 114: "emmy"}
        pages = importers.moodle_feedback((tmp_path / "feedback.zip").read_bytes(), participants)
        assert {who: b"77 / 100" in page or b"100 / 100" in page for who, page in pages.items()} == {
            **dict.fromkeys(("ada", "grace", "jose"), True)
        }
    else:
        platform_of_file = "gradescope" if name == "gradescope" else "csv"
        done = run_verb(*book, "--for", platform_of_file, "--out", "book.csv")
        assert done.returncode == 0, done.stderr
        with (tmp_path / "book.csv").open(newline="", encoding="utf-8-sig") as file:
            rows = {row["Email"]: row.get("Total") or row.get("Total Score") or "" for row in csv.DictReader(file)}
        assert {email: float(points) if points else None for email, points in rows.items()} == TOTALS
