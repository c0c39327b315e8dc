"""Sources for the tests of endpoints."""

from providers.base import SourceKind, SourceSpec
from providers.clock import Clock, SystemClock
from providers.endpoint import EndpointOptions, EndpointSource
from providers.harvest import Harvest
from providers.probe_readings import ProbeReading
from providers.readings import Reading, SourceId


def endpoint(
    url: str,
    *,
    timeout_s: float = 2.0,
    interval_s: float = 10.0,
    clock: Clock | None = None,
    **options: object,
) -> EndpointSource:
    """A check of `url`; `options` are those of `EndpointOptions`."""
    spec = SourceSpec(
        id=SourceId("w/production/api/health"),
        workspace="w",
        environment="production",
        kind=SourceKind.ENDPOINT,
        title="API /health",
        system="HTTP",
        interval_s=interval_s,
        timeout_s=timeout_s,
    )
    given = EndpointOptions(url=url, **options)  # type: ignore[arg-type]  # checked by the class
    return EndpointSource(spec, given, clock or SystemClock())


async def check_once(url: str, **options: object) -> tuple[ProbeReading, dict[str, Reading]]:
    """One check by a source of its own."""
    source = endpoint(url, **options)  # type: ignore[arg-type]  # checked by the class
    try:
        return probe(await source.read())
    finally:
        await source.aclose()


def probe(harvest: Harvest) -> tuple[ProbeReading, dict[str, Reading]]:
    """The reading and its numbers by name."""
    assert isinstance(harvest.payload, ProbeReading)
    numbers = {reading.metric: reading for reading in harvest.numbers}
    assert len(numbers) == len(harvest.numbers)
    return harvest.payload, numbers
