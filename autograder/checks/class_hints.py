"""Where to look if a class's results are wrong: what its outputs show, and else the first result that is wrong."""

from collections.abc import Mapping, Sequence

from autograder.checks.comparison import Comparison
from autograder.graph import parse, shape_of
from autograder.graph.array_graph import ArrayGraph
from autograder.graph.operation import Value
from autograder.rubric import Tolerance

ACTIVATIONS = {"relu": "ReLU", "sigmoid": "sigmoid", "tanh": "tanh", "softmax": "softmax", "log_softmax": "log_softmax"}


def hint(
    cls: str, outputs: Sequence[str], comparisons: Mapping[str, Comparison], right: Mapping[str, Value], near: Tolerance
) -> str:
    """Where to look; "" if nothing is wrong.

    Args:
        cls: the name of the class.
        outputs: the names of what its objects return.
        comparisons: what was returned for one set of inputs, by name, in the order of computation.
        right: the right results.
        near: how near a value must be to be the same.
    """
    wrong = next((name for name, each in comparisons.items() if each.wrong), "")
    if not wrong:
        return ""
    if wrong not in outputs and (other := [name for name in outputs if comparisons[name].shape_accepted]):
        return (
            f"{other[0]} has an axis of size 1 too many or too few: a loss may then compare every prediction "
            "with every target. Return it in the shape of the targets."
        )
    if wrong.endswith(".grad"):
        return (
            "The outputs and the loss are right and a gradient is not: does forward() leave autograd somewhere, with "
            "detach(), .data, .item(), NumPy or torch.no_grad()?"
        )
    if wrong not in outputs:
        return f"The loss is computed from what {cls} returns: has it the right shape?"
    if comparisons[wrong].kind == "none":
        return "It returns None: is a return missing at the end of forward()?"
    value = comparisons[wrong].value
    if value is not None and shape_of(value) != shape_of(right[wrong]):
        return f"Return {wrong} in the shape that is asked for: follow the shapes through forward(), layer by layer."
    if value is not None:
        for name, said in ACTIVATIONS.items():
            if near.allows(value, applied(name, right[wrong])):
                return f"What it returns is {said} of what is asked for: leave {said} out at the end of forward()."
            if near.allows(applied(name, value), right[wrong]):
                return f"Only {said} is missing, at the end of forward()."
    return "Follow forward() layer by layer: their order, the activations between them, and what is applied at the end."


def applied(operation: str, value: Value) -> Value:
    """An operation of the graphs' table, applied to a vector or a matrix."""
    graph = parse({"result": f"{operation}(value)"}, ("value",))
    return ArrayGraph(graph.inputs, graph.nodes).values({"value": value})["result"]
