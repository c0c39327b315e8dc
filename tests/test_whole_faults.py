"""Every fault of the demo world at an endpoint, a vendor and a status page, seen by the engine.

Three kinds are on at the same time, each at three places of its own; the rest of the world goes on.
"""

import asyncio
import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from msgspec import Struct

from demo.faults import Fault, FaultKind
from monitor.snapshot import DeployView, EndpointCell, Snapshot, SourceView, VendorView
from monitor.states import EndpointState, Freshness
from monitor.verdicts import Level, Phase
from providers.clock import SystemClock
from providers.deploy_readings import DeployState
from providers.readings import SourceId
from providers.vendor_readings import VendorState
from tests.whole_world import (
    Ground,
    Tree,
    Watched,
    cell_of,
    ground,
    hurry,
    never_flapping,
    watched,
    without_systems,
)
from tui.config.load import load
from tui.extent import Extent
from tui.wiring import build_engine

pytestmark = [pytest.mark.xdist_group("whole-faults"), pytest.mark.timeout(180)]

WITNESS = "lma/production/merchant/site"


class Place(Struct, frozen=True, kw_only=True):
    """Where one kind of fault strikes, and which source sees it there."""

    endpoint: tuple[str, str]
    vendor: tuple[str, str]
    page: tuple[str, str]

    @property
    def services(self) -> tuple[str, str, str]:
        return self.endpoint[0], self.vendor[0], self.page[0]

    @property
    def sources(self) -> tuple[str, str, str]:
        return self.endpoint[1], self.vendor[1], self.page[1]


PLACES = (
    Place(
        endpoint=("lma-api-production", "lma/production/api/health"),
        vendor=("vercel", "lma/production/deploys/web"),
        page=("status-stripe", "lma/-/status/stripe"),
    ),
    Place(
        endpoint=("lma-api-staging", "lma/staging/api/health"),
        vendor=("render", "lma/production/deploys/api"),
        page=("status-render", "lma/-/status/render"),
    ),
    Place(
        endpoint=("localloop-production", "localloop/production/site/health"),
        vendor=("github", "lma/production/runs/api"),
        page=("status-supabase", "lma/-/status/supabase"),
    ),
)

K = FaultKind
ROUNDS = (
    (K.HANG, K.DRIP, K.SLOW),
    (K.ENDLESS, K.GZIP_BOMB, K.HUGE_CLAIM),
    (K.NOT_A_NUMBER, K.HOSTILE_TEXT, K.REFUSE),
    (K.RESET, K.UNKNOWN_ENUM, K.WRONG_TYPES),
    (K.UNAUTHORIZED, K.FORBIDDEN, K.NOT_FOUND),
    (K.UNAVAILABLE, K.SERVER_ERROR_HTML, K.RATE_LIMITED),
    (K.HTML, K.EMPTY, K.HALF_BODY),
    (K.NULLS, K.REDIRECT_ELSEWHERE, K.SERVER_ERROR_AFTER),
    (K.LOST_ANSWER,),
)
"""Kinds that are on together; each stands at the place of its column."""

_LATE = r"no complete answer within"
_LONG = rf"went past \d MiB|{_LATE}"
WORDS: Mapping[FaultKind, tuple[str, str]] = {
    K.HANG: (_LATE, _LATE),
    K.DRIP: (_LATE, _LATE),
    K.RESET: ("connection reset", "connection reset"),
    K.REFUSE: ("connection refused", "connection refused"),
    K.UNAUTHORIZED: ("401.*Bad credentials", "credential.*401"),
    K.FORBIDDEN: ("403", "403"),
    K.NOT_FOUND: ("404", "404"),
    K.RATE_LIMITED: ("429", "asked too often|to wait"),
    K.UNAVAILABLE: ("503", "503"),
    K.SERVER_ERROR_HTML: ("500", "500.*HTML"),
    K.SERVER_ERROR_AFTER: ("500", "500.*HTML"),
    K.LOST_ANSWER: ("connection reset", "connection reset"),
    K.HTML: ("HTML instead of JSON", "HTML instead of JSON"),
    K.EMPTY: ("empty body", "empty body"),
    K.GZIP_BOMB: (_LONG, _LONG),
    K.ENDLESS: (_LONG, _LONG),
    K.HALF_BODY: ("cut", "cut"),
    K.HUGE_CLAIM: ("9 GiB", "9 GiB"),
    K.WRONG_TYPES: ("17", r"\$.*expected"),
    K.NULLS: ("null", r"\$.*missing"),
    K.NOT_A_NUMBER: ("", r"\$.*expected"),
    K.UNKNOWN_ENUM: ("quantum_entangled", ""),
    K.REDIRECT_ELSEWHERE: ("redirect", "redirect"),
    K.SLOW: ("", ""),
    K.HOSTILE_TEXT: ("", ""),
}
"""What endpoint and vendor say; empty: no failure, and a test of its own says what instead."""

