"""Bodies: undone from their compression within limits, and read as JSON."""

import json
import zlib
from io import BytesIO
from typing import Final

from msgspec import MsgspecError, Raw, Struct
from msgspec.json import Decoder, decode

from providers.errors import BadAnswer, ProviderError, TooLarge
from providers.http_advice import BESIDE_OTHERS, MALFORMED, NOT_JSON, TOO_LONG_FOR_AN_API

MOST_MEMBERS: Final = 16
"""Concatenated gzip members are legal; thousands of empty ones are an attack on time."""

DEEPEST: Final = 64
"""Levels of JSON; vendors use six."""

MOST_VALUES: Final = 200_000
"""Values in one JSON text: an empty list of three bytes costs 64 in memory."""

MOST_TOGETHER: Final = 24 << 20
"""Bytes of all bodies that are being read at once: sixty sources may be hostile on one day."""

SHARE: Final = 256 << 10
"""Bytes that each of them may have whatever the others do; a usual answer is shorter."""

EMPTY_BODY: Final = "an empty body instead of JSON"

_NESTING: Final = (dict, list)
_MEMBERS: Final = Decoder(dict[str, Raw])
_ITEMS: Final = Decoder(list[Raw])
_BODILESS: Final = frozenset({204, 205, 304})
"""Statuses that never bring a body (RFC 9110, 15.3.5, 15.3.6 and 15.4.5)."""


class Together(Struct):
    """What all bodies that are being read hold between them."""

    held: int = 0

    def room(self, size: int) -> int:
        """How much more a body that holds so much may take."""
        return max(SHARE - size, MOST_TOGETHER - self.held, 0)


_TOGETHER: Final = Together()


class Inflater:
    """Undoes one content coding piece by piece and counts what comes out.

    It has to be let go of, for what it holds counts against what all may hold together.

    Args:
        system: For the errors.
        operation: For the errors.
        coding: The `Content-Encoding` as sent; we ask for none.
        limit_bytes: Most bytes after decoding.
        too_long_advice: What to do about more.
        together: Shared by all that are read at the same time.

    Raises:
        BadAnswer: The coding is none that we undo; several on top of each other are refused.
    """

    def __init__(
        self,
        system: str,
        operation: str,
        coding: str,
        limit_bytes: int,
        *,
        too_long_advice: str = TOO_LONG_FOR_AN_API,
        together: Together = _TOGETHER,
    ) -> None:
        self._together = together
        self._too_long_advice = too_long_advice
        self._system = system
        self._operation = operation
        self._limit_bytes = limit_bytes
        # Pieces that are joined at the end stand twice in memory; this hands out what it has.
        self._kept = BytesIO()
        self._size = 0
        self._members = 1
        self._coding = coding.strip().lower()
        self._plain = self._coding in {"", "identity"}
        if not self._plain and self._coding not in {"gzip", "x-gzip", "deflate"}:
            raise self._bad("it is compressed in a way we did not ask for")
        self._unpack: zlib._Decompress | None = None

    def feed(self, data: bytes) -> None:
        """Take a piece as it came over the wire.

        Raises:
            TooLarge: More came out than the limit.
            BadAnswer: It is not what its coding says.
        """
        if self._plain:
            self._keep(data)
            return
        try:
            self._inflate(data)
        except zlib.error:
            raise self._bad(f"its {self._coding} compression is broken") from None

    def _unpacker(self, start: bytes) -> "zlib._Decompress":
        if self._coding != "deflate":
            return zlib.decompressobj(16 + zlib.MAX_WBITS)
        # RFC 9110 means zlib; some servers send the bare stream.
        bare = (start[0] & 0x0F) != 8
        return zlib.decompressobj(-zlib.MAX_WBITS if bare else zlib.MAX_WBITS)

    def _inflate(self, data: bytes) -> None:
        while data:
            if self._unpack is None:
                self._unpack = self._unpacker(data)
            elif self._unpack.eof:
                self._unpack = self._next_member(data)
            room = min(self._limit_bytes - self._size, self._together.room(self._size)) + 1
            self._keep(self._unpack.decompress(data, room))
            data = self._unpack.unused_data if self._unpack.eof else self._unpack.unconsumed_tail

    def _next_member(self, start: bytes) -> "zlib._Decompress":
        self._members += 1
        if self._coding == "deflate" or self._members > MOST_MEMBERS:
            raise self._bad("something follows the end of its compressed body")
        return self._unpacker(start)

    def _keep(self, piece: bytes) -> None:
        room = self._together.room(self._size)
        self._size += len(piece)
        self._together.held += len(piece)
        if self._size <= self._limit_bytes and len(piece) > room:
            raise TooLarge(
                self._system,
                self._operation,
                f"its body went past {size_words(SHARE)} while others were as long,"
                " and was not read to the end",
                advice=BESIDE_OTHERS,
            )
        if self._size > self._limit_bytes:
            raise TooLarge(
                self._system,
                self._operation,
                f"its body went past {size_words(self._limit_bytes)} and was not read to the end",
                advice=self._too_long_advice,
            )
        self._kept.write(piece)

    def let_go(self) -> None:
        """Hold nothing any more."""
        self._together.held -= self._size
        self._size = 0
        self._kept = BytesIO()

    def whole(self) -> bytes:
        """The decoded body.

        Raises:
            BadAnswer: The compressed stream was cut.
        """
        if self._unpack is not None and not self._unpack.eof:
            raise self._bad("its compressed body was cut before its end")
        return self._kept.getvalue()

    def _bad(self, reason: str) -> BadAnswer:
        return BadAnswer(self._system, self._operation, reason, advice=MALFORMED)


