"""Supabase: how a project is set up - pooler, disk, compute, limits of PostgreSQL.

Changes by a person's hand and seldom, so it is asked every quarter of an hour: four requests.
"""

from typing import Final

from msgspec import Struct

from providers.clock import Moment
from providers.fields import Fields
from providers.harvest import Harvest
from providers.numbers import Number
from providers.supabase_parts import SYSTEM, Part, Piece, Question, amount
from providers.system_readings import Condition, Record, SystemReading
from providers.text import EMPTY, Foreign
from providers.vendor import entries, sort_out

METRICS: Final = ("pool_size", "pooler_clients_max", "connections_max", "disk_provisioned_bytes")
_GB: Final = 1024**3
_SETTINGS: Final = (
    "statement_timeout",
    "shared_buffers",
    "work_mem",
    "max_wal_size",
    "max_replication_slots",
)


class Pooler(Struct, frozen=True, kw_only=True):
    """One pooler; its connection string is never read."""

    id: str
    mode: Foreign
    host: Foreign
    port: int | None
    primary: bool
    pool_size: int | None
    clients_max: int | None


class Addon(Struct, frozen=True, kw_only=True):
    """Something that was bought, such as the size of the machine."""

    kind: Foreign
    variant: str
    name: Foreign


class Volume(Struct, frozen=True, kw_only=True):
    """The disk as it was ordered."""

    kind: Foreign
    size_gb: int
    iops: int | None


class Limits(Struct, frozen=True, kw_only=True):
    """Settings of PostgreSQL that were overridden; what is not told has its default."""

    connections_max: int | None
    told: tuple[tuple[str, Foreign], ...]


def pooler_of(fields: Fields) -> Pooler:
    """A pooler.

    Raises:
        BadAnswer: It lacks its mode or its host.
    """
    mode = fields.text("pool_mode")
    return Pooler(
        id=f"{fields.word('identifier')}/{mode.line(20)}",
        mode=mode,
        host=fields.text("db_host"),
        port=fields.optional_integer("db_port"),
        primary=fields.text("database_type", EMPTY).text != "READ_REPLICA",
        pool_size=fields.optional_integer("default_pool_size"),
        clients_max=fields.optional_integer("max_client_conn"),
    )


def addon_of(fields: Fields) -> Addon:
    """An add-on that is in use.

    Raises:
        BadAnswer: It lacks its kind or its variant.
    """
    variant = fields.fields("variant")
    return Addon(
        kind=fields.text("type"), variant=variant.word("id"), name=variant.text("name", EMPTY)
    )


def volume_of(fields: Fields) -> Volume:
    """The disk.

    Raises:
        BadAnswer: Its kind or its size is missing.
    """
    attributes = fields.fields("attributes")
    return Volume(
        kind=attributes.text("type"),
        size_gb=attributes.integer("size_gb"),
        iops=attributes.optional_integer("iops"),
    )


def limits_of(fields: Fields) -> Limits:
    """The overridden settings.

    Raises:
        BadAnswer: One of them is of another kind than it should be.
    """
    told = [(name, fields.optional_word(name)) for name in _SETTINGS]
    return Limits(
        connections_max=fields.optional_integer("max_connections"),
        told=tuple((name, Foreign(value)) for name, value in told if value is not None),
    )


def poolers_of(value: object, operation: str, _at: Moment) -> Piece:
    """The list of poolers.

    Raises:
        BadAnswer: It is no list of poolers.
    """
    found = sort_out(entries(value, "", SYSTEM, operation), pooler_of, "pooler")
    poolers = found.readable()
    primary = next((each for each in poolers if each.primary), None)
    return Piece(
        records=tuple(map(_pooler_record, poolers)),
        figures=(
            _count("pool_size", primary.pool_size if primary else None),
            _count("pooler_clients_max", primary.clients_max if primary else None),
        ),
        words=f"pooler in {primary.mode.line(20)} mode" if primary else "",
        notice=found.notice,
    )


