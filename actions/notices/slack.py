"""Messages in a Slack channel.

Source: Slack's `chat.postMessage`. Text from outside stays text: `&`, `<` and `>` are escaped, so
that no `<!channel>` and no link comes out of it; `parse: none`, `link_names: false` and
`mrkdwn: false` leave the rest as it is written.
"""

import json
from typing import Final

from actions.notices.channel import Message
from actions.notices.words import lines_of
from providers.errors import BadAnswer, NotFound, ProviderError, Unauthorized
from providers.http import Api
from providers.http_body import expected_json
from providers.slack_call import SYSTEM, accepted, ask
from providers.slack_mapping import POSTING, channel_of, identity_of

LONGEST_TEXT: Final = 3_500
"""Slack shows 4,000 characters of a message well."""

_OPERATION: Final = "post a notice"

_PERHAPS_DONE: Final = frozenset({"fatal_error", "internal_error", "request_timeout"})
"""Refusals after which some of it may have been done all the same."""


class SlackSender:
    """Posts to one channel.

    Args:
        api: The account's client.
        channel: The channel's id.
    """

    def __init__(self, api: Api, channel: str) -> None:
        self._api = api
        self._channel = channel

    async def send(self, message: Message) -> None:
        """Post it.

        Raises:
            ProviderError: It was not posted, or perhaps (`after_sending`).
        """
        body = json.dumps(self.body(message)).encode()
        answer = await self._api.deliver(_OPERATION, "/chat.postMessage", body)
        try:
            fields = accepted(
                expected_json(SYSTEM, _OPERATION, 200, answer.body.encode()), _OPERATION
            )
            fields.text("ts")
        except ProviderError as error:
            unclear = isinstance(error, BadAnswer) and not error.code
            error.after_sending = unclear or error.code in _PERHAPS_DONE
            raise

    def body(self, message: Message) -> dict[str, object]:
        """What is sent, besides the credential."""
        return {
            "channel": self._channel,
            "text": slack_text("\n".join(lines_of(message))),
            "mrkdwn": False,
            "parse": "none",
            "link_names": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }


def slack_text(text: str) -> str:
    """Text that Slack shows as it is, at most `LONGEST_TEXT` characters of it."""
    escaped: list[str] = []
    room = LONGEST_TEXT
    for sign in text:
        written = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(sign, sign)
        room -= len(written)
        if room < 1:
            escaped.append("…")
            break
        escaped.append(written)
    return "".join(escaped)


async def reach(api: Api, channel: str) -> str:
    """Whether it could be posted there, without posting.

    Raises:
        ProviderError: It could not.
    """
    fields, answer = await ask(api, "check token", "auth.test")
    scopes = identity_of(fields, answer.headers.get("x-oauth-scopes")).scopes
    if scopes is not None and not set(scopes) >= POSTING:
        reason = f"the token lacks the scope {', '.join(sorted(POSTING - set(scopes)))}"
        advice = "add it under OAuth & Permissions and install the app anew"
        raise Unauthorized(SYSTEM, _OPERATION, reason, advice=advice)
    found, _ = await ask(api, "look at the channel", "conversations.info", [("channel", channel)])
    seen = channel_of(found.fields("channel"))
    if seen.archived:
        raise NotFound(SYSTEM, _OPERATION, "the channel is archived", advice="choose another one")
    if seen.member is False:
        reason = "the app is not in the channel"
        advice = "write /invite @the-app in the channel"
        raise Unauthorized(SYSTEM, _OPERATION, reason, advice=advice)
    return f"may post in #{seen.name.line(60)}"
