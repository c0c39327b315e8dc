"""The wall as a person uses it: panes, keys, pause, silence, and what is told."""

from datetime import timedelta, timezone
from pathlib import Path

import pytest
from msgspec.structs import replace

from monitor.snapshot import WorkspaceView
from tests import snapshot_values as values
from tests.screen_rig import NARROW, NORMAL, WIDE, screen
from tests.widget_host import resized
from tui.dialogs.chooser import Chooser
from tui.dialogs.viewer import Viewer
from tui.screens.layout import PaneId


@pytest.mark.parametrize("size", [WIDE, NORMAL, NARROW])
async def test_the_wall_is_complete_at_each_size(size: tuple[int, int]) -> None:
    async with screen(size=size) as rig:
        text = rig.text()

        for words in ("CRITICAL", "2 crit", "API /health", "Error rate", "15136", "Supabase"):
            assert words in text
        assert "16:32:49Z" in rig.lines()[0]
        assert "? help" in rig.lines()[-1]
        assert "q quit" in rig.lines()[-1]


@pytest.mark.parametrize("size", [WIDE, NORMAL, NARROW, (250, 70), (100, 30), (60, 12), (20, 5)])
async def test_no_line_is_wider_than_the_terminal(size: tuple[int, int]) -> None:
    async with screen(size=size) as rig:
        assert {len(line) for line in rig.lines()} == {size[0]}


async def test_below_the_smallest_wall_it_says_so_and_keeps_the_alerts() -> None:
    async with screen(size=(72, 20)) as rig:
        assert "terminal 72x20, full wall needs 80x24" in rig.text()
        assert "SEV1" in rig.text()


async def test_before_the_first_snapshot_every_pane_says_that_it_is_read() -> None:
    async with screen(empty=True) as rig:
        assert rig.text().count("checking…") == 5
        assert "●" not in rig.text()

        await rig.publish(values.incident())

        assert "checking…" not in rig.text()


async def test_a_snapshot_is_drawn_at_most_once_a_second() -> None:
    async with screen() as rig:
        await rig.publish(values.calm(), after_s=0.2)
        assert "CRITICAL" in rig.text()

        rig.clock.forward(0.8)
        rig.app.tick()
        await rig.settle()

        assert "ALL OK" in rig.text()


async def test_on_a_slow_link_a_snapshot_waits_five_seconds() -> None:
    async with screen(low_bandwidth=True) as rig:
        await rig.publish(values.calm(), after_s=4)
        assert "CRITICAL" in rig.text()

        await rig.publish(values.calm(), after_s=1)
        assert "ALL OK" in rig.text()


async def test_a_number_focuses_its_pane_and_again_maximises_it() -> None:
    async with screen() as rig:
        await rig.press("5")
        assert rig.in_focus() is PaneId.QUERIES

        await rig.press("5")
        assert "Alerts" not in rig.text()
        assert "Long-running queries" in rig.text() or "Queries" in rig.text()

        await rig.press("escape")
        assert "Alerts" in rig.text()


async def test_a_pane_without_a_place_opens_maximised() -> None:
    async with screen(size=NARROW) as rig:
        await rig.press("2")
        assert "7d20b5e" in rig.text()
        assert rig.maximised() is PaneId.DEPLOYS

        await rig.press("3")
        assert rig.maximised() in {None, PaneId.ENDPOINTS}
        assert rig.in_focus() is PaneId.ENDPOINTS


async def test_tab_goes_through_the_panes_and_back() -> None:
    async with screen(size=WIDE) as rig:
        seen = [rig.in_focus()]
        for _ in range(7):
            await rig.press("tab")
            seen.append(rig.in_focus())

        assert seen == [*map(PaneId, range(1, 8)), PaneId.ALERTS]

        await rig.press("shift+tab")
        assert rig.in_focus() is PaneId.TIMELINE


async def test_the_cursor_stays_on_its_thing_when_rows_move() -> None:
    async with screen() as rig:
        await rig.press("1", "j")
        chosen = rig.cursor(PaneId.ALERTS)
        view = values.incident()

        await rig.publish(replace(view, alerts=tuple(reversed(view.alerts))))

        assert rig.cursor(PaneId.ALERTS) == chosen


async def test_pause_freezes_the_view_and_says_since_when() -> None:
    async with screen() as rig:
        await rig.press("p")
        await rig.publish(values.calm(), after_s=90)

        assert "PAUSED 1m30s" in rig.text()
        assert "CRITICAL" in rig.lines()[0]
        assert "16:34:19Z" in rig.lines()[0]

        await rig.press("p")
        assert "ALL OK" in rig.lines()[0]
        assert "PAUSED" not in rig.text()


