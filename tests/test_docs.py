"""README and docs are true: every command in them works, every file that they name exists, every error shown is
real."""

import html
import json
import re
import runpy
import shutil
import subprocess
from contextlib import nullcontext
from pathlib import Path

import jsonschema
import pytest
from conftest import ROOT, RunVerb
from test_class_guide import COMMANDS as CLASS_COMMANDS

from autograder import rubric, yaml_config
from autograder.grader import Grader
from autograder.gradescope import container
from autograder.rubric import Lab
from autograder.sandbox.host.confinement import PROMISES, PURPOSE
from autograder.sandbox.host.fork_server import ForkServer

PAGES = [
    *(ROOT / page for page in ("README.md", "examples/README.md", "student_template/README.md")),
    ROOT / "labs/logistic_regression/student_template/README.md",
    ROOT / "labs/linear_regression/student_template/README.md",
    ROOT / "labs/two_layer_network/student_template/README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
INSTRUCTORS = (ROOT / "docs/instructors.md").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)]+)\)|<img src=\"([^\"]+)\"", page.read_text())
    for target in (link or image for link, image in targets):
        path, _, heading = target.partition("#")
        assert target.startswith("https://") or (page.parent / path).exists(), target
        if heading and not target.startswith("https://"):
            aim = page.parent / path if path else page
            headings = re.findall(r"^##+ (.*)$", aim.read_text(), re.MULTILINE)
            assert heading in {each.lower().replace(" ", "-") for each in headings}, target


def test_the_readme_fits_on_a_screen() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 60


def test_every_script_named_is_one_that_tests_run() -> None:
    run = {
        "./run_autograder examples/forgot_zero_grad",  # below, as the reference
        "./run_autograder reference",
        "./run_autograder examples/perfect_plain",  # in test_expected_scores
        "./run_autograder examples/missing_factor_2 --html feedback.html",  # in render/test_feedback_page
        "./setup.sh --help",  # in test_setup, --dev too
        "./setup.sh --dev",
        *("./run_tests", "./run_tests --all", "./run_tests --cov", "./run_tests -k sandbox"),  # what runs this
        "./run_autograder",  # only named
    }
    named = set()
    for page in PAGES:
        named |= set(re.findall(r"^(\./.*)$|`(\./[^`]+)`", page.read_text(), flags=re.MULTILINE))
    assert {"".join(each) for each in named} == run
    readme = re.findall(r"^(\./.*)$", (ROOT / "README.md").read_text(), flags=re.MULTILINE)
    assert readme == ["./run_autograder examples/forgot_zero_grad", "./run_tests"]


def test_commands_in_docs_are_run_by_tests() -> None:
    # build in tests/authoring, audit too, class in tests/classroom, preview and doctor below, rehearse in
    # test_rehearsal, the benchmarks in test_benchmarks, handout and new in tests/authoring
    run = {".venv/bin/autograder build", ".venv/bin/autograder doctor", "scripts/rehearse"}
    run |= {"scripts/gpu_check", "scripts/gpu_check --device cpu"}  # in test_gpu_check, with fewer samples
    run |= {".venv/bin/autograder preview results/results.json", ".venv/bin/autograder audit --out audit.html"}
    run |= {".venv/bin/autograder class examples", *CLASS_COMMANDS}
    run.add(".venv/bin/autograder handout --roster export.csv --out handouts")  # in tests/individual
    run.add(".venv/bin/autograder key --out key.html")  # in tests/authoring/answer_key
    run |= {
        f".venv/bin/python benchmarks/{name}.py"
        for name in (
            *("single_run", "class_cost", "class_scale", "killed", "diagnosis", "hostile", "variants"),
            *("wrong_programs", "limit"),
        )
    }
    array_lab = "--lab labs/linear_regression --submission labs/linear_regression/reference"
    run.add(f".venv/bin/python benchmarks/single_run.py {array_lab}")  # in test_benchmarks
    run |= {".venv/bin/python benchmarks/peers", ".venv/bin/python scripts/mutants.py -n 200"}  # there, with few
    run.add(".venv/bin/autograder grade --help")  # in test_cli
    run.add(".venv/bin/autograder watch reference")  # in test_watch, another submission
    run.add(".venv/bin/autograder individual --roster export.csv --out roster.csv")  # in individual/test_table
    run.add(".venv/bin/python benchmarks/class_scale.py --sizes 200 --jobs 1 2 4 8 --device cuda")  # there, on the CPU
    run.add(".venv/bin/python benchmarks/class_scale.py --sizes 100 1000")  # there, with fewer
    run |= {
        ".venv/bin/autograder handout",
        *re.findall(r"^\.venv/bin/autograder .*$", (ROOT / "docs/new-lab.md").read_text(), re.MULTILINE),
        *re.findall(r"^\.venv/bin/autograder .*$", (ROOT / "docs/course.md").read_text(), re.MULTILINE),
    }
    for page in PAGES:
        for command in re.findall(
            r"^\s*((?:\.venv|scripts)/.*)$|`((?:\.venv|scripts)/[^`]+)`", page.read_text(), flags=re.MULTILINE
        ):
            assert "".join(command) in run, f"{page.name}: {command}"


