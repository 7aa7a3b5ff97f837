"""Decisions by hand: who and what they are about, how the file is edited, and where they show."""

import csv
import html
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import RESULTS_SCHEMA, ROOT, RunClass, RunVerb
from frozen import changeable
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.classroom import store
from autograder.classroom.by_hand import apply, override_file, overrides
from autograder.classroom.by_hand.overrides import Override, Overrides
from autograder.classroom.store import SubmissionRecord
from autograder.outcome import CheckResult, GradeReport, Outcome
from autograder.roster import Person
from autograder.sandbox.host.confinement import PURPOSE, Confinement
from autograder.yaml_config import FileError

ADA = Person("Ada Lovelace", "ada@example.edu", "00123")
BOB = Person("Bob", "bob@example.edu", "")
CHECKS = (
    CheckResult("0", "submitted", 0.0, Outcome(0.0, "x")),
    CheckResult("1", "one", 12.0, Outcome(6.0, "x")),
    CheckResult("2", "two", 8.0, Outcome(8.0, "x")),
)
REPORT = GradeReport("Lab", "who", "cpu", CHECKS, 1.0, Confinement(dict.fromkeys(PURPOSE, "")))
RECORD = SubmissionRecord("submission_1", "print", (ADA, BOB), (), REPORT)


SEEN = ("0", "1", "2")


def decided(
    *entries: Override, record: SubmissionRecord = RECORD, seen: tuple[str, ...] | None = SEEN
) -> SubmissionRecord:
    return apply.decided(record, Overrides(Path("overrides.yaml"), entries), seen)


def problems(tmp_path: Path, *entries: Override, record: SubmissionRecord = RECORD) -> list[str]:
    store.write(tmp_path, record)
    for entry in entries:
        override_file.put(tmp_path, entry)
    found = apply.problems(tmp_path, [(record.id, record.people)])
    return [each.removeprefix(f"{tmp_path}/overrides.yaml: ") for each in found]


# ---------------------------------------------------------------- applying


def test_points_of_a_check_change_the_total() -> None:
    now = decided(Override("ADA@example.edu ", "1", 10, "Sign by the sheet", "Well done!", by="jd", when="today"))
    assert now.report
    assert (now.points, now.report.out_of) == (18, 20)
    assert now.report.checks[1].outcome.notes == (
        "An instructor set these points to 10 instead of 6. Reason: Sign by the sheet.",
        "Comment from an instructor: Well done!",
    )
    assert now.report.checks[1].word == "points set by hand"
    assert now.report.overrides == ("1: 10 instead of 6 (Sign by the sheet; by jd, today)",)
    assert "jd" not in now.report.checks[1].outcome.text


@pytest.mark.parametrize("who", ["ada@example.edu", "00123", "bob@example.edu", "submission_1", "SUBMISSION_1"])
def test_entry_counts_for_the_whole_submission(who: str) -> None:
    assert decided(Override(who, "total", 3, "r")).points == 3


def test_total_wins_over_checks_and_comment_is_told() -> None:
    now = decided(Override("00123", "total", 19.5, "r"), Override("00123", "1", 0, "r"), Override("00123", comment="c"))
    assert now.report
    assert (now.points, now.report.sum_of(now.report.checks)) == (19.5, 8)
    assert (
        now.report.told
        == "An instructor set the total to 19.5 points instead of 14. Reason: r.\n\nComment from an instructor: c"
    )
    assert len(now.report.overrides) == 3


@pytest.mark.parametrize("seen", [("0", "1"), (), None])
def test_total_does_not_tell_the_points_of_hidden_checks(seen: tuple[str, ...] | None) -> None:
    now = decided(Override("00123", "total", 10, "r"), seen=seen)
    assert now.report
    assert now.report.told == "An instructor set the total to 10 points. Reason: r."
    assert now.report.overrides == ("total: 10 instead of 14 (r)",)


