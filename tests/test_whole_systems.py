"""One, three, or all systems dead or hostile at once: the wall goes on and says what it knows."""

from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from demo.faults import Fault, FaultKind
from monitor.snapshot import Snapshot, WorkspaceView
from monitor.states import Freshness
from monitor.verdicts import Level
from providers.base import SourceKind
from providers.readings import Trouble
from providers.system_readings import Condition
from providers.text import Foreign
from tests.whole_terminal import Home, shown, wall
from tests.whole_world import Ground, Tree, Watched, ground, hurry, patient, watched
from tui.config.account_kinds import ACCOUNT_KINDS

pytestmark = [pytest.mark.xdist_group("whole-systems"), pytest.mark.timeout(240)]

K = FaultKind
SYSTEMS: Final = frozenset({SourceKind.SYSTEM, SourceKind.LOGS})


@pytest.fixture(scope="module")
def world() -> Iterator[Ground]:
    with ground() as found:
        # All that these tests ask by hand would use up what the vendor allows in a minute.
        found.world.estate.supabase.rate.limit = 100_000
        yield found


HANGS: Final = "pagerduty"
"""The one that hangs: what answers has time to, on a busy machine as well."""


def quick(tree: Tree) -> None:
    """Everything is asked often, so that a test need not wait for hourly looks."""
    patient(tree)
    for account in tree["accounts"].values():
        if account["kind"] == HANGS:
            account["timeout"] = "2s"
    for workspace in tree["workspaces"].values():
        for kind, systems in workspace.get("systems", {}).items():
            for system in systems.values():
                for key in list(system):
                    if key == "every" or key.endswith("_every"):
                        system[key] = "5s"
                if kind not in {"scripts", "business"}:
                    system["every"] = "5s"


@pytest.fixture(scope="module")
def engine(world: Ground) -> Iterator[Watched]:
    """One engine for all of them: what it has been through stays with it, as over a shift."""
    with watched(world.file("systems.yaml", quick)) as found:
        yield found


def views(snapshot: Snapshot) -> list[WorkspaceView]:
    return list(snapshot.workspaces.values())


def well(snapshot: Snapshot) -> bool:
    """Whether everything answers."""
    return not silent(snapshot)


def silent(snapshot: Snapshot) -> list[str]:
    return [
        f"{source.spec.id}: {source.failure.sentence if source.failure else 'nothing yet'}"
        for source in snapshot.sources.values()
        if source.failure is not None or not source.last_success
    ]


def all_well(engine: Watched) -> Snapshot:
    """Wait until everything answers, asking by hand what does not."""
    return engine.until(well, lambda: silent(engine.latest), seconds=100, refresh=failing)


def failing(snapshot: Snapshot) -> list[str]:
    return [str(key) for key, one in snapshot.sources.items() if one.failure]


def every_one_then(
    then: Callable[[Snapshot], Collection[str]],
) -> Callable[[Snapshot], Collection[str]]:
    """All sources once, so that the others go on as well; then those that something hangs on."""
    first = iter([True])

    def asked(snapshot: Snapshot) -> Collection[str]:
        return [str(key) for key in snapshot.sources] if next(first, False) else then(snapshot)

    return asked


def told(snapshot: Snapshot, kinds: frozenset[SourceKind] = SYSTEMS) -> list[str]:
    """The sentences of all systems that fail."""
    return [
        source.failure.sentence
        for source in snapshot.sources.values()
        if source.failure is not None and source.spec.kind in kinds
    ]


def truthful(snapshot: Snapshot) -> None:
    """Nothing that is not believed looks fine, and every failure says what and what to do."""
    for view in views(snapshot):
        for system in view.systems:
            if system.freshness in {Freshness.UNKNOWN, Freshness.LOADING}:
                assert system.condition is Condition.UNKNOWN, system.spec.id
                assert system.level is Level.UNKNOWN, system.spec.id
            if system.failure is not None:
                assert system.failure.sentence
                assert system.failure.trouble is not Trouble.BUG, system.failure
            for section in system.reading.sections if system.reading else ():
                for record in section.records:
                    assert isinstance(record.title, Foreign)
                    assert "\x1b" not in record.title.text
    for source in snapshot.sources.values():
        if source.failure is not None:
            assert source.failure.trouble is not Trouble.BUG, source.failure


