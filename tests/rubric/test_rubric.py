"""rubric.yaml: what does not fit is refused with the line, the key, and what is allowed there."""

import hashlib
import re
import shutil
from pathlib import Path

import msgspec
import pytest
from conftest import ROOT
from frozen import changeable

from autograder import rubric
from autograder.rubric import FileError

RUBRIC = (ROOT / "rubric.yaml").read_text()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "reference", tmp_path / "reference")
    return tmp_path


def line_of(text: str, needle: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if needle in line)


DEVICE_CHECK = """  - kind: device
    number: "9"
    name: too early
    points: 2
    functions: [train]
"""

# (what to change, into what, on which line the error is, what it has to say)
MISTAKES = [
    ("points: 100 #", "points: 90 #", "points: 90", "add up to 100, not to 90"),
    ("    points: 6\n", "    pionts: 6\n", "pionts: 6", "did you mean 'points'"),
    ("returns: [w, losses]", "returns: [w, loses]", "returns: [w, loses]", "did you mean 'losses'?"),
    ("kind: answers\n", "kind: answer\n", "- kind: answer", "did you mean 'answers'? allowed: answers, convergence, device, found, gradients, learns, python, values"),
    ("visibility: visible", "visibility: visble", "visibility: visble", "did you mean 'visible'? allowed: after_due_date, after_published, hidden, visible"),
    ("hidden_inputs: visible", "hidden_inputs: later", "hidden_inputs: later", "allowed: after_due_date, after_published, hidden, visible"),
    ("individual: false", "individual: perhaps", "individual: perhaps", "true or false is needed here"),
    ("        w: [[-1.9, -0.2], [0.6, 0.9], [1.1, 1.9]]\n", "", "x: [[1.8, 3.6]", "intervals are missing for w"),
    ("        x1: [[6.1, 11.9]]\n", "        x1: [[6,1, 11.9]]\n", "x1: [[6,1", "2 values are needed here, in brackets, and there are 3; if a comma is a decimal"),
    ("        x1: [[6.1, 11.9]]\n", "        x1: [[6.1, 11.9]]\n        lr: [[0.1, 0.2]]\n", "lr: [[0.1, 0.2]]", "there is no input or setting 'lr'"),
    ("      decimals: 1\n", "      decimals: 9\n", "decimals: 9", "a whole number from 0 to 6"),
    ("      decimals: 1\n", "      decimals: { z: 1 }\n", "decimals: { z: 1 }", "there is no input in 'from' 'z'"),
    ("leaderboard: false", "leaderboard: maybe", "leaderboard: maybe", "true or false is needed here"),
    ("points: 6\n", "points: six\n", "points: six", "a number is needed here"),
    ("points: 6\n", "points: -6\n", "points: -6", "above 0"),
    ("points: 6\n", "points: .nan\n", "points: .nan", "above 0"),
    ("y_hat: x * w\n", "y_hat: x * w + 1\n", "y_hat: x * w + 1", "split it into two nodes"),
    ("r: relu(m1)", "r: rleu(m1)", "r: rleu(m1)", "relu"),
    ("s: y_hat - y\n", "s: yhat - y\n", "s: yhat - y", "yhat"),
    ("x: 4, y: 1, w: 0.5 }", "x: 4, w: 0.5 }", "published: { x: 4, w", "lacks y"),
    ("y: 1, w: 0.5 }", "y: 1, w: 0.5, z: 1 }", "z: 1", "'z'"),
    ("y: 1, w: 0.5 }", "y: 1, w: high }", "w: high", "a number is needed here"),
    ("  fnn_forward:\n", "  fnn_foward:\n", "fnn_foward:", "did you mean 'fnn_forward'"),
    ("    function: train\n", "    function: tarin\n", "function: tarin", "did you mean 'train'"),
    ("inputs: [falls_fast]", "inputs: [fals_fast]", "[fals_fast]", "did you mean 'falls_fast'"),
    ("quantities: [dloss_dw]", "quantities: [dloss_dv]", "[dloss_dv]", "allowed: dloss_dw, dloss_dx"),
    ("section: task1", "section: task9", "section: task9", "allowed: task1, task2"),
    ("tolerance: exact", "tolerance: excat", "tolerance: excat", "did you mean 'exact'"),
    ("exact: { rtol: 0, atol: 1e-6 }", "exact: { rtol: 1, atol: 1e-6 }", "rtol: 1,", "always be right"),
    ("exact: { rtol: 0, atol: 1e-6 }", "exact: { rtol: 0, atol: 100 }", "- kind: answers", "can never fail"),
    ("settings: { n_epochs: 1 }", "settings: { n_epochs: 0 }", 'number: "3.4"', "can never fail"),
    ("settings: { n_epochs: 1 }", "settings: { epochs: 1 }", "{ epochs: 1 }", "did you mean 'n_epochs'"),
    ('number: "1.2"', 'number: "1.1"', 'number: "1.1"', "two checks have the number 1.1"),
    ("kind: convergence\n", "kind: values\n", "- kind: values", "convergence"),
    ("x: [[2.3, 4.6]]", "x: [[4.6, 2.3]]", "x: [[4.6", "its ends in the wrong order"),
    ("s: [[-2.2, -1.8], [-1.2, 1.2], [1.8, 2.2]]", "s: [[-99, 99]]", "s: [[-99", "nothing to draw"),
    ('key: "change me: any text of at least 16 characters"', "key: short", "key: short", "at least 16 characters"),
    ("graph: task2\n", "graph: taks2\n", "graph: taks2", "did you mean 'task2'"),
    ("  call: 10 #", "  call: 0 #", "call: 0", "above 0"),
    ("lab:", "points: 1\nlab:", "points: 100", "given twice"),
    ("lab:", "\tlab:", "\tlab:", "indent with spaces, not with tabs"),
    ("program: Lab4.py", "program Lab4.py", "points: 100", "write a colon after the key"),
    ("x: [[2.3, 4.6]]", "x: []", "x: []", "give at least one interval, as in [[-2, 2]]"),
    ("x: [[2.3, 4.6]]", "x: [[.nan, 4.6]]", "x: [[.nan", "this number is nan, infinite or too large"),
    ("published: { x: 4,", "published: { x: 1e300,", "x: 1e300", "this number is nan, infinite or too large"),
    ("settings: { n_epochs: 1 }", "settings: { n_epochs: .inf }", "n_epochs: .inf", "this number is nan, infinite"),
    ("published: { x: 4,", "published: { x: 1000" + 300 * "0" + ",", "x: 1000", "this number is nan, infinite"),
    ("  call: 10 #", "  call: 1e30 #", "call: 1e30", "above 0, and at most 1,000,000"),
    ('number: "1.1"', 'number: ""', 'number: ""', 'a check needs a number, such as "4.1"'),
    ("answers: answers.yaml", "answers: ../answers.yaml", "answers: ..", "such as answers.yaml, without a folder"),
    ("answers: answers.yaml", "answers: Lab4.py", "answers: Lab4.py", "such as answers.yaml, without a folder"),
    ("  loss: [l, mse, loss_value]", "  los: [l, mse, loss_value]", "  los: [l", "did you mean 'loss'"),
    ("  loss: [l, mse, loss_value]", "  loss: [l, mse, y_hat]", "  loss: [l", "y_hat is another value that the same"),
    ("program: Lab4.py", "program: Lab5.py", "program: Lab5.py", "cannot be read"),
    ("returns: [w, losses]", "returns: [losses, w]", "returns: [losses", "the inputs that it trains, then 'losses'"),
    ("settings: { n_epochs: 1 }", "settings: { n_epochs: 1.5 }", "n_epochs: 1.5", "whole number"),
    ("inputs: [x, y, w]\n", "inputs: [y, x, w]\n", "inputs: [y, x, w]", "defines check_result(x, y, w)"),
    ("inputs: [falls_fast]", "inputs: falls_fast", "inputs: falls_fast", "a list is needed here"),
    ('number: "3.3"', "number: 3.3", "number: 3.3", "put it in quotes"),
    ("device: auto", "device: gpu", "device: gpu", "allowed: auto, cpu, cuda, cuda:0, mps"),
    ("functions: [train, ", "functions: [tarin, ", "functions: [tarin", "did you mean 'train'"),
    ("functions: [train, ", "functions: [fnn_forward, ", "functions: [fnn_forward", "fnn_forward takes no device"),
    ("  - kind: gradients\n", DEVICE_CHECK + "  - kind: gradients\n", "number: \"9\"", "after all checks that call"),
    ("right_on_some_inputs: 0.5", "right_on_some_inputs: 5", "right_on_some_inputs: 5", "between 0 and 1"),
]  # fmt: skip


