"""What `look.sql` answers: one value of JSON, out of the bytes as the server sent them; pure.

The driver throws rows away when a message holds several statements, so the value is taken from the
conversation itself: see "Message Formats" in PostgreSQL's documentation of its protocol. Texts are
in base64, but for words of PostgreSQL itself: they are bytes of any encoding.
"""

import struct
from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

_NOT_AS_ASKED: Final = (msgspec.DecodeError, UnicodeDecodeError)
_ROW: Final = ord("D")
_ROW_HEAD: Final = struct.Struct("!Bihi")
"""Kind and length of a message; of a row also how many columns, and the size of the first."""

Age = Annotated[float, Meta(ge=0)]
"""Seconds gone by."""


class Who(Struct, frozen=True, kw_only=True):
    """What is the same at every look for as long as a session does the same."""

    pid: int
    backend_start: Annotated[datetime, Meta(tz=True)]
    database: str | None
    role: str | None
    application: str | None
    client: str | None
    backend_type: str | None
    state: str | None
    query_id: int | None
    query: str | None
    query_cut: int | None


class SessionRow(Struct, frozen=True, array_like=True):
    """What changes about a session from look to look, by place."""

    wait: str | None
    query_age_s: Age | None
    transaction_age_s: Age | None
    state_age_s: Age | None
    blockers: tuple[int, ...] | None


class LookRow(Struct, frozen=True, kw_only=True):
    """The server as a whole, and the sessions worth looking at."""

    at_s: float | None
    started_s: float | None
    version: int
    in_recovery: bool
    replay_lag_s: Age | None
    sees_all: bool
    own_role: str
    maximum: int
    reserved: int
    backends: int | None
    used: int
    long_queries: int
    idle_in_transaction: int
    blocked: int
    oldest_transaction_s: Age | None
    states: tuple[str, ...] | None
    state_sessions: tuple[int, ...] | None
    applications: tuple[str | None, ...] | None
    application_sessions: tuple[int, ...] | None
    stats_reset_s: float | None
    commits: int | None
    rollbacks: int | None
    blocks_hit: int | None
    blocks_read: int | None
    deadlocks: int | None
    temp_bytes: int | None
    matching: int | None
    """How many sessions there are to list, with those that the limit left out."""

    people: msgspec.Raw
    """See `people_from`; not decoded, so that those who were there before cost nothing."""

    sessions: tuple[SessionRow, ...] | None
    """One for each of `people`, in their order."""


_LOOK: Final = msgspec.json.Decoder(LookRow)
_PEOPLE: Final = msgspec.json.Decoder(tuple[msgspec.Raw, ...] | None)
_WHO: Final = msgspec.json.Decoder(Who)


def look_from(value: bytes) -> LookRow:
    """The look in this JSON.

    Raises:
        TypeError: It is not as asked; says where, and quotes nothing.
    """
    try:
        return _LOOK.decode(value)
    except _NOT_AS_ASKED as error:
        raise _told(error) from None


def people_from(value: bytes) -> tuple[bytes, ...]:
    """The JSON of each session, for `who_from`.

    Raises:
        TypeError: It is not as asked; quotes nothing.
    """
    try:
        return tuple(map(bytes, _PEOPLE.decode(value) or ()))
    except _NOT_AS_ASKED as error:
        raise _told(error) from None


def who_from(value: bytes) -> Who:
    """Who is in this JSON.

    Raises:
        TypeError: It is not as asked; says where, and quotes nothing.
    """
    try:
        return _WHO.decode(value)
    except _NOT_AS_ASKED as error:
        raise _told(error) from None


def _told(error: Exception) -> TypeError:
    return TypeError(str(error) if isinstance(error, msgspec.ValidationError) else "no JSON")


def only_value(conversation: bytes) -> bytes:
    """The first column of the first row that the server sent.

    Args:
        conversation: Whole messages, which `Framing` let pass.

    Raises:
        ValueError: There is no row, or no value in it.
    """
    at, last = 0, len(conversation) - _ROW_HEAD.size
    while at <= last:
        kind, length, columns, size = _ROW_HEAD.unpack_from(conversation, at)
        if kind == _ROW:
            begins = at + _ROW_HEAD.size
            if columns < 1 or not 0 <= size <= len(conversation) - begins:
                raise ValueError("a row without a value came back")
            return conversation[begins : begins + size]
        at += 1 + max(4, length)
    raise ValueError("no row came back")
