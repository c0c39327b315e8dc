"""Whether what is seen at the other side can be what was asked for, when the answer was lost. Pure.

Where a vendor keeps no key of the request, somebody else's doing looks like ours; two people act in
one incident. So what is taken for ours has to be new since, and to have come within minutes.
"""

from datetime import datetime, timedelta
from typing import Final

from actions.plan import Request

EARLIEST: Final = timedelta(seconds=-60)
"""Their clock may be behind ours by so much; what was there before was left out already."""

LATEST: Final = timedelta(seconds=180)
"""From the confirmation: it is looked at again (20 s), sent (30 s), and they take their time."""


def is_near(at: datetime | None, request: Request | None) -> bool:
    """Whether something came when it should have; what has no time can not be told apart.

    Args:
        at: When it came, by their clock.
        request: What was asked for.
    """
    return at is None or request is None or EARLIEST <= at - request.at <= LATEST
