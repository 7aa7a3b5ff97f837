"""Checks in Python: plain gradescope-utils test cases, on the judge's side of the sandbox."""

import builtins
import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT
from small_labs import replaced

from autograder import cli, rubric
from autograder.checks import check_failed
from autograder.grader import Grader
from autograder.gradescope import upload_zip
from autograder.outcome import GradeReport
from autograder.sandbox.host.fork_server import ForkServer
from autograder.yaml_config import FileError

LAB = ROOT / "tests/labs/python_checks"
TEXT = (LAB / "reference/Tensors.py").read_text()
HEAD = """
from gradescope_utils.autograder_utils.decorators import leaderboard, number, partial_credit, visibility, weight
from autograder.testing import LabTest
import os, sys, time, unittest
import numpy as np

class Tests(LabTest):
"""
Graded = Callable[..., GradeReport]


def lab_with(folder: Path, tests: str = "") -> Path:
    """A copy of the lab, with the text of other tests, each worth a point."""
    shutil.copytree(LAB, folder, dirs_exist_ok=True)
    if tests:
        (folder / "checks/tensors.py").write_text(tests)
        points = tests.count("@weight(1)")
        (folder / "rubric.yaml").write_text(
            (LAB / "rubric.yaml").read_text().replace("points: 20", f"points: {points}")
        )
    return folder


@pytest.fixture
def graded(server: ForkServer, tmp_path: Path) -> Graded:
    """Grade the reference with changes, by the lab's tests or by others. results.json is complete, whatever they do."""

    def grade(*changes: tuple[str, str], tests: str = "", **limits: float) -> GradeReport:
        folder = lab_with(tmp_path / "lab", HEAD + tests if tests else "")
        program = tmp_path / "submitted/Tensors.py"
        program.parent.mkdir(exist_ok=True)
        program.write_text(replaced(TEXT, changes))
        lab = rubric.load(folder).with_limits(**limits)
        with Grader(lab, server, "cpu") as grader:
            report = grader.grade(program.parent, tmp_path / "results.json")
        written = json.loads((tmp_path / "results.json").read_text())
        assert [test["number"] for test in written["tests"]] == [check.number for check in lab.rubric.checks]
        assert "did not finish" not in written["output"]
        return report

    return grade


def texts(report: GradeReport) -> dict[str, str]:
    return {check.number: check.outcome.text for check in report.checks}


def points(report: GradeReport) -> dict[str, float]:
    return {check.number: check.outcome.points for check in report.checks if check.out_of}


def test_the_reference_earns_all_points(graded: Graded) -> None:
    report = graded()
    assert report.points == report.out_of == 20
    assert not report.faulty


def test_decorators_say_what_a_check_is() -> None:
    checks = {check.number: check for check in rubric.load(LAB).rubric.checks}
    assert checks["9.1"].name == "flatten keeps the batch"
    assert checks["9.3"].name == "root raises"
    assert checks["9.2"].tags == ("shapes",)
    assert checks["9.2"].visibility == "after_due_date"
    assert [check.points for check in checks.values()] == [0, 3, 2, 2, 4, 2, 2, 2, 3]


def test_leaderboard_is_written(graded: Graded, tmp_path: Path) -> None:
    graded()
    written = json.loads((tmp_path / "results.json").read_text())
    assert written["leaderboard"] == [{"name": "steps", "value": 3, "order": "asc"}]


