"""Temporary administrators: made with an end, and unmade (A:463-481)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from actions.database.deeds import Deed, column, table
from actions.people.base import PersonVerb, Shape, Task
from actions.people.person import Person
from actions.people.rights import Need
from actions.people.settings import Community, ProductRoles
from actions.people.spans import span_s, span_words
from actions.plan import Change, Plan, Remaining, Target, Undo
from actions.verbs import Settled, State, Unplannable
from providers.text import Foreign

FOR: Final = "for"
BACK_TO: Final = "to"
NO_ROLE: Final = "no role"
_NO_TABLE: Final = "no table of roles is configured (actions.people.roles)"


class _RoleVerb(PersonVerb):
    reads_role = True

    def needs(self, community: Community, person: Person) -> Sequence[Need]:
        """As `PersonVerb.needs`."""
        roles = _roles(community)
        changed = tuple(filter(None, (roles.role, roles.by, roles.at)))
        if person.role is None:
            columns = (roles.account, *changed)
            return (Need(table="roles", right="INSERT", columns=columns),)
        return (Need(table="roles", right="UPDATE", columns=changed),)

    def _judged(self, plan: Plan, person: Person, wanted: str) -> Settled:
        if (person.role or NO_ROLE) == plan.pinned["role"]:
            return Settled(state=State.FAILED, words="the role is as it was: nothing was changed")
        if person.role == wanted:
            return Settled(state=State.DONE, words=f"the role is {Foreign(wanted).line(40)}")
        return Settled(state=State.UNKNOWN, words="the role is neither what it was nor the new one")


class GrantAdmin(_RoleVerb):
    """Makes a user an administrator until it is revoked; with an end that is watched."""

    name = "grant-admin"
    action = "emergency_admin_access_granted"

    def shape(
        self, community: Community, person: Person, target: Target, given: Mapping[str, str]
    ) -> Shape:
        """As `PersonVerb.shape`."""
        roles = _roles(community)
        if person.role == roles.admin:
            raise Unplannable(f"{person.name.line(80)} is an administrator already")
        lasts_s = span_s(given.get(FOR, "") or span_words(community.admin_for_s[0]))
        until = self._clock.now().at + timedelta(seconds=lasts_s)
        back = revoking(person, target, roles)
        return Shape(
            title=f"Make {target.name.line(60)} an administrator",
            parameters=((FOR, span_words(lasts_s)),),
            pins=(("role", person.role or NO_ROLE),),
            changes=(
                Change(
                    field="role",
                    before=Foreign(person.role or NO_ROLE),
                    after=Foreign(f"{roles.admin}, to be revoked after {span_words(lasts_s)}"),
                ),
            ),
            side_effects=(
                f"nothing takes it back by itself at {until:%Y-%m-%d %H:%MZ}: somebody has to, and "
                "until then it stays on the wall",
                "tokens issued before may carry the old role until they are renewed",
            ),
            undo=back,
            remains=(
                Remaining(
                    words=f"{target.name.line(60)} is an administrator until revoked",
                    undo=back,
                    until=until,
                ),
            ),
        )

    def deeds(self, task: Task) -> Iterator[Deed]:
        """As `PersonVerb.deeds`."""
        roles = _roles(task.community)
        before = task.pins["role"]
        if before == NO_ROLE:
            yield _insert(roles, task.id)
        else:
            yield _update(roles, task.id, before, roles.admin)

    def facts(self, task: Task) -> Mapping[str, str]:
        """As `PersonVerb.facts`."""
        if task.request is None:
            return {FOR: task.given[FOR], "before": task.pins["role"]}
        until = task.request.at + timedelta(seconds=span_s(task.given[FOR]))
        ends = until.isoformat(timespec="seconds")
        return {FOR: task.given[FOR], "until": ends, "before": task.pins["role"]}

    def words(self, plan: Plan, person: Person) -> str:
        """As `PersonVerb.words`."""
        role = Foreign(person.role or NO_ROLE).line(40)
        return f"the role is {role}; revoke it after {dict(plan.parameters)[FOR]}"

    def judged(self, plan: Plan, person: Person) -> Settled:
        """As `PersonVerb.judged`."""
        community = self._communities.of_target(plan.target)
        return self._judged(plan, person, _roles(community).admin)


class RevokeAdmin(_RoleVerb):
    """Makes an administrator an ordinary user again."""

    name = "revoke-admin"
    action = "emergency_admin_access_revoked"

    def shape(
        self, community: Community, person: Person, target: Target, given: Mapping[str, str]
    ) -> Shape:
        """As `PersonVerb.shape`."""
        roles = _roles(community)
        if person.role != roles.admin:
            raise Unplannable(f"{person.name.line(80)} is no administrator")
        role = given.get(BACK_TO, "") or roles.ordinary
        if role == roles.admin or len(role) > 100:
            raise Unplannable("that is no other role")
        return Shape(
            title=f"Revoke the administrator role of {target.name.line(60)}",
            parameters=((BACK_TO, role),),
            pins=(("role", roles.admin),),
            changes=(Change(field="role", before=Foreign(roles.admin), after=Foreign(role)),),
            side_effects=("tokens issued before may carry the old role until they are renewed",),
            undo=Undo(
                verb="grant-admin",
                target=target,
                words=f"make {target.name.line(60)} an administrator again, for a while",
            ),
            counts_down_s=community.access_token_s,
        )

    def deeds(self, task: Task) -> Iterator[Deed]:
        """As `PersonVerb.deeds`."""
        roles = _roles(task.community)
        yield _update(roles, task.id, roles.admin, task.given[BACK_TO])

    def words(self, plan: Plan, person: Person) -> str:
        """As `PersonVerb.words`."""
        del plan
        return f"the role is {Foreign(person.role or NO_ROLE).line(40)}"

    def judged(self, plan: Plan, person: Person) -> Settled:
        """As `PersonVerb.judged`."""
        return self._judged(plan, person, dict(plan.parameters)[BACK_TO])


def revoking(person: Person, target: Target, roles: ProductRoles) -> Undo:
    """What takes the role back again."""
    role = person.role or roles.ordinary
    words = f"{target.name.line(60)} back to the role {Foreign(role).line(40)}"
    return Undo(verb="revoke-admin", target=target, parameters=((BACK_TO, role),), words=words)


def _roles(community: Community) -> ProductRoles:
    if community.roles is None:
        raise Unplannable(_NO_TABLE)
    return community.roles


def _insert(roles: ProductRoles, id_: str) -> Deed:
    names, places, values = [roles.account, roles.role], ["$1", "$2"], [id_, roles.admin]
    if roles.by:
        names.append(roles.by)
        places.append("$3")
        values.append(roles.marker)
    if roles.at:
        names.append(roles.at)
        places.append("pg_catalog.now()")
    columns = ", ".join(column(name) for name in names)
    sql = f"INSERT INTO {table(roles.relation)} ({columns}) VALUES ({', '.join(places)})"  # noqa: S608 - quoted names, bound values
    return Deed(title="role", sql=sql, values=tuple(values), rows=1)


def _update(roles: ProductRoles, id_: str, before: str, after: str) -> Deed:
    """The role, only where it still is what it was."""
    values = [id_, before, after]
    changed = [f"{column(roles.role)} = $3"]
    if roles.by:
        changed.append(f"{column(roles.by)} = $4")
        values.append(roles.marker)
    if roles.at:
        changed.append(f"{column(roles.at)} = pg_catalog.now()")
    sql = (
        f"UPDATE {table(roles.relation)} SET {', '.join(changed)} "  # noqa: S608 - quoted names, bound values
        f"WHERE {column(roles.account)} = $1 AND {column(roles.role)} = $2"
    )
    return Deed(title="role", sql=sql, values=tuple(values), rows=1, otherwise="changed meanwhile")
