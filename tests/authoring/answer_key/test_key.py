"""Every number of the key is right by torch's autograd in float64, for this lab and for one with sums over paths."""

import math
from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from small_labs import changed

from autograder import rubric
from autograder.authoring.answer_key.derivation import Derived
from autograder.authoring.answer_key.key import Key, key
from autograder.graph import Graph
from autograder.rubric import Lab
from autograder.sandbox.host.fork_server import ForkServer

TORCH = {
    "+": torch.add,
    "-": torch.sub,
    "*": torch.mul,
    "**": torch.pow,
    "neg": torch.neg,
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "log": torch.log,
}


def close(value: float, other: float) -> bool:
    return math.isclose(value, other, rel_tol=1e-12, abs_tol=1e-12)


def by_torch(graph: Graph, inputs: Mapping[str, float]) -> dict[str, torch.Tensor]:
    """The graph built of tensors in float64."""
    nodes = {
        name: torch.tensor(float(value), dtype=torch.float64, requires_grad=True) for name, value in inputs.items()
    }
    for node in graph.nodes:
        operands = [nodes[each] if isinstance(each, str) else torch.tensor(each) for each in node.operands]
        nodes[node.name] = TORCH[node.operation](*operands)
    return nodes


def derivative(of: torch.Tensor, wrt: torch.Tensor) -> float:
    (found,) = torch.autograd.grad(of, wrt, retain_graph=True, allow_unused=True)
    return 0.0 if found is None else found.item()


def local(graph: Graph, nodes: Mapping[str, torch.Tensor], of: str, wrt: str) -> float:
    """The derivative of one operation alone."""
    node = next(node for node in graph.nodes if node.name == of)
    held = {name: nodes[name].detach().requires_grad_() for name in node.names}
    result = TORCH[node.operation](*(held[x] if isinstance(x, str) else torch.tensor(x) for x in node.operands))
    return derivative(result, held[wrt])


def assert_right(graph: Graph, right: Derived) -> None:
    nodes = by_torch(graph, right.inputs)
    assert [each.name for each in right.values] == [node.name for node in graph.nodes]
    for each in right.values:
        assert close(each.number.value, nodes[each.name].item()), each.name
    links = [(node.name, name) for node in reversed(graph.nodes) for name in node.names]
    assert [each.name for each in right.partials] == [f"d{of}_d{wrt}" for of, wrt in links]
    partials = {}
    for each, (of, wrt) in zip(right.partials, links, strict=True):
        partials[each.name] = each.number.value
        assert close(each.number.value, local(graph, nodes, of, wrt)), each.name
    for each in right.gradients:
        of, wrt = each.name[1:].split("_d", 1)
        assert close(each.number.value, derivative(nodes[of], nodes[wrt])), each.name
        for path in each.paths:
            assert close(path.value, math.prod(partials[factor] for factor in path.factors))
        assert close(sum(path.value for path in each.paths), each.number.value)


def test_every_number_of_the_lab_is_torchs(real_key: Key, real_lab: Lab) -> None:
    assert [graph.name for graph in real_key.graphs] == ["task1", "task2"]
    for graph in real_key.graphs:
        assert_right(real_lab.graphs[graph.name], graph.right)
        nodes = by_torch(real_lab.graphs[graph.name], graph.right.inputs)
        for quantity in graph.asked:
            if quantity.name in nodes:
                expected = nodes[quantity.name].item()
            else:
                of, wrt = quantity.name[1:].split("_d", 1)
                expected = derivative(nodes[of], nodes[wrt])
            assert close(quantity.right[0], expected), quantity.name
    names = [quantity.name for graph in real_key.graphs for quantity in graph.asked]
    assert names[:4] == ["y_hat", "s", "loss", "dloss_dw"]
    assert len(names) == 4 + 8 + 7
    assert [each.name for graph in real_key.graphs for each in graph.right.gradients] == [
        "dloss_dw",
        "dloss_dw2",
        "dloss_dw1",
    ]


def test_training_is_torchs_epoch_by_epoch(real_key: Key) -> None:
    (training,) = real_key.trainings
    w = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    assert len(training.epochs) == 21
    for step in training.epochs:
        loss = (4 * w - 1) ** 2
        slope = derivative(loss, w)
        for mine, torchs in ((step.weights["w"], w.item()), (step.loss, loss.item()), (step.gradients["w"], slope)):
            assert close(mine, torchs)
        with torch.no_grad():
            w -= 0.01 * slope
    assert training.closed_form is not None
    assert (training.closed_form.best, training.closed_form.largest_rate) == (0.25, 1 / 16)
    assert [each.name for each in training.asked] == ["w", "losses"]
    assert training.asked[0].right == (training.epochs[-1].weights["w"],)
    assert training.asked[1].right == tuple(step.loss for step in training.epochs[:-1])


