"""The parts of httpcore and httpx that are used, without what they would load for others.

`import httpcore` loads all of HTTP/2, which few servers of ours speak; httpcore 1.0 does without
when it can not be imported, and imports it again when a server has agreed to it. Of httpx, whose
clients are not used, this takes the parser of addresses alone: the package as a whole brings its
command line, clients and cookies, three times the cost.
"""

import contextlib
import importlib
import importlib.util
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

__all__ = ["URL", "InvalidURL", "httpcore"]


@contextlib.contextmanager
def _without(name: str) -> Iterator[None]:
    """A module that was not imported yet can not be, for as long as this lasts."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # how Python says "there is none"
    try:
        yield
    finally:
        del sys.modules[name]


@contextlib.contextmanager
def _as_a_folder(name: str) -> Iterator[None]:
    """Modules of a package can be imported without running the package itself.

    Whoever imports the package afterwards gets it as ever.
    """
    spec = None if name in sys.modules else importlib.util.find_spec(name)
    if spec is None:
        yield
        return
    sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        yield
    finally:
        for loaded in [each for each in sys.modules if each.partition(".")[0] == name]:
            del sys.modules[loaded]


with _without("h2"):
    import httpcore

if TYPE_CHECKING:
    from httpx import URL, InvalidURL
else:
    with _as_a_folder("httpx"):
        URL = importlib.import_module("httpx._urls").URL
        InvalidURL = importlib.import_module("httpx._exceptions").InvalidURL
