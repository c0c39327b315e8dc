"""The engine's own thread and event loop.

The screen may stop reading for a minute and nothing here notices: only frozen snapshots cross,
one way (promise: the engine keeps polling while the terminal takes nothing).
"""

import asyncio
import concurrent.futures
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from monitor.contained import Contained

if TYPE_CHECKING:
    from monitor.engine import Engine
    from monitor.snapshot import Snapshot

T = TypeVar("T")

Build = Callable[[], Awaitable["Engine"]]


class EngineThread:
    """Runs one engine on a loop of its own until told to stop.

    Args:
        build: Makes the engine; awaited in the engine's loop, so that connections, locks and
            tasks belong to it.
    """

    def __init__(self, build: Build) -> None:
        self._build = build
        self._thread = threading.Thread(target=self._main, name="engine", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._engine: Engine | None = None
        self._running: asyncio.Task[None] | None = None
        self._built = threading.Event()
        self._lock = threading.Lock()
        self._stopping = False
        self._failure: BaseException | None = None
        self.on_snapshot: Callable[[Snapshot], None] | None = None
        """Called in the engine's thread after each publication; must not block."""

        self.on_failure: Callable[[BaseException], None] | None = None
        """Called once, in the engine's thread, when a bug has ended the engine."""

        self.at_end: Callable[[], Awaitable[None]] | None = None
        """Awaited in the loop, beside the engine's own end: an action under way is not cut off, and
        says in its record that it was left. Must be bounded."""

        self._ending: asyncio.Task[BaseException | None] | None = None

        self._calls: set[concurrent.futures.Future[Any]] = set()

    @property
    def latest(self) -> "Snapshot | None":
        """The newest snapshot; None until the engine stands."""
        engine = self._engine
        return None if engine is None else engine.latest

    @property
    def door(self) -> "object | None":
        """The engine's door for actions, once it is open."""
        engine = self._engine
        return None if engine is None else engine.door

    @property
    def failure(self) -> BaseException | None:
        """What ended the engine, if anything did: a bug, to be told with a non-zero exit."""
        return self._failure

    @property
    def alive(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread; returns at once, before the engine is built."""
        self._thread.start()

    def submit(
        self, call: "Callable[[Engine], Awaitable[T]]", build_timeout_s: float = 10.0
    ) -> concurrent.futures.Future[T]:
        """Run a coroutine against the engine in its loop.

        Raises:
            RuntimeError: The engine is not running, or was not built within `build_timeout_s`.
        """
        if not self._built.wait(build_timeout_s):
            raise RuntimeError("the engine is still being built")
        with self._lock:
            loop, engine = self._loop, self._engine
            if self._stopping or loop is None or engine is None:
                raise RuntimeError("the engine is not running")

            async def called() -> T:
                return await call(engine)

            future = asyncio.run_coroutine_threadsafe(called(), loop)
            self._calls.add(future)
        future.add_done_callback(self._calls.discard)
        return future

    def refresh(self) -> None:
        """Ask for everything to be read now; does nothing when the engine is not running."""
        engine = self._engine
        if engine is not None and not self._stopping:
            engine.refresh()

    def stop(self, timeout_s: float) -> bool:
        """End the engine and wait for its thread.

        Returns:
            Whether the thread ended in time. A thread that did not dies with the process.
        """
        with self._lock:
            if self._loop is not None and not self._stopping:
                self._loop.call_soon_threadsafe(self._end)
            self._stopping = True
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _main(self) -> None:
        try:
            with asyncio.Runner() as runner:
                self._failure = runner.run(self._guarded())
        finally:
            with self._lock:
                self._stopping = True
            for call in tuple(self._calls):
                call.cancel()
            self._built.set()
        if self._failure is not None and self.on_failure is not None:
            self.on_failure(self._failure)

    async def _guarded(self) -> BaseException | None:
        """Run the engine in a task, and hand back what ended it instead of raising."""
        loop = asyncio.get_running_loop()
        with self._lock:
            self._loop = loop
            self._running = loop.create_task(self._work(), name="engine")
            if self._stopping:
                self._end()
        await asyncio.wait({self._running})
        with self._lock:
            self._loop = None
        error = await self._part()
        if error is not None:
            return error
        return None if self._running.cancelled() else self._running.exception()

    def _end(self) -> None:
        """In the loop: what is to be written at the end does not wait for slow sources to close."""
        if self._running is not None:
            self._running.cancel()
        self._part()

    def _part(self) -> "asyncio.Task[BaseException | None]":
        """Begin what is awaited at the end; once, also where an engine ends as it is stopped."""
        self._ending = self._ending or asyncio.ensure_future(self._parted())
        return self._ending

    async def _parted(self) -> BaseException | None:
        with Contained() as contained:
            if self.at_end is not None:
                await self.at_end()
        return contained.error

    async def _work(self) -> None:
        engine = await self._build()
        engine.on_snapshot = self._publish
        self._engine = engine
        self._built.set()
        await engine.run()
        raise RuntimeError("the engine ended by itself")

    def _publish(self, snapshot: "Snapshot") -> None:
        listener = self.on_snapshot
        if listener is not None:
            listener(snapshot)
