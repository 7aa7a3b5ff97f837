"""Every verb can be called, and tells in one sentence and an exit status what it cannot do."""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, RunVerb

from autograder import cli, submission
from autograder.cli.options import AUDIT_FAILED, DIFFERS, DONE, FAILED, USAGE
from autograder.errors import GraderFault
from autograder.fileio import CannotWrite
from autograder.grader import Grader
from autograder.gradescope import container
from autograder.gradescope.results_json import encode
from autograder.gradescope.results_writer import failure
from autograder.outcome import CheckResult, GradeReport, Outcome
from autograder.render import feedback
from autograder.sandbox.host import fork_server
from autograder.sandbox.host.confinement import PURPOSE, Confinement
from autograder.yaml_config import FileError

PERFECT = ROOT / "examples/perfect_plain"


@pytest.mark.parametrize("verb", [verb.__name__.rpartition(".")[2] for verb in cli.VERBS])
def test_every_verb_says_how_it_is_called_with_an_example(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([{"classroom": "class"}.get(verb, verb), "--help"])
    assert ended.value.code == 0
    assert "example" in capsys.readouterr().out


def test_verbs_do_what_they_say(tmp_path: Path, run_verb: RunVerb) -> None:
    graded = run_verb("grade", ROOT / "examples/forgot_zero_grad", "--results", "results.json", "--quiet")
    assert (graded.returncode, graded.stdout) == (DONE, "77 of 100 points\n")
    assert run_verb("preview", "results.json", "--out", "preview.html").returncode == DONE
    assert run_verb("handout", "--check").returncode == DONE
    assert run_verb("new", "my_lab", "--in", ".").returncode == DONE
    assert (tmp_path / "my_lab/rubric.yaml").is_file()


@pytest.mark.long
@pytest.mark.parametrize(
    ("words", "written", "said"),
    [
        (("preview", "RESULTS", "--out", "/dev/stdout"), "<!doctype html>", "open it in a browser"),
        pytest.param(
            *(("grade", PERFECT, "--html", "-", "--results", "R"), "<!doctype html>", "100 of 100"),
            marks=pytest.mark.slow("verbs as a process"),
        ),
        pytest.param(
            *(("grade", PERFECT, "--results", "/dev/stdout"), '{"score": 100.0', "100 of 100 points"),
            marks=pytest.mark.slow("verbs as a process"),
        ),
    ],
)
def test_a_file_for_the_standard_output_has_it_to_itself(
    tmp_path: Path, words: tuple[object, ...], written: str, said: str
) -> None:
    (tmp_path / "results.json").write_text(encode(failure("no")))
    given = [str(tmp_path / "results.json") if word == "RESULTS" else str(word) for word in words]
    command = [sys.executable, "-m", "autograder", *given]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stdout.startswith(written)
    assert said in done.stderr
    assert written.startswith("<") or json.loads(done.stdout)["score"] == 100


@pytest.mark.parametrize("verb", ["key", "audit", "build", "handout", "grade"])
def test_a_lab_that_is_not_there_is_one_sentence(verb: str, run_verb: RunVerb) -> None:
    given = [ROOT / "examples/perfect_plain"] if verb == "grade" else []
    done = run_verb(verb, *given, "--lab", "nowhere")
    assert done.returncode == USAGE
    assert done.stderr.startswith("autograder: nowhere/rubric.yaml: it cannot be read")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("verb", [verb.__name__.rpartition(".")[2] for verb in cli.VERBS])
def test_no_option_can_be_shortened(verb: str) -> None:
    parser = argparse.ArgumentParser()
    verbs = parser.add_subparsers()
    module = next(each for each in cli.VERBS if each.__name__.endswith(f".{verb}"))
    module.add(verbs)
    (own,) = verbs.choices.values()
    assert not own.allow_abbrev


def test_no_name_of_a_file_can_give_orders_to_a_terminal(run_verb: RunVerb) -> None:
    done = run_verb("class", "eve\033]0;owned\007\033[31m lost", "--out", "marks")
    assert done.returncode == USAGE
    assert done.stderr.strip().isprintable()
    assert "eve" in done.stderr


def test_a_verb_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([])
    assert ended.value.code == USAGE
    assert "COMMAND" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (KeyboardInterrupt(), 130, "autograder: interrupted\n"),
        (FileError("a.yaml, line 1: it is odd; fix it"), USAGE, "autograder: a.yaml, line 1: it is odd; fix it\n"),
        (CannotWrite("a: no", remedy="use b"), USAGE, "autograder: a: no; use b\n"),
        (GraderFault("no torch"), FAILED, "autograder: the grader itself failed: no torch\n"),
        (
            ZeroDivisionError("oh"),
            FAILED,
            "the grader itself failed, see above; the submission is not to blame",
        ),
    ],
)
def test_what_ends_a_verb_is_a_sentence_and_a_status(
    error: BaseException, status: int, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(options: object) -> int:
        raise error

    monkeypatch.setattr(cli.preview, "run", broken)
    assert cli.main(["preview", "x"]) == status
    said = capsys.readouterr().err
    assert said.endswith(says) or says in said
    assert ("Traceback" in said) == isinstance(error, ZeroDivisionError)
    assert (DONE, AUDIT_FAILED, USAGE, FAILED, DIFFERS) == (0, 1, 2, 3, 1)


def options(*arguments: str) -> argparse.Namespace:
    """What a verb is given, without running it."""
    parser = argparse.ArgumentParser()
    verbs = parser.add_subparsers()
    for verb in cli.VERBS:
        verb.add(verbs)
    return parser.parse_args(arguments)


def test_what_is_not_said_has_its_usual_value() -> None:
    grade, class_ = options("grade"), options("class", "x")
    assert (grade.submission, grade.results, grade.quiet, grade.student, grade.lab) == (None, None, False, "", ROOT)
    assert (class_.out, class_.jobs, class_.only) == (Path("class"), os.cpu_count() or 1, "*")
    assert not class_.resume
    assert not class_.anonymous
    assert (options("audit").pairs, options("audit").draws, options("audit").programs) == (400, 100, 12)
    assert options("key").set == []
    assert options("key", "--set", "a", "b", "--set", "c").set == ["a", "b", "c"]
    for missing in (["individual", "--out", "x"], ["individual", "--roster", "x"], ["class"], ["preview"]):
        with pytest.raises(SystemExit):
            options(*missing)


@pytest.mark.parametrize(("jobs", "number"), [("1", 1), ("12", 12), ("0", None), ("-1", None), ("x", None), ("", None)])
def test_a_class_is_marked_by_one_process_or_more(jobs: str, number: int | None) -> None:
    if number is None:
        with pytest.raises(SystemExit):
            options("class", "x", "--jobs", jobs)
    else:
        assert options("class", "x", "--jobs", jobs).jobs == number


def test_without_a_submission_the_verb_says_how_it_is_called(run_verb: RunVerb) -> None:
    done = run_verb("grade")
    assert done.returncode == USAGE
    assert done.stderr.startswith("autograder: name a submission: a folder, a file or a zip\n\nexamples:\n")


class NoServer:
    """A fork server that nobody asks for anything."""

    def __enter__(self) -> "NoServer":
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    ("here", "arguments", "status"),
    [(False, ["x"], USAGE), (True, [], DONE), (True, ["x"], USAGE), (False, [], USAGE)],
)
def test_unreadable_submission_is_graded_on_gradescope(
    here: bool, arguments: list[str], status: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    results = tmp_path / "results.json"
    asked: list[object] = []

    def unreadable(self: object, path: Path, *_: object) -> None:
        asked.append(path)
        raise submission.Unreadable("it is odd")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fork_server, "ForkServer", NoServer)
    monkeypatch.setattr(container, "here", lambda: here)
    monkeypatch.setattr(container, "protect", lambda: asked.append("protected"))
    monkeypatch.setattr(container, "RESULTS", results)
    monkeypatch.setattr(Grader, "grade", unreadable)
    assert cli.main(["grade", *arguments]) == status
    on_gradescope = here and not arguments
    assert asked == (["protected", container.SUBMISSION] if on_gradescope else [Path("x")] if arguments else [])
    assert results.exists() == on_gradescope  # the sentence that the grader did not finish


