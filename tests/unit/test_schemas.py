"""Table Schemas follow the specification, and a file made of their examples is read by the reader of the layout."""

import json
import re

import pytest

from maillage import __version__
from maillage.catalog.schema import example_csv, table_schema
from maillage.docs import generated
from maillage.sources.registry import LAYOUTS, recognise
from tests.records import nothing_lost, read

TYPES = {"string", "integer", "number", "boolean", "date", "datetime"}
# The constraints that the specification knows for each type.
CONSTRAINTS = {
    "string": {"required", "unique", "enum", "pattern", "minLength", "maxLength"},
    "integer": {"required", "unique", "enum", "minimum", "maximum", "pattern"},
    "number": {"required", "unique", "enum", "minimum", "maximum", "pattern"},
    "boolean": {"required", "enum"},
    "date": {"required", "unique", "enum", "minimum", "maximum"},
    "datetime": {"required", "unique", "enum", "minimum", "maximum"},
}
layouts = pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.id)


@layouts
def test_a_schema_follows_the_specification(layout):
    schema = json.loads(generated()[f"schemas/{layout.id}.json"])
    assert schema == table_schema(layout, __version__)
    names = [field["name"] for field in schema["fields"]]
    assert len(set(names)) == len(names)
    assert re.fullmatch(r"[a-z0-9._-]+", schema["name"])
    assert all(isinstance(mark, str) for mark in schema["missingValues"])
    assert set(schema["primaryKey"]) <= set(names)
    for field in schema["fields"]:
        assert field["title"]
        assert field["description"]
        assert field["type"] in TYPES
        assert set(field.get("constraints", {})) <= CONSTRAINTS[field["type"]]
        if field["type"] == "boolean":
            assert not set(field["trueValues"]) & set(field["falseValues"])


@layouts
def test_an_example_obeys_its_own_constraints(layout):
    for field in table_schema(layout, __version__)["fields"]:
        rules, example = field.get("constraints", {}), field["example"]
        assert example or not rules.get("required")
        assert "enum" not in rules or example in rules["enum"]
        assert "pattern" not in rules or re.fullmatch(rules["pattern"], example)
        assert rules.get("minimum", -1e9) <= float(example) <= rules.get("maximum", 1e9) if "minimum" in rules else True


@layouts
def test_a_file_of_the_examples_is_recognised_and_read_whole(layout, tmp_path):
    path = tmp_path / "example.csv"
    path.write_text(example_csv(layout), "utf-8")
    assert recognise(path).id == layout.id
    batch = nothing_lost(read(path, layout))
    assert (batch.rows_kept, list(batch.absent), list(batch.ignored)) == (1, [], [])
