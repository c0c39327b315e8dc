"""Sending a user the link by which they choose another password; nobody here sees it.

The auth server writes the mail itself (`POST /recover`), so the link never passes through this
program. Its admin call `generate_link` would hand it over instead: it is not used.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from actions.guard_values import Precondition
from actions.people.person import user_id, veiled
from actions.people.settings import Communities, Community
from actions.plan import Change, Danger, HttpStep, Plan, Target
from actions.preconditions import Checked
from actions.verbs import Pinned, Sent, Settled, State, UndoneAsPlanned, Unplannable
from providers.clock import Clock, Moment
from providers.errors import Refused
from providers.fields import Fields
from providers.http import Api
from providers.supabase_auth_users import SYSTEM, AuthUser, user_of
from providers.text import Foreign
from providers.vendor import segment

_NEVER: Final = "never"
_READ: Final = "read user"


class RecoveryLink(UndoneAsPlanned):
    """Has the auth server mail a recovery link.

    Args:
        communities: Where users are.
        clock: The time.
    """

    name = "recovery-link"
    settle_s = 30.0

    def __init__(self, communities: Communities, clock: Clock) -> None:
        self._communities = communities
        self._clock = clock

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """As `Verb.plan`; reads, and changes nothing."""
        del parameters
        community, api = self._of(target)
        user, sent_at = await _read(api, target)
        return _planned(community, target, user, sent_at)

    async def pin(self, plan: Plan) -> Pinned:
        """As `Verb.pin`."""
        community, api = self._of(plan.target)
        user, sent_at = await _read(api, plan.target)
        again = _planned(community, plan.target, user, sent_at)
        return Pinned(plan=again, preconditions=tuple(_checked(user, self._clock.now())))

    async def send(self, plan: Plan, key: str) -> Sent:
        """As `Verb.send`: the address is read at this moment, by the user's id."""
        del key
        _, api = self._of(plan.target)
        user, _ = await _read(api, plan.target)
        if veiled(user.email).text != plan.pinned["address"]:
            reason = "the address is not any more what was shown: nothing was sent"
            raise Refused(SYSTEM, "send recovery link", reason)
        answer = await api.change(
            "send recovery link", "POST", "/recover", json={"email": user.email.text}
        )
        return Sent(words=f"{answer.status} accepted")

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """As `Verb.settled`: whether the auth server says that it sent one since."""
        _, api = self._of(plan.target)
        _, sent_at = await _read(api, plan.target)
        if sent_at != plan.pinned["sent"]:
            return Settled(state=State.DONE, words=f"a link was sent at {_words(sent_at)}")
        if sent is not None:
            return Settled(state=State.PENDING, words="taken; the server notes no link so far")
        return Settled(state=State.PENDING, words="the server notes no link so far")

    def _of(self, target: Target) -> tuple[Community, Api]:
        community = self._communities.of_target(target)
        if community.auth is None:
            raise Unplannable(
                f"no auth server is configured for {target.place}: systems.supabase_auth"
            )
        return community, community.auth


async def _read(api: Api, target: Target) -> tuple[AuthUser, str]:
    """The user, and when a link was last sent to them."""
    wanted = user_id(target.identity)
    answer = await api.get(_READ, f"/admin/users/{segment(wanted)}")
    fields = Fields(answer.value, SYSTEM, _READ)
    user, sent_at = user_of(fields), fields.optional_moment_iso("recovery_sent_at")
    if user.id != wanted:
        raise Unplannable("the auth server told of another user than the one asked for")
    if not user.email:
        raise Unplannable("this user has no address to send a link to")
    return user, _NEVER if sent_at is None else sent_at.isoformat()


def _checked(user: AuthUser, at: Moment) -> Iterator[Precondition]:
    checks = Checked(at=at)
    deleted = "the account was deleted" if user.deleted else ""
    yield checks.unless("exists", deleted, "the user exists")
    banned = "suspended: a link does not let them in" if user.banned(at.at) else ""
    yield checks.unless("suspended", banned, "not suspended")
    sso = "signs in by single sign-on: there is no password here" if user.sso else ""
    yield checks.unless("sso", sso, "signs in with a password")


def _words(sent_at: str) -> str:
    return f"{sent_at[:19].replace('T', ' ')}Z" if "T" in sent_at else sent_at


def _planned(community: Community, target: Target, user: AuthUser, sent_at: str) -> Plan:
    address = veiled(user.email)
    return Plan(
        verb=RecoveryLink.name,
        title=f"Send a recovery link to {address.line(80)}",
        target=target,
        steps=(
            HttpStep(
                title="have the auth server mail it",
                method="POST",
                url=f"{community.auth_url}/recover",
                body=f'{{"email": "{address.line(80)}"}}',
            ),
        ),
        changes=(
            Change(
                field="last recovery link",
                before=Foreign(sent_at if sent_at == _NEVER else _words(sent_at)),
                after=Foreign("now"),
            ),
        ),
        pins=(("address", address.text), ("sent", sent_at)),
        side_effects=(
            "the user gets a mail with a link; an earlier link stops working",
            "their password and sessions stay until they use it",
            "the link is seen by nobody here, and is in no log of ours",
        ),
        no_undo="a mail does not come back; an unused link ends by itself",
        needs=("a key of the auth server",),
        danger=Danger.CHANGE,
        sources=(community.ground.source,),
        takes_s=2.0,
        cool_down_s=60.0,
        look_at=f"Supabase, Authentication, Users, id {user.id}",
    )
