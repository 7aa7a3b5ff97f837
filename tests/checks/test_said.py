"""What is said once, what is never repeated of hidden inputs, and why a call gave nothing to grade."""

from collections.abc import Callable

import msgspec
import pytest
from conftest import Result
from in_process import Written, check, context, outcome, real, right

from autograder.checks import received, suite
from autograder.checks.context import GradingContext
from autograder.checks.failures import CallFailure, phrase, quoted, unanswered
from autograder.checks.said_once import SaidOnce
from autograder.outcome import CheckResult, Outcome
from autograder.rubric import Lab
from autograder.sandbox.host.calls import Call, NotRun, Verdict
from autograder.sandbox.host.process import Ended, TimedOut
from autograder.sandbox.host.process import Response as Loading
from autograder.sandbox.host.protocol import Failure, Loaded, Missing, Nothing, Raised, Returned, Text
from autograder.submission import Answer, Answers, Program, Submission

FUNCTIONS = {"train": ["w", "losses"], "forward": ["a", "b", "c", "d"], "three": ["a", "b", "c"]}
CELLS = ("line\n" * 19,)
HERE = Failure("ValueError", "no 4.2", 7, "Lab4.py", "x = int(y)", "train")


def why(verdict: Verdict, *, show: bool = True, loading: Loading | None = None, printed: str = "") -> tuple[str, str]:
    reason = unanswered("train", Call(verdict, printed), loading, FUNCTIONS, show=show, program=CELLS)
    return (reason.sentence, reason.advice) if reason else ("", "")


@pytest.mark.parametrize(
    ("verdict", "shown", "hidden"),
    [
        (Returned(Text("a")), "", ""),
        (Returned(Nothing()), "train() returned nothing.", "train() returned nothing."),
        (
            Raised(HERE),
            "train() raised ValueError: no 4.2 (Lab4.py, line 7: `x = int(y)`).",
            "train() raised ValueError (line 7).",
        ),
        (
            Raised(Failure("Own", "no 4.2", 7, "Lab4.py")),
            "train() raised Own: no 4.2 (Lab4.py, line 7).",
            "train() raised an exception (line 7).",
        ),
        (Raised(Failure("KeyError", "None")), "train() raised KeyError.", "train() raised KeyError."),
        (
            Raised(Failure("SignatureProblem", "missing 'lr'")),
            "train() could not be called: missing 'lr'.",
            "train() could not be called.",
        ),
        (
            Raised(Failure("NotImplementedError", "", function="train")),
            "train() is still to be written.",
            "train() is still to be written.",
        ),
        (
            Raised(Failure("NotImplementedError", "loss is still to be written", function="helper")),
            "train() calls helper(), which is still to be written.",
            "train() calls a function that is still to be written.",
        ),
        (
            Raised(Failure("NotImplementedError", "no", 1, "Lab4.py")),
            "train() raised NotImplementedError: no (Lab4.py, line 1).",
            "train() raised NotImplementedError (line 1).",
        ),
        (Ended("ended itself (exit 4)"), "train() ended itself (exit 4).", "train() ended the process."),
        (
            TimedOut(2.5),
            "train() did not return within 2.5 s and was stopped.",
            "train() did not return within 2.5 s and was stopped.",
        ),
        (NotRun("time is up"), "train() was not called: time is up.", "train() was not called: time is up."),
    ],
)
def test_why_there_is_no_answer(verdict: Verdict, shown: str, hidden: str) -> None:
    assert why(verdict)[0] == shown
    assert why(verdict, show=False)[0] == hidden


