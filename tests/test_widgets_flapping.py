"""What flaps is drawn by sign, word and colour; also in ASCII and with little room."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from monitor.snapshot import AlertView
from monitor.verdicts import Level, Phase
from tests import snapshot_values as values
from tests.snapshot_values import NOW
from tests.values_common import PROD, ago
from tests.values_endpoints import FLAPS, each_state
from tests.values_kpis import KPI_SPECS, kpi
from tests.values_lists import alert
from tests.widget_host import Host, screen
from tui.status_json import status_document
from tui.status_text import status_lines
from widgets.alert_fields import alert_fields
from widgets.alerts import AlertsPane
from widgets.cells import Cell, Tone, as_line, plain
from widgets.endpoint_cells import change, sign
from widgets.endpoint_fields import pen_for
from widgets.glyphs import ASCII, UNICODE, Glyphs, to_ascii
from widgets.kpi_fields import kpi_fields, rule_words
from widgets.tiers import Tier

VIEW = values.incident()
FLAPPING: AlertView = replace(
    alert("check/x", "API /health", "503", phase=Phase.FLAPPING, level=Level.CRITICAL),
    changes=9,
    checks=21,
    fired=ago(300),
    onset=ago(300),
    why=FLAPS.why,
)
CELL = next(row.cells[PROD] for row in each_state() if row.spec.key == "flapping")


@pytest.mark.parametrize("width", [46, 54, 76, 120])
def test_an_alert_says_that_it_flaps_and_how_often(width: int) -> None:
    fields = {each.column.key: each for each in alert_fields(VIEW, width, NOW, UNICODE)}
    drawn = plain(as_line(fields["what"].draw(FLAPPING)))
    assert drawn.rstrip().endswith("flapping 9 of 21")
    assert to_ascii(drawn).isascii()


@pytest.mark.parametrize(
    ("glyphs", "level", "mark", "tone"),
    [
        (UNICODE, Level.CRITICAL, "■", Tone.CRITICAL),
        (UNICODE, Level.WARNING, "▲", Tone.WARNING),
        (ASCII, Level.CRITICAL, "X", Tone.CRITICAL),
        (ASCII, Level.WARNING, "!", Tone.WARNING),
    ],
)
def test_the_sign_tells_how_bad_it_is(glyphs: Glyphs, level: Level, mark: str, tone: Tone) -> None:
    cell = replace(CELL, verdict=replace(FLAPS, level=level))
    assert sign(cell, pen_for(VIEW, NOW, glyphs)) == Cell(mark, tone)
    shown = kpi(KPI_SPECS[0], 2.4, replace(FLAPS, level=level))
    fields = {each.column.key: each for each in kpi_fields(Tier.WIDE, glyphs)}
    assert fields["level"].draw(shown) == Cell(mark, tone)
    assert rule_words(shown) == "flapping 9 of 21"


def test_an_endpoint_says_since_when_it_flaps() -> None:
    cell = replace(CELL, changed_at=ago(120).at, change="ok → flapping")
    drawn = "".join(part.text for part in change(cell, pen_for(VIEW, NOW, UNICODE)))
    assert drawn.endswith("● → ▲ flapping")


async def test_the_pane_counts_what_flaps() -> None:
    pane = AlertsPane(1)
    app = Host(pane)
    async with app.run_test(size=(90, 8)) as pilot:
        view = replace(VIEW, alerts=(FLAPPING,))
        pane.show(view, NOW)
        await pilot.pause()
        assert any("flapping 9 of 21" in line for line in screen(app))
        assert plain(pane.facts(view, NOW)) == "1 flapping"


def test_status_tells_it_in_words_and_json() -> None:
    snapshot = values.snapshot(replace(VIEW, alerts=(FLAPPING,)))
    lines = [line for line in status_lines(snapshot) if "flapping" in line]
    assert any(line.endswith("[flapping 9 of 21]") for line in lines)
    document = json.loads(json.dumps(status_document(snapshot, "critical", 2)))
    (told,) = document["workspaces"]["lma"]["alerts"]
    assert told["phase"] == "flapping"
    assert (told["changes"], told["checks"]) == (9, 21)
    assert told["episode"] == FLAPPING.episode


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"elapsed_s": 190, "required_s": 300.0}, "[pending 3m10s of 5m00s]"),
        ({"needed": 3, "failures": 2}, "[pending 2 of 3 in a row]"),
        (
            {"needed": 3, "failures": 2, "detection": "3 in a row, detected within 50s"},
            "[pending 2 of 3 in a row, detected within 50s]",
        ),
    ],
)
def test_status_tells_how_far_a_rule_has_come(more: dict[str, Any], words: str) -> None:
    waiting = replace(FLAPPING, phase=Phase.PENDING, **more)
    snapshot = values.snapshot(replace(VIEW, alerts=(waiting,)))
    assert any(line.endswith(words) for line in status_lines(snapshot))
