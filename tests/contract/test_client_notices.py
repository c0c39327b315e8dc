"""Notices: what leaves and what is taken for an answer, by the vendors' words and the demo's."""

import json

import pytest

from actions.notices.channel import Message, Telling, TellKind
from actions.notices.pagerduty_event import PagerDutySender
from actions.notices.slack import SlackSender, reach
from demo.agenda import Agenda
from demo.alerting_services import alerting_apps
from demo.credentials import Credentials
from demo.estate import API_PRODUCTION, Estate
from demo.pulse import Pulse
from demo.vendors.slack_state import INCIDENTS
from monitor.verdicts import Level
from providers.secrets import Secret
from providers.text import Foreign
from tests.contract.asgi import answering
from tests.contract.held import held
from tests.fakes import ManualClock
from tests.values_notices import alert
from tests.vendor_rig import TOKEN
from tests.vendor_rigs import shifted_clock
from tests.vendor_server import Asked, Reply, json_reply

pytestmark = pytest.mark.contract

KEY = "e93facc04764012d7bfb002500d5d1a6"
POSTED = {
    "channel": "C1H9RESGL",
    "message": {
        "bot_id": "B19LU7CSY",
        "subtype": "bot_message",
        "text": "Here's a message for you",
        "ts": "1503435956.000247",
        "type": "message",
        "username": "ecto1",
    },
    "ok": True,
    "ts": "1503435956.000247",
}
"""The specification's own example."""


async def routing_key() -> Secret:
    return Secret(KEY)


def told(*kinds: TellKind, test: str = "") -> Message:
    seen = alert(why="<!channel> & more")
    return Message(
        workspace="lma",
        workspace_title="LMA",
        id="m1",
        host="bastion",
        test=Foreign(test),
        tellings=tuple(
            Telling(
                kind=kind,
                key=seen.key,
                episode=seen.episode,
                level=Level.CRITICAL,
                subject="API production",
                alert=None if kind is TellKind.CLEARED else seen,
            )
            for kind in kinds
        ),
    )


EVERY = told(*TellKind)


@pytest.mark.parametrize("message", [EVERY, told(test="dana@bastion")])
async def test_slack_s_words(message: Message) -> None:
    async with held("slack", lambda _: json_reply(POSTED)) as (api, keeper):
        await SlackSender(api, "C1H9RESGL").send(message)
    assert [one.path for one in keeper.asked] == ["/api/chat.postMessage"]


@pytest.mark.parametrize("message", [EVERY, told(test="dana@bastion")])
async def test_pagerduty_s_words(message: Message) -> None:
    def answer(asked: Asked) -> Reply:
        key = json.loads(asked.body)["dedup_key"]
        said = {"status": "success", "message": "Event processed", "dedup_key": key}
        return json_reply(said, 202)

    async with held("pagerduty-events", answer) as (api, keeper):
        await PagerDutySender(api, routing_key).send(message)
    assert len(keeper.asked) == (len(message.tellings) or 2)


class Town:
    """The demo's Slack and PagerDuty, in memory."""

    def __init__(self) -> None:
        self.clock: ManualClock = shifted_clock()
        words = Credentials(slack=TOKEN)
        self.estate = Estate(Agenda(self.clock))
        self.alerting = self.estate.alerting
        pulse = Pulse(self.estate, API_PRODUCTION, 23.0)
        self.apps = alerting_apps(self.alerting, words, pulse)


async def test_the_demo_s_slack_shows_it_to_people() -> None:
    town = Town()
    before = len(town.alerting.slack.messages)
    async with held("slack", answering(town.apps["slack"]), clock=town.clock) as (api, _):
        assert await reach(api, INCIDENTS) == "may post in #incidents"
        await SlackSender(api, INCIDENTS).send(told(TellKind.FIRED))
    (made,) = town.alerting.slack.messages[before:]
    assert made.text.startswith(
        "LMA: CRITICAL API production 503 · SEV1 · &lt;!channel&gt; &amp; more"
    )


async def test_the_demo_s_pagerduty_opens_one_incident_and_closes_it() -> None:
    town = Town()
    service = town.alerting.production

    async def key() -> Secret:
        return Secret(service.routing_key)

    answer = answering(town.apps["pagerduty-events"])
    async with held("pagerduty-events", answer, clock=town.clock) as (api, _):
        sender = PagerDutySender(api, key)
        account = town.alerting.pagerduty_lma
        before = len(account.incidents)
        for kind in (TellKind.FIRED, TellKind.FIRED, TellKind.ACKNOWLEDGED):
            await sender.send(told(kind))
        (made,) = account.incidents[before:]
        assert (made.key, made.status) == (alert().episode, "acknowledged")
        await sender.send(told(TellKind.CLEARED))
        assert account.incidents[-1].status == "resolved"
