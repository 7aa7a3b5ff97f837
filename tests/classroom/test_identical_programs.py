"""Copies in a class are found, and nobody is named for the plain right solution."""

import functools
import hashlib
import random
import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import copied
import msgspec
import pytest
from conftest import ROOT, RunClass, moments

from autograder import limited
from autograder.classroom.overview import page
from autograder.classroom.overview.collect import collect
from autograder.classroom.overview.given_code import given_statements
from autograder.classroom.overview.identical_programs import CopyGroup, SubmittedProgram, close_pairs, find_copies
from autograder.classroom.store import SubmissionRecord
from autograder.outcome import CheckResult, GradeReport, Outcome
from autograder.roster import Person
from autograder.rubric import Lab
from autograder.sandbox.host.confinement import Confinement
from autograder.submission import Program, normal_form
from autograder.submission.normal_form import FunctionForm, ProgramForm, function_forms

pytestmark = pytest.mark.xdist_group("copies")  # they compare the same programs, whose forms are made once
CLASS = 120
COPIES = ((5, 117), (30, 118), (61, 119))


@functools.cache
def _form(text: str) -> ProgramForm:
    return ProgramForm(hashlib.sha256(text.encode()).digest()[:8], function_forms([text], copied.export.FUNCTIONS))


def _groups(lab: Lab, texts: Sequence[str], people: Sequence[str] = ()) -> list[CopyGroup]:
    given = given_statements(lab)
    names = people or [str(at) for at in range(len(texts))]
    programs = [
        SubmittedProgram(at, frozenset([who]), _form(text), given)
        for at, (text, who) in enumerate(zip(texts, names, strict=True))
    ]
    return find_copies(programs)


def _class(seed: int, independent: int = CLASS) -> list[str]:
    return list(_programs(seed, independent))


@functools.cache
def _programs(seed: int, independent: int) -> tuple[str, ...]:
    chance = random.Random(seed)
    return tuple(copied.program(chance) for _ in range(independent))


def _with_copies(seed: int) -> list[str]:
    texts = _class(seed)
    for original, copy in COPIES:
        texts[copy] = copied.disguised(texts[original], random.Random(seed))
    return texts


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_exactly_the_three_copies_are_found(real_lab: Lab, seed: int) -> None:
    found = _groups(real_lab, _with_copies(seed))
    assert sorted(each.students for each in found) == list(COPIES)
    for each in found:
        assert not each.same_file
        assert each.statements == each.of > 20
        assert {"train", "fnn_forward", "fnn_gradients", "fnn_check_result"} <= {*each.same}


@pytest.mark.parametrize(("copies", "found"), [(3, True), (4, False)])
def test_what_more_than_three_of_a_small_class_have_says_nothing(copies: int, found: bool) -> None:
    """All share their statements but one in each function, so no function is the same as a whole."""

    def function(name: str, student: int) -> FunctionForm:
        shared = name if student < copies else f"{name} {student}"
        digests = [hashlib.sha256(f"{shared} {each}".encode()).digest()[:8] for each in range(12)]
        own = hashlib.sha256(f"{name} by {student}".encode()).digest()[:8]
        return FunctionForm(name, b"".join(sorted([*digests, own])), own, own)

    forms = [ProgramForm(bytes(8), tuple(function(name, each) for name in ("f", "g", "h"))) for each in range(20)]
    programs = [SubmittedProgram(at, frozenset([str(at)]), form, frozenset()) for at, form in enumerate(forms)]
    counts = Counter(digest for each in programs for digest in each.digests)
    close = {(0, 1), (0, 2), (1, 2)} if found else set()
    assert set(close_pairs(programs, counts)) == close


def test_edited_copy_is_found(real_lab: Lab) -> None:
    texts = _with_copies(1)
    original, copy = COPIES[2]
    texts[copy] = texts[copy].replace("    return ", "    print('done')\n    return ", 1)
    found = {each.students: each for each in _groups(real_lab, texts)}
    assert {*found} == {*COPIES}
    assert found[original, copy].statements < found[original, copy].of