@pytest.mark.parametrize(
    ("printed", "shown", "hidden"),
    [
        (
            "loss 4.2\n",
            'train() printed "loss 4.2" but returned nothing.',
            "train() returned nothing, it only printed.",
        ),
        (" \n", "train() returned nothing.", "train() returned nothing."),
        (
            "1234567 " * 20,
            f'train() printed "{"1234567 " * 8}…" but returned nothing.',
            "train() returned nothing, it only printed.",
        ),
    ],
)
def test_what_was_printed_instead_is_shown_only_for_known_inputs(printed: str, shown: str, hidden: str) -> None:
    assert why(Returned(Nothing()), printed=printed)[0] == shown
    assert why(Returned(Nothing()), printed=printed, show=False)[0] == hidden


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("train", "End it with `return w, losses`: what it returns is graded."),
        ("three", "End it with `return a, b, c`: what it returns is graded."),
        ("forward", "End it with a return: a dict of the values under their names. What it returns is graded."),
    ],
)
def test_a_return_is_written_out_up_to_three_values(function: str, words: str) -> None:
    reason = unanswered(function, Call(Returned(Nothing())), None, FUNCTIONS, show=True, program=CELLS)
    assert reason == CallFailure(f"{function}() returned nothing.", words, f"{function} returned nothing")


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (Loaded(["trian", "other"], [], []), "There is no function train(), but there is trian()."),
        (Loaded(["forward", "trainer_of_all"], [], []), "There is no function train()."),
        (
            Loaded([], [HERE, Failure("ModuleNotFoundError", "No module named 'x'", skipped=True)], []),
            "There is no function train(): the program stopped before defining it, with "
            "ValueError: no 4.2 (Lab4.py, line 7: `x = int(y)`).",
        ),
        (Loaded([], [Failure("ImportError", "x", skipped=True)], []), "There is no function train()."),
        (
            Loaded([], [msgspec.structs.replace(HERE, skipped=True, names=("train",))], []),
            "There is no function train(): the statement that defines it was skipped, because it raised "
            "ValueError: no 4.2 (Lab4.py, line 7: `x = int(y)`).",
        ),
        (
            TimedOut(3.0),
            "The program could not be loaded: its code outside of functions did not finish within 3 s.",
        ),
        (Ended("called exit()"), "The program could not be loaded: while loading, it called exit()."),
    ],
)
def test_why_a_function_is_missing(reply: Loaded | TimedOut | Ended, sentence: str) -> None:
    assert why(Missing(), loading=Loading(reply))[0] == sentence
    not_run = why(NotRun("time is up"), loading=Loading(reply))[0]
    assert not_run == ("train() was not called: time is up." if isinstance(reply, Loaded) else sentence)


def test_a_program_of_which_nothing_is_known_could_not_be_loaded() -> None:
    assert why(Missing())[0] == "The program could not be loaded."


def test_a_reason_is_the_same_in_every_wording() -> None:
    raised = unanswered("train", Call(Raised(HERE)), None, FUNCTIONS, show=True, program=CELLS)
    hidden = unanswered("train", Call(Raised(HERE)), None, FUNCTIONS, show=False, program=CELLS)
    assert raised is not None
    assert hidden is not None
    assert raised.key == hidden.key == "train raised ValueError in line 7"
    assert CallFailure("It is so.").key == "It is so."


@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (Failure("RuntimeError", "CUDA", 20, "Lab4.py", "x = 4.2", "f"), "train() raised RuntimeError (line 20)."),
        (Failure("RuntimeError", "NoneType", 21, "Lab4.py"), "train() raised RuntimeError."),
        (Failure("RuntimeError", "", 0), "train() raised RuntimeError."),
        (Failure("Held_4_2", "", -3), "train() raised an exception."),
        (Failure("SignatureProblem", "it has to take 4.2", 3), "train() could not be called."),
        (Failure("NotImplementedError", "x4.2 still to be written", 3, function="f4"), "train() calls a function that"),
    ],
)
def test_hidden_inputs_show_nothing_a_program_chooses(failure: Failure, sentence: str) -> None:
    """Neither by its words nor by the advice that these would choose."""
    reason = unanswered("train", Call(Raised(failure)), None, FUNCTIONS, show=False, program=CELLS)
    assert reason is not None
    assert reason.sentence.startswith(sentence)
    assert "4" not in reason.sentence + reason.key
    others = Failure(failure.type, "division by zero", failure.line, function=failure.function)
    if failure.type == "RuntimeError":
        again = unanswered("train", Call(Raised(others)), None, FUNCTIONS, show=False, program=CELLS)
        assert again == reason
        assert reason.advice == ""


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Returned(Nothing()), "returned nothing"),
        (Returned(Text("a")), "returned something else than is asked for"),
        (Raised(Failure("NotImplementedError", "")), "still to be written"),
        (Raised(Failure("NotImplementedError", "other")), "raised NotImplementedError"),
        (Raised(Failure("Own", "")), "raised an exception"),
        (Raised(Failure("print", "")), "raised an exception"),
        (NotRun("x"), "could not be called"),
    ],
)
def test_a_reason_in_one_of_few_phrases(verdict: Verdict, words: str) -> None:
    assert phrase(Call(verdict), Loading(Loaded([], [], []))) == words


