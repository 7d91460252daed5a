"""What must hold of alerts whatever the series and whatever the order of events."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.alerts.history import degree_history
from maillage.alerts.life import NEXT, Statement, changes, current, state
from maillage.alerts.registry import load_rules
from maillage.catalog.tables import ALERT, ALERT_EVENT, OBSERVATION
from maillage.indicators.registry import load_indicators

RULE = load_rules()["apl_inf_difficulte"]
INDICATOR = load_indicators()[RULE.indicator]
KEY = ("rule", "commune", "01001")
values = st.lists(st.floats(0, 200, allow_nan=False), min_size=1, max_size=12)


def history(series):
    rows = [{"period": str(1990 + k), "value": v} for k, v in enumerate(series)]
    common = {"indicator": RULE.indicator, "code": "01001", "level": "commune", "slice": "", "status": "published"}
    return degree_history(pl.DataFrame([{**common, **r} for r in rows], schema=OBSERVATION.schema), RULE, INDICATOR)


@given(values)
def test_a_degree_is_never_below_what_the_value_alone_reaches(series):
    table = history(series)
    assert (table["step"] >= table["entered"]).all()


@given(values)
def test_an_alert_lasts_since_a_period_from_which_it_never_ceased(series):
    table = history(series)
    steps = dict(zip(table["period"], table["step"], strict=True))
    for row in table.filter(pl.col("step") > 0).iter_rows(named=True):
        assert all(steps[p] > 0 for p in steps if row["since"] <= p <= row["period"])


@given(values, st.floats(0, 200, allow_nan=False))
def test_the_past_of_a_series_does_not_change_when_it_grows(series, more):
    assert history([*series, more]).head(len(series)).equals(history(series))


acts = st.lists(
    st.sampled_from(["run 0", "run 1", "run 2", "run 3", "acknowledged", "explained", "closed"]), max_size=12
)


@settings(max_examples=60)
@given(acts)
def test_whatever_happens_the_journal_tells_the_degree_of_the_last_run_and_only_allowed_steps(steps):
    events, degree = ALERT_EVENT.empty(), 0
    for day, step in enumerate(steps):
        on = date(2026, 1, 1) + timedelta(days=day)
        now = current(events)
        if step.startswith("run"):
            degree = int(step[-1])
            rows = changes(events, _alert(degree), on)
        elif now.height and step in NEXT[now.item(0, "state")]:
            rows = state(events, KEY, Statement(step, "A", "B", on))
        else:
            continue
        ranks = pl.int_range(events.height + 1, events.height + rows.height + 1, eager=True).alias("entry")
        events = pl.concat([events, rows.with_columns(ranks).select(ALERT_EVENT.columns)])
    last = current(events)
    if last.height:
        assert last.item(0, "held") == (degree > 0)
        assert last.item(0, "state") == "closed" or last.item(0, "degree") == degree


def _alert(degree):
    words = dict.fromkeys(("indicator", "period", "since", "trend", "reason_fr", "reason_en"), "x")
    row = {"rule": "rule", "level": "commune", "code": "01001", "degree": degree, "simulated": False, **words}
    return pl.DataFrame([row] if degree else [], schema=ALERT.schema)
