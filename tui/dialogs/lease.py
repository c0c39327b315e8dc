"""Arm an environment for a while: why, for how long, and for which incident."""

from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input

from actions.guard_values import Ask
from actions.names import says_something
from tui.dialogs.gated import GatedDialog
from tui.dialogs.guard_fields import GuardFields
from tui.dialogs.guard_form import minutes_of
from tui.dialogs.press import Press
from tui.dialogs.said_line import SaidLine
from tui.screens.page import Page
from widgets.cells import Cell, Line, Tone


class Arming(Struct, frozen=True, kw_only=True):
    """What was given."""

    reason: str
    minutes: float
    incident: str


class LeaseDialog(GatedDialog[Arming | None]):
    """Asks for what a lease needs; nothing outside is touched by it.

    Args:
        workspace: Its title.
        environment: Which.
        production: Whether it is loud.
        most: Minutes that it may be armed for at most.
    """

    DEFAULT_CSS = """
    LeaseDialog > Vertical { border: heavy $qd-warning; width: 82; }
    LeaseDialog > Vertical.-production { border: heavy $qd-critical; }
    LeaseDialog Page { height: 2; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Cancel", show=False),
        Binding("down", "app.focus_next", "Next", show=False),
        Binding("up", "app.focus_previous", "Previous", show=False),
    ]

    def __init__(self, workspace: str, environment: str, *, production: bool, most: float) -> None:
        super().__init__()
        self._workspace = workspace
        self._environment = environment
        self._production = production
        self._most = most
        self._page = Page(scrolls=False)
        self._fields = GuardFields("", most)
        self._said = SaidLine()
        tone = Tone.CRITICAL if production else Tone.WARNING
        self._arm = Press(f"Arm {environment}", tone, id="arm")

    def compose(self) -> ComposeResult:
        """What it means, the fields, the buttons."""
        with Vertical() as frame:
            frame.set_class(self._production, "-production")
            frame.border_title = Content(f"Arm {self._workspace}  {self._environment.upper()}")
            frame.border_subtitle = Content("tab next field · esc cancel")
            yield self._page
            yield self._fields
            yield self._said
            with Horizontal():
                yield Press("Cancel", id="cancel")
                yield self._arm

    def on_mount(self) -> None:
        """Typing goes to the reason."""
        self._fields.ask({Ask.LEASE, Ask.REASON})
        self._page.show(_meant(self._most))
        self._fields.query_one("#reason", Input).focus()
        self._draw()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Something was typed: is it enough?"""
        event.stop()
        self._draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on to the next field, and behind the last one to the button."""
        event.stop()
        if self._missing() or event.input.id != "minutes":
            self.focus_next()
        else:
            self._arm.focus()

    def on_press_pressed(self, event: Press.Pressed) -> None:
        """A button."""
        event.stop()
        given = self._fields.given
        minutes = minutes_of(given.minutes, self._most)
        if event.press is not self._arm:
            self.dismiss(None)
        elif not self._missing() and minutes is not None:
            reason, incident = given.reason.strip(), given.incident.strip()
            self.dismiss(Arming(reason=reason, minutes=minutes, incident=incident))

    def action_close(self) -> None:
        """Arm nothing."""
        self.dismiss(None)

    def dropped(self) -> None:
        """A key did not count."""
        self._said.say((Cell(f"not taken: {self.why_dropped}", Tone.WARNING),))

    def _missing(self) -> str:
        given = self._fields.given
        if not says_something(given.reason):
            return "a reason is missing"
        if minutes_of(given.minutes, self._most) is None:
            return f"for how long? 1 to {self._most:g} minutes"
        return ""

    def _draw(self) -> None:
        why = self._missing()
        self._arm.disabled = bool(why)
        self._said.say((Cell(why, Tone.WARNING),) if why else ())


def _meant(most: float) -> tuple[Line, ...]:
    return (
        (
            Cell(
                "Actions may be confirmed there until the time is up; each still asks.", Tone.MUTED
            ),
        ),
        (Cell(f"At most {most:g} minutes. It stands in the audit.", Tone.MUTED),),
    )
