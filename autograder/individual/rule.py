"""Choose the rule by which a graph's published inputs are drawn for each student."""

from decimal import Decimal

from autograder.rubric.draw import Drawn, Interval
from autograder.rubric.schema import GraphEntry


def draw_rule(entry: GraphEntry) -> Drawn:
    """The rubric's own rule; without one, a rule derived from the published inputs.

    A derived rule draws each number with as many decimals as the published one, of the same order of magnitude and of
    the same sign. For a negative number either sign is drawn; 0 stays 0.
    """
    if entry.individual:
        return entry.individual
    published = {name: Decimal(str(value)).normalize() for name, value in entry.inputs["published"].items()}
    return Drawn(
        {name: _similar_range(number) for name, number in published.items()},
        decimals={name: _decimals(number) for name, number in published.items()},
    )


def _similar_range(number: Decimal) -> tuple[Interval, ...]:
    if not number:
        return ((0.0, 0.0),)
    low = Decimal(10) ** number.adjusted()
    high = 10 * low - Decimal(10) ** -_decimals(number)
    above = float(low), float(high)
    return (above,) if number > 0 else ((-above[1], -above[0]), above)


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
