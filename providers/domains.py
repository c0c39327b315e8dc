"""Names, certificates and mail records of a product, as anybody on the internet sees them."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.clock import Clock, Moment
from providers.dns_client import DnsAnswer, DnsOutcome, NameServers, Server
from providers.domain_mapping import (
    HostView,
    Limits,
    certificate_record,
    days_left,
    host_record,
    mail_record,
    resolution,
    servers_record,
    unasked,
)
from providers.errors import BadAnswer, ProviderError, TimedOut, Unreachable
from providers.harvest import Harvest
from providers.http_resolve import literal
from providers.mail_records import (
    MOST_LOOKUPS,
    dkim_verdict,
    dmarc_verdict,
    read_spf,
    spf_of,
    spf_verdict,
)
from providers.parts import worst
from providers.readings import Reading
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import Foreign
from providers.tls_look import look

SYSTEM: Final = "DNS"
OPERATION: Final = "look names up"
_AT_ONCE: Final = 8


class HostOptions(Struct, frozen=True, kw_only=True):
    """One name that is served."""

    host: str
    points_to: tuple[str, ...] = ()
    """Addresses, networks, or names with `*`; empty: anywhere."""

    tls: bool = True
    port: int = 443
    ca_file: str | None = None


class ZoneOptions(Struct, frozen=True, kw_only=True):
    """One domain that mail is sent from."""

    domain: str
    spf: bool = True
    dmarc: bool = True
    dkim: tuple[str, ...] = ()
    """Selectors."""

    name_servers: tuple[str, ...] = ()
    """Empty: not looked at."""


class DomainsOptions(Struct, frozen=True, kw_only=True):
    """What belongs to one product."""

    title: str
    hosts: tuple[HostOptions, ...] = ()
    zones: tuple[ZoneOptions, ...] = ()
    resolvers: tuple[Server, ...] = ()
    """Empty: the system's."""

    limits: Limits = Limits()
    query_timeout_s: float = 3.0
    handshake_timeout_s: float = 5.0


