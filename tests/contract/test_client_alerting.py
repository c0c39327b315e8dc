"""Sentry, PagerDuty and Slack: requests, any answer the files allow, and the demo's answers."""

import copy
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demo.agenda import Agenda
from demo.alerting import Alerting
from demo.alerting_services import alerting_apps
from demo.commits import POOL_RAISE
from demo.credentials import Credentials
from demo.deployer import Deployer
from demo.estate import API_PRODUCTION, Estate
from demo.incident import INCIDENT, perform
from demo.pulse import Pulse
from demo.vendors.render_models import DeployStatus
from demo.vendors.slack_state import INCIDENTS
from providers import pagerduty_account, sentry_account, slack_account
from providers.http import Api
from providers.system_readings import Condition, Record, Section, SystemReading
from tests import vendor_data_pagerduty as pager
from tests import vendor_data_sentry as errors
from tests import vendor_data_slack as chat
from tests.contract.answers import made
from tests.contract.asgi import answering
from tests.contract.held import Held, held
from tests.contract.specification import specification
from tests.vendor_rig import TOKEN, by_path
from tests.vendor_rigs import numbers_of, shifted_clock
from tests.vendor_rigs_alerting import PAGERDUTY, SENTRY, SLACK, pagerduty, sentry, slack
from tests.vendor_server import Answering, Asked, Reply, json_reply

pytestmark = pytest.mark.contract

SEEDS = st.integers(min_value=0, max_value=2**32)
THOROUGH = settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
ORGANIZATION = "/api/0/organizations/{organization_id_or_slug}"


def blind(reading: object) -> list[str]:
    assert isinstance(reading, SystemReading)
    return [section.blind for section in reading.sections if section.blind]


def left_out(reading: object) -> list[str]:
    assert isinstance(reading, SystemReading)
    return [notice for notice in reading.notices if "could not be read" in notice]


def section(reading: object, key: str) -> Section:
    assert isinstance(reading, SystemReading)
    return next(one for one in reading.sections if one.key == key)


def record(reading: object, key: str) -> Record:
    return section(reading, key).records[0]


@pytest.mark.parametrize(
    "options",
    [{}, {"projects": ("lma-api", "17"), "environment": "production"}, {"projects": ("-1",)}],
)
async def test_sentry_requests(options: dict[str, Any]) -> None:
    projects = ("/projects/", [errors.project()])
    async with held("sentry", by_path((projects, *SENTRY))) as (api, keeper):
        reading = (await sentry(api, **options).read()).payload

    assert blind(reading) == []
    asked = {one.path.split("/")[-2]: one for one in keeper.asked}
    assert ("projects" in asked) == ("lma-api" in options.get("projects", ()))
    assert len(asked) == 5 + ("projects" in asked)
    wanted = [value for name, value in asked["stats_v2"].query if name == "project"]
    assert wanted == ["2" if one == "lma-api" else one for one in options.get("projects", ())]
    assert all(asked.path.endswith("/") for asked in keeper.asked)


async def test_sentry_further_pages_of_new_issues() -> None:
    def answer(asked: Asked) -> Reply:
        reply = by_path(SENTRY)(asked)
        assert isinstance(reply, Reply)
        link = '<https://us.sentry.io/x/>; rel="next"; results="true"; cursor="0:100:0"'
        return json_reply([errors.issue()], Link=link) if "/issues/" in asked.path else reply

    async with held("sentry", answer, clock=shifted_clock()) as (api, keeper):
        reading = (await sentry(api).read()).payload

    assert [asked.value("cursor") for asked in keeper.asked if asked.value("sort") == "new"] == [
        None,
        "0:100:0",
        "0:100:0",
    ]
    assert isinstance(reading, SystemReading)
    assert "only the newest 3 issues were read" in reading.notices


@pytest.mark.parametrize("services", [(), ("lma-production",), ("PSERV01", "other")])
async def test_pagerduty_requests(services: tuple[str, ...]) -> None:
    async with held("pagerduty", by_path(PAGERDUTY)) as (api, keeper):
        source = pagerduty(api, *services)
        reading = (await source.read()).payload
        await source.read()

    assert blind(reading) == []
    assert [asked.path for asked in keeper.asked].count("/incidents") == 2
    assert [asked.path for asked in keeper.asked].count("/oncalls") == 1
    for asked in keeper.asked:
        assert asked.headers["accept"] == "application/vnd.pagerduty+json;version=2"
        ids = [value for name, value in asked.query if name == "service_ids[]"]
        filtered = bool(services) and asked.path in {"/incidents", "/maintenance_windows"}
        assert ids == (["PSERV01"] if filtered else [])


