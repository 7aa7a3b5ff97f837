"""The rubric tells right from wrong: every mistake that students make loses points; and the audit sees where one does
not."""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import msgspec
import pytest
import yaml
from conftest import ROOT, RunVerb
from rich.console import Console

from autograder import rubric
from autograder.authoring.audit.draws import Escape
from autograder.authoring.audit.function import audit, fixed, functions
from autograder.authoring.audit.progress import Progress, Stage
from autograder.authoring.audit.result import Caught, FunctionAudit
from autograder.authoring.audit.run import Audit
from autograder.authoring.audit.show import named, page, remarks, row, show, verdict
from autograder.authoring.audit.synthetic import SyntheticStudent
from autograder.grader import Grader
from autograder.mistakes.for_lab import Mistakes
from autograder.mistakes.procedure import Mistake
from autograder.sandbox.host.fork_server import ForkServer

pytestmark = pytest.mark.long
FUNCTIONS = ("check_result", "train", "fnn_forward", "fnn_gradients", "fnn_check_result")
LONGEST = ("train", "fnn_gradients", "fnn_check_result")
PAIRS = 30  # of each function; `autograder audit --pairs 100000` tries all


@pytest.fixture(scope="module")
def auditor(server: ForkServer) -> Iterator[Callable[..., FunctionAudit]]:
    """Audits a function of a lab, the reference started once."""
    graders: dict[int, Grader] = {}

    def run(the_lab: rubric.Lab, function: str, pairs: int = PAIRS) -> FunctionAudit:
        grader = graders.setdefault(id(the_lab), Grader(the_lab, server, "cpu"))
        return audit(the_lab, grader.reference(), function, pairs)

    yield run
    for grader in graders.values():
        grader.__exit__(None, None, None)


def published_only(real_lab: rubric.Lab) -> rubric.Lab:
    """The lab as someone in a hurry would set it: nothing is called with other inputs."""
    checks = tuple(
        check for check in real_lab.rubric.checks if not isinstance(check, rubric.CodeCheck) or rubric.published(check)
    )
    return rubric.Lab(real_lab.folder, msgspec.structs.replace(real_lab.rubric, checks=checks))


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(name, marks=[pytest.mark.slow("audits of a function")] if name in LONGEST else [])
        for name in FUNCTIONS
    ],
)
def test_mistakes_lose_points_and_most_are_named(
    real_lab: rubric.Lab, auditor: Callable[..., FunctionAudit], function: str
) -> None:
    found = auditor(real_lab, function)
    assert len(found.singles) >= 50
    assert [caught.id for caught in found.only_published] == []
    assert len(found.pairs_that_pass) <= 0.01 * len(found.pairs)
    assert sum(caught.named for caught in found.singles) >= 0.95 * len(found.singles)
    assert not [caught.id for caught in found.singles if caught.slack < 2e-3], "the tolerance is 1e-3"


def test_published_inputs_alone_let_mistakes_pass(real_lab: rubric.Lab, auditor: Callable[..., FunctionAudit]) -> None:
    weak = published_only(real_lab)
    passed = {caught.id for caught in auditor(weak, "fnn_forward", 0).survivors}
    assert {"left-out@r", "leaky@r", "abs@r", "fixed@all"} <= passed
    found = auditor(weak, "check_result", 0)
    assert "base@dloss_ds" in {caught.id for caught in found.survivors}  # 2 * x is 8 there, too
    assert found.suggestion is not None
    assert found.suggestion == {"x": 2.3, "y": 3.9, "w": -0.5}  # the same in every run
    nodes = real_lab.graphs["task1"].values(found.suggestion)
    assert not {0.0, 1.0, 2.0} & {round(abs(value), 1) for value in nodes.values()}
    assert found.draws == 0  # there is nothing to draw
    assert (len(found.survivors), len(found.only_published), len(found.unclear)) == (10, 61, 26)
    assert {caught.slack for caught in found.singles} == {0.0}


