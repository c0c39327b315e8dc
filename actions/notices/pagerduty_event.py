"""Events of PagerDuty: one incident for each alert, opened and closed.

Source: PagerDuty's Events API v2. `dedup_key` is the episode, so that an event may be sent again
without harm; the routing key stands in the body and is the only credential.
"""

import json
from hashlib import sha256
from typing import Final

from actions.notices.channel import Message, Telling, TellKind
from actions.notices.words import line_of, test_words
from monitor.verdicts import Level
from providers.errors import BadAnswer
from providers.http import Api
from providers.secrets import SecretGetter, redact
from providers.text import Foreign

LONGEST_SUMMARY: Final = 1_024
LONGEST_KEY: Final = 255
_SHORT: Final = 200

_ACTIONS: Final = {TellKind.ACKNOWLEDGED: "acknowledge", TellKind.CLEARED: "resolve"}
_OPERATION: Final = "send an event"


class PagerDutySender:
    """Sends events with one routing key.

    Args:
        api: A client without a credential.
        routing_key: Of the integration.
    """

    def __init__(self, api: Api, routing_key: SecretGetter) -> None:
        self._api = api
        self._routing_key = routing_key

    async def send(self, message: Message) -> None:
        """Send an event for each telling, one after the other; a test opens and closes one.

        Raises:
            ProviderError: One did not arrive, or perhaps; those after it were not sent.
        """
        for event in events_of(message):
            key = (await self._routing_key()).reveal()
            body = json.dumps({"routing_key": key, **event}).encode()
            await self._api.deliver(_OPERATION, "/v2/enqueue", body)


def events_of(message: Message) -> tuple[dict[str, object], ...]:
    """The events of a message, without their routing key."""
    if message.test:
        return _test_events(message)
    return tuple(_event(message, one) for one in message.tellings)


def dedup_key(episode: str) -> str:
    """The episode, or what stands for it where it is too long."""
    if len(episode) <= LONGEST_KEY:
        return episode
    return f"{episode[:_SHORT]}#{sha256(episode.encode()).hexdigest()[:40]}"


def _event(message: Message, telling: Telling) -> dict[str, object]:
    action = _ACTIONS.get(telling.kind, "trigger")
    key = dedup_key(telling.episode)
    if action != "trigger":
        return {"event_action": action, "dedup_key": key}
    summary = f"{message.workspace_title}: {line_of(telling)}"
    payload: dict[str, object] = {
        "summary": _text(summary, LONGEST_SUMMARY),
        "severity": "critical" if telling.level is Level.CRITICAL else "warning",
        "source": _text(_source(message, telling), 255),
        "group": message.workspace,
        "custom_details": _details(message, telling),
    }
    alert = telling.alert
    if alert is not None:
        payload["timestamp"] = alert.began.isoformat()
        if alert.service:
            payload["component"] = _text(alert.service, 255)
    return {
        "event_action": "trigger",
        "dedup_key": key,
        "client": "Quarterdeck",
        "payload": payload,
    }


def _source(message: Message, telling: Telling) -> str:
    environment = telling.alert.environment if telling.alert is not None else ""
    return " ".join(part for part in (message.workspace, environment) if part)


def _details(message: Message, telling: Telling) -> dict[str, object]:
    alert = telling.alert
    found: dict[str, str] = {"told by": message.host, "alert": telling.key}
    if alert is not None:
        found |= {
            "why": alert.why,
            "severity": alert.severity,
            "environment": alert.environment,
            "runbook": alert.runbook,
            "follow from it": str(telling.followers) if telling.followers else "",
        }
    return {name: _text(words, 500) for name, words in found.items() if words}


def _test_events(message: Message) -> tuple[dict[str, object], ...]:
    key = f"quarterdeck/test/{message.id}"
    payload = {
        "summary": _text(test_words(message), LONGEST_SUMMARY),
        "severity": "info",
        "source": message.workspace,
    }
    opened = {"event_action": "trigger", "client": "Quarterdeck", "payload": payload}
    return ({**opened, "dedup_key": key}, {"event_action": "resolve", "dedup_key": key})


def _text(words: str, limit: int) -> str:
    return Foreign(redact(words)).line(limit)


async def checked_key(routing_key: SecretGetter) -> str:
    """What can be said of a routing key without sending anything.

    Raises:
        ProviderError: It can not be had, or is none.
    """
    found = (await routing_key()).reveal()
    if len(found) != 32 or not found.isalnum():
        reason = "this is no routing key: they have 32 letters and digits"
        advice = "take the Integration Key of an Events API v2 integration"
        raise BadAnswer("PagerDuty", "look at the routing key", reason, advice=advice)
    return "a routing key of 32 characters; PagerDuty tells whose only when an event comes"
