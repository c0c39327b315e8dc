"""What a secret key of a Supabase project opens."""

from typing import Final

from providers.accounts import AccountView
from providers.http import Api
from providers.supabase_auth import server_of
from providers.supabase_auth_users import SYSTEM
from providers.text import Foreign

_TOO_WIDE: Final = (
    "a secret key may do everything to every user and reads every row, past row security: keep it "
    "off machines that many use, and leave this system out where the database's own pane will do"
)


async def describe(api: Api) -> AccountView:
    """Whether the key is taken, for `doctor`.

    Raises:
        ProviderError: The auth server did not take it.
    """
    server = await server_of(api)
    await api.get("list users", "/admin/users", params=[("page", "1"), ("per_page", "1")])
    return AccountView(
        system=SYSTEM,
        name=Foreign(f"{server.name} {server.version}".strip()),
        scopes=("all users, all rows",),
        budget=api.budget,
        warnings=(_TOO_WIDE,),
    )
