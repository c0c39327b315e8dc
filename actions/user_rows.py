"""Rows of boards that are about a user of the product."""

from typing import Final
from uuid import UUID

from actions.families import Row

SUSPENDED: Final = frozenset({"suspended", "banned"})
"""Sections that list users who are suspended."""

ADMINS: Final = frozenset({"new_admins"})
"""Sections that list users who were made administrators."""

_SECTIONS: Final = SUSPENDED | ADMINS | {"patterns", "auth_admin"}


def user_of(row: Row) -> str:
    """Id of the user whom a row is about; empty where it is about none."""
    if row.section not in _SECTIONS or row.record is None:
        return ""
    for text in (row.record.id, row.record.title.text):
        try:
            return str(UUID(text))
        except ValueError:
            continue
    return ""
