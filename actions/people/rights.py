"""Whether the actions' login may do what an action does, looked at before anything is begun."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from actions.database.audit_row import ProductAudit, is_json, needs_actor, trouble_with
from actions.guard_values import Precondition
from actions.people.person import Person
from actions.people.settings import Community
from actions.preconditions import Checked
from providers.clock import Moment
from providers.postgres.rows import Row


class Need(Struct, frozen=True, kw_only=True):
    """One right on one table."""

    table: str
    """`users`, `sessions`, `refresh_tokens` or `roles`."""

    right: str
    """`UPDATE`, `DELETE` or `INSERT`."""

    columns: tuple[str, ...] = ()

    def words(self, community: Community) -> str:
        """`UPDATE (banned_until) on auth.users`, as GRANT wants it."""
        dotted = _dotted(community, self.table)
        which = f" ({', '.join(self.columns)})" if self.columns else ""
        return f"{self.right}{which} on {dotted}"


def _dotted(community: Community, table: str) -> str:
    if table == "roles" and community.roles is not None:
        return community.roles.relation.dotted
    return community.relation(table).dotted


def needs_of(community: Community, needs: Sequence[Need]) -> tuple[str, ...]:
    """All rights that an action takes, in words."""
    found = [each.words(community) for each in needs]
    if community.audit is not None:
        found.append(f"SELECT, INSERT on {community.audit.relation.dotted}")
    return tuple(found)


def preconditions(
    community: Community, person: Person, needs: Sequence[Need], operator: str, at: Moment
) -> Iterator[Precondition]:
    """What has to hold for the database to take it."""
    rights = dict(person.rights)
    checks = Checked(at=at)
    deleted = "the account was deleted" if person.deleted else ""
    yield checks.unless("exists", deleted, "the user exists")
    standby = any(row["standby"] is True for row in rights.values())
    words = "this server is a standby: it takes no changes"
    yield checks.unless("primary", words if standby else "", "the server takes changes")
    if any(row["read_only"] is True for row in rights.values()):
        words = "the database is in read-only mode, as with a full disk: this writes all the same"
        yield checks.warns("read-only", words)
    lacking = [one.words(community) for one in needs if not _granted(rights.get(one.table), one)]
    role = next((str(row["own_role"]) for row in rights.values()), "")
    refused = f"role {role} lacks {', '.join(lacking)}" if lacking else ""
    yield checks.unless("rights", refused, f"role {role} may do it")
    yield from _audit(community.audit, rights.get("audit"), operator, checks)
    if person.sso:
        words = "signs in by single sign-on: the other side can let them in again"
        yield checks.warns("sso", words)


def _granted(row: Row | None, need: Need) -> bool:
    if row is None or row["present"] is not True or row["usable"] is not True:
        return False
    if need.right == "DELETE":
        return row["deletable"] is True
    column = {"UPDATE": "updatable", "INSERT": "insertable"}[need.right]
    return set(need.columns) <= set(row[column] or ())


def _audit(
    audit: ProductAudit | None, row: Row | None, operator: str, checks: Checked
) -> Iterator[Precondition]:
    if audit is None:
        words = "the product has no audit table: only our own audit will tell of it"
        yield checks.warns("audit", words)
        return
    if row is None:
        words = "nothing is known of the product's audit table"
        yield checks.unknown("audit", words)
        return
    trouble = trouble_with(audit, row)
    named = operator in audit.operators
    if not trouble and needs_actor(audit, row) and not named:
        trouble = (
            f"{audit.relation.dotted} wants to know who did it: "
            f"name {operator or 'yourself'} in actions.people.operators"
        )
    yield checks.unless("audit", trouble, f"a row in {audit.relation.dotted} goes with it")
    if not trouble and not (audit.details and row["readable"] is True):
        words = "the audit row could not be found again after a crash of ours"
        yield checks.warns("audit-blind", words)


def audit_kind(community: Community, person: Person) -> str:
    """How the audit row is written, as a pin: `public.audit_logs json`, or `none`."""
    row = dict(person.rights).get("audit")
    if community.audit is None or row is None:
        return "none"
    form = "json" if is_json(community.audit, row) else "text"
    return f"{community.audit.relation.dotted} {form}"