async def test_pagerduty_further_pages() -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path != "/incidents":
            return by_path(PAGERDUTY)(asked)  # type: ignore[return-value]  # it is no coroutine
        incident = pager.incident(f"P{asked.value('offset')}")
        return json_reply(pager.page("incidents", incident, more=True))

    async with held("pagerduty", answer) as (api, keeper):
        harvest = await pagerduty(api).read()

    offsets = [asked.value("offset") for asked in keeper.asked if asked.path == "/incidents"]
    assert offsets == ["0", "100", "200"]
    assert numbers_of(harvest)["open_incidents"] == 3
    assert isinstance(harvest.payload, SystemReading)
    assert "list incidents: only the first 3 were read" in harvest.payload.notices


@pytest.mark.parametrize("channel", ["C012AB3CD", "#incidents"])
async def test_slack_requests(channel: str) -> None:
    listed = ("/conversations.list", chat.channels(chat.channel()))

    async with held("slack", by_path((*SLACK, listed))) as (api, keeper):
        source = slack(api, channel)
        reading = (await source.read()).payload
        await source.read()

    assert blind(reading) == []
    asked = [one.path.removeprefix("/api/") for one in keeper.asked]
    assert asked.count("conversations.list") == (channel == "#incidents")
    assert asked.count("auth.test") == 1
    assert asked.count("conversations.history") == 2
    assert asked.count("users.info") == 2, "both people, once"


ACCOUNTS: list[tuple[str, Callable[[Api], Any], Answering]] = [
    ("sentry", sentry_account.describe, lambda _: json_reply([errors.organization("lma")])),
    ("pagerduty", pagerduty_account.describe, lambda _: json_reply(pager.user())),
    ("slack", slack_account.describe, by_path(SLACK)),
]


@pytest.mark.parametrize(("vendor", "describe", "answer"), ACCOUNTS, ids=lambda each: str(each)[:9])
async def test_accounts(vendor: str, describe: Callable[[Api], Any], answer: Answering) -> None:
    async with held(vendor, answer) as (api, _keeper):
        view = await describe(api)

    assert view.name


async def test_pagerduty_key_of_the_account() -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/abilities":
            return json_reply({"abilities": ["teams"]})
        return json_reply({"error": {"code": 2001, "message": "no user", "errors": []}}, 400)

    async with held("pagerduty", answer) as (api, _keeper):
        view = await pagerduty_account.describe(api)

    assert view.name.text == "a key of the account"
    assert "does not tell whether read-only" in view.scopes[0]


@given(seed=SEEDS)
@THOROUGH
async def test_sentry_answers(seed: int) -> None:
    paths = ("issues", "events", "events-timeseries", "stats_v2", "releases")
    told = {name: made("sentry", f"{ORGANIZATION}/{name}/", seed) for name in paths}
    for series in told["events-timeseries"]["timeSeries"]:
        series["yAxis"] = "count()"
    # The file leaves the inside of groups and rows open.
    told["events"]["data"] = errors.table(orders=7)["data"]
    told["stats_v2"] = errors.outcomes(accepted=[1.0], filtered=[2.0])
    for number, issue in enumerate(told["issues"]):
        issue["id"] = str(number)

    async with held("sentry", lambda asked: json_reply(told[asked.path.split("/")[-2]])) as (
        api,
        _keeper,
    ):
        reading = (await sentry(api).read()).payload

    assert left_out(reading) == []
    series = told["events-timeseries"]["timeSeries"]
    assert [each for each in blind(reading) if "no series" not in each] == []
    assert not blind(reading) or not series
    assert len(section(reading, "issues").records) == len(told["issues"])


def thinned(item: dict[str, Any], needed: set[str], draw: random.Random) -> dict[str, Any]:
    """A vendor's own example with any of the fields that it does not require left out."""
    kept = {name for name in item if name in needed or draw.random() < 0.6}
    return {name: value for name, value in item.items() if name in kept - BREAKS_ITS_OWN_FILE}


