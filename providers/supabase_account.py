"""Whose Supabase token is in use and what it may do."""

from typing import Final

from providers.accounts import AccountView
from providers.errors import NotFound, Unauthorized
from providers.fields import Fields
from providers.http import Api
from providers.supabase_parts import SYSTEM
from providers.text import Foreign
from providers.vendor import entries, sort_out

NEEDED: Final = (
    "projects_read, project_admin_read, advisors_read, analytics_logs_read, analytics_usage_read, "
    "backups_read, infra_disk_config_read, infra_add_ons_read, database_pooling_config_read, "
    "database_config_read, database_readonly_config_read"
)
"""The fine-grained permissions that a dashboard reads with."""


async def describe(api: Api) -> AccountView:
    """Whose projects the token sees, and whether it sees more than it should, for `doctor`.

    Supabase tells nobody what a token may do. But a token of the old kind may do all that its
    owner may, and so reads the list of organisations, for which a dashboard needs no permission.

    Raises:
        ProviderError: Supabase did not say.
    """
    operation = "list projects"
    answer = await api.get(operation, "/v1/projects")
    found = sort_out(entries(answer.value, "", SYSTEM, operation), _organization, "project")
    seen = found.readable()
    organizations = sorted(set(seen))
    wide = await _reads_organizations(api)
    return AccountView(
        system=SYSTEM,
        name=Foreign(", ".join(organizations)[:200] or "no project"),
        scopes=(f"projects seen: {len(seen)}, organisations: {len(organizations)}",),
        budget=api.budget,
        warnings=tuple(_warnings(wide=wide, organizations=len(organizations))),
    )


def _organization(fields: Fields) -> str:
    return fields.word("organization_slug")


async def _reads_organizations(api: Api) -> bool:
    try:
        await api.get("list organisations", "/v1/organizations")
    except (Unauthorized, NotFound):
        return False
    return True


def _warnings(*, wide: bool, organizations: int) -> list[str]:
    found = []
    if wide:
        found.append(
            "it lists organisations, so it is a token of the old kind that may do all that its "
            f"owner may, or has more permissions than it needs: make one with {NEEDED}"
        )
    if organizations > 1:
        found.append("it reaches more than one organisation: limit it to the projects watched here")
    return found
