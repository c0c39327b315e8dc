"""Whether bytes from a server can be messages of PostgreSQL's protocol; pure.

See "Message Formats" and "Message Flow" in PostgreSQL's documentation of its protocol.
"""

import re
import struct
from collections.abc import Mapping
from typing import Final

_OK: Final = 0
_CLEARTEXT: Final = 3
_MD5: Final = 5
_SASL: Final = 10
_SASL_CONTINUE: Final = 11
_SASL_FINAL: Final = 12

_NEXT: Final[Mapping[int | None, frozenset[int]]] = {
    None: frozenset({_OK, _CLEARTEXT, _MD5, _SASL}),
    _CLEARTEXT: frozenset({_OK}),
    _MD5: frozenset({_OK}),
    _SASL: frozenset({_SASL_CONTINUE}),
    _SASL_CONTINUE: frozenset({_SASL_FINAL}),
    _SASL_FINAL: frozenset({_OK}),
}
"""Which request for credentials may follow which; Kerberos and its like we can not answer."""

_REQUEST: Final = ord("R")
_BEFORE: Final = frozenset(b"RENv")
"""Kinds of message until we are let in: request, error, notice, a word on the version."""

_AFTER: Final = frozenset(b"123ACDEIKNSTZnst")
"""Kinds of message that may answer what we ask; nothing of COPY or of old protocols."""

_HEAD: Final = 5
_KIND_AND_LENGTH: Final = struct.Struct("!Bi").unpack_from
_LONGEST_BEFORE: Final = 65_536
_LONGEST_AFTER: Final = 16 * 1024 * 1024
_MOST_ROUNDS: Final = 100_000
"""PostgreSQL's default is 4,096; the driver hashes on the event loop."""


class Framing:
    """Watches the heads of messages as they come in, in pieces of any size."""

    def __init__(self) -> None:
        self._begun = b""
        """A head of which a part is still to come."""

        self._rest = 0
        """Bytes still to come of a message whose head was seen."""

        self._last: int | None = None
        self._let_in = False
        self.wants_password = False
        """Whether the server asked for the password in clear."""

    def permits(self, data: bytes) -> bool:
        """Whether these bytes may follow those before."""
        if self._begun:
            data, self._begun = self._begun + data, b""
        at, end = self._rest, len(data)
        while at < end:
            if end - at < _needed(data, at):
                self._begun = data[at:]
                break
            kind, length = _KIND_AND_LENGTH(data, at)
            if self._let_in:
                if kind not in _AFTER or not 4 <= length <= _LONGEST_AFTER:
                    return False
            elif not self._may_begin(data, at, length):
                return False
            at += 1 + length
        self._rest = max(0, at - end)
        return True

    def _may_begin(self, data: bytes, at: int, length: int) -> bool:
        if data[at] not in _BEFORE or not 4 <= length <= _LONGEST_BEFORE:
            return False
        return data[at] != _REQUEST or self._may_ask(data, at, length)

    def _may_ask(self, data: bytes, at: int, length: int) -> bool:
        request = int(struct.unpack_from("!i", data, at + _HEAD)[0])
        if length < 8 or request not in _NEXT[self._last]:
            return False
        if request == _SASL_CONTINUE and not _affordable(data[at + _HEAD + 4 : at + 1 + length]):
            return False
        self._last, self._let_in = request, request == _OK
        self.wants_password = request == _CLEARTEXT
        return True


def _needed(data: bytes, at: int) -> int:
    """How many bytes of a message must be there before it can be judged."""
    if data[at] != _REQUEST:
        return _HEAD
    if len(data) - at >= _HEAD + 4:
        length, request = struct.unpack_from("!ii", data, at + 1)
        if request == _SASL_CONTINUE and length <= _LONGEST_BEFORE:
            return 1 + int(length)
    return _HEAD + 4


def _affordable(challenge: bytes) -> bool:
    """Whether the server asks for no more rounds of hashing than we can do between two looks."""
    rounds = re.search(rb"(?:^|,)i=(\d{1,9})(?:,|$)", challenge)
    return rounds is not None and int(rounds[1]) <= _MOST_ROUNDS