def test_results_file_says_what_is_seen(tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    tests = [{"number": "1", "score": 1, "visibility": "visible"}, {"number": "2", "score": 1, "visibility": "hidden"}]
    (tmp_path / "results/submission_1.json").write_text(json.dumps({"tests": tests}))
    entries = (Override("00123", "total", 10, "r"),)
    now = apply.decided(RECORD, Overrides(tmp_path / "overrides.yaml", entries))
    assert now.report
    assert now.report.seen == ("1",)


def test_more_than_the_maximum_only_with_extra(tmp_path: Path) -> None:
    assert decided(Override("00123", "1", 12.5, "r")) == RECORD
    assert decided(Override("00123", "1", 12.5, "r", extra=True)).points == 20.5
    (said,) = problems(tmp_path, Override("00123", "total", 21, "r"))
    assert said == (
        "21 points are more than the 20 of the total, and `extra: true` is not set, so this override for '00123' is "
        "not applied"
    )


def test_what_is_left_as_it_is_says_so_and_changes_no_points(tmp_path: Path) -> None:
    entries = (Override("00123", "1", leave=True, by="jd"), Override("00123", reason="looked", leave=True))
    now = decided(*entries)
    assert now.report
    assert now.report.overrides == ("1 left as it is (by jd)", "submission left as it is: looked")
    assert now.left == {"1", ""}
    assert replace(now, report=replace(now.report, overrides=(), seen=()), left=frozenset()) == RECORD
    lost = replace(RECORD, report=None, problem="there is only a rar")
    assert decided(entries[1], record=lost) == replace(lost, left=frozenset({""}))
    assert problems(tmp_path, entries[1], record=lost) == []
    assert problems(tmp_path, Override("00123", "7", leave=True)) == [
        "the rubric has no check '7' any more, so this override for '00123' is not applied"
    ]


def test_what_is_gone_is_said(tmp_path: Path) -> None:
    entries = (
        Override("00123", "5.2", 1, "r"),
        Override("00123", "0", 0, "r"),
        Override("eve@example.edu", "1", 1, "r"),
    )
    assert decided(*entries) == RECORD
    assert problems(tmp_path, *entries) == [
        "there is no submission of 'eve@example.edu' in this class, so nothing is changed for it",
        "the rubric has no check '5.2' any more, so this override for '00123' is not applied",
        "check 0 gives no points, so this override for '00123' is not applied",
    ]


def test_submission_that_could_not_be_graded_needs_a_total(tmp_path: Path) -> None:
    lost = replace(RECORD, report=None, problem="there is only a rar")
    comment, check = Override("00123", comment="c"), Override("00123", "1", 1, "r")
    assert decided(comment, check, record=lost) == lost
    assert len(problems(tmp_path, comment, check, record=lost)) == 2
    now = decided(comment, check, Override("00123", "total", 15, "on paper"), record=lost)
    assert now.report
    assert (now.points, now.problem, now.report.checks) == (15, "", ())
    assert now.report.told.startswith("An instructor graded this submission by hand. there is only a rar.")


def test_fault_of_the_grader_is_settled_by_hand() -> None:
    checks = (replace(CHECKS[1], fault=True), CHECKS[2])
    faulty = replace(RECORD, report=replace(REPORT, checks=checks), problem="it failed")
    assert decided(Override("00123", "1", 5, "r"), record=faulty).problem == ""
    assert decided(Override("00123", "2", 5, "r"), record=faulty).problem == "it failed"


def test_data_cannot_be_changed() -> None:
    assert changeable("autograder.classroom.by_hand") == set()


# ---------------------------------------------------------------- who is meant


def class_of(folder: Path, *entries: Override, **people: Sequence[Person]) -> dict[str, list[str]]:
    """Which of the decisions about a class count for each submission, and under "said" what the run says."""
    for id, them in people.items():
        store.write(folder, replace(RECORD, id=id, people=tuple(them)))
    lines = "".join(map(override_file._written, entries))
    (folder / "overrides.yaml").write_text(lines)
    known = overrides.read(folder)
    counts = {id: [each.reason for each in known.of(id, them)] for id, them in people.items()}
    found = apply.problems(folder, list(people.items()))
    counts["said"] = [each.removeprefix(f"{folder}/overrides.yaml: ") for each in found]
    return {id: each for id, each in counts.items() if each}


def test_student_id_is_never_an_email_or_a_submission(tmp_path: Path) -> None:
    entries = (Override("ada@example.edu", "1", 2, "for Ada"), Override("s1", "2", 2, "for s1"))
    mallory, other = Person("M", "m@x.edu", "ada@example.edu"), Person("O", "o@x.edu", "S1")
    assert class_of(tmp_path, *entries, s1=[ADA], s2=[mallory], s3=[other]) == {"s1": ["for Ada", "for s1"]}


def test_email_as_student_id_means_nobody(tmp_path: Path) -> None:
    found = class_of(tmp_path, Override("x@x.edu", "1", 2, "r"), s2=[Person("M", "", "x@x.edu")])
    assert found == {"said": ["there is no submission of 'x@x.edu' in this class, so nothing is changed for it"]}


def test_folder_named_by_an_email_is_found(tmp_path: Path) -> None:
    assert class_of(tmp_path, Override("X@x.edu", "1", 2, "r"), **{"x@x.edu": []}) == {"x@x.edu": ["r"]}


def test_student_id_of_different_people_is_doubtful(tmp_path: Path, run_verb: RunVerb) -> None:
    people = {"s1": [Person("A", "a@x.edu", "0")], "s2": [Person("B", "b@x.edu", "0")]}
    doubt = "'0' means submissions of different people (s1, s2); use an email or a submission instead"
    assert class_of(tmp_path, Override("0", "1", 2, "r"), **people) == {
        "said": [f"{doubt}; until then nothing is changed for '0'"]
    }
    assert doubt in run_verb("override", tmp_path, "0", "2", "2", "--reason", "r").stderr
    people["s2"] = [Person("A", "a@x.edu", "0"), *people["s2"]]
    assert class_of(tmp_path, Override("0", "1", 2, "r"), **people) == {"s1": ["r"], "s2": ["r"]}


def test_form_of_unicode_does_not_matter(tmp_path: Path, run_verb: RunVerb) -> None:
    store.write(tmp_path, replace(RECORD, id="Zoe\u0308_1"))
    assert run_verb("override", tmp_path, "Zo\xeb_1", "1", "2", "--reason", "r").returncode == 0
    assert class_of(tmp_path, Override("ZO\xcb_1", "1", 2, "r"), **{"Zoe\u0308_1": []}) == {"Zoe\u0308_1": ["r"]}


def test_decision_stays_with_its_submission_when_a_group_changes(tmp_path: Path, run_verb: RunVerb) -> None:
    store.write(tmp_path, RECORD)
    assert run_verb("override", tmp_path, "bob@example.edu", "1", "2", "--reason", "r").returncode == 0
    (entry,) = overrides.read(tmp_path).entries
    assert entry.submission == "submission_1"
    assert class_of(tmp_path, entry, submission_1=[ADA, BOB]) == {"submission_1": ["r"]}
    assert class_of(tmp_path, entry, submission_1=[ADA], s2=[BOB]) == {
        "said": [
            "the decision about 1 for 'bob@example.edu' was about 'submission_1'; to keep it there, write that under "
            "`who` and remove `submission`. It is not applied to s2, where this person is now; decide about that again"
        ]
    }
    (tmp_path / "records/submission_1.msgpack").unlink()
    (said,) = class_of(tmp_path, entry, s2=[BOB])["said"]
    assert "was about 'submission_1', which is gone. It is not applied to s2" in said
    assert run_verb("override", tmp_path, "bob@example.edu", "1", "3", "--reason", "new").returncode == 0
    assert [each.submission for each in overrides.read(tmp_path).entries] == ["s2"]


def test_last_of_two_names_for_a_submission_counts(tmp_path: Path, run_verb: RunVerb) -> None:
    entries = (Override("bob@example.edu", "1", 2, "old"), Override("00123", "1", 3, "new"))
    assert class_of(tmp_path, *entries, s1=[ADA, BOB]) == {
        "s1": ["new"],
        "said": [
            "two overrides are about check 1 of s1; the last one, for '00123', counts, and the one for "
            "'bob@example.edu' does not; remove one"
        ],
    }
    record = store.read(tmp_path, "s1")
    assert record
    assert apply.decided(record, overrides.read(tmp_path)).points == 11
    assert run_verb("override", tmp_path, "s1", "1", "4", "--reason", "newest").returncode == 0
    assert [each.reason for each in overrides.read(tmp_path).entries] == ["newest"]


def test_comments_under_two_names_all_count(tmp_path: Path) -> None:
    entries = (Override("bob@example.edu", reason="a", comment="a"), Override("00123", reason="b", comment="b"))
    assert class_of(tmp_path, *entries, s1=[ADA, BOB]) == {"s1": ["a", "b"]}


# ---------------------------------------------------------------- the file


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("who: a\n", "line 1: this is not a list of overrides"),
        ("- {who: a, check: 5.2, points: 1, reason: r}", "([0].check): text is needed here; put it in quotes"),
        ("- {who: a, chek: '1', points: 1, reason: r}", "there is no key 'chek'; did you mean 'check'?"),
        ("- {who: a, check: '1', reason: r}", "([0].check): the points are missing"),
        ("- {who: a, check: '1', points: 1}", "([0].check): the reason is missing"),
        ("- {who: a, check: '1', points: -1, reason: r}", "([0].points): points must be a number, 0 or more"),
        ("- {who: a, check: '1', points: .inf, reason: r}", "([0].points): points must be a number, 0 or more"),
        ("- {who: a, points: 1, reason: r}", "([0].points): these points are for nothing"),
        ("- {who: a}", "([0]): this entry has neither"),
        ("- {who: a, check: '1', points: 1, reason: r, leave: true}", "([0].leave): `leave: true` keeps what"),
        (
            "- {who: a, check: total, leave: true}",
            "([0].leave): `leave: true` keeps what the grader found; remove `check`",
        ),
        ("- {who: a, check: '1', leave: true}\n- {who: A, check: '1', points: 2, reason: r}", "keep one of them"),
        ("- {who: ' ', comment: c}", "([0].who): the email, the student ID or the submission is missing"),
        (
            "- {who: a, check: '1', points: 1, reason: r}\n- {who: A, check: '1', points: 2, reason: r}",
            "line 2 ([1]): line 1 is about the same student and check; keep one of them",
        ),
    ],
)
def test_wrong_files_are_refused_with_the_line(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "overrides.yaml").write_text(text)
    with pytest.raises(FileError) as error:
        overrides.read(tmp_path)
    assert problem in str(error.value)


