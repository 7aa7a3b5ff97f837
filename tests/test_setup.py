"""What setup.sh, run_autograder and run_tests promise, on a copy with stand-ins for Python and apt-get."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ("setup.sh", "run_autograder", "run_tests", ".ci/run", "scripts/rehearse", "scripts/gpu_check")
TOOLS = "bash awk cat cksum cp df dirname flock grep ln mkdir mv ps readlink rm sed sleep tail touch uname"

# Writes down how it was called, and does as much of `python`, `python -m venv` and `pip` as setup.sh needs.
FAKE_PYTHON = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
    *sys.version_info*) echo "$VERSION" ;;
    *ensurepip*) [ -e "$VENV_MODULE" ] ;;
    "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && touch "$3/pyvenv.cfg" ;;
    *importlib.metadata*) exit 1 ;;
    *"pip install"*--index-url*) exit "$INDEX_STATUS" ;;
    *"pip install"*) sleep "$SECONDS_OF_PIP"; echo "$PIP_OUTPUT"; [ -z "$PIP_OUTPUT" ] ;;
esac
"""
FAKE_APT = """#!/bin/sh
echo "apt-get $*" >>"$CALLS"
touch "$VENV_MODULE"
"""


@dataclass(frozen=True)
class Copy:
    """A copy of the scripts in `root` and a PATH with nothing on it but `tools`."""

    root: Path
    tools: Path
    env: dict[str, str]

    def start(self, *command: str | Path, **env: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["bash", *map(str, command)],
            env=self.env | env,
            cwd="/",
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, *command: str | Path, **env: str) -> tuple[int, str]:
        """The exit status of a command and all that it said."""
        process = self.start(*command, **env)
        said, _ = process.communicate(timeout=60)
        return process.returncode, said

    def setup(self, *options: str, **env: str) -> tuple[int, str]:
        return self.run(self.root / "setup.sh", *options, **env)

    @property
    def stamp(self) -> Path:
        return self.root / ".venv/setup.stamp"

    def calls(self, text: str) -> list[str]:
        log = Path(self.env["CALLS"])
        return [line for line in log.read_text().splitlines() if text in line] if log.exists() else []


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    root, tools = tmp_path / "a folder [of ours]", tmp_path / "bin"
    (root / "autograder").mkdir(parents=True)
    (root / "autograder/__main__.py").touch()
    for name in (*SCRIPTS[:3], "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, root / name)
    tools.mkdir()
    for name in TOOLS.split():
        if found := shutil.which(name):
            (tools / name).symlink_to(found)
    for name, text in (("python3", FAKE_PYTHON), ("apt-get", FAKE_APT)):
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    (tmp_path / "venv_module").touch()
    env = {
        "PATH": str(tools),
        "CALLS": str(tmp_path / "calls"),
        "VENV_MODULE": str(tmp_path / "venv_module"),
        "VERSION": "3.12",
        "INDEX_STATUS": "0",
        "SECONDS_OF_PIP": "0",
        "PIP_OUTPUT": "",
        "AUTOGRADER_ROOT": str(tmp_path / "gradescope"),
        "TORCH_INDEX_URL": "https://index.test/cpu",
    }
    return Copy(root, tools, env)


def test_a_second_setup_does_nothing(copy: Copy) -> None:
    assert copy.setup()[0] == 0
    written, calls = copy.stamp.stat().st_mtime_ns, copy.calls("")
    status, said = copy.setup()
    assert (status, said) == (0, "setup: already done, nothing to do\n")
    assert (copy.stamp.stat().st_mtime_ns, copy.calls("")) == (written, calls)
    assert copy.setup("--quiet") == (0, "")


def test_a_folder_that_every_submission_reads_is_reported(copy: Copy) -> None:
    sentence = "every submission can read this folder, with the reference; move it, for example to your home"
    assert sentence not in copy.setup()[1]
    try:
        place = Path(tempfile.mkdtemp(dir="/usr/local"))
    except OSError:
        pytest.skip("only root can put it there")
    try:
        shutil.copytree(copy.root, place / "lab", ignore=shutil.ignore_patterns(".venv"))
        status, said = copy.run(place / "lab/setup.sh")
        assert (status, f"setup: {sentence}" in said.splitlines()) == (0, True)
    finally:
        shutil.rmtree(place)


def test_development_includes_grading(copy: Copy) -> None:
    copy.setup()
    copy.setup("--dev")
    assert [call.rsplit(maxsplit=1)[-1] for call in copy.calls("--editable")] == [".[watch]", ".[dev,dask,watch]"]
    assert "nothing to do" in copy.setup()[1]


def test_gradescope_gets_only_what_grading_needs(copy: Copy) -> None:
    (Path(copy.env["AUTOGRADER_ROOT"]) / "source").mkdir(parents=True)
    copy.setup()
    assert [call.rsplit(maxsplit=1)[-1] for call in copy.calls("--editable")] == ["."]


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_new_requirements_are_installed_into_the_same_environment(copy: Copy, name: str) -> None:
    copy.setup()
    with (copy.root / name).open("a") as file:
        file.write("\n")
    assert copy.setup()[0] == 0
    assert (len(copy.calls("-m venv")), len(copy.calls("--editable"))) == (1, 2)


def test_an_interrupted_setup_is_done_again_from_the_start(copy: Copy) -> None:
    setup = copy.start(copy.root / "setup.sh", SECONDS_OF_PIP="1.5")
    while not copy.calls("--editable"):
        assert setup.poll() is None
    setup.kill()
    setup.communicate()
    assert not copy.stamp.exists()
    (copy.root / ".venv/half_a_package").touch()
    assert copy.setup()[0] == 0
    assert copy.stamp.exists()
    assert not (copy.root / ".venv/half_a_package").exists()


def test_a_moved_folder_is_set_up_again(copy: Copy, tmp_path: Path) -> None:
    copy.setup()
    moved = copy.root.rename(tmp_path / "moved")
    assert copy.run(moved / "setup.sh")[0] == 0
    assert len(copy.calls("-m venv")) == 2


def test_two_setups_at_once_take_turns(copy: Copy) -> None:
    both = [copy.start(copy.root / "setup.sh", SECONDS_OF_PIP="0.5") for _ in range(2)]
    for setup in both:
        setup.communicate(timeout=60)
    assert [setup.returncode for setup in both] == [0, 0]
    assert len(copy.calls("-m venv")) == 1


def test_a_lock_left_behind_does_not_block(copy: Copy) -> None:
    (copy.tools / "flock").unlink(missing_ok=True)
    (copy.root / ".venv.lock").symlink_to("999999999")  # the number of a process that cannot be
    assert copy.setup()[0] == 0
    assert not (copy.root / ".venv.lock").is_symlink()


def test_torch_comes_as_the_cpu_build(copy: Copy) -> None:
    copy.setup()
    [call] = copy.calls("--index-url")
    assert re.search(r"--index-url https://index\.test/cpu torch==[0-9.]+$", call)


def test_torch_falls_back_to_the_default_index(copy: Copy) -> None:
    status, said = copy.setup(INDEX_STATUS="1")
    assert status == 0
    assert "default index" in said
    copy.stamp.unlink()
    copy.setup(TORCH_INDEX_URL="")
    assert (len(copy.calls("--index-url")), len(copy.calls("--editable"))) == (1, 2)


def test_every_download_is_kept_out_of_the_cache(copy: Copy) -> None:
    copy.setup("--dev")
    installs = copy.calls("pip install")
    assert installs
    assert all("--no-cache-dir" in call for call in installs)


def test_packages_come_in_their_locked_versions(copy: Copy) -> None:
    copy.setup()
    [call] = copy.calls("--editable")
    assert "--constraint constraints.txt" in call


@pytest.mark.parametrize("version", ["3.9", "2.7"])
def test_a_python_that_is_too_old_is_named(copy: Copy, version: str) -> None:
    status, said = copy.setup(VERSION=version)
    assert status == 1
    assert f"Python 3.10 or newer is needed ({copy.tools}/python3 is {version})" in said
    assert not (copy.root / ".venv").exists()


def test_a_newer_python_beside_an_old_one_is_found(copy: Copy) -> None:
    old = copy.tools / "python3"
    (copy.tools / "python3.13").write_text(FAKE_PYTHON)
    (copy.tools / "python3.13").chmod(0o755)
    old.write_text(FAKE_PYTHON.replace('"$VERSION"', "3.8"))
    status, said = copy.setup(VERSION="3.13")
    assert (status, said.splitlines()[0]) == (0, f"setup: Python 3.13, {copy.tools}/python3.13")


def test_a_missing_venv_module_is_explained(copy: Copy) -> None:
    Path(copy.env["VENV_MODULE"]).unlink()
    status, said = copy.setup()
    assert status == 1
    assert "sudo apt-get install python3.12-venv" in said.splitlines()[-1]
    assert not copy.calls("apt-get")


def test_a_missing_venv_module_is_installed_by_root_on_gradescope(copy: Copy) -> None:
    Path(copy.env["VENV_MODULE"]).unlink()
    Path(copy.env["AUTOGRADER_ROOT"], "source").mkdir(parents=True)
    status, said = copy.setup()
    is_root = os.geteuid() == 0
    assert (status == 0, len(copy.calls("apt-get install"))) == (is_root, is_root), said


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("ERROR: [Errno 28] No space left on device", "The disk is full"),
        ("Retrying after connection broken by 'NewConnectionError'", "could not be reached"),
        ("ERROR: No matching distribution found for torch==2.13.0", "There is no torch==2"),
        ("ERROR: something else", "Run ./setup.sh again"),
    ],
)
def test_a_failed_installation_ends_with_what_to_do(copy: Copy, output: str, advice: str) -> None:
    status, said = copy.setup(PIP_OUTPUT=output)
    assert status == 1
    assert output in said
    assert advice in said.splitlines()[-1]
    assert not copy.stamp.exists()


