"""The sources of core web vitals: field data, and Lighthouse as a part of its own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source
from tui.config.account_kinds import ACCOUNT_KINDS
from tui.wire_place import Place

if TYPE_CHECKING:
    from providers.http import Api
    from tui.config.model_web_vitals import WebVitalsSystem

METRICS: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("lcp_ms", "inp_ms", "cls"),
    "lighthouse": ("lighthouse_score",),
}
_TIMEOUT_S: Final = 60.0
_RUN_S: Final = 75.0
_AT_ONCE: Final = 4


def sources(place: Place[WebVitalsSystem]) -> Iterator[Source]:
    """Both sources; asks nobody."""
    from providers.web_vitals import CRUX, PAGESPEED, FieldSource, LabSource, Page, VitalsOptions

    setting = place.setting
    pages = tuple(Page(title=each.title, url=each.url) for each in setting.pages)
    field = place.spec(CRUX, Area.WEB, interval_s=setting.every_s, timeout_s=_TIMEOUT_S)
    options = VitalsOptions(title=field.title, pages=pages, form_factor=setting.form_factor)
    yield FieldSource(field, options, place.api(setting.account), place.clock)
    if setting.lighthouse:
        lab = place.spec(
            PAGESPEED,
            Area.WEB,
            interval_s=setting.lighthouse_every_s,
            timeout_s=_RUN_S * math.ceil(len(pages) / _AT_ONCE) + 5.0,
            part="lighthouse",
        )
        yield LabSource(lab, options, _pagespeed(place, len(pages)), place.clock)


def _pagespeed(place: Place[WebVitalsSystem], pages: int) -> Api:
    """A client of its own: its host is another, and its answers take a minute."""
    from providers.http import Api
    from providers.web_vitals import PAGESPEED

    account = place.config.accounts[place.setting.account]
    kind = ACCOUNT_KINDS[account.kind]
    return Api(
        system=PAGESPEED,
        base_url=place.setting.pagespeed_url,
        clock=place.clock,
        secret=place.secret(account.secret),
        scheme=kind.scheme,
        secret_header=kind.header,
        # Four runs at once: the others wait for their turn within the same deadline.
        deadline_s=_RUN_S * math.ceil(pages / _AT_ONCE),
    )
