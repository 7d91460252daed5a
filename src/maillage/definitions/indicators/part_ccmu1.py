"""Share of emergency visits that needed no further act (CCMU 1), by hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from maillage.catalog.parameters import load_parameters
from maillage.engine import Engine
from maillage.indicators.definition import Answers, Example, Indicator, Input, Records, Rows, Tally
from maillage.indicators.events import events, sliced, tallied
from maillage.indicators.expressions import period_of
from maillage.indicators.hours import departement_of, holiday_keys, local_holidays, on_call_by_clock
from maillage.territory.rule import Rule
from maillage.text import Text

OUTSIDE, DURING = "hors_pdsa", "pdsa"
SLICES = {
    OUTSIDE: Text("en semaine, hors permanence des soins", "outside on-call hours"),
    DURING: Text("pendant la permanence des soins", "during on-call hours"),
}


# What a visit is counted as: not CCMU 1, or CCMU 1 on call everywhere, on an ordinary day, or on the holiday of some
# places, whose day is then its number (20241226).
_OTHER, _ON_CALL, _ORDINARY = -1, 0, 1


def _count(engine: Engine) -> Any:
    """Visits and CCMU 1 by commune and year.

    A holiday kept in a few départements only is settled after visits are added up by commune, not for each visit; the
    calendar is asked of CCMU 1 only, and no more sums are held than communes, years and such holidays make.
    """
    visits = events(engine, "emergency_visit")
    visits = visits.select("code", "ccmu", "entry_time", day=visits.entry_time.date())
    visits = visits.left_join(holiday_keys(engine), "day")
    hours = on_call_by_clock(visits.entry_time).ifelse(_ON_CALL, visits.local_day.fill_null(_ORDINARY))
    visits = visits.mutate(kind=(visits.ccmu == "1").ifelse(hours, _OTHER))
    local_day = (visits.kind > _ORDINARY).ifelse(visits.kind, 0)
    sums = visits.group_by("code", year=visits.entry_time.year(), local_day=local_day).agg(
        visits=visits.count(),
        light=visits.count(where=visits.kind != _OTHER),
        during=visits.count(where=visits.kind == _ON_CALL),
    )
    kept = sums.mutate(departement=departement_of(sums.code)).left_join(
        local_holidays(engine), [("local_day", "kept_day"), "departement"]
    )
    resting = kept.kept_day.notnull().ifelse(kept.light, kept.during)
    rows = kept.group_by("code", "year").agg(
        visits=kept.visits.sum().cast("int64"), light=kept.light.sum().cast("int64"), during=resting.sum().cast("int64")
    )
    rows = sliced(rows, ("", *SLICES))
    split = (rows["slice"] == DURING).ifelse(rows.during, rows.light - rows.during)
    return tallied(
        rows,
        code=rows.code,
        period=period_of(rows.year),
        slice=rows["slice"],
        numerator=(rows["slice"] == "").ifelse(rows.light, split),
        denominator=rows.visits,
    )


HOLIDAYS = {date(2024, 5, 1): None, date(2024, 12, 26): ("57", "67", "68")}


def _oracle(tables: Mapping[str, Rows]) -> Answers:
    hours = {name: p.value for name, p in load_parameters("pdsa").items()}
    found: dict[tuple[str, str, str], tuple[float, float]] = {}
    for visit in tables["emergency_visit"]:
        at, code = visit["entry_time"], visit["code"]
        places = HOLIDAYS.get(at.date(), ())
        on_call = (
            not hours["morning_hour"] <= at.hour < hours["evening_hour"]
            or at.isoweekday() == 7
            or (at.isoweekday() == 6 and at.hour >= hours["saturday_hour"])
            or places is None
            or code[:2] in places
        )
        for part, inside in (("", True), (DURING, on_call), (OUTSIDE, not on_call)):
            light, all_visits = found.get((code, str(at.year), part), (0, 0))
            found[code, str(at.year), part] = (light + (inside and visit["ccmu"] == "1"), all_visits + 1)
    return found


def _visit(number: int, code: str, at: str, ccmu: str | None) -> Mapping[str, Any]:
    return {
        "visit_id": str(number),
        "site_id_finess": "080000615",
        "code": code,
        "entry_time": datetime.fromisoformat(at),
        "ccmu": ccmu,
    }


def _expected(code: str, light: tuple[float, float, float], visits: float) -> Rows:
    parts = zip(("", OUTSIDE, DURING), light, strict=True)
    return tuple(
        {
            "code": code,
            "period": "2024",
            "slice": part,
            "value": 100 * n / visits,
            "numerator": n,
            "denominator": visits,
        }
        for part, n in parts
    )


EXAMPLE = Example(
    Text(
        "Huit passages : un soir à 20 h et l’instant d’avant, un samedi avant et après midi, le 1er mai, et le 26 "
        "décembre, férié en Moselle et non dans les Ardennes ; un passage n’a pas de classe, un autre est CCMU 3.",
        "Eight visits: an evening at 20:00 and the moment before, a Saturday before and after noon, 1 May, and 26 "
        "December, a holiday in Moselle and not in the Ardennes; one visit has no class, another is CCMU 3.",
    ),
    tables={
        "emergency_visit": (
            _visit(1, "08105", "2024-03-12T19:59:59", "1"),
            _visit(2, "08105", "2024-03-12T20:00:00", "1"),
            _visit(3, "08105", "2024-03-16T11:59:00", "1"),
            _visit(4, "08105", "2024-03-16T12:00:00", "3"),
            _visit(5, "08105", "2024-05-01T10:00:00", "1"),
            _visit(6, "08105", "2024-12-26T10:00:00", "1"),
            _visit(7, "57463", "2024-12-26T10:00:00", "1"),
            _visit(8, "57463", "2024-12-27T07:59:00", None),
        )
    },
    expected=(*_expected("08105", (5.0, 3.0, 2.0), 6.0), *_expected("57463", (1.0, 0.0, 1.0), 2.0)),
    oracle=_oracle,
)

INDICATOR = Indicator(
    id="part_ccmu1",
    label=Text("Part des passages aux urgences classés CCMU 1", "Share of emergency visits classed CCMU 1"),
    short_label=Text("Urgences CCMU 1", "CCMU 1 emergencies"),
    volet="unplanned",
    unit=Text("%", "%"),
    decimals=1,
    direction="high",
    why=Text(
        "Un passage sans aucun acte d’imagerie ou de biologie aurait le plus souvent pu se faire en ville : sa part "
        "dit où les soins non programmés manquent.",
        "A visit without any imaging or laboratory act could mostly have been made in town: its share tells where "
        "unplanned care is lacking.",
    ),
    definition=Text(
        "Part des passages aux urgences des habitants du territoire classés CCMU 1, parmi tous leurs passages ; elle "
        "se partage entre les passages en heures de permanence des soins et les autres, et les deux parts s’ajoutent.",
        "Share of the emergency visits of the territory's residents classed CCMU 1, among all their visits; it splits "
        "into visits during on-call hours and the others, whose two shares add up.",
    ),
    numerator=Text("Passages classés CCMU 1", "Visits classed CCMU 1"),
    denominator=Text("Tous les passages, classés ou non", "All the visits, classed or not"),
    method=Text(
        "Passages par commune de résidence ; permanence des soins : de 20 h à 8 h, le samedi dès midi, les dimanches "
        "et jours fériés du département. Intervalle de Wilson.",
        "Visits by commune of residence; on-call hours: 20:00 to 8:00, Saturday from noon, Sundays and the public "
        "holidays of the département. Wilson's interval.",
    ),
    limits=Text(
        "La classe est donnée par l’urgentiste et l’usage en varie d’un service à l’autre ; un passage sans classe "
        "compte au dénominateur. Près d’une frontière, une partie des passages a lieu ailleurs.",
        "The class is given by the emergency physician and its use varies between departments; a visit without a class "
        "counts in the denominator. Near a border, part of the visits take place elsewhere.",
    ),
    inputs=(Input("rpu"),),
    author="Maillage",
    reviewer="À désigner / to be appointed",
    next_review=date(2027, 6, 30),
    grain="commune",
    aggregation=Rule("ratio", scale=100.0),
    interval="wilson",
    slices=SLICES,
    adds_up=True,
    records=Records(
        ("emergency_visit",), date="entry_time", delay_months=load_parameters("completeness")["delay_months"].value
    ),
    compute=Tally(_count),
    example=EXAMPLE,
)
