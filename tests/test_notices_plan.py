"""What is told of alerts, and that nothing is told twice."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from actions.notices.channel import ChannelKind, TellKind
from actions.notices.pace import PER_MINUTE, Pace
from actions.notices.plan import still_wanted
from actions.notices.told import claimed, told_of
from monitor.alert_view import AlertView, CareKind
from monitor.care_entries import CareEntry, decode, encode
from monitor.verdicts import Level, Phase
from tests.examples import examples
from tests.fakes import START
from tests.values_notices import Program, alert, blank, cared, channel, moment

API = alert()
WARNING = alert(level=Level.WARNING)


def labels(program: Program, *alerts: AlertView, at: float = 0.0) -> list[str]:
    return [one.label for one in program.look(alerts, at)]


@pytest.mark.parametrize(
    "quiet",
    [
        alert(environment="staging"),
        alert(maintenance="Sunday"),
        alert(care=cared(CareKind.SNOOZED)),
        alert(phase=Phase.PENDING),
        alert(phase=Phase.UNKNOWN),
        alert(phase=Phase.RECOVERING),
        WARNING,
    ],
    ids=["elsewhere", "maintenance", "snoozed", "pending", "unknown", "recovering", "mild"],
)
def test_of_some_nothing_is_told(quiet: AlertView) -> None:
    program = Program([], channel(environments=frozenset({"production"})))
    assert labels(program, quiet) == []
    assert program.look((), 600, settled=True) == []


def test_a_channel_leaves_out_the_kpis_that_watch_it_and_nothing_besides() -> None:
    own = alert(key="kpi/unacknowledged/critical", kpi="unacknowledged", followers=("check/a",))
    behind = alert(key="check/a", cause=own.key)
    root = alert(key="check/db", level=Level.WARNING, followers=(own.key,))
    program = Program([], channel(except_kpis=frozenset({"unacknowledged"})))
    # What follows from it is told; what it follows from is not made worse by it.
    told = [(one.key, one.label) for one in program.look((own, behind, root), 0)]
    assert told == [("check/a", "fired")]
    assert labels(Program([]), own) == ["fired"]


def test_what_fires_is_told_once_and_its_end_once() -> None:
    program = Program([])
    assert labels(program, API) == ["fired"]
    assert labels(program, API, at=1) == []
    assert labels(program, at=2) == ["cleared"]
    assert labels(program, at=3) == []


def test_an_alert_of_no_environment_is_told_everywhere() -> None:
    program = Program([], channel(environments=frozenset({"production"})))
    assert labels(program, alert(environment="")) == ["fired"]


def test_acknowledged_before_it_was_told_it_is_told_with_who_is_at_it() -> None:
    assert labels(Program([]), alert(care=cared(CareKind.ACKNOWLEDGED))) == ["fired"]


def test_a_warning_that_becomes_critical_is_told_again_once() -> None:
    program = Program([], channel(least=Level.WARNING))
    assert labels(program, WARNING) == ["fired"]
    assert labels(program, API, at=1) == ["worse"]
    assert labels(program, WARNING, at=2) == []
    assert labels(program, API, at=3) == []


def test_a_warning_that_becomes_critical_fires_where_warnings_are_not_told() -> None:
    program = Program([])
    assert labels(program, WARNING) == []
    assert labels(program, API, at=1) == ["fired"]


def test_only_the_cause_is_told_with_how_many_follow() -> None:
    root = alert(key="check/db", level=Level.WARNING, followers=("check/a", "check/b"))
    others = (alert(key="check/a", cause="check/db"), alert(key="check/b", cause="check/db"))
    program = Program([])

    (telling,) = program.look((root, *others), 0)

    assert (telling.key, telling.followers, telling.level) == ("check/db", 2, Level.CRITICAL)
    # The cause is gone, one of them stays: now it stands for itself.
    found = program.look((replace(others[0], cause=""),), 5)
    told = [(one.key, one.label) for one in found]
    assert told == [("check/a", "fired"), ("check/db", "cleared")]


def test_a_follower_whose_cause_is_not_there_is_told() -> None:
    assert labels(Program([]), alert(cause="check/gone")) == ["fired"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["reminder-1"]),
        ({"care": cared(CareKind.ACKNOWLEDGED)}, []),
        ({"care": cared(CareKind.SNOOZED)}, []),
        ({"maintenance": "Sunday"}, []),
        ({"cause": "check/db"}, []),
        ({"phase": Phase.PENDING}, []),
    ],
)
def test_reminders(changes: dict[str, object], expected: list[str]) -> None:
    program = Program([], channel(remind_s=600))
    program.look((API,), 0)
    root = alert(key="check/db", maintenance="x")
    assert labels(program, API, root, at=599) == []
    assert labels(program, replace(API, **changes), root, at=600) == expected
    assert labels(program, replace(API, **changes), root, at=601) == []


def test_reminders_that_were_slept_through_are_not_made_up_for() -> None:
    program = Program([], channel(remind_s=600))
    program.look((API,), 0)
    assert labels(program, API, at=6_100) == ["reminder-10"]
    assert labels(program, API, at=6_600) == ["reminder-11"]


def test_missing_numbers_are_told_once_without_reminders() -> None:
    program = Program([], channel(remind_s=600, least=Level.WARNING))
    silent = alert(key="kpi/lma/errors/no-data", level=Level.WARNING)
    assert labels(program, silent) == ["fired"]
    assert labels(program, silent, at=6_000) == []


def test_flapping_is_told_once() -> None:
    program = Program([], channel(remind_s=600))
    flapping = replace(API, phase=Phase.FLAPPING)
    assert labels(program, API) == ["fired"]
    assert labels(program, flapping, at=10) == ["flapping"]
    assert labels(program, API, at=20) == []
    assert labels(program, flapping, at=700) == []
    assert labels(program, at=800) == ["cleared"]


def test_what_flaps_without_having_fired_is_told_as_flapping() -> None:
    assert labels(Program([]), replace(API, phase=Phase.FLAPPING, fired=None)) == ["flapping"]


def test_where_the_end_is_not_wanted_it_is_only_noted() -> None:
    program = Program([], channel(cleared=False))
    program.look((API,), 0)
    (over,) = program.look((), 1)
    assert over.silent
    again = alert(onset=moment(60))
    assert labels(program, again, at=60) == ["fired"]


def test_only_a_side_that_keeps_a_state_hears_of_acknowledgements() -> None:
    taken = replace(API, care=cared(CareKind.ACKNOWLEDGED))
    for kind, expected in ((ChannelKind.PAGERDUTY, ["acknowledged"]), (ChannelKind.SLACK, [])):
        program = Program([], channel(kind=kind, remind_s=600))
        program.look((API,), 0)
        assert labels(program, taken, at=700) == expected
        assert labels(program, taken, at=701) == []


def test_a_restart_tells_nothing_twice_and_closes_what_is_over() -> None:
    journal: list[CareEntry] = []
    Program(journal).look((API,), 0)
    after = Program(journal)
    assert labels(after, API, at=5) == []
    # It has not asked everything yet: what is not there may still be.
    later = Program(journal)
    assert later.look((), 10) == []
    assert later.look((), 110, settled=True) == []
    assert [one.label for one in later.look((), 130, settled=True)] == ["cleared"]
    assert [one.subject for one in later.look((), 130, settled=True)] == []


def test_another_operator_who_saw_it_begin_later_does_not_tell_it_again() -> None:
    journal: list[CareEntry] = []
    dana, ivan = Program(journal), Program(journal, login="ivan")
    assert labels(dana, API) == ["fired"]
    assert labels(ivan, at=1) == []
    assert ivan.look((), 200, settled=True) == [], "who has never seen it can not close it"
    assert labels(ivan, alert(onset=moment(12)), at=201) == []
    assert labels(dana, at=230) == ["cleared"]
    assert labels(ivan, at=231) == []


def test_what_nobody_closes_is_closed_after_a_day() -> None:
    journal: list[CareEntry] = []
    Program(journal).look((API,), 0)
    day = timedelta(days=1).total_seconds()
    ivan = Program(journal, login="ivan")
    assert ivan.look((), day - 1, settled=True) == []
    assert [one.label for one in ivan.look((), day, settled=True)] == ["cleared"]


def test_what_could_not_be_sent_and_is_over_is_not_told_at_all() -> None:
    program = Program([])
    owed = program.look((API, alert(key="check/other")), 0)
    over = program.look((alert(key="check/other"),), 10)

    kept, unheard = still_wanted(owed, {"check/other"}, over)

    assert [one.key for one in kept] == ["check/other"]
    assert unheard == {over[0].episode}


def test_claims_survive_the_journal() -> None:
    entry = claimed(blank(START), "incidents", Program([]).look((API,), 0)[0])
    assert decode(encode(entry)) == entry
    assert told_of([entry], "incidents", START).open[API.key].subject == "health production"


LONG = "check/" + "x" * 2_000


def test_keys_of_any_length_are_told_once() -> None:
    journal: list[CareEntry] = []
    program = Program(journal)
    assert labels(program, alert(key=LONG)) == ["fired"]
    journal[:] = [decode(encode(one)) for one in journal]
    assert labels(program, alert(key=LONG), at=1) == []
    assert labels(program, at=2) == ["cleared"]


KEYS = ("check/a", "check/b", "kpi/c/no-data")


@st.composite
def worlds(draw: st.DrawFn) -> tuple[AlertView, ...]:
    """What a program may see at one look."""
    return tuple(
        alert(
            key=key,
            level=draw(st.sampled_from([Level.WARNING, Level.CRITICAL])),
            phase=draw(st.sampled_from(list(Phase))),
            onset=moment(draw(st.sampled_from([0, 40, 80]))),
            cause=draw(st.sampled_from(["", *KEYS])),
            maintenance=draw(st.sampled_from(["", "Sunday"])),
            care=draw(st.sampled_from([None, *map(cared, CareKind)])),
        )
        for key in sorted(draw(st.sets(st.sampled_from(KEYS))))
    )


LOOKS = st.lists(st.tuples(st.integers(0, 1), worlds(), st.booleans()), max_size=14)
SPECS = st.builds(
    channel,
    kind=st.sampled_from(list(ChannelKind)),
    least=st.sampled_from([Level.WARNING, Level.CRITICAL]),
    remind_s=st.sampled_from([None, 300.0]),
    cleared=st.booleans(),
)


@settings(max_examples=examples(200))
@given(looks=LOOKS, spec=SPECS)
def test_no_two_messages_for_one_episode_kind_and_channel(
    looks: list[tuple[int, tuple[AlertView, ...], bool]], spec: object
) -> None:
    journal: list[CareEntry] = []
    programs = [Program(journal, spec, name) for name in ("dana", "ivan")]  # type: ignore[arg-type]  # a channel
    told = []
    for step, (who, seen, settled) in enumerate(looks):
        told += programs[who].look(seen, step * 45.0, settled=settled)
    assert len({(one.episode, one.label) for one in told}) == len(told)
    opened: set[str] = set()
    for one in told:
        if one.kind in {TellKind.FIRED, TellKind.FLAPPING} and one.key not in opened:
            opened.add(one.key)
        assert one.key in opened, "nothing is told of what nobody was told of"
        if one.kind is TellKind.CLEARED:
            opened.discard(one.key)


@settings(max_examples=examples(150))
@given(seen=worlds(), spec=SPECS, data=st.data())
def test_the_order_of_alerts_and_entries_does_not_matter(
    seen: tuple[AlertView, ...], spec: object, data: st.DataObject
) -> None:
    journal: list[CareEntry] = []
    Program(journal, spec).look(seen, 0)  # type: ignore[arg-type]  # a channel
    mixed = data.draw(st.permutations(journal))
    shuffled = data.draw(st.permutations(seen))
    now = START + timedelta(seconds=400)
    assert told_of(mixed, "incidents", now) == told_of(journal, "incidents", now)
    one, two = Program(list(journal), spec), Program(list(mixed), spec)  # type: ignore[arg-type]  # a channel
    assert one.look(seen, 400) == two.look(shuffled, 400)


@given(st.lists(st.tuples(st.floats(0, 20), st.booleans()), max_size=200))
def test_the_rate_is_bounded(steps: list[tuple[float, bool]]) -> None:
    pace, now_s = Pace(0.0), 0.0
    sent: list[float] = []
    for passed_s, waiting in steps:
        now_s += passed_s
        if pace.ready(now_s, waiting=waiting):
            pace.sent(now_s)
            sent.append(now_s)
    for at_s in sent:
        within = [one for one in sent if at_s <= one < at_s + 60]
        assert len(within) <= 2 * PER_MINUTE


def test_what_begins_within_half_a_minute_goes_together() -> None:
    pace = Pace()
    assert not pace.ready(0, waiting=True)
    assert not pace.ready(29.9, waiting=True)
    assert pace.ready(30, waiting=True)
    assert not pace.ready(31, waiting=False)
    assert not pace.ready(40, waiting=True), "a new group begins"


def test_a_channel_that_fails_is_asked_less_and_less_often() -> None:
    pace = Pace(0.0)
    assert [pace.failed(0) for _ in range(7)] == [15, 30, 60, 120, 240, 300, 300]
    assert not pace.ready(299, waiting=True)
    assert pace.ready(300, waiting=True)
    pace.arrived()
    assert pace.failed(0, 77) == 77
