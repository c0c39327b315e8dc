"""The source of business numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source, SourceSpec
from tui.wire_databases import database_options
from tui.wire_names import database_id
from tui.wire_place import Place

if TYPE_CHECKING:
    import asyncio

    from providers.business import BusinessOptions
    from providers.http import Api
    from providers.postgres.options import DatabaseOptions
    from tui.config.model_business import BusinessSystem
    from tui.config.model_system import SystemSetting
    from tui.config.model_workspace import Workspace

METRICS: Final[Mapping[str, tuple[str, ...]]] = {"": ()}
_SYSTEM: Final = "Business"
_TIMEOUT_S: Final = 30.0
_UNSEEN_TIMES: Final = 2.0


def metrics(setting: SystemSetting, _workspace: Workspace) -> Mapping[str, tuple[str, ...]]:
    """Three numbers for each that is configured."""
    names: Mapping[str, object] = getattr(setting, "numbers", {})
    endings = ("", "_last_week", "_change_percent")
    return {"": tuple(f"{name}{ending}" for name in names for ending in endings)}


def sources(place: Place[BusinessSystem]) -> Iterator[Source]:
    """The one source; asks nobody."""
    setting = place.setting
    spec = place.spec(
        _SYSTEM,
        Area.BUSINESS,
        interval_s=setting.every_s,
        timeout_s=_TIMEOUT_S,
        unseen_interval_s=setting.every_s * _UNSEEN_TIMES,
    )
    yield place.late(spec, "providers.business", _source)


def _source(place: Place[BusinessSystem], spec: SourceSpec) -> Source:
    from providers.business import BusinessSource

    return BusinessSource(spec, _options(place, spec.title), _endpoint(place), place.clock)


def _options(place: Place[BusinessSystem], title: str) -> BusinessOptions:
    from providers.business import BusinessOptions, ListOptions, NumberOptions

    setting = place.setting
    numbers = tuple(
        NumberOptions(
            name=name,
            title=each.title,
            unit=each.unit,
            sql=each.sql or "",
            path=each.path or "",
            last_week_path=each.last_week_path or "",
            window_s=each.window_s,
            scale=each.scale,
        )
        for name, each in setting.numbers.items()
    )
    lists = tuple(
        ListOptions(key=key, title=each.title, sql=each.sql) for key, each in setting.lists.items()
    )
    database, turn = _reached(place) or (None, None)
    return BusinessOptions(title=title, numbers=numbers, lists=lists, database=database, turn=turn)


def _reached(place: Place[BusinessSystem]) -> tuple[DatabaseOptions, asyncio.Lock] | None:
    """The wall's own database, and whose turn it is to open another connection to it."""
    setting = place.setting
    if setting.database is None or setting.environment is None:
        return None
    database = place.config.workspaces[place.workspace].databases[setting.database]
    there = database.environments[setting.environment]
    name = database_id(place.workspace, setting.environment, setting.database)
    return database_options(database, there, place.shared), place.shared.turn(name)


def _endpoint(place: Place[BusinessSystem]) -> Api | None:
    from providers.http import Api

    given = place.setting.endpoint
    if given is None:
        return None
    return Api(
        system=place.setting.title or "Business",
        base_url=given.url,
        clock=place.clock,
        secret=place.secret(given.secret) if given.secret else None,
        scheme=given.secret_prefix.strip(),
        secret_header=given.secret_header,
        deadline_s=given.timeout_s,
    )
