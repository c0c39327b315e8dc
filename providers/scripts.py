"""Runs a local script: without a shell, with little of our environment, and never for ever.

The one way by which a script is run, whether a read-only check runs by itself or a person asked for
a backup. It runs in a session of its own; when it ends, or its time is up, everything in that
session is killed.
"""

import asyncio
import codecs
import contextlib
import enum
import os
import selectors
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct, field

from providers.errors import BadAnswer
from providers.secrets import redact
from providers.text import Foreign

SYSTEM: Final = "Scripts"
ALWAYS_PASSED: Final = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER")
MOST_LINES: Final = 500
"""Lines of the output that are kept, the last ones."""

LONGEST_LINE: Final = 2_000
_LOOK_S: Final = 0.1
"""How often an ended script with open pipes is noticed: a child of its may hold them for ever."""

_AFTERWARDS_S: Final = 0.5
_PIECE: Final = 65_536


class ScriptSpec(Struct, frozen=True, kw_only=True):
    """What is run and under which conditions."""

    name: str
    argv: tuple[str, ...]
    """Program and fixed arguments; `~/` at the start of the program is the home folder."""

    folder: str = "/"
    """Where it runs."""

    timeout_s: float = 600.0
    environment: tuple[str, ...] = ()
    """Names of variables it may see, besides `ALWAYS_PASSED`."""


class ScriptLine(Struct, frozen=True, kw_only=True):
    """One line that a script wrote."""

    text: Foreign
    """Cleaned, and with known secrets taken out."""

    error: bool
    """Whether it came on standard error."""

    after_s: float
    """Seconds since the script was started."""


class ScriptEnd(enum.Enum):
    """How a run ended."""

    EXITED = "exited"
    SIGNALLED = "killed by a signal"
    TIMED_OUT = "time was up"
    CANCELLED = "stopped"


class ScriptResult(Struct, frozen=True, kw_only=True):
    """A finished run."""

    name: str
    end: ScriptEnd
    exit_code: int | None
    """None when it was killed."""

    signal: int | None = None
    duration_s: float
    lines: tuple[ScriptLine, ...]
    """The last ones, in the order they came."""

    left_out: int = 0
    """Lines before those."""

    @property
    def good(self) -> bool:
        """Whether it did what it is there for."""
        return self.end is ScriptEnd.EXITED and self.exit_code == 0

    @property
    def words(self) -> str:
        """How it ended, for a person."""
        if self.end is ScriptEnd.EXITED:
            return f"exit {self.exit_code}"
        if self.end is ScriptEnd.SIGNALLED:
            return f"killed by signal {self.signal}"
        return f"{self.end.value} after {self.duration_s:.0f} s"


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
        if not piece or len(self.rest) > LONGEST_LINE:
            whole, self.rest = [*whole, *filter(None, (self.rest,))], ""
        return whole


class _Run:
    """One process with its two streams; works in a thread of its own."""

    def __init__(self, spec: ScriptSpec, args: Sequence[str], tell: OnLine) -> None:
        self._spec = spec
        self._tell = tell
        self._lines: deque[ScriptLine] = deque(maxlen=MOST_LINES)
        self._count = 0
        self._began_s = time.monotonic()  # noqa: TID251 - a process is timed by the same clock that select uses
        self.stopped = threading.Event()
        self._process = _started(spec, args)

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
                if self.stopped.is_set():
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
        cleaned = Foreign(redact(text[: LONGEST_LINE * 2])).line(LONGEST_LINE)
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

    def tell(line: ScriptLine) -> None:
        if on_line is not None:
            loop.call_soon_threadsafe(on_line, line)

    running = await asyncio.to_thread(_Run, spec, args, tell)
    # Not the loop's own executor: it has six threads on a small machine, and a backup takes long.
    worker = threading.Thread(
        target=_work, args=(running, loop, done), name=f"quarterdeck-script-{spec.name}"
    )
    worker.start()
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        running.stopped.set()
        await asyncio.wait([done])
        raise


def _work(
    running: _Run, loop: asyncio.AbstractEventLoop, done: "asyncio.Future[ScriptResult]"
) -> None:
    result = running.work()
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(_finish, done, result)


def _finish(done: "asyncio.Future[ScriptResult]", result: ScriptResult) -> None:
    if not done.done():
        done.set_result(result)


def allowed(names: Sequence[str], ours: Mapping[str, str]) -> dict[str, str]:
    """What a script sees of our environment: a few harmless variables, and those it may have."""
    kept = {name: ours[name] for name in (*ALWAYS_PASSED, *names) if name in ours}
    # An empty or relative entry would look for programs in the current folder.
    path = [entry for entry in kept.get("PATH", "").split(":") if entry.startswith("/")]
    return {**kept, "PATH": ":".join(path) or os.defpath, "TERM": "dumb"}


def _started(spec: ScriptSpec, args: Sequence[str]) -> "subprocess.Popen[bytes]":
    program, *fixed = spec.argv
    try:
        return subprocess.Popen(  # noqa: S603 - what the operator's own file names, without a shell
            [_at_home(program), *fixed, *args],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=allowed(spec.environment, os.environ),
            cwd=_at_home(spec.folder),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        number = error.errno if isinstance(error, OSError) else None
        words = os.strerror(number).lower() if number else "bad argument"
        raise BadAnswer(
            SYSTEM,
            f"run {Foreign(spec.name).line(60)}",
            f"it cannot be started: {words}",
            advice="check its path, its folder and that it may be executed",
        ) from None


def _at_home(path: str) -> str:
    home = os.environ.get("HOME", "")
    return f"{home}/{path[2:]}" if path.startswith("~/") and home else path