def test_an_unknown_option_is_refused(copy: Copy) -> None:
    status, said = copy.setup("--devel")
    assert (status, "--devel" in said) == (2, True)


@pytest.mark.parametrize("script", ["setup.sh", "run_autograder", "run_tests"])
def test_help_shows_an_example_and_installs_nothing(copy: Copy, script: str) -> None:
    status, said = copy.run(copy.root / script, "--help")
    assert (status, f"./{script} " in said, copy.calls("")) == (0, True, [])


def test_run_autograder_sets_up_and_hands_its_arguments_on(copy: Copy) -> None:
    status, _ = copy.run(copy.root / "run_autograder", "my lab.zip", "--quiet")
    assert status == 0
    assert copy.calls("")[-1] == "-I -m autograder grade my lab.zip --quiet"


def on_gradescope(copy: Copy) -> Path:
    """Gradescope's layout: everything in source/, run_autograder copied beside it. Returns that copy."""
    gradescope = Path(copy.env["AUTOGRADER_ROOT"])
    gradescope.mkdir()
    copy.root.rename(gradescope / "source")
    return Path(shutil.copy(gradescope / "source/run_autograder", gradescope))


def test_gradescope_finds_the_grader_beside_the_copied_script(copy: Copy) -> None:
    assert copy.run(on_gradescope(copy))[0] == 0
    assert copy.calls("")[-1] == "-I -m autograder grade"


