"""Whose Vercel token is in use and what it may do."""

from providers.accounts import AccountView
from providers.fields import Fields
from providers.http import Api
from providers.vercel import SYSTEM


async def describe(api: Api) -> AccountView:
    """Whose token it is and what it may do, for `doctor`.

    Raises:
        ProviderError: Vercel did not say.
    """
    operation = "read user"
    answer = await api.get(operation, "/v2/user")
    user = Fields(answer.value, SYSTEM, operation).fields("user")
    limited = user.optional_flag("limited") or False
    warnings = ["Vercel has no read-only token: it may do all that its owner may"]
    if not limited:
        warnings.append("the token is not limited to one team: make one that is")
    return AccountView(
        system=SYSTEM,
        name=user.text("username"),
        scopes=("one team",) if limited else ("every team of its owner",),
        budget=api.budget,
        warnings=tuple(warnings),
    )
