"""Runs a local script: without a shell, with little of our environment, and never for ever.

The one way by which a script is run, whether a read-only check runs by itself or a person asked for
a backup. It runs in a session of its own; when it ends, or its time is up, everything in that
session is killed.
"""

import asyncio
import codecs
import contextlib
import os
import selectors
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from msgspec import Struct, field

from providers.errors import BadAnswer
from providers.script_process import started
from providers.script_values import (
    SYSTEM,
    ScriptEnd,
    ScriptLine,
    ScriptResult,
    ScriptSpec,
)
from providers.secrets import redact
from providers.text import Foreign

__all__ = ["SYSTEM", "ScriptEnd", "ScriptLine", "ScriptResult", "ScriptSpec", "run"]

MOST_LINES: Final = 500
"""Lines of the output that are kept, the last ones."""

LONGEST_LINE: Final = 2_000
"""Characters kept of one."""

_LOOK_S: Final = 0.1
"""How often an ended script with open pipes is noticed: a child of its may hold them for ever."""

_AFTERWARDS_S: Final = 0.5
_PIECE: Final = 65_536


OnLine = Callable[[ScriptLine], None]


class _Output(Struct):
    """What came so far on one stream, cut into lines."""

    error: bool
    decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace")
    )
    rest: str = ""

    def take(self, piece: bytes) -> list[str]:
        """The lines that are complete now; at the end (an empty piece) the rest too."""
        text = self.rest + self.decoder.decode(piece, final=not piece)
        *whole, self.rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        # A secret shall not be cut in two before it is looked for: only absurd lines are.
        if not piece or len(self.rest) > _PIECE:
            whole, self.rest = [*whole, *filter(None, (self.rest,))], ""
        return whole


class _Run:
    """One process with its two streams; works in a thread of its own."""

    def __init__(
        self, spec: ScriptSpec, args: Sequence[str], tell: OnLine, stopped: threading.Event
    ) -> None:
        self._spec = spec
        self._tell = tell
        self._lines: deque[ScriptLine] = deque(maxlen=MOST_LINES)
        self._count = 0
        self._began_s = time.monotonic()  # noqa: TID251 - a process is timed by the same clock that select uses
        self._stopped = stopped
        self._process = started(spec, args)

    def work(self) -> ScriptResult:
        """Wait for its end, for as long as it may take."""
        end = ScriptEnd.EXITED
        try:
            end = self._listened()
        finally:
            status = self._ended()
        killed = end is not ScriptEnd.EXITED
        if not killed and status < 0:
            end = ScriptEnd.SIGNALLED
        return ScriptResult(
            name=self._spec.name,
            end=end,
            exit_code=status if status >= 0 and not killed else None,
            signal=-status if status < 0 else None,
            duration_s=self._passed_s(),
            lines=tuple(self._lines),
            left_out=self._count - len(self._lines),
        )

    def _passed_s(self) -> float:
        return time.monotonic() - self._began_s  # noqa: TID251 - as above

    def _listened(self) -> ScriptEnd:
        """Read until both streams are closed, it ended, or it has to end."""
        outputs = {
            stream.fileno(): _Output(error=stream is self._process.stderr)
            for stream in (self._process.stdout, self._process.stderr)
            if stream is not None
        }
        gone_s: float | None = None
        with selectors.DefaultSelector() as selector:
            for descriptor in outputs:
                selector.register(descriptor, selectors.EVENT_READ)
            while True:
                if self._stopped.is_set():
                    return ScriptEnd.CANCELLED
                if self._passed_s() > self._spec.timeout_s:
                    return ScriptEnd.TIMED_OUT
                if self._process.poll() is not None:
                    gone_s = self._passed_s() if gone_s is None else gone_s
                    # What it wrote last is in the pipes; a child that holds them is not waited for.
                    if not selector.get_map() or self._passed_s() - gone_s > _AFTERWARDS_S:
                        return ScriptEnd.EXITED
                self._heard(selector, outputs)

    def _heard(self, selector: selectors.BaseSelector, outputs: Mapping[int, _Output]) -> None:
        if not selector.get_map():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_LOOK_S)
            return
        for key, _ in selector.select(_LOOK_S):
            piece = os.read(key.fd, _PIECE)
            for text in outputs[key.fd].take(piece):
                self._say(text, error=outputs[key.fd].error)
            if not piece:
                selector.unregister(key.fd)

    def _say(self, text: str, *, error: bool) -> None:
        cleaned = Foreign(redact(text)).line(LONGEST_LINE)
        line = ScriptLine(text=Foreign(cleaned), error=error, after_s=self._passed_s())
        self._lines.append(line)
        self._count += 1
        self._tell(line)

    def _ended(self) -> int:
        """Kill all that is left of its session, and say how it ended."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        status = self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        return status


async def run(
    spec: ScriptSpec, args: Sequence[str] = (), on_line: OnLine | None = None
) -> ScriptResult:
    """Run a script to its end. Cancelling the task kills it with all its children.

    Args:
        spec: What and under which conditions.
        args: Appended to its own arguments, each as one word; no shell sees them.
        on_line: Called in this loop for each line as it comes.

    Raises:
        BadAnswer: It could not be started; how it ended otherwise is in the result.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[ScriptResult] = loop.create_future()
    stopped = threading.Event()

    def tell(line: ScriptLine) -> None:
        if on_line is not None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(on_line, line)

    _start(partial(_Run, spec, args, tell, stopped), spec.name, done)
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        stopped.set()
        await asyncio.wait([done])
        raise


def _start(begin: Callable[[], _Run], name: str, done: "asyncio.Future[ScriptResult]") -> None:
    """Run it in a thread, and settle `done` in its loop when it has ended."""
    loop = done.get_loop()

    def work() -> None:
        reason = "it could not be followed to its end"
        outcome: ScriptResult | BadAnswer = BadAnswer(SYSTEM, f"run {name}", reason)
        try:
            outcome = begin().work()
        except BadAnswer as error:
            outcome = error
        finally:
            # The loop may be gone by now.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_finish, done, outcome)

    # Not the loop's own executor: it has six threads on a small machine, and a backup takes long.
    # A daemon: a program that is ended the hard way does not wait for a backup.
    threading.Thread(target=work, name=f"quarterdeck-script-{name}", daemon=True).start()


def _finish(done: "asyncio.Future[ScriptResult]", outcome: ScriptResult | BadAnswer) -> None:
    if isinstance(outcome, BadAnswer):
        done.set_exception(outcome)
        # Whoever cancelled the run does not ask any more.
        done.exception()
    else:
        done.set_result(outcome)
