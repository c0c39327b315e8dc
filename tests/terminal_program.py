"""The screen over an engine that counts, run in a pseudo-terminal by tests/test_terminal_*.py.

Usage: terminal_program.py COUNTER_FILE [stuck|crash|bug|busy]
"""

import itertools
import sys
import threading
import time
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from providers.clock import SystemClock
from tests import snapshot_values as values
from tests.screen_fakes import FakeEngine
from tui.run import run_screen
from tui.settings import ScreenSettings

SECRET = "token-that-must-not-leak"


class CountingEngine(FakeEngine):
    """Publishes ten times a second from its own thread, and writes down that it did."""

    def __init__(self, counter: Path, manner: str) -> None:
        super().__init__()
        self.counter = counter
        self.manner = manner
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.count, daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self, timeout_s: float) -> bool:
        if self.manner == "stuck":
            time.sleep(30)
        self.over.set()
        self.counter.with_suffix(".ended").touch()
        self.thread.join(timeout_s)
        return not self.thread.is_alive()

    def count(self) -> None:
        clock = SystemClock()
        credential = SECRET
        for number in itertools.count():
            if self.over.wait(0.1):
                return
            view = values.incident() if number % 2 else values.calm()
            self.publish(replace(values.snapshot(view, sequence=number), at=clock.now()))
            # Whoever reads it finds a whole number.
            fresh = self.counter.with_suffix(".new")
            fresh.write_text(str(number))
            fresh.replace(self.counter)
            if self.manner == "crash" and number == 10:
                try:
                    fall(credential)
                except ValueError as error:
                    self.fail(error)
                return


def fall(credential: str) -> None:
    raise ValueError(f"can not go on {len(credential)}")


def main() -> int:
    counter, manner = Path(sys.argv[1]), (sys.argv[2] if len(sys.argv) > 2 else "")
    engine: Any = CountingEngine(counter, manner)
    settings = ScreenSettings(operator="dana@bastion-1", state_dir=counter.parent / "state")
    if manner in {"bug", "busy"}:
        from tui.app_actions import CommandedApp

        setattr(CommandedApp, "action_pause", misbehave if manner == "bug" else spin)  # noqa: B010 - a bug on purpose
    return run_screen(engine, settings)


def misbehave(_app: object) -> None:
    credential = SECRET
    raise KeyError(len(credential))


def spin(_app: object) -> None:
    while True:
        time.sleep(0.01)


if __name__ == "__main__":
    sys.exit(main())
