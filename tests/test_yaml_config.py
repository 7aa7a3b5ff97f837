"""A file that does not fit is refused with file, line, key and what is allowed there."""

import re
import time
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from frozen import changeable

from autograder.schema_errors import unknown_name
from autograder.yaml_config import Document, FileError, convert, load, read_text

BOMB = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
)


class Circle(msgspec.Struct, tag_field="kind", tag="circle", forbid_unknown_fields=True):
    radius: float


class Square(msgspec.Struct, tag_field="kind", tag="square", forbid_unknown_fields=True):
    side: float
    name: str = ""
    style: Literal["solid", "dashed"] = "solid"
    sizes: dict[str, int] = {}


class Page(msgspec.Struct, forbid_unknown_fields=True):
    shapes: tuple[Circle | Square, ...] = ()
    color: Literal["red", "green"] = "red"
    sizes: dict[str, dict[str, int]] = {}
    rows: list[list[int]] = []
    shown: bool = True
    best: Circle | Square | None = None


def page_of(tmp_path: Path, content: str) -> Page:
    (tmp_path / "page.yaml").write_text(content)
    return convert(load(tmp_path / "page.yaml"), Page)


def refusal(tmp_path: Path, content: str) -> str:
    """The sentence, without the folder."""
    with pytest.raises(FileError) as caught:
        page_of(tmp_path, content)
    return str(caught.value).removeprefix(f"{tmp_path}/")


def test_what_fits_is_typed(tmp_path: Path) -> None:
    page = page_of(tmp_path, "shapes:\n- {kind: square, side: 1e-3}\n- {kind: circle, radius: 2}\nsizes: {a: {b: 1}}\n")
    assert page == Page((Square(0.001), Circle(2.0)), sizes={"a": {"b": 1}})


@pytest.mark.parametrize("number", ["1e3", "-1e-3", "+2.5E+2", "1E5"])
def test_a_number_with_an_exponent_is_a_number(tmp_path: Path, number: str) -> None:
    assert page_of(tmp_path, f"best: {{kind: circle, radius: {number}}}").best == Circle(float(number))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", ", line 1: the file is empty"),
        ("color: red\ncolor: green\n", ", line 2 (color): this key is given twice, here and in line 1; keep "
         "one of them"),
        ("sizes: {a: {b: 1, b: 2}}\n", ", line 1 (sizes.a.b): this key is given twice, in this line; keep one of them"),
        ("sizes:\n  a:\n    b: 1\n    b: 2\n", ", line 4 (sizes.a.b): this key is given twice, here and in line 3; "
         "keep one of them"),
        ("color: red\n  shown: [\n", ", line 2: this is not valid YAML: mapping values are not allowed "
         "in this context; put text with a colon in it into quotes: \"…\", or check the indentation"),
        ("best: {kind: square, side: 1, name: a: b}\n", ", line 1: this is not valid YAML: did not find expected ',' "
         "or '}'; put text with a colon or a comma in it into quotes: \"…\""),
        ("best: {kind: circle, radius: 0,25}\n", ", line 1 (best): a number has a point, not a comma: write 0.25"),
        ("best: {kind: circle, radius: '-0,25'}\n", ", line 1 (best.radius): a number is needed here; write -0.25, "
         "with a point"),
        ("best: {kind: circle, radius: 0, 25}\n", ", line 1 (best.25): there is no key '25'; allowed: kind, radius"),
        ("best: {kind: circle, radius: one}\n", ", line 1 (best.radius): a number is needed here"),
        ("color: reed\n", ", line 1 (color): there is no value 'reed'; did you mean 'red'? allowed: green, red"),
        ("colour: red\n", ", line 1 (colour): there is no key 'colour'; did you mean 'color'? allowed: best, color, "
         "rows, shapes, shown, sizes"),
        ("\ncolor: blue\n", ", line 2 (color): there is no value 'blue'; allowed: green, red"),
        ("color: red\nshown: perhaps\n", ", line 2 (shown): true or false is needed here"),
        ("rows:\n- [1]\n- [2, x]\n", ", line 3 (rows[1][1]): a number is needed here"),
        ("rows: 3\n", ", line 1 (rows): a list is needed here, in brackets: [ … ]"),
        ("sizes:\n  a: {b: 1}\n  c: {d: 2, e: x}\n", ", line 3 (sizes.c.e): a number is needed here"),
        ("sizes:\n  a: {b: x}\n  c: {d: x}\n", ", line 2 (sizes.a.b): a number is needed here"),
        ("sizes: 1\n", ", line 1 (sizes): keys with values are needed here"),
        ("shapes:\n- kind: circle\n  radius: 1\n- kind: squire\n", ", line 4 (shapes[1].kind): "
         "there is no kind 'squire'; did you mean 'square'? allowed: circle, square"),
        ("shapes:\n- kind: circle\n  radios: 1\n", ", line 3 (shapes[0].radios): there is no key 'radios'; did you "
         "mean 'radius'? allowed: kind, radius"),
        ("shapes:\n- kind: square\n  side: 1\n  name: 3\n", ", line 4 (shapes[0].name): text is needed here; "
         'put it in quotes: "…"'),
        ("shapes:\n- kind: square\n", ", line 2 (shapes[0]): this lacks the required field `side`"),
        ("best:\n  kind: square\n  sid: 3\n", ", line 3 (best.sid): there is no key 'sid'; did you mean 'side'? "
         "allowed: kind, name, side, sizes, style"),
        ("shapes:\n- {kind: square, side: 1, style: thin}\n", ", line 2 (shapes[0].style): there is no value 'thin'; "
         "allowed: dashed, solid"),
        ("shapes:\n- {kind: circle, radius: 1}\n- {kind: square, side: 1, sizes: {a: 1, b: x, c: 2}}\n",
         ", line 3 (shapes[1].sizes.b): a number is needed here"),
        ("shapes:\n- {kind: square, side: 1, sizes: {a: 1}}\n- {kind: square, side: 1, sizes: {a: x}}\n",
         ", line 3 (shapes[1].sizes.a): a number is needed here"),
        ("shown: 'true'\n", ", line 1 (shown): true or false is needed here"),
        ("best: {kind: square, side: 1, name: 3}\n", ", line 1 (best.name): text is needed here; put it in quotes: "
         '"…"'),
        ("[1]\n", ", line 1: keys with values are needed here"),
        ("shown: true\ncolor: 2013-13-45\n", ", line 2: '2013-13-45': this is not a valid date, time or number; "
         "put it in quotes if it is text"),
        ("2013-13-45: true\n", ", line 1: '2013-13-45': this is not a valid date, time or number; "
         "put it in quotes if it is text"),
        ("best: &a {kind: circle, radius: 1}\nsizes: {x: {<<: *a}}\n", ", line 2: merge keys (<<) are not supported; "
         "write the keys out"),
    ],
)  # fmt: skip
def test_a_refusal_says_where_and_what_is_allowed(tmp_path: Path, content: str, sentence: str) -> None:
    assert refusal(tmp_path, content) == f"page.yaml{sentence}"


