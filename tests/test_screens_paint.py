"""What is painted when: only what changed, and nobody is woken for nothing."""

import asyncio
import gc
import random
import threading
from weakref import ref

import pytest
from rich.segment import Segment
from textual.geometry import Region
from textual.renderables.background_screen import BackgroundScreen
from textual.strip import Strip
from textual.visual import RichVisual, Visual
from textual.widget import Widget

from monitor.alarm import Alarm
from tests import snapshot_values as values
from tests.fakes import ManualClock
from tests.screen_rig import NARROW, NORMAL, WIDE, screen
from tests.test_screens_calm import after, faster
from tests.waiting import until
from tui.calm import CALM_S, Calm
from tui.dialogs.dialog import Dialog
from tui.heartbeat import Heartbeat, Later
from tui.screens.page import Page
from tui.terminal_paint import FRAME_S, FrameTimer, changed_frame
from tui.terminal_quirks import CalmScreen
from widgets.chart import Chart
from widgets.grid import Grid
from widgets.one_line import OneLine
from widgets.pane import Pane
from widgets.plain import Plain


def fail(error: Exception) -> None:
    pytest.fail(str(error))


def tell(heart: Heartbeat, times: int) -> None:
    for number in range(times):
        heart.news(number)


@pytest.mark.parametrize("size", [NARROW, NORMAL, WIDE])
async def test_a_partial_frame_shows_what_a_whole_one_would(size: tuple[int, int]) -> None:
    rng, (width, height) = random.Random(7), size
    async with screen(size=size) as rig:
        compositor = rig.app.screen._compositor
        whole = compositor.render_strips()
        for _ in range(60):
            x, y = rng.randrange(width), rng.randrange(height)
            dirty = {
                Region(x, y, rng.randint(1, 30), rng.randint(1, 6)).intersection(
                    Region(0, 0, width, height)
                )
                for x, y in ((x, y), (rng.randrange(width), rng.randrange(height)))
            }
            compositor._dirty_regions = set(dirty)
            frame = changed_frame(compositor)
            if frame is None:
                continue  # through a wide character: Textual makes that frame
            painted = set()
            for left, line, segments in frame._pieces:
                strip = Strip(segments)
                right = left + strip.cell_length
                assert strip.text == whole[line].crop(left, right).text
                painted |= {(column, line) for column in range(left, right)}
            wanted = {
                (column, line)
                for region in dirty
                for column in region.column_range
                for line in region.line_range
            }
            assert painted == wanted
            assert not compositor._dirty_regions


@pytest.mark.parametrize("key", ["", "question_mark"])
async def test_a_whole_frame_shows_what_textual_would(key: str) -> None:
    async with screen() as rig:
        if key:
            await rig.press(key)
        compositor = rig.app.screen._compositor
        theirs = compositor.render_strips()
        compositor._dirty_regions = {compositor.size.region}
        frame = changed_frame(compositor)
        assert frame is not None
        assert not compositor._dirty_regions
        lines: list[list[Segment]] = [[] for _ in theirs]
        for _, y, segments in frame._pieces:
            lines[y] += segments
        assert [list(Strip(one).simplify()) for one in lines] == [
            list(one.simplify()) for one in theirs
        ]


async def test_frames_are_made_at_once_and_then_at_a_pace() -> None:
    painted: list[float] = []
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def paint() -> None:
        painted.append(loop.time())
        done.set()

    timer = FrameTimer(paint, fail)
    timer.resume()
    timer.resume()
    await asyncio.wait_for(done.wait(), 5)
    done.clear()
    timer.resume()
    assert len(painted) == 1
    await asyncio.wait_for(done.wait(), 5)
    assert painted[1] - painted[0] >= FRAME_S * 0.9
    timer.resume()
    timer.pause()
    await asyncio.sleep(0)
    assert len(painted) == 2


async def test_a_frame_that_fails_is_told() -> None:
    told: list[Exception] = []

    def paint() -> None:
        raise ValueError("no such colour")

    FrameTimer(paint, told.append).resume()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert [type(error) for error in told] == [ValueError]