def report(points: float, *, fault: bool = False) -> GradeReport:
    check = CheckResult("1", "name", 5, Outcome(points, "summary"), fault)
    return GradeReport("Lab", "who", "cpu", (check,), 1.0, Confinement(dict.fromkeys(PURPOSE, "")))


@pytest.mark.parametrize(("quiet", "fault"), [(True, False), (False, False), (True, True)])
def test_a_report_and_its_page_are_shown(
    quiet: bool, fault: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def page(made: GradeReport, lab: object, who: str, told: object) -> str:
        return f"{who}: {made.points:g}"

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fork_server, "ForkServer", NoServer)
    monkeypatch.setattr(Grader, "grade", lambda *_: report(2, fault=fault))
    monkeypatch.setattr(feedback, "render", page)
    given = ["grade", "mine", "--html", "page.html", *(["--quiet"] if quiet else [])]
    assert cli.main(given) == (FAILED if fault else DONE)
    said = capsys.readouterr().out
    assert ("page.html: open it in a browser" in said) == (not quiet)
    assert (said == "2 of 5 points\n") == quiet
    assert Path("page.html").read_text() == "mine: 2"
    assert cli.main([*given, "--student", "ada@example.edu"]) == (FAILED if fault else DONE)
    assert Path("page.html").read_text() == "ada@example.edu: 2"


