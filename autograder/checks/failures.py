"""Explains to the student why a call gave no result: what happened, and what to look at."""

import builtins
import difflib
import math
import re
import textwrap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from autograder.checks.exceptions import advice
from autograder.errors import GraderFault
from autograder.sandbox.host import protocol
from autograder.sandbox.host.calls import Call, NotRun
from autograder.sandbox.host.process import Ended, Response, TimedOut
from autograder.sandbox.host.protocol import Failure, Loaded
from autograder.text import join_names, plural

UNWRITTEN = "still to be written"
MOST_LISTED = 12  # parameters in a sentence
MOST_LINES = 500  # of a program, all cells together; which of more lines is named could encode a hidden input


def may_tell_lines(cells: Sequence[str]) -> bool:
    """Whether a program is so short that it tells little by which of its lines is named: it could choose one by the
    hidden inputs."""
    return sum(cell.count("\n") + 1 for cell in cells) <= MOST_LINES


@dataclass(frozen=True)
class CallFailure:
    """Why there is no result."""

    sentence: str
    advice: str = ""
    reason: str = ""  # identifies the reason, if its sentence differs between checks

    @property
    def key(self) -> str:
        """Equal for equal reasons, so that each is given once."""
        return self.reason or self.sentence


def unanswered(
    function: str,
    call: Call,
    loading: Response | None,
    functions: Mapping[str, Sequence[str]],
    *,
    show: bool,
    program: Sequence[str],
    parameters: Mapping[str, Sequence[int]] = MappingProxyType({}),
) -> CallFailure | None:
    """Why `call` gave nothing to compare; None if it returned something.

    Args:
        loading: what came of executing the program, if it was executed.
        functions: the names that each function of the lab returns.
        show: whether text from the student's process may be quoted. With hidden inputs it may not: any word or number
            in it could contain them.
        program: the program's cells. Without `show`, line numbers that it does not have are not repeated.
        parameters: of a class, those that are asked for.
    """
    match call.verdict:
        case protocol.Returned(protocol.Nothing()):
            return _returned_nothing(function, call.printed, functions[function], show=show)
        case protocol.Returned():
            return None
        case protocol.Missing():
            return _missing(function, loading, functions, program, "class" if parameters else "function")
        case protocol.Misfit(found):
            return _misfit(function, found, parameters, show=show)
        case protocol.Raised(failure):
            return _raised(function, failure if show else _wordless(failure, program), loading, program, show=show)
        case Ended(how):
            fix = "Remove what ends the process: the function has to return its result to the grader."
            return CallFailure(f"{function}() {how if show else 'ended the process'}.", fix)
        case TimedOut(seconds):
            sentence = f"{function}() did not return within {seconds:.3g} s and was stopped."
            return CallFailure(sentence, "Is there a loop whose condition never becomes false?")
        case NotRun(because):
            if loading and not isinstance(loading.reply, Loaded):
                return CallFailure(_not_loaded(loading))
            return CallFailure(f"{function}() was not called: {because}.")


def of_reference(
    function: str,
    call: Call,
    loading: Response | None,
    parameters: Mapping[str, Sequence[int]] = MappingProxyType({}),
) -> GraderFault:
    """The fault of a reference that gave nothing to compare with. Arguments as for `unanswered`."""
    failure = unanswered(function, call, loading, {function: ()}, show=True, program=(), parameters=parameters)
    assert failure is not None
    return GraderFault(f"the reference's {function}() gave no answer: {failure.sentence}")


def phrase(call: Call, loading: Response | None) -> str:
    """Why a call gave nothing to compare, for counting: one of few phrases, with no text of the student's.

    If the program did not load, it is the same for all its functions. loading: what came of executing the program.
    """
    match call.verdict:
        case protocol.Returned(protocol.Nothing()):
            return "returned nothing"
        case protocol.Returned():
            return "returned something else than is asked for"
        case protocol.Missing():
            return _stopped(loading) or "not defined"
        case protocol.Misfit():
            return "has other parameters than are asked for"
        case protocol.Raised(failure) if _to_be_written(failure):
            return UNWRITTEN
        case protocol.Raised(failure) if failure.type == "SignatureProblem":
            return "cannot be called with the handout's parameters"
        case protocol.Raised(failure):
            return f"raised {_type_of(failure)}"
        case Ended():
            return "ended the process"
        case TimedOut():
            return "did not return in time"
        case NotRun():
            loaded = loading and isinstance(loading.reply, Loaded)
            return "could not be called" if loaded else _stopped(loading)


