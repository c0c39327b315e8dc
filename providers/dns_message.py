"""Messages of the domain name system on the wire (RFC 1035, 4; RFC 6891 for what a datagram holds).

Only what is asked here: one question, and the five kinds of record that answer it. dnspython knows
all of them and takes 73 modules and 3 MB for it; the tests hold this reader against it.
"""

import socket
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from providers.secret_value import redact

PAYLOAD_BYTES: Final = 1232
"""What fits a datagram anywhere (DNS flag day 2020); longer answers come over TCP."""

KINDS: Final = {"A": 1, "NS": 2, "CNAME": 5, "TXT": 16, "AAAA": 28}
"""The types of records that can be asked for and read."""

NO_ERROR: Final = 0
SERVER_FAILED: Final = 2
NO_NAME: Final = 3
REFUSED: Final = 5

_KIND_OF: Final = {number: kind for kind, number in KINDS.items()}
_WITHOUT_QUESTION: Final = frozenset({1, SERVER_FAILED, 4, REFUSED})
"""Refusals that some servers send without saying what was asked."""

_INTERNET: Final = 1
_OPTIONS: Final = 41
_HEADER_BYTES: Final = 12
_MOST_LABEL: Final = 63
_MOST_NAME: Final = 255
_ESCAPED: Final = frozenset(b'"().;\\@$')


class Record(Struct, frozen=True, kw_only=True):
    """One record of an answer."""

    owner: str
    kind: str
    text: str
    """Names without the last dot, in lower case; a TXT record's strings joined."""


class Reply(Struct, frozen=True, kw_only=True):
    """What a server sent."""

    id: int
    asked: tuple[str, str] | None
    """Name and kind it says it was asked for."""

    rcode: int
    truncated: bool
    """More than fits; the records have to be asked for over TCP."""

    records: tuple[Record, ...] = ()

    def answers(self, number: int, name: str, kind: str) -> bool:
        """Whether it is the answer to this question."""
        if self.id != number:
            return False
        if self.asked is None:
            return self.rcode in _WITHOUT_QUESTION
        return self.asked == (canonical(name), kind)


def question(number: int, name: str, kind: str) -> bytes:
    """A message that asks for one kind of record of one name.

    Raises:
        ValueError: No such name can be asked for.
        KeyError: It is none of `KINDS`.
    """
    head = (number, 0x0100, 1, 0, 0, 1)
    asked = _encoded(name) + _two(KINDS[kind], _INTERNET)
    options = b"\0" + _two(_OPTIONS, PAYLOAD_BYTES, 0, 0, 0)
    return _two(*head) + asked + options


def canonical(name: str) -> str:
    """A name as names of replies are written.

    Raises:
        ValueError: It is no name.
    """
    return _Reader(_encoded(name)).name()


def read_reply(wire: bytes) -> Reply:
    """The message, if it answers one question or none.

    Raises:
        ValueError: It can not be read.
    """
    reader = _Reader(wire)
    number, flags, questions, answers, authority, additional = (reader.number(2) for _ in range(6))
    if not flags & 0x8000 or flags & 0x7800 or questions > 1:
        raise ValueError("no answer to a question")
    asked = (reader.name(), reader.kind()) if questions else None
    truncated = bool(flags & 0x0200)
    if truncated:
        # It may have been cut anywhere.
        return Reply(id=number, asked=asked, rcode=flags & 0xF, truncated=True)
    records = tuple(each for each in _records(reader, answers) if isinstance(each, Record))
    rest = [each for each in _records(reader, authority + additional) if isinstance(each, int)]
    rcode = flags & 0xF | (rest[0] << 4 if rest else 0)
    return Reply(id=number, asked=asked, rcode=rcode, truncated=False, records=records)


def _records(reader: "_Reader", count: int) -> Iterator[Record | int]:
    """The records that are known, and the upper bits of the code where a record holds them."""
    for _ in range(count):
        owner, number, group = reader.name(), reader.number(2), reader.number(2)
        upper = reader.number(4) >> 24
        length = reader.number(2)
        end = reader.at + length
        if number == _OPTIONS:
            yield upper
        elif number in _KIND_OF and group == _INTERNET:
            kind = _KIND_OF[number]
            yield Record(owner=owner, kind=kind, text=_text(reader, kind, length))
            if reader.at != end:
                raise ValueError("a record is longer or shorter than it says")
            continue
        reader.take(length)


def _text(reader: "_Reader", kind: str, length: int) -> str:
    if kind == "A":
        return socket.inet_ntop(socket.AF_INET, reader.take(length))
    if kind == "AAAA":
        return socket.inet_ntop(socket.AF_INET6, reader.take(length))
    if kind in {"NS", "CNAME"}:
        return reader.name()
    end, strings = reader.at + length, list[bytes]()
    while reader.at < end or not strings:
        strings.append(reader.take(reader.number(1)))
    return redact(b"".join(strings).decode("utf-8", "replace"))


class _Reader:
    """Goes through a message; a `ValueError` where it ends too early."""

    def __init__(self, wire: bytes) -> None:
        self._wire = wire
        self.at = 0

    def take(self, count: int) -> bytes:
        """The next bytes."""
        taken = self._wire[self.at : self.at + count]
        if len(taken) != count:
            raise ValueError("the message is cut")
        self.at += count
        return taken

    def number(self, size: int) -> int:
        """The next bytes as a number."""
        return int.from_bytes(self.take(size), "big")

    def kind(self) -> str:
        """What a question asks for."""
        kind, _ = self.number(2), self.number(2)
        return _KIND_OF.get(kind, str(kind))

    def name(self) -> str:
        """The next name, which may go on elsewhere; always further back, so that it ends."""
        labels: list[str] = []
        length, hops, back, limit = 1, 0, None, self.at
        while size := self.number(1):
            if size > _MOST_LABEL:
                target = (size & 0x3F) << 8 | self.number(1)
                hops += 1
                if size < 0xC0 or target >= limit or hops > _MOST_LABEL:
                    raise ValueError("a name leads nowhere")
                back = self.at if back is None else back
                self.at = limit = target
                continue
            length += size + 1
            if length > _MOST_NAME:
                raise ValueError("a name is too long")
            labels.append("".join(map(_sign, self.take(size))))
        self.at = self.at if back is None else back
        return ".".join(labels).lower()


def _sign(byte: int) -> str:
    """As in the text of zone files, so that a dot in a label divides no name."""
    if byte in _ESCAPED:
        return f"\\{chr(byte)}"
    return chr(byte) if 0x20 < byte < 0x7F else f"\\{byte:03d}"


def _encoded(name: str) -> bytes:
    plain = name.encode("ascii") if name.isascii() else name.encode("idna")
    labels = plain.removesuffix(b".").split(b".")
    if not all(0 < len(label) <= _MOST_LABEL for label in labels):
        raise ValueError("no name")
    wire = b"".join(bytes((len(label),)) + label for label in labels) + b"\0"
    if len(wire) > _MOST_NAME:
        raise ValueError("a name is too long")
    return wire


def _two(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(2, "big") for number in numbers)