@pytest.mark.parametrize(
    ("old", "new", "number", "earned", "said"),
    [
        ("x.reshape(len(x), -1)", "x.reshape(-1)", "9.1", 0, "is flattened"),
        ("x.reshape(len(x), -1)", "-x.reshape(len(x), -1)", "9.1", 0, "The result has the wrong sign"),
        ("x.reshape(len(x), -1)", "3 * x.reshape(len(x), -1)", "9.1", 0, "or a factor missing?"),
        ("x.reshape(len(x), -1)", "x.reshape(-1)", "9.2", 0, "the shape is wrong"),
        ("x.reshape(len(x), -1)", "undefined", "9.1", 0, "flatten() raised NameError (line 8)."),
        ("x.reshape(len(x), -1)", "object()", "9.1", 0, "flatten() returned something that is no number"),
        ("def flatten", "def flaten", "9.1", 0, "There is no function flatten(), but there is flaten()"),
        ("raise ValueError(", "raise TypeError(", "9.3", 0, "root() raised TypeError"),
        (
            'raise ValueError("a negative number has no square root")',
            "pass",
            "9.3",
            0,
            "root() returned something that is no number",
        ),
        ("self.count += step", "self.count = step", "9.4", 0, "not what is asked for"),
        ("self.count = start", "self.count = 2; self.count_ = start", "9.4", 4, "Right."),
        (
            "        self.count += step\n        return self.count",
            "        return self.count + step",
            "9.4",
            4 / 3,
            "Partly",
        ),
        ("len(word)", "2", "9.5", 0, "words() counts something else"),
        ("self.slope * x", "-self.slope * x", "9.6", 0, "not what is asked for"),
        ("torch.randn(n)", "torch.rand(n)", "9.7", 0, "The result is wrong"),
        ("    return value", "    return 0", "9.8", 0, "not what is asked for"),
        ("    return value", "    return value if type(value) != torch.Tensor else 0", "9.8", 0, "(AttributeError)"),
        ("    return value", "    import os; os._exit(0)", "9.8", 0, "same() ended the process"),
        ("    return value", "    while True: pass", "9.8", 0, "same() did not return within 1 s"),
    ],
)
def test_wrong_programs_lose_their_own_check(
    graded: Graded, old: str, new: str, number: str, earned: float, said: str
) -> None:
    report = graded((old, new), call=1.0)
    assert not report.faulty
    assert points(report)[number] == pytest.approx(earned, abs=0.01)
    assert said in texts(report)[number]
    assert "?." not in texts(report)[number]
    others = {"9.1", "9.2"} if "flat" in new or "reshape" in old else {number}
    assert all(check.outcome.points == check.out_of for check in report.checks if check.number not in others)


def test_an_exception_may_be_made_from_the_one_that_is_asked_for(graded: Graded) -> None:
    """Also where its name says otherwise."""
    own = "type('TypeError', (type('NegativeError', (ValueError,), {}),), {})("
    assert points(graded(("raise ValueError(", f"raise {own}")))["9.3"] == 2


@pytest.mark.parametrize(
    ("new", "earned"),
    [
        ("def same(value):\n    assert value > 0", 1),
        ("def same(value):\n    value.undefined", 0),
        ("def same(value):\n    import os; os._exit(0)", 0),
        ("def another(value):", 0),
    ],
)
def test_only_an_assertion_is_an_assertion_error(graded: Graded, new: str, earned: float) -> None:
    tests = """
    @weight(1)
    @number("1")
    def test_it(self):
        with self.assertRaises(AssertionError):
            self.student.call("same", -1)
"""
    assert graded(("def same(value):", new), tests=tests).points == earned


