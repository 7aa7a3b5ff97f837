"""What could be read all the same makes a machine unsafe, whatever layers hold; folders are closed to each other."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

from autograder.sandbox.host.calls import ProgramFiles
from autograder.sandbox.host.confinement import PROMISES, PURPOSE, Confinement, Promise, exposed
from autograder.sandbox.host.fork_server import ForkServer
from autograder.sandbox.host.limits import ProcessLimits
from autograder.sandbox.host.program import SandboxedProgram
from autograder.sandbox.host.protocol import Returned

sys.path[:0] = [str(ROOT / "tests/hostile")]

import harness  # noqa: E402

FULL = dict.fromkeys(PURPOSE, "")
NO_FILES, NO_USER = {**FULL, "files": "no Landlock"}, {**FULL, "user": "no root"}
ALONE = {**NO_FILES, "user": "no root"}


@pytest.fixture
def secret(place: Path) -> Path:
    """The rubric of a lab that everybody may read, in a folder that is open to all."""
    (place / "lab").mkdir(mode=0o755)
    (place / "lab/rubric.yaml").write_text("")
    (place / "lab/rubric.yaml").chmod(0o644)
    return place / "lab/rubric.yaml"


def test_out_of_sight_or_closed_is_enough(secret: Path) -> None:
    assert exposed([secret], FULL) == exposed([secret], NO_USER) == ""
    opened = all(folder.stat().st_mode & 0o001 for folder in secret.parents)
    if opened:
        assert exposed([secret], NO_FILES) == "rubric.yaml is open to all"
    assert exposed([secret], ALONE) == "rubric.yaml is open to all"
    secret.chmod(0o600)
    assert exposed([secret], NO_FILES) == ""
    assert exposed([secret], ALONE) == "rubric.yaml is open to all"  # for it is the same user
    secret.chmod(0o644)
    secret.parent.chmod(0o700)
    assert exposed([secret, secret.parent / "still to be made"], NO_FILES) == ""


@pytest.mark.parametrize("prefix", ["prefix", "base_prefix"])
def test_paths_below_readable_folders_are_exposed(secret: Path, monkeypatch: pytest.MonkeyPatch, prefix: str) -> None:
    monkeypatch.setattr(sys, prefix, str(secret.parents[1]))
    reason = f"rubric.yaml lies below {secret.parents[1]}, which every program reads"
    assert exposed([Path("/usr/local/lab"), secret], NO_USER) == "lab lies below /usr, which every program reads"
    assert exposed([secret], NO_USER) == reason
    secret.chmod(0o600)
    assert exposed([secret], FULL) == ""  # closed to the user that it becomes
    assert exposed([secret], NO_USER) == reason


def test_a_link_is_where_it_leads(secret: Path, place: Path) -> None:
    (place / "link").symlink_to("/usr/share")
    assert "lies below /usr" in exposed([place / "link"], NO_USER)


def test_exposed_secrets_are_not_safe() -> None:
    found = Confinement(FULL, "rubric.yaml lies below /usr")
    assert (found.safe, found.reduced) == (False, True)
    assert found.missing == {"files": "rubric.yaml lies below /usr"}
    assert Confinement(NO_FILES, "rubric.yaml is open to all").missing["files"] == "no Landlock"
    assert not Confinement(NO_FILES, "rubric.yaml is open to all").safe
    assert Confinement(NO_FILES).safe


class WithoutLandlock(ForkServer):
    """The sandbox as it is where the kernel has no Landlock."""

    SERVER = (
        "-c",
        "from autograder.sandbox.child import confine, server\n"
        "def missing(bounds): raise NotImplementedError('the kernel has no Landlock')\n"
        "confine._files = missing\n"
        "server.hide_the_grader()\n"
        "server.main()",
    )


@pytest.fixture
def without_landlock(monkeypatch: pytest.MonkeyPatch) -> Iterator[ForkServer]:
    """With a Python that every user can start."""
    folder = Path(tempfile.mkdtemp(prefix=harness.PREFIX))
    folder.chmod(0o755)
    try:
        python = harness.light_interpreter(folder) if os.getuid() == 0 else None
        if python is None:
            pytest.skip("only root can give each a user of its own, who needs a Python that is open to all")
        for name, path in {"executable": python, "prefix": folder / "venv", "base_prefix": "/usr"}.items():
            monkeypatch.setattr(sys, name, str(path))
        with WithoutLandlock() as started:
            yield started
    finally:
        shutil.rmtree(folder)


LOOKS = """
import glob, os
def f(x):
    found = []
    for path in glob.glob("../submission-*/*"):
        try: found.append(open(path).read())
        except OSError: pass
    print([text for text in found if text.startswith("the secret")])
    return x
"""


def test_secrets_are_unreadable_without_landlock(
    without_landlock: ForkServer,
) -> None:
    limits = ProcessLimits(5.0, 9.0, 60.0)
    files = (("secret.txt", b"the secret of another"),)
    with (
        SandboxedProgram(
            without_landlock, ProgramFiles("Lab4.py", ("def f(x): return x",), files), limits, "Lab4"
        ) as reference,
        SandboxedProgram(without_landlock, ProgramFiles("Lab4.py", (LOOKS,)), limits, "Lab4") as student,
    ):
        missing = {layer for layer, why in student.confinement().layers.items() if why}
        assert missing == {"files"}
        assert isinstance(reference.call("f", {"x": 1.0}).verdict, Returned)
        call = student.call("f", {"x": 1.0})
        assert isinstance(call.verdict, Returned)
        assert "secret" not in call.printed
        assert reference._directory.stat().st_uid != student._directory.stat().st_uid
        assert os.getuid() not in (reference._directory.stat().st_uid, student._directory.stat().st_uid)


LEAVES = """
import os
def f(x):
    os.makedirs("/tmp/hostile-folder-left/of/it")
    for place in ("/tmp", "/var/tmp", "/dev/shm"):
        with open(place + "/hostile-file-left", "w") as file:
            file.write("x")
    return x
"""


def test_leftovers_in_shared_folders_are_removed(without_landlock: ForkServer) -> None:
    left = [Path(place) / "hostile-file-left" for place in ("/tmp", "/var/tmp", "/dev/shm")]
    ours = Path(tempfile.mkstemp(prefix="hostile-not-of-it-")[1])
    with SandboxedProgram(
        without_landlock, ProgramFiles("Lab4.py", (LEAVES,)), ProcessLimits(5.0, 9.0, 60.0), "Lab4"
    ) as student:
        without_landlock.writes_elsewhere = True
        assert isinstance(student.call("f", {"x": 1.0}).verdict, Returned)
        assert all(path.exists() for path in left)
    assert not any(path.exists() for path in (*left, Path("/tmp/hostile-folder-left")))
    assert ours.exists()
    ours.unlink()


def test_a_promise_holds_by_all_layers_of_one_group() -> None:
    promise = Promise("it holds", (frozenset({"user"}), frozenset({"files", "system calls"})))
    assert promise.needs == "user, or files and system calls"
    assert Confinement(FULL).keeps(promise)
    assert Confinement(NO_USER).keeps(promise)
    assert Confinement(NO_FILES).keeps(promise)
    assert not Confinement(ALONE).keeps(promise)
    assert all(group <= set(PURPOSE) for each in PROMISES for group in each.by)


@pytest.mark.parametrize("layer", PURPOSE)
def test_every_layer_is_needed_but_the_user(layer: str) -> None:
    assert bool(Confinement({**FULL, layer: "missing"}).broken) == (layer != "user")
