"""A channel of Slack as it is now: whether the app may write there, and what stands there."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from actions.guard_values import Precondition
from actions.vendors.spots import Spot
from actions.verbs import Unplannable
from providers.errors import BadAnswer, ProviderError, Refused
from providers.fields import Fields
from providers.http import Answer
from providers.slack_call import accepted, ask
from providers.slack_mapping import Channel, Identity, channel_of, identity_of
from providers.text import EMPTY

CHANNEL_ID: Final = re.compile(r"[CG][A-Z0-9]{6,20}")
TS: Final = re.compile(r"[0-9]{1,11}\.[0-9]{1,6}")
MARK: Final = "quarterdeck_action"
"""Type of the metadata by which a message of ours is found again."""

_HISTORY: Final = frozenset({"channels:history", "groups:history"})
_PERHAPS_DONE: Final = frozenset({"fatal_error", "internal_error", "request_timeout"})
"""Refusals after which some of it may have been done all the same."""


class SlackSpot(Spot, frozen=True, kw_only=True):
    """One system of Slack."""

    channel: str
    """Id of the channel, or its name where the configuration has that."""


class Room(Struct, frozen=True, kw_only=True):
    """A channel and who we are in it."""

    channel: Channel
    members: int | None
    identity: Identity
    bot: str
    """Id of the app as an author; empty where the token is a person's."""

    @property
    def name(self) -> str:
        """For people, with its sign."""
        return f"#{self.channel.name.line(80) or self.channel.id}"

    @property
    def scopes(self) -> frozenset[str] | None:
        """Of the token; None when Slack did not list them."""
        found = self.identity.scopes
        return None if found is None else frozenset(found)

    @property
    def readable(self) -> bool:
        """Whether what stands there can be read back, as far as that is known."""
        return self.scopes is None or bool(_HISTORY & self.scopes)


class Said(Struct, frozen=True, kw_only=True):
    """A message."""

    ts: str
    bot: str
    text: str
    """As Slack gives it, with its marks."""

    mark: str
    """Of ours; empty on others."""


async def room(spot: SlackSpot, channel: str) -> Room:
    """Read a channel, and whose token it is.

    Raises:
        Unplannable: That is no id of a channel.
        ProviderError: It could not be read.
    """
    if not CHANNEL_ID.fullmatch(channel):
        raise Unplannable("a channel is named by its id, such as C0INCIDENTS")
    fields, answer = await ask(spot.api, "check token", "auth.test")
    params = [("channel", channel), ("include_num_members", "true")]
    found, _ = await ask(spot.api, "look at the channel", "conversations.info", params)
    shown = channel_of(found.fields("channel"))
    if shown.id != channel:
        raise Unplannable("Slack answered with another channel")
    return Room(
        channel=shown,
        members=found.fields("channel").optional_integer("num_members"),
        identity=identity_of(fields, answer.headers.get("x-oauth-scopes")),
        bot=fields.optional_word("bot_id") or "",
    )


async def said_in(
    spot: SlackSpot, channel: str, params: Sequence[tuple[str, str]]
) -> tuple[Said, ...]:
    """Messages of a channel with the metadata that apps put on them, the newest first.

    Raises:
        ProviderError: They could not be read.
    """
    asked = [("channel", channel), ("include_all_metadata", "true"), *params]
    found, _ = await ask(spot.api, "read the channel", "conversations.history", asked)
    return tuple(_said(one) for one in found.items("messages"))


def _said(item: Fields) -> Said:
    metadata = item.optional_fields("metadata")
    ours = metadata is not None and metadata.optional_word("event_type") == MARK
    payload = metadata.optional_fields("event_payload") if ours and metadata else None
    return Said(
        ts=item.word("ts"),
        bot=item.optional_word("bot_id") or "",
        text=item.text("text", EMPTY).text,
        mark=(payload.optional_word("mark") or "") if payload is not None else "",
    )


def taken(answer: Answer, operation: str) -> Fields:
    """The fields of an answer to a change that Slack says `ok` to.

    Raises:
        ProviderError: It said no; `after_sending` where it may have been done all the same.
    """
    try:
        return accepted(answer.value, operation)
    except ProviderError as error:
        said_no = bool(error.code) and error.code not in _PERHAPS_DONE
        if isinstance(error, BadAnswer) and said_no:
            # A word that we do not know is a refusal all the same: Slack did answer.
            raise Refused(error.system, operation, error.reason, advice=error.advice) from None
        error.after_sending = not said_no
        raise


def may_write(spot: SlackSpot, found: Room) -> Iterator[Precondition]:
    """What has to be so before anything is written there."""
    scopes = found.scopes
    lacks = scopes is not None and "chat:write" not in scopes
    unlisted = "Slack does not list the token's scopes"
    shown = {found.channel.id, found.channel.name.text, f"#{found.channel.name.text}"}
    other = f"{found.name} is not the channel of {spot.place}"
    yield spot.checks.unless(
        "configured", "" if spot.channel in shown else other, f"of {spot.place}"
    )
    yield spot.checks.unless(
        "scope",
        "the token lacks the scope chat:write" if lacks else "",
        unlisted if scopes is None else "the token has chat:write",
    )
    yield spot.checks.unless(
        "channel",
        f"{found.name} is archived" if found.channel.archived else "",
        f"{found.name} of {found.identity.team.line(60)}",
    )
    public = scopes is not None and "chat:write.public" in scopes and not found.channel.private
    outside = f"the app is not in {found.name}: write /invite @the-app there"
    if found.channel.member is None and not public:
        words = f"Slack does not say whether the app is in {found.name}"
        yield spot.checks.warns("member", words)
    else:
        trouble = "" if found.channel.member or public else outside
        yield spot.checks.unless("member", trouble, f"the app may write in {found.name}")


def escaped(text: str) -> str:
    """Text of which nothing is a link, a mention or a command to Slack."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
