"""What a command is; all of them are declared in `tui.commands`."""

import enum

from msgspec import Struct


class Scope(enum.Enum):
    """Where a command can be given."""

    EVERYWHERE = "everywhere"
    WALL = "on the wall"
    ROWS = "on the wall and in details"
    DETAIL = "in details"
    LISTS = "on the wall and in lists"
    LIST = "in lists"
    ACTIVITY = "in the list of actions"
    """Its keys go before those of the same letter elsewhere."""


class Group(enum.Enum):
    """The headings of the help screen."""

    GENERAL = "General"
    PANES = "Panes"
    ROWS = "Rows"
    ACTIONS = "Actions"
    BOARDS = "Boards"
    VIEW = "View"


class Command(Struct, frozen=True, kw_only=True):
    """One thing a person can ask for; what changes something outside goes through the guard."""

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
    palette: bool = True
    bound_as: str = ""
    """Id of the binding when a list of its own accord has it; empty: the screen binds it."""


def declared(
    given: str,
    label: str,
    text: str,
    place: tuple[Scope, Group],
    *,
    action: str = "",
    palette: bool = True,
    bound_as: str = "",
) -> Command:
    """A command from its id and its keys in one string, such as `help question_mark f1`."""
    name, *keys = given.split()
    return Command(
        id=name,
        keys=tuple(keys),
        action=action,
        label=label,
        help=text,
        scope=place[0],
        group=place[1],
        palette=palette,
        bound_as=bound_as,
    )
