"""What an endpoint's answer comes to: the reading with its numbers.

Apart from what asks, so that the first request need not wait for it to be loaded.
"""

from collections.abc import Iterator
from typing import Final

from providers.base import SourceSpec
from providers.clock import Clock, Moment
from providers.endpoint_answer import Document, document_of, failure_of, version_of
from providers.endpoint_assertions import assertion_results
from providers.endpoint_numbers import json_readings, no_readings, text_readings
from providers.endpoint_options import EndpointOptions, MetricSpec
from providers.endpoint_probe import Probed
from providers.errors import ProviderError
from providers.harvest import Harvest
from providers.http_address import Address
from providers.metrics_text import MetricsProblem
from providers.probe_readings import Certificate, Phases, ProbeReading
from providers.readings import Failure, Reading, Trouble
from providers.secrets import redact
from providers.text import EMPTY, LONGEST, Foreign

BODY_SHOWN: Final = LONGEST
"""Characters of the body kept for the detail screen."""

_DAY_S: Final = 86_400.0


class Harvester:
    """Makes readings of what one check brings.

    Args:
        spec: Of the source.
        options: How it is checked.
        clock: Tells the times.
    """

    def __init__(self, spec: SourceSpec, options: EndpointOptions, clock: Clock) -> None:
        self._spec = spec
        self._options = options
        self._clock = clock
        self._last_body = b""
        self._last_shown = EMPTY

    def harvest(self, address: Address, probed: Probed) -> Harvest:
        """The reading of one check."""
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
        numbers = (*self._own_numbers(at, address, probed, reading), *metrics)
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

    def _own_numbers(
        self, at: Moment, address: Address, probed: Probed, reading: ProbeReading
    ) -> Iterator[Reading]:
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
        yield self._certificate_days(at, address, probed.certificate)

    def _certificate_days(
        self, at: Moment, address: Address, certificate: Certificate | None
    ) -> Reading:
        days: float | None = None
        if certificate is not None:
            days = (certificate.not_after - at.at).total_seconds() / _DAY_S
        plain = address.origin.scheme == "http"
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

    def not_asked(self, reason: str) -> Harvest:
        """The reading of a check whose address is none."""
        at = self._clock.now()
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


def _no_answer(error: ProviderError | None) -> str:
    return error.reason if error is not None else "no answer"