def test_every_system_of_both_products_answers(engine: Watched) -> None:
    left = {str(one.spec.id) for view in views(all_well(engine)) for one in view.systems}
    assert all(view.systems for view in views(engine.latest))

    def all_were_known(snapshot: Snapshot) -> bool:
        """Whether each has said how it is: when the last one does, the first may be old again."""
        truthful(snapshot)
        for view in views(snapshot):
            for one in view.systems:
                if one.reading and not one.failure and one.condition is not Condition.UNKNOWN:
                    left.discard(str(one.spec.id))
        return not left

    engine.until(all_were_known, lambda: (left, silent(engine.latest)), seconds=60)


def not_told(services: tuple[str, ...], snapshot: Snapshot) -> list[str]:
    """The sources at these services of which nothing bad is known yet."""
    return [
        str(key)
        for key, source in snapshot.sources.items()
        if source.failure is None and source.spec.system.lower().startswith(services)
    ]


DEAD: Final = (
    (K.REFUSE, ("stripe",)),
    (K.HANG, (HANGS,)),
    (K.UNAUTHORIZED, ("sentry", "slack", "supabase")),
    (K.HTML, ("resend", "google", "stripe")),
    (K.RATE_LIMITED, ("sentry", "pagerduty", "resend")),
)


@pytest.mark.parametrize(("kind", "services"), DEAD, ids=lambda each: str(each)[:40])
def test_some_that_fail_are_named_and_the_others_go_on(
    world: Ground, engine: Watched, kind: FaultKind, services: tuple[str, ...]
) -> None:
    all_well(engine)
    for service in services:
        assert service in world.world.urls, sorted(world.world.urls)
        world.world.faults.on(Fault(service=service, kind=kind, seconds=1.0))
    try:
        snapshot = engine.until(
            lambda s: len({words.partition(":")[0] for words in told(s)}) >= len(services),
            lambda: told(engine.latest),
            seconds=40,
            refresh=every_one_then(partial(not_told, services)),
        )
        truthful(snapshot)
        systems = [one for view in views(snapshot) for one in view.systems]
        assert sum(one.failure is None for one in systems) > len(systems) / 3
    finally:
        world.world.faults.off()
    all_well(engine)


@pytest.mark.parametrize("kind", [K.REFUSE, K.HOSTILE_TEXT, K.WRONG_TYPES, K.NULLS, K.UNKNOWN_ENUM])
def test_all_at_once(world: Ground, engine: Watched, kind: FaultKind) -> None:
    all_well(engine)
    before = engine.latest.sequence
    vendors = [name for name in world.world.urls if not name.startswith(("lma-", "localloop"))]
    for service in vendors:
        if service != "trap":
            world.world.faults.on(Fault(service=service, kind=kind))
    try:
        every = [str(name) for name in engine.latest.sources]
        engine.until(lambda s: s.sequence >= before + 5, seconds=40, refresh=every)
        truthful(engine.latest)
        if kind is K.REFUSE:
            _all_told(engine)
    finally:
        world.world.faults.off()
    all_well(engine)


def _all_told(engine: Watched) -> None:
    """Every system that an account leads to says that it can not be reached."""
    vendors = {kind.system for kind in ACCOUNT_KINDS.values()}

    def quiet(snapshot: Snapshot) -> set[str]:
        return {
            str(one.spec.id)
            for view in views(snapshot)
            for one in view.systems
            if one.spec.system in vendors and one.failure is None
        }

    snapshot = engine.until(
        lambda s: not quiet(s),
        lambda: quiet(engine.latest),
        seconds=40,
        refresh=every_one_then(quiet),
    )
    truthful(snapshot)


@pytest.mark.terminal
def test_boards_answer_keys_while_every_system_hangs(world: Ground, tmp_path: Path) -> None:
    config = world.file("hanging.yaml", quick, hurry)
    with wall(Home(tmp_path), "--config", str(config), size=(160, 48)) as terminal:
        shown(terminal, "● 200")
        for service in world.world.urls:
            if service != "trap":
                world.world.faults.on(Fault(service=service, kind=K.HANG))
        try:
            for key, words in (
                ("8", "Payments, e-mail, calendar"),
                ("9", "Errors"),
                ("0", "Security"),
                ("l", "Logs"),
                ("h", "What changed in the last 15m"),
            ):
                terminal.send(key)
                shown(terminal, words)
            terminal.send("\x1b")
            shown(terminal, "1 Alerts")
        finally:
            world.world.faults.off()
        terminal.send("q")
        terminal.wait(15)
        assert terminal.status == 0