def test_any_exception_of_python_has_its_text() -> None:
    kinds = [name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert {check_failed.raised(kind, "the text", "").args[0] for kind in kinds} == {"the text"}


def test_a_text_that_is_cut_off_is_no_result(graded: Graded) -> None:
    tests = """
    @weight(1)
    @number("1")
    def test_it(self):
        self.assertEqual(len(self.student.call("same", "ab" * 249)), 498)
        self.student.call("same", "ab" * 250)
"""
    assert texts(graded(tests=tests))["1"] == "same() returned a text of 500 characters or more."


def test_students_read_no_right_result(graded: Graded) -> None:
    tests = """
    @weight(1)
    @number("1")
    def test_one(self):
        self.assertEqual(self.student.call("same", 1), 4321)
    @weight(1)
    @number("2")
    def test_two(self):
        np.testing.assert_allclose(self.student.call("same", 1.0), 4321.0)
    @weight(1)
    @number("3")
    def test_three(self):
        assert self.student.call("same", 1) == 4321
    @weight(1)
    @number("4")
    def test_four(self):
        self.assertDictEqual({"a": 1}, {"a": 4321})
    @weight(1)
    @number("5")
    def test_five(self):
        self.assert_close(self.student.call("same", [1.0, 2.0]), [1.0, 4321.0])
    @weight(1)
    @number("6")
    def test_six(self):
        self.assertIn(4321, [1], "my own sentence")
"""
    report = graded(tests=tests)
    assert not any(points(report).values())
    assert not any("4321" in text for text in texts(report).values())
    assert texts(report)["6"] == "my own sentence"
    assert texts(report)["5"] == "The result at place 1 is wrong."


def test_what_a_students_exception_says_is_not_shown(graded: Graded) -> None:
    """It could contain hidden inputs."""
    report = graded(("    return torch.randn(n)", "    raise RuntimeError(f'n is {n}')"))
    assert "n is 5" not in texts(report)["9.7"]
    assert "noise() raised RuntimeError (line 49)." in texts(report)["9.7"]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("while True: pass", "did not end in time"),
        ("time.sleep(1000)", "did not end in time"),
        ("sys.exit(3)", "ended the grader"),
        ("raise unittest.SkipTest('later')", "was skipped"),
        ("self.fail()\n    test_bad = unittest.expectedFailure(test_bad)", "is expected to fail"),
        ("pass\n    test_bad = unittest.expectedFailure(test_bad)", "is expected to fail"),
        ("self.student.call('same', object())", "cannot be passed"),
        ("self.student.call('same', np.zeros((0, 3)))", "an array without elements cannot be passed"),
        ("self.student.call('saame', 1)", "the reference has no saame either"),
        ("self.reference.call('nothing')", "the reference's nothing() gave no answer"),
        ("import torch", "there is no torch"),
    ],
)
def test_faults_of_a_test_are_the_graders(
    graded: Graded, body: str, fault: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("autograder.checks.python_tests.AT_LEAST", 0.5)
    tests = f"""
    @weight(1)
    @number("1")
    def test_bad(self):
        {body}
    @weight(1)
    @number("2")
    def test_good(self):
        self.assertTrue(self.student.call("same", True))
"""
    report = graded(tests=tests, submission=2.0)
    bad, good = (next(each for each in report.checks if each.number == number) for number in "12")
    assert bad.fault
    assert "This is not your fault" in bad.outcome.text
    assert good.outcome.points == 1
    assert fault in capfd.readouterr().err


@pytest.mark.parametrize("score", ["2", "-1", "float('nan')", "'all'"])
def test_a_score_that_is_none_is_the_graders_fault(graded: Graded, score: str) -> None:
    tests = f"""
    @partial_credit(1)
    @number("1")
    def test_score(self, set_score=None): # @weight(1)
        set_score({score})
"""
    assert graded(tests=tests).faulty


def test_a_score_is_not_kept_for_the_next_submission(server: ForkServer, tmp_path: Path) -> None:
    broken = tmp_path / "broken/Tensors.py"
    broken.parent.mkdir()
    broken.write_text(TEXT.replace("self.count = start", "raise KeyError"))
    with Grader(rubric.load(LAB), server, "cpu") as grader:
        earned = [
            points(grader.grade(folder, tmp_path / "results.json"))["9.4"]
            for folder in (LAB / "reference", broken.parent)
        ]
    assert earned == [4, 0]


def test_objects_of_the_reference_are_not_kept_for_the_next_submission(server: ForkServer, tmp_path: Path) -> None:
    """They would fill its memory in a class."""
    tests = """
    @weight(1)
    @number("1")
    def test_it(self):
        counter = self.reference.make("Counter", 3)
        self.assertEqual(self.reference.call("alive"), 1)
        self.assertEqual(counter.call("add", 1), 4)
        self.assertEqual(counter.get("count"), 4)
"""
    lab = lab_with(tmp_path / "lab", HEAD + tests)
    (lab / "reference/Tensors.py").write_text(
        TEXT + "\n\ndef alive():\n    import gc\n    return sum(type(each) is Counter for each in gc.get_objects())\n"
    )
    with Grader(rubric.load(lab), server, "cpu") as grader:
        earned = [grader.grade(LAB / "reference", tmp_path / "results.json").points for _ in range(3)]
    assert earned == [1, 1, 1]


def test_objects_stay_when_the_reference_takes_the_students_place(graded: Graded) -> None:
    tests = """
    @weight(1)
    @number("1")
    def test_it(self):
        counter = self.student.make("Counter", 3)
        other = self.reference.make("Counter", 3)
        self.assertEqual(counter.call("add", 1).bit_length(), other.call("add", 1).bit_length())
"""
    report = graded(("return self.count", "return [self.count]"), tests=tests)
    assert not report.faulty
    assert "is it of another type?" in texts(report)["1"]


def test_the_references_score_is_not_the_students(graded: Graded, tmp_path: Path) -> None:
    """The reference runs in the student's place if the test raises an exception."""
    tests = """
    @partial_credit(1)
    @number("1")
    @leaderboard("shape")
    def test_it(self, set_score=None, set_leaderboard_value=None): # @weight(1)
        found = self.student.call("flatten", np.zeros((2, 3)))
        set_score(0.25)
        set_leaderboard_value(0)
        rows = found.shape[0]
        set_leaderboard_value(rows)
        set_score(1)
"""
    report = graded(("    return x.reshape(len(x), -1)", "    return 'text'"), tests=tests)
    assert report.points == 0.25
    assert "is it of another type?" in texts(report)["1"]
    assert json.loads((tmp_path / "results.json").read_text())["leaderboard"][0]["value"] == 0


def test_printing_does_not_reach_the_results(tmp_path: Path, capfd: pytest.CaptureFixture[str], graded: Graded) -> None:
    tests = '\n    @weight(1)\n    @number("1")\n    def test_it(self):\n        print("loud")\n'
    assert graded(tests=tests).points == 1
    assert "loud" not in capfd.readouterr().out


def test_random_numbers_are_a_submissions_own(graded: Graded) -> None:
    tests = """
    @weight(1)
    @number("1")
    def test_it(self):
        self.fail(repr([self.random(), self.random((2, 2), 0, 1).tolist()]))
"""
    first, again = texts(graded(tests=tests))["1"], texts(graded(tests=tests))["1"]
    other = (
        texts(graded(("# a", "# b"), tests=tests))["1"]
        if "# a" in TEXT
        else texts(graded(("What is", "Just what is"), tests=tests))["1"]
    )
    assert first == again != other


FLUENT = """
    @weight(1)
    @number("1")
    def test_it(self):
        counter = self.student.make("Counter", 2)
        self.assertEqual(counter.call("add", 3).get("count"), 5)
        self.assertEqual(counter.make("add", 1).call("add", 1).get("count"), 7)
"""


def test_a_method_may_return_its_object(graded: Graded) -> None:
    report = graded(("        return self.count", "        return self"), tests=FLUENT)
    assert report.points == 1


def test_a_method_that_returns_nothing_is_named(graded: Graded) -> None:
    tests = FLUENT.replace('counter.call("add", 3)', 'counter.make("add", 3)')
    said = texts(graded(("        return self.count", "        pass"), tests=tests))["1"]
    assert said.startswith("Counter().add() has no attribute count.")
    assert "is a return missing?" in said


def test_none_in_place_of_a_value_is_named(graded: Graded) -> None:
    tests = FLUENT.replace('self.assertEqual(counter.call("add", 3).get("count"), 5)', 'counter.call("add", 3).real')
    tests = tests.split("        self.assertEqual")[0]
    assert texts(graded(tests=tests))["1"] == "Right."
    said = texts(graded(("        return self.count", "        pass"), tests=tests))["1"]
    assert said == "The check got None where it needs a value: is a return missing?"


def test_an_attribute_that_is_missing_is_named(graded: Graded) -> None:
    tests = FLUENT.replace('counter.call("add", 3).get("count")', 'counter.get("last_")')
    assert texts(graded(tests=tests))["1"].startswith("Counter() has no attribute last_.")


def test_an_attribute_is_read_with_get(capfd: pytest.CaptureFixture[str], graded: Graded) -> None:
    graded(tests=FLUENT.replace('counter.call("add", 3)', "counter.count"))
    assert 'write .get("count"), or .call("count", …) for a method' in capfd.readouterr().err


def test_objects_are_lost_with_their_process(graded: Graded) -> None:
    tests = """
    @weight(1)
    @number("1")
    def test_it(self):
        counter = self.student.make("Counter")
        with self.assertRaises(BaseException):
            self.student.call("same", 1)
        counter.call("add", 1)
"""
    report = graded(("    return value", "    import os; os._exit(0)"), tests=tests)
    assert "Counter() is lost: an earlier call ended the process" in texts(report)["1"]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "rubric.yaml",
            "checks/tensors.py",
            "checks/none.py",
            "line 10 (checks[1].file): there is no file checks/none.py",
        ),
        ("rubric.yaml", "checks/tensors.py", "../tensors.py", "outside of the lab's folder"),
        ("rubric.yaml", "kind: python,", "kind: python, points: 3,", "remove points"),
        (
            "rubric.yaml",
            "kind: python,",
            "kind: python, test: Flatten.test_flat,",
            "did you mean 'Flatten.test_flatten'",
        ),
        ("rubric.yaml", "[flatten, ", "[", "checks/tensors.py, line 26, names flatten; name it here too"),
        ("rubric.yaml", "[flatten, ", "[flatten, flaten, ", "'flaten'"),
        ("rubric.yaml", "points: 20", "points: 21", "add up to 20, not to 21"),
        (
            "checks/tensors.py",
            '    @weight(3)\n    @number("9.1")',
            '    @number("9.1")',
            "line 21, Flatten.test_flatten: a test needs points",
        ),
        ("checks/tensors.py", '("after_due_date")', '("after_date")', "did you mean 'after_due_date'"),
        ("checks/tensors.py", '"9.2"', '"9.1"', "two checks have the number 9.1"),
        ("checks/tensors.py", "import helpers", "import torch", "tensors.py, line 5: tests run outside of the sandbox"),
        (
            "checks/tensors.py",
            "import helpers",
            "import Tensors",
            "tensors.py, line 5: there is no module Tensors; tests have",
        ),
        ("checks/tensors.py", "import helpers", "import helpers =", "tensors.py, line 5: SyntaxError"),
        (
            "checks/tensors.py",
            "class Flatten(LabTest)",
            "class Flatten(LabTst)",
            "NameError: name 'LabTst' is not defined",
        ),
        (
            "checks/tensors.py",
            "class Others(LabTest)",
            "class Others(unittest.TestCase)",
            "Others has no program to test; write class Others(LabTest)",
        ),
    ],
)
def test_mistakes_in_rubric_and_tests_are_named(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    shutil.copytree(LAB, tmp_path, dirs_exist_ok=True)
    text = (tmp_path / file).read_text()
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1))
    with pytest.raises(FileError) as error:
        rubric.load(tmp_path)
    assert said in str(error.value)


