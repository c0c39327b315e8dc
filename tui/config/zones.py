"""Time zones by their names in the tz database."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, WithJsonSchema

_ZONE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,31}(/[A-Za-z0-9_+-]{1,32}){0,2}", re.ASCII)


def _zone(text: str) -> str:
    # On use: most files name no zone.
    from zoneinfo import ZoneInfo

    try:
        # The name becomes a path: nothing that is no name may get there.
        if _ZONE.fullmatch(text) is not None:
            return ZoneInfo(text).key
    except (ValueError, OSError, KeyError):
        pass
    raise ValueError(f"no time zone of that name{_hint(text)}: write one like Europe/Berlin or UTC")


def _hint(text: str) -> str:
    from zoneinfo import available_timezones

    from tui.config.suggest import nearest

    near = nearest(text, (one for one in available_timezones() if one[:1] == text[:1].upper()))
    return f" (did you mean {near}?)" if near else ""


TimeZone = Annotated[
    str,
    AfterValidator(_zone),
    WithJsonSchema({"type": "string", "examples": ["Europe/Berlin", "UTC"]}),
]
"""The name of a time zone that this machine knows."""
