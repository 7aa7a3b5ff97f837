"""Paper answers are read as typed; blank, wrong and unreadable stay three things; a slip costs one line."""

import contextlib
import time

import pytest
from conftest import moments
from hypothesis import given
from hypothesis import strategies as st

from autograder.submission import Answer, Answers
from autograder.submission.answers.parse import parse_answers
from autograder.submission.model import PartUnreadable

BLANK = Answer("", None, None)


def parse(text: str) -> Answers:
    return parse_answers(text, "answers.yaml")


def test_numbers_and_arithmetic_are_read_as_typed() -> None:
    answers = parse("task1:\n  y_hat: 2\n  s: 2^3\n  loss: 0,16\n  dloss_dw: = 2*(2-1)*4 # chain rule\n  m: '1/2'\n")
    assert answers.notes == ()
    assert answers.sections == {
        "task1": {
            "y_hat": Answer("2", 2.0, None),
            "s": Answer("2^3", 8.0, None),
            "loss": Answer("0,16", 0.16, None),
            "dloss_dw": Answer("= 2*(2-1)*4", 8.0, None),
            "m": Answer("1/2", 0.5, None),
        }
    }


def test_blank_and_unreadable_are_told_apart() -> None:
    section = parse("task1:\n  a:\n  b: ''\n  c: null\n  d: '?'\n  e: two\n  f: [1, 2]\n").sections["task1"]
    assert [section[key] for key in "abcd"] == [BLANK] * 4
    assert section["e"] == Answer("two", None, "Line 6: 'two' was not understood; write a number or arithmetic.")
    assert section["f"].problem == "Line 7: There are several values here; write one number."


def test_keys_and_sections_are_read_in_any_case() -> None:
    assert parse("Task1 :\n  Y_Hat : 2\n").sections == {"task1": {"y_hat": Answer("2", 2.0, None)}}


@pytest.mark.parametrize(
    "text",
    [
        "task1:\n  - s: 1\n  - loss: 2\n",
        "task1:\n- s: 1\n- loss: 2\n",
        "- task1:\n    - s: 1\n    - loss: 2\n",
        "task1: {s: 1, loss: 2}",
        "---\ntask1:\n  s: 1\n  loss: 2\n...\n",
        "  task1:\n    s: 1\n    loss: 2\n",
    ],
)
def test_other_shapes_of_yaml_are_read(text: str) -> None:
    assert parse(text).sections == {"task1": {"s": Answer("1", 1.0, None), "loss": Answer("2", 2.0, None)}}


def test_a_section_given_twice_is_read_the_last_time_and_said() -> None:
    answers = parse("task1:\n  s: 1\n  loss: 1\nTASK1:\n  s: 2\n")
    assert answers.sections == {"task1": {"s": Answer("2", 2.0, None)}}
    assert answers.notes == ("answers.yaml has the section task1 twice; the last one was read.",)


def test_a_key_given_twice_is_read_the_last_time_and_said() -> None:
    answers = parse("task1:\n  s: 1\n  S: 2\n")
    assert answers.sections["task1"] == {"s": Answer("2", 2.0, None)}
    assert answers.notes == ("Line 3: s appears twice; the last one was read.",)


@pytest.mark.parametrize("text", ["task1:\n  s:1\n", "task1:\n  s:1\n  loss: 2\n", "task1:\n  loss: 2\n  s:1\n"])
def test_a_missing_space_after_a_colon_costs_nothing_and_is_said(text: str) -> None:
    answers = parse(text)
    line = 1 + text[: text.index("s:1")].count("\n")
    assert answers.sections["task1"]["s"] == Answer("1", 1.0, None)
    assert answers.notes[-1] == f"Line {line}: There is no space after the colon. It was read anyway."
    assert answers.sections["task1"].get("loss", Answer("2", 2.0, None)).value == 2


def test_a_tab_costs_nothing_and_is_said() -> None:
    answers = parse('task1:\n  loss: 2\n\ts: 1\n  m: "3"\ntask2:\n  s: - 0.4 # minus\n')
    assert answers.sections["task1"]["s"] == Answer("1", 1.0, None)
    assert answers.sections["task1"]["loss"].value == 2
    assert answers.sections["task1"]["m"].value == 3
    assert answers.sections["task2"]["s"].value == -0.4
    assert answers.notes == (
        "answers.yaml is not valid YAML (line 3); it was read line by line.",
        "Line 3: It begins with a tab instead of spaces. It was read anyway.",
    )


