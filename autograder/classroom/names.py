"""Who is meant by a name, as people and platforms write it: "Ada Lovelace", "Lovelace, Ada", "lovelaceada"."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TypeVar

T = TypeVar("T")
PLAIN = "~"  # before a name without accents, so that it cannot be mistaken for one that never had any


def ways(name: str) -> set[str]:
    """The keys of a name: its letters alone, with each of its words first; and the same without accents."""
    words = re.split(r"[\s,_]+", name)
    turned = ["".join((*words[cut:], *words[:cut])) for cut in range(len(words))]
    return {key for each in turned for key in (_letters(each), _plain(each)) if key.strip(PLAIN)}


def unique(keys: Iterable[tuple[str, T]]) -> dict[str, T]:
    """Who has a key, for the keys that only one has."""
    found: dict[str, list[T]] = {}
    for key, who in keys:
        held = found.setdefault(key, [])
        if who not in held:
            held.append(who)
    return {key: held[0] for key, held in found.items() if len(held) == 1}


def find(known: Mapping[str, T], name: str) -> T | None:
    """Who is meant by a name: as it is written, else without accents, which a platform or a zip may have lost."""
    return known.get(_letters(name)) or known.get(_plain(name))


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFC", name)).casefold()


def _plain(name: str) -> str:
    letters = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    return PLAIN + re.sub(r"[\W_]", "", letters).casefold()
