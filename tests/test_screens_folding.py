"""What follows from an alert, on the screen: folded, found by a filter, opened by space."""

import pytest
from msgspec.structs import replace

from monitor.snapshot import WorkspaceView
from monitor.verdicts import Phase
from tests import snapshot_values as values
from tests.screen_rig import NARROW, NORMAL, WIDE, Rig, screen
from tests.values_common import NOW
from tui.status_alerts import alert_json, alert_line


def folded() -> WorkspaceView:
    """The incident, with all but its last alert following from the first."""
    incident = values.incident()
    root, *rest, alone = incident.alerts
    root = replace(root, followers=tuple(one.key for one in rest))
    behind = [replace(one, cause=root.key) for one in rest]
    return replace(incident, alerts=(root, *behind, alone))


VIEW = folded()
COUNT = len(VIEW.alerts) - 2
ROOT, *BEHIND, ALONE = VIEW.alerts


def alerts(rig: Rig) -> list[str]:
    """Keys of the rows that are shown."""
    grid = rig.app.screen.panes[1].grid  # type: ignore[attr-defined]
    return [row.key for row in grid.rows]


@pytest.mark.parametrize("size", [WIDE, NORMAL, NARROW])
async def test_one_alert_with_what_follows_folded_under_it(size: tuple[int, int]) -> None:
    async with screen(VIEW, size=size) as rig:
        assert alerts(rig) == [ROOT.key, ALONE.key]
        line = next(line for line in rig.lines() if f" {ROOT.subject}" in line)
        assert f" +{COUNT}" in line or f" +{COUNT - 1}" in line
        assert f"{COUNT} follow" in rig.text()
        await rig.press("space")
        assert alerts(rig) == [one.key for one in VIEW.alerts]
        assert f"└ {BEHIND[0].subject}"[:10] in rig.text()
        await rig.press("down", "down", "space")
        assert alerts(rig) == [ROOT.key, ALONE.key]
        grid = rig.app.screen.panes[1].grid  # type: ignore[attr-defined]
        assert grid.cursor_key == ROOT.key, "the cursor goes to the cause"


async def test_the_most_urgent_that_follows_is_named_where_there_is_room() -> None:
    urgent = replace(BEHIND[0], severity="SEV1", subject="API /ready", fact="503")
    root = replace(ROOT, severity="SEV1", subject="Database", fact="blocks 5", needed=0)
    view = replace(VIEW, alerts=(root, urgent, *BEHIND[1:], ALONE))
    assert urgent.phase is Phase.FIRING
    async with screen(view, size=WIDE) as rig:
        assert f"Database blocks 5 → API /ready 503 +{COUNT - 1}" in rig.text()
    cared = replace(root, subject="Database of orders and their payments")
    async with screen(replace(view, alerts=(cared, *view.alerts[1:])), size=NORMAL) as rig:
        assert f"blocks 5 +{COUNT}" in rig.text()
    waits = replace(urgent, phase=Phase.PENDING)
    async with screen(replace(view, alerts=(root, waits, *BEHIND[1:], ALONE)), size=WIDE) as rig:
        assert f"Database blocks 5 +{COUNT}" in rig.text()


async def test_it_can_be_drawn_in_ascii() -> None:
    async with screen(VIEW, size=NORMAL, ascii=True) as rig:
        await rig.press("space")
        assert "└" not in rig.text()
        assert alerts(rig) == [one.key for one in VIEW.alerts]


async def test_a_filter_finds_what_is_folded() -> None:
    async with screen(VIEW, size=WIDE) as rig:
        assert BEHIND[0].key not in alerts(rig)
        rig.app.screen.panes[1].grid.filter_by(BEHIND[0].subject)  # type: ignore[attr-defined]
        assert BEHIND[0].key in alerts(rig)
        rig.app.screen.panes[1].grid.filter_by("")  # type: ignore[attr-defined]
        assert BEHIND[0].key not in alerts(rig)


async def test_where_nothing_follows_space_does_nothing() -> None:
    async with screen(values.incident(), size=WIDE) as rig:
        before = alerts(rig)
        assert rig.app.screen.why_not("fold", ()) == "nothing is folded under this row"  # type: ignore[attr-defined]
        await rig.press("space")
        assert alerts(rig) == before


def test_lines_and_json_say_what_follows_from_what() -> None:
    assert f"[{COUNT} follow]" in alert_line(ROOT, NOW)
    assert "  follows: " in alert_line(BEHIND[0], NOW)
    assert "follows" not in alert_line(ALONE, NOW)
    root, behind = alert_json(ROOT, NOW), alert_json(BEHIND[0], NOW)
    assert root["cause"] is None
    assert root["followers"] == [one.key for one in BEHIND]
    assert behind["cause"] == ROOT.key
    assert behind["followers"] == []
