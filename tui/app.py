"""The screen: takes the engine's snapshots and draws the newest, when the terminal can take it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Final

from msgspec.structs import replace
from textual.notifications import SeverityLevel
from textual.screen import Screen

from monitor.snapshot import Snapshot
from providers.clock import Clock, Moment, SystemClock
from providers.secret_value import redact
from providers.text import Foreign
from themes.loader import load_themes
from tui.app_actions import CommandedApp
from tui.bindings import keymap_of
from tui.calm import Calm
from tui.engine_link import EngineLink
from tui.first_answers import FIRST_ANSWERS
from tui.garbage import settle
from tui.heartbeat import Heartbeat
from tui.messages import Notice
from tui.patience import Patience
from tui.screens.wall import WallScreen
from tui.settings import ScreenSettings
from tui.speaker import Speaker
from tui.terminal_driver import QuarterdeckDriver
from tui.terminal_pace import FramePace
from tui.terminal_quirks import SOFTWARE_ERROR
from tui.view import View, Viewer, settled, silence_s
from widgets.glyphs import ASCII, UNICODE, Glyphs
from widgets.theming import own_variables, register

TICK_S: Final = 1.1
"""The engine has news every second or two; after so long without any the screen looks by itself.

Hardly more than a second: the clock goes on, and the news after that are not kept waiting."""
_SETTLED_S: Final = 4.0
"""When all that a shift needs has been imported and shown once."""

_HANGUP: Final = 128 + 1
_MOST_TOASTS: Final = 4
_LONGEST_NOTICE: Final = 400


class QuarterdeckApp(CommandedApp):
    """The wall, its details and dialogs over one engine.

    Args:
        engine: Started when the screen opens and ended when it closes.
        settings: How it looks and answers.
        clock: Held still in tests.
    """

    TITLE = "Quarterdeck"
    CSS = """
    Toast {
        background: $qd-panel; color: $qd-foreground; border: none; padding: 0 1; margin: 0;
        width: auto; max-width: 100;
    }
    Toast.-warning { color: $qd-warning; }
    Toast.-error { color: $qd-critical; }
    """

    def __init__(
        self, engine: EngineLink, settings: ScreenSettings, clock: Clock | None = None
    ) -> None:
        self.glyphs: Glyphs = ASCII if settings.ascii else UNICODE
        self.pace = FramePace(settings.frame_s)
        self.calm = Calm()
        self._frozen: Snapshot | None = None
        self._started = self._asking = False
        self._held = True
        self._patience = Patience()
        super().__init__(engine, settings, clock or SystemClock())
        self.speaker = Speaker(self)
        self.heartbeat = Heartbeat(self.tick, self._handle_exception)
        self.heard_key = lambda: self.calm.keyed(self.clock.now())
        self.animation_level = "none"

    def get_default_screen(self) -> Screen[Any]:
        """The wall is the ground everything else stands on."""
        return WallScreen()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables under any theme, so that every style sheet can be read."""
        return own_variables(self.current_theme)

    def on_load(self) -> None:
        """Settle theme and keys before anything is drawn."""
        themes = load_themes(self.settings.themes_dir)
        register(self, themes.specs)
        self.own_themes = frozenset(spec.name for spec in themes.specs)
        for problem in themes.problems:
            self.call_later(self.notify, str(problem), severity="warning")
        self._choose_theme(self.settings.theme)
        self.set_keymap(keymap_of(self.settings.keys))

    def _choose_theme(self, name: str) -> None:
        if self.no_color:
            self.theme = "ansi"  # bold, dim and reverse carry what colours would
        elif name in self.available_themes:
            self.theme = name
        else:
            self.theme = "quarterdeck"
            self.call_later(
                self.notify, f"there is no theme {name}; this is quarterdeck", severity="warning"
            )

    def on_mount(self) -> None:
        """Start the engine and the slow tick."""
        self.app_resume_signal.subscribe(self, self._come_back)
        self.heartbeat.begin()
        self.engine.on_snapshot = self.heartbeat.news
        self.engine.on_failure = self.heartbeat.news
        # While it lays itself out Textual paints four times; the last of them is the first picture.
        self.call_after_refresh(self._show_first_picture)
        self.heartbeat.act_in(TICK_S)
        self.set_timer(_SETTLED_S, settle)

    def _show_first_picture(self) -> None:
        if not self._held:
            return
        self._held = False
        self.repaint_owed()
        # Whatever the engine did before the picture would delay it: they share one interpreter.
        self.call_after_refresh(self._start_engine)

    def _start_engine(self) -> None:
        if not self._exit:
            self._started = True
            self.engine.start()

    async def on_unmount(self) -> None:
        """End the engine; nothing of it may outlive the screen."""
        self.engine.on_snapshot = self.engine.on_failure = None
        self.heartbeat.end()
        if self._started:
            await self.land()

    def end(self, code: int) -> None:
        """Leave with this status; the first call decides."""
        if not self._exit:
            self.exit(return_code=code)

    def end_by_signal(self, number: int) -> None:
        """Leave with 128 + the signal; may be called in a signal handler."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.end, 128 + number)

    def tick(self) -> None:
        """Look at the engine: at its news, and after a second without any."""
        self.heartbeat.act_in(TICK_S)
        self._show_first_picture()
        if (failure := self.engine.failure) is not None:
            self.crash = self.crash or failure
            self.end(SOFTWARE_ERROR)
            return
        self.draw_if_due()
        self.watch_actions()
        self.speaker.look()

    def draw_if_due(self) -> None:
        """Draw the newest snapshot, unless the terminal still owes an answer to the last frame."""
        now = self.clock.now()
        if not self.is_running or self._exit or self._too_early(now):
            return
        newest, held = self.engine.latest, self.paused_at is not None
        urgent = self.calm.differs(newest, self.workspace, now, held=held)
        if (pause_s := self.calm.pause_s(self.pace, now, urgent=urgent)) > 0:
            self.heartbeat.act_in(min(pause_s, TICK_S))
        elif self.pace.may_draw(now.tick_s) and self.may_write():
            self._draw_or_tell_time(newest, now, held=held)
        elif self.pace.should_ask_again(now.tick_s):
            self._ask_terminal()

    def _draw_or_tell_time(self, newest: Snapshot | None, now: Moment, *, held: bool) -> None:
        """Draw; while only numbers have changed every other second, and the clock in between."""
        if self.view is None or not self.calm.may_wait(newest, self.workspace, now, held=held):
            self.draw(now)
        elif isinstance(self.screen, Viewer):
            self.pace.drawn(now.tick_s)
            self._asking = True
            mode, told = self.of_actions(self.view.snapshot, now)
            self.screen.show_time(replace(self.view, now=now, mode=mode, told=told))

    def _too_early(self, now: Moment) -> bool:
        """Whether a frame would only say what the first picture says: that answers are awaited."""
        newest = self.engine.latest
        return newest is not None and self.view is None and self._patience.awaits(newest, now)

    def draw(self, now: Moment | None = None) -> None:
        """Draw the newest snapshot at once, as after a key; nothing before the first."""
        if (view := self._make_view(now or self.clock.now())) is None:
            return
        self.view = view
        self.calm.drawn(view.now)
        self.pace.drawn(view.now.tick_s)
        with self.batch_update():
            for screen in self.screen_stack:
                if isinstance(screen, Viewer):
                    screen.show_view(view)
        self._asking = True

    def _make_view(self, now: Moment) -> View | None:
        if (newest := self.engine.latest) is None:
            return None
        if self.paused_at is None:
            self._frozen = newest
        snapshot = self._frozen or newest
        self.workspace, self.environment, missing = settled(
            snapshot, self.workspace, self.environment
        )
        if missing:
            self.call_later(self.notify, missing, severity="warning")
        mode, told = self.of_actions(snapshot, now)
        return View(
            snapshot=snapshot,
            workspace=self.workspace,
            environment=self.environment,
            zone=self.zone,
            now=now,
            paused_at=self.paused_at,
            silent_s=silence_s(newest, now),
            link_ms=self.pace.link_ms,
            stalled_s=self.pace.stalled_s(now.tick_s),
            mode=mode,
            told=told,
        )

    def may_write(self) -> bool:
        """Whether the terminal has room for another frame."""
        behind = isinstance(self._driver, QuarterdeckDriver) and self._driver.backed_up
        return not (behind or self._held)

    def frame_shown(self) -> None:
        """Ask the terminal to tell when it has drawn it: data, and once it answers, every frame."""
        if self._asking or self.pace.answers:
            self._ask_terminal()
        if self._asking:
            self._asking = False
            FIRST_ANSWERS.shown()

    def ask_whether_drawn(self) -> Callable[[], bool]:
        """Whether the terminal has drawn all that was written until now; a mute one has."""
        if self.pace.answers:
            self._ask_terminal()
        return partial(self.pace.has_drawn, self.clock.now().tick_s)

    def _ask_terminal(self) -> None:
        if isinstance(self._driver, QuarterdeckDriver):
            self._driver.ask()
            self.pace.asked(self.clock.now().tick_s)

    def terminal_answered(self, count: int) -> None:
        """The terminal has drawn so many frames more; called in the thread that reads it."""
        self.pace.answered(self.clock.now().tick_s, count)

    def terminal_drained(self) -> None:
        """The terminal has caught up."""
        self.repaint_owed()

    def terminal_lost(self) -> None:
        """The terminal was hung up: there is nobody to show anything to."""
        self.end(_HANGUP)

    def _come_back(self, _app: object) -> None:
        """After a stop in the shell the alternate screen is empty: draw all of it."""
        self.pace.reset()
        self.speaker.come_back()
        self.refresh(layout=True)

    def on_resize(self) -> None:
        """Another terminal may be on the line."""
        self.pace.reset()

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a line, never as markup, for a few seconds; of many only the first. All are kept."""
        del markup
        now = self.clock.now()
        text = Foreign(redact(message)).line(_LONGEST_NOTICE)
        since = now.at - timedelta(seconds=self.NOTIFICATION_TIMEOUT)
        shown = sum(notice.at > since for notice in self.notices)
        self.notices.appendleft(Notice(at=now.at, text=text, severity=severity))
        if shown < _MOST_TOASTS:
            super().notify(text, title=title, severity=severity, timeout=timeout, markup=False)
