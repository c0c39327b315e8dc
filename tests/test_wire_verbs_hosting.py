"""From the configuration to the hosting verbs: which there are, where they act, what they watch."""

from pathlib import Path

import pytest

from actions.families import Catalogue
from actions.hosting.family import Hosting
from actions.hosting.places import Place
from tests.fakes import ManualClock
from tui.config.load import parse
from tui.wire_clients import action_apis, clients
from tui.wire_verbs_hosting import families

TEXT = """\
version: 1
settings: {operator: dana}
secrets: {s: {env: SOME_SECRET}, w: {env: WRITING_SECRET}}
accounts:
  render: {kind: render, secret: s, action_secret: w}
  vercel: {kind: vercel, secret: s, team: team_1}
workspaces:
  w:
    title: W
    environments: {production: {label: PROD, production: true}, staging: {label: STG}}
    databases:
      main:
        title: Database
        environments:
          production: {host: db.example, database: d, user: u, password: s}
    services:
      api:
        title: API
        depends_on: [main]
        checks:
          health: {path: /health}
          slow: {path: /slow, environments: [staging]}
        environments:
          production: {url: "https://api.example", deploys: {account: render, service_id: srv-1}}
          staging: {deploys: {account: render, service_id: srv-2}}
      web:
        title: Web
        environments:
          production: {deploys: {account: vercel, project: web}}
          staging: {deploys: {account: vercel, project: web, branch: staging}}
    systems:
      render: {board: {account: render, service_id: srv-1, environment: production}}
    kpis:
      latency:
        title: Latency
        unit: s
        environment: production
        from: [{check: api/health, metric: latency_ms}]
        statistic: p95
        window: 5m
"""


def made(text: str = TEXT) -> tuple[Hosting, dict[str, Place]]:
    config = parse(text.encode(), "config.yaml").config
    clock = ManualClock()
    shared = clients(config, clock)
    apis = action_apis(config, shared, clock)
    (family,) = families(config, apis, shared, clock)
    assert isinstance(family, Hosting)
    places = {one.words: one for one in family._places.all}
    assert places["w/production/api"].api is apis["render"]
    assert apis["render"] is not shared.apis["render"]
    return family, places


def test_places_as_configured() -> None:
    _family, places = made()
    api, web = places["w/production/api"], places["w/production/web"]

    assert set(places) == {
        "w/production/api", "w/staging/api", "w/production/web", "w/staging/web",
    }  # fmt: skip
    assert (api.id, api.team, api.production) == ("srv-1", "", True)
    assert api.base_url == "https://api.render.com/v1"
    assert api.boards == ("w/production/render/board",)
    assert api.watches == ("w/production/api/health", "latency")
    assert api.stands_on is not None
    assert places["w/staging/api"].stands_on is None
    assert places["w/staging/api"].watches == ()
    assert (web.identity, web.target, web.team) == ("team_1/web", "production", "team_1")
    assert places["w/staging/web"].target == "preview"


async def test_the_database_is_looked_at_by_the_login_that_watches() -> None:
    _family, places = made()
    below = places["w/production/api"].stands_on
    assert below is not None
    source = below.make()

    assert source.spec.id == "w/production/db/main"
    found = await below.held_by("api")
    assert found.number is None
    assert found.reason


def test_verbs_and_cards_of_what_is_hosted() -> None:
    family, _places = made()
    names = set(Catalogue([family]).cards)

    assert names == {
        "rollback-web", "rollback-api", "restart-api", "scale-api", "deploy-commit",
        "autodeploy-off", "autodeploy-on", "cancel-build",
    }  # fmt: skip
    only = TEXT[: TEXT.index("      web:\n")] + TEXT[TEXT.index("    systems:\n") :]
    family, _places = made(only)
    assert "rollback-web" not in Catalogue([family]).cards


def test_without_hosting_there_is_no_family() -> None:
    text = TEXT[: TEXT.index("    databases:\n")]
    config = parse(text.encode(), "config.yaml").config
    shared = clients(config, ManualClock())

    assert families(config, shared.apis, shared, ManualClock()) == []


@pytest.mark.parametrize("name", ["config.example.yaml"])
def test_the_example_has_them_all(name: str) -> None:
    raw = (Path(__file__).parent.parent / name).read_bytes()
    config = parse(raw, name).config
    shared = clients(config, ManualClock())
    (family,) = families(config, shared.apis, shared, ManualClock())

    assert {"rollback-web", "rollback-api"} <= {one.name for one in family.verbs}
