"""The terminal as Textual sees it: never blocks the screen, always put back, hears a hang-up."""

import codecs
import contextlib
import os
import select
import signal
import sys
import termios
import threading
from typing import Any, Protocol

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from textual.messages import TerminalSupportsSynchronizedOutput

from tui.terminal_modes import (
    PUSH_TITLE,
    TITLED,
    Attributes,
    force_restore,
    restore_attributes,
    restoring,
    saved_attributes,
)
from tui.terminal_quirks import QUESTION, InputParser
from tui.terminal_writer import TerminalWriter

_DRAIN_S = 0.25
"""How long the end waits for a terminal that takes nothing."""

_ESCAPE_LOOK_S = 0.05


class TerminalOwner(Protocol):
    """What the driver tells the app; on the screen's loop where nothing else is said."""

    def terminal_answered(self, count: int) -> None:
        """So many questions more were answered; called in the thread that reads."""
        ...

    def terminal_drained(self) -> None:
        """Nothing waits any more for a terminal that was behind."""
        ...

    def terminal_lost(self) -> None:
        """The terminal is gone for good."""
        ...


class QuarterdeckDriver(LinuxDriver):
    """Textual's driver for Unix, less its traps (promises §2.3).

    Differences: output goes to stdout by a thread that nobody waits for; input ends at a hang-up
    instead of spinning; the mouse reports presses and drags, not every move; leaving is bounded.
    """

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._owner: TerminalOwner = app  # type: ignore[assignment]  # our app is one
        self._out = sys.__stdout__.fileno() if sys.__stdout__ else 1
        self._encoding = (sys.__stdout__.encoding if sys.__stdout__ else None) or "utf-8"
        self._writer: TerminalWriter | None = None
        self._wake: tuple[int, int] | None = None
        self._restored = True
        self._answered = threading.Event()
        self._asked = self._heard = 0
        self._answers_at_all = self._fell_behind = self._told_of_frames = False
        self.attributes: Attributes | None = None

    @property
    def backed_up(self) -> bool:
        """Whether drawing must wait for the terminal; it is told when that is over."""
        writer = self._writer
        if writer is None or not writer.backed_up:
            return False
        self._fell_behind = True
        # It may have caught up before it could know that somebody waits.
        return writer.backed_up

    @property
    def idle(self) -> bool:
        """Whether the terminal has taken all that was written."""
        return self._writer is not None and not self._writer.pending_bytes

    def ask(self) -> None:
        """Send the question whose answer says that all before it was drawn."""
        self._asked += 1
        self._answered.clear()
        self.write(QUESTION)

    def write(self, data: str) -> None:
        """Queue `data` for the terminal; dropped when there is no terminal any more."""
        if self._writer is not None:
            self._writer.write(data)

    def entitle(self, title: str) -> None:
        """Set the window's title; the one before is put back at the end.

        Args:
            title: Printable signs only.
        """
        if not TITLED.is_set():
            TITLED.set()
            self.write(PUSH_TITLE)
        self.write(f"\x1b]2;{title}\x07")

    def start_application_mode(self) -> None:
        """Take over the terminal."""
        self.attributes = saved_attributes(self.fileno)
        self._writer = TerminalWriter(
            self._out,
            encoding=self._encoding,
            on_drained=self._caught_up,
            on_lost=lambda: self._tell(self._owner.terminal_lost),
        )
        self._wake = os.pipe()
        self._restored = False
        super().start_application_mode()  # type: ignore[no-untyped-call]  # untyped in 8.2.8
        if self._writer_thread is not None:
            # 8.2.8 starts a writer of its own, which nothing is ever given to.
            self._writer_thread.stop()
            self._writer_thread = None

    def _sigcont_application(self, *_: object) -> None:
        """Go on after a stop, also one that could not be caught (SIGSTOP).

        8.2.8 would take the terminal over a second time, with another reader of the keys beside
        the first, whom nobody ends.
        """
        if self._auto_restart and not self._restored:
            self.suspend_application_mode()
            self._must_signal_resume = True
        super()._sigcont_application()

    def _get_terminal_size(self) -> tuple[int, int]:
        width = height = 0
        # Not from COLUMNS and LINES, which say how large the terminal was when a shell started.
        with contextlib.suppress(OSError):
            width, height = os.get_terminal_size(self._out)
        # Kept where 8.2.8 looks first: it would ask rich, which calls every dumb terminal 80x25,
        # and lay out for ever between two sizes.
        self._size = (width or 80, height or 24)
        return self._size

    def _enable_mouse_support(self) -> None:
        if self._mouse:
            self.write("\x1b[?1000h\x1b[?1002h\x1b[?1006h")

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write("\x1b[?1000l\x1b[?1002l\x1b[?1006l")

    def _enable_mouse_pixels(self) -> None:
        """Never: 8.2.8 does not turn them off again."""

    def disable_input(self) -> None:
        """Stop reading; may be called twice."""
        reader, wake = self._key_thread, self._wake
        if reader is None:
            return
        self._key_thread = self._wake = None
        self.exit_event.set()
        # The next reader has one of its own: whoever is late to see this one has still ended.
        self.exit_event = threading.Event()
        signal.signal(signal.SIGWINCH, signal.SIG_DFL)
        if wake is not None:
            os.write(wake[1], b"x")
        own = reader is threading.current_thread()
        if not own:
            reader.join(1.0)
        if wake is not None and (own or not reader.is_alive()):
            for fd in wake:
                os.close(fd)
        with contextlib.suppress(termios.error, OSError):
            termios.tcflush(self.fileno, termios.TCIFLUSH)

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was, within a bounded time."""
        if self._restored:
            return
        self._restored = True
        if self._answers_at_all:
            # An answer on its way would be typed into the shell.
            self._answered.wait(_DRAIN_S)
        self.disable_input()
        restore_attributes(self.fileno, self.attributes)
        writer, self._writer = self._writer, None
        if writer is None:
            return
        writer.write(restoring())
        if not writer.close(_DRAIN_S):
            force_restore(self._out)
        TITLED.clear()

    def close(self) -> None:
        """Nothing is left to do once application mode has ended."""
        self.stop_application_mode()

    def _caught_up(self) -> None:
        """In the writer's thread, after each frame: to wake the screen costs more than to look."""
        if self._fell_behind:
            self._fell_behind = False
            self._tell(self._owner.terminal_drained)

    def _tell(self, what: Any) -> None:
        # The loop may have ended while a thread was still at work.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(what)

    def _run_input_thread(self) -> None:
        wake, ended = self._wake, self.exit_event
        if wake is None:
            return
        try:
            self._read_until(wake[0], ended)
        except OSError:
            self._tell(self._owner.terminal_lost)
        except RuntimeError:
            return

    def _read_until(self, wake: int, ended: threading.Event) -> None:
        parser = InputParser()
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        while not ended.is_set():
            look_s = _ESCAPE_LOOK_S if parser.undecided else None
            ready = select.select([self.fileno, wake], [], [], look_s)[0]
            text = ""
            if self.fileno in ready:
                data = os.read(self.fileno, 4096)
                if not data:
                    raise OSError("the terminal was hung up")
                text = decode(data)
                if count := parser.answers(text):
                    self._hear(count)
            if text or not ready:
                for event in parser.feed(text):
                    self._pass_on(event)

    def _hear(self, count: int) -> None:
        self._answers_at_all = True
        self._heard += count
        if self._heard >= self._asked:
            self._answered.set()
        self._owner.terminal_answered(count)

    def _pass_on(self, event: Message) -> None:
        """Give an event to the app; that frames can be marked it has to be told but once."""
        marks_frames = isinstance(event, TerminalSupportsSynchronizedOutput)
        if not (marks_frames and self._told_of_frames):
            self.process_message(event)
        self._told_of_frames = self._told_of_frames or marks_frames
