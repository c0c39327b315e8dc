"""Somebody else's words in every field: drawn as they are, and nothing else (P13, P14)."""

import re
from datetime import UTC
from typing import Any

import pytest
from msgspec.structs import replace

from monitor.snapshot import WorkspaceView
from providers.probe_readings import AssertionResult, Certificate
from providers.text import Foreign
from providers.vendor_readings import VendorIncident
from tests import snapshot_values as values
from tests.screen_rig import NORMAL, WIDE, Rig, screen
from tests.values_common import NOW
from tui.screens.deploy_page import deploy_lines
from tui.screens.endpoint_page import detail_lines
from tui.screens.kpi_page import kpi_lines
from tui.screens.layout import PaneId
from tui.screens.query_page import query_lines
from tui.screens.source_page import vendor_lines
from widgets.cells import plain
from widgets.glyphs import UNICODE

TEXTS = {
    "closing tag": "[/red] done",
    "closing anything": "[/]",
    "click": "[@click=app.quit]QUIT[/] [@click=screen.dismiss(True)]yes[/]",
    "screenshot": "[@click=app.screenshot('/tmp/x')]x[/]",
    "link": "[link=http://evil]x[/link]",
    "colour": "[$error]B[/] [bold red]c",
    "array": "SELECT a[1], b[i] FROM t",
    "clear": "\x1b[2J\x1b[Hgone",
    "clipboard": "\x1b]52;c;ZXZpbA==\x07 \x1b]52;c;ZXZpbA==\x1b\\",
    "title": "\x1b]0;owned\x07\x9d0;owned\x9c",
    "link sequence": "\x1b]8;;http://evil\x1b\\x\x1b]8;;\x1b\\",
    "device": "\x1bP$q\x1b\\ \x9b31m \x90 \x84",
    "bidi": "abc\u202ecba\u2066x\u2069\u200f",
    "invisible": "a\u200bb\u2060c\ufeffd\u00ade\U000e0041",
    "surrogate": "x\ud800y\udfff",
    "wide": "漢字👩‍👩‍👧‍👦 a\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
    "lines": "one\ntwo\r\nthree\tfour\x00\x07\x08",
    "long": "A" * 100_000,
    "long tags": "[/red]" * 20_000,
    "right to left": "שלום עולם مرحبا",
}


def hostile(text: str) -> WorkspaceView:
    """The incident, with `text` wherever somebody else may write."""
    said = Foreign(text)
    view = values.incident()
    return replace(
        view,
        worst=said.line(),
        alerts=tuple(replace(a, title=said.line(), why=said.line()) for a in view.alerts),
        endpoints=tuple(_endpoint(row, said) for row in view.endpoints),
        kpis=tuple(replace(k, reason=said.line()) for k in view.kpis),
        databases=tuple(_database(each, said) for each in view.databases),
        deploys=tuple(_deploy(each, said) for each in view.deploys),
        vendors=tuple(_vendor(each, said) for each in view.vendors),
        timeline=tuple(replace(e, text=said.line()) for e in view.timeline),
        notices=(said.line(),),
    )


def _endpoint(row: Any, said: Foreign) -> Any:
    certificate = Certificate(subject=said, issuer=said, not_after=NOW.at, trusted=False)
    asserted = AssertionResult(expectation="status == 'ok'", found=said, passed=False)

    def cell(each: Any) -> Any:
        if each.probe is None:
            return each
        probe = replace(each.probe, body=said, version=said, certificate=certificate,
                        assertions=(asserted,))  # fmt: skip
        return replace(each, probe=probe, version=said.line(40))

    return replace(row, cells={name: cell(each) for name, each in row.cells.items()})


def _database(each: Any, said: Foreign) -> Any:
    rows = tuple(
        replace(
            row,
            session=replace(
                row.session,
                query=said,
                application=said,
                user=said,
                client=said,
                wait=said,
                database=said,
            ),
        )
        for row in each.rows
    )
    return replace(each, rows=rows)


