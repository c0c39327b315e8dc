"""What can be done about an action that was begun: take back, read back, say something of it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final

from actions.audit import AuditTrouble
from actions.audit_entries import AuditEntry
from actions.door_state import Wanted
from actions.plan import Undo
from actions.verbs import Unplannable
from tui.dialogs.saying import SayDialog, Saying
from tui.door_link import NoDoor
from tui.screens.row_actions import RowActions
from widgets.cells import Cell, Line, Tone

if TYPE_CHECKING:
    from tui.door_screens import ScreenDoor

_READING: Final = "read back"
_LOOK_FIRST = "Look there first. What you found is written down, and it is not shown any more."


class Deeds(RowActions):
    """A screen that shows actions."""

    def undo_meant(self) -> Undo | None:
        """The inverse of the one that is meant."""
        return None

    def unknown_meant(self) -> str:
        """The request whose end nobody knows, of the one that is meant; empty: none."""
        return ""

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """What there is nothing of here."""
        if action == "undo":
            return "" if self.undo_meant() else "there is nothing to take back here"
        if action == "read_back":
            return "" if self.unknown_meant() else "nothing here has an end that nobody knows"
        if action in {"actions", "act"}:
            return "not here: go back to the row"
        return super().why_not(action, parameters)

    def action_undo(self) -> None:
        """Look at taking it back."""
        undo, acting = self.undo_meant(), self.quarterdeck.acting
        if undo is not None and acting is not None and self.app.screen is self:
            acting.take_back(undo)

    def action_read_back(self) -> None:
        """Ask the other side now what became of it."""
        request = self.unknown_meant()
        if request and not any(one.group == _READING for one in self.workers):
            # One at a time: a key that is held down would use up the vendor's requests.
            self.run_worker(self._read_back(request), name=_READING, group=_READING)

    async def _read_back(self, request: str) -> None:
        door = self.quarterdeck.door
        if door is None:
            return
        try:
            found = await door.look_again(request)
        except (AuditTrouble, NoDoor, Unplannable) as error:
            self.quarterdeck.notify(f"not read back: {error}", severity="warning")
        else:
            self.quarterdeck.notify(f"read back: {found}")

    def settle(self, request: str, known: Sequence[Line]) -> None:
        """Somebody looked: what they found puts an end to it."""
        lines = (*(line for line in known if line), (Cell(_LOOK_FIRST, Tone.MUTED),))
        saying = Saying(
            title="Outcome not known",
            lines=lambda _width: lines,
            label="Found",
            hint="what you found, and where",
            button="It is settled",
            missing="what was found is missing",
        )

        async def said(door: "ScreenDoor", words: str) -> str:
            entry = await door.settle(request, words)
            return _noted(entry, "settled")

        self._say(saying, said)

    def agree(self, wanted: Wanted, lines: Callable[[int], Sequence[Line]]) -> None:
        """The second person's word for a plan, once all of it was in view."""
        saying = Saying(
            title=f"{wanted.who} asks a second person",
            lines=lines,
            label="Reason",
            hint="why you agree, for the audit",
            button="I agree",
            missing="a reason is missing",
        )

        async def said(door: "ScreenDoor", words: str) -> str:
            entry = await door.approve(wanted.fingerprint, words)
            return _noted(entry, "agreed to, for an hour and one action")

        self._say(saying, said)

    def _say(self, saying: Saying, work: Callable[["ScreenDoor", str], Awaitable[str]]) -> None:
        def given(words: str | None) -> None:
            if words:
                self.run_worker(self._written(work, words), name="said")

        self.app.push_screen(SayDialog(saying), given)

    async def _written(
        self, work: Callable[["ScreenDoor", str], Awaitable[str]], words: str
    ) -> None:
        door = self.quarterdeck.door
        if door is None:
            return
        try:
            self.quarterdeck.notify(await work(door, words))
        except (AuditTrouble, NoDoor, Unplannable) as error:
            self.quarterdeck.notify(f"not written: {error}", severity="error")


def _noted(entry: AuditEntry, what: str) -> str:
    return f"{entry.what}: {what}, #{entry.seq} of the audit"