def test_an_exception_is_told_with_its_line() -> None:
    assert quoted(Failure("Own", "", 3, "Lab4.py"), show=True) == "Own (Lab4.py, line 3)."
    assert quoted(Failure("ValueError", "x", None), show=False) == "ValueError."


def once(
    outcomes: dict[str, Outcome], *hidden: str, reasons: dict[str, tuple[str, ...]] | None = None
) -> list[Outcome]:
    """These outcomes after the pass. hidden: the checks that are shown after the due date only."""
    lab = real()[0]
    checks = [
        msgspec.structs.replace(each, visibility="after_due_date") if each.number in hidden else each
        for each in lab.rubric.checks
    ]
    hiding = Lab(lab.folder, msgspec.structs.replace(lab.rubric, checks=tuple(checks)))
    results = [CheckResult(number, "", 1.0, each) for number, each in outcomes.items()]
    return [each.outcome for each in map(SaidOnce(hiding, reasons or {}), results)]


FULL = Outcome(1.0, "", hint="Look at w.", notes=("It was rounded.",))


def test_notes_and_advice_are_given_once() -> None:
    found = once({"3.1": FULL, "3.2": FULL, "3.3": Outcome(1.0, ""), "6.1": Outcome(0.5, "", hint="Look at x.")})
    assert found[0] == FULL
    assert (found[1].hint, found[1].notes) == ("See the advice under 3.1.", ())
    assert (found[2].hint, found[3].hint) == ("", "Look at x.")


def test_each_file_on_the_way_agrees_with_the_next() -> None:
    all_of_them = {"3.1": FULL, "3.2": FULL, "3.3": FULL}
    assert once(all_of_them)[:2] == once({"3.1": FULL, "3.2": FULL})


@pytest.mark.parametrize(("lines", "told"), [(500, True), (501, False)])
def test_line_of_a_long_program_is_not_shown_for_hidden_inputs(lines: int, told: bool) -> None:
    """A program of 900,000 lines could say by one of them what it was given."""
    failed = Call(Raised(Failure("ValueError", "x", 7)))
    reason = unanswered("train", failed, None, FUNCTIONS, show=False, program=("\n" * (lines - 1),))
    assert reason is not None
    assert ("line 7" in reason.sentence) == told


def test_what_a_hidden_check_said_is_said_again_where_all_can_see_it() -> None:
    assert once({"3.2": FULL, "3.1": FULL}, "3.2") == [FULL, FULL]
    failed = Outcome(0.0, "It raised.", hint="Why?", graded=False)
    reasons = {number: ("train raised",) for number in ("3.2", "3.1", "3.3")}
    assert once({"3.2": failed, "3.1": failed, "3.3": failed}, "3.2", reasons=reasons) == [
        failed,
        failed,
        Outcome(0.0, "No result, for the reason given under 3.1.", graded=False),
    ]


def test_a_reason_in_the_first_entry_is_referred_to() -> None:
    first = Outcome(0.0, "A statement was skipped: it raised.")
    failed = Outcome(0.0, "There is no function train().", graded=False)
    found = once({"0": first, "3.1": failed}, reasons={"0": ("other", "it raised"), "3.1": ("it raised",)})
    assert found == [first, Outcome(0.0, "No result, for the reason given under 0.", graded=False)]


