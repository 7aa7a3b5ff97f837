"""Every verb can be called, and tells in one sentence and an exit status what it cannot do."""

from pathlib import Path

import pytest
from conftest import ROOT, RunVerb

from autograder import cli
from autograder.cli.common import MARKED, USAGE


@pytest.mark.parametrize("verb", [verb.__name__.rpartition(".")[2] for verb in cli.VERBS])
def test_every_verb_says_how_it_is_called_with_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([{"classroom": "class"}.get(verb, verb), "--help"])
    assert ended.value.code == 0
    assert "example" in capsys.readouterr().out


def test_verbs_do_what_they_say(tmp_path: Path, run_verb: RunVerb) -> None:
    marked = run_verb("grade", ROOT / "examples/forgot_zero_grad", "--results", "results.json", "--quiet")
    assert (marked.returncode, marked.stdout) == (MARKED, "77 of 100 points\n")
    assert run_verb("preview", "results.json", "--out", "preview.html").returncode == MARKED
    assert run_verb("handout", "--check").returncode == MARKED
    assert run_verb("new", "my_lab", "--in", ".").returncode == MARKED
    assert (tmp_path / "my_lab/rubric.yaml").is_file()


@pytest.mark.parametrize("verb", ["key", "audit", "build", "handout", "grade"])
def test_a_lab_that_is_not_there_is_one_sentence(verb: str, run_verb: RunVerb) -> None:
    given = [ROOT / "examples/perfect_plain"] if verb == "grade" else []
    done = run_verb(verb, *given, "--lab", "nowhere")
    assert done.returncode == USAGE
    assert done.stderr.startswith("autograder: nowhere/rubric.yaml: it cannot be read")
    assert done.stderr.count("\n") == 1
