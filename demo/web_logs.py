"""What the web apps' functions write: pages served, and errors as often as the API fails them."""

import math
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from demo.pulse import Pulse
from demo.vendors.vercel_runtime import RuntimeLine
from demo.vendors.vercel_state import Project

_EVERY_S: Final = 0.4
_MOST: Final = 200
_PAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "lma": ("/", "/shops", "/cart", "/checkout", "/api/orders", "/account"),
    "localloop": ("/", "/events", "/events/new", "/api/events", "/api/health", "/profile"),
}
_PROBED: Final = "/wp-login.php"
"""What strangers try on every site."""


class WebLogs:
    """Lines of each web app in production and staging.

    Args:
        pulses: How the API of each environment does; LocalLoop has its own, and it is calm.
    """

    def __init__(self, pulses: Mapping[str, Pulse]) -> None:
        self._pulses = pulses

    def lines(self, project: Project, start: datetime, end: datetime) -> Iterator[RuntimeLine]:
        """Lines after `start` and until `end`: each instant has its own, however it is asked."""
        first = math.floor(start.timestamp() / _EVERY_S) + 1
        last = math.floor(end.timestamp() / _EVERY_S)
        for number in range(max(first, last - _MOST), last + 1):
            yield self._line(project, number)

    def _strain(self, project: Project, at: datetime) -> float:
        if not project.name.startswith("lma"):
            return 0.0
        environment = "staging" if project.name.endswith("-staging") else "production"
        pulse = self._pulses.get(environment)
        return pulse.strain_at(at) if pulse else 0.0

    def _line(self, project: Project, number: int) -> RuntimeLine:
        at = datetime.fromtimestamp(0, UTC) + timedelta(seconds=number * _EVERY_S)
        draw = zlib.crc32(f"{project.id}/{number}".encode()) / 2**32
        pages = _PAGES["lma" if project.name.startswith("lma") else "localloop"]
        path = _PROBED if draw > 0.985 else pages[number % len(pages)]
        strain = self._strain(project, at)
        level, status, message = _told(draw, strain, path)
        return RuntimeLine(
            at=at,
            level=level,
            message=message,
            method="GET",
            path=path,
            status=status,
            number=number,
        )


def _told(draw: float, strain: float, path: str) -> tuple[str, int, str]:
    if path == _PROBED:
        return "warning", 404, f"GET {path} 404"
    if draw < 0.45 * strain:
        message = f"Error: upstream api.lma.com answered 503 after 2000 ms\n    at fetch ({path})"
        return "error", 502, message
    if draw < 0.002:
        return "error", 500, f"TypeError: Cannot read properties of undefined\n    at {path}"
    return "info", 200, f"GET {path} 200 in {40 + 900 * strain:.0f}ms"
