"""How a test in Python fails, with a text that is for the student."""

import builtins

NOT_AS_ASKED = "The result is not what is asked for."


class NotShown(str):
    """NOT_AS_ASKED, in the place of a text that only the instructor may read."""

    hidden: str

    def __new__(cls, hidden: str) -> "NotShown":
        """hidden: the text."""
        shown = super().__new__(cls, NOT_AS_ASKED)
        shown.hidden = hidden
        return shown


class CheckFailed(AssertionError):
    """A check failed, and the text is for the student. advice: what to do about it; hidden: for the instructor."""

    def __init__(self, text: object = None, advice: str = "") -> None:
        super().__init__(NOT_AS_ASKED if text is None else str(text))
        self.advice = advice
        self.hidden = text.hidden if isinstance(text, NotShown) else ""


class NoResult(BaseException):
    """The student's code gave no result: a function is missing or unwritten, ended the process, or took too long. Text
    and advice as for `CheckFailed`. It is no Exception: where a test asks for one, that must not pass."""

    def __init__(self, text: str, advice: str) -> None:
        super().__init__(text)
        self.advice = advice


class ProgramRaised(NoResult, Exception):
    """The student's code raised an exception. If that is one of Python's, this is one of that type too, so that
    `assertRaises(ValueError)` works."""


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