def test_failed_setup_is_not_the_students_fault(copy: Copy) -> None:
    script = on_gradescope(copy)
    status, said = copy.run(script, VERSION="3.8")
    assert "upload the zip again" in said.splitlines()[-1]  # only the instructor sees this
    results = json.loads((script.parent / "results/results.json").read_text())
    assert (status, results["score"], results["stdout_visibility"]) == (3, 0, "hidden")
    assert "not of your submission" in results["output"]


def test_container_killed_in_setup_leaves_results(copy: Copy) -> None:
    script = on_gradescope(copy)
    run = copy.start(script, SECONDS_OF_PIP="1")
    while not copy.calls("--editable"):
        assert run.poll() is None
    run.kill()
    results = json.loads((script.parent / "results/results.json").read_text())
    assert results["score"] == 0
    assert "did not finish" in results["output"]
    assert "not of your submission" in results["output"]
    run.communicate()


def test_a_failed_setup_elsewhere_is_reported_and_nothing_is_graded(copy: Copy) -> None:
    status, said = copy.run(copy.root / "run_autograder", "Lab4.py", VERSION="3.8")
    assert (status, "nothing was graded" in said.splitlines()[-1]) == (3, True)
    assert not Path(copy.env["AUTOGRADER_ROOT"]).exists()


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_can_be_started_on_linux(script: str) -> None:
    path = ROOT / script
    assert path.read_bytes().startswith(b"#!/usr/bin/env bash\n")
    assert b"\r" not in path.read_bytes()
    assert os.access(path, os.X_OK)
    assert subprocess.run(["bash", "-n", path], check=False).returncode == 0


def test_python_starts_in_any_folder_and_locale() -> None:
    """A path in a .pth file is read in the locale's encoding, before the first line of ours."""
    [link] = (ROOT / ".venv").glob("lib/python*/site-packages/*autograder*.pth")
    assert (link.parent / link.read_text().strip()).resolve() == ROOT
    assert link.read_bytes().isascii()
    assert not Path(link.read_text().strip()).is_absolute()


def test_the_version_of_torch_stands_in_one_place() -> None:
    places = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if (name != "__pycache__" and not name.startswith(".")) or name == ".ci"]
        for path in (Path(folder, name) for name in files if name != Path(__file__).name):
            if re.search(rb"torch\s*[=~]=\s*\d", path.read_bytes()):
                places.append(path.relative_to(ROOT).as_posix())
    assert places == ["pyproject.toml"]
