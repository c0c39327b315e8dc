"""Rules for maintenance windows: one way to say when, and names that lead somewhere."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from tui.config.model import Config
from tui.config.model_maintenance import LONGEST_DAYS, GlobalMaintenance, Maintenance
from tui.config.problems import Finding, Path
from tui.config.rules_scope import Scope, unknown

_SAYS_WHEN: Final = {"from": "begins", "days": "days", "day_of_month": "day_of_month"}
_NEEDS: Final = {
    "from": ("to",),
    "days": ("at", "for"),
    "day_of_month": ("at", "for"),
}
_FIELDS: Final = {"to": "ends", "at": "at", "for": "lasts_s"}


def maintenance(scope: Scope) -> Iterator[Finding]:
    """All that is wrong with the windows of a workspace."""
    for name, window in scope.workspace.maintenance.items():
        path = (*scope.at, "maintenance", name)
        yield from _when(path, window)
        yield from _names(scope, path, window)


def global_maintenance(config: Config) -> Iterator[Finding]:
    """All that is wrong with the windows of all workspaces."""
    known = sorted({name for each in config.workspaces.values() for name in each.environments})
    for name, window in config.settings.maintenance.items():
        path = ("settings", "maintenance", name)
        yield from _when(path, window)
        for index, word in enumerate(window.environments):
            at = (*path, "environments", index)
            yield from unknown(at, "environment", word, known, ("workspaces",), named=False)


def _when(path: Path, window: GlobalMaintenance) -> Iterator[Finding]:
    given = [key for key, field in _SAYS_WHEN.items() if getattr(window, field)]
    if len(given) != 1:
        reason = (
            "says one way when it is: from and to; days, at and for; or day_of_month, at and for"
        )
        yield Finding(path=path, reason=reason, at_key=True)
        return
    needed = _NEEDS[given[0]]
    for key, field in _FIELDS.items():
        value = getattr(window, field)
        if key in needed and value is None:
            yield Finding(path=path, reason=f"{given[0]} needs {key} as well", at_key=True)
        elif key not in needed and value is not None:
            reason = f"does not go with {given[0]}"
            yield Finding(path=(*path, key), reason=reason, at_key=True)
    yield from _in_order(path, window)


def _in_order(path: Path, window: GlobalMaintenance) -> Iterator[Finding]:
    if window.at == "24:00":
        reason = 'a window begins at a time of its day: "00:00" of the next one'
        yield Finding(path=(*path, "at"), reason=reason)
    if window.begins is None or window.ends is None:
        return
    lasts = datetime.fromisoformat(window.ends) - datetime.fromisoformat(window.begins)
    if lasts <= timedelta():
        yield Finding(path=(*path, "to"), reason="is not after from")
    elif lasts > timedelta(days=LONGEST_DAYS):
        reason = f"more than {LONGEST_DAYS} days after from: nothing is silent for so long"
        yield Finding(path=(*path, "to"), reason=reason)


def _names(scope: Scope, path: Path, window: Maintenance) -> Iterator[Finding]:
    workspace = scope.workspace
    checks = [
        f"{service}/{check}"
        for service, each in workspace.services.items()
        for check in each.checks
    ]
    for index, word in enumerate(window.environments):
        yield from scope.environment((*path, "environments", index), word)
    for key, what, known, about in (
        ("services", "service", workspace.services, "services"),
        ("databases", "database", workspace.databases, "databases"),
        ("checks", "check", checks, "services"),
        ("kpis", "KPI", workspace.kpis, "kpis"),
    ):
        for index, word in enumerate(getattr(window, key)):
            at, where = (*path, key, index), (*scope.at, about)
            yield from unknown(at, what, word, known, where, named=key != "checks")
