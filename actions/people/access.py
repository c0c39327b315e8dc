"""Taking access away and giving it back: sessions, suspension, both at once."""

from collections.abc import Iterator, Mapping

from actions.database.deeds import Deed
from actions.guard_values import Precondition
from actions.people.base import PersonVerb, Shape, Task
from actions.people.person import Person
from actions.people.settings import Community
from actions.people.taking import (
    BAN,
    DELETE,
    NEVER,
    UNTIL,
    ban,
    ban_pin,
    effects,
    end_sessions,
    giving_back,
    hold,
    judged_ban,
    lasting,
    lasting_words,
    session_changes,
    session_pins,
    suspended_words,
    suspension,
)
from actions.plan import Plan, Target, Undo
from actions.preconditions import Checked
from actions.verbs import Settled, State, Unplannable
from monitor.words import noun
from providers.clock import Moment


class RevokeSessions(PersonVerb):
    """Ends all sessions of a user, who can sign in again at once."""

    name = "revoke-sessions"
    action = "sessions_revoked"
    rights = DELETE

    def shape(
        self, community: Community, person: Person, target: Target, given: Mapping[str, str]
    ) -> Shape:
        """As `PersonVerb.shape`."""
        del given
        if not person.sessions and not person.loose_tokens:
            raise Unplannable(f"{person.name.line(80)} has no session: there is nothing to revoke")
        return Shape(
            title=f"Revoke the sessions of {target.name.line(60)}",
            pins=session_pins(person),
            changes=session_changes(person),
            effects=effects(person, self._clock.now()),
            side_effects=(
                "they are signed out everywhere, and can sign in again at once",
                "second factors stay as they are",
            ),
            no_undo="a session does not come back; they sign in again",
            counts_down_s=community.access_token_s,
        )

    def deeds(self, task: Task) -> Iterator[Deed]:
        """As `PersonVerb.deeds`."""
        yield from end_sessions(task)

    def facts(self, task: Task) -> Mapping[str, str]:
        """As `PersonVerb.facts`."""
        return {"sessions": task.pins["sessions"]}

    def words(self, plan: Plan, person: Person) -> str:
        """As `PersonVerb.words`."""
        ended = f"{_sessions(plan.pinned['sessions'])} revoked"
        return ended if not person.sessions else f"{ended}; {person.sessions} begun since"

    def judged(self, plan: Plan, person: Person) -> Settled:
        """As `PersonVerb.judged`."""
        before = int(plan.pinned["sessions"]) + int(plan.pinned["loose_tokens"])
        now = person.sessions + person.loose_tokens
        if not now:
            return Settled(state=State.DONE, words="there is no session any more")
        if now == before:
            return Settled(state=State.FAILED, words=f"all {now} are still there")
        return Settled(state=State.UNKNOWN, words=f"{now} of {before} are there now")


class SuspendUser(PersonVerb):
    """Keeps a user from signing in for a while; sessions stay until they have to be renewed."""

    name = "suspend-user"
    action = "account_suspended"
    rights = (BAN,)

    def shape(
        self, community: Community, person: Person, target: Target, given: Mapping[str, str]
    ) -> Shape:
        """As `PersonVerb.shape`."""
        parameters = lasting(given, community.suspend_for_s[0])
        return Shape(
            title=f"Suspend {target.name.line(60)}",
            parameters=parameters,
            pins=(ban_pin(person),),
            changes=(suspension(person, f"suspended {lasting_words(parameters)}"),),
            effects=effects(person, self._clock.now()),
            side_effects=_left_open(person.sessions),
            undo=giving_back(person, target),
            counts_down_s=community.access_token_s if person.sessions else 0.0,
        )

    def deeds(self, task: Task) -> Iterator[Deed]:
        """As `PersonVerb.deeds`."""
        yield ban(task)

    def facts(self, task: Task) -> Mapping[str, str]:
        """As `PersonVerb.facts`."""
        return dict(task.given)

    def own_preconditions(
        self, community: Community, person: Person, at: Moment
    ) -> Iterator[Precondition]:
        """As `PersonVerb.own_preconditions`."""
        del community
        if person.banned:
            words = f"already {suspended_words(person.banned_until)}"
            yield Checked(at=at).warns("suspended", words)

    def words(self, plan: Plan, person: Person) -> str:
        """As `PersonVerb.words`."""
        del plan
        return suspended_words(person.banned_until)

    def judged(self, plan: Plan, person: Person) -> Settled:
        """As `PersonVerb.judged`."""
        return judged_ban(plan, person, wanted=True)


