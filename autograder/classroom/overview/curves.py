"""What a loss curve looks like in a plot, and in words that tell the curves of a class apart."""

import math
from collections.abc import Sequence

from autograder.checks.training import MOST_DRAWN
from autograder.outcome import Curve

SAME_PLOT = 1000  # two losses look the same if they agree to 1/1000 of the plot's height: three digits


def heights(curve: Curve) -> tuple[int | None, ...]:
    """Each loss in thousandths of the plot's height: -1 below the plot, 1001 above it, None if it is nan."""
    return tuple(_height(curve, loss) for loss in curve.losses)


def _height(curve: Curve, loss: float) -> int | None:
    if math.isnan(loss):
        return None
    return round(SAME_PLOT * loss / curve.top) if curve.shows(loss) else -1 if loss < 0 else SAME_PLOT + 1


def describe(curve: Curve) -> str:
    """Describe a curve: "falls from 9 to 0.0107", "rises from 9 to above the plot, 12 losses instead of 20"."""
    places = heights(curve)
    numbers = places.index(None) if None in places else len(places)
    parts = [_course(curve, places[:numbers])] if numbers else []
    if numbers < len(places):
        parts.append(f"nan in epoch {numbers}" if numbers else "nan from the start")
    many, wanted = len(curve.losses), len(curve.expected)
    if many != wanted and many < MOST_DRAWN:  # no more are kept
        parts.append(f"{many or 'no'} {'loss' if many == 1 else 'losses'} instead of {wanted}")
    return ", ".join(parts)


def _course(curve: Curve, places: Sequence[int | None]) -> str:
    """From where to where the first losses go, as many as there are `places`."""
    numbers = [place for place in places if place is not None]
    first, last = _value(curve, 0, 3), _value(curve, len(numbers) - 1, 3)
    if len(set(numbers)) == 1:
        return f"stays at {first}" if len(numbers) > 1 else f"starts at {first}"
    falls = numbers == sorted(numbers, reverse=True)
    rises = numbers == sorted(numbers)
    return f"{'falls' if falls else 'rises' if rises else 'goes up and down'} from {first} to {last}"


def _value(curve: Curve, epoch: int, digits: int) -> str:
    loss = curve.losses[epoch]
    if loss and _height(curve, loss) == 0:
        return "nearly 0"
    if curve.shows(loss) or math.isnan(loss):
        return f"{loss:.{digits}g}"
    return "below 0" if loss < 0 else "above the plot"


def describe_all(curves: Sequence[Curve]) -> list[str]:
    """Describe curves that look different; where the words are the same, add a loss that differs."""
    places: dict[str, list[int]] = {}
    for at, curve in enumerate(curves):
        places.setdefault(describe(curve), []).append(at)
    words = [""] * len(curves)
    for description, same in places.items():
        epoch = _telling_epoch([curves[at] for at in same])
        for at in same:
            loss = "" if epoch is None else f", {_value(curves[at], epoch, 4)} in epoch {epoch}"
            words[at] = f"{description}{loss}"
    return words


def _telling_epoch(curves: Sequence[Curve]) -> int | None:
    """The epoch in which most of the curves look different; None if all look the same as far as they go."""
    seen = [len(set(column)) for column in zip(*map(heights, curves), strict=False)]
    most = max(seen, default=1)
    return seen.index(most) if most > 1 else None
