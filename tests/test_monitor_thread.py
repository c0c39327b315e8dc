"""The engine's own thread: nothing the screen does or fails to do reaches it."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from monitor.engine import Engine
from monitor.history import History
from monitor.snapshot import Snapshot
from monitor.thread import EngineThread
from monitor.workspace import WorkspaceSpec
from providers.clock import SystemClock
from tests.fakes import ScriptedSource, source_spec

NAME = "lma/production/api/health"
LIMIT_S = 10.0


def workspace(rows: tuple[object, ...] = ()) -> WorkspaceSpec:
    return WorkspaceSpec(
        name="lma",
        title="LMA",
        environments=(),
        services=(),
        rows=rows,  # type: ignore[arg-type]
        kpis=(),
        databases=(),
        deploy_sources=(),
        vendor_sources=(),
    )


class Rig:
    def __init__(self, spec: WorkspaceSpec | None = None) -> None:
        clock = SystemClock()
        spec = spec or workspace()
        self.source = ScriptedSource(source_spec(NAME, interval_s=1.0, timeout_s=1.0), clock)

        async def build() -> Engine:
            return Engine([spec], [self.source], History.open(None, clock), clock)

        self.thread = EngineThread(build)
        self._seen = threading.Condition()
        self.snapshots: list[Snapshot] = []
        self.failures: list[BaseException] = []
        self.thread.on_snapshot = self._take
        self.thread.on_failure = self._fail

    def _take(self, snapshot: Snapshot) -> None:
        with self._seen:
            self.snapshots.append(snapshot)
            self._seen.notify_all()

    def _fail(self, failure: BaseException) -> None:
        with self._seen:
            self.failures.append(failure)
            self._seen.notify_all()

    def wait(self, condition: Callable[[], bool]) -> None:
        with self._seen:
            assert self._seen.wait_for(condition, LIMIT_S)


def test_it_publishes_answers_and_ends_quickly() -> None:
    rig = Rig()
    rig.thread.start()
    rig.wait(lambda: any(one.sources[rig.source.spec.id].last_success for one in rig.snapshots))
    assert rig.thread.latest is not None
    assert rig.thread.stop(2.0)
    assert rig.source.closed == 1
    assert rig.thread.failure is None
    assert rig.failures == []


def test_it_goes_on_while_nobody_looks() -> None:
    rig = Rig()
    rig.thread.start()
    rig.wait(lambda: len(rig.source.reads) >= 3)
    assert rig.thread.stop(2.0)
    assert rig.source.most_under_way == 1


def test_calls_run_in_the_engines_loop_and_bring_their_result_back() -> None:
    rig = Rig()
    rig.thread.start()

    async def where(engine: Engine) -> tuple[str, str]:
        return threading.current_thread().name, next(iter(engine.latest.workspaces))

    assert rig.thread.submit(where).result(LIMIT_S) == ("engine", "lma")

    async def broken(_: Engine) -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        rig.thread.submit(broken).result(LIMIT_S)
    assert rig.thread.stop(2.0)
    with pytest.raises(RuntimeError, match="not running"):
        rig.thread.submit(where)


def test_a_bug_in_the_engine_ends_it_and_says_so() -> None:
    rig = Rig()

    def break_it(_: Snapshot) -> None:
        raise ZeroDivisionError("a bug")

    rig.thread.on_snapshot = break_it
    rig.thread.start()
    rig.wait(lambda: bool(rig.failures))
    assert isinstance(rig.thread.failure, ZeroDivisionError)
    assert rig.thread.stop(2.0)
    assert rig.source.closed == 1


def test_an_engine_that_can_not_be_built_says_so() -> None:
    async def build() -> Engine:
        raise OSError("no configuration")

    ended = threading.Event()
    thread = EngineThread(build)
    thread.on_failure = lambda _: ended.set()
    thread.start()
    assert ended.wait(LIMIT_S)
    assert isinstance(thread.failure, OSError)
    assert thread.latest is None
    with pytest.raises(RuntimeError, match="not running"):
        thread.submit(lambda engine: engine.history.flush())
    assert thread.stop(2.0)


def test_an_engine_that_ends_as_it_is_stopped_is_parted_from_once() -> None:
    parted: list[str] = []

    async def build() -> Engine:
        running = asyncio.current_task()
        assert running is not None
        running.add_done_callback(lambda _: stopped_from_outside())
        raise OSError("no configuration")

    async def at_end() -> None:
        parted.append("parted")
        for _ in range(3):
            await asyncio.sleep(0)

    def stopped_from_outside() -> None:
        outside = threading.Thread(target=thread.stop, args=(0,))
        outside.start()
        outside.join(LIMIT_S)

    ended = threading.Event()
    thread = EngineThread(build)
    thread.at_end = at_end
    thread.on_failure = lambda _: ended.set()
    thread.start()
    assert ended.wait(LIMIT_S)
    assert parted == ["parted"]
    assert isinstance(thread.failure, OSError)
    assert thread.stop(LIMIT_S)


def test_stopping_before_the_start_is_no_trouble() -> None:
    rig = Rig()
    assert rig.thread.stop(0.1)
