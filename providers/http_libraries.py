"""httpx's parser of addresses, without the rest of httpx.

The package as a whole brings its command line, its clients and cookies, and the standard library's
HTTP and mail with them: ten times the cost, for what is not used.
"""

import contextlib
import importlib
import importlib.util
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

__all__ = ["InvalidURL", "ParseResult", "urlparse"]


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
        # A copy: other threads import meanwhile.
        for loaded in [each for each in tuple(sys.modules) if each.partition(".")[0] == name]:
            sys.modules.pop(loaded, None)


@contextlib.contextmanager
def _when_asked(name: str) -> Iterator[None]:
    """Who imports this module meanwhile gets one that loads it at the first look into it.

    The tables for names in other scripts are 0.3 MB, and hardly anybody has such a host.
    """
    if name in sys.modules:
        yield
        return
    later = ModuleType(name)
    later.__dict__["__getattr__"] = lambda wanted: getattr(importlib.import_module(name), wanted)
    sys.modules[name] = later
    try:
        yield
    finally:
        sys.modules.pop(name, None)


if TYPE_CHECKING:
    from httpx import InvalidURL
    from httpx._urlparse import ParseResult, urlparse
else:
    with _as_a_folder("httpx"), _when_asked("idna"):
        _parser = importlib.import_module("httpx._urlparse")
        ParseResult, urlparse = _parser.ParseResult, _parser.urlparse
        InvalidURL = importlib.import_module("httpx._exceptions").InvalidURL
