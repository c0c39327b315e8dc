"""Whether our role can see what is in a table: "nothing happened" told from "may not see"."""

from collections.abc import Collection, Sequence
from typing import Final, Protocol

from msgspec import Struct

from providers.postgres.auth_options import Relation
from providers.postgres.parts import Found, Part
from providers.postgres.rows import Row, flag, foreign, integer, optional_integer
from providers.postgres.statements import Constant, Identifier, statement
from providers.system_readings import Condition, Section

SCHEMA: Final = "schema:"
"""Where the configuration names the schema of Supabase's own tables."""

_VIEWS: Final = "make the views of docs/providers.md (Auth security) and name their schema"


UNSEEN: Final = "this role can not see them"
"""The reason of a number that takes a table our role is blind to."""


class Asking(Protocol):
    """How rights are asked for; a thorough look's `Ask` is one."""

    async def rows(self, sql: str) -> Sequence[Row]:
        """All rows of one statement without arguments."""
        ...


class Sight(Struct, frozen=True, kw_only=True):
    """How far our role sees into one relation."""

    blind: str = ""
    """Why it sees nothing, with what to do; empty when it sees something."""

    notice: str = ""
    """Why it may see less than there is."""

    rows_behind: int = 0
    """About how many rows a view or row security may keep from us, by the statistics."""

    role: str = ""
    remedy: str = ""

    def none_seen(self, relation: Relation) -> str:
        """Why a relation in which not one row was seen says nothing; empty if it is just empty."""
        if not self.rows_behind:
            return ""
        return (
            f"{relation.dotted} holds about {self.rows_behind} rows by the statistics, and role "
            f"{self.role} sees none of them: row security or a view hides them; {self.remedy}"
        )


def quoted(relation: Relation) -> Identifier:
    """The relation as SQL wants it."""
    schema, name = Identifier.quoted(relation.schema), Identifier.quoted(relation.name)
    return Identifier(f"{schema}.{name}")


async def sight_of(
    ask: Asking, relation: Relation, columns: Collection[str], setting: str
) -> Sight:
    """How far our role sees; probes rights, asks for no row.

    Args:
        ask: How to ask.
        relation: What is to be read.
        columns: Of it, all of which are needed.
        setting: Where the configuration names it, for advice.

    Raises:
        ProviderError: The server did not say.
    """
    schema, relname = Constant.text(relation.schema), Constant.text(relation.name)
    (row,) = await ask.rows(statement("relation_rights", schema=schema, relname=relname))
    role = foreign(row["own_role"]).line(63)
    blind = _blind(row, relation, columns, setting, role)
    filtered = flag(row, "filtered")
    partial = filtered and integer(row, "policies") > 0
    # Of a table that is seen as it is, no rows are no rows, whatever old statistics say.
    veiled = filtered or flag(row, "is_view")
    return Sight(
        blind=blind,
        notice=f"row security shows role {role} a part of {relation.dotted}: counts may be too low"
        if partial and not blind
        else "",
        rows_behind=(optional_integer(row, "rows_behind") or 0) if veiled else 0,
        role=role,
        remedy=_remedy(setting, role),
    )


def _remedy(setting: str, role: str) -> str:
    if setting == SCHEMA:
        return _VIEWS
    return f"GRANT SELECT on a view of it to {role}, and name the view under {setting}"


def _blind(row: Row, relation: Relation, columns: Collection[str], setting: str, role: str) -> str:
    remedy = _remedy(setting, role)
    if not flag(row, "schema_present"):
        return f"there is no schema {relation.schema} in this database; check {setting}"
    if not flag(row, "present"):
        return f"there is no table {relation.dotted}; name the right one under {setting}"
    if not flag(row, "schema_usable"):
        return f"role {role} has no USAGE on schema {relation.schema}; {remedy}"
    lacking = _lacking(row, columns, "columns")
    if lacking:
        return f"{relation.dotted} has no column {', '.join(lacking)}; check {setting}"
    refused = _lacking(row, columns, "readable_columns")
    if refused:
        which = "anything" if len(refused) == len(columns) else ", ".join(refused)
        return f"role {role} may not SELECT {which} of {relation.dotted}; {remedy}"
    if flag(row, "filtered") and not integer(row, "policies"):
        return (
            f"row security hides every row of {relation.dotted} from role {role}: no policy lets "
            f"it read, so no rows would mean nothing; {remedy}"
        )
    return ""


def _lacking(row: Row, wanted: Collection[str], column: str) -> list[str]:
    names = b"" if row[column] is None else row[column]
    if not isinstance(names, bytes):
        raise TypeError(f"{column} came as something else")
    there = {foreign(name).text for name in names.split(b"\0")}
    return [name for name in wanted if name not in there]


def blind(part: Part, why: str, reason: str, condition: Condition = Condition.UNKNOWN) -> Found:
    """What stands for a part whose tables can not be seen."""
    return Found(
        sections=tuple(
            Section(key=key, title=title, blind=why) for key, title in part.SECTIONS.items()
        ),
        numbers=dict.fromkeys(part.UNITS, (None, reason)),
        condition=condition,
    )
