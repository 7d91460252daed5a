"""The embedded reference ledger: published figures, targets and payments, each with its document and place in it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, get_args

import polars as pl

from maillage.catalog.tables import FIGURE, PAYMENT, TARGET
from maillage.errors import DefinitionError, NotFoundError
from maillage.measures.reference_entry import (
    Aggregate,
    Document,
    Entry,
    Figure,
    Flag,
    Identity,
    Payment,
    PrintedTable,
    Qualifier,
    Relation,
    Reliability,
    Target,
)
from maillage.text import Text

LEVEL, CODE = "france", "FRA"
MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Reference:
    """The whole reference: documents, aggregates, entries by identifier, identities and printed tables."""

    documents: Mapping[str, Document]
    aggregates: Mapping[str, Aggregate]
    figures: tuple[Figure, ...]
    targets: tuple[Target, ...]
    payments: tuple[Payment, ...]
    identities: tuple[Identity, ...]
    tables: tuple[PrintedTable, ...]

    @property
    def entries(self) -> dict[str, Entry]:
        """Every entry by its identifier."""
        return {e.id: e for e in (*self.figures, *self.targets, *self.payments)}

    def entry(self, name: str) -> Entry:
        """The entry called ``name``; raises NotFoundError when there is none."""
        found = self.entries.get(name)
        if found is None:
            raise NotFoundError(f"No entry of the reference ledger is called {name!r}.")
        return found

    @property
    def inside(self) -> Reference:
        """The same without what was read outside the reference documents."""
        return replace(
            self,
            figures=tuple(f for f in self.figures if not f.document.outside),
            targets=tuple(t for t in self.targets if not t.document.outside),
            payments=tuple(p for p in self.payments if not p.document.outside),
            identities=tuple(i for i in self.identities if not self.entry(i.printed).document.outside),
        )

    def figure_table(self) -> pl.DataFrame:
        """The figures in the layout of FIGURE, in the order of identifiers."""
        return _frame(FIGURE.schema, (_figure_row(f) for f in self.figures), "figure_id")

    def target_table(self) -> pl.DataFrame:
        """The targets in the layout of TARGET, in the order of identifiers."""
        return _frame(TARGET.schema, (_target_row(t) for t in self.targets), "target_id")

    def payment_table(self) -> pl.DataFrame:
        """The payments in the layout of PAYMENT, totals and their parts alike (see ``ledger.consolidate``)."""
        return _frame(PAYMENT.schema, (_payment_row(p) for p in self.payments), "payment_id", "known_date")


def _frame(schema: Mapping[str, Any], rows: Iterator[dict[str, object]], *order: str) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict(schema)).sort(order)


def _shared(entry: Entry) -> dict[str, object]:
    return {
        "measure": entry.measure,
        "quantity": entry.quantity,
        "level": LEVEL,
        "code": CODE,
        "value": entry.value,
        "unit": entry.unit,
        "reliability": entry.reliability,
        "known_date": entry.known,
        "citation": entry.citation.fr,
        "simulated": False,
    }


def _figure_row(figure: Figure) -> dict[str, object]:
    row = {"figure_id": figure.id, "figure_date": figure.on, **_shared(figure)}
    return {name: row[name] for name in FIGURE.columns}


def _target_row(target: Target) -> dict[str, object]:
    row = {
        "target_id": target.id,
        "due_date": target.on,
        "set_by": target.set_by,
        "set_date": target.set_on,
        **_shared(target),
    }
    return {name: row[name] for name in TARGET.columns}


def _payment_row(payment: Payment) -> dict[str, object]:
    row = {
        "payment_id": payment.payment_id,
        "payer": payment.payer,
        "beneficiary": None,
        "payment_kind": payment.payment_kind,
        "profession": payment.profession or None,
        "year": payment.year,
        "amount_eur": payment.value,
        "source": payment.document.id,
        **_shared(payment),
    }
    return {name: row[name] for name in PAYMENT.columns}


@cache
def load_reference() -> Reference:
    """The embedded reference ledger, from ``definitions/reference/*.toml``.

    Raises DefinitionError when an entry lacks a field, two share an identifier, or one names what does not exist.
    """
    return reference_of(_read())


def _read() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    folder = files("maillage") / "definitions" / "reference"
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if path.name.endswith(".toml"):
            for kind, entries in tomllib.loads(path.read_text("utf-8"), parse_float=Decimal).items():
                found.setdefault(kind, []).extend(entries)
    return found


def reference_of(raw: Mapping[str, list[dict[str, Any]]]) -> Reference:
    """A reference from the tables of its files: one list of entries for each kind."""
    try:
        documents = {d["id"]: _document(d) for d in raw.get("document", [])}
        reference = Reference(
            documents=documents,
            aggregates={a["id"]: Aggregate(a["id"], _words(a), tuple(a["members"])) for a in raw.get("aggregate", [])},
            figures=tuple(Figure(**_entry(f, documents)) for f in raw.get("figure", [])),
            targets=tuple(_target(t, documents) for t in raw.get("target", [])),
            payments=tuple(_payment(p, documents) for p in raw.get("payment", [])),
            identities=tuple(_identity(i) for i in raw.get("identity", [])),
            tables=tuple(
                PrintedTable(t["id"], _words(t), documents[t["document"]], t["place"], tuple(t["rows"]))
                for t in raw.get("table", [])
            ),
        )
    except KeyError as missing:
        raise DefinitionError(f"The reference ledger lacks or does not know {missing}.") from missing
    _check(reference)
    return reference


def _document(raw: dict[str, Any]) -> Document:
    return Document(raw["id"], _words(raw), raw["published"], bool(raw.get("outside", False)))


def _words(raw: dict[str, Any]) -> Text:
    return Text(raw["fr"], raw["en"])


def _entry(raw: dict[str, Any], documents: Mapping[str, Document], **given: Any) -> dict[str, Any]:
    """The fields that every entry has; amounts in millions (``meur``) become euros, with their last digit printed."""
    document = documents[raw["document"]]
    printed = Decimal(raw["meur"] if "meur" in raw else raw["value"])
    unit_size = MILLION if "meur" in raw else Decimal(1)
    exponent = printed.as_tuple().exponent
    return {
        "id": raw["id"],
        "measure": raw["measure"],
        "quantity": raw.get("quantity", "amount"),
        "value": float(printed * unit_size),
        "unit": "EUR" if "meur" in raw else raw["unit"],
        "step": float(Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0) * unit_size),
        "on": given.pop("on") if "on" in given else raw["date"],
        "document": document,
        "place": raw["place"],
        "known": raw.get("known", document.published),
        "reliability": raw.get("reliability", "observed"),
        "qualifier": raw.get("qualifier", ""),
        "replaces": raw.get("replaces", ""),
        "label": _words(raw),
        "note": Text(raw.get("note_fr", ""), raw.get("note_en", "")),
        **given,
    }


def _target(raw: dict[str, Any], documents: Mapping[str, Document]) -> Target:
    published = documents[raw["document"]].published
    return Target(
        **_entry(raw, documents, on=raw["due"]),
        set_by=raw["set_by"],
        set_on=raw.get("set_on", published),
        set_on_stated="set_on" in raw,
        counts=tuple(raw.get("counts", [raw["quantity"]])),
    )


def _payment(raw: dict[str, Any], documents: Mapping[str, Document]) -> Payment:
    return Payment(
        **_entry(raw, documents, on=date(raw["year"], 12, 31)),
        payment_id=raw.get("payment", raw["id"]),
        payer=raw["payer"],
        payment_kind=raw["payment_kind"],
        profession=raw.get("profession", ""),
        year=raw["year"],
        parts=tuple(raw.get("parts", ())),
        complete=bool(raw.get("complete", False)),
    )


def _identity(raw: dict[str, Any]) -> Identity:
    return Identity(
        id=raw["id"],
        printed=raw["printed"],
        relation=raw["relation"],
        parts=tuple(raw.get("parts", ())),
        scale=float(raw.get("scale", 1)),
        step=float(raw["step"]) if "step" in raw else None,
        flag=raw.get("flag", ""),
        reading=tuple(raw.get("reading", ())),
        words=_words(raw),
    )


def _check(reference: Reference) -> None:
    every = (*reference.figures, *reference.targets, *reference.payments)
    for things in (every, reference.identities, reference.tables):
        _no_twins([thing.id for thing in things])
    _check_words(reference)
    named = {
        **{t.id: t.rows for t in reference.tables},
        **{i.id: (i.printed, *i.parts, *i.reading) for i in reference.identities},
        **{e.id: (e.replaces,) for e in every if e.replaces},
        **{f"{p.id} (parts)": p.parts for p in reference.payments},
    }
    known = {e.id for e in every}
    for owner, names in named.items():
        astray = [n for n in names if n not in known]
        if astray:
            raise DefinitionError(f"{owner!r} of the reference ledger names {astray}, which it does not have.")


def _check_words(reference: Reference) -> None:
    every = (*reference.figures, *reference.targets, *reference.payments)
    said = [
        *((e.id, e.reliability, get_args(Reliability)) for e in every),
        *((e.id, e.qualifier, get_args(Qualifier)) for e in every),
        *((i.id, i.relation, get_args(Relation)) for i in reference.identities),
        *((i.id, i.flag, get_args(Flag)) for i in reference.identities),
    ]
    for owner, word, allowed in said:
        if word not in allowed:
            raise DefinitionError(f"{owner!r} of the reference ledger says {word!r}, which is none of {allowed}.")


def _no_twins(names: list[str]) -> None:
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise DefinitionError(f"Two entries of the reference ledger are called {twins[0]!r}.")