def test_what_is_wrong_is_said_in_terminal_and_page(
    real_lab: rubric.Lab, auditor: Callable[..., FunctionAudit], capsys: pytest.CaptureFixture[str]
) -> None:
    weak = Audit("<b>Lab</b>", 90, 4, 100, (auditor(published_only(real_lab), "fnn_forward", 0),))
    assert not weak.holds
    show(weak)
    said = " ".join(capsys.readouterr().out.split())
    assert "fnn_forward: these mistakes lose no points: " in said
    assert "the ReLU at r is left out" in said
    assert "The reference loses points." in said
    assert any("The reference solution itself gets 90 of 100" in remark for remark in remarks(weak))
    text = page(weak)
    assert "&lt;b&gt;Lab&lt;/b&gt;" in text
    assert "The reference loses points." in text
    assert "left-out@r" not in text  # words instead of ids


def test_nothing_tried_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    nothing = Audit("Lab", 100, 4, 100, (FunctionAudit("Net", 2, (), (), 0),))
    show(nothing)
    for said in (" ".join(capsys.readouterr().out.split()), page(nothing)):
        assert "No mistakes are known here: no function has a graph" in said
        assert "The reference gets full points; no mistake was tried." in said


def test_how_many_of_the_pairs_were_tried_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    caught = Caught((Mistake("one@s", "ds_dy is 1", "", lambda work: work),), {"2.1": 2.0}, 2.0)
    few = FunctionAudit("check_result", 2, (caught,), (caught,) * 400, 12345)
    assert row(few)[4] == "400 of 12,345"
    found = Audit("Lab", 100, 4, 100, (few,))
    show(found)
    assert "400 of 12,345" in capsys.readouterr().out
    assert "400 of 12,345" in page(found)


A, B, C = (Mistake(f"{name}@s", f"{name} is wrong", "", lambda work: work) for name in "abc")


def of(
    *mistakes: Mistake, lost: float = 2.0, hidden: float = 2.0, like: tuple[str, ...] = (), slack: float = 0.5
) -> Caught:
    return Caught(mistakes, {"2.1": lost - hidden, "2.2": hidden}, hidden, 1.0, like, slack)


def test_what_passes_where_is_told_apart() -> None:
    passes, fitted = of(A, lost=0.0, hidden=0.0), of(B, lost=1.0, hidden=0.0)
    caught = of(C, like=("a@s",), slack=0.25)
    pairs = (of(A, B, hidden=0.0), of(B, C), of(A, C, lost=0.0, hidden=0.0))
    found = FunctionAudit("f", 2, (passes, fitted, caught), pairs, 9, rtol=1e-3)
    assert found.survivors == (passes,)
    assert found.only_published == (passes, fitted)
    assert found.unclear == (caught,)
    assert found.pairs_that_pass == (pairs[0], pairs[2])
    assert found.tolerance is caught
    assert FunctionAudit("f", 2, (), (), 0).tolerance is None
    assert row(found) == ("3", "2", "1", "3", "3 of 9", "1")
    assert list(remarks(Audit("Lab", 100, 4, 100, (found,)))) == [
        "f: these mistakes lose no points: a is wrong.",
        "f: only the published inputs detect these mistakes, and a student can fit a program to those: b is wrong.",
        "f: these pairs cancel out on the hidden inputs: a is wrong and b is wrong; a is wrong and c is wrong.",
        "f: on the current inputs these mistakes lead to the same numbers: a is wrong and c is wrong.",
        "f: your relative tolerance on hidden inputs, 0.001, is safe: only from 0.25 on it would accept that c is "
        "wrong.",
    ]
    wide = FunctionAudit("f", 2, (of(C, slack=0.25),), (), 0, rtol=0.3)
    assert list(remarks(Audit("Lab", 100, 4, 100, (wide,)))) == [
        "f: your relative tolerance on hidden inputs, 0.3, is too wide: from 0.25 on it accepts that c is wrong."
    ]


def test_variants_of_a_mistake_are_told_apart_in_words() -> None:
    values = Mistake("a@s/values", "a is wrong", "", lambda work: work)
    found = FunctionAudit("f", 2, (of(A), of(values, like=("a@s",))), (), 0, rtol=1e-3)
    assert next(remarks(Audit("Lab", 100, 4, 100, (found,)))) == (
        "f: on the current inputs these mistakes lead to the same numbers: a is wrong and a is wrong, in the values "
        "alone."
    )


