"""Between look and press the world goes on: what is acted on is what was looked at (P4)."""

import random
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from actions.families import Offer, Row
from actions.verbs import Outcome
from monitor.snapshot import EndpointRow, WorkspaceView
from tests import snapshot_values as values
from tests.action_rig import Rig, standing
from tests.door_rig import RESTART, DoorRig, Restarts, acting
from tests.test_widgets_window import COLUMNS, row
from tests.values_actions import target
from tests.widget_host import Host
from tui.dialogs.guard import GuardDialog
from widgets.grid import Grid

REFRESHES = 1_000


def shuffled(rng: random.Random, keys: list[str], most: int) -> list[str]:
    """The things at the next refresh: in another order, some gone, some new."""
    left = [key for key in keys if rng.random() > 0.15]
    new = [f"k{rng.randrange(10_000)}" for _ in range(most - len(left))]
    found = list(dict.fromkeys([*left, *new]))
    rng.shuffle(found)
    return found


async def test_a_thousand_refreshes_put_no_other_row_under_the_key() -> None:
    rng, grid = random.Random(4), Grid(COLUMNS)
    stayed = slipped = 0
    async with Host(grid).run_test(size=(40, 12)) as pilot:
        keys = [f"k{number}" for number in range(9)]
        grid.set_rows([row(key) for key in keys])
        for led in (False, True):
            for _ in range(REFRESHES // 2):
                looked = grid.cursor_key
                if led and looked is not None:
                    looked = rng.choice(keys)
                    grid.move_to(looked)
                keys = shuffled(rng, keys, 9)
                before = grid.slipped_s
                grid.set_rows([row(key) for key in keys])
                stayed += grid.cursor_key == looked
                slipped += grid.cursor_key != looked
                # Either it is still the one that was looked at, or the key that comes now is told.
                assert grid.cursor_key == looked or grid.slipped_s > before
        await pilot.pause()
    assert stayed + slipped == REFRESHES
    assert min(stayed, slipped) > 100


async def test_a_thousand_changes_of_the_target_send_nothing_to_another(tmp_path: Path) -> None:
    """Ten changes after each look; what is live again by then is what was shown, and is sent."""
    rng, told = random.Random(4), {Outcome.DONE: 0, Outcome.REFUSED: 0}
    async with standing() as service:
        rig = Rig(service, tmp_path / "audit.jsonl").patient()
        rig.arm(minutes=30)
        for number in range(REFRESHES // 10):
            plan = await rig.runner.plan("restart-api", target(identity=f"srv-{number}"), {})
            proposal = await rig.runner.propose(plan)
            shown, sent = service.live, len(service.posts)
            changes = [f"dep-{rng.randrange(10)}" for _ in range(9)]
            for service.live in (*changes, rng.choice([shown, f"dep-{rng.randrange(10)}"])):
                unchanged = service.live == shown
            done = await rig.runner.carry_out(proposal.confirmed(reason="pool", typed="api"))
            assert done.outcome is (Outcome.DONE if unchanged else Outcome.REFUSED), done.words
            assert len(service.posts) == sent + unchanged
            assert done.plan.pinned["live"] == shown
            told[done.outcome] += 1
        await rig.runner.aclose(1)
        assert service.restarts == told[Outcome.DONE]
        assert min(told.values()) > 20
        assert sum(told.values()) == REFRESHES // 10


async def test_a_confirmation_of_the_new_target_does_not_send_the_old_one(tmp_path: Path) -> None:
    async with standing() as service:
        rig = Rig(service, tmp_path / "audit.jsonl").patient()
        rig.arm()
        shown = await rig.confirmed()
        service.live = "dep-2"
        new = await rig.runner.plan("restart-api", target(), {})
        done = await rig.runner.carry_out(replace(shown, fingerprint=new.fingerprint))
        await rig.runner.aclose(1)
        assert (done.outcome, service.posts) == (Outcome.REFUSED, [])
        assert "not any more what was shown" in done.words


class EachOwn(Restarts):
    """Every endpoint is a service of its own."""

    def offers(self, pane: WorkspaceView, row: Row) -> Iterator[Offer]:
        del pane
        if isinstance(row.thing, EndpointRow):
            yield Offer(card=RESTART, target=target("staging", row.thing.spec.key))


async def test_the_dialog_is_about_the_row_that_was_looked_at(tmp_path: Path) -> None:
    rng = random.Random(4)
    async with acting(tmp_path, family=EachOwn) as rig:
        await rig.door.ready()
        await rig.fingers("3", "j", "j")
        view = values.incident()
        opened: list[tuple[str, str | None]] = []
        for _ in range(12):
            looked = rig.wall.grid_in_focus.cursor_key if rig.wall.grid_in_focus else None
            rows = [one for one in values.incident().endpoints if rng.random() > 0.25]
            rng.shuffle(rows)
            await rig.publish(replace(view, endpoints=tuple(rows)), 1.0)
            await rig.fingers("R")
            opened.append((looked or "", _shown(rig)))
            await rig.fingers("escape")
    assert all(shown in {None, looked} for looked, shown in opened), opened
    assert {shown is None for _, shown in opened} == {True, False}, opened
    assert len({looked for looked, _ in opened}) > 1


async def test_a_row_that_the_terminal_has_not_drawn_is_not_acted_on(tmp_path: Path) -> None:
    async with acting(tmp_path, family=EachOwn) as rig:
        await rig.door.ready()
        await rig.fingers("3", "j")
        grid, pace = rig.wall.grid_in_focus, rig.app.pace
        assert grid is not None
        view = values.incident()
        rows = [one for one in view.endpoints if one.spec.key != grid.cursor_key]
        await rig.publish(replace(view, endpoints=tuple(rows)))
        # So long ago that it would have been seen, on a line that is not slow.
        grid.slipped_s -= 5.0
        pace.answers = True
        pace.asked(rig.time.now().tick_s - 4.9)
        await rig.fingers("R")
        assert _shown(rig) is None
        pace.answered(rig.time.now().tick_s)
        await rig.fingers("R")
        assert _shown(rig) == grid.cursor_key


def _shown(rig: DoorRig) -> str | None:
    """Whose dialog is open."""
    dialog = rig.app.screen
    return dialog.asked.target.identity if isinstance(dialog, GuardDialog) else None
