"""Where a local derivative is evaluated, by a rule of one's own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class DerivativeSite:
    """Where a local derivative ∂node/∂operand is evaluated: all that a rule for a wrong one may use."""

    operands: tuple[float, ...]  # the values of the node's operands
    position: int  # of the operand that the derivative is taken with respect to
    value: float  # of the node itself
    right: float  # the correct local derivative
    values: Mapping[str, float]  # of all inputs and nodes

    @property
    def own(self) -> float:
        """The operand that the derivative is taken with respect to."""
        return self.operands[self.position]

    @property
    def other(self) -> float:
        """The other operand of an operation with two operands."""
        return self.operands[1 - self.position]


Rule = Callable[[DerivativeSite], float]  # a local derivative
