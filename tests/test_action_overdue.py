"""What an action left behind with an end is told louder once that end has passed."""

from datetime import UTC, timedelta

from actions.door_state import DoorState, Left
from actions.plan import Remaining, Undo
from tests.fakes import START
from tests.values_actions import target
from tui.door_words import told_of


def left(until_s: float | None, words: str) -> Left:
    until = None if until_s is None else START + timedelta(seconds=until_s)
    undo = Undo(verb="revoke-admin", target=target(), words="make them a user again")
    return Left(
        request=words, workspace="lma", environment="production", since=START, who="ana",
        remaining=Remaining(words=words, undo=undo, until=until),
    )  # fmt: skip


def said(at_s: float, *lefts: Left) -> str:
    line = told_of(DoorState(left=lefts), "lma", UTC, START + timedelta(seconds=at_s))
    return "".join(cell.text for cell in line)


def test_a_temporary_administrator_is_overdue_from_the_second_on() -> None:
    admin, autodeploy = left(3_600, "eve is an administrator"), left(None, "autodeploy is off")
    before = said(3_599, autodeploy, admin)
    assert " LEFT BEHIND " in before
    assert "autodeploy is off" in before
    after = said(3_600, autodeploy, admin)
    assert " OVERDUE " in after
    assert "eve is an administrator: to be ended by" in after
    assert "1 more" in after
