"""How far this machine's clock is from everybody else's, by the `Date` of an HTTP answer."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from providers.clock import Clock
from providers.errors import BadAnswer
from providers.http import Api


async def clock_offset_s(api: Api, clock: Clock, path: str) -> float:
    """Seconds that our clock is ahead of the server's; negative when it is behind.

    Good to about two seconds: the header has whole seconds, and the answer was under way.

    Args:
        api: Whom to ask.
        clock: Our own clock.
        path: Something that answers quickly.

    Raises:
        ProviderError: No answer, or one without a date that can be read.
    """
    before = clock.now().at
    answer = await api.get("read the time", path)
    ours = before + (clock.now().at - before) / 2
    return (ours - _date(api.system, answer.headers.get("date", ""))).total_seconds()


def _date(system: str, text: str) -> datetime:
    try:
        date = parsedate_to_datetime(text)
    except ValueError as error:
        raise BadAnswer(
            system, "read the time", "the answer has no Date that can be read"
        ) from error
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)
