"""Start maintenance by hand, or end it: of what, for how long, and a note."""

from typing import TYPE_CHECKING, ClassVar, Final

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input

from monitor.care_entries import LONGEST_NOTE
from monitor.maintenance import Covered, Span
from monitor.maintenance_orders import MaintenanceOrder, about_words
from monitor.snapshot import WorkspaceView
from monitor.words import span_words
from tui.dialogs.chooser import ChoiceList
from tui.dialogs.dialog import Dialog
from tui.engine_link import asked
from tui.messages import Choice
from tui.screens.page import Page
from widgets.cells import Cell, Line, Tone
from widgets.columns import Column
from widgets.grid import Grid
from widgets.listing import Row

if TYPE_CHECKING:
    from tui.app_actions import CommandedApp

_HOUR: Final = 3_600.0
_SPANS: Final = (900.0, 1_800.0, _HOUR, 2 * _HOUR, 4 * _HOUR, 8 * _HOUR, 24 * _HOUR, 72 * _HOUR)
_ALL: Final = "all"
_END: Final = "end/"
_OF: Final = "of/"

_MEANT: Final[tuple[Line, ...]] = tuple(
    (Cell(words, Tone.MUTED),)
    for words in (
        "Alerts are judged and shown, and nobody is told of them; they are not counted",
        "as critical. Other operators here see it. Nothing outside changes.",
    )
)


class MaintenanceChoice(Struct, frozen=True, kw_only=True):
    """What was chosen."""

    lasts_s: float
    note: str


class MaintenanceDialog(Dialog[MaintenanceChoice | None]):
    """Asks for a note and a time; enter does it, escape does nothing.

    Args:
        about: What it is about, in words.
    """

    DEFAULT_CSS = """
    MaintenanceDialog { align: center middle; background: $qd-background 40%; }
    MaintenanceDialog > Vertical {
        width: 82; max-width: 100%; max-height: 100%; height: auto;
        border: round $qd-accent; background: $qd-background; padding: 0 1;
    }
    MaintenanceDialog Input { border: none; height: 1; padding: 0; background: $qd-panel; }
    MaintenanceDialog Input:focus { border: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False, id="back"),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
    ]

    def __init__(self, about: str) -> None:
        super().__init__()
        self._about = about
        self._said = Page(scrolls=False)
        self._times = ChoiceList((Column(key="span", width=20, grows=True),), header=False)

    def compose(self) -> ComposeResult:
        """What it means, the note, the times."""
        with Vertical() as frame:
            frame.border_title = Content(f"Maintenance of {self._about}")
            frame.border_subtitle = Content("↑ ↓ how long · enter start it · esc close")
            self._said.styles.height = len(_MEANT)
            yield self._said
            field = Input(
                placeholder="what is done, such as: DB upgrade",
                select_on_focus=False,
                max_length=LONGEST_NOTE,
            )
            field.cursor_blink = False
            yield field
            self._times.styles.height = len(_SPANS)
            yield self._times

    def on_mount(self) -> None:
        """Fill it; typing goes to the note, the arrows to the times."""
        self._said.show(_MEANT)
        self._times.set_rows(
            [Row(key=str(span), cells=(Cell(f"for {span_words(span)}"),)) for span in _SPANS]
        )
        self._times.move_to(str(_HOUR))
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do what stands under the cursor."""
        event.stop()
        self._take(self._times.cursor_key)

    def on_grid_selected(self, event: Grid.Selected) -> None:
        """Do what was clicked twice."""
        event.stop()
        self._take(event.key)

    def on_grid_highlighted(self, event: Grid.Highlighted) -> None:
        """Nobody outside asks where the cursor is."""
        event.stop()

    def action_move(self, by: int) -> None:
        """Choose another time."""
        self._times.action_cursor(by)

    def action_close(self) -> None:
        """Start nothing."""
        self.dismiss(None)

    def _take(self, key: str | None) -> None:
        if key is not None:
            note = self.query_one(Input).value
            self.dismiss(MaintenanceChoice(lasts_s=float(key), note=note))


class MaintenanceTalk:
    """Asks of what, then for how long; or ends what was started by hand.

    Args:
        app: Whose dialogs and engine it uses.
        view: The workspace.
        environment: The one that is shown; empty: all.
    """

    def __init__(self, app: "CommandedApp", view: WorkspaceView, environment: str) -> None:
        self._app = app
        self._view = view
        self._where = frozenset({environment}) if environment else frozenset()

    def begin(self) -> None:
        """Show what there is to work on, and what is being worked on."""
        title = f"Maintenance of {self._view.spec.title}"
        self._app.choose(title, tuple(self._choices()), self._chosen)

    def _choices(self) -> list[Choice]:
        spec = self._view.spec
        ending = [_ending(span) for span in self._view.maintenance]
        databases = {one.name: one.title for one in spec.databases}
        every = {one.name: one.title for one in spec.services} | databases
        where = f"in {', '.join(self._where)}" if self._where else ""
        of = [Choice(key=f"{_OF}{name}", label=title, note=where) for name, title in every.items()]
        return [*ending, Choice(key=_ALL, label="Everything", note=where), *of]

    async def _chosen(self, key: str | None) -> None:
        if not key:
            return
        name = self._view.spec.name
        if key.startswith(_END):
            await self._send(MaintenanceOrder(workspace=name, ends=key.removeprefix(_END)))
            return
        names = frozenset({key.removeprefix(_OF)}) if key.startswith(_OF) else frozenset()
        about = Covered(names=names, environments=self._where)

        async def decide(choice: MaintenanceChoice | None) -> None:
            if choice is not None:
                await self._send(
                    MaintenanceOrder(
                        workspace=name, lasts_s=choice.lasts_s, about=about, note=choice.note
                    )
                )

        self._app.push_screen(MaintenanceDialog(about_words(about)), decide)

    async def _send(self, order: MaintenanceOrder) -> None:
        answer = await asked(self._app.engine, lambda calls: calls.care(order))
        if answer is None:
            words = "the engine does not answer: look whether it was noted"
            self._app.notify(words, severity="warning")
        else:
            fine = answer.done and answer.shared
            self._app.notify(answer.words, severity="information" if fine else "warning")


def _ending(span: Span) -> Choice:
    window = span.window
    if not window.operator:
        return Choice(key="", label=f"now: {window.title}", note=f"until {span.until}, configured")
    note = f"until {span.until}, by {window.operator}"
    return Choice(key=f"{_END}{window.key}", label=f"End: {window.title}", note=note)
