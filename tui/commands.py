"""Every command, declared once: bindings, footer, palette, help and docs/keys.md come from here.

Knows no terminal, so that `quarterdeck keys` answers without loading one.
"""

import enum
from dataclasses import dataclass
from typing import Final


class Scope(enum.Enum):
    """Where a command can be given."""

    EVERYWHERE = "everywhere"
    WALL = "on the wall"
    ROWS = "on the wall and in details"
    DETAIL = "in details"


class Group(enum.Enum):
    """The headings of the help screen."""

    GENERAL = "General"
    PANES = "Panes"
    ROWS = "Rows"
    VIEW = "View"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing a person can ask for; none of them changes anything outside this program."""

    id: str
    """Names it in the configuration's `keys:` and never changes."""

    keys: tuple[str, ...]
    """Default keys in the terminal's names; empty: only from the palette."""

    action: str
    """What the screen runs, such as `pane(3)`."""

    label: str
    """One or two words for the footer."""

    help: str
    """A sentence for help, palette and documentation."""

    scope: Scope
    group: Group
    footer: bool = False
    palette: bool = True
    bound_as: str = ""
    """Id of the binding when a list of its own accord has it; empty: the screen binds it."""


def _pane(number: int, title: str) -> Command:
    return Command(
        id=f"pane-{number}",
        keys=(str(number),),
        action=f"pane({number})",
        label=title,
        help=f"Focus the {title} pane; again: maximise it.",
        scope=Scope.WALL,
        group=Group.PANES,
    )


PANE_TITLES: Final = (
    "alerts",
    "deploys",
    "endpoints",
    "KPIs",
    "queries",
    "chart",
    "timeline",
)
"""By pane number, from 1."""

_GENERAL: Final = (
    Command(
        id="help",
        keys=("question_mark", "f1"),
        action="help",
        label="help",
        help="Show the keys that work here.",
        scope=Scope.EVERYWHERE,
        group=Group.GENERAL,
        footer=True,
    ),
    Command(
        id="palette",
        keys=("ctrl+p", "colon"),
        action="palette",
        label="palette",
        help="Find a command by its name.",
        scope=Scope.EVERYWHERE,
        group=Group.GENERAL,
        footer=True,
        palette=False,
    ),
    Command(
        id="back",
        keys=("escape",),
        action="step_back",
        label="back",
        help="Close, clear the filter or leave the maximised pane; never quits.",
        scope=Scope.EVERYWHERE,
        group=Group.GENERAL,
        palette=False,
    ),
    Command(
        id="pause",
        keys=("p",),
        action="pause",
        label="pause",
        help="Freeze the view; polling and judging go on.",
        scope=Scope.EVERYWHERE,
        group=Group.GENERAL,
        footer=True,
    ),
    Command(
        id="refresh",
        keys=("r",),
        action="refresh_pane",
        label="refresh",
        help="Read the sources of this pane now.",
        scope=Scope.ROWS,
        group=Group.GENERAL,
    ),
    Command(
        id="refresh-all",
        keys=("ctrl+r",),
        action="refresh_all",
        label="refresh all",
        help="Read every source now.",
        scope=Scope.EVERYWHERE,
        group=Group.GENERAL,
    ),
    Command(
        id="messages",
        keys=("f2",),
        action="messages",
        label="messages",
        help="List what was notified since the start.",
        scope=Scope.EVERYWHERE,
        group=Group.GENERAL,
    ),
    Command(
        id="quit",
        keys=("q", "ctrl+c"),
        action="quit_now",
        label="quit",
        help="End Quarterdeck; what it watches is not touched.",
        scope=Scope.EVERYWHERE,
        group=Group.GENERAL,
        footer=True,
    ),
)

_VIEW: Final = (
    Command(
        id="workspace",
        keys=("w",),
        action="workspaces",
        label="workspace",
        help="Choose the product to look at.",
        scope=Scope.EVERYWHERE,
        group=Group.VIEW,
    ),
    Command(
        id="environment",
        keys=("e",),
        action="environment",
        label="env",
        help="Show all environments, then one after the other alone.",
        scope=Scope.EVERYWHERE,
        group=Group.VIEW,
        footer=True,
    ),
    Command(
        id="theme",
        keys=("t",),
        action="themes",
        label="theme",
        help="Choose a theme, with a live preview.",
        scope=Scope.EVERYWHERE,
        group=Group.VIEW,
    ),
    Command(
        id="time-zone",
        keys=("T",),
        action="time_zone",
        label="UTC/local",
        help="Show times in UTC or in local time.",
        scope=Scope.EVERYWHERE,
        group=Group.VIEW,
    ),
    Command(
        id="contacts",
        keys=("c",),
        action="contacts",
        label="contacts",
        help="Show whom to call, and the dashboards and documents.",
        scope=Scope.EVERYWHERE,
        group=Group.VIEW,
    ),
    Command(
        id="sources",
        keys=("v",),
        action="sources",
        label="sources",
        help="List every source and status page with how it is doing.",
        scope=Scope.EVERYWHERE,
        group=Group.VIEW,
    ),
    Command(
        id="window-shorter",
        keys=("left_square_bracket",),
        action="window(-1)",
        label="shorter",
        help="Chart a shorter time: 24h, 6h, 1h, 15m, 5m.",
        scope=Scope.ROWS,
        group=Group.VIEW,
    ),
    Command(
        id="window-longer",
        keys=("right_square_bracket",),
        action="window(1)",
        label="longer",
        help="Chart a longer time: 5m, 15m, 1h, 6h, 24h.",
        scope=Scope.ROWS,
        group=Group.VIEW,
    ),
)

