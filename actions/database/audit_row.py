"""The row that an action leaves in the product's own audit table, in the same transaction."""

import json
from collections.abc import Mapping
from typing import Final

from msgspec import Struct, field

from actions.database.deeds import Deed, Said, column, table
from actions.plan import Plan, Request
from providers.postgres.auth_options import Relation
from providers.postgres.rows import Row

_UNKNOWN: Final = "(by, reason and request)"
_LONGEST_TEXT: Final = 900


class ProductAudit(Struct, frozen=True, kw_only=True):
    """The product's audit table, as the configuration names it."""

    relation: Relation = Relation(schema="public", name="audit_logs")
    at: str = "created_at"
    action: str = "action"
    actor: str = "user_id"
    """Who did it, as the product knows them; empty: no such column."""

    details: str = "details"
    """Where reason and request go; empty: no such column, and the row can not be found again."""

    operators: Mapping[str, str] = field(default_factory=dict)
    """Id in the product of each operator."""

    @property
    def columns(self) -> tuple[str, ...]:
        """All that are written to."""
        return tuple(filter(None, (self.actor, self.action, self.details, self.at)))


def trouble_with(audit: ProductAudit, rights: Row) -> str:
    """Why no row could be written; empty when one can.

    Args:
        audit: The table.
        rights: What `action_rights.sql` says of it.
    """
    dotted = audit.relation.dotted
    if not rights["present"]:
        return f"there is no audit table {dotted}: name it in actions.people.audit, or null"
    known = set(rights["columns"] or ())
    lacking = [name for name in audit.columns if name not in known]
    if lacking:
        return f"{dotted} has no column {', '.join(lacking)}"
    if not rights["usable"]:
        return f"role {rights['own_role']} has no USAGE on schema {audit.relation.schema}"
    refused = [name for name in audit.columns if name not in set(rights["insertable"] or ())]
    if refused:
        return f"role {rights['own_role']} may not INSERT {', '.join(refused)} into {dotted}"
    wanted = [name for name in rights["required"] or () if name not in audit.columns]
    if wanted:
        return f"{dotted} wants {', '.join(wanted)} too, which nothing here can fill"
    return ""


def is_json(audit: ProductAudit, rights: Row) -> bool:
    """Whether the details are JSON."""
    return audit.details in set(rights["json_columns"] or ())


def needs_actor(audit: ProductAudit, rights: Row) -> bool:
    """Whether a row without an actor is refused by the table."""
    return bool(audit.actor) and audit.actor in set(rights["not_null"] or ())


def audit_deed(
    audit: ProductAudit,
    action: str,
    facts: Mapping[str, str],
    request: Request | None,
    *,
    as_json: bool,
) -> Deed:
    """The row.

    Args:
        audit: Where.
        action: What was done, in the product's words.
        facts: What it was done to; no address, nothing secret.
        request: Who wants it and why; None before it is confirmed.
        as_json: Whether the details are JSON.
    """
    names: list[str] = []
    values: list[str | Said | None] = []
    if audit.actor:
        names.append(audit.actor)
        actor = audit.operators.get(request.operator) if request is not None else None
        values.append(Said(value=actor, words="(you, as actions.people.operators says)"))
    names.append(audit.action)
    values.append(action)
    if audit.details:
        names.append(audit.details)
        words = _details(facts, request, as_json=as_json)
        shown = _details(facts, None, as_json=as_json)
        values.append(Said(value=words, words=f"{shown} {_UNKNOWN}"))
    places = [f"${place}" for place in range(1, len(names) + 1)]
    quoted = ", ".join(column(name) for name in (*names, audit.at))
    into = table(audit.relation)
    sql = f"INSERT INTO {into} ({quoted}) VALUES ({', '.join(places)}, pg_catalog.now())"  # noqa: S608 - quoted names, bound values
    return Deed(title="audit row", sql=sql, values=tuple(values), rows=1)


def audit_look(audit: ProductAudit, action: str, plan: Plan) -> Deed | None:
    """Finds the row again by the request's id; None where it could not be found."""
    if not audit.details or plan.request is None:
        return None
    at, details, name = column(audit.at), column(audit.details), column(audit.action)
    sql = (
        f"SELECT 1 AS there FROM {table(audit.relation)} WHERE {name} = $1 "  # noqa: S608 - quoted names, bound values
        # Our clock and the server's may differ, by far less than this.
        f"AND {at} >= $2::text::timestamptz - pg_catalog.make_interval(days => 1) "
        f"AND pg_catalog.strpos({details}::text, $3) > 0 LIMIT 1"
    )
    request = plan.request
    return Deed(
        title="look for the audit row",
        sql=sql,
        values=(action, request.at.isoformat(), request.id),
    )


def _details(facts: Mapping[str, str], request: Request | None, *, as_json: bool) -> str:
    said = dict(facts)
    if request is not None:
        said |= {"by": request.operator, "reason": request.reason, "request": request.id}
        if request.incident:
            said["incident"] = request.incident
    said["tool"] = "quarterdeck"
    if as_json:
        return json.dumps(said, ensure_ascii=True)
    # The request's id first: a text may be cut by the column.
    first = {"request": said.pop("request")} if "request" in said else {}
    return "; ".join(f"{name}: {words}" for name, words in (first | said).items())[:_LONGEST_TEXT]
