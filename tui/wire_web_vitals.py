"""The sources of core web vitals: field data, and Lighthouse as a part of its own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source, SourceSpec
from tui.config.account_kinds import ACCOUNT_KINDS
from tui.wire_place import Place

if TYPE_CHECKING:
    from providers.http import Api
    from providers.web_vitals import VitalsOptions
    from tui.config.model_web_vitals import WebVitalsSystem

METRICS: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("lcp_ms", "inp_ms", "cls"),
    "lighthouse": ("lighthouse_score",),
}
_CRUX: Final = "Chrome UX Report"
_PAGESPEED: Final = "PageSpeed Insights"
_TIMEOUT_S: Final = 60.0
_RUN_S: Final = 75.0
_AT_ONCE: Final = 4


def sources(place: Place[WebVitalsSystem]) -> Iterator[Source]:
    """Both sources; asks nobody."""
    setting = place.setting
    field = place.spec(_CRUX, Area.WEB, interval_s=setting.every_s, timeout_s=_TIMEOUT_S)
    yield place.late(field, "providers.web_vitals", _field)
    if setting.lighthouse:
        lab = place.spec(
            _PAGESPEED,
            Area.WEB,
            interval_s=setting.lighthouse_every_s,
            timeout_s=_RUN_S * math.ceil(len(setting.pages) / _AT_ONCE) + 5.0,
            part="lighthouse",
        )
        yield place.late(lab, "providers.web_vitals", partial(_lab, field.title))


def _field(place: Place[WebVitalsSystem], spec: SourceSpec) -> Source:
    from providers.web_vitals import FieldSource

    options = _options(place, spec.title)
    return FieldSource(spec, options, place.api(place.setting.account), place.clock)


def _lab(title: str, place: Place[WebVitalsSystem], spec: SourceSpec) -> Source:
    from providers.web_vitals import LabSource

    options = _options(place, title)
    return LabSource(spec, options, _pagespeed(place, len(options.pages)), place.clock)


def _options(place: Place[WebVitalsSystem], title: str) -> VitalsOptions:
    from providers.web_vitals import Page, VitalsOptions

    pages = tuple(Page(title=each.title, url=each.url) for each in place.setting.pages)
    return VitalsOptions(title=title, pages=pages, form_factor=place.setting.form_factor)


def _pagespeed(place: Place[WebVitalsSystem], pages: int) -> Api:
    """A client of its own: its host is another, and its answers take a minute."""
    from providers.http import Api

    account = place.config.accounts[place.setting.account]
    kind = ACCOUNT_KINDS[account.kind]
    return Api(
        system=_PAGESPEED,
        base_url=place.setting.pagespeed_url,
        clock=place.clock,
        secret=place.secret(account.secret),
        scheme=kind.scheme,
        secret_header=kind.header,
        # Four runs at once: the others wait for their turn within the same deadline.
        deadline_s=_RUN_S * math.ceil(pages / _AT_ONCE),
    )
