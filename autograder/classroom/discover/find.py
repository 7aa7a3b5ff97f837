"""Find the submissions of a class: each file of the input belongs to one of them, or is left aside with a reason."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from autograder.classroom.discover import blackboard, brightspace, by_name, canvas, files, gradescope, moodle
from autograder.classroom.discover.by_name import Wanted
from autograder.classroom.discover.model import ClassSubmission, Intake, LeftAside, NoClass
from autograder.classroom.discover.naming import Named, Platform, junk_or
from autograder.classroom.discover.people import ClassList
from autograder.classroom.discover.reconcile import once
from autograder.classroom.unpack import CannotUnpack, unpack
from autograder.fileio import kind
from autograder.gradescope import export
from autograder.gradescope.export import SUBMISSION, Attempt
from autograder.roster import Person, Roster
from autograder.submission.file_set import is_junk
from autograder.text import clean

# Of two platforms whose rules fit a name, the one that fits more names of the class is meant; then the first of these.
PLATFORMS: tuple[Platform, ...] = (moodle, brightspace, blackboard, canvas)
DEEPEST = 3  # levels of folders that contain only one folder, around the submissions
GRADESCOPES = re.compile(rf"{SUBMISSION}\d+")
TWICE = "the zip has another file for this place, and that one counts"
NOBODYS = "it is no program, answers, archive or document of a student"


@dataclass(frozen=True)
class _Input:
    """Where to look, and what is known about it."""

    folder: Path  # the submissions
    students: Path  # an empty place for files that are copied
    damaged: Mapping[Path, str]  # for each file that could not be unpacked, why
    wanted: Wanted
    known: ClassList


def intake(path: Path, unpacked: Path, wanted: Wanted, roster: Roster) -> Intake:
    """Find all submissions at `path`, which is a folder or a zip of one, and everybody without one.

    Args:
        path: the export, download or folder.
        unpacked: an empty folder; files from archives are written there.
        wanted: the names that the lab asks students for.
        roster: the class list; every student on it is in the result.

    Raises:
        NoClass: no submissions can be read at `path`.
        FileError: the metadata of a Gradescope export cannot be read.
    """
    if not path.exists():
        raise NoClass(f"there is no {path}; give Gradescope's export (zip or unpacked) or a folder of submissions")
    try:
        root = path if path.is_dir() else unpacked / "export"
        damaged, skipped, twice = ({}, [], []) if path.is_dir() else unpack(path, root)
        folder, around = _innermost(root)
        around += [LeftAside(name, TWICE) for name in twice]
        known = ClassList(roster)
        found, called = _read(_Input(folder, unpacked / "students", damaged, wanted, known), path)
    except CannotUnpack as error:
        raise NoClass(f"{path}: {error}") from None
    except OSError as error:
        reason = f"it cannot be read ({error.strerror}); check its permissions"
        raise NoClass(f"{error.filename or path}: {reason}") from None
    if not found.submissions:
        raise NoClass(f"{path}: it contains no submissions; there must be a folder or a file for each submission")
    found = _seen_from(root, folder, found)
    complete = [*around, *found.left_aside]
    complete += _skipped(skipped, [each for one in found.submissions for each in one.sources], complete)
    submissions = tuple(files.with_unique_ids(known.identified(found.submissions, called)))
    everything = replace(found, submissions=submissions, left_aside=tuple(complete))
    return once(everything, called, roster, lambda each: _time_of(each, root if path.is_dir() else None))


def _read(here: _Input, path: Path) -> tuple[Intake, list[str]]:
    """What is in the folder, and for each submission what its name says about who submitted."""
    if export.is_export(here.folder):
        found = gradescope.read(here.folder)
        called = ["" for _ in found.submissions]
    else:
        found, called = _list_folder(here, path)
    problems = {above: why for place, why in here.damaged.items() for above in (place, *place.parents)}
    submissions = (replace(each, problem=each.problem or problems.get(each.path, "")) for each in found.submissions)
    return replace(found, submissions=tuple(submissions)), called


def _innermost(folder: Path) -> tuple[Path, list[LeftAside]]:
    """The folder that holds the submissions: this one, or the only folder in it, as zip tools often make it; and what
    lies around it."""
    around: list[LeftAside] = []
    root = folder
    for _ in range(DEEPEST):
        inside = sorted(folder.iterdir())
        folders = [path for path in inside if kind(path) == "folder" and not is_junk(path.name)]
        others = [path for path in inside if path not in folders]
        if len(folders) != 1 or not all(map(_is_beside, others)) or not _may_hold_submissions(folders[0]):
            break
        if _match(folders[0], PLATFORMS) or GRADESCOPES.fullmatch(folders[0].name):
            break  # a submission: what is inside is the student's, whatever it is called
        if not (_is_named_by_platform(folders[0]) or all(is_junk(path.name) for path in others)):
            break
        beside = "it lies beside the folder of submissions"
        around += [LeftAside(_relative(path, root), junk_or(path.name, beside)) for path in others]
        folder = folders[0]
    return folder, around


def _is_beside(path: Path) -> bool:
    """Whether a file may lie beside the folder of submissions without being one."""
    if is_junk(path.name):
        return True
    return kind(path) == "file" and not (by_name.is_submitted(path.name) or _match(path, PLATFORMS))


def _may_hold_submissions(folder: Path) -> bool:
    """Whether this folder looks like a class rather than the only submission of a class of one."""
    if _is_named_by_platform(folder):
        return True
    inside = [path for path in folder.iterdir() if not is_junk(path.name)]
    suffixes = {path.suffix.lower() for path in inside if kind(path) == "file"}
    folders = sum(kind(path) == "folder" for path in inside)
    return (
        folders > 0 and suffixes.isdisjoint(by_name.PROGRAMS) and (folders > 1 or suffixes.isdisjoint(by_name.ANSWERS))
    )


def _is_named_by_platform(folder: Path) -> bool:
    return export.is_export(folder) or any(_match(path, PLATFORMS) for path in folder.iterdir())


def _match(path: Path, platforms: Iterable[Platform]) -> tuple[str, Named] | None:
    """The first platform whose rules fit a name, and what they say."""
    what = kind(path)
    ways = {"file": (False,), "folder": (True,), "link": (False, True)}.get(what, ())
    return next(
        ((each.NAME, named) for each in platforms for folder in ways if (named := each.read(path.name, folder=folder))),
        None,
    )


def _list_folder(here: _Input, path: Path) -> tuple[Intake, list[str]]:
    """List what platforms named, then folders, then the files that are left."""
    inside = sorted(here.folder.iterdir(), key=lambda each: each.name)
    aside = [LeftAside(each.name, junk_or(each.name, "")) for each in inside if is_junk(each.name)]
    entries = [each for each in inside if not is_junk(each.name)]
    fitting = Counter(each.NAME for each in PLATFORMS for entry in entries if _match(entry, (each,)))
    platforms = sorted((each for each in PLATFORMS if fitting[each.NAME]), key=lambda each: -fitting[each.NAME])
    if not platforms and by_name.is_own_folder(entries, here.wanted):
        name = path.resolve().name if path.is_dir() else path.stem
        one = ClassSubmission(name, here.folder, sources=tuple(each.name for each in entries))
        return Intake((one,), left_aside=tuple(aside)), [name]
    named: dict[tuple[str, str], list[tuple[Path, Named]]] = {}
    others: list[Path] = []
    for each in entries:
        if match := _match(each, platforms):
            named.setdefault((match[0], match[1].owner), []).append((each, match[1]))
        elif kind(each):
            others.append(each)
        else:
            aside.append(LeftAside(each.name, "it is neither a file nor a folder"))
    users = blackboard.users([owner for each, owner in named if each == blackboard.NAME], here.known.knows)
    found: list[tuple[ClassSubmission, str]] = []
    for number, ((platform, owner), parts) in enumerate(named.items()):
        if platform == blackboard.NAME:
            parts = [(path, replace(each, name=users[owner])) for path, each in parts]
        one, earlier = _of_platform(here, platform, parts, str(number))
        found.append((one, parts[0][1].name))
        aside += earlier
    rest, nobodys = _by_name(here, others, only=not named)
    found += rest
    aside += [LeftAside(each.name, NOBODYS) for each in nobodys]
    found.sort(key=lambda each: each[0].id)
    return Intake(tuple(one for one, _ in found), left_aside=tuple(aside)), [name for _, name in found]


def _of_platform(
    here: _Input, platform: str, parts: Sequence[tuple[Path, Named]], place: str
) -> tuple[ClassSubmission, list[LeftAside]]:
    """The submission of one submitter: the last attempt, and the files of all earlier ones.

    Args:
        here: the input.
        platform: whose rules fit.
        parts: the files and folders of this submitter, at least one.
        place: a name for the folder to which files are copied.
    """
    times = sorted({named.when for _, named in parts if named.when})
    last = [(path, named) for path, named in parts if not times or named.when == times[-1]]
    name = _name(platform, last)
    why = f"an earlier attempt of {clean(name)}; the last one, of {times[-1]}, counts" if times else ""
    earlier = [LeftAside(path.name, why) for path, named in parts if (path, named) not in last]
    # Files come first, so that the folder that decides on the id is not the one of what was typed.
    folders = [path for path, named in sorted(last, key=lambda each: bool(each[1].typed)) if not named.file]
    loose = [(named.file, path) for path, named in last if named.file]
    owner = last[0][1].owner
    problem = ""
    if loose:
        if platform == canvas.NAME:
            loose = list(_as_submitted(loose))
        folders.append(here.students / place / owner)
        problem = files.together(loose, folders[-1], here.damaged)
    if all(named.typed for _, named in last):
        problem = problem or f"{last[0][1].typed}, no program"
    one = ClassSubmission(
        *(owner if loose and len(folders) == 1 else folders[0].name, folders[0], (Person(clean(name, 100), "", ""),)),
        attempts=tuple(Attempt(when, None, active=when == times[-1]) for when in times),
        problem=problem,
        more=tuple(folders[1:]),
        sources=tuple(path.name for path, _ in last),
        platform=platform,
        late=any(named.late for _, named in last),
    )
    return one, earlier


def _name(platform: str, parts: Sequence[tuple[Path, Named]]) -> str:
    """What a platform calls the submitter: Blackboard in its receipt, all others in the names."""
    receipts = [path for path, named in parts if platform == blackboard.NAME and named.typed]
    return next(filter(None, map(blackboard.name_in, receipts)), parts[0][1].name)


def _as_submitted(loose: Sequence[tuple[str, Path]]) -> Iterator[tuple[str, Path]]:
    """Files by the names that the student gave them, unless two would have the same one."""
    many = Counter(canvas.original(name) for name, _ in loose)
    for name, path in loose:
        plain = canvas.original(name)
        yield (plain if many[plain] == 1 else name), path


def _by_name(
    here: _Input, entries: Sequence[Path], *, only: bool
) -> tuple[list[tuple[ClassSubmission, str]], list[Path]]:
    """A submission for each folder and each stem, and the files that belong to nobody. only: whether these entries are
    all that there is."""
    alone = [path for path in entries if kind(path) != "file"]
    loose = [path for path in entries if kind(path) == "file"]
    known = [*here.known.stems, *(path.name for path in alone)]
    grouped, nobodys = by_name.groups(loose, here.wanted, known, only=only and not alone)
    stems = {by_name.folded(stem): stem for stem in reversed(grouped)}
    found = []
    for path in alone:
        stem = path.name if path.name in grouped else stems.get(by_name.folded(path.name), path.name)
        theirs = grouped.get(stem, [])
        if kind(path) == "folder" and theirs and not any(each.suffix.lower() in by_name.ARCHIVES for each in theirs):
            more = here.students / "beside" / path.name
            problem = files.together([(each.name, each) for each in theirs], more, here.damaged)
            sources = (path.name, *(each.name for each in grouped.pop(stem)))
            found.append((ClassSubmission(path.name, path, (), (), problem, (more,), sources), path.name))
        else:
            found.append((ClassSubmission(path.name, path, sources=(path.name,)), path.name))
    for stem, theirs in grouped.items():
        sources = tuple(path.name for path in theirs)
        if len(theirs) == 1 and by_name.stands_alone(theirs[0].name):
            found.append((ClassSubmission(theirs[0].name, theirs[0], sources=sources), stem))
            continue
        folder = here.students / "by name" / (sources[0] if len(theirs) == 1 else stem or here.wanted.stem)
        problem = files.together([(path.name, path) for path in theirs], folder, here.damaged)
        found.append((ClassSubmission(folder.name, folder, problem=problem, sources=sources), stem))
    return found, nobodys


def _seen_from(root: Path, folder: Path, found: Intake) -> Intake:
    """The same, with all paths relative to `root` instead of to the folder of submissions."""
    if root == folder:
        return found
    prefix = _relative(folder, root)
    moved = [replace(each, sources=tuple(f"{prefix}/{name}" for name in each.sources)) for each in found.submissions]
    aside = [replace(each, path=f"{prefix}/{each.path}") for each in found.left_aside]
    return replace(found, submissions=tuple(moved), left_aside=tuple(aside))


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _skipped(skipped: Iterable[str], sources: Iterable[str], aside: Iterable[LeftAside]) -> Iterator[LeftAside]:
    """What was not unpacked, as far as it lies in nothing that is known."""
    known = {*sources, *(each.path for each in aside)}
    inside = {str(above) for each in known for above in PurePosixPath(each).parents}
    for name in sorted(skipped):
        places = [*reversed(PurePosixPath(name).parents), PurePosixPath(name)][1:]
        if any(str(place) in known for place in places):
            continue
        outermost = next(place for place in places if str(place) not in inside or place == places[-1])
        known.add(str(outermost))
        yield LeftAside(str(outermost), junk_or(outermost.name, "its name or path cannot be written here"))


def _time_of(submission: ClassSubmission, root: Path | None) -> float:
    """When it was submitted or, in a folder, when its files were written; 0 if unknown."""
    if submission.created:
        return submission.created.timestamp()
    try:
        return max((root / each).lstat().st_mtime for each in submission.sources) if root else 0.0
    except (OSError, ValueError):
        return 0.0
