"""GitHub Actions: states, texts, headers, conditional requests, limits and pages."""

from datetime import UTC, datetime
from typing import Any

import pytest

from providers.deploy_readings import DeployReading, DeploysReading, DeployState
from providers.errors import BadAnswer, RateLimited
from tests import vendor_data as data
from tests.vendor_data import Json
from tests.vendor_rigs import client, deploys_of, github, numbers_of, shifted_clock
from tests.vendor_server import Asked, Reply, json_reply, vendor_server


async def reading_of(listing: object, **options: Any) -> DeploysReading:
    async with (
        vendor_server(lambda _asked: json_reply(listing)) as server,
        client(server.url, system="GitHub", clock=shifted_clock()) as api,
    ):
        return deploys_of(await github(api, **options).read())


async def run_of(**changes: Any) -> DeployReading:
    return (await reading_of(data.github_list(data.github_run(**changes)))).deploys[0]


@pytest.mark.parametrize(
    ("status", "conclusion", "expected", "word"),
    [
        ("queued", None, DeployState.QUEUED, "queued"),
        ("requested", None, DeployState.QUEUED, "requested"),
        ("pending", None, DeployState.QUEUED, "pending"),
        ("waiting", None, DeployState.BLOCKED, "waiting"),
        ("in_progress", None, DeployState.BUILDING, "in_progress"),
        ("completed", "success", DeployState.SUCCEEDED, "success"),
        ("completed", "failure", DeployState.FAILED, "failure"),
        ("completed", "timed_out", DeployState.FAILED, "timed_out"),
        ("completed", "startup_failure", DeployState.FAILED, "startup_failure"),
        ("completed", "cancelled", DeployState.CANCELED, "cancelled"),
        ("completed", "skipped", DeployState.CANCELED, "skipped"),
        ("completed", "stale", DeployState.CANCELED, "stale"),
        ("completed", "action_required", DeployState.BLOCKED, "action_required"),
        ("completed", "neutral", DeployState.UNKNOWN, "neutral"),
        ("completed", "splendid", DeployState.UNKNOWN, "splendid"),
        ("completed", None, DeployState.UNKNOWN, "completed"),
        ("dreaming", "success", DeployState.UNKNOWN, "dreaming"),
        (None, None, DeployState.UNKNOWN, ""),
    ],
)
async def test_states(
    status: str | None, conclusion: str | None, expected: DeployState, word: str
) -> None:
    run = await run_of(status=status, conclusion=conclusion)

    assert run.state is expected
    assert run.vendor_state.text == word


async def test_texts_times_and_link() -> None:
    run = await run_of()

    assert run.vendor == "GitHub"
    assert run.id == "1"
    assert run.target == "api"
    assert run.environment == "production"
    assert run.commit.text == "7d20b5e0c0ffee00c0ffee00c0ffee00c0ffee00"
    assert run.message.text == "pool: raise max to 40"
    assert run.author.text == "deniz", "who started this attempt"
    assert run.trigger.text == "push"
    assert run.branch.text == "main"
    assert run.created_at == datetime(2026, 11, 18, 11, 6, 40, tzinfo=UTC)
    assert run.live_at == run.ended_at == datetime(2026, 11, 18, 11, 9, 52, tzinfo=UTC)
    assert run.url == "https://github.com/o/r/actions/runs/1"


async def test_run_under_way_has_not_ended() -> None:
    run = await run_of(status="in_progress", conclusion=None)

    assert run.live_at is None
    assert run.ended_at is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"display_title": "deploy-api"}, "pool: raise max to 40\n\nmore words"),
        ({"display_title": "deploy-api", "head_commit": None}, "deploy-api"),
        ({"display_title": "Deploy 1.4 to production"}, "Deploy 1.4 to production"),
    ],
)
async def test_title_that_only_repeats_the_workflow_tells_nothing(
    changes: Json, message: str
) -> None:
    assert (await run_of(**changes)).message.text == message


async def test_run_of_an_app_without_actors() -> None:
    run = await run_of(actor=None, triggering_actor=None, head_branch=None, run_started_at=None)

    assert not run.author
    assert not run.branch
    assert run.created_at is not None


async def test_run_that_waits_for_approval_is_said() -> None:
    waiting = data.github_run(2, status="waiting", conclusion=None, display_title="Deploy 1.4")

    reading = await reading_of(data.github_list(waiting, data.github_run(1)))

    assert reading.notices == ("a run waits for approval: Deploy 1.4",)


async def test_long_message_is_cut() -> None:
    run = await run_of(display_title="x" * 20_000)

    assert len(run.message.text) == 8_192
    assert run.message.text.endswith("…")


async def test_a_run_is_never_live() -> None:
    assert (await reading_of(data.github_list(data.github_run()))).live_id is None


async def test_newest_attempt_first() -> None:
    rerun = data.github_run(1, run_started_at="2026-11-18T12:00:00Z")

    reading = await reading_of(data.github_list(data.github_run(2), rerun))

    assert [run.id for run in reading.deploys] == ["1", "2"]


async def test_runs_of_another_branch_never_pass_for_ours() -> None:
    listing = data.github_list(data.github_run(1, head_branch="evil"), data.github_run(2))

    reading = await reading_of(listing, branch="main")

    assert [run.id for run in reading.deploys] == ["2"]


