"""The identity of an alert's episode, and what the timeline is told of it."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from monitor.alert_news import AlertNews
from monitor.alert_view import AlertView
from monitor.onsets import SETTLE_S, Onsets
from monitor.snapshot import WorkspaceView
from monitor.verdicts import Level, Phase
from providers.clock import Moment
from tests import snapshot_values as values
from tests.fakes import START as DAY
from tests.values_lists import alert


def at(seconds: float) -> Moment:
    return Moment(at=DAY + timedelta(seconds=seconds), tick_s=1_000 + seconds)


def one(since_s: float, key: str = "long/lma", onset_s: float | None = None) -> AlertView:
    onset = None if onset_s is None else at(onset_s)
    return replace(alert(key, "Database", "slow"), since=at(since_s), onset=onset)


def test_an_alert_keeps_the_onset_it_was_first_seen_with() -> None:
    onsets = Onsets()
    (first,) = onsets.told([one(10)], at(20))
    (moved,) = onsets.told([one(14)], at(25))
    assert first.episode == moved.episode
    assert moved.since == at(14)
    assert onsets.told([], at(30)) == ()
    (again,) = onsets.told([one(40)], at(45))
    assert again.episode != first.episode


@pytest.mark.parametrize(
    ("key", "since_s", "seen_s", "same"),
    [
        pytest.param("long/lma", 90, 101, True, id="began before this run"),
        pytest.param("long/lma", 90, 100 + SETTLE_S, True, id="still within the minute"),
        pytest.param("long/lma", 90, 101 + SETTLE_S, False, id="came back too late"),
        pytest.param("long/lma", 105, 110, False, id="began in this run"),
        pytest.param("certificate/x", 105, 110, True, id="does not know when it began"),
        pytest.param("other/lma", 90, 101, False, id="another alert"),
    ],
)
def test_a_restart_takes_the_onset_over(
    key: str, since_s: float, seen_s: float, same: bool
) -> None:
    before, after = Onsets(), Onsets()
    known = "certificate/x" if key.startswith("certificate") else "long/lma"
    (first,) = before.told([one(10, known)], at(20))
    after.restore(before.encoded(), at(100))
    assert after.told([], at(100)) == ()
    (found,) = after.told([one(since_s, key)], at(seen_s))
    assert (found.onset == first.onset) is same


@pytest.mark.parametrize("broken", ["", "[]", "null", "{", '{"a": 1}', '{"a": "never"}'])
def test_what_can_not_be_understood_begins_anew(broken: str) -> None:
    onsets = Onsets()
    onsets.restore(broken, at(0))
    (found,) = onsets.told([one(5)], at(9))
    assert found.onset == at(5)


FIRED = replace(
    alert("check/x", "API /health", "503", level=Level.CRITICAL),
    since=at(0), onset=at(0), fired=at(30), needed=3,
)  # fmt: skip
FLAPS = replace(FIRED, phase=Phase.FLAPPING, changes=9, checks=21)
UNMET = replace(FLAPS, fired=None, level=Level.WARNING)
PENDING = replace(UNMET, phase=Phase.PENDING)


def looks(*scenes: AlertView | None) -> list[str]:
    """What is told over several looks at a workspace with at most one alert."""
    news, view = AlertNews(), values.incident()
    found: list[str] = []
    for second, scene in enumerate(scenes):
        seen: WorkspaceView = replace(view, alerts=() if scene is None else (scene,))
        found += [event.text for event in news.news(seen, at(second))]
    return found


@pytest.mark.parametrize(
    ("scenes", "told"),
    [
        ((PENDING, FIRED, FIRED, None), ["API /health 503", "API /health cleared"]),
        (
            (FIRED, FLAPS, FLAPS, FIRED, None),
            ["API /health 503", "API /health flapping", "API /health cleared"],
        ),
        ((FLAPS, FLAPS, None), ["API /health 503 flapping", "API /health cleared"]),
        ((PENDING, UNMET, UNMET, None), ["API /health flapping", "API /health steady again"]),
        ((UNMET, PENDING), ["API /health flapping", "API /health steady again"]),
        (
            (UNMET, FLAPS, None),
            ["API /health flapping", "API /health 503 flapping", "API /health cleared"],
        ),
        ((PENDING, None), []),
    ],
    ids=["fires", "fires and flaps", "flaps at once", "never met", "waits again", "met in it", "-"],
)
def test_each_thing_is_told_once(scenes: tuple[AlertView | None, ...], told: list[str]) -> None:
    assert looks(*scenes) == told


def test_what_is_looked_up_fires_from_the_first_look_on() -> None:
    onsets = Onsets()
    (found,) = onsets.told([one(10, "certificate/x")], at(20))
    (later,) = onsets.told([one(12, "certificate/x")], at(21))
    assert found.fired == later.fired == at(10)
    (waiting,) = onsets.told([PENDING], at(22))
    assert waiting.fired is None
    (fired,) = onsets.told([FIRED], at(23))
    assert fired.fired == at(30)
