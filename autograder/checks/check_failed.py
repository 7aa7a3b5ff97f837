"""How a test in Python fails, with a text that is for the student."""

import builtins

NOT_AS_ASKED = "The result is not what is asked for."


class CheckFailed(AssertionError):
    """A check failed, and the text is for the student. advice: what to do about it."""

    def __init__(self, text: object = None, advice: str = "") -> None:
        super().__init__(NOT_AS_ASKED if text is None else str(text))
        self.advice = advice


class ProgramRaised(Exception):
    """The student's code gave no result; text and advice as for `CheckFailed`. If it raised one of Python's exceptions,
    this is one of that type too, so that `assertRaises(ValueError)` works. It is no AssertionError by itself: where one
    is asked for, a function that is missing must not pass."""

    def __init__(self, text: str, advice: str) -> None:
        super().__init__(text)
        self.advice = advice


def raised(kind: str, text: str, advice: str) -> ProgramRaised:
    """The exception of a student's code, which is one of `kind` too if that is one of Python's."""
    python = getattr(builtins, kind, None)
    if isinstance(python, type) and issubclass(python, Exception) and not issubclass(ProgramRaised, python):
        try:
            both: ProgramRaised = type(kind, (ProgramRaised, python), {})(text, advice)
        except (TypeError, ValueError):  # its constructor takes something else
            return ProgramRaised(text, advice)
        return both
    return ProgramRaised(text, advice)
