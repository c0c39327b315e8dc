"""A dialog that only takes what was meant for it: no paste, nothing typed ahead, no held key."""

from collections import deque
from collections.abc import Callable
from typing import Final, TypeVar

from textual import events
from textual.message import Message
from textual.widgets import Input

from tui.dialogs.dialog import Dialog
from tui.dialogs.key_gate import AT_ONCE, KeyGate
from tui.terminal_quirks import GuardedApp

T = TypeVar("T")

_LOOK_S: Final = 0.05
"""Between two looks whether the terminal has drawn it."""

PASTED: Final = "pasted: type it by hand"

_MOVES: Final = frozenset(
    {"tab", "shift+tab", "up", "down", "left", "right", "home", "end", "backspace", "delete"}
)
"""Keys that change what is typed, or where, and confirm nothing."""

_REMEMBERED: Final = 64
"""Keys that may be on their way through the widgets at once."""


class GatedDialog(Dialog[T]):
    """Every key passes `KeyGate`; escape always counts."""

    DEFAULT_CSS = """
    GatedDialog { align: center middle; background: $qd-background 40%; }
    GatedDialog > Vertical {
        width: 100; max-width: 100%; max-height: 100%; height: auto;
        background: $qd-background; padding: 0 1;
    }
    GatedDialog Input, GatedDialog Input:focus {
        border: none; height: 1; padding: 0; width: 1fr; background: $qd-panel;
    }
    GatedDialog Input:focus { background: $qd-cursor; }
    GatedDialog Horizontal { height: 1; }
    GatedDialog Static { width: auto; height: 1; color: $qd-muted; }
    GatedDialog Press { margin-right: 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.gate = KeyGate()
        self.why_dropped = ""
        """Why something was not taken, in words."""

        self._taken: deque[tuple[str, float]] = deque(maxlen=_REMEMBERED)
        """The last keys that counted, with their times."""

    def on_mount(self) -> None:
        """Keys count once it has stood on the screen for a while."""
        self.hear_later()

    def hear_later(self) -> None:
        """Something new has to be read before any key counts."""
        self.gate.covered()
        self.call_after_refresh(self._written)

    def _written(self) -> None:
        """It was given to the terminal, which may take a while to draw it on a slow line."""
        app = self.app
        self._await(app.ask_whether_drawn() if isinstance(app, GuardedApp) else _at_once)

    def _await(self, is_drawn: Callable[[], bool]) -> None:
        if is_drawn():
            # The time of a message is that of the clock which the times of keys are taken from.
            self.gate.shown(Message().time)
        elif self.is_attached:
            self.set_timer(_LOOK_S, lambda: self._await(is_drawn))

    def hears(self, event: events.Event) -> bool:
        """Whether an input event is for this dialog; asked before anything is done with it."""
        if isinstance(event, events.Key) and event.is_forwarded:
            # It may have been given to the screen that stood here before.
            return event.key == "escape" or (event.key, event.time) in self._taken
        if isinstance(event, events.Key):
            heard = event.key == "escape" or self.gate.hears(
                event.key, event.time, at_once=self.at_once(event)
            )
            self.why_dropped = self.gate.why
            if heard:
                self._taken.append((event.key, event.time))
        elif isinstance(event, events.Paste):
            heard, self.why_dropped = False, PASTED
        elif isinstance(event, (events.MouseDown, events.MouseUp)):
            return self.gate.hears_click(event.time)
        else:
            return True
        if not heard:
            self.dropped()
        return heard

    def at_once(self, event: events.Key) -> int:
        """How many keys like this may come at once: letters of a text on a slow line, and moves."""
        # Without its tab, what is typed next would stand in the field before.
        letter = event.is_printable and isinstance(self.focused, Input)
        return AT_ONCE if letter or event.key in _MOVES else 1

    def dropped(self) -> None:
        """Something was not taken: say so."""


def _at_once() -> bool:
    """Nobody tells when it is drawn."""
    return True
