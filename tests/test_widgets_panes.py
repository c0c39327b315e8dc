"""Panes sign by sign: the incident of the design at three widths, and every other look."""

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from monitor.events import EventKind
from monitor.snapshot import PaneState, PaneStatus, WorkspaceView
from monitor.verdicts import Level
from providers.clock import Moment
from tests import snapshot_values as values
from tests.snapshot_values import NOW
from tests.values_common import STG, ago
from tests.values_lists import event
from tests.widget_host import Host, resized, screen
from widgets.alerts import AlertsPane
from widgets.cells import Tone
from widgets.deploys import DeploysPane
from widgets.endpoints import EndpointsPane
from widgets.frame import Hint
from widgets.kpis import KpisPane
from widgets.list_pane import ListPane
from widgets.queries import QueriesPane
from widgets.timeline import TimelinePane
from widgets.vendors import VendorsPane

INCIDENT = values.incident()


async def drawn(
    pane: ListPane | VendorsPane, width: int, height: int, view: WorkspaceView = INCIDENT
) -> list[str]:
    app = Host(pane)
    async with app.run_test(size=(width, height)) as pilot:
        pane.show(view, NOW)
        await pilot.pause()
        return [line.rstrip() for line in screen(app)]


async def test_a_narrow_wall_shows_only_kpis_that_need_somebody() -> None:
    lines = await drawn(KpisPane(4), 80, 4)
    assert lines[0].startswith("─4 KPIs  3 of 8 not ok──")
    assert [line[3:18].strip() for line in lines[1:]] == [
        "Error rate", "DB query avg", "DB connections",
    ]  # fmt: skip


async def test_a_narrow_wall_without_such_kpis_says_so() -> None:
    lines = await drawn(KpisPane(4), 80, 4, values.calm())
    assert "all KPIs within their limits" in lines[2]


async def test_narrow_queries_keep_the_tree_before_the_text() -> None:
    lines = await drawn(QueriesPane(5), 80, 4)
    assert lines[0].startswith("─5 Queries  5 over 5m · pool 58/60  1–3 of 5──")
    assert lines[2] == (
        " ■   15137  8m41s lma-api        └15136 UPDATE orders SET total = $2 WHERE id =…"
    )


async def test_deploys_of_one_commit_are_one_row() -> None:
    lines = await drawn(DeploysPane(2), 78, 4)
    assert lines[2] == ("  31m prod web ×3      a1f3c9e   live     deniz    checkout copy")


async def test_where_a_deploy_stands_to_the_alert_is_never_cut() -> None:
    for width in (60, 70, 80, 120):
        (row,) = [line for line in await drawn(DeploysPane(2), width, 4) if "7d20b5e" in line]
        assert "−40s" in row


async def test_the_timeline_names_staging_and_marks_a_failed_deploy() -> None:
    happened = event(60, EventKind.DEPLOY, Level.WARNING, "web 9be0d44 failed", "f", STG)
    lines = await drawn(TimelinePane(7), 80, 4, replace(INCIDENT, timeline=(happened,)))
    assert lines[1] == " 16:31:49 ▲ stg web 9be0d44 failed"


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (160, "│ ● Vercel   ● Render   ▲ Supabase pooler latency · 2m   ● Stripe   ● Resend"),
        (100, " ●Vercel ●Render ▲Supabase ●Stripe ●Resend ●GitHub ●Sentry ●PagerDuty ●Google"),
        (50, " ▲Supabase ●8 ok"),
    ],
)
async def test_vendors_say_as_much_as_there_is_room_for(width: int, expected: str) -> None:
    lines = await drawn(VendorsPane(), width, 3)
    assert any(line.startswith(expected) for line in lines)


PANES = (AlertsPane, DeploysPane, EndpointsPane, KpisPane, QueriesPane, TimelinePane)


LOOKS = {
    "incident": INCIDENT,
    "calm": values.calm(),
    "states": values.states(),
    "loading": values.loading(),
    "not configured": values.not_configured(),
    "failed": values.failed(),
    "stale": values.stale(),
}


@pytest.mark.parametrize("look", LOOKS)
async def test_no_look_breaks_a_frame_at_any_width(look: str) -> None:
    panes = [kind(1) for kind in PANES]
    app = Host(*panes)
    async with app.run_test(size=(160, 40)) as pilot:
        for width in (160, 24, 40, 80, 120, 220):
            await resized(pilot, width, 40)
            for pane in panes:
                pane.show(LOOKS[look], NOW)
            await pilot.pause()
            lines = screen(app)
            assert {cell_len(line) for line in lines} == {width}
            if width >= 100:
                assert {line[0] for line in lines[:36]} <= set("╭│╰")
                assert {line[-1] for line in lines[:36]} <= set("╮│╯")


