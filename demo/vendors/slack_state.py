"""What one Slack workspace remembers: people, channels, messages."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from demo import ids
from demo.agenda import Agenda
from demo.commits import DENIZ, IVAN, MARIA, Author

TEAM_ID: Final = "T0LMACOM1"
INCIDENTS: Final = "C0INCIDENTS"
DEPLOYS: Final = "C0DEPLOYS01"
BOT_ID: Final = "B0QUARTERD"
PAGER_BOT_ID: Final = "B0PAGERDTY"


def user_id(login: str) -> str:
    """`U…`, the same for the same login."""
    return f"U{ids.token('slack', login, length=9).upper()}"


class SlackUser(Struct, frozen=True, kw_only=True):
    """Somebody in the workspace."""

    id: str
    login: str
    name: str
    email: str
    bot: bool = False


class SlackChannel(Struct, frozen=True, kw_only=True):
    """A channel."""

    id: str
    name: str
    created_at: datetime
    topic: str
    member: bool = True
    """Whether the app is in it."""

    archived: bool = False


class SlackMessage(Struct, frozen=True, kw_only=True):
    """A message; its `ts` is its identity."""

    ts: str
    channel: str
    text: str
    user: str = ""
    bot_id: str = ""
    bot_name: str = ""
    thread_ts: str = ""
    metadata: dict[str, object] | None = None
    """What the app that wrote it put on it."""


def _user(author: Author) -> SlackUser:
    id_ = user_id(author.login)
    return SlackUser(id=id_, login=author.login, name=author.name, email=author.email)


_DANA: Final = SlackUser(id=user_id("dana"), login="dana", name="Dana Reyes", email="dana@lma.com")
_APP: Final = SlackUser(
    id=user_id("quarterdeck"), login="quarterdeck", name="Quarterdeck", email="", bot=True
)


class Slack(Struct):
    """One workspace.

    Args:
        agenda: When things happen.
    """

    agenda: Agenda
    users: dict[str, SlackUser] = field(default_factory=dict)
    channels: dict[str, SlackChannel] = field(default_factory=dict)
    messages: list[SlackMessage] = field(default_factory=list)
    """Oldest first."""

    _serial: int = 0

    def __post_init__(self) -> None:
        people = (_DANA, _APP, *(_user(author) for author in (MARIA, DENIZ, IVAN)))
        self.users = {one.id: one for one in people}
        began = self.agenda.now - timedelta(days=380)
        for id_, name, topic in (
            (INCIDENTS, "incidents", "SEV1 and SEV2 only. Runbook B."),
            (DEPLOYS, "deploys", "What goes out"),
        ):
            channel = SlackChannel(id=id_, name=name, created_at=began, topic=topic)
            self.channels[id_] = channel
        self._past()

    def _past(self) -> None:
        """The last incident, a day ago; and a deploy, so that no channel is empty."""
        began = self.agenda.now - timedelta(hours=27)
        said = (
            (0, "ivan", "<!here> deploy of b30f9ac failed in the build, production is untouched"),
            (
                4,
                "maria",
                "<@{dana}> and on your side? Stripe webhooks &amp; retries look fine",
            ),
            (9, "dana", "all green. Error rate &lt; 0.3 %, closing"),
        )
        for minutes, login, text in said:
            at = began + timedelta(minutes=minutes)
            self.say(INCIDENTS, text.replace("{dana}", user_id("dana")), login=login, at=at)
        self.say(DEPLOYS, "51b9a02 is live", login="ivan", at=self.agenda.now - timedelta(hours=3))

    def say(
        self,
        channel: str,
        text: str,
        *,
        login: str = "",
        bot: tuple[str, str] = ("", ""),
        thread_ts: str = "",
        at: datetime | None = None,
        metadata: dict[str, object] | None = None,
    ) -> SlackMessage:
        """Write something.

        Args:
            channel: Id.
            text: With Slack's marks.
            login: Who; empty for a bot.
            bot: Its id and name.
            thread_ts: The message it answers.
            at: When; None: now.
            metadata: What an app puts on it.
        """
        self._serial += 1
        seconds = int((at or self.agenda.now).timestamp())
        made = SlackMessage(
            ts=f"{seconds}.{self._serial:06d}",
            channel=channel,
            text=text,
            user=user_id(login) if login else "",
            bot_id=bot[0],
            bot_name=bot[1],
            thread_ts=thread_ts,
            metadata=metadata,
        )
        self.messages.append(made)
        self.messages.sort(key=lambda one: one.ts)
        return made

    def update(self, channel: str, ts: str, text: str) -> SlackMessage:
        """Write something else in its place.

        Raises:
            KeyError: There is no such message.
        """
        for place, old in enumerate(self.messages):
            if (old.channel, old.ts) == (channel, ts):
                self.messages[place] = replace(old, text=text)
                return self.messages[place]
        raise KeyError(ts)

    def delete(self, channel: str, ts: str) -> None:
        """Take a message away."""
        self.messages = [one for one in self.messages if (one.channel, one.ts) != (channel, ts)]

    def of(self, channel: str) -> list[SlackMessage]:
        """What stands in a channel, the newest first; answers in threads apart."""
        return [
            one for one in reversed(self.messages) if one.channel == channel and not one.thread_ts
        ]

    def thread(self, channel: str, ts: str) -> list[SlackMessage]:
        """A message and its answers, oldest first."""
        return [
            one for one in self.messages if one.channel == channel and ts in {one.ts, one.thread_ts}
        ]
