"""A new indicator is one new file; an incomplete one is refused with the words it lacks."""

import sys
from dataclasses import replace

import pytest

from maillage.errors import DefinitionError, NotFoundError
from maillage.indicators.definition import VOLETS, Example
from maillage.indicators.registry import find_indicator, load_indicators, unique_indicators
from maillage.sources.registry import SOURCES
from maillage.territory.rule import Rule
from maillage.text import Text

FRAMING = {"population", "part_65plus", "fedi", "part_75plus", "taux_pauvrete", "densite_habitants", "km_urgences"}
BATTERY = {
    *("apl_mg", "apl_mg_65", "apl_mg_62", "apl_inf", "apl_mk", "apl_sf", "apl_cd"),
    *(f"apl_{p}_calcule" for p in ("mg", "inf", "mk", "sf", "cd")),
    *("minutes_mg", "cumul_difficultes", "part_cumul_difficultes", "part_zip", "part_zip_zac"),
    *(f"densite_{p}" for p in ("mg", "inf", "mk", "sf", "cd")),
    *(f"densite_liberale_{p}" for p in ("mg", "inf", "mk", "sf", "cd")),
    *FRAMING,
    *("part_psmt", "part_ald_sans_mt", "taux_hpe", "delai_rdv_median", "part_rdv_3j", "part_refus"),
    *("part_ccmu1", "ecart_psmt_c2s", "part_50plus_sans_soin", "signalements_usagers"),
}


def test_the_battery_is_discovered_in_the_order_of_identifiers():
    assert list(load_indicators()) == sorted(BATTERY)


def test_a_new_indicator_is_one_new_file(tmp_path, monkeypatch):
    package = tmp_path / "own_indicators"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "mine.py").write_text(
        "from dataclasses import replace\n"
        "from maillage.indicators.registry import find_indicator\n"
        "INDICATOR = replace(find_indicator('apl_mg'), id='mine')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert list(load_indicators("own_indicators")) == ["mine"]
    (package / "empty.py").write_text("")
    load_indicators.cache_clear()
    with pytest.raises(DefinitionError, match=r"own_indicators\.empty"):
        load_indicators("own_indicators")
    for name in [m for m in sys.modules if m.startswith("own_indicators")]:
        monkeypatch.delitem(sys.modules, name)


def test_two_indicators_of_one_name_are_refused():
    with pytest.raises(DefinitionError, match="'apl_mg'"):
        unique_indicators([find_indicator("apl_mg"), find_indicator("apl_mg")])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"why": Text("", "")}, "lacks words for why"),
        ({"label": Text("APL", "")}, "lacks words for label"),
        ({"author": "", "inputs": ()}, "inputs, author"),
        ({"volet": "framing"}, "no bad direction"),
        ({"interval": "byar"}, "ratio of counts"),
    ],
)
def test_an_incomplete_or_contradictory_definition_is_refused(changes, words):
    with pytest.raises(DefinitionError, match=words):
        replace(find_indicator("apl_mg"), **changes)


def test_an_unknown_indicator_is_told_with_the_known_ones():
    with pytest.raises(NotFoundError, match="apl_mg_calcule"):
        find_indicator("apl")


def test_framing_indicators_have_no_bad_side():
    framing = {i.id for i in load_indicators().values() if i.direction == "none"}
    assert framing == {i.id for i in load_indicators().values() if i.volet == "framing"}
    assert framing == FRAMING
    assert set(VOLETS) >= {i.volet for i in load_indicators().values()}


def test_every_indicator_reads_sources_that_exist():
    known = {source.id for source in SOURCES}
    assert {i.source for indicator in load_indicators().values() for i in indicator.inputs} <= known


def test_a_worked_example_of_an_unknown_table_is_refused():
    with pytest.raises(DefinitionError, match="colours"):
        Example(Text("a", "a"), tables={"colours": ()}, expected=()).frames()


def test_the_scale_of_an_indicator_is_that_of_its_aggregation():
    assert replace(find_indicator("densite_mg"), aggregation=Rule("ratio", scale=10.0)).scale == 10.0
