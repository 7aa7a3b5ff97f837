"""Every page that the grader makes is for everybody: wide and narrow, light and dark, by ear and by keyboard."""

from collections.abc import Callable
from pathlib import Path

import pytest
from browser import Page, needs_browser
from conftest import ROOT, Result, RunVerb

from autograder.authoring.answer_key import show as key_pages
from autograder.authoring.answer_key.key import Key
from autograder.authoring.audit import show as audit_pages
from autograder.authoring.audit.result import Caught, FunctionAudit
from autograder.authoring.audit.run import Audit
from autograder.gradescope import results_json
from autograder.gradescope.metadata import Metadata
from autograder.mistakes.procedure import Mistake
from autograder.render import feedback, preview
from autograder.rubric import Lab

SCREENS = [(width, dark) for width in (1280, 390) for dark in (False, True)]
MISTAKE = Mistake("sign@s", "s has the wrong sign", "Look at s.", lambda procedure: procedure)


def is_for_everybody(chromium: Page, page: Path) -> None:
    """Nothing keeps anybody out, everything fits, the console is silent, and nothing is asked of the network."""
    for width, dark in SCREENS:
        chromium.requests()
        chromium.resize(width, 844, dark=dark)
        chromium.open(page)
        assert chromium.overflow() <= 0
        assert chromium.complaints() == []
        assert chromium.requests() == [page.as_uri()]
        chromium.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert chromium.overflow() <= 0
        assert chromium.barriers() == []


@needs_browser
def test_barriers_are_noticed(chromium: Page, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(
        '<html lang="en"><title>t</title><p style="color: #ccc">pale</p><button></button>'
    )
    chromium.open(tmp_path / "bad.html")
    assert chromium.barriers() == ["button-name (critical): button", "color-contrast (serious): p"]


@needs_browser
@pytest.mark.parametrize("example", ["missing_factor_2", "half_finished"])
def test_feedback(chromium: Page, grade: Callable[[Path], Result], real_lab: Lab, tmp_path: Path, example: str) -> None:
    report = grade(ROOT / "examples" / example).report
    page = tmp_path / "feedback.html"
    page.write_text(feedback.render(report, real_lab, "Ada Lovelace", Metadata()), encoding="utf-8")
    is_for_everybody(chromium, page)
    for button in ("nth-of-type(4)", "nth-of-type(4)", "nth-of-type(2)"):
        chromium.click(f".player .controls button:{button}")
    assert chromium.barriers() == []


@needs_browser
def test_key(chromium: Page, real_key: Key, real_lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "key.html").write_text(key_pages.html(real_key, real_lab.graphs), encoding="utf-8")
    is_for_everybody(chromium, tmp_path / "key.html")


@needs_browser
def test_preview(chromium: Page, run_verb: RunVerb, tmp_path: Path) -> None:
    run_verb("grade", ROOT / "examples/missing_factor_2", "--quiet", "--results", tmp_path / "results.json")
    page = preview.render(results_json.read(tmp_path / "results.json"), "results.json", "printed")
    (tmp_path / "preview.html").write_text(page, encoding="utf-8")
    is_for_everybody(chromium, tmp_path / "preview.html")


@needs_browser
def test_audit(chromium: Page, tmp_path: Path) -> None:
    caught = Caught((MISTAKE,), {"1.1": 1.0, "1.2": 0.0}, 1.0, 1.0, ("sign@s",), 0.4)
    missed = Caught((MISTAKE,), {"1.1": 0.0, "1.2": 0.0}, 0.0)
    function = FunctionAudit("forward", 2, (caught, missed), (caught,), 3, {"x": 1.5}, 100, rtol=1e-3)
    page = audit_pages.page(Audit("Lab", 100, 2, 100, (function,)))
    (tmp_path / "audit.html").write_text(page, encoding="utf-8")
    is_for_everybody(chromium, tmp_path / "audit.html")


@needs_browser
def test_class_report(chromium: Page, run_verb: RunVerb, tmp_path: Path) -> None:
    done = run_verb("class", ROOT / "examples", "--out", tmp_path / "class", "--jobs", "1")
    assert done.returncode == 0
    is_for_everybody(chromium, tmp_path / "class/report.html")
