"""What the vendor services share: refusing a request, counting it, writing times."""

import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    Handler = Callable[[Request], Awaitable[Response]]

Json = Mapping[str, object]


class Refusal(Exception):
    """A request the vendor does not grant.

    Args:
        status: HTTP status.
        code: The vendor's word for it, where the vendor has one.
        message: The vendor's sentence.
        extra: More members of the vendor's error body.
        headers: More headers of the answer.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        extra: Json | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})


class Allowance(Struct, frozen=True, kw_only=True):
    """What is left of a rate limit after a request."""

    limit: int
    remaining: int
    resets_at: datetime
    exceeded: bool

    def seconds_left(self, now: datetime) -> int:
        """Whole seconds until the count begins anew, at least 1."""
        return max(1, round((self.resets_at - now).total_seconds()))


class RateWindow(Struct):
    """Counts requests in windows of fixed length, one count a key."""

    limit: int
    window_s: int
    _counts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def take(self, key: str, now: datetime, cost: int = 1) -> Allowance:
        """Count one request of `key`; `exceeded` when it is one too many."""
        window = int(now.timestamp()) // self.window_s
        counted_in, used = self._counts.get(key, (window, 0))
        used = (used if counted_in == window else 0) + cost
        self._counts[key] = (window, used)
        return Allowance(
            limit=self.limit,
            remaining=max(0, self.limit - used),
            resets_at=datetime.fromtimestamp((window + 1) * self.window_s, UTC),
            exceeded=used > self.limit,
        )

    def forget(self) -> None:
        """Count from nothing."""
        self._counts.clear()


_TOKEN_WORDS: Final = ("bearer", "token")


def bearer(request: "Request") -> str | None:
    """The credential of the Authorization header, or None."""
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    return credential.strip() or None if scheme.lower() in _TOKEN_WORDS else None


def number(
    request: "Request", name: str, refuse: Callable[[str], Refusal], low: int = 0, high: int = 2**53
) -> int | None:
    """A whole number of the query, checked against its bounds."""
    raw = request.query_params.get(name)
    if raw is None:
        return None
    if not raw.isascii() or not raw.isdigit() or not low <= int(raw) <= high:
        raise refuse(f"Invalid value for `{name}`: should be a number from {low} to {high}.")
    return int(raw)


def word(
    request: "Request", name: str, allowed: Collection[str], refuse: Callable[[str], Refusal]
) -> str | None:
    """A word of the query that must be one of `allowed`."""
    raw = request.query_params.get(name)
    if raw is not None and raw not in allowed:
        raise refuse(f"Invalid value for `{name}`: should be one of {', '.join(allowed)}.")
    return raw


def instant(request: "Request", name: str, refuse: Callable[[str], Refusal]) -> datetime | None:
    """An ISO date-time of the query; without a zone it is UTC."""
    raw = request.query_params.get(name)
    if raw is None:
        return None
    try:
        parsed = datetime.fromisoformat(raw)
    except ValueError as error:
        raise refuse(f"Invalid value for `{name}`: should be a date-time.") from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


async def json_object(request: "Request", refuse: Callable[[str], Refusal]) -> dict[str, object]:
    """The JSON object of the request body; an empty body is an empty object."""
    raw = await request.body()
    if not raw:
        return {}
    try:
        value = json.loads(raw)
    except ValueError as error:
        raise refuse("The request body is not valid JSON.") from error
    if not isinstance(value, dict):
        raise refuse("The request body should be an object.")
    return value


def iso(at: datetime) -> str:
    """`2026-11-21T18:30:00.123Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_seconds(at: datetime) -> str:
    """`2026-11-21T18:30:00Z`."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def epoch_ms(at: datetime) -> int:
    """Milliseconds since 1970, as JavaScript counts."""
    return int(at.timestamp() * 1000)
