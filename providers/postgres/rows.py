"""Values out of the driver's rows, checked: nobody vouches for what a server sends."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from providers.secrets import redact
from providers.text import EMPTY, Foreign

Row = Mapping[str, Any]
"""One row by column name, as the driver gives it."""

MALFORMED = (KeyError, IndexError, TypeError, ValueError, OverflowError)
"""What the functions here raise for a row that is not as asked."""


def integer(row: Row, column: str) -> int:
    """A whole number that must be there."""
    value = row[column]
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{column} is no whole number")
    return value


def optional_integer(row: Row, column: str) -> int | None:
    """A whole number, or None for NULL."""
    return None if row[column] is None else integer(row, column)


def optional_number(row: Row, column: str) -> float | None:
    """A finite number, or None for NULL."""
    value = row[column]
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{column} is no number")
    number = float(value)
    return number if math.isfinite(number) else None


def optional_age(row: Row, column: str) -> float | None:
    """Seconds gone by, or None; clocks of the server's processes may differ by a hair."""
    number = optional_number(row, column)
    return None if number is None else max(number, 0.0)


def flag(row: Row, column: str) -> bool:
    """True or false, and nothing else."""
    value = row[column]
    if not isinstance(value, bool):
        raise TypeError(f"{column} is neither true nor false")
    return value


def moment(row: Row, column: str) -> datetime:
    """A time with its zone."""
    value = row[column]
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError(f"{column} is no time with a zone")
    return value


def foreign(value: object) -> Foreign:
    """Somebody's text from its bytes: bytes that are no UTF-8 are shown as such, secrets go."""
    if value is None or value == b"":
        return EMPTY
    if isinstance(value, str):
        return Foreign(redact(value))
    if not isinstance(value, bytes):
        raise TypeError("a text came as something else")
    return Foreign(redact(value.decode("utf-8", "replace")))


def items(row: Row, column: str) -> list[Any]:
    """An array, empty for NULL."""
    value = row[column]
    if value is None:
        return []
    if not isinstance(value, list):
        raise TypeError(f"{column} is no array")
    return value
