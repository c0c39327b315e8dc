"""Endpoints: any HTTP address that says whether a service is well."""

import asyncio
from typing import TYPE_CHECKING, Final

from providers.base import SourceSpec
from providers.clock import Clock
from providers.endpoint_options import AssertionSpec, EndpointOptions, MetricSpec
from providers.endpoint_probe import Probe, Probed
from providers.errors import Unauthorized
from providers.harvest import Harvest
from providers.http_address import Address, parse_address
from providers.http_credential import authorization
from providers.http_exchange import USER_AGENT, Header
from providers.limiter import Limiter

if TYPE_CHECKING:
    from providers.endpoint_harvest import Harvester

__all__ = ["AssertionSpec", "EndpointOptions", "EndpointSource", "MetricSpec"]

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
        self._made: Harvester | None = None
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
            return self._harvester().not_asked(self._problem)
        self._limiter.refuse_early("HTTP", f"check {self._spec.title}")
        headers = await self._headers(self._address)
        probed = await self._probe.run(headers, self._spec.timeout_s)
        self._heed(probed)
        return self._harvester().harvest(self._address, probed)

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

    def _harvester(self) -> "Harvester":
        """What makes readings of answers: loaded while the first answer is on its way."""
        if self._made is None:
            from providers.endpoint_harvest import Harvester

            self._made = Harvester(self._spec, self._options, self._clock)
        return self._made


def _accept(options: EndpointOptions) -> str:
    if options.metrics_format == "prometheus":
        return "text/plain;version=0.0.4, */*;q=0.1"
    if options.assertions or options.metrics or options.version_path:
        return "application/json, */*;q=0.1"
    return "*/*"
