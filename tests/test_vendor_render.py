"""Render: states, what is live, notices, pages and how often it is asked."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from providers.deploy_readings import DeploysReading, DeployState
from providers.errors import BadAnswer
from tests import vendor_data as data
from tests.vendor_data import Json
from tests.vendor_rigs import client, deploys_of, numbers_of, render, shifted_clock
from tests.vendor_server import Asked, Reply, json_reply, vendor_server

DEPLOYS = "/deploys"


def world(deploys: object, service: object) -> Callable[[Asked], Reply]:
    return lambda asked: json_reply(deploys if asked.path.endswith(DEPLOYS) else service)


async def reading_of(deploys: object, service: object, **options: Any) -> DeploysReading:
    async with (
        vendor_server(world(deploys, service)) as server,
        client(server.url, system="Render", clock=shifted_clock()) as api,
    ):
        return deploys_of(await render(api, **options).read())


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("created", DeployState.QUEUED),
        ("queued", DeployState.QUEUED),
        ("build_in_progress", DeployState.BUILDING),
        ("pre_deploy_in_progress", DeployState.STARTING),
        ("update_in_progress", DeployState.STARTING),
        ("live", DeployState.LIVE),
        ("deactivated", DeployState.PREVIOUS),
        ("build_failed", DeployState.FAILED),
        ("pre_deploy_failed", DeployState.FAILED),
        ("update_failed", DeployState.FAILED),
        ("canceled", DeployState.CANCELED),
        ("warming_up", DeployState.UNKNOWN),
        ("LIVE", DeployState.UNKNOWN),
        (None, DeployState.UNKNOWN),
    ],
)
async def test_states(status: str | None, expected: DeployState) -> None:
    deploy = data.render_deploy(status="live") | {"status": status}

    reading = await reading_of(data.render_list(deploy), data.render_service())

    assert reading.deploys[0].state is expected
    assert reading.deploys[0].vendor_state.text == (status or "")
    assert reading.live_id == ("dep-1" if expected is DeployState.LIVE else None)


async def test_commit_times_and_link() -> None:
    reading = await reading_of(data.render_list(data.render_deploy()), data.render_service())
    deploy = reading.deploys[0]

    assert deploy.vendor == "Render"
    assert deploy.commit.text == "7d20b5e0c0ffee00c0ffee00c0ffee00c0ffee00"
    assert deploy.message.text == "pool: raise max to 40"
    assert deploy.trigger.text == "new_commit"
    assert deploy.branch.text == "main"
    assert not deploy.author, "Render does not say"
    assert deploy.created_at == datetime(2026, 11, 18, 11, 6, 40, tzinfo=UTC)
    assert deploy.live_at == deploy.ended_at == datetime(2026, 11, 18, 11, 8, 40, tzinfo=UTC)
    assert deploy.url == "https://dashboard.render.com/web/srv-1/deploys/dep-1"
    assert not deploy.rollback_candidate


async def test_failed_deploy_was_never_live() -> None:
    deploys = data.render_list(data.render_deploy(status="build_failed"))

    deploy = (await reading_of(deploys, data.render_service())).deploys[0]

    assert deploy.live_at is None
    assert deploy.ended_at is not None
    assert not deploy.rollback_candidate


async def test_replaced_deploy_can_be_rolled_back_to() -> None:
    deploys = data.render_list(data.render_deploy(status="deactivated"))

    assert (await reading_of(deploys, data.render_service())).deploys[0].rollback_candidate


async def test_image_in_place_of_a_commit() -> None:
    image = {"ref": "ghcr.io/lma/api:1.2", "sha": "sha256:abc"}
    deploys = data.render_list(data.render_deploy(commit=None, image=image))

    deploy = (await reading_of(deploys, data.render_service())).deploys[0]

    assert deploy.message.text == "ghcr.io/lma/api:1.2"
    assert not deploy.commit


@pytest.mark.parametrize(
    "page", ["http://dashboard.render.com/x", "javascript:0", "https://a b/", "https://u:p@x.test"]
)
async def test_odd_dashboard_is_no_link(page: str) -> None:
    deploys = data.render_list(data.render_deploy())

    assert (await reading_of(deploys, data.render_service(dashboardUrl=page))).deploys[0].url == ""


async def test_newest_of_two_live_ones_while_render_hands_over() -> None:
    deploys = data.render_list(
        data.render_deploy("dep-1", finishedAt="2026-11-18T11:00:00Z"),
        data.render_deploy("dep-2", finishedAt="2026-11-18T11:30:00Z"),
    )

    assert (await reading_of(deploys, data.render_service())).live_id == "dep-2"


async def test_suspended_service_serves_nothing() -> None:
    service = data.render_service(suspended="suspended", suspenders=["billing", "user"])

    reading = await reading_of(data.render_list(data.render_deploy()), service)

    assert reading.live_id is None
    assert reading.deploys[0].state is DeployState.READY
    assert reading.deploys[0].vendor_state.text == "live"
    assert reading.notices == ("the service is suspended by billing, user and serves nothing",)


async def test_nothing_older_is_asked_for_a_suspended_service() -> None:
    service = data.render_service(suspended="suspended")
    answer = world(data.render_list(data.render_deploy()), service)
    async with vendor_server(answer) as server, client(server.url) as api:
        await render(api, limit=1).read()

    assert len(server.asked) == 2


async def notices(deploy: Json | None = None, **service: Any) -> tuple[str, ...]:
    deploys = data.render_list(deploy or data.render_deploy())
    return (await reading_of(deploys, data.render_service(**service))).notices


async def test_nothing_to_say_of_an_ordinary_service() -> None:
    assert await notices() == ()


async def test_autodeploy_after_a_rollback() -> None:
    rollback = data.render_deploy(trigger="rollback")

    assert await notices(rollback) == (
        "autodeploy is on after a rollback: the next push brings the bad commit back",
    )
    assert await notices(data.render_deploy(status="deactivated", trigger="rollback")) == ()


@pytest.mark.parametrize(
    "off",
    [{"autoDeploy": "no"}, {"autoDeploy": "yes", "autoDeployTrigger": "off"}],
)
async def test_autodeploy_off_makes_a_rollback_safe_and_is_said(off: Json) -> None:
    assert await notices(data.render_deploy(trigger="rollback"), **off) == (
        "autodeploy is off: a push is not deployed by itself",
    )


async def test_autodeploy_word_we_do_not_know_counts_as_on() -> None:
    said = await notices(data.render_deploy(trigger="rollback"), autoDeployTrigger="sometimes")

    assert said[0].startswith("autodeploy is on after a rollback")


async def test_autoscaling_and_maintenance() -> None:
    criteria = {"enabled": True, "percentage": 70}
    scaling = {
        "enabled": True,
        "min": 1,
        "max": 4,
        "criteria": {"cpu": criteria, "memory": criteria},
    }
    details = {"autoscaling": scaling, "maintenanceMode": {"enabled": True, "uri": ""}}

    assert await notices(serviceDetails=details) == (
        "maintenance mode is on",
        "autoscaling is on (1 to 4 instances): a scale by hand is ignored",
    )
    assert await notices(serviceDetails={"autoscaling": scaling | {"enabled": False}}) == ()


@pytest.mark.parametrize(
    "broken", [None, 7, {"cursor": "c"}, {"deploy": {"status": "live"}}, {"deploy": {"id": []}}]
)
async def test_one_broken_deploy_is_left_out_by_name(broken: object) -> None:
    deploys = [broken, *data.render_list(data.render_deploy())]

    reading = await reading_of(deploys, data.render_service())

    assert reading.live_id == "dep-1"
    assert len(reading.deploys) == 1
    assert reading.notices[0].startswith("1 deploy could not be read and is left out: $[0]")


async def test_nothing_but_broken_deploys_is_no_empty_list() -> None:
    with pytest.raises(BadAnswer, match=r"\$\[0\]\.deploy: missing"):
        await reading_of([{}], data.render_service())


async def test_service_never_deployed() -> None:
    reading = await reading_of([], data.render_service())

    assert reading.deploys == ()
    assert reading.live_id is None


async def test_live_one_older_than_the_list_is_asked_for() -> None:
    def answer(asked: Asked) -> Reply:
        if not asked.path.endswith(DEPLOYS):
            return json_reply(data.render_service())
        if asked.value("status") == "live":
            return json_reply(data.render_list(data.render_deploy("dep-old")))
        failed = data.render_deploy(
            "dep-2", status="build_failed", createdAt="2026-11-18T12:00:00Z"
        )
        return json_reply(data.render_list(failed))

    async with vendor_server(answer) as server, client(server.url) as api:
        reading = deploys_of(await render(api, limit=1).read())

    assert reading.live_id == "dep-old"
    assert [one.id for one in reading.deploys] == ["dep-2", "dep-old"]


async def test_cursor_leads_on_until_a_page_is_short() -> None:
    def answer(asked: Asked) -> Reply:
        if not asked.path.endswith(DEPLOYS):
            return json_reply(data.render_service())
        begin = int((asked.value("cursor") or "c-0").removeprefix("c-"))
        size = 100 if begin < 200 else 10
        page = [data.render_deploy(str(begin + n + 1), "deactivated") for n in range(size)]
        return json_reply(data.render_list(*page))

    async with vendor_server(answer) as server, client(server.url) as api:
        reading = deploys_of(await render(api, limit=250).read())

    cursors = [asked.value("cursor") for asked in server.asked if asked.value("limit") == "100"]
    assert cursors == [None, "c-100", "c-200"]
    assert len(reading.deploys) == 210


async def test_pages_without_end_do_end() -> None:
    page = data.render_list(*(data.render_deploy(str(n), "canceled") for n in range(100)))

    async with (
        vendor_server(world(page, data.render_service())) as server,
        client(server.url) as api,
    ):
        reading = deploys_of(await render(api, limit=300).read())

    assert len(server.asked) <= 7
    assert len(reading.deploys) == 100, "each once"


async def test_more_than_was_asked_for_is_cut() -> None:
    page = data.render_list(*(data.render_deploy(str(n), "canceled") for n in range(90)))

    reading = await reading_of(page, data.render_service(), limit=5)

    assert len(reading.deploys) == 5


async def test_absurdly_long_list_is_refused() -> None:
    with pytest.raises(BadAnswer, match="more than 1,000 entries"):
        await reading_of([{}] * 1_001, data.render_service())


async def test_numbers() -> None:
    deploys = data.render_list(
        data.render_deploy("3", "update_in_progress"),
        data.render_deploy("2", "build_failed"),
        data.render_deploy("1", "build_failed", createdAt="2026-11-16T00:00:00Z"),
        data.render_deploy("0", "build_failed", createdAt=None),
    )
    answer = world(deploys, data.render_service())
    async with (
        vendor_server(answer) as server,
        client(server.url, clock=shifted_clock()) as api,
    ):
        harvest = await render(api).read()

    assert numbers_of(harvest) == {"running": 1.0, "failed_recent": 1.0}


async def test_service_is_asked_only_when_something_moved() -> None:
    told: dict[str, object] = {"deploys": data.render_list(data.render_deploy("dep-1"))}
    clock = shifted_clock()

    def answer(asked: Asked) -> Reply:
        listing = asked.path.endswith(DEPLOYS)
        return json_reply(told["deploys"] if listing else data.render_service())

    async def service_asked() -> bool:
        before = len(server.asked)
        await source.read()
        return any(not asked.path.endswith(DEPLOYS) for asked in server.asked[before:])

    async with vendor_server(answer) as server, client(server.url, clock=clock) as api:
        source = render(api)
        assert await service_asked()
        clock.advance(30)
        assert not await service_asked(), "nothing moved"
        clock.advance(31)
        assert await service_asked(), "61 s old"
        building = data.render_deploy("dep-2", "build_in_progress")
        told["deploys"] = data.render_list(building, data.render_deploy("dep-1"))
        assert await service_asked(), "the list has changed"
        assert await service_asked(), "a build is under way"


async def test_identifiers_cannot_leave_their_place_in_the_path() -> None:
    answer = world([], data.render_service())
    async with vendor_server(answer) as server, client(f"{server.url}/v1") as api:
        await render(api, service_id="srv/../owners").read()
        with pytest.raises(ValueError, match="cannot be an identifier"):
            render(api, service_id="")

    assert server.asked[0].raw_path == "/v1/services/srv%2F..%2Fowners/deploys"