def test_only_a_result_for_known_inputs_is_asked_for_again() -> None:
    results = iter([1.0, 2.0, 1.0, 2.0])
    student = Written({"check_result": lambda at, _: (next(results), 8.0)})
    given = context(student=student)
    found = outcome(given, "2.1")
    assert found.notes[0] == (
        "check_result() gave another result when it was called again with the same inputs; the first one counts. "
        "Does it keep something in a global variable?"
    )
    assert found.points == 1
    assert [call[3] for call in student.calls if call[0] == "check_result"].count(True) == 1
    steady = Written({"check_result": right("check_result")})
    assert not any("another result" in note for note in outcome(context(student=steady), "2.1").notes)


def test_all_calls_that_are_shown_come_before_any_that_is_hidden() -> None:
    """Else what is said of the published inputs, in an exception's words, say, could tell the others."""
    lab, _, _ = real()
    student = Written({name: right(name) for name in lab.rubric.functions})
    given = context(student=student)
    found = outcome(given, "6.2")  # of any check
    shown = [call[1] == lab.defaults(call[0]).inputs for call in student.calls]
    first = shown.index(False)
    assert {call[0] for call in student.calls[:first]} == set(lab.rubric.functions)
    assert [call[3] for call in student.calls[:first]] == [False, True] * len(lab.rubric.functions)
    assert not any(shown[first:])
    assert found.points == 7


def test_without_a_program_no_code_is_marked() -> None:
    lab, _, mistakes = real()
    given = GradingContext(lab, Submission((), None, None, (), ()), mistakes)
    nothing = Outcome(0.0, "There is no Lab4.py to run (see the first entry).", graded=False)
    for number in ("3.1", "5.2", "7.1", "8"):
        assert suite.grade(check(given, number), given) == nothing
    assert given.digest == ""
    assert context().digest == "some digest"


def test_the_students_own_nodes_are_those_of_their_forward_pass() -> None:
    at = {"x1": 4.0, "w1": 0.5, "w2": 0.2, "y": 1.0}
    student = Written({"fnn_forward": lambda given, _: {"m1": given["x1"], "r": 1.0, "m2": "nan", "s": None}})
    assert context(student=student).own_nodes("task2", at) == {"m1": 4.0, "r": 1.0, "s": 0.0}
    assert context(student=Written({"fnn_forward": lambda *_: TimedOut(1.0)})).own_nodes("task2", at) == {}
    assert context(student=student).own_nodes("task1", {"x": 1.0, "y": 1.0, "w": 1.0}) == {}


# What was submitted


PROGRAM = Program("Lab4 (1).py", ("",), "")


def first_entry(
    answers: dict[str, dict[str, Answer]] | None,
    loaded: Loaded | TimedOut | None = None,
    program: Program | None = PROGRAM,
    problems: tuple[str, ...] = (),
) -> Outcome:
    lab, _, mistakes = real()
    paper = None if answers is None else Answers("answers.yaml", answers, ("Tabs were read as spaces.",))
    given = GradingContext(lab, Submission((), program, paper, ("Unzipped.",), problems), mistakes)
    return received.grade(check(given, "0"), given, Loading(loaded) if loaded else None)  # type: ignore[arg-type]


READ = {"task1": {"y_hat": Answer("2", 2.0, None), "s": Answer("x", None, "bad"), "q": Answer("1", 1.0, None)}}


def test_what_was_read_is_counted() -> None:
    assert first_entry(READ, Loaded([], [], ["numpy", "pandas", "numpy"])) == Outcome(
        0.0,
        "Lab4 (1).py and answers.yaml read, 2 of 12 answers filled in (1 unreadable).\n"
        "In answers.yaml, section task1: 'q' is not asked for; the names are: y_hat, s, loss, dloss_dw.",
        notes=(
            "Unzipped.",
            "Tabs were read as spaces.",
            "Not installed here, and replaced by stubs that do nothing: numpy, pandas.",
        ),
    )
    some = first_entry({"task1": {"y_hat": Answer("2", 2.0, None), "s": Answer("", None, None)}})
    assert some.summary == "Lab4 (1).py and answers.yaml read, 1 of 12 answers filled in."
    assert first_entry(None).summary == "Lab4 (1).py read."
    nothing = first_entry(None, program=None, problems=("No program.",))
    assert nothing.text == "Neither the program nor the answers could be read.\nNo program.\nNote: Unzipped."
    assert first_entry(None, TimedOut(3.0)).summary == "Lab4 (1).py read."


