"""How fast a product's critical pages are for people: CrUX in the field, Lighthouse in the lab."""

import asyncio
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

from providers.base import SourceSpec
from providers.clock import Clock
from providers.errors import NotFound, ProviderError
from providers.google_quota import with_quota_told
from providers.harvest import Harvest
from providers.http import Answer, Api
from providers.parts import blindness, tried, worst
from providers.readings import Reading
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import EMPTY, Foreign
from providers.vitals_mapping import (
    NO_DATA,
    VITALS,
    Lab,
    PageView,
    field_data,
    lab_of,
    page_record,
    worst_of,
)

CRUX: Final = "Chrome UX Report"
PAGESPEED: Final = "PageSpeed Insights"
QUERY_RECORD: Final = "/v1/records:queryRecord"
RUN_PAGESPEED: Final = "/pagespeedonline/v5/runPagespeed"
GOOD_SCORE: Final = 90.0
POOR_SCORE: Final = 50.0
"""Lighthouse's own colours: green from 90 on, red below 50."""

FORM_FACTORS: Final = {"phone": "PHONE", "desktop": "DESKTOP", "tablet": "TABLET"}


class Page(Struct, frozen=True, kw_only=True):
    """One critical page."""

    title: str
    url: str


class VitalsOptions(Struct, frozen=True, kw_only=True):
    """Which pages, and for whom."""

    title: str
    pages: tuple[Page, ...]
    form_factor: str = "phone"
    """`phone`, `desktop` or `tablet`."""


class FieldSource:
    """What real visitors of some pages met, by the Chrome UX Report.

    Args:
        spec: Name and cadence; the report is renewed once a day.
        options: Which pages.
        api: A client of CrUX; closed by whoever made it.
        clock: For the time of the reading.
    """

    def __init__(self, spec: SourceSpec, options: VitalsOptions, api: Api, clock: Clock) -> None:
        self._spec = spec
        self._options = options
        self._api = api
        self._clock = clock

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: the client belongs to the wiring."""

    async def read(self) -> Harvest:
        """Ask for each page, and for its whole site where the page has too few visits.

        Emits `lcp_ms`, `inp_ms` and `cls`: p75 of the worst page.

        Raises:
            ProviderError: Not one page could be asked for.
        """
        asked = await asyncio.gather(*(tried(self._page(each)) for each in self._options.pages))
        failed = [each for each in asked if isinstance(each, ProviderError)]
        if failed and len(failed) == len(asked):
            raise failed[0]
        views = [
            _failed_page(page, each) if isinstance(each, ProviderError) else each
            for page, each in zip(self._options.pages, asked, strict=True)
        ]
        answer_at = self._clock.now()
        records = tuple(map(page_record, views))
        payload = SystemReading(
            system=self._options.title,
            condition=worst([each.condition for each in records]),
            summary=Foreign(_field_summary(views, records)),
            sections=(Section(key="pages", title="Pages, 28 days", records=records),),
        )
        readings = []
        for name, vital in VITALS.items():
            value = worst_of(views, name)
            readings.append(
                Reading(
                    source=self._spec.id,
                    metric=vital.metric,
                    value=value,
                    unit=vital.unit,
                    at=answer_at,
                    reason="" if value is not None else NO_DATA,
                )
            )
        return Harvest(payload=payload, numbers=tuple(readings), at=answer_at)

    async def _page(self, page: Page) -> PageView:
        try:
            answer = await self._ask({"url": page.url})
        except NotFound as error:
            _only_without_data(error)
            return await self._whole_site(page)
        data = field_data(answer.value, CRUX, _FIELD, whole_site=False)
        return PageView(title=page.title, url=page.url, data=data)

    async def _whole_site(self, page: Page) -> PageView:
        parts = urlsplit(page.url)
        try:
            answer = await self._ask({"origin": f"{parts.scheme}://{parts.netloc}"})
        except NotFound as error:
            _only_without_data(error)
            return PageView(title=page.title, url=page.url, data=None, reason=NO_DATA, no_data=True)
        data = field_data(answer.value, CRUX, _FIELD, whole_site=True)
        return PageView(title=page.title, url=page.url, data=data)

    async def _ask(self, about: dict[str, str]) -> Answer:
        question = {
            **about,
            "formFactor": FORM_FACTORS[self._options.form_factor],
            "metrics": list(VITALS),
        }
        return await with_quota_told(self._api.query(_FIELD, QUERY_RECORD, json=question))


def _only_without_data(error: NotFound) -> None:
    """Raise a "not found" that is not CrUX's word for too few visits: the address is wrong then."""
    if _NO_RECORD not in (error.detail or EMPTY).text.casefold():
        raise error


