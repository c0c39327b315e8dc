"""Values out of decoded JSON by JMESPath expressions (https://jmespath.org)."""

import functools
import json
import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from providers.secrets import redact
from providers.text import Foreign

if TYPE_CHECKING:
    from jmespath.visitor import TreeInterpreter

LONGEST_SHOWN: Final = 200
_SCALARS: Final = str | int | float | bool | None

_NAMES: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
"""Names and nothing else, as nearly all paths are: they are followed without the library."""


class PathProblem(ValueError):
    """An expression can not be read, or makes no sense for this answer; the message says why."""


@functools.lru_cache(maxsize=1024)
def _finder(expression: str) -> Callable[[object], object]:
    if _NAMES.fullmatch(expression):
        return functools.partial(_along, expression.split("."))
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        path = jmespath.compile(expression)
    except (JMESPathError, RecursionError) as error:
        column = getattr(error, "lex_position", None)
        where = f" at column {column + 1}" if isinstance(column, int) else ""
        raise PathProblem(f"the path {expression!r} can not be read{where}") from None
    return functools.partial(_interpreter().visit, path.parsed)


def _along(names: list[str], value: object) -> object:
    for name in names:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


@functools.cache
def _interpreter() -> "TreeInterpreter":
    """It keeps nothing of what it visits.

    `search` makes one each time, which is a cycle: 150 kB a minute, until the search for garbage
    comes by after ten.
    """
    from jmespath.visitor import TreeInterpreter

    return TreeInterpreter()


def find(expression: str, value: object) -> object:
    """What stands at the path; None when there is nothing.

    Raises:
        PathProblem: The expression is none, or a function in it does not fit what it met.
    """
    found = _finder(expression)
    try:
        return found(value)
    except (ValueError, RecursionError, TypeError, ArithmeticError, LookupError):
        raise PathProblem(f"the path {expression!r} does not fit the answer") from None


def same(left: object, right: object) -> bool:
    """Equality of JSON values: 1 equals 1.0, but true is not 1 and no text equals a number."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and left == right


def number(value: object) -> float | None:
    """A finite number, or None; true, false and texts are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        converted = float(value)
    except OverflowError:
        return None
    return converted if math.isfinite(converted) else None


def shown(value: object) -> Foreign:
    """A value in few words for a person: a short JSON text, secrets masked."""
    if isinstance(value, dict | list):
        kind = "object" if isinstance(value, dict) else "list"
        return Foreign(f"{kind} of {len(value)}")
    if isinstance(value, _SCALARS):
        if isinstance(value, int) and abs(value) >= 10**30:
            return Foreign("a number of more than 30 digits")
        cut = value[: LONGEST_SHOWN * 4] if isinstance(value, str) else value
        text = redact(json.dumps(cut, ensure_ascii=False))
        return Foreign(Foreign(text).line(LONGEST_SHOWN))
    return Foreign("no value")
