"""Table Schemas (frictionless JSON, as schema.data.gouv.fr publishes them) from the documented layouts."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import polars as pl

from maillage.catalog.fields import Field
from maillage.catalog.layout import FileLayout, LayoutColumn

SPECIFICATION = "https://specs.frictionlessdata.io/schemas/table-schema.json"
# Of the marks of absence that are understood, those that a new file may use.
MISSING_VALUES = ("", "NA", "N/A")
TIME_FORM = "%Y-%m-%dT%H:%M"
_TYPES = {pl.String: "string", pl.Boolean: "boolean", pl.Date: "date", pl.Datetime: "datetime"}
_TRUE, _FALSE = ("1", "oui", "true"), ("0", "non", "false")


def table_schema(layout: FileLayout, version: str) -> dict[str, Any]:
    """The Table Schema of a layout, in French: fields, constraints, examples, missing values and primary key."""
    key = [layout.column_of(name).name for name in layout.table.key]
    return {
        "$schema": SPECIFICATION,
        "name": layout.id.replace("_", "-"),
        "title": layout.title.fr,
        "description": " ".join((layout.description.fr, *(note.fr for note in layout.notes))),
        "homepage": layout.guide,
        "version": version,
        "countryCode": "FR",
        "fields": [_field(layout, column) for column in layout.columns],
        "missingValues": list(MISSING_VALUES),
        "primaryKey": key,
    }


def as_json(schema: dict[str, Any]) -> str:
    """The schema as JSON, one entry a line."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def example_csv(layout: FileLayout) -> str:
    """A file of one row made of the examples of the columns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([[c.name for c in layout.columns], [c.example for c in layout.columns]])
    return text.getvalue()


def _field(layout: FileLayout, column: LayoutColumn) -> dict[str, Any]:
    field = column.meaning
    kind = _TYPES.get(field.dtype, "integer" if field.dtype.is_integer() else "number")
    described: dict[str, Any] = {
        "name": column.name,
        "title": column.title.fr,
        "description": column.description.fr,
        "example": column.example,
        "type": kind,
    }
    if kind == "datetime":
        described["format"] = TIME_FORM
    if kind == "boolean":
        described |= {"trueValues": list(_TRUE), "falseValues": list(_FALSE)}
    constraints = _constraints(layout, column, field, kind)
    return {**described, "constraints": constraints} if constraints else described


def _constraints(layout: FileLayout, column: LayoutColumn, field: Field, kind: str) -> dict[str, Any]:
    filled = column.field not in layout.table.nullable
    required = filled and (column.name not in layout.optional or column.field in layout.table.key)
    rules: dict[str, Any] = {"required": True} if required else {}
    codes = list(column.values or field.allowed)
    if codes:
        rules["enum"] = codes
    if field.pattern:
        rules["pattern"] = field.pattern
    for name, bound in (("minimum", field.minimum), ("maximum", field.maximum)):
        if bound is not None:
            rules[name] = int(bound) if kind == "integer" else bound
    return rules