def lab_of_ones_own(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "reference", tmp_path / "lab/reference")
    text = (ROOT / "rubric.yaml").read_text()
    (tmp_path / "lab/rubric.yaml").write_text(text.replace("individual: false", "individual: true"))
    return tmp_path / "lab"


@pytest.mark.parametrize(
    ("own", "who", "what", "status"),
    [
        (True, [], "mine", USAGE),
        (True, ["--student", "ada@example.edu"], "mine", DONE),
        (True, [], "reference", DONE),
        (False, [], "mine", DONE),
    ],
)
def test_with_numbers_of_ones_own_somebody_has_to_be_named(
    own: bool, who: list[str], what: str, status: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = lab_of_ones_own(tmp_path)
    monkeypatch.setattr(fork_server, "ForkServer", NoServer)
    monkeypatch.setattr(Grader, "grade", lambda *_: report(5))
    lab = str(folder if own else ROOT)
    assert cli.main(["grade", str(folder / what), "--lab", lab, "--quiet", *who]) == status


def test_individual_options_need_individual_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("Email\nada@example.edu\n")
    for given in (
        ["individual", "--roster", str(roster), "--out", str(tmp_path / "out.csv")],
        ["handout", "--roster", str(roster), "--out", str(tmp_path / "out")],
        ["key", "--student", "ada@example.edu"],
    ):
        assert cli.main(given) == USAGE
        assert "all students have the same numbers; set `individual: true`" in capsys.readouterr().err
    own = ["handout", "--roster", str(roster), "--lab", str(lab_of_ones_own(tmp_path))]
    for given in (own, [*own, "--check"], [*own, "--check", "--out", str(tmp_path / "out")]):
        assert cli.main(given) == USAGE
        assert "name a new folder for all of them with --out" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_handout_says_what_is_new_and_what_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert cli.main(["handout", "--out", str(out), "--check"]) == DIFFERS
    assert capsys.readouterr().out.count("differs    ") == 5
    assert not out.exists()
    assert cli.main(["handout", "--out", str(out)]) == DONE
    assert capsys.readouterr().out.count("written    ") == 5
    (out / "notes.txt").write_text("")
    (out / "answers.yaml").write_text("")
    assert cli.main(["handout", "--out", str(out)]) == DONE
    said = capsys.readouterr().out
    assert (said.count("written  "), said.count("unchanged"), said.count("kept     ")) == (1, 4, 1)
    assert cli.main(["handout", "--out", str(out), "--check"]) == DONE


@pytest.mark.parametrize(
    ("given", "out", "begins"),
    [
        ([], "key.html", "html"),
        (["--format", "md"], "key.md", "md"),
        (["--out", "a.MD"], "a.MD", "md"),
        (["--out", "a.json"], "a.json", "json"),
        (["--out", "a.txt"], "a.txt", "html"),
        (["--out", "a.md", "--format", "json"], "a.md", "json"),
        (["--out", "-", "--format", "md"], "", "md"),
    ],
)
def test_a_key_has_the_format_of_its_name(
    given: list[str],
    out: str,
    begins: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    from autograder.authoring.answer_key import key, markdown, show

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(fork_server, "ForkServer", NoServer)
    monkeypatch.setattr(key, "key", lambda *_: None)
    monkeypatch.setattr(markdown, "markdown", lambda _: "md")
    monkeypatch.setattr(show, "json", lambda _: "json")
    monkeypatch.setattr(show, "html", lambda *_: "html")
    assert cli.main(["key", *given]) == DONE
    said = capfdbinary.readouterr().out.decode()
    if out:
        assert (tmp_path / out).read_text() == begins
        assert said == f"{out}: the answer key" + (", open it in a browser" if begins == "html" else "") + "\n"
    else:
        assert said == begins
        assert list(tmp_path.iterdir()) == []
