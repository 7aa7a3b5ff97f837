"""A call that did not come back with an answer, in words for the student: what happened, and what to look at."""

import difflib
import re
import textwrap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from autograder.sandbox import protocol
from autograder.sandbox.protocol import Failure, Loaded
from autograder.sandbox.student import Call, NotRun
from autograder.sandbox.wall import Answer, Ended, TimedOut

# What the student's own exception means, where its message is one that this lab's mistakes raise: pattern, advice.
ADVICE = (
    (r"leaf Variable that requires grad.*in-place", "Change w inside `with torch.no_grad():`, so that autograd does not record the update."),
    (r"backward through the graph a second time", "Compute the forward pass anew in each epoch: backward() uses up the graph of the last one."),
    (r"does not require grad and does not have a grad_fn", "Somewhere the link to w is lost: is w a tensor with requires_grad=True, and is the loss computed from it?"),
    (r"grad can be implicitly created only for scalar", "backward() starts from a single number: is the loss one?"),
    (r"'NoneType' object has no attribute '(zero_|data|item|clone)'", "w.grad is None here: before the first backward(), or because w was rebound to a new tensor that is no leaf."),
    (r"unsupported operand type\(s\) for \*: .*NoneType|unsupported operand.*'NoneType'", "One of the values is None: a function without a return, or a gradient that backward() never reached."),
    (r"unsupported operand type\(s\) for \^|bitwise_xor|\"bitwise_xor_cpu\"", "In Python ^ is not a power: write **."),
    (r"CUDA|cuda|NVIDIA", "There is no GPU here: take the device from the parameter `device` instead of writing \"cuda\" into the code."),
    (r"Can't call numpy\(\) on Tensor that requires grad", "Call .detach() before .numpy(), or .item() for a single number."),
    (r"must be Tensor, not (float|int)|has no attribute '(backward|requires_grad|grad|item|detach|clone)'", "torch needs a tensor here: make one with torch.tensor(…)."),
    (r"only .*tensors? .*(floating point|complex dtype) can require grad", "Give torch.tensor a float (4.0 instead of 4), or dtype=torch.float32."),
    (r"math range error|Numerical result out of range|Result too large", "The numbers grow beyond what a float holds; with a learning rate that is too large that is to be expected, so do not let it raise."),
    (r"EOF when reading a line", "input() has nobody to answer it here: take the values from the parameters."),
    (r"RecursionError|maximum recursion depth", "The function calls itself without an end."),
    (r"referenced before assignment|cannot access local variable", "A variable is used before it has a value on every path."),
    (r"NameError", "A name is used that is not defined: is it misspelt, or defined only under `if __name__ == \"__main__\":`?"),
    (r"SyntaxError|IndentationError|TabError", "Python cannot read the file as it is. Run `python Lab4.py` and mend the line it names."),
    (r"ModuleNotFoundError", "That module is not installed where the lab is marked; the lab needs only torch (and numpy)."),
    (r"SystemExit", "Take out exit() and quit(): they end the program before it can be marked."),
    (r"LoadingTookTooLong", "Put what takes long into a function, or under `if __name__ == \"__main__\":`."),
)  # fmt: skip


@dataclass(frozen=True)
class Unanswered:
    """Why there is no answer: a sentence, advice ("" for none), and what identifies the reason where the sentence varies."""

    sentence: str
    advice: str = ""
    reason: str = ""

    @property
    def key(self) -> str:
        """The same for the same reason, so that it is given once."""
        return self.reason or self.sentence


def unanswered(
    function: str, call: Call, loading: Answer | None, functions: Mapping[str, Sequence[str]], *, show_printed: bool
) -> Unanswered | None:
    """Why `call` gave nothing to compare; None when it returned something.

    functions: the lab's functions and what each returns. show_printed: whether the call's output may be repeated.
    """
    match call.verdict:
        case protocol.Returned(protocol.Nothing()):
            return _returned_nothing(
                function, call.printed if show_printed else "", bool(call.printed.strip()), functions[function]
            )
        case protocol.Returned():
            return None
        case protocol.Missing():
            return _missing(function, loading, functions)
        case protocol.Raised(Failure("SignatureProblem", message)):
            return Unanswered(
                f"{function}() could not be called: {message}.", "Keep the parameters of the handout, in its order."
            )
        case protocol.Raised(Failure("NotImplementedError")):
            return Unanswered(f"{function}() is still to be written.", "Its docstring in the template says what to do.")
        case protocol.Raised(failure):
            return Unanswered(f"{function}() raised {told(failure)}", advice(failure))
        case Ended(how):
            return Unanswered(
                f"{function}() {how}.", "Take out what ends the process: the grader has to get an answer back."
            )
        case TimedOut(seconds):
            return Unanswered(
                f"{function}() did not come back within {seconds:.3g} s and was stopped.",
                "Is there a loop whose condition never becomes false? The number of rounds is n_epochs."
                if function == "train"
                else "Is there a loop without an end?",
            )
        case NotRun(because):
            sentence = (
                _not_loaded(loading)
                if loading and not isinstance(loading.reply, Loaded)
                else f"{function}() was not called: {because}."
            )
            return Unanswered(sentence)


def told(failure: Failure) -> str:
    """The student's own exception, with its line: "ValueError: … (Lab4.py, line 3: `x = y`)"."""
    message = f": {failure.message}" if failure.message and failure.message != "None" else ""
    where = ""
    if failure.line is not None:
        source = f": `{failure.source}`" if failure.source else ""
        where = f" ({failure.file}, line {failure.line}{source})"
    return f"{failure.type}{message}{where}."


def advice(failure: Failure) -> str:
    """What to look at, for the exceptions that this lab's mistakes raise; "" for any other."""
    text = f"{failure.type}: {failure.message}"
    return next((words for pattern, words in ADVICE if re.search(pattern, text)), "")


def _returned_nothing(function: str, printed: str, did_print: bool, returns: Sequence[str]) -> Unanswered:
    shown = textwrap.shorten(printed, 70, placeholder=" …")
    what = (
        f'It printed "{shown}" but returned nothing'
        if shown
        else "It printed its results but returned nothing"
        if did_print
        else "It returned nothing (None)"
    )
    return Unanswered(
        f"{function}(): {what}.",
        f"End it with `return {', '.join(returns[:3])}{', …' if len(returns) > 3 else ''}`: what is returned is marked.",
        f"{function} returned nothing",
    )


def _missing(function: str, loading: Answer | None, functions: Collection[str]) -> Unanswered:
    reply = loading.reply if loading else None
    if not isinstance(reply, Loaded):
        return Unanswered(_not_loaded(loading))
    near = difflib.get_close_matches(function, set(reply.functions) - set(functions), 1, 0.75)
    if near:
        return Unanswered(
            f"There is no function {function}(), but there is {near[0]}().", "Give it the name of the handout."
        )
    ending = [failure for failure in reply.failures if failure.type not in ("ModuleNotFoundError", "ImportError")]
    if ending:
        return Unanswered(
            f"There is no function {function}(): loading ended before it, with {told(ending[-1])}",
            advice(ending[-1]),
            told(ending[-1]),
        )
    return Unanswered(
        f"There is no function {function}().", "Keep the names of the template; the function is looked up by its name."
    )


def _not_loaded(loading: Answer | None) -> str:
    match loading.reply if loading else None:
        case TimedOut(seconds):
            return f"The program could not be loaded: its code outside of functions did not end within {seconds:.3g} s."
        case Ended(how):
            return f"The program could not be loaded: while it was, it {how}."
        case _:
            return "The program could not be loaded."