@pytest.mark.parametrize(
    ("failure", "line", "hint"),
    [
        (
            Failure("SyntaxError", "invalid syntax", 3, "Lab4 (1).py"),
            "Python cannot read the program, so none of its functions can be graded: "
            "SyntaxError: invalid syntax (Lab4 (1).py, line 3).",
            "Run the program and fix the line that Python names.",
        ),
        (
            Failure("SyntaxError", "invalid syntax", 3, "other.py"),
            "A part of the program stopped while it was loading, with SyntaxError: invalid syntax (other.py, line 3). "
            "What it defined before is graded.",
            "Run the program and fix the line that Python names.",
        ),
        (
            Failure("ImportError", "no x", 1, "Lab4 (1).py"),
            "An import was skipped: ImportError: no x (Lab4 (1).py, line 1). Code that does not need it is graded.",
            "",
        ),
        (
            Failure("ZeroDivisionError", "division by zero", 9, "Lab4 (1).py"),
            "The program stopped while it was loading, with ZeroDivisionError: division by zero (Lab4 (1).py, line 9). "
            "What it defined before is graded.",
            "Which inputs make this line divide by zero?",
        ),
        (
            Failure("KeyError", "no x", 9, "Lab4 (1).py", skipped=True),
            "A statement outside of functions was skipped: KeyError: no x (Lab4 (1).py, line 9). "
            "Code that does not need it is graded.",
            "The dict has no such key: compare its spelling with the keys that it has.",
        ),
    ],
)
def test_what_went_wrong_in_loading_is_said(failure: Failure, line: str, hint: str) -> None:
    first = first_entry(None, Loaded([], [Failure("Own", "x", 1, "Lab4 (1).py"), failure], []))
    assert first.summary.split("\n")[2] == line
    assert first.hint == hint


def test_a_failure_in_loading_is_the_reason_that_is_referred_to() -> None:
    failure = Failure("ValueError", "no", 3, "Lab4.py")
    given = context(student=Written({"train": lambda *_: Missing()}, Loading(Loaded([], [failure], []))))
    outcomes = {number: outcome(given, number) for number in ("0", "3.1")}
    assert once(outcomes, reasons=given.record.reasons)[1].summary == "No result, for the reason given under 0."


def test_how_a_function_was_called_is_said_where_it_is_not_plain(hand_in: Callable[..., Result]) -> None:
    program = "def train(a, b, c, d, e):\n    return c, []\n\n\ndef check_result(w, x, y):\n    raise ValueError(w)\n"
    result = hand_in(program)
    assert result.check("3.1").outcome.notes[0].startswith("train() was called by position, because its parameters")
    assert result.check("2.1").outcome.notes == (
        "check_result() was called by the names of its parameters, because their order is another one than asked for "
        "(w, x, y).",
    )
    assert not any("was called" in note for number in ("2.2", "3.2") for note in result.check(number).outcome.notes)


def test_a_name_is_missing_because_a_statement_was_skipped() -> None:
    loading = Loading(Loaded([], [msgspec.structs.replace(HERE, skipped=True, names=("data", "rows"))], []))
    raised = Raised(Failure("NameError", "name 'rows' is not defined", 9, "Lab4.py", "rows[0]"))
    assert why(raised, loading=loading)[1] == (
        "rows is not defined because the statement that defines it was skipped; it raised ValueError: no 4.2 "
        "(Lab4.py, line 7: `x = int(y)`)."
    )
    assert "rows is missing" not in why(raised, loading=loading, show=False)[1]
    assert "rows is missing" not in why(raised)[1]
