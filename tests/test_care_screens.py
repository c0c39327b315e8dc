"""Acknowledging and snoozing on the screen: told apart by sign, word and place; by keys alone."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from monitor.alert_view import AlertView, Care, CareKind, ResponseClock
from monitor.care import snoozed_last
from monitor.care_entries import CareEntry, EntryKind
from monitor.snapshot import WorkspaceView
from monitor.verdicts import Level
from tests import snapshot_values as values
from tests.screen_rig import NARROW, NORMAL, WIDE, Rig, screen
from tests.values_common import NOW
from tui.dialogs.care import CareDialog


def care(kind: CareKind, minutes_ago: float = 3, *, shared: bool = True, note: str = "") -> Care:
    at = NOW.at - timedelta(minutes=minutes_ago)
    return Care(
        kind=kind, operator="ana", host="bastion", at=at, until=at + timedelta(hours=1),
        note=note, id=f"{kind.value}{minutes_ago}", shared=shared,
    )  # fmt: skip


def clock(due_in_minutes: float, met_after_minutes: float | None = None) -> ResponseClock:
    since = NOW.at - timedelta(minutes=5)
    met = None if met_after_minutes is None else since + timedelta(minutes=met_after_minutes)
    due = NOW.at + timedelta(minutes=due_in_minutes)
    return ResponseClock(since=since, due=due, words="15m", met_at=met)


def view(*changes: dict[str, object]) -> WorkspaceView:
    """The incident with something said of its first alerts."""
    incident = values.incident()
    alerts = list(incident.alerts)
    for place, change in enumerate(changes):
        alerts[place] = replace(alerts[place], **change)
    return replace(incident, alerts=snoozed_last(alerts))


def row(rig: Rig, text: str) -> str:
    return next(line for line in rig.lines() if text in line)


SAID = view(
    {"care": care(CareKind.ACKNOWLEDGED, note="looking"), "clock": clock(10, 2)},
    {"care": care(CareKind.SNOOZED), "clock": clock(-4)},
    {"clock": clock(11), "phase": values.incident().alerts[0].phase},
)


@pytest.mark.parametrize("size", [WIDE, NORMAL, NARROW])
@pytest.mark.parametrize("plain", [False, True])
async def test_the_two_differ_by_sign_word_and_place(size: tuple[int, int], plain: bool) -> None:
    async with screen(SAID, size=size, ascii=plain) as rig:
        tick, critical = ("v", "X") if plain else ("✓", "■")
        acknowledged = row(rig, f"{tick} a")
        assert "API /health" in acknowledged
        assert f" {critical} " in acknowledged
        snoozed = row(rig, " z ")
        assert "snoozed" in snoozed
        assert f" {critical} " not in snoozed
        assert "snoozed" not in acknowledged
        assert f"{tick} a" not in snoozed
        order = rig.lines()
        assert order.index(acknowledged) == 2, "the first of them"
        assert order.index(snoozed) == order.index(acknowledged) + len(SAID.alerts) - 1


async def test_without_colours_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with screen(SAID, size=NARROW) as rig:
        assert "✓" in row(rig, "API /health")
        assert "snoozed" in rig.text()


async def test_how_soon_somebody_must_be_at_it() -> None:
    async with screen(SAID, size=WIDE) as rig:
        assert "respond in 11m" in rig.text()
    late = view({"clock": clock(-4)})
    async with screen(late, size=WIDE) as rig:
        assert "4m over" in rig.text()
        assert "response 4m over" in rig.lines()[0]
    snoozed = view({"clock": clock(-4), "care": care(CareKind.SNOOZED)})
    async with screen(snoozed, size=WIDE) as rig:
        assert "over" not in rig.lines()[0]


async def test_what_nobody_else_sees_is_marked() -> None:
    alone = view({"care": care(CareKind.ACKNOWLEDGED, shared=False)})
    async with screen(alone, size=WIDE) as rig:
        assert "not shared" in rig.text()


async def test_a_key_a_note_enter() -> None:
    async with screen(size=NARROW) as rig:
        await rig.press("a")
        assert isinstance(rig.app.screen, CareDialog)
        text = rig.text()
        assert "PagerDuty is not told" in text
        assert "enter do it" in text
        await rig.press(*"on it", "enter")
        (order,) = rig.engine.ordered
        assert order.kind is EntryKind.ACKNOWLEDGED
        assert order.key == values.incident().alerts[0].key
        assert order.note == "on it"
        assert order.lasts_s == 4 * 3_600
        assert rig.app.notices[0].text.startswith("acknowledged")


async def test_arrows_choose_how_long_and_escape_says_nothing() -> None:
    async with screen(size=NARROW) as rig:
        await rig.press("d", "escape")
        assert rig.engine.ordered == []
        await rig.press("j", "d", "down", "enter")
        (order,) = rig.engine.ordered
        assert order.kind is EntryKind.SNOOZED
        assert order.lasts_s == 2 * 3_600
        assert order.key == values.incident().alerts[1].key


async def test_it_is_taken_back_in_the_same_place() -> None:
    async with screen(SAID, size=NARROW) as rig:
        await rig.press("a")
        text = rig.text()
        assert "acknowledged by ana on bastion, 3m ago" in text
        assert "looking" in text
        await rig.press(*["down"] * 9, "enter")
        (order,) = rig.engine.ordered
        assert order.kind is EntryKind.TAKEN_BACK


@pytest.mark.parametrize("keys", [("3", "j", "j", "j"), ("3", "j", "j", "j", "enter"), ("enter",)])
async def test_from_the_row_and_the_details_of_what_it_is_about(keys: tuple[str, ...]) -> None:
    async with screen(size=WIDE) as rig:
        await rig.press(*keys, "a", "enter")
        (order,) = rig.engine.ordered
        assert order.key == values.incident().alerts[0].key


async def test_from_a_kpi_that_is_past_its_limit() -> None:
    first = values.incident().kpis[0]
    async with screen(view({}, {}, {"kpi": first.spec.key}), size=WIDE) as rig:
        await rig.press("4", "enter", "a", "enter")
        (order,) = rig.engine.ordered
        assert order.key == values.incident().alerts[2].key


async def test_details_say_who_is_at_it() -> None:
    async with screen(SAID, size=WIDE) as rig:
        await rig.press("enter")
        assert "✓ ack ana 3m" in rig.lines()[1]


async def test_where_no_alert_is_the_key_says_so() -> None:
    async with screen(size=WIDE) as rig:
        await rig.press("3", "a")
        assert rig.engine.ordered == []
        assert rig.app.notices[0].text == "there is no alert to speak of here"


async def test_an_engine_that_does_not_answer_is_told() -> None:
    async with screen(size=NARROW) as rig:
        rig.engine.running = False
        await rig.press("a", "enter")
        assert "does not answer" in rig.app.notices[0].text


def entry(name: str, kind: EntryKind, minutes_ago: float, subject: str, note: str) -> CareEntry:
    at = NOW.at - timedelta(minutes=minutes_ago)
    return CareEntry(
        id=name, at=at, kind=kind, operator="ana", login="ana", host="bastion", workspace="lma",
        key=subject, until=at + timedelta(hours=1), level=Level.CRITICAL, subject=subject,
        note=note,
    )  # fmt: skip


async def test_the_list_tells_what_holds_and_what_is_over() -> None:
    holding = entry("acknowledged3", EntryKind.ACKNOWLEDGED, 3, "API /health", "looking")
    over = entry("x", EntryKind.SNOOZED, 90, "Error rate", "[bold]noise[/]")
    shown = replace(SAID, cares=(holding, over))
    async with screen(shown, size=NARROW) as rig:
        await rig.press("f3")
        lines = rig.lines()
        text = rig.text()
        assert "acknowledged by ana@bastion" in row(rig, "3m00s ago")
        assert "its time was up" in row(rig, "1h30m ago")
        assert "[bold]noise[/]" in text
        assert lines.index(row(rig, "3m00s ago")) < lines.index(row(rig, "1h30m ago"))


async def test_an_empty_list_says_so() -> None:
    async with screen(size=NARROW) as rig:
        await rig.press("f3")
        assert "nobody has acknowledged or snoozed anything" in rig.text()


def test_hostile_words_take_no_more_than_their_line() -> None:
    from providers.text import Foreign
    from widgets.care_fields import care_line
    from widgets.glyphs import UNICODE

    name = Foreign("\x1b[2J" + "x" * 400).line(64)
    said = care_line(replace(care(CareKind.ACKNOWLEDGED), operator=name), NOW, UNICODE)
    assert sum(cell.width for cell in said) < 40
    assert "\x1b" not in "".join(cell.text for cell in said)


def test_alerts_stay_alike_in_everything_else() -> None:
    alert: AlertView = values.incident().alerts[0]
    assert alert.care is None
    assert alert.clock is None
