"""What the producers publish reaches the core tables, on the run's geography."""

import polars as pl
import pytest

from maillage.catalog.tables import STATISTIC
from maillage.pipeline.harmonise import harmonise
from maillage.sources.registry import SOURCES
from maillage.territory.changes import commune_history

COMMUNES = pl.DataFrame(
    {"code_commune": ["01001"], "kind": ["COM"], "code_parent": [None], "population": [10.0]},
    schema_overrides={"code_parent": pl.String},
)
CELLS = {
    "code_commune": "01001",
    "code": "01001",
    "level": "bassin_vie",
    "year": 2021,
    "statistic": "taux",
    "label": "Taux",
    "value": 5.0,
    "status": "published",
}


@pytest.mark.parametrize("source", [s for s in SOURCES if "statistic" in s.feeds], ids=lambda s: s.id)
def test_every_source_of_statistics_reaches_the_table_of_statistics(source):
    rows = pl.DataFrame({c: [CELLS[c]] for c in source.table.columns}, schema=source.table.schema)
    found = harmonise({source.id: rows}, {source.id: 2025}, commune_history(COMMUNES, None, None))
    assert found.tables[STATISTIC].select("code", "value").rows() == [("01001", 5.0)]
    assert found.rows_in == 1
