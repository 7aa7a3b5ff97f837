"""Functions that return numbers: each returned quantity is compared with the right one."""

from collections.abc import Sequence
from dataclasses import replace

from autograder import rubric
from autograder.checks import follow_through, score
from autograder.checks.compare import compare
from autograder.checks.comparison import Comparison
from autograder.checks.context import CodeContext
from autograder.checks.failures import CallFailure
from autograder.checks.parse_result import ParsedResult, read
from autograder.checks.score import ComparedCall, Comparisons
from autograder.graph import shape_of
from autograder.graph.operation import Value
from autograder.graph.quantities import derivative, derivative_name
from autograder.outcome import Outcome
from autograder.rubric import CallArguments, published
from autograder.rubric.without_graph import outputs
from autograder.sandbox.host import protocol
from autograder.sandbox.host.calls import Call

NumbersCheck = rubric.ValuesCheck | rubric.GradientsCheck


def grade(check: NumbersCheck, context: CodeContext) -> Outcome:
    """Call the function with each set of inputs, compare what it returns, and score every quantity."""
    calls = context.calls(check)
    each_compared = [compared(check, context, arguments, call) for arguments, call in calls]
    given = [arguments for arguments, _ in calls]
    followed = _follow(check, context, given, each_compared)
    if context.lab.rubric.functions[check.function].is_class:
        hint = _hint_for_class(check, context, given, followed)
    else:
        hint = _hint_for_order(check, context, given, followed)
        hint = hint or hint_for(check, context, score.by_quantity(context.lab.quantities(check), followed))
    return score.outcome(check, context, calls, followed, hint)


def hint_for(check: NumbersCheck, context: CodeContext, comparisons: Comparisons) -> str:
    """Where to look first: at the first wrong quantity, in the order in which they are computed."""
    wrong = [name for name, found in comparisons.items() if any(each and each.wrong for each in found)]
    if not wrong:
        return ""
    if any(each and each.kind == "missing" for each in comparisons[wrong[0]]):
        return f"Return every value under its name: {', '.join(comparisons)}."
    if not context.lab.graphs[context.lab.rubric.functions[check.function].graph].is_known:
        return f"Compare {wrong[0]} with what the lab sheet asks for: its shape, and how each element is computed."
    if all(each is None or each.right or each.kind in score.DESCRIBED for each in comparisons[wrong[0]]):
        shape = context.lab.shape(check.function, wrong[0])
        return f"Return {wrong[0]} as {f'an array of shape {shape}' if shape else 'a single number'}."
    function = context.lab.rubric.functions[check.function]
    graph = context.lab.graphs[function.graph]
    if function.by == "autograd":
        if score.constant(comparisons[wrong[0]]):
            return "Compute everything inside the function, from its parameters, with no tensors from outside."
        if wrong[0] == graph.output:
            return "Your forward pass differs from the graph: compare them node by node."
        order = ", ".join(function.returns)
        after = f"backward(), and which .grad is returned ({order})"
        if graph.output in comparisons:  # and right, or it would be the first that is wrong
            return f"The loss is right, so look at what comes after it: {after}."
        return f"Compare the forward pass and the loss with the graph, and then what comes after them: {after}."
    gradients = {derivative_name(graph.output, weight) for weight in graph.inputs}
    if wrong[0] == list(comparisons)[-1] and not set(comparisons) <= gradients:
        return f"Everything before {wrong[0]} is right; look at the line that computes it."
    if set(wrong) <= gradients:
        return (
            "A gradient is the product of the local derivatives on the path from the loss to the weight; "
            "check them one by one."
        )
    return f"Look at {wrong[0]} first: of what is wrong, it is computed first."


def _hint_for_order(
    check: NumbersCheck, context: CodeContext, given: Sequence[CallArguments], compared: Sequence[ComparedCall]
) -> str:
    """Where to look if every right value was returned, but not in its place; "" if that is not so."""
    tolerance = context.lab.rubric.tolerances[check.tolerance]
    for arguments, each in zip(given, compared, strict=True):
        if not any(found.wrong for found in each.comparisons.values()):
            continue
        rights = context.oracle.values(check.function, arguments)
        values = [found.value for found in each.comparisons.values()]
        places = [
            [place for place, value in enumerate(values) if _same(value, right, tolerance)] for right in rights.values()
        ]
        if sorted(places) == [[place] for place in range(len(values))]:
            return f"These are the right values, in other places: return {', '.join(rights)}."
    return ""


