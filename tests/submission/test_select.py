"""Of the files submitted the best name counts, then the outermost folder, and nothing is guessed."""

import pytest

from autograder.submission import FileSet
from autograder.submission.select import choose, is_answers, rank


def handed(*paths: str, refused: tuple[str, ...] = (), folders: tuple[str, ...] = ()) -> FileSet:
    """Files whose content is their path."""
    return FileSet({path: path.encode() for path in paths}, dict.fromkeys(refused, "is odd"), frozenset(folders))


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("Lab4.py", ["Lab4.py", "lab4.py", "my Lab4.py", "Lab4.ipynb", "my Lab4.ipynb"]),
        ("Lab4.py", ["Lab4.py", "LAB4.PY", "Lab4.py.txt", "lab4.ipynb.txt", "Lab4 (2).ipynb.json"]),
        ("answers.yaml", ["answers.yaml", "answers.yml", "my answers.yml"]),
        ("answers.yaml", ["answers.yaml", "ANSWERS.YAML", "answers.txt"]),
    ],
)
def test_names_fit_better_and_worse(wanted: str, names: list[str]) -> None:
    ranks = [rank(name, wanted) for name in names]
    assert ranks == list(range(len(names)))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        *(("my answers.txt", "answers.yaml"), ("answers.ipynb", "answers.yaml"), ("answers.py", "answers.yaml")),
        *(("Lab4.yml", "Lab4.py"), ("Lab4.txt", "Lab4.py"), ("Lab41.py", "Lab4.py"), ("xLab4.py", "Lab4.py")),
        *(
            ("tests_lab4.py", "Lab4.py"),
            ("my_test_of_lab4.py", "Lab4.py"),
            (".py", "Lab4.py"),
            ("Lab5.ipynb", "Lab4.py"),
        ),
    ],
)
def test_what_does_not_fit_has_no_rank(name: str, wanted: str) -> None:
    assert rank(name, wanted) is None


@pytest.mark.parametrize("name", ["Lab 04.py", "latest_lab4.py", "Lab-4 final.py", "4_lab4_4.py"])
def test_a_look_alike_is_told_from_a_test(name: str) -> None:
    assert rank(name, "Lab4.py") == 2


def test_what_lies_deep_is_taken_where_nothing_lies_near() -> None:
    for path in ("a/b/c/Lab4.py", "Users/ada/Documents/uni/2026/lab/Lab4.py"):
        assert choose(handed(path), "Lab4.py").path == path
    assert choose(handed("a/b/c/d/Lab4.py", "lab4.py"), "Lab4.py").path == "lab4.py"
    assert choose(handed("a/b/c/d/Lab4.py", "a/b/c/d/e/Lab4.py"), "Lab4.py").path == "a/b/c/d/Lab4.py"
    assert "is not clear" in str(choose(handed("a/b/c/d/Lab4.py", "a/b/c/e/Lab4.py"), "Lab4.py").problem)
    assert choose(handed("a/b/c/d/mine.py"), "Lab4.py", alone=True).path == "a/b/c/d/mine.py"
    assert choose(handed("a/b/c/d/mine.py", "lib/a/b/c/d.py"), "Lab4.py", alone=True).path is None
    assert choose(handed("mine.py", "lib/a/b/c/d.py"), "Lab4.py", alone=True).path == "mine.py"


@pytest.mark.parametrize(
    ("paths", "parts"),
    [
        (["Lab4_task1.py", "Lab4_task2.py"], ["Lab4_task1.py", "Lab4_task2.py"]),
        (["Lab4_2.py", "Lab4_1.py", "Lab4_10.py"], ["Lab4_1.py", "Lab4_10.py", "Lab4_2.py"]),
        (["task1/Lab4.py", "task2/Lab4.py"], ["task1/Lab4.py", "task2/Lab4.py"]),
        (["Lab4_task1.ipynb", "Lab4_task2.py"], ["Lab4_task1.ipynb", "Lab4_task2.py"]),
        (["Lab4.py", "Lab4 part 2.py", "Lab4_old.py"], ["Lab4 part 2.py", "Lab4.py"]),
        (["Lab4.py", "Lab4_old.py"], []),
        (["task1.py", "Aufgabe_2.ipynb", "other.py"], ["Aufgabe_2.ipynb", "task1.py"]),
        (["Lab4.py"], []),
        (["one.py", "two.py"], []),
    ],
)
def test_files_that_could_be_one_program(paths: list[str], parts: list[str]) -> None:
    assert list(choose(handed(*paths), "Lab4.py", alone=True).parts) == parts