class DomainsSource:
    """The domains of one product.

    Args:
        spec: Name and cadence.
        options: What is looked at.
        clock: Tells how long a certificate still holds.
    """

    def __init__(self, spec: SourceSpec, options: DomainsOptions, clock: Clock) -> None:
        self._spec = spec
        self._options = options
        self._clock = clock
        self._servers = NameServers(options.resolvers, timeout_s=options.query_timeout_s)
        self._slots = asyncio.Semaphore(_AT_ONCE)

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: each question has a socket of its own."""

    async def read(self) -> Harvest:
        """Look at every name and record once.

        Emits `certificate_days` (the least), `certificates_untrusted`, `names_wrong`,
        `mail_problems`, `without_http2`.

        Raises:
            TimedOut: No resolver answered anything.
            Unreachable: No resolver could be reached.
            BadAnswer: Nothing that came could be read.
        """
        try:
            async with asyncio.timeout(self._spec.timeout_s):
                hosts, mail, servers = await asyncio.gather(
                    asyncio.gather(*map(self._host, self._options.hosts)),
                    asyncio.gather(*map(self._mail, self._options.zones)),
                    asyncio.gather(*map(self._name_servers, self._options.zones)),
                )
        except TimeoutError:
            limit = f"not done within {self._spec.timeout_s:g} s"
            raise TimedOut(SYSTEM, OPERATION, limit, advice=_ADVICE) from None
        answers = [answer for view in hosts for answer in view.answers]
        _refuse_silence([*answers, *(each for _, heard in mail for each in heard)])
        records = [record for found, _ in mail for record in found]
        return self._harvest(hosts, records, [each for found in servers for each in found])

    async def _host(self, given: HostOptions) -> HostView:
        answers = await asyncio.gather(self._ask(given.host, "A"), self._ask(given.host, "AAAA"))
        view = HostView(host=given.host, expected=given.points_to, answers=tuple(answers))
        if not given.tls or not view.addresses:
            return view
        async with self._slots:
            seen = await look(
                given.host,
                given.port,
                view.addresses,
                ca_file=given.ca_file,
                within_s=self._options.handshake_timeout_s,
            )
        return HostView(host=given.host, expected=given.points_to, answers=view.answers, tls=seen)

    async def _ask(self, name: str, kind: str) -> DnsAnswer:
        if literal(name) and kind in {"A", "AAAA"}:
            # An address needs nobody to look it up.
            found = (name,) if (kind == "AAAA") is (":" in name) else ()
            outcome = DnsOutcome.FOUND if found else DnsOutcome.NO_RECORD
            return DnsAnswer(name=name, kind=kind, outcome=outcome, values=found)
        async with self._slots:
            return await self._servers.ask(name, kind)

    async def _mail(self, zone: ZoneOptions) -> tuple[list[Record], list[DnsAnswer]]:
        records, heard = [], []
        if zone.spf:
            answer = await self._ask(zone.domain, "TXT")
            heard.append(answer)
            verdict = unasked(answer) or spf_verdict(
                answer.values, await self._included(answer.values)
            )
            records.append(mail_record(zone.domain, "SPF", verdict))
        for selector in zone.dkim:
            answer = await self._ask(f"{selector}._domainkey.{zone.domain}", "TXT")
            heard.append(answer)
            # The parser of keys is loaded on first use, 40 ms.
            judged = await asyncio.to_thread(dkim_verdict, answer.values)
            records.append(mail_record(zone.domain, f"DKIM {selector}", unasked(answer) or judged))
        if zone.dmarc:
            answer = await self._ask(f"_dmarc.{zone.domain}", "TXT")
            heard.append(answer)
            verdict = unasked(answer) or dmarc_verdict(answer.values)
            records.append(mail_record(zone.domain, "DMARC", verdict))
        return records, heard

    async def _included(self, texts: Sequence[str]) -> dict[str, tuple[str, ...] | None]:
        """The TXT records of everything an SPF record includes, as far as receivers would go."""
        found: dict[str, tuple[str, ...] | None] = {}
        pending = [domain for record in spf_of(texts) for domain in read_spf(record).includes]
        while pending and len(found) <= MOST_LOOKUPS:
            domain = pending.pop()
            if domain in found:
                continue
            answer = await self._ask(domain, "TXT")
            found[domain] = answer.values if answer.outcome.final else None
            pending += [each for text in spf_of(answer.values) for each in read_spf(text).includes]
        return found

    async def _name_servers(self, zone: ZoneOptions) -> list[Record]:
        if not zone.name_servers:
            return []
        answer = await self._ask(zone.domain, "NS")
        return [servers_record(zone.domain, zone.name_servers, answer)]

    def _harvest(
        self, hosts: Sequence[HostView], mail: Sequence[Record], servers: Sequence[Record]
    ) -> Harvest:
        at = self._clock.now()
        names = tuple(host_record(view) for view in hosts)
        looked = (certificate_record(view, self._options.limits, at.at) for view in hosts)
        certificates = tuple(record for record in looked if record is not None)
        sections = (
            Section(key="names", title="Names", records=names, empty="no name is configured"),
            Section(key="certificates", title="Certificates", records=certificates),
            Section(key="mail", title="Mail records", records=tuple(mail)),
            Section(key="name_servers", title="Name servers", records=tuple(servers)),
        )
        shown = tuple(each for each in sections if each.records)
        every = [record for section in shown for record in section.records]
        payload = SystemReading(
            system=self._options.title,
            condition=worst([record.condition for record in every]),
            summary=Foreign(_summary(every)),
            sections=shown,
        )
        numbers = tuple(self._numbers(hosts, mail, at))
        return Harvest(payload=payload, numbers=numbers, at=at)

    def _numbers(
        self, hosts: Sequence[HostView], mail: Sequence[Record], at: Moment
    ) -> Iterator[Reading]:
        left = [days for view in hosts if (days := days_left(view, at.at)) is not None]
        spoken = [view for view in hosts if view.tls is not None and view.tls.http]
        judged = [resolution(view)[0] for view in hosts]
        counts = {
            "names_wrong": _count(judged, Condition.BROKEN),
            "mail_problems": _count(
                [each.condition for each in mail], Condition.BROKEN, Condition.DEGRADED
            ),
            "certificates_untrusted": sum(
                view.tls is not None and view.tls.certificate is not None and not view.tls.trusted
                for view in hosts
            ),
            "without_http2": (
                sum(view.tls is not None and view.tls.http != "HTTP/2" for view in spoken)
                if spoken
                else None
            ),
        }
        least = min(left, default=None)
        yield Reading.of(self._spec.id, "certificate_days", least, "days", at)
        for metric, raw in counts.items():
            yield Reading.of(self._spec.id, metric, raw, "count", at)


_ADVICE: Final = "check the resolvers in the configuration and this machine's network"


def _count(conditions: Sequence[Condition], *bad: Condition) -> int | None:
    """How many are bad; None when nothing at all could be told."""
    known = [each for each in conditions if each is not Condition.UNKNOWN]
    return sum(each in bad for each in known) if known else None


def _summary(records: Sequence[Record]) -> str:
    ailing = [each for each in records if each.condition is not Condition.FINE]
    if not ailing:
        return f"all {len(records)} as they should be"
    gravest = worst([each.condition for each in ailing])
    first = next(each for each in ailing if each.condition is gravest)
    return f"{len(ailing)} of {len(records)} not as they should be: {first.title} {first.state}"


def _refuse_silence(answers: Sequence[DnsAnswer]) -> None:
    """Raise when no resolver said anything of any name: then nothing is known.

    Raises:
        TimedOut: or `Unreachable` or `BadAnswer`, by what happened.
    """
    outcomes = {answer.outcome for answer in answers}
    if not outcomes or any(each.final or each is DnsOutcome.SERVER_FAILED for each in outcomes):
        return
    kind: type[ProviderError] = TimedOut if DnsOutcome.TIMED_OUT in outcomes else Unreachable
    if DnsOutcome.BAD_ANSWER in outcomes:
        kind = BadAnswer
    asked = ", ".join(sorted({answer.server for answer in answers if answer.server})[:3])
    words = " and ".join(sorted(each.value for each in outcomes))
    raise kind(SYSTEM, OPERATION, f"{words}: {asked or 'no resolver'}", advice=_ADVICE)