def test_a_node_used_twice_makes_the_gradient_a_sum_over_paths(two_weights: tuple[Lab, Key]) -> None:
    the_lab, found = two_weights
    (graph,) = found.graphs
    assert_right(the_lab.graphs["logistic"], graph.right)
    assert {each.name: each.of_paths for each in graph.right.gradients} == dict.fromkeys(
        ("dloss_dw", "dloss_db", "dloss_dy_hat"), 2
    )
    gradient = graph.right.gradients[0]
    assert gradient.paths[0].factors == ("dloss_dsum", "dsum_dyp", "dyp_dp", "dp_dy_hat", "dy_hat_dt", "dt_dz", "dz_dw")
    assert sum(piece.startswith("+ ") for piece in gradient.lines[0]) == 1


def test_several_weights_are_trained_together(two_weights: tuple[Lab, Key]) -> None:
    (training,) = two_weights[1].trainings
    assert training.weights == ("w", "b")
    assert training.closed_form is None
    w, b = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (0.5, -0.3))
    optimizer = torch.optim.SGD([w, b], lr=0.5)
    for step in training.epochs:
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            w * 1.5 + b, torch.tensor(0.25, dtype=torch.float64)
        )
        optimizer.zero_grad()
        loss.backward()
        assert w.grad is not None
        assert b.grad is not None
        for mine, torchs in (
            (step.loss, loss),
            (step.weights["w"], w),
            (step.weights["b"], b),
            (step.gradients["w"], w.grad),
            (step.gradients["b"], b.grad),
        ):
            assert close(mine, torchs.item())
        optimizer.step()


def test_another_input_in_the_rubric_is_another_key(server: ForkServer, tmp_path: Path) -> None:
    folder = changed(
        tmp_path, ("rubric.yaml", "published: { x: 4, y: 1, w: 0.5 }", "published: { x: 3, y: 1, w: 0.5 }")
    )
    task1 = key(rubric.load(folder), server).graphs[0]
    assert [each.number.value for each in task1.right.values] == [1.5, 0.5, 0.25]
    assert task1.right.gradients[0].number.value == 3
    assert task1.right.gradients[0].lines[-1] == ("= 3",)


def test_wrong_numbers_are_not_right(real_key: Key) -> None:
    asked = {quantity.name: quantity for graph in real_key.graphs[1:] for quantity in graph.asked}
    gradient = asked["dloss_dw2"]
    assert gradient.asked == ("on paper", "fnn_gradients", "fnn_check_result")
    # The handout's own formula comes first, and earns credit on paper; then the factor 2 that is forgotten.
    first, second = gradient.wrong[:2]
    assert first.accepted
    assert first.numbers == pytest.approx((2 * -0.40131234 * 0.24 * 2,))
    assert not second.accepted
    assert second.numbers == pytest.approx((-0.1928392,))
    assert "dloss_ds is missing the factor that comes from the exponent" in second.mistakes
    for graph in real_key.graphs:
        for quantity in graph.asked:
            shown = [f"{wrong.numbers[0]:.6g}" for wrong in quantity.wrong]
            assert len(set(shown)) == len(shown)
            assert f"{quantity.right[0]:.6g}" not in shown
            assert len(quantity.unseen) + sum(len(wrong.mistakes) for wrong in quantity.wrong) <= quantity.mistakes


def test_it_is_said_how_little_the_published_inputs_prove(real_key: Key) -> None:
    task1 = {quantity.name: quantity for quantity in real_key.graphs[0].asked}["dloss_dw"]
    assert "the exponent in dloss_ds is not lowered by one" in task1.unseen  # 2s² is 2s where s = 1
    assert len(task1.unseen) >= 9
    never_zeroed = real_key.trainings[0].asked[0].wrong[0]
    assert never_zeroed.mistakes == ("the gradient is never cleared, so it accumulates from epoch to epoch",)


def test_the_reference_is_shown_with_what_it_gives(real_key: Key, real_lab: Lab) -> None:
    assert real_key.reference.file == "reference/Lab4.py"
    assert real_key.reference.code == (real_lab.reference / "Lab4.py").read_text().strip("\n")
    runs = {run.call: run.output for run in real_key.reference.runs}
    assert list(runs) == [f"{name}()" for name in real_lab.rubric.functions]
    assert runs["check_result()"].endswith("(1.0, 8.0)")
    assert "'y_hat': 0.598688" in runs["fnn_forward()"]
