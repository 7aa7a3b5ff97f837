"""A folder to start your own lab from: a copy of a lab that is complete, to change step by step."""

import ast
import re
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from autograder import rubric, yaml_config
from autograder.authoring import handout
from autograder.errors import UserError
from autograder.fileio import CannotWrite, cannot_write
from autograder.gradescope.upload_zip import PROJECT
from autograder.schema_errors import unknown_name

SMALLEST = "scalar"
PROGRAM = "Lab.py"  # what the program of every new lab is called
NOT_COPIED = ("__pycache__", ".*", "student_template")  # the template is made anew


class BadName(UserError):
    """No folder or rubric can have this name, or there is no such lab to start from; str() says why."""


def sources() -> Mapping[str, Path]:
    """The folders of the labs to start from, by name: a small one, and those of a checkout of this project."""
    labs = sorted(path.parent for path in (PROJECT / "labs").glob("*/rubric.yaml"))
    return {SMALLEST: Path(__file__).parent / "lab", **{folder.name: folder for folder in labs}}


def start(name: str, inside: Path, source: str = SMALLEST) -> Path:
    """Make the folder `name` in the folder `inside`, a copy of the lab `source`; returns it.

    The copy has its own name and key, and its program is called Lab.py. Raises BadName and CannotWrite.
    """
    if not re.fullmatch(r"\w[\w -]*", name):
        raise BadName(f"{name!r} cannot be a lab's name; start with a letter and use letters, digits, spaces, - and _")
    if source not in sources():
        raise BadName(unknown_name("lab to start from", source, sources()))
    folder = inside / name
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise CannotWrite(f"{folder}: it exists already")
    try:
        inside.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=inside) as beside:
            made = Path(beside, "made")
            shutil.copytree(sources()[source], made, ignore=shutil.ignore_patterns(*NOT_COPIED))
            _rename(made, name, {f"labs/{source}": folder.as_posix()})
            the_lab = rubric.load(made)
            handout.write(handout.make(the_lab), the_lab.template)
            handout.write(handout.of_reference(the_lab), the_lab.reference)
            made.rename(folder)
    except OSError as error:
        raise cannot_write(folder, error) from None
    return folder


def _rename(made: Path, name: str, further: Mapping[str, str]) -> None:
    """Give a copied lab its own name, key and name of its program, wherever these are mentioned.

    Args:
        made: the folder of the copy.
        name: the new name.
        further: other words to replace.
    """
    old = yaml_config.load(made / "rubric.yaml").data
    program = made / "reference" / old["program"]
    replaced = {old["lab"]: name, old["key"]: secrets.token_urlsafe(24), program.stem: Path(PROGRAM).stem, **further}
    for path in (path for path in made.rglob("*") if path.is_file()):
        with suppress(UnicodeDecodeError):  # data
            text = path.read_text(encoding="utf-8")
            for before, after in replaced.items():
                text = text.replace(before, after)
            if path == program:
                text = _with_title(text, name)
            elif path.name == "handout.md":
                text = re.sub(r"^# .*$", f"# {name}", text, count=1, flags=re.MULTILINE)
            path.write_text(text, encoding="utf-8", newline="\n")
    program.rename(program.with_name(PROGRAM))


def _with_title(program: str, name: str) -> str:
    """The text of a program with the name of its lab in the first line of its docstring."""
    first, *_ = (ast.get_docstring(ast.parse(program)) or "").splitlines()
    return program.replace(f'"""{first}', f'"""{name}.', 1)