def test_other_slips_are_named_with_their_lines() -> None:
    text = "task1:\n  s = 1\n  loss\uff1a2\n  r -> 3\n  q=4\n  }\ntask2\n  - s: 5\n- m: 6\n" + "x" * 500 + "\n"
    answers = parse(text)
    assert [answers.sections["task1"][key].value for key in ("s", "loss", "r", "q")] == [1, 2, 3, 4]
    assert answers.sections["task2"]["s"].value == 5
    assert answers.sections["task2"]["m"].value == 6
    assert "Line 2, 4, 5: There is no colon. It was read anyway." in answers.notes
    assert "Line 3: There is no space after the colon. It was read anyway." in answers.notes
    assert "Line 7: A colon is missing after 'task2'." in answers.notes
    assert any("line 6, '}'" in note for note in answers.notes)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        *(("“2”", 2), ("‘0.5’", 0.5), ("„-1“", -1), ("«3»", 3), ("`4`", 4), ('"5', 5)),
        *(("~0.5987", 0.5987), ("~ -0.4", -0.4), ("approx. 2", 2), ("about 2", 2), ("≅ 2", 2)),
        *(("-0.3857 (rounded)", -0.3857), ("0.6 (4 decimals)", 0.6), ("2 [exact]", 2), ("0.6, rounded", 0.6)),
        *(("0.5987 (≈0.6)", 0.5987), ("**8**", 8), ("*8", 8), ("__2__", 2), ("_2_", 2), ("[2]", 2), ("{2}", 2)),
        *(("1.6 x 10^-1", 0.16), ("1.6 × 10⁻¹", 0.16), ("1.6*10**-1", 0.16), ("1.6 x 10-1", 0.16), ("2 x 3 X 4", 24)),
        *(("$8$", 8), (r"\(8\)", 8), (r"$\frac{1}{2}$", 0.5), (r"$2 \cdot 3$", 6), (r"$\approx 2^{3}$", 8)),
        *((r"$\frac{1}{1 + e^{-0.4}}$", 0.5986877), (r"\sqrt{4}", 2), (r"$\sigma(0)$", 0.5), ("$0{,}4$", 0.4)),
        *(
            ("&h 2", 2),
            ("!8", 8),
            ("!!int 2", 2),
            ("!t 2", 2),
            ("@2", 2),
            ("> 2", 2),
            ("| 2", 2),
            ("? 2", 2),
            ("%2", 2),
        ),
        *(("math.exp(0)", 1), ("np.maximum(0, 2)", 2), ("torch.relu(torch.tanh(0))", 0), ("√4", 2), ("%2", 2)),
    ],
)
def test_a_value_is_read_as_people_read_it(value: str, number: float) -> None:
    answers = parse(f"task1:\n  s: {value}\n  loss: 1\n")
    assert answers.sections["task1"]["s"].value == pytest.approx(number)
    assert answers.sections["task1"]["s"].problem is None
    assert answers.sections["task1"]["loss"].value == 1


@pytest.mark.parametrize("value", ["two", "2 apples and 3", "(rounded)", "x 2", "$x$", "{2", "[2, 3]", "{2: 3}"])
def test_what_people_cannot_read_either_costs_its_line(value: str) -> None:
    answers = parse(f"task1:\n  s: {value}\n  loss: 1\n")
    assert answers.sections["task1"]["s"].value is None
    assert answers.sections["task1"]["s"].problem is not None
    assert answers.sections["task1"]["loss"].value == 1


@pytest.mark.parametrize(
    "text",
    [
        "task1:\n\u00a0\u00a0s:\u00a01\n\u00a0\u00a0loss: 2\n",
        "task1:\n\u3000s: 1\n\u3000loss: 2\n",
        "\ufefftask1:\n  s: \u200b1\n  \u200bloss: 2\u200b\n",
        "task1:\n  s: \u202a1\u202c\n  lo\u00adss: 2\n",
    ],
)
def test_what_nobody_sees_changes_nothing(text: str) -> None:
    answers = parse(text)
    assert answers.sections == {"task1": {"s": Answer("1", 1.0, None), "loss": Answer("2", 2.0, None)}}
    assert answers.notes == (
        "answers.yaml holds invisible characters or spaces of other kinds; it was read without them.",
    )


