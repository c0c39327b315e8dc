"""Which organisations a Sentry token opens, and how wide it is."""

from typing import Final

from providers.accounts import AccountView
from providers.errors import BadAnswer
from providers.fields import Fields
from providers.http import Api
from providers.sentry_counts import SYSTEM
from providers.text import Foreign
from providers.vendor import entries, sort_out

READING: Final = frozenset(
    {"org:read", "project:read", "event:read", "project:releases", "alerts:read", "team:read"}
)
"""What a dashboard needs and what comes with it. `event:write` is for resolving issues, and
without actions too wide."""

_MOST_NAMED: Final = 8


async def describe(api: Api) -> AccountView:
    """Which organisations it opens and with what access, for `doctor`.

    Raises:
        ProviderError: Sentry did not say.
    """
    operation = "list organisations"
    answer = await api.get(operation, "/api/0/organizations/")
    found = sort_out(entries(answer.value, "", SYSTEM, operation), _organization, "organisation")
    organizations = found.readable()
    if not organizations:
        raise BadAnswer(
            SYSTEM,
            operation,
            "this token opens no organisation here",
            advice="check its scopes (org:read), and the region: https://de.sentry.io for the EU",
        )
    names = ", ".join(name for name, _ in organizations[:3])
    # A token of an organisation has no access list of its own in some answers.
    scopes = tuple(sorted({scope for _, access in organizations for scope in access}))
    return AccountView(
        system=SYSTEM,
        name=Foreign(names),
        scopes=scopes or ("Sentry does not list them",),
        budget=api.budget,
        warnings=tuple(_warnings(len(organizations), scopes)),
    )


def _organization(item: Fields) -> tuple[str, tuple[str, ...]]:
    return item.text("slug").line(80), item.words("access")


def _warnings(organizations: int, scopes: tuple[str, ...]) -> list[str]:
    said = []
    if organizations > 1:
        said.append(
            f"the token opens {organizations} organisations: "
            "use an internal integration of the one that is watched"
        )
    wide = [scope for scope in scopes if scope not in READING]
    if wide:
        more = ", …" if len(wide) > _MOST_NAMED else ""
        said.append(
            f"the token may also {', '.join(wide[:_MOST_NAMED])}{more}: "
            "an internal integration with org, project and event: read is enough"
        )
    return said
