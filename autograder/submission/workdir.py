"""Where each file goes in the working directory: beside the program, as on the student's computer."""

from collections.abc import Mapping

from autograder.text import list_names

MAX_FILES = 500
MAX_BYTES = 10_000_000


def place_files(
    files: Mapping[str, bytes], program: str | None, answers: str | None, canonical: str
) -> tuple[tuple[tuple[str, bytes], ...], tuple[str, ...]]:
    """The files with paths relative to the program's folder, and a note about the files that were left out.

    Files outside that folder keep their path if it is free. No path is also the folder of another one, and none needs a
    folder with the program's name (`canonical`), so that all files can be written.
    """
    base = program.rpartition("/")[0] + "/" if program and "/" in program else ""
    parts = [path for path in (program, answers) if path is not None and path in files]
    rest = sorted(set(files).difference(parts), key=lambda path: (not path.startswith(base), path))
    placed: dict[str, bytes] = {}
    folders: set[str] = set()
    left_out: list[str] = []
    room = MAX_BYTES
    for path in (*parts, *rest):
        place = path.removeprefix(base)
        above = _folders(place)
        clash = place in placed or place in folders or any(up in placed or up == canonical for up in above)
        if clash or len(files[path]) > room or len(placed) >= MAX_FILES:
            left_out += [path] if path != program else []  # the program is written under the lab's name in any case
            continue
        placed[place] = files[path]
        folders.update(above)
        room -= len(files[path])
    if not left_out:
        return tuple(placed.items()), ()
    said = f"Left out of your working directory (at most {MAX_FILES} files, 10 MB): {list_names(left_out)}."
    return tuple(placed.items()), (said,)


def _folders(path: str) -> list[str]:
    """The folders of a relative path, outermost first."""
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]
