"""Thorough looks for tests: at a real server, or over rows that a test makes up."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from demo.postgres_cluster import Cluster
from providers.base import SourceKind, SourceSpec
from providers.clock import Clock, Moment, SystemClock
from providers.errors import ProviderError
from providers.harvest import Harvest
from providers.postgres.depth import DepthOptions, depth_source
from providers.postgres.parts import Found, Part
from providers.postgres.past import NoPast, Past, Sample
from providers.postgres.thorough import ThoroughSource
from providers.readings import SourceId
from providers.system_readings import Record, Section, SystemReading
from tests.fakes import ManualClock
from tests.postgres_fixtures import SPEC, options_for

DEPTH = replace(
    SPEC,
    id=SourceId("lma/production/db/main.depth"),
    kind=SourceKind.SYSTEM,
    title="Database in depth",
    timeout_s=10.0,
)


def deep(
    cluster: Cluster,
    *,
    options: DepthOptions | None = None,
    clock: Clock | None = None,
    turn: asyncio.Lock | None = None,
    past: Past | None = None,
    timeout_s: float = 10.0,
    **changes: Any,
) -> ThoroughSource:
    """A thorough look at this server as its superuser."""
    return depth_source(
        replace(DEPTH, timeout_s=timeout_s),
        options_for(cluster, **changes),
        options or DepthOptions(),
        clock or SystemClock(),
        turn or asyncio.Lock(),
        past or NoPast(),
    )


class KnownPast:
    """A past with the same number for everything."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self.asked: list[tuple[SourceId, str]] = []

    async def earlier(self, source: SourceId, metric: str, reach_s: float) -> Sample | None:
        self.asked.append((source, metric))
        return self.sample


class RowsAsk(Struct):
    """Answers with rows of the test's own, by a word that is in the statement; else with none."""

    answers: Mapping[str, Sequence[Mapping[str, Any]] | ProviderError]
    at: Moment = field(default_factory=lambda: ManualClock().now())
    version_major: int = 18

    async def rows(self, sql: str) -> Sequence[Mapping[str, Any]]:
        for word, answer in self.answers.items():
            if word in sql:
                if isinstance(answer, ProviderError):
                    raise answer
                return answer
        return ()


async def found_by(part: Part, answers: Mapping[str, Any]) -> Found:
    """What a part makes of these rows."""
    ask: Any = RowsAsk(answers)
    return await part.read(ask)


def system_of(harvest: Harvest) -> SystemReading:
    assert isinstance(harvest.payload, SystemReading)
    return harvest.payload


def section(harvest: Harvest | Found, key: str) -> Section:
    sections = harvest.sections if isinstance(harvest, Found) else system_of(harvest).sections
    return next(one for one in sections if one.key == key)


def record(harvest: Harvest | Found, key: str, title: str) -> Record:
    """The record whose title has this in it."""
    return next(one for one in section(harvest, key).records if title in one.title.text)


def detail(of: Record, name: str) -> str:
    return next(text.text for title, text in of.details if title == name)


def spec_of(source_id: str, timeout_s: float = 10.0) -> SourceSpec:
    return replace(DEPTH, id=SourceId(source_id), timeout_s=timeout_s)
