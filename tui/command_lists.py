"""The commands of lists and boards."""

from typing import Final

from tui.command import Group, Scope, declared

_LIST_ROW: Final = (Scope.LIST, Group.ROWS)
_FOLDING: Final = (Scope.LISTS, Group.ROWS)
_BOARD: Final = (Scope.EVERYWHERE, Group.BOARDS)

LISTS: Final = (
    declared(
        "copy-all Y",
        "save",
        "Copy all rows of the list through the terminal, and save them to a file as well.",
        _LIST_ROW,
        action="copy_all",
    ),
    declared(
        "follow f",
        "follow",
        "In the logs: stay with the newest line, or stand still.",
        _LIST_ROW,
        action="follow",
    ),
    declared(
        "fold space",
        "fold",
        "Open or close what is folded under the row: of an alert what follows from it, of a board "
        "the section.",
        _FOLDING,
        action="fold",
    ),
    declared(
        "next-asking n",
        "next",
        "On a board: go to the next row that is not fine.",
        _LIST_ROW,
        action="next_asking(1)",
    ),
    declared(
        "previous-asking N",
        "previous",
        "On a board: go to the row before that is not fine.",
        _LIST_ROW,
        action="next_asking(-1)",
    ),
)

DETAILS: Final = (
    declared(
        "maintenance f6",
        "maintenance",
        "Start maintenance, so that nobody is told of its alerts, or end it.",
        (Scope.EVERYWHERE, Group.GENERAL),
        action="maintenance",
    ),
    declared(
        "printed L",
        "printed",
        "Of a deploy: show the end of what its build or its failed job printed.",
        (Scope.DETAIL, Group.ROWS),
        action="printed",
    ),
)

BOARDS: Final = (
    declared(
        "changes h",
        "changes",
        "Show what changed in the last 15 minutes, over everything.",
        _BOARD,
        action="changes",
    ),
    declared(
        "logs l", "logs", "Show the logs: of the row's service, else all.", _BOARD, action="logs"
    ),
    declared(
        "boards b", "boards", "Choose a board of the systems around it.", _BOARD, action="boards"
    ),
    declared(
        "board-payments 8",
        "payments",
        "Show payments, e-mail and calendar.",
        _BOARD,
        action="board('payments')",
    ),
    declared(
        "board-errors 9",
        "errors",
        "Show errors and web vitals.",
        _BOARD,
        action="board('errors')",
    ),
    declared(
        "board-security 0",
        "security",
        "Show sign-ins, names and certificates.",
        _BOARD,
        action="board('security')",
    ),
)