@pytest.mark.parametrize(
    ("reference", "survives", "holds"),
    [(100, False, True), (99.5, False, False), (100, True, False), (101, False, True)],
)
@pytest.mark.parametrize("escapes", [False, True])
def test_when_a_rubric_holds(reference: float, survives: bool, holds: bool, escapes: bool) -> None:
    lost = 0.0 if survives else 1.0
    escaped = (Escape(B, 3, {}),) if escapes else ()
    function = FunctionAudit("f", 2, (of(A, lost=lost, hidden=lost),), (), 0, None, 100, escaped)
    found = Audit("Lab", reference, 4, 100, (function,))
    assert found.holds == (holds and not escapes)
    assert any("reference solution itself" in remark for remark in remarks(found)) == (reference < 100)
    says = "The reference loses" if reference < 100 else "No mistake gets" if found.holds else "At least one mistake"
    assert verdict(found).startswith(says)


def test_escaping_mistake_is_reported_with_a_draw() -> None:
    escape = Escape(B, 3, {"own": {"x": 1.5, "lr": 0.05}, "dead": {"x": -2.0}})
    found = FunctionAudit("f", 2, (of(A),), (), 0, None, 1000, (escape,) * 14)
    said = [remark for remark in remarks(Audit("Lab", 100, 4, 100, (found,))) if "draws" in remark]
    assert len(said) == 13
    assert said[0] == (
        "f: in 3 of 1,000 draws no hidden input reveals that b is wrong (the first: own { x: 1.5, lr: 0.05 }, "
        "dead { x: -2 }); change the intervals under `drawn`."
    )
    assert said[-1] == "f: 2 more mistakes go undetected in some draws."
    found = FunctionAudit("f", 2, (of(A),), (), 0, None, 1000, (escape,) * 13)
    assert "f: 1 more mistake goes undetected in some draws." in remarks(Audit("Lab", 100, 4, 100, (found,)))


def test_a_function_without_a_graph_has_no_mistakes_on_the_page() -> None:
    known, unknown = FunctionAudit("f", 2, (of(A),), (), 0, None), FunctionAudit("flatten", 2, (), (), 0, None)
    text = page(Audit("Lab", 100, 4, 100, (unknown, known)))
    assert text.count("<details") == 1
    assert "<td>flatten</td>" in text


def test_twelve_mistakes_are_listed() -> None:
    many = [of(Mistake(f"{n}@s", f"m{n}", "", lambda work: work)) for n in range(14)]
    assert named(many[:12]) == "; ".join(f"m{n}" for n in range(12))
    assert named(many) == "; ".join(f"m{n}" for n in range(12)) + "; and 2 more"


@pytest.fixture(scope="module")
def right(real_lab: rubric.Lab) -> SyntheticStudent:
    """The reference, computed here."""
    mistakes = Mistakes(real_lab)
    tasks = {name: mistakes.in_function(name)[0] for name in real_lab.rubric.functions}
    return SyntheticStudent({name: (task, task.right) for name, task in tasks.items()})


def test_the_figures_of_a_function(real_lab: rubric.Lab, right: SyntheticStudent) -> None:
    found = audit(real_lab, right, "check_result", 5)
    assert (found.function, found.points, len(found.singles), found.of_pairs) == ("check_result", 2, 61, 378)
    assert 0 < len(found.pairs) <= 5  # those that change something
    assert all(caught.named and not caught.like for caught in found.singles)
    assert (found.survivors, found.only_published, found.suggestion) == ((), (), None)
    by_id = {caught.id: caught for caught in found.singles}
    assert by_id["twice@dloss_dw"].lost == {"2.1": 0.5, "2.2": 0.5}
    assert by_id["twice@dloss_dw"].lost_on_hidden == 0.5
    assert by_id["twice@dloss_dw"].slack == pytest.approx(1.0)
    assert by_id["half@dloss_dw"].slack == pytest.approx(0.5)
    assert by_id["zero@dloss_dw"].slack == 1.0
    assert by_id["halved@loss"].lost == {"2.1": 1.0, "2.2": 1.0}
    assert found.tolerance is by_id["sum@dy_hat_dw"]
    assert found.tolerance.slack == pytest.approx(0.2280702)
    few = audit(real_lab, right, "check_result", 0)
    assert (few.pairs, few.of_pairs, few.suggestion) == ((), found.of_pairs, found.suggestion)
    assert (found.draws, found.escapes) == (1, ())
    counted = Counted()
    assert audit(real_lab, right, "check_result", 0, 200, progress=counted).draws == 200
    assert counted.done == counted.expected
    assert counted.done["draws of hidden inputs"] == 200


