"""A protocol says every choice, is refused with every fault, and changes its hash with its text."""

from __future__ import annotations

import pytest

from maillage.errors import DefinitionError
from maillage.evaluation.protocol import choices, deviations, parse_protocol
from tests.protocol_texts import TEXT


def test_a_short_protocol_has_every_choice_by_its_name() -> None:
    told = choices(parse_protocol(TEXT))
    assert told["estimator.control"] == "not_yet_treated"
    assert told["decision.smallest_effect"] == 1.0
    assert "text" not in told


def test_the_hash_is_of_the_text_itself() -> None:
    first, again = parse_protocol(TEXT), parse_protocol(TEXT)
    spaced = parse_protocol(TEXT + "\n")
    assert first.digest == again.digest != spaced.digest


def test_deviations_name_what_changed_and_nothing_else() -> None:
    changed = parse_protocol(TEXT.replace("last = 2024", "last = 2023"))
    assert deviations(parse_protocol(TEXT), changed) == {"outcome.last": (2024, 2023)}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param('id = "cpts_unplanned"', "", "id: Field required", id="a field missing"),
        pytest.param("last = 2024", "last = 2018", "last year comes after the first, found 2019 to 2018", id="years"),
        pytest.param("last = 2024", "last = 2024\nlasts = 1", "outcome.lasts", id="an unknown key"),
        pytest.param('level = "cpts"', 'level = "gp"', 'outcome.source = "file"', id="doctors without a file"),
        pytest.param('good = "down"', 'good = "sideways"', "decision.good", id="an unknown choice"),
        pytest.param("[covid]", "[covid", "TOML", id="no TOML"),
    ],
)
def test_a_faulty_protocol_is_refused_with_what_is_wrong(old: str, new: str, said: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_protocol(TEXT.replace(old, new), where="p.toml")
    assert said in refused.value.message
    assert "p.toml" in refused.value.message
    assert refused.value.fr


@pytest.mark.parametrize(
    ("more", "said"),
    [
        pytest.param('[inference]\ncluster = "region"\n', "inference.cluster", id="doctors by region"),
        pytest.param('[threshold]\nrunning = "apl"\ncutoff = 2.5\n', "file.running", id="no column to cut"),
    ],
)
def test_a_protocol_on_a_file_says_where_its_parts_are(more: str, said: str) -> None:
    file = '[file]\npath = "p.csv"\nunit = "qui"\nperiod = "an"\noutcome = "y"\n'
    text = TEXT.replace('source = "records"', 'source = "file"').replace('level = "cpts"', 'level = "gp"')
    whole = text.replace("[title]", 'design = "discontinuity"\n[title]') if "threshold" in more else text
    with pytest.raises(DefinitionError, match=f"cannot be read: it needs .*{said}"):
        parse_protocol(whole + file + more)
