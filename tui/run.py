"""Opens the screen and closes it for certain; says in one line what went wrong, if anything did."""

import sys
import traceback
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Self, TextIO

from providers.clock import SystemClock
from providers.secret_value import redact
from tui.config.paths import write_private
from tui.exit_codes import SOFTWARE_ERROR
from tui.terminal_environment import settle_environment
from tui.terminal_imports import import_textual
from tui.terminal_modes import Attributes, force_restore, restore_attributes, saved_attributes
from tui.terminal_signals import SignalWatch
from tui.told import tell

if TYPE_CHECKING:
    from tui.engine_link import EngineLink
    from tui.settings import ScreenSettings


def run_screen(engine: "EngineLink", settings: "ScreenSettings") -> int:
    """Run the wall until it ends; both stdin and stdout must be terminals.

    The terminal is back as it was when this returns, also after a signal, a crash or a hang-up;
    should the screen be stuck, the process ends with 128 + the signal instead of returning.

    Returns:
        The exit status for the process: 0, 70 after a bug, 128 + n after signal n, and that of
        the exception when the engine ended with a `click.ClickException`.
    """
    settle_environment(low_bandwidth=settings.low_bandwidth)
    attributes = saved_attributes(_fd(sys.__stdin__, 0))
    watch = SignalWatch(lambda: _give_back(attributes))
    watch.install()
    try:
        # Only now: Textual reads its environment when it is imported.
        import_textual()
        from tui.app import QuarterdeckApp

        app = QuarterdeckApp(engine, settings)
        watch.on_signal = app.end_by_signal
        watch.more_s = lambda: app.busy_s
        watch.on_late = lambda: _end_beside(engine, app.busy_s)
        with _Kept() as kept:
            app.run(mouse=settings.mouse)
    finally:
        watch.on_signal = None
        restore_attributes(_fd(sys.__stdin__, 0), attributes)
        watch.remove()
    crash = app.crash or kept.error
    if crash is None:
        return _status(app.return_code, watch.received)
    return _told(crash, settings.state_dir)


def _told(crash: BaseException, folder: Path | None) -> int:
    """Tell what ended the wall, now that the screen is closed; gives the exit status."""
    import click

    if isinstance(crash, click.ClickException):
        # No bug: something the person can mend, already in words.
        tell(f"quarterdeck: {redact(crash.format_message())}")
        return crash.exit_code
    tell(last_words(crash, folder))
    return SOFTWARE_ERROR


class _Kept:
    """Keeps whatever escapes from the screen, so that it is told in one line like any other bug."""

    error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: object
    ) -> bool:
        self.error = error
        return kind is not None and issubclass(kind, Exception)


def _fd(stream: TextIO | None, usual: int) -> int:
    # Textual puts something else in the place of sys.stdout, and it has no descriptor.
    return usual if stream is None else stream.fileno()


def _end_beside(engine: "EngineLink", patience_s: float) -> None:
    """End the engine without the screen, which is stuck or waits for it already."""
    Thread(target=engine.stop, args=(patience_s,), daemon=True).start()


def _give_back(attributes: Attributes | None) -> None:
    restore_attributes(_fd(sys.__stdin__, 0), attributes)
    force_restore(_fd(sys.__stdout__, 1))


def _status(code: int | None, signal_number: int | None) -> int:
    if signal_number is not None and not code:
        return 128 + signal_number
    return code or 0


def last_words(error: BaseException, folder: Path | None) -> str:
    """One line about a bug, after writing down the rest for whoever mends it.

    Neither the line nor the report holds local variables, and known secrets are taken out of
    both: an exception's text often quotes what it choked on.
    """
    frame = traceback.extract_tb(error.__traceback__)[-1:]
    place = f" in {Path(frame[0].filename).name}:{frame[0].lineno}" if frame else ""
    line = f"quarterdeck: ended by a bug: {type(error).__name__}{place}"
    if folder is None:
        return line
    report = folder / _report_name()
    try:
        write_private(report, report_of(error))
    except OSError as trouble:
        return f"{line}; no report: {trouble.strerror}"
    return f"{line}; report: {report}"


def _report_name() -> str:
    at: datetime = SystemClock().now().at
    return f"crash-{at:%Y%m%dT%H%M%SZ}.txt"


def report_of(error: BaseException) -> str:
    """The traceback without local variables and without known secrets."""
    lines = traceback.TracebackException.from_exception(error, capture_locals=False).format()
    return redact("".join(lines))