async def test_all_news_before_a_look_are_seen_by_one() -> None:
    looks: list[int] = []
    seen = asyncio.Event()

    def look() -> None:
        looks.append(1)
        seen.set()

    heart = Heartbeat(look, fail)
    heart.news("too early")
    heart.begin()
    thread = threading.Thread(target=lambda: tell(heart, 5))
    thread.start()
    thread.join()
    await asyncio.wait_for(seen.wait(), 5)
    assert len(looks) == 1
    heart.act_in(60)
    heart.news("what the timer would have looked for")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(looks) == 2
    assert not heart.pending
    heart.end()
    heart.news("too late")
    heart.act_in(0)
    for _ in range(3):
        await asyncio.sleep(0)
    assert len(looks) == 2


async def test_what_is_put_off_happens_once() -> None:
    acts: list[int] = []
    acted = asyncio.Event()

    def act() -> None:
        acts.append(1)
        acted.set()

    later = Later(act, fail)
    later.begin()
    later.act_in(60)
    later.act_in(0)
    await asyncio.wait_for(acted.wait(), 5)
    assert len(acts) == 1


def test_a_frozen_view_is_drawn_again_for_its_ages_alone() -> None:
    calm, snapshot = Calm(), values.snapshot(values.incident())
    now = snapshot.at
    rest_s = 5 - now.tick_s % 5
    calm.may_wait(snapshot, "lma", now, held=True)
    calm.drawn(now)
    assert calm.may_wait(values.snapshot(values.calm()), "lma", after(now, rest_s / 2), held=True)
    assert not calm.may_wait(faster(snapshot), "lma", after(now, rest_s + 0.1), held=True)
    assert not calm.may_wait(snapshot, "lma", after(now, CALM_S / 2)), "it is frozen no more"


async def test_a_dimmed_wall_has_the_colours_it_always_had() -> None:
    async with screen() as rig:
        await rig.press("question_mark")
        dialog, behind = rig.app.screen, rig.app.screen_stack[-2]
        assert isinstance(dialog, Dialog)
        width, height = dialog.size
        for ground in ("#0f141b 60%", "#090909 30%", "#000000 0%"):
            dialog.styles.background = ground
            color, style = dialog.styles.background, dialog.visual_style
            drawn = dialog.render_lines(dialog.region)
            visual = RichVisual(dialog, BackgroundScreen(behind, color))
            theirs = Visual.to_strips(dialog, visual, width, height, style)
            assert [list(line.simplify()) for line in drawn] == [
                list(line.simplify()) for line in theirs
            ]
            assert len(drawn) == height
            part = dialog.render_lines(Region(7, 3, 40, 2))
            assert [one.text for one in part] == [one.crop(7, 47).text for one in drawn[3:5]]


async def test_an_alarm_is_not_set_twice_for_one_instant() -> None:
    clock, wake = ManualClock(), asyncio.Event()
    alarm = Alarm(clock, wake)
    start_s = clock.now().tick_s
    alarm.set(start_s + 2, 2.0)
    await asyncio.sleep(0)
    alarm.set(start_s + 2.0001, 2.0001)
    await asyncio.sleep(0)
    assert clock.sleeping == 1
    alarm.set(start_s + 1, 1.0)
    await asyncio.sleep(0)
    assert clock.sleeping == 1
    clock.advance(1)
    await asyncio.wait_for(wake.wait(), 5)
    wake.clear()
    alarm.set(start_s + 3, 2.0)
    await asyncio.sleep(0)
    alarm.stop()
    await asyncio.sleep(0)
    clock.advance(5)
    await asyncio.sleep(0)
    assert not wake.is_set()


async def test_a_dialog_paints_only_what_changed_behind_it() -> None:
    async with screen() as rig:
        wall = rig.app.screen
        await rig.press("question_mark")
        # A frame of the wall may have had to wait for its time.
        await until(lambda: not wall._repaint_required)
        dialog, changed = rig.app.screen, {Region(3, 0, 12, 1), Region(5, 9, 2, 2)}
        # On a slow machine a tick has come by then, and what it changed is still to be painted.
        dialog._repaint_regions.clear()
        wall._compositor._dirty_regions = set(changed)
        wall._compositor_refresh()

        assert dialog is not wall
        assert dialog._repaint_regions == changed
        assert not wall._compositor._dirty_regions
        assert not wall._repaint_required, "or the next frame would be of the whole screen"


