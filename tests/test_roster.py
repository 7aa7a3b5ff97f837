"""A class list is read as course systems and spreadsheets write it; what does not fit is named with line and column."""

import csv
import io
import re
from pathlib import Path

import pytest
from frozen import changeable
from hypothesis import given
from hypothesis import strategies as st

from autograder import roster
from autograder.roster import Student
from autograder.text import clean
from autograder.yaml_config import FileError

NUMBERS = ("task1.x", "task1.y")


def read(tmp_path: Path, content: str | bytes, numbers: tuple[str, ...] = ()) -> tuple[Student, ...]:
    path = tmp_path / "roster.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return roster.read(path, numbers).students


@pytest.mark.parametrize(
    "content",
    [
        "Name,Email,SID\nAda Lovelace,ada@example.edu,00123\n",
        "First Name,Last Name,SID,Email,Role\nAda,Lovelace,00123,ada@example.edu,Student\n",  # Gradescope's
        "\ufeffname , EMAIL,sid\r\n\r\n Ada  Lovelace ,ada@example.edu ,00123\r\n,,\r\n",
        'SID,Name,Email\n"00123","Ada\nLovelace",ada@example.edu',
        "First name,Surname,ID number,E-mail address\nAda,Lovelace,00123,ada@example.edu,,\n",  # Moodle's
        'Student,E-Mail,Student ID\nAda Lovelace,ada@example.edu,="00123"\n',  # a spreadsheet's text
        "Name,Email,SID,Student\nAda Lovelace,\u200bada@exam\u2060ple.edu\u200b,\ufeff00123,yes,\n",
    ],
)
def test_columns_come_in_any_order_and_files_from_any_system(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content) == (Student("Ada Lovelace", "ada@example.edu", "00123"),)


def test_who_somebody_is_is_the_email_or_else_the_sid(tmp_path: Path) -> None:
    ada, alan = read(tmp_path, "Email,SID\n Ada@Example.EDU,1\n,A-2\n")
    assert (ada.identity, alan.identity) == ("ada@example.edu", "a-2")
    assert [str(each) for each in (ada, alan, Student("Ada", "a@b", ""))] == ["Ada@Example.EDU", "A-2", "Ada (a@b)"]


