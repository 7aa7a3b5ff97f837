"""Who is meant by a name."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.classroom import names

PEOPLE = ("Ada Lovelace", "José García-Löwe", "Jose Garcia", "José Garcia", "Wei Chen", "Wei  Chen", "王 小明", "Plato")
KNOWN = names.unique((way, person) for person in PEOPLE for way in names.ways(person))


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Lovelace, Ada", "Ada Lovelace"),
        ("lovelaceada", "Ada Lovelace"),
        ("ADA_LOVELACE", "Ada Lovelace"),
        ("Ada", None),
        ("garcíalöwejosé", "José García-Löwe"),
        ("garcialowejose", "José García-Löwe"),
        (unicodedata.normalize("NFD", "José García-Löwe"), "José García-Löwe"),
        ("jose garcia", "Jose Garcia"),
        ("José Garcia", "José Garcia"),
        ("Jöse Garcia", None),  # two people are so called without accents
        ("Wei Chen", None),
        ("小明王", "王 小明"),
        ("plato", "Plato"),
        ("", None),
        ("~", None),
    ],
)
def test_who_is_meant(name: str, person: str | None) -> None:
    assert names.find(KNOWN, name) == person


@given(st.text(), st.text())
def test_everybody_is_found_by_their_own_name_alone(one: str, other: str) -> None:
    known = names.unique((way, who) for who in {one, other} for way in names.ways(who))
    for who in (one, other):
        assert names.find(known, who) in (who, None)
        if names.ways(one).isdisjoint(names.ways(other)) and any(map(str.isalnum, who)):
            assert names.find(known, who) == who