def test_the_promises_are_those_that_doctor_looks_at() -> None:
    """With what each needs; and the tests that are named are there."""
    page = (ROOT / "docs/security.md").read_text()
    table = page.split("| promise | needs | limit | test |")[1].split("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    assert [(what, needs) for what, needs, *_ in rows] == [(each.what, each.needs) for each in PROMISES]
    assert all(limit and test for *_, limit, test in rows)
    for path in re.findall(r"`(tests/[^`]*)`", page):
        assert (ROOT / path).exists(), path


def test_gradescope_guide_is_true() -> None:
    guide = (ROOT / "docs/gradescope.md").read_text()
    for file in re.findall(r"`((?:reference|examples|student_template)/[^`]*)`", guide):
        assert (ROOT / file).exists(), file
    said = (ROOT / "run_autograder").read_text() + (ROOT / "setup.sh").read_text()
    said += (ROOT / "autograder/grader.py").read_text()
    for sentence in (*re.findall(r'^\| "([^"]+)" \|', guide, flags=re.MULTILINE), "setup: done"):
        assert sentence.removeprefix("setup: ") in said, sentence
    the_lab = rubric.load(ROOT)
    assert f"(it is {the_lab.rubric.limits.submission:g} s)" in guide
    size = container.SIZES[0]
    assert f"({size} will do)" in guide
    assert f"*Autograder Timeout* {container.TIMEOUT // 60} minutes" in guide


@pytest.mark.parametrize(
    ("submission", "points"), [("examples/forgot_zero_grad", 77), ("reference", 100), ("student_template", 2)]
)
def test_the_points_that_the_guide_names_are_those_given(submission: str, points: int, run_verb: RunVerb) -> None:
    done = run_verb("grade", ROOT / submission, "--quiet")
    assert done.stdout == f"{points} of 100 points\n"


def test_the_picture_shows_todays_report(real_lab: Lab, server: ForkServer, tmp_path: Path) -> None:
    with Grader(real_lab.with_limits(search=60.0), server, "cpu") as grader:
        report = grader.grade(ROOT / "examples/forgot_zero_grad", tmp_path / "results.json")
    drawn = re.findall(r"<text[^>]*>(.*?)</text>", (ROOT / "docs/report.svg").read_text())
    picture = re.sub(r"\s+", "", html.unescape("".join(drawn)))
    for check in report.checks:
        assert re.sub(r"\s+", "", check.name) in picture
        lines = check.outcome.text.splitlines() if check.state != "right" else []
        for line in lines:
            assert line.startswith("✓") or re.sub(r"\s+", "", line) in picture, line
    assert "url(" not in (ROOT / "docs/report.svg").read_text().replace("url(#", "")


def test_the_error_that_the_guide_shows_is_real(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "reference", tmp_path / "reference")
    text = (ROOT / "rubric.yaml").read_text().replace("    function: train\n", "    function: tarin\n", 1)
    (tmp_path / "rubric.yaml").write_text(text)
    with pytest.raises(rubric.FileError) as error:
        rubric.load(tmp_path)
    shown = re.search(r"^rubric\.yaml, line.*?allowed: check_result", INSTRUCTORS, flags=re.MULTILINE)
    assert shown
    assert without_line(shown[0]) in without_line(str(error.value).replace(f"{tmp_path}/", ""))


def without_line(sentence: str) -> str:
    return re.sub(r"line \d+", "line N", sentence)


@pytest.mark.slow("loops over submissions")
def test_the_loop_over_many_submissions_works(tmp_path: Path) -> None:
    loop = re.search(r"^for s in .*$", INSTRUCTORS, flags=re.MULTILINE)
    assert loop
    few = (
        loop[0]
        .replace("examples/*/", "examples/prints_only/ examples/half_finished/")
        .replace("results/", f"{tmp_path}/")
    )
    done = subprocess.run(["bash", "-c", few], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "examples/prints_only/ 23 of 100 points\nexamples/half_finished/ 41 of 100 points\n"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["half_finished.json", "prints_only.json"]


def test_doctor_names_every_layer() -> None:
    command = [str(ROOT / ".venv/bin/autograder"), "doctor"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 3)
    assert ".venv/bin/autograder doctor" in INSTRUCTORS
    for layer in PURPOSE:
        assert re.search(rf"^[✓✗] {layer}", done.stdout, flags=re.MULTILINE)


def test_preview_shows_the_results_of_the_first_command(tmp_path: Path, run_verb: RunVerb) -> None:
    (command,) = re.findall(r"^\.venv/bin/autograder preview .*$", INSTRUCTORS, flags=re.MULTILINE)
    run_verb("grade", ROOT / "examples/forgot_zero_grad", "--quiet")
    assert run_verb(*command.split()[1:]).returncode == 0
    assert "train: other numbers, every epoch" in (tmp_path / "preview.html").read_text()


PACKAGES = dict(re.findall(r"^\| `(\w+)(?:/|\.py)` \|(.*)", (ROOT / "docs/architecture.md").read_text(), re.MULTILINE))


def test_architecture_names_every_package_and_module_in_it() -> None:
    code = ROOT / "autograder"
    assert {path.stem for path in code.iterdir()} - {"__init__", "__main__", "__pycache__"} == set(PACKAGES)
    for path in code.glob("*/**/*.py"):
        package, *_ = path.relative_to(code).parts
        if path.stem != "__init__" and package != "cli" and "lab" not in path.parts:  # a verb each; a lab to start from
            assert f"`{path.stem}`" in PACKAGES[package], path


def test_a_module_imports_only_from_packages_below() -> None:
    below = list(PACKAGES)
    for path in (ROOT / "autograder").rglob("*.py"):
        package = path.relative_to(ROOT / "autograder").parts[0].removesuffix(".py")
        for names, listed in re.findall(
            r"^\s*(?:from|import) autograder(?:\.(\w+)| import (.*))", path.read_text(), re.MULTILINE
        ):
            for used in (names or listed).split(", "):
                if used in PACKAGES and used != package and package in PACKAGES:
                    assert below.index(used) > below.index(package), f"{path.relative_to(ROOT)} imports {used}"


def test_feedback_page_is_up_to_date(server: ForkServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.sandbox.host.fork_server.ForkServer", lambda: nullcontext(server))
    feedback = runpy.run_path(str(ROOT / "docs/feedback.py"))
    assert feedback["page"]() == (ROOT / "docs/feedback.md").read_text(), "run .venv/bin/python docs/feedback.py"


REFERENCE = runpy.run_path(str(ROOT / "docs/rubric.py"))


@pytest.mark.parametrize("section", REFERENCE["sections"](), ids=lambda struct: struct.__name__)
def test_every_key_of_a_rubric_is_described_and_has_an_example(section: type) -> None:
    for key in REFERENCE["own_keys"](section):
        assert key.meaning, f"autograder/rubric: {section.__name__} has no comment beside {key.name}"
        assert key.name in REFERENCE["example"](section, key)


def test_rubric_page_is_up_to_date() -> None:
    assert REFERENCE["page"]() == (ROOT / "docs/rubric.md").read_text(), "run .venv/bin/python docs/rubric.py"
    assert REFERENCE["json_schema"]() == (ROOT / "docs/rubric.schema.json").read_text()


@pytest.mark.parametrize("path", REFERENCE["RUBRICS"], ids=lambda path: path.parent.name)
def test_the_rubrics_that_give_examples_are_valid_in_an_editor_too(path: Path) -> None:
    assert rubric.load(path.parent).rubric.checks
    schema = json.loads((ROOT / "docs/rubric.schema.json").read_text())
    data = yaml_config.load(path).data
    jsonschema.validate(data, schema)
    data["checks"][1]["tolerence"] = "code"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema)
