"""What is written of an action: one line of JSON, chained to the line before by its hash.

    {"action":"restart","at":"2026-11-22T03:10:00Z",…,"prev":"9f…","seq":482,"v":1,"hash":"4c…"}

A line is *canonical*: keys sorted, no blanks, everything beyond ASCII and every control character
escaped, so that the bytes follow from the values and a changed blank is found as well. `hash` is
SHA-256 over the canonical line without `hash`; `prev` in it is the hash of the line before, or
`GENESIS` in the first. Pure.
"""

import enum
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec
from msgspec import Struct

from providers.secrets import redact
from providers.text import Foreign

VERSION: Final = 1
"""Of a line. Lines of newer versions are chained and shown like others."""

GENESIS: Final = hashlib.sha256(b"quarterdeck audit").hexdigest()
"""Stands for the hash before the first entry."""

LONGEST_LINE: Final = 262_144
"""Bytes of one line."""

_DECODED: Final = 2_048
"""Entries that are remembered: the end of the file is looked at again and again, and all of it has
to fit, or nothing is remembered."""

LONGEST_TEXT: Final = 4_000
"""Characters of one text; what is longer is cut."""


class AuditKind(enum.Enum):
    """What an entry says."""

    INTENT = "intent"
    """Something is about to be sent; nothing leaves before this is on the disk."""

    OUTCOME = "outcome"
    """What became of an intent; `request` names which."""

    REFUSED = "refused"
    CANCELLED = "cancelled"
    APPROVAL = "approval"
    """A second person agrees to the plan of this fingerprint."""

    ASKED = "asked"
    """A second person is asked to agree; with the whole plan."""

    WATCH = "watch"
    """Whether what should recover did."""

    LEASE = "lease"
    """An environment was armed, or disarmed."""

    NOTE = "note"
    """About the audit itself, such as a torn line."""


class Draft(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is to be written, before it has its place in the chain."""

    kind: AuditKind
    workspace: str = ""
    environment: str = ""
    production: bool = False
    action: str = ""
    """Name of the verb, or `arm`, `disarm`."""

    target: str = ""
    """Its identity at the vendor: `render:srv-…`."""

    target_name: str = ""
    title: str = ""
    """In words: `Restart API`."""

    reason: str = ""
    incident: str = ""
    plan: dict[str, object] | None = None
    """Everything that was shown, with secrets masked."""

    fingerprint: str = ""
    """Of the plan."""

    request: str = ""
    """Of an intent and all that follows from it; no two intents share one."""

    answer: str = ""
    """The other side's own id of the request, for its support."""

    outcome: str = ""
    """`done`, `failed`, `refused` or `unknown`; of a watch its verdict."""

    undo: dict[str, object] | None = None
    """Of an outcome: the inverse, with what only the answer told."""

    nothing_left: bool = False
    """Of an outcome: what the plan would have left behind, it did not."""

    words: str = ""
    cool_down_s: float = 0.0
    """How long the same may not be done again to the same target."""

    lasts_s: float = 0.0
    """Of a lease."""

    torn: tuple[str, ...] = ()
    """SHA-256 of lines somebody was stopped in the middle of, set aside by this entry."""


class Author(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who writes, and from where."""

    operator: str
    login: str
    host: str
    origin: str = ""
    """SSH_CONNECTION of the session; empty at the machine itself."""

    pid: int = 0
    started: str = ""
    """When the process began, in ticks since boot: pids are used again."""

    session: str = ""
    """One run of the program."""


class AuditEntry(Draft, frozen=True, kw_only=True, omit_defaults=True):
    """One entry; all texts are safe to draw."""

    v: int
    seq: int
    at: datetime
    operator: str
    login: str
    host: str
    origin: str = ""
    pid: int = 0
    started: str = ""
    session: str = ""
    prev: str
    hash: str

    @property
    def place(self) -> str:
        """`workspace/environment`."""
        return f"{self.workspace}/{self.environment}"

    @property
    def what(self) -> str:
        """`Restart API`, with the target's name where the title does not say it."""
        title = self.title or self.action
        named = self.target_name.casefold() in title.casefold()
        return title if named else f"{title} {self.target_name}"

    @property
    def who(self) -> str:
        """`ana@bastion`, for one line."""
        return f"{self.operator.partition('@')[0] or self.operator}@{self.host}"


class BrokenEntry(Exception):
    """A line that is no entry; why."""


def canonical(fields: Mapping[str, object]) -> bytes:
    """The one way to write these fields; without a newline."""
    text = json.dumps(
        fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )
    return text.encode("ascii")


def digest(fields: Mapping[str, object]) -> str:
    """The hash that belongs into `hash`."""
    unsealed = {key: value for key, value in fields.items() if key != "hash"}
    return hashlib.sha256(canonical(unsealed)).hexdigest()


def sealed(draft: Draft, author: Author, seq: int, at: datetime, prev: str) -> bytes:
    """A draft as a line of the chain, with its newline; secrets are masked here."""
    content = masked(msgspec.to_builtins(draft))
    by = masked(msgspec.to_builtins(author))
    if not isinstance(content, dict) or not isinstance(by, dict):
        raise TypeError("an entry is an object")
    when = msgspec.to_builtins(at)
    fields = {**by, **content, "v": VERSION, "seq": seq, "at": when, "prev": prev}
    return canonical({**fields, "hash": digest(fields)}) + b"\n"


def masked(value: object) -> object:
    """The value without known secrets in any text, and with texts of bounded length."""
    if isinstance(value, str):
        text = redact(value)
        return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
    if isinstance(value, dict):
        return {redact(str(key)): masked(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked(each) for each in value]
    return value


def parsed(line: bytes) -> dict[str, object]:
    """The fields of a line that is canonical and hashes to what it says.

    Raises:
        BrokenEntry: It is not; why.
    """
    if len(line) > LONGEST_LINE:
        raise BrokenEntry("is too long")
    try:
        fields: object = json.loads(line)
        again = canonical(fields) if isinstance(fields, dict) else b""
    except (ValueError, RecursionError):
        raise BrokenEntry("is no JSON") from None
    if not isinstance(fields, dict) or again != line:
        raise BrokenEntry("is not written as entries are")
    if fields.get("hash") != digest(fields):
        raise BrokenEntry("does not hash to what it says")
    if type(fields.get("seq")) is not int or not isinstance(fields.get("prev"), str):
        raise BrokenEntry("has no place in the chain")
    return fields


def entry_of(fields: Mapping[str, object]) -> AuditEntry:
    """The entry of fields that were parsed; its texts are cleaned.

    Raises:
        BrokenEntry: They are no entry that this version can read.
    """
    try:
        return msgspec.convert(_clean(fields), AuditEntry)
    except msgspec.ValidationError as error:
        raise BrokenEntry(f"can not be read: {error}") from None


@lru_cache(maxsize=_DECODED)
def decode(line: bytes) -> AuditEntry:
    """The entry of one line, without its newline; the last ones are remembered.

    Raises:
        BrokenEntry: It is none.
    """
    return entry_of(parsed(line))


def _clean(value: object) -> object:
    if isinstance(value, str):
        return Foreign(value).text
    if isinstance(value, Mapping):
        return {Foreign(str(key)).text: _clean(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_clean(each) for each in value]
    return value
