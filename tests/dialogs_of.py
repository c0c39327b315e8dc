"""Whether all that the dialog of an action has to tell stands on one screen (P10)."""

from collections.abc import Iterator, Mapping
from datetime import UTC

from msgspec.structs import replace
from textual.screen import Screen

from actions.door_state import DoorState
from actions.plan import Plan
from actions.running import Proposal
from tests import snapshot_values as values
from tests.door_fake import FakeDoor
from tests.screen_fakes import FakeEngine, ScreenClock
from tests.screen_rig import NARROW, Rig
from tui.app import QuarterdeckApp
from tui.dialogs.guard import GuardDialog
from tui.dialogs.guard_stage import SMALLEST, Asked
from tui.settings import ScreenSettings


def truths(plan: Plan) -> Iterator[str]:
    """What has to be read before it is confirmed."""
    yield plan.target.environment.upper()
    yield plan.target.identity
    yield plan.undo.words if plan.undo is not None else plan.no_undo
    yield from (one.words for one in plan.remains)
    yield from plan.side_effects
    if plan.counts_down_s:
        yield plan.counts_down


async def untold(shown: Mapping[str, Proposal]) -> list[str]:
    """What of each is not on a screen of 80x24, or does not fit into 60x16."""
    first = next(iter(shown.values()))
    clock = ScreenClock(first.at)
    snapshot = replace(values.snapshot(values.incident()), at=first.at)
    app = QuarterdeckApp(FakeEngine(snapshot), ScreenSettings(operator="ana@bastion"), clock)
    app._door = door = FakeDoor(DoorState())
    found: list[str] = []
    async with app.run_test(size=NARROW) as pilot:
        rig = Rig(app, FakeEngine(snapshot), clock)
        rig.pilot = pilot
        # What lies behind it is nobody's question, and would be drawn for each of them.
        for _ in ("behind", "in its place"):
            await app.push_screen(Screen())
        for name, proposal in sorted(shown.items()):
            door.shown, clock.moment = proposal, proposal.at
            dialog = await _opened(rig, door, clock, proposal.plan)
            found += [
                f"{name} does not fit into {size}"
                for size in (NARROW, SMALLEST)
                if not dialog.fits(*size)
            ]
            found += [f"{name}: {one}" for one in _missing(rig.text(), proposal.plan)]
    return found


async def _opened(rig: Rig, door: FakeDoor, clock: ScreenClock, plan: Plan) -> GuardDialog:
    """In the place of what stands in front."""
    asked = Asked(verb=plan.verb, title=plan.title, target=plan.target, danger=plan.danger)
    dialog = GuardDialog(asked, door, clock, UTC)
    await rig.app.switch_screen(dialog)
    await rig.settle()
    assert dialog.proposal is door.shown
    return dialog


def _missing(text: str, plan: Plan) -> Iterator[str]:
    plain = _squeezed(text)
    yield from (f"{one!r} in\n{text}" for one in truths(plan) if _squeezed(one) not in plain)


def _squeezed(text: str) -> str:
    """Without frames and blanks, where it is folded."""
    return "".join(one for one in text if not one.isspace() and one != "┃")