@pytest.mark.parametrize(
    "text",
    [
        *("task1: &t\n  s: 1\ntask2:\n  s: *t\n", "task1:\n  s: 1\ntask2: !x\n  s: two\n"),
        *("task1:\ns: 1\ntask2:\ns: two\n", "## task1\n  s: 1\n# task2 (b)\n  s: two\n"),
    ],
)
def test_sections_are_found_however_they_are_marked(text: str) -> None:
    answers = parse(text)
    assert answers.sections["task1"] == {"s": Answer("1", 1.0, None)}
    assert answers.sections["task2"]["s"].value is None


def test_a_list_that_is_not_yaml_is_read_line_by_line() -> None:
    assert parse("- task1:\n    - s: 1\n    - m: :2\n    - r: @\n").sections["task1"]["s"].value == 1


def test_values_outside_a_section_are_refused() -> None:
    with pytest.raises(PartUnreadable) as caught:
        parse("y_hat: 2\ns: 1\n")
    assert str(caught.value) == (
        "answers.yaml has no answers inside a section (line 1, 'y_hat: 2'); "
        "put them under a line such as 'task1:', each indented by two spaces."
    )


@pytest.mark.parametrize("text", ["- 1\n- 2\n", "hello, world", "? [a]\n: 1\n", "<html>"])
def test_a_file_of_something_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(PartUnreadable, match="has no answers inside a section"):
        parse(text)


def test_one_value_outside_a_section_is_said() -> None:
    answers = parse("loss: 3\ntask1:\n  s: 1\n")
    assert answers.notes == ("Not read, because it is not in a section of answers.yaml: line 1, 'loss: 3'.",)
    assert answers.sections == {"task1": {"s": Answer("1", 1.0, None)}}


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n"])
def test_an_empty_file_is_all_blank_and_said(text: str) -> None:
    assert parse(text) == Answers("answers.yaml", {}, ("answers.yaml is empty.",))


def test_the_blank_template_is_all_blank() -> None:
    answers = parse("task1:\n  y_hat:\n  s:\ntask2:\ntask3: []\n")
    assert answers.sections == {"task1": {"y_hat": BLANK, "s": BLANK}, "task2": {}, "task3": {}}
    assert answers.notes == ()


@pytest.mark.no_cover  # tracing is not what is timed
@pytest.mark.parametrize(
    "text",
    [
        "a: &x [1, 1]\nb: *x\n",
        "a: &a [z,z]\nb: &b [*a,*a]\nc: [*b,*b]\n" * 10_000,
        "task1: " + "[" * 400_000,
        "task1:\n" + "".join(f"  k{i}: 1\n" for i in range(50_000)),
    ],
    ids=["anchor", "alias bomb", "nesting", "many keys"],
)
def test_bombs_anchors_and_tags_are_refused_at_once(text: str) -> None:
    start = time.process_time()
    with pytest.raises(PartUnreadable, match=r"line \d+"):
        parse(text)
    assert time.process_time() - start < moments(25)