def test_other_lines_stay(tmp_path: Path) -> None:
    file = tmp_path / "overrides.yaml"
    ada = "- who: ada@x.edu   # Ada\n  check: '1'\n  points: 2\n  reason: >\n    long\n    one\n"
    head = f"# by us\n\n{ada}\n# about Bob\n"
    bob = "-\n  {who: bob, comment: 'hm'}\n"
    file.write_text(head + bob + "# end\n")
    override_file.put(tmp_path, Override("eve", "total", 3.5, 'say "no": # {x}'))
    eve = '- who: "eve"\n  check: "total"\n  points: 3.5\n  reason: "say \\"no\\": # {x}"\n'
    assert file.read_text() == head + bob + "# end\n" + eve
    override_file.put(tmp_path, Override("BOB", comment="well"))
    assert file.read_text() == head + '- who: "BOB"\n  comment: "well"\n' + "# end\n" + eve
    override_file.remove(tmp_path, "bob", "")
    override_file.remove(tmp_path, "eve", "total")
    assert file.read_text() == head + "# end\n"
    override_file.remove(tmp_path, "Ada@x.edu", "1")
    assert file.read_text() == "# by us\n\n\n# about Bob\n# end\n"
    assert overrides.read(tmp_path).entries == ()
    with pytest.raises(FileError, match="it has no entry for 'eve' and check 9; nothing is removed"):
        override_file.remove(tmp_path, "eve", "9")


