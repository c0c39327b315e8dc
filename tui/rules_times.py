"""Times and spans as the command line of the rules writes them. Pure."""

from datetime import UTC, datetime, timedelta

import click

from tui.config.durations import Unreadable, parse_duration

DEFAULT_S = 7 * 86_400.0


def time_given(text: str, name: str) -> datetime:
    """A time in ISO 8601, in UTC unless it says otherwise.

    Raises:
        click.UsageError: It is none.
    """
    try:
        at = datetime.fromisoformat(text.removesuffix("Z") + ("+00:00" if text[-1:] == "Z" else ""))
    except ValueError:
        raise click.UsageError(f"{name} {text!r} is no time: write 2025-01-31T16:00") from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def span_given(
    since: str | None, from_: str | None, to: str | None, now: datetime
) -> tuple[datetime, datetime]:
    """From and to.

    Raises:
        click.UsageError: They make no sense.
    """
    if since is not None and from_ is not None:
        raise click.UsageError("--since and --from exclude each other")
    end = now if to is None else time_given(to, "--to")
    if from_ is not None:
        start = time_given(from_, "--from")
    else:
        try:
            back_s = DEFAULT_S if since is None else parse_duration(since)
        except Unreadable as error:
            raise click.UsageError(f"--since {since!r}: {error}") from None
        start = end - timedelta(seconds=back_s)
    if start >= end:
        raise click.UsageError(f"nothing lies between {start.isoformat()} and {end.isoformat()}")
    return start, end
