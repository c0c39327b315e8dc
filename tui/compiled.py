"""What Python compiles while the wall opens, kept for the next time.

A regular expression is compiled when the module that names it is imported, and so are the methods
that data classes and named tuples write for themselves: five hundred small compilations, nearly
all of them of libraries, and a sixth of the work before the first live data. What comes out depends
on the text and on this Python alone. So it is kept, and compiled no more while the wall opens; once
the first live data is on the screen Python compiles as ever.

It is kept as Python keeps modules in `__pycache__`, and believed only if nobody else could have
written it.
"""

import collections
import dataclasses
import marshal
import re
import sys
import typing
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any, Final

from tui.config.paths import read_own, write_private_bytes
from tui.first_answers import FIRST_ANSWERS

NAME: Final = "last-start.bin"

_MOST: Final = 2_000
"""More than a start asks for, and all that is remembered of one that never sees an answer."""

_COMPILER: Final[ModuleType] = vars(re)["_compiler"]
_PATTERN: Final[Callable[..., Any]] = vars(_COMPILER)["_sre"].compile
"""Makes an expression of what the compiler has found out about it."""

_PLACES: Final = (
    (_COMPILER, "compile"),
    (dataclasses, "exec"),
    (collections, "eval"),
    (typing, "compile"),
)
"""Names by which expressions, methods and annotations are compiled in the modules that do so."""


class Compiled:
    """Gives what was compiled by an earlier start, and remembers what this one asks for.

    Args:
        known: What an earlier start asked for.
    """

    def __init__(self, known: dict[Any, Any]) -> None:
        self._known = known
        self._asked: dict[Any, Any] = {}
        self._before = [vars(module).get(name) for module, name in _PLACES]
        compiler = _COMPILER.compile
        # The compiler itself, up to the point where it would hand over to the matcher.
        self._found_out = FunctionType(
            compiler.__code__,
            {**vars(_COMPILER), "_sre": SimpleNamespace(compile=lambda *found: found)},
            argdefs=compiler.__defaults__,
        )

    def begin(self) -> None:
        """Compile nothing any more that is known."""
        ours = (self.expression, self._run, self._value, self.code)
        for (module, name), instead in zip(_PLACES, ours, strict=True):
            vars(module)[name] = instead

    def end(self) -> None:
        """Let Python compile as ever."""
        for (module, name), before in zip(_PLACES, self._before, strict=True):
            if before is None:
                # The name is Python's own again.
                vars(module).pop(name, None)
            else:
                vars(module)[name] = before

    def expression(self, pattern: Any, flags: int = 0) -> Any:
        """The same as `re._compiler.compile`."""
        if type(pattern) not in {str, bytes}:
            return _PATTERN(*self._found_out(pattern, flags))
        key = (type(pattern).__name__, pattern, int(flags))
        return _PATTERN(*self._ask(key, lambda: _plain(self._found_out(pattern, flags))))

    def code(self, text: str, file: str, kind: str) -> Any:
        """The same as `compile`."""
        return self._ask((kind, text), lambda: compile(text, file, kind, dont_inherit=True))

    def _run(self, text: str, *names: dict[str, Any]) -> None:
        exec(self.code(text, "<string>", "exec"), *names)  # noqa: S102 - in the place of exec

    def _value(self, text: str, *names: dict[str, Any]) -> Any:
        return eval(self.code(text, "<string>", "eval"), *names)  # noqa: S307 - in that of eval

    def _ask(self, key: Any, make: Callable[[], Any]) -> Any:
        found = self._known.get(key)
        if found is None:
            found = make()
        if len(self._asked) < _MOST:
            self._asked[key] = found
        return found

    def to_keep(self) -> dict[Any, Any] | None:
        """What this start asked for; None where what is kept serves the next one as well."""
        new = not self._asked.keys() <= self._known.keys()
        # A start that had the configuration to judge asks for much that others do not.
        much_idle = len(self._asked) * 4 < len(self._known) * 3
        return dict(self._asked) if new or much_idle else None


def compile_less(folder: Path) -> None:
    """Use and keep what starts compile, from now until the first live data is on the screen."""
    place = folder / NAME
    compiled = Compiled(kept(place))
    compiled.begin()

    def over() -> None:
        compiled.end()
        # On a slow disk writing takes longer than a screen may be busy.
        if (found := compiled.to_keep()) is not None:
            Thread(target=_keep_if_possible, args=(place, found), daemon=True).start()

    FIRST_ANSWERS.expect()
    FIRST_ANSWERS.then(over)


def _keep_if_possible(place: Path, found: dict[Any, Any]) -> None:
    # A cache that can not be written is no trouble; of another kind than expected, neither.
    with suppress(OSError, ValueError):
        keep(place, found)


def keep(place: Path, found: dict[Any, Any]) -> None:
    """Write down what was compiled.

    Raises:
        OSError: It can not be written.
        ValueError: It can not be kept.
    """
    body = marshal.dumps(found)
    write_private_bytes(place, _head(body) + body)


def kept(place: Path) -> dict[Any, Any]:
    """What an earlier start of the same Python has written down; nothing where in doubt."""
    try:
        head, _, body = read_own(place).partition(b"\n")
        whole = head + b"\n" == _head(body)
        return dict(marshal.loads(body)) if whole else {}  # noqa: S302 - our own, see `read_own`
    except (OSError, ValueError, TypeError, EOFError):
        return {}


def _head(body: bytes) -> bytes:
    """Tells another Python, and half a file."""
    return f"{zlib.crc32(body):08x} {' '.join(sys.version.split())}\n".encode()


def _plain(found: tuple[Any, ...]) -> tuple[Any, ...]:
    """Numbers without the names that the compiler gives them, so that they can be kept."""
    return tuple(_plainly(each) for each in found)


def _plainly(value: Any) -> Any:
    if isinstance(value, list):
        return [int(each) for each in value]
    return int(value) if isinstance(value, int) else value