def test_line_endings_and_mark_stay(tmp_path: Path) -> None:
    file = tmp_path / "overrides.yaml"
    file.write_bytes(b"\xef\xbb\xbf# by us\r\n- who: a\r\n  comment: c\r\n- who: b\r\n  comment: d")
    override_file.put(tmp_path, Override("a", comment="x"))
    override_file.put(tmp_path, Override("e", comment="y"))
    assert file.read_bytes() == (
        b'\xef\xbb\xbf# by us\r\n- who: "a"\r\n  comment: "x"\r\n- who: b\r\n  comment: d\r\n'
        b'- who: "e"\r\n  comment: "y"\r\n'
    )
    override_file.remove(tmp_path, "a", "")
    assert file.read_bytes().startswith(b"\xef\xbb\xbf# by us\r\n- who: b\r\n")


NEW = '- who: "e"\n  comment: "y"\n'


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("- who: a\n  comment: |\n    one\n    two", "- who: a\n  comment: |\n    one\n    two\n" + NEW),
        ("- who: a\n  comment: >\n    one", "- who: a\n  comment: >\n    one\n" + NEW),
        ("- who: a\n  comment: c\n...\n", "- who: a\n  comment: c\n" + NEW + "...\n"),
        ("---\n- who: a\n  comment: c\n# end\n...", "---\n- who: a\n  comment: c\n# end\n" + NEW + "...\n"),
        ("- who: a\n  comment: |\n    one\n    ...\n", "- who: a\n  comment: |\n    one\n    ...\n" + NEW),
    ],
)
def test_entry_comes_at_the_end(tmp_path: Path, text: str, now: str) -> None:
    (tmp_path / "overrides.yaml").write_text(text)
    override_file.put(tmp_path, Override("e", comment="y"))
    assert (tmp_path / "overrides.yaml").read_text() == now


