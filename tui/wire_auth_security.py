"""The source of auth security: a thorough look at one of the workspace's databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from providers.base import Area, Source, SourceSpec
from tui.late_source import LateSource
from tui.wire_databases import SYSTEM, database_options
from tui.wire_names import database_id
from tui.wire_place import Place

if TYPE_CHECKING:
    from providers.postgres.auth_options import (
        Administrators,
        AuthOptions,
        ElevatedActions,
        FailedSignIns,
        Relation,
    )
    from tui.config.model_auth_security import (
        AdministratorsTable,
        AuthSecuritySystem,
        ElevatedActionsTable,
        FailedSignInsTable,
    )

METRICS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (
        "failed_sign_ins_5m",
        "failed_sign_ins_5m_worst_ip",
        "failed_sign_ins_1h",
        "failed_sign_ins_5m_by_address",
        "suspicious_accounts",
        "sign_ins_1h",
        "elevated_actions_24h",
        "new_admins_24h",
        "admins",
        "auth_admin_actions_24h",
        "active_sessions",
        "sessions_begun_1h",
        "banned_users",
    )
}


def sources(place: Place[AuthSecuritySystem]) -> Iterator[Source]:
    """The one source; asks nobody."""
    setting = place.setting
    spec = place.spec(
        SYSTEM, Area.SECURITY, interval_s=setting.every_s, timeout_s=setting.timeout_s
    )
    yield LateSource(spec, "providers.postgres.auth_security", partial(_source, spec, place))


def _source(spec: SourceSpec, place: Place[AuthSecuritySystem]) -> Source:
    from providers.postgres.auth_security import auth_security_source

    workspace = place.config.workspaces[place.workspace]
    database = workspace.databases[place.setting.database]
    environment = place.setting.environment or next(iter(database.environments))
    return auth_security_source(
        spec,
        database_options(database, database.environments[environment], place.shared),
        _options(place.setting),
        place.clock,
        place.shared.turn(database_id(place.workspace, environment, place.setting.database)),
    )


def _options(setting: AuthSecuritySystem) -> AuthOptions:
    from providers.postgres.auth_options import AuthOptions

    return AuthOptions(
        schema=setting.schema_name,
        failed=_failed(setting.failed_sign_ins) if setting.failed_sign_ins else None,
        elevated=_elevated(setting.elevated) if setting.elevated else None,
        administrators=_administrators(setting.admins) if setting.admins else None,
        per_hour=setting.per_hour,
        addresses=setting.addresses,
        failed_per_address=setting.failed_per_address,
    )


def _relation(table: str) -> Relation:
    from providers.postgres.auth_options import Relation

    schema, _, name = table.partition(".")
    return Relation(schema=schema, name=name)


def _failed(given: FailedSignInsTable) -> FailedSignIns:
    from providers.postgres.auth_options import FailedSignIns

    return FailedSignIns(
        relation=_relation(given.table),
        at=given.at,
        ip=given.ip,
        account=given.account or "",
        only=next(iter(given.only.items()), None),
    )


def _elevated(given: ElevatedActionsTable) -> ElevatedActions:
    from providers.postgres.auth_options import ElevatedActions

    return ElevatedActions(
        relation=_relation(given.table),
        at=given.at,
        action=given.action,
        actor=given.actor,
        details=given.details or "",
        actions=given.actions,
    )


def _administrators(given: AdministratorsTable) -> Administrators:
    from providers.postgres.auth_options import Administrators

    return Administrators(
        relation=_relation(given.table),
        at=given.at,
        account=given.account,
        role=given.role,
        by=given.by or "",
        roles=given.roles,
    )