@pytest.mark.parametrize(
    "value",
    [
        "9" * 5000,
        "!!int x",
        "!!float x",
        "!!bool x",
        "!!timestamp x",
        "2020-01-01T99:99:99",
        "0b",
        "0x_",
        "1:99999999999999:0.0",
    ],
)
def test_a_value_that_cannot_be_read_is_one_sentence(tmp_path: Path, value: str) -> None:
    said = refusal(tmp_path, f"shown: true\ncolor: {value}\n")
    assert said.startswith("page.yaml, line 2")
    assert "\n" not in said


def test_a_place_without_a_line_has_the_next_one_outwards() -> None:
    document = Document(Path("f"), {}, {(): 1, ("a",): 3, ("a", 0): 4})
    assert str(document.error(("a", 0, "b"), "oh")) == "f, line 4 (a[0].b): oh"
    assert str(document.error(("a", 1), "oh")) == "f, line 3 (a[1]): oh"
    assert str(document.error(("b",), "oh")) == "f, line 1 (b): oh"
    assert str(document.error((), "oh")) == "f, line 1: oh"
    assert str(Document(Path("f"), {}, {}).error(("a",), "oh")) == "f (a): oh"


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=re.escape("none: it cannot be read (No such file or directory); check the")):
        read_text(tmp_path / "none")
    (tmp_path / "bytes").write_bytes(b"\xff\xff")
    with pytest.raises(FileError, match="bytes: it is not UTF-8 text; save it as UTF-8"):
        read_text(tmp_path / "bytes")
    (tmp_path / "mark").write_bytes(b"\xef\xbb\xbfa")
    assert read_text(tmp_path / "mark") == "a"
    (tmp_path / "control").write_bytes(b"a: \x01")
    with pytest.raises(FileError, match="this is not valid YAML"):
        load(tmp_path / "control")


@pytest.mark.parametrize(
    ("name", "known", "sentence"),
    [
        ("tarin", ["train", "test"], "there is no verb 'tarin'; did you mean 'train'? allowed: test, train"),
        ("x", ["train", "test"], "there is no verb 'x'; allowed: test, train"),
        ("x", [], "there is no verb 'x'; allowed: none"),
        ("ab1", ["ab2", "ab3"], "there is no verb 'ab1'; did you mean 'ab3'? allowed: ab2, ab3"),
    ],
)
def test_the_nearest_name_is_proposed(name: str, known: list[str], sentence: str) -> None:
    assert unknown_name("verb", name, known) == sentence


def test_data_cannot_be_changed() -> None:
    assert changeable("autograder.yaml_config") == set()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (BOMB, r"line 1: there are more than 50,000 values"),
        ("a: &a [*a]\n", "nested too deeply"),
        ("[" * 5000 + "]" * 5000, "nested too deeply"),
    ],
    ids=["aliases to aliases", "an alias in itself", "brackets"],
)
def test_a_file_that_unfolds_without_end_is_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(FileError, match=says):
        load(tmp_path / "x.yaml")


def test_a_long_name_is_not_compared_to_its_end() -> None:
    start = time.process_time()
    assert "there is no key" in unknown_name("key", "a" * 1_000_000, ["b" + "a" * 100] * 5000)
    assert time.process_time() - start < 5