def _indented(text: str) -> str:
    return "if True:\n" + "".join(f"    {line}\n" if line.strip() else "\n" for line in text.splitlines())


def _called_otherwise(text: str) -> str:
    """Each function that the lab asks for gets another name, and its own at the end."""
    own = [name for name in copied.export.FUNCTIONS if f"def {name}(" in text]
    for name in own:
        text = text.replace(f"def {name}(", f"def _{name}(")
    return text + "\n" + "".join(f"{name} = _{name}\n" for name in own)


def _with_unused(text: str) -> str:
    for name in copied.export.FUNCTIONS:
        text = re.sub(rf"(def {name}\(.*:\n)", rf"\1    _unused = {len(name)}.5\n", text)
    return text


def _with_dead_code(text: str) -> str:
    return text + "\n\ndef _dead(a):\n" + "".join(f"    a = a + {at}.25\n" for at in range(40)) + "    return a\n"


@pytest.mark.parametrize(
    "disguise",
    [
        _indented,
        _called_otherwise,
        _with_unused,
        _with_dead_code,
        lambda text: text + "\n_x = " + "+".join(["1"] * 400) + "\n",
        lambda text: text + "\n_x = " + "+".join(["1"] * 2900) + "\n",
        lambda text: _with_dead_code(_with_unused(text)),
    ],
)
def test_added_lines_hide_no_copy(real_lab: Lab, disguise: Callable[[str], str]) -> None:
    found = 0
    for seed in range(4):
        texts = _class(seed, 60)
        groups = _groups(real_lab, [*texts, disguise(copied.disguised(texts[7], random.Random(seed)))])
        assert [each.students for each in groups] in ([], [(7, 60)])
        found += len(groups)
    assert found >= 2


