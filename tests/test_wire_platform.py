"""Vercel, Render and GitHub as systems: from the configuration to sources and their numbers."""

import pytest

from providers import github_reading, log_numbers, render_numbers, vercel_state
from providers.base import Area, Source, SourceKind
from providers.clock import SystemClock
from tui import wire_github, wire_render, wire_vercel
from tui.commands_config import example_text
from tui.config.load import parse
from tui.config.model import Config
from tui.wiring import asked


@pytest.fixture(scope="module")
def example() -> Config:
    return parse(example_text().encode(), "config.example.yaml").config


@pytest.fixture(scope="module")
def sources(example: Config) -> dict[str, Source]:
    found = asked(example, SystemClock())
    return {str(source.spec.id): source for source in found}


def test_the_numbers_that_kpis_may_use_are_those_that_are_told() -> None:
    assert wire_vercel.METRICS == {"": vercel_state.METRICS, "logs": log_numbers.METRICS}
    assert wire_render.METRICS == {"": render_numbers.METRICS, "logs": log_numbers.METRICS}
    assert wire_github.METRICS == {"": github_reading.METRICS}


@pytest.mark.parametrize(
    ("source", "kind", "every_s", "unseen_s"),
    [
        ("lma/production/vercel/web", SourceKind.SYSTEM, 60.0, 300.0),
        ("lma/production/vercel/web.logs", SourceKind.LOGS, 15.0, 120.0),
        ("lma/production/vercel/merchant", SourceKind.SYSTEM, 60.0, 300.0),
        ("lma/production/render/api", SourceKind.SYSTEM, 30.0, 0.0),
        ("lma/production/render/api.logs", SourceKind.LOGS, 10.0, 60.0),
        ("lma/-/github/lma", SourceKind.SYSTEM, 60.0, 0.0),
        ("localloop/production/vercel/site", SourceKind.SYSTEM, 60.0, 300.0),
        ("localloop/production/vercel/site.logs", SourceKind.LOGS, 15.0, 120.0),
    ],
)
def test_each_source_has_its_pace(
    sources: dict[str, Source], source: str, kind: SourceKind, every_s: float, unseen_s: float
) -> None:
    spec = sources[source].spec

    assert (spec.kind, spec.interval_s, spec.unseen_interval_s) == (kind, every_s, unseen_s)
    assert spec.area is Area.PLATFORM
    assert spec.timeout_s >= 30.0, "several requests one after the other"


def test_a_log_that_is_not_configured_is_not_read(sources: dict[str, Source]) -> None:
    assert "lma/production/vercel/merchant.logs" not in sources


def test_platforms_stay_within_what_render_allows_a_minute(sources: dict[str, Source]) -> None:
    """Seven requests a read of a service, one of its log: 400 a minute are a user's."""
    service = sources["lma/production/render/api"].spec.interval_s
    log = sources["lma/production/render/api.logs"].spec.interval_s

    assert 7 * 60 / service + 60 / log <= 400 / 10
