"""httpx and httpcore, without what they would load for others.

`import httpx` brings its command line with it (click, rich, pygments), `import httpcore` all of
HTTP/2: half of the time of both. httpx 0.28 and httpcore 1.0 do without what can not be imported,
and httpcore imports HTTP/2 again when a server has agreed to it.
"""

import contextlib
import sys
from collections.abc import Iterator

__all__ = ["httpcore", "httpx"]


@contextlib.contextmanager
def _without(*names: str) -> Iterator[None]:
    """Modules that were not imported yet can not be, for as long as this lasts."""
    left_out = [name for name in names if name not in sys.modules]
    for name in left_out:
        sys.modules[name] = None  # type: ignore[assignment]  # how Python says "there is none"
    try:
        yield
    finally:
        for name in left_out:
            del sys.modules[name]


with _without("httpx._main", "h2"):
    import httpcore
    import httpx