def test_equal_files_are_found_if_they_take_too_much(real_lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(normal_form, "_APART", limited.Repeated(int, _too_much))
    program = Program("Lab4.py", ("x = 1",), "ab" * 32)
    with normal_form.begun(program, copied.export.FUNCTIONS) as begun:
        form = begun()
    programs = [SubmittedProgram(at, frozenset([str(at)]), form, frozenset()) for at in range(2)]
    assert [(each.students, each.same_file) for each in find_copies(programs)] == [((0, 1), True)]


def _too_much(*_: object) -> int:
    raise limited.TooMuch


def test_one_obvious_function_accuses_nobody(real_lab: Lab) -> None:
    template = (ROOT / "student_template/Lab4.py").read_text()
    obvious = ("m1 = x1 * w1", "r = max(0.0, m1)", "m2 = r * w2", "y_hat = 1 / (1 + math.exp(-m2))", "s = y_hat - y")
    body = "\n    ".join([*obvious, "loss = s**2", "return m1, r, m2, y_hat, s, loss"])
    started = template.replace('raise NotImplementedError("fnn_forward() is still to be written")', body)
    assert started != template
    assert _groups(real_lab, [started, f"{started}# my own\n", template]) == []
    assert _groups(real_lab, [started, started, template]) == []
    assert _groups(real_lab, [started, started, *_class(11, 20)]) == []


def test_ring_is_one_group(real_lab: Lab) -> None:
    texts = _class(4)
    for copy in (20, 40, 60, 80):
        texts[copy] = copied.disguised(texts[7], random.Random(copy))
    assert [each.students for each in _groups(real_lab, texts)] == [(7, 20, 40, 60, 80)]


def test_plain_solution_accuses_nobody(real_lab: Lab) -> None:
    plain = (ROOT / "examples/perfect_plain/Lab4.py").read_text()
    texts = _class(5)
    for at in range(0, CLASS, 4):  # a quarter of the class has it, each with other comments and in another order
        texts[at] = copied.disguised(plain, random.Random(at))
    assert _groups(real_lab, texts) == []


def test_template_alone_is_no_copy(real_lab: Lab) -> None:
    template = (ROOT / "student_template/Lab4.py").read_text()
    broken = template + "\ndef ("
    assert _groups(real_lab, [*_class(6, 20), *[template] * 20, *[broken] * 5]) == []
    assert _groups(real_lab, [template] * 5) == []


def test_equal_files_are_found_in_any_class(real_lab: Lab) -> None:
    for size in (3, 50):
        texts = _class(7, size)
        texts[2] = texts[0]
        (found,) = _groups(real_lab, texts)
        assert (found.students, found.same_file) == ((0, 2), True)


def test_small_class_compares_names_too(real_lab: Lab) -> None:
    texts = _class(8, 9)
    texts[4] = copied.disguised(texts[0], random.Random(1))
    assert _groups(real_lab, texts) == []
    texts[4] = copied.with_comments(texts[0], random.Random(1))
    (found,) = _groups(real_lab, texts)
    assert (found.students, found.same_file) == ((0, 4), False)


def test_programs_that_do_not_parse_are_compared(real_lab: Lab) -> None:
    texts = _with_copies(9)
    original, copy = COPIES[1]
    broken = texts[original].replace("def train(", "def train((", 1)
    texts[original], texts[copy] = broken, copied.with_comments(broken, random.Random(3))
    assert (original, copy) in {each.students for each in _groups(real_lab, texts)}


def test_one_person_is_not_compared_with_themselves(real_lab: Lab) -> None:
    texts = _with_copies(1)
    people = [str(at) for at in range(CLASS)]
    people[5] = people[117] = "ada@x.edu"
    assert sorted(each.students for each in _groups(real_lab, texts, people)) == [*COPIES[1:]]


@pytest.mark.slow("comparisons of a thousand programs")
def test_thousand_programs_are_compared_at_once(real_lab: Lab) -> None:
    given = given_statements(real_lab)
    texts = _class(10, 1000)
    programs = [SubmittedProgram(at, frozenset([str(at)]), _form(text), given) for at, text in enumerate(texts)]
    assert sum(len(msgspec.msgpack.encode(each.form)) for each in programs) < 2_000 * len(programs)
    limit, start = moments(60), time.process_time()
    find_copies(programs)
    assert time.process_time() - start < limit


def _records(lab: Lab, texts: Sequence[str]) -> list[SubmissionRecord]:
    checks = tuple(CheckResult(each.number, "", each.points, Outcome(0.0, "")) for each in lab.rubric.checks)
    report = GradeReport("Lab 4", "", "cpu", checks, 0.0, Confinement({}))
    people = [(Person(f"Ada {at:03} Lovelace", f"ada{at}@x.edu", f"{at:07}"),) for at in range(len(texts))]
    return [
        SubmissionRecord(f"ada_{at}", f"{hash(text):x}", people[at], (), report, program=_form(text))
        for at, text in enumerate(texts)
    ]


def test_page_names_them_or_not(real_lab: Lab) -> None:
    texts = _with_copies(1)
    texts[90] = texts[91]
    found = collect(real_lab, _records(real_lab, texts))
    section = re.compile(r'<h2 id="copies">.*?<section', re.DOTALL)
    (named,) = section.findall(page.render(real_lab, found))
    assert "A hint to look, not an accusation" in named
    assert "the whole file, byte for byte" in named
    rows = [re.findall(r">Ada (\d+) Lovelace<", row) for row in named.split("<tr>")[2:]]
    assert rows[0] == ["090", "091"]
    assert sorted(rows[1:]) == [[f"{one:03}", f"{other:03}"] for one, other in COPIES]
    (hidden,) = section.findall(page.render(real_lab, found, anonymous=True))
    assert "Ada" not in hidden
    assert len(re.findall(r"student \d+<", hidden)) == 8


def test_class_counts_them(tmp_path: Path, run_class: RunClass) -> None:
    folder = tmp_path / "class"
    for name in ("a", "b", "c"):
        shutil.copytree(ROOT / "examples" / ("half_finished" if name == "c" else "perfect_plain"), folder / name)
    said = run_class(folder, tmp_path / "out")
    assert "2 submissions to review: report.html shows them, and `autograder worklist" in said
    assert "byte for byte" in (tmp_path / "out/report.html").read_text()