@pytest.mark.parametrize(
    ("inside", "above"),
    [
        ("  # ask Bob\n  check: '1'\n", "# ask Bob\n"),
        ("  check: '1'\n\n    # one\n  # two\n", "# one\n# two\n"),
        ("  check: '1'  # behind\n", ""),
        ("  check: '1'\n  comment: |\n    # no comment\n", ""),
    ],
)
def test_comments_inside_a_replaced_entry_stay(tmp_path: Path, inside: str, above: str) -> None:
    (tmp_path / "overrides.yaml").write_text(f"- who: e\n{inside}  points: 1\n  reason: r\n")
    override_file.put(tmp_path, Override("e", "1", leave=True))
    assert (tmp_path / "overrides.yaml").read_text() == f'{above}- who: "e"\n  check: "1"\n  leave: true\n'


def test_file_in_another_shape_is_left_alone(tmp_path: Path) -> None:
    text = "[{who: a, comment: c}, {who: b, comment: d}]\n"
    (tmp_path / "overrides.yaml").write_text(text)
    for change in (
        lambda: override_file.put(tmp_path, Override("a", comment="x")),
        lambda: override_file.put(tmp_path, Override("c", comment="x")),
        lambda: override_file.remove(tmp_path, "a", ""),
    ):
        with pytest.raises(FileError, match="edit it by hand"):
            change()
        assert (tmp_path / "overrides.yaml").read_text() == text


TEXTS = st.text(max_size=30).map(lambda text: text.strip() or "x")
ENTRIES = st.builds(
    Override,
    st.sampled_from(["ada@x.edu", "00123", "no", "1e3", "~", "# x", "zoë"]),
    st.sampled_from(["1", "2.1", "total"]),
    st.floats(0, 100, allow_nan=False).map(lambda number: round(number, 2)),
    TEXTS,
    TEXTS,
    st.booleans(),
    by=TEXTS,
)


@settings(max_examples=60)
@given(st.lists(st.tuples(ENTRIES, st.booleans()), max_size=8))
def test_file_holds_what_was_put(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Override, bool]]) -> None:
    folder = tmp_path_factory.mktemp("class")
    expected: dict[tuple[str, str, bool], Override] = {}
    for entry, stays in steps:
        override_file.put(folder, entry)
        expected[entry.key] = override_file.fit_for_file(entry)
        if not stays:
            override_file.remove(folder, entry.who, entry.check)
            del expected[entry.key]
        assert {each.key: each for each in overrides.read(folder).entries} == expected


# ---------------------------------------------------------------- the verb and the class


