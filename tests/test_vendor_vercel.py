"""Vercel: states, what is live, whose deployments, notices, pages and how often it is asked."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from providers.deploy_readings import DeploysReading, DeployState
from providers.errors import BadAnswer
from providers.harvest import Harvest
from tests import vendor_data as data
from tests.vendor_data import T0_MS, Json
from tests.vendor_rigs import client, deploys_of, numbers_of, shifted_clock, vercel
from tests.vendor_server import Asked, Reply, json_reply, vendor_server

HOUR_MS = 3_600_000


def at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def world(listing: object, project: object) -> Callable[[Asked], Reply]:
    return lambda asked: json_reply(listing if asked.path == "/v7/deployments" else project)


async def harvest_of(listing: object, project: object, **options: Any) -> Harvest:
    async with (
        vendor_server(world(listing, project)) as server,
        client(server.url, system="Vercel", clock=shifted_clock()) as api,
    ):
        return await vercel(api, **options).read()


async def reading_of(listing: object, project: object, **options: Any) -> DeploysReading:
    return deploys_of(await harvest_of(listing, project, **options))


async def state_of(live: Json | None = None, **changes: Any) -> DeployState:
    listing = data.vercel_list(data.vercel_deployment("dpl_9", **changes))
    reading = await reading_of(listing, data.vercel_project(live))
    return next(deploy.state for deploy in reading.deploys if deploy.id == "dpl_9")


@pytest.mark.parametrize(
    ("ready_state", "expected"),
    [
        ("QUEUED", DeployState.QUEUED),
        ("INITIALIZING", DeployState.BUILDING),
        ("BUILDING", DeployState.BUILDING),
        ("ERROR", DeployState.FAILED),
        ("CANCELED", DeployState.CANCELED),
        ("BLOCKED", DeployState.BLOCKED),
        ("DELETED", DeployState.CANCELED),
        ("HYPERDRIVE", DeployState.UNKNOWN),
        ("ready", DeployState.UNKNOWN),
    ],
)
async def test_states_that_serve_nothing(ready_state: str, expected: DeployState) -> None:
    assert await state_of(readyState=ready_state, readySubstate=None) is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"readySubstate": "PROMOTED"}, DeployState.PREVIOUS),
        ({"readySubstate": "STAGED"}, DeployState.READY),
        ({"readySubstate": "STAGED", "aliasAssigned": True}, DeployState.READY),
        ({"readySubstate": "ROLLING"}, DeployState.STARTING),
        ({"readySubstate": "STAGED", "isRollbackCandidate": True}, DeployState.PREVIOUS),
        ({"readySubstate": None, "aliasAssigned": T0_MS}, DeployState.PREVIOUS),
        ({"readySubstate": None, "aliasAssigned": None}, DeployState.READY),
        ({"readySubstate": "SOMETHING_NEW"}, DeployState.READY),
    ],
)
async def test_ready_without_serving(changes: Json, expected: DeployState) -> None:
    assert await state_of(data.vercel_live("dpl_1"), **changes) is expected


async def test_live_is_what_the_project_says_whatever_is_newer() -> None:
    """After a rollback the newest build was promoted once and does not serve."""
    listing = data.vercel_list(
        data.vercel_deployment("dpl_2", createdAt=T0_MS + HOUR_MS, isRollbackCandidate=True),
        data.vercel_deployment("dpl_1"),
    )
    project = data.vercel_project(
        data.vercel_live("dpl_1"), lastAliasRequest=data.alias_request("succeeded")
    )

    reading = await reading_of(listing, project)

    assert reading.live_id == "dpl_1"
    assert [(one.id, one.state) for one in reading.deploys] == [
        ("dpl_2", DeployState.PREVIOUS),
        ("dpl_1", DeployState.LIVE),
    ]
    assert reading.deploys[1].live_at == at(T0_MS + HOUR_MS), "when it was rolled back to"
    assert [one.rollback_candidate for one in reading.deploys] == [True, False]


async def test_live_one_older_than_the_list_is_shown_all_the_same() -> None:
    listing = data.vercel_list(data.vercel_deployment("dpl_9", createdAt=T0_MS + HOUR_MS))

    reading = await reading_of(listing, data.vercel_project(data.vercel_live("dpl_1")), limit=1)

    assert [one.id for one in reading.deploys] == ["dpl_9", "dpl_1"]
    assert reading.deploys[1].state is DeployState.LIVE
    assert reading.deploys[1].live_at == at(T0_MS + 60_000)


async def test_paused_project_serves_nothing() -> None:
    listing = data.vercel_list(data.vercel_deployment("dpl_1"))

    reading = await reading_of(listing, data.vercel_project(data.vercel_live("dpl_1"), paused=True))

    assert reading.live_id is None
    assert reading.deploys[0].state is not DeployState.LIVE
    assert "the project is paused and serves nothing" in reading.notices


async def test_commit_author_and_links() -> None:
    reading = await reading_of(data.vercel_list(data.vercel_deployment()), data.vercel_project())
    deploy = reading.deploys[0]

    assert deploy.vendor == "Vercel"
    assert deploy.target == "web"
    assert deploy.environment == "production"
    assert deploy.vendor_state.text == "READY PROMOTED"
    assert deploy.commit.text == "7d20b5e0c0ffee00c0ffee00c0ffee00c0ffee00"
    assert deploy.message.text == "pool: raise max to 40"
    assert deploy.author.text == "Maria"
    assert deploy.branch.text == "main"
    assert deploy.trigger.text == "git"
    assert deploy.created_at == at(T0_MS)
    assert deploy.ended_at == at(T0_MS + 60_000)
    assert deploy.url == "https://vercel.com/lma/lma-web/dpl_1"


@pytest.mark.parametrize("forge", ["github", "gitlab", "bitbucket"])
async def test_meta_of_each_forge(forge: str) -> None:
    meta = {
        f"{forge}CommitSha": "abc",
        f"{forge}CommitMessage": "say",
        f"{forge}CommitAuthorName": "who",
        f"{forge}CommitRef": "main",
    }
    listing = data.vercel_list(data.vercel_deployment(meta=meta))

    deploy = (await reading_of(listing, data.vercel_project())).deploys[0]

    found = (deploy.commit.text, deploy.message.text, deploy.author.text, deploy.branch.text)
    assert found == ("abc", "say", "who", "main")


@pytest.mark.parametrize("meta", [None, {}, {"githubCommitSha": 7, "githubCommitAuthorName": []}])
async def test_meta_promises_nothing(meta: Json | None) -> None:
    listing = data.vercel_list(data.vercel_deployment(meta=meta))

    deploy = (await reading_of(listing, data.vercel_project())).deploys[0]

    assert not deploy.commit
    assert deploy.author.text == "maria", "its creator"


@pytest.mark.parametrize(
    ("inspector", "url", "expected"),
    [
        (None, "lma-1.vercel.app", "https://lma-1.vercel.app"),
        ("http://vercel.com/x", "lma-1.vercel.app", "https://lma-1.vercel.app"),
        ("javascript:alert(1)", "lma-1.vercel.app", "https://lma-1.vercel.app"),
        ("https://user:pw@evil.test/", "ftp://x", ""),
        ("https://evil.test/[@click=app.quit]", "a b", ""),
        ("https://evil.test/\x1b]8;;", "", ""),
    ],
)
async def test_only_plain_https_is_a_link(inspector: str | None, url: str, expected: str) -> None:
    listing = data.vercel_list(data.vercel_deployment(inspectorUrl=inspector, url=url))

    assert (await reading_of(listing, data.vercel_project())).deploys[0].url == expected


async def test_deployments_that_were_not_asked_for_never_pass_for_ours() -> None:
    listing = data.vercel_list(
        data.vercel_deployment("dpl_other_project", projectId="prj_2"),
        data.vercel_deployment("dpl_preview", target=None),
        data.vercel_deployment("dpl_custom", customEnvironment={"id": "env_1", "slug": "qa"}),
        data.vercel_deployment("dpl_ours"),
    )

    reading = await reading_of(listing, data.vercel_project())

    assert [one.id for one in reading.deploys] == ["dpl_ours"]


async def test_deployments_of_another_branch_never_pass_for_ours() -> None:
    def preview(uid: str, branch: str | None) -> Json:
        meta = {} if branch is None else {"gitlabCommitRef": branch}
        return data.vercel_deployment(uid, target=None, meta=meta)

    listing = data.vercel_list(preview("a", "evil"), preview("b", "develop"), preview("c", None))

    reading = await reading_of(
        listing, data.vercel_project(), environment="staging", branch="develop"
    )

    assert {one.id for one in reading.deploys} == {"b", "c"}


async def test_staging_by_branch_lives_where_the_branch_domain_points() -> None:
    def preview(uid: str, minute: int, **changes: Any) -> Json:
        return data.vercel_deployment(
            uid, target=None, readySubstate=None, createdAt=T0_MS + minute * 60_000, **changes
        )

    listing = data.vercel_list(
        preview("dpl_4", 4, readyState="BUILDING"),
        preview("dpl_3", 3, aliasAssigned=T0_MS + 200_000),
        preview("dpl_2", 2, aliasAssigned=True),
        preview("dpl_1", 1, readyState="ERROR"),
    )

    reading = await reading_of(
        listing, data.vercel_project(data.vercel_live()), environment="staging", branch="main"
    )

    assert reading.live_id == "dpl_3"
    assert [one.state for one in reading.deploys] == [
        DeployState.BUILDING,
        DeployState.LIVE,
        DeployState.PREVIOUS,
        DeployState.FAILED,
    ]
    assert reading.deploys[1].live_at == at(T0_MS + 200_000)


async def test_previews_without_a_branch_have_no_live_one() -> None:
    listing = data.vercel_list(
        data.vercel_deployment(target=None, readySubstate=None, aliasAssigned=True)
    )

    reading = await reading_of(listing, data.vercel_project(), environment="staging")

    assert reading.live_id is None


async def test_preview_that_a_project_names_is_any_and_not_ours() -> None:
    project = data.vercel_project(targets={"preview": data.vercel_live("dpl_8", target=None)})

    reading = await reading_of(data.vercel_list(), project, environment="staging", branch="main")

    assert reading.live_id is None
    assert reading.deploys == ()


async def test_custom_environment_by_its_slug() -> None:
    custom = {"id": "env_1", "slug": "qa"}
    listing = data.vercel_list(
        data.vercel_deployment(
            target=None, customEnvironment=custom, readySubstate=None, aliasAssigned=True
        )
    )

    reading = await reading_of(listing, data.vercel_project(), environment="staging", target="qa")

    assert reading.live_id == "dpl_1"


async def notices(**changes: Any) -> tuple[str, ...]:
    listing = data.vercel_list(data.vercel_deployment())
    project = data.vercel_project(data.vercel_live(), **changes)
    return (await reading_of(listing, project)).notices


async def test_nothing_to_say_of_an_ordinary_project() -> None:
    assert await notices() == ()
    assert await notices(lastAliasRequest=data.alias_request("succeeded", "promote")) == ()


async def test_auto_assignment_is_off_after_a_rollback() -> None:
    said = await notices(
        autoAssignCustomDomains=False,
        lastRollbackTarget={"id": "dpl_1"},
        rollbackDescription={
            "createdAt": T0_MS,
            "description": "errors\x1b[31m up",
            "userId": "u1",
            "username": "dana",
        },
    )

    assert said == (
        "auto-assignment is off after a rollback by dana (errors␛[31m up): "
        "new builds do not go live until one is promoted",
    )


async def test_auto_assignment_not_said_after_a_rollback_is_taken_for_off() -> None:
    said = await notices(autoAssignCustomDomains=None, lastRollbackTarget={"id": "dpl_1"})

    assert said[0].startswith("auto-assignment is off after a rollback:")


async def test_auto_assignment_is_off_by_choice() -> None:
    assert await notices(autoAssignCustomDomains=False) == (
        "auto-assignment of domains is off: a build goes live only when promoted",
    )


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("failed", "the last rollback failed"),
        ("skipped", "the last rollback was skipped"),
        ("pending", "a rollback is pending"),
        ("in-progress", "a rollback is in-progress"),
        ("exploded", "the last rollback ended as exploded"),
    ],
)
async def test_last_promote_or_rollback(status: str, words: str) -> None:
    assert await notices(lastAliasRequest=data.alias_request(status)) == (
        f"{words}: from dpl_2 to dpl_1, asked for 2026-11-18 12:06Z",
    )


async def test_old_or_superseded_request_is_no_news() -> None:
    long_ago = data.alias_request("failed", requestedAt=T0_MS - 48 * HOUR_MS)
    before_live = data.alias_request("failed", requestedAt=T0_MS - 1)

    assert await notices(lastAliasRequest=long_ago) == ()
    assert await notices(lastAliasRequest=before_live) == ()


async def test_broken_request_is_said_and_hides_nothing() -> None:
    listing = data.vercel_list(data.vercel_deployment())
    project = data.vercel_project(data.vercel_live(), lastAliasRequest={"type": "rollback"})

    reading = await reading_of(listing, project)

    assert reading.live_id == "dpl_1"
    assert reading.notices == (
        "the last promote or rollback could not be read: $.lastAliasRequest.jobStatus: missing",
    )


async def test_broken_live_deployment_is_said_and_hides_nothing() -> None:
    listing = data.vercel_list(data.vercel_deployment())

    reading = await reading_of(listing, data.vercel_project({"id": "dpl_1"}))

    assert reading.live_id is None
    assert len(reading.deploys) == 1
    assert "the live deployment could not be read" in reading.notices[0]


@pytest.mark.parametrize(
    ("changes", "notice"),
    [
        (
            {"readyState": "ERROR", "errorMessage": 'Command "make" exited with 1'},
            'the newest build failed: Command "make" exited with 1',
        ),
        (
            {"readyState": "BLOCKED", "seatBlock": {"blockCode": "COMMIT_AUTHOR_REQUIRED"}},
            "the newest build waits for a person: COMMIT_AUTHOR_REQUIRED",
        ),
        (
            {"aliasError": {"code": "cert_missing", "message": "no certificate"}},
            "the newest build got no domains: no certificate",
        ),
        (
            {"readySubstate": "ROLLING"},
            "a rolling release is under way: dpl_9 serves a part of the traffic",
        ),
    ],
)
async def test_what_the_newest_build_needs_a_person_for(changes: Json, notice: str) -> None:
    newest = data.vercel_deployment("dpl_9", createdAt=T0_MS + HOUR_MS, **changes)
    listing = data.vercel_list(newest, data.vercel_deployment())

    reading = await reading_of(listing, data.vercel_project(data.vercel_live()))

    assert reading.notices == (notice,)


async def test_one_broken_deploy_is_left_out_by_name() -> None:
    broken = data.vercel_deployment("dpl_2")
    del broken["readyState"]

    reading = await reading_of(
        data.vercel_list(broken, data.vercel_deployment()), data.vercel_project()
    )

    assert [one.id for one in reading.deploys] == ["dpl_1"]
    assert reading.notices == (
        "1 deploy could not be read and is left out: $.deployments[0].readyState: missing",
    )


async def test_nothing_but_broken_deploys_is_no_empty_list() -> None:
    with pytest.raises(BadAnswer, match=r"\$\.deployments\[0\]\.readyState: missing"):
        await reading_of(data.vercel_list({"uid": "dpl_1"}), data.vercel_project())


async def test_numbers() -> None:
    listing = data.vercel_list(
        data.vercel_deployment("dpl_4", readyState="BUILDING"),
        data.vercel_deployment("dpl_3", readyState="QUEUED"),
        data.vercel_deployment("dpl_2", readyState="ERROR"),
        data.vercel_deployment("dpl_1", readyState="ERROR", createdAt=T0_MS - 25 * HOUR_MS),
    )

    harvest = await harvest_of(listing, data.vercel_project())

    assert numbers_of(harvest) == {"running": 2.0, "failed_recent": 1.0}


async def test_budget_where_the_headers_tell_it() -> None:
    def answer(asked: Asked) -> Reply:
        listing = data.vercel_list(data.vercel_deployment())
        value = listing if asked.path == "/v7/deployments" else data.vercel_project()
        return json_reply(value, X_RateLimit_Limit="200", X_RateLimit_Remaining="50")

    async with vendor_server(answer) as server, client(server.url) as api:
        harvest = await vercel(api).read()

    assert numbers_of(harvest)["api_budget_used_percent"] == 75.0


async def test_team_goes_with_every_call_and_the_list_is_of_the_project_by_id() -> None:
    answer = world(data.vercel_list(data.vercel_deployment()), data.vercel_project())
    async with vendor_server(answer) as server, client(server.url) as api:
        await vercel(api, limit=7).read()

    project, listing = server.asked
    assert project.query == (("teamId", "team_1"),)
    assert dict(listing.query) == {
        "projectId": "prj_1",
        "limit": "7",
        "target": "production",
        "teamId": "team_1",
    }


async def test_identifiers_cannot_leave_their_place_in_the_path() -> None:
    answer = world(data.vercel_list(), data.vercel_project())
    async with vendor_server(answer) as server, client(server.url) as api:
        await vercel(api, project="a/../../v2/user?x=1#y", team=None).read()
        with pytest.raises(ValueError, match="cannot be an identifier"):
            vercel(api, project="..")

    assert server.asked[0].raw_path == "/v9/projects/a%2F..%2F..%2Fv2%2Fuser%3Fx%3D1%23y"
    assert server.asked[0].query == ()


async def test_older_pages_only_as_far_as_the_limit_needs() -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path != "/v7/deployments":
            return json_reply(data.vercel_project())
        until = int(asked.value("until") or T0_MS)
        page = [data.vercel_deployment(f"dpl_{until - n}", createdAt=until - n) for n in range(2)]
        return json_reply(data.vercel_list(*page, next_ms=until - 2))

    async with vendor_server(answer) as server, client(server.url) as api:
        reading = deploys_of(await vercel(api, limit=3).read())

    untils = [asked.value("until") for asked in server.asked if asked.path == "/v7/deployments"]
    assert untils == [None, str(T0_MS - 2)]
    assert len(reading.deploys) == 3


@pytest.mark.parametrize(("step", "pages"), [(0, 2), (1, 5), (-1, 2)])
async def test_pages_without_end_do_end(step: int, pages: int) -> None:
    """An empty page that always names a next one: the same, an older one, a newer one."""

    def answer(asked: Asked) -> Reply:
        if asked.path != "/v7/deployments":
            return json_reply(data.vercel_project())
        until = int(asked.value("until") or T0_MS)
        return json_reply(data.vercel_list(next_ms=until - step))

    async with vendor_server(answer) as server, client(server.url) as api:
        await vercel(api).read()

    assert len(server.asked) == 1 + pages


async def test_project_is_asked_only_when_something_moved() -> None:
    listing = data.vercel_list(data.vercel_deployment("dpl_1"))
    told = {"listing": listing, "project": data.vercel_project(data.vercel_live("dpl_1"))}
    clock = shifted_clock()

    def answer(asked: Asked) -> Reply:
        return json_reply(told["listing" if asked.path == "/v7/deployments" else "project"])

    async def project_asked() -> bool:
        before = len(server.asked)
        await source.read()
        return any("/v9/" in asked.path for asked in server.asked[before:])

    async with vendor_server(answer) as server, client(server.url, clock=clock) as api:
        source = vercel(api)
        assert await project_asked()
        clock.advance(10)
        assert not await project_asked(), "nothing moved"
        clock.advance(12)
        assert await project_asked(), "22 s old"
        building = data.vercel_deployment("dpl_2", readyState="BUILDING")
        told["listing"] = data.vercel_list(building, data.vercel_deployment("dpl_1"))
        assert await project_asked(), "the list has changed"
        assert await project_asked(), "a build is under way"
        told["listing"] = listing
        request = data.alias_request("in-progress")
        told["project"] = data.vercel_project(data.vercel_live("dpl_1"), lastAliasRequest=request)
        assert await project_asked(), "the list has changed again"
        assert await project_asked(), "a rollback is under way"
