"""A territory is found by its code, whatever the case, and by the level that people mean."""

import polars as pl
import pytest

from maillage.catalog.profile import find_territory
from maillage.catalog.store import open_draft, publish
from maillage.catalog.tables import TERRITORY
from maillage.errors import NotFoundError


@pytest.fixture
def version(tmp_path):
    named = [
        ("84", "region", "Auvergne-Rhône-Alpes"),
        ("84", "departement", "Vaucluse"),
        ("2A004", "commune", "Ajaccio"),
        ("93-cpts-du-sud", "cpts", "CPTS du Sud"),
    ]
    rows = [{"code": c, "level": lv, "name": n, "millesime": 2025, "simulated": False} for c, lv, n in named]
    with open_draft(tmp_path) as draft:
        draft.write(TERRITORY, pl.DataFrame(rows, schema=TERRITORY.schema))
        return publish(draft, tmp_path, {})


@pytest.mark.parametrize(
    ("code", "level", "name"),
    [
        ("84", None, "Vaucluse"),
        ("84", "region", "Auvergne-Rhône-Alpes"),
        ("2a004", None, "Ajaccio"),
        ("93-cpts-du-sud", None, "CPTS du Sud"),
        ("93-CPTS-du-Sud", "cpts", "CPTS du Sud"),
    ],
)
def test_a_territory_is_found_by_its_code(version, code, level, name):
    assert find_territory(version, code, level)[1] == name


def test_an_unknown_code_names_those_near_it(version):
    with pytest.raises(NotFoundError, match=r"No territory has the code '2A005'.*Near it: 2A004"):
        find_territory(version, "2A005")
