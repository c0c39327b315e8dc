"""The verbs on the product's users, where `actions.people` names the database they are in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from actions.database.audit_row import ProductAudit
from actions.people.family import PeopleFamily
from actions.people.settings import Communities, Community, ProductRoles
from providers.postgres.auth_options import Relation
from tui.config.paths import audit_file
from tui.wire_actions import author
from tui.wire_names import system_id
from tui.wire_verbs_database import grounds

if TYPE_CHECKING:
    from actions.database.ground import Ground
    from actions.families import Family
    from providers.clock import Clock
    from providers.http import Api
    from tui.config.model import Config, Workspace
    from tui.config.model_actions_people import PeopleActions
    from tui.wire_clients import Clients


def families(
    config: Config, apis: Mapping[str, Api], shared: Clients, clock: Clock
) -> list[Family]:
    """One family; none where no users are configured."""
    communities = Communities(_communities(config, apis, shared))
    if not communities.all:
        return []
    kept = audit_file().parent / "one-time"
    return [PeopleFamily(communities, clock, author(config).operator, kept)]


def _communities(config: Config, apis: Mapping[str, Api], shared: Clients) -> Iterator[Community]:
    for ground in grounds(config, shared).all.values():
        workspace = config.workspaces[ground.workspace]
        people = workspace.actions.people
        if people is not None and people.database == ground.database:
            yield _community(config, apis, workspace, ground, people)


def _community(
    config: Config,
    apis: Mapping[str, Api],
    workspace: Workspace,
    ground: Ground,
    people: PeopleActions,
) -> Community:
    account = _auth_account(workspace, ground.environment)
    return Community(
        ground=ground,
        schema=people.schema_name,
        audit=_audit(people),
        roles=_roles(people),
        access_token_s=people.access_token_s,
        suspend_for_s=people.suspend_for,
        admin_for_s=people.admin_for,
        direct_password=people.allow_direct_password_reset,
        auth=apis[account] if account else None,
        auth_url=config.accounts[account].url if account else "",
        boards=tuple(_boards(workspace, ground)),
    )


def _auth_account(workspace: Workspace, environment: str) -> str:
    """The account of the auth server of an environment; empty: none is configured."""
    for setting in workspace.systems.supabase_auth.values():
        if setting.environment in {environment, None}:
            return setting.account
    return ""


def _boards(workspace: Workspace, ground: Ground) -> Iterator[str]:
    """The sources that list users of this environment."""
    only = len(workspace.environments) == 1
    for kind in ("auth_security", "supabase_auth"):
        for name, setting in getattr(workspace.systems, kind).items():
            if setting.environment == ground.environment or (only and not setting.environment):
                yield str(system_id(ground.workspace, setting.environment, kind, name))


def _relation(table: str) -> Relation:
    schema, _, name = table.partition(".")
    return Relation(schema=schema, name=name)


def _audit(people: PeopleActions) -> ProductAudit | None:
    given = people.audit
    if given is None:
        return None
    return ProductAudit(
        relation=_relation(given.table),
        at=given.at,
        action=given.action,
        actor=given.actor or "",
        details=given.details or "",
        operators=people.operators,
    )


def _roles(people: PeopleActions) -> ProductRoles | None:
    given = people.roles
    if given is None:
        return None
    return ProductRoles(
        relation=_relation(given.table),
        account=given.account,
        role=given.role,
        at=given.at or "",
        by=given.by or "",
        admin=given.admin,
        ordinary=given.ordinary,
        marker=given.marker,
    )
