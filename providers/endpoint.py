"""Endpoints: any HTTP address that says whether a service is well."""

import asyncio
from collections.abc import Iterator
from typing import Final

from providers.base import SourceSpec
from providers.clock import Clock, Moment
from providers.endpoint_answer import Document, document_of, failure_of, version_of
from providers.endpoint_assertions import assertion_results
from providers.endpoint_numbers import json_readings, no_readings, text_readings
from providers.endpoint_options import AssertionSpec, EndpointOptions, MetricSpec
from providers.endpoint_probe import Probe, Probed
from providers.errors import ProviderError, Unauthorized
from providers.harvest import Harvest
from providers.http import USER_AGENT
from providers.http_address import Address, parse_address
from providers.http_credential import authorization
from providers.http_exchange import Header
from providers.limiter import Limiter
from providers.metrics_text import MetricsProblem
from providers.probe_readings import Certificate, Phases, ProbeReading
from providers.readings import Failure, Reading, Trouble
from providers.secrets import redact
from providers.text import EMPTY, LONGEST, Foreign

__all__ = ["AssertionSpec", "EndpointOptions", "EndpointSource", "MetricSpec"]

BODY_SHOWN: Final = LONGEST
"""Characters of the body kept for the detail screen."""

_DAY_S: Final = 86_400.0
_OUR_HEADERS: Final = frozenset({"host", "connection", "accept-encoding", "content-length"})


