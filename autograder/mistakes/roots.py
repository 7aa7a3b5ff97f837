"""Where a function of one number is 0, and which rounder number is probably meant."""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from autograder.mistakes.procedure import IMPOSSIBLE

TIDY = 2e-3  # relative: if a number with two digits is as near as this, that is meant
STEPS = 8  # of one search for a root
EXACT = 1e-7  # relative
GRID = sorted((0.0, *(sign * 2.0**power for power in range(-2, 5, 2) for sign in (-1, 1))))
ROUND = (1.0, 5.0, 2.0, 3.0, 4.0, 6.0, 7.0, 8.0, 9.0)  # the first digits that people choose, the likeliest first
Point = tuple[float, float]  # a parameter, and by how much the predicted number is wrong


def roots(function: Callable[[float], float], points: Sequence[float]) -> Iterator[float]:
    """Where a function is 0, between two of these points with different signs, or near three around a minimum."""
    known = [(point, value) for point in points if math.isfinite(value := safe(function, point))]
    for one, two, three in zip(known, known[1:], known[2:], strict=False):
        if one[1] * two[1] > 0 < two[1] * three[1] and abs(two[1]) <= min(abs(one[1]), abs(three[1])):
            lowest = _vertex(one, two, three)
            known.append((lowest, safe(function, lowest)))
    for (a, at_a), (b, at_b) in pairwise(sorted(known)):
        if at_a == 0:
            yield a
        elif at_a * at_b < 0:
            yield _between(function, (a, at_a), (b, at_b))


def safe(function: Callable[[float], float], value: float) -> float:
    try:
        return function(value)
    except IMPOSSIBLE:
        return math.nan


def _parabola(one: Point, two: Point, three: Point) -> tuple[float, float, float]:
    """The coefficients of (x − x₁)², of x − x₁ and of 1 in the parabola through three points, the first at x₁."""
    (a, at_a), (b, at_b), (c, at_c) = one, two, three
    first, second = (at_b - at_a) / (b - a), (at_c - at_a) / (c - a)
    square = (second - first) / (c - b)
    return square, first - square * (b - a), at_a


def _vertex(one: Point, two: Point, three: Point) -> float:
    """Where the parabola through three points is lowest, or highest."""
    square, slope, _ = _parabola(one, two, three)
    return one[0] - slope / (2 * square) if square else two[0]


def parabola_roots(one: Point, two: Point, three: Point) -> list[float]:
    """Where the parabola through three points, or the straight line, is 0."""
    square, slope, level = _parabola(one, two, three)
    if not all(map(math.isfinite, (square, slope, level))):
        return []
    inside = slope * slope - 4 * square * level
    if inside < 0:
        return []
    larger = -(slope + math.copysign(math.sqrt(inside), slope)) / 2  # loses no digits where the two nearly cancel
    offsets = [level / larger] if larger else []
    if abs(square) > EXACT * abs(slope):
        offsets.append(larger / square)
    return [one[0] + offset for offset in offsets]


def _between(function: Callable[[float], float], low: Point, high: Point) -> float:
    """A root between two points with different signs, by regula falsi in the Illinois variant."""
    (a, at_a), (b, at_b) = low, high
    middle = a
    for _ in range(4 * STEPS):
        middle = (a * at_b - b * at_a) / (at_b - at_a)
        value = safe(function, middle)
        if not math.isfinite(value) or abs(value) <= EXACT * max(abs(low[1]), abs(high[1])) or middle in (a, b):
            break
        if value * at_b < 0:
            a, at_a = b, at_b
        else:
            at_a /= 2
        b, at_b = middle, value
    return middle


def polished(function: Callable[[float], float], guess: float, near: float) -> float:
    """A root near a guess, by the secant method, with a value of at most `near`; the guess where that leads nowhere."""
    b, at_b = guess, safe(function, guess)
    a, at_a = b, at_b
    for step in range(STEPS):
        if abs(at_b) <= near or not math.isfinite(at_b) or (step and at_a == at_b):
            break
        further = b - at_b * (b - a) / (at_b - at_a) if step else b * (1 + 1e-4) + 1e-7
        a, at_a, b, at_b = b, at_b, further, safe(function, further)
    return b if math.isfinite(at_b) else guess


def tidy(value: float) -> float:
    """The nearest number with one digit or two, if it is so near that it is probably meant."""
    if abs(value) < 1e-6:
        return 0.0
    rounder = (float(f"{value:.{digits}g}") for digits in (1, 2))
    return next((each for each in rounder if abs(each - value) <= TIDY * abs(value)), value)


def roundest(low: float, high: float) -> float:
    """The number from `low` on and below `high` that is the likeliest to be chosen by a person; both are positive."""
    for power in range(math.floor(math.log10(high)), math.floor(math.log10(low)) - 1, -1):
        for digit in ROUND:
            number = float(f"{digit:g}e{power}")
            if low <= number < high:
                return number
    middle = math.sqrt(low * high)
    rounder = (float(f"{middle:.{digits}g}") for digits in range(2, 9))
    return next((each for each in rounder if low <= each < high), middle)
