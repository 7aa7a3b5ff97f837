"""Every verb can be called, and tells in one sentence and an exit status what it cannot do."""

from pathlib import Path

import pytest
from conftest import ROOT

from autograder import cli
from autograder.cli.common import MARKED, USAGE


@pytest.mark.parametrize("verb", [verb.__name__.rpartition(".")[2] for verb in cli.VERBS])
def test_every_verb_says_how_it_is_called_with_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([{"classroom": "class"}.get(verb, verb), "--help"])
    assert ended.value.code == 0
    assert "example" in capsys.readouterr().out


def test_verbs_do_what_they_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = str(tmp_path / "results.json")
    assert cli.main(["grade", str(ROOT / "examples/forgot_zero_grad"), "--results", results, "--quiet"]) == MARKED
    assert "77 of 100 points" in capsys.readouterr().out
    assert cli.main(["preview", results, "--out", str(tmp_path / "preview.html")]) == MARKED
    assert cli.main(["handout", "--check"]) == MARKED
    assert cli.main(["new", "my_lab", "--in", str(tmp_path)]) == MARKED
    assert (tmp_path / "my_lab/rubric.yaml").is_file()


@pytest.mark.parametrize("verb", ["key", "audit", "build", "handout", "grade"])
def test_a_lab_that_is_not_there_is_one_sentence(verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = [str(ROOT / "examples/perfect_plain")] if verb == "grade" else []
    assert cli.main([verb, *given, "--lab", str(tmp_path / "nowhere")]) == USAGE
    said = capsys.readouterr().err
    assert said.startswith(f"autograder: {tmp_path / 'nowhere/rubric.yaml'}: it cannot be read")
    assert said.count("\n") == 1
