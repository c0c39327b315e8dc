"""Rows of boards that are about a user of the product."""

from typing import Final
from uuid import UUID

from actions.families import Row
from providers.system_readings import Record
from providers.text import EMPTY

SUSPENDED: Final = frozenset({"suspended", "banned"})
"""Sections that list users who are suspended."""

ADMINS: Final = frozenset({"new_admins"})
"""Sections that list users who were made administrators."""

_USERS: Final = SUSPENDED | ADMINS | {"patterns"}
"""Sections whose rows have the user's own id."""


def user_of(row: Row) -> str:
    """Id of the user whom a row is about; empty where it is about none."""
    if row.record is None:
        return ""
    try:
        return str(UUID(_named(row.section, row.record)))
    except ValueError:
        return ""


def _named(section: str, record: Record) -> str:
    if section in _USERS:
        return record.id
    if section == "auth_admin":
        # The id is that of the entry in the log, and one as a user's looks.
        return record.title.text
    if section == "elevated":
        # Whoever did it: theirs is the account that may be in the wrong hands.
        return dict(record.details).get("by", EMPTY).text
    return ""
