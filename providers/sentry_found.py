"""What one read of Sentry found, with the questions that its sections and numbers ask of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from providers.clock import Moment
from providers.errors import ProviderError
from providers.parts import blindness
from providers.readings import NO_NUMBER, Reading, SourceId
from providers.sentry_counts import Outcome, PathErrors, Rate, dropped_percent
from providers.sentry_mapping import Issue, Release

DAY: Final = timedelta(hours=24)


class Found(Struct, frozen=True, kw_only=True):
    """The six answers of one read, each the error in its place when there was none."""

    rate: Rate | ProviderError
    newest: tuple[Issue, ...] | ProviderError
    """Unresolved, by when they were first seen, the newest first."""

    loudest: tuple[Issue, ...] | ProviderError
    """Unresolved, the most frequent of the last 24 h first."""

    paths: tuple[PathErrors, ...] | ProviderError
    """Errors of the last hour by where they happened, the most first."""

    outcomes: tuple[Outcome, ...] | ProviderError
    releases: tuple[Release, ...] | ProviderError
    at: datetime
    notices: tuple[str, ...] = ()

    @property
    def release(self) -> Release | None:
        """The newest with a time; None when there is none, or nobody knows."""
        listed = () if isinstance(self.releases, ProviderError) else self.releases
        return next((one for one in listed if one.at is not None), None)

    def new_since_release(self) -> tuple[Issue, ...] | None:
        """Issues first seen since the newest release; None when that cannot be told."""
        release = self.release
        if isinstance(self.newest, ProviderError) or release is None or release.at is None:
            return None
        return first_seen_since(self.newest, release.at)

    def new_in_a_day(self) -> tuple[Issue, ...] | None:
        """Issues first seen in the last 24 h; None when that cannot be told."""
        if isinstance(self.newest, ProviderError):
            return None
        return first_seen_since(self.newest, self.at - DAY)

    def spiking(self) -> tuple[Issue, ...] | None:
        """Issues that come much more often than usual; None when that cannot be told."""
        if isinstance(self.loudest, ProviderError):
            return None
        return tuple(issue for issue in self.loudest if issue.spiking)


def first_seen_since(issues: Sequence[Issue], since: datetime) -> tuple[Issue, ...]:
    """Those that appeared at `since` or later; one without a time is none of them."""
    return tuple(one for one in issues if one.first_seen is not None and one.first_seen >= since)


def numbers_of(found: Found, source: SourceId, at: Moment) -> tuple[Reading, ...]:
    """The numbers of `providers.sentry.METRICS`; one that could not be read says why."""
    spiking, new, day = found.spiking(), found.new_since_release(), found.new_in_a_day()
    no_release = blindness(found.newest) or blindness(found.releases) or "no release is known"
    numbers: tuple[tuple[str, float | None, str, str], ...] = (
        *_rate_numbers(found.rate),
        ("new_issues", _length(day), "count", blindness(found.newest)),
        ("new_since_release", _length(new), "count", no_release),
        ("spiking_issues", _length(spiking), "count", blindness(found.loudest)),
        _dropped_number(found.outcomes),
    )
    return tuple(
        Reading(
            source=source,
            metric=metric,
            value=value,
            unit=unit,
            at=at,
            reason="" if value is not None else why or NO_NUMBER,
        )
        for metric, value, unit, why in numbers
    )


def _rate_numbers(
    rate: Rate | ProviderError,
) -> tuple[tuple[str, float | None, str, str], ...]:
    if isinstance(rate, ProviderError):
        why = blindness(rate)
        return (("errors_per_min", None, "per_min", why), ("errors_15min", None, "count", why))
    return (
        ("errors_per_min", rate.per_minute, "per_min", "no complete minute yet"),
        ("errors_15min", rate.total(15), "count", "fewer than 15 complete minutes"),
    )


def _dropped_number(
    outcomes: tuple[Outcome, ...] | ProviderError,
) -> tuple[str, float | None, str, str]:
    if isinstance(outcomes, ProviderError):
        return ("dropped_percent", None, "%", blindness(outcomes))
    return ("dropped_percent", dropped_percent(outcomes), "%", "no event was sent lately")


def _length(issues: tuple[Issue, ...] | None) -> int | None:
    return None if issues is None else len(issues)
