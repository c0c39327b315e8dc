"""The whole program's surroundings: a demo world where nothing happens by itself, its file edited.

The world runs in this process, in its own thread; the program under test is an engine beside it
or a process in a terminal.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from demo.faults import Fault, FaultKind
from demo.incident import CALM, Script
from demo.serve import Listener
from demo.world import World
from monitor.engine import Engine
from monitor.snapshot import EndpointCell, Snapshot, SourceView
from monitor.thread import EngineThread
from providers.clock import SystemClock
from providers.readings import SourceId
from tests.postgres_fixtures import blank
from tui.config.load import load
from tui.wiring import build_engine

LATE_S = 40.0
"""When what has not come does not come any more, on the busiest of machines."""

AGAIN_S = 0.5
"""How often a test asks again by hand; more would use up what vendors allow in a minute."""

Tree = dict[str, Any]
Change = Callable[[Tree], None]


class Ground:
    """One world and what a test does to it."""

    def __init__(self, world: World) -> None:
        self.world = world

    def file(self, name: str, *changes: Change) -> Path:
        """A configuration of this world with changes."""
        tree: Tree = yaml.load(self.world.config_path.read_bytes(), yaml.CSafeLoader)
        for change in changes:
            change(tree)
        path = self.world.config_path.parent / name
        text = yaml.dump(tree, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
        path.write_text(text)
        return path

    def requests(self, service: str) -> int:
        """How many requests a service has answered, as it counts them itself."""
        listener = self.world._listeners[service]
        assert isinstance(listener, Listener)
        return listener._state.total_requests

    def do(self, task: Coroutine[Any, Any, Any]) -> None:
        """Do something to the world in its own thread, and wait for it."""
        self.world._thread.submit(task).result(20)

    @contextlib.contextmanager
    def fault(self, service: str, kind: FaultKind, **more: Any) -> Iterator[None]:
        """Something is wrong for the length of a `with`."""
        self.world.faults.on(Fault(service=service, kind=kind, **more))
        try:
            yield
        finally:
            self.world.faults.off(service)

    @property
    def secrets(self) -> Mapping[str, str]:
        """Every secret of this world by name."""
        words = self.world.credentials
        found = {name: getattr(words, name) for name in words.__struct_fields__}
        for product, database in self.world.databases.items():
            found[f"{product} database"] = database.password_file.read_text().strip()
        return found


@contextlib.contextmanager
def ground(script: Script = CALM, *, database: bool = True) -> Iterator[Ground]:
    """A world for the length of a `with`."""
    world = World(script=script, database=database, blank=blank())
    asyncio.run(world.start())
    try:
        yield Ground(world)
    finally:
        world.close()


def hurry(tree: Tree) -> None:
    """Time-outs of a second or two, so that what hangs is told of soon."""
    for account in tree["accounts"].values():
        account["timeout"] = "2s"
    for workspace in tree["workspaces"].values():
        for service in workspace["services"].values():
            for check in service["checks"].values():
                check |= {"timeout": "1500ms", "slow_over": "900ms"}
        for page in workspace["status_pages"].values():
            page["timeout"] = "2s"
        for database in workspace.get("databases", {}).values():
            for place in database["environments"].values():
                place |= {"timeout": "2s", "statement_timeout": "1s"}


def patient(tree: Tree) -> None:
    """Time to answer for everybody: what is late on a busy machine is no trouble of the world's."""
    for account in tree["accounts"].values():
        account["timeout"] = "30s"
    for workspace in tree["workspaces"].values():
        for service in workspace["services"].values():
            for check in service["checks"].values():
                check |= {"timeout": "30s", "slow_over": "25s"}
        for page in workspace["status_pages"].values():
            page["timeout"] = "30s"
        for database in workspace.get("databases", {}).values():
            for place in database["environments"].values():
                place |= {"timeout": "30s", "statement_timeout": "25s"}
        for domains in workspace.get("systems", {}).get("domains", {}).values():
            domains["query_timeout"] = "10s"


