"""The SQL of `providers/sql`, ready to be sent without arguments.

Statements without arguments need no prepared statement, which a transaction pooler can not keep.
What has to vary is put in here, and it can only be a whole number or a checked name.
"""

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


@cache
def _text(name: str) -> str:
    # Without comments and indentation, which would travel to the server with every look.
    written = _SQL.joinpath(f"{name}.sql").read_text(encoding="utf-8")
    lines = (line.strip() for line in written.splitlines())
    return " ".join(line for line in lines if line and not line.startswith("--"))


def statement(name: str, **values: int | Identifier) -> str:
    """The statement of `providers/sql/<name>.sql` with `values` in its places.

    Raises:
        TypeError: A value is neither a whole number nor an `Identifier`.
    """
    for key, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int | Identifier):
            raise TypeError(f"{key} is neither a whole number nor an identifier")
    return _text(name).format_map(values)