def _stopped(loading: Response | None) -> str:
    """Why the program was not executed to its end, in one of few phrases; "" if it was."""
    match loading.reply if loading else None:
        case Loaded(failures=failures):
            endings = [failure for failure in failures if not failure.skipped]
            if endings and endings[-1].type == "LoadingTookTooLong":
                return "the program did not load in time"
            return f"the program stopped with {_type_of(endings[-1])}" if endings else ""
        case TimedOut():
            return "the program did not load in time"
        case Ended():
            return "the program ended the process"
        case _:
            return "the program could not be loaded"


def how_called(function: str, call: Call) -> Sequence[str]:
    """A note if a function's parameters differ from the handout's. Its text comes from the student's process."""
    if isinstance(call.verdict, protocol.Returned | protocol.Raised) and call.verdict.note:
        return [f"{function}() {call.verdict.note}."]
    return []


def quoted(failure: Failure, *, show: bool = True) -> str:
    """The student's exception with its line: "ValueError: … (Lab4.py, line 3: `x = y`)". Without `show`, only the type,
    if it is one of Python's own, and the line number."""
    if not show:
        return f"{_type_of(failure)}{'' if failure.line is None else f' (line {failure.line})'}."
    message = f": {failure.message}" if failure.message and failure.message != "None" else ""
    if failure.line is None:
        return f"{failure.type}{message}."
    source = f": `{failure.source}`" if failure.source else ""
    return f"{failure.type}{message} ({failure.file}, line {failure.line}{source})."


def _wordless(failure: Failure, program: Sequence[str]) -> Failure:
    """What may be said about an exception raised for hidden inputs: its type and line number, if Python and the program
    have these, and whether it is the template's own. Its message is left out even for choosing advice, because the
    choice could reveal as much as the message."""
    kind = failure.type if _is_pythons(failure) or failure.type == "SignatureProblem" else "an exception"
    longest = max((cell.count("\n") + 1 for cell in program), default=0)
    line = failure.line if failure.line and 1 <= failure.line <= longest and may_tell_lines(program) else None
    message = "" if _to_be_written(failure) else "not shown"
    return Failure(kind, message, line, function=failure.function)


def _raised(
    function: str, failure: Failure, loading: Response | None, program: Sequence[str], *, show: bool
) -> CallFailure:
    if failure.type == "SignatureProblem":
        fix = "Keep the handout's parameters, in their order."
        return CallFailure(f"{function}() could not be called{f': {failure.message}' if show else ''}.", fix)
    if _to_be_written(failure):
        fix = "Its docstring in the template says what to do."
        if failure.function in (None, function, "__init__"):
            return CallFailure(f"{function}() is still to be written.", fix)
        called = f"{failure.function}(), which" if show else "a function that"
        return CallFailure(f"{function}() calls {called} is still to be written.", fix)
    where = f"{function} raised {failure.type} in line {failure.line}"
    words = _lost(failure, loading) or advice(failure, "\n".join(program))
    return CallFailure(f"{function}() raised {quoted(failure, show=show)}", words, where)


def _lost(failure: Failure, loading: Response | None) -> str:
    """Why a name is not defined, if it is because the statement that defines it was skipped; else ""."""
    missing = re.match(r"name '(\w+)' is not defined", failure.message) if failure.type == "NameError" else None
    if missing and loading and isinstance(loading.reply, Loaded):
        for each in loading.reply.failures:
            if missing[1] in each.names:
                why = f"the statement that defines it was skipped; it raised {quoted(each)}"
                return f"{missing[1]} is not defined because {why}"
    return ""


