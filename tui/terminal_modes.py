"""Every mode we may have switched on, and how each is put back, whatever the terminal is doing."""

import contextlib
import os
import select
import termios
import threading
from typing import Final

Attributes = list[int | list[bytes | int]]
"""What `termios.tcgetattr` gives."""

RESTORE: Final = "".join(
    (
        "\x1b\\",  # ends whatever sequence a cut-off write left open
        "\x1b[?2026l",  # synchronised output
        "\x1b[<u",  # kitty keyboard protocol; must come before the alternate screen is left
        *(f"\x1b[?{mode}l" for mode in (1000, 1002, 1003, 1015, 1006, 1016)),  # mouse reports
        "\x1b[?1004l",  # focus events
        "\x1b[?2004l",  # bracketed paste
        "\x1b[?2048l",  # in-band resize reports
        "\x1b[?7h",  # line wrap
        "\x1b[0m",
        "\x1b[?1049l",  # alternate screen
        "\x1b[?25h",  # cursor
    )
)


PUSH_TITLE: Final = "\x1b[22;0t"
TITLE_BACK: Final = "\x1b]2;\x07\x1b[23;0t"
"""Empty, for terminals that do not keep it; then the one from before, where it was kept."""

TITLED: Final = threading.Event()
"""Whether the title is ours now: to put back what was never kept would take somebody else's."""


def restoring() -> str:
    """Everything that puts the terminal back as it was."""
    return f"{RESTORE}{TITLE_BACK}" if TITLED.is_set() else RESTORE


def saved_attributes(fd: int) -> Attributes | None:
    """The line discipline as it stands; None when `fd` is no terminal any more."""
    try:
        return termios.tcgetattr(fd)
    except (termios.error, OSError):
        return None


def restore_attributes(fd: int, attributes: Attributes | None) -> None:
    """Put the line discipline back, without waiting for output to drain."""
    if attributes is None:
        return
    with contextlib.suppress(termios.error, OSError):
        termios.tcsetattr(fd, termios.TCSANOW, attributes)


def open_beside(fd: int) -> int | None:
    """The same terminal, opened anew for non-blocking writes.

    `O_NONBLOCK` belongs to the open file, which the shell shares with us: setting it on `fd`
    itself would leave the shell with a terminal that refuses writes.
    """
    try:
        return os.open(os.ttyname(fd), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None


def force_restore(fd: int) -> bool:
    """Write `RESTORE` at once, throwing away output that the terminal does not take.

    Returns:
        Whether the terminal took it all. Never blocks, never raises.
    """
    beside = open_beside(fd)
    target = fd if beside is None else beside
    data = restoring().encode("ascii")
    try:
        if not select.select([], [target], [], 0)[1]:
            termios.tcflush(fd, termios.TCOFLUSH)
        if beside is None and not select.select([], [target], [], 0)[1]:
            return False
        return os.write(target, data) == len(data)
    except (termios.error, OSError, ValueError):
        return False
    finally:
        if beside is not None:
            os.close(beside)
