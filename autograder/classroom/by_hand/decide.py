"""Check a decision by hand against the records of a class, and write it into overrides.yaml."""

import difflib
import math
from collections.abc import Sequence
from pathlib import Path

import msgspec

from autograder.classroom import store
from autograder.classroom.by_hand import override_file, overrides
from autograder.classroom.by_hand.naming import Naming, code, normal
from autograder.classroom.by_hand.overrides import TOTAL, Override, Overrides, doubt
from autograder.classroom.store import SubmissionRecord
from autograder.errors import UserError
from autograder.schema_errors import unknown_name
from autograder.text import clean, join_names


class WrongOverride(UserError):
    """A decision does not fit the class: nobody has that name, or the check does not have so many points."""


def decide(folder: Path, entry: Override, file: str = overrides.FILE) -> str:
    """Write a decision; returns a sentence about it.

    file: overrides.FILE, or overrides.SECOND for a second marker's.

    Raises:
        WrongOverride: who, check or points do not fit the records.
        NoClass: the folder has no records.
        FileError: overrides.yaml is not valid.
        CannotWrite: it cannot be written.
    """
    known = overrides.read(folder, file)
    entry = msgspec.structs.replace(overrides.rounded(entry), who=_decoded(entry.who, known.naming, file))
    about = _records(folder, entry.who, known.naming, file)
    for record in about if entry.check else ():
        who = code(record.id) if file == overrides.SECOND else record.who
        _check(record, entry, who, known.naming.most)
    ids = {record.id for record in about}
    (only,) = ids if len(ids) == 1 else ("",)
    entry = msgspec.structs.replace(entry, submission="" if normal(only) == normal(entry.who) else only)
    earlier = _same(known, entry, ids)
    kept = next((each.comment for each in reversed(earlier) if each.comment), "")
    entry = msgspec.structs.replace(entry, comment=entry.comment or kept)
    override_file.put(folder, entry, file, [each.key for each in earlier])
    whom = [code(record.id) if file == overrides.SECOND else record.who for record in about]
    return f"{folder / file}: {_said(entry)} for {join_names(whom)}{_instead(earlier)}"


def remove(folder: Path, entry: Override, file: str = overrides.FILE) -> None:
    """Remove the decision about what the entry is about: under the same name, or of the same submission.

    Raises FileError if there is none, and what `override_file.remove` raises.
    """
    known = overrides.read(folder, file)
    who = _decoded(entry.who, known.naming, file)
    ids, key = set(known.naming.named(who)), msgspec.structs.replace(entry, who=who).key
    same = [each.who for each in known.entries if each.key[1:] == key[1:] and ids & set(known.about(each))]
    if any(each.key == key for each in known.entries):
        same = [who]
    override_file.remove(folder, (same or [entry.who])[-1], entry.check, leave=entry.leave, file=file)


def _decoded(who: str, naming: Naming, file: str) -> str:
    """The id of the submission that a code stands for, which only a second marker uses; anything else as it is."""
    codes = {code(id): id for id in naming.people} if file == overrides.SECOND else {}
    return codes.get(normal(who), who)


def _same(known: Overrides, entry: Override, ids: set[str]) -> list[Override]:
    """The entries that decide the same about the same submissions, under another name perhaps."""
    about = [each for each in known.entries if each.subject and each.subject == entry.subject]
    return [each for each in about if (theirs := set(known.about(each))) and theirs <= ids]


def _instead(earlier: Sequence[Override]) -> str:
    """What a decision replaces, as the end of a sentence about it: ", instead of 10 by jd"."""
    was = ["left" if each.points is None else f"{each.points:g}" for each in earlier]
    said = [f"{what} by {each.by}" if each.by else what for what, each in zip(was, earlier, strict=True)]
    return f", instead of {join_names(said)}" if said else ""


def _said(entry: Override) -> str:
    """A decision in words: "check 5.2 has 10 points now and a comment"."""
    if not entry.check and not entry.leave:
        return "a comment"
    what = "the total" if entry.check == TOTAL else f"check {entry.check}" if entry.check else "the submission"
    done = "is left as it is" if entry.leave else f"has {entry.points:g} points now"
    return f"{what} {done}{' and a comment' if entry.comment else ''}"


def _records(folder: Path, who: str, naming: Naming, file: str) -> list[SubmissionRecord]:
    """The submissions of somebody; several if the platform has several. Raises WrongOverride if there is none."""
    ids = naming.named(who)
    if naming.doubtful(who):
        raise WrongOverride(f"{folder}: {doubt(who, ids)}")
    if found := [record for id in ids if (record := store.read(folder, id))]:
        return found
    absent = [person for each in store.last_run(folder).everybody if each.absent for person in each.people]
    if any(normal(who) in (normal(each.email), normal(each.sid)) for each in absent):
        raise WrongOverride(f"{folder}: {clean(who)} has no submission in this class, so there is nothing to decide")
    known: dict[str, str] = {}  # what somebody could have meant, and what to write for it
    for id, people in naming.people.items():
        if file == overrides.SECOND:
            known[code(id)] = code(id)
            continue
        for person in people:
            right = next((name for name in (person.email, person.sid) if name and id in naming.named(name)), id)
            known |= {normal(name): right for name in (person.email, person.sid, person.name) if normal(name)}
        known[normal(id)] = id
    near = difflib.get_close_matches(normal(who), known, 1)
    others = "a code of `worklist --blind`" if file == overrides.SECOND else "the email, the student ID"
    meant = f"did you mean {clean(known[near[0]])!r}?" if near else f"use {others} or the submission"
    raise WrongOverride(f"{folder}: there is no submission of {clean(who)!r}; {meant}")


def _check(record: SubmissionRecord, entry: Override, who: str, total: float | None) -> None:
    """Raise WrongOverride unless the submission has that check, and the check that many points.

    Args:
        record: of the submission.
        entry: the decision.
        who: the submission, for the message.
        total: the points of the whole, as other submissions have it; None if nothing is graded.
    """
    if record.report is None:
        if entry.check != TOTAL:
            raise WrongOverride(f"{who} could not be graded, so there are no checks; set the {TOTAL}")
        most = {TOTAL: math.inf if total is None else total}
    else:
        most = {check.number: check.out_of for check in record.report.checks if check.out_of}
        most[TOTAL] = record.report.out_of
    if entry.check not in most:
        raise WrongOverride(unknown_name("check with points", entry.check, most))
    if (entry.points or 0) < 0:
        raise WrongOverride(f"{entry.points:g} points are less than 0; points cannot be negative")
    if (entry.points or 0) > most[entry.check] and not entry.extra:
        what = f"the {TOTAL}" if entry.check == TOTAL else f"check {entry.check}"
        raise WrongOverride(
            f"{entry.points:g} points are more than the {most[entry.check]:g} of {what}; add --extra to give more"
        )