BREAKS_ITS_OWN_FILE = {"alert_grouping", "alert_grouping_parameters", "resolve_reason"}
NEEDED = {
    "incidents": {"id", "title", "status", "created_at"},
    "oncalls": {"escalation_level", "user"},
    "services": {"id", "type", "name", "escalation_policy"},
    "escalation_policies": {"id", "type", "name", "escalation_rules"},
    "maintenance_windows": {"id", "type", "start_time", "end_time", "services", "description"},
}


@given(seed=SEEDS)
@THOROUGH
async def test_pagerduty_answers(seed: int) -> None:
    """The file describes most things by parts of parts, and requires of them next to nothing."""
    draw = random.Random(seed)
    told = {}
    for name, needed in NEEDED.items():
        page = copy.deepcopy(specification("pagerduty").vendor_example(f"/{name}"))
        page |= {name: [thinned(page[name][0], needed, draw)], "more": False}
        told[name] = page
    told["incidents"]["incidents"][0]["status"] = draw.choice(["triggered", "acknowledged"])
    told["services"]["services"][0]["status"] = draw.choice(["active", "warning", "maintenance"])

    async with held("pagerduty", lambda asked: json_reply(told[asked.path[1:]])) as (api, _keeper):
        reading = (await pagerduty(api).read()).payload

    assert blind(reading) == []
    assert left_out(reading) == []
    assert record(reading, "incidents").title.text == "The server is on fire."
    assert record(reading, "windows").title.text == "Immanentizing the eschaton"
    assert record(reading, "services").title.text == "My Application Service"


@given(seed=SEEDS)
@THOROUGH
async def test_slack_answers(seed: int) -> None:
    draw = random.Random(seed)
    needed = {"type", "ts", "text"}
    full = chat.message(
        thread_ts=chat.TS, reply_count=2, subtype="thread_broadcast", bot_id="B12345678"
    )
    messages = [
        thinned(full | {"ts": f"1795000000.{n:06d}"}, needed, draw)
        for n in range(draw.randint(1, 6))
    ]
    bodies = (("/conversations.history", chat.history(*messages)), *SLACK[1:])

    async with held("slack", by_path(bodies)) as (api, _keeper):
        reading = (await slack(api).read()).payload

    assert blind(reading) == []
    assert len(section(reading, "messages").records) == len(messages)


