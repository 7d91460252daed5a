"""Levels speak correct French and English."""

import pytest

from maillage.errors import UsageError
from maillage.territory.levels import DRAWN_LEVELS, LEVELS, find_level, order


@pytest.mark.parametrize(
    ("level", "one", "the", "of_the"),
    [
        ("commune", "une commune", "la commune", "de la commune"),
        ("epci", "un EPCI", "l’EPCI", "de l’EPCI"),
        ("bassin_vie", "un bassin de vie", "le bassin de vie", "du bassin de vie"),
        ("cpts", "une CPTS", "la CPTS", "de la CPTS"),
        ("departement", "un département", "le département", "du département"),
        ("region", "une région", "la région", "de la région"),
        ("iris", "un IRIS", "l’IRIS", "de l’IRIS"),
    ],
)
def test_french_articles_agree_and_elide(level, one, the, of_the):
    found = find_level(level)
    assert (found.one("fr"), found.the("fr"), found.of_the("fr")) == (one, the, of_the)


def test_zero_is_singular_in_french_and_plural_in_english():
    region = LEVELS["region"]
    assert [region.name("fr", count=n) for n in (0, 1, 2)] == ["région", "région", "régions"]
    assert [region.name("en", count=n) for n in (0, 1, 2)] == ["regions", "region", "regions"]
    assert region.one("en") == "a region"
    assert LEVELS["epci"].one("en").startswith("an ")


def test_a_level_lies_only_within_larger_known_levels():
    for level in LEVELS.values():
        assert all(order(parent) > order(level.id) for parent in level.within)


def test_an_unknown_level_lists_the_known_ones():
    with pytest.raises(UsageError, match=r"commune.*found 'canton'"):
        find_level("canton")


def test_the_country_is_not_drawn_alone():
    assert "france" not in DRAWN_LEVELS
    assert "commune" in DRAWN_LEVELS
