"""What a function would return with one mistake alone, for the search that looks for the line of another one."""

import contextlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograder.checks.oracle import Oracle, Trajectory
from autograder.mistakes.evidence import LARGEST
from autograder.mistakes.procedure import IMPOSSIBLE, Procedure
from autograder.rubric import CallArguments


@dataclass(frozen=True)
class OneMistake(Oracle):
    """The numbers of a procedure with a mistake, in the place of the right ones."""

    procedure: Procedure = field(kw_only=True)

    def knows(self, function: str, arguments: CallArguments) -> bool:
        """Whether the mistake leaves numbers to compare, none of them infinite in float32."""
        try:
            if self.lab.rubric.functions[function].trained:
                found = self.trajectory(function, arguments)
                numbers = [*found.losses[:-1], *found.weights.values()]
                return found.epochs > 0 and all(abs(number) <= LARGEST for number in numbers)
            numbers = [*self.values(function, arguments).values()]
            return bool(numbers) and all(abs(number) <= LARGEST for number in numbers)
        except IMPOSSIBLE:
            return False

    def values(self, function: str, arguments: CallArguments) -> Mapping[str, float]:
        """Every quantity that the function returns with the mistake, by name."""
        return self.procedure.results(self.lab.rubric.functions[function].returns, arguments.inputs)

    def quantities(self, function: str, names: Sequence[str], arguments: CallArguments) -> Mapping[str, float]:
        """Those quantities that the function can compute with the mistake, by name."""
        once = self.procedure.single_pass(arguments.inputs)
        found: dict[str, float] = {}
        for name in names:
            with contextlib.suppress(*IMPOSSIBLE):
                found[name] = once.quantity(name)
        return found

    def trajectory(self, function: str, arguments: CallArguments) -> Trajectory:
        """The losses that are returned with the mistake, and the weights; the loss after the last update is unknown."""
        trained = self.lab.rubric.functions[function].trained
        rate, epochs = float(arguments.settings["lr"]), int(arguments.settings["n_epochs"])
        weights, losses = self.procedure.train(trained, arguments.inputs, rate, epochs)
        return Trajectory([*losses, math.nan], weights)
