"""Messages as JSON to an address of one's own; its format stands in docs/notices.md.

Signed where a secret is configured: `X-Quarterdeck-Signature: t=1763780000,v1=…` is the
HMAC-SHA256, in hexadecimal, of the time, a full stop and the body, byte for byte.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Final

from actions.notices.channel import MOST_LINES, Message, Telling
from actions.notices.words import lines_of
from monitor.alert_view import Care
from providers.clock import Clock
from providers.http import Api
from providers.secrets import SecretGetter, redact
from providers.text import Foreign

VERSION: Final = 1
"""Raised when a name changes its meaning or goes away."""

SIGNATURE: Final = "X-Quarterdeck-Signature"
DELIVERY: Final = "X-Quarterdeck-Delivery"

_OPERATION: Final = "post a notice"


class WebhookSender:
    """Posts to one address.

    Args:
        api: A client of its origin, without a credential.
        path: The rest of the address.
        clock: The time, which is signed along.
        secret: Signs; None: nothing is signed.
        headers: Sent along.
    """

    def __init__(
        self,
        api: Api,
        path: str,
        clock: Clock,
        secret: SecretGetter | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._api = api
        self._path = path
        self._clock = clock
        self._secret = secret
        self._headers = dict(headers or {})

    async def send(self, message: Message) -> None:
        """Post it; any answer of 2xx is taken for success.

        Raises:
            ProviderError: It was not taken, or perhaps (`after_sending`).
        """
        at = self._clock.now().at
        document = document_of(message) | {"sent_at": at.isoformat()}
        body = json.dumps(document, ensure_ascii=False).encode()
        headers = {**self._headers, DELIVERY: message.id}
        if self._secret is not None:
            key = (await self._secret()).reveal()
            headers[SIGNATURE] = signature(key, int(at.timestamp()), body)
        await self._api.deliver(_OPERATION, self._path, body, headers=headers)


def signature(key: str, at_s: int, body: bytes) -> str:
    """The value of the header that says who sent it, and when."""
    made = hmac.new(key.encode(), f"{at_s}.".encode() + body, hashlib.sha256)
    return f"t={at_s},v1={made.hexdigest()}"


def document_of(message: Message) -> dict[str, object]:
    """The message as JSON; every text is safe to draw and holds no known secret."""
    shown = message.tellings[:MOST_LINES]
    return {
        "version": VERSION,
        "id": message.id,
        "kind": "test" if message.test else "alerts",
        "workspace": {"name": message.workspace, "title": message.workspace_title},
        "host": message.host,
        "text": "\n".join(lines_of(message)),
        "alerts": [_alert(one) for one in shown],
        "more": len(message.tellings) - len(shown),
    }


def _alert(telling: Telling) -> dict[str, object]:
    alert = telling.alert
    return {
        "event": telling.kind.value,
        "number": telling.number or None,
        "key": _text(telling.key, 400),
        "episode": _text(telling.episode, 400),
        "level": telling.level.word,
        "subject": _text(telling.subject, 200),
        "title": None if alert is None else _text(alert.title, 200),
        "why": None if alert is None else _text(alert.why, 400),
        "severity": None if alert is None else alert.severity or None,
        "environment": None if alert is None else alert.environment or None,
        "service": None if alert is None else alert.service or None,
        "since": None if alert is None else alert.began.isoformat(),
        "runbook": None if alert is None else alert.runbook or None,
        "followers": telling.followers,
        "told_for_s": round(telling.lasted_s, 1),
        "care": None if alert is None or alert.care is None else _care(alert.care),
    }


def _care(care: Care) -> dict[str, object]:
    return {
        "kind": care.kind.value,
        "operator": care.operator,
        "until": care.until.isoformat(),
        "note": _text(care.note, 200),
    }


def _text(words: str, limit: int) -> str:
    return Foreign(redact(words)).line(limit)
