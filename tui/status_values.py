"""Values as the JSON of `status` has them: UTC times with Z, seconds as rounded numbers."""

from datetime import UTC, datetime

from providers.clock import Moment

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def rounded(value: float | None) -> float | None:
    """To the millisecond."""
    return None if value is None else round(value, 3)


def moment_text(moment: Moment | None) -> str | None:
    """When it was; null for never."""
    return None if moment is None else time_text(moment.at)


def time_text(at: datetime | None) -> str | None:
    """In UTC to the millisecond, `2026-11-22T03:10:00.000Z`."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
