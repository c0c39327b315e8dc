"""Slack's answers made ours: the token, the channel, messages as people read them; pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

from providers.fields import Fields
from providers.text import EMPTY, Foreign
from providers.vendor import https_url

READING: Final = frozenset(
    {"channels:read", "channels:history", "groups:read", "groups:history", "users:read"}
)
"""Scopes that a wall needs; `groups:` for a private channel alone."""

POSTING: Final = frozenset({"chat:write"})
"""What telling people needs besides."""

_ALLOWED: Final = READING | POSTING | {"usergroups:read", "team:read", "identify"}
_TS: Final = re.compile(r"[0-9]{1,11}\.[0-9]{1,6}")
_MARK: Final = re.compile(r"<((?:[@#!]|[a-z][a-z0-9+.-]{0,20}:)[^<>]{1,2000})>")
_USER_ID: Final = re.compile(r"[UW][A-Z0-9]{2,30}")


class Identity(Struct, frozen=True, kw_only=True):
    """Whose token it is."""

    team: Foreign
    user: Foreign
    bot: bool
    url: str
    """The workspace; empty when it is no plain https address."""

    scopes: tuple[str, ...] | None
    """None when Slack did not list them."""


class Channel(Struct, frozen=True, kw_only=True):
    """A channel as the app sees it."""

    id: str
    name: Foreign
    member: bool | None
    """Whether the app is in it; None when it is not told."""

    archived: bool
    private: bool


class Message(Struct, frozen=True, kw_only=True):
    """One message."""

    ts: str
    """Its identity in the channel: text, and never a number."""

    at: datetime | None
    author: str
    """Id of a user; empty for a bot without one."""

    name: Foreign
    """As the message itself names its author, such as a bot; mostly empty."""

    text: Foreign
    """As written, with Slack's marks in it."""

    subtype: str
    replies: int


def identity_of(fields: Fields, scopes: str | None) -> Identity:
    """Who `auth.test` says we are.

    Args:
        fields: The answer.
        scopes: The header `x-oauth-scopes`, or None.

    Raises:
        BadAnswer: It says no team or no user.
    """
    url = fields.optional_text("url")
    return Identity(
        team=fields.text("team"),
        user=fields.text("user"),
        bot="bot_id" in fields,
        url=https_url(url.text) if url is not None else "",
        scopes=None if scopes is None else _scopes(scopes),
    )


def _scopes(listed: str) -> tuple[str, ...]:
    words = (Foreign(word).line(60) for word in listed.split(",")[:80])
    return tuple(word for word in words if word)


def too_wide(scopes: Sequence[str]) -> tuple[str, ...]:
    """Scopes that nothing here needs."""
    return tuple(word for word in scopes if word not in _ALLOWED)


def lacking(scopes: Sequence[str]) -> tuple[str, ...]:
    """Scopes without which something stays blind, for a public channel."""
    have = set(scopes)
    wanted = {
        "channels:read": have & {"channels:read", "groups:read"},
        "channels:history": have & {"channels:history", "groups:history"},
        "users:read": have & {"users:read"},
    }
    return tuple(name for name, had in wanted.items() if not had)


def channel_of(item: Fields) -> Channel:
    """One channel.

    Raises:
        BadAnswer: It has no id.
    """
    return Channel(
        id=item.word("id"),
        name=item.optional_text("name") or EMPTY,
        member=item.optional_flag("is_member"),
        archived=item.optional_flag("is_archived") or False,
        private=item.optional_flag("is_private") or False,
    )


def message_of(item: Fields) -> Message:
    """One message.

    Raises:
        BadAnswer: It has no time, which is its identity.
    """
    ts = item.word("ts")
    profile = item.optional_fields("bot_profile")
    return Message(
        ts=ts,
        at=moment_of(ts),
        author=item.optional_word("user") or "",
        name=item.optional_text("username")
        or (profile.optional_text("name") if profile else None)
        or EMPTY,
        text=item.optional_text("text") or _attached(item),
        subtype=item.optional_word("subtype") or "",
        replies=item.optional_integer("reply_count") or 0,
    )


def _attached(item: Fields) -> Foreign:
    """A bot may say all it has to say in an attachment."""
    for attachment in item.optional_items("attachments") or []:
        said = attachment.optional_text("fallback") or attachment.optional_text("text")
        if said:
            return said
    for file in item.optional_items("files") or []:
        name = file.optional_text("name")
        if name:
            return Foreign(f"[file] {name}")
    return EMPTY


def moment_of(ts: str) -> datetime | None:
    """The time in a message's identity; None when there is none in it."""
    if not _TS.fullmatch(ts):
        return None
    try:
        return datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def users_in(messages: Sequence[Message]) -> tuple[str, ...]:
    """Ids of the people who wrote or are named, in the order in which they come up."""
    found: dict[str, None] = {}
    for message in messages:
        if _USER_ID.fullmatch(message.author):
            found[message.author] = None
        for mark in _MARK.findall(message.text.text):
            named = mark.removeprefix("@").partition("|")[0]
            if mark.startswith("@") and _USER_ID.fullmatch(named):
                found[named] = None
    return tuple(found)


def readable(text: Foreign, names: Mapping[str, Foreign]) -> Foreign:
    """The text as people read it: marks spelled out, `&lt;` and its like undone.

    Args:
        text: As Slack gives it.
        names: Of users by id, as far as known.
    """
    spelled = _MARK.sub(lambda found: _spelled(found[1], names), text.text)
    for escaped, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        spelled = spelled.replace(escaped, sign)
    return Foreign(spelled)


def _spelled(mark: str, names: Mapping[str, Foreign]) -> str:
    target, _, label = mark.partition("|")
    if target.startswith("@"):
        name = names.get(target[1:])
        return f"@{name}" if name else f"@{label or target[1:]}"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return f"@{(label or target[1:]).removeprefix('@')}"
    return f"{label} ({target})" if label and label != target else target


def name_of(user: Fields) -> Foreign:
    """What people call a user.

    Raises:
        BadAnswer: It has no name at all.
    """
    profile = user.optional_fields("profile")
    shown = profile.optional_text("display_name") if profile else None
    real = profile.optional_text("real_name") if profile else None
    return shown or real or user.optional_text("real_name") or user.text("name")