class EndpointSource:
    """One check of one service in one environment.

    Emits `up` (1 when all is as expected, else 0), `latency_ms` (the whole exchange), `connect_ms`
    (its DNS, TCP and TLS; only when a connection was made), `certificate_days`, and each metric by
    its name.

    A service that answers 429 with `Retry-After` is left alone for so long.

    Args:
        spec: Name and cadence.
        options: How it is checked.
        clock: Tells the times.
    """

    def __init__(self, spec: SourceSpec, options: EndpointOptions, clock: Clock) -> None:
        self._spec = spec
        self._options = options
        self._clock = clock
        self._address: Address | None = None
        self._probe: Probe | None = None
        self._problem = ""
        self._limiter = Limiter(clock)
        self._last_body = b""
        self._last_shown = EMPTY
        try:
            self._address = parse_address(options.url)
        except ValueError as error:
            self._problem = str(error)
        else:
            self._probe = Probe(options, self._address, clock, spec.interval_s)

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def read(self) -> Harvest:
        """Check once: any answer, and the lack of one, is a reading.

        Raises:
            Unauthorized: The check's own secret can not be had: nothing was asked.
            RateLimited: The service asked us to wait, and that is not over: nothing was asked.
        """
        if self._address is None or self._probe is None:
            return self._not_asked()
        self._limiter.refuse_early("HTTP", f"check {self._spec.title}")
        headers = await self._headers(self._address)
        probed = await self._probe.run(headers, self._spec.timeout_s)
        self._heed(probed)
        return self._harvest(self._address, probed)

    def _heed(self, probed: Probed) -> None:
        # A 503 may say "Retry-After" as well: that is when somebody has to go on looking.
        if probed.reply is not None and probed.status == 429 and probed.reply.header("retry-after"):
            self._limiter.heard(429, dict(probed.reply.headers))

    async def aclose(self) -> None:
        """Give the connection back."""
        if self._probe is not None:
            await self._probe.close()

    async def _headers(self, address: Address) -> list[Header]:
        options = self._options
        sent: list[Header] = [("User-Agent", USER_AGENT), ("Accept", _accept(options))]
        own = {name.lower() for name in options.headers}
        sent = [pair for pair in sent if pair[0].lower() not in own]
        sent += [
            (name, value)
            for name, value in options.headers.items()
            if name.lower() not in _OUR_HEADERS
        ]
        if options.secret is not None:
            sent.append((options.secret_header, await self._credential(address)))
        return sent

    async def _credential(self, address: Address) -> str:
        options = self._options
        operation = f"check {self._spec.title}"
        if options.secret is None:
            raise Unauthorized("HTTP", operation, "no secret is configured")
        limit = asyncio.timeout(self._spec.timeout_s)
        try:
            async with limit:
                return await authorization(
                    options.secret,
                    prefix=options.secret_prefix,
                    address=address,
                    system="HTTP",
                    operation=operation,
                )
        except TimeoutError:
            reason = f"its secret was not there within {self._spec.timeout_s:g} s"
            raise Unauthorized("HTTP", operation, reason) from None

    def _harvest(self, address: Address, probed: Probed) -> Harvest:
        at = self._clock.now()
        reply = probed.reply
        document = document_of(self._options, reply) if reply is not None else None
        assertions = tuple(
            result
            for spec in self._options.assertions
            if document is not None and not document.problem
            for result in assertion_results(spec, document.value)
        )
        metrics, problem = self._metrics(at, probed, document)
        failure = failure_of(self._options, probed, document, assertions, problem)
        reading = ProbeReading(
            role=self._options.role,
            url=redact(address.shown),
            method=self._options.method,
            status=probed.status,
            status_expected=probed.status in self._options.expect,
            failure=failure,
            phases=probed.phases,
            assertions=assertions,
            certificate=probed.certificate,
            version=version_of(self._options, reply, document) if reply is not None else EMPTY,
            http_version=probed.http_version,
            body=self._shown(reply.body) if reply is not None else EMPTY,
            redirects=probed.redirects,
        )
        numbers = (*self._own_numbers(at, probed, reading), *metrics)
        return Harvest(payload=reading, numbers=numbers, at=at)

    def _metrics(
        self, at: Moment, probed: Probed, document: Document | None
    ) -> tuple[tuple[Reading, ...], str]:
        """The metrics, and why none could be read; an answer's own words never."""
        source, specs = self._spec.id, self._options.metrics
        if not specs:
            return (), ""
        if probed.reply is None:
            reason = probed.error.reason if probed.error else "no answer"
            return tuple(no_readings(source, specs, at, reason)), ""
        try:
            if self._options.metrics_format == "prometheus":
                return tuple(text_readings(source, specs, at, probed.reply.body)), ""
        except MetricsProblem as problem:
            return tuple(no_readings(source, specs, at, str(problem))), str(problem)
        if document is None or document.problem:
            reason = document.problem if document else "no JSON"
            return tuple(no_readings(source, specs, at, reason)), ""
        return tuple(json_readings(source, specs, at, document.value)), ""

    def _own_numbers(self, at: Moment, probed: Probed, reading: ProbeReading) -> Iterator[Reading]:
        source = self._spec.id
        up = 1.0 if reading.failure is None else 0.0
        yield Reading(source=source, metric="up", value=up, unit="", at=at)
        phases = probed.phases
        reason = "" if probed.reply is not None else _no_answer(probed.error)
        yield Reading(
            source=source,
            metric="latency_ms",
            value=None if reason else phases.total_ms,
            unit="ms",
            at=at,
            reason=reason,
        )
        made = [each for each in (phases.dns_ms, phases.connect_ms, phases.tls_ms) if each]
        if made and not reason:
            yield Reading(source=source, metric="connect_ms", value=sum(made), unit="ms", at=at)
        yield self._certificate_days(at, probed.certificate)

    def _certificate_days(self, at: Moment, certificate: Certificate | None) -> Reading:
        days: float | None = None
        if certificate is not None:
            days = (certificate.not_after - at.at).total_seconds() / _DAY_S
        plain = self._address is not None and self._address.origin.scheme == "http"
        reason = "plain http" if plain else "no certificate was seen"
        return Reading(
            source=self._spec.id,
            metric="certificate_days",
            value=days,
            unit="days",
            at=at,
            reason="" if days is not None else reason,
        )

    def _shown(self, body: bytes) -> Foreign:
        """The start of the body, kept from the last check when it is the same."""
        start = body[: BODY_SHOWN * 2]
        if start != self._last_body:
            self._last_body = start
            self._last_shown = Foreign(redact(start.decode("utf-8", "replace")))
        return self._last_shown

    def _not_asked(self) -> Harvest:
        """The reading of a check whose address is none."""
        at = self._clock.now()
        reason = self._problem
        source = self._spec.id
        failure = Failure(
            trouble=Trouble.NOT_CONFIGURED, sentence=reason, advice="correct the configuration"
        )
        payload = ProbeReading(
            role=self._options.role,
            url="",
            method=self._options.method,
            status=None,
            status_expected=False,
            failure=failure,
            phases=Phases(),
        )
        own = tuple(MetricSpec(name=name, path="") for name in ("up", "latency_ms"))
        nothing = no_readings(source, (*own, *self._options.metrics), at, reason)
        return Harvest(payload=payload, numbers=tuple(nothing), at=at)


def _accept(options: EndpointOptions) -> str:
    if options.metrics_format == "prometheus":
        return "text/plain;version=0.0.4, */*;q=0.1"
    if options.assertions or options.metrics or options.version_path:
        return "application/json, */*;q=0.1"
    return "*/*"


def _no_answer(error: ProviderError | None) -> str:
    return error.reason if error is not None else "no answer"
