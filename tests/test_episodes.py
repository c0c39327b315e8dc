"""Earlier times an alert fired, how it stood over the day, and what the logs said then."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.breach_lines import around, breach_words
from monitor.episodes import (
    BLOCK_S,
    BLOCKS,
    Episode,
    State,
    episode_words,
    episodes_of,
    flaps_of,
    strip,
)
from monitor.events import Event, EventKind
from monitor.logs import LoggedLine
from monitor.verdicts import Level
from providers.log_readings import LogLevel, LogLine
from providers.readings import SourceId
from providers.text import Foreign

NOW = datetime(2025, 1, 31, 16, 32, 49, tzinfo=UTC)
FINE: list[bool | None] = [False] * BLOCKS


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def told(kind: EventKind, onset_s: float, at_s: float) -> Event:
    end = "/cleared" if kind is EventKind.CLEARED else ""
    key = f"alert/check/api@{ago(onset_s).isoformat()}{end}"
    return Event(at=ago(at_s), kind=kind, level=Level.CRITICAL, text="API /health 503", key=key)


def fired(began_s: float, ended_s: float | None = None) -> Episode:
    return Episode(began=ago(began_s), ended=None if ended_s is None else ago(ended_s))


def test_beginnings_find_their_ends() -> None:
    events = [
        told(EventKind.CLEARED, 900, 300),
        told(EventKind.ALERT, 100, 100),
        told(EventKind.ALERT, 900, 900),
        told(EventKind.CLEARED, 99_999, 50),
    ]
    assert episodes_of(events) == (fired(900, 300), fired(100))


def states(*episodes: Episode, seen: list[bool | None] | None = None) -> tuple[State, ...]:
    return strip(NOW, episodes, FINE if seen is None else seen, State.OK)


def test_a_quiet_day_is_fine_and_a_day_nobody_saw_is_not_known() -> None:
    assert set(states()) == {State.OK}
    assert states(seen=[None] * BLOCKS)[:-1] == (State.UNKNOWN,) * (BLOCKS - 1)
    assert states(seen=[])[0] is State.UNKNOWN


def test_past_the_limit_without_an_alert_is_pending() -> None:
    seen: list[bool | None] = [*FINE]
    seen[10] = True
    assert states(seen=seen)[10] is State.PENDING


def test_an_alert_fills_the_blocks_it_lasted_in() -> None:
    found = states(fired(10 * BLOCK_S - 1, 8 * BLOCK_S - 60))
    firing = [place for place, state in enumerate(found) if state is State.FIRING]
    assert firing == [BLOCKS - 10, BLOCKS - 9, BLOCKS - 8]


def test_an_alert_from_before_the_day_is_seen() -> None:
    assert states(fired(90_000, 80_000))[0] is State.FIRING


def test_two_beginnings_in_one_block_are_flapping() -> None:
    found = states(fired(1_900 + BLOCK_S, 1_800 + BLOCK_S), fired(2_100 + BLOCK_S, 2_000 + BLOCK_S))
    assert State.FLAPPING in found


def test_what_was_called_flapping_is_until_it_cleared_or_was_steady() -> None:
    key = f"alert/check/api@{ago(9_000).isoformat()}"
    flapping = Event(at=ago(7_300), kind=EventKind.ALERT, level=Level.WARNING, text="x",
                     key=f"{key}/flapping")  # fmt: skip
    steady = Event(at=ago(3_500), kind=EventKind.CLEARED, level=Level.OK, text="x",
                   key=f"{key}/steady")  # fmt: skip
    assert episodes_of([flapping, steady]) == ()
    for end in (steady, told(EventKind.CLEARED, 9_000, 3_500)):
        found = strip(NOW, (), FINE, State.OK, flaps_of([end, flapping]))
        places = [BLOCKS - place for place, state in enumerate(found) if state is State.FLAPPING]
        assert places == [5, 4, 3, 2]


def test_an_end_that_was_not_seen_lasts_no_longer_than_the_trouble() -> None:
    seen: list[bool | None] = [place < 5 for place in range(BLOCKS)]
    found = states(fired(86_400 - 10), seen=seen)
    assert found[:5] == (State.FIRING,) * 5
    assert set(found[5:]) == {State.OK}


@pytest.mark.parametrize(
    ("episodes", "words"),
    [
        ((), "no time in 7 days is known"),
        ((fired(280),), "fired once in 7 days: Fri 16:28:09Z and lasts"),
        (
            (fired(90_000, 89_280), fired(280, 30)),
            "fired 2 times in 7 days: Fri 16:28:09Z for 4m10s, Thu 15:32:49Z for 12m00s",
        ),
        (
            (fired(600), fired(280, 30)),
            "fired 2 times in 7 days: Fri 16:28:09Z for 4m10s, Fri 16:22:49Z, its end not seen",
        ),
    ],
)
def test_the_words_for_earlier_times(episodes: tuple[Episode, ...], words: str) -> None:
    assert episode_words(episodes, NOW, 7, UTC) == words


def test_many_times_are_counted() -> None:
    many = tuple(fired(1000 * n, 1000 * n - 60) for n in range(9, 0, -1))
    assert episode_words(many, NOW, 7, UTC).endswith(" and 5 more")


def line(at_s: float, level: LogLevel, source: str, text: str = "x") -> LoggedLine:
    read = LogLine(id=f"{at_s}{text}", at=ago(at_s), level=level, text=Foreign(text))
    return LoggedLine(source=SourceId(f"lma/production/render/{source}.logs"), line=read)


ERROR, INFO = LogLevel.ERROR, LogLevel.INFO


def test_errors_first_and_of_them_those_of_the_same_service() -> None:
    lines = [
        line(390, INFO, "web"),
        line(310, ERROR, "web"),
        line(300, INFO, "api"),
        line(290, ERROR, "api"),
        line(270, ERROR, "api"),
    ]
    found = around(lines, ago(280), "api", 4)
    assert [(one.source.split("/")[-1], one.line.at) for one in found.lines] == [
        ("api.logs", ago(290)),
        ("api.logs", ago(270)),
        ("web.logs", ago(310)),
        ("api.logs", ago(300)),
    ]
    assert (found.count, found.bad) == (5, 3)
    assert found.short_s == 10
    said = breach_words(found)
    assert said.startswith("5 lines within 2 minutes of the onset, 3 of them warnings or errors")
    assert said.endswith("; 10s of it is not kept")


def test_lines_further_off_are_not_of_it() -> None:
    found = around([line(401, ERROR, "api"), line(159, ERROR, "api")], ago(280), "api", 4)
    assert found.lines == ()
    assert breach_words(found) == "no log line within 2 minutes of the onset"


def test_apis_neighbour_is_not_the_api() -> None:
    lines = [line(281, INFO, "api-two"), line(280, INFO, "legacyapi"), line(279, INFO, "api")]
    (found,) = around(lines, ago(280), "api", 1).lines
    assert found.source == "lma/production/render/api.logs"