def test_somebody_is_found_by_either_whatever_the_capitals(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("Email,SID\nada@example.edu,1\n,A-2\n")
    known = roster.read(path)
    ada, alan = known.students
    assert known.find("ADA@example.edu ") == known.find(sid="1") == known.find("new@example.edu", "1") == ada
    assert known.find(sid="a-2") == alan
    assert known.find("", "") is known.find("1") is known.find(sid="3") is None


def test_numbers_are_read_where_they_are_given(tmp_path: Path) -> None:
    text = "Email,task1.y,task1.x,task1.z\nada@example.edu,-1.5,2,x\nalan@example.edu,,,\n"
    ada, alan = read(tmp_path, text, NUMBERS)
    assert ada.numbers == {"task1.x": 2.0, "task1.y": -1.5}
    assert alan.numbers == {}


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        ("", "roster.csv, line 1: ", "no column Email or SID (found: nothing)"),
        ("Name;Email\nAda;a@b\n", "roster.csv, line 1: ", "no column Email or SID (found: Name;Email); export"),
        ("Name,Email\n", "roster.csv: ", "it contains no students"),
        ("Email,email\na@b,c@d\n", "roster.csv, line 1, column email: ", "two columns have this name"),
        ("Name,Email\nAda,a@b\nAlan,A@B\n", "roster.csv, line 3, column Email: ", "'A@B' is in line 2 too"),
        ("SID\n1\n2\n1\n", "roster.csv, line 4, column SID: ", "'1' is in line 2 too"),
        ("Name,Email\nAda,\n", "roster.csv, line 2, column Email: ", "both the email and the SID are missing"),
        ("Name,Email\nAda,ada example.edu\n", "roster.csv, line 2, column Email: ", "is not an email address"),
        ("Email,Name\na@b,Lovelace, Ada\n", "roster.csv, line 2: ", "3 cells, and the header row has 2"),
        (
            "Emial,SID\na@b,1\n",
            "roster.csv, line 1, column Emial: ",
            "did you mean 'Email'? Rename this",
        ),
        ("Email,Student IDs\na@b,1\n", "roster.csv, line 1, column Student IDs: ", "did you mean 'SID'?"),
        ("E-mail,mail\na@b,1\n", "roster.csv, line 1, column mail: ", "two columns have this name"),
        ('Email\n"a@b\n', "roster.csv, line 2: ", "not valid CSV"),
        (b"Email\n\xff@b\n", "roster.csv: ", "not UTF-8"),
        ("Email,task1.x\na@b,1\n", "roster.csv, line 1, column task1.y: ", "this column is missing"),
        ("Email,task1.x,task1.y\na@b,1,\n", "roster.csv, line 2, column task1.y: ", "the number is missing"),
        ("Email,task1.x,task1.y\na@b,1,nan\n", "roster.csv, line 2, column task1.y: ", "'nan' is not a number"),
        ('Email,task1.x,task1.y\na@b,1,"1,5"\n', "roster.csv, line 2, column task1.y: ", "with a decimal point"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(tmp_path: Path, content: str | bytes, where: str, what: str) -> None:
    with pytest.raises(FileError) as error:
        read(tmp_path, content, NUMBERS)
    assert where in str(error.value)
    assert what in str(error.value)
    assert "\n" not in str(error.value)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_no_cell_is_a_formula_and_every_cell_can_be_read_again(text: str) -> None:
    text = clean(" ".join(text.split()), roster.LONGEST)
    cell = roster.escape_formulas(text)
    assert not re.search("(^|[,;|])[\\s'\"`]*[=+\\-@]", re.sub("(^|[,;|])'", "x", cell))
    assert clean(roster.cell_text(cell), roster.LONGEST) == text
    written = io.StringIO()
    csv.writer(written).writerow([cell])
    assert next(csv.reader(io.StringIO(written.getvalue()))) == [cell]


def test_data_cannot_be_changed() -> None:
    assert changeable("autograder.roster") == set()


@pytest.mark.parametrize(
    ("who", "pair"), [(" a@b ", ("a@b", "")), ("12", ("", "12")), ("", ("", "")), ("@", ("@", ""))]
)
def test_somebody_is_named_by_email_or_number(who: str, pair: tuple[str, str]) -> None:
    assert roster.email_or_sid(who) == pair


def test_an_email_counts_before_a_number() -> None:
    ada, alan = Student("", "a@b", "1"), Student("", "c@d", "2")
    known = roster.Roster((ada, alan))
    assert known.find("a@b", "2") == ada
    assert known.find("x@y", "2") == alan
    assert known.find("2") is known.find(sid="a@b") is roster.Roster().find("a@b") is None
    assert roster.Roster((Student("", "", "1"),)).find("", "") is None
    assert (ada.identity, Student("", "", " X ").identity) == ("a@b", "x")
    assert str(Student("Ada", "", "1")) == "Ada (1)"


def test_a_short_row_has_blank_cells_and_a_long_one_is_refused(tmp_path: Path) -> None:
    (ada,) = read(tmp_path, "Email,Name,SID\nada@example.edu\n")
    assert ada == Student("", "ada@example.edu", "")
    with pytest.raises(FileError, match=r"line 2: there are 4 cells, and the header row has 3"):
        read(tmp_path, "Email,Name,SID\nada@example.edu,,,x\n")
    assert read(tmp_path, "Email,Name,SID\nada@example.edu,,, ,\n") == (ada,)


@pytest.mark.parametrize(("length", "shown"), [(254, "x" * 254), (255, "x" * 253 + "…")])
def test_a_cell_is_read_up_to_254_characters(length: int, shown: str) -> None:
    assert roster.cell_text("x" * length) == shown


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        *(("=1", "'=1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("a=1", "a=1"), ("'x", "'x"), ("", "")),
        *(
            ("x;=1+1", "x;'=1+1"),
            ("a, -2", "a,' -2"),
            ("＝1", "'＝1"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠x", "'＠x"),
        ),
        *((' "=1', "' \"=1"), ("'=1", "''=1"), ("a|@b", "a|'@b"), ("=1;=2,=3", "'=1;'=2,'=3"), ("﹦1", "'﹦1")),
        *(("Anne-Marie O'Neil-x", "Anne-Marie O'Neil-x"), ("a; b, c", "a; b, c")),
    ],
)
def test_a_formula_is_defused_and_read_again(text: str, cell: str) -> None:
    assert roster.escape_formulas(text) == cell
    assert roster.cell_text(cell).strip() == text.strip()


@pytest.mark.parametrize("text", ["a\t=1", "a\n=1", "a\r\n  +1", "\n-1"])
def test_a_formula_on_a_line_of_its_own_is_defused(text: str) -> None:
    assert all(
        not line.strip().startswith(("=", "+", "-")) for line in re.split("[\t\r\n]", roster.escape_formulas(text))
    )


def test_every_cell_of_a_table_stands_in_quotes() -> None:
    assert roster.to_csv([["a", 'b"c'], ["1", ""]], "\n") == '"a","b""c"\n"1",""\n'


def test_invisible_characters_do_not_change_identity(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("Email\nada@example.edu\n")
    assert roster.read(path).find("ada\u200b@example.edu\ufeff ") is not None
    with pytest.raises(FileError, match="is in line 2 too"):
        read(tmp_path, "Email\na@b\na@\u200db\n")


@pytest.mark.parametrize("heading", ["Username", "User ID", "ID", "Side", "Students", "Names", "NetID", "Section"])
def test_slightly_similar_column_is_ignored(tmp_path: Path, heading: str) -> None:
    assert [each.email for each in read(tmp_path, f"Email,{heading}\na@b,x\n")] == ["a@b"]


def test_names_may_be_in_one_column_or_two(tmp_path: Path) -> None:
    text = "Name,First Name,Last Name,SID\nAda L,x,y,1\n,Alan,,2\n,,Turing,3\n"
    assert [each.name for each in read(tmp_path, text)] == ["Ada L", "Alan", "Turing"]


def test_columns_that_are_not_asked_for_may_stand_twice(tmp_path: Path) -> None:
    assert read(tmp_path, "SID,x,x,task1.x,task1.y\n1,a,b,1,2\n")[0].numbers == {}
    with pytest.raises(FileError, match=r"line 1, column task1.x: two columns have this name"):
        read(tmp_path, "SID,task1.x,task1.x\n1,2,3\n", ("task1.x",))


def test_one_of_two_students_may_have_the_same_blank_cell(tmp_path: Path) -> None:
    assert len(read(tmp_path, "Email,SID\na@b,\nc@d,\n,1\n,2\n")) == 4
    with pytest.raises(FileError, match="is in line 2 too"):
        read(tmp_path, "Email,SID\na@b,1\nc@d,1\n")


@pytest.mark.parametrize("sis", [True, False])
def test_gradebook_of_canvas_is_a_roster(tmp_path: Path, sis: bool) -> None:
    head = "Student,ID,SIS User ID,SIS Login ID,Section,Lab 3 (17),Final Score\n"
    head += "    Points Possible,,,,,10,(read only)\n,,,,,Manual Posting,\n"
    text = f'{head}"Lovelace, Ada",901,00123,ada@example.edu,S1,4,1\n"B, Bob",902,,bob,S1\n"Student, Test",999,,,S1,,\n'
    if not sis:  # as whoever may not see the columns of the student information system exports it
        rows = [line.split(",") for line in text.replace(", ", "; ").splitlines()]
        text = "".join(",".join((*row[:2], *row[4:])) + "\n" for row in rows).replace("; ", ", ")
    ada, bob = read(tmp_path, text)
    assert ada == Student("Lovelace, Ada", *(("ada@example.edu", "00123") if sis else ("", "901")))
    assert (ada.columns["ID"], ada.columns["Section"], ada.columns["Lab 3 (17)"]) == ("901", "S1", "4")
    assert (bob.email, bob.sid, bob.columns["Final Score"]) == ("", "bob" if sis else "902", "")
    with pytest.raises(FileError, match="both the email and the SID are missing"):
        read(tmp_path, f"{head}Nobody,,,,\n")