class World:
    """The demo's Sentry, PagerDuty and Slack at a time that stands still until told."""

    def __init__(self) -> None:
        self.clock = shifted_clock()
        self.estate = Estate(Agenda(self.clock))
        self.estate.github.deployer = Deployer(self.estate)
        self.alerting: Alerting = self.estate.alerting
        words = Credentials(sentry=TOKEN, slack=TOKEN, pagerduty_lma=TOKEN)
        self.pulse = Pulse(self.estate, API_PRODUCTION, 23.0)
        self.apps = alerting_apps(self.alerting, words, self.pulse)

    def held(self, vendor: str) -> Any:
        if vendor != "pagerduty":
            return held(vendor, answering(self.apps[vendor]), clock=self.clock)
        return held(vendor, self._with_their_scheme, clock=self.clock)

    async def _with_their_scheme(self, asked: Asked) -> Reply:
        """The shared client sends `Bearer`; what PagerDuty takes is told in the account's kind."""
        sent = asked.headers["authorization"].replace("Bearer ", "Token token=")
        answer = answering(self.apps["pagerduty"])
        other = Asked(
            method=asked.method,
            path=asked.path,
            raw_path=asked.raw_path,
            query=asked.query,
            headers={**asked.headers, "authorization": sent},
        )
        reply = answer(other)
        return reply if isinstance(reply, Reply) else await reply

    def go_down(self) -> None:
        """The bad deploy goes live and does its worst."""
        perform(INCIDENT.steps[1].act, self.estate)
        self.pass_by(180)

    def recover(self) -> None:
        """Roll back, and wait until it is well again."""
        render = self.estate.render
        service = render.services[API_PRODUCTION]
        good = [
            deploy
            for deploy in render.of(API_PRODUCTION)
            if deploy.status is DeployStatus.DEACTIVATED and not self.estate.is_bad(deploy.commit)
        ]
        render.roll_back(service, good[0])
        self.pass_by(120)

    def pass_by(self, seconds: int) -> None:
        for _ in range(seconds // 5):
            self.clock.advance(5)
            self.pulse.strain()
            self.estate.agenda.settle()


async def test_demo_sentry_before_and_in_the_incident() -> None:
    world = World()
    async with world.held("sentry") as (api, _keeper):
        source = sentry(api, organization="lma-commerce", environment="production")
        calm = await source.read()
        world.go_down()
        await source.read()
        world.pass_by(180)
        bad = await source.read()

    assert isinstance(calm.payload, SystemReading)
    assert calm.payload.condition is Condition.FINE
    assert blind(calm.payload) == blind(bad.payload) == []
    before, after = numbers_of(calm), numbers_of(bad)
    assert before["new_since_release"] == 0
    assert before["dropped_percent"] == 0
    assert (before["errors_per_min"] or 0) < 20 < (after["errors_per_min"] or 0)
    assert after["new_since_release"] == 2
    assert (after["dropped_percent"] or 0) > 0
    assert isinstance(bad.payload, SystemReading)
    assert bad.payload.condition is Condition.DEGRADED
    assert any("proves nothing" in notice for notice in bad.payload.notices)
    assert section(bad.payload, "new").title == f"Issues new since {POOL_RAISE}"
    assert record(bad.payload, "releases").title.text == POOL_RAISE


async def test_demo_pagerduty_from_trigger_to_resolve() -> None:
    world = World()
    async with world.held("pagerduty") as (api, keeper):
        source = pagerduty(api, "lma-production")
        calm = await source.read()
        world.go_down()
        triggered = await source.read()
        open_ = world.alerting.pagerduty_lma.open()[0]
        who = world.alerting.pagerduty_lma.users[0]
        world.alerting.pagerduty_lma.set_status(open_.id, "acknowledged", who)
        acknowledged = await source.read()
        world.recover()
        over = await source.read()

    assert numbers_of(calm)["open_incidents"] == 0
    assert numbers_of(calm)["people_on_call"] == 3
    assert numbers_of(calm)["seconds_to_handover"] == pytest.approx(3 * 3600 + 22 * 60, abs=60)
    assert numbers_of(triggered)["triggered_unacknowledged"] == 1
    assert record(triggered.payload, "incidents").condition is Condition.BROKEN
    assert record(triggered.payload, "services").state.text == "critical"
    assert dict(record(triggered.payload, "on_call").details)["person"].text == "Dana Reyes"
    assert numbers_of(acknowledged)["triggered_unacknowledged"] == 0
    shown = dict(record(acknowledged.payload, "incidents").details)
    assert shown["acknowledged by"].text == who.name
    assert numbers_of(over)["open_incidents"] == 0
    assert isinstance(keeper, Held)


async def test_demo_pagerduty_resolved_too_early_comes_back() -> None:
    world = World()
    account = world.alerting.pagerduty_lma
    async with world.held("pagerduty") as (api, _keeper):
        source = pagerduty(api, "lma-production")
        world.go_down()
        await source.read()
        first = account.open()[0]
        account.set_status(first.id, "resolved", account.users[0])
        quiet = await source.read()
        world.pass_by(130)
        again = await source.read()

    assert numbers_of(quiet)["open_incidents"] == 0
    assert numbers_of(again)["open_incidents"] == 1
    assert account.open()[0].id != first.id


async def test_demo_slack_tells_the_incident() -> None:
    world = World()
    async with world.held("slack") as (api, _keeper):
        source = slack(api, INCIDENTS)
        calm = await source.read()
        world.go_down()
        await source.read()
        world.pass_by(200)
        bad = await source.read()

    assert blind(calm.payload) == blind(bad.payload) == []
    assert isinstance(calm.payload, SystemReading)
    assert calm.payload.condition is Condition.FINE
    texts = [one.title.text for one in section(bad.payload, "messages").records]
    assert "error rate > 5 %" in texts[0]
    assert texts[1].startswith("@maria Sentry:")
    assert any("Triggered" in text and "lma-production" in text for text in texts)


async def test_demo_accounts() -> None:
    world = World()
    async with world.held("sentry") as (api, _keeper):
        errors_view = await sentry_account.describe(api)
    async with world.held("pagerduty") as (api, _keeper):
        pager_view = await pagerduty_account.describe(api)
    async with world.held("slack") as (api, _keeper):
        chat_view = await slack_account.describe(api)

    assert errors_view.warnings == ()
    assert pager_view.budget is not None
    assert pager_view.budget.limit == 960
    assert chat_view.name.text == "quarterdeck in LMA Commerce"
    assert chat_view.warnings == ()