@pytest.mark.parametrize("keys", [(), ("question_mark",)])
async def test_a_layout_is_painted_when_it_is_time_for_a_frame(keys: tuple[str, ...]) -> None:
    async with screen() as rig:
        await rig.press(*keys)
        shown = rig.app.screen
        assert isinstance(shown, CalmScreen)
        shown._compositor._dirty_regions = {Region(0, 0, 8, 1)}
        shown._frame_timer().painted_nothing()
        shown._refresh_layout(shown.size)
        assert shown._compositor._dirty_regions, "nothing is painted within a layout"
        await rig.settle()
        assert not shown._compositor._dirty_regions


async def test_another_focus_paints_the_cursors_and_the_frames_alone() -> None:
    async with screen(size=WIDE) as rig:
        await rig.press("2")
        grids = [pane.body for pane in rig.app.screen.query(Pane) if isinstance(pane.body, Grid)]
        for grid in grids:
            grid._repaint_regions.clear()
        rig.app.screen.set_focus(grids[2])
        for _ in range(3):
            await asyncio.sleep(0)
        assert grids[2].has_focus
        assert not grids[1].has_focus
        painted = {region for grid in grids for region in grid._repaint_regions}
        assert all(region.height == 1 for region in painted)


async def test_what_changes_behind_a_list_costs_it_nothing_and_hides_nothing_of_it() -> None:
    async with screen() as rig:
        wall = rig.app.screen
        await rig.press("h")
        shown = rig.app.screen
        assert isinstance(shown, CalmScreen)
        assert shown is not wall
        await rig.settle()
        grid = shown.query_one(Grid)
        grid.refresh()
        for _ in range(3):
            await asyncio.sleep(0)
        whole = set(grid._repaint_regions) | shown._compositor._dirty_regions
        wall._compositor._dirty_regions = {Region(3, 0, 12, 1)}
        wall._compositor_refresh()
        assert not shown._repaint_required, "or the list would be forgotten"
        assert not shown._repaint_regions
        assert whole == set(grid._repaint_regions) | shown._compositor._dirty_regions


async def test_a_dialog_keeps_what_it_had_to_paint_when_the_wall_changes_behind_it() -> None:
    async with screen() as rig:
        wall = rig.app.screen
        await rig.press("question_mark")
        dialog = rig.app.screen
        assert isinstance(dialog, CalmScreen)
        await rig.settle()
        page = dialog.query_one(Page)
        dialog._dirty_widgets.add(page)
        wall._compositor._dirty_regions = {Region(3, 0, 12, 1)}
        wall._compositor_refresh()
        assert {page, dialog} <= dialog._dirty_widgets
        assert not dialog._repaint_required


async def test_what_a_closed_dialog_had_drawn_is_let_go() -> None:
    async with screen() as rig:
        await rig.press("question_mark")
        drawn: list[Widget] = [rig.app.screen, *rig.app.screen.query(Widget)]
        kept = [ref(widget._styles_cache) for widget in drawn]
        del drawn
        assert len(kept) > 2
        await rig.press("escape")

        def none_left() -> bool:
            gc.collect()
            return all(one() is None for one in kept)

        # The last frame with it may have had to wait for its time.
        await until(none_left)


@pytest.mark.parametrize("silent", [False, True])
async def test_plain_widgets_draw_what_textual_would_have_them_draw(silent: bool) -> None:
    async with screen(size=WIDE) as rig:
        rig.app.screen.set_class(silent, "-silent")
        await rig.settle()
        shown = rig.app.screen._compositor.visible_widgets
        plain = [one for one in shown if isinstance(one, Plain)]
        assert {Grid, Pane, OneLine, Chart} <= {kind for one in plain for kind in type(one).__mro__}
        for widget in plain:
            whole = Region(0, 0, *widget.outer_size)
            for crop in (whole, Region(1, 0, max(whole.width - 3, 0), min(whole.height, 2))):
                drawn = widget.render_lines(crop)
                widget._styles_cache.clear()
                theirs = Widget.render_lines(widget, crop)
                assert [list(one.simplify()) for one in drawn] == [
                    list(one.simplify()) for one in theirs
                ]
