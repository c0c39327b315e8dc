"""What goes out to a vendor and what comes back, and what is remembered of it."""

import json as json_format
import zlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import replace

from providers.clock import Moment
from providers.http_address import Address
from providers.http_exchange import SENDABLE, Header, Reply
from providers.http_stream import Tail, Taken

MOST_REMEMBERED: Final = 64
"""Answers kept for `If-None-Match`."""

MOST_REMEMBERED_BYTES: Final = 1024 * 1024
"""Of all answers kept, packed."""

_QUICKLY: Final = 1


class Answer(Struct, frozen=True, kw_only=True):
    """A successful answer of a vendor."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case; several of one name joined with commas."""

    value: object
    """Decoded JSON, to be read through `Fields`; None where the status allows no body."""

    at: Moment
    """When it was complete."""

    not_modified: bool = False
    """The vendor said so (304), and `value` is what it sent before."""


class Text(Struct, frozen=True, kw_only=True):
    """A successful answer that is text."""

    body: str
    """As it came; nothing in it may be drawn except through `Foreign`."""

    headers: Mapping[str, str]
    at: Moment


class Streamed(Struct, frozen=True, kw_only=True):
    """What came of a successful answer that may never end."""

    taken: Taken
    at: Moment
    """When no more was read."""


class Question(Struct, frozen=True, kw_only=True):
    """One request before the account's own headers."""

    operation: str
    address: Address
    method: str = "GET"
    headers: Mapping[str, str]
    body: bytes = b""
    tail: Tail | None = None
    """Take the answer as lines, so far and no further."""

    @property
    def patience_s(self) -> float:
        """How much longer than another it may take."""
        return 0.0 if self.tail is None else self.tail.patience_s

    @classmethod
    def in_body(
        cls,
        operation: str,
        address: Address,
        headers: Mapping[str, str],
        json: object,
        form: Sequence[tuple[str, str]],
    ) -> "Question":
        """One that stands in a body: as JSON, or as a form where there is none."""
        kind = "application/x-www-form-urlencoded" if json is None else "application/json"
        text = urlencode(list(form)) if json is None else json_format.dumps(json)
        return cls(
            operation=operation,
            address=address,
            method="POST",
            headers={"Content-Type": kind, **headers},
            body=text.encode(),
        )

    @classmethod
    def changing(
        cls,
        operation: str,
        address: Address,
        method: str,
        headers: Mapping[str, str],
        json: object,
        form: Sequence[tuple[str, str]],
    ) -> "Question":
        """A change: with a body of JSON or of a form, or with none."""
        if json is None and not form:
            return cls(operation=operation, address=address, method=method, headers=headers)
        return replace(cls.in_body(operation, address, headers, json, form), method=method)

    @classmethod
    def telling(
        cls, operation: str, address: Address, headers: Mapping[str, str], body: bytes
    ) -> "Question":
        """A message in JSON, byte for byte."""
        return cls(
            operation=operation,
            address=address,
            method="POST",
            headers={"Content-Type": "application/json; charset=utf-8", **headers},
            body=body,
        )

    def __repr__(self) -> str:
        return f"Question({self.operation})"


class Remembered(Struct, frozen=True, kw_only=True):
    """An answer that can be asked for by its tag."""

    tag: str
    status: int
    packed: bytes
    """Hour by hour it is kept for nothing: as text it is ten times as large, decoded far larger."""

    @property
    def body(self) -> bytes:
        """As it came."""
        return zlib.decompress(self.packed)


class Memory:
    """The answers of one account that can be asked for by their tags."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, Remembered] = OrderedDict()

    def known(self, target: bytes) -> Remembered | None:
        """What an address answered before."""
        return self._kept.get(target)

    def remember(self, target: bytes, reply: Reply, answer: Answer) -> None:
        """Keep an answer that carries a tag, and let the oldest go."""
        if answer.not_modified:
            self._kept.move_to_end(target)
            return
        self._kept.pop(target, None)
        tag = reply.header("etag")
        if SENDABLE.fullmatch(tag) and len(tag) <= 256:
            self._kept[target] = Remembered(
                tag=tag, status=reply.status, packed=zlib.compress(reply.body, _QUICKLY)
            )
        while (
            len(self._kept) > MOST_REMEMBERED
            or sum(len(each.packed) for each in self._kept.values()) > MOST_REMEMBERED_BYTES
        ):
            self._kept.popitem(last=False)

    def forget(self) -> None:
        """Let all of them go."""
        self._kept.clear()


def joined(headers: Sequence[Header]) -> dict[str, str]:
    """Headers by name; several of one name joined with commas."""
    found: dict[str, str] = {}
    for name, value in headers:
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found
