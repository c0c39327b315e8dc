"""What can be asked of a row, on the wall and in its details alike."""

import math
from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import BindingType
from textual.message import Message

from monitor.care_entries import EntryKind
from monitor.snapshot import AlertView
from providers.readings import SourceId
from tui.bindings import bindings_for, live_commands
from tui.command import Scope
from tui.door_app import NO_DOOR
from tui.screens.bars import hints_of
from tui.screens.caring import NO_ALERT, alert_about, order_of, say
from tui.screens.parts import labelled, muted
from tui.screens.subjects import Subject
from tui.series import USUAL, WINDOWS
from tui.terminal_quirks import CalmScreen
from tui.view import View
from widgets.cells import Cell, Line, Tone
from widgets.frame import Hint

if TYPE_CHECKING:
    from actions.families import Row
    from tui.app import QuarterdeckApp

_NEED_A_ROW = {
    "copy_row": "there is no row to copy",
    "open_link": "there is no row to open a link of",
    "runbook": "there is no row to look up",
}
_UNSEEN_S: Final = 0.8
"""A row that came under the cursor by itself within this was not the one that was looked at."""

_FRAME_S: Final = 0.3
"""By then it was written to the terminal, which may take longer to draw it."""

_CARES = {"acknowledge": EntryKind.ACKNOWLEDGED, "snooze": EntryKind.SNOOZED}