def test_file_choice_by_name_then_folder_then_order() -> None:
    assert choose(handed("lab4.py", "a/b/Lab4.py"), "Lab4.py").path == "a/b/Lab4.py"
    assert choose(handed("a/b/Lab4.py", "z/Lab4.py"), "Lab4.py").path == "z/Lab4.py"
    assert choose(handed("z/Lab4.py", "Lab4.py"), "Lab4.py").notes == (
        "Lab4.py was read; also found, and ignored: z/Lab4.py.",
    )


def test_equally_likely_files_are_refused() -> None:
    assert "is not clear" in str(choose(handed("Lab4 (1).py", refused=("Lab4 (2).py",)), "Lab4.py").problem)
    assert "is not clear" in str(choose(handed(refused=("Lab4 (1).py", "Lab4 (2).py")), "Lab4.py").problem)
    assert choose(handed(refused=("Lab4.py",)), "Lab4.py").path == "Lab4.py"
    same = FileSet({"Lab4 (1).py": b"x", "Lab4 (2).py": b"x"}, {}, frozenset())
    assert choose(same, "Lab4.py").path == "Lab4 (1).py"


@pytest.mark.parametrize(
    ("paths", "wanted", "found"),
    [
        (("mine.py",), "Lab4.py", "mine.py"),
        (("mine.py", "my.ipynb"), "Lab4.py", "mine.py"),
        (("my.ipynb", "x.txt"), "Lab4.py", "my.ipynb"),
        (("one.py", "two.py", "my.ipynb"), "Lab4.py", None),  # a program is there, and which is not clear
        (("one.ipynb", "two.ipynb"), "Lab4.py", None),
        (("mine.py", "test_mine.py", "__init__.py", "conftest.py", "setup.py", ".x.py"), "Lab4.py", "mine.py"),
        (("mine.yml", "mine.py"), "answers.yaml", "mine.yml"),
        (("one.yml", "two.yaml"), "answers.yaml", None),
        (("mine.py",), "answers.yaml", None),
        (("mine.yml",), "Lab4.py", None),
    ],
)
def test_the_only_file_of_its_kind_is_taken(paths: tuple[str, ...], wanted: str, found: str | None) -> None:
    choice = choose(handed(*paths), wanted, alone=True)
    assert choice.path == found
    assert choice.notes == (() if found is None else (f"{found} was read as {wanted}.",))
    assert choose(handed(*paths), wanted).path is None


def test_what_was_found_instead_is_named_outermost_first() -> None:
    problem = choose(handed("b/a.txt", "z.txt", refused=("c.txt",)), "Lab4.py").problem
    assert problem == "No Lab4.py was found; submit a file with that name. Found: c.txt, z.txt, b/a.txt."


@pytest.mark.parametrize("folder", ["Lab4.py", "a/lab4.PY"])
def test_a_folder_of_that_name_is_named(folder: str) -> None:
    problem = f"{folder} is a folder, not a file; submit the file Lab4.py itself."
    assert choose(handed(folders=("x", folder)), "Lab4.py").problem == problem
    assert choose(handed(f"{folder}/x.txt"), "Lab4.py").problem == problem


@pytest.mark.parametrize(
    ("name", "paper"),
    [("answers.yaml", True), ("other.yml", True), ("answers.txt", True), ("mine.py", False), ("other.txt", False)],
)
def test_a_file_alone_is_the_answers_by_its_name(name: str, paper: bool) -> None:
    assert is_answers(name, "answers.yaml") == paper
