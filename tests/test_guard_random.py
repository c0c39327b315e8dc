"""Random keys, pastes and clicks over a real door: none of them ever sends anything (P1).

`QUARTERDECK_RANDOM_KEYS=5000` makes it the long version.
"""

import os
import random
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual import events

from actions.audit_entries import AuditKind
from tests.door_rig import DoorRig, acting
from tests.values_actions import OPEN, target
from tui.commands import COMMANDS
from tui.dialogs.guard import GuardDialog

MANY = int(os.environ.get("QUARTERDECK_RANDOM_KEYS", "360"))
AT_ONCE = 12
NAME = set("api")
QUITS = {"q", "ctrl+c"}

DIALOG = ["tab"] * 4 + ["enter"] * 6 + ["down", "up", "ctrl+d", "ctrl+r", "x", "R", "R", "D", "W"]
ALL = [
    *sorted({key for command in COMMANDS for key in command.keys} - QUITS),
    *"sdfghk1234 .-/", "backspace", "delete", "space", "home", "end", "ctrl+u", "ä", "а",
]  # fmt: skip
PASTES = ("api", "api\r", "because\tapi\r", "\x1b[200~api\x1b[201~", "R\rapi\r")


def keys(rng: random.Random, count: int) -> list[str]:
    """Most of them keys that lead somewhere in a dialog; of the name one letter is missing."""
    pool = DIALOG if rng.random() < 0.7 else ALL
    left_out = rng.choice(sorted(NAME))
    return [key for key in rng.choices(pool, k=count) if key != left_out]


async def click(rig: DoorRig, rng: random.Random) -> None:
    """A click somewhere, at the time of the last key."""
    width, height = rig.app.size
    x, y = rng.randrange(width), rng.randrange(height)
    for kind in (events.MouseDown, events.MouseUp):
        event = kind(None, x, y, 0, 0, 1, False, False, False, x, y)
        event.set_sender(rig.app)
        event.time = rig.typed_s
        rig.app.post_message(event)
    await rig.settle()


async def anything(rig: DoorRig, rng: random.Random) -> int:
    """A few random inputs; how many there were."""
    what = rng.random()
    if what < 0.08:
        await rig.paste(rng.choice(PASTES))
        return 1
    if what < 0.2:
        await click(rig, rng)
        return 1
    typed = keys(rng, AT_ONCE)
    if what < 0.4:
        await rig.burst(*typed)
    else:
        if rng.random() < 0.5:
            rig.wait_a_moment()
        for key in typed:
            rig._post(key, rng.choice((0.02, 0.06, 0.2, 0.7)))
        await rig.settle()
    return len(typed)


async def mash(rig: DoorRig, rng: random.Random, many: int) -> int:
    """So many inputs, from wherever the ones before have led to; most find a row first."""
    made = 0
    rig.guards = 0
    while made < many:
        if not isinstance(rig.app.screen, GuardDialog) and rng.random() < 0.6:
            rig.wait_a_moment()
            for key in ("escape", "escape", "escape", "3", rng.choice("RRRDx")):
                rig._post(key, 0.1)
                await rig.settle()
            made += 5
        made += await anything(rig, rng)
        rig.guards += isinstance(rig.app.screen, GuardDialog)
        assert len(rig.app.screen_stack) <= 6
        assert rig.app.crash is None
        assert not rig.app._exit
    return made


@pytest.mark.parametrize("seed", range(2))
async def test_random_input_sends_nothing_to_production_though_it_is_armed(
    tmp_path: Path, seed: int
) -> None:
    async with acting(tmp_path, size=((80, 24), (120, 36))[seed]) as rig:
        await rig.door.arm("lma", "production", reason="API is down", minutes=30)
        await rig.door.ready()
        made = await mash(rig, random.Random(seed), MANY // 2)
        print(f"{made} inputs, {rig.guards} times before the guard's dialog")

        assert rig.guards, "it never came so far"

        assert not rig.service.posts
        assert AuditKind.INTENT not in await rig.kinds()


async def test_random_input_does_nothing_at_all_in_read_only(tmp_path: Path) -> None:
    closed = replace(OPEN, flag_read_only=True)
    async with acting(tmp_path, policy=closed) as rig:
        await rig.door.ready()
        await mash(rig, random.Random(7), MANY // 3)

        assert not rig.service.posts
        assert await rig.kinds() == []


async def test_what_changes_between_look_and_press_is_never_sent(tmp_path: Path) -> None:
    """P4: what is live changes while the dialog is read; what was shown is never sent."""
    async with acting(tmp_path, shown=target("staging")) as rig:
        for number in range(3):
            await rig.open_guard()
            await rig.give(reason="x", name="")
            await rig.focus("confirm")
            rig.service.live = f"dep-{number + 2}"
            await rig.fingers("enter")
            await rig.until(lambda: all(one.over for one in rig.door.state.running))
            await rig.fingers("escape", "escape")

        assert not rig.service.posts