def test_students_get_signatures_and_no_solution(tmp_path: Path) -> None:
    shutil.copytree(LAB, tmp_path, dirs_exist_ok=True)
    assert cli.main(["handout", "--lab", str(tmp_path)]) == 0
    template = (tmp_path / "student_template/Tensors.py").read_text()
    assert "super().__init__()\n        raise NotImplementedError" in template
    assert '"""Count on, and return the count."""' in template
    for solution in ("reshape(", "** 0.5", "len(word)", "+= step", "Parameter(", "randn("):
        assert solution not in template


def test_tests_travel_with_the_upload() -> None:
    packed = upload_zip.pack(rubric.load(LAB))
    assert {"checks/tensors.py", "checks/helpers.py"} <= set(packed.names)


def test_other_tests_are_another_rubric(tmp_path: Path) -> None:
    """A class is graded again when a test changes, also in a file beside it."""
    shutil.copytree(LAB, tmp_path, dirs_exist_ok=True)
    before = rubric.load(tmp_path).digest
    (tmp_path / "checks/helpers.py").write_text("SHAPE = (3, 2)\n# changed\n")
    assert rubric.load(tmp_path).digest != before


def test_examples_of_the_guide_work(server: ForkServer, tmp_path: Path) -> None:
    example, _before, ported = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs/python-checks.md").read_text(), re.DOTALL
    )
    shutil.copytree(LAB, tmp_path / "lab")
    (tmp_path / "lab/checks/tensors.py").write_text(example + ported)
    (tmp_path / "lab/reference/Tensors.py").write_text(
        TEXT + "\n\nclass Calculator:\n    def eval(self, text):\n        return eval(text)\n"
    )
    rubric_file = tmp_path / "lab/rubric.yaml"
    text = (
        rubric_file.read_text().replace("points: 20", "points: 4").replace("functions: [", "functions: [Calculator, ")
    )
    rubric_file.write_text(text)
    with Grader(rubric.load(tmp_path / "lab"), server, "cpu") as grader:
        report = grader.grade(tmp_path / "lab/reference", tmp_path / "results.json")
    assert [(each.name, each.outcome.points) for each in report.checks[1:]] == [
        ("flatten keeps the batch", 3),
        ("Evaluate 1 + 1", 1),
    ]