def _same(value: Value | None, right: Value, tolerance: rubric.Tolerance) -> bool:
    return value is not None and shape_of(value) == shape_of(right) and tolerance.allows(value, right)


def _hint_for_class(
    check: NumbersCheck, context: CodeContext, given: Sequence[CallArguments], compared: Sequence[ComparedCall]
) -> str:
    from autograder.checks.class_hints import hint  # imports NumPy

    function = context.lab.rubric.functions[check.function]
    tolerance = context.lab.rubric.tolerances[check.tolerance]
    hints = (
        hint(
            *(check.function, outputs(function), each.comparisons),
            *(context.oracle.values(check.function, arguments), tolerance),
        )
        for arguments, each in zip(given, compared, strict=True)
        if each.comparisons
    )
    return next(filter(None, hints), "")


def _parse(check: NumbersCheck, context: CodeContext, call: Call) -> ParsedResult | CallFailure:
    """The returned values by their names, or why there are none."""
    if failure := context.why_unanswered(check, call):
        return failure
    assert isinstance(call.verdict, protocol.Returned)
    function = context.lab.rubric.functions[check.function]
    arrays = context.lab.graphs[function.graph].has_arrays
    result = read(call.verdict.value, function.returns, context.lab.rubric.aliases, arrays=arrays)
    result = result if published(check) else result.unspoken
    if result.problem:
        advice = "Return them in this order, or a dict with these names."
        return CallFailure(f"{check.function}(): {result.problem}.", advice)
    return result


def compared(check: NumbersCheck, context: CodeContext, arguments: CallArguments, call: Call) -> ComparedCall:
    """Compare everything that a call returned, also quantities that others follow from without being scored."""
    if isinstance(call.verdict, protocol.Misfit | protocol.Raised):
        context.oracle.values(check.function, arguments)  # a fault if the reference does not fit the rubric either
    result = _parse(check, context, call)
    if isinstance(result, CallFailure):
        return ComparedCall({}, unanswered=result)
    graph = context.lab.graphs[context.lab.rubric.functions[check.function].graph]
    comparisons = {
        name: compare(
            result.values.get(name),
            right,
            context.lab.rubric.tolerances[check.tolerance],
            none_is_zero=isinstance(check, rubric.GradientsCheck),
            telling=name == graph.output or derivative(graph, name) is not None,
            arrays=graph.has_arrays,
        )
        for name, right in context.oracle.values(check.function, arguments).items()
    }
    function = context.lab.rubric.functions[check.function]
    if function.is_class:
        own = outputs(function)
        comparisons = {name: _of_class(name, each, own) for name, each in comparisons.items()}
    return ComparedCall(comparisons, result.notes)


def _of_class(name: str, found: Comparison, outputs: Sequence[str]) -> Comparison:
    """The same, said of a class: it returns the outputs alone, and the grader computes the rest from them."""
    if found.kind == "missing":
        return replace(found, text="cannot be computed from what it returns")
    return replace(found, text="is None") if found.kind == "none" and name in outputs else found


def _follow(
    check: NumbersCheck, context: CodeContext, arguments: Sequence[CallArguments], compared: Sequence[ComparedCall]
) -> Sequence[ComparedCall]:
    """Where the student worked by hand, note wrong values that are correct given the student's own earlier values."""
    function = context.lab.rubric.functions[check.function]
    graph = context.lab.graphs[function.graph]
    answered = [index for index, each in enumerate(compared) if each.comparisons]
    wrong = any(each.wrong for index in answered for each in compared[index].comparisons.values())
    if function.by == "autograd" or not wrong or not graph.is_known:
        return compared
    sets = [(arguments[index].inputs, compared[index].comparisons) for index in answered]
    need_nodes = follow_through.lacks_nodes(graph, function.returns)
    own_nodes = [context.own_nodes(function.graph, inputs) for inputs, _ in sets] if need_nodes else ()
    followed = follow_through.through(graph, sets, context.lab.rubric.tolerances[check.tolerance], own_nodes)
    done = dict(zip(answered, followed, strict=True))
    return [replace(each, comparisons=done.get(index, each.comparisons)) for index, each in enumerate(compared)]
