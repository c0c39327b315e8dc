"""From the configuration to what is watched and asked."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from monitor.verdicts import BandName, Comparison
from monitor.workspace import KpiSpec, WorkspaceSpec
from providers.base import SourceKind
from providers.clock import SystemClock
from providers.endpoint import AssertionSpec, EndpointSource
from tests.config_texts import config, small
from tests.fakes import ManualClock, settle
from tui.ahead import ask_ahead
from tui.commands_config import example_text
from tui.config.load import parse
from tui.config.model import Config
from tui.wire_specs import workspace_specs
from tui.wiring import asked, build_engine, connectivity, watched


@pytest.fixture(scope="module")
def example() -> Config:
    return parse(example_text().encode(), "config.example.yaml").config


@pytest.fixture(scope="module")
def workspaces(example: Config) -> dict[str, WorkspaceSpec]:
    return {spec.name: spec for spec in workspace_specs(example)}


def kpi(workspace: WorkspaceSpec, key: str) -> KpiSpec:
    (found,) = [kpi for kpi in workspace.kpis if kpi.key == key]
    return found


def test_both_products_are_watched_with_their_rows(workspaces: dict[str, WorkspaceSpec]) -> None:
    assert list(workspaces) == ["lma", "localloop"]
    titles = [row.title for row in workspaces["lma"].rows]
    for title in (
        "Customer Web",
        "Merchant Admin",
        "Super Admin",
        "API /health",
        "API /health/live",
    ):
        assert title in titles
    for row in workspaces["lma"].rows:
        assert set(row.checks) == {"production", "staging"}, row.key


def test_an_environment_without_a_url_has_no_check(workspaces: dict[str, WorkspaceSpec]) -> None:
    for row in workspaces["localloop"].rows:
        assert set(row.checks) == {"production"}


def test_a_goal_becomes_the_band_that_misses_it(workspaces: dict[str, WorkspaceSpec]) -> None:
    rate = kpi(workspaces["localloop"], "error-rate")
    bands = {band.name: band for band in rate.bands}
    assert (bands[BandName.TARGET].comparison, bands[BandName.TARGET].limit) == (
        Comparison.AT_LEAST,
        0.5,
    )
    assert (bands[BandName.CRITICAL].comparison, bands[BandName.CRITICAL].limit) == (
        Comparison.ABOVE,
        5,
    )
    assert bands[BandName.CRITICAL].for_s == 300
    assert bands[BandName.WARNING].for_s == 900
    assert bands[BandName.WARNING].runbook == "A:292"


def test_the_runbook_is_the_first_link(workspaces: dict[str, WorkspaceSpec]) -> None:
    first = workspaces["lma"].links[0]
    assert first.group == "Runbook"
    assert first.title.startswith("B: LMA")
    assert first.url


def test_uptime_is_missed_below_its_target(workspaces: dict[str, WorkspaceSpec]) -> None:
    (target,) = kpi(workspaces["localloop"], "uptime").bands
    assert (target.comparison, target.limit) == (Comparison.BELOW, 99.9)


async def test_every_series_and_row_names_a_source_that_is_asked(
    example: Config, workspaces: dict[str, WorkspaceSpec]
) -> None:
    sources = asked(example, SystemClock())
    ids = {source.spec.id for source in sources}
    assert len(ids) == len(sources), "two sources share an id"
    for spec in workspaces.values():
        named = {ref.source for kpi in spec.kpis for ref in (*kpi.series, *kpi.denominator)}
        named |= {check.source for row in spec.rows for check in row.checks.values()}
        named |= {database.source for database in spec.databases}
        named |= {*spec.deploy_sources, *spec.vendor_sources}
        assert named <= ids
    for source in sources:
        await source.aclose()


async def test_every_kind_of_source_is_built(example: Config) -> None:
    sources = asked(example, SystemClock())
    assert {source.spec.kind for source in sources} == set(SourceKind)
    assert {source.spec.system for source in sources} >= {
        "HTTP",
        "PostgreSQL",
        "Vercel",
        "Render",
        "GitHub",
    }
    for source in sources:
        await source.aclose()


def test_one_workspace_can_be_watched_alone(example: Config) -> None:
    assert [spec.name for spec in watched(example, "localloop")] == ["localloop"]
    specs = [source.spec for source in asked(example, SystemClock(), "localloop")]
    assert {spec.workspace for spec in specs} == {"localloop"}


def test_connectivity_is_asked_only_where_targets_are_named(example: Config) -> None:
    clock = ManualClock()
    assert connectivity(example, clock) is not None
    settings = example.settings.model_copy(
        update={
            "connectivity": example.settings.connectivity.model_copy(update={"targets": ()}),
        }
    )
    assert connectivity(example.model_copy(update={"settings": settings}), clock) is None


async def test_the_engine_over_the_example_starts_loading_everything(
    example: Config, tmp_path: Path
) -> None:
    engine = await build_engine(example, SystemClock(), tmp_path / "history.sqlite3")
    try:
        snapshot = engine.latest
        assert set(snapshot.workspaces) == {"lma", "localloop"}
        assert all(view.last_success is None for view in snapshot.sources.values())
    finally:
        await engine.aclose()


async def test_secrets_are_known_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from providers.secrets import redact

    monkeypatch.setenv("WIRING_TOKEN", "token-of-the-wiring-test")
    config = parse(
        b"version: 1\n"
        b"secrets:\n  mine: {env: WIRING_TOKEN}\n  gone: {env: WIRING_TOKEN_THAT_IS_NOT_SET}\n"
        b"workspaces:\n  lma: {title: LMA, environments: {production: {label: PROD}}}\n",
        "mine.yaml",
    ).config
    engine = await build_engine(config, SystemClock(), tmp_path / "history.sqlite3")
    try:
        assert "token-of" not in redact("it said token-of-the-wiring-test")
    finally:
        await engine.aclose()


async def test_endpoints_are_asked_before_there_is_an_engine_and_not_once_more_by_it(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    known = config(small("            path: /health\n", "            path: /health\n"))
    ahead = await ask_ahead(known, clock)
    begun = [source for each in ahead.endpoints.values() for source in each]
    assert [source.spec.id for source in begun if ahead.poller.is_reading(source.spec.id)]
    engine = await build_engine(known, clock, tmp_path / "history.sqlite3", ahead=ahead)
    assert [source for source in engine._sources.values() if source in begun] == begun
    running = asyncio.create_task(engine.run())
    await settle()
    assert engine._poller is ahead.poller
    assert {each.spec.id for each in begun} <= set(engine.latest.sources)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


def test_a_check_is_asked_for_what_its_configuration_says() -> None:
    text = small(
        "            path: /health\n",
        "            path: /health\n"
        "            assert: [{path: a, exists: true}, {path: b, exists: false}]\n"
        "            version: {header: X-Version}\n",
    )
    (source,) = [
        each for each in asked(config(text), ManualClock()) if isinstance(each, EndpointSource)
    ]
    options = source._options
    assert options.assertions == (
        AssertionSpec(path="a", exists=True),
        AssertionSpec(path="b", exists=False),
    )
    assert (options.version_path, options.version_header) == (None, "X-Version")