@pytest.mark.parametrize(
    ("title", "event", "ours"),
    [
        ("Deploy API production", "workflow_dispatch", True),
        ("Deploy API STAGING", "workflow_dispatch", False),
        ("Deploy API", "workflow_dispatch", True),
        ("staging → production", "workflow_dispatch", True),
        ("remove the staging banner", "push", True),
        ("upstaging of actors", "workflow_dispatch", True),
    ],
)
async def test_run_by_hand_for_another_environment_never_passes_for_ours(
    title: str, event: str, ours: bool
) -> None:
    listing = data.github_list(data.github_run(display_title=title, event=event))

    reading = await reading_of(listing, other_environments=("staging",))

    assert bool(reading.deploys) is ours


@pytest.mark.parametrize("broken", [None, [], {}, data.github_run(9, id="x"), {"id": 2**70}])
async def test_one_broken_run_is_left_out_by_name(broken: object) -> None:
    listing = {"total_count": 2, "workflow_runs": [data.github_run(1), broken]}

    reading = await reading_of(listing)

    assert [run.id for run in reading.deploys] == ["1"]
    assert reading.notices[0].startswith(
        "1 run could not be read and is left out: $.workflow_runs[1]"
    )


async def test_nothing_but_broken_runs_is_no_empty_list() -> None:
    with pytest.raises(BadAnswer, match=r"\$\.workflow_runs\[0\]"):
        await reading_of({"workflow_runs": [{}, {}]})


async def test_headers_path_and_query() -> None:
    async with (
        vendor_server(lambda _asked: json_reply(data.github_list())) as server,
        client(server.url) as api,
    ):
        await github(api, branch="release/1", limit=5).read()
        await github(api, workflow=None).read()

    named, all_of_them = server.asked
    assert named.path == "/repos/lma/api/actions/workflows/deploy-api.yml/runs"
    assert dict(named.query) == {
        "per_page": "5",
        "exclude_pull_requests": "true",
        "branch": "release/1",
    }
    assert named.headers["accept"] == "application/vnd.github+json"
    assert named.headers["x-github-api-version"] == "2022-11-28"
    assert named.headers["user-agent"]
    assert all_of_them.path == "/repos/lma/api/actions/runs"


async def test_unchanged_list_is_not_sent_again() -> None:
    tag = 'W/"one"'

    def answer(asked: Asked) -> Reply:
        if asked.headers.get("if-none-match") == tag:
            return Reply(status=304, headers=(("ETag", tag),))
        return json_reply(data.github_list(data.github_run()), ETag=tag)

    clock = shifted_clock()
    async with vendor_server(answer) as server, client(server.url, clock=clock) as api:
        source = github(api)
        first = await source.read()
        clock.advance(30)
        second = await source.read()

    assert server.asked[1].headers["if-none-match"] == tag
    assert deploys_of(second) == deploys_of(first)
    assert second.at.age_s(clock.now()) == 0.0, "the vendor has just said that it is so still"


@pytest.mark.parametrize("status", [403, 429])
async def test_used_up_budget_is_no_wrong_credential(status: int) -> None:
    clock = shifted_clock()
    reset = int(clock.now().at.timestamp()) + 120
    reply = json_reply(
        {"message": "API rate limit exceeded"},
        status,
        x_ratelimit_limit="5000",
        x_ratelimit_remaining="0",
        x_ratelimit_reset=str(reset),
    )
    async with (
        vendor_server(lambda _asked: reply) as server,
        client(server.url, clock=clock) as api,
    ):
        with pytest.raises(RateLimited) as caught:
            await github(api).read()

    assert caught.value.retry_after_s == pytest.approx(120.0)


async def test_pages_only_as_far_as_the_limit_needs() -> None:
    def answer(asked: Asked) -> Reply:
        first = (int(asked.value("page") or 1) - 1) * 100
        return json_reply(data.github_list(*(data.github_run(first + n) for n in range(100))))

    async with vendor_server(answer) as server, client(server.url) as api:
        reading = deploys_of(await github(api, limit=150).read())

    assert [asked.value("page") for asked in server.asked] == [None, "2"]
    assert len(reading.deploys) == 150


async def test_pages_without_end_do_end() -> None:
    page = data.github_list(*(data.github_run(n) for n in range(100)))

    async with (
        vendor_server(lambda _asked: json_reply(page)) as server,
        client(server.url) as api,
    ):
        reading = deploys_of(await github(api, limit=300).read())

    assert len(server.asked) == 3
    assert len(reading.deploys) == 100, "each once"


async def test_numbers() -> None:
    listing = data.github_list(
        data.github_run(3, status="in_progress", conclusion=None),
        data.github_run(2, conclusion="failure"),
        data.github_run(1),
    )
    async with (
        vendor_server(
            lambda _asked: json_reply(
                listing, x_ratelimit_limit="5000", x_ratelimit_remaining="4000"
            )
        ) as server,
        client(server.url, clock=shifted_clock()) as api,
    ):
        harvest = await github(api).read()

    expected = {"running": 1.0, "failed_recent": 1.0, "api_budget_used_percent": 20.0}
    assert numbers_of(harvest) == pytest.approx(expected)


@pytest.mark.parametrize(
    "changes", [{"owner": ".."}, {"repo": ""}, {"workflow": "."}, {"limit": 0}]
)
async def test_options_that_cannot_be(changes: Json) -> None:
    async with client("https://api.github.example") as api:
        with pytest.raises(ValueError, match=r"identifier|limit"):
            github(api, **changes)