@pytest.fixture
def graded(tmp_path: Path, run_class: RunClass) -> Path:
    """A class of three, graded; one of them is a rar."""
    folder = tmp_path / "class"
    for name, example in (("ada", "forgot_zero_grad"), ("bob", "perfect_plain")):
        shutil.copytree(ROOT / "examples" / example, folder / name)
    (folder / "eve.zip").write_bytes(b"PK\x03\x04")
    run_class(folder, tmp_path / "out")
    return tmp_path / "out"


def rows(out: Path) -> dict[str, dict[str, str]]:
    with (out / "grades.csv").open(newline="") as file:
        return {row["Submission ID"]: row for row in csv.DictReader(file)}


def content(out: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "log.jsonl"
    }


def test_decisions_show_everywhere_and_survive(
    graded: Path, tmp_path: Path, run_class: RunClass, run_verb: RunVerb
) -> None:
    before = content(graded)
    said = run_verb("override", graded, "ada", "3.2", "10.5", "--reason", "Loop & sign", "--by", "J. Doe")
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith(f"{graded}/overrides.yaml: check 3.2 has 10.5 points now for ada\n")
    run_verb("override", graded, "ada", "--comment", "See me.")
    run_verb("override", graded, "eve.zip", "total", "50", "--reason", "on paper")
    run_class(tmp_path / "class", graded, "--resume")
    table = rows(graded)
    assert [table[who]["Total Score"] for who in ("ada", "bob", "eve.zip")] == ["87.5", "100", "50"]
    assert "3.2: 10.5 instead of 0 (Loop & sign; by J. Doe, 2" in table["ada"]["Status"]
    assert table["eve.zip"]["Status"].startswith("Graded; total: 50 (on paper; by ")
    assert table["eve.zip"]["3.2: train: other numbers, every epoch (12)"] == ""
    for id, total in (("ada", 87.5), ("eve.zip", 50)):
        results = json.loads((graded / f"results/{id}.json").read_text())
        page = html.unescape((graded / f"feedback/{id}.html").read_text())
        RESULTS_SCHEMA.validate(results)
        assert results["score"] == total
        assert f'<p class="total">{total:g} / 100</p>' in page
        assert "J. Doe" not in page
    results = json.loads((graded / "results/ada.json").read_text())
    (test,) = (each for each in results["tests"] if each["number"] == "3.2")
    sentence = "An instructor set these points to 10.5 instead of 0. Reason: Loop & sign."
    assert (test["score"], sentence in test["output"], "See me." in results["output"]) == (10.5, True, True)
    page = html.unescape((graded / "feedback/ada.html").read_text())
    assert sentence in page
    assert "See me." in page
    report = html.unescape((graded / "report.html").read_text())
    assert report.count("Loop & sign; by J. Doe") == 1

    after = content(graded)  # a run that was killed before it had written the pages again, and another machine
    for name, old in before.items():
        (graded / name).write_bytes(old)
    run_class(tmp_path / "class", graded, "--resume")
    assert content(graded) == after
    (graded / "records/ada.msgpack").unlink()
    run_class(tmp_path / "class", graded, "--resume")
    assert _without_times(content(graded)) == _without_times(after)

    for words in (("ada", "3.2"), ("ada",), ("eve.zip", "total")):
        assert run_verb("override", graded, *words, "--remove").returncode == 0
    run_class(tmp_path / "class", graded, "--resume")
    last = content(graded)
    assert last.pop("overrides.yaml").startswith(b"#")
    assert _without_times(last) == _without_times(before)
    assert last["results/bob.json"] == before["results/bob.json"]


def _without_times(files: dict[str, bytes]) -> dict[str, bytes]:
    times = rb'"execution_time": [\d.]+|"seconds": \{[^}]*\}'
    return {name: re.sub(times, b"", text) for name, text in files.items() if not name.startswith("records/")}


def test_page_written_again_is_the_same(graded: Path, tmp_path: Path, run_class: RunClass, run_verb: RunVerb) -> None:
    before = content(graded)
    run_verb("override", graded, "ada", "3.2", "1", "--reason", "r")
    run_class(tmp_path / "class", graded, "--resume")
    assert content(graded)["results/ada.json"] != before["results/ada.json"]
    assert "edited" not in run_class(tmp_path / "class", graded, "--resume")
    run_verb("override", graded, "ada", "3.2", "--remove")
    run_class(tmp_path / "class", graded, "--resume")
    assert {name: text for name, text in content(graded).items() if name != "overrides.yaml"} == before


