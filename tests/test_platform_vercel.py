"""A Vercel project as a system: what serves, domains, variables by name, measurements."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from providers.errors import ServerFailed, Unauthorized
from providers.system_readings import Condition
from providers.vercel_metrics import NEEDS_PLAN
from providers.vercel_system import SELDOM_S
from providers.vercel_variables import Comparison, Variables, Where, judged, variables_of
from tests import vendor_data as data
from tests import vendor_data_platform as more
from tests.platform_rig import detail, records, section, staged
from tests.vendor_answers import texts
from tests.vendor_rigs import numbers_of, shifted_clock
from tests.vendor_rigs_platform import PROJECT, project
from tests.vendor_server import json_reply

NOW = datetime.fromtimestamp(data.T0_MS / 1000, UTC) + timedelta(hours=2)


def on_stage(changed: dict[str, Any] | None = None, **options: Any) -> Any:
    clock = options.pop("clock", None) or shifted_clock()
    return staged(project, PROJECT, clock=clock, changed=changed, **options)


def variables(*shown: data.Json, **more_of_it: Any) -> Variables:
    return variables_of(more.project(*shown, **more_of_it), "Vercel", "read project")


async def test_what_serves_and_how_it_got_there() -> None:
    async with on_stage() as stage:
        harvest = await stage.read()
    reading = harvest.payload
    shown = records(reading, "production")

    assert reading.condition is Condition.FINE
    assert reading.summary.text == "nextjs · serves dpl_1 · 2 domains · 1 variable"
    assert shown["serving"].title.text == "Serving"
    assert shown["assignment"].condition is Condition.FINE
    assert shown["alias-request"].state.text == "succeeded, from dpl_2"
    assert shown["alias-request"].change
    assert numbers_of(harvest) == {
        "serving": 1.0,
        "serving_since_s": pytest.approx(5_000 - 60),
        "auto_assign": 1.0,
        "alias_request_failed": 0.0,
        "domains": 2.0,
        "domains_unverified": 0.0,
        "domains_misconfigured": 0.0,
        "variables": 1.0,
        "variables_missing_in_staging": 0.0,
        "variables_expected_missing": 0.0,
        "api_budget_used_percent": None,
    }


async def test_a_value_of_a_variable_goes_nowhere() -> None:
    plain = more.variable("API_URL", type="plain", value="https://plain.example")
    async with on_stage({"/projects/lma-web": more.project(plain)}) as stage:
        reading = await stage.system()

    said = " ".join(texts(reading))
    assert "API_URL" in said
    assert "s3cret-value" not in said
    assert "plain.example" not in said


@pytest.mark.parametrize(
    ("changes", "condition", "number", "value"),
    [
        ({"paused": True}, Condition.PAUSED, "serving", 0.0),
        ({"targets": {}}, Condition.DEGRADED, "serving", 0.0),
        ({"autoAssignCustomDomains": False}, Condition.NOTABLE, "auto_assign", 0.0),
        (
            {"lastAliasRequest": data.alias_request("failed")},
            Condition.DEGRADED,
            "alias_request_failed",
            1.0,
        ),
        (
            {"lastAliasRequest": data.alias_request("failed", requestedAt=data.T0_MS - 9_000)},
            Condition.FINE,
            "alias_request_failed",
            0.0,
        ),
        ({"lastAliasRequest": data.alias_request("?!")}, Condition.FINE, "serving", 1.0),
    ],
)
async def test_condition_of_the_project(
    changes: dict[str, Any], condition: Condition, number: str, value: float
) -> None:
    async with on_stage({"/projects/lma-web": more.project(**changes)}) as stage:
        harvest = await stage.read()

    assert harvest.payload.condition is condition
    assert numbers_of(harvest)[number] == value


async def test_a_rollback_under_way_is_looked_at_again_soon() -> None:
    moving = more.project(lastAliasRequest=data.alias_request("in-progress"))
    async with on_stage({"/projects/lma-web": moving}) as stage:
        harvest = await stage.read()

    assert harvest.again_s == 5.0
    assert records(harvest.payload, "production")["alias-request"].condition is Condition.NOTABLE


async def test_domains_that_did_not_move_with_a_promote_that_failed() -> None:
    changed = {
        "/projects/lma-web": more.project(lastAliasRequest=data.alias_request("failed")),
        "/promote/aliases": more.moves(www="completed", lma="failed", x="thinking"),
    }
    async with on_stage(changed) as stage:
        reading = await stage.system()

    shown = section(reading, "moves").records
    assert [(one.id, one.condition) for one in shown] == [
        ("lma.lma.com", Condition.BROKEN),
        ("x.lma.com", Condition.UNKNOWN),
        ("www.lma.com", Condition.FINE),
    ]


async def test_domains_of_a_promote_that_went_well_are_not_asked_for() -> None:
    async with on_stage() as stage:
        reading = await stage.system()
        assert stage.asked("/promote/aliases") == stage.asked("/rolling-release") == []

    assert "moves" not in {each.key for each in reading.sections}


@pytest.mark.parametrize(
    ("release", "words", "condition"),
    [
        (more.release(), "active, 25 % of the traffic, waits for approval", Condition.NOTABLE),
        (
            more.release(currentCanaryPercentage=40.4, substate="PAUSED"),
            "active, 40 % of the traffic, waits for approval, paused",
            Condition.NOTABLE,
        ),
        (more.release("COMPLETE", activeStage=None), "complete", Condition.FINE),
        (more.release("MELTED"), "melted", Condition.UNKNOWN),
        ({"rollingRelease": None}, None, None),
    ],
)
async def test_a_rolling_release(
    release: data.Json, words: str | None, condition: Condition | None
) -> None:
    rolls = more.project(rollingRelease={"target": "production"})
    async with on_stage({"/projects/lma-web": rolls, "/rolling-release": release}) as stage:
        shown = records(await stage.system(), "production").get("rolling-release")

    assert (shown.state.text if shown else None) == words
    assert (shown.condition if shown else None) is condition
    assert shown is None or detail(shown, "deployment") == "dpl_9"


async def test_a_release_that_can_not_be_read_is_told() -> None:
    rolls = more.project(rollingRelease={"target": "production"})
    changed = {"/projects/lma-web": rolls, "/rolling-release": json_reply({}, 500)}
    async with on_stage(changed) as stage:
        reading = await stage.system()

    assert any("the rolling release is not known" in word for word in reading.notices)


async def test_domains_that_do_not_lead_to_vercel_or_are_not_ours() -> None:
    challenge = {"type": "TXT", "domain": "_vercel.x", "value": "v", "reason": "pending_domain"}
    listed = more.domains(
        more.domain(), more.domain("x.com", verified=False, verification=[challenge])
    )
    changed = {"/domains": listed, "/config": more.setup(misconfigured=True)}
    async with on_stage(changed) as stage:
        harvest = await stage.read()
    shown = records(harvest.payload, "domains")

    assert harvest.payload.condition is Condition.DEGRADED
    assert "records do not lead to Vercel" in shown["www.lma.com"].state.text
    assert detail(shown["www.lma.com"], "certificate") == "can not be issued or renewed"
    assert shown["x.com"].state.text == "not verified: pending_domain"
    assert numbers_of(harvest)["domains_misconfigured"] == 2.0
    assert numbers_of(harvest)["domains_unverified"] == 1.0
    assert "2 domains, 3 to mend" in harvest.payload.summary.text


async def test_a_domain_whose_records_could_not_be_read_is_unknown_and_no_number() -> None:
    refused = json_reply({"error": {"code": "forbidden", "message": "no"}}, 403)
    async with on_stage({"/config": refused}) as stage:
        harvest = await stage.read()

    shown = records(harvest.payload, "domains")
    assert {one.condition for one in shown.values()} == {Condition.UNKNOWN}
    assert numbers_of(harvest)["domains_misconfigured"] is None


async def test_domains_are_asked_for_page_by_page_and_every_ten_minutes() -> None:
    clock = shifted_clock()
    async with on_stage({"/domains": more.domains(more.domain(), following=7)}, clock=clock) as (
        stage
    ):
        await stage.read()
        first = stage.asked("/domains")
        clock.advance(60)
        await stage.read()
        again = len(stage.asked("/domains"))
        clock.advance(SELDOM_S)
        await stage.read()

    assert [asked.value("until") for asked in first] == [None, "7"], "the same page is the last"
    assert again == len(first)
    assert len(stage.asked("/domains")) == 2 * again
    assert len(stage.asked("/projects/lma-web")) == 3
    gets = [asked for asked in stage.server.asked if asked.method == "GET"]
    assert all(asked.value("teamId") == "team_1" for asked in gets)


async def test_without_observability_plus_it_says_so() -> None:
    said = {"error": {"code": "payment_required", "message": "Observability Plus is required."}}
    async with on_stage({"/observability/query": json_reply(said, 402)}) as stage:
        reading = await stage.system()

    assert section(reading, "metrics").blind == NEEDS_PLAN
    assert reading.condition is Condition.FINE


async def test_measurements_as_they_come() -> None:
    async with on_stage() as stage:
        reading = await stage.system()
        (asked,) = stage.asked("/observability/query")

    (row,) = section(reading, "metrics").records
    assert row.state.text == "count 7, environment production"
    assert asked.method == "POST"


async def test_nothing_is_measured_where_nothing_is_asked() -> None:
    async with on_stage(metrics=()) as stage:
        reading = await stage.system()
        assert stage.asked("/observability/query") == []

    assert "metrics" not in {each.key for each in reading.sections}


async def test_a_project_that_can_not_be_read_does_not_hide_its_domains() -> None:
    async with on_stage({"/projects/lma-web": json_reply({}, 404)}) as stage:
        harvest = await stage.read()
    reading = harvest.payload

    assert reading.condition is Condition.UNKNOWN
    assert "hidden from this credential" in section(reading, "production").blind
    assert "hidden from this credential" in section(reading, "variables").blind
    assert records(reading, "domains")
    assert numbers_of(harvest)["serving"] is None


async def test_when_nothing_could_be_read_that_is_the_failure() -> None:
    refused = json_reply({}, 401)
    changed = {end: refused for end, _body in PROJECT}
    async with on_stage(changed) as stage:
        with pytest.raises(Unauthorized, match="read project"):
            await stage.read()


async def test_staging_that_can_not_be_read_is_no_missing_variable() -> None:
    async with on_stage({"/projects/lma-web-staging": json_reply({}, 403)}) as stage:
        harvest = await stage.read()

    assert numbers_of(harvest)["variables_missing_in_staging"] is None
    assert any("staging's variables are not known" in word for word in harvest.payload.notices)
    assert "missing" not in harvest.payload.summary.text


async def test_a_project_of_staging_without_one_of_production_s_variables() -> None:
    ours = more.project(more.variable("A", "production"), more.variable("B", "production"))
    theirs = more.project(more.variable("B", "production"), more.variable("C", "production"))
    changed = {"/projects/lma-web": ours, "/projects/lma-web-staging": theirs}
    async with on_stage(changed, expected=("B", "D")) as stage:
        harvest = await stage.read()
    shown = records(harvest.payload, "variables")

    assert shown["A"].state.text == "missing in staging"
    assert shown["B"].state.text == ""
    assert shown["D"].state.text == "expected, not set in production"
    assert list(shown) == ["D", "A", "B"]
    assert harvest.payload.condition is Condition.DEGRADED
    assert numbers_of(harvest)["variables_missing_in_staging"] == 1.0
    assert numbers_of(harvest)["variables_expected_missing"] == 1.0
    assert numbers_of(harvest)["variables"] == 2.0


async def test_a_project_that_does_not_list_its_variables_says_so() -> None:
    hidden = data.vercel_project(data.vercel_live())
    async with on_stage({"/projects/lma-web": hidden}) as stage:
        harvest = await stage.read()

    assert "not listed" in section(harvest.payload, "variables").blind
    assert numbers_of(harvest)["variables"] is None
    assert harvest.payload.condition is Condition.FINE


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Where(), {"ALL", "PREVIEW"}),
        (Where(branch="staging"), {"ALL", "PREVIEW", "BRANCH"}),
        (Where(target="production"), {"ALL"}),
        (Where(target="qa"), {"QA"}),
        (Where(target="nowhere"), set()),
    ],
)
def test_where_staging_s_variables_are(where: Where, expected: set[str]) -> None:
    found = variables(
        more.variable("ALL"),
        more.variable("PREVIEW", target="preview"),
        more.variable("BRANCH", "preview", gitBranch="staging"),
        more.variable("QA", target=[], customEnvironmentIds=["env_1"]),
        customEnvironments=[{"id": "env_1", "slug": "qa"}],
    )

    assert found.names_at(where) == expected


@pytest.mark.parametrize(
    ("variable", "remarks", "condition"),
    [
        (more.variable("SITE_NAME", type="plain"), (), Condition.FINE),
        (
            more.variable("NEXT_PUBLIC_API_SECRET", "production"),
            ("sent to browsers",),
            Condition.DEGRADED,
        ),
        (more.variable("NEXT_PUBLIC_MAPBOX_TOKEN", type="plain"), (), Condition.FINE),
        (
            more.variable("SMTP_PASSWORD", "production", type="plain"),
            ("readable for the whole team",),
            Condition.NOTABLE,
        ),
        (more.variable("API_TOKEN"), ("previews have production's",), Condition.NOTABLE),
        (
            more.variable("API_TOKEN", "production", updatedAt=data.T0_MS - 400 * 86_400_000),
            ("unchanged for 400 days",),
            Condition.NOTABLE,
        ),
        (
            more.variable("SITE_NAME", "production", updatedAt=data.T0_MS - 400 * 86_400_000),
            (),
            Condition.FINE,
        ),
    ],
)
def test_what_name_type_and_age_say(
    variable: data.Json, remarks: tuple[str, ...], condition: Condition
) -> None:
    (one,) = judged(variables(variable).found.kept, Comparison(), NOW)

    assert one.remarks == remarks
    assert one.condition is condition


def test_a_name_with_a_value_for_each_target_is_one_name() -> None:
    both = variables(more.variable("A", "production"), more.variable("A", "preview"))
    (one,) = judged(both.found.kept, Comparison(staging=frozenset({"A"})), NOW)

    assert one.targets == ("preview", "production")
    assert not one.missing_in_staging


async def test_what_is_remembered_does_not_hide_that_nobody_answers() -> None:
    async with on_stage() as stage:
        await stage.read()
        stage.bodies.update((end, json_reply({}, 503)) for end, _ in PROJECT)
        with pytest.raises(ServerFailed):
            await stage.read()
