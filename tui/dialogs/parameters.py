"""What an action has to be told besides its target; nothing is sent from here."""

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from actions.families import Choice, Parameter, ParameterKind
from actions.plan import Target
from providers.text import Foreign
from tui.dialogs.dialog import Dialog
from tui.dialogs.guard_frame import framed, title_room
from tui.dialogs.parameter_rules import problem
from tui.dialogs.press import Press, safe_word
from tui.dialogs.said_line import SaidLine
from widgets.cells import Cell, Tone, cut, fit
from widgets.columns import Column
from widgets.glyphs import glyphs_of
from widgets.grid import Grid
from widgets.listing import Row

_WIDEST: Final = 90
_MOST_CHOICES: Final = 8
_LONGEST_LABEL: Final = 24
_VALUE: Final = 16
_UNSAID: Final = Choice(value="", words=Foreign("not said"))
_COLUMNS: Final = (Column(key="value", width=_VALUE), Column(key="words", width=20, grows=True))
_WORDS: Final = (Column(key="words", width=20, grows=True),)

Values = tuple[tuple[str, str], ...]


class ChoiceField(Grid):
    """The values of one parameter, one of them under the cursor.

    Args:
        parameter: Which.
    """

    def __init__(self, parameter: Parameter) -> None:
        flag = parameter.kind is ParameterKind.FLAG
        # An id that does not fit says nothing that the words beside it do not say better.
        self._worded = flag or any(
            len(one.value) > _VALUE and one.words.text for one in parameter.choices
        )
        super().__init__(_WORDS if self._worded else _COLUMNS, header=False)
        # What need not be said is not said for anybody by the place of a cursor.
        unsaid = () if parameter.required or parameter.default else (_UNSAID,)
        self._choices = _yes_no(parameter.hint) if flag else (*unsaid, *parameter.choices)
        self._first = parameter.default
        self.styles.height = max(1, min(len(self._choices), _MOST_CHOICES))

    def on_mount(self) -> None:
        """Fill it."""
        self.set_rows([self._row(one) for one in self._choices])
        if self._first:
            self.move_to(self._first)
        self._show_cursor(shown=True)

    def on_blur(self, event: events.Blur) -> None:
        """What is chosen stays to be seen."""
        super().on_blur(event)
        self._show_cursor(shown=True)

    def _row(self, one: Choice) -> Row:
        if self._worded:
            name = one.words.line(160) or one.value
            return Row(key=one.value, cells=(Cell(name, Tone.TITLE),))
        words = (Cell(one.words.line(160), Tone.MUTED),)
        return Row(key=one.value, cells=(Cell(one.value, Tone.TITLE), words))


def _yes_no(why: str) -> tuple[Choice, Choice]:
    """Both, and beside yes what speaks for it."""
    yes = f"yes · {why}" if why else "yes"
    return Choice(value="false", words=Foreign("no")), Choice(value="true", words=Foreign(yes))


class ParameterForm(Dialog[Values | None]):
    """Asks for the parameters that the row does not say; gives them, in the verb's order.

    Args:
        title: Of the action.
        target: What it is about; its environment stands on the frame.
        parameters: What is asked for.
    """

    DEFAULT_CSS = """
    ParameterForm { align: center middle; background: $qd-background 40%; }
    ParameterForm > Vertical {
        width: 90; max-width: 100%; max-height: 100%; height: auto;
        border: heavy $qd-warning; border-title-style: bold;
        background: $qd-background; padding: 0 1;
    }
    ParameterForm > Vertical.-production {
        border: heavy $qd-critical; border-title-color: $qd-background;
        border-title-background: $qd-critical;
    }
    ParameterForm Horizontal { height: auto; }
    ParameterForm Static { width: auto; height: 1; color: $qd-muted; }
    ParameterForm Input, ParameterForm Input:focus {
        border: none; height: 1; padding: 0; width: 1fr; background: $qd-panel;
    }
    ParameterForm Input:focus { background: $qd-cursor; }
    ParameterForm Press { margin-right: 2; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False),
        Binding("tab", "app.focus_next", "Next", show=False),
        Binding("shift+tab", "app.focus_previous", "Previous", show=False),
    ]

    def __init__(self, title: str, target: Target, parameters: Sequence[Parameter]) -> None:
        super().__init__()
        self._title = title
        self._target = target
        longest = max(cell_len(one.title) for one in parameters)
        self._label = min(longest, _LONGEST_LABEL) + 1
        self._fields = {one.name: (one, _field(one)) for one in parameters}
        self._said = SaidLine()

    def compose(self) -> ComposeResult:
        """A label and a field each."""
        columns = min(self.app.size[0], _WIDEST)
        title = framed(self._title, self._target, glyphs_of(self.app), columns)
        with Vertical() as frame:
            frame.set_class(self._target.production, "-production")
            frame.border_title = Content(title)
            frame.border_subtitle = Content("tab next field · enter go on… · esc close")
            if cell_len(self._title) > title_room(self._target, columns):
                yield Static(Content(_about(self._target)))
            for parameter, field in self._fields.values():
                with Horizontal():
                    yield Static(Content(fit(cut(parameter.title, self._label - 1), self._label)))
                    yield field
            yield self._said
            with Horizontal():
                yield Press(safe_word(self._title), id="cancel")
                yield Press("Go on…", Tone.ACCENT, id="go-on")

    def on_mount(self) -> None:
        """Begin with the first."""
        next(iter(self._fields.values()))[1].focus()

    def on_grid_selected(self, event: Grid.Selected) -> None:
        """Enter goes on."""
        event.stop()
        self._go_on()

    def on_grid_highlighted(self, event: Grid.Highlighted) -> None:
        """Nobody outside asks where the cursor is."""
        event.stop()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on."""
        event.stop()
        self._go_on()

    def on_press_pressed(self, event: Press.Pressed) -> None:
        """A button."""
        event.stop()
        if event.press.id == "cancel":
            self.action_close()
        else:
            self._finish()

    def action_close(self) -> None:
        """Say nothing."""
        self.dismiss(None)

    def _go_on(self) -> None:
        """To the next field, or behind the last one to the end."""
        fields = [field for _, field in self._fields.values()]
        place = fields.index(self.focused) if self.focused in fields else len(fields) - 1
        if place + 1 < len(fields):
            fields[place + 1].focus()
        else:
            self._finish()

    def _finish(self) -> None:
        values = {name: _value(field) for name, (_, field) in self._fields.items()}
        for name, (parameter, field) in self._fields.items():
            if words := problem(parameter, values[name]):
                self._said.say((Cell(words, Tone.WARNING),))
                field.focus()
                return
        self.dismiss(tuple((name, value) for name, value in values.items() if value.strip()))


def _about(target: Target) -> str:
    """Whom or what it is about, where the title is cut."""
    return f"{target.name.line(60)}  {target.kind} {target.identity}"


def _field(parameter: Parameter) -> Widget:
    if parameter.kind in {ParameterKind.CHOICE, ParameterKind.FLAG}:
        return ChoiceField(parameter)
    hint = parameter.hint or ("" if parameter.required else "optional")
    field = Input(
        value=parameter.default,
        placeholder=hint,
        select_on_focus=False,
        max_length=parameter.longest,
    )
    field.cursor_blink = False
    return field


def _value(field: Widget) -> str:
    if isinstance(field, Input):
        return field.value.strip()
    return (field.cursor_key or "") if isinstance(field, ChoiceField) else ""
