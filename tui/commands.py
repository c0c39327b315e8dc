"""Every command, declared once: bindings, footer, palette, help and docs/keys.md come from here.

Knows no terminal, so that `quarterdeck keys` answers without loading one.
"""

from typing import Final

from tui.command import Command, Group, Scope, declared
from tui.command_actions import ACTIONS
from tui.command_lists import BOARDS, DETAILS, LISTS
from tui.command_view import VIEW


def _pane(number: int, title: str) -> Command:
    text = f"Focus the {title} pane; again: maximise it."
    return declared(f"pane-{number} {number}", title, text, _PANE, action=f"pane({number})")


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

_ANYWHERE: Final = (Scope.EVERYWHERE, Group.GENERAL)
_PANE: Final = (Scope.WALL, Group.PANES)
_ROW: Final = (Scope.ROWS, Group.ROWS)
_WALL_ROW: Final = (Scope.LISTS, Group.ROWS)

_GENERAL: Final = (
    declared(
        "help question_mark f1", "help", "Show the keys that work here.", _ANYWHERE, action="help"
    ),
    declared(
        "palette ctrl+p colon",
        "palette",
        "Find a command by its name.",
        _ANYWHERE,
        action="palette",
        palette=False,
    ),
    declared(
        "back escape",
        "back",
        "Close, clear the filter or leave the maximised pane; never quits.",
        _ANYWHERE,
        action="step_back",
        palette=False,
    ),
    declared(
        "pause p", "pause", "Freeze the view; polling and judging go on.", _ANYWHERE, action="pause"
    ),
    declared(
        "refresh r",
        "refresh",
        "Read the sources of this pane now.",
        (Scope.ROWS, Group.GENERAL),
        action="refresh_pane",
    ),
    declared(
        "refresh-all ctrl+r",
        "refresh all",
        "Read every source now.",
        _ANYWHERE,
        action="refresh_all",
    ),
    declared(
        "messages f2",
        "messages",
        "List what was notified since the start.",
        _ANYWHERE,
        action="messages",
    ),
    declared(
        "cares f3",
        "acks",
        "List what was acknowledged and snoozed, by whom and since when.",
        _ANYWHERE,
        action="cares",
    ),
    declared(
        "notices f4",
        "notices",
        "List the channels over which people are told; send a test message to one.",
        _ANYWHERE,
        action="notices",
    ),
    declared(
        "quit q ctrl+c",
        "quit",
        "End Quarterdeck; what it watches is not touched.",
        _ANYWHERE,
        action="quit_now",
    ),
)

_PANES: Final = (
    *(_pane(number, title) for number, title in enumerate(PANE_TITLES, 1)),
    declared(
        "alerts exclamation_mark",
        "alerts",
        "Go to the alerts from anywhere on the wall.",
        _PANE,
        action="pane(1)",
    ),
    declared(
        "next-pane tab",
        "next pane",
        "Focus the next pane.",
        _PANE,
        action="next_pane",
        palette=False,
    ),
    declared(
        "previous-pane shift+tab",
        "previous pane",
        "Focus the pane before.",
        _PANE,
        action="previous_pane",
        palette=False,
    ),
    declared(
        "maximise z m",
        "max",
        "Give the whole screen to the pane, or take it back.",
        _PANE,
        action="maximise",
    ),
)

_ROWS: Final = (
    declared("open enter", "open", "Open the details of the row.", _WALL_ROW, bound_as="list.open"),
    declared("down down j", "down", "Move down a row.", _ROW, palette=False, bound_as="list.down"),
    declared("up up k", "up", "Move up a row.", _ROW, palette=False, bound_as="list.up"),
    declared(
        "top home g", "top", "Move to the first row.", _ROW, palette=False, bound_as="list.first"
    ),
    declared(
        "bottom end G", "bottom", "Move to the last row.", _ROW, palette=False, bound_as="list.last"
    ),
    declared(
        "page-down pagedown",
        "page down",
        "Move down a page.",
        _ROW,
        palette=False,
        bound_as="list.page_down",
    ),
    declared(
        "page-up pageup", "page up", "Move up a page.", _ROW, palette=False, bound_as="list.page_up"
    ),
    declared(
        "half-down ctrl+d",
        "half page",
        "Move down half a page.",
        _ROW,
        palette=False,
        bound_as="list.half_down",
    ),
    declared(
        "half-up ctrl+u",
        "half page",
        "Move up half a page.",
        _ROW,
        palette=False,
        bound_as="list.half_up",
    ),
    declared(
        "lane-right right",
        "right",
        "Move to the list beside.",
        _ROW,
        palette=False,
        bound_as="list.right",
    ),
    declared(
        "lane-left left",
        "left",
        "Move back from the list beside.",
        _ROW,
        palette=False,
        bound_as="list.left",
    ),
    declared(
        "filter slash",
        "filter",
        "Show only the rows of this pane with these words; -word leaves some out.",
        _WALL_ROW,
        action="filter",
    ),
    declared("sort s", "sort", "Sort the pane by its next column.", _WALL_ROW, action="sort"),
    declared(
        "sort-reverse S",
        "reverse",
        "Turn the order of the pane round.",
        _WALL_ROW,
        action="sort_reverse",
    ),
    declared(
        "age-basis i",
        "age of",
        "Count the ages of queries from the statement, the transaction or the backend.",
        (Scope.WALL, Group.ROWS),
        action="age_basis",
    ),
    declared(
        "copy y",
        "copy",
        "Copy the row through the terminal, and save it to a file as well.",
        _ROW,
        action="copy_row",
    ),
    declared(
        "link o",
        "link",
        "Open the row's page in a browser; over SSH: show and copy its address.",
        _ROW,
        action="open_link",
    ),
    declared(
        "acknowledge a",
        "ack",
        "Acknowledge the row's alert: you are at it. Also: take that back.",
        _ROW,
        action="acknowledge",
    ),
    declared(
        "snooze d",
        "snooze",
        "Snooze the row's alert for a while: nobody is at it. Also: take that back.",
        _ROW,
        action="snooze",
    ),
    declared(
        "runbook u", "runbook", "Say where the runbook speaks of this row.", _ROW, action="runbook"
    ),
)

COMMANDS: Final[tuple[Command, ...]] = (
    *_GENERAL,
    *_PANES,
    *_ROWS,
    *LISTS,
    *DETAILS,
    *ACTIONS,
    *BOARDS,
    *VIEW,
)
"""All of them, in the order of the help screen."""

BY_ID: Final = {command.id: command for command in COMMANDS}


def commands_for(*scopes: Scope) -> tuple[Command, ...]:
    """The commands of these scopes, in their order."""
    return tuple(command for command in COMMANDS if command.scope in scopes)
