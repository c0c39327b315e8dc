"""Decoded JSON, read field by field: what breaks the contract is named by its path."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, TypeVar

from providers.errors import BadAnswer, TooLarge
from providers.secrets import redact
from providers.text import Foreign

MOST_ITEMS: Final = 1_000
"""Entries of one list; vendors send a hundred on a page."""

LONGEST_WORD: Final = 200

_NOT_IN_WORDS: Final = re.compile(r"[^A-Za-z0-9_.:/@+\-]")
_KINDS: Final[Mapping[type, str]] = {
    dict: "an object",
    list: "a list",
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    type(None): "null",
}

Value = TypeVar("Value")
REQUIRED: Final = Foreign("\N{REPLACEMENT CHARACTER} required")
"""Stands for "no default"; never returned."""


class Fields:
    """One JSON object of an answer.

    Unknown fields are ignored and a field that is null counts as missing. Each method with
    `optional_` before its name gives None for a missing field; a field of the wrong type is a
    broken contract either way.

    Args:
        value: What was decoded.
        system: For the errors.
        operation: For the errors.
        path: Where this object stands in the answer, such as `$.deployments[3]`.

    Raises:
        BadAnswer: `value` is no object.
    """

    def __init__(self, value: object, system: str, operation: str, path: str = "$") -> None:
        self._system = system
        self._operation = operation
        self.path = path
        if not isinstance(value, dict):
            raise self._bad(path, f"expected an object, got {_kind(value)}")
        self._value: Mapping[str, object] = value

    def __contains__(self, name: object) -> bool:
        return self._value.get(str(name)) is not None

    def names(self) -> tuple[str, ...]:
        """The names of all fields, as they came."""
        return tuple(self._value)

    def raw(self, name: str) -> object:
        """A field as it was decoded, for shapes that have no reader here; None when missing.

        Texts in it are not cleaned: none may leave the module that asks.
        """
        return self._value.get(name)

    def text(self, name: str, default: Foreign = REQUIRED) -> Foreign:
        """Somebody's words, known secrets masked.

        Args:
            name: The field.
            default: For a field that is missing; without one that is an error.

        Raises:
            BadAnswer: It is missing or no text.
        """
        raw = self._typed(name, str)
        if raw is None:
            return self._or_missing(name, None if default is REQUIRED else default)
        return Foreign(redact(raw))

    def optional_text(self, name: str) -> Foreign | None:
        """As `text`; None when it is missing."""
        raw = self._typed(name, str)
        return None if raw is None else Foreign(redact(raw))

    def word(self, name: str, default: str | None = None) -> str:
        """An identifier or a state: ASCII letters, digits and `_.:/@+-`; anything else is `?`.

        Raises:
            BadAnswer: It is missing without a default, or neither text nor a whole number.
        """
        return self._or_missing(name, self.optional_word(name) or default)

    def optional_word(self, name: str) -> str | None:
        """As `word`; None when it is missing or empty."""
        raw = self._value.get(name)
        if isinstance(raw, int) and not isinstance(raw, bool):
            # Identifiers of some vendors are numbers.
            raw = format(raw, "d") if abs(raw) < 10**30 else "?"
        elif raw is not None and not isinstance(raw, str):
            raise self._wrong(name, "text", raw)
        if not raw:
            return None
        return _NOT_IN_WORDS.sub("?", redact(raw[: LONGEST_WORD * 2]))[:LONGEST_WORD]

    def integer(self, name: str) -> int:
        """A whole number.

        Raises:
            BadAnswer: It is missing or something else; true and false are no numbers.
        """
        return self._or_missing(name, self.optional_integer(name))

    def optional_integer(self, name: str) -> int | None:
        """As `integer`; None when it is missing."""
        raw = self._value.get(name)
        if raw is None:
            return None
        if isinstance(raw, float) and raw.is_integer() and abs(raw) < 2**53:
            return int(raw)
        if isinstance(raw, bool) or not isinstance(raw, int):
            raise self._wrong(name, "a whole number", raw)
        if abs(raw) >= 2**63:
            raise self._bad(self._at(name), "a number too large")
        return raw

    def number(self, name: str) -> float:
        """A finite number.

        Raises:
            BadAnswer: It is missing, something else, or not finite.
        """
        return self._or_missing(name, self.optional_number(name))

    def optional_number(self, name: str) -> float | None:
        """As `number`; None when it is missing."""
        raw = self._value.get(name)
        if raw is None:
            return None
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            raise self._wrong(name, "a number", raw)
        try:
            number = float(raw)
        except OverflowError:
            raise self._bad(self._at(name), "a number too large") from None
        if not math.isfinite(number):
            raise self._bad(self._at(name), "not a finite number")
        return number

    def flag(self, name: str, default: bool | None = None) -> bool:
        """True or false.

        Raises:
            BadAnswer: It is missing without a default, or something else.
        """
        found = self.optional_flag(name)
        return self._or_missing(name, default if found is None else found)

    def optional_flag(self, name: str) -> bool | None:
        """As `flag`; None when it is missing."""
        return self._typed(name, bool)

    def moment_ms(self, name: str) -> datetime:
        """A time in milliseconds of the epoch, in UTC.

        Raises:
            BadAnswer: It is missing, no number, or no time that a calendar has.
        """
        return self._or_missing(name, self.optional_moment_ms(name))

    def optional_moment_ms(self, name: str) -> datetime | None:
        """As `moment_ms`; None when it is missing."""
        number = self.optional_number(name)
        if number is None:
            return None
        try:
            return datetime.fromtimestamp(number / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            raise self._bad(self._at(name), "not a time in milliseconds") from None

    def moment_iso(self, name: str) -> datetime:
        """A time in ISO 8601, in UTC; one without a zone is taken as UTC.

        Raises:
            BadAnswer: It is missing or can not be read.
        """
        return self._or_missing(name, self.optional_moment_iso(name))

    def optional_moment_iso(self, name: str) -> datetime | None:
        """As `moment_iso`; None when it is missing."""
        raw = self._typed(name, str)
        if raw is None:
            return None
        try:
            moment = datetime.fromisoformat(raw[:64])
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self._bad(self._at(name), "not a time in ISO 8601") from None

    def fields(self, name: str) -> "Fields":
        """An object inside this one.

        Raises:
            BadAnswer: It is missing or something else.
        """
        return self._or_missing(name, self.optional_fields(name))

    def optional_fields(self, name: str) -> "Fields | None":
        """As `fields`; None when it is missing."""
        raw = self._value.get(name)
        if raw is None:
            return None
        return Fields(raw, self._system, self._operation, self._at(name))

    def items(self, name: str) -> "list[Fields]":
        """A list of objects, empty only when it came empty.

        Raises:
            BadAnswer: It is missing, no list, or holds something that is no object.
            TooLarge: It is longer than `MOST_ITEMS`.
        """
        return self._or_missing(name, self.optional_items(name))

    def optional_items(self, name: str) -> "list[Fields] | None":
        """As `items`; None when it is missing."""
        raw = self._typed(name, list)
        if raw is None:
            return None
        return list_items(raw, self._system, self._operation, self._at(name))

    def words(self, name: str) -> tuple[str, ...]:
        """A list of identifiers, each as `word` gives it; empty when it is missing.

        Raises:
            BadAnswer: It is no list, or holds something that is no text.
        """
        raw = self._typed(name, list) or []
        at = self._at(name)
        wrapped = (
            Fields({"": each}, self._system, self._operation, f"{at}[{index}]")
            for index, each in enumerate(raw[:MOST_ITEMS])
        )
        return tuple(each.word("") for each in wrapped)

    def _typed(self, name: str, wanted: type[Value]) -> Value | None:
        raw = self._value.get(name)
        if raw is None:
            return None
        if not isinstance(raw, wanted):
            raise self._wrong(name, _KINDS[wanted], raw)
        return raw

    def _or_missing(self, name: str, found: Value | None) -> Value:
        if found is None:
            raise self._bad(self._at(name), "missing")
        return found

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}" if name else self.path

    def _wrong(self, name: str, wanted: str, got: object) -> BadAnswer:
        return self._bad(self._at(name), f"expected {wanted}, got {_kind(got)}")

    def _bad(self, path: str, what: str) -> BadAnswer:
        return BadAnswer(self._system, self._operation, f"{path}: {what}")


def list_items(value: object, system: str, operation: str, path: str = "$") -> list[Fields]:
    """The objects of an answer that is a list itself.

    Raises:
        BadAnswer: It is no list, or holds something that is no object.
        TooLarge: It is longer than `MOST_ITEMS`.
    """
    if not isinstance(value, list):
        raise BadAnswer(system, operation, f"{path}: expected a list, got {_kind(value)}")
    if len(value) > MOST_ITEMS:
        raise TooLarge(system, operation, f"{path}: more than {MOST_ITEMS:,} entries")
    return [Fields(each, system, operation, f"{path}[{index}]") for index, each in enumerate(value)]


def _kind(value: object) -> str:
    return _KINDS.get(type(value), type(value).__name__)