class EnableUser(PersonVerb):
    """Lets a suspended user sign in again."""

    name = "enable-user"
    action = "account_enabled"
    rights = (BAN,)

    def shape(
        self, community: Community, person: Person, target: Target, given: Mapping[str, str]
    ) -> Shape:
        """As `PersonVerb.shape`."""
        del given, community
        if not person.banned:
            raise Unplannable(f"{person.name.line(80)} is not suspended")
        again = Undo(
            verb="suspend-user",
            target=target,
            parameters=((UNTIL, person.banned_until),),
            words=f"{suspended_words(person.banned_until)} again",
        )
        return Shape(
            title=f"Enable {target.name.line(60)}",
            pins=(ban_pin(person),),
            changes=(suspension(person, NEVER),),
            side_effects=("they can sign in again; ended sessions do not come back",),
            undo=again,
        )

    def deeds(self, task: Task) -> Iterator[Deed]:
        """As `PersonVerb.deeds`."""
        yield ban(task)

    def words(self, plan: Plan, person: Person) -> str:
        """As `PersonVerb.words`."""
        del plan
        return suspended_words(person.banned_until if person.banned else "")

    def judged(self, plan: Plan, person: Person) -> Settled:
        """As `PersonVerb.judged`."""
        return judged_ban(plan, person, wanted=False)


class RevokeAccess(PersonVerb):
    """Of a compromised account: suspended, sessions ended, audit row; all of it or nothing."""

    name = "revoke-access"
    action = "account_suspended_security"
    rights = (BAN, *DELETE)
    usual_s = 2_592_000.0
    """30 days (A:483-502)."""

    def shape(
        self, community: Community, person: Person, target: Target, given: Mapping[str, str]
    ) -> Shape:
        """As `PersonVerb.shape`."""
        parameters = lasting(given, self.usual_s)
        return Shape(
            title=f"Revoke all access of {target.name.line(60)}",
            parameters=parameters,
            pins=(ban_pin(person), *session_pins(person)),
            changes=(
                suspension(person, f"suspended {lasting_words(parameters)}"),
                *session_changes(person),
            ),
            effects=effects(person, self._clock.now()),
            side_effects=(
                "they are signed out everywhere and can not sign in",
                "second factors and password stay as they are: change them before enabling",
                "undone is the suspension alone: sessions do not come back",
            ),
            undo=giving_back(person, target),
            counts_down_s=community.access_token_s,
        )

    def deeds(self, task: Task) -> Iterator[Deed]:
        """As `PersonVerb.deeds`."""
        yield hold(task)
        yield ban(task)
        yield from end_sessions(task)

    def facts(self, task: Task) -> Mapping[str, str]:
        """As `PersonVerb.facts`."""
        return {**task.given, "sessions": task.pins["sessions"]}

    def words(self, plan: Plan, person: Person) -> str:
        """As `PersonVerb.words`."""
        left = f"; {_sessions(person.sessions)} begun since" if person.sessions else ""
        ended = f"{_sessions(plan.pinned['sessions'])} revoked"
        return f"{suspended_words(person.banned_until)}, {ended}{left}"

    def judged(self, plan: Plan, person: Person) -> Settled:
        """As `PersonVerb.judged`."""
        return judged_ban(plan, person, wanted=True)


def _sessions(count: int | str) -> str:
    return f"{count} {noun(int(count), 'session', 'sessions')}"


def _left_open(count: int) -> tuple[str, ...]:
    """What a suspension leaves as it is."""
    if not count:
        return ("no session is open: nothing else has to be ended",)
    stay = noun(count, "stays and can not be renewed", "stay and can not be renewed")
    return (
        f"{_sessions(count)} {stay}",
        "Revoke all sessions ends them; Revoke all access does both at once",
    )
