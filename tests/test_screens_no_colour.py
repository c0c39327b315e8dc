"""NO_COLOR: no colour at all, and everything still told apart."""

import re

import pytest

from tests.screen_rig import screen
from tui.dialogs.dialog import Dialog
from tui.terminal_frames import TightFrame


async def test_without_colours_nothing_is_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with screen() as rig:
        app = rig.app
        strips = app.screen._compositor.render_strips()
        frame = TightFrame((0, y, strip) for y, strip in enumerate(strips))
        codes = re.findall(r"\x1b\[([0-9;]*)m", frame.render_segments(app.console))
        assert codes, "nothing was drawn"
        for code in codes:
            assert set(code.split(";")) <= {"0", "1", "2", "3", "4", "7", "39", "49", ""}, code
        assert {"1", "2"} <= {part for code in codes for part in code.split(";")}


@pytest.mark.parametrize("key", ["a", "d", "u", "f3", "f6", "t", "question_mark"])
async def test_a_dialog_in_ascii_has_nothing_else(key: str) -> None:
    async with screen(ascii=True) as rig:
        await rig.press("1", key)
        assert isinstance(rig.app.screen, Dialog), key
        assert "esc close" in rig.text()
        assert rig.text().isascii(), key
