"""What a person asks of the door wherever they are: arming, the list of actions, leaving."""

from typing import TYPE_CHECKING

from actions.audit import AuditTrouble
from actions.lease import LeaseRefused
from monitor.workspace import EnvironmentSpec
from tui.dialogs.lease import Arming, LeaseDialog
from tui.door_link import NoDoor
from tui.door_words import clock_left
from tui.messages import Choice

if TYPE_CHECKING:
    from tui.app_actions import CommandedApp
    from tui.door_screens import ScreenDoor

_ARM, _DISARM = "arm/", "disarm/"


def choose_environment(app: "CommandedApp", door: "ScreenDoor") -> None:
    """Choose what to arm or disarm; the environment in focus stands first."""
    pane = app.view.pane if app.view else None
    if pane is None:
        return
    workspace = pane.spec.name
    environments = sorted(pane.spec.environments, key=lambda one: one.name != app.environment)
    choices = [each for one in environments for each in _choices(app, door, workspace, one)]
    named = {one.name: one for one in environments}

    async def decide(key: str | None) -> None:
        if key is None:
            return
        if key.startswith(_DISARM):
            await _disarm(app, door, workspace, key.removeprefix(_DISARM))
            return
        environment = named[key.removeprefix(_ARM)]
        refused = door.refusal(workspace, environment.name)
        if refused:
            app.notify(refused, severity="warning")
        else:
            _arm(app, door, workspace, pane.spec.title, environment)

    app.choose(f"Arm {pane.spec.title}", choices, decide)


def _choices(
    app: "CommandedApp", door: "ScreenDoor", workspace: str, environment: EnvironmentSpec
) -> list[Choice]:
    now, state = app.clock.now(), door.state
    leases = () if state is None else state.leases
    place = f"{workspace}/{environment.name}"
    held = next((one for one in leases if one.place == place and one.holds(now)), None)
    label = f"{environment.label} {environment.name}"
    key = f"{_ARM}{environment.name}"
    if held is None:
        note = door.refusal(workspace, environment.name) or "not armed"
        return [Choice(key=key, label=f"Arm {label}", note=note)]
    note = f"armed, {clock_left(held.left_s(now))} left"
    return [
        Choice(key=f"{_DISARM}{environment.name}", label=f"Disarm {label}", note=note),
        Choice(key=key, label=f"Arm {label} anew", note=held.reason),
    ]


async def _disarm(app: "CommandedApp", door: "ScreenDoor", workspace: str, name: str) -> None:
    try:
        was = await door.disarm(workspace, name)
    except (AuditTrouble, NoDoor) as error:
        app.notify(f"disarmed {name}, but: {error}", severity="error")
        return
    app.notify(f"{name} is disarmed" if was else f"{name} was not armed any more")
    app.draw()


def _arm(
    app: "CommandedApp",
    door: "ScreenDoor",
    workspace: str,
    title: str,
    environment: EnvironmentSpec,
) -> None:
    name = environment.name

    async def arm(given: Arming | None) -> None:
        if given is None:
            return
        try:
            await door.arm(
                workspace,
                name,
                reason=given.reason,
                minutes=given.minutes,
                incident=given.incident,
            )
        except (LeaseRefused, AuditTrouble, NoDoor) as error:
            app.notify(f"not armed: {error}", severity="error")
        else:
            app.notify(f"{workspace}/{name} is armed for {given.minutes:g} min")
            app.draw()

    most = door.lease_s(workspace, name) / 60
    dialog = LeaseDialog(title, name, production=environment.production, most=most)
    app.push_screen(dialog, arm)


def under_way(door: "ScreenDoor | None") -> str:
    """What is being carried out, in words; empty: nothing."""
    state = None if door is None else door.state
    titles = [] if state is None else [one.plan.title for one in state.running if not one.over]
    return ", ".join(titles)


def ask_to_leave(app: "CommandedApp", what: str) -> None:
    """Say what is under way; leaving waits a little for it and never cuts it off in silence."""
    stay, leave = "stay", "leave"
    choices = (
        Choice(key=stay, label="Stay", note="it goes on either way; X shows it"),
        Choice(key=leave, label="Leave", note="waits 8 s; the next start follows it"),
    )

    def decide(key: str | None) -> None:
        if key == leave:
            app.exit(return_code=0)

    app.choose(f"Under way: {what}", choices, decide, current=stay)
