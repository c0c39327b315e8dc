"""The source of a product's names and certificates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source, SourceSpec
from tui.late_source import LateSource
from tui.wire_clients import local_file
from tui.wire_place import Place

if TYPE_CHECKING:
    from tui.config.model_domains import DomainsSystem

METRICS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (
        "certificate_days",
        "certificates_untrusted",
        "names_wrong",
        "mail_problems",
        "without_http2",
    )
}
_TIMEOUT_S: Final = 40.0
_UNSEEN_TIMES: Final = 2.0


def sources(place: Place[DomainsSystem]) -> Iterator[Source]:
    """The one source; asks nobody."""
    every_s = place.setting.every_s
    spec = place.spec(
        "DNS",
        Area.NETWORK,
        interval_s=every_s,
        timeout_s=_TIMEOUT_S,
        unseen_interval_s=every_s * _UNSEEN_TIMES,
    )
    yield LateSource(spec, "providers.domains", partial(_source, spec, place))


def _source(spec: SourceSpec, place: Place[DomainsSystem]) -> Source:
    from providers.domain_mapping import Limits
    from providers.domains import DomainsOptions, DomainsSource, HostOptions, ZoneOptions

    setting = place.setting
    pairs = (each.rpartition(":") for each in setting.resolvers)
    options = DomainsOptions(
        title=spec.title,
        hosts=tuple(
            HostOptions(
                host=each.host,
                points_to=each.points_to,
                tls=each.tls,
                port=each.port,
                ca_file=local_file(each.ca_file),
            )
            for each in setting.hosts
        ),
        zones=tuple(
            ZoneOptions(
                domain=each.domain,
                spf=each.spf,
                dmarc=each.dmarc,
                dkim=each.dkim,
                name_servers=each.name_servers,
            )
            for each in setting.mail
        ),
        resolvers=tuple((host.strip("[]"), int(port)) for host, _, port in pairs),
        limits=Limits(
            warning_s=setting.certificate.warning_s, critical_s=setting.certificate.critical_s
        ),
        query_timeout_s=setting.query_timeout_s,
    )
    return DomainsSource(spec, options, place.clock)