def _deploy(each: Any, said: Foreign) -> Any:
    deploy = replace(each.deploy, message=said, author=said, branch=said, vendor_state=said,
                     trigger=said, commit=said)  # fmt: skip
    return replace(each, deploy=deploy)


def _vendor(each: Any, said: Foreign) -> Any:
    incident = VendorIncident(id="1", title=said, state=said, impact=said, began_at=NOW.at)
    reading = replace(
        each.reading,
        description=said,
        incidents=(incident,),
        components=((said, each.state),),
    )
    return replace(each, reading=reading)


def sound(rig: Rig) -> None:
    """Nothing on the screen may act on a terminal, and the last line of defence had no work."""
    size = rig.app.size
    lines = rig.lines()
    assert len(lines) == size.height
    assert "".join(lines).isprintable()
    assert rig.app.frames_guarded == 0
    assert rig.app.is_running


async def test_hostile_text_on_the_wall_is_drawn_and_does_nothing() -> None:
    async with screen(size=WIDE) as rig:
        for text in TEXTS.values():
            await rig.publish(hostile(text))
            sound(rig)


@pytest.mark.parametrize("name", ["click", "clear", "bidi", "lines", "long tags"])
async def test_hostile_text_in_details_is_drawn_and_does_nothing(name: str) -> None:
    async with screen(hostile(TEXTS[name]), size=NORMAL) as rig:
        for pane in ("1", "2", "3", "4", "5"):
            await rig.press(pane, "enter")
            sound(rig)
            assert len(rig.app.screen_stack) == 2
            await rig.press("escape")


async def test_brackets_are_shown_whole() -> None:
    async with screen(hostile(TEXTS["array"])) as rig:
        assert "SELECT a[1], b[i] FROM t" in rig.text()
        await rig.press("5", "enter")
        assert "a[1], b[i]" in rig.text()


async def test_clicks_on_hostile_text_do_nothing() -> None:
    async with screen(hostile(TEXTS["click"]), size=WIDE) as rig:
        assert rig.pilot is not None
        for y, line in enumerate(rig.lines()):
            for match in list(re.finditer(r"QUIT", line))[: y % 2]:
                await rig.pilot.click(offset=(match.start() + 1, y))
        await rig.settle()

        assert rig.app.is_running
        assert not rig.app._exit


async def test_hostile_text_in_dialogs_and_toasts() -> None:
    async with screen(size=NORMAL) as rig:
        for text in TEXTS.values():
            rig.app.notify(text, severity="error")
        await rig.settle()
        sound(rig)
        await rig.press("f2")
        sound(rig)
        assert "[/red] done" in rig.text()


async def test_a_hostile_filter_is_only_text() -> None:
    async with screen() as rig:
        await rig.press("3", "slash", *"[/]", "enter")
        sound(rig)


async def test_copying_hostile_text_copies_it_cleaned() -> None:
    async with screen(hostile(TEXTS["clipboard"])) as rig:
        await rig.press("5", "y")

        assert "\x1b" not in rig.app.clipboard
        assert "\x07" not in rig.app.clipboard


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


@pytest.mark.parametrize("name", TEXTS)
def test_every_page_of_details_holds_only_what_can_be_drawn(name: str) -> None:
    view = hostile(TEXTS[name])
    row, deploy, database = view.endpoints[3], view.deploys[0], view.databases[0]
    pages = (
        detail_lines(view, row, row.cells["production"], UTC, NOW, UNICODE),
        deploy_lines(view, deploy, (), UTC, NOW, UNICODE),
        query_lines(database, database.rows[1], UTC, NOW, UNICODE, 76),
        vendor_lines(view.vendors[2], UTC, NOW, UNICODE),
        kpi_lines(view.kpis[0], UTC, NOW, UNICODE),
    )
    for line in (line for page in pages for line in page):
        assert plain(line).isprintable()


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