async def test_a_silent_engine_is_told_loudly_though_nothing_arrives() -> None:
    async with screen() as rig:
        rig.clock.forward(12)
        rig.app.tick()
        await rig.settle()

        assert "ENGINE SILENT 10s" in rig.text()
        assert rig.wall.has_class("-silent")

        await rig.publish(values.incident())
        assert "ENGINE SILENT" not in rig.text()
        assert not rig.wall.has_class("-silent")


async def test_offline_is_one_banner() -> None:
    async with screen(values.offline()) as rig:
        assert rig.text().count("OFFLINE") == 1


async def test_filter_narrows_down_and_escape_takes_it_back() -> None:
    async with screen() as rig:
        await rig.press("3", "slash", *"ready", "enter")
        assert "API /health/ready" in rig.text()
        assert "Customer Web" not in rig.text()
        assert "/ready 1 of 7" in rig.text()

        await rig.press("slash", *"ing -api", "enter")
        assert "no row passes the filter" in rig.text()

        await rig.press("escape")
        assert "of 7" not in rig.text()
        assert "Customer Web" in rig.text()

        await rig.press("slash", *"ready", "escape")
        assert "Customer Web" in rig.text()
        assert rig.in_focus() is PaneId.ENDPOINTS


async def test_environment_goes_from_all_to_each_alone() -> None:
    async with screen() as rig:
        await rig.press("e")
        assert rig.app.environment == "production"
        assert "stg" not in "\n".join(rig.lines()[1:10])

        await rig.press("e", "e")
        assert rig.app.environment == ""


async def test_an_environment_that_is_not_there_hides_nothing_and_is_told() -> None:
    async with screen(environment="produktion") as rig:
        assert rig.app.environment == ""
        assert "has no environment produktion" in rig.app.notices[0].text
        assert "Customer Web" in rig.text()


async def test_refresh_reads_the_pane_and_ctrl_r_everything() -> None:
    async with screen() as rig:
        await rig.press("5", "r")
        await rig.press("ctrl+r")

        assert rig.engine.refreshed == [(values.incident().databases[0].spec.source,), None]


async def test_refresh_while_the_engine_is_away_is_told() -> None:
    async with screen() as rig:
        rig.engine.running = False
        await rig.press("ctrl+r")

        assert "not running yet" in rig.app.notices[0].text


async def test_copy_says_where_it_went_and_the_file_is_the_owners(tmp_path: Path) -> None:
    async with screen(state_dir=tmp_path / "state") as rig:
        await rig.press("5", "j", "y")

        file = tmp_path / "state" / "copied.txt"
        assert file.read_text() == "UPDATE orders SET total = $2 WHERE id = $1 RETURNING *\n"
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700
        assert str(file) in rig.app.notices[0].text
        assert rig.app.clipboard.startswith("UPDATE")


async def test_a_row_is_copied_as_words_for_a_message(tmp_path: Path) -> None:
    copied = []
    async with screen(state_dir=tmp_path) as rig:
        for keys in ("1", "2", "3jjj", "4"):
            await rig.press(*keys, "y")
            copied.append((tmp_path / "copied.txt").read_text().rstrip())
    assert copied == [
        "SEV1 production API /health 503, firing since 2025-01-31 16:28Z, 503 ×19, runbook B:141",
        "production API 7d20b5e00000, live, by maria, pool: raise max to 40, 2025-01-31 16:27Z",
        "API /health  production: down, 503, 2.14 s, 503 instead of 200, 19 in a row,"
        " version 7d20b5e; staging: ok, 200, 96 ms, version c44e1f0",
        "production Error rate 2.4 %, pending, 2.4 % > 2 %",
    ]


async def test_a_link_over_ssh_is_copied_not_opened() -> None:
    async with screen(over_ssh=True) as rig:
        await rig.press("3", "o")

        assert rig.app.clipboard.startswith("https://")


async def test_what_can_not_be_done_says_why() -> None:
    async with screen() as rig:
        await rig.press("2", "o")
        assert rig.app.notices[0].text == "this row has no page with an https address"

        await rig.press("w")
        assert rig.app.notices[0].text == "there is only one workspace"


async def test_the_footer_shows_only_what_works_now() -> None:
    async with screen() as rig:
        assert "esc back" not in rig.lines()[-1]

        await rig.press("z")

        assert "esc back" in rig.lines()[-1]