def addons_of(value: object, operation: str, _at: Moment) -> Piece:
    """The add-ons in use, the machine first.

    Raises:
        BadAnswer: It is no list of add-ons.
    """
    listed = entries(value, "selected_addons", SYSTEM, operation)
    found = sort_out(listed, addon_of, "add-on")
    addons = sorted(found.readable(), key=lambda one: one.kind.text != "compute_instance")
    machine = next((each for each in addons if each.kind.text == "compute_instance"), None)
    return Piece(
        records=tuple(map(_addon_record, addons)),
        words=f"compute {machine.name.line(30) or machine.variant}" if machine else "",
        notice=found.notice,
    )


def volume_piece(value: object, operation: str, _at: Moment) -> Piece:
    """The disk as it was ordered.

    Raises:
        BadAnswer: It is something else.
    """
    volume = volume_of(Fields(value, SYSTEM, operation))
    record = Record(
        id="volume",
        title=Foreign(f"{volume.kind.line(20)} disk"),
        condition=Condition.FINE,
        state=Foreign(amount(volume.size_gb * _GB)),
        details=(("iops", Foreign("" if volume.iops is None else str(volume.iops))),),
    )
    size = Number(metric="disk_provisioned_bytes", value=volume.size_gb * _GB, unit="bytes")
    return Piece(records=(record,), figures=(size,), words=f"disk {amount(volume.size_gb * _GB)}")


def limits_piece(value: object, operation: str, _at: Moment) -> Piece:
    """The settings of PostgreSQL that were overridden.

    Raises:
        BadAnswer: It is something else.
    """
    limits = limits_of(Fields(value, SYSTEM, operation))
    known = limits.connections_max
    told = ((("max_connections", Foreign(str(known))),) if known is not None else ()) + limits.told
    records = tuple(
        Record(id=name, title=Foreign(name), condition=Condition.FINE, state=text)
        for name, text in told
    )
    why = "" if known is not None else "not overridden: it is what the machine's size brings"
    figure = Number(metric="connections_max", value=known, unit="count", reason=why)
    return Piece(records=records, figures=(figure,))


def _count(metric: str, raw: int | None) -> Number:
    return Number(metric=metric, value=raw, unit="count")


def _pooler_record(pooler: Pooler) -> Record:
    def shown(number: int | None) -> Foreign:
        return Foreign("default" if number is None else str(number))

    return Record(
        id=pooler.id,
        title=Foreign("primary" if pooler.primary else "read replica"),
        condition=Condition.FINE,
        state=pooler.mode,
        details=(
            ("host", pooler.host),
            ("port", Foreign("" if pooler.port is None else str(pooler.port))),
            ("pool size", shown(pooler.pool_size)),
            ("clients at most", shown(pooler.clients_max)),
        ),
    )


def _addon_record(addon: Addon) -> Record:
    return Record(
        id=f"{addon.kind.line(40)}/{addon.variant}",
        title=addon.kind,
        condition=Condition.FINE,
        state=Foreign(addon.variant),
        details=(("name", addon.name),),
    )


QUESTIONS: Final = (
    Question(
        key="pooler",
        title="Pooler",
        rest="/config/database/pooler",
        permission="database_pooling_config_read",
        parse=poolers_of,
        metrics=(("pool_size", "count"), ("pooler_clients_max", "count")),
    ),
    Question(
        key="compute",
        title="Compute and add-ons",
        rest="/billing/addons",
        permission="infra_add_ons_read",
        parse=addons_of,
        empty="none: the smallest machine there is",
    ),
    Question(
        key="volume",
        title="Disk as ordered",
        rest="/config/disk",
        permission="infra_disk_config_read",
        parse=volume_piece,
        metrics=(("disk_provisioned_bytes", "bytes"),),
    ),
    Question(
        key="limits",
        title="PostgreSQL settings",
        rest="/config/database/postgres",
        permission="database_config_read",
        parse=limits_piece,
        metrics=(("connections_max", "count"),),
        empty="none is overridden",
        vague=True,
    ),
)


class SupabaseSetup(Part):
    """How one project is set up."""

    async def read(self) -> Harvest:
        """Ask for all parts at once.

        Raises:
            ProviderError: None of them could be had.
        """
        told = await self._put(QUESTIONS)
        payload = SystemReading(
            system=SYSTEM,
            condition=told.condition,
            summary=Foreign(told.words or "set up as listed"),
            sections=told.sections,
            notices=told.notices,
        )
        return Harvest(payload=payload, numbers=self._readings(told.figures, told.at), at=told.at)
