"""Start maintenance by hand, or end it: of what, for how long, and a note."""

from typing import TYPE_CHECKING, Final

from monitor.maintenance import Covered, Span
from monitor.maintenance_orders import MaintenanceOrder, about_words
from monitor.snapshot import WorkspaceView
from tui.dialogs.span_form import SpanChoice, SpanForm, span_rows
from tui.engine_link import asked
from tui.messages import Choice
from widgets.cells import Cell, Line, Tone

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


class MaintenanceDialog(SpanForm):
    """Asks for a note and a time.

    Args:
        about: What it is about, in words.
    """

    def __init__(self, about: str) -> None:
        super().__init__(
            title=f"Maintenance of {about}",
            deed="start it",
            note="what is done, such as: DB upgrade",
            lines=_MEANT,
            rows=span_rows(_SPANS),
            usual=str(_HOUR),
        )


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

        async def decide(choice: SpanChoice | None) -> None:
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
