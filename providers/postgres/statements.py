"""The SQL of `providers/sql`, ready to be sent without arguments.

Statements without arguments need no prepared statement, which a transaction pooler can not keep.
What has to vary is put in here, and it can only be a whole number, a checked name, or a text that
was made harmless.
"""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

# Not by importlib.resources, which imports zipfile and what comes with it.
_SQL: Final = Path(__file__).parent.parent / "sql"


class Identifier(str):
    """A name made safe to stand in a statement, whatever characters it has."""

    __slots__ = ()

    @classmethod
    def quoted(cls, name: str) -> "Identifier":
        """The name in double quotes, as SQL wants it.

        Raises:
            ValueError: It holds a NUL, which no PostgreSQL name can.
        """
        if "\0" in name:
            raise ValueError("a name in PostgreSQL holds no NUL")
        doubled = name.replace('"', '""')
        return cls(f'"{doubled}"')


class Constant(str):
    """A text made safe to stand in a statement as a value, whatever characters it has.

    Written in hexadecimal: no quotation mark can end it, and no setting of the server changes what
    it means.
    """

    __slots__ = ()

    @classmethod
    def text(cls, value: str) -> "Constant":
        """The value as a text.

        Raises:
            ValueError: It holds a NUL, which no PostgreSQL text can.
        """
        if "\0" in value:
            raise ValueError("a text in PostgreSQL holds no NUL")
        return cls(
            f"pg_catalog.convert_from(pg_catalog.decode('{value.encode().hex()}','hex'),'UTF8')"
        )

    @classmethod
    def texts(cls, values: Iterable[str]) -> "Constant":
        """The values as an array of texts, which may be empty."""
        return cls(f"ARRAY[{','.join(cls.text(value) for value in values)}]::text[]")


@cache
def _text(name: str) -> str:
    # Without comments and indentation, which would travel to the server with every look.
    written = _SQL.joinpath(f"{name}.sql").read_text(encoding="utf-8")
    lines = (line.strip() for line in written.splitlines())
    return " ".join(line for line in lines if line and not line.startswith("--"))


def statement(name: str, **values: int | Identifier | Constant) -> str:
    """The statement of `providers/sql/<name>.sql` with `values` in its places.

    Raises:
        TypeError: A value is neither a whole number nor an `Identifier` or a `Constant`.
    """
    for key, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | Identifier | Constant):
            raise TypeError(f"{key} is neither a whole number nor an identifier nor a constant")
    return _text(name).format_map(values)
