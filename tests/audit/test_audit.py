"""The rubric tells right from wrong: every mistake that students make loses marks; and the audit sees where one does
not."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
import yaml
from conftest import ROOT, RunVerb

from autograder import lab
from autograder.audit.function import Caught, FunctionAudit, audit, functions
from autograder.audit.run import Audit
from autograder.audit.show import page, remarks, row, show
from autograder.grade import Marker
from autograder.mistakes.work import Mistake
from autograder.sandbox.wall import Wall

FUNCTIONS = ("check_result", "train", "fnn_forward", "fnn_gradients", "fnn_check_result")
PAIRS = 30  # of each function; `autograder audit --pairs 100000` tries all


@pytest.fixture(scope="module")
def auditor(wall: Wall) -> Iterator[Callable[..., FunctionAudit]]:
    """Audits a function of a lab, the reference started once."""
    markers: dict[int, Marker] = {}

    def run(the_lab: lab.Lab, function: str, pairs: int = PAIRS) -> FunctionAudit:
        marker = markers.setdefault(id(the_lab), Marker(the_lab, wall, "cpu"))
        return audit(the_lab, marker.reference(), function, pairs)

    yield run
    for marker in markers.values():
        marker.__exit__(None, None, None)


def published_only(real_lab: lab.Lab) -> lab.Lab:
    """The lab as someone in a hurry would set it: nothing is called with other inputs."""
    checks = tuple(
        check for check in real_lab.rubric.checks if not isinstance(check, lab.CodeCheck) or lab.published(check)
    )
    return lab.Lab(real_lab.folder, msgspec.structs.replace(real_lab.rubric, checks=checks))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_mistake_loses_marks_on_hidden_inputs_and_most_are_named(
    real_lab: lab.Lab, auditor: Callable[..., FunctionAudit], function: str
) -> None:
    found = auditor(real_lab, function)
    assert len(found.singles) >= 50
    assert [caught.id for caught in found.only_published] == []
    assert len(found.pairs_that_pass) <= 0.01 * len(found.pairs)
    assert sum(caught.named for caught in found.singles) >= 0.95 * len(found.singles)
    assert not [caught.id for caught in found.singles if caught.slack < 2e-3], "the tolerance is 1e-3"


def test_published_inputs_alone_let_mistakes_pass(real_lab: lab.Lab, auditor: Callable[..., FunctionAudit]) -> None:
    weak = published_only(real_lab)
    passed = {caught.id for caught in auditor(weak, "fnn_forward", 0).survivors}
    assert {"left-out@r", "leaky@r", "abs@r", "fixed@all"} <= passed
    found = auditor(weak, "check_result", 0)
    assert "base@dloss_ds" in {caught.id for caught in found.survivors}  # 2 * x is 8 there, too
    assert found.suggestion is not None
    assert set(found.suggestion) == {"x", "y", "w"}


def test_what_is_wrong_is_said_in_terminal_and_page(
    real_lab: lab.Lab, auditor: Callable[..., FunctionAudit], capsys: pytest.CaptureFixture[str]
) -> None:
    weak = Audit("<b>Lab</b>", 90, 4, 100, (auditor(published_only(real_lab), "fnn_forward", 0),))
    assert not weak.holds
    show(weak)
    said = " ".join(capsys.readouterr().out.split())
    assert "fnn_forward: no check takes points off for" in said
    assert "the ReLU at r is left out" in said
    assert "The rubric does not hold" in said
    assert any("The reference solution itself gets 90 of 100" in remark for remark in remarks(weak))
    text = page(weak)
    assert "&lt;b&gt;Lab&lt;/b&gt;" in text
    assert "The rubric does not hold" in text
    assert "left-out@r" in text


def test_how_many_of_the_pairs_were_tried_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    caught = Caught((Mistake("one@s", "ds_dy is 1", "", lambda work: work),), {"2.1": 2.0}, 2.0)
    few = FunctionAudit("check_result", 2, (caught,), (caught,) * 400, 12345)
    assert row(few)[4] == "400 of 12,345"
    found = Audit("Lab", 100, 4, 100, (few,))
    show(found)
    assert "400 of 12,345" in capsys.readouterr().out
    assert "400 of 12,345" in page(found)


def test_all_functions_that_checks_call_are_audited(real_lab: lab.Lab) -> None:
    assert tuple(functions(real_lab)) == FUNCTIONS


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
    done = run_verb("audit", "--lab", small_lab, "--out", small_lab / "a.html")
    assert done.returncode == 0, done.stderr
    assert "No mistake gets full marks." in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "No mistake gets full marks" in (small_lab / "a.html").read_text()
    (small_lab / "rubric.yaml").unlink()
    done = run_verb("audit", "--lab", small_lab)
    assert done.returncode == 2
    assert "rubric.yaml" in done.stderr
