"""The boards: which systems are shown together. Knows no screen."""

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from monitor.snapshot import WorkspaceView
from monitor.system_view import SystemView
from monitor.verdicts import Level
from providers.base import Area
from tui.messages import Choice


class Board(Struct, frozen=True, kw_only=True):
    """A screen of systems that belong together."""

    id: str
    title: str
    areas: tuple[Area, ...]


BOARDS: Final = (
    Board(
        id="payments",
        title="Payments, e-mail, calendar",
        areas=(Area.PAYMENTS, Area.MAIL, Area.CALENDAR),
    ),
    Board(id="errors", title="Errors", areas=(Area.ERRORS, Area.WEB)),
    Board(id="security", title="Security", areas=(Area.SECURITY, Area.NETWORK)),
    Board(id="platform", title="Platform", areas=(Area.PLATFORM,)),
    Board(id="database", title="Database", areas=(Area.DATABASE,)),
    Board(id="people", title="On-call and chat", areas=(Area.ON_CALL, Area.CHAT)),
    Board(id="business", title="Business numbers", areas=(Area.BUSINESS,)),
    Board(id="scripts", title="Scripts and budgets", areas=(Area.SCRIPTS, Area.NONE)),
)
"""In the order of the chooser; every area is on one of them."""

BY_ID: Final = {board.id: board for board in BOARDS}


def systems_of(view: WorkspaceView, board: Board, environment: str = "") -> tuple[SystemView, ...]:
    """The systems of a board, those of another environment left out; the worst first."""
    found = (
        system
        for system in view.systems
        if system.spec.area in board.areas
        and environment in {"", system.spec.environment or environment}
    )
    return tuple(sorted(found, key=lambda system: -system.level))


def worst(systems: Iterable[SystemView]) -> Level:
    """The worst level; fine when there is none."""
    return max((system.level for system in systems), default=Level.OK)


def board_choices(view: WorkspaceView) -> tuple[Choice, ...]:
    """The boards that have a system, the worst of each noted; then those without."""
    found = [(board, systems_of(view, board)) for board in BOARDS]
    found.sort(key=lambda pair: not pair[1])
    return tuple(
        Choice(
            key=board.id,
            label=board.title,
            note=f"{len(systems)} · {worst(systems).word}" if systems else "not configured",
        )
        for board, systems in found
    )
