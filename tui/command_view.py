"""The commands that choose what is looked at, and how."""

from typing import Final

from tui.command import Group, Scope, declared

_LOOK: Final = (Scope.EVERYWHERE, Group.VIEW)
_WINDOW: Final = (Scope.ROWS, Group.VIEW)

VIEW: Final = (
    declared(
        "workspace w", "workspace", "Choose the product to look at.", _LOOK, action="workspaces"
    ),
    declared(
        "environment e",
        "env",
        "Show all environments, then one after the other alone.",
        _LOOK,
        action="environment",
    ),
    declared("theme t", "theme", "Choose a theme, with a live preview.", _LOOK, action="themes"),
    declared(
        "time-zone T", "UTC/local", "Show times in UTC or in local time.", _LOOK, action="time_zone"
    ),
    declared(
        "contacts c",
        "contacts",
        "Show whom to call, and the dashboards and documents.",
        _LOOK,
        action="contacts",
    ),
    declared(
        "sources v",
        "sources",
        "List every source and status page with how it is doing.",
        _LOOK,
        action="sources",
    ),
    declared(
        "window-shorter left_square_bracket",
        "shorter",
        "Chart a shorter time, down to 5m.",
        _WINDOW,
        action="window(-1)",
    ),
    declared(
        "window-longer right_square_bracket",
        "longer",
        "Chart a longer time, up to 30d.",
        _WINDOW,
        action="window(1)",
    ),
)