def _type_of(failure: Failure) -> str:
    return failure.type if _is_pythons(failure) else "an exception"


def _is_pythons(failure: Failure) -> bool:
    """Whether an exception's type is built into Python, so that its name contains no text of the student's."""
    return isinstance(getattr(builtins, failure.type, None), type)


def _to_be_written(failure: Failure) -> bool:
    """Whether it is the exception that the template raises in every function that students have to write."""
    return failure.type == "NotImplementedError" and (
        not failure.message or failure.message.endswith("still to be written")
    )


def _returned_nothing(function: str, printed: str, returns: Sequence[str], *, show: bool) -> CallFailure:
    shown = textwrap.shorten(printed, 70, placeholder=" …") if show else ""
    what = f"{function}() returned nothing"
    if printed.strip():
        what = f'{function}() printed "{shown}" but returned nothing' if shown else f"{what}, it only printed"
    return CallFailure(f"{what}.", _return(returns), f"{function} returned nothing")


def _return(returns: Sequence[str]) -> str:
    if len(returns) > 3:
        return "End it with a return: a dict of the values under their names. What it returns is graded."
    return f"End it with `return {', '.join(returns)}`: what it returns is graded."


def _misfit(
    cls: str, found: Sequence[tuple[str, Sequence[int]]], asked: Mapping[str, Sequence[int]], *, show: bool
) -> CallFailure:
    """The sentence about a class whose parameters are not those asked for."""
    own = f"has {_parameters(found)}" if show else "has other parameters"
    advice = "Make these layers and no others, in this order and of these sizes, in __init__()."
    return CallFailure(f"{cls} {own}; asked for are {_parameters([*asked.items()])}.", advice)


def _parameters(named: Sequence[tuple[str, Sequence[int]]]) -> str:
    """Parameters with their shapes: "2 parameters with 9 numbers: hidden.weight (3, 2) and hidden.bias (3,)"."""
    count = sum(math.prod(shape) for _, shape in named)
    some = [f"{name} {tuple(shape)}" for name, shape in named[:MOST_LISTED]]
    more = [plural(len(named) - MOST_LISTED, "other")] if len(named) > MOST_LISTED else []
    listed = f": {join_names([*some, *more])}" if some else ""
    return f"{plural(len(named), 'parameter')} with {plural(count, 'number')}{listed}"


def _missing(
    function: str,
    loading: Response | None,
    functions: Collection[str],
    program: Sequence[str],
    kind: str = "function",
) -> CallFailure:
    name = f"{kind} {function}" + ("()" if kind == "function" else "")
    reply = loading.reply if loading else None
    if not isinstance(reply, Loaded):
        return CallFailure(_not_loaded(loading))
    near = difflib.get_close_matches(function, set(reply.functions) - set(functions), 1, 0.75)
    if near:
        return CallFailure(
            f"There is no {name}, but there is {near[0]}{name.removeprefix(f'{kind} {function}')}.",
            "Give it the name that the handout uses.",
        )
    lost = next((failure for failure in reply.failures if function in failure.names), None)
    if lost:
        why = f"the statement that defines it was skipped, because it raised {quoted(lost)}"
        return CallFailure(f"There is no {name}: {why}", advice(lost, "\n".join(program)), quoted(lost))
    ending = [failure for failure in reply.failures if not failure.skipped]
    if ending:
        return CallFailure(
            f"There is no {name}: the program stopped before defining it, with {quoted(ending[-1])}",
            advice(ending[-1], "\n".join(program)),
            quoted(ending[-1]),
        )
    return CallFailure(f"There is no {name}.", f"Keep the names of the template; the {kind} is looked up by its name.")


def _not_loaded(loading: Response | None) -> str:
    match loading.reply if loading else None:
        case TimedOut(seconds):
            return (
                f"The program could not be loaded: its code outside of functions did not finish within {seconds:.3g} s."
            )
        case Ended(how):
            return f"The program could not be loaded: while loading, it {how}."
        case _:
            return "The program could not be loaded."
