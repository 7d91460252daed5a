"""An alert is raised once, lives through what people say of it, and ends with its cause."""

from datetime import date

import polars as pl
import pytest

from maillage.alerts.life import Statement, changes, current, state
from maillage.catalog.tables import ALERT, ALERT_EVENT
from maillage.errors import NotFoundError, UsageError

KEY = ("apl_mg", "commune", "01001")


def alert(degree, rule="apl_mg", code="01001"):
    words = {"indicator": rule, "period": "2022", "since": "2022", "trend": "unknown", "value": 1.0, "reference": 2.5}
    told = {"reason_fr": "Trop peu.", "reason_en": "Too few.", "simulated": False}
    return {"rule": rule, "level": "commune", "code": code, "degree": degree, **words, **told}


class Story:
    """A journal told day after day."""

    def __init__(self):
        self.events = ALERT_EVENT.empty()

    def _add(self, rows):
        ranks = pl.int_range(self.events.height + 1, self.events.height + rows.height + 1, eager=True)
        self.events = pl.concat([self.events, rows.with_columns(ranks.alias("entry")).select(ALERT_EVENT.columns)])
        return rows["event"].to_list()

    def run(self, day, *alerts):
        frame = pl.DataFrame(list(alerts), schema=ALERT.schema)
        return self._add(changes(self.events, frame, date(2026, 1, day)))

    def person(self, day, event, note="Vu avec la CPTS.", by="DD 01"):
        return self._add(state(self.events, KEY, Statement(event, by, note, date(2026, 1, day))))

    @property
    def state(self):
        return current(self.events).row(0, named=True)["state"]


def test_an_alert_goes_from_raised_to_lifted():
    story = Story()
    assert story.run(1, alert(1)) == ["raised"]
    assert story.run(2, alert(1)) == []
    assert story.run(3, alert(2)) == ["changed"]
    assert story.run(4) == ["lifted"]
    assert (story.state, story.run(5)) == ("closed", [])
    assert story.run(6, alert(1)) == ["raised"]


def test_people_acknowledge_explain_and_close():
    story = Story()
    story.run(1, alert(1))
    story.person(2, "acknowledged", note="")
    assert story.state == "acknowledged"
    story.run(3, alert(2))
    assert story.state == "acknowledged"
    story.person(4, "explained")
    story.person(5, "closed")
    assert story.state == "closed"


def test_an_alert_that_a_person_closed_comes_back_only_when_it_worsens_or_returns():
    story = Story()
    story.run(1, alert(2))
    story.person(2, "closed")
    assert story.run(3, alert(2)) == []
    assert story.run(4, alert(1)) == []
    assert story.run(5, alert(3)) == ["raised"]
    story.person(6, "closed")
    assert story.run(7) == ["lifted"]
    assert story.run(8, alert(1)) == ["raised"]


def test_the_state_on_a_past_day_does_not_change():
    story = Story()
    story.run(1, alert(1))
    past = current(story.events, on=date(2026, 1, 1))
    story.run(3, alert(3))
    story.person(4, "closed")
    assert current(story.events, on=date(2026, 1, 2)).equals(past)


@pytest.mark.parametrize(
    ("event", "words", "expected"),
    [
        ("explained", {"note": " "}, "a note to explain or close"),
        ("acknowledged", {"by": ""}, "An author is expected"),
    ],
    ids=["no note", "no author"],
)
def test_an_act_needs_its_words(event, words, expected):
    story = Story()
    story.run(1, alert(1))
    with pytest.raises(UsageError, match=expected):
        story.person(2, event, **words)


def test_an_act_out_of_turn_is_refused_with_what_is_possible():
    story = Story()
    story.run(1, alert(1))
    story.person(2, "closed")
    with pytest.raises(UsageError, match="nothing more until a run raises it again"):
        story.person(3, "acknowledged")
    with pytest.raises(NotFoundError, match="was ever raised"):
        state(story.events, ("apl_mg", "commune", "99999"), Statement("closed", "A", "B", date(2026, 1, 3)))


def test_an_act_cannot_be_dated_before_what_it_answers():
    story = Story()
    story.run(5, alert(1))
    with pytest.raises(UsageError, match="before the last event"):
        story.person(4, "acknowledged")


def test_alerts_do_not_mix():
    story = Story()
    story.run(1, alert(1), alert(2, code="01002"), alert(3, rule="apl_inf"))
    assert story.run(2, alert(1), alert(3, rule="apl_inf")) == ["lifted"]
    states = current(story.events).select("rule", "code", "state", "degree").rows()
    assert states == [
        ("apl_inf", "01001", "raised", 3),
        ("apl_mg", "01001", "raised", 1),
        ("apl_mg", "01002", "closed", 0),
    ]