PAGE_STAYS = {K.NOT_A_NUMBER, K.UNKNOWN_ENUM, K.SLOW, K.HOSTILE_TEXT}
"""A status page holds no numbers, so NaN finds nothing to spoil in it."""


class Seen(Struct, frozen=True, kw_only=True):
    """What the engine published of one place."""

    cell: EndpointCell
    endpoint: SourceView
    vendor: SourceView
    deploys: tuple[DeployView, ...]
    page: VendorView


def seen(snapshot: Snapshot, place: Place) -> Seen:
    workspace = snapshot.workspaces["lma"]
    return Seen(
        cell=cell_of(snapshot, place.endpoint[1]),
        endpoint=snapshot.sources[SourceId(place.endpoint[1])],
        vendor=snapshot.sources[SourceId(place.vendor[1])],
        deploys=tuple(one for one in workspace.deploys if one.source == place.vendor[1]),
        page=next(one for one in workspace.vendors if one.source == place.page[1]),
    )


def says(sight: Seen, kind: FaultKind) -> bool:
    """Whether all three have seen the fault."""
    endpoint, vendor = WORDS[kind]
    page = "" if kind in PAGE_STAYS else vendor
    bad = sight.cell.state in {EndpointState.FAILING, EndpointState.DOWN}
    return (
        (not endpoint or (bad and re.search(endpoint, sight.cell.verdict.why) is not None))
        and _tells(sight.vendor, vendor)
        and (not page or _tells(sight.page, page))
        and (kind is not K.UNKNOWN_ENUM or _is_unheard_of(sight))
    )


def _is_unheard_of(sight: Seen) -> bool:
    """Whether nothing is left of an answer that was under way when the fault began."""
    states = {one.deploy.state for one in sight.deploys}
    return states == {DeployState.UNKNOWN} and sight.page.state is VendorState.UNKNOWN


def _tells(view: SourceView | VendorView, words: str) -> bool:
    return not words or (
        view.failure is not None and re.search(words, view.failure.sentence) is not None
    )


def well(sight: Seen) -> bool:
    return (
        sight.cell.state is EndpointState.OK
        and sight.vendor.failure is None
        and sight.vendor.freshness is Freshness.LIVE
        and all(one.deploy.state is not DeployState.UNKNOWN for one in sight.deploys)
        and sight.page.failure is None
        and sight.page.state is VendorState.OPERATIONAL
    )


class Record(Struct, frozen=True, kw_only=True):
    """One kind of fault from its beginning to the recovery."""

    before: Snapshot
    during: Seen
    at_worst: Snapshot
    after: Seen


@pytest.fixture(scope="module")
def world() -> Iterator[Ground]:
    with ground(database=False) as made:
        yield made


@pytest.fixture(scope="module")
def records(world: Ground) -> Mapping[FaultKind, Record]:
    found: dict[FaultKind, Record] = {}
    with watched(world.file("steady.yaml", hurry, without_systems, never_flapping)) as engine:
        engine.until(lambda snapshot: all(well(seen(snapshot, place)) for place in PLACES))
        for kinds in ROUNDS:
            found |= _round(world, engine, kinds)
    return found


