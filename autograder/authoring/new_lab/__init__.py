"""A folder to start your own lab from: a small, complete lab to change step by step."""

import re
import secrets
import shutil
import tempfile
from pathlib import Path

from autograder import rubric
from autograder.authoring import handout
from autograder.errors import UserError
from autograder.fileio import CannotWrite, cannot_write

LAB = Path(__file__).parent / "lab"
NAME, KEY = "{NAME}", "{KEY}"  # in the files: placeholders for the lab's name and for its own key


class BadName(UserError):
    """No folder or rubric can have this name; str() says why."""


def start(name: str, inside: Path) -> Path:
    """Make the folder `name` in the folder `inside`; returns it. Raises BadName and CannotWrite."""
    if not re.fullmatch(r"\w[\w -]*", name):
        raise BadName(f"{name!r} cannot be a lab's name; start with a letter and use letters, digits, spaces, - and _")
    folder = inside / name
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise CannotWrite(f"{folder}: it exists already")
    try:
        inside.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=inside) as beside:
            made = Path(beside, "made")
            shutil.copytree(LAB, made, ignore=shutil.ignore_patterns("__pycache__"))
            for path in (path for path in made.rglob("*") if path.is_file()):
                text = path.read_text(encoding="utf-8").replace(NAME, name).replace(KEY, secrets.token_urlsafe(24))
                path.write_text(text, encoding="utf-8", newline="\n")
            the_lab = rubric.load(made)
            handout.write(handout.make(the_lab), the_lab.template)
            made.rename(folder)
    except OSError as error:
        raise cannot_write(folder, error) from None
    return folder