@pytest.mark.no_cover  # tracing is not what is timed
@pytest.mark.parametrize("unit", ["x", "\n", " ", "a: b: c\n", "? ", "- ", "'", "\t", "a:1\n", "#", "{", "a\n  "])
def test_a_megabyte_of_anything_takes_a_moment(unit: str) -> None:
    start = time.process_time()
    with contextlib.suppress(PartUnreadable):
        parse("task1:\n  s:1\n" + unit * (900_000 // len(unit)))
    assert time.process_time() - start < moments(100)


def test_a_long_answer_and_many_remarks_are_cut_short() -> None:
    answers = parse("task1:\n  s: " + "1+" * 150 + "1\n" + "  a: 1\n" * 40)
    assert len(answers.sections["task1"]["s"].text) == 80
    assert answers.sections["task1"]["s"].problem is not None
    assert len(answers.notes) == 9
    assert answers.notes[-1] == "Not shown: 31 more notes on answers.yaml."


_PIECES = [
    *("task1", ":", ": ", "\n", "  ", "s", "-", "- ", "1", "*a", "&a ", "!x ", "[", "]", "{", "}"),
    *("'", '"', "|", ">", "?", "#", "\t", "%", "---"),
]


@given(st.one_of(st.text(max_size=100), st.lists(st.sampled_from(_PIECES), max_size=60).map("".join)))
def test_any_text_is_answers_or_a_problem(text: str) -> None:
    try:
        answers = parse(text)
    except PartUnreadable:
        return
    for section in answers.sections.values():
        for answer in section.values():
            assert len(answer.text) <= 80
            assert answer.value is None or answer.problem is None


@pytest.mark.parametrize("number", [2000, 2001])
def test_two_thousand_lines_are_read_where_the_file_is_no_yaml(number: int) -> None:
    lines = ["task1:", "  a:1", *(f"  k{n}: 1" for n in range(number - 2))]
    answers = parse("\n".join(lines))
    assert len(answers.sections["task1"]) == 1999
    assert ("Only the first 2000 lines were read." in answers.notes) == (number > 2000)


@pytest.mark.parametrize(("length", "read"), [(400, True), (401, False)])
def test_a_line_may_have_400_characters(length: int, read: bool) -> None:
    line = "  s: 1"
    answers = parse(f"task1:\n  a:1\n{line}{' ' * (length - len(line))}\n")
    assert ("s" in answers.sections["task1"]) == read


BROKEN = "\n  }\n"  # what makes a file be read line by line


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("task1:\n  s: 1\ntask2:\n  s: 2", {"task1": ["s"], "task2": ["s"]}),
        ("  task1:\n    s: 1\n  task2:\n    s: 2", {"task1": ["s"], "task2": ["s"]}),
        ("- task1:\n  - s: 1\n- task2:\n  - s: 2", {"task1": ["s"], "task2": ["s"]}),
        ("task1:\n- s: 1\n- m: 2\ntask2:\n- s: 2", {"task1": ["s", "m"], "task2": ["s"]}),
        ("task1:\ntask2:\n  s: 2", {"task1": [], "task2": ["s"]}),
        ("task1:\n  s:\n  m: 1", {"task1": ["s", "m"]}),
        ("# x: 1\ntask1: # the first\n  # y: 2\n  s: 1", {"task1": ["s"]}),
        ("---\ntask1:\n  s: 1\n...", {"task1": ["s"]}),
        ("task1:\n  s: 1\nm: 1", {"task1": ["s"]}),
        ("task 1\n  s: 1", {"task 1": ["s"]}),
        ("'task1':\n  \"s\": 1", {"task1": ["s"]}),
        ("task1:\n\ts: 1\n        m: 1", {"task1": ["s", "m"]}),
    ],
)
def test_sections_are_found_where_the_file_is_no_yaml(text: str, sections: dict[str, list[str]]) -> None:
    answers = parse(text + BROKEN)
    assert {name: list(section) for name, section in answers.sections.items()} == sections
    assert any("it was read line by line" in note for note in answers.notes)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("s: 1", Answer("1", 1.0, None)),
        ("s: '1'", Answer("1", 1.0, None)),
        ("s: ''", BLANK),
        ("s: 1'", Answer("1'", 1.0, None)),
        ("s: !!python/object/apply:os.system ['true']", None),
        ("s: '", Answer("'", None, "Line 2: ''' was not understood; write a number or arithmetic.")),
        ("s: x1x", Answer("x1x", None, "Line 2: 'x1x' was not understood; write a number or arithmetic.")),
        ("s: 1#2", Answer("1#2", None, "Line 2: '#2' was not understood; write a number or arithmetic.")),
        ("s: 1 #2", Answer("1", 1.0, None)),
        ("s:1", Answer("1", 1.0, None)),
        ("s:\t1", Answer("1", 1.0, None)),
        ("s = 1", Answer("1", 1.0, None)),
        ("s = 1 = 2", Answer("1 = 2", None, "Line 2: '1' is 1 and '2' is 2; write the result only.")),
        ("s", Answer("", None, "Line 2: A colon is missing after 's'.")),
        ("s\uff1a 1", Answer("1", 1.0, None)),
    ],
)
def test_one_line_is_read_where_the_file_is_no_yaml(line: str, answer: Answer | None) -> None:
    found = parse(f"task1:\n  {line}{BROKEN}").sections["task1"]["s"]
    assert found == answer if answer else found.value is None


