"""The commands as the palette lists them."""

from collections.abc import Sequence

from tui.bindings import LiveCommand
from tui.messages import Choice


def palette_choices(live: Sequence[LiveCommand]) -> tuple[Choice, ...]:
    """Every command that can be given now, by its help, with the keys that do the same."""
    return tuple(
        Choice(
            key=each.command.bound_as or each.command.id,
            label=each.command.help,
            note=" ".join(each.keys),
        )
        for each in live
        if each.command.palette and each.enabled
    )
