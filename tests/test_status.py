"""The status without a screen: stable JSON, readable text, honest exit codes."""

import json
from collections.abc import Callable
from typing import Final

import pytest
from msgspec.structs import replace

from monitor.snapshot import Snapshot, WorkspaceView
from monitor.verdicts import Level
from tests import snapshot_values as values
from tui.status_json import VERSION, status_document
from tui.status_level import exit_code, worst_level
from tui.status_text import status_lines

SCENES: Final[dict[str, Callable[[], WorkspaceView]]] = {
    "incident": values.incident,
    "calm": values.calm,
    "states": values.states,
    "loading": values.loading,
    "not configured": values.not_configured,
    "failed": values.failed,
    "stale": values.stale,
}


def document(snapshot: Snapshot) -> dict[str, object]:
    level = worst_level(snapshot)
    made = status_document(snapshot, level.word, exit_code(level))
    # What scripts get is what JSON can carry, NaN excluded.
    loaded = json.loads(json.dumps(made, allow_nan=False))
    assert isinstance(loaded, dict)
    return loaded


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_is_valid_json_with_a_version_and_utc_times(scene: str) -> None:
    made = document(values.snapshot(SCENES[scene]()))
    assert made["version"] == VERSION
    assert str(made["at"]).endswith("Z")


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_reads_as_text_without_control_characters(scene: str) -> None:
    lines = list(status_lines(values.snapshot(SCENES[scene]())))
    assert len(lines) > 5
    for line in lines:
        assert line.isprintable(), repr(line)


def test_names_are_whole_where_there_is_no_screen_to_fit() -> None:
    view = values.incident()
    name = "Requests a minute from one source"
    kpi, row = view.kpis[0], view.endpoints[0]
    long = replace(
        view,
        kpis=(replace(kpi, spec=replace(kpi.spec, title=name)),),
        endpoints=(replace(row, spec=replace(row.spec, title=f"{name}, seen")),),
    )
    text = "\n".join(status_lines(values.snapshot(long)))
    assert f" {name} " in text
    assert f" {name}, seen " in text


def test_the_incident_names_its_worst_alert_first() -> None:
    text = "\n".join(status_lines(values.snapshot(values.incident())))
    assert text.index("Alerts") < text.index("Endpoints") < text.index("Deploys")
    assert "CRIT SEV1" in text
    assert "7d20b5e" in text


def test_empty_because_fine_differs_from_empty_because_blind() -> None:
    fine = "\n".join(status_lines(values.snapshot(values.calm())))
    blind = "\n".join(status_lines(values.snapshot(values.not_configured())))
    assert "empty and fine" in fine
    assert "not configured" in blind
    assert "not configured" not in fine
    assert "empty and fine" not in blind.partition("Endpoints")[2]


@pytest.mark.parametrize(
    ("levels", "worst", "code"),
    [
        ([Level.OK], Level.OK, 0),
        ([Level.OK, Level.WARNING], Level.WARNING, 1),
        ([Level.UNKNOWN, Level.OK], Level.UNKNOWN, 3),
        ([Level.UNKNOWN, Level.WARNING], Level.WARNING, 1),
        ([Level.UNKNOWN, Level.WARNING, Level.CRITICAL], Level.CRITICAL, 2),
    ],
)
def test_exit_codes_speak_the_plug_ins_language(
    levels: list[Level], worst: Level, code: int
) -> None:
    view = values.calm()
    snapshot = replace(
        values.snapshot(),
        workspaces={str(number): replace(view, level=level) for number, level in enumerate(levels)},
    )
    assert worst_level(snapshot) is worst
    assert exit_code(worst) == code


def test_nothing_watched_is_unknown_not_ok() -> None:
    assert worst_level(replace(values.snapshot(), workspaces={})) is Level.UNKNOWN


def test_offline_ourselves_is_never_ok() -> None:
    assert worst_level(values.offline()) in {Level.UNKNOWN, Level.WARNING, Level.CRITICAL}
    assert "OFFLINE" in "\n".join(status_lines(values.offline()))
