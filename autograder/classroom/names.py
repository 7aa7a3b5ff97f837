"""Who is meant by a name, as people and platforms write it: "Ada Lovelace", "Lovelace, Ada", "lovelaceada"."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")
# Before a key: a name without accents, and one whose words are in another order. So neither can be mistaken for a name
# that is written so.
PLAIN, TURNED = "~", "<"
ACCENTED = ("LATIN", "GREEK", "CYRILLIC")  # scripts whose letters stay the same letters without a mark


def ways(name: str) -> set[str]:
    """The keys of a name: its letters, those with each of its words first, and both without accents."""
    words = _words(name)
    turned = ["".join((*words[cut:], *words[:cut])) for cut in range(1, len(words))]
    keys = {*_both("".join(words)), *(f"{TURNED}{key}" for each in turned for key in _both(each))}
    return {key for key in keys if key.strip(PLAIN + TURNED)}


def index(keys: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    """Everybody who has a key, once."""
    found: dict[str, list[T]] = {}
    for key, who in keys:
        held = found.setdefault(key, [])
        if who not in held:
            held.append(who)
    return found


def same(one: str, other: str) -> bool:
    """Whether a name can mean somebody with another name. The first may have lost its accents."""
    return find(index((way, True) for way in ways(other)), one) is not None


def find(known: Mapping[str, Sequence[T]], name: str) -> T | None:
    """Who is meant by a name.

    Accents may have been lost, so a name without any means nobody if two people differ only by them. The order of the
    words counts where they are apart: "Wei Chen" is not "Chen Wei". "chenwei" may be either, and means nobody if there
    are both.
    """
    words = _words(name)
    meant = [*_found(known, "", "".join(words))]
    if len(words) < 2:
        meant += [each for each in _found(known, TURNED, "".join(words)) if each not in meant]
    return meant[0] if len(meant) == 1 else None


def _found(known: Mapping[str, Sequence[T]], start: str, name: str) -> Sequence[T]:
    exact, plain = _both(name)
    if PLAIN + exact == plain:
        return known.get(start + plain, ())
    return known.get(start + exact) or known.get(start + plain, ())


def _words(name: str) -> list[str]:
    """The words of a name that have letters, the first name first."""
    return [word for word in re.split(r"[\s_]+", _in_order(name)) if _letters(word)]


def _in_order(name: str) -> str:
    """A name with the first name first: "Lovelace, Ada" is Ada Lovelace."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma else name


def _both(name: str) -> tuple[str, str]:
    """The letters of a name, and those without accents, in lower case."""
    whole = unicodedata.normalize("NFC", _letters(name))
    return whole, PLAIN + _letters("".join(map(_without_accents, whole)))


def _letters(name: str) -> str:
    """A name without what is no letter or digit. Marks stay: in many scripts they are vowels."""
    return "".join(each for each in name.casefold() if each.isalnum() or unicodedata.category(each) in ("Mn", "Mc"))


def _without_accents(letter: str) -> str:
    if not unicodedata.name(letter, "").startswith(ACCENTED):
        return letter
    return "".join(each for each in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(each))