def test_fixtures_of_a_class_have_the_programs(graded: Graded) -> None:
    tests = """
    @classmethod
    def setUpClass(cls):
        cls.counter = cls.student.make("Counter", 4)

    @weight(1)
    @number("1")
    def test_it(self):
        self.assertEqual(self.counter.call("add", 1), 5)
"""
    assert graded(tests=tests).points == 1


def test_what_the_template_raises_passes_no_test(graded: Graded) -> None:
    """NotImplementedError is a RuntimeError."""
    tests = """
    @weight(1)
    @number("1")
    def test_it(self):
        with self.assertRaises(RuntimeError):
            self.student.call("same", 1)
"""
    report = graded(("    return value", '    raise NotImplementedError("same() is still to be written")'), tests=tests)
    assert report.points == 0
    assert "same() is still to be written." in texts(report)["1"]


def test_random_numbers_begin_anew_in_each_call(graded: Graded) -> None:
    tests = """
    @weight(1)
    @number("1")
    def test_it(self):
        once = self.student.call("noise", 3)
        self.assert_close(self.student.call("noise", 3), once)
        self.assert_close(self.reference.call("noise", 3), once)
"""
    assert graded(tests=tests).points == 1


def test_what_a_test_file_keeps_is_forgotten_with_the_submission(server: ForkServer, tmp_path: Path) -> None:
    """In a class, one process grades many. Within one submission, tests may share what they have computed."""
    tests = """
    def result(self):
        if "same" not in CACHE:
            CACHE["same"] = self.student.call("same", 3)
        for seen in (memory.SEEN, deep.inside.SEEN, open_package.inside.SEEN):
            seen.append(1)
        return CACHE["same"]

    @weight(1)
    @number("1")
    def test_it(self):
        self.assertEqual(self.result(), 3)

    @weight(1)
    @number("2")
    def test_that(self):
        self.assertEqual(self.result(), 3)
        for seen in (memory.SEEN, deep.inside.SEEN, open_package.inside.SEEN):
            self.assertEqual(len(seen), 2)
"""
    imports = "import memory, deep.inside, open_package.inside\nCACHE = {}\n"
    lab = lab_with(tmp_path / "lab", imports + HEAD + tests)
    for name in ("memory.py", "deep/__init__.py", "deep/inside.py", "open_package/inside.py"):
        (lab / "checks" / name).parent.mkdir(exist_ok=True)
        (lab / "checks" / name).write_text("SEEN = []\n")
    wrong = tmp_path / "wrong/Tensors.py"
    wrong.parent.mkdir()
    wrong.write_text(TEXT.replace("    return value", "    return 0"))
    with Grader(rubric.load(lab), server, "cpu") as grader:
        folders = (LAB / "reference", wrong.parent, LAB / "reference", LAB / "reference")
        assert [grader.grade(each, tmp_path / "results.json").points for each in folders] == [2, 0, 2, 2]
    assert not {"memory", "deep", "deep.inside", "open_package", "open_package.inside"} & set(sys.modules)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("import sys\nsys.exit(0)", "tensors.py, line 2: it ends the program; leave out sys.exit() and unittest"),
        ("import unittest\nunittest.main()", "tensors.py, line 2: it ends the program"),
        ("while True: pass", "tensors.py, line 1: it has not ended after 0.2 s"),
        (f"{HEAD}\n    @weight(1)\n    @number('1')\n    async def test_it(self):\n        self.fail('x')\n",
         "Tests.test_it: unittest does not run a test that is async or has a yield"),
        (f"{HEAD}\n    @weight(1)\n    @number('1')\n    def test_it(self):\n        yield\n",
         "Tests.test_it: unittest does not run a test that is async or has a yield"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_tests_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, said: str
) -> None:
    monkeypatch.setattr("autograder.rubric.python_checks.IMPORTING", 0.2)
    shutil.copytree(LAB, tmp_path, dirs_exist_ok=True)
    (tmp_path / "checks/tensors.py").write_text(written)
    with pytest.raises(FileError) as error:
        rubric.load(tmp_path)
    assert said in str(error.value)


