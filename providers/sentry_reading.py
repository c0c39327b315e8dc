"""What Sentry said, as the common shape of systems; pure.

The worst that matters: events dropped for want of quota, a spiking or escalating issue
(degraded), an issue that is new since the newest release (notable), else fine. How many errors are
too many is for the rules over the numbers.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from providers.errors import ProviderError
from providers.parts import blindness, worst
from providers.sentry_counts import DROPPED, SYSTEM, Outcome, PathErrors, Rate, dropped_percent
from providers.sentry_found import Found
from providers.sentry_mapping import Issue, Release
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import EMPTY, Foreign
from providers.vendor import clock_words

SHOWN: Final = 25
"""Issues of a section; the numbers count all."""

_LEVELS: Final = {
    "fatal": Condition.BROKEN,
    "error": Condition.DEGRADED,
    "warning": Condition.NOTABLE,
    "info": Condition.FINE,
    "debug": Condition.FINE,
    "sample": Condition.FINE,
}
"""By the level of an issue; another word is unknown."""

_OUTCOMES: Final = {
    "accepted": Condition.FINE,
    "filtered": Condition.NOTABLE,
    "client_discard": Condition.NOTABLE,
    "invalid": Condition.NOTABLE,
    **dict.fromkeys(DROPPED, Condition.DEGRADED),
}
"""By outcome, when there were any lately; another word is unknown."""


def reading_of(found: Found) -> SystemReading:
    """Everything as sections."""
    new, spiking = found.new_since_release() or (), found.spiking() or ()
    return SystemReading(
        system=SYSTEM,
        condition=_condition(found, new, spiking),
        summary=Foreign(", ".join(_summary(found, new, spiking))),
        sections=(
            _new_section(found, new),
            _issue_section("spiking", "Spiking issues", found.loudest, spiking, "none spikes"),
            _issue_section(
                "issues",
                "Most frequent issues, 24 h",
                found.loudest,
                () if isinstance(found.loudest, ProviderError) else found.loudest,
                "no unresolved issue in 24 h",
            ),
            _path_section(found.paths),
            _outcome_section(found.outcomes),
            _rate_section(found.rate),
            _release_section(found.releases),
        ),
        notices=tuple(_notices(found)),
    )


def _condition(found: Found, new: Sequence[Issue], spiking: Sequence[Issue]) -> Condition:
    dropping = not isinstance(found.outcomes, ProviderError) and dropped_percent(found.outcomes)
    return worst(
        (
            Condition.DEGRADED if dropping or spiking or _fatal(new) else Condition.FINE,
            Condition.NOTABLE if new else Condition.FINE,
        )
    )


def _fatal(new: Sequence[Issue]) -> bool:
    """Whether something that ends a process is new: that is not merely worth a look."""
    return any(_LEVELS.get(issue.level) is Condition.BROKEN for issue in new)


def _summary(found: Found, new: Sequence[Issue], spiking: Sequence[Issue]) -> Iterator[str]:
    rate = None if isinstance(found.rate, ProviderError) else found.rate.per_minute
    yield "no error rate" if rate is None else f"{rate:.0f} errors/min"
    release = found.release
    if release is not None:
        yield f"{len(new)} new since {release.short.line(40)}"
    if spiking:
        yield f"{len(spiking)} spiking"
    percent = None if isinstance(found.outcomes, ProviderError) else dropped_percent(found.outcomes)
    if percent:
        yield f"{percent:.0f} % dropped for want of quota"


def _notices(found: Found) -> Iterator[str]:
    if not isinstance(found.outcomes, ProviderError) and dropped_percent(found.outcomes):
        yield (
            "Sentry drops events for want of quota: a falling error rate proves nothing, "
            "see Settings, Usage and Spend"
        )
    if not isinstance(found.releases, ProviderError) and found.release is None:
        yield "no release is known to Sentry: what is new since a deploy cannot be told"
    yield from found.notices


def _rate_section(rate: Rate | ProviderError) -> Section:
    if isinstance(rate, ProviderError):
        return Section(key="rate", title="Errors by the minute", blind=blindness(rate))
    records = tuple(
        Record(
            id=at.isoformat(),
            title=Foreign(f"{count:.0f} errors"),
            condition=Condition.FINE,
            at=at,
        )
        for at, count in reversed(rate.minutes[-15:])
    )
    return Section(
        key="rate", title="Errors by the minute", records=records, empty="no complete minute yet"
    )


def _new_section(found: Found, new: tuple[Issue, ...]) -> Section:
    release = found.release
    since = f"Issues new since {release.short.line(40)}" if release else "New issues"
    if found.new_since_release() is not None:
        return _issue_section("new", since, new, new, "none since then")
    day = found.new_in_a_day() or ()
    return _issue_section("new", "New issues, 24 h", found.newest, day, "none in 24 h")


def _issue_section(
    key: str, title: str, source: object, issues: tuple[Issue, ...], empty: str
) -> Section:
    blind = blindness(source)
    if blind:
        return Section(key=key, title=title, blind=blind)
    return Section(
        key=key,
        title=title,
        records=tuple(_issue(one, changed=key == "new") for one in issues[:SHOWN]),
        empty=empty,
        more=max(0, len(issues) - SHOWN),
    )


def _issue(issue: Issue, *, changed: bool) -> Record:
    state = f"{issue.level} {issue.substatus or issue.status}"
    return Record(
        id=issue.id,
        title=issue.title,
        condition=_issue_condition(issue),
        state=Foreign(state),
        at=issue.first_seen,
        details=(
            ("issue", issue.short_id),
            ("events", _number(issue.events)),
            ("users", _number(issue.users)),
            ("first seen", _time(issue.first_seen)),
            ("last seen", _time(issue.last_seen)),
            ("where", issue.culprit),
            ("project", issue.project),
        ),
        url=issue.url,
        change=changed,
    )


def _issue_condition(issue: Issue) -> Condition:
    """By its level; what has been coming all the time and no more than ever is no news."""
    condition = _LEVELS.get(issue.level, Condition.UNKNOWN)
    bad = condition in {Condition.DEGRADED, Condition.BROKEN}
    usual = issue.substatus == "ongoing" and not issue.spiking
    return Condition.NOTABLE if bad and usual else condition


def _path_section(paths: tuple[PathErrors, ...] | ProviderError) -> Section:
    title = "Errors by path, 1 h"
    if isinstance(paths, ProviderError):
        return Section(key="paths", title=title, blind=blindness(paths))
    records = tuple(
        Record(
            id=f"{place}",
            title=one.path or Foreign("(outside of any)"),
            condition=Condition.FINE,
            state=Foreign(f"{one.events:.0f}"),
            details=(("errors", Foreign(f"{one.events:.0f}")),),
        )
        for place, one in enumerate(paths, start=1)
    )
    return Section(key="paths", title=title, records=records, empty="no error in 1 h")


def _outcome_section(outcomes: tuple[Outcome, ...] | ProviderError) -> Section:
    title = "What became of events"
    if isinstance(outcomes, ProviderError):
        return Section(key="outcomes", title=title, blind=blindness(outcomes))
    records = tuple(
        Record(
            id=one.word,
            title=Foreign(one.word.replace("_", " ")),
            condition=_outcome_condition(one),
            state=Foreign(one.word),
            details=(
                ("this hour and last", Foreign(f"{one.lately:.0f}")),
                ("24 h", Foreign(f"{one.day:.0f}")),
            ),
        )
        for one in outcomes
    )
    return Section(key="outcomes", title=title, records=records, empty="no event in 24 h")


def _outcome_condition(outcome: Outcome) -> Condition:
    known = _OUTCOMES.get(outcome.word, Condition.UNKNOWN)
    quiet = not outcome.lately and known is not Condition.UNKNOWN
    return Condition.FINE if quiet else known


def _release_section(releases: tuple[Release, ...] | ProviderError) -> Section:
    if isinstance(releases, ProviderError):
        return Section(key="releases", title="Releases", blind=blindness(releases))
    records = tuple(
        Record(
            id=one.version.line(200) or "?",
            title=one.short,
            condition=Condition.NOTABLE if one.new_issues else Condition.FINE,
            state=Foreign("deployed" if one.deployed else "released"),
            at=one.at,
            details=(
                ("version", one.version),
                ("new issues", _number(one.new_issues)),
                ("commits", _number(one.commits)),
            ),
            url=one.url,
            change=True,
        )
        for one in releases
    )
    return Section(key="releases", title="Releases", records=records, empty="none")


def _number(count: int | None) -> Foreign:
    return EMPTY if count is None else Foreign(str(count))


def _time(at: datetime | None) -> Foreign:
    return EMPTY if at is None else Foreign(clock_words(at))
