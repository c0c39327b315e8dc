"""What the header and the banner say of actions. Pure."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Final

from monitor.words import minute_words
from monitor.workspace import EnvironmentSpec
from providers.clock import Moment
from tui.view import Mode
from widgets.cells import Cell, Line, Tone

if TYPE_CHECKING:
    from actions.door_state import DoorState, Left
    from tui.door_screens import ScreenDoor

READ_ONLY: Final = "READ-ONLY"
_READ: Final = "READ"
_MOST_ARMED: Final = 2

_Said = tuple[str, str, Tone]
"""A label, what it says, and how loud."""


def mode_of(
    door: "ScreenDoor",
    state: "DoorState | None",
    workspace: str,
    environments: tuple[EnvironmentSpec, ...],
    now: Moment,
) -> Mode:
    """Whether anything may be changed in a workspace: armed for how long, or not at all."""
    labels = {one.name: one.label for one in environments}
    armed = sorted(
        (one.left_s(now), labels.get(one.environment, one.environment))
        for one in (() if state is None else state.leases)
        if one.workspace == workspace and one.holds(now)
    )
    if armed:
        words = " ".join(f"{label} {clock_left(left_s)}" for left_s, label in armed[:_MOST_ARMED])
        return Mode(word=f"ARMED {words}", armed=True)
    forbidden = all(door.refusal(workspace, one.name) for one in environments)
    return Mode(word=READ_ONLY if forbidden else _READ, read_only=forbidden)


def is_overdue(one: "Left", now: datetime | None) -> bool:
    """Whether it should have been put right by now, such as a temporary administrator."""
    until = one.remaining.until
    return until is not None and now is not None and now >= until


def clock_left(left_s: float) -> str:
    """What is left, as on a clock: `04:51`."""
    whole = max(0, int(left_s))
    return f"{whole // 60:02d}:{whole % 60:02d}"


def told_of(
    state: "DoorState | None", workspace: str, zone: tzinfo, now: datetime | None = None
) -> Line:
    """What nobody may overlook: trouble, outcomes not known, what was left behind; may be empty.

    What was to end by now and did not comes before what is only there.
    """
    if state is None:
        return ()
    said: list[_Said] = []
    if state.trouble:
        said.append((" NO ACTIONS ", state.trouble, Tone.CRITICAL))
    said += [*_unknown(state, workspace, zone), *_left_behind(state, workspace, zone, now)]
    if not said:
        return ()
    label, words, tone = said[0]
    more = f" (and {len(said) - 1} more: X)" if len(said) > 1 else ""
    return (
        Cell(" "),
        Cell(label, tone, bold=True, reverse=True),
        Cell(f" {more.strip()} {words}".replace("  ", " ") if more else f" {words}", tone),
    )


def _titled(title: str, name: str) -> str:
    """What was done to what; a title that names it already is enough."""
    return title if name.partition(" ")[0] in title else f"{title} {name}"


def _unknown(state: "DoorState", workspace: str, zone: tzinfo) -> Iterator[_Said]:
    """Outcomes that nobody knows, of what is still being looked for as well."""
    for lost in state.running:
        target = lost.plan.target
        if not lost.over and lost.outcome is not None and target.workspace in {workspace, ""}:
            what = _titled(lost.plan.title, target.name.line(40))
            words = f"{what}: not known so far. {lost.words}"
            yield " ? UNKNOWN ", words, Tone.WARNING
    for one in state.unsettled:
        if one.workspace in {workspace, ""}:
            at, seen = minute_words(one.since, zone).strip(), state.seen(one.request)
            what = f"{_titled(one.title, one.target_name)} {at}"
            if seen:
                yield " SENT ", f"{what}: under way, followed. {seen}", Tone.ACCENT
            else:
                yield " ? UNKNOWN ", f"{what}: outcome not known. {one.words}", Tone.WARNING


def _left_behind(
    state: "DoorState", workspace: str, zone: tzinfo, now: datetime | None
) -> Iterator[_Said]:
    """What is to be put right; what should have been by now comes first."""
    late = [one for one in state.left if is_overdue(one, now)]
    for one in (*late, *(one for one in state.left if one not in late)):
        if one.workspace not in {workspace, ""}:
            continue
        # The same service stands in more than one environment.
        what = (
            f"{one.environment}: {one.remaining.words}" if one.environment else one.remaining.words
        )
        if one in late:
            at = minute_words(one.remaining.until or one.since, zone).strip()
            words = f"{what}: to be ended by {at} · X to undo"
            yield " OVERDUE ", words, Tone.CRITICAL
        else:
            until = one.remaining.until
            at = minute_words(until or one.since, zone).strip()
            words = f"{what}{', due' if until else ' since'} {at} · X to undo"
            yield " LEFT BEHIND ", words, Tone.WARNING
