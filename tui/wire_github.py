"""The source of one GitHub repository."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source, SourceSpec

if TYPE_CHECKING:
    from tui.config.model_github import GitHubSystem
    from tui.wire_place import Place

METRICS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (
        "running",
        "waiting_for_approval",
        "failed_24h",
        "failing_workflows",
        "queued_longest_s",
        "workflows_off",
        "api_budget_used_percent",
        "unchanged_percent",
    )
}
"""The one source counts."""


def sources(place: Place[GitHubSystem]) -> Iterator[Source]:
    """The repository."""
    setting, account = place.setting, place.config.accounts[place.setting.account]
    spec = place.spec(
        "GitHub", Area.PLATFORM, interval_s=setting.every_s, timeout_s=account.timeout_s * 3
    )
    yield place.late(spec, "providers.github_system", _source)


def _source(place: Place[GitHubSystem], spec: SourceSpec) -> Source:
    from providers.github_system import GitHubSystemOptions, GitHubSystemSource

    setting = place.setting
    owner, _, repo = setting.repo.partition("/")
    options = GitHubSystemOptions(
        owner=owner,
        repo=repo,
        workflows=setting.workflows,
        environments=setting.deployment_environments,
    )
    return GitHubSystemSource(spec, options, place.api(setting.account), place.clock)