_PANES: Final = (
    *(_pane(number, title) for number, title in enumerate(PANE_TITLES, 1)),
    Command(
        id="alerts",
        keys=("exclamation_mark",),
        action="pane(1)",
        label="alerts",
        help="Go to the alerts from anywhere on the wall.",
        scope=Scope.WALL,
        group=Group.PANES,
    ),
    Command(
        id="next-pane",
        keys=("tab",),
        action="next_pane",
        label="next pane",
        help="Focus the next pane.",
        scope=Scope.WALL,
        group=Group.PANES,
        palette=False,
    ),
    Command(
        id="previous-pane",
        keys=("shift+tab",),
        action="previous_pane",
        label="previous pane",
        help="Focus the pane before.",
        scope=Scope.WALL,
        group=Group.PANES,
        palette=False,
    ),
    Command(
        id="maximise",
        keys=("z", "m"),
        action="maximise",
        label="max",
        help="Give the whole screen to the pane, or take it back.",
        scope=Scope.WALL,
        group=Group.PANES,
        footer=True,
    ),
)

_ROWS: Final = (
    Command(
        id="open",
        keys=("enter",),
        action="",
        bound_as="list.open",
        label="open",
        help="Open the details of the row.",
        scope=Scope.WALL,
        group=Group.ROWS,
        footer=True,
    ),
    Command(
        id="down",
        keys=("down", "j"),
        action="",
        bound_as="list.down",
        label="down",
        help="Move down a row.",
        scope=Scope.ROWS,
        group=Group.ROWS,
        palette=False,
    ),
    Command(
        id="up",
        keys=("up", "k"),
        action="",
        bound_as="list.up",
        label="up",
        help="Move up a row.",
        scope=Scope.ROWS,
        group=Group.ROWS,
        palette=False,
    ),
    Command(
        id="top",
        keys=("home", "g"),
        action="",
        bound_as="list.first",
        label="top",
        help="Move to the first row.",
        scope=Scope.ROWS,
        group=Group.ROWS,
        palette=False,
    ),
    Command(
        id="bottom",
        keys=("end", "G"),
        action="",
        bound_as="list.last",
        label="bottom",
        help="Move to the last row.",
        scope=Scope.ROWS,
        group=Group.ROWS,
        palette=False,
    ),
    Command(
        id="page-down",
        keys=("pagedown",),
        action="",
        bound_as="list.page_down",
        label="page down",
        help="Move down a page.",
        scope=Scope.ROWS,
        group=Group.ROWS,
        palette=False,
    ),
    Command(
        id="page-up",
        keys=("pageup",),
        action="",
        bound_as="list.page_up",
        label="page up",
        help="Move up a page.",
        scope=Scope.ROWS,
        group=Group.ROWS,
        palette=False,
    ),
    Command(
        id="half-down",
        keys=("ctrl+d",),
        action="",
        bound_as="list.half_down",
        label="half page",
        help="Move down half a page.",
        scope=Scope.ROWS,
        group=Group.ROWS,
        palette=False,
    ),
    Command(
        id="half-up",
        keys=("ctrl+u",),
        action="",
        bound_as="list.half_up",
        label="half page",
        help="Move up half a page.",
        scope=Scope.ROWS,
        group=Group.ROWS,
        palette=False,
    ),
    Command(
        id="lane-right",
        keys=("right",),
        action="",
        bound_as="list.right",
        label="right",
        help="Move to the list beside.",
        scope=Scope.ROWS,
        group=Group.ROWS,
        palette=False,
    ),
    Command(
        id="lane-left",
        keys=("left",),
        action="",
        bound_as="list.left",
        label="left",
        help="Move back from the list beside.",
        scope=Scope.ROWS,
        group=Group.ROWS,
        palette=False,
    ),
    Command(
        id="filter",
        keys=("slash",),
        action="filter",
        label="filter",
        help="Show only the rows of this pane that hold some text.",
        scope=Scope.WALL,
        group=Group.ROWS,
        footer=True,
    ),
    Command(
        id="sort",
        keys=("s",),
        action="sort",
        label="sort",
        help="Sort the pane by its next column.",
        scope=Scope.WALL,
        group=Group.ROWS,
    ),
    Command(
        id="sort-reverse",
        keys=("S",),
        action="sort_reverse",
        label="reverse",
        help="Turn the order of the pane round.",
        scope=Scope.WALL,
        group=Group.ROWS,
    ),
    Command(
        id="copy",
        keys=("y",),
        action="copy_row",
        label="copy",
        help="Copy the row through the terminal, and save it to a file as well.",
        scope=Scope.ROWS,
        group=Group.ROWS,
        footer=True,
    ),
    Command(
        id="link",
        keys=("o",),
        action="open_link",
        label="link",
        help="Open the row's page in a browser; over SSH: show and copy its address.",
        scope=Scope.ROWS,
        group=Group.ROWS,
    ),
    Command(
        id="runbook",
        keys=("u",),
        action="runbook",
        label="runbook",
        help="Say where the runbook speaks of this row.",
        scope=Scope.ROWS,
        group=Group.ROWS,
        footer=True,
    ),
)

COMMANDS: Final[tuple[Command, ...]] = (*_GENERAL, *_PANES, *_ROWS, *_VIEW)
"""All of them, in the order of the help screen."""

BY_ID: Final = {command.id: command for command in COMMANDS}


def commands_for(*scopes: Scope) -> tuple[Command, ...]:
    """The commands of these scopes, in their order."""
    return tuple(command for command in COMMANDS if command.scope in scopes)