def test_edited_file_is_noticed_beside_a_decision(
    graded: Path, tmp_path: Path, run_class: RunClass, run_verb: RunVerb
) -> None:
    run_verb("override", graded, "ada", "3.2", "1", "--reason", "r")
    run_class(tmp_path / "class", graded, "--resume")
    results = graded / "results/ada.json"
    right = json.loads(results.read_text())
    results.write_text(results.read_text().replace('"score": 78', '"score": 100'))
    said = run_class(tmp_path / "class", graded, "--resume")
    assert "1 results file edited since the last run: ada; the edited files are now in stale/" in said
    assert json.loads(results.read_text())["score"] == right["score"] == 78


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("adda@example.edu", "1", "1", "--reason", "r"), "of 'adda@example.edu'; did you mean 'ada@example.edu'?"),
        (("Ada Lovelace", "1", "1", "--reason", "r"), "of 'Ada Lovelace'; did you mean 'ada@example.edu'?"),
        (("zz", "1", "1", "--reason", "r"), "use the email, the student ID or the submission"),
        (("00123", "11", "1", "--reason", "r"), "there is no check with points '11'; did you mean '1'?"),
        (("00123", "0", "0", "--reason", "r"), "there is no check with points '0'"),
        (("00123", "1", "13", "--reason", "r"), "13 points are more than the 12 of check 1; add --extra"),
        (("00123", "1", "-1", "--extra", "--reason", "r"), "points cannot be negative"),
        (("00123", "1", "-1", "--reason", "r"), "-1 points are less than 0; points cannot be negative"),
        (("eve.zip", "total", "-5", "--reason", "r"), "-5 points are less than 0; points cannot be negative"),
        (("eve.zip", "total", "21", "--reason", "r"), "21 points are more than the 20 of the total; add --extra"),
        (("eve.zip", "1", "1", "--reason", "r"), "eve.zip could not be graded, so there are no checks; set the total"),
        (("00123", "1", "1"), "the reason is missing"),
        (("00123", "1", "--reason", "r"), "the points for 1 are missing"),
        (("00123",), "nothing to write"),
        (
            ("00123", "1", "3", "--leave"),
            "--leave keeps the points that the grader gave; give either points or --leave",
        ),
        (("00123", "total", "--leave"), "the points that the grader gave; give either total or --leave"),
        (("00123", "11", "--leave"), "there is no check with points '11'; did you mean '1'?"),
        (("00123", "--leave", "--remove"), "it has no entry for '00123' and the whole submission"),
        (("00123", "1", "--remove"), "it has no entry for '00123' and check 1"),
    ],
)
def test_wrong_decisions_are_refused(tmp_path: Path, run_verb: RunVerb, words: tuple[str, ...], said: str) -> None:
    store.write(tmp_path, RECORD)
    store.write(tmp_path, SubmissionRecord("eve.zip", "print", (), (), None, "there is only a rar"))
    done = run_verb("override", tmp_path, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "overrides.yaml").exists()


def test_total_of_a_submission_without_grade_has_a_maximum(tmp_path: Path, run_verb: RunVerb) -> None:
    lost = replace(RECORD, id="lost", people=(), report=None, problem="there is only a rar")
    store.write(tmp_path, RECORD)
    (said,) = problems(tmp_path, Override("lost", "total", 5000, "r"), record=lost)
    assert said.startswith("5000 points are more than the 20 of the total")
    assert apply.decided(lost, overrides.read(tmp_path)) == lost
    override_file.put(tmp_path, Override("lost", comment="c"))
    assert apply.decided(lost, overrides.read(tmp_path)) == lost
    assert len(problems(tmp_path, record=lost)) == 2
    done = run_verb("override", tmp_path, "lost", "total", "5000", "--reason", "r", "--extra")
    assert done.returncode == 0
    assert apply.decided(lost, overrides.read(tmp_path)).points == 5000


