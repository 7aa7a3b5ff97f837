"""What a marker looks for: the wrong numbers that mistakes lead to, the likeliest first, and those that earn credit."""

import math

import msgspec
import pytest

from autograder.authoring.answer_key.wrong_answers import Quantity, WrongNumber, asked_for, of_training, on_graph
from autograder.graph.descent import descend
from autograder.mistakes.for_lab import Mistakes
from autograder.rubric import Lab

LEFT_OUT = ("fnn_forward", "fnn_gradients")  # they ask for many quantities more


@pytest.fixture(scope="module")
def quantities(real_lab: Lab) -> dict[tuple[str, str], Quantity]:
    """Everything that the lab asks for, by graph or training function, and by name."""
    kept = {name: each for name, each in real_lab.rubric.functions.items() if not name.startswith(LEFT_OUT)}
    the_lab = Lab(real_lab.folder, msgspec.structs.replace(real_lab.rubric, functions=kept))
    mistakes, at = Mistakes(the_lab), the_lab.defaults("train")
    steps = descend(the_lab.graphs["task1"], ("w",), at.inputs, 0.01, 20)
    right = {"w": steps[-1].weights["w"], "losses": [step.loss for step in steps[:-1]]}
    found = {(graph, each.name): each for graph in the_lab.graphs for each in on_graph(the_lab, mistakes, graph)}
    return found | {("train", each.name): each for each in of_training(mistakes, "train", at, right)}


@pytest.mark.parametrize(
    ("place", "name", "counts", "accepted", "first"),
    [
        # mistakes known, wrong numbers, mistakes that give the right one; accepted; a number and its mistakes
        (
            "task1",
            "s",
            (23, 12, 6),
            [],
            [
                (-1, 1),
                (2, 2),
                (3, 3),
                (-0.5, 2),
                (-2, 1),
                (1.5, 1),
                (3.5, 2),
                (2.5, 1),
            ],
        ),
        (
            "task1",
            "dloss_dw",
            (65, 25, 11),
            [],
            [
                (4, 6),
                (1, 4),
                (2, 6),
                (-8, 1),
                (16, 6),
                (32, 1),
                (0, 1),
                (0.5, 2),
            ],
        ),
        (
            "task2",
            "y_hat",
            (55, 33, 9),
            [0.622459],
            [
                (0.4, 1),
                (0.401312, 1),
                (1.67032, 1),
                (0.5, 1),
                (0.645356, 1),
                (0.24, 1),
                (0.543926, 1),
                (0.549834, 4),
            ],
        ),
        (
            "task2",
            "loss",
            (85, 54, 10),
            [0.16, 0.158952],
            [
                (-0.401312, 1),
                (0.0805258, 1),
                (0.25, 3),
                (0.36, 1),
                (0.358427, 3),
                (0.449329, 1),
                (0.208003, 1),
                (0.125772, 1),
            ],
        ),
        (
            "task2",
            "dloss_dw2",
            (177, 125, 11),
            [-0.38526, -0.375644, -0.37724, -0.397326, -0.385578, -0.398721],
            [
                (-0.38526, 1),
                (-0.192839, 3),
                (0.961043, 4),
                (0.154778, 1),
                (0.0773888, 2),
                (-0.367396, 1),
                (-0.257683, 1),
                (-0.0385678, 1),
            ],
        ),
        (
            "task2",
            "dloss_dw1",
            (218, 160, 15),
            [-0.154104, -0.157246, -0.159438, -0.150896, -0.15893, -0.154231, -0.159489],
            [
                (-0.154104, 1),
                (-0.0771357, 2),
                (0.384417, 4),
                (0.061911, 1),
                (0.0309555, 1),
                (-0.146958, 1),
                (-0.103073, 1),
                (-1.54271, 1),
            ],
        ),
        (
            "train",
            "w",
            (101, 77, 9),
            [],
            [
                (0.429835, 1),
                (0.5, 1),
                (1.67948e29, 1),
                (-0.0473743, 1),
                (0.249996, 1),
                (1.76357e06, 1),
                (64.7291, 1),
                (0.257648, 1),
            ],
        ),
        (
            "train",
            "losses",
            (125, 99, 10),
            [],
            [
                (1, 1),
                (1, 3),
                (1, 1),
                (1, 1),
                (1, 1),
                (1, 1),
                (1, 1),
                (1, 1),
            ],
        ),
    ],
)
def test_the_likeliest_wrong_numbers_come_first(
    quantities: dict[tuple[str, str], Quantity],
    place: str,
    name: str,
    counts: tuple[int, int, int],
    accepted: list[float],
    first: list[tuple[float, int]],
) -> None:
    found = quantities[place, name]
    assert (found.mistakes, len(found.wrong), len(found.unseen)) == counts
    assert [each.numbers[0] for each in found.wrong if each.accepted] == pytest.approx(accepted, rel=1e-5)
    shown = [(each.numbers[0], len(each.mistakes)) for each in found.wrong[: len(first)]]
    assert shown == [(pytest.approx(number, rel=1e-5), mistakes) for number, mistakes in first]


def test_a_quantity_says_where_it_is_asked_for(quantities: dict[tuple[str, str], Quantity], real_lab: Lab) -> None:
    assert quantities["task1", "loss"].asked == ("on paper", "check_result")
    assert quantities["task2", "dloss_dw1"].asked == ("on paper", "fnn_check_result")
    assert quantities["train", "w"].asked == ("train",)
    assert list(asked_for(real_lab, "task1")) == ["y_hat", "s", "loss", "dloss_dw"]


def test_wrong_numbers_are_those_of_their_mistakes(quantities: dict[tuple[str, str], Quantity]) -> None:
    assert quantities["task1", "dloss_dw"].right == (8.0,)
    assert quantities["task1", "dloss_dw"].wrong[4] == WrongNumber(
        (16.0,),
        (
            "ds_dy_hat is y_hat itself",
            "y is left out of s",
            "dloss_ds appears twice in dloss_dw",
            "dloss_dw is twice what it should be",
            "the two operands are multiplied at s",
            "dloss_ds is x",
        ),
    )
    losses = quantities["train", "losses"]
    assert losses.wrong[1].numbers == (1.0,) * 20
    assert losses.right[:2] == pytest.approx((1.0, 0.4624))
    assert {len(each.numbers) for each in losses.wrong} == {1, 3, 4, 10, 19, 20, 21}
    assert all(len(each.numbers) == 1 for each in quantities["train", "w"].wrong)
    assert all(
        map(math.isfinite, (number for each in quantities.values() for wrong in each.wrong for number in wrong.numbers))
    )


def test_no_mistakes_are_known_where_the_right_number_is_another(real_lab: Lab) -> None:
    at = real_lab.defaults("train")
    weight, _ = of_training(Mistakes(real_lab), "train", at, {"w": 0.3, "losses": [0.0] * 20})
    assert (weight.mistakes, weight.wrong, weight.unseen, weight.right) == (0, (), (), (0.3,))