async def test_help_and_palette_tell_the_keys_as_they_are_bound() -> None:
    async with screen(keys={"pause": "x", "actions": "i", "down": "n"}) as rig:
        await rig.press("question_mark")
        assert isinstance(rig.app.screen, Viewer)
        help_lines = [line for line in rig.lines() if "Freeze the view" in line]
        assert " x " in help_lines[0]
        await rig.press("end")
        assert "not known: never read, or too long ago" in rig.text()

        await rig.press("escape", "ctrl+p", *"freeze", "enter")
        assert rig.paused()

        await rig.press("x")
        assert not rig.paused()

        before = rig.cursor(PaneId.ALERTS)
        await rig.press("n")
        assert rig.cursor(PaneId.ALERTS) != before


async def test_a_theme_is_tried_on_and_escape_gives_the_old_one_back() -> None:
    async with screen() as rig:
        before = rig.wall.styles.background
        await rig.press("t")
        assert rig.app.theme == "quarterdeck"

        await rig.press("up")
        tried, colour = rig.app.theme, rig.wall.styles.background
        await rig.press("escape")

        assert tried != "quarterdeck"
        assert rig.app.theme == "quarterdeck"
        assert colour != before
        assert rig.wall.styles.background == before


async def test_an_unknown_theme_costs_a_line() -> None:
    async with screen(theme="nonsense") as rig:
        assert rig.app.theme == "quarterdeck"
        assert "there is no theme nonsense" in rig.app.notices[0].text


async def test_times_are_told_in_another_zone_everywhere() -> None:
    async with screen(size=WIDE) as rig:
        rig.app.zone = timezone(timedelta(hours=9))
        rig.app.draw()
        await rig.settle()
        text = rig.text()

        assert "01:32:49" in rig.lines()[0]
        assert "01:29:40" in text
        assert "00:32" in text
        assert "16:29:40" not in text

        await rig.press("T")
        assert "16:32:49Z" in rig.lines()[0]


async def test_workspaces_are_chosen_from_a_list() -> None:
    lma = values.incident()
    other: WorkspaceView = replace(
        values.calm(), spec=replace(lma.spec, name="localloop", title="LocalLoop")
    )
    snapshot = values.snapshot(lma)
    both = replace(snapshot, workspaces={"lma": lma, "localloop": other})
    async with screen(both) as rig:
        await rig.press("w")
        assert isinstance(rig.app.screen, Chooser)

        await rig.press(*"Local", "enter")

        assert "LocalLoop" in rig.lines()[0]
        assert "ALL OK" in rig.lines()[0]


async def test_contacts_and_links_are_listed_and_copied() -> None:
    async with screen(over_ssh=True) as rig:
        await rig.press("c")
        assert "#incidents" in rig.text()

        await rig.press("enter")
        assert rig.app.clipboard == "#incidents"


async def test_messages_are_kept() -> None:
    async with screen() as rig:
        await rig.press("ctrl+r", "f2")

        assert "reading everything now" in rig.text()


async def test_toasts_are_bounded_and_never_markup() -> None:
    async with screen() as rig:
        for number in range(50):
            rig.app.notify(f"[/red] {number} [@click=app.quit]x")
        for _ in range(5):
            await rig.settle()

        assert rig.text().count("[/red]") == 4
        assert len(rig.app.notices) == 50
        assert "[@click=app.quit]" in rig.text()


async def test_escape_never_quits_and_q_does() -> None:
    async with screen() as rig:
        await rig.press(*["escape"] * 5)
        assert rig.app.is_running

        await rig.press("q")
        assert rig.app.return_code == 0
    assert rig.engine.stopped == 1


async def test_a_bug_in_the_engine_ends_the_screen_with_70() -> None:
    async with screen() as rig:
        rig.engine.fail(ValueError("no"))
        await rig.settle()

        assert rig.app.return_code == 70
        assert isinstance(rig.app.crash, ValueError)


async def test_a_click_focuses_pane_and_row() -> None:
    async with screen() as rig:
        assert rig.pilot is not None
        line = next(y for y, text in enumerate(rig.lines()) if "15142" in text)
        await rig.pilot.click(offset=(20, line))
        await rig.settle()

        assert rig.in_focus() is PaneId.QUERIES
        assert "15142" in (rig.cursor(PaneId.QUERIES) or "")


async def test_a_resize_lays_the_wall_out_anew() -> None:
    async with screen(size=WIDE) as rig:
        assert rig.pilot is not None
        await resized(rig.pilot, 80, 24)
        await rig.settle()

        assert {len(line) for line in rig.lines()} == {80}
        assert "Timeline" not in rig.text()
