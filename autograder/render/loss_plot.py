"""Plot the losses of a training loop over its epochs as an inline SVG, beside a correct loop's or alone."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from autograder.outcome import Curve
from autograder.render import html_page


@dataclass(frozen=True)
class Frame:
    """The size of a picture and the position of the plot in it, in pixels."""

    width: float
    height: float
    left: float
    top: float
    right: float
    bottom: float
    most_ticks: int  # numbers along an axis at most


FULL = Frame(340, 200, 44, 16, 332, 166, 6)  # the text is readable on a phone and not huge on a large screen
SMALL = Frame(180, 110, 26, 8, 174, 92, 3)


def loss_figure(curve: Curve) -> Markup:
    """Plot the losses as an HTML figure, for a page with curve.css.

    Losses outside the plot are not drawn; `curve.beyond` counts them.
    """
    return _remembered(tuple(curve.losses), tuple(curve.expected))


@functools.lru_cache(maxsize=128)  # in a class, many students have the same losses
def _remembered(losses: tuple[float, ...], expected: tuple[float, ...]) -> Markup:
    curve = Curve(losses, expected)
    return Markup(html_page.render("curve.html", curve=curve, picture=_picture(curve, FULL, "Your losses")))


def reference_figure(losses: Sequence[float]) -> Markup:
    """Plot the losses of a correct loop alone, in the same style."""
    picture = _picture(Curve(losses, losses), FULL, "The losses", beside=False)
    return Markup(html_page.render("curve.html", curve=None, picture=picture))


def thumbnail(curve: Curve, alt_text: str) -> Markup:
    """Plot the losses as a small SVG without a legend, for a page with curve.css. alt_text: a description in words."""
    return _picture(curve, SMALL, alt_text)


def _picture(curve: Curve, frame: Frame, alt_text: str, *, beside: bool = True) -> Markup:
    """beside: also plot the losses of a correct loop."""
    epochs = max(len(curve.losses), len(curve.expected), 1)

    def x(epoch: float) -> float:
        return frame.left + (frame.right - frame.left) * epoch / max(epochs - 1, 1)

    def y(loss: float) -> float:
        return frame.bottom - (frame.bottom - frame.top) * loss / curve.top

    def runs(losses: Sequence[float]) -> str:
        """A line through the losses that can be drawn, interrupted at the others."""
        parts, pen = [], "M"
        for epoch, loss in enumerate(losses):
            parts += [f"{pen}{x(epoch):.1f} {y(loss):.1f}"] if curve.shows(loss) else []
            pen = "L" if curve.shows(loss) else "M"
        return "".join(parts)

    def dots(losses: Sequence[float]) -> str:
        return "".join(f"M{x(epoch):.1f} {y(loss):.1f}h0" for epoch, loss in enumerate(losses) if curve.shows(loss))

    return Markup(
        html_page.render(
            "curve_picture.html",
            curve=curve,
            across=[(f"{epoch:g}", x(epoch)) for epoch in ticks(epochs - 1, frame.most_ticks) if epoch == int(epoch)],
            up=[(f"{loss:g}", y(loss)) for loss in ticks(curve.top, frame.most_ticks)],
            runs=runs,
            dots=dots,
            frame=frame,
            named=frame == FULL,
            alt_text=alt_text,
            beside=beside,
        )
    )


def ticks(top: float, most: int = FULL.most_ticks) -> list[float]:
    """Round numbers from 0 to `top`, about `most` of them: multiples of 1, 2 or 5 times a power of 10."""
    if top <= 0:
        return [0.0]
    power = 10.0 ** math.floor(math.log10(top / most))
    step = next(power * factor for factor in (1, 2, 5, 10) if top / (power * factor) < most)
    return [number * step for number in range(int(top / step) + 1)]