@pytest.mark.parametrize(("value", "shown"), [("float('nan')", None), ("np.float32(0.5)", 0.5), ("[1]", None)])
def test_a_leaderboard_value_that_is_no_number_loses_nothing(
    graded: Graded, tmp_path: Path, capfd: pytest.CaptureFixture[str], value: str, shown: float | None
) -> None:
    tests = f"""
    @partial_credit(1)
    @number("1")
    @leaderboard("loss")
    def test_it(self, set_score=None, set_leaderboard_value=None): # @weight(1)
        set_leaderboard_value({value})
        set_score(np.int64(1))
"""
    report = graded(tests=tests)
    assert (report.points, report.faulty) == (1, False)
    board = json.loads((tmp_path / "results.json").read_text()).get("leaderboard", [])
    assert [each["value"] for each in board if each["name"] == "loss"] == ([] if shown is None else [shown])
    assert ("set the leaderboard value" in capfd.readouterr().err) == (shown is None)


@pytest.mark.parametrize("change", [("def same(", "def other("), ("    return value", "    raise NotImplementedError")])
def test_a_test_that_asks_for_any_exception_is_not_passed_by_a_missing_function(
    graded: Graded, change: tuple[str, str]
) -> None:
    tests = """
    @weight(1)
    @number("1")
    def test_it(self):
        with self.assertRaises(Exception):
            self.student.call("same", -1)
"""
    assert graded(change, tests=tests).points == 0


