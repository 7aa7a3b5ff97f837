"""A rubric is refused from the first number or name on that does not fit, and accepted up to there."""

import shutil
from pathlib import Path

import msgspec
import pytest
from conftest import ROOT
from frozen import modules

from autograder import rubric
from autograder.graph import parse
from autograder.rubric import FileError
from autograder.rubric.draw import Drawn, draw, draws, problems

RUBRIC = (ROOT / "rubric.yaml").read_text()
KEY = 'key: "change me: any text of at least 16 characters"'
EXACT = "exact: { rtol: 0, atol: 1e-6 }"
PAPER = "coarse: 0.04 }"
DEVICE = "functions: [train, fnn_check_result]\n"
FIRST = '    number: "1.1"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "reference", tmp_path / "reference")
    return tmp_path


def loaded(folder: Path, *changes: str) -> rubric.Lab:
    """The lab with each pair of texts exchanged."""
    text = RUBRIC
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "rubric.yaml").write_text(text)
    return rubric.load(folder)


@pytest.mark.parametrize(
    "changes",
    [
        (KEY, "key: 0123456789abcdef"),
        ("device: auto", "device: cuda:123"),
        ("device: auto", "device: mps"),
        (EXACT, "exact: { rtol: 0.4, atol: 0 }"),
        (EXACT, "exact: { rtol: 0.4, atol: 0, coarse: 0.999 }"),
        (PAPER, "coarse: 0.02 }"),
        ("right_on_some_inputs: 0.5", "right_on_some_inputs: 0"),
        ("right_on_some_inputs: 0.5", "right_on_some_inputs: 1"),
        ("follow_through: 1.0", "follow_through: 0"),
        ("slips: 0.5", "slips: 1"),
        ("  call: 10 #", "  call: 0.001 #"),
        ("points: 6\n", "points: 5.75\n", "points: 3\n", "points: 3.25\n"),
        ("points: 100 #", "points: 100.0000001 #"),
        ("      decimals: 1\n", "      decimals: 0\n"),
        ("      decimals: 1\n", "      decimals: 6\n"),
        ("      decimals: 1\n", "      decimals: { x: 6, w: 0 }\n"),
        ("settings: { n_epochs: 10 } #", "settings: { n_epochs: 10.0 } #"),
        ('    number: "3.5"\n', '    number: "3.5"\n    compared: 1\n'),
        ("y: 1, w: 0.5 }", "y: 1, w: 0.5, lr: 0.2 }"),
        ("functions: [train, fnn_check_result]", "functions: [train]"),
        ("lr: [[0.03, 0.045]]", "lr: [[0.0, 0.0]]"),  # of two sets of inputs, one trains nothing
        ("        y: [[-4.0, -0.2], [0.2, 0.8], [1.2, 4.0]]\n", "        y: [[2.0, 2.0]]\n"),
        ("id: handout-sigmoid\n", "id: handout-sigmoid\n", "instead_of: dy_hat_dm2", "instead_of: dr_dm1"),
        ("on_paper: right", "on_paper: wrong"),
    ],
)
def test_what_just_fits_is_accepted(folder: Path, changes: tuple[str, ...]) -> None:
    loaded(folder, *changes)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ((KEY, "key: 0123456789abcde"), "at least 16 characters"),
        (("device: auto", "device: cuda:1234"), "there is no device 'cuda:1234'"),
        ((EXACT, "exact: { rtol: 0, atol: 1e-6, coarse: 1 }"), "tolerances.exact.coarse): a relative tolerance"),
        ((EXACT, "exact: { rtol: -0.1, atol: 1e-6 }"), "tolerances.exact.rtol): a relative tolerance"),
        ((EXACT, "exact: { rtol: 0, atol: -1e-6 }"), "an absolute tolerance must be a finite number, 0 or more"),
        ((EXACT, "exact: { rtol: 0, atol: .inf }"), "an absolute tolerance must be a finite number, 0 or more"),
        ((PAPER, "coarse: 0.019 }"), "the coarse tolerance must be at least rtol (0.02)"),
        (("follow_through: 1.0", "follow_through: 1.01"), "follow_through): this share must be between 0 and 1"),
        (("slips: 0.5", "slips: -0.01"), "slips): this share must be between 0 and 1"),
        (("  memory: 512 #", "  memory: .inf #"), "limits.memory): a limit must be a number of MB above 0"),
        (("  output: 32 #", "  output: -1 #"), "limits.output): a limit must be a number of KB above 0"),
        (("  search: 1.5 #", "  search: -1 #"), "limits.search): a limit of the search must be a number"),
        (("  search: 1.5 #", "  search: .inf #"), "limits.search): a limit of the search must be a number"),
        (("points: 100 #", "points: 100.001 #"), "add up to 100, not to 100.001"),
        (("points: 6\n", "points: 0\n"), "a check's points must be a number above 0"),
        (("points: 6\n", "points: .inf\n"), "a check's points must be a number above 0"),
        (("points: 6\n", "points: 5.755\n"), "points must have at most two decimals"),
        (("What was submitted, points: 0", "What was submitted, points: 1"), "gives no points; set 0"),
        (("      decimals: 1\n", "      decimals: -1\n"), "a whole number from 0 to 6"),
        (("      decimals: 1\n", "      decimals: 7\n"), "a whole number from 0 to 6"),
        (("      decimals: 1\n", "      decimals: { x: 1, w: 7 }\n"), "a whole number from 0 to 6"),
        (('    number: "3.5"\n', '    number: "3.5"\n    compared: 0\n'), "at least one loss must be compared"),
        (("settings: { n_epochs: 10 } #", "settings: { n_epochs: 10, lr: 0 } #"), "can never fail"),
        (("published: { x: 4,", "published: { n_epochs: 2.5, x: 4,"), "n_epochs must be a whole number"),
        (("quantities: [y_hat, s, loss]", "quantities: []"), "checks[1].quantities): name at least one quantity"),
        (("quantities: [y_hat, s, loss]", "quantities: [x]"), "there is no node or derivative 'x'"),
        (("quantities: [y_hat, s, loss]", "quantities: [dx_dw]"), "there is no node or derivative 'dx_dw'"),
        (("inputs: [falls_fast, falls_slowly]", "inputs: []"), "checks[6].inputs): name at least one set of inputs"),
        ((DEVICE, "functions: []\n"), "checks[19].functions): name at least one function"),
        (("inputs: [x, y, w]\n    settings", "inputs: [x, y]\n    settings"), "must be the inputs of graph task1"),
        (("returns: [w, losses]", "returns: [losses]"), "the inputs that it trains, then 'losses'"),
        (("returns: [w, losses]", "returns: [y_hat, losses]"), "the inputs that it trains, then 'losses'"),
        (("returns: [loss, dloss_dw]\n", "returns: [loss, dloss_dv]\n"), "named 'dloss_dv'; did you mean 'dloss_dy'"),
        (("settings: { lr: 0.01, n_epochs: 20 }", "settings: { lr: 0.01 }"), "a training loop needs the settings"),
        (("published: { x: 4", "publisht: { x: 4"), "graphs.task1.inputs): the set 'published' is missing"),
        (("      falls_fast: #", "      published: #"), "'inputs' has a set named 'published' too; rename one of them"),
        (("    graph: task2\n    instead", "    graph: task3\n    instead"), "mistakes[0].graph): there is no graph"),
        (("instead_of: dy_hat_dm2", "instead_of: dloss_dm2"), "mistakes[0].instead_of): there is no local derivative"),
        (("rest: 1 - m2", "rest: 1 - m9"), "(mistakes[0].nodes"),
        (("    y_hat: x * w", "    y_hat: x * w\n      z: y_hat ** w ** 2"), "task1.nodes.z"),
        (("kind: values\n    number: \"5.1\"", "kind: convergence\n    number: \"5.1\""), "a function that returns"),
        (("published: { x: 4, y: 1, w: 0.5 }", "published: { x: 0, y: 0, w: 0 }"), "can never fail"),
        (("        avoid:\n          s: [[-1.5", "        avoid:\n          t: [[-1.5"), "no input or node 't'"),
        (("lr: [[0.03, 0.045]]\n", "lr: [[0.045, 0.03]]\n"), "[0.045, 0.03] has its ends in the wrong order"),
        (("  - kind: gradients\n    number: \"7.2\"", "  - kind: gradients\n    number: \"7.1\""), "two checks have"),
    ],
)  # fmt: skip
def test_invalid_rubric_is_refused(folder: Path, changes: tuple[str, ...], what: str) -> None:
    with pytest.raises(FileError) as error:
        loaded(folder, *changes)
    assert what in str(error.value)
    assert str(error.value).startswith(f"{folder}/rubric.yaml, line ")