class Counted(Progress):
    """Counts what it is told."""

    def __init__(self) -> None:
        self.expected: Counter[Stage] = Counter()
        self.done: Counter[Stage] = Counter()

    def expect(self, stage: Stage, number: int) -> None:
        self.expected[stage] += number

    def advance(self, stage: Stage) -> None:
        self.done[stage] += 1


def test_all_functions_that_checks_call_are_audited(real_lab: rubric.Lab) -> None:
    assert tuple(functions(real_lab)) == FUNCTIONS


def with_fixed(real_lab: rubric.Lab) -> rubric.Lab:
    """The lab with hidden inputs of one set that are the same for everybody."""
    entry = real_lab.rubric.graphs["task1"]
    inputs = {**entry.inputs, "too_low": {"x": 4.2, "y": -1.4, "w": -0.4}}
    drawn = {name: each for name, each in entry.drawn.items() if name != "too_low"}
    graphs = {**real_lab.rubric.graphs, "task1": msgspec.structs.replace(entry, inputs=inputs, drawn=drawn)}
    return rubric.Lab(real_lab.folder, msgspec.structs.replace(real_lab.rubric, graphs=graphs))


def test_fixed_hidden_inputs_are_reported(real_lab: rubric.Lab) -> None:
    assert fixed(with_fixed(real_lab)) == ["too_low of task1"]
    said = (
        "Hidden inputs that are the same for every submission can be learned by resubmitting; move these from "
        "`inputs` to `drawn`, with intervals in place of numbers: too_low of task1."
    )
    found = Audit("Lab", 100, 4, 100, (), ("too_low of task1",))
    assert list(remarks(found)) == [said]
    assert said in page(found)
    assert not [remark for remark in remarks(Audit("Lab", 100, 4, 100, ())) if "submitting again" in remark]


@pytest.fixture
def small_lab(tmp_path: Path) -> Path:
    """A folder with a lab of one function."""
    rubric = yaml.safe_load((ROOT / "rubric.yaml").read_text())
    rubric["checks"] = [check for check in rubric["checks"] if check.get("function") == "check_result"]
    rubric["points"] = sum(check["points"] for check in rubric["checks"])
    (tmp_path / "rubric.yaml").write_text(yaml.safe_dump(rubric, sort_keys=False))
    shutil.copytree(ROOT / "reference", tmp_path / "reference")
    return tmp_path


def test_the_command_shows_a_table_and_writes_a_page(small_lab: Path, run_verb: RunVerb) -> None:
    done = run_verb("audit", "--lab", small_lab, "--programs", "2", "--out", small_lab / "a.html")
    assert done.returncode == 0, done.stderr
    assert re.search(r"\ncheck_result +2 +2 ", done.stdout)
    assert "No mistake gets full credit; hidden inputs were drawn 100 times." in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "No mistake gets full credit" in (small_lab / "a.html").read_text()
    assert "Every wrong program" in (small_lab / "a.html").read_text()
    (small_lab / "rubric.yaml").unlink()
    done = run_verb("audit", "--lab", small_lab)
    assert done.returncode == 2
    assert "rubric.yaml" in done.stderr


@pytest.mark.parametrize(
    ("columns", "lines"),
    [
        (
            40,
            [
                "f: mistakes 1, caught 1, by hidden",
                "inputs 1, named first 1, pairs tried 0",
                "of 9, by hidden inputs 0",
            ],
        ),
        (80, ["f                1       1          1      1  0 of 9          0"]),
    ],
)
def test_a_narrow_terminal_gets_sentences_instead_of_a_table(columns: int, lines: list[str]) -> None:
    console = Console(width=columns, record=True, file=StringIO())
    show(Audit("Lab", 100, 4, 100, (FunctionAudit("f", 2, (of(A),), (), 9),)), console)
    said = [line.rstrip() for line in console.export_text().splitlines()]
    assert max(map(len, said)) <= columns
    assert [line for line in said if line in lines] == lines


@pytest.mark.parametrize(
    ("option", "value"), [("--pairs", "-1"), ("--draws", "0"), ("--programs", "x"), ("--seconds", "nan")]
)
def test_numbers_that_make_no_audit_are_refused(run_verb: RunVerb, option: str, value: str) -> None:
    done = run_verb("audit", option, value)
    assert done.returncode == 2
    assert f"argument {option}: use a" in done.stderr
