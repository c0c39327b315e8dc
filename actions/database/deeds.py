"""Statements as they are shown, and as they are sent: the same, made in one place.

What is nobody's business (an address, the words of the audit row before they are known) is shown
as words and bound as a value. Nothing is ever written into a statement but names, quoted.
"""

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from actions.plan import SqlStep
from providers.postgres.auth_options import Relation
from providers.postgres.auth_sight import quoted
from providers.postgres.statements import Identifier
from providers.postgres.writing import Change

NULL: Final = "null"
_BLANK: Final = re.compile(r"\s+|--[^\n\r]*|\(", re.ASCII)
_MARK: Final = re.compile(r"/\*|\*/")
_WORD: Final = re.compile(r"[A-Za-z]+", re.ASCII)
_TAKEN: Final = frozenset(
    {"select", "insert", "update", "delete", "merge", "with", "values", "call", "do", "refresh",
     "truncate", "analyze"}
)  # fmt: skip


class Said(Struct, frozen=True, kw_only=True):
    """A value that is shown as something else."""

    value: str | None
    words: str


Value = str | None | Said


class Deed(Struct, frozen=True, kw_only=True):
    """One statement of an action."""

    title: str
    """`delete sessions`."""

    sql: str
    values: tuple[Value, ...] = ()
    rows: int | None = None
    otherwise: str = ""
    """What another number of rows means."""

    @property
    def change(self) -> Change:
        """As it is sent."""
        return Change(
            title=self.title,
            sql=self.sql,
            values=tuple(one.value if isinstance(one, Said) else one for one in self.values),
            rows=self.rows,
            otherwise=self.otherwise,
        )

    def step(self, database: str) -> SqlStep:
        """As it is shown."""
        return SqlStep(
            title=self.title,
            database=database,
            statement=self.sql,
            parameters=tuple(_shown(one) for one in self.values),
            rows=self.rows,
        )


def _shown(value: Value) -> str:
    if isinstance(value, Said):
        return value.words
    return NULL if value is None else value


def steps(deeds: Sequence[Deed], database: str) -> tuple[SqlStep, ...]:
    """All of them as they are shown."""
    return tuple(each.step(database) for each in deeds)


def column(name: str) -> Identifier:
    """A column's name as SQL wants it."""
    return Identifier.quoted(name)


def table(relation: Relation) -> Identifier:
    """A table's name as SQL wants it, with its schema."""
    return quoted(relation)


def refusal_of(sql: str) -> str:
    """Why a statement that somebody wrote is not carried out; empty when it may be.

    The server takes one command at a time; what is refused here are those that would end, begin
    or leave the transaction that they are in (COMMIT, SET, COPY …).
    """
    word = _WORD.match(sql, _begin(sql))
    if word is None:
        return "there is no statement"
    if word.group().lower() not in _TAKEN:
        return f"{word.group().upper()[:20]} is not carried out inside an action"
    return ""


def _begin(sql: str) -> int:
    """Where the first word is, behind blanks, brackets and comments; they nest in PostgreSQL."""
    at = 0
    while True:
        if sql.startswith("/*", at):
            at = _behind_comment(sql, at)
        elif (skipped := _BLANK.match(sql, at)) is not None:
            at = skipped.end()
        else:
            return at


def _behind_comment(sql: str, at: int) -> int:
    depth = 0
    for mark in _MARK.finditer(sql, at):
        depth += 1 if mark.group() == "/*" else -1
        if not depth:
            return mark.end()
    return len(sql)
