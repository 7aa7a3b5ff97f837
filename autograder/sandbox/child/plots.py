"""Stubs for matplotlib's figures and axes, which programs unpack and index. Runs in the sandbox."""

from typing import Any

from autograder.sandbox.child.silent import Silent


class Figure(Silent):
    """A figure that shows nothing."""

    number = 1

    def subplots(self, nrows: int = 1, ncols: int = 1, *args: Any, squeeze: bool = True, **kwargs: Any) -> Any:
        """The axes: one, or an array of them, as in matplotlib."""
        import numpy

        axes = numpy.empty((nrows, ncols), dtype=object)
        for place in numpy.ndindex(axes.shape):
            axes[place] = Silent()
        if not squeeze:
            return axes
        return axes[0, 0] if axes.size == 1 else axes.squeeze()


def _figure(*args: Any, **kwargs: Any) -> Figure:
    return Figure()


def _subplots(nrows: int = 1, ncols: int = 1, **kwargs: Any) -> tuple[Figure, Any]:
    figure = Figure()
    return figure, figure.subplots(nrows, ncols, squeeze=kwargs.get("squeeze", True))


NAMES = {"figure": _figure, "gcf": _figure, "subplots": _subplots, "Figure": Figure}