def test_a_stray_line_is_named_as_it_stands() -> None:
    answers = parse("}\ntask1:\n  s: 1\n1 2\n+\nx: 3\n- y: 2\n")
    assert answers.notes[-1] == (
        "Not read, because it is not in a section of answers.yaml: line 1, '}'; line 4, '1 2'; line 5, '+'."
    )


@pytest.mark.parametrize("blank", ["", "~", "?", "-", "...", "…", "NULL", "None", "TODO", '""', "' '"])
def test_what_stands_for_nothing_is_blank(blank: str) -> None:
    assert parse(f"task1:\n  s: {blank}\n").sections == {"task1": {"s": BLANK}}


def test_eight_remarks_are_shown_whole() -> None:
    assert len(parse("task1:\n" + "  a: 1\n" * 9).notes) == 8
    notes = parse("task1:\n" + "  a: 1\n" * 10).notes
    assert notes[8:] == ("Not shown: 1 more note on answers.yaml.",)
    assert notes[0] == "Line 3: a appears twice; the last one was read."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("task1:\n  s: 1\n    2\n", "answers.yaml is not valid YAML; it was read line by line."),
        ("task1:\n  y_hat:2\n", "answers.yaml is not valid YAML; it was read line by line."),
        ("task1:\n  s: 1\n 2: [\n", "answers.yaml is not valid YAML (line 3); it was read line by line."),
    ],
)
def test_what_is_not_quite_yaml_is_said(text: str, sentence: str) -> None:
    assert parse(text).notes[0] == sentence


@pytest.mark.parametrize("text", ["task1:\n  s: |\n    1\n", "task1:\n  s: '1\n\n'\n", "task1:\n  s:\n    1\n"])
def test_a_value_on_a_line_of_its_own_is_read(text: str) -> None:
    assert parse(text).sections["task1"]["s"].value == 1


def test_nesting_of_five_is_read_and_of_six_is_refused() -> None:
    assert parse("task1: {s: [[[1]]]}").sections["task1"]["s"].text == "(several values)"
    with pytest.raises(PartUnreadable, match="line 1: there is far more text here"):
        parse("task1: {s: [[[[1]]]]}")
    many = "".join(f"t{number}: [1]\n" for number in range(20))
    assert parse(f"{many}task1: {{s: 1}}").sections["task1"]["s"].value == 1


def test_five_thousand_events_are_read() -> None:
    # Three begin (stream, document, mapping) and three end them; the section has its name, a beginning and an end.
    answers = (5001 - 6 - 3) // 2
    text = "a: {" + ", ".join(f"k{n}: 1" for n in range(answers)) + "}"
    assert len(parse(text).sections["a"]) == answers
    with pytest.raises(PartUnreadable, match="far more"):
        parse(f"b:\n{text}")


def test_several_documents_are_read_one_after_the_other() -> None:
    answers = parse("task1: {s: 1}\n---\n---\ntask2: {s: 2}\n")
    assert {name: section["s"].value for name, section in answers.sections.items()} == {"task1": 1, "task2": 2}


@pytest.mark.no_cover  # tracing is not what is timed
def test_directions_to_the_parser_are_not_given_to_it() -> None:
    text = "".join(f"%TAG !a{number}! x\n" for number in range(1900)) + "---\ntask1:\n  s: 1\n"
    start = time.process_time()
    answers = parse(text)
    assert time.process_time() - start < moments(25)
    assert answers.sections["task1"]["s"].value == 1
    assert answers.notes[0] == "answers.yaml is not valid YAML (line 1); it was read line by line."
    short = parse("%YAML 1.1\n---\ntask1:\n  s: 1\n")
    assert short.sections["task1"]["s"].value == 1


def test_a_text_fifty_times_as_long_as_answers_is_refused() -> None:
    text = "task1:\n  s: 1\n"
    parse(text + "#" * (100_000 - len(text)))
    with pytest.raises(PartUnreadable, match="line 3: there is far more text here than in the answers to a lab"):
        parse(text + "#" * (100_001 - len(text)))