def test_reference_defines_every_function(folder: Path) -> None:
    program = folder / "reference/Lab4.py"
    text = program.read_text()
    program.write_text(text.replace("def train(", "def trane(", 1))
    with pytest.raises(FileError, match="define this function; there is no function 'train'; did you mean 'trane'"):
        loaded(folder)
    program.write_text("def (")
    with pytest.raises(FileError, match=r"program\): the reference solution .* cannot be read: invalid syntax"):
        loaded(folder)


def test_reference_may_take_a_device(folder: Path) -> None:
    program = folder / "reference/Lab4.py"
    text = program.read_text()
    program.write_text(text.replace("def fnn_forward(", "def fnn_forward(device, ", 1))
    loaded(folder)
    program.write_text(text.replace("def fnn_forward(", "def fnn_forward(more, ", 1))
    with pytest.raises(FileError, match=r"asks for fnn_forward\(x1, w1, w2, y\), but .*\(more, x1, w1, w2, y\)"):
        loaded(folder)


def test_structs_reject_unknown_keys() -> None:
    for module in modules("autograder.rubric"):
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind is not msgspec.Struct:
                assert kind.__struct_config__.forbid_unknown_fields, kind


def test_rubric_defaults() -> None:
    read = msgspec.convert(
        {"lab": "", "points": 0, "key": "", "graphs": {}, "functions": {}, "tolerances": {}, "checks": []},
        rubric.Rubric,
    )
    assert not read.leaderboard
    assert not read.individual
    assert (read.right_on_some_inputs, read.follow_through, read.slips) == (0.5, 1, 0.5)
    assert read.limits == rubric.Limits(10, 20, 240, 512, 10, 32)
    function = rubric.Function((), (), "g")
    assert (function.given, function.device) == (False, False)
    check = rubric.TrainingCheck(number="1", name="", points=1, function="f", inputs=())
    assert (check.compared, check.tolerance, check.quantities) == (10, "code", ())


