"""Any keys in any order: never an exception, never two dialogs, never gone but by quit."""

import random

import pytest
from textual.screen import ModalScreen

from tests import snapshot_values as values
from tests.screen_rig import NARROW, NORMAL, WIDE, screen
from tui.commands import COMMANDS

QUITS = {"q", "ctrl+c"}
KEYS = [
    *sorted({key for command in COMMANDS for key in command.keys} - QUITS),
    "backspace", "delete", "ctrl+k", "ctrl+j", "ctrl+h",
    "ctrl+q", "ctrl+z", "ctrl+s", "ctrl+a", "ctrl+b", "ctrl+backslash", "space", "insert", "f5",
    "ä", "漢",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
async def test_random_keys_break_nothing(seed: int) -> None:
    rng = random.Random(seed)
    views = (values.incident, values.calm, values.loading, values.not_configured, values.failed)
    async with screen(size=(NARROW, NORMAL, WIDE)[seed % 3], over_ssh=True) as rig:
        for _ in range(15):
            rig.type(*rng.choices(KEYS, k=8))
            await rig.settle()
            dialogs = [each for each in rig.app.screen_stack if isinstance(each, ModalScreen)]
            assert len(dialogs) <= 1
            assert len(rig.app.screen_stack) <= 4
            assert rig.app.crash is None
            assert not rig.app._exit
            await rig.publish(rng.choice(views)())
            assert {len(line) for line in rig.lines()} >= {rig.app.size.width}


async def test_keys_of_terminals_do_nothing() -> None:
    async with screen() as rig:
        before = rig.text()
        await rig.press("ctrl+q", "ctrl+z", "ctrl+k", "ctrl+j", "ctrl+h", "ctrl+a", "ctrl+b")

        assert rig.text() == before
        assert len(rig.app.screen_stack) == 1
        assert rig.app.is_running
        assert not rig.engine.refreshed
