"""A world in which every list has 69 entries, and each entry says one of the hostile texts."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from monitor.alert_view import Care, CareKind
from monitor.care_entries import CareEntry, EntryKind
from monitor.channel_view import ChannelView
from monitor.group_view import GroupView
from monitor.logs import LoggedLine
from monitor.snapshot import EndpointRow, Snapshot, WorkspaceView
from monitor.system_view import SystemView
from monitor.verdicts import Level, Phase, Verdict
from providers.base import Area
from providers.probe_readings import AssertionResult, Certificate
from providers.readings import Failure, SourceId, Trouble
from providers.system_readings import Condition, Section
from providers.text import Foreign
from providers.vendor_readings import VendorIncident, VendorReading
from tests import snapshot_values as values
from tests.hostile_texts import TEXTS
from tests.values_common import NOW, ago, at
from tests.values_systems import logged, record, system, with_systems

S = TypeVar("S")

SAID: Final = tuple(map(Foreign, TEXTS.values()))

_WORDS: Final = frozenset(
    {"title", "why", "subject", "fact", "reason", "message", "advice", "worst", "text", "detail",
     "version", "change", "group", "note", "summary", "sentence", "problem", "detection",
     "last_words", "last_operator", "operator", "host", "words", "groups_note"}
)  # fmt: skip
"""Texts on their way to the screen that somebody else may have had a part in."""


def spoiled(value: S, said: Foreign) -> S:
    """The value with `said` wherever there are somebody else's words; what we wrote stays."""
    return _spoiled(value, said)  # type: ignore[return-value]  # of the type that it had


def _spoiled(value: object, said: Foreign) -> object:
    if isinstance(value, Foreign):
        return said
    if isinstance(value, tuple):
        return tuple(_spoiled(each, said) for each in value)
    if isinstance(value, Mapping):
        return {key: _spoiled(each, said) for key, each in value.items()}
    if not isinstance(value, Struct) or type(value).__name__.endswith("Spec"):
        return value
    found = {name: getattr(value, name) for name in value.__struct_fields__}
    return replace(
        value,
        **{
            name: said.line() if name in _WORDS and isinstance(each, str) else _spoiled(each, said)
            for name, each in found.items()
        },
    )


def each(first: S) -> Iterable[tuple[int, S]]:
    """As many as there are texts, each spoiled by its own."""
    return ((number, spoiled(first, said)) for number, said in enumerate(SAID))


def crowded() -> Snapshot:
    """Everything the screen can draw, 69 times."""
    view = values.incident()
    systems = tuple(_system(area) for area in Area)
    snapshot = with_systems(*systems, logs=True)
    failure = Failure(trouble=Trouble.UNAUTHORIZED, sentence="s", advice="a")
    first = next(iter(snapshot.sources.values()))
    sources = {
        SourceId(f"lma/production/n{number}"): replace(
            one, failure=spoiled(failure, SAID[number]), failing_since=ago(60),
            spec=replace(one.spec, id=SourceId(f"lma/production/n{number}"), workspace="lma"),
        )
        for number, one in each(first)
    }  # fmt: skip
    return replace(
        snapshot,
        workspaces={"lma": replace(_workspace(view), systems=systems)},
        sources={**snapshot.sources, **sources},
        notices=tuple(said.line() for said in SAID),
    )


def lines() -> tuple[LoggedLine, ...]:
    """The log, a line for each text."""
    return tuple(
        replace(one, line=replace(one.line, id=str(number)))
        for number, one in each(logged(1, "x", path="/x"))
    )


def _workspace(view: WorkspaceView) -> WorkspaceView:
    database = view.databases[0]
    return replace(
        spoiled(view, SAID[0]),
        alerts=tuple(replace(one, key=f"a{n}", care=_care(n)) for n, one in each(view.alerts[0])),
        endpoints=tuple(
            replace(_probed(one, SAID[n]), spec=replace(one.spec, key=f"e{n}"))
            for n, one in each(view.endpoints[3])
        ),
        kpis=tuple(
            replace(one, spec=replace(one.spec, key=f"k{n}"), groups=(_group(SAID[n]),))
            for n, one in each(view.kpis[0])
        ),
        databases=(
            replace(
                database,
                rows=tuple(
                    replace(one, session=replace(one.session, pid=n + 1, blocked_by=()), depth=0)
                    for n, one in each(database.rows[0])
                ),
            ),
        ),
        deploys=tuple(
            replace(one, deploy=replace(one.deploy, id=f"d{n}"))
            for n, one in each(view.deploys[0])
        ),
        vendors=tuple(
            replace(one, name=f"v{n}", reading=_pages(one.reading, SAID[n]))
            for n, one in each(view.vendors[2])
        ),
        timeline=tuple(replace(one, key=f"t{n}") for n, one in each(view.timeline[0])),
        notices=tuple(said.line() for said in SAID),
        channels=tuple(
            spoiled(ChannelView(name=f"c{n}", kind="slack", target="#x", least=Level.WARNING,
                                last_at=at(60), last_words="w", problem="p"), said)
            for n, said in enumerate(SAID)
        ),
        cares=tuple(_entry(n, said) for n, said in enumerate(SAID)),
    )  # fmt: skip


def _probed(row: EndpointRow, said: Foreign) -> EndpointRow:
    """With what only some answers have: a certificate, a broken assertion, a body."""
    certificate = Certificate(subject=said, issuer=said, not_after=NOW.at, trusted=False)
    broken = AssertionResult(expectation="status == 'ok'", found=said, passed=False)
    cells = {
        name: cell if cell.probe is None else replace(
            cell, probe=replace(cell.probe, body=said, version=said, certificate=certificate,
                                assertions=(broken,)),
        )
        for name, cell in row.cells.items()
    }  # fmt: skip
    return replace(row, cells=cells)


def _pages(reading: VendorReading | None, said: Foreign) -> VendorReading | None:
    incident = VendorIncident(id="1", title=said, state=said, impact=said, began_at=NOW.at)
    return reading and replace(reading, incidents=(incident,))


def _group(said: Foreign) -> GroupView:
    verdict = Verdict(level=Level.WARNING, phase=Phase.FIRING, why=said.line())
    return GroupView(name=said.line(), value=1.0, verdict=verdict)


def _care(number: int) -> Care:
    return spoiled(
        Care(kind=CareKind.ACKNOWLEDGED, operator="x", host="x", at=at(60),
             until=NOW.at + timedelta(hours=1), note="x", id=str(number)),
        SAID[number],
    )  # fmt: skip


def _entry(number: int, said: Foreign) -> CareEntry:
    return CareEntry(
        id=str(number), at=at(60), kind=EntryKind.ACKNOWLEDGED, operator=said.line(64), login="x",
        host=said.line(64), workspace="lma", key=f"a{number}", until=NOW.at + timedelta(hours=1),
        subject=said.line(120), note=said.line(200),
    )  # fmt: skip


def _system(area: Area) -> SystemView:
    records = tuple(
        record(f"{area.name}{n}", Condition.BROKEN, title=said, state=said, at=at(60 + n),
               change=True, details=(("note", said), ("by", said)))
        for n, said in enumerate(SAID)
    )  # fmt: skip
    parts = (
        Section(key="r", title="records", records=records),
        Section(key="b", title="blind", blind=SAID[6].line()),
    )
    return system(area.name.title(), area, Condition.BROKEN, *parts, summary=TEXTS["click"],
                  environment="production")  # fmt: skip
