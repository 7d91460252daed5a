"""Tables 3 and 4 of the Cour des comptes report of May 2024 come out of records built to their printed figures."""

from datetime import datetime

import polars as pl
import pytest

from maillage.catalog.tables import TABLES
from maillage.engine import open_engine
from maillage.indicators.compute import compute_observations
from maillage.indicators.registry import find_indicator

# Table 3: visits, CCMU 1 "en semaine", CCMU 1 during on-call hours, total, in per cent of all visits. 2022, Ardennes.
CPTS = {
    "vouzinois": (9_259, 9, 5, 14),
    "porte-luxembourg": (20_209, 29, 21, 50),
    "rethelois": (14_133, 4, 4, 8),
    "rives-de-la-meuse": (3_604, 21, 18, 39),
    "charleville": (40_883, 27, 22, 49),
}
ARDENNES = (93_466, 22, 17, 39)
# Table 4: régime général, millions of patients in 2022, and share without a médecin traitant at three dates.
C2S_MILLIONS, OTHER_MILLIONS = 5.5, 43.2
PSMT = {"2022": (16.4, 11.6, 12.2, 4.8), "2019": (12.6, 9.2, 9.6, 3.4), "2015": (12.2, 8.9, 9.3, 3.3)}


def observe(indicators, **tables):
    frames = {t.name: tables.get(t.name, t.empty()) for t in TABLES}
    return compute_observations(open_engine(frames=frames), [find_indicator(i) for i in indicators]).observation


def country(communes):
    """Memberships and population of communes given as ``{code: cpts or None}``, all in the Ardennes."""
    schema = {t.name: t.schema for t in TABLES}
    links = [
        {"child_code": code, "child_level": "commune", "parent_code": parent, "parent_level": level}
        | {"millesime": 2025, "share": 1.0, "simulated": False}
        for code, cpts in communes.items()
        for level, parent in (("departement", "08"), ("region", "44"), ("france", "FRA"), ("cpts", cpts))
        if parent
    ]
    people = [
        {"code": code, "level": "commune", "year": 2021, "sex": "all", "age_band": "20-64", "population": 20_000.0}
        for code in communes
    ]
    return {
        "membership": pl.DataFrame(links, schema=schema["membership"]),
        "population": pl.DataFrame(people, schema=schema["population"]),
    }


def visits(code, total, weekday, on_call):
    """So many visits of a commune in 2022: CCMU 1 on Wednesday mornings, CCMU 1 on Sundays, and others."""
    wednesday, sunday = datetime(2022, 1, 5, 10), datetime(2022, 1, 2, 10)
    kinds = ((weekday, wednesday, "1"), (on_call, sunday, "1"), (total - weekday - on_call, wednesday, "2"))
    parts = [
        pl.DataFrame({"n": range(count)}).select(
            visit_id=pl.format("{}-{}-{}", pl.lit(code), pl.lit(str(kind)), "n"),
            site_id_finess=pl.lit("080000615"),
            code=pl.lit(code),
            entry_time=pl.lit(start) + pl.duration(weeks=pl.col("n") % 52),
            ccmu=pl.lit(ccmu),
        )
        for kind, (count, start, ccmu) in enumerate(kinds)
    ]
    schema = next(t for t in TABLES if t.name == "emergency_visit").schema
    rows = pl.concat(parts)
    return rows.select(rows[c].cast(t) if c in rows.columns else pl.lit(None, t).alias(c) for c, t in schema.items())


def test_table_3_ccmu_1_by_cpts_of_the_ardennes():
    communes = {f"0800{n}": name for n, name in enumerate(CPTS)} | {"08009": None}
    records = {
        code: (total, round(total * weekday / 100), round(total * on_call / 100))
        for code, (total, weekday, on_call, _) in zip(communes, CPTS.values(), strict=False)
    }
    # The département holds communes that no CPTS covers: they make up its total.
    outside = ARDENNES[0] - sum(r[0] for r in records.values())
    weekday, on_call = (round(ARDENNES[0] * ARDENNES[i] / 100) - sum(r[i] for r in records.values()) for i in (1, 2))
    records["08009"] = (outside, weekday, on_call)
    rows = pl.concat(visits(code, *counts) for code, counts in records.items())
    seen = observe(["part_ccmu1"], emergency_visit=rows, **country(communes))
    shares = {
        (r["code"], r["slice"]): r for r in seen.filter(pl.col("level").is_in(["cpts", "departement"])).to_dicts()
    }
    for code, (total, in_week, at_night, all_hours) in {**CPTS, "08": ARDENNES}.items():
        printed = {"hors_pdsa": in_week, "pdsa": at_night, "": all_hours}
        assert {part: round(shares[code, part]["value"]) for part in printed} == printed
        assert shares[code, ""]["denominator"] == total
        parts = shares[code, "hors_pdsa"]["value"] + shares[code, "pdsa"]["value"]
        assert parts == pytest.approx(shares[code, ""]["value"], rel=1e-12)


def test_table_4_patients_without_a_doctor_and_the_gap_of_the_c2s():
    rows = []
    for year, (c2s_share, other_share, _, _) in PSMT.items():
        for c2s, millions, share in ((True, C2S_MILLIONS, c2s_share), (False, OTHER_MILLIONS, other_share)):
            people = millions * 1e6
            # Those without a doctor: none, one who has stopped, a fictitious number.
            split = {"none": 0.6, "stopped": 0.3, "fictitious": 0.1}
            counted = {status: round(people * share / 100 * part) for status, part in split.items()}
            counted["declared"] = people - sum(counted.values())
            rows += [
                {"code": "08105", "year": int(year), "age_band": "16+", "regime": "general", "mt_status": status}
                | {"c2s": c2s, "ald": False, "beneficiaries": float(number)}
                for status, number in counted.items()
            ]
        # Another scheme changes the whole, not the régime général.
        rows.append(rows[-1] | {"regime": "agricole", "mt_status": "none", "beneficiaries": 3e6})
    schema = next(t for t in TABLES if t.name == "beneficiary_count").schema
    seen = observe(
        ["part_psmt", "ecart_psmt_c2s"],
        beneficiary_count=pl.DataFrame(rows, schema=schema),
        **country({"08105": None}),
    ).filter(pl.col("level") == "france", pl.col("slice") == "general")
    found = {(r["indicator"], r["period"]): r["value"] for r in seen.to_dicts()}
    for year, (_, _, everyone, gap) in PSMT.items():
        # The printed whole is rounded from unrounded shares: it may differ from theirs by a tenth.
        assert found["part_psmt", year] == pytest.approx(everyone, abs=0.1)
        assert round(found["ecart_psmt_c2s", year], 1) == gap
