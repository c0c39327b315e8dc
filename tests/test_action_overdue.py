"""What the wall says of actions that nobody may overlook."""

from datetime import UTC, timedelta

from msgspec.structs import replace

from actions.door_state import DoorState, Left
from actions.plan import Remaining, Undo
from actions.running import Phase, Running
from actions.verbs import Outcome
from monitor.snapshot import Snapshot
from providers.clock import Moment
from providers.text import Foreign
from tests import snapshot_values
from tests.fakes import START
from tests.snapshot_values import NOW
from tests.values_actions import plan, target
from tui.door_words import told_of
from tui.screens.bars import own_banner
from tui.view import View
from widgets.cells import plain


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
    assert "autodeploy is off since" in before
    assert "eve is an administrator, due" in said(3_599, admin)
    after = said(3_600, autodeploy, admin)
    assert " OVERDUE " in after
    assert "eve is an administrator: to be ended by" in after
    assert "1 more" in after


def test_the_target_is_named_once() -> None:
    named = replace(target(), name=Foreign("#incidents"))
    lost = Running(
        id="r1", plan=replace(plan(), target=named, title="Post to #incidents"), reason="down",
        phase=Phase.RECONCILING, began=Moment(at=START, tick_s=0.0), outcome=Outcome.UNKNOWN,
        words="no answer in time",
    )  # fmt: skip
    line = told_of(DoorState(running=(lost,)), "lma", UTC, START)
    assert "".join(cell.text for cell in line).count("#incidents") == 1


def test_a_lost_answer_is_told_while_it_is_still_looked_for() -> None:
    lost = Running(
        id="r1", plan=plan(), reason="down", phase=Phase.RECONCILING,
        began=Moment(at=START, tick_s=0.0), outcome=Outcome.UNKNOWN, words="no answer in time",
    )  # fmt: skip

    def banner(running: Running, workspace: str) -> str:
        line = told_of(DoorState(running=(running,)), workspace, UTC, START)
        return "".join(cell.text for cell in line)

    assert " UNKNOWN " in banner(lost, "lma")
    assert "no answer in time" in banner(lost, "lma")
    assert banner(lost, "localloop") == ""
    followed = replace(lost, phase=Phase.FOLLOWING, outcome=None)
    assert banner(followed, "lma") == ""
    assert banner(replace(lost, phase=Phase.OVER, outcome=Outcome.DONE), "lma") == ""


def test_what_was_done_outside_is_told_before_what_is_amiss_in_here() -> None:
    left_behind = told_of(DoorState(left=(left(None, "autodeploy is off"),)), "lma", UTC, START)

    def banner(snapshot: Snapshot) -> str:
        view = View(snapshot=snapshot, workspace="lma", now=NOW, told=left_behind)
        return plain(own_banner(view, (160, 48), too_small=False))

    for_good = replace(snapshot_values.snapshot(), history_problem="only read here")
    assert " LEFT BEHIND " in banner(for_good)
    assert " LEFT BEHIND " in banner(snapshot_values.broken_config())
    assert " OFFLINE " in banner(snapshot_values.offline()), "then nothing is judged"
