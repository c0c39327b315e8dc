"""The help: the keys that work on the screen it was opened over, from its live bindings."""

from collections.abc import Sequence

from tui.bindings import LiveCommand
from tui.command import Group
from widgets.cells import Cell, Line, Tone, fit

_KEYS_WIDTH = 12


def help_lines(
    live: Sequence[LiveCommand], facts: Sequence[str] = (), signs: Sequence[Line] = ()
) -> tuple[Line, ...]:
    """The page of the help.

    Args:
        live: What can be done.
        facts: Lines about this session, such as the round trip to the terminal.
        signs: What the signs of the wall mean.
    """
    lines: list[Line] = []
    for group in Group:
        commands = [each for each in live if each.command.group is group]
        if commands:
            lines += (
                [(), (Cell(group.value, Tone.TITLE, bold=True),)]
                if lines
                else [(Cell(group.value, Tone.TITLE, bold=True),)]
            )
            lines += [_command_line(each) for each in commands]
    if signs:
        lines += [(), (Cell("Signs and short words", Tone.TITLE, bold=True),), *signs]
    if facts:
        lines += [(), (Cell("This session", Tone.TITLE, bold=True),)]
        lines += [(Cell(fact, Tone.MUTED),) for fact in facts]
    return tuple(lines)


def _command_line(each: LiveCommand) -> Line:
    keys = fit(" ".join(each.keys), _KEYS_WIDTH)
    said = Tone.NORMAL if each.enabled else Tone.MUTED
    return (
        Cell(f"{keys} ", Tone.ACCENT if each.enabled else Tone.MUTED),
        Cell(each.command.help, said),
        Cell(f"  {each.command.id}", Tone.MUTED),
    )
