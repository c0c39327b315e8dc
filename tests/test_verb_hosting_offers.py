"""Which hosting verbs a row is offered, with its target frozen; pure."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from actions.families import Catalogue, Offer, Row
from actions.hosting.candidates import before, candidates, is_older
from actions.hosting.family import Hosting
from actions.hosting.migrations import looks_like
from actions.hosting.places import RENDER, VERCEL, Place, Places, build_target, short
from actions.hosting.stands_on import held
from actions.plan import is_typable
from actions.verbs import Unplannable
from monitor.snapshot import DeployView, WorkspaceView
from monitor.states import Freshness
from monitor.system_view import SystemView
from monitor.verdicts import Level
from providers.base import SourceKind, SourceSpec
from providers.clock import SystemClock
from providers.database_readings import ConnectionCounts
from providers.deploy_readings import DeployState
from providers.http import Api
from providers.readings import SourceId
from providers.render_mapping import AUTODEPLOY_OFF
from providers.system_readings import Condition
from providers.text import Foreign
from tests.snapshot_values import incident
from tests.values_common import PROD, STG
from tests.values_lists import deploy

API = Api(system="x", base_url="http://127.0.0.1:1", clock=SystemClock())


def place(vendor: str, environment: str, service: str, title: str) -> Place:
    return Place(
        vendor=vendor,
        workspace="lma",
        environment=environment,
        production=environment == "production",
        service=service,
        title=title,
        id=f"srv-{service}-{environment}",
        target="production" if vendor == VERCEL else "",
        base_url="http://127.0.0.1:1",
        api=API,
        source=f"lma/{environment}/deploys/{service}",
        boards=(f"lma/{environment}/render/{service}",) if vendor == RENDER else (),
    )


PLACES = Places(
    place(vendor, environment, service, title)
    for environment in ("production", "staging")
    for vendor, service, title in (
        (RENDER, "api", "API"),
        (VERCEL, "web", "Customer Web"),
        (VERCEL, "shop", "Shop"),
    )
)
FAMILY = Hosting(PLACES)


def view(*deploys: DeployView) -> WorkspaceView:
    return replace(incident(), deploys=deploys)


LIVE = deploy(1, PROD, "api", "7d20b5e", DeployState.LIVE, "maria", "pool: raise max", 320)
PAST = deploy(2, PROD, "api", "51b9a02", DeployState.PREVIOUS, "ivan", "refunds", 10_000)
OLDER = deploy(3, PROD, "api", "e8c1d47", DeployState.PREVIOUS, "maria", "orders", 80_000)
FAILED = deploy(4, PROD, "api", "b30f9ac", DeployState.FAILED, "ivan", "payments", 90_000)
WEB = deploy(5, PROD, "web", "a1f3c9e", DeployState.LIVE, "deniz", "copy", 900)
WEB_OLD = deploy(6, PROD, "web", "5d0be73", DeployState.PREVIOUS, "deniz", "search", 9_000)
STAGING = deploy(7, STG, "api", "c44e1f0", DeployState.LIVE, "maria", "pool", 500)
BUILDING = deploy(8, PROD, "api", "f00d5ee", DeployState.BUILDING, "ana", "fix", 10)
ALL = (LIVE, PAST, OLDER, FAILED, WEB, WEB_OLD, STAGING)


def offered(thing: object, *deploys: DeployView, environment: str = "") -> list[Offer]:
    pane = view(*(deploys or ALL))
    return list(Catalogue([FAMILY]).offers(pane, Row(thing=thing, environment=environment)))


def named(offers: Sequence[Offer], name: str) -> Offer:
    return next(one for one in offers if one.card.name == name)


def test_an_older_deploy_is_what_is_gone_back_to() -> None:
    offer = named(offered(OLDER), "rollback-api")

    assert dict(offer.given) == {"to": "dep-3"}
    assert offer.target.identity == "srv-api-production"
    assert offer.target.short_name == "api"
    assert offer.target.production
    assert offer.card.title == "Roll back API"
    choices = offer.card.parameters[0].choices
    assert [one.value for one in choices] == ["dep-2", "dep-3"]
    went = r"51b9a02 · went live [\d-]+ [\d:]+Z · ivan · refunds"
    assert re.fullmatch(went, choices[0].words.text)


@pytest.mark.parametrize("row", [LIVE, FAILED])
def test_any_other_deploy_means_the_last_that_was_live(row: DeployView) -> None:
    offer = named(offered(row), "rollback-api")

    assert offer.given == ()
    assert offer.card.parameters[0].default == "dep-2"


def test_a_row_of_render_has_all_verbs_of_its_service() -> None:
    names = [one.card.name for one in offered(LIVE)]

    assert names == [
        "rollback-api", "restart-api", "scale-api", "deploy-commit", "autodeploy-off",
    ]  # fmt: skip


def test_autodeploy_is_offered_the_way_it_is_not() -> None:
    off = replace(LIVE, notices=(AUTODEPLOY_OFF,))
    names = [one.card.name for one in offered(off, off, PAST)]

    assert "autodeploy-on" in names
    assert "autodeploy-off" not in names


def test_a_build_under_way_can_be_cancelled_and_holds_up_a_rollback() -> None:
    offers = offered(BUILDING, BUILDING, *ALL)
    cancel = named(offers, "cancel-build")

    assert cancel.target.identity == "srv-api-production/dep-8"
    assert cancel.target.short_name == "f00d5ee"
    assert "under way" in named(offers, "rollback-api").refused
    assert named(offered(LIVE, BUILDING, *ALL), "rollback-api").refused


def test_the_only_deploy_there_was_can_not_be_rolled_back() -> None:
    assert named(offered(LIVE, LIVE, FAILED), "rollback-api").refused


def test_a_row_of_vercel_has_one_verb() -> None:
    offers = offered(WEB_OLD)

    assert [one.card.name for one in offers] == ["rollback-web"]
    assert dict(offers[0].given) == {"to": "dep-6"}


@pytest.mark.parametrize("first", ["web", "shop"])
def test_a_row_of_several_services_is_each_of_them(first: str) -> None:
    web = deploy(11, PROD, "web", "a1f3c9e", DeployState.LIVE, "deniz", "copy", 900)
    shop = deploy(12, PROD, "shop", "a1f3c9e", DeployState.LIVE, "deniz", "copy", 905)
    staging = deploy(13, STG, "shop", "a1f3c9e", DeployState.LIVE, "deniz", "copy", 910)
    row, other = (web, shop) if first == "web" else (shop, web)
    offers = [one for one in offered(row, row, other, staging, WEB_OLD) if one.card.key == "B"]

    assert [one.target.short_name for one in offers] == ["web", "shop"]
    assert [one.card.title for one in offers] == ["Roll back Customer Web", "Roll back Shop"]


def test_what_stands_in_rows_of_its_own_is_not_offered_along() -> None:
    web = deploy(11, PROD, "web", "a1f3c9e", DeployState.LIVE, "deniz", "copy", 900)
    shop = deploy(12, PROD, "shop", "a1f3c9e", DeployState.LIVE, "deniz", "copy", 9_000)
    deploys = (web, PAST, shop, WEB_OLD)

    assert {one.target.short_name for one in offered(web, *deploys)} == {"web"}
    assert {one.target.short_name for one in offered(shop, *deploys)} == {"shop"}


def test_a_preview_is_nothing_to_point_at() -> None:
    one = replace(PLACES.all[1], target="preview")
    found = list(Hosting(Places([one])).offers(view(WEB, WEB_OLD), Row(thing=WEB)))

    assert "production" in found[0].refused


def test_a_newer_build_of_vercel_is_promoted() -> None:
    ready = deploy(9, PROD, "web", "abcabca", DeployState.READY, "deniz", "next", 5)
    offer = named(offered(ready, ready, *ALL), "rollback-web")

    assert offer.card.title == "Promote Customer Web"
    assert dict(offer.given) == {"to": "dep-9"}


def test_an_endpoint_means_its_service_in_the_environment_in_focus() -> None:
    row = next(one for one in incident().endpoints if one.spec.service == "api")

    production = named(offered(row), "restart-api").target
    staging = named(offered(row, environment="staging"), "restart-api").target
    assert production.identity == "srv-api-production"
    assert staging.identity == "srv-api-staging"
    assert not staging.production


def test_an_alert_means_its_service() -> None:
    alert = replace(incident().alerts[0], service="api", environment="production")
    other = replace(alert, service="nobody", source=None)

    assert named(offered(alert), "rollback-api").target.identity == "srv-api-production"
    assert offered(other) == []


def test_a_board_means_the_service_it_shows() -> None:
    spec = SourceSpec(
        id=SourceId("lma/production/render/api"),
        workspace="lma",
        environment="production",
        kind=SourceKind.SYSTEM,
        title="API on Render",
        system="Render",
        interval_s=10.0,
        timeout_s=5.0,
    )
    board = SystemView(
        spec=spec,
        condition=Condition.FINE,
        level=Level.OK,
        freshness=Freshness.LIVE,
        reading=None,
        failure=None,
        at=None,
    )

    assert named(offered(board), "restart-api").target.identity == "srv-api-production"


def test_rows_of_others_get_nothing() -> None:
    assert offered(object()) == []
    assert offered(incident().vendors[0]) == []
    runs = replace(LIVE, source=SourceId("lma/production/runs/api"))
    assert offered(runs) == []


async def test_targets_in_words() -> None:
    found = await FAMILY.target("restart-api", "lma/staging/api")

    assert found.identity == "srv-api-staging"
    for wrong in ("api", "lma/production/web", "lma/production/api/x", "", "lma/production/nobody"):
        with pytest.raises(Unplannable, match="lma/production/api"):
            await FAMILY.target("restart-api", wrong)
    with pytest.raises(Unplannable, match="lma/production/web"):
        await FAMILY.target("rollback-web", "lma/production/api")


@pytest.mark.parametrize(
    "sha", ["7d20b5e\u202e", "7d20b5e; rm", "[bold]x", "", "7D20B5E", "7d20b5е", "zzzzzzz"]
)
def test_what_is_typed_for_a_build_is_plain(sha: str) -> None:
    target = build_target(PLACES.all[0], "dep-8", Foreign(sha))

    assert is_typable(target.short_name)
    assert target.short_name in {"dep-8", "7d20b5e"}
    assert short(Foreign(sha)) in {"", "7d20b5e"}


def test_cards_ask_for_parameters() -> None:
    asked = {one.name: [each.name for each in one.parameters] for one in FAMILY.cards}

    assert asked["deploy-commit"] == ["commit", "clear-cache"]
    assert asked["autodeploy-on"] == ["trigger"]
    assert asked["rollback-api"] == ["to", "autodeploy-off"]


def test_candidates_by_table() -> None:
    deploys = [one.deploy for one in (LIVE, PAST, OLDER, FAILED)]
    back = replace(PAST.deploy, id="dep-10", state=DeployState.LIVE, created_at=LIVE.at)
    bad = replace(LIVE.deploy, state=DeployState.PREVIOUS)
    after = [back, bad, PAST.deploy, OLDER.deploy]

    assert before(deploys, LIVE.deploy) == PAST.deploy
    assert before(after, back) == OLDER.deploy
    assert [one.id for one in candidates(after, back)] == ["dep-1", "dep-3"]
    assert not is_older(bad, back, after)
    assert before([LIVE.deploy, FAILED.deploy], LIVE.deploy) is None
    assert before([], None) is None


STATES = (DeployState.LIVE, DeployState.PREVIOUS, DeployState.FAILED, DeployState.CANCELED)


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(STATES)), min_size=1, max_size=12)
)
def test_what_is_gone_back_to_was_live_before_and_is_another_build(
    history: list[tuple[str, DeployState]],
) -> None:
    deploys = [
        deploy(number, PROD, "api", commit * 7, state, "x", "m", 1_000.0 * number).deploy
        for number, (commit, state) in enumerate(history)
    ]
    live = next((one for one in deploys if one.state is DeployState.LIVE), None)
    found = before(deploys, live)

    if found is not None:
        assert found.state is DeployState.PREVIOUS
        assert live is None or found.commit != live.commit
        assert is_older(found, live, deploys)
    newest = next(iter(candidates(deploys, live)), None)
    assert found is None or newest is not None


@pytest.mark.parametrize(
    ("message", "like"),
    [
        ("add column refunds.retried_at", True),
        ("Run migrations before the server starts", True),
        ("db: ALTER TABLE orders", True),
        ("orders: index merchant_id, created_at", True),
        ("drop the legacy enum", True),
        ("schema: v12", True),
        ("pool: raise max to 4", False),
        ("web: add a table of contents to the page header", True),
        ("immigration form copy", False),
    ],
)
def test_messages_like_migrations(message: str, like: bool) -> None:
    assert looks_like(message) is like


@pytest.mark.parametrize(
    ("counts", "words", "number"),
    [
        (None, "database sessions", None),
        (
            ConnectionCounts(used=9, available=55, maximum=60, exact=False),
            "database sessions",
            None,
        ),
        (
            ConnectionCounts(
                used=41,
                available=55,
                maximum=60,
                by_application=(
                    (Foreign("lma-api"), 36),
                    (Foreign("rapid"), 3),
                    (Foreign("API 2"), 2),
                ),
            ),
            "database sessions of lma-api, API 2",
            38.0,
        ),
        (
            ConnectionCounts(
                used=3, available=55, maximum=60, by_application=((Foreign("rapid"), 3),)
            ),
            "database sessions",
            None,
        ),
    ],
)
def test_sessions_of_a_service(
    counts: ConnectionCounts | None, words: str, number: float | None
) -> None:
    found = held(counts, "api", "Database")

    assert (found.words, found.number) == (words, number)
    assert bool(found.reason) is (number is None)
