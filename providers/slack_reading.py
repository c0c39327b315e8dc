"""What Slack said, as the common shape of systems; pure.

The worst that matters: the channel is archived (broken), the app is not in it or may not read it
(degraded), the token may more than is needed (notable). What people write says nothing of this.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from providers.clock import Moment
from providers.errors import ProviderError
from providers.parts import blindness, worst
from providers.readings import NO_NUMBER, Reading, SourceId
from providers.slack_call import SYSTEM
from providers.slack_mapping import Channel, Identity, Message, lacking, readable, too_wide
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import EMPTY, Foreign
from providers.vendor import https_url


class Found(Struct, frozen=True, kw_only=True):
    """The answers of one read, each the error in its place when there was none."""

    identity: Identity | ProviderError
    channel: Channel | ProviderError
    messages: tuple[Message, ...] | ProviderError
    """The newest first."""

    names: Mapping[str, Foreign]
    """Of users by id, as far as they are known by now."""

    wanted: str
    """The channel of the configuration."""

    at: datetime
    notices: tuple[str, ...] = ()

    @property
    def channel_name(self) -> str:
        """For people, with its sign."""
        known = EMPTY if isinstance(self.channel, ProviderError) else self.channel.name
        return f"#{(known.line(80) or self.wanted).removeprefix('#')}"


def reading_of(found: Found) -> SystemReading:
    """Everything as sections."""
    return SystemReading(
        system=SYSTEM,
        condition=_condition(found),
        summary=Foreign(", ".join(_summary(found))),
        sections=(_messages(found), _channel(found), _token(found.identity)),
        notices=tuple(_notices(found)),
    )


def _condition(found: Found) -> Condition:
    blind = isinstance(found.messages, ProviderError) or isinstance(found.channel, ProviderError)
    wide = not isinstance(found.identity, ProviderError) and _wide(found.identity)
    return worst(
        (
            Condition.DEGRADED if blind else Condition.FINE,
            Condition.NOTABLE if wide else Condition.FINE,
            _channel_condition(found.channel),
        )
    )


def _channel_condition(channel: Channel | ProviderError) -> Condition:
    if isinstance(channel, ProviderError):
        return Condition.UNKNOWN
    if channel.archived:
        return Condition.BROKEN
    return Condition.FINE if channel.member else Condition.DEGRADED


def _wide(identity: Identity) -> tuple[str, ...]:
    return too_wide(identity.scopes or ())


def _summary(found: Found) -> Iterator[str]:
    yield found.channel_name
    if isinstance(found.messages, ProviderError):
        yield "messages not readable"
    elif found.messages:
        newest = found.messages[0]
        yield f"last by {_author(newest, found.names).line(40)}"
    else:
        yield "no message"
    if not isinstance(found.identity, ProviderError):
        yield f"as {found.identity.user.line(40)} in {found.identity.team.line(40)}"


def _notices(found: Found) -> Iterator[str]:
    if not isinstance(found.channel, ProviderError):
        name = found.channel_name
        if found.channel.archived:
            yield f"{name} is archived: nobody can be told anything there"
        elif found.channel.member is False:
            yield f"the app is not in {name}: write /invite @the-app there"
    if not isinstance(found.identity, ProviderError) and found.identity.scopes is not None:
        absent = lacking(found.identity.scopes)
        if absent:
            yield f"the token lacks {', '.join(absent)}: add it under OAuth & Permissions"
        wide = _wide(found.identity)
        if wide:
            yield f"the token may more than is needed: {', '.join(wide[:8])}"
    yield from found.notices


def _messages(found: Found) -> Section:
    title = f"{found.channel_name}: last messages"
    if isinstance(found.messages, ProviderError):
        return Section(key="messages", title=title, blind=blindness(found.messages))
    records = tuple(_message(one, found) for one in found.messages)
    return Section(key="messages", title=title, records=records, empty="no message")


def _message(message: Message, found: Found) -> Record:
    text = readable(message.text, found.names)
    return Record(
        id=message.ts,
        title=text or Foreign("(without text)"),
        condition=Condition.FINE,
        state=Foreign(message.subtype.replace("_", " ")),
        at=message.at,
        details=(
            ("who", _author(message, found.names)),
            ("replies", Foreign(str(message.replies)) if message.replies else EMPTY),
        ),
        url=_link(message, found),
    )


def _author(message: Message, names: Mapping[str, Foreign]) -> Foreign:
    known = names.get(message.author)
    return message.name or known or Foreign(message.author or "somebody")


def _link(message: Message, found: Found) -> str:
    if isinstance(found.identity, ProviderError) or isinstance(found.channel, ProviderError):
        return ""
    place = f"archives/{found.channel.id}/p{message.ts.replace('.', '')}"
    return https_url(f"{found.identity.url.rstrip('/')}/{place}")


def _channel(found: Found) -> Section:
    channel = found.channel
    if isinstance(channel, ProviderError):
        return Section(key="channel", title="Channel", blind=blindness(channel))
    states = {True: "joined", False: "not joined", None: "not told whether joined"}
    record = Record(
        id=channel.id,
        title=Foreign(found.channel_name),
        condition=_channel_condition(channel),
        state=Foreign("archived" if channel.archived else states[channel.member]),
        details=(
            ("id", Foreign(channel.id)),
            ("kind", Foreign("private" if channel.private else "public")),
        ),
    )
    return Section(key="channel", title="Channel", records=(record,))


def _token(identity: Identity | ProviderError) -> Section:
    if isinstance(identity, ProviderError):
        return Section(key="token", title="Token", blind=blindness(identity))
    scopes = "not listed" if identity.scopes is None else ", ".join(identity.scopes) or "none"
    record = Record(
        id="token",
        title=identity.user,
        condition=Condition.NOTABLE if _wide(identity) else Condition.FINE,
        state=Foreign("bot" if identity.bot else "person"),
        details=(
            ("workspace", identity.team),
            ("scopes", Foreign(scopes)),
            ("not needed", Foreign(", ".join(_wide(identity)))),
        ),
        url=identity.url,
    )
    return Section(key="token", title="Token", records=(record,))


def numbers_of(found: Found, source: SourceId, at: Moment) -> tuple[Reading, ...]:
    """The numbers of `providers.slack.METRICS`; one that could not be read says why."""
    messages = () if isinstance(found.messages, ProviderError) else found.messages
    newest = next((one.at for one in messages if one.at is not None), None)
    age_s = None if newest is None else max(0.0, (found.at - newest).total_seconds())
    member = None if isinstance(found.channel, ProviderError) else found.channel.member
    numbers: tuple[tuple[str, float | None, str, str], ...] = (
        ("last_message_age_s", age_s, "s", blindness(found.messages) or "no message"),
        ("joined", None if member is None else float(member), "", blindness(found.channel)),
    )
    return tuple(
        Reading(
            source=source,
            metric=metric,
            value=value,
            unit=unit,
            at=at,
            reason="" if value is not None else why or NO_NUMBER,
        )
        for metric, value, unit, why in numbers
    )
