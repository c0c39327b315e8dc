"""From the configuration to the windows of maintenance. Reads time zones, else pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from monitor.maintenance import Covered, Once, Recurring, Window, local
from tui.wire_response import zone

if TYPE_CHECKING:
    from tui.config.model import Config, Workspace
    from tui.config.model_maintenance import GlobalMaintenance

_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LAST: Final = -1


def maintenance(config: Config, name: str) -> tuple[Window, ...]:
    """The windows of a workspace, with those of all."""
    return tuple(_windows(config, config.workspaces[name]))


def _windows(config: Config, workspace: Workspace) -> Iterator[Window]:
    for key, window in config.settings.maintenance.items():
        about = Covered(environments=frozenset(window.environments))
        # Environments of other workspaces: nothing of it is here.
        if not window.environments or about.environments & workspace.environments.keys():
            yield _window(f"settings/{key}", window, about)
    for key, given in workspace.maintenance.items():
        about = Covered(
            names=frozenset((*given.services, *given.databases)),
            checks=frozenset(given.checks),
            kpis=frozenset(given.kpis),
            environments=frozenset(given.environments),
        )
        yield _window(key, given, about)


def _window(key: str, given: GlobalMaintenance, about: Covered) -> Window:
    return Window(
        key=key,
        title=given.title,
        when=_when(given),
        about=about,
        counts_for_uptime=given.counts_for_uptime,
    )


def _when(given: GlobalMaintenance) -> Once | Recurring:
    whose = zone(given.time_zone)
    if given.begins is not None and given.ends is not None:
        return Once(
            begins=local(datetime.fromisoformat(given.begins), whose),
            ends=local(datetime.fromisoformat(given.ends), whose, end=True),
        )
    day = _LAST if given.day_of_month == "last" else given.day_of_month
    return Recurring(
        at=time.fromisoformat(given.at or "00:00"),
        lasts=timedelta(seconds=given.lasts_s or 0),
        days=frozenset(_WEEKDAYS.index(one) for one in given.days),
        day_of_month=day,
        zone=whose,
    )
