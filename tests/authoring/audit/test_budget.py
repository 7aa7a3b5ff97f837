"""An audit ends in time: its parts share what time there is, progress is shown, and what was not tried is said."""

import io
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from conftest import ROOT, RunVerb
from rich.console import Console

from autograder import rubric
from autograder.authoring.audit import progress
from autograder.authoring.audit.budget import ENDLESS, Budget
from autograder.authoring.audit.function import audit, audit_all
from autograder.authoring.audit.programs import FunctionPrograms
from autograder.authoring.audit.progress import shown
from autograder.authoring.audit.result import Caught, FunctionAudit, Untried
from autograder.authoring.audit.run import Audit
from autograder.authoring.audit.show import remarks, row, verdict
from autograder.authoring.audit.synthetic import SyntheticStudent
from autograder.mistakes.for_lab import Mistakes
from autograder.mistakes.procedure import Mistake

TWENTY_NODES = ROOT / "tests/labs/twenty_nodes"


def ticking(ends: float) -> Budget:
    """A budget for which each look at the clock takes a second."""
    ticks: Iterator[int] = count()
    return Budget(ends, lambda: float(next(ticks)))


def test_work_ends_when_time_is_up() -> None:
    assert list(ticking(3).of_these("abcdef")) == ["a", "b", "c"]
    assert list(ENDLESS.part(0.2).of_these("abc")) == ["a", "b", "c"]
    assert Budget.of(0, lambda: 5.0).spent
    assert not Budget.of(1, lambda: 5.0).spent


def test_time_is_divided_by_size_and_what_is_left_goes_on() -> None:
    now = [0.0]
    budget = Budget(100, lambda: now[0])
    parts = {}
    for name, own in budget.divided(["small", "large", "last"], {"small": 1, "large": 3, "last": 1}.__getitem__):
        parts[name] = own.ends - now[0]
        now[0] += 10 if name == "small" else parts[name]  # the first leaves some of its time
    assert parts == pytest.approx({"small": 20, "large": 67.5, "last": 22.5})
    assert budget.part(0.5).ends == pytest.approx(100)


@pytest.fixture
def right(real_lab: rubric.Lab) -> SyntheticStudent:
    """The reference, computed here."""
    mistakes = Mistakes(real_lab)
    tasks = {name: mistakes.in_function(name)[0] for name in real_lab.rubric.functions}
    return SyntheticStudent({name: (task, task.right) for name, task in tasks.items()})


def test_what_there_is_no_time_for_is_counted(real_lab: rubric.Lab, right: SyntheticStudent) -> None:
    catalogue = Mistakes(real_lab).in_function("check_result")[1]
    found = audit(real_lab, right, "check_result", 40, 10, ticking(0))
    assert (found.singles, found.pairs, found.draws) == ((), (), 0)
    assert found.untried == Untried(len(catalogue), 10, 0, 0)
    found = audit(real_lab, right, "check_result", 40, 10, ticking(300))
    assert 0 < len(found.singles) < 61
    assert found.untried.mistakes > 0
    assert found.draws + found.untried.draws == 10
    assert found.untried.diagnoses == sum(not each.diagnosed for each in found.singles)


def test_what_matters_most_is_tried_for_all_functions_first(real_lab: rubric.Lab, right: SyntheticStudent) -> None:
    few = audit_all(real_lab, right, ["check_result", "fnn_forward"], 10, 50, ticking(900))
    assert all(each.singles and each.draws for each in few)
    assert all(each.untried.mistakes or each.untried.draws for each in few)


A = Mistake("a@s", "a is wrong", "", lambda work: work)
CAUGHT = Caught((A,), {"2": 1.0}, 1.0, 1.0)
CUT = FunctionAudit(
    "f", 2, (CAUGHT, replace(CAUGHT, diagnosed=False, named=0.0)), (), 9, draws=4, untried=Untried(3, 6, 1, 5)
)


def test_a_result_that_was_cut_short_says_so_and_does_not_hold() -> None:
    found = Audit("Lab", 2, 0, 2, (CUT, replace(CUT, function="g")), (), (FunctionPrograms("g", (), 1),), seconds=100)
    assert not found.holds
    assert verdict(found) == "No mistake that was tried gets full credit, but time was up before all were tried."
    assert next(remarks(found)) == (
        "Time was up after 100 seconds. Not tried: 6 mistakes (f, g), 12 draws of the hidden inputs (f, g), what the "
        "feedback says about 2 mistakes (f, g), 10 pairs of mistakes (f, g) and 1 wrong program (g); to try all, give "
        "--seconds 0."
    )
    assert row(CUT)[3] == "1 of 1"


@pytest.mark.parametrize(
    ("untried", "holds"),
    [(Untried(), True), (Untried(diagnoses=1, pairs=2), True), (Untried(mistakes=1), False), (Untried(draws=1), False)],
)
def test_only_samples_may_be_left_out(untried: Untried, holds: bool) -> None:
    found = Audit("Lab", 2, 0, 2, (replace(CUT, untried=untried),), seconds=5)
    assert found.holds == holds
    assert any(each.startswith("Time was up") for each in remarks(found)) == (untried != Untried())


def test_lines_now_and_then_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", -1.0)
    file = io.StringIO()
    with shown(Console(file=file)) as told:
        told.expect("mistakes graded", 1)
        told.expect("mistakes graded", 1999)
        told.advance("mistakes graded")
    assert file.getvalue() == "mistakes graded: 1 of 2,000\n"


def test_bars_in_a_terminal() -> None:
    file = io.StringIO()
    with shown(Console(file=file, force_terminal=True, width=80)) as told:
        told.expect("pairs of mistakes", 3)
        told.advance("pairs of mistakes")
    assert "pairs of mistakes" in file.getvalue()
    assert "1/3" in file.getvalue()


@pytest.mark.long
def test_an_audit_of_twenty_nodes_ends_with_a_result(tmp_path: Path, run_verb: RunVerb) -> None:
    lab = Path(shutil.copytree(TWENTY_NODES, tmp_path / "lab"))
    done = run_verb("audit", "--lab", lab, "--seconds", "6", "--programs", "2")
    assert done.returncode == 1, done.stderr
    assert "Time was up after 6 seconds. Not tried: " in done.stdout
    assert "\ngradients " in done.stdout
