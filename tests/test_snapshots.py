"""Pictures of every look, at the three sizes; `pytest --snapshot-update` takes them anew."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from monitor.logs import LoggedLine
from monitor.snapshot import Snapshot, WorkspaceView
from tests import snapshot_values as values
from tests.screen_fakes import FakeEngine, ScreenClock
from tests.screen_rig import NARROW, NORMAL, WIDE
from tests.test_screens_alert import LINES, OPEN, alert_incident
from tui.app import QuarterdeckApp
from tui.settings import ScreenSettings

Compare = Callable[..., bool]


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "TEXTUAL_THEME", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)


def pictured(
    compare: Compare,
    view: WorkspaceView | Snapshot,
    size: tuple[int, int],
    *keys: str,
    silent_s: float = 0.0,
    lines: tuple[LoggedLine, ...] = (),
    **settings: object,
) -> bool:
    """Whether the screen looks as it did, after these keys."""
    snapshot = view if isinstance(view, Snapshot) else values.snapshot(view)
    clock = ScreenClock()
    wanted = ScreenSettings(operator="dana@bastion-1", **settings)  # type: ignore[arg-type]  # passed on
    engine = FakeEngine(snapshot)
    engine.lines["lma"] = lines
    app = QuarterdeckApp(engine, wanted, clock)

    async def settle(pilot: Pilot[int]) -> None:
        clock.forward(silent_s)
        app.tick()
        await pilot.pause()
        await pilot.press(*keys)
        for _ in range(3):
            await app.workers.wait_for_complete()
            await pilot.pause(0)

    return compare(app, terminal_size=size, run_before=settle)


@pytest.mark.parametrize("size", [WIDE, NORMAL, NARROW], ids=["160x48", "120x36", "80x24"])
@pytest.mark.parametrize("scene", ["incident", "calm"])
def test_wall(snap_compare: Compare, scene: str, size: tuple[int, int]) -> None:
    assert pictured(snap_compare, getattr(values, scene)(), size)


@pytest.mark.parametrize("scene", ["loading", "not_configured", "failed", "stale"])
def test_looks(snap_compare: Compare, scene: str) -> None:
    assert pictured(snap_compare, getattr(values, scene)(), NORMAL)


def test_offline(snap_compare: Compare) -> None:
    assert pictured(snap_compare, values.offline(), NORMAL)


def test_too_small(snap_compare: Compare) -> None:
    assert pictured(snap_compare, values.incident(), (72, 20))


def test_larger(snap_compare: Compare) -> None:
    assert pictured(snap_compare, values.incident(), (200, 60))


def test_silent_engine(snap_compare: Compare) -> None:
    assert pictured(snap_compare, values.incident(), NORMAL, silent_s=40)


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("endpoint", ("3", "j", "j", "j", "enter")),
        ("query", ("5", "j", "enter")),
        ("deploy", ("2", "enter")),
        ("kpi", ("4", "enter")),
        ("help", ("question_mark",)),
        ("palette", ("ctrl+p", "p", "a", "n", "e")),
        ("paused", ("p",)),
        ("maximised", ("5", "5")),
        ("filtered", ("3", "slash", "r", "e", "a", "d", "y")),
    ],
)
def test_screens(snap_compare: Compare, name: str, keys: tuple[str, ...]) -> None:
    del name
    assert pictured(snap_compare, values.incident(), NORMAL, *keys)


def test_endpoint_on_the_smallest_wall(snap_compare: Compare) -> None:
    assert pictured(snap_compare, values.incident(), NARROW, "3", "j", "j", "j", "enter")


@pytest.mark.parametrize("theme", ["quarterdeck-light", "ansi"])
def test_themes(snap_compare: Compare, theme: str) -> None:
    assert pictured(snap_compare, values.incident(), NARROW, theme=theme)


def test_ascii(snap_compare: Compare) -> None:
    assert pictured(snap_compare, values.incident(), NORMAL, ascii=True)


@pytest.mark.parametrize("size", [WIDE, NORMAL, NARROW], ids=["160x48", "120x36", "80x24"])
def test_alert(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert pictured(snap_compare, alert_incident(), size, *OPEN, lines=LINES)