def never_flapping(tree: Tree) -> None:
    """For a test that breaks one place again and again within a minute: that would be flapping."""
    for workspace in tree["workspaces"].values():
        for service in workspace["services"].values():
            for check in service["checks"].values():
                check["flapping"] = False


def without_systems(tree: Tree) -> None:
    """Hosting, databases and status pages only: what a test about them waits for is fewer."""
    for workspace in tree["workspaces"].values():
        workspace.pop("systems", None)
        workspace.pop("actions", None)
        kpis = workspace["kpis"]
        for name in [key for key, kpi in kpis.items() if _of_systems(kpi)]:
            del kpis[name]
        for channel in workspace.get("notices", {}).get("channels", {}).values():
            channel.pop("except", None)
        for database in workspace.get("databases", {}).values():
            database.pop("depth", None)


def _of_systems(kpi: Tree) -> bool:
    return any("system" in one for one in (*kpi["from"], *kpi.get("of", ())))


def alone(tree: Tree) -> None:
    """One service with one check and nothing else: what starts fastest."""
    api = tree["workspaces"]["lma"]["services"]["api"]
    api["checks"] = {"live": {"title": "API live", "path": "/health/live", "every": "1s"}}
    api["environments"] = {"production": {"url": api["environments"]["production"]["url"]}}
    api.pop("depends_on", None)
    tree["workspaces"] = {
        "lma": {
            "title": "LMA",
            "environments": tree["workspaces"]["lma"]["environments"],
            "services": {"api": api},
        }
    }
    tree["accounts"] = {}
    tree["secrets"] = {}


class Watched:
    """An engine in a thread of its own, and the wait for what it publishes."""

    def __init__(self, path: Path, past: Path | None = None) -> None:
        self._path = path
        self._past = past
        self._changed = threading.Condition()
        self.thread = EngineThread(self._build)
        self.thread.on_snapshot = self._told

    async def _build(self) -> Engine:
        return await build_engine(load(self._path), SystemClock(), self._past)

    def _told(self, _snapshot: Snapshot) -> None:
        with self._changed:
            self._changed.notify_all()

    @property
    def latest(self) -> Snapshot:
        snapshot = self.thread.latest
        assert snapshot is not None
        return snapshot

    def source(self, name: str) -> SourceView:
        return self.latest.sources[SourceId(name)]

    def until(
        self,
        holds: Callable[[Snapshot], bool],
        what: Callable[[], object] = str,
        *,
        seconds: float = LATE_S,
        refresh: Collection[str] | Callable[[Snapshot], Collection[str]] = (),
    ) -> Snapshot:
        """Wait for a snapshot of which something holds, asking some sources again by hand."""
        end, again = time.monotonic() + seconds, 0.0
        with self._changed:
            while self.thread.latest is None or not holds(self.latest):
                assert self.thread.failure is None, self.thread.failure
                now = time.monotonic()
                assert now < end, what()
                if refresh and self.thread._engine is not None and now >= again:
                    again = now + AGAIN_S
                    names = refresh(self.latest) if callable(refresh) else refresh
                    self.thread._engine.refresh([SourceId(name) for name in names])
                self._changed.wait(0.25)
        return self.latest


@contextlib.contextmanager
def watched(path: Path, past: Path | None = None) -> Iterator[Watched]:
    """An engine over a configuration for the length of a `with`."""
    engine = Watched(path, past)
    engine.thread.start()
    try:
        yield engine
    finally:
        assert engine.thread.stop(5.0)


def cell_of(snapshot: Snapshot, source: str) -> EndpointCell:
    """The cell of one check in one environment."""
    rows = snapshot.workspaces[source.partition("/")[0]].endpoints
    return next(
        cell for row in rows for cell in row.cells.values() if cell.source == SourceId(source)
    )
