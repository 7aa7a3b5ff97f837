"""What is said of this machine: each layer with its reason, and one verdict."""

import pytest

from autograder.authoring.doctor import text
from autograder.sandbox.host.confinement import PROMISES, PURPOSE, Confinement


@pytest.mark.parametrize(
    ("missing", "exposed", "verdict"),
    [
        ((), "", "Full"),
        (("user",), "", "Full"),
        (("files",), "", "Reduced"),
        (("limits",), "", "Reduced"),
        (("user", "files"), "", "Not safe"),
        ((), "rubric.yaml lies below /usr, which every program reads", "Not safe"),
    ],
)
def test_the_verdict_is_what_the_layers_allow(missing: tuple[str, ...], exposed: str, verdict: str) -> None:
    found = Confinement({layer: "no root" if layer in missing else "" for layer in PURPOSE}, exposed, 7)
    said = text(found).splitlines()
    assert said[0].endswith("(Landlock 7)")
    assert said[-1].startswith(f"{verdict}: ")
    layers = {line[2:15].strip(): line for line in said[said.index("Layers:") + 1 : said.index("Promises:") - 1]}
    for layer, purpose in PURPOSE.items():
        reason = exposed if layer == "files" and exposed else "no root" if layer in missing else ""
        assert layers[layer].startswith("✗" if reason else "✓")
        assert layers[layer].endswith(f"missing: {reason}" if reason else purpose)
    for promise in PROMISES:
        line = said.index(f"{'✓' if found.keeps(promise) else '✗'} {promise.what}")
        assert said[line + 1] == f"  (needs {promise.needs})"


def test_a_kernel_without_landlock_is_called_one() -> None:
    assert "(no Landlock)" in text(Confinement({}))