class RowActions(CalmScreen[None]):
    """A screen that is about rows: one of them is meant by every key."""

    DEFAULT_CSS = """
    RowActions { background: $qd-background; }
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Scope.ROWS)

    window_place: int = USUAL
    """Place of the chart's window among `tui.series.WINDOWS`."""

    window_chosen: bool = False
    """Whether the user took a window; until then it fits what there is to show."""

    @property
    def quarterdeck(self) -> "QuarterdeckApp":
        """The app, by its own type."""
        from tui.app import QuarterdeckApp

        if not isinstance(self.app, QuarterdeckApp):
            raise TypeError("this screen belongs to Quarterdeck")
        return self.app

    @property
    def view(self) -> View | None:
        """What was last shown."""
        return self.quarterdeck.view

    @abstractmethod
    def meant(self) -> Subject | None:
        """The row that is meant now."""

    @abstractmethod
    def row_text(self) -> str:
        """The row as it stands on the screen, for copying."""

    def sources_meant(self) -> tuple[tuple[SourceId, ...], str]:
        """What to read again, and how to call it."""
        subject = self.meant()
        return (subject.sources, subject.title) if subject else ((), "")

    def why_not(self, action: str, parameters: tuple[object, ...]) -> str:
        """Why an action can not be done now; empty when it can."""
        subject = self.meant() if action in _NEED_A_ROW else None
        if action in _NEED_A_ROW and subject is None and not self.row_text():
            return _NEED_A_ROW[action]
        if action == "open_link" and not (subject and subject.url):
            return "this row has no page with an https address"
        if action == "runbook" and not (subject and subject.runbook):
            return "the runbook has no line for this row"
        if action in _CARES and self._alert_meant() is None:
            return NO_ALERT
        if action == "refresh_pane" and not self.sources_meant()[0]:
            return "nothing here is read from a source"
        if action in {"actions", "act"}:
            return self._why_no_action(action)
        if action == "window":
            place = self.window_place + (parameters[0] if isinstance(parameters[0], int) else 0)
            return "" if 0 <= place < len(WINDOWS) else "there is no such window"
        return ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """None greys a key whose action can not be done now."""
        return None if self.why_not(action, parameters) else True

    def _why_no_action(self, action: str) -> str:
        app = self.quarterdeck
        if app.door is None:
            return NO_DOOR
        mode = self.view.mode if self.view else None
        if action == "act" and mode is not None and mode.read_only:
            return "read-only: nothing may be changed in any environment; x says more"
        return ""

    def slipped_s(self) -> float:
        """When another row came under the cursor by itself, by the clock of messages."""
        return -math.inf

    def is_looked_at(self) -> bool:
        """Whether the row that is meant has stood there long enough to be seen; says if not."""
        app, age_s = self.quarterdeck, Message().time - self.slipped_s()
        came_s = app.clock.now().tick_s - age_s
        if age_s >= _UNSEEN_S and (math.isinf(age_s) or app.pace.has_drawn(came_s + _FRAME_S)):
            return True
        words = "another row came under the cursor just now: look at it, and press again"
        self.quarterdeck.notify(words, severity="warning")
        return False

    def action_rows(self) -> "tuple[Row, ...]":
        """What is under the cursor, as the families of actions know it."""
        from tui.screens.acting_rows import rows_of

        subject, view = self.meant(), self.view
        if subject is None or view is None or view.pane is None:
            return ()
        return tuple(rows_of(subject, view.pane, view.environment))

    def about_row(self) -> str:
        """What is under the cursor, in words."""
        subject = self.meant()
        return subject.title if subject else self.row_text()[:60]

    def hints_now(self) -> tuple[Hint, ...]:
        """The keys that work now, for the footer; of the actions those that the row offers."""
        offered = self._keys_offered()
        live = (
            each
            for each in live_commands(self)
            if not each.command.id.startswith("act-") or each.command.keys[0] in offered
        )
        mode = self.view.mode if self.view else None
        return hints_of(tuple(live), read_only=mode is None or mode.read_only)

    def _keys_offered(self) -> frozenset[str]:
        # Until somebody asks for an action, what it needs is not loaded.
        door = self.quarterdeck.door
        if door is None or door.catalogue is None or self.quarterdeck.acting is None:
            return frozenset()
        return self.quarterdeck.acting.keys(self.action_rows())

    def action_actions(self) -> None:
        """Show all that can be done to the row."""
        acting = self.quarterdeck.acting
        if acting is not None and self.app.screen is self and self.is_looked_at():
            acting.menu(self.action_rows(), self.about_row())

    def action_act(self, key: str) -> None:
        """Open the action of the row that has this key."""
        acting = self.quarterdeck.acting
        if acting is not None and self.app.screen is self and self.is_looked_at():
            acting.by_key(self.action_rows(), self.about_row(), key)

    def action_refresh_pane(self) -> None:
        """Read what is meant again."""
        sources, what = self.sources_meant()
        self.quarterdeck.read_again(sources, what)

    async def action_copy_row(self) -> None:
        """Copy the row, or what is behind it when that says more."""
        subject = self.meant()
        text = (subject.copy if subject else "") or self.row_text()
        await self.quarterdeck.links.copy(text, subject.title if subject else "the row")

    async def action_open_link(self) -> None:
        """Open or show the row's page."""
        subject = self.meant()
        if subject is not None:
            await self.quarterdeck.links.open(subject.url, subject.title)

    def action_runbook(self) -> None:
        """Say where the runbook speaks of the row."""
        subject = self.meant()
        if subject is not None and self.view is not None:
            self.quarterdeck.open_text("Runbook", runbook_lines(self.view, subject))

    def action_acknowledge(self) -> None:
        """Say that somebody is at the alert."""
        self._care(EntryKind.ACKNOWLEDGED)

    def action_snooze(self) -> None:
        """Hear nothing of the alert for a while."""
        self._care(EntryKind.SNOOZED)

    def _alert_meant(self) -> AlertView | None:
        pane = self.view.pane if self.view else None
        return None if pane is None else alert_about(pane, self.meant())

    def _care(self, kind: EntryKind) -> None:
        from tui.dialogs.care import CareDialog, care_of
        from tui.dialogs.span_form import SpanChoice

        view, alert = self.view, self._alert_meant()
        if view is None or view.pane is None or alert is None or self.app.screen is not self:
            return
        pane = view.pane

        async def decide(choice: SpanChoice | None) -> None:
            if choice is None:
                return
            order = order_of(pane, alert, *care_of(kind, choice), choice.note)
            done, words = await say(self.quarterdeck.engine, order)
            self.quarterdeck.notify(words, severity="information" if done else "warning")

        self.app.push_screen(CareDialog(kind, alert, self.quarterdeck.clock.now()), decide)

    def action_window(self, by: int) -> None:
        """Take a shorter or a longer window."""
        self.window_chosen = True
        self.window_place = max(0, min(self.window_place + by, len(WINDOWS) - 1))
        self.window_changed()

    def window_changed(self) -> None:
        """Draw the chart for the new window."""


def runbook_lines(view: View, subject: Subject) -> tuple[Line, ...]:
    """Where the runbook speaks of a row: document, line, and where the document is."""
    document, _, line = subject.runbook.rpartition(":")
    place = f"line {line}" if line.isdecimal() else subject.runbook
    lines = [
        labelled("about", Cell(subject.title)),
        labelled("runbook", Cell(f"{document or subject.runbook}, {place}", Tone.TITLE)),
    ]
    links = view.pane.spec.links if view.pane else ()
    addresses = [
        Cell(link.url, Tone.ACCENT)
        for link in links
        if link.url and "runbook" in f"{link.title} {link.group}".casefold()
    ]
    unknown = Cell("no address in the configuration", Tone.MUTED)
    lines += [labelled("address", address) for address in addresses or [unknown]]
    return (*lines, (), muted("c: contacts and links, to open or copy an address"))
