"""The declared APL conventions: discovered, complete, each figure dated and cited."""

from dataclasses import replace

import pytest

from maillage.catalog.parameters import load_parameters, parameter_names
from maillage.errors import DefinitionError, NotFoundError
from maillage.pipeline import access_conventions
from maillage.pipeline.access_conventions import apl_sets, load_apl, load_conventions

PROFESSIONS = {"mg", "inf", "mk", "sf", "cd"}


def test_the_sets_of_professions_are_discovered():
    assert apl_sets() == ("dentists", "drees-2018", "irdes-2012", "midwives", "nurses", "physiotherapists")
    assert {load_apl(name).profession for name in apl_sets()} == PROFESSIONS


def test_the_sets_in_force_are_one_a_profession():
    assert {one.profession for one in load_conventions().sets} == PROFESSIONS


def test_the_revised_method_is_that_of_the_texts():
    one = load_apl("drees-2018")
    assert (one.activity.floor_acts, one.activity.cap_acts, one.age_limit) == (3600, 6000, 65)
    assert (one.decay.max_min, one.per_inhabitants) == (20, 1)


def test_the_first_method_may_be_put_in_force_and_then_gives_consultations_too(monkeypatch):
    chosen = load_parameters("apl/in-force")
    other = {**chosen, "sets": replace(chosen["sets"], value={"mg": "irdes-2012"})}
    read = access_conventions.load_parameters
    monkeypatch.setattr(access_conventions, "load_parameters", lambda n: other if n == "apl/in-force" else read(n))
    (one,) = load_conventions().sets
    assert (one.name, one.decay.max_min, one.per_inhabitants) == ("irdes-2012", 15, 1)


@pytest.mark.parametrize(
    ("sets", "said"),
    [({"inf": "midwives"}, "of each profession's own"), ({"mg": "drees-2018", "sf": "midwives"}, r"\['midwives'\]")],
)
def test_a_set_of_another_profession_or_in_another_unit_is_refused(monkeypatch, sets, said):
    chosen = load_parameters("apl/in-force")
    other = {**chosen, "sets": replace(chosen["sets"], value=sets)}
    unit = {"per_inhabitants": replace(load_parameters("apl/midwives")["per_inhabitants"], value=1)}
    files = {"apl/in-force": other, "apl/midwives": {**load_parameters("apl/midwives"), **unit}}
    read = access_conventions.load_parameters
    monkeypatch.setattr(access_conventions, "load_parameters", lambda n: files.get(n) or read(n))
    with pytest.raises(DefinitionError, match=said):
        load_conventions()


def test_the_other_professions_take_the_decay_that_they_name():
    assert load_apl("dentists").decay == load_apl("drees-2018").decay


@pytest.mark.parametrize("name", parameter_names())
def test_every_parameter_is_dated_cited_and_says_when_it_is_an_assumption(name):
    for parameter in load_parameters(name).values():
        assert parameter.valid_from[:2] == "20"
        assert parameter.reference
        assert parameter.assumption or not parameter.reference.startswith("Maillage:")


def test_an_unknown_file_names_those_that_exist():
    with pytest.raises(NotFoundError, match="apl/irdes-2012"):
        load_parameters("apl/nope")
    with pytest.raises(NotFoundError):
        load_parameters("../parameters/observation")
