"""What a lab sheet can say of a graph, word by word, and what else lies in the folder that students get."""

from pathlib import Path

import pytest
from conftest import ROOT

from autograder import rubric
from autograder.authoring.handout import folder, sheet
from autograder.authoring.handout.defaults import _literal
from autograder.authoring.handout.source import Gap
from autograder.authoring.handout.spoilers import KnownAnswer, _code, numbers
from autograder.fileio import CannotWrite
from autograder.rubric import FileError, Lab


@pytest.mark.parametrize(("number", "word"), [(0, "no"), (1, "one"), (8, "eight"), (12, "twelve"), (13, "13")])
def test_numbers_up_to_twelve_are_words(number: int, word: str) -> None:
    assert sheet.number_in_words(number) == word


@pytest.mark.parametrize(
    ("names", "last", "text"),
    [
        ("a", ",", "`a`"),
        ("ab", ",", "`a`, `b`"),
        ("ab", "and", "`a` and `b`"),
        ("abc", ",", "`a`, `b`, `c`"),
        ("abc", "or", "`a`, `b` or `c`"),
    ],
)
def test_names_are_joined(names: str, last: str, text: str) -> None:
    assert sheet.names(list(names), last) == text


def test_a_section_says_all_of_a_graph(real_lab: Lab) -> None:
    section = sheet.section(real_lab, "task2")
    assert section.given == "x1 = 4, w1 = 0.5, w2 = 0.2, y = 1"
    assert section.answers == ("m1", "r", "m2", "y_hat", "s", "loss", "dloss_dw2", "dloss_dw1")
    assert (section.values, section.gradients) == (section.answers[:6], section.answers[6:])
    first, second = section.formulas.split("\n\n")  # three in a line
    assert (first.count(r"\qquad"), second.count(r"\qquad")) == (2, 2)
    assert first.startswith("```math\n")
    assert second.endswith("\n```")
    assert section.picture.startswith('<img src="task2_graph.svg" alt="Computation graph of task2: x1 and w1 give m1')
    assert sheet.section(real_lab, "task1").formulas.count("```math") == 1


def test_the_gradients_asked_for_name_the_weights(real_lab: Lab) -> None:
    assert sheet.weights(real_lab, "task1") == ("w",)
    assert sheet.weights(real_lab, "task2") == ("w2", "w1")
    assert sheet.weights(rubric.load(ROOT / "labs/logistic_regression"), "logistic") == ("w", "b")


@pytest.mark.parametrize(
    ("text", "line"),
    [("a\n<< task9.given >>\n", 2), ("a\nb\n<< task1.givn >>", 3), ("a\n<% if %>\n", 2), ("<< task1.given\n\n", 1)],
)
def test_a_place_that_is_not_known_is_named_with_its_line(real_lab: Lab, tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference/handout.md").write_text(text)
    own = Lab(tmp_path, real_lab.rubric)
    with pytest.raises(FileError, match=rf"handout\.md, line {line}: "):
        sheet.filled_in(own)
    (tmp_path / "reference/handout.md").write_text("<# note #><% if true %>\n{{ << task1.given >> }}\n<% endif %>\n")
    assert sheet.filled_in(own) == "{{ x = 4, y = 1, w = 0.5 }}\n"
    (tmp_path / "reference/handout.md").write_bytes(b"\xff")
    with pytest.raises(FileError, match="save it as UTF-8 text"):
        sheet.filled_in(own)


def test_other_files_in_the_folder_are_named(tmp_path: Path) -> None:
    for name in ("a.py", "b.txt", ".git", "__pycache__", "c"):
        (tmp_path / name).write_text("")
    assert folder.others({"a.py"}, tmp_path) == ["b.txt", "c"]
    assert folder.others({"a.py"}, tmp_path / "none") == []


def test_files_that_differ_or_are_missing_are_named(tmp_path: Path) -> None:
    (tmp_path / "same").write_bytes(b"a\r\nb")
    (tmp_path / "other").write_text("x")
    (tmp_path / "bytes").write_bytes(b"\xff")
    files = {"same": "a\nb", "other": "y", "bytes": "z", "none": ""}
    assert folder.changed(files, tmp_path) == ["other", "bytes", "none"]


def test_a_folder_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    new = tmp_path / "a/b"
    folder.write({"x": "1\n", "y": "2"}, new)
    assert (new / "x").read_bytes() == b"1\n"
    (new / "z").write_text("stays")
    folder.write({"x": "3"}, new)
    assert {path.name: path.read_text() for path in new.iterdir()} == {"x": "3", "y": "2", "z": "stays"}
    (new / "f").mkdir()
    with pytest.raises(CannotWrite, match=r"f is a folder\)"):
        folder.write({"x": "4", "f": ""}, new)
    assert (new / "x").read_text() == "3"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]


@pytest.mark.parametrize(
    ("value", "text", "same"),
    [
        *((0.3857, "0.39", True), (-0.3857, "0.39", True), (0.3857, ".3857", True), (0.3857, "0.38", False)),
        *((8.0, "8", True), (8.0, "8.0", True), (8.1, "8", False), (0.001, "0.00", False), (0.0, "0", False)),
        *((0.5, "1", False), (2.0, "2.1", False)),
    ],
)
def test_a_number_is_an_answer_when_it_rounds_to_it(value: float, text: str, same: bool) -> None:
    assert KnownAnswer("a", value, "").rounds_to(text) == same


def test_each_number_is_named_once_with_its_line(real_lab: Lab) -> None:
    found = list(numbers(real_lab, {"a": "0.5987\n\n0.5987 and 0.2403\n", "b": "x"}))
    assert [each.partition(", which")[0] for each in found] == [
        *("a, line 1, has 0.5987", "a, line 3, has 0.5987", "a, line 3, has 0.2403")
    ]


def test_code_is_compared_without_comments_and_indentation() -> None:
    assert _code("  a = 1  # x\n\n# b = 2\n    # # c\n#\n") == ["a = 1", "b = 2", "c"]


@pytest.mark.parametrize(
    ("value", "like", "text"),
    [(20.0, 20, "20"), (20.5, 20, "20.5"), (20, 0.5, "20"), (0.5, 0.1, "0.5"), (20.0, 0.1, "20.0")],
)
def test_a_setting_is_written_as_python_has_it(value: float, like: float, text: str) -> None:
    assert _literal(value, like) == text


@pytest.mark.parametrize(
    ("lines", "cut", "gap"),
    [
        ([], False, Gap(0, (), ())),
        (["", ""], False, Gap(2, (), ())),
        (["", "# a"], False, Gap(1, (), ("# a",))),
        (["# a", ""], False, Gap(0, ("# a", ""), ())),
        (["", "# a", "", "# b", "# c"], False, Gap(1, ("# a", ""), ("# b", "# c"))),
        (["    # x", "", "# a"], True, Gap(1, (), ("# a",))),
        (["    # x", "", "# a"], False, Gap(0, ("    # x", ""), ("# a",))),
        (["# a", "  # x"], True, Gap(0, (), ())),
    ],
)
def test_a_gap_tells_a_heading_from_a_comment(lines: list[str], cut: bool, gap: Gap) -> None:
    assert Gap.of(lines, cut=cut) == gap


def test_adjacent_gaps_keep_larger_space() -> None:
    one, two = Gap(3, ("# one", ""), ("# x",)), Gap(1, ("# two", ""), ("# y",))
    assert two.after(one) == Gap(3, ("# two", ""), ("# y",))
    assert Gap(0, (), ("# y",)).after(one).lines() == ["", "", "", "# one", "", "# y"]
    assert one.left() == Gap(3, ("# one", ""), ())
