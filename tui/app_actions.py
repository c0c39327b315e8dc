"""What a person can ask for from anywhere: the actions of the commands with scope everywhere."""

import os
from abc import abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import UTC, tzinfo
from typing import Any, ClassVar

from textual.actions import parse
from textual.binding import BindingType
from textual.dom import DOMNode
from textual.screen import ModalScreen

from providers.clock import Clock, Moment
from providers.readings import SourceId
from tui.bindings import bindings_for, live_commands
from tui.command import Scope
from tui.commands import BY_ID
from tui.door_app import NO_DOOR, DoorApp
from tui.engine_link import EngineCalls, EngineLink
from tui.links import Links
from tui.messages import Choice, Notice
from tui.settings import ScreenSettings
from tui.terminal_driver import QuarterdeckDriver
from tui.view import Narrowed, View, next_environment
from widgets.cells import Line
from widgets.glyphs import glyphs_of

_MOST_NOTICES = 200
_NEED_A_VIEW = frozenset(
    {
        "pause",
        "environment",
        "workspaces",
        "contacts",
        "sources",
        "cares",
        "maintenance",
        "notices",
        "board",
        "boards",
        "logs",
        "changes",
        "activity",
        "arm",
    }
)


class CommandedApp(DoorApp):
    """The app as a person commands it; how snapshots reach it stands in `tui.app`.

    Args:
        engine: Asked to read again, and for the past.
        settings: How it looks and answers.
        clock: Held still in tests.
    """

    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Scope.EVERYWHERE)

    def __init__(self, engine: EngineLink, settings: ScreenSettings, clock: Clock) -> None:
        # Textual decides here whether colours are turned into greys or left out altogether.
        no_color = "NO_COLOR" in os.environ
        super().__init__(driver_class=QuarterdeckDriver, ansi_color=True if no_color else None)
        self.engine = engine
        self.settings = settings
        self.clock = clock
        self.links = Links(self, settings)
        self.notices: deque[Notice] = deque(maxlen=_MOST_NOTICES)
        self.zone: tzinfo = UTC if settings.utc else self._local_zone()
        self.environment = settings.environment
        self.workspace = settings.workspace
        self.view: View | None = None
        """What is on the screen; None before the first snapshot."""

        self.paused_at: Moment | None = None
        self.own_themes: frozenset[str] = frozenset()

    @abstractmethod
    def draw(self, now: Moment | None = None) -> None:
        """Draw at once, as after a key."""

    def _local_zone(self) -> tzinfo:
        return self.clock.now().at.astimezone().tzinfo or UTC

    def why_not(self, action: str, _parameters: tuple[object, ...]) -> str:
        """Why an action can not be done now; empty when it can."""
        if self.view is None and action in _NEED_A_VIEW:
            return "nothing has been read yet"
        if action in {"activity", "arm"} and self.door is None:
            return NO_DOOR
        if action == "workspaces" and self.view and len(self.view.snapshot.workspaces) < 2:
            return "there is only one workspace"
        return ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """None greys a key whose action can not be done now; False takes it away."""
        if action == "step_back" and isinstance(self.screen, Narrowed):
            return self.screen.narrowed
        return None if self.why_not(action, parameters) else True

    async def run_action(
        self, action: Any, default_namespace: DOMNode | None = None, namespaces: Any = None
    ) -> bool:
        """Run an action, or say why it can not be run now."""
        if isinstance(action, str):
            _, name, parameters = parse(action)
            why = getattr(default_namespace or self, "why_not", None)
            reason = why(name, parameters) if callable(why) else ""
            if isinstance(reason, str) and reason:
                self.notify(reason, severity="warning")
                return True
        return await super().run_action(action, default_namespace, namespaces)

    def choose(
        self,
        title: str,
        choices: Sequence[Choice],
        then: Callable[[str | None], None] | Callable[[str | None], Awaitable[None]],
        *,
        current: str = "",
        on_highlight: Callable[[str], None] | None = None,
    ) -> None:
        """Ask for one of several, unless a dialog is open already."""
        from tui.dialogs.chooser import Chooser

        if not isinstance(self.screen, ModalScreen):
            dialog = Chooser(title, choices, current=current, on_highlight=on_highlight)
            self.push_screen(dialog, then)

    def open_text(self, title: str, lines: tuple[Line, ...]) -> None:
        """Show text to read, unless a dialog is open already."""
        from tui.dialogs.viewer import Viewer

        if not isinstance(self.screen, ModalScreen):
            self.push_screen(Viewer(title, lines))

    def action_help(self) -> None:
        """Show the keys that work here."""
        from tui.dialogs.help import help_lines
        from tui.dialogs.help_signs import sign_lines
        from widgets.glyphs import glyphs_of

        view = self.view
        facts = [f"operator {self.settings.operator}"] if self.settings.operator else []
        if view is not None and view.link_ms is not None:
            facts.append(f"link {view.link_ms:.0f} ms: the terminal's answer to the last frame")
        if self.settings.low_bandwidth:
            facts.append("low bandwidth: drawn every 5 s")
        signs = tuple(sign_lines(glyphs_of(self)))
        self.open_text("Help", help_lines(live_commands(self.screen), facts, signs))

    def action_palette(self) -> None:
        """Find a command by its name."""
        from tui.palette import palette_choices

        self.choose("Commands", palette_choices(live_commands(self.screen)), self._obey)

    async def _obey(self, command: str | None) -> None:
        if command is None:
            return
        live = next((each for each in self.screen.active_bindings.values()
                     if each.binding.id == command), None)  # fmt: skip
        if live is not None:
            await self.run_action(live.binding.action, live.node)
        elif command in BY_ID:
            self.notify(f"{BY_ID[command].label} can not be done here", severity="warning")

    def action_step_back(self) -> None:
        """Close the details, or take back the last narrowing of the wall; never quits."""
        screen = self.screen
        if isinstance(screen, Narrowed):
            screen.go_back()
        elif len(self.screen_stack) > 1:
            self.pop_screen()

    def action_pause(self) -> None:
        """Freeze or free the view."""
        self.paused_at = self.clock.now() if self.paused_at is None else None
        self.draw()

    def action_refresh_all(self) -> None:
        """Read every source now."""
        self.read_again(None, "everything")

    def read_again(self, sources: Collection[SourceId] | None, what: str) -> None:
        """Have the engine read these sources now; None means all."""

        async def refresh(engine: EngineCalls) -> None:
            engine.refresh(sources)

        try:
            self.engine.submit(refresh, 0.0)
        except RuntimeError:
            self.notify("the engine is not running yet", severity="warning")
        else:
            self.notify(f"reading {what} now")

    def action_messages(self) -> None:
        """List what was notified."""
        from tui.dialogs.message_list import message_lines

        self.open_text("Messages", message_lines(self.notices, self.zone))

    def action_cares(self) -> None:
        """List what was acknowledged and snoozed."""
        from tui.dialogs.care_list import care_list

        view, pane = self.view, self.view.pane if self.view else None
        if view is not None and pane is not None:
            lines = care_list(pane, view.now, self.zone, glyphs_of(self))
            self.open_text("Acknowledged and snoozed", lines)

    def action_maintenance(self) -> None:
        """Start maintenance by hand, or end it."""
        from tui.dialogs.maintenance import MaintenanceTalk

        if self.view is not None and self.view.pane is not None:
            MaintenanceTalk(self, self.view.pane, self.view.environment).begin()

    def action_notices(self) -> None:
        """List the channels that people are told over; test the one that is chosen."""
        from tui.dialogs.notice_channels import NoticeTest

        if self.view is not None and self.view.pane is not None:
            NoticeTest(self, self.view.pane).begin()

    def action_environment(self) -> None:
        """Show the next environment alone, or all of them again."""
        pane = self.view.pane if self.view else None
        if pane is not None:
            names = tuple(each.name for each in pane.spec.environments)
            self.environment = next_environment(names, self.environment)
            self.draw()

    def action_time_zone(self) -> None:
        """Show times in UTC or in local time."""
        self.zone = self._local_zone() if self.zone is UTC else UTC
        self.draw()

    def action_workspaces(self) -> None:
        """Choose the product to look at."""
        from tui.app_choices import choose_workspace

        choose_workspace(self)

    def action_themes(self) -> None:
        """Choose a theme; each is tried on while the cursor is on it."""
        from tui.app_choices import choose_theme

        choose_theme(self)

    def action_contacts(self) -> None:
        """Show whom to call, and the dashboards and documents."""
        from tui.app_choices import choose_contact

        choose_contact(self)

    def action_board(self, name: str) -> None:
        """Open a board; from another list it takes that one's place."""
        from tui.boards import BY_ID as BOARDS_BY_ID
        from tui.screens.board import BoardScreen

        self.open_list(BoardScreen(BOARDS_BY_ID[name]))

    def action_logs(self) -> None:
        """Open the logs: those of the row under the cursor where they can be told, else all."""
        from tui.screens.log_scope import typed_for
        from tui.screens.logs import LogsScreen

        self.open_list(LogsScreen(typed_for(self.screen)))

    def action_changes(self) -> None:
        """Open what changed lately."""
        from tui.screens.changes import ChangesScreen

        self.open_list(ChangesScreen())

    def action_boards(self) -> None:
        """Choose a board."""
        from tui.app_choices import choose_board

        choose_board(self)

    def action_sources(self) -> None:
        """List every source with how it is doing; open the one that is chosen."""
        from tui.app_choices import choose_source

        choose_source(self)