def size_words(size: int) -> str:
    """A number of bytes for a sentence."""
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.3g} {unit}"
        size //= 1024
    return f"{size:,} GiB"


def is_empty(body: bytes) -> bool:
    """Whether there is nothing but blanks in a body; it may be long, and is not copied."""
    return not body or body.isspace()


def decode_json(system: str, operation: str, body: bytes, listed: str | None = None) -> object:
    """The value of a JSON text in UTF-8; None for an empty one.

    The items of the list `listed` in it (empty: it is that list) stay JSON, as `Raw`, if all of it
    is well formed: decoded they take several times as much.

    Of duplicate keys the last wins. NaN and the infinities, which JSON does not have, come through
    as floats: each is refused where a number is asked for, so that the rest can still be read.

    Raises:
        TooLarge: Too many values, or nested too deeply.
        BadAnswer: It is not JSON; the reason says what it is instead.
    """
    if is_empty(body):
        return None
    opened = body.count(b"[") + body.count(b"{")
    if opened + body.count(b",") > MOST_VALUES:
        reason = f"its JSON holds more than {MOST_VALUES:,} values"
        raise TooLarge(system, operation, reason, advice=NOT_JSON)
    try:
        value = _parsed(body) if listed is None else _parsed_around(body, listed)
    except RecursionError:
        raise _too_deep(system, operation) from None
    except UnicodeDecodeError:
        raise BadAnswer(system, operation, "it is not text in UTF-8", advice=NOT_JSON) from None
    except json.JSONDecodeError as error:
        raise _not_json(system, operation, body, error) from None
    except ValueError:
        # Python refuses to read whole numbers of more than 4,300 digits.
        reason = "its JSON holds a number too long to read"
        raise BadAnswer(system, operation, reason, advice=NOT_JSON) from None
    if opened > DEEPEST and _deeper(value, DEEPEST):
        raise _too_deep(system, operation)
    return value


def _parsed(body: bytes) -> object:
    """The value straight from the bytes: a quarter of the time, and no text of it all beside it.

    What that refuses is read once more by the standard library: it takes what JSON does not have
    (NaN, half surrogates), and says where a text goes wrong.
    """
    try:
        return decode(body)
    except (MsgspecError, UnicodeDecodeError):
        value: object = json.loads(body.decode("utf-8-sig"))
        return value


def _parsed_around(body: bytes, listed: str) -> object:
    try:
        if not listed:
            return _ITEMS.decode(body)
        members = _MEMBERS.decode(body)
        items = _ITEMS.decode(members.pop(listed)) if listed in members else None
        around: dict[str, object] = {name: decode(raw) for name, raw in members.items()}
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        return _parsed(body)
    return around if items is None else {**around, listed: items}


def expected_json(
    system: str, operation: str, status: int, body: bytes, listed: str | None = None
) -> object:
    """The value of an answer that has to be JSON; None for a status that brings no body.

    Raises:
        BadAnswer: As of `decode_json`, or there is no body where the status promises one.
    """
    if status not in _BODILESS and is_empty(body):
        advice = "a proxy may have answered in its place; it is asked again by itself"
        raise BadAnswer(system, operation, EMPTY_BODY, advice=advice)
    return decode_json(system, operation, body, listed)


def _too_deep(system: str, operation: str) -> ProviderError:
    reason = f"its JSON is nested more than {DEEPEST} levels deep"
    return TooLarge(system, operation, reason, advice=NOT_JSON)


def _not_json(system: str, operation: str, body: bytes, error: json.JSONDecodeError) -> BadAnswer:
    if looks_like_html(body):
        return BadAnswer(
            system,
            operation,
            "HTML instead of JSON",
            advice="a proxy, a login page or a captive portal may have answered",
        )
    if error.pos >= len(error.doc.rstrip()):
        return BadAnswer(system, operation, "its JSON ends in the middle", advice=NOT_JSON)
    reason = f"not JSON (line {error.lineno}, column {error.colno})"
    return BadAnswer(system, operation, reason, advice=NOT_JSON)


def looks_like_html(body: bytes) -> bool:
    """Whether a body is a page for people."""
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype", b"<html", b"<head", b"<body", b"<?xml", b"<!--", b"<"))


def _deeper(value: object, levels: int) -> bool:
    level: list[dict[str, object] | list[object]] = []
    if isinstance(value, _NESTING):
        level.append(value)
    for _ in range(levels):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, _NESTING)
        ]
        if not level:
            return False
    return True
