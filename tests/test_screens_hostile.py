"""Somebody else's words in every field of every view: drawn as they are, and no more (P13, P14)."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual import events
from textual._compositor import LayoutUpdate
from textual.screen import Screen

import tui.dialogs
import tui.screens
from actions.plan import Change, Effect, Plan
from providers.secrets import Secret
from providers.text import Foreign
from tests import snapshot_values as values
from tests.door_rig import acting
from tests.hostile_texts import TEXTS, forbidden
from tests.hostile_views import SAID, crowded, lines, spoiled
from tests.screen_rig import WIDE, Rig, screen
from tests.values_actions import target
from tests.values_common import NOW
from tui.dialogs.actions_menu import ActionsMenu
from tui.dialogs.guard import GuardDialog
from tui.dialogs.lease import LeaseDialog
from tui.dialogs.parameters import ParameterForm
from tui.dialogs.saying import SayDialog, Saying
from tui.doctor.findings import Finding, Mark, report_lines
from tui.links import Links
from tui.screens.action import ActionScreen
from tui.screens.activity import ActivityScreen
from tui.screens.deploy_page import deploy_lines
from tui.screens.endpoint_page import detail_lines
from tui.screens.kpi_page import kpi_lines
from tui.screens.layout import PaneId
from tui.screens.query_page import query_lines
from tui.screens.source_page import vendor_lines
from tui.settings import ScreenSettings
from tui.status_json import status_document
from tui.status_text import status_lines
from widgets.cells import plain, said
from widgets.glyphs import UNICODE

BRACKETS = "SELECT a[1], b[i] FROM t"


def views_there_are() -> Iterator[type]:
    """Every screen and dialog that can be opened."""
    for package in (tui.screens, tui.dialogs):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    below: list[type] = [Screen]
    for kind in below:
        below += kind.__subclasses__()
        # What others are made of is nothing to look at.
        if kind.__module__.startswith("tui.") and not kind.__subclasses__():
            yield kind


class Walk:
    """Goes from view to view, and looks at each."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.seen: set[type] = set()
        self.drawn = ""

    async def at(self, *keys: str) -> None:
        """Press keys, look at what stands there, and click on what asks to be clicked on."""
        await self.rig.press(*keys)
        new = type(self.rig.app.screen) not in self.seen
        rows = self.look()
        place = next(((row.index("QUIT"), y) for y, row in enumerate(rows) if "QUIT" in row), None)
        if new and place is not None:
            await self.click(place[0] + 1, place[1])
            self.look()

    async def click(self, x: int, y: int) -> None:
        app = self.rig.app
        for kind in (events.MouseDown, events.MouseUp):
            event = kind(None, x, y, 0, 0, 1, False, False, False, x, y)
            event.set_sender(app)
            app.post_message(event)
        await self.rig.settle()

    def look(self) -> list[str]:
        """Nothing acts, nothing was caught by the last line of defence, nobody was sent away."""
        app = self.rig.app
        self.seen.add(type(app.screen))
        frame = app.screen._compositor.render_update(
            full=True, screen_stack=app._background_screens
        )
        assert isinstance(frame, LayoutUpdate)
        rows = ["".join(strip.text for strip in line) for line in frame.strips]
        assert len(rows) == app.size.height
        text = "".join(rows)
        assert not forbidden(text), app.screen
        assert text.isprintable()
        self.drawn += text
        styles = {one.style for line in frame.strips for strip in line for one in strip}
        for style in styles - {None}:
            assert style is not None
            assert not style.link
            assert not any(name.startswith("@") for name in style.meta)
        assert app.frames_guarded == 0
        assert app.is_running
        assert not app._exit
        return rows

    async def lists(self) -> None:
        """Each pane and list with its first and its last rows, and the details of a row."""
        for pane in (1, 2, 3, 4, 5, 7):
            await self.at(str(pane), *("z" if self.rig.maximised() is None else ""))
            await self.at("end")
            await self.at("home", "enter")
            await self.rig.press("escape", "escape")
        for key in "8hl":
            await self.at(key)
            await self.at("end", "enter")
            await self.rig.press("escape", "escape")

    async def dialogs(self) -> None:
        """All that opens over the wall, and what opens over that."""
        for keys in ("c", "f2", "f3", "f4", "b", "1 a", "f6 enter", "v enter"):
            for key in keys.split():
                await self.at(key)
            while len(self.rig.app.screen_stack) > 1:
                await self.rig.press("escape")


BY_THE_DOOR = {ActionScreen, ActivityScreen, ActionsMenu, GuardDialog, LeaseDialog, ParameterForm}
"""Shown where something can be done; `test_in_the_dialogs_of_actions` goes through them."""


async def test_69_texts_in_every_view_are_drawn_and_do_nothing() -> None:
    async with screen(crowded(), size=WIDE) as rig:
        rig.engine.lines = {"lma": lines()}
        for text in TEXTS.values():
            rig.app.notify(text, severity="error")
        walk = Walk(rig)
        await walk.lists()
        assert walk.drawn.count(BRACKETS) >= 9, "what stands in brackets was taken for markup"
        await walk.dialogs()
        told = [(said(each),) for each in SAID[::3]]
        words = SAID[6].line()
        rig.app.push_screen(SayDialog(Saying(title=words, lines=lambda _: told, label=words,
                                             hint=words, button=words, missing=words)))  # fmt: skip
        await walk.at()
    assert set(views_there_are()) - walk.seen == BY_THE_DOOR


