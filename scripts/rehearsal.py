"""Repeats Gradescope's steps on this machine; scripts/rehearse starts it and says what it needs.

As in Docker, there are layers: the bare system, on it the files of a zip, on these what setup.sh installs, and on that
a new layer for each submission. setup.sh runs once: the zips of several labs differ in the layer below what it writes.
Every command gets its own namespaces for mounts and processes, so nothing has to be cleaned up.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema

from autograder import measure, rubric
from autograder.errors import USER_STATUS, UserError
from autograder.grader import Grader
from autograder.gradescope.container import SIZES
from autograder.rubric import Lab
from autograder.sandbox.host.fork_server import ForkServer

ROOT = Path(__file__).resolve().parents[1]
SUITE = "bookworm"  # the Debian release of the bare system
EXAMPLES = ("perfect_plain", "forgot_zero_grad", "half_finished")  # submissions for the lab of this repository
NOT_POSSIBLE = 77  # the exit status that test runners read as "skipped"
CERTIFICATE = "/etc/pip.pem"  # a copy of $PIP_CERT; its own path belongs to a package
METADATA = {
    "id": 1,
    "created_at": "2025-01-15T12:00:00.000000-08:00",
    "assignment": {"title": "Lab 4", "due_date": "2025-01-20T23:59:00.000000-08:00", "total_points": "100.0"},
    "submission_method": "upload",
    "users": [{"email": "student@example.org", "id": 1, "name": "A Student"}],
    "previous_submissions": [],
}
# $1: lower layers, $2: the folder of this one, $3: where its output goes, $4: cgroups to enter, $5: a folder to show
INSIDE = """
for group in $4; do echo 0 >"$group/cgroup.procs"; done
mkdir -p "$2/upper" "$2/work" "$2/root"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
mount -t proc proc "$2/root/proc"
mount -t sysfs -o ro sysfs "$2/root/sys"
if [ -n "$5" ]; then mkdir -p "$2/root$5" && mount --bind -o ro "$5" "$2/root$5"; fi
cd "$2/root"
exec >"$3" 2>&1
shift 5
exec chroot . "$@"
"""


class NotPossible(Exception):
    """A rehearsal is not possible on this machine; str() says why."""


class WentWrong(Exception):
    """A step of the rehearsal failed; str() says which, with the end of its output."""


@dataclass(frozen=True)
class Run:
    """A command that ran inside: wall-clock seconds, memory of all its processes together in MB, its layer."""

    seconds: float
    memory: float
    layer: Path


class System:
    """A stack of layers. Commands that run in it write to the last one."""

    def __init__(self, lower: Sequence[Path], folder: Path, groups: Sequence[Path]) -> None:
        """groups: the cgroups that limit the commands."""
        self.folder = folder
        self.lower = tuple(lower)
        self.upper = folder / "upper"
        self.upper.mkdir(parents=True)
        self._groups = groups

    def command(self, *command: str, network: bool = True) -> list[str]:
        """The command line that runs `command` inside, in the folder /autograder, as root."""
        alone = ["unshare", "--mount", "--pid", "--fork", "--kill-child", *([] if network else ["--net"])]
        layers = ":".join(map(str, self.lower))
        groups = " ".join(map(str, self._groups))
        arguments = [layers, str(self.folder), str(self.log), groups, _shown()]
        variables = [f"{name}={value}" for name, value in os.environ.items() if _is_for_pip(name)]
        variables += [f"PIP_CERT={CERTIFICATE}"] if "PIP_CERT" in os.environ else []
        path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        environment = ["env", "-i", "-C", "/autograder", path, "HOME=/root", *variables]
        return [*alone, "sh", "-euc", INSIDE, "sh", *arguments, *environment, *command]

    @property
    def log(self) -> Path:
        """The output of the last command."""
        return self.folder / "log"

    def do(self, *command: str) -> str:
        """Run a command inside and return its output. Raises WentWrong."""
        done = subprocess.run(self.command(*command), capture_output=True, text=True, check=False)
        said = self.log.read_text(errors="replace") if self.log.exists() else ""
        if done.returncode:
            end = "\n".join((said + done.stderr).splitlines()[-25:])
            raise WentWrong(f"{' '.join(command)} ended with status {done.returncode}:\n{end}")
        return said

    def measured(self, *command: str, network: bool = True) -> Run:
        """Run a command inside to its end, whatever its status."""
        began = time.perf_counter()
        memory = measure.peak_of_tree(self.command(*command, network=network))
        return Run(time.perf_counter() - began, memory or 0.0, self.upper)


def _is_for_pip(name: str) -> bool:
    return name.startswith("PIP_") or name.lower() in ("http_proxy", "https_proxy", "no_proxy")


def _shown() -> str:
    """A folder of wheels on this machine, if the environment names one for pip."""
    links = os.environ.get("PIP_FIND_LINKS", "")
    return links if links.startswith("/") and Path(links).is_dir() else ""


def check_possible() -> None:
    """Raises NotPossible."""
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NotPossible("only root on Linux can set up a separate system")
    if not shutil.which("mmdebstrap"):
        raise NotPossible("mmdebstrap is missing; on Debian and Ubuntu: apt-get install mmdebstrap")
    with tempfile.TemporaryDirectory() as folder:
        lower = Path(folder, "lower")
        lower.mkdir()
        mount = f"mkdir u w; mount -t overlay overlay -o lowerdir={lower},upperdir=u,workdir=w {lower}"
        command = ["unshare", "--mount", "--pid", "--fork", "sh", "-euc", mount]
        if subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode:
            raise NotPossible("this system does not allow mount namespaces with an overlay")


def bare_system() -> Path:
    """A system with Python 3 and nothing else, from Debian's packages; made once and kept."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "autograder"
    kept = cache / SUITE
    if not kept.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(dir=cache))
        beside.chmod(0o755)
        command = ["mmdebstrap", "--quiet", "--variant=apt", "--include=python3", SUITE, str(beside)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            shutil.rmtree(beside)
            raise NotPossible(f"mmdebstrap cannot make a bare system: {done.stderr.strip()[-500:]}")
        beside.rename(kept)
    return kept


@contextmanager
def limited(processors: float | None) -> Iterator[tuple[Path, ...]]:
    """The cgroups with Gradescope's smallest size, in version 2 or 1; () if they cannot be made."""
    memory = str(SIZES[0].memory << 20)
    quota = str(int(100_000 * processors)) if processors else "max"
    base, name = Path("/sys/fs/cgroup"), f"rehearse-{os.getpid()}"
    if (base / "cgroup.controllers").exists():
        wanted = {base / name: {"memory.max": memory, "memory.swap.max": "0", "cpu.max": f"{quota} 100000"}}
    else:
        wanted = {
            base / "memory" / name: {"memory.limit_in_bytes": memory},
            base / "cpu" / name: {"cpu.cfs_quota_us": quota.replace("max", "-1")},
        }
    made: list[Path] = []
    try:
        try:
            if (base / "cgroup.controllers").exists():
                (base / "cgroup.subtree_control").write_text("+memory +cpu")
            for group, settings in wanted.items():
                group.mkdir()
                made.append(group)
                for setting, value in settings.items():
                    (group / setting).write_text(value)
            entered = tuple(made)
        except OSError:
            entered = ()
        yield entered
    finally:
        for group in made:
            group.rmdir()


@dataclass(frozen=True)
class Rehearsed:
    """A lab whose zip is rehearsed.

    files: the layer with the files of the zip. here: the results.json of each submission, graded on this machine.
    """

    lab: Lab
    files: Path
    here: dict[Path, dict[str, Any]]


def prepared(lab: Lab, server: ForkServer, folder: Path) -> Rehearsed:
    """Build a lab's zip, unpack it, and grade its submissions on this machine."""
    archive, layer = folder / "autograder.zip", folder / "files"
    build = [str(ROOT / ".venv/bin/autograder"), "build", "--lab", str(lab.folder), "--out", str(archive)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    if done.returncode:
        raise WentWrong(done.stderr.strip())
    unpack(archive, layer / "autograder/source")
    shutil.copy(layer / "autograder/source/run_autograder", layer / "autograder")
    here = {}
    with Grader(lab, server, "cpu") as grader:
        for submission in submissions(lab):
            grader.grade(submission, folder / "results.json")
            here[submission] = json.loads((folder / "results.json").read_text())
    return Rehearsed(lab, layer, here)


def submissions(lab: Lab) -> list[Path]:
    """What is graded: the reference, the template, and this repository's examples for its own lab."""
    examples = [ROOT / "examples" / name for name in EXAMPLES] if lab.folder == ROOT else []
    return [lab.reference, *([lab.template] if lab.template.is_dir() else []), *examples]


def unpack(archive: Path, source: Path) -> None:
    """Unpack the zip with its file modes, as Gradescope does."""
    source.mkdir(parents=True)
    with zipfile.ZipFile(archive) as packed:
        for entry in packed.infolist():
            Path(packed.extract(entry, source)).chmod(entry.external_attr >> 16)


def installed(below: Sequence[Path], folder: Path, groups: Sequence[Path]) -> tuple[Path, float]:
    """The layer that setup.sh writes, as Gradescope builds its image, and the seconds that it took."""
    system = System(below, folder, groups)
    (system.upper / "etc").mkdir()
    shutil.copy("/etc/resolv.conf", system.upper / "etc")
    if "PIP_CERT" in os.environ:
        shutil.copy(os.environ["PIP_CERT"], system.upper / CERTIFICATE[1:])
    system.do("apt-get", "-qq", "update")
    began = time.perf_counter()
    system.do("bash", "/autograder/source/setup.sh")
    seconds = time.perf_counter() - began
    if "nothing to do" not in system.do("bash", "/autograder/source/setup.sh"):
        raise WentWrong("setup.sh, when run again, did not recognize that it had finished")
    for packages in ("usr/lib/python3/dist-packages", "usr/local/lib"):  # a layer contains only what was written
        written = [str(path) for path in (system.upper / packages).rglob("*.py")]
        if written:
            raise WentWrong(f"setup.sh changed packages of the system's Python: {', '.join(written)}")
    return system.upper, seconds


def graded(
    lower: Sequence[Path], folder: Path, submission: Path, groups: Sequence[Path], *, network: bool = True
) -> Run:
    """Submit one submission and run Gradescope's steps, each time in a new layer."""
    system = System(lower, folder, groups)
    inside = system.upper / "autograder"
    shutil.copytree(submission, inside / "submission")
    (inside / "results").mkdir()
    (inside / "submission_metadata.json").write_text(json.dumps(METADATA))
    return system.measured("/autograder/run_autograder", network=network)


def imported(lower: Sequence[Path], folder: Path, groups: Sequence[Path]) -> Run:
    """The faster of two runs of `import torch` alone: the first may still read from the disk."""
    command = ("/autograder/source/.venv/bin/python", "-c", "import torch")
    runs = [System(lower, folder / f"torch{turn}", groups).measured(*command) for turn in range(2)]
    return min(runs, key=lambda run: run.seconds)


def results(run: Run) -> dict[str, Any]:
    """The results.json of a run. Raises WentWrong if it is missing or invalid."""
    schema = json.loads((ROOT / "tests/gradescope/results.schema.json").read_text())
    try:
        content = json.loads((run.layer / "autograder/results/results.json").read_text())
        jsonschema.validate(content, schema)
    except (OSError, ValueError, jsonschema.ValidationError) as error:
        said = (run.layer.parent / "log").read_text(errors="replace")
        raise WentWrong(f"there is no valid results.json ({error}); the output of the run:\n{said}") from None
    return dict(content)


def points_by_check(content: dict[str, Any]) -> dict[str, float]:
    """Points by the number of the check."""
    return {test["number"]: test["score"] for test in content["tests"]}


def rehearse(labs: Sequence[Lab], folder: Path) -> None:
    """Run all steps and print a line about each. Raises NotPossible and WentWrong."""
    bare = bare_system()
    with ForkServer() as server:
        rehearsed = [prepared(lab, server, folder / f"lab{number}") for number, lab in enumerate(labs)]
    with limited(None) as groups:
        setup, seconds = installed([rehearsed[0].files, bare], folder / "installed", groups)
    print(f"setup.sh: {seconds:.0f} s, the system's packages unchanged; when run again, it has nothing to do")
    with limited(SIZES[0].processors) as groups:
        print(f"limits: {SIZES[0]}" if groups else "limits: none, because there are no writable cgroups")
        torch = imported([setup, rehearsed[0].files, bare], folder, groups)
        print(f"import torch: {torch.seconds:.1f} s, {torch.memory:.0f} MB\n")
        print(f"{'submission':42}{'points':>10}{'seconds':>9}{'of import torch':>17}{'MB':>6}  confinement")
        for number, each in enumerate(rehearsed):
            for place, submission in enumerate(each.here):
                run = graded([setup, each.files, bare], folder / f"{number}-{place}", submission, groups)
                print(row(each, submission, run, run.seconds / torch.seconds))
        run = graded([rehearsed[0].files, bare], folder / "bare", labs[0].reference, groups, network=False)
        print(f"\nwithout setup and network: {results(run)['output']}")
    print("The points are the same inside and outside.")


def row(each: Rehearsed, submission: Path, run: Run, ratio: float) -> str:
    """The line about one submission. Raises WentWrong if its results differ from those on this machine."""
    name = str(submission.relative_to(ROOT) if submission.is_relative_to(ROOT) else submission)
    inside, here = results(run), each.here[submission]
    if (run.layer / "autograder/source/reference").stat().st_mode & 0o077:
        raise WentWrong("the user that runs submissions can read the folder of the reference")
    if points_by_check(inside) != points_by_check(here):
        raise WentWrong(f"{name}: the points are {points_by_check(inside)} inside, {points_by_check(here)} outside")
    points, confined = f"{inside['score']:g}/{each.lab.rubric.points:g}", inside["extra_data"]["confinement"]
    return f"{name:42}{points:>10}{run.seconds:9.1f}{ratio:17.2f}{run.memory:6.0f}  {confined}"


def every_lab() -> list[Path]:
    """The folders of all labs in this repository, its own one first."""
    return [ROOT, *sorted(found.parent for found in ROOT.glob("labs/*/rubric.yaml"))]


def main() -> int:
    """Rehearse; returns the exit status."""
    try:
        labs = [rubric.load(Path(given).resolve()) for given in sys.argv[1:] or every_lab()]
        check_possible()
        with tempfile.TemporaryDirectory(prefix="rehearse-") as folder:
            rehearse(labs, Path(folder))
    except UserError as error:
        print(f"rehearse: {error}", file=sys.stderr)
        return USER_STATUS
    except NotPossible as error:
        print(f"rehearse: not possible here: {error}", file=sys.stderr)
        return NOT_POSSIBLE
    except WentWrong as error:
        print(f"rehearse: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