def test_objects_travel_in_lists(graded: Graded) -> None:
    tests = """
    @weight(1)
    @number("1")
    def test_it(self):
        counter = self.student.make("Counter", 3)
        same = self.student.make("same", [counter, {"other": counter}])
        self.assertEqual(same.make("__getitem__", 0).call("add", 1), 4)
"""
    assert graded(tests=tests).points == 1


@pytest.mark.parametrize("file", ["checks/tensors.py", "checks/more.py", "tests.py"])
def test_functions_that_tests_name_in_any_way_are_not_given(tmp_path: Path, file: str) -> None:
    shutil.copytree(LAB, tmp_path, dirs_exist_ok=True)
    place = "tests.py" if file == "tests.py" else "checks/tensors.py"
    rubric_file = tmp_path / "rubric.yaml"
    rubric_file.write_text(rubric_file.read_text().replace(", same]", "]").replace("checks/tensors.py", place))
    (tmp_path / place).write_text((LAB / "checks/tensors.py").read_text().replace('"same"', "HELPED"))
    shutil.copy(LAB / "checks/helpers.py", tmp_path)
    with (tmp_path / file).open("a") as written:
        written.write('\n\nHELPED = {1: ["same"]}[1][0]\n')
    with pytest.raises(FileError, match=r"names same; name it here too, or students are given it with its solution"):
        rubric.load(tmp_path)


