"""Where Textual's insides are touched, each with the version that needs it; nowhere else.

All of it was written against textual 8.2.8 and is held by tests/test_terminal_*.py.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeVar

from rich.console import RenderableType
from textual._context import visible_screen_stack
from textual._parser import ParseError
from textual._styles_cache import StylesCache
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.events import Event, InputEvent, Key, Paste, ScreenResume
from textual.geometry import Region
from textual.message import Message
from textual.reactive import Reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget

from tui.terminal_frames import TightFrame, tight_frame
from tui.terminal_paint import FrameTimer, changed_frame
from tui.terminal_styles import RememberingStyles

SOFTWARE_ERROR: Final = 70
"""Exit status of a program that found a bug in itself (sysexits.h)."""

T = TypeVar("T")

_LONGEST_ANSWER: Final = 16
_ANSWER: Final = re.compile(r"\x1b\[\?2026;\d\$y")

QUESTION: Final = "\x1b[?2026$p"
"""Asks for the state of synchronised output: Textual asks the same at the start, and every
terminal that answers mode requests answers it, with 0 when it does not know the mode."""


class InputParser:
    """Textual's parser of terminal input, made to survive any input, that also hears answers."""

    def __init__(self) -> None:
        self._parser = XTermParser()
        self._tail = ""

    @property
    def undecided(self) -> bool:
        """Whether the input so far may be a lone escape key: look again in a moment."""
        # 8.2.8 keeps the time to give up in a private field and has no way to ask for it.
        return self._parser._timeout_time is not None  # noqa: SLF001  # no public way in 8.2.8

    def feed(self, text: str) -> Iterator[Message]:
        """Events in `text`, or those that waiting made certain when it is empty."""
        try:
            yield from self._parser.feed(text) if text else self._parser.tick()
        except (ParseError, ValueError, LookupError, TypeError, OverflowError, StopIteration):
            # 8.2.8 converts numbers of any length and looks up codes unchecked.
            self._parser = XTermParser()

    def answers(self, text: str) -> int:
        """How many answers to `QUESTION` end in `text`; they may begin in the text before."""
        joined = self._tail + text
        found = [match.end() for match in _ANSWER.finditer(joined)]
        self._tail = joined[max([0, *found, len(joined) - _LONGEST_ANSWER]) :]
        return len(found)


