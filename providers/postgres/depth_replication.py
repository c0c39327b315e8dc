"""Standbys, replication slots and the write-ahead log."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from msgspec import Struct

from providers.errors import ProviderError
from providers.postgres.amounts import NOTHING, minute, seconds, several, size, when
from providers.postgres.counters import FIRST_LOOK, RESET, Figure
from providers.postgres.parts import Ask, Found, refused, worst
from providers.postgres.rows import (
    Row,
    flag,
    foreign,
    integer,
    optional_age,
    optional_integer,
    optional_number,
)
from providers.postgres.statements import statement
from providers.system_readings import Condition, Record, Section
from providers.text import Foreign

_MOST: Final = 30
_MUCH_BYTES: Final = 1024**3
"""What a slot or a standby may lag behind before it is worth a colour."""

_SHORTEST_S: Final = 0.5
_GRANT: Final = "GRANT pg_monitor to the role"


class Standbys:
    """Servers that stream from this one."""

    SECTIONS: ClassVar[Mapping[str, str]] = {"replication": "Replication"}
    UNITS: ClassVar[Mapping[str, str]] = {"standbys": "count", "standby_lag_bytes": "bytes"}

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        rows = await ask.rows(statement("replicas", most=_MOST))
        if rows and all(row["state"] is None for row in rows):
            blind = f"{len(rows)} standbys, of which this role sees nothing; {_GRANT}"
            return self._found((), blind, (None, "needs pg_read_all_stats"), len(rows))
        records = tuple(map(_standby, rows))
        lags = [optional_integer(row, "lag_bytes") for row in rows]
        told = [float(lag) for lag in lags if lag is not None]
        worst_lag: Figure = (max(told), "") if told else (None, "no standby streams from here")
        return self._found(records, "", worst_lag, len(rows))

    def _found(self, records: tuple[Record, ...], blind: str, lag: Figure, standbys: int) -> Found:
        section = Section(
            key="replication",
            title=self.SECTIONS["replication"],
            records=records,
            empty="no standby streams from this server",
            blind=blind,
        )
        return Found(
            sections=(section,),
            numbers={"standbys": (float(standbys), ""), "standby_lag_bytes": lag},
            condition=worst([record.condition for record in records]),
        )


def _standby(row: Row) -> Record:
    state, lag = foreign(row["state"]), optional_integer(row, "lag_bytes")
    application = foreign(row["application"])
    streaming = state.text == "streaming"
    far = (lag or 0) > _MUCH_BYTES
    return Record(
        id=f"{application.text}/{integer(row, 'pid')}",
        title=application or Foreign("(no name)"),
        condition=_standing(state.text, far=far),
        state=state if streaming else Foreign(f"{state.text or 'unknown'}"),
        details=(
            ("behind", size(lag)),
            ("delay", seconds(optional_age(row, "lag_s"))),
            ("from", foreign(row["client"]) or NOTHING),
            ("synchronous", foreign(row["sync_state"]) or NOTHING),
        ),
    )


def _standing(state: str, *, far: bool) -> Condition:
    if state == "streaming":
        return Condition.DEGRADED if far else Condition.FINE
    known = {"startup", "catchup", "backup", "stopping"}
    return Condition.NOTABLE if state in known else Condition.UNKNOWN


class Slots:
    """Replication slots and what they hold back."""

    SECTIONS: ClassVar[Mapping[str, str]] = {"slots": "Replication slots"}
    UNITS: ClassVar[Mapping[str, str]] = {
        "slots": "count",
        "slots_inactive": "count",
        "slots_lag_bytes": "bytes",
    }

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        rows = await ask.rows(statement("replication_slots", most=_MOST))
        idle = sum(not flag(row, "active") for row in rows)
        lags = [optional_integer(row, "lag_bytes") or 0 for row in rows]
        records = tuple(map(_slot, rows))
        return Found(
            sections=(
                Section(
                    key="slots",
                    title=self.SECTIONS["slots"],
                    records=records,
                    empty="there is no replication slot",
                ),
            ),
            numbers={
                "slots": (float(len(rows)), ""),
                "slots_inactive": (float(idle), ""),
                "slots_lag_bytes": (float(max(lags, default=0)), ""),
            },
            words=f"{several(idle, 'inactive slot')}, up to {size(max(lags))} held back"
            if idle
            else "",
            condition=worst([record.condition for record in records]),
        )


_WAL_STATUS: Final = {
    "reserved": Condition.FINE,
    "extended": Condition.NOTABLE,
    "unreserved": Condition.DEGRADED,
    "lost": Condition.BROKEN,
    "": Condition.FINE,
}
"""Empty: the slot reserves nothing yet, or the server is older than 13."""


def _slot(row: Row) -> Record:
    active, lag = flag(row, "active"), optional_integer(row, "lag_bytes")
    status = foreign(row["wal_status"])
    idle = Condition.NOTABLE if (lag or 0) <= _MUCH_BYTES else Condition.DEGRADED
    since = when(optional_number(row, "inactive_since_s"))
    plugin = foreign(row["plugin"])
    kind = f"{foreign(row['slot_type']).text} {plugin.text}".strip()
    return Record(
        id=foreign(row["name"]).text,
        title=foreign(row["name"]),
        condition=worst(
            [
                _WAL_STATUS.get(status.text, Condition.UNKNOWN),
                Condition.FINE if active else idle,
            ]
        ),
        state=Foreign("active" if active else "inactive"),
        details=(
            ("holds back", size(lag)),
            ("kind", Foreign(kind)),
            ("log", status or NOTHING),
            ("database", foreign(row["database"]) or NOTHING),
            ("inactive since", minute(since) if since else NOTHING),
        ),
    )


class _Position(Struct, frozen=True, kw_only=True):
    at_s: float
    started_s: float | None
    bytes: float


class WriteAheadLog:
    """How fast the log is written, how much of it lies on disk, and how archiving goes."""

    SECTIONS: ClassVar[Mapping[str, str]] = {"wal": "Write-ahead log"}
    UNITS: ClassVar[Mapping[str, str]] = {"wal_bytes_per_s": "bytes_per_s", "wal_bytes": "bytes"}

    def __init__(self) -> None:
        self._before: _Position | None = None

    async def read(self, ask: Ask) -> Found:
        """Look; see `parts.Part`."""
        row = (await ask.rows(statement("wal")))[0]
        rate = self._rate(row)
        on_disk, notice = await _on_disk(ask)
        archive = _archive(row)
        written = NOTHING if rate[0] is None else Foreign(f"{size(rate[0])}/s")
        limit = f"max_wal_size {size(optional_integer(row, 'maximum_bytes'))}"
        records = (
            _line("rate", "written", written, rate[1]),
            _line("disk", "on disk", size(on_disk[0]), on_disk[1] or limit),
            _line("level", "wal_level", foreign(row["level"]), ""),
            archive,
        )
        return Found(
            sections=(Section(key="wal", title=self.SECTIONS["wal"], records=records),),
            numbers={"wal_bytes_per_s": rate, "wal_bytes": on_disk},
            words=f"{size(rate[0])}/s of log" if rate[0] is not None else "",
            condition=archive.condition,
            notices=notice,
        )

    def _rate(self, row: Row) -> Figure:
        at_s, position = optional_number(row, "at_s"), optional_number(row, "position_bytes")
        if at_s is None or position is None:
            return None, "the server does not say where its log is"
        now = _Position(at_s=at_s, started_s=optional_number(row, "started_s"), bytes=position)
        before, self._before = self._before, now
        if before is None:
            return None, FIRST_LOOK
        if before.started_s != now.started_s or now.bytes < before.bytes:
            return None, RESET
        if now.at_s - before.at_s < _SHORTEST_S:
            return None, "the server's clock did not move forward"
        return (now.bytes - before.bytes) / (now.at_s - before.at_s), ""


async def _on_disk(ask: Ask) -> tuple[Figure, tuple[str, ...]]:
    try:
        rows: Sequence[Row] = await ask.rows(statement("wal_files"))
    except ProviderError as error:
        return (None, error.reason), (f"size of the log: {refused(error, _GRANT)}",)
    total = optional_integer(rows[0], "bytes") if rows else None
    return ((None, "the server does not say") if total is None else (float(total), "")), ()


def _line(key: str, title: str, value: Foreign, note: str) -> Record:
    return Record(
        id=key,
        title=Foreign(title),
        condition=Condition.FINE,
        state=value,
        details=(("note", Foreign(note) or NOTHING),),
    )


def _archive(row: Row) -> Record:
    done, lost = optional_number(row, "archived_s"), optional_number(row, "failed_s")
    failing = flag(row, "archives") and lost is not None and lost > (done or 0.0)
    state = "off" if not flag(row, "archives") else "failing" if failing else "on"
    said = f"last archived {minute(when(done))}, last failure {minute(when(lost))}"
    return Record(
        id="archive",
        title=Foreign("archiving"),
        condition=Condition.DEGRADED if failing else Condition.FINE,
        state=Foreign(state),
        details=(("note", Foreign(said) if flag(row, "archives") else NOTHING),),
    )
