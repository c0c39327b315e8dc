"""Whose Render key is in use and what it may do."""

from providers.accounts import AccountView
from providers.fields import Fields
from providers.http import Api
from providers.render import SYSTEM


async def describe(api: Api) -> AccountView:
    """Whose key it is and what it may do, for `doctor`.

    Raises:
        ProviderError: Render did not say.
    """
    operation = "read user"
    user = Fields((await api.get(operation, "/users")).value, SYSTEM, operation)
    return AccountView(
        system=SYSTEM,
        name=user.text("email"),
        scopes=("every workspace of its owner",),
        budget=api.budget,
        warnings=(
            "Render has no read-only key: give the dashboard a user of its own "
            "with the smallest role that works",
        ),
    )
