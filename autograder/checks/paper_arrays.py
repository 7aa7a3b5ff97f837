"""Judges an answer on paper that is a vector or a matrix: each element earns its share.

Inputs on paper are published, so shapes and the student's own elements are shown; a right number never is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from autograder.checks.compare import compare_numbers, rounding
from autograder.checks.compare_arrays import aligned, compare_array
from autograder.checks.comparison import Comparison, Judged
from autograder.checks.follow_through import FOLLOWS
from autograder.outcome import Finding, State
from autograder.rubric import Rubric, Tolerance
from autograder.submission.model import Rows
from autograder.text import join_names, plural

Array = Any  # a NumPy array of float64
MOST_NAMED = 4  # wrong elements that are named


@dataclass(frozen=True)
class ArrayAnswer:
    """A vector or a matrix that a student wrote, and what it is compared with."""

    quantity: str
    written: str
    value: Array  # nan: an element that is blank
    expected: Array
    tolerance: Tolerance
    telling: bool  # whether half or twice the right value says something about the mistake

    @property
    def right(self) -> bool:
        """Whether every element is right."""
        return self._fits and bool(self._each_right().all())

    @property
    def text(self) -> str:
        """What to say although it is right."""
        return self._whole.text if self._whole.right else ""

    def judged(self, rubric: Rubric, follows: Sequence[Array]) -> Judged:
        """The share of the points of an answer that is not right, and what to say.

        Args:
            rubric: says what an element is worth that follows from an earlier mistake, or has a slip.
            follows: what the answer may be, computed from the student's own earlier values.
        """
        if not self._fits:
            return self._misshapen(rubric)
        if self._is_turned(self.value.T):
            return self._said("partly", self._whole.text, rubric.slips)
        right = self._each_right()
        follow = ~right & self._following(follows)
        slips = ~right & ~follow & self._slips()
        good = right | follow
        if good.all():
            share = (right.sum() + rubric.follow_through * follow.sum()) / right.size
            return self._said("follows", f"is {FOLLOWS}", share)
        # A 0 that is right shows nothing where all other elements are wrong.
        shown = (good | slips) & ((self.expected != 0) | follow)
        if not shown.any():
            said = self._said("wrong", self._whole.text, 0.0)
        else:
            share = (right.sum() + rubric.follow_through * follow.sum() + rubric.slips * slips.sum()) / right.size
            said = self._said("partly", self._in_parts(right, follow, slips), share)
        wrong = {place: float(self.value[place]) for place in _places(~(good | slips | np.isnan(self.value)))}
        near = (_element(self.quantity, place) for place, number in wrong.items() if self._is_near(place, number))
        numbers = tuple((_element(self.quantity, place), number) for place, number in wrong.items())
        return replace(said, near=tuple(near), wrong=numbers)

    @property
    def _fits(self) -> bool:
        return bool(self.value.shape == self.expected.shape)

    @cached_property
    def _whole(self) -> Comparison:
        """The answer compared as a whole, with 0 for a blank element."""
        return compare_array(np.nan_to_num(self.value), self.expected, self.tolerance, telling=self.telling)

    def _misshapen(self, rubric: Rubric) -> Judged:
        """What becomes of an answer in another shape: with the right numbers in it, it is a slip."""
        found = self._whole
        if self._is_turned(self.value.T):
            return self._said("partly", found.text, rubric.slips)
        if self.value.size == self.expected.size and self._is_turned(self.value.reshape(self.expected.shape)):
            return self._said("partly", f"has the right numbers, but {found.detail}", rubric.slips)
        return self._said("wrong", f"{found.text}; {found.detail}", 0.0)

    def _said(self, state: State, text: str, share: float) -> Judged:
        return Judged(Finding(self.quantity, state, f"your {self.written} {text}"), float(share))

    def _is_turned(self, array: Array) -> bool:
        """Whether another arrangement of the elements is right."""
        return self.tolerance.allows(array, self.expected, coarse=True)

    def _each_right(self) -> Array:
        """For each element whether it is right. All are rounded alike: -1.85 may be -1.850."""
        if self._whole.right and not np.isnan(self.value).any():
            return np.full(self.expected.shape, fill_value=True)
        unit = rounding(self.value[~np.isnan(self.value)].tolist())
        rounded = (abs(self.value - self.expected) <= unit) & (abs(self.value) >= 100 * unit) & (unit > 0)
        found = [
            compare_numbers(value, right, self.tolerance).right
            for value, right in zip(self.value.ravel().tolist(), self.expected.ravel().tolist(), strict=True)
        ]
        return np.array(found).reshape(self.expected.shape) | rounded

    def _following(self, follows: Sequence[Array]) -> Array:
        """For each element whether it is right given the student's earlier values. A 0 alone shows nothing."""
        found = np.zeros(self.expected.shape, dtype=bool)
        for again in follows:
            if np.shape(again) == self.expected.shape:
                close = self._close(self.value, again)
                found |= close & (close & (abs(again) > self.tolerance.atol)).any()
        return found

    def _slips(self) -> Array:
        """For each element whether it is right except for its sign or a factor of 100."""
        return (self._close(-self.value, self.expected) | self._close(self.value / 100, self.expected)) & (
            self.expected != 0
        )

    def _close(self, value: Array, right: Array) -> Array:
        rtol = self.tolerance.coarse or self.tolerance.rtol
        return abs(value - right) <= self.tolerance.atol + rtol * abs(right)

    def _is_near(self, place: tuple[int, ...], number: float) -> bool:
        return compare_numbers(number, float(self.expected[place]), self.tolerance).near

    def _in_parts(self, right: Array, follow: Array, slips: Array) -> str:
        """How many elements are right, and which are not."""
        blank = np.isnan(self.value)
        wrong = ~(right | follow | slips | blank)
        if (slips | (self.expected == 0)).all():
            return f"{_slip(slips, self.value, self.expected, 'every element')} but is otherwise right"
        parts = [f"is right in {right.sum()} of its {plural(right.size, 'element')}"] if right.any() else []
        if follow.any():
            parts.append(f"is {FOLLOWS} in {follow.sum()}{'' if parts else f' of its {follow.size} elements'}")
        if slips.any():
            parts.append(_slip(slips, self.value, self.expected, f"{slips.sum()}"))
        if wrong.any():
            named = [f"{self.value[place]:.6g} at {list(place)}" for place in _places(wrong)]
            more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
            parts.append(f"is wrong in {wrong.sum()} ({', '.join(named[:MOST_NAMED])}{more})")
        if blank.any():
            parts.append(f"lacks {blank.sum()}")
        return join_names(parts)