async def test_a_pane_fits_its_rows_to_the_size_it_gets_without_new_data() -> None:
    pane, vendors = DeploysPane(2), VendorsPane()
    app = Host(pane, vendors)
    async with app.run_test(size=(160, 12)) as pilot:
        pane.show(INCIDENT, NOW)
        vendors.show(INCIDENT, NOW)
        await resized(pilot, 50, 12)
        lines = screen(app)
    assert "−40s" in lines[1]
    assert any("▲Supabase ●8 ok" in line for line in lines)


async def test_not_configured_is_hatched_and_says_what_to_add() -> None:
    lines = await drawn(QueriesPane(5), 120, 9, values.not_configured())
    assert "╱╱╱" in lines[1]
    assert "  no database configured  " in lines[3]
    assert "add workspaces.lma.databases" in lines[4]


async def test_loading_has_its_final_layout() -> None:
    lines = await drawn(EndpointsPane(3), 120, 10, values.loading())
    assert lines[2].startswith("│ Customer Web                 ·           — checking…")


async def test_failed_keeps_the_last_data_and_says_why_and_since_when() -> None:
    lines = await drawn(DeploysPane(2), 110, 8, values.failed())
    assert "× 401 token rejected · 3m10s" in lines[0]
    assert "7d20b5e" in lines[1]


async def test_old_data_is_drawn_faint() -> None:
    pane = DeploysPane(2)
    async with Host(pane).run_test(size=(110, 8)) as pilot:
        pane.show(values.stale(), NOW)
        await pilot.pause()
        assert all(row.faded for row in pane.grid.rows)


async def test_the_five_looks_are_five() -> None:
    status = INCIDENT.alerts_status
    seen = set()
    for state in PaneState:
        view = replace(
            INCIDENT,
            alerts_status=replace(status, state=state, message="words", age_s=60.0),
            alerts=() if state in {
                PaneState.LOADING, PaneState.EMPTY_AND_FINE, PaneState.NOT_CONFIGURED,
            } else INCIDENT.alerts,
        )  # fmt: skip
        seen.add("\n".join(await drawn(AlertsPane(1), 100, 8, view)))
    assert len(seen) == len(PaneState)


async def test_the_same_view_a_second_later_paints_nothing() -> None:
    panes = [kind(1) for kind in PANES]
    app = Host(*panes)
    async with app.run_test(size=(160, 60)) as pilot:
        for pane in panes:
            pane.show(INCIDENT, NOW)
        await pilot.pause()
        later = Moment(at=NOW.at, tick_s=NOW.tick_s + 0.4)
        for pane in panes:
            pane.show(values.incident(), later)
        asked = [
            region
            for pane in panes
            for widget in (pane, pane.grid)
            for region in widget._repaint_regions
        ]
        assert asked == []


async def test_hints_stand_in_the_lower_edge_and_go_when_there_is_no_room() -> None:
    pane = AlertsPane(1)
    app = Host(pane)
    async with app.run_test(size=(100, 5)) as pilot:
        pane.show(INCIDENT, NOW)
        pane.hints = (Hint(key="enter", words="open"),)
        await pilot.pause()
        assert screen(app)[-1].endswith("2 firing · 2 pending · enter open ─╯")
        pane.hints = (Hint(key="enter", words="open" * 30),)
        await pilot.pause()
        assert screen(app)[-1].endswith("── 2 firing · 2 pending ─╯")


async def test_the_focused_pane_has_an_accent_frame() -> None:
    first, second = AlertsPane(1), DeploysPane(2)
    app = Host(first, second)
    async with app.run_test(size=(100, 12)) as pilot:
        second.focus_body()
        await pilot.pause()
        edges = [pane.render_line(0)._segments[0].style for pane in (first, second)]
        border, accent = (
            second.palette.colours[tone].rich_color for tone in (Tone.BORDER, Tone.ACCENT)
        )
        assert [edge.color if edge else None for edge in edges] == [border, accent]


async def test_a_status_without_words_still_has_a_line() -> None:
    view = replace(
        INCIDENT,
        deploys=(),
        deploys_status=PaneStatus(state=PaneState.FAILED, age_s=NOW.age_s(ago(0))),
    )
    assert any("no data" in line for line in await drawn(DeploysPane(2), 100, 6, view))


async def test_a_list_without_rows_is_never_void_while_something_is_awaited() -> None:
    view = replace(values.calm(), alerts=(), alerts_status=PaneStatus(state=PaneState.LIVE))
    assert "not everything has answered yet" in "\n".join(await drawn(AlertsPane(1), 100, 8, view))


async def test_a_rule_is_whole_where_there_is_no_room_for_its_gauge() -> None:
    wide, tight = [await drawn(KpisPane(4), width, 8, INCIDENT) for width in (120, 100)]
    for lines in (wide, tight):
        assert any("pending 6m/15m" in line and "pending 5m/30m" in line for line in lines)
    assert ["━" in "".join(lines) for lines in (wide, tight)] == [True, False]