def test_names_that_no_test_calls_in_a_program_need_no_list(tmp_path: Path) -> None:
    tests = """
    @weight(1)
    @number("1")
    @tags("same")
    def test_it(self):
        "flatten"
        self.assertEqual(self.reference.call("same", 3), 3)
"""
    lab = lab_with(tmp_path, HEAD.replace("weight\n", "weight, tags\n") + tests)
    text = (lab / "rubric.yaml").read_text()
    (lab / "rubric.yaml").write_text(text.replace("flatten, ", "").replace(", same]", "]"))
    assert rubric.load(lab).rubric.checks[-1].tags == ("same",)


def test_what_a_file_in_the_labs_own_folder_needs_is_part_of_the_lab(tmp_path: Path) -> None:
    lab = lab_with(tmp_path / "lab")
    (lab / "rubric.yaml").write_text((lab / "rubric.yaml").read_text().replace("checks/tensors", "tests"))
    helpers = (LAB / "checks/helpers.py").read_text()
    (lab / "helpers.py").write_text(f"{helpers}\n\nimport deeper\n")
    (lab / "deeper.py").write_text("WHERE = 'more/table.csv', '../outside.csv', '/etc/passwd', 'more'\n")
    (lab / "more").mkdir()
    (lab / "more/table.csv").write_text("1")
    (tmp_path / "outside.csv").write_text("1")
    shutil.copy(LAB / "checks/tensors.py", lab / "tests.py")
    found = {path.relative_to(lab).as_posix() for path in rubric.own_files(rubric.load(lab))}
    assert found == {"tests.py", "helpers.py", "deeper.py", "more/table.csv"}


@pytest.mark.parametrize(
    ("assertion", "told"),
    [
        ("self.assertEqual(self.student.call('same', 3), 4)", "3 != 4"),
        ("assert self.student.call('same', 3) == 4", "an assertion failed"),
        ("helpers.compare(self.student.call('same', 3))", ""),
    ],
)
def test_the_instructor_reads_which_assertion_failed(
    server: ForkServer, tmp_path: Path, capfd: pytest.CaptureFixture[str], assertion: str, told: str
) -> None:
    """What unittest says has the right result in it, so the student does not; a text of the instructor's is shown."""
    test = f"\n    @weight(1)\n    @number('1')\n    def test_it(self):\n        {assertion}\n"
    lab = lab_with(tmp_path / "lab", f"import helpers\n{HEAD}{test}")
    (lab / "checks/helpers.py").write_text("def compare(value):\n    assert value == 4, 'not four'\n")
    with Grader(rubric.load(lab), server, "cpu") as grader:
        report = grader.grade(LAB / "reference", tmp_path / "results.json")
    said = capfd.readouterr().err
    assert (f"tensors.py, line 13, Tests.test_it, not shown to the student: {told}" in said) == bool(told)
    assert texts(report)["1"].startswith("The result is not what is asked for." if told else "not four")


def test_gradients_by_numbers_and_of_what_is_no_tensor(graded: Graded) -> None:
    tests = """
    @weight(1)
    @number("1")
    def test_it(self):
        (found,) = self.student.gradients("same", 3.0)
        self.assert_close(found, 1.0)
"""
    assert graded(tests=tests).points == 1
    report = graded(("    return value", "    return value.item()"), tests=tests)
    assert report.points == 0
    assert "same() raised TypeError" in texts(report)["1"]
    assert graded(("    return value", "    return value.detach()"), tests=tests).points == 0


@pytest.mark.parametrize("place", ["setUpClass", "tearDownClass", "setUp", "tearDown"])
@pytest.mark.parametrize("ends", ['self.student.call("other", 1)', 'self.student.call("same", 1)', "sys.exit(0)"])
def test_what_ends_a_set_up_ends_that_test_alone(graded: Graded, place: str, ends: str) -> None:
    decorated = "    @classmethod\n" if "Class" in place else ""
    tests = f"""
{decorated}    def {place}(self):
        {ends}

    @weight(1)
    @number("1")
    def test_it(self):
        pass
"""
    report = graded(("    return value", "    import os; os._exit(0)"), tests=tests)
    assert report.points == 0
    assert report.faulty == (ends == "sys.exit(0)" or "other" in ends)
    if not report.faulty:
        assert "same() ended the process." in texts(report)["1"]
