"""Whether our own role may do more than watching needs."""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

from providers.postgres.parts import Ask, Found
from providers.postgres.rows import Row, flag, foreign, integer
from providers.postgres.statements import statement
from providers.system_readings import Condition, Record, Section
from providers.text import Foreign

_FLAGS: Final = {
    "superuser": "is a superuser",
    "bypasses": "bypasses row security",
    "makes_roles": "may make roles",
    "makes_databases": "may make databases",
    "replicates": "may replicate, which reads everything",
    "signals": "may end other people's sessions (pg_signal_backend)",
    "server_files": "may read, write or run files of the server",
}


class OwnRole:
    """What our role has beyond pg_monitor; a role of its own has nothing."""

    SECTIONS: ClassVar[Mapping[str, str]] = {"own_role": "More rights than watching needs"}
    UNITS: ClassVar[Mapping[str, str]] = {}

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        (row,) = await ask.rows(statement("own_role"))
        name = foreign(row["name"]).line(63)
        wide = tuple(_wide(row))
        notice = (
            f"role {name} {', '.join(wide)}: a role of its own with pg_monitor is enough "
            "(docs/providers.md, PostgreSQL)"
        )
        section = Section(
            key="own_role",
            title=self.SECTIONS["own_role"],
            records=tuple(
                Record(
                    id=words,
                    title=Foreign(f"{name} {words}"),
                    condition=Condition.NOTABLE,
                    state=Foreign("too wide"),
                )
                for words in wide
            ),
            empty=f"role {name} has none",
        )
        return Found(
            sections=(section,),
            condition=Condition.NOTABLE if wide else Condition.FINE,
            notices=(notice,) if wide else (),
        )


def _wide(row: Row) -> Iterator[str]:
    if flag(row, "superuser"):
        # Everything else follows from it.
        yield _FLAGS["superuser"]
        return
    for column, words in _FLAGS.items():
        if flag(row, column):
            yield words
    writable = integer(row, "writable")
    if writable:
        yield f"may write to {writable} table{'s' if writable > 1 else ''}"
