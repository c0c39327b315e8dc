"""Whether every source answers, over trusted TLS, with the rights it needs.

Each is asked once, exactly as the engine asks it.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Final

from providers.base import Source, SourceKind
from providers.clock import Clock
from providers.database_readings import DatabaseReading
from providers.deploy_readings import DeploysReading
from providers.errors import ProviderError
from providers.harvest import Harvest
from providers.log_readings import LogsReading
from providers.probe_readings import ProbeReading
from providers.readings import Failure, Trouble
from providers.system_readings import Condition, SystemReading
from providers.vendor_readings import VendorReading
from tui.doctor.findings import Finding, Mark

AREAS: Final = {
    SourceKind.ENDPOINT: "endpoints",
    SourceKind.DATABASE: "databases",
    SourceKind.DEPLOYS: "deploys",
    SourceKind.VENDOR_STATUS: "status pages",
    SourceKind.SYSTEM: "systems",
    SourceKind.LOGS: "logs",
}
_AT_ONCE: Final = 10
_EXPIRY_WARNING_DAYS: Final = 21
_EVERY_CHECK: Final = frozenset({"latency_ms", "up", "certificate_days"})
"""Numbers that every check has, configured or not."""


async def source_findings(sources: Iterable[Source], clock: Clock) -> AsyncIterator[Finding]:
    """Ask every source once, a few at a time; findings come in the order of the sources."""
    turn = asyncio.Semaphore(_AT_ONCE)

    async def asked(source: Source) -> list[Finding]:
        async with turn:
            return [finding async for finding in _asked(source, clock)]

    tasks = [(source, asyncio.create_task(asked(source))) for source in sources]
    for source, task in tasks:
        await asyncio.wait({task})
        error = task.exception()
        if error is not None:
            words = f"a bug in quarterdeck: {type(error).__name__}; the other sources are not hurt"
            yield _found(source, Mark.FAILED, words, "please report it with the log")
            continue
        for finding in task.result():
            yield finding


async def _asked(source: Source, clock: Clock) -> AsyncIterator[Finding]:
    began = clock.now()
    try:
        async with asyncio.timeout(source.spec.timeout_s):
            harvest = await source.read()
    except ProviderError as error:
        yield _found(source, Mark.FAILED, error.sentence, error.advice)
    except TimeoutError:
        words = f"no answer within {source.spec.timeout_s:g} s"
        yield _found(source, Mark.FAILED, words, "is it reachable from this host?")
    else:
        took_ms = began.age_s(clock.now()) * 1000
        for finding in _judged(source, harvest, took_ms):
            yield finding


def _found(source: Source, mark: Mark, words: str, fix: str = "") -> Finding:
    return Finding(
        area=AREAS[source.spec.kind],
        subject=str(source.spec.id),
        mark=mark,
        words=words,
        fix=fix,
    )


def _judged(source: Source, harvest: Harvest, took_ms: float) -> Iterator[Finding]:
    match harvest.payload:
        case ProbeReading() as probe:
            yield from _probe(source, probe, harvest)
        case DatabaseReading() as database:
            yield from _database(source, database, took_ms)
        case DeploysReading() as deploys:
            words = f"{len(deploys.deploys)} deploys, live {deploys.live_id or 'not known'}"
            yield _found(source, Mark.OK, f"{words}, {took_ms:.0f} ms")
            for notice in deploys.notices:
                yield _found(source, Mark.WARNING, notice)
        case VendorReading() as vendor:
            yield _found(source, Mark.OK, f"{vendor.state.value}, {took_ms:.0f} ms")
        case SystemReading() as system:
            yield from _system(source, system, took_ms)
        case LogsReading() as logs:
            yield _found(source, Mark.OK, f"{len(logs.lines)} lines, {took_ms:.0f} ms")
            for notice in logs.notices:
                yield _found(source, Mark.WARNING, notice)


def _system(source: Source, system: SystemReading, took_ms: float) -> Iterator[Finding]:
    """What it says, and which of its lists the credential may not read."""
    words = f"{system.condition.value}: {system.summary.line(200)}, {took_ms:.0f} ms"
    # What is wrong out there is no fault of the set-up; but what is asked may be the wrong thing.
    broken = system.condition is Condition.BROKEN
    fix = "if that is no surprise, is the right thing configured?" if broken else ""
    yield _found(source, Mark.WARNING if broken else Mark.OK, words, fix)
    for section in system.sections:
        if section.blind:
            yield _found(source, Mark.WARNING, f"{section.title}: {section.blind}")
    for notice in system.notices:
        yield _found(source, Mark.WARNING, notice)


def _probe(source: Source, probe: ProbeReading, harvest: Harvest) -> Iterator[Finding]:
    if probe.failure is not None:
        yield _found(source, Mark.FAILED, probe.failure.sentence, _fix(probe.failure))
    else:
        yield _found(source, Mark.OK, f"{probe.status}, {probe.phases.total_ms:.0f} ms")
    yield from _tls(source, probe, harvest)
    missing = [
        number
        for number in harvest.numbers
        if number.value is None and number.metric not in _EVERY_CHECK
    ]
    if probe.failure is None:
        for number in missing:
            words = f"metric {number.metric}: {number.reason}"
            yield _found(
                source, Mark.WARNING, words, "see the check's metrics in the configuration"
            )


def _fix(failure: Failure) -> str:
    if failure.advice:
        return failure.advice
    if failure.trouble is Trouble.UNREACHABLE:
        return "is the address right, and is it reachable from this host?"
    return ""


def _tls(source: Source, probe: ProbeReading, harvest: Harvest) -> Iterator[Finding]:
    certificate = probe.certificate
    if certificate is None:
        return
    days = (certificate.not_after - harvest.at.at).days
    words = f"certificate of {certificate.issuer.line(60)}, {days} days left"
    if not certificate.trusted:
        yield _found(source, Mark.FAILED, f"{words}, not trusted", "is the right CA in ca_file?")
    elif days < _EXPIRY_WARNING_DAYS:
        yield _found(source, Mark.WARNING, words, "renew it")
    else:
        yield _found(source, Mark.OK, words)


def _database(source: Source, database: DatabaseReading, took_ms: float) -> Iterator[Finding]:
    counts = database.connections
    used = f", {counts.used} of {counts.available} connections" if counts else ""
    words = f"PostgreSQL {database.server_version}{used}, {took_ms:.0f} ms"
    yield _found(source, Mark.OK, words)
    for privilege in database.missing_privileges:
        yield _found(source, Mark.WARNING, privilege)