_NO_RECORD: Final = "data not found"
_FIELD: Final = "query field data"
_LAB: Final = "run Lighthouse"


class LabSource:
    """Lighthouse scores of some pages, by PageSpeed Insights. A run takes 10 to 60 s.

    Args:
        spec: Name and cadence: hourly.
        options: Which pages.
        api: A client of PageSpeed Insights that has a minute's patience; closed here.
        clock: For the time of the reading.
    """

    def __init__(self, spec: SourceSpec, options: VitalsOptions, api: Api, clock: Clock) -> None:
        self._spec = spec
        self._options = options
        self._api = api
        self._clock = clock

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Give the client back."""
        await self._api.aclose()

    async def read(self) -> Harvest:
        """Run Lighthouse for each page.

        Emits `lighthouse_score`, 0 to 100, of the worst page.

        Raises:
            ProviderError: Not one page could be judged.
        """
        asked = await asyncio.gather(*(tried(self._page(each)) for each in self._options.pages))
        failed = [each for each in asked if isinstance(each, ProviderError)]
        if failed and len(failed) == len(asked):
            raise failed[0]
        at = self._clock.now()
        pairs = zip(self._options.pages, asked, strict=True)
        records = tuple(lab_record(page, each) for page, each in pairs)
        scores = [each.score for each in asked if isinstance(each, Lab) and each.score is not None]
        lowest = min(scores, default=None)
        told = "no score" if lowest is None else f"lowest Lighthouse score {lowest:.0f}"
        payload = SystemReading(
            system=self._options.title,
            condition=worst([each.condition for each in records]),
            summary=Foreign(told),
            sections=(Section(key="lighthouse", title="Lighthouse", records=records),),
        )
        score = Reading.of(self._spec.id, "lighthouse_score", lowest, "", at)
        return Harvest(payload=payload, numbers=(score,), at=at)

    async def _page(self, page: Page) -> Lab:
        strategy = "DESKTOP" if self._options.form_factor == "desktop" else "MOBILE"
        params = (("url", page.url), ("strategy", strategy), ("category", "PERFORMANCE"))
        answer = await with_quota_told(self._api.get(_LAB, RUN_PAGESPEED, params=params))
        return lab_of(answer.value, PAGESPEED, _LAB)


def lab_record(page: Page, outcome: "Lab | ProviderError") -> Record:
    """One page with its score, or why there is none."""
    lab = outcome if isinstance(outcome, Lab) else Lab(score=None, audits={})
    words = lab.problem or blindness(outcome) or "no score"
    condition = Condition.UNKNOWN
    if lab.score is not None and not lab.problem:
        words = f"{lab.score:.0f}"
        poor = lab.score < POOR_SCORE
        fine = lab.score >= GOOD_SCORE
        condition = Condition.DEGRADED if poor else Condition.FINE if fine else Condition.NOTABLE
    return Record(
        id=page.url,
        title=Foreign(page.title),
        condition=condition,
        state=Foreign(words),
        details=tuple((title, Foreign(lab.audits.get(title, ""))) for title in _LAB_TITLES),
        url=page.url if page.url.startswith("https://") else "",
    )


_LAB_TITLES: Final = ("LCP", "CLS", "TBT")


def _failed_page(page: Page, error: ProviderError) -> PageView:
    return PageView(title=page.title, url=page.url, data=None, reason=blindness(error))


def _field_summary(views: Sequence[PageView], records: Sequence[Record]) -> str:
    if not any(view.data for view in views):
        return NO_DATA
    ailing = [
        each.title.text
        for each in records
        if each.condition in {Condition.NOTABLE, Condition.DEGRADED}
    ]
    if ailing:
        return f"{len(ailing)} of {len(views)} pages need work: {', '.join(ailing[:3])}"
    return f"{len(views)} pages within the limits"
