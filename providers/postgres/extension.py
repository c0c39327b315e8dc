"""Where pg_stat_statements is, and how its columns are called in its version."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from providers.postgres.rows import Row, foreign
from providers.postgres.statements import Identifier

BEFORE_EXEC_TIME: Final = frozenset(f"1.{minor}" for minor in range(8))
"""Versions with total_time instead of total_exec_time (PostgreSQL 12 and before)."""


class Extension(Struct, frozen=True, kw_only=True):
    """The extension in this database."""

    schema: Identifier
    total_time: Identifier
    mean_time: Identifier


def extension_from(rows: Sequence[Row]) -> Extension | None:
    """What `statements_extension.sql` brought; None when it is not installed.

    Raises:
        TypeError: or another of `rows.MALFORMED`: a row is not as asked.
    """
    if not rows:
        return None
    older = foreign(rows[0]["version"]).text in BEFORE_EXEC_TIME
    return Extension(
        schema=Identifier.quoted(foreign(rows[0]["schema"]).text),
        total_time=Identifier("total_time" if older else "total_exec_time"),
        mean_time=Identifier("mean_time" if older else "mean_exec_time"),
    )
