"""Pictures of everything that leads to an action, at the four sizes."""

from collections.abc import Awaitable, Callable

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.screen import Screen

from actions.door_state import DoorState
from actions.guard_values import Ask, Standing
from actions.plan import Change, Plan
from actions.running import Phase, Proposal
from actions.verbs import Outcome
from providers.text import Foreign
from tests import snapshot_values as values
from tests.door_fake import (
    FakeDoor,
    busy,
    lease,
    proposal,
    rollback,
    running,
    target,
)
from tests.screen_fakes import FakeEngine, ScreenClock
from tests.screen_rig import NARROW, NORMAL, WIDE
from tests.test_snapshots import Compare, plain_surroundings
from tui.app import QuarterdeckApp
from tui.dialogs.guard import GuardDialog
from tui.dialogs.guard_stage import Asked
from tui.screens.action import ActionScreen
from tui.screens.layout import PaneId
from tui.screens.wall import WallScreen
from tui.settings import ScreenSettings
from widgets.endpoints import EndpointsPane

__all__ = ["plain_surroundings"]

SMALL = (60, 16)
SIZES = [WIDE, NORMAL, NARROW, SMALL]
NAMES = ["160x48", "120x36", "80x24", "60x16"]
ALL = (Ask.LEASE, Ask.REASON, Ask.NAME)
ARMED = DoorState(leases=(lease(),))
THEN = Callable[[QuarterdeckApp, Pilot[int]], Awaitable[None]]


def pictured(
    compare: Compare, door: FakeDoor, size: tuple[int, int], then: THEN, **settings: object
) -> bool:
    """Whether it looks as it did."""
    clock = ScreenClock()
    wanted = ScreenSettings(operator="ana@bastion", **settings)  # type: ignore[arg-type]  # passed on
    engine = FakeEngine(values.snapshot(values.incident()))
    app = QuarterdeckApp(engine, wanted, clock)
    app._door = door

    async def settle(pilot: Pilot[int]) -> None:
        app.tick()
        await pilot.pause()
        await then(app, pilot)
        for _ in range(4):
            await app.workers.wait_for_complete()
            await pilot.pause(0)

    return compare(app, terminal_size=size, run_before=settle)


def shows(screen: Callable[[QuarterdeckApp], Screen[None]]) -> THEN:
    async def then(app: QuarterdeckApp, pilot: Pilot[int]) -> None:
        app.push_screen(screen(app))
        await pilot.pause()

    return then


def guard(door: FakeDoor, **given: str) -> THEN:
    """The dialog of what the door proposes, with its fields filled in."""

    async def then(app: QuarterdeckApp, pilot: Pilot[int]) -> None:
        plan = door.shown.plan
        asked = Asked(verb=plan.verb, title=plan.title, target=plan.target)
        dialog = GuardDialog(asked, door, app.clock)
        app.push_screen(dialog)
        await pilot.pause()
        await app.workers.wait_for_complete()
        for name, value in given.items():
            dialog.query_one(f"#{name}").value = value  # type: ignore[attr-defined]  # an Input
        await pilot.pause()

    return then


