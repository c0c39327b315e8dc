"""Which database of which server a configuration leads to, whatever it is called there.

Two names may lead to the same database: through a pooler, an alias, another port. The server's own
word decides: when it started, on which port, and the number of the database.
"""

from typing import Final

from msgspec import Struct

from providers.postgres.connection import Connection
from providers.postgres.failures import DRIVER_ERRORS, translated
from providers.postgres.options import DatabaseOptions
from providers.postgres.statements import statement
from providers.postgres.target import resolve_target
from providers.text import Foreign

OPERATION: Final = "tell which database it is"
_LIMIT_S: Final = 4.0


class Identity(Struct, frozen=True, kw_only=True):
    """One database, by the word of its server."""

    server: str
    """When it started, to the microsecond, and its port: no two servers have the same."""

    number: str
    """Of the database in its server."""

    name: Foreign
    place: str
    """`host:port` as the configuration has it."""

    host: str
    size_bytes: int
    sessions: int

    def is_same(self, other: "Identity") -> bool:
        """Whether both are one database, under whatever name."""
        if (self.server, self.number) == (other.server, other.number):
            return True
        return (self.place, self.name) == (other.place, other.name)


async def identity_of(options: DatabaseOptions) -> Identity:
    """Ask a database which it is, how large, and how many sessions it has.

    Raises:
        ProviderError: It could not be asked.
    """
    target = await resolve_target(options)
    connection = Connection(target)
    try:
        await connection.open()
        async with connection.transaction(_LIMIT_S) as rows:
            (row,) = await rows.fetch(statement("identity"))
    except DRIVER_ERRORS as error:
        raise translated(error, operation=OPERATION, target=target, limit_s=_LIMIT_S) from None
    finally:
        await connection.close()
    return Identity(
        server=f"{row['server_started']} {row['port']}",
        number=str(row["oid"]),
        name=Foreign(str(row["name"])),
        place=target.place,
        host=target.host,
        size_bytes=int(str(row["size_bytes"])),
        sessions=int(str(row["sessions"])),
    )
