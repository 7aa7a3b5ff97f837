"""The layers of confinement, seen from the trusted side: what each is for, and whether enough of them hold."""

from collections.abc import Mapping
from dataclasses import dataclass

PURPOSE = {
    "session": "all that a submission starts is killed with it; it has no descriptor but its own",
    "limits": "memory, processor time, file sizes and core dumps are bounded",
    "user": "it runs as a user of its own, to whom the grader's files can be closed",
    "privileges": "it cannot gain rights, and ends when the grader does",
    "files": "it reads what Python and torch need and writes in its own folder; the grader's files are out of sight",
    "system calls": "no other program, no network, nothing done to other processes, nothing that outlives it",
}


@dataclass(frozen=True)
class Confinement:
    """Each layer with "" if it holds, else the reason why not, as a child said before it read anything of the
    student's."""

    layers: Mapping[str, str]

    @property
    def missing(self) -> dict[str, str]:
        """The layers that do not hold, with the reasons."""
        return {layer: self.layers.get(layer, "it did not answer") for layer in PURPOSE if self.layers.get(layer, "?")}

    @property
    def reduced(self) -> bool:
        """Whether a promise of docs/security.md does not hold here. Another user is not needed where files and calls
        are closed."""
        return bool(set(self.missing) - {"user"})

    @property
    def safe(self) -> bool:
        """Whether a submission can be run where marks are at stake: it can neither read the grader's files nor change
        its results."""
        missing = self.missing
        return "user" not in missing or not {"files", "system calls"} & set(missing)