def test_device_check_needs_hidden_inputs(folder: Path) -> None:
    hidden = "inputs: [too_low, too_high, between, dead_relu]"
    assert hidden in RUBRIC
    (folder / "rubric.yaml").write_text(RUBRIC.replace(hidden, "inputs: [published]"))
    with pytest.raises(FileError, match="fnn_check_result has no check with other than published inputs"):
        rubric.load(folder)


def test_the_settings_of_a_training_loop_have_their_names(folder: Path) -> None:
    (folder / "rubric.yaml").write_text(re.sub(r"\blr:", "rate:", RUBRIC))
    with pytest.raises(
        FileError, match=r"line \d+ \(functions\.train\.settings\): a training loop needs the settings lr"
    ):
        rubric.load(folder)


@pytest.mark.parametrize(("old", "new", "where", "what"), MISTAKES, ids=[new.strip() for _, new, _, _ in MISTAKES])
def test_a_mistake_is_named_with_its_line(folder: Path, old: str, new: str, where: str, what: str) -> None:
    assert old in RUBRIC
    text = RUBRIC.replace(old, new, 1)
    (folder / "rubric.yaml").write_text(text)
    with pytest.raises(FileError) as error:
        rubric.load(folder)
    sentence = str(error.value)
    assert what in sentence
    assert "\n" not in sentence
    line = int(sentence.partition(", line ")[2].partition(" ")[0].rstrip(":"))
    assert abs(line - line_of(text, where)) <= 2, sentence


