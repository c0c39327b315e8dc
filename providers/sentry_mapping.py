"""Sentry's answers made ours: issues and releases; pure.

Source: getsentry/sentry-api-schema 0.272.0. `count` of an issue is text there.
"""

import re
from datetime import datetime
from typing import Final

from msgspec import Struct

from providers.errors import BadAnswer
from providers.fields import Fields
from providers.sentry_counts import SYSTEM, numbers
from providers.text import EMPTY, Foreign
from providers.vendor import Sorted, entries, https_url, sort_out

SPIKE_LEAST: Final = 10
SPIKE_TIMES: Final = 3.0
"""An issue spikes with ten events in an hour that are three times its own mean of the day."""

_LINK: Final = re.compile(r"<[^<>]{0,4096}>((?:\s*;\s*[a-z]{1,16}=\"[^\"]{0,256}\"){1,8})")
_PARAMETER: Final = re.compile(r"([a-z]{1,16})=\"([^\"]{0,256})\"")
_CURSOR: Final = re.compile(r"[0-9A-Za-z:._-]{1,128}")


class Issue(Struct, frozen=True, kw_only=True):
    """One group of errors."""

    id: str
    short_id: Foreign
    title: Foreign
    culprit: Foreign
    level: str
    status: str
    substatus: str
    """`new`, `ongoing`, `escalating`, `regressed`, …; empty when it has none."""

    project: Foreign
    events: int | None
    """In the time asked for."""

    users: int | None
    first_seen: datetime | None
    last_seen: datetime | None
    per_hour: tuple[float, ...]
    """Events in each of the last 24 hours, the one under way last; empty when not told."""

    url: str

    @property
    def spiking(self) -> bool:
        """Whether it comes much more often than it used to; see `SPIKE_TIMES`."""
        if self.substatus == "escalating":
            return True
        before, lately = self.per_hour[:-2], self.per_hour[-2:]
        usual = sum(before) / len(before) if before else 0.0
        return usual > 0 and max(lately) >= max(SPIKE_LEAST, SPIKE_TIMES * usual)


class Release(Struct, frozen=True, kw_only=True):
    """One version that reports to Sentry."""

    version: Foreign
    short: Foreign
    at: datetime | None
    """When it was deployed where we look, else released, else created."""

    deployed: bool
    """Whether `at` is a deploy."""

    new_issues: int | None
    commits: int | None
    url: str


def next_cursor(link: str) -> str | None:
    """The cursor of the next page by the `Link` header; None when Sentry says there is none.

    The link is there on the last page too: only `results` tells.
    """
    for found in _LINK.finditer(link[:16_384]):
        told = dict(_PARAMETER.findall(found[1]))
        if told.get("rel") == "next" and told.get("results") == "true":
            cursor = told.get("cursor", "")
            return cursor if _CURSOR.fullmatch(cursor) else None
    return None


def issues_of(value: object, operation: str) -> Sorted[Issue]:
    """The issues of a page, those that could be read.

    Raises:
        BadAnswer: It is no list.
    """
    return sort_out(entries(value, "", SYSTEM, operation), issue_of, "issue")


def issue_of(item: Fields) -> Issue:
    """One issue.

    Raises:
        BadAnswer: It has no id or no title.
    """
    project = item.optional_fields("project")
    return Issue(
        id=item.word("id"),
        short_id=item.optional_text("shortId") or EMPTY,
        title=item.text("title"),
        culprit=item.optional_text("culprit") or EMPTY,
        level=item.word("level", "unknown"),
        status=item.word("status", "unknown"),
        substatus=item.optional_word("substatus") or "",
        project=(project.optional_text("slug") if project else None) or EMPTY,
        events=_count(item),
        users=item.optional_integer("userCount"),
        first_seen=item.optional_moment_iso("firstSeen"),
        last_seen=item.optional_moment_iso("lastSeen"),
        per_hour=_per_hour(item),
        url=_url(item, "permalink"),
    )


def _count(item: Fields) -> int | None:
    """Sentry writes it as text."""
    said = item.optional_word("count") or ""
    return int(said) if said.isdecimal() and len(said) < 19 else None


def _per_hour(item: Fields) -> tuple[float, ...]:
    stats = item.optional_fields("stats")
    listed = stats.raw("24h") if stats is not None else None
    pairs = listed[-24:] if isinstance(listed, list) else []
    counts = [pair[1] if isinstance(pair, list) and len(pair) == 2 else None for pair in pairs]
    return numbers(counts) or ()


def project_of(item: Fields) -> tuple[str, str]:
    """Slug and id of a project.

    Raises:
        BadAnswer: It lacks one of them.
    """
    return item.word("slug"), item.word("id")


def releases_of(value: object, operation: str, environment: str) -> Sorted[Release]:
    """The releases, the newest first.

    Args:
        value: The answer.
        operation: For the errors.
        environment: A deploy elsewhere does not count; empty: all do.

    Raises:
        BadAnswer: It is no list.
    """
    found = sort_out(
        entries(value, "", SYSTEM, operation), lambda item: _release(item, environment), "release"
    )
    dated = sorted(found.kept, key=lambda one: (one.at is None, -_seconds(one.at)))
    return Sorted(kept=tuple(dated), notice=found.notice, hopeless=found.hopeless)


def _seconds(at: datetime | None) -> float:
    return at.timestamp() if at is not None else 0.0


def _release(item: Fields, environment: str) -> Release:
    deploy = item.optional_fields("lastDeploy")
    ours = deploy is not None and environment in {"", deploy.optional_word("environment")}
    deployed_at = _deployed_at(deploy) if ours and deploy is not None else None
    version = item.text("version")
    return Release(
        version=version,
        short=item.optional_text("shortVersion") or version,
        at=deployed_at
        or item.optional_moment_iso("dateReleased")
        or item.optional_moment_iso("dateCreated"),
        deployed=deployed_at is not None,
        new_issues=item.optional_integer("newGroups"),
        commits=item.optional_integer("commitCount"),
        url=_url(item, "url"),
    )


def _deployed_at(deploy: Fields) -> datetime | None:
    """Free text by the specification: one that is no time says nothing, and breaks nothing."""
    return _loose_time(deploy, "dateStarted") or _loose_time(deploy, "dateFinished")


def _loose_time(fields: Fields, name: str) -> datetime | None:
    try:
        return fields.optional_moment_iso(name)
    except BadAnswer:
        return None


def _url(item: Fields, name: str) -> str:
    said = item.optional_text(name)
    return https_url(said.text) if said is not None else ""
