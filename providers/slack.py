"""Slack: whether people can be told, and what they write in the incident channel.

The messages are asked for each time; the token and the channel when they are five minutes old.
Names of users are looked up a few at a time and kept.
"""

import asyncio
import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.clock import Moment
from providers.errors import NotFound, ProviderError
from providers.harvest import Harvest
from providers.http import Api
from providers.parts import answered, tried
from providers.slack_call import SYSTEM, ask
from providers.slack_mapping import (
    Channel,
    Identity,
    Message,
    channel_of,
    identity_of,
    message_of,
    name_of,
    users_in,
)
from providers.slack_reading import Found, numbers_of, reading_of
from providers.text import Foreign
from providers.vendor import entries, sort_out

__all__ = ["METRICS", "SYSTEM", "SlackOptions", "SlackSource"]

METRICS: Final = ("last_message_age_s", "joined")
KEPT_S: Final = 300.0
"""How old the token's and the channel's answers may grow."""

NAMES_A_READ: Final = 4
"""Users looked up in one read; the others are shown by their ids until their turn."""

MOST_NAMES: Final = 500
MOST_PAGES: Final = 10
"""Of the list of channels, when the channel is given by its name."""

MOST_MESSAGES: Final = 15
"""Apps that are sold outside Slack's marketplace get no more."""

_ID: Final = re.compile(r"[CG][A-Z0-9]{6,20}")


class SlackOptions(Struct, frozen=True, kw_only=True):
    """Which channel."""

    channel: str
    """Id, or name with or without `#`; a name is looked up in the list of public channels."""

    messages: int = MOST_MESSAGES


class _Place(Struct, frozen=True, kw_only=True):
    """Where and as whom we read."""

    identity: Identity
    channel: Channel
    at: Moment


class SlackSource:
    """One channel of one workspace.

    Args:
        spec: Name and cadence.
        options: Which channel.
        api: The account's client; shared, and closed by whoever made it.
    """

    def __init__(self, spec: SourceSpec, options: SlackOptions, api: Api) -> None:
        self._spec = spec
        self._options = options
        self._api = api
        self._place: _Place | None = None
        self._found_id = options.channel if _ID.fullmatch(options.channel) else ""
        self._names: dict[str, Foreign] = {}
        self._notice = ""

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: the client belongs to the account."""

    async def read(self) -> Harvest:
        """Ask for the messages, and for the rest where that is due. Emits `METRICS`.

        Raises:
            ProviderError: Nothing of it could be had.
        """
        self._notice = ""
        remembered = self._place
        identity, channel = await self._where()
        messages = await tried(self._messages(channel))
        # What is remembered proves nothing of the present.
        kept = remembered is not None and remembered is self._place
        answered((messages,) if kept else (messages, channel, identity))
        if not isinstance(messages, ProviderError):
            await self._look_names_up(messages)
        at = self._api.clock.now()
        found = Found(
            identity=identity,
            channel=channel,
            messages=messages,
            names=self._names,
            wanted=self._options.channel,
            at=at.at,
            notices=(self._notice,) if self._notice else (),
        )
        return Harvest(
            payload=reading_of(found), numbers=numbers_of(found, self._spec.id, at), at=at
        )

    async def _where(self) -> tuple[Identity | ProviderError, Channel | ProviderError]:
        now = self._api.clock.now()
        place = self._place
        if place is not None and place.at.age_s(now) < KEPT_S:
            return place.identity, place.channel
        self._place = None
        identity, channel = await asyncio.gather(tried(self._identity()), tried(self._channel()))
        if (
            not isinstance(identity, ProviderError)
            and not isinstance(channel, ProviderError)
            and channel.member
            and not channel.archived
        ):
            self._place = _Place(identity=identity, channel=channel, at=now)
        return identity, channel

    async def _identity(self) -> Identity:
        fields, answer = await ask(self._api, "check token", "auth.test")
        return identity_of(fields, answer.headers.get("x-oauth-scopes"))

    async def _channel(self) -> Channel:
        operation = "read channel"
        if not self._found_id:
            self._found_id = await self._channel_id()
        params = [("channel", self._found_id)]
        fields, _ = await ask(self._api, operation, "conversations.info", params)
        return channel_of(fields.fields("channel"))

    async def _channel_id(self) -> str:
        """The id of the channel of that name, as far as `MOST_PAGES` go.

        Raises:
            NotFound: There is none of that name among them.
        """
        operation, wanted = "find channel", self._options.channel.removeprefix("#").casefold()
        cursor = ""
        for _ in range(MOST_PAGES):
            params = [
                # Private ones would take another scope, and without it Slack refuses all of them.
                ("types", "public_channel"),
                ("exclude_archived", "true"),
                ("limit", "200"),
                *([("cursor", cursor)] if cursor else []),
            ]
            fields, answer = await ask(self._api, operation, "conversations.list", params)
            listed = entries(answer.value, "channels", SYSTEM, operation)
            found = sort_out(listed, channel_of, "channel")
            for channel in found.readable():
                if channel.name.text.casefold() == wanted:
                    return channel.id
            page = fields.optional_fields("response_metadata")
            said = page.optional_text("next_cursor") if page is not None else None
            cursor = said.line(400) if said is not None else ""
            if not cursor:
                break
        raise NotFound(
            SYSTEM,
            operation,
            f"no channel is called {self._options.channel}",
            advice="check the name; a private channel is named by its id, and the app invited",
        )

    async def _messages(self, channel: Channel | ProviderError) -> tuple[Message, ...]:
        operation = "read messages"
        if isinstance(channel, ProviderError) and not self._found_id:
            raise channel
        params = [("channel", self._found_id), ("limit", str(self._options.messages))]
        _, answer = await ask(self._api, operation, "conversations.history", params)
        listed = entries(answer.value, "messages", SYSTEM, operation)
        found = sort_out(listed[: self._options.messages], message_of, "message")
        self._notice = found.notice
        return found.readable()

    async def _look_names_up(self, messages: tuple[Message, ...]) -> None:
        """A name that cannot be had is tried again at the next read; the id stands meanwhile."""
        unknown = list(self._unknown(messages))[:NAMES_A_READ]
        names = await asyncio.gather(*(tried(self._name(user)) for user in unknown))
        for user, name in zip(unknown, names, strict=True):
            if isinstance(name, NotFound):
                self._names[user] = Foreign(user)
            elif not isinstance(name, ProviderError):
                self._names[user] = name
        while len(self._names) > MOST_NAMES:
            del self._names[next(iter(self._names))]

    def _unknown(self, messages: tuple[Message, ...]) -> Iterator[str]:
        return (user for user in users_in(messages) if user not in self._names)

    async def _name(self, user: str) -> Foreign:
        fields, _ = await ask(self._api, "read user", "users.info", [("user", user)])
        return name_of(fields.fields("user"))
