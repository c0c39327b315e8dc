"""Signs: one column each, told apart without colour, and none outside ASCII when that is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields
from rich.cells import cell_len

from monitor.snapshot import PaneState
from monitor.states import EndpointState
from monitor.verdicts import Level, Phase
from providers.deploy_readings import DeployState
from providers.text import Foreign
from providers.vendor_readings import VendorState
from tests.snapshot_values import NOW, incident
from tests.widget_host import Host, screen
from widgets.alerts import AlertsPane
from widgets.cells import Cell
from widgets.endpoints import EndpointsPane
from widgets.glyphs import ASCII, UNICODE, Glyphs, glyphs_of, to_ascii

SETS = (UNICODE, ASCII)


@pytest.mark.parametrize("glyphs", SETS)
def test_every_state_has_a_sign_one_column_wide(glyphs: Glyphs) -> None:
    signs = [
        *(glyphs.level(level) for level in Level),
        *(glyphs.verdict(level, phase) for level in Level for phase in Phase),
        *(glyphs.endpoint(state) for state in EndpointState),
        *(glyphs.vendor(state) for state in VendorState),
    ]
    assert {cell_len(sign) for sign in signs} == {1}
    assert {cell_len(glyphs.deploy(state)) for state in DeployState} <= {0, 1}
    assert {cell_len(glyphs.pane(state)) for state in PaneState} <= {0, 1}


@pytest.mark.parametrize("glyphs", SETS)
def test_levels_are_told_apart_without_colour(glyphs: Glyphs) -> None:
    assert len({glyphs.level(level) for level in Level}) == len(Level)


def test_the_signs_are_those_of_the_design() -> None:
    assert [UNICODE.level(level) for level in Level] == ["●", "○", "▲", "■"]
    assert [ASCII.level(level) for level in Level] == ["o", "?", "!", "X"]
    assert (UNICODE.running, ASCII.running, UNICODE.failed, ASCII.failed) == ("◐", "~", "×", "E")


def test_a_pending_rule_warns_whatever_its_level() -> None:
    assert UNICODE.verdict(Level.OK, Phase.PENDING) == "▲"
    assert UNICODE.verdict(Level.OK, Phase.UNKNOWN) == "○"


def test_the_ascii_set_is_ascii() -> None:
    for field in fields(ASCII):
        value = getattr(ASCII, field.name)
        assert not isinstance(value, str) or value.isascii()


@given(st.text(max_size=40))
def test_translation_keeps_the_width_and_leaves_nothing_but_ascii(text: str) -> None:
    cleaned = Cell(Foreign(text).line()).text
    translated = to_ascii(cleaned)
    assert translated.isascii()
    assert cell_len(translated) == cell_len(cleaned)


def test_braille_becomes_signs_at_the_same_height() -> None:
    assert to_ascii("⠉⣀⣿⠀") == "'.* "


def test_flags_keep_the_width_they_had() -> None:
    assert cell_len(to_ascii("🇩🇪 ok")) == cell_len("🇩🇪 ok")


def test_an_app_that_says_nothing_gets_the_full_set() -> None:
    assert glyphs_of(object()) is UNICODE


async def test_a_whole_wall_in_ascii_has_no_other_sign() -> None:
    alerts, endpoints = AlertsPane(1), EndpointsPane(3)
    app = Host(alerts, endpoints, glyphs=ASCII)
    async with app.run_test(size=(160, 24)) as pilot:
        view = incident()
        alerts.show(view, NOW)
        endpoints.show(view, NOW)
        await pilot.pause()
        drawn = screen(app)
    assert all(line.isascii() for line in drawn)
    assert {len(line) for line in drawn} == {160}
