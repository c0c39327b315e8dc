"""Maintenance that somebody starts: seen by the others, told once, by command and from the wall."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from monitor.care_entries import EntryKind
from monitor.maintenance import Covered, Once, Span, Window
from monitor.maintenance_news import MaintenanceNews
from monitor.maintenance_orders import MaintenanceOrder
from monitor.verdicts import Level
from providers.clock import Moment, SystemClock
from tests import snapshot_values as values
from tests.config_texts import SMALL
from tests.fakes import ManualClock
from tests.screen_rig import WIDE, screen
from tests.test_care_engine import Desk, clock, desk, fires, path
from tests.values_common import NOW
from tui.cli import quarterdeck
from tui.dialogs.maintenance import MaintenanceDialog

__all__ = ["clock", "path"]

API = Covered(names=frozenset({"api"}))


def told(one: Desk) -> list[str]:
    """What the timeline says of maintenance, oldest first."""
    return [event.text for event in one.view.timeline if "maintenance" in event.text][::-1]


async def test_the_other_operator_sees_it_and_it_ends(path: Path, clock: ManualClock) -> None:
    async with desk(clock, path, "ana") as ana, desk(clock, path, "bo") as bo:
        await ana.until(lambda: fires(ana)() and fires(bo)(), 40)
        assert bo.view.level >= Level.CRITICAL
        order = MaintenanceOrder(workspace="lma", lasts_s=3_600, about=API, note="DB upgrade")
        answer = await ana.engine.care(order)
        assert answer.done
        assert answer.words.startswith("maintenance of api for 1h, until ")
        await bo.until(lambda: bool(bo.view.maintenance), 5)
        await bo.until(lambda: bo.alert is not None and bool(bo.alert.maintenance), 5)
        assert bo.alert is not None
        assert bo.alert.level is Level.CRITICAL, "it is judged as ever"
        assert bo.alert.maintenance.startswith("maintenance: DB upgrade until ")
        assert (bo.view.counts.critical, bo.view.counts.maintenance) == (0, 1)
        assert bo.view.level < Level.CRITICAL
        assert "API" not in bo.view.worst
        (span,) = bo.view.maintenance
        assert (await bo.engine.care(MaintenanceOrder(workspace="lma", ends=span.window.key))).done
        await ana.until(lambda: not ana.view.maintenance, 5)
        await ana.until(lambda: ana.view.level is Level.CRITICAL, 5)
        assert ana.view.counts.maintenance == 0
        until = f"{span.ends:%H:%M}Z"
        assert told(ana) == [
            f"maintenance until {until}: DB upgrade",
            "bo ended the maintenance",
            "maintenance over: DB upgrade",
        ]
        refused = await ana.engine.care(MaintenanceOrder(workspace="lma", ends="no-such"))
        assert not refused.done


async def test_it_survives_a_restart_is_told_once_and_ends_by_itself(
    path: Path, clock: ManualClock, tmp_path: Path
) -> None:
    past = tmp_path / "history.sqlite3"
    async with desk(clock, path, "ana", history=past) as ana:
        await ana.until(fires(ana), 40)
        await ana.engine.care(MaintenanceOrder(workspace="lma", lasts_s=120, note="patch"))
        await ana.until(lambda: bool(ana.view.maintenance), 5)
    clock.advance(30)
    async with desk(clock, path, "ana", history=past) as ana:
        await ana.until(lambda: bool(ana.view.maintenance), 20)
        await ana.until(lambda: not ana.view.maintenance, 120)
        await ana.until(lambda: len(told(ana)) == 2, 5)
        assert [text.partition(" until")[0] for text in told(ana)] == [
            "maintenance",
            "maintenance over: patch",
        ]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    file = tmp_path / "quarterdeck.yaml"
    file.write_text(SMALL)
    file.chmod(0o600)
    return file


def run(home: Path, *words: str) -> tuple[int, str]:
    """What the command leaves with and prints."""
    done = CliRunner().invoke(quarterdeck, ["--config", str(home), "maintenance", *words])
    return done.exit_code, done.output


def test_start_list_and_end_by_command(home: Path) -> None:
    assert run(home) == (0, "Shop: no maintenance windows\n")
    code, words = run(home, "start", "--for", "1h", "--service", "api", "--note", "DB upgrade")
    assert code == 0
    assert words.startswith("maintenance of api for 1h, until ")
    code, words = run(home, "list")
    assert "now, until" in words
    assert "DB upgrade: api by " in words
    code, words = run(home, "--json")
    (window,) = json.loads(words)["windows"]
    assert window["title"] == "DB upgrade"
    assert window["now"]
    assert window["workspace"] == "shop"
    assert run(home, "end") == (0, "ended: DB upgrade\n")
    assert run(home) == (0, "Shop: no maintenance windows\n")
    code, words = run(home, "end")
    assert code == 1
    assert "none" in words


def test_what_is_planned_for_months_ahead_is_listed(home: Path) -> None:
    begins = SystemClock().now().at + timedelta(days=200)
    window = f'{{title: move, from: "{begins:%Y-%m-%d} 02:15", to: "{begins:%Y-%m-%d} 04:00"}}'
    planned = f"    maintenance: {{move: {window}}}\n    services:"
    home.write_text(SMALL.replace("    services:", planned, 1))
    code, words = run(home)
    assert code == 0, words
    assert f"{begins:%Y-%m-%d} 02:15Z" in words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("start", "--for", "1h", "--service", "apl"), "did you mean api?"),
        (("start", "--for", "1h", "--check", "api/helth"), "did you mean api/health?"),
        (("start", "--for", "1h", "--env", "prod"), "did you mean production?"),
        (("start", "--for", "4d"), "must be from 1m to 3d"),
        (("start", "--service", "api"), "--for"),
    ],
)
def test_a_line_that_makes_no_sense_mutes_nothing(
    home: Path, words: tuple[str, ...], said: str
) -> None:
    code, printed = run(home, *words)
    assert code in {2, 64}
    assert said in printed
    assert run(home) == (0, "Shop: no maintenance windows\n")


def span(begins_minutes: float, operator: str = "ana") -> Span:
    begins = NOW.at + timedelta(minutes=begins_minutes)
    ends = begins + timedelta(hours=1)
    when = Once(begins=begins, ends=ends)
    window = Window(key="id1", title="DB upgrade", when=when, operator=operator)
    return Span(window=window, begins=begins, ends=ends)


async def test_the_wall_says_what_is_and_what_comes() -> None:
    incident = values.incident()
    first, *rest = incident.alerts
    now = span(-5)
    alerts = (*rest, replace(first, maintenance=now.words, clock=None))
    counts = replace(incident.counts, critical=0, maintenance=2)
    muted = replace(incident, alerts=alerts, maintenance=(now,), counts=counts)
    async with screen(muted, size=(200, 48)) as rig:
        assert f"maintenance: DB upgrade until {now.until}" in rig.lines()[0]
        assert "2 in maintenance" in rig.lines()[0]
        assert "1 in maintenance" in rig.text(), "the lower edge of the alerts"
        row = next(line for line in rig.lines()[1:] if "maintenance" in line)
        assert first.subject[:8] in row
    coming = replace(values.calm(), coming=(span(12),))
    async with screen(coming, size=WIDE) as rig:
        assert "maintenance in 12m: DB upgrade" in rig.lines()[0]


async def test_start_it_from_the_wall() -> None:
    async with screen(size=WIDE) as rig:
        await rig.press("f6")
        text = rig.text()
        assert "Everything" in text
        await rig.press("down", "enter")
        assert isinstance(rig.app.screen, MaintenanceDialog)
        assert "nobody is told of them" in rig.text()
        await rig.press(*"upgrade", "down", "enter")
        (order,) = rig.engine.maintained
        assert order.note == "upgrade"
        assert order.lasts_s == 2 * 3_600
        assert order.about.names == {values.incident().spec.services[0].name}
        await rig.press("f6", "enter", "escape")
        assert len(rig.engine.maintained) == 1, "escape starts nothing"


async def test_end_it_from_the_wall_but_not_what_is_configured() -> None:
    running = replace(values.calm(), maintenance=(span(-5),))
    async with screen(running, size=WIDE) as rig:
        await rig.press("f6")
        assert "End: DB upgrade" in rig.text()
        await rig.press("enter")
        (order,) = rig.engine.maintained
        assert order.ends == "id1"
    configured = replace(values.calm(), maintenance=(span(-5, operator=""),))
    async with screen(configured, size=WIDE) as rig:
        await rig.press("f6", "enter")
        assert rig.engine.maintained == []
    assert EntryKind.MAINTENANCE.value == "maintenance"


def test_the_timeline_tells_that_it_is_near_that_it_begins_and_that_it_is_over() -> None:
    news = MaintenanceNews()
    one, calm = span(12, operator=""), values.calm()

    def at(minutes: float, **windows: tuple[Span, ...]) -> list[str]:
        now = Moment(at=NOW.at + timedelta(minutes=minutes), tick_s=NOW.tick_s + minutes * 60)
        return [event.text for event in news.news(replace(calm, **windows), now)]

    begins = f"{one.begins:%H:%M}Z"
    assert at(0, coming=(one,)) == [f"maintenance from {begins}: DB upgrade"]
    assert at(1, coming=(one,)) == []
    assert at(12, maintenance=(one,)) == [f"maintenance until {one.until}: DB upgrade"]
    assert at(13, maintenance=(one,)) == []
    assert at(72) == ["maintenance over: DB upgrade"]
    assert at(73) == []
    late = MaintenanceNews()
    now = Moment(at=one.begins + timedelta(minutes=30), tick_s=NOW.tick_s)
    assert not list(late.news(replace(calm, maintenance=(one,)), now)), "it is no news any more"
