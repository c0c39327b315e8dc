"""The guard's dialog: what will happen, to what, and everything that has to be given on purpose.

It decides nothing: what it shows is what the guard says, and what was given goes back to it.
"""

from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.widgets import Input

from actions.audit import AuditTrouble
from actions.guard_values import Ask, Verdict
from actions.lease import LeaseRefused
from actions.running import Proposal
from actions.verbs import Unplannable
from monitor.words import clock_words
from providers.clock import Clock
from providers.errors import ProviderError
from tui.dialogs.guard_changed import differences
from tui.dialogs.guard_face import GuardFace
from tui.dialogs.guard_form import Given, minutes_of
from tui.dialogs.guard_stage import AWAITED_S, COUNT_S, COUNTED, LOOK_AGAIN_S, Asked, Stage
from tui.dialogs.key_gate import HELD_S
from tui.dialogs.press import Press
from tui.door_link import NoDoor
from widgets.cells import Cell, Line, Tone
from widgets.glyphs import glyphs_of

if TYPE_CHECKING:
    from tui.door_screens import ScreenDoor

_TICK_S: Final = 1.0


class GuardDialog(GuardFace):
    """Shows one action and takes what the guard asks for; gives the action that was begun.

    Args:
        asked: The action.
        door: Plans it, and begins it.
        clock: For ages.
        zone: Of the times.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("ctrl+r", "look_again", "Look again", show=False, priority=True),
    ]

    def __init__(self, asked: Asked, door: "ScreenDoor", clock: Clock, zone: tzinfo = UTC) -> None:
        super().__init__(asked, door, clock)
        self._zone = zone

    def on_mount(self) -> None:
        """Look at the target."""
        self.action_look_again()
        self.set_interval(_TICK_S, self.tick)

    def tick(self) -> None:
        """Once a second: ages, the lease, the countdown, and whether to look again."""
        if self.stage is Stage.COUNTING:
            if self._counted_from.age_s(self._clock.now()) >= COUNT_S:
                self._go()
        elif self.stage is Stage.SHOWN and self._is_old():
            self.action_look_again()
        self.draw()

    def _is_old(self) -> bool:
        proposal = self.proposal
        if proposal is None or proposal.decision.verdict is Verdict.REFUSE:
            return False
        lease_is_over = Ask.LEASE not in proposal.decision.asks and not self.left_s()
        awaited = Ask.APPROVAL in proposal.decision.asks
        longest_s = AWAITED_S if awaited else LOOK_AGAIN_S
        return lease_is_over or proposal.at.age_s(self._clock.now()) > longest_s

    def action_look_again(self) -> None:
        """Plan it anew, and ask the guard anew."""
        if not self._looking and self.stage in {Stage.LOOKING, Stage.SHOWN, Stage.FAILED}:
            self._looking = True
            self.draw()
            self.run_worker(self._propose(), name="propose")

    async def _propose(self) -> None:
        asked = self.asked
        try:
            found = await self._door.propose(asked.verb, asked.target, dict(asked.parameters))
        except (Unplannable, ProviderError, AuditTrouble, NoDoor) as error:
            self._fail(error.sentence if isinstance(error, ProviderError) else str(error))
        else:
            self._take(found)
        finally:
            self._looking = False
            self.draw()

    def _fail(self, words: str) -> None:
        """Nothing was sent, and this is why."""
        if self.stage is not Stage.COUNTING:
            self._trouble, self.stage = words, Stage.FAILED
            self._cancel.focus()
            self.draw()

    def _take(self, found: Proposal) -> None:
        """Show what was found; what was typed for another plan is forgotten."""
        if self.stage in {Stage.COUNTING, Stage.STARTING}:
            return
        before, self.proposal = self.proposal, found
        changed = () if before is None else differences(before.plan, found.plan)
        if changed:
            self._notes = tuple(self._news(words) for words in changed)
            self._fields.clear()
        elif before is not None:
            at = clock_words(found.at.at, self._zone)
            self._notes = ((Cell(f"looked again {at}, nothing has changed", Tone.MUTED),),)
        verdict = found.decision.verdict
        fresh = before is None or changed or before.decision.verdict is not verdict
        self._trouble, self.stage = "", Stage.SHOWN
        self._fields.ask(found.decision.asks)
        if fresh:
            self._cancel.focus()
            self.hear_later()

    def _news(self, words: str) -> Line:
        sign = glyphs_of(self.app).critical
        return (Cell(f"{sign} changed since it was shown: {words}", Tone.CRITICAL, bold=True),)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Something was typed: is it enough?"""
        event.stop()
        self.draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter confirms behind the name; elsewhere it goes on, behind the last to the button."""
        event.stop()
        if event.input.id != "name":
            last = self._fields.is_last(event.input.id or "")
            if last and not self._confirm.disabled:
                # The same key, held down, must not press what it has just brought under itself.
                self.gate.shown(event.time, HELD_S)
                self._confirm.focus()
            else:
                self.focus_next()
        elif self._fields.at_end_of_name():
            self._confirmed()

    def on_press_pressed(self, event: Press.Pressed) -> None:
        """A button."""
        event.stop()
        if event.press is self._cancel:
            self.action_cancel()
        else:
            self._confirmed()

    def _confirmed(self) -> None:
        """It was confirmed: begin it at once, or after a time to take it back."""
        self.draw()
        if self.stage is not Stage.SHOWN or self.missing() or self.proposal is None:
            return
        self.hear_later()
        if self.proposal.plan.danger in COUNTED:
            self.stage = Stage.COUNTING
            self._counted_from = self._clock.now()
            self._cancel.focus()
            self.draw()
        else:
            self._go()

    def _go(self) -> None:
        if self.proposal is not None and self.stage is not Stage.STARTING:
            self.stage = Stage.STARTING
            self.draw()
            self.run_worker(self._begin(self.proposal, self._fields.given), name="begin")

    async def _begin(self, proposal: Proposal, given: Given) -> None:
        target, door = self.asked.target, self._door
        reason, incident = given.reason.strip(), given.incident.strip()
        confirmation = proposal.confirmed(reason=reason, typed=given.name, incident=incident)
        try:
            if Ask.LEASE in proposal.decision.asks:
                minutes = minutes_of(given.minutes, self._most) or 0.0
                await door.arm(
                    target.workspace, target.environment,
                    reason=reason, minutes=minutes, incident=incident,
                )  # fmt: skip
            running = await door.start(proposal, confirmation)
        except (LeaseRefused, AuditTrouble, Unplannable, NoDoor) as error:
            self._fail(str(error))
        else:
            self.dismiss(running)

    def action_cancel(self) -> None:
        """Close; nothing is sent, and the audit has that somebody said no."""
        if self.stage is Stage.STARTING:
            return
        proposal = self.proposal
        if proposal is not None and proposal.decision.verdict is not Verdict.REFUSE:
            counting = self.stage is Stage.COUNTING
            why = "cancelled after it was confirmed" if counting else "cancelled in the dialog"
            self.app.run_worker(_say_no(self._door, proposal, why), name="cancelled")
        self.dismiss(None)


async def _say_no(door: "ScreenDoor", proposal: Proposal, why: str) -> None:
    """Have it written down; the program may be ending."""
    try:
        await door.cancelled(proposal, why)
    except (AuditTrouble, NoDoor):
        return