GRAPH = parse({"y_hat": "x * w"})


def found(drawn: Drawn, *settings: str) -> list[str]:
    return [f"{'.'.join(place)}: {sentence}" for place, sentence in problems(drawn, GRAPH, settings)]


ONE = ((1.0, 2.0),)


@pytest.mark.parametrize(
    ("drawn", "sentences"),
    [
        (Drawn({"x": ONE, "w": ONE}), []),
        (Drawn({"x": ONE, "w": ONE, "lr": ONE}), []),
        (Drawn({"x": ONE, "w": ONE}, {"x": ((1.0, 1.5),), "y_hat": ((3.9, 4.0),)}), []),
        (Drawn({"x": ONE}), ["from: intervals are missing for w; add them"]),
        (
            Drawn({"x": ONE, "w": ONE}, {"z": ONE}),
            ["avoid.z: there is no input or node 'z'; allowed: w, x, y_hat"],
        ),
        (
            Drawn({"x": ONE, "w": ONE}, {"y_hat": ((1.0, 4.0),)}),
            ["avoid: the intervals to avoid leave nothing to draw; make 'from' wider or 'avoid' narrower"],
        ),
        (
            Drawn({"x": ((2.0, 1.0),), "w": ONE}, {"w": ((3.0, 0.0),)}),
            [
                "from.x: an interval is [low, high]; [2.0, 1.0] has its ends in the wrong order",
                "avoid.w: an interval is [low, high]; [3.0, 0.0] has its ends in the wrong order",
            ],
        ),
        (
            Drawn({"x": ONE, "w": ONE}, decimals={"z": 1}),
            ["decimals.z: there is no input in 'from' 'z'; allowed: w, x"],
        ),
    ],
)
def test_drawing_rule_problems(drawn: Drawn, sentences: list[str]) -> None:
    assert found(drawn, "lr") == sentences


def test_numbers_have_the_decimals_asked_for() -> None:
    assert Drawn({}).decimals_of("x") == 2
    assert Drawn({}, decimals=3).decimals_of("x") == 3
    assert [Drawn({}, decimals={"x": 0}).decimals_of(name) for name in "xw"] == [0, 2]


def test_interval_ends_are_avoided() -> None:
    points = ((1.0, 1.0), (2.0, 2.0), (3.0, 3.0))
    drawn = Drawn({"x": points, "w": ((1.0, 1.0),)}, {"x": ((1.0, 2.0),)})
    assert {draw(drawn, GRAPH, "key", str(seed))["x"] for seed in range(30)} == {3}


def test_intervals_are_weighted_by_length() -> None:
    drawn = Drawn({"x": ((0.0, 1.0), (5.0, 5.0), (10.0, 19.0)), "w": ((1.0, 1.0),)})
    seen = [draw(drawn, GRAPH, "key", str(seed))["x"] for seed in range(200)]
    assert 5 <= sum(x <= 1 for x in seen) <= 45
    assert not [x for x in seen if x == 5]
    points = Drawn({"x": ((1.0, 1.0), (2.0, 2.0)), "w": ((1.0, 1.0),)})
    assert {draw(points, GRAPH, "key", str(seed))["x"] for seed in range(20)} == {1, 2}


def test_draws_never_change() -> None:
    # A student's numbers at a regrade, years later.
    drawn = Drawn({"x": ((-3.0, -2.0), (2.0, 3.0)), "w": ((0.5, 1.0),)}, {"x": ((2.4, 2.6),)}, {"w": 4})
    assert draw(drawn, GRAPH, "key", "seed") == {"x": -2.24, "w": 0.929}
    assert [draw(drawn, GRAPH, "key", str(seed))["x"] for seed in range(4)] == [-2.46, 2.25, 2.97, 2.62]


def test_a_thousand_draws_are_made_at_most() -> None:
    all_fit = Drawn({"x": ONE, "w": ONE})
    assert len(list(draws(all_fit, GRAPH, "key", "seed"))) == 1000
    assert next(draws(all_fit, GRAPH, "key", "seed")) == draw(all_fit, GRAPH, "key", "seed")
