"""Which users something can be done to, from a row of a board or from the command line."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from actions.database.transactions import Transactions
from actions.families import Card, Choice, Offer, Parameter, ParameterKind, Row
from actions.people.access import EnableUser, RevokeAccess, RevokeSessions, SuspendUser
from actions.people.password import ResetPassword
from actions.people.person import find, user_target
from actions.people.recovery import RecoveryLink
from actions.people.roles import BACK_TO, GrantAdmin, RevokeAdmin
from actions.people.settings import Communities, Community
from actions.people.spans import span_words
from actions.people.taking import FOR, UNTIL
from actions.plan import Danger, Target
from actions.user_rows import ADMINS, SUSPENDED, user_of
from actions.verbs import Unplannable, Verb
from monitor.snapshot import WorkspaceView
from providers.clock import Clock
from providers.system_readings import Record
from providers.text import Foreign

_GROUP: Final = "Users"
_WORDS: Final = "WORKSPACE/ENVIRONMENT/USER, the user by id or address"


class PeopleFamily:
    """Everything that can be done to a user.

    Args:
        communities: Where users are.
        clock: The time.
        operator: Who sits here.
        folder: Where a password that was reset is kept; None: that is not offered.
    """

    def __init__(
        self, communities: Communities, clock: Clock, operator: str, folder: Path | None = None
    ) -> None:
        self._communities = communities
        all_ = tuple(communities.all.values())
        made = Transactions()
        rest = (communities, made, clock, operator)
        found: list[tuple[Card, Verb]] = [
            (_revoke_sessions_card(), RevokeSessions(*rest)),
            (_suspend_card(all_), SuspendUser(*rest)),
            (_card("enable-user", "Let a suspended user in again"), EnableUser(*rest)),
            (_revoke_card(), RevokeAccess(*rest)),
        ]
        if any(one.roles is not None for one in all_):
            found.append((_grant_card(all_), GrantAdmin(*rest)))
            found.append((_ungrant_card(), RevokeAdmin(*rest)))
        if any(one.auth is not None for one in all_):
            found.append(
                (_card("recovery-link", "Send a recovery link"), RecoveryLink(communities, clock))
            )
        if folder is not None and any(one.direct_password for one in all_):
            found.append((_reset_card(), ResetPassword(*rest, folder)))
        self._made = tuple(found) if all_ else ()

    @property
    def verbs(self) -> Sequence[Verb]:
        """As `Family.verbs`."""
        return tuple(verb for _, verb in self._made)

    @property
    def cards(self) -> Sequence[Card]:
        """As `Family.cards`."""
        return tuple(card for card, _ in self._made)

    def offers(self, pane: WorkspaceView, row: Row) -> Iterator[Offer]:
        """As `Family.offers`."""
        id_ = user_of(row)
        if row.record is None or row.source is None or not id_:
            return
        community = self._communities.of_board(str(row.source))
        if community is None or community.ground.workspace != pane.spec.name:
            return
        target = user_target(community, id_, _name_of(row.record, id_))
        for card in self.cards:
            refused = _refused(card.name, row.section, community)
            if refused is not None:
                yield Offer(card=card, target=target, refused=refused)

    async def target(self, verb: str, words: str) -> Target:
        """As `Family.target`."""
        del verb
        workspace, _, rest = words.partition("/")
        environment, _, user = rest.partition("/")
        if not user:
            raise Unplannable(f"no user: it is written {_WORDS}")
        return await find(self._communities.of(f"{workspace}/{environment}"), user)


def _refused(verb: str, section: str, community: Community) -> str | None:
    """Why not, as far as the row tells; None: it is not even listed."""
    if verb == "enable-user":
        return "" if section in SUSPENDED else None
    if verb == "suspend-user" and section in SUSPENDED:
        return "suspended already"
    if verb == "revoke-admin":
        return "" if section in ADMINS and community.roles is not None else None
    if verb == "grant-admin":
        return None if community.roles is None or section in ADMINS else ""
    if verb == "recovery-link" and community.auth is None:
        return None
    if verb == "reset-password" and not community.direct_password:
        return None
    return ""


def _name_of(record: Record, id_: str) -> Foreign:
    """As the board shows them, masked; by id where it shows no more."""
    title = record.title.line(80)
    return Foreign(title if "@" in title else f"user {id_[:8]}")


def _card(name: str, title: str, key: str = "", parameters: Sequence[Parameter] = ()) -> Card:
    return Card(
        name=name,
        title=title,
        key=key,
        group=_GROUP,
        danger=Danger.CHANGE,
        parameters=tuple(parameters),
        target_words=_WORDS,
    )


def _spans(title: str, seconds: Sequence[float]) -> Parameter:
    choices = tuple(Choice(value=span_words(each)) for each in dict.fromkeys(seconds))
    return Parameter(
        name=FOR,
        title=title,
        kind=ParameterKind.CHOICE,
        choices=choices,
        default=choices[0].value,
        hint="from one minute to ten years, such as 12h or 7d",
        longest=20,
    )


def _until() -> Parameter:
    return Parameter(
        name=UNTIL,
        title="until, instead",
        hint="a time with its zone: 2026-11-29T03:00:00+00:00",
        longest=40,
    )


def _suspend_card(all_: Sequence[Community]) -> Card:
    seconds = [each for one in all_ for each in one.suspend_for_s] or [604_800.0]
    return _card("suspend-user", "Suspend", parameters=(_spans("for", seconds), _until()))


def _revoke_sessions_card() -> Card:
    return replace(_card("revoke-sessions", "Revoke all sessions", key="V"), sought="address or id")


def _revoke_card() -> Card:
    spans = _spans("suspend for", (RevokeAccess.usual_s, 604_800.0, 31_536_000.0))
    return _card("revoke-access", "Revoke all access (compromised)", parameters=(spans, _until()))


def _reset_card() -> Card:
    return replace(_card("reset-password", "Reset the password by SQL"), danger=Danger.FINAL)


def _grant_card(all_: Sequence[Community]) -> Card:
    seconds = [each for one in all_ for each in one.admin_for_s] or [3_600.0]
    return _card(
        "grant-admin", "Make administrator, for a while", parameters=(_spans("for", seconds),)
    )


def _ungrant_card() -> Card:
    role = Parameter(name=BACK_TO, title="role afterwards", hint="left out: that of everybody else")
    return _card("revoke-admin", "Revoke the administrator role", parameters=(role,))
