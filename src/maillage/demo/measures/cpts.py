"""Simulated CPTS: their steps, perimeters, missions and members, on the territories that the run will know."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

from maillage.catalog.parameters import load_parameters
from maillage.demo.draw import Drawn
from maillage.demo.events.effects import NEVER, Adoption
from maillage.demo.groups import totals
from maillage.demo.measures.common import Days, as_days, day_column, measured, texts, within_quarter
from maillage.demo.parameters import PROFESSIONS
from maillage.demo.places import Floats, Ints, Texts
from maillage.measures.schedule import CPTS
from maillage.territory.perimeters import community_codes

STEPS = ("pre_project", "letter_of_intent", "project_validated", "negotiation", "aci_signed")
_COLUMNS = ("date_pre_projet", "date_lettre_intention", "date_projet_valide", "date_negociation", "date_signature_aci")
_NEVER = np.datetime64("NaT", "D")
_MONTH_DAYS = 30.44


@dataclass(frozen=True, slots=True)
class Communities:
    """The simulated CPTS, in the order of their names.

    ``of_place`` is the row of the CPTS of each place, NEVER outside any; ``steps`` has a row a CPTS and a column a
    step of STEPS, NaT where it was not taken; ``size`` is 1 to 4. ``code`` is the one that the run gives.
    """

    code: Texts
    name: Texts
    departement: Texts
    of_place: Ints
    inhabitants: Ints
    size: Ints
    steps: Days

    @property
    def signed(self) -> Days:
        """The day of the agreement."""
        return self.steps[:, STEPS.index("aci_signed")]

    @property
    def first(self) -> Days:
        """The day of the first step that is known."""
        return np.asarray(np.fmin.reduce(self.steps, axis=1))


def draw_communities(country: Drawn, adoption: Adoption, rng: np.random.Generator) -> Communities:
    """CPTS whose agreement lies in the quarter of adoption; the others stop at a step, in the published shares."""
    covered = country.cpts.astype(str) != ""
    names, first, inverse = np.unique(country.cpts[covered].astype(str), return_index=True, return_inverse=True)
    rows = np.flatnonzero(covered)[first]
    of_place = np.full(len(covered), NEVER)
    of_place[covered] = inverse
    people = totals(inverse, country.places.inhabitants[covered])
    named = pl.DataFrame({"cpts": texts(names), "code_region": texts(country.places.region[rows])})
    code = dict(community_codes(named).iter_rows())
    return Communities(
        code=np.array([code[name] for name in names], dtype=object),
        name=names.astype(object),
        departement=country.places.departement[rows],
        of_place=of_place,
        inhabitants=people.round().astype(np.int64),
        size=1 + np.searchsorted(load_parameters(CPTS)["size_limits"].value, people, side="right"),
        steps=_steps(adoption.start[rows], rng),
    )


def _steps(start: Ints, rng: np.random.Generator) -> Days:
    """The day of each step; ``start`` is the quarter of the agreement, NEVER without one."""
    span = measured("cpts_last_step")
    reached = np.full(len(start), len(STEPS) - 1)
    last = within_quarter(np.maximum(start, 0), rng)
    without = np.flatnonzero(start == NEVER)
    first_day, last_day = (np.datetime64(span[end]).astype(np.int64) for end in ("first", "last"))
    last[without] = as_days(rng.integers(first_day, last_day + 1, len(without)))
    days = _backwards(last, reached, rng)
    pending = _counted(days[start != NEVER], np.datetime64(span["last"]))
    reached[without] = rng.permutation(_stages(len(start), len(without), pending))
    redrawn = _backwards(last, reached, rng)
    days[without] = redrawn[without]
    return days


def _backwards(last: Days, reached: Ints, rng: np.random.Generator) -> Days:
    """Steps before the last one reached, by the months that each takes."""
    days = np.full((len(last), len(STEPS)), _NEVER)
    day = last.copy()
    for rank in range(len(STEPS) - 1, -1, -1):
        days[:, rank] = np.where(rank <= reached, day, _NEVER)
        if rank:
            low, high = measured("cpts_step_months")[STEPS[rank]]
            gap = np.floor(rng.uniform(low, high, len(last)) * _MONTH_DAYS).astype(np.int64)
            day = np.where(rank <= reached, day - gap.astype("timedelta64[D]"), day)
    return days


def _counted(days: Days, on: np.datetime64) -> dict[str, int]:
    """How many of the CPTS that will sign are at each published stage on a day."""
    at = (days <= on).sum(axis=1) - 1
    stage = {"pre_project": (0,), "letter_of_intent": (1,), "negotiation": (2, 3)}
    return {name: int(np.isin(at, ranks).sum()) for name, ranks in stage.items()}


def _stages(count: int, without: int, pending: dict[str, int]) -> Ints:
    """The last step of each CPTS without agreement, so that all together have the published shares."""
    published = measured("cpts_status")
    whole = sum(published.values())
    wanted = {name: max(published[name] * count / whole - pending[name], 0.0) for name in pending}
    ends = np.cumsum(list(wanted.values())) / max(sum(wanted.values()), 1e-9)
    return np.repeat(
        [STEPS.index(name) for name in wanted], np.diff(np.round(ends * without).astype(np.int64), prepend=0)
    )


def cpts_table(drawn: Communities) -> pl.DataFrame:
    """The register of CPTS: one row each."""
    size = np.where(np.isnat(drawn.signed), "", drawn.size.astype(str))
    empty = pl.Series([None] * len(drawn.code), dtype=pl.Date)
    return pl.DataFrame(
        {
            "id_cpts": texts(drawn.code),
            "nom": texts(drawn.name),
            "departement": texts(drawn.departement),
            **{column: day_column(drawn.steps[:, rank]) for rank, column in enumerate(_COLUMNS)},
            "date_renouvellement": empty,
            "date_fin": empty,
            "taille": texts(size),
        }
    )


def perimeter_table(country: Drawn, drawn: Communities, rng: np.random.Generator) -> pl.DataFrame:
    """The communes of each CPTS since its first step; a few join later, a few are shared with the nearest other."""
    inside = np.flatnonzero(drawn.of_place != NEVER)
    of, shared, late = drawn.of_place[inside], measured("perimeter_shared"), measured("perimeter_late")
    other = _nearest_other(country.places.position_km[inside], of)
    cut = (rng.random(len(inside)) < shared["share"]) & (other != NEVER)
    part = np.where(cut, np.round(rng.uniform(shared["least"], shared["most"], len(inside)), 2), 1.0)
    wait = np.floor(rng.uniform(late["months"][0], late["months"][1], len(inside)) * _MONTH_DAYS).astype(np.int64)
    wait[rng.random(len(inside)) >= late["share"]] = 0
    begins = np.minimum(drawn.first[of] + wait.astype("timedelta64[D]"), np.datetime64(measured("known_on")))
    own = _perimeter(country, drawn, (inside, of), begins, part)
    rest = _perimeter(country, drawn, (inside[cut], other[cut]), drawn.first[other[cut]], np.round(1 - part[cut], 2))
    return pl.concat([own, rest]).sort("id_cpts", "code_commune")


def _perimeter(country: Drawn, drawn: Communities, rows: tuple[Ints, Ints], begins: Days, part: Floats) -> pl.DataFrame:
    """Rows of perimeter: places, the CPTS of each, the first day and the part of the commune."""
    place, of = rows
    return pl.DataFrame(
        {
            "id_cpts": texts(drawn.code[of]),
            "code_commune": texts(country.places.code[place]),
            "part": part,
            "date_debut": day_column(begins),
            "date_fin": pl.Series([None] * len(place), dtype=pl.Date),
        }
    )


def _nearest_other(position_km: Floats, of: Ints) -> Ints:
    """For each place, the CPTS of the nearest place that is in another one; NEVER where the nearest six are its own."""
    near = cKDTree(position_km).query(position_km, k=min(7, len(of)))[1].reshape(len(of), -1)
    differs = of[near] != of[:, None]
    first = np.argmax(differs, axis=1)
    return np.where(differs.any(axis=1), of[near[np.arange(len(of)), first]], NEVER)


def mission_table(drawn: Communities, rng: np.random.Generator) -> pl.DataFrame:
    """Missions of the CPTS with an agreement; cooperation comes within a year of it."""
    signed = np.flatnonzero(~np.isnat(drawn.signed))
    crisis = np.datetime64(measured("cpts_mission_crisis"))
    shares = measured("cpts_missions") | {"cooperation": measured("cpts_mission_cooperation")}
    parts = []
    for mission, share in shares.items():
        begins = drawn.signed[signed]
        if mission == "crise":
            begins = np.maximum(begins, crisis)
        if mission == "cooperation":
            begins = begins + rng.integers(0, 366, len(signed)).astype("timedelta64[D]")
        taken = rng.random(len(signed)) < share
        parts.append(
            pl.DataFrame(
                {
                    "id_cpts": texts(drawn.code[signed[taken]]),
                    "mission": pl.Series([mission.upper()] * int(taken.sum()), dtype=pl.String),
                    "date_debut": day_column(begins[taken]),
                    "date_fin": pl.Series([None] * int(taken.sum()), dtype=pl.Date),
                }
            )
        )
    return pl.concat(parts).sort("id_cpts", "mission")


def member_table(country: Drawn, drawn: Communities, rng: np.random.Generator) -> pl.DataFrame:
    """Members by profession on 31 December of each year since the agreement, and those who are active."""
    spread, share = measured("members_spread"), float(measured("members_share"))
    inside = drawn.of_place != NEVER
    weight = spread["concentration"]
    own = rng.beta(share * weight, (1 - share) * weight, len(drawn.code)) / share
    held = {profession: int(country.counts[code][inside].sum()) for profession, code in PROFESSIONS.items()}
    mean = sum(spread[profession] * count for profession, count in held.items()) / max(sum(held.values()), 1)
    parts = []
    for profession, equipment in PROFESSIONS.items():
        present = np.bincount(
            drawn.of_place[inside], country.counts[equipment][inside], minlength=len(drawn.code)
        ).astype(np.int64)
        willing = rng.binomial(present, np.clip(share * spread[profession] / mean * own, 0.0, 1.0))
        for year, part in measured("members_counts").items():
            counted = np.flatnonzero((drawn.signed <= np.datetime64(f"{year}-12-31")) & (present > 0))
            members = np.round(willing[counted] * part).astype(np.int64)
            parts.append(
                pl.DataFrame(
                    {
                        "id_cpts": texts(drawn.code[counted]),
                        "profession": pl.Series([profession] * len(counted), dtype=pl.String),
                        "date_denombrement": day_column(np.full(len(counted), np.datetime64(f"{year}-12-31"))),
                        "adherents": members,
                        "adherents_actifs": rng.binomial(members, float(measured("members_active"))),
                    }
                )
            )
    return pl.concat(parts).sort("id_cpts", "profession", "date_denombrement")