def _round(
    world: Ground, engine: Watched, kinds: tuple[FaultKind, ...]
) -> Mapping[FaultKind, Record]:
    pairs = tuple(zip(kinds, PLACES, strict=False))
    before = engine.latest
    asked = (WITNESS, *itertools.chain.from_iterable(place.sources for _, place in pairs))
    counts = {name: world.requests(name) for _, place in pairs for name in place.services}
    for kind, place in pairs:
        for service in place.services:
            world.world.faults.on(Fault(service=service, kind=kind, seconds=1))

    def struck(snapshot: Snapshot) -> bool:
        return all(
            says(seen(snapshot, place), kind)
            and (kind not in PAGE_STAYS or _answered(snapshot, place))
            for kind, place in pairs
        ) and _newer(snapshot, WITNESS, before)

    def _answered(snapshot: Snapshot, place: Place) -> bool:
        asked = all(world.requests(name) > counts[name] for name in place.services)
        return asked and (
            _newer(snapshot, place.page[1], before)
            and (_newer(snapshot, place.vendor[1], before) or K.NOT_A_NUMBER in kinds)
        )

    def state() -> object:
        return "\n".join(f"{kind}: {_short(seen(engine.latest, place))}" for kind, place in pairs)

    worst = engine.until(struck, state, refresh=asked)
    world.world.faults.off()
    after = engine.until(
        lambda snapshot: all(well(seen(snapshot, place)) for _, place in pairs),
        state,
        refresh=asked,
    )
    return {
        kind: Record(
            before=before, during=seen(worst, place), at_worst=worst, after=seen(after, place)
        )
        for kind, place in pairs
    }


def _short(sight: Seen) -> str:
    page = sight.page.failure or sight.page.state
    states = {one.deploy.state for one in sight.deploys}
    return f"{sight.cell.state} {sight.cell.verdict.why} | {sight.vendor} {states} | {page}"


def _newer(snapshot: Snapshot, source: str, before: Snapshot) -> bool:
    now, then = (one.sources[SourceId(source)].last_success for one in (snapshot, before))
    return now is not None and then is not None and now.tick_s > then.tick_s


def test_every_kind_of_fault_is_tried() -> None:
    tried = list(itertools.chain.from_iterable(ROUNDS))
    assert sorted(kind.value for kind in tried) == sorted(kind.value for kind in FaultKind)


@pytest.mark.parametrize("kind", [k for k in FaultKind if WORDS[k][0]], ids=lambda k: k.value)
def test_an_endpoint_says_what_is_wrong(
    records: Mapping[FaultKind, Record], kind: FaultKind
) -> None:
    sight = records[kind].during
    assert sight.cell.state in {EndpointState.FAILING, EndpointState.DOWN}
    assert sight.cell.verdict.phase is not Phase.OK
    assert re.search(WORDS[kind][0], sight.cell.verdict.why)
    assert sight.cell.verdict.since is not None


@pytest.mark.parametrize("kind", [k for k in FaultKind if WORDS[k][1]], ids=lambda k: k.value)
def test_a_vendor_says_what_is_wrong_and_since_when(
    records: Mapping[FaultKind, Record], kind: FaultKind
) -> None:
    views = [records[kind].during.vendor]
    if kind not in PAGE_STAYS:
        place = next(
            p for kinds in ROUNDS for k, p in zip(kinds, PLACES, strict=False) if k is kind
        )
        views.append(records[kind].at_worst.sources[SourceId(place.page[1])])
    for view in views:
        assert view.failure is not None
        assert re.search(WORDS[kind][1], view.failure.sentence)
        assert view.failure.sentence.isprintable()
        assert view.failing_since is not None
        assert view.failures >= 1


@pytest.mark.parametrize("kind", list(FaultKind), ids=lambda k: k.value)
def test_the_others_go_on_meanwhile(records: Mapping[FaultKind, Record], kind: FaultKind) -> None:
    before, worst = records[kind].before, records[kind].at_worst
    kinds = next(kinds for kinds in ROUNDS if kind in kinds)
    hit = {service for _, place in zip(kinds, PLACES, strict=False) for service in place.services}
    others = [
        view
        for name, view in worst.sources.items()
        if _service_of(name, view) not in hit
        and view.spec.system not in _SHARED[kinds]
        # What was hit in an earlier round may still wait for its turn.
        and before.sources[name].failure is None
    ]
    assert len(others) > 8
    for view in others:
        assert view.freshness is Freshness.LIVE, view
        assert view.failure is None, view
    assert worst.offline_since is None


_SYSTEMS = {"vercel": "Vercel", "render": "Render", "github": "GitHub"}
_SHARED = {
    kinds: {_SYSTEMS[place.vendor[0]] for _, place in zip(kinds, PLACES, strict=False)}
    for kinds in ROUNDS
}
"""Vendors hit in a round: all the sources of their accounts are."""


def _service_of(name: str, view: SourceView) -> str:
    workspace, environment, service, *_ = name.split("/")
    if view.spec.system.endswith("status page"):
        return f"status-{name.rpartition('/')[2]}"
    prefix = "localloop" if workspace == "localloop" else f"lma-{service}"
    return f"{prefix}-{environment}"


