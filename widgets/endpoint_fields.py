"""The columns of the endpoints pane: one check a row, two environments side by side."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from monitor.snapshot import EndpointCell, EndpointRow, WorkspaceView
from monitor.states import EndpointState
from providers.clock import Moment
from widgets import endpoint_cells as draw
from widgets.cells import Align, Cell, Line
from widgets.columns import Column
from widgets.endpoint_cells import Pen
from widgets.fields import Field
from widgets.glyphs import Glyphs
from widgets.spark import shared_ceiling
from widgets.tiers import Tier

EndpointField = Field[EndpointRow]

_BADNESS: Final[Mapping[EndpointState, int]] = {
    EndpointState.OK: 0,
    EndpointState.CHECKING: 1,
    EndpointState.STALE: 2,
    EndpointState.UNKNOWN: 3,
    EndpointState.SLOW: 4,
    EndpointState.FAILING: 5,
    EndpointState.NOT_READY: 6,
    EndpointState.FLAPPING: 7,
    EndpointState.DOWN: 8,
}

_NAMES: Final[Mapping[Tier, int]] = {
    Tier.NARROW: 19,
    Tier.NORMAL: 28,
    Tier.WIDE: 23,
    Tier.HUGE: 40,
}
"""Columns of a name: what the others leave without ever being cut themselves."""

_HISTORIES: Final[Mapping[tuple[bool, int], tuple[int, ...]]] = {
    (True, 1): (12,),
    (True, 2): (12, 0),
    (False, 1): (40,),
    (False, 2): (20, 14),
}
"""Columns of history for each environment, by whether the pane is narrow and how many there are."""


def pair_of(view: WorkspaceView) -> tuple[str, ...]:
    """The environments to put side by side: production, and the first of the others."""
    present = {name for row in view.endpoints for name in row.cells}
    named = [each for each in view.spec.environments if each.name in present]
    production = [each.name for each in named if each.production][:1]
    others = [each.name for each in named if not each.production][: 2 - len(production)]
    return (*production, *others)


def ceiling_ms(rows: Sequence[EndpointRow], pair: Sequence[str]) -> float:
    """What ▇ stands for: the slowest answer, but never less than half of what counts as slow.

    So that histories stay flat while everything answers quickly.
    """
    checks = [row.spec.checks[name] for row in rows for name in pair if name in row.spec.checks]
    slow = max((check.slow_ms for check in checks if check.slow_ms is not None), default=1000.0)
    cells = [row.cells[name] for row in rows for name in pair if name in row.cells]
    return max(shared_ceiling(cell.history_ms for cell in cells), slow / 2)


def pen_for(view: WorkspaceView, now: Moment, glyphs: Glyphs) -> Pen:
    """What the cells of one drawing have in common."""
    return Pen(now=now, glyphs=glyphs, ceiling_ms=ceiling_ms(view.endpoints, pair_of(view)))


def endpoint_fields(view: WorkspaceView, tier: Tier, pen: Pen) -> tuple[EndpointField, ...]:
    """The columns there is room for, and how they are drawn."""
    pair = pair_of(view)
    fields: list[EndpointField] = [
        Field(column=Column(key="service", title="SERVICE", width=_NAMES[tier]), draw=draw.name)
    ]
    widths = _HISTORIES.get((tier is Tier.NARROW, len(pair)), ())
    drift = len(pair) > 1 and tier > Tier.NARROW
    for place, (environment, width) in enumerate(zip(pair, widths, strict=True)):
        fields += _side(environment, width, pen, gap=1 if drift and place else 3)
    if drift:
        fields.append(Field(column=Column(key="drift", width=1, gap=3), draw=draw.drift))
    if tier >= Tier.WIDE and pair:
        fields += _details(pair[0], pen)
    return tuple(fields)


def _cell(environment: str, row: EndpointRow) -> EndpointCell | None:
    return row.cells.get(environment)


def _rank(environment: str, row: EndpointRow) -> float | None:
    cell = row.cells.get(environment)
    return None if cell is None else -_BADNESS[cell.state]


def _side(environment: str, width: int, pen: Pen, *, gap: int) -> list[EndpointField]:
    """State, status and latency of one environment; with room, its history and version."""
    of, rank = partial(_cell, environment), partial(_rank, environment)

    def column(part: str, columns: int, space: int = 1, title: str = "") -> Column:
        align: Align = "right" if part == "latency" else "left"
        key = f"{environment}.{part}"
        return Column(key=key, title=title, width=columns, gap=space, align=align)

    fields: list[EndpointField] = [
        Field(column=column("state", 1), draw=lambda row: draw.sign(of(row), pen), rank=rank),
        Field(
            column=column("status", 3, title=environment.upper()),
            draw=lambda row: draw.status(of(row)),
            rank=rank,
        ),
        Field(
            column=column("latency", 7, 1 if width else gap),
            draw=lambda row: draw.latency(of(row)),
            rank=lambda row: draw.latency_ms(of(row)),
        ),
    ]
    if not width:
        return fields
    past: list[EndpointField] = [
        Field(column=column("history", width), draw=lambda row: draw.history(of(row), width, pen)),
        Field(column=column("version", 7, gap), draw=lambda row: draw.version(of(row))),
    ]
    return fields + past


def _details(environment: str, pen: Pen) -> list[EndpointField]:
    """What is known of the first environment over a longer time."""
    of = partial(_cell, environment)

    def uptime(row: EndpointRow) -> float | None:
        cell = of(row)
        return None if cell is None else cell.uptime_24h_percent

    def days(row: EndpointRow) -> float | None:
        cell = of(row)
        return None if cell is None else cell.certificate_days

    def changed(row: EndpointRow) -> Cell | Line:
        return draw.change(of(row), pen)

    def since(row: EndpointRow) -> float | None:
        cell = of(row)
        return -cell.changed_at.timestamp() if cell and cell.changed_at else None

    right = partial(Column, align="right", gap=2)
    return [
        Field(
            column=Column(key="uptime", title="24H UP", width=7, align="right"),
            draw=lambda row: draw.uptime(of(row)),
            rank=uptime,
        ),
        Field(column=Column(key="watched", width=6), draw=lambda row: draw.watched(of(row))),
        Field(
            column=right(key="certificate", title="TLS", width=5),
            draw=lambda row: draw.certificate(of(row)),
            rank=days,
        ),
        Field(
            column=Column(key="change", title="LAST CHANGE", width=14, grows=True),
            draw=changed,
            rank=since,
        ),
    ]
