"""Whose Slack token is in use and what it may do."""

from collections.abc import Iterator

from providers.accounts import AccountView
from providers.http import Api
from providers.slack_call import SYSTEM, ask
from providers.slack_mapping import Identity, identity_of, lacking, too_wide
from providers.text import Foreign


async def describe(api: Api) -> AccountView:
    """Whose token it is and what it may do, for `doctor`.

    Raises:
        ProviderError: Slack did not say.
    """
    fields, answer = await ask(api, "check token", "auth.test")
    identity = identity_of(fields, answer.headers.get("x-oauth-scopes"))
    return AccountView(
        system=SYSTEM,
        name=Foreign(f"{identity.user.line(80)} in {identity.team.line(80)}"),
        scopes=("Slack did not list them",) if identity.scopes is None else identity.scopes,
        budget=api.budget,
        warnings=tuple(_warnings(identity)),
    )


def _warnings(identity: Identity) -> Iterator[str]:
    if not identity.bot:
        yield "this is a person's token, and reads what that person may: use a bot token (xoxb-…)"
    scopes = identity.scopes or ()
    wide = too_wide(scopes)
    if wide:
        more = ", …" if len(wide) > 8 else ""
        yield (
            f"the token may also {', '.join(wide[:8])}{more}: take that away under "
            "OAuth & Permissions and install the app anew"
        )
    if identity.scopes is not None and (absent := lacking(scopes)):
        yield f"the token lacks {', '.join(absent)}: some of the channel stays unread"
