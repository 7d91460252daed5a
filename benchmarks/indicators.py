"""An indicator on emergency visits by the hundred million, against the same SQL written by hand.

    python benchmarks/indicators.py --visits 1e8 --folder var/bench/visits --json

Writes simulated visits once (five years, 35 000 communes, by hash, the same at each run), then runs in a process of its
own each: CCMU 1 by hours, year and CPTS with Maillage's indicator, and in DuckDB's SQL written by hand in two ways,
which import nothing of Maillage; all that `maillage run` makes of the indicator, at every level of territory; and a day
of new records added to the sums of a year. ``--spark N`` runs the first N visits on both engines. CPU seconds are those
of the computation, modules being imported; memory is the peak of the process, and what the computation adds to its
modules.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from figures import emit, show

CHUNK = 5_000_000
COMMUNES, DAYS = 35_000, 1_826
THREADS = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=float, default=1e8)
    parser.add_argument("--spark", type=float, default=0, help="visits to run on both engines")
    parser.add_argument("--folder", type=Path, default=Path("var/bench/visits"))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", choices=sorted(CHILDREN), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        print(json.dumps(CHILDREN[asked.child](asked.folder)))
        return
    whole = asked.folder / f"{asked.visits:.0f}"
    write(whole, int(asked.visits))
    public_calendar().write_parquet(whole / "holidays.parquet")
    runs = {name: run(name, whole) for name in ("ours", "sql_by_commune", "sql_by_cpts", "run", "day")}
    hand = {name: runs[name] for name in ("sql_by_commune", "sql_by_cpts")}
    assert all(runs[n]["answer"] == runs["ours"]["answer"] for n in (*hand, "run")), "the same figures were expected"
    show(f"{asked.visits:.0f} visits", [{"run": n, **shown(r)} for n, r in runs.items() if n != "day"])
    show("A day of new records", [shown(runs["day"])])
    ratios = {
        name: {what: runs["ours"][what] / by_hand[what] for what in ("cpu_s", "peak_mib", "added_mib")}
        for name, by_hand in hand.items()
    }
    show("Maillage over SQL by hand", [{"by hand": name, **ratio} for name, ratio in ratios.items()])
    figures = {"visits": asked.visits, "ratios": ratios, **{name: shown(r) for name, r in runs.items()}}
    if asked.spark:
        part = asked.folder / f"{asked.spark:.0f}"
        write(part, int(asked.spark))
        both = {name: run(name, part) for name in ("run", "spark")}
        assert both["run"]["digest"] == both["spark"]["digest"], "the same bits were expected on both engines"
        show(f"{asked.spark:.0f} visits", [{"run": n, **shown(r)} for n, r in both.items()])
        figures["spark"] = {name: shown(r) for name, r in both.items()}
    emit(figures, as_json=asked.json)


def shown(figures: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in figures.items() if k not in ("answer", "digest")}


def run(child: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, __file__, "--child", child, "--folder", str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def measured(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """What the work gives, its CPU and wall seconds, the peak memory of the process, and what the work adds to it."""
    before, cpu, wall = _peak_mib(), time.process_time(), time.perf_counter()
    given = work()
    cost = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}
    peak = _peak_mib()
    return given, {**cost, "peak_mib": peak, "modules_mib": before, "added_mib": peak - before}


def _peak_mib() -> float:
    """Not `ru_maxrss`, which a process takes over from the one that started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def write(folder: Path, visits: int) -> None:
    """The visits as a folder of Parquet files, a day of new ones, and the country they happen in."""
    if (folder / "done").exists():
        return
    import duckdb

    held = folder / "emergency_visit.parquet"
    held.mkdir(parents=True, exist_ok=True)
    day = folder / "day" / "emergency_visit.parquet"
    day.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(config={"threads": THREADS})
    connection.execute("set enable_progress_bar = false")
    for start in range(0, visits, CHUNK):
        end = min(visits, start + CHUNK)
        _write_visits(connection, (start, end), f"hash(n, 4) % (86400 * {DAYS})", held / f"{start:012d}.parquet")
    seconds = f"86400 * {DAYS - 1} + hash(n, 4) % 86400"
    _write_visits(connection, (visits, visits + max(1, visits // DAYS)), seconds, day / "day.parquet")
    for name, frame in country().items():
        for place in (folder, folder / "day"):
            frame.write_parquet(place / f"{name}.parquet")
    (folder / "done").touch()


def _write_visits(connection: Any, numbers: tuple[int, int], seconds: str, path: Path) -> None:
    select = f"""select
        printf('%012d', n) as visit_id,
        printf('%09d', (10000000 + hash(n, 2) % 700)::bigint) as site_id_finess,
        {_code(f"hash(n, 3) % {COMMUNES}")} as code,
        timestamp '2019-01-01' + to_seconds(({seconds})::bigint) as entry_time,
        timestamp '2019-01-01' + to_seconds(({seconds} + hash(n, 6) % 40000)::bigint) as exit_time,
        (hash(n, 5) % 100)::int as age_years,
        list_extract(['female', 'male'], (1 + hash(n, 8) % 2)::int) as sex,
        list_extract(['1', '2', '3', '4', '5', null], (1 + hash(n, 7) % 6)::int) as ccmu,
        'R' || (10 + hash(n, 9) % 90)::varchar as diagnosis_icd10
        from range({numbers[0]}, {numbers[1]}) t(n)"""  # noqa: S608
    connection.execute(f"copy ({select}) to '{path}' (format parquet, compression zstd)")


def _code(rank: str) -> str:
    """A commune's code from its rank: 350 communes in each of 100 départements."""
    departement = f"(1 + ({rank}) // 350)::bigint"
    number = f"(1 + ({rank}) % 350)::bigint"
    overseas = f"'97' || ({departement} - 95)::varchar || printf('%02d', {number} % 100)"
    return (
        f"(case when {departement} < 96 then printf('%02d', {departement}) || printf('%03d', {number}) "
        f"else {overseas} end)"
    )


def country() -> dict[str, Any]:
    import polars as pl

    from maillage.catalog.tables import CORE_TABLES, MEMBERSHIP, POPULATION

    codes = set()
    for rank in range(COMMUNES):
        departement, number = 1 + rank // 350, 1 + rank % 350
        codes.add(f"{departement:02d}{number:03d}" if departement < 96 else f"97{departement - 95}{number % 100:02d}")
    links, people = [], []
    for rank, code in enumerate(sorted(codes)):
        departement = code[:3] if code.startswith("97") else code[:2]
        above = [("departement", departement), ("region", f"{int(departement) % 13:02d}"), ("france", "FRA")]
        above += [("epci", f"2{rank // 28:08d}"), ("bassin_vie", f"{rank // 20:05d}")]
        above += [("cpts", f"{departement}-cpts-{rank % 9}")] if rank % 10 else []
        links += [(code, "commune", parent, level, 2025, 1.0, False) for level, parent in above]
        people.append((code, "commune", 2021, "all", "20-64", 1_900.0))
    made = {t.name: t.empty() for t in CORE_TABLES}
    made["membership"] = pl.DataFrame(links, schema=MEMBERSHIP.schema, orient="row")
    made["population"] = pl.DataFrame(people, schema=POPULATION.schema, orient="row")
    return made


def public_calendar() -> Any:
    from maillage.indicators.hours import public_holidays

    return public_holidays()


def ours(folder: Path) -> dict[str, Any]:
    """The expression of the indicator, added up by CPTS on the engine."""
    import polars as pl

    from maillage.engine import open_engine
    from maillage.indicators.registry import find_indicator

    indicator = find_indicator("part_ccmu1")
    warm = open_engine()  # imports what the engine needs
    warm.frame(warm.given(pl.DataFrame({"a": [1]})))
    public_calendar()

    def work() -> Any:
        engine = open_engine(folder)
        member = engine.table("membership")
        member = member.filter(member.parent_level == "cpts").select("child_code", "parent_code")
        rows = indicator.compute(engine).join(member, [("code", "child_code")])
        sums = {c: rows[c].sum().cast("float64") for c in ("numerator", "denominator")}
        return engine.frame(rows.group_by("parent_code", "period", "slice").agg(**sums))

    made, cost = measured(work)
    return {"answer": _answer(made.rename({"parent_code": "code"})), **cost}


def as_run(folder: Path) -> dict[str, Any]:
    return _observed(folder, "duckdb")


def on_spark(folder: Path) -> dict[str, Any]:
    return _observed(folder, "spark")


def _observed(folder: Path, kind: Any) -> dict[str, Any]:
    """All that a run makes of the indicator: every level, intervals, coverage, origins."""
    import hashlib

    import polars as pl

    from maillage.engine import open_engine
    from maillage.indicators.compute import compute_observations
    from maillage.indicators.registry import find_indicator

    indicator = find_indicator("part_ccmu1")
    open_engine(frames={})  # imports what the engine needs
    public_calendar()
    made, cost = measured(lambda: compute_observations(open_engine(folder, kind=kind), [indicator]).observation)
    digest = hashlib.sha256(made.write_csv().encode()).hexdigest()
    return {"answer": _answer(made.filter(pl.col("level") == "cpts")), "digest": digest, **cost}


def _answer(rows: Any) -> list[Any]:
    """CCMU 1, CCMU 1 during on-call hours and visits, by CPTS and year."""
    import polars as pl

    mine = rows.sort("code", "period", "slice")
    whole, during = (mine.filter(pl.col("slice") == s) for s in ("", "pdsa"))
    columns = [whole["code"], whole["period"], whole["numerator"], during["numerator"], whole["denominator"]]
    return [list(row) for row in zip(*(c.to_list() for c in columns), strict=True)]


def sql_by_commune(folder: Path) -> dict[str, Any]:
    """Added up by commune before the join."""
    return _by_hand(
        folder,
        """with v as (
            select code, year(entry_time) as year, case when h.national then null else h.day end as held,
                count(*) as visits,
                count(*) filter (ccmu = '1') as light,
                count(*) filter (ccmu = '1' and (hour(entry_time) >= 20 or hour(entry_time) < 8
                    or isodow(entry_time) = 7 or (isodow(entry_time) = 6 and hour(entry_time) >= 12)
                    or h.national)) as during
            from read_parquet('{folder}/emergency_visit.parquet/*.parquet')
            left join days h on h.day = entry_time::date
            group by all)
        select m.parent_code, v.year::varchar, sum(light)::double,
            sum(case when l.day is null then during else light end)::double, sum(visits)::double
        from v join '{folder}/membership.parquet' m on m.child_code = v.code and m.parent_level = 'cpts'
        left join local l on l.day = v.held
            and l.departement = (case when v.code like '97%' then left(v.code, 3) else left(v.code, 2) end)
        group by all order by all""",
    )


def sql_by_cpts(folder: Path) -> dict[str, Any]:
    """Each visit joined to its CPTS and to the holidays of its département."""
    return _by_hand(
        folder,
        """select m.parent_code, year(entry_time)::varchar as year, (count(*) filter (ccmu = '1'))::double,
            (count(*) filter (ccmu = '1' and (hour(entry_time) >= 20 or hour(entry_time) < 8
                or isodow(entry_time) = 7 or (isodow(entry_time) = 6 and hour(entry_time) >= 12)
                or h.national or l.day is not null)))::double, count(*)::double
        from read_parquet('{folder}/emergency_visit.parquet/*.parquet') v
        join '{folder}/membership.parquet' m on m.child_code = v.code and m.parent_level = 'cpts'
        left join days h on h.day = entry_time::date
        left join local l on l.day = entry_time::date
            and l.departement = (case when v.code like '97%' then left(v.code, 3) else left(v.code, 2) end)
        group by all order by all""",
    )


def _by_hand(folder: Path, query: str) -> dict[str, Any]:
    import duckdb

    def work() -> list[Any]:
        connection = duckdb.connect(config={"threads": THREADS})
        connection.execute("set enable_progress_bar = false")
        connection.execute(f"create view holidays as from '{folder}/holidays.parquet'")
        connection.execute(
            "create table days as select day, bool_or(departement = '') as national from holidays group by day"
        )
        connection.execute(
            "create table local as select h.day, departement from holidays h join days d on h.day = d.day "
            "where not national"
        )
        return [list(row) for row in connection.execute(query.replace("{folder}", str(folder))).fetchall()]

    answer, cost = measured(work)
    return {"answer": answer, **cost}


def new_day(folder: Path) -> dict[str, Any]:
    """A day of new records beside five years counted before, and what follows, against counting all again."""
    import shutil

    from maillage.catalog.kept import Kept
    from maillage.engine import open_engine
    from maillage.indicators.compute import compute_observations
    from maillage.indicators.partials import count_parts
    from maillage.indicators.registry import find_indicator

    def counted() -> Any:
        files = sorted((everything / "emergency_visit.parquet").iterdir())
        parts = {"emergency_visit": [(path, path.name) for path in files]}
        return count_parts([indicator], open_engine(everything), parts, kept)

    indicator = find_indicator("part_ccmu1")
    everything, kept = folder / "together", Kept(folder / "together" / "kept")
    shutil.rmtree(everything, ignore_errors=True)
    shutil.copytree(folder, everything, ignore=shutil.ignore_patterns("day", "together"), copy_function=os.link)
    counted()
    day = Path("emergency_visit.parquet") / "day.parquet"
    os.link(folder / "day" / day, everything / day)
    sums, added = measured(counted)
    observed, follows = measured(
        lambda: compute_observations(open_engine(everything), [indicator], counted=sums).observation
    )
    again, cost = measured(lambda: compute_observations(open_engine(everything), [indicator]).observation)
    shutil.rmtree(everything)
    assert again.equals(observed), "the same figures were expected from parts and from all the records"
    return {
        "add_cpu_s": added["cpu_s"],
        "observe_cpu_s": follows["cpu_s"],
        "count_all_cpu_s": cost["cpu_s"],
        "identical": True,
    }


CHILDREN: dict[str, Callable[[Path], dict[str, Any]]] = {
    "ours": ours,
    "run": as_run,
    "spark": on_spark,
    "sql_by_commune": sql_by_commune,
    "sql_by_cpts": sql_by_cpts,
    "day": new_day,
}

if __name__ == "__main__":
    main()
