"""Functions that return numbers: what they return is compared, quantity by quantity, with what the reference
returns."""

from collections.abc import Sequence
from dataclasses import replace

from autograder import rubric
from autograder.checks import follow_through, score
from autograder.checks.compare import Comparison, compare
from autograder.checks.context import CodeContext
from autograder.checks.failures import CallFailure
from autograder.checks.parse_result import ParsedResult, read
from autograder.checks.score import Answered, Comparisons
from autograder.graph import derivative_name, split_derivative
from autograder.outcome import Outcome
from autograder.rubric import CallArguments, published
from autograder.sandbox.host import protocol
from autograder.sandbox.host.program import Call


def grade(check: rubric.ValuesCheck | rubric.GradientsCheck, context: CodeContext) -> Outcome:
    """Compare every quantity for every set of inputs; see `tally`."""
    return score.score_calls(
        check,
        context,
        lambda calls: _answered(check, context, calls),
        lambda comparisons: hint_for(check, context, comparisons),
    )


def hint_for(check: rubric.ValuesCheck | rubric.GradientsCheck, context: CodeContext, comparisons: Comparisons) -> str:
    """Where to look first: at the first quantity that is wrong, in the order in which they are computed."""
    wrong = [name for name, found in comparisons.items() if any(each and each.wrong for each in found)]
    if not wrong:
        return ""
    if any(each and each.kind == "missing" for each in comparisons[wrong[0]]):
        return f"Return every value under its name: {', '.join(comparisons)}."
    function = context.lab.rubric.functions[check.function]
    graph = context.lab.graphs[function.graph]
    if function.by == "autograd":
        if wrong[0] == graph.output:
            return "The forward pass is not that of the graph: compare them node by node."
        order = ", ".join(function.returns)
        return f"The loss is right, so look at what comes after it: backward(), and which .grad is returned ({order})."
    if all(name in {derivative_name(graph.output, weight) for weight in graph.inputs} for name in comparisons):
        return (
            "A gradient is the product of the local derivatives on its way from the loss to the weight; "
            "check them one by one."
        )
    if wrong[0] == list(comparisons)[-1]:
        return f"Everything before {wrong[0]} is right; look at the line that computes it."
    return f"Look at {wrong[0]} first; what is computed from it can only be right if it is."


def _answered(
    check: rubric.ValuesCheck | rubric.GradientsCheck,
    context: CodeContext,
    calls: Sequence[tuple[CallArguments, Call]],
) -> list[Answered]:
    """Every call compared; then, where a graph's steps are returned, what follows from an earlier slip is marked so."""
    answered = [_compared_call(check, context, *each) for each in calls]
    function = context.lab.rubric.functions[check.function]
    graph = context.lab.graphs[function.graph]
    ready = [index for index, each in enumerate(answered) if each.comparisons]
    if function.by == "autograd" or not any(each.wrong for i in ready for each in answered[i].comparisons.values()):
        return answered
    followed = follow_through.through(
        graph,
        [(calls[index][0].inputs, answered[index].comparisons) for index in ready],
        context.lab.rubric.tolerances[check.tolerance],
        lambda inputs: context.own_nodes(function.graph, inputs),
    )
    for index, comparisons in zip(ready, followed, strict=True):
        answered[index] = replace(answered[index], comparisons=comparisons)
    return answered


def _compared_call(
    check: rubric.ValuesCheck | rubric.GradientsCheck, context: CodeContext, arguments: CallArguments, call: Call
) -> Answered:
    if reason := context.why_unanswered(check, call):
        return Answered({}, unanswered=reason)
    assert isinstance(call.verdict, protocol.Returned)
    rules = context.lab.rubric
    names = rules.functions[check.function].returns
    returned = read(call.verdict.value, names, rules.aliases)
    returned = returned if published(check) else returned.unspoken
    if returned.problem:
        mend = "Return them in this order, or a dict with these names."
        return Answered({}, unanswered=CallFailure(f"{check.function}(): {returned.problem}.", mend))
    truth = context.oracle.values(check.function, arguments)  # of all: what follows from an earlier slip needs them
    comparisons = {name: _compared(check, context, returned, right, name) for name, right in truth.items()}
    return Answered(comparisons, returned.notes)


def _compared(
    check: rubric.ValuesCheck | rubric.GradientsCheck,
    context: CodeContext,
    returned: ParsedResult,
    truth: float,
    name: str,
) -> Comparison:
    graph = context.lab.graphs[context.lab.rubric.functions[check.function].graph]
    return compare(
        returned.values.get(name),
        truth,
        context.lab.rubric.tolerances[check.tolerance],
        none_is_zero=isinstance(check, rubric.GradientsCheck),
        telling=name == graph.output or split_derivative(name, graph.names) is not None,
    )
