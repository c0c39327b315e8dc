"""Commands as Textual knows them: bindings with ids, and which of them can be given now."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct
from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.command import Command, Scope
from tui.commands import BY_ID, COMMANDS, commands_for
from tui.keymap import key_sign, keys_of

_BOUND: Final = {command.bound_as or command.id: command for command in COMMANDS}


def bindings_for(*scopes: Scope) -> list[BindingType]:
    """The bindings of these scopes, for a class's `BINDINGS`."""
    return [
        Binding(",".join(command.keys), command.action, command.label, id=command.id, show=False)
        for command in commands_for(*scopes)
        if command.keys and not command.bound_as
    ]


def keymap_of(changes: Mapping[str, str]) -> dict[str, str]:
    """The configured keys as Textual's keymap; ids that do not exist are left out."""
    return {
        (command.bound_as or command.id): ",".join(keys_of(command, changes))
        for command in (BY_ID[name] for name in changes if name in BY_ID)
    }


class LiveCommand(Struct, frozen=True, kw_only=True):
    """A command that the focused screen knows, with the keys that give it now."""

    command: Command
    keys: tuple[str, ...]
    """As people read them, such as `^p`."""

    enabled: bool

    @property
    def guarded(self) -> bool:
        """Whether it leads to the guard."""
        return self.command.label.endswith("…")


def live_commands(screen: Screen[Any]) -> tuple[LiveCommand, ...]:
    """What the screen's live bindings can do, in the order of the help."""
    keys: dict[str, list[str]] = {}
    enabled: dict[str, bool] = {}
    for key, active in screen.active_bindings.items():
        command = _BOUND.get(active.binding.id or "")
        if command is not None:
            keys.setdefault(command.id, []).append(key_sign(key))
            enabled[command.id] = active.enabled
    return tuple(
        LiveCommand(command=command, keys=tuple(keys[command.id]), enabled=enabled[command.id])
        for command in COMMANDS
        if command.id in keys
    )
