"""Random keys, pastes and clicks over a real door: none of them ever sends anything (P1).

`QUARTERDECK_RANDOM_KEYS=5000` makes it the long version.
"""

import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from actions.audit_entries import AuditKind
from actions.verbs import Outcome
from tests.door_rig import DoorRig, acting
from tests.values_actions import OPEN, target
from tui.commands import COMMANDS
from tui.dialogs.guard import GuardDialog
from tui.dialogs.guard_stage import Stage

MANY = int(os.environ.get("QUARTERDECK_RANDOM_KEYS", "360"))
AT_ONCE = 12
NAME = set("api")
QUITS = {"q", "ctrl+c"}

DIALOG = ["tab"] * 4 + ["enter"] * 6 + ["down", "up", "ctrl+d", "ctrl+r", "x", "R", "R", "D", "W"]
ALL = [
    *sorted({key for command in COMMANDS for key in command.keys} - QUITS),
    *"sdfghk1234 .-/", "backspace", "delete", "space", "home", "end", "ctrl+u", "ä", "а",
]  # fmt: skip
OVER = ["tab", "shift+tab", "enter", "down", "up", "backspace", "delete", "home", "end", "space",
        "ctrl+d", "ctrl+r", "ctrl+u", *"apolxRR"]  # fmt: skip
"""Keys over the dialog: of the name the i is missing, so that it is never typed."""

PASTED = ["enter", "enter", "tab", "space", *"poolapi"]
MANY_AT_ONCE = 125
PASTES = ("api", "api\r", "because\tapi\r", "\x1b[200~api\x1b[201~", "R\rapi\r")


Inputs = Callable[[DoorRig, random.Random], int]
"""Makes some, and says how many."""


def keys(rng: random.Random, count: int) -> list[str]:
    """Most of them keys that lead somewhere in a dialog; of the name one letter is missing."""
    pool = DIALOG if rng.random() < 0.7 else ALL
    left_out = rng.choice(sorted(NAME))
    return [key for key in rng.choices(pool, k=count) if key != left_out]


async def click(rig: DoorRig, rng: random.Random) -> None:
    """A click somewhere, at the time of the last key."""
    width, height = rig.app.size
    rig.post_click(rng.randrange(width), rng.randrange(height))
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
        rig.guards += isinstance(rig.app.screen, GuardDialog)
        made += await anything(rig, rng)
        assert len(rig.app.screen_stack) <= 6
        assert rig.app.crash is None
        assert not rig.app._exit
    return made


async def reopened(rig: DoorRig, field: str) -> None:
    """The dialog stands there, read, with a field in focus."""
    while not _stands(rig):
        await rig.fingers("escape", "escape", "escape")
        await rig.open_guard()
    rig.wait_a_moment()
    if isinstance(rig.app.screen, GuardDialog) and rig.app.screen._dry:
        await rig.fingers("ctrl+d")
    await rig.focus(field)


def _stands(rig: DoorRig) -> bool:
    dialog = rig.app.screen
    return isinstance(dialog, GuardDialog) and dialog.stage is Stage.SHOWN


def typed(rig: DoorRig, rng: random.Random) -> int:
    """Keys of fingers and of bursts, clicks, pastes; of the name one letter is missing."""
    for _ in range(MANY_AT_ONCE):
        what = rng.random()
        if what < 0.03:
            rig.post_paste(rng.choice(PASTES))
        elif what < 0.1:
            rig.post_click(rng.randrange(60), rng.randrange(16))
        else:
            rig._post(rng.choice(OVER), rng.choice((0.001, 0.001, 0.02, 0.06, 0.2, 0.7)))
    return MANY_AT_ONCE


def by_nobody(rig: DoorRig, rng: random.Random) -> int:
    """What no fingers type: a key held down, or a paste, marked, or not and in pieces."""
    what, count = rng.random(), rng.randrange(30, 200)
    if what < 0.1:
        rig.post_paste("".join(rng.choices("api\r\tpool", k=count)))
    elif what < 0.5:
        held, first_s = rng.choice(("enter", "enter", "tab", "x")), rng.choice((0.25, 0.5, 0.66))
        for number in range(count):
            rig._post(held, first_s if number == 1 else 0.033)
    else:
        for number in range(count):
            in_pieces = 0.0005 if number % 8 else rng.uniform(0.02, 0.29)
            rig._post(rng.choice(PASTED), in_pieces)
    return count


async def storm(
    rig: DoorRig, rng: random.Random, many: int, inputs: Inputs, fields: Sequence[str]
) -> None:
    """So many inputs over the dialog; painted is only what comes of many of them."""
    made = 0
    while made < many:
        await reopened(rig, rng.choice(fields))
        with rig.app.batch_update():
            made += inputs(rig, rng)
            await rig.quiet()
        await rig.settle()
        assert rig.app.crash is None
        assert not rig.service.posts


async def sent_by_a_person(rig: DoorRig) -> None:
    """It was no lame dialog: whoever means it is heard."""
    await reopened(rig, "reason")
    await rig.fingers("ctrl+u")
    dialog = rig.app.screen
    assert isinstance(dialog, GuardDialog)
    await rig.give(name="api" if dialog.asked.target.production else "")
    await rig.focus("confirm")
    await rig.fingers("enter")
    assert (await rig.finished()).outcome is Outcome.DONE
    assert len(rig.service.posts) == 1


@pytest.mark.timeout(600)
async def test_five_thousand_inputs_over_the_dialog_send_nothing(tmp_path: Path) -> None:
    async with acting(tmp_path, size=(60, 16)) as rig:
        await rig.door.arm("lma", "production", reason="API is down", minutes=30)
        await rig.door.ready()
        await storm(rig, random.Random(1), 5_000, typed, ("reason", "name"))

        assert AuditKind.INTENT not in await rig.kinds()
        await sent_by_a_person(rig)


@pytest.mark.timeout(600)
async def test_five_thousand_keys_that_nobody_types_send_nothing(tmp_path: Path) -> None:
    """In staging, armed, with a reason: a press of enter on the button is all that is missing."""
    async with acting(tmp_path, size=(60, 16), shown=target("staging")) as rig:
        await rig.door.arm("lma", "staging", reason="a test", minutes=30)
        await rig.door.ready()
        await reopened(rig, "reason")
        await rig.write("pool")
        await storm(rig, random.Random(1), 5_000, by_nobody, ("reason", "incident"))

        assert AuditKind.INTENT not in await rig.kinds()
        await sent_by_a_person(rig)


@pytest.mark.parametrize("seed", range(2))
async def test_random_input_from_the_wall_sends_nothing_though_it_is_armed(
    tmp_path: Path, seed: int
) -> None:
    async with acting(tmp_path, size=((80, 24), (120, 36))[seed]) as rig:
        await rig.door.arm("lma", "production", reason="API is down", minutes=30)
        await rig.door.ready()
        # On a busy machine the keys alone may always come too early for a dialog.
        await rig.open_guard()
        await mash(rig, random.Random(seed), MANY // 2)

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