def array_of(rows: Rows | float, right: Array) -> Array:
    """What a student wrote as an array: in the shape asked for if only axes of size 1 differ, as in a column."""
    array = np.array(rows, dtype=np.float64)
    fitted = aligned(array, right)
    return array if fitted is None else fitted


def is_whole(array: Array, right: Array) -> bool:
    """Whether an answer has the right shape and no blank element, so that others can be computed from it."""
    return array.shape == right.shape and not np.isnan(array).any()


def common_factor(array: Array, right: Array) -> float:
    """By which factor all elements are off; 0.0 if there is none."""
    if np.shape(array) != np.shape(right) or not np.any(right):
        return 0.0
    index = np.unravel_index(abs(right).argmax(), right.shape)
    factor = float(array[index] / right[index])
    return factor if np.allclose(array, factor * right, rtol=5e-3) else 0.0


def _places(mask: Array) -> Iterator[tuple[int, ...]]:
    return (tuple(map(int, place)) for place in np.argwhere(mask))


def _element(name: str, place: tuple[int, ...]) -> str:
    return f"{name}[{', '.join(map(str, place))}]"


def _slip(slips: Array, value: Array, right: Array, where: str) -> str:
    """What the slips are, in these elements."""
    signs = (np.sign(value) != np.sign(right))[slips]
    if signs.all():
        return f"has the wrong sign in {where}"
    return f"is 100 times too large in {where}" if not signs.any() else f"has a wrong sign or factor of 100 in {where}"
