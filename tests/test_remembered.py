"""The look of the last sound start: believed for the very same file, and for nothing else."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.examples import examples
from tui.options import Options
from tui.remembered import NAME, Stamp, recall, remember
from tui.screen_settings import adjusted
from tui.settings import ScreenSettings

LOOK = ScreenSettings(
    theme="colour-blind",
    ascii_wish="always",
    mouse=False,
    keys={"quit": "x"},
    workspace="lma",
    operator="dana",
    utc=False,
)


@pytest.fixture
def stamp(tmp_path: Path) -> Stamp:
    config = tmp_path / "config.yaml"
    config.write_text("version: 1\n")
    return Stamp.of(config)


def test_the_same_file_gives_the_same_look(tmp_path: Path, stamp: Stamp) -> None:
    remember(tmp_path, stamp, LOOK)
    assert recall(tmp_path, stamp) == LOOK
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600


def test_a_changed_file_gives_none(tmp_path: Path, stamp: Stamp) -> None:
    remember(tmp_path, stamp, LOOK)
    config = tmp_path / "config.yaml"
    os.utime(config, ns=(1, 1))
    assert recall(tmp_path, Stamp.of(config)) is None
    assert recall(tmp_path, replace(stamp, size_bytes=stamp.size_bytes + 1)) is None


def test_what_a_start_decides_anew_is_not_kept(tmp_path: Path, stamp: Stamp) -> None:
    remember(tmp_path, stamp, replace(LOOK, ascii=True, demo=True, mode="ARMED", over_ssh=True))
    assert recall(tmp_path, stamp) == LOOK


@pytest.mark.parametrize("change", [{"ascii_wish": True}, {"keys": {"quit": 1}}, {"theme": None}])
def test_a_look_of_wrong_types_is_not_believed(
    tmp_path: Path, stamp: Stamp, change: dict[str, object]
) -> None:
    remember(tmp_path, stamp, LOOK)
    kept = json.loads((tmp_path / NAME).read_text())
    kept["look"].update(change)
    (tmp_path / NAME).write_text(json.dumps(kept))
    assert recall(tmp_path, stamp) is None


@settings(max_examples=examples(50))
@given(text=st.text())
def test_no_content_of_the_file_is_trouble(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    (folder / NAME).write_text(text, encoding="utf-8", errors="surrogatepass")
    stamp = Stamp(path="/nowhere", changed_ns=0, size_bytes=0, inode=0)
    assert recall(folder, stamp) is None


@pytest.mark.parametrize(
    ("wish", "ascii_only"), [("auto", True), ("always", True), ("never", False)]
)
def test_what_a_terminal_can_draw_is_found_out_at_each_start(
    tmp_path: Path, stamp: Stamp, wish: str, ascii_only: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(tmp_path, stamp, replace(LOOK, ascii_wish=wish))
    known = recall(tmp_path, stamp)
    assert known is not None
    monkeypatch.setenv("TERM", "linux")
    assert adjusted(known, Options()).ascii is ascii_only
    assert adjusted(ScreenSettings(), Options()).ascii


def test_the_command_line_has_the_last_word() -> None:
    options = Options(theme="ansi", ascii_only=True, no_mouse=True, workspace="localloop")
    look = adjusted(ScreenSettings(operator="dana"), options)
    assert (look.theme, look.ascii, look.mouse, look.workspace) == (
        "ansi",
        True,
        False,
        "localloop",
    )
    assert look.operator.startswith("dana@")
