"""The list of actions: what nobody knew is read back when asked, a second person agrees."""

from asyncio import Event
from functools import partial
from pathlib import Path

import pytest

from actions.agreement import asked
from actions.audit import Audit
from actions.audit_entries import AuditKind, Author
from actions.plan import Plan
from actions.verbs import Outcome, Sent, Settled, State
from tests.door_rig import DoorRig, acting
from tests.screen_rig import WIDE
from tests.test_acting import restarted
from tests.values_actions import target
from tui.dialogs.saying import SayDialog


async def test_what_nobody_knew_is_read_back_when_somebody_asks(tmp_path: Path) -> None:
    told, looks, may_go_on = [Settled(state=State.PENDING, words="nothing so far")], [0], Event()
    may_go_on.set()

    async def settled(plan: Plan, sent: Sent | None) -> Settled:
        del plan, sent
        looks[0] += 1
        await may_go_on.wait()
        return told[-1]

    async with acting(tmp_path, size=WIDE) as rig:
        rig.verb.settle_s, rig.verb.settled = 0.05, settled  # type: ignore[method-assign]
        await restarted(rig)
        await rig.door.refresh()
        await rig.fingers("escape", "X")
        await rig.until(lambda: "r read back" in rig.text())
        may_go_on.clear()
        looks[0] = 0
        await rig.fingers("home", "down", *"rrrr")
        may_go_on.set()
        await rig.until(lambda: "read back: it may have been sent" in _said(rig))
        assert looks == [1]
        before = rig.door.state
        assert len(before.unsettled) == 1

        told.append(Settled(state=State.DONE, words="restarted at 03:12"))
        await rig.fingers("r")
        await rig.until(lambda: "read back: done: restarted at 03:12" in _said(rig))
        outcome = [one for one in rig.read() if one.kind is AuditKind.OUTCOME][-1]
        assert (outcome.outcome, outcome.words) == (
            "done",
            "read back when asked: restarted at 03:12",
        )
        await rig.door.refresh()
        after = rig.door.state
        assert not after.unsettled
        assert after.running[-1].outcome is Outcome.DONE
        await rig.fingers("home", "r")
        await rig.until(lambda: "nothing here has an end that nobody knows" in _said(rig))
        assert len(rig.service.posts) == 1


def _said(rig: DoorRig) -> str:
    return "\n".join(one.text for one in rig.app.notices)


@pytest.mark.parametrize("asker", ["bo", "ana"])
async def test_a_second_person_agrees_in_the_list_and_nobody_to_themselves(
    tmp_path: Path, asker: str
) -> None:
    async with acting(tmp_path, size=WIDE) as rig:
        plan = await rig.door.plan("restart-api", target(), {})
        other = Author(operator=asker, login=asker, host="bastion", session="other")
        book = Audit(tmp_path / "audit.jsonl", other, rig.time, patience_s=10)
        book.decide(partial(asked, plan, other))
        await rig.door.refresh()
        await rig.fingers("X")
        await rig.until(lambda: "to be agreed" in rig.text())
        await rig.fingers("home", "down", "enter")
        if asker == "ana":
            await rig.until(lambda: "You asked for it" in rig.text())
            assert not isinstance(rig.app.screen, SayDialog)
            return
        assert isinstance(rig.app.screen, SayDialog), rig.text()
        assert "bo@bastion asks a second person" in rig.text()
        assert "Sent in this order, and nothing else (1)" in rig.text()
        rig.wait_a_moment()
        await rig.write("looked at it with bo")
        await rig.fingers("enter", "enter")
        await rig.until(lambda: any(one.kind is AuditKind.APPROVAL for one in rig.read()))
        agreed = rig.read()[-1]
        assert (agreed.login, agreed.fingerprint) == ("ana", plan.fingerprint)
        assert agreed.reason == "looked at it with bo"


async def test_what_does_not_fit_is_read_to_its_end_before_anybody_agrees(tmp_path: Path) -> None:
    async with acting(tmp_path, size=(60, 16)) as rig:
        plan = await rig.door.plan("restart-api", target(), {})
        other = Author(operator="bo", login="bo", host="bastion", session="other")
        Audit(tmp_path / "audit.jsonl", other, rig.time, patience_s=10).decide(
            partial(asked, plan, other)
        )
        await rig.door.refresh()
        await rig.fingers("X")
        await rig.until(lambda: rig.door.state.wanted)
        await rig.fingers("home", "down", "enter")
        assert isinstance(rig.app.screen, SayDialog), rig.text()
        rig.wait_a_moment()
        await rig.write("fine")
        assert "read on with pgdn" in rig.text()
        await rig.fingers("enter", "enter")
        assert isinstance(rig.app.screen, SayDialog)
        for _ in range(9):
            await rig.fingers("pagedown")
        assert "read on with pgdn" not in rig.text()
        await rig.fingers("enter", "enter")
        await rig.until(lambda: any(one.kind is AuditKind.APPROVAL for one in rig.read()))
