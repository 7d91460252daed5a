"""Simulated contracts: medical assistants where they are adopted, help to settle in the zones that open to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from maillage.demo.draw import Drawn
from maillage.demo.events.effects import GP, NEVER, Adoption
from maillage.demo.measures.common import (
    UNDER_DENSE,
    Days,
    as_days,
    codes,
    day_column,
    measured,
    path,
    texts,
    within_quarter,
    zone_names,
)
from maillage.demo.places import Floats, Ints, Texts

PARTS = {"third": 0.33, "half": 0.5, "full": 1.0}


@dataclass(frozen=True, slots=True)
class AssistantContracts:
    """Contracts in the order of their signature: the row of their place, the doctor, the day, part of a full time."""

    place: Ints
    doctor: Ints
    signed: Days
    fte: Floats
    specialty: Texts


def draw_assistants(country: Drawn, adoption: Adoption, rng: np.random.Generator) -> AssistantContracts:
    """The first contract of each adopting commune in its quarter, then others there, up to the published counts.

    A doctor (a GP's post of the simulated supply) signs one contract at most.
    """
    posts = rng.permutation(np.repeat(np.arange(len(adoption.start)), _posts(country, adoption)))
    chiefs = np.unique(posts, return_index=True)[1]
    first = np.full(len(adoption.start), np.datetime64("NaT", "D"))
    first[posts[chiefs]] = within_quarter(adoption.start[posts[chiefs]], rng)
    under = np.isin(zone_names(country.zones).astype(str), UNDER_DENSE)
    further, days = _further(posts, chiefs, first, under, country.scale, rng)
    doctor = np.concatenate([chiefs, further])
    signed = np.concatenate([first[posts[chiefs]], days])
    order = np.lexsort((doctor, signed))
    count = len(order)
    return AssistantContracts(
        place=posts[doctor[order]],
        doctor=doctor[order],
        signed=signed[order],
        fte=rng.choice(list(PARTS.values()), count, p=[measured("assistants_fte")[part] for part in PARTS]),
        specialty=_specialties(count, rng),
    )


def _posts(country: Drawn, adoption: Adoption) -> Ints:
    """GPs of the communes that adopt assistants."""
    return np.where(adoption.start != NEVER, country.counts[GP], 0)


def _further(
    posts: Ints, chiefs: Ints, first: Days, under: NDArray[np.bool_], scale: float, rng: np.random.Generator
) -> tuple[Ints, Days]:
    """Contracts after the first of a commune, until each published count is reached: their posts and days."""
    days, levels = path("assistants_signed")
    in_zones = path("assistants_under_dense")[1]
    begun = first[posts[chiefs]]
    left, taken = np.setdiff1d(np.arange(len(posts)), chiefs), [np.empty(0, dtype=np.int64)]
    dates = [np.empty(0, dtype="datetime64[D]")]
    for knot in range(1, len(days)):
        opens, closes = as_days(days[knot - 1 : knot + 1])
        for inside, level in ((True, in_zones[knot]), (False, levels[knot] - in_zones[knot])):
            so_far = (under[posts[chiefs]] == inside) & (begun <= closes)
            already = int(so_far.sum()) + int((under[posts[np.concatenate(taken)]] == inside).sum())
            open_posts = left[(under[posts[left]] == inside) & (first[posts[left]] <= closes)]
            new = open_posts[: max(round(scale * level) - already, 0)]
            since = np.maximum(first[posts[new]], opens).astype(np.int64)
            dates.append(as_days(since + rng.random(len(new)) * (closes.astype(np.int64) - since + 1)))
            taken.append(new)
            left = np.setdiff1d(left, new)
    return np.concatenate(taken), np.concatenate(dates)


def _specialties(count: int, rng: np.random.Generator) -> Texts:
    others = rng.choice(measured("assistants_specialties"), count)
    general = rng.random(count) < float(measured("assistants_gp_share"))
    return np.where(general, "mg", others).astype(object)


def assistant_table(country: Drawn, drawn: AssistantContracts, rng: np.random.Generator) -> pl.DataFrame:
    """The register of assistants' contracts: one row each."""
    level, count = measured("assistants_patients"), len(drawn.place)
    patients = np.round(np.clip(rng.normal(level["mean"], level["deviation"], count), 300, None))
    growth = 1 + level["more_full_time"] * drawn.fte
    gp, seen = drawn.specialty.astype(str) == "mg", np.round(level["seen_ratio"] * patients)
    return pl.DataFrame(
        {
            "id_contrat_assistant": codes("AM", count),
            "id_medecin": texts([f"m{doctor:06d}" for doctor in drawn.doctor]),
            "code_commune": texts(country.places.code[drawn.place]),
            "specialite": texts(drawn.specialty),
            "zone_signature": texts(zone_names(country.zones)[drawn.place]),
            "quotite": drawn.fte,
            "date_signature": day_column(drawn.signed),
            "date_debut": day_column(drawn.signed),
            "date_fin": pl.Series([None] * count, dtype=pl.Date),
            "objectif_patients_mt": _count(patients * growth, gp),
            "objectif_file_active": _count(seen * growth, np.ones(count, dtype=np.bool_)),
            "patients_mt_initial": _count(patients, gp),
            "file_active_initiale": _count(seen, np.ones(count, dtype=np.bool_)),
        }
    )


def _count(values: NDArray[Any], known: NDArray[np.bool_]) -> pl.Series:
    return pl.Series(np.where(known, np.round(values), np.nan)).fill_nan(None).cast(pl.Int64)


def installation_table(country: Drawn, rng: np.random.Generator) -> pl.DataFrame:
    """Contracts of GPs in ZIP, of each kind, up to the published counts; a doctor signs one at most."""
    zone = zone_names(country.zones).astype(str)
    posts = rng.permutation(np.repeat(np.arange(len(zone)), np.where(zone == "ZIP", country.counts[GP], 0)))
    days, parts, used = as_days(path("installation_ends")[0]), [], 0
    for kind, levels in measured("installation_signed").items():
        count = min(round(country.scale * levels[-1]), len(posts) - used)
        place = posts[used : used + count]
        rank = rng.permutation(count) / max(count, 1) * levels[-1]
        signed = as_days(np.interp(rank, [0, *levels], days.astype(np.int64)))
        years = np.timedelta64(round(365.25 * measured("installation_years")[kind]), "D")
        parts.append(
            pl.DataFrame(
                {
                    "id_contrat_installation": codes(kind.upper(), count),
                    "type_contrat": pl.Series([kind.upper()] * count, dtype=pl.String),
                    "id_medecin": texts([f"i{used + rank:06d}" for rank in range(count)]),
                    "code_commune": texts(country.places.code[place]),
                    "profession": pl.Series(["mg"] * count, dtype=pl.String),
                    "specialite": pl.Series(["mg"] * count, dtype=pl.String),
                    "zone_signature": pl.Series(["ZIP"] * count, dtype=pl.String),
                    "date_signature": day_column(signed),
                    "date_fin": day_column(signed + years - np.timedelta64(1, "D")),
                }
            )
        )
        used += count
    return pl.concat(parts)