@pytest.mark.parametrize("kind", list(FaultKind), ids=lambda k: k.value)
def test_it_recovers_by_itself(records: Mapping[FaultKind, Record], kind: FaultKind) -> None:
    assert well(records[kind].after)


def test_a_late_answer_is_slow_and_no_failure(records: Mapping[FaultKind, Record]) -> None:
    sight = records[K.SLOW].during
    assert sight.cell.state in {EndpointState.SLOW, EndpointState.OK}
    assert sight.vendor.failure is None


def test_a_status_page_is_not_told_to_mend_a_credential_it_has_not(
    records: Mapping[FaultKind, Record],
) -> None:
    for kind in (K.UNAUTHORIZED, K.FORBIDDEN, K.NOT_FOUND):
        failure = records[kind].during.page.failure
        assert failure is not None
        assert not re.search("refused|scopes|make a new one|this credential", str(failure))
        assert failure.advice


def test_states_nobody_has_heard_of_are_unknown(records: Mapping[FaultKind, Record]) -> None:
    sight = records[K.UNKNOWN_ENUM].during
    assert sight.deploys
    assert {one.deploy.state for one in sight.deploys} == {DeployState.UNKNOWN}
    assert not any(one.live for one in sight.deploys)
    assert sight.page.state is VendorState.UNKNOWN


def test_hostile_text_arrives_as_plain_text(records: Mapping[FaultKind, Record]) -> None:
    sight = records[K.HOSTILE_TEXT].during
    texts = [one.deploy.message.text + one.deploy.author.text for one in sight.deploys]
    assert any(texts)
    for text in texts:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b]", text)


@pytest.mark.parametrize(
    "kind",
    [K.NOT_A_NUMBER, K.WRONG_TYPES, K.NULLS, K.EMPTY, K.HTML, K.UNAVAILABLE, K.REFUSE],
    ids=lambda kind: kind.value,
)
def test_a_number_that_is_not_there_is_no_zero_and_not_green(
    world: Ground, kind: FaultKind
) -> None:
    """Asked for the first time: there is no earlier number to fall back on."""
    with world.fault("lma-api-production", kind):
        snapshot = asyncio.run(_once(world.file("hurried.yaml", hurry, without_systems)))
    metrics = [
        kpi for kpi in snapshot.workspaces["lma"].kpis if "api/metrics" in kpi.spec.series[0].source
    ]
    assert len(metrics) >= 4
    for kpi in metrics:
        assert kpi.value is None
        assert kpi.reason
        assert kpi.verdict.level is Level.UNKNOWN
        assert kpi.verdict.phase is Phase.UNKNOWN


async def _once(file: Path) -> Snapshot:
    engine = await build_engine(load(file), SystemClock(), None, extent=Extent(workspace="lma"))
    try:
        return await engine.once()
    finally:
        await engine.aclose()


def test_one_hanging_vendor_keeps_nobody_else_from_their_cadence(world: Ground) -> None:
    stuck = ("vercel", "status-vercel", "status-stripe", "lma-api-production")

    def every_second(tree: Tree) -> None:
        hurry(tree)
        for service in tree["workspaces"]["lma"]["services"].values():
            for check in service["checks"].values():
                check["every"] = "1s"
            for place in service["environments"].values():
                place["deploys"]["every"] = "1s"
        for workspace in tree["workspaces"].values():
            for page in workspace["status_pages"].values():
                page["every"] = "2s"

    with watched(world.file("fast.yaml", every_second, without_systems)) as engine:
        engine.until(lambda s: all(v.freshness is Freshness.LIVE for v in s.sources.values()))
        for service in stuck:
            world.world.faults.on(Fault(service=service, kind=K.HANG))
        counts = {name: world.requests(name) for name in ("lma-web-production", "lma-web-staging")}
        engine.until(lambda _: all(world.requests(name) >= counts[name] + 3 for name in counts))
        engine.until(
            lambda s: s.sources[SourceId("lma/production/deploys/web")].failure is not None
        )
        world.world.faults.off()
        # Nobody asks by hand: what waits for its turn after failures comes back by itself.
        engine.until(
            lambda s: (
                all(v.failure is None for v in s.sources.values())
                and cell_of(s, "lma/production/api/health").state is EndpointState.OK
            ),
            lambda: [v for v in engine.latest.sources.values() if v.failure],
            seconds=40,
        )
