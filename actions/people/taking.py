"""The statements that take access away or give it back, and what is said of them. Pure."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from actions.database.deeds import Deed, table
from actions.people.base import Task
from actions.people.person import Person
from actions.people.rights import Need
from actions.people.spans import span_s, span_words
from actions.plan import Change, Effect, Plan, Target, Undo
from actions.verbs import Settled, State, Unplannable
from monitor.words import noun
from providers.clock import Moment
from providers.text import Foreign

FOR: Final = "for"
UNTIL: Final = "until"
NEVER: Final = "not suspended"
BAN: Final = Need(table="users", right="UPDATE", columns=("banned_until", "updated_at"))
DELETE: Final = (
    Need(table="sessions", right="DELETE"),
    Need(table="refresh_tokens", right="DELETE"),
)
_MEANWHILE: Final = "one was begun or ended since it was looked at"


def suspended_words(until: str) -> str:
    """`until 2026-11-29 03:10Z`, of the time as the database wrote it."""
    if not until:
        return NEVER
    if until == "infinity":
        return "suspended for good"
    return f"suspended until {until[:16].replace('T', ' ')}Z"


def ban(task: Task) -> Deed:
    """The statement that sets, moves or lifts the suspension."""
    users = table(task.community.relation("users"))
    before = task.pins["banned_until"]
    values: tuple[str | None, ...] = (task.id, None if before == NEVER else before)
    until = "NULL"
    if UNTIL in task.given:
        until, values = "$3::text::timestamptz", (*values, task.given[UNTIL])
    elif FOR in task.given:
        until = "pg_catalog.now() + pg_catalog.make_interval(secs => $3::text::float8)"
        values = (*values, f"{span_s(task.given[FOR]):.0f}")
    sql = (
        f"UPDATE {users} SET banned_until = {until}, updated_at = pg_catalog.now() "  # noqa: S608 - a quoted name, bound values
        "WHERE id = $1::text::uuid AND banned_until IS NOT DISTINCT FROM $2::text::timestamptz"
    )
    title = "enable" if until == "NULL" else "suspend"
    return Deed(
        title=title, sql=sql, values=values, rows=1, otherwise="suspended or enabled meanwhile"
    )


def end_sessions(task: Task) -> Iterator[Deed]:
    """Refresh tokens that belong to no session first: deleting sessions takes the others along."""
    tokens = table(task.community.relation("refresh_tokens"))
    sessions = table(task.community.relation("sessions"))
    yield Deed(
        title="refresh tokens without a session",
        sql=f"DELETE FROM {tokens} WHERE user_id::text = $1 AND session_id IS NULL",  # noqa: S608 - a quoted name, bound values
        values=(task.id,),
        rows=int(task.pins["loose_tokens"]),
        otherwise=_MEANWHILE,
    )
    yield Deed(
        title="sessions",
        sql=f"DELETE FROM {sessions} WHERE user_id = $1::text::uuid",  # noqa: S608 - a quoted name, bound values
        values=(task.id,),
        rows=int(task.pins["sessions"]),
        otherwise=_MEANWHILE,
    )


def hold(task: Task) -> Deed:
    """Lock the user, so that nobody signs in between the statements: a session refers to them."""
    users = table(task.community.relation("users"))
    sql = f"SELECT id FROM {users} WHERE id = $1::text::uuid FOR UPDATE"  # noqa: S608 - a quoted name, bound values
    return Deed(title="hold the user", sql=sql, values=(task.id,), rows=1, otherwise="deleted")


def session_pins(person: Person) -> tuple[tuple[str, str], ...]:
    """How many there are: exactly so many are ended, or none."""
    return (("sessions", str(person.sessions)), ("loose_tokens", str(person.loose_tokens)))


def ban_pin(person: Person) -> tuple[str, str]:
    """Until when they are suspended."""
    return ("banned_until", person.banned_until or NEVER)


def session_changes(person: Person) -> tuple[Change, ...]:
    """What ends."""
    return (
        Change(field="sessions", before=Foreign(str(person.sessions)), after=Foreign("0")),
        Change(
            field="refresh tokens without a session",
            before=Foreign(str(person.loose_tokens)),
            after=Foreign("0"),
        ),
    )


def effects(person: Person, at: Moment) -> tuple[Effect, ...]:
    """How many sessions, from where, and when one was last used."""
    found = [
        Effect(
            words=noun(person.sessions, "session", "sessions"),
            number=person.sessions,
            measured_at=at.at,
        ),
        Effect(
            words=noun(person.addresses, "address it comes from", "addresses they come from"),
            number=person.addresses,
            measured_at=at.at,
        ),
    ]
    if person.used_s is None:
        reason = "there is no session"
        found.append(Effect(words="last used", number=None, reason=reason, measured_at=at.at))
    else:
        seconds = round(person.used_s)
        words = "since one was last used"
        found.append(Effect(words=words, number=seconds, unit="s", measured_at=at.at))
    return tuple(found)


def lasting(given: Mapping[str, str], usual_s: float) -> tuple[tuple[str, str], ...]:
    """For how long, or until when, as a parameter.

    Raises:
        Unplannable: It is no time.
    """
    until = given.get(UNTIL, "")
    if not until:
        return ((FOR, span_words(span_s(given.get(FOR, "") or span_words(usual_s)))),)
    if until == "infinity":
        return ((UNTIL, until),)
    try:
        at = datetime.fromisoformat(until)
    except ValueError:
        raise Unplannable(f"{until[:40]!r} is no time") from None
    if at.tzinfo is None:
        raise Unplannable("a time needs its zone: 2026-11-29T03:00:00+00:00")
    return ((UNTIL, at.astimezone(UTC).isoformat(timespec="microseconds")),)


def lasting_words(parameters: tuple[tuple[str, str], ...]) -> str:
    """`for 7d`, or until when."""
    ((name, value),) = parameters
    return f"for {value}" if name == FOR else suspended_words(value).removeprefix("suspended ")


def giving_back(person: Person, target: Target) -> Undo:
    """What puts the suspension as it was."""
    if person.banned:
        words = f"{suspended_words(person.banned_until)}, as before"
        parameters = ((UNTIL, person.banned_until),)
        return Undo(verb="suspend-user", target=target, parameters=parameters, words=words)
    return Undo(verb="enable-user", target=target, words=f"enable {target.name.line(60)} again")


def suspension(person: Person, after: str) -> Change:
    """How the suspension changes."""
    before = suspended_words(person.banned_until) if person.banned_until else NEVER
    return Change(field="suspension", before=Foreign(before), after=Foreign(after))


def judged_ban(plan: Plan, person: Person, *, wanted: bool) -> Settled:
    """What the suspension alone tells of a transaction that is over."""
    if (person.banned_until or NEVER) == plan.pinned["banned_until"]:
        return Settled(state=State.FAILED, words="it is as it was: nothing was changed")
    if person.banned is wanted:
        words = suspended_words(person.banned_until if person.banned else "")
        return Settled(state=State.DONE, words=words)
    return Settled(state=State.UNKNOWN, words="it was changed, and not to what was wanted")