def test_a_missing_rubric_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"rubric.yaml: it cannot be read \(No such file"):
        rubric.load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"\xff\xfe\x00", b"just text", b"[1, 2]", b"- - : :\n  - ]"])
def test_invalid_file_is_one_sentence(folder: Path, content: bytes) -> None:
    (folder / "rubric.yaml").write_bytes(content)
    with pytest.raises(FileError) as error:
        rubric.load(folder)
    assert "rubric.yaml" in str(error.value)


def test_the_labs_own_rubric_fits(real_lab: rubric.Lab) -> None:
    assert sum(check.points for check in real_lab.rubric.checks) == 100


def test_hidden_inputs_carry_most_of_the_code_points(real_lab: rubric.Lab) -> None:
    code = [
        check
        for check in real_lab.rubric.checks
        if isinstance(check, (rubric.ValuesCheck, rubric.GradientsCheck, rubric.TrainingCheck))
    ]
    hidden = sum(check.points for check in code if check.inputs != ("published",))
    assert hidden > 0.8 * sum(check.points for check in code)


def test_expected_values_are_those_of_the_paper(real_lab: rubric.Lab) -> None:
    inputs = real_lab.rubric.graphs["task2"].inputs["published"]
    graph = real_lab.graphs["task2"]
    found = rubric.expected(graph, ["dloss_dw2", "dloss_dw1", "y_hat"], inputs)
    assert found == pytest.approx(
        {"dloss_dw2": -0.385678408, "dloss_dw1": -0.154271363, "y_hat": 0.598687660}, abs=1e-9
    )


def with_visibility(real_lab: rubric.Lab, **values: rubric.Visibility) -> dict[str, rubric.Visibility]:
    changed = rubric.Lab(real_lab.folder, msgspec.structs.replace(real_lab.rubric, **values))
    return {check.number: changed.visibility(check) for check in changed.rubric.checks}


HIDDEN_INPUTS = {"2.2", "3.2", "3.3", "3.4", "3.5", "5.2", "6.2", "6.3", "7.2", "8"}


def test_everything_is_visible_unless_the_rubric_says_otherwise(real_lab: rubric.Lab) -> None:
    assert set(with_visibility(real_lab).values()) == {"visible"}
    assert rubric.warnings(real_lab) == ()


@pytest.mark.parametrize("when", ["after_due_date", "after_published", "hidden"])
def test_one_key_hides_the_checks_with_hidden_inputs(real_lab: rubric.Lab, when: rubric.Visibility) -> None:
    seen = with_visibility(real_lab, hidden_inputs=when)
    assert {number for number, visibility in seen.items() if visibility == when} == HIDDEN_INPUTS
    assert {visibility for number, visibility in seen.items() if number not in HIDDEN_INPUTS} == {"visible"}


def test_longer_hiding_visibility_counts(real_lab: rubric.Lab) -> None:
    seen = with_visibility(real_lab, visibility="after_published", hidden_inputs="visible")
    assert set(seen.values()) == {"after_published"}
    seen = with_visibility(real_lab, visibility="after_due_date", hidden_inputs="hidden")
    assert (seen["2.1"], seen["2.2"]) == ("after_due_date", "hidden")


def test_checks_own_visibility_counts_first(real_lab: rubric.Lab) -> None:
    checks = [msgspec.structs.replace(check, visibility="visible") for check in real_lab.rubric.checks]
    seen = with_visibility(real_lab, checks=tuple(checks), visibility="hidden", hidden_inputs="hidden")  # type: ignore[arg-type]
    assert set(seen.values()) == {"visible"}


def test_instructor_is_warned_of_hidden_checks(real_lab: rubric.Lab) -> None:
    changed = msgspec.structs.replace(real_lab.rubric, visibility="after_published", hidden_inputs="hidden")
    (warning,) = rubric.warnings(rubric.Lab(real_lab.folder, changed))
    assert "2.1, 3.1, 4.1" in warning
    assert "(until the grades are published); 2.2, 3.2, 3.3, 3.4, 3.5, 5.2, 6.2, 6.3, 7.2, 8 (always)" in warning
    assert "Gradescope shows students no total" in warning


def test_the_digest_is_that_of_the_file(real_lab: rubric.Lab) -> None:
    assert real_lab.digest == hashlib.sha256((ROOT / "rubric.yaml").read_bytes()).hexdigest()


def test_data_cannot_be_changed() -> None:
    assert changeable("autograder.rubric") == set()
