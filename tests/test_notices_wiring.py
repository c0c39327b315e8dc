"""How whoever tells people comes into the engine, and goes again."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.events import Event
from monitor.history import History
from monitor.snapshot import Snapshot
from monitor.telling import Announcing
from providers.clock import SystemClock
from tests.fakes import ManualClock, settle
from tests.snapshot_values import snapshot
from tests.test_notices_around import CHANNELS, text
from tui.config.load import parse
from tui.wire_clients import clients
from tui.wire_notices import channels
from tui.wiring import build_engine, tell_people


class FakeTeller:
    """Notes what it is handed."""

    def __init__(self) -> None:
        self.note: Callable[[Event], None] = lambda _: None
        self.seen: list[Snapshot] = []
        self.closed = 0

    def look(self, snapshot: Snapshot) -> None:
        self.seen.append(snapshot)

    def shown(self, snapshot: Snapshot) -> Snapshot:
        return snapshot

    async def test(self, workspace: str, channel: str, operator: str) -> str:
        return f"{workspace} {channel} {operator}"

    async def aclose(self) -> None:
        self.closed += 1


async def test_it_is_made_with_the_first_judged_snapshot_and_closed_by_the_next() -> None:
    noted: list[Event] = []
    telling, first, second = Announcing(noted.append), FakeTeller(), FakeTeller()

    async def make() -> FakeTeller:
        return first

    async def make_another() -> FakeTeller:
        return second

    assert await telling.test("lma", "x", "dana") == "no channel is configured"
    telling.later(make)
    telling.taken(snapshot(), judged=False)
    await settle()
    assert first.note is not noted.append
    telling.taken(snapshot(), judged=True)
    await settle()
    telling.taken(snapshot(), judged=False)
    assert first.seen == [], "nothing is told before it was judged"
    telling.taken(snapshot(), judged=True)
    assert len(first.seen) == 1
    assert await telling.test("lma", "x", "dana") == "lma x dana"

    telling.later(make_another)
    telling.taken(snapshot(), judged=True)
    await settle()
    assert (first.closed, second.closed) == (1, 0)

    telling.later(None)
    telling.taken(snapshot(), judged=True)
    await settle()
    assert second.closed == 1
    await telling.aclose()


async def test_a_bug_in_the_making_ends_the_engine_with_words() -> None:
    async def broken() -> FakeTeller:
        raise KeyError("bug")

    telling = Announcing(lambda _: None)
    telling.later(broken)
    telling.taken(snapshot(), judged=True)
    await settle()
    with pytest.raises(KeyError):
        telling.taken(snapshot(), judged=True)


async def test_leaving_while_it_is_made_leaves_nothing_behind() -> None:
    async def slow() -> FakeTeller:
        await asyncio.get_running_loop().create_future()
        return FakeTeller()

    telling = Announcing(lambda _: None)
    telling.later(slow)
    telling.taken(snapshot(), judged=True)
    await settle()
    await telling.aclose()


async def test_the_channels_of_the_configuration_are_wired(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "t")
    given = CHANNELS | {"pager": f"{CHANNELS['pager']}, except: [errors]"}
    config = parse(text(**given).encode(), "x.yaml").config
    shared = clients(config, ManualClock())
    found = {one.spec.name: one.spec for one in channels(config, shared, ManualClock())}
    assert [(one.kind.value, one.target) for one in found.values()] == [
        ("slack", "C0INCIDENTS"),
        ("pagerduty", "events.pagerduty.com"),
        ("webhook", "hooks.example.com"),
    ]
    left_out = [set(one.except_kpis) for one in found.values()]
    assert left_out == [set(), {"errors"}, set()]
    assert "b=c" not in str(found), "a path may be a secret of its own"


async def test_only_an_open_wall_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "t")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    config = parse(text(**CHANNELS).encode(), "x.yaml").config
    clock = SystemClock()
    for tells, expected in ((False, 0), (True, 3)):
        history = History.open(None, clock)
        engine = await build_engine(config, clock, None, history=history, tells=tells)
        try:
            view = await shown(engine.notices)
            assert len(view.workspaces["shop"].channels) == expected
        finally:
            await engine.aclose()


async def shown(telling: Announcing) -> Snapshot:
    """What is published once whoever tells is there."""
    whole = snapshot()
    seen = Snapshot(
        at=whole.at, sequence=1, workspaces={"shop": whole.workspaces["lma"]}, sources={}
    )
    for _ in range(100):
        found = telling.taken(seen, judged=True)
        if telling._making is None and telling._make is None:
            return found
        await asyncio.wait({telling._making} if telling._making else {}, timeout=0.1)
    raise AssertionError("nobody came")


async def test_an_edit_that_names_no_channel_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "t")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    clock = SystemClock()
    config = parse(text(**CHANNELS).encode(), "x.yaml").config
    without = parse(text(hook=CHANNELS["hook"]).encode(), "x.yaml").config
    engine = await build_engine(config, clock, None, tells=True)
    try:
        assert len((await shown(engine.notices)).workspaces["shop"].channels) == 3
        tell_people(engine, without, clients(without, clock), clock, kept=True)
        await shown(engine.notices)
        assert len((await shown(engine.notices)).workspaces["shop"].channels) == 1
    finally:
        await engine.aclose()
