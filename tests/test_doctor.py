"""What is said of this machine: each layer with its reason, and one verdict."""

import pytest

from autograder.doctor import text
from autograder.sandbox.layers import PURPOSE, Confinement


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
    said = text(Confinement({layer: "no root" if layer in missing else "" for layer in PURPOSE}, exposed)).splitlines()
    assert said[-1].startswith(f"{verdict}: ")
    lines = {line[2:15].strip(): line for line in said[1:-1]}
    for layer, purpose in PURPOSE.items():
        reason = exposed if layer == "files" and exposed else "no root" if layer in missing else ""
        assert lines[layer].startswith("✗" if reason else "✓")
        assert lines[layer].endswith(f"missing: {reason}" if reason else purpose)
