"""Whose PagerDuty key is in use and what it may do."""

from typing import Final

from providers.accounts import AccountView
from providers.errors import BadAnswer
from providers.fields import Fields
from providers.http import Answer, Api
from providers.pagerduty import HEADERS, SYSTEM
from providers.text import Foreign

READ_ONLY_ROLES: Final = frozenset({"observer", "read_only_user", "read_only_limited_user"})


async def describe(api: Api) -> AccountView:
    """Whose key it is and what it may do, for `doctor`.

    A key of the account has no user: PagerDuty answers 400 then, and whether the key is read-only
    it tells nobody.

    Raises:
        ProviderError: PagerDuty did not say.
    """
    me = await _me(api)
    if me is None:
        return await _account_key(api)
    user = Fields(me.value, SYSTEM, "read user").fields("user")
    role = user.word("role", "unknown")
    warnings = []
    if role not in READ_ONLY_ROLES:
        warnings.append(
            f"this key may do all that its owner ({role}) may: make a read-only key of the "
            "account (Integrations, API Access Keys, Read-only)"
        )
    return AccountView(
        system=SYSTEM,
        name=user.optional_text("summary") or user.text("name"),
        scopes=(f"a person's, role {role}",),
        budget=api.budget,
        warnings=tuple(warnings),
    )


async def _me(api: Api) -> Answer | None:
    try:
        return await api.get("read user", "/users/me", headers=HEADERS)
    except BadAnswer as error:
        if "(HTTP 400)" not in error.reason:
            raise
        return None


async def _account_key(api: Api) -> AccountView:
    operation = "list abilities"
    answer = await api.get(operation, "/abilities", headers=HEADERS)
    abilities = Fields(answer.value, SYSTEM, operation)
    if "abilities" not in abilities:
        raise BadAnswer(SYSTEM, operation, "$.abilities: missing")
    return AccountView(
        system=SYSTEM,
        name=Foreign("a key of the account"),
        scopes=("the whole account; PagerDuty does not tell whether read-only",),
        budget=api.budget,
    )
