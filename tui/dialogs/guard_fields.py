"""The fields of the guard's dialog: reason, incident, minutes to arm for, the name."""

from collections.abc import Collection

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalGroup
from textual.content import Content
from textual.widgets import Input, Static

from actions.guard_values import Ask
from tui.dialogs.guard_form import LONGEST_NAME, LONGEST_REASON, USUAL_MINUTES, Given

_LONGEST_INCIDENT = 60
_MOST_TYPED = 80


class GuardFields(VerticalGroup):
    """A line each; only what the guard asks for is shown.

    Args:
        name: What is typed to confirm.
        most: Minutes that may be armed at most.
    """

    DEFAULT_CSS = """
    GuardFields { height: auto; }
    GuardFields #minutes { width: 6; }
    GuardFields #incident { width: 16; }
    GuardFields #name { margin-right: 1; }
    """

    def __init__(self, name: str, most: float) -> None:
        super().__init__()
        short = name if len(name) <= LONGEST_NAME else "it"
        self._label = Static(Content(f"Type {short} ".ljust(9)))
        self._reason = _field("reason", "why, for the audit", LONGEST_REASON)
        self._incident = _field("incident", "if there is one", _LONGEST_INCIDENT)
        self._minutes = _field("minutes", "", 6)
        self._minutes.value = f"{min(USUAL_MINUTES, most):g}"
        self._arming = Static(Content("Arm for minutes "))
        self._typed = _field("name", "", _MOST_TYPED)
        self._second = Horizontal()

    def compose(self) -> ComposeResult:
        """Two lines, so that more of what will happen is in view."""
        with Horizontal():
            yield Static(Content("Reason   "))
            yield self._reason
            yield Static(Content(" Incident "))
            yield self._incident
        with self._second:
            yield self._label
            yield self._typed
            yield self._arming
            yield self._minutes

    @property
    def given(self) -> Given:
        """What stands in them."""
        return Given(
            reason=self._reason.value,
            incident=self._incident.value,
            minutes=self._minutes.value,
            name=self._typed.value,
        )

    @property
    def lines(self) -> int:
        """How many lines they take."""
        return 1 + int(self._second.display)

    @property
    def asks_name(self) -> bool:
        """Whether the name has to be typed."""
        return self._typed.display

    def is_last(self, name: str) -> bool:
        """Whether no field is shown behind this one."""
        fields = [one for one in self.query(Input) if one.display]
        shown = [one.id for one in fields if one.parent is not None and one.parent.display]
        return bool(shown) and shown[-1] == name

    def ask(self, asks: Collection[Ask]) -> None:
        """Show the fields of what is asked for."""
        self._arming.display = self._minutes.display = Ask.LEASE in asks
        self._label.display = self._typed.display = Ask.NAME in asks
        self._second.display = bool({Ask.LEASE, Ask.NAME} & set(asks))

    def clear(self) -> None:
        """Forget what was typed; the minutes stay."""
        for field in (self._reason, self._incident, self._typed):
            field.value = ""

    def is_at_name(self) -> bool:
        """Whether the name is being typed."""
        return self._typed.has_focus

    def at_end_of_name(self) -> bool:
        """Whether the cursor is behind the name."""
        return self._typed.has_focus and self._typed.cursor_position == len(self._typed.value)


def _field(name: str, words: str, longest: int) -> Input:
    field = Input(placeholder=words, select_on_focus=False, max_length=longest, id=name)
    field.cursor_blink = False
    return field
