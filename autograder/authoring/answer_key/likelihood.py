"""Which mistakes students make often, for the order in which the key lists wrong numbers.

The catalogue of mistakes is made for recognizing them, so it is in another order: the most specific ones first. Weights
are rough on purpose. On paper and in code alike, signs, factors and steps are lost, and two things are exchanged.
Hardly anybody reads another operation in the graph than the one that stands there.
"""

from autograder.mistakes.catalogue import Mutant

OFTEN, SOMETIMES, SELDOM = 4.0, 1.0, 0.1

# Kinds of mistakes: what stands before the @ in their ids.
_OFTEN = frozenset({
    "at-its-input", "base", "exponent", "factor", "gate", "half", "halved", "left-out", "mixed", "never-zeroed",
    "no-quotient", "of-its-output", "own", "own-factor", "power-left-out", "rate-left-out", "sign", "short", "stale",
    "turned", "value", "zero-gate", "zeroed-before-step",
})  # fmt: skip
_SELDOM = frozenset({
    "added", "divided", "divided-turned", "multiplied", "power", "power-too-high", "subtracted", "upside-down",
    "integral", "exp", "relu", "tanh", "step", "sum", "squared", "size",
})  # fmt: skip
_A_FACTOR_IS_LOST = "without-"  # begins the kinds of a chain without one of its local derivatives


def weight(mistake: Mutant) -> float:
    """How often a mistake is made, compared with others."""
    kind, _, _ = mistake.mistake.id.partition("@")
    if mistake.usual and (kind in _OFTEN or kind.startswith(_A_FACTOR_IS_LOST)):
        return OFTEN
    return SELDOM if kind in _SELDOM or not mistake.usual else SOMETIMES


def concerns(mistake: Mutant, quantity: str) -> bool:
    """Whether a mistake is made where a quantity is computed, not at a value before it. A derivative is computed from
    others that nobody may have asked for, so every mistake concerns it."""
    return mistake.mistake.id.partition("@")[2] == quantity or quantity not in mistake.procedure.forward.names


def kinds() -> frozenset[str]:
    """The kinds that have a weight of their own."""
    return _OFTEN | _SELDOM
