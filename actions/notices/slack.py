"""Messages in a Slack channel.

Source: Slack's `chat.postMessage`. Text from outside stays text: `&`, `<` and `>` are escaped, so
that no `<!channel>` and no link comes out of it; `parse: none`, `link_names: false` and
`mrkdwn: false` leave the rest as it is written.
"""

import json
from typing import Final

from actions.notices.channel import Message
from actions.notices.words import lines_of
from providers.errors import BadAnswer, ProviderError
from providers.http import Api
from providers.http_body import expected_json
from providers.slack_call import SYSTEM, accepted

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
