"""Asking one endpoint: its connection, its redirects, its certificate; no judgement."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from providers.clock import Clock
from providers.endpoint_options import MOST_BODY_BYTES, EndpointOptions
from providers.errors import BadAnswer, ProviderError, TimedOut, Unreachable
from providers.http_address import Address, join_address
from providers.http_advice import about_body_limit
from providers.http_exchange import Call, Header, Line, Reply, late
from providers.http_wire import WIRE_SLACK, Wire
from providers.probe_readings import Certificate, Phases
from providers.tls_certificate import trusted_certificate

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_OPEN_HEADERS: Final = frozenset({"accept", "user-agent"})
"""All that a stranger reached by a redirect is told."""


class Probed(Struct, frozen=True, kw_only=True):
    """What came of one check."""

    reply: Reply | None
    """The last answer, whole; None when there is none."""

    error: ProviderError | None
    """Why there is no whole answer."""

    status: int | None
    """Of the last answer, whole or not."""

    http_version: str
    phases: Phases
    certificate: Certificate | None
    redirects: int
    refused_redirect: str = ""
    """Why a redirect was not followed; empty when none was met, or none may be followed."""


class Probe:
    """Checks one endpoint again and again, over one connection for as long as that is fresh.

    Args:
        options: How it is checked.
        address: `options.url`, taken apart.
        clock: Tells the phases.
        interval_s: Between checks; a connection is kept for three.
    """

    def __init__(
        self, options: EndpointOptions, address: Address, clock: Clock, interval_s: float
    ) -> None:
        self._options = options
        self._address = address
        self._clock = clock
        self._line = self._line_to(address, keep_s=interval_s * 3)
        self._checks = 0
        self._certificate: Certificate | None = None

    def _line_to(self, address: Address, *, keep_s: float = 0.0, away_only: bool = False) -> Line:
        return Line(
            address,
            self._clock,
            ca_file=self._options.ca_file,
            http2=self._options.http2,
            keep_s=keep_s,
            away_only=away_only,
        )

    async def run(self, headers: Sequence[Header], deadline_s: float) -> Probed:
        """Ask once, hops and all, within the deadline."""
        if self._checks % self._options.fresh_every == 0:
            await self._line.close()
        self._checks += 1
        journey = _Journey(self._clock, deadline_s)
        reply: Reply | None = None
        error: ProviderError | None = None
        try:
            reply = await self._travel(journey, headers)
        except TimedOut:
            # Of all hops together, not what was left for the last.
            error = late("HTTP", "check", deadline_s, journey.wires[-1])
        except ProviderError as raised:
            error = raised
        return self._told(journey, reply, error)

    async def _travel(self, journey: "_Journey", headers: Sequence[Header]) -> Reply:
        address = self._address
        while True:
            reply = await self._hop(journey, address, headers)
            target = self._next(journey, address, reply)
            if target is None:
                return reply
            if target.origin != self._address.origin:
                headers = [pair for pair in headers if pair[0].lower() in _OPEN_HEADERS]
            journey.hops += 1
            address = target

    def _next(self, journey: "_Journey", address: Address, reply: Reply) -> Address | None:
        """Where a redirect leads that is to be followed."""
        location = reply.header("location")
        if reply.status not in REDIRECTS or not location or reply.status in self._options.expect:
            return None
        refused, target = self._followed(journey, address, location)
        journey.refused = refused
        return target

    def _followed(
        self, journey: "_Journey", address: Address, location: str
    ) -> tuple[str, Address | None]:
        options = self._options
        try:
            target = join_address(address, location)
        except ValueError as error:
            return f"to nowhere: {error}", None
        place = target.shown[:200]
        if options.secret is not None:
            return f"to {place}, not followed with a secret", None
        if journey.hops >= options.follow_redirects:
            again = f" after {journey.hops} of them" if journey.hops else ""
            return f"to {place}, not followed{again}", None
        if address.origin.scheme == "https" and target.origin.scheme == "http":
            return f"to {place}, not followed from https to http", None
        return "", target

    async def _hop(self, journey: "_Journey", address: Address, headers: Sequence[Header]) -> Reply:
        if address.origin == self._address.origin:
            return await self._home_hop(journey, address, headers)
        line = self._line_to(address, away_only=not self._address.origin.loopback)
        wire = journey.wire(self._options)
        return await line.ask(self._call(journey, address, headers), wire)

    async def _home_hop(
        self, journey: "_Journey", address: Address, headers: Sequence[Header]
    ) -> Reply:
        wire = journey.wire(self._options)
        try:
            return await self._line.ask(self._call(journey, address, headers), wire)
        except (Unreachable, BadAnswer):
            if not wire.reused or wire.received_bytes:
                raise
        # A kept connection was closed while we were about to use it: that is no failure of the
        # service, and the request may be repeated because it changes nothing.
        journey.forget(wire)
        wire = journey.wire(self._options)
        return await self._line.ask(self._call(journey, address, headers), wire)

    def _call(self, journey: "_Journey", address: Address, headers: Sequence[Header]) -> Call:
        options = self._options
        return Call(
            system="HTTP",
            operation="check",
            method=options.method,
            address=address,
            headers=headers,
            deadline_s=journey.left_s,
            body_limit_bytes=options.body_limit_bytes,
            too_long_advice=about_body_limit(options.body_limit_bytes, MOST_BODY_BYTES),
        )

    def _told(
        self, journey: "_Journey", reply: Reply | None, error: ProviderError | None
    ) -> Probed:
        last = journey.wires[-1]
        return Probed(
            reply=reply,
            error=error,
            status=last.status,
            http_version=last.http_version,
            phases=journey.phases(),
            certificate=self._certificate_met(journey, answered=last.status is not None),
            redirects=journey.hops,
            refused_redirect=journey.refused,
        )

    def _certificate_met(self, journey: "_Journey", *, answered: bool) -> Certificate | None:
        """Of this check's connection, which may have been made checks ago."""
        for wire in journey.wires:
            if wire.untrusted is not None:
                return wire.untrusted
            if wire.tls is not None:
                self._certificate = trusted_certificate(wire.tls)
        return self._certificate if answered else None

    async def close(self) -> None:
        """Give the connection back."""
        await self._line.close()


class _Journey:
    """One check with all its hops."""

    def __init__(self, clock: Clock, deadline_s: float) -> None:
        self._clock = clock
        self._began = clock.now()
        self._deadline_s = deadline_s
        self.wires: list[Wire] = []
        self.hops = 0
        self.refused = ""

    @property
    def left_s(self) -> float:
        return max(self._deadline_s - self._began.age_s(self._clock.now()), 0.0)

    def wire(self, options: EndpointOptions) -> Wire:
        limit_bytes = 2 * options.body_limit_bytes + WIRE_SLACK
        self.wires.append(Wire(self._clock, limit_bytes))
        return self.wires[-1]

    def forget(self, wire: Wire) -> None:
        self.wires.remove(wire)

    def phases(self) -> Phases:
        """The sum of all hops; a phase that no hop had is None."""
        parts = [wire.phases() for wire in self.wires]
        if len(parts) == 1:
            return parts[0]
        sums: dict[str, float] = {}
        for part in parts:
            for name in Phases.__struct_fields__:
                value: float | None = getattr(part, name)
                if value is not None:
                    sums[name] = sums.get(name, 0.0) + value
        return Phases(**sums)
