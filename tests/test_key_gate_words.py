"""Why a key or a paste was not taken by a dialog."""

from pathlib import Path

import pytest

from tests.door_rig import acting
from tui.dialogs.key_gate import DEAF_S, EARLY, FAST, HELD, HELD_S, KeyGate


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ([("a", 0.1)], EARLY),
        ([("a", 1.0), ("b", 1.001)], FAST),
        ([("a", 1.0), ("b", 1.001), ("c", 1.1)], FAST),
        ([("a", 0.1), ("b", 0.101), ("c", DEAF_S * 0.9)], FAST),
        ([("a", 0.1), ("a", 0.13), ("a", 0.16)], HELD),
    ],
)
def test_it_says_why_a_key_did_not_count(keys: list[tuple[str, float]], why: str) -> None:
    gate = KeyGate()
    gate.shown(0.0)
    heard = [gate.hears(key, at_s) for key, at_s in keys]
    assert not heard[-1]
    assert gate.why == why


def test_after_something_new_it_is_too_early_again() -> None:
    gate = KeyGate()
    gate.shown(0.0)
    assert gate.hears("a", 1.0)
    assert not gate.hears("b", 1.001)
    gate.shown(5.0, HELD_S)
    assert not gate.hears("c", 5.1)
    assert gate.why == EARLY


async def test_the_dialog_says_it(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        await rig.open_guard()
        await rig.focus("name")
        await rig.paste("api")
        assert "not taken: pasted: type it by hand" in rig.text()
        rig.time.forward(60)
        await rig.burst(*"api")
        await rig.until(lambda: "not taken: too fast, as a paste is" in rig.text())
        assert not rig.service.posts
