"""Whose Resend key is in use and what it could do."""

from providers.accounts import AccountView
from providers.http import Api
from providers.resend_mapping import domain_of
from providers.resend_pages import shown
from providers.resend_values import SYSTEM
from providers.text import Foreign


async def describe(api: Api) -> AccountView:
    """The domains the key reaches, for `doctor`; a key that may only send is refused by Resend.

    Raises:
        ProviderError: Resend did not say.
    """
    domains = await shown(api, "/domains", domain_of, "domain")
    names = ", ".join(each.name.line(60) for each in domains.items[:3])
    return AccountView(
        system=SYSTEM,
        name=Foreign(f"the team of {names}" if names else "a team without a domain"),
        scopes=("full access",),
        budget=api.budget,
        warnings=(
            "Resend has no read-only key: this one may send e-mail in your name and remove "
            "domains; make one of its own for the dashboard and revoke it when that goes",
        ),
    )
