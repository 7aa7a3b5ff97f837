"""What an earlier run left is noticed, said and moved, and nothing else is."""

from dataclasses import replace
from pathlib import Path

from test_sums import ADA, kept

from autograder.classroom import earlier_run, grades_csv, store
from autograder.classroom.earlier_run import Leftovers
from autograder.classroom.store import SubmissionRecord
from autograder.rubric import Lab


def written(out: Path, lab: Lab, *ids: str) -> list[SubmissionRecord]:
    """An earlier run of these submissions."""
    records = []
    for id in ids:
        results, page, _ = store.files_of(out, id)
        for path in (results, page):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{id}: 100")
        records.append(replace(kept(lab, id, people=(ADA,)), results=store.digest_of_results(out, id)))
        store.write(out, records[-1])
    earlier_run.write_grades(out, grades_csv.to_csv(lab, records))
    return records


def test_nothing_changed(real_lab: Lab, tmp_path: Path) -> None:
    written(tmp_path, real_lab, "a", "b")
    assert earlier_run.look(tmp_path, {"a", "b"}) == Leftovers()
    assert earlier_run.look(tmp_path / "none", {"a"}) == Leftovers()
    assert Leftovers().sentences == []


def test_who_is_gone_is_moved(real_lab: Lab, tmp_path: Path) -> None:
    written(tmp_path, real_lab, "a", "b.zip")
    found = earlier_run.look(tmp_path, {"a", "c"})
    assert found == Leftovers(gone=("b.zip",))
    assert found.sentences == ["1 submission is not in the input any more: b.zip; their files are now in stale/"]
    earlier_run.move(tmp_path, found)
    moved = [path.relative_to(tmp_path / "stale").as_posix() for path in (tmp_path / "stale").rglob("*.*")]
    assert sorted(moved) == ["feedback/b.zip.html", "records/b.zip.msgpack", "results/b.zip.json"]
    assert all(path.is_file() for path in store.files_of(tmp_path, "a"))
    assert earlier_run.look(tmp_path, {"a"}) == Leftovers()


def test_edited_results_are_noticed(real_lab: Lab, tmp_path: Path) -> None:
    written(tmp_path, real_lab, "a", "b", "c")
    store.files_of(tmp_path, "a")[0].write_text("a: 200")
    store.files_of(tmp_path, "b")[0].write_text("")
    store.files_of(tmp_path, "c")[0].unlink()
    found = earlier_run.look(tmp_path, {"a", "b", "c"})
    assert found == Leftovers(edited=("a", "b"))
    assert found.sentences == ["2 results files edited since the last run: a, b; the edited files are now in stale/"]
    earlier_run.move(tmp_path, found)
    assert (tmp_path / "stale/results/a.json").read_text() == "a: 200"
    assert not store.files_of(tmp_path, "a")[0].exists(), "so it is graded again"


def test_edited_grades_are_noticed(real_lab: Lab, tmp_path: Path) -> None:
    written(tmp_path, real_lab, "a", "b")
    table = tmp_path / "grades.csv"
    lines = table.read_text().splitlines()
    by_spreadsheet = [lines[0], lines[1].replace('"100","100"', "90,100"), '"New"']
    table.write_text("\n".join(by_spreadsheet), encoding="utf-8-sig")
    found = earlier_run.look(tmp_path, {"a", "b"})
    assert found.cells == (
        "a line for Ada Lovelace is gone",
        "a line for New is new",
        "Ada Lovelace, Total Score: 100 to 90",
    )
    earlier_run.move(tmp_path, found)
    assert not table.exists()
    assert "90,100" in (tmp_path / "stale/grades.csv").read_text()


def test_run_killed_between_table_and_copy(real_lab: Lab, tmp_path: Path) -> None:
    written(tmp_path, real_lab, "a")
    new = (tmp_path / "grades.csv").read_text().replace("Graded", "Not graded")
    (tmp_path / "records" / earlier_run.NEXT).write_text(new)
    assert earlier_run.look(tmp_path, {"a"}).cells == ()
    (tmp_path / "grades.csv").write_text(new)
    assert earlier_run.look(tmp_path, {"a"}).cells == ()
