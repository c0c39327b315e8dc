"""Keeps us within what a vendor allows: few requests at once, and none while told to wait."""

import asyncio
import contextlib
import math
from collections import deque
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

from providers.clock import Clock, Moment
from providers.errors import RateLimited
from providers.tally import Tally

LONGEST_WAIT_S: Final = 900.0
"""What we are willing to believe of a vendor that asks us to wait (promise P21)."""

USUAL_WAIT_S: Final = 60.0
"""When a vendor says "too many requests" and not for how long."""

EPOCH_FROM: Final = 1e9
"""A reset value below this is seconds left, above it seconds of the epoch (vendor-apis.md)."""

AT_ONCE: Final = 4

_REMAINING: Final = (
    "x-ratelimit-remaining",
    "ratelimit-remaining",
    "x-sentry-rate-limit-remaining",
)
_LIMIT: Final = ("x-ratelimit-limit", "ratelimit-limit", "x-sentry-rate-limit-limit")
_RESET: Final = ("x-ratelimit-reset", "ratelimit-reset", "x-sentry-rate-limit-reset")


class RateBudget(Struct, frozen=True, kw_only=True):
    """What a vendor last said is left of our allowance."""

    limit: int | None
    remaining: int | None
    reset_at: datetime | None
    """When the allowance is full again; at most 15 minutes ahead, whatever the vendor says."""

    at: Moment

    @property
    def used_percent(self) -> float | None:
        """How much is used up; None when the vendor did not say."""
        if not self.limit or self.remaining is None:
            return None
        return 100.0 * (1 - min(self.remaining, self.limit) / self.limit)


class Limiter:
    """One vendor account's manners.

    Args:
        clock: Tells when a wait is over.
        most_a_second: Requests begun in any second, for a vendor whose few are shared with the
            product itself; 0: as many as come.
    """

    def __init__(self, clock: Clock, *, most_a_second: int = 0) -> None:
        self._clock = clock
        self._newest_tick_s: deque[float] = deque(maxlen=most_a_second)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._told: Moment | None = None
        self._wait_s = 0.0
        self.budget: RateBudget | None = None
        self.tally = Tally(clock)

    @property
    def left_s(self) -> float:
        """Seconds until asking is allowed again."""
        if self._told is None:
            return 0.0
        return max(0.0, self._wait_s - self._told.age_s(self._clock.now()))

    @contextlib.asynccontextmanager
    async def slot(self, system: str, operation: str) -> AsyncIterator[None]:
        """Room for one request.

        Raises:
            RateLimited: We were told to wait and the time is not over; nothing was sent.
        """
        self.refuse_early(system, operation)
        async with self._slots:
            await self._take_turn()
            self.refuse_early(system, operation)
            self.tally.note()
            yield

    async def _take_turn(self) -> None:
        """Wait until the last so many requests began a second ago."""
        newest = self._newest_tick_s
        now_s = start_s = self._clock.now().tick_s
        if newest and len(newest) == newest.maxlen:
            start_s = max(now_s, newest[0] + 1.0)
        newest.append(start_s)
        if start_s > now_s:
            await self._clock.sleep(start_s - now_s)

    def told(self, wait_s: float) -> None:
        """Ask nothing for so long: the vendor said it in the body, not in a header."""
        self._told, self._wait_s = self._clock.now(), _clamped(wait_s)

    def refuse_early(self, system: str, operation: str) -> None:
        """Raise `RateLimited` while we were told to wait; nothing is sent then."""
        left_s = self.left_s
        if left_s > 0:
            again = self._clock.now().at + timedelta(seconds=math.ceil(left_s))
            raise RateLimited(
                system,
                operation,
                f"told to wait, asked again from {again.astimezone(UTC):%H:%M:%SZ} on",
                retry_after_s=left_s,
                advice="it goes on by itself",
            )

    def heard(self, status: int, headers: Mapping[str, str]) -> float | None:
        """Take in an answer's headers; seconds to wait when it says so, else None."""
        now = self._clock.now()
        budget = _budget(headers, now)
        self.budget = budget or self.budget
        wait_s = retry_after_s(headers.get("retry-after", ""), now.at)
        exhausted = budget is not None and budget.remaining == 0
        if wait_s is None and exhausted and budget is not None and budget.reset_at is not None:
            wait_s = _clamped((budget.reset_at - now.at).total_seconds())
        if wait_s is None and status == 429:
            wait_s = USUAL_WAIT_S
        if wait_s is not None and (status in {403, 429, 503} or exhausted):
            self._told, self._wait_s = now, wait_s
        return wait_s


def retry_after_s(value: str, now: datetime) -> float | None:
    """The seconds of a `Retry-After` (RFC 9110, 10.2.3), clamped; None when it says nothing.

    Negative, past and endless values are all believed as far as `LONGEST_WAIT_S` and no less
    than 1 s: a vendor that says "0" at a refusal would have us ask without end.
    """
    text = value.strip()[:64]
    seconds = _number(text)
    if seconds is not None:
        return _clamped(seconds)
    if not text:
        return None
    # It loads all that mail needs, for a spelling that few vendors use.
    from email.utils import parsedate_to_datetime

    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return _clamped((aware - now).total_seconds())


def _clamped(seconds: float) -> float:
    return min(max(seconds, 1.0), LONGEST_WAIT_S)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return None if math.isnan(value) else value


def _first_number(headers: Mapping[str, str], names: tuple[str, ...]) -> float | None:
    for name in names:
        # "100, 100;w=60" of the old draft: the first is the one that counts.
        number = _number(headers.get(name, "").partition(",")[0].partition(";")[0][:32])
        if number is not None and math.isfinite(number) and number >= 0:
            return number
    return None


def _budget(headers: Mapping[str, str], now: Moment) -> RateBudget | None:
    limit = _first_number(headers, _LIMIT)
    remaining = _first_number(headers, _REMAINING)
    if limit is None and remaining is None:
        return None
    reset = _first_number(headers, _RESET)
    return RateBudget(
        limit=None if limit is None else int(limit),
        remaining=None if remaining is None else int(remaining),
        reset_at=None if reset is None else _reset_at(reset, now.at),
        at=now,
    )


def _reset_at(reset: float, now: datetime) -> datetime:
    left_s = reset if reset < EPOCH_FROM else reset - now.timestamp()
    return now + timedelta(seconds=min(max(left_s, 0.0), LONGEST_WAIT_S))
