"""What the clients of vendors have in common: paths, links, and lists with a bad item."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Generic, TypeVar
from urllib.parse import quote

from msgspec import Raw, Struct

from providers.errors import BadAnswer, TooLarge
from providers.fields import MOST_ITEMS, Fields
from providers.http_body import decode_json
from providers.system_readings import UNREAD
from providers.text import Foreign

LONGEST_URL: Final = 2_048

LONGEST_MESSAGE: Final = 8_192
"""Characters kept of a commit message; a list of them stays in memory."""

_HTTPS: Final = re.compile(
    r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?(?::[0-9]{1,5})?"
    r"(?:/[A-Za-z0-9._~%!$&()*+,;=:@/-]*)?(?:\?[A-Za-z0-9._~%!$&()*+,;=:@/?-]*)?"
    r"(?:#[A-Za-z0-9._~%!$&()*+,;=:@/?-]*)?"
)

Parsed = TypeVar("Parsed")


class Entry(Struct, frozen=True, kw_only=True):
    """One item of a list, not yet looked at."""

    value: object
    """Decoded, or still JSON."""

    system: str
    operation: str
    path: str

    def fields(self) -> Fields:
        """The item as an object.

        Raises:
            BadAnswer: It is none.
            TooLarge: It is nested too deeply.
        """
        value = self.value
        if isinstance(value, Raw):
            value = decode_json(self.system, self.operation, bytes(value))
        return Fields(value, self.system, self.operation, self.path)


class Sorted(Struct, Generic[Parsed], frozen=True, kw_only=True):
    """A vendor's list, the readable items apart from the rest."""

    kept: tuple[Parsed, ...]
    notice: str = ""
    """How many items could not be read and why; empty when all could."""

    hopeless: BadAnswer | None = None
    """Set when there were items and none could be read."""

    def readable(self) -> tuple[Parsed, ...]:
        """What was kept.

        Raises:
            BadAnswer: There were items and none could be read: that is no empty list.
        """
        if self.hopeless is not None:
            raise self.hopeless
        return self.kept


def segment(raw: str) -> str:
    """One identifier as one segment of a path, whatever it holds.

    Raises:
        ValueError: It is empty, or a dot segment, which would name another resource.
    """
    if raw in {"", ".", ".."}:
        raise ValueError(f"{raw!r} cannot be an identifier in a path")
    return quote(raw, safe="")


def told_segment(word: str, system: str, operation: str) -> str:
    """An identifier that came in an answer, as one segment of the next path.

    Raises:
        BadAnswer: It would name another resource.
    """
    try:
        return segment(word)
    except ValueError as error:
        raise BadAnswer(system, operation, f"$: {error}") from None


def message_of(said: Foreign) -> Foreign:
    """The message of a commit, cut where no person reads on."""
    too_long = len(said.text) > LONGEST_MESSAGE
    return Foreign(f"{said.text[: LONGEST_MESSAGE - 1]}…") if too_long else said


def https_url(raw: str) -> str:
    """`raw` when it is a plain https address, else empty.

    Anything with a user part, brackets, quotes, spaces or signs beyond ASCII is refused: a person
    will open this.
    """
    return raw if len(raw) <= LONGEST_URL and _HTTPS.fullmatch(raw) else ""


def entries(value: object, name: str, system: str, operation: str) -> list[Entry]:
    """The items of the list `name` in an answer, or of the answer itself without a name.

    `Fields.items` refuses the whole list for one item that is no object; this one leaves that to
    `sort_out`.

    Raises:
        BadAnswer: There is no such list.
        TooLarge: It is longer than `MOST_ITEMS`.
    """
    path = f"$.{name}" if name else "$"
    if name:
        fields = Fields(value, system, operation)
        value = value.get(name) if name in fields and isinstance(value, dict) else None
        if value is None:
            raise BadAnswer(system, operation, f"{path}: missing")
    if not isinstance(value, list):
        raise BadAnswer(system, operation, f"{path}: expected a list")
    if len(value) > MOST_ITEMS:
        raise TooLarge(system, operation, f"{path}: more than {MOST_ITEMS:,} entries")
    return [
        Entry(value=each, system=system, operation=operation, path=f"{path}[{index}]")
        for index, each in enumerate(value)
    ]


class Sorting(Generic[Parsed]):
    """Reads each item of a list, so that one bad item does not blind the pane.

    A list of many pages is sorted page by page: as values it is a fraction of what it is as JSON.

    Args:
        parse: Makes a value of one; None for one that is not wanted.
        noun: What an item is, in the singular, for the notice.
    """

    def __init__(self, parse: Callable[[Fields], Parsed | None], noun: str) -> None:
        self.count = 0
        """Items so far, also those that could not be read."""

        self._parse = parse
        self._noun = noun
        self._kept: list[Parsed] = []
        self._broken: list[BadAnswer] = []

    def take(self, items: Sequence[Entry]) -> None:
        """Read these, as they came."""
        self.count += len(items)
        for item in items:
            try:
                value = self._parse(item.fields())
            except BadAnswer as error:
                self._broken.append(error)
            else:
                self._kept.extend(() if value is None else (value,))

    def found(self) -> Sorted[Parsed]:
        """What could be read of all of them."""
        broken = self._broken
        hopeless = broken[0] if broken and len(broken) == self.count else None
        notice = _left_out(broken, self._noun)
        return Sorted(kept=tuple(self._kept), notice=notice, hopeless=hopeless)


def sort_out(
    items: Sequence[Entry], parse: Callable[[Fields], Parsed | None], noun: str
) -> Sorted[Parsed]:
    """Read each item of a list that is there already, as `Sorting` does."""
    sorting = Sorting(parse, noun)
    sorting.take(items)
    return sorting.found()


def _left_out(broken: Sequence[BadAnswer], noun: str) -> str:
    if not broken:
        return ""
    if len(broken) == 1:
        return f"1 {noun} {UNREAD} and is left out: {broken[0].reason}"
    return f"{len(broken)} {noun}s {UNREAD} and are left out: {broken[0].reason}, …"


def attempt(parse: Callable[[], Parsed], noun: str) -> tuple[Parsed | None, str]:
    """A part of an answer that may be broken without the rest being worthless.

    Args:
        parse: Reads it.
        noun: What it is, for the notice.

    Returns:
        The value and no notice, or None and what is wrong with it.
    """
    try:
        return parse(), ""
    except BadAnswer as error:
        return None, f"{noun} {UNREAD}: {error.reason}"


def clock_words(at: datetime) -> str:
    """Date and minute, in UTC as all times of the wall."""
    return f"{at:%Y-%m-%d %H:%MZ}"