def spoiled_plan(plan: Plan) -> Plan:
    """All that a vendor may have a say in, in words of somebody else's."""
    said = [Foreign(TEXTS[name]) for name in ("closing anything", "clipboard", "override", "lines")]
    return replace(
        spoiled(plan, Foreign(TEXTS["click on a dialog"])),
        changes=tuple(Change(field=one.line(), before=one, after=one) for one in said),
        effects=tuple(Effect(words=one.line(), number=None, reason=one.line()) for one in said),
        side_effects=tuple(one.line() for one in said),
    )


async def test_in_the_dialogs_of_actions(tmp_path: Path) -> None:
    named = replace(target(), name=Foreign(TEXTS["click on a dialog"]))
    async with acting(tmp_path, size=WIDE, shown=named, shape=spoiled_plan) as rig:
        walk = Walk(rig)
        await rig.fingers("3")
        await walk.at("x")
        await walk.at("escape", "D")
        await walk.at("escape", "W", "enter")
        await rig.press("escape")
        await rig.open_guard()
        await walk.at()
        assert "[/]" in walk.drawn
        assert not rig.service.posts, "a click on somebody's words confirmed it"
        await rig.give()
        await rig.fingers("enter")
        await rig.until(lambda: isinstance(rig.app.screen, ActionScreen))
        await walk.at()
        await walk.at("escape", "X")
    assert walk.seen >= BY_THE_DOOR


@pytest.mark.parametrize("name", TEXTS)
def test_every_page_of_details_holds_only_what_can_be_drawn(name: str) -> None:
    said = Foreign(TEXTS[name])
    view = spoiled(values.incident(), said)
    row, deploy, database = view.endpoints[3], view.deploys[0], view.databases[0]
    pages = (
        detail_lines(view, row, row.cells["production"], UTC, NOW, UNICODE),
        deploy_lines(view, deploy, (), UTC, NOW, UNICODE),
        query_lines(database, database.rows[1], UTC, NOW, UNICODE, 76),
        vendor_lines(view.vendors[2], UTC, NOW, UNICODE),
        kpi_lines(view.kpis[0], UTC, NOW, UNICODE),
    )
    for line in (line for page in pages for line in page):
        assert not forbidden(plain(line))
        assert plain(line).isprintable()


def test_what_is_printed_without_a_screen_is_harmless_too() -> None:
    snapshot = crowded()
    words = [one.line() for one in SAID]
    found = [Finding(mark=Mark.FAILED, area=a, subject=a, words=a, fix=a) for a in words]
    document = status_document(snapshot, "critical", 2)
    printed = [*status_lines(snapshot), *report_lines(found), json.dumps(document)]

    assert sum(BRACKETS in line for line in printed) > 5
    for line in printed:
        assert not forbidden(line.replace("\n", ""))


async def test_a_hostile_filter_is_only_text() -> None:
    async with screen() as rig:
        await Walk(rig).at("3", "slash", *"[/]", "enter")

        assert "/[/] 0 of" in rig.text()


async def test_copying_hostile_text_copies_it_cleaned() -> None:
    async with screen(spoiled(values.incident(), Foreign(TEXTS["clipboard"]))) as rig:
        await rig.press("5", "y")

        assert "\x1b" not in rig.app.clipboard
        assert "\x07" not in rig.app.clipboard


async def test_nothing_that_is_copied_opened_or_told_holds_a_secret(tmp_path: Path) -> None:
    Secret("known-to-the-screen")
    async with screen(state_dir=tmp_path) as rig:
        links = Links(rig.app, ScreenSettings(state_dir=tmp_path))
        await links.copy("a known-to-the-screen b", "the row")
        await links.open("https://vendor.example/?token=known-to-the-screen", "the page")

        assert rig.app.clipboard == "a ••• b"
        assert (tmp_path / "copied.txt").read_text() == "a ••• b\n"
        # Some other test's secret may be the very word.
        said = rig.app.notices[0].text.replace("•••", "secret", 1)
        assert said.startswith("not opened: a secret is in https://vendor")
        assert "known-to" not in "".join(notice.text for notice in rig.app.notices)


async def test_a_row_with_a_foreign_address_is_not_opened() -> None:
    view = values.incident()
    urls = ("http://plain", "javascript:alert(1)", "https://user:pass@host/", "https://a b",
            "https://x\x1b]52;c;a\x07", "file:///etc/passwd", "--help")  # fmt: skip
    async with screen(over_ssh=True) as rig:
        for number, url in enumerate(urls, 1):
            deploys = tuple(
                replace(each, deploy=replace(each.deploy, url=url)) for each in view.deploys
            )
            await rig.publish(replace(view, deploys=deploys))
            await rig.press("2", "o", "escape")
            assert rig.app.clipboard == ""
            assert len(rig.app.notices) == number
            assert "no page with an https address" in rig.app.notices[0].text


async def test_a_name_of_a_row_in_the_frame_is_only_text() -> None:
    view = values.incident()
    rows = tuple(
        replace(row, spec=replace(row.spec, title="[/red][@click=app.quit]x"))
        for row in view.endpoints
    )
    async with screen(replace(view, endpoints=rows), size=WIDE) as rig:
        await rig.press("3", "enter")

        assert "[/red][@click=app.quit]x" in rig.lines()[1]
        assert rig.wall.panes[PaneId.CHART].is_mounted