class CalmScreen(Screen[T]):
    """A screen that does nothing twice: no repaint for a focus, no frame that nobody sees.

    Textual 8.2.8 declares `focused` so that every change repaints every cell: 22 kB for a tab key,
    two seconds on a slow link. The two widgets that look different repaint themselves. It also
    paints within every layout, of which a screen has three before it can be seen: 40 ms in which
    no key is answered. Here a frame is made only when it is time for one, after all layouts.
    """

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    _resumed = _painting = _laid_out = False
    _frames: FrameTimer | None = None

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Do not work out all styles again on a screen that has only just been made."""
        event.refresh_styles = self._resumed
        self._resumed = True

    def on_unmount(self) -> None:
        """Let go of what it has drawn: 8.2.8 keeps that of the last 1024 widgets, closed or not."""
        StylesCache.get_inner_outer.cache_clear()

    @property
    def _update_timer(self) -> Timer:
        return self._frame_timer()  # type: ignore[return-value]  # all that 8.2.8 asks of it

    def _frame_timer(self) -> FrameTimer:
        if self._frames is None:
            failed = self.app._handle_exception  # noqa: SLF001  # as 8.2.8's timers do
            self._frames = FrameTimer(self._paint, failed)
        return self._frames

    def _paint(self) -> None:
        if self.app._exit:  # noqa: SLF001  # as 8.2.8's timers do
            return
        if self._layout_required and self._repaint_required:
            # One frame for both: 8.2.8 paints what the layout changed, and then all of it again.
            self._dirty_widgets.add(self)
            self._repaint_required = False
        self._painting = True
        try:
            self._on_timer_update()
            if self._laid_out and self.is_running and self.is_current:
                self._paint_layout()
        finally:
            self._painting = False

    def _paint_layout(self) -> None:
        """Paint what a layout moved, where nothing else was to be painted."""
        if self.app._batch_count:  # noqa: SLF001  # as 8.2.8 does
            self._frame_timer().resume()
        else:
            self._compositor_refresh()

    def _compositor_refresh(self) -> None:
        app = self.app
        self._laid_out = not self._painting
        if self is app.screen and isinstance(app, GuardedApp):
            # A frame that may not be written would be made for nothing: five of them at the start.
            if app.holds_back():
                self._dirty_widgets.clear()
                self._frame_timer().painted_nothing()
                return
            if not self._painting:
                self._frame_timer().resume()
                return
            visible_screen_stack.set(app._background_screens)  # noqa: SLF001  # as 8.2.8 does
            frame = None if app.is_inline else changed_frame(self._compositor)
            if frame is not None:
                app.show_frame(self, frame)
                self._dirty_widgets.clear()
                app._update_mouse_over(self)  # noqa: SLF001  # as 8.2.8 does
                return
        elif self in app._background_screens:  # noqa: SLF001  # as 8.2.8 does
            self._tell_screen_above()
            return
        super()._compositor_refresh()

    def hears(self, event: Event) -> bool:
        """Whether input is for this screen; what is not, is dropped before anything sees it.

        Asked when it comes, and of a key again when no widget took it (`event.is_forwarded`).
        """
        del event
        return True

    def changed_behind(self, regions: Iterable[Region]) -> None:
        """Paint these parts of a dialog soon: what can be seen behind them has changed."""
        self._set_dirty(*regions)
        self._dirty_widgets.add(self)
        self._frame_timer().resume()

    def _tell_screen_above(self) -> None:
        """Have the dialog paint what changed behind it; 8.2.8 has it paint all, from then on.

        Never by `refresh` of that screen: it would forget the widgets that are to be painted whole.
        A screen that is no dialog hides all of this one.
        """
        dirty = self._compositor._dirty_regions  # noqa: SLF001  # no public way in 8.2.8
        above = self.app.screen
        if dirty and isinstance(above, CalmScreen) and above.is_modal:
            above.changed_behind(dirty)
        dirty.clear()
        self._dirty_widgets.clear()


class GuardedApp(App[int], inherit_bindings=False):
    """An app that draws only guarded frames, never to a terminal that is behind, and ends quietly.

    Textual 8.2.8 prints a traceback with the local variables of every frame when something goes
    wrong, tokens and all (promises §2.3), and leaves with status 0. Here the exception is kept in
    `crash` for whoever started the app, and nothing is printed.
    """

    ENABLE_COMMAND_PALETTE = False

    crash: BaseException | None = None
    """What ended the app, if anything did."""

    frames_guarded: int = 0
    """Strips that had to be cleaned at the last line of defence; more than 0 is a bug."""

    _owes_repaint: bool = False
    heard_key: Callable[[], None] | None = None
    """Called for each key before anything is done with it."""

    def __init__(
        self, driver_class: type[Driver] | None = None, ansi_color: bool | None = None
    ) -> None:
        super().__init__(driver_class=driver_class, ansi_color=ansi_color)
        self.stylesheet = RememberingStyles(variables=self.theme_variables)

    async def on_event(self, event: Event) -> None:
        """Tell that a key comes."""
        if isinstance(event, Key) and self.heard_key is not None:
            self.heard_key()
        # 8.2.8 hands a key to the widget in focus, and looks for its binding when it has come back:
        # by then another screen may stand there. So both times that screen is asked.
        if isinstance(event, (InputEvent, Paste)):
            stack = self.screen_stack
            # Without a screen it is the end, where 8.2.8 fails over a key.
            if not stack or (isinstance(stack[-1], CalmScreen) and not stack[-1].hears(event)):
                return
        await super().on_event(event)

    def may_write(self) -> bool:
        """Whether the terminal keeps up; checked before every frame."""
        return True

    def holds_back(self) -> bool:
        """Whether nothing may be drawn now; what would have been is owed from then on."""
        self._owes_repaint = self._owes_repaint or not self.may_write()
        return not self.may_write()

    def repaint_owed(self) -> None:
        """Draw what was held back while the terminal was behind."""
        if self._owes_repaint and self.may_write():
            self._owes_repaint = False
            self.refresh()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if self.holds_back():
            return
        frame = tight_frame(renderable)
        if frame is None:
            super()._display(screen, renderable)
        else:
            self.show_frame(screen, frame)

    def show_frame(self, screen: Screen[Any], frame: TightFrame) -> None:
        """Write a frame; whoever calls has seen to it that it may be written."""
        super()._display(screen, frame)  # type: ignore[arg-type]  # 8.2.8 takes any CompositorUpdate
        self.frames_guarded += frame.cleaned
        self.frame_shown()

    def frame_shown(self) -> None:
        """A frame was written."""

    def ask_whether_drawn(self) -> Callable[[], bool]:
        """Whether all that was written until now stands on the screen; to be asked again."""
        return lambda: True

    def _fatal_error(self) -> None:
        self._end_with(self._exception)

    def panic(self, *_renderables: RenderableType) -> None:
        """End because something went wrong; nothing is printed."""
        self._end_with(self._exception)

    def _end_with(self, error: BaseException | None) -> None:
        self.crash = self.crash or error or RuntimeError("the screen gave up")
        self._return_code = SOFTWARE_ERROR
        self._close_messages_no_wait()
