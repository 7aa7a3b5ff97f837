"""The losses of a training loop over its epochs, beside a right loop's or alone, as an inline SVG."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from autograder.outcome import Curve
from autograder.report import page

WIDTH, HEIGHT = 340.0, 200.0  # of the picture; such that its text is readable on a phone and not huge elsewhere
LEFT, RIGHT, TOP, BOTTOM = 44.0, 8.0, 16.0, 34.0  # room for axes
MOST_TICKS = 6


def figure(curve: Curve) -> Markup:
    """The curve as an HTML figure, for a page with curve.css. A loss that lies beyond the plot is left out, as
    `curve.beyond` counts."""
    return _drawn(curve, beside=True)


def right(losses: Sequence[float]) -> Markup:
    """The losses of a right loop alone, drawn in the same way."""
    return _drawn(Curve(losses, losses), beside=False)


def _drawn(curve: Curve, *, beside: bool) -> Markup:
    """beside: with the losses that are expected, and a legend that tells the two apart."""
    epochs = max(len(curve.losses), len(curve.expected), 1)

    def x(epoch: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * epoch / max(epochs - 1, 1)

    def y(loss: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * loss / curve.top

    def runs(losses: Sequence[float]) -> str:
        """A line through what can be drawn, broken where something cannot."""
        parts, pen = [], "M"
        for epoch, loss in enumerate(losses):
            parts += [f"{pen}{x(epoch):.1f} {y(loss):.1f}"] if curve.shows(loss) else []
            pen = "L" if curve.shows(loss) else "M"
        return "".join(parts)

    def dots(losses: Sequence[float]) -> str:
        return "".join(f"M{x(epoch):.1f} {y(loss):.1f}h0" for epoch, loss in enumerate(losses) if curve.shows(loss))

    return Markup(
        page.render(
            "curve.html",
            curve=curve,
            beside=beside,
            across=[(f"{epoch:g}", x(epoch)) for epoch in ticks(epochs - 1) if epoch == int(epoch)],
            up=[(f"{loss:g}", y(loss)) for loss in ticks(curve.top)],
            runs=runs,
            dots=dots,
            size=(WIDTH, HEIGHT),
            plot=(LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM),
        )
    )


def ticks(top: float) -> list[float]:
    """Round numbers from 0 up to `top`: multiples of 1, 2 or 5 times a power of 10."""
    if top <= 0:
        return [0.0]
    power = 10.0 ** math.floor(math.log10(top / MOST_TICKS))
    step = next(power * factor for factor in (1, 2, 5, 10) if top / (power * factor) < MOST_TICKS)
    return [number * step for number in range(int(top / step) + 1)]
