"""Functions with a parameter `device`: whether everything they compute is on it. This shows without a GPU, too."""

from collections.abc import Sequence

from autograder import rubric
from autograder.checks.context import CodeContext
from autograder.checks.failures import may_tell_lines
from autograder.graph import shape_of
from autograder.graph.operation import Value
from autograder.outcome import Finding, Outcome
from autograder.rubric import CallArguments, CodeCheck, published
from autograder.sandbox.host.calls import Looked, NotRun
from autograder.sandbox.host.process import Ended, TimedOut
from autograder.sandbox.host.protocol import DeviceBug, DeviceBugKind, DeviceBugs
from autograder.text import clean, join_names, plural

EPOCHS = 2  # enough to show bugs of the second epoch; later epochs have no others
NUDGE = 0.0137  # added to inputs, so that they differ from constants in the program
MOST_NAMED = 3  # inputs or lines in a sentence

NONE_YET = "No function is right for other numbers yet; each will be checked once it is."
UNDECIDED = {
    "no device": "it takes no parameter device",
    "device unused": "it computed with no tensor on the device",
    "raised": "it raised an exception when it was tried",
}
ADVICE = {
    "cpu": "Make every tensor on the device, torch.tensor(…, device=device), or move it there with .to(device).",
    "cuda": "Use the parameter `device` there, so that it works on a machine without such a device too.",
    "leaf": "Set requires_grad on the device: torch.tensor(w, device=device, requires_grad=True). What .to(device) "
    "returns is another tensor, whose .grad stays None.",
    "numpy": "NumPy works only on the CPU: .detach().cpu().numpy(), or .item() for a single number.",
}


def grade(check: rubric.DeviceCheck, context: CodeContext) -> Outcome:
    """Give every function an equal share of the points if it has no device bug, or if that cannot be decided.

    A function has to earn points with hidden inputs first: one that computes nothing right could report any devices.
    """
    found = {name: _looked_at(name, context) for name in check.functions if _earns(name, context)}
    if not found:
        return Outcome(0.0, NONE_YET, graded=False)
    findings = [_finding(name, found.get(name), context) for name in check.functions]
    earned = sum(finding.state == "right" for finding in findings)
    undecided = sum(bool(_undecided(each)) for each in found.values())
    kinds = [bug.kind for each in found.values() for bug in _bugs(each)]
    return Outcome(
        round(check.points * earned / len(findings), 2),
        f"Tried as if on a GPU: {earned - undecided} of {plural(len(findings), 'function')} right"
        f"{f', {undecided} could not be checked' if undecided else ''}.",
        tuple(findings),
        _advice(kinds[0], [name for name, each in found.items() if _bugs(each)], context) if kinds else "",
    )


def _advice(kind: DeviceBugKind, functions: Sequence[str], context: CodeContext) -> str:
    if kind == "cpu" and any(context.lab.rubric.functions[name].is_class for name in functions):
        return f"{ADVICE[kind]} A module takes its parameters with it, and what self.register_buffer(…) has given it."
    return ADVICE[kind]


def _earns(function: str, context: CodeContext) -> bool:
    """Whether a function has earned points with hidden inputs."""
    checks = [each for each in context.lab.rubric.checks if isinstance(each, CodeCheck) and each.function == function]
    return any(context.record.points.get(each.number, 0.0) > 0 for each in checks if not published(each))


def _looked_at(function: str, context: CodeContext) -> Looked:
    arguments = _arguments(function, context)
    return context.program.device_bugs(function, arguments.inputs, arguments.settings)


def _arguments(function: str, context: CodeContext) -> CallArguments:
    """Inputs close to the published ones, so that nothing about hidden inputs is revealed."""
    handout = context.lab.defaults(function)
    labels = context.lab.graphs[context.lab.rubric.functions[function].graph].labels
    nudged = {
        name: value if name in labels or _whole(value) else value + NUDGE * number
        for number, (name, value) in enumerate(handout.inputs.items(), 1)
    }
    epochs = {"n_epochs": EPOCHS} if "n_epochs" in handout.settings else {}
    return CallArguments(nudged, {**handout.settings, **epochs})


def _whole(value: Value) -> bool:
    """Whether it is an array of whole numbers, such as labels: these have to stay what they are."""
    return bool(shape_of(value)) and value.dtype.kind == "i"


def _finding(function: str, found: Looked | None, context: CodeContext) -> Finding:
    if found is None:
        return Finding(function, "blank", "will be checked once it is right for other numbers")
    if bugs := _bugs(found):
        kinds = dict.fromkeys(bug.kind for bug in bugs)
        said = [_said(kind, [bug for bug in bugs if bug.kind == kind], function, context) for kind in kinds]
        return Finding(function, "wrong", "; ".join(said))
    if why := _undecided(found):
        return Finding(function, "right", f"could not be checked, which costs no points: {why}")
    return Finding(function, "right")


def _bugs(found: Looked) -> Sequence[DeviceBug]:
    return found.bugs if isinstance(found, DeviceBugs) else ()


def _undecided(found: Looked) -> str:
    """Why it cannot be decided whether a function is right, as a clause; "" if it can."""
    match found:
        case DeviceBugs(bugs, reason):
            return UNDECIDED[reason] if reason and not bugs else ""
        case Ended():  # how it ended is not said: the program could choose that to reveal hidden inputs
            return "it ended the process when it was tried"
        case TimedOut(seconds):
            return f"it did not return within {seconds:.3g} s when it was tried"
        case NotRun(because):
            return f"it was not tried: {because}"


def _said(kind: DeviceBugKind, bugs: Sequence[DeviceBug], function: str, context: CodeContext) -> str:
    """All bugs of one kind, as a clause."""
    names = context.lab.rubric.functions[function].inputs
    held = [bug.parameter for bug in bugs]
    named = list(dict.fromkeys(names[each] for each in held if each is not None and 0 <= each < len(names)))
    what = join_names(named[:MOST_NAMED]) or "a tensor"
    verb = "are" if len(named) > 1 else "is"
    where = _where(bugs, context)
    match kind:
        case "cpu":
            return f"{what} {verb} left on the CPU although `device` is given{where}"
        case "cuda":
            name = "mps" if "mps" in where and "cuda" not in where else "cuda"
            return (
                f"`{name}` is hard-coded{where}; the grader used its own device instead, so that it can grade the rest"
            )
        case "leaf":
            return f"{what} {verb} moved to the device after requires_grad was set{where}"
        case "numpy":
            return f"a tensor on the device is converted to a NumPy array{where}"


def _where(bugs: Sequence[DeviceBug], context: CodeContext) -> str:
    """The text of the first line with a bug and the numbers of the others; "" if the program has no such lines, or too
    many to tell one."""
    program = context.submission.program
    cells, parts = (program.cells, program.parts) if program else ((), ())
    places: dict[str, str] = {}  # a line's text by its name ("line 3")
    for bug in bugs if may_tell_lines(cells) else ():
        lines = cells[bug.cell - 1].split("\n") if bug.cell and 1 <= bug.cell <= len(cells) else []
        if bug.line and 1 <= bug.line <= len(lines):
            cell = parts[bug.cell - 1] if parts and bug.cell else f"code cell {bug.cell}" if len(cells) > 1 else ""
            places[f"{cell}{', ' if cell else ''}line {bug.line}"] = clean(lines[bug.line - 1].strip(), 100)
    if not places:
        return ""
    first, *others = places
    return f" ({'; '.join([f'{first}: `{places[first]}`', *others[: MOST_NAMED - 1]])})"