def picture_of(compare: Compare, shown: Proposal, size: tuple[int, int], state: DoorState = ARMED,
               **more: object) -> bool:  # fmt: skip
    door = FakeDoor(state, shown)
    return pictured(compare, door, size, guard(door), **more)


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
def test_guard_production(snap_compare: Compare, size: tuple[int, int]) -> None:
    door = FakeDoor(ARMED, proposal(rollback(), Ask.REASON, Ask.NAME))
    given = guard(door, reason="pool change exhausted connections", incident="INC-31", name="ap")
    assert pictured(snap_compare, door, size, given)


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
def test_guard_without_a_lease(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert picture_of(snap_compare, proposal(rollback(), *ALL), size, DoorState())


@pytest.mark.parametrize("size", [NARROW, SMALL], ids=NAMES[2:])
def test_guard_staging(snap_compare: Compare, size: tuple[int, int]) -> None:
    shown = proposal(rollback("staging"), Ask.LEASE, Ask.REASON)
    assert picture_of(snap_compare, shown, size, DoorState())


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
def test_guard_refused(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert picture_of(snap_compare, proposal(rollback(), standing=Standing.BLOCK), size)


@pytest.mark.parametrize("size", [NARROW, SMALL], ids=NAMES[2:])
def test_guard_changed(snap_compare: Compare, size: tuple[int, int]) -> None:
    door = FakeDoor(ARMED, proposal(rollback(), Ask.REASON, Ask.NAME))
    first = guard(door, reason="pool", name="api")

    def moved(plan: Plan) -> Plan:
        return replace(plan, pins=(("live", "dep-c44e1f0"), *plan.pins[1:]))

    async def then(app: QuarterdeckApp, pilot: Pilot[int]) -> None:
        await first(app, pilot)
        door.shown = replace(door.shown, plan=moved(door.shown.plan))
        assert isinstance(app.screen, GuardDialog)
        app.screen.action_look_again()
        await pilot.pause()

    assert pictured(snap_compare, door, size, then)


@pytest.mark.parametrize("size", [NARROW, SMALL], ids=NAMES[2:])
def test_guard_odd_name(snap_compare: Compare, size: tuple[int, int]) -> None:
    odd = rollback(name="\u0430pi\u202e [b]x[/b]")
    changes = (*odd.changes, Change(field="by", before=Foreign(""), after=Foreign("m\u0430ria")))
    assert picture_of(snap_compare, proposal(replace(odd, changes=changes), *ALL), size)


def test_guard_dry_run(snap_compare: Compare) -> None:
    door = FakeDoor(ARMED, proposal(rollback(), Ask.REASON, Ask.NAME))
    first = guard(door)

    async def then(app: QuarterdeckApp, pilot: Pilot[int]) -> None:
        await first(app, pilot)
        assert isinstance(app.screen, GuardDialog)
        app.screen.action_dry_run()

    assert pictured(snap_compare, door, NARROW, then)


def test_guard_ascii(snap_compare: Compare) -> None:
    assert picture_of(snap_compare, proposal(rollback(), *ALL), NARROW, ascii=True)


def test_guard_no_colour(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert picture_of(snap_compare, proposal(rollback(), *ALL), NARROW)


async def at_endpoints(app: QuarterdeckApp, pilot: Pilot[int]) -> None:
    """Go to the endpoints, and wait until their rows are made for the width they have got."""
    await pilot.press("3")
    wall = app.screen
    assert isinstance(wall, WallScreen)
    pane = wall.panes[PaneId.ENDPOINTS]
    assert isinstance(pane, EndpointsPane)
    while not pane.grid.size:
        await pilot.pause(0.01)
    for _ in range(4):
        await pilot.pause(0.02)


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
def test_menu(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def then(app: QuarterdeckApp, pilot: Pilot[int]) -> None:
        await at_endpoints(app, pilot)
        await pilot.press("x")

    assert pictured(snap_compare, FakeDoor(ARMED), size, then)


@pytest.mark.parametrize("size", [NORMAL, SMALL], ids=[NAMES[1], NAMES[3]])
def test_form(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def then(app: QuarterdeckApp, pilot: Pilot[int]) -> None:
        await at_endpoints(app, pilot)
        await pilot.press("x")
        await pilot.press("c")

    assert pictured(snap_compare, FakeDoor(ARMED), size, then)


def test_arm(snap_compare: Compare) -> None:
    async def then(app: QuarterdeckApp, pilot: Pilot[int]) -> None:
        await pilot.press("W", "enter")

    assert pictured(snap_compare, FakeDoor(DoorState()), NARROW, then)


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
def test_running(snap_compare: Compare, size: tuple[int, int]) -> None:
    one = running(Phase.FOLLOWING)
    door = FakeDoor(replace(ARMED, running=(one,)))
    assert pictured(snap_compare, door, size, shows(lambda _: ActionScreen(one)))


@pytest.mark.parametrize("outcome", list(Outcome), ids=[one.value for one in Outcome])
def test_ended(snap_compare: Compare, outcome: Outcome) -> None:
    one = running(Phase.OVER, outcome, "sent, and what became of it is told here")
    door = FakeDoor(replace(ARMED, running=(one,)))
    assert pictured(snap_compare, door, NARROW, shows(lambda _: ActionScreen(one)))


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
def test_activity(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def then(app: QuarterdeckApp, pilot: Pilot[int]) -> None:
        await pilot.press("X", "v")

    assert pictured(snap_compare, FakeDoor(busy()), size, then)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=[NAMES[0], NAMES[2]])
def test_wall_with_actions(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def then(app: QuarterdeckApp, pilot: Pilot[int]) -> None:
        await pilot.press("3")

    assert pictured(snap_compare, FakeDoor(busy()), size, then)


def test_names_are_of_the_targets() -> None:
    assert target().place == "lma/production"