def test_points_have_two_decimals(tmp_path: Path, run_verb: RunVerb) -> None:
    store.write(tmp_path, RECORD)
    assert (
        "total has 15.56 points" in run_verb("override", tmp_path, "00123", "total", "15.556", "--reason", "r").stdout
    )
    file = tmp_path / "overrides.yaml"
    assert "points: 15.56\n" in file.read_text()
    file.write_text(file.read_text().replace("15.56", "15.556"))
    assert apply.decided(RECORD, overrides.read(tmp_path)).points == 15.56
    override_file.put(tmp_path, Override("x", comment="c"))
    assert "points: 15.556\n" in file.read_text()


@pytest.mark.parametrize("words", [("override", "00123", "1", "1", "--reason", "r"), ("gradebook", "--for", "csv")])
def test_nobody_has_to_read_the_output(tmp_path: Path, words: tuple[str, ...]) -> None:
    store.write(tmp_path, RECORD)
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "autograder", words[0], tmp_path, *words[1:]]
    done = subprocess.run(command, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_group_is_named(tmp_path: Path, run_verb: RunVerb) -> None:
    store.write(tmp_path, RECORD)
    done = run_verb("override", tmp_path, "bob@example.edu", "1", "13", "--reason", "r", "--extra", "--comment", "c")
    assert done.stdout.startswith(
        f"{tmp_path}/overrides.yaml: check 1 has 13 points now and a comment for Ada Lovelace, Bob"
    )
    (entry,) = overrides.read(tmp_path).entries
    assert (entry.key, entry.points, entry.extra, entry.comment) == (("bob@example.edu", "1", False), 13, True, "c")
    assert entry.by
    assert entry.when


def test_what_a_decision_replaces_is_said_and_its_comment_kept(tmp_path: Path, run_verb: RunVerb) -> None:
    store.write(tmp_path, RECORD)
    first = ("--reason", "a", "--comment", "Well done.", "--by", "Alice")
    assert "instead" not in run_verb("override", tmp_path, "00123", "1", "10", *first).stdout
    said = run_verb("override", tmp_path, "ada@example.edu", "1", "4", "--reason", "b", "--by", "Bob").stdout
    assert "check 1 has 4 points now and a comment for Ada Lovelace, Bob, instead of 10 by Alice\n" in said
    (entry,) = overrides.read(tmp_path).entries
    assert (entry.points, entry.comment, entry.by) == (4, "Well done.", "Bob")
    said = run_verb("override", tmp_path, "00123", "1", "--leave", "--by", "C").stdout
    assert "check 1 is left as it is and a comment for Ada Lovelace, Bob, instead of 4 by Bob\n" in said


def test_nothing_is_decided_for_somebody_without_a_submission(tmp_path: Path, run_verb: RunVerb) -> None:
    store.write(tmp_path, RECORD)
    nix = store.Listed("", (Person("Nix", "nix@example.edu", "009"),), "Nothing submitted")
    store.write_run(tmp_path, store.LastRun((nix,)))
    for who in ("NIX@example.edu", "009"):
        done = run_verb("override", tmp_path, who, "total", "5", "--reason", "r")
        assert (done.returncode, f"{who} has no submission in this class" in done.stderr) == (2, True)


def test_folder_without_a_class(tmp_path: Path, run_verb: RunVerb) -> None:
    done = run_verb("override", tmp_path, "ada", "1", "1", "--reason", "r")
    assert "it contains no results of a class; name the folder that `autograder class` wrote" in done.stderr
    for number in ("nan", "x"):
        assert (
            f"argument POINTS: {number!r} is not a number" in run_verb("override", tmp_path, "ada", "1", number).stderr
        )


def test_wrong_file_stops_a_class_before_it_is_graded(graded: Path, tmp_path: Path, run_class: RunClass) -> None:
    (graded / "overrides.yaml").write_text("- {who: a, check: 1.2}\n")
    said = run_class(tmp_path / "class", graded, "--resume", status=2)
    assert said.startswith(f"autograder: {graded}/overrides.yaml, line 1 ([0].check): text is needed here")
    (graded / "overrides.yaml").write_text("- {who: zoe, comment: hm}\n")
    assert "there is no submission of 'zoe' in this class" in run_class(tmp_path / "class", graded, "--resume")
