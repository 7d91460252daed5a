"""Numbers are written as readers of each language expect them."""

import math

import pytest

from maillage.text import Text, format_number, format_quantity

VISITS = Text("consultations par an", "consultations a year")
VISIT = Text("consultation par an", "consultation a year")
PERCENT = Text("%", "%")


@pytest.mark.parametrize(
    ("value", "decimals", "french", "english"),
    [
        (1234567.891, 1, "1\u202f234\u202f567,9", "1,234,567.9"),
        (3.811, 1, "3,8", "3.8"),
        (-0.04, 1, "0,0", "0.0"),
        (-2.5, 1, "\u22122,5", "\u22122.5"),
        (60573, 0, "60\u202f573", "60,573"),
        (None, 1, "non disponible", "not available"),
        (math.nan, 1, "non disponible", "not available"),
    ],
)
def test_a_number_follows_the_language(value, decimals, french, english):
    assert (format_number(value, decimals, "fr"), format_number(value, decimals, "en")) == (french, english)


def test_french_is_singular_below_two_and_english_for_one_alone():
    assert format_quantity(1.9, 1, VISITS, "fr", unit_one=VISIT) == "1,9 consultation par an"
    assert format_quantity(2.0, 1, VISITS, "fr", unit_one=VISIT) == "2,0 consultations par an"
    assert format_quantity(1.9, 1, VISITS, "en", unit_one=VISIT) == "1.9 consultations a year"
    assert format_quantity(1.0, 1, VISITS, "en", unit_one=VISIT) == "1.0 consultation a year"


def test_a_percentage_takes_a_narrow_space_in_french_and_none_in_english():
    assert format_quantity(28.21, 1, PERCENT, "fr") == "28,2\u202f%"
    assert format_quantity(28.21, 1, PERCENT, "en") == "28.2%"
    assert format_quantity(None, 1, PERCENT, "en") == "not available"
