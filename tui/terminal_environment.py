"""What the environment may not decide, settled before Textual reads it.

Textual takes its options from the environment when it is imported: `TEXTUAL_PRESS=q` presses keys,
`TEXTUAL_SCREENSHOT` and `TEXTUAL_LOG` write files, `TEXTUAL_DRIVER` loads code (promises §2.3).
"""

import os
import sys
from collections.abc import MutableMapping
from typing import Final

_HARMLESS: Final = frozenset({"TEXTUAL_COLOR_SYSTEM", "TEXTUAL_DISABLE_KITTY_KEY"})
"""They change how signs are coded and nothing else; people with odd terminals need them."""


_NO_SCREEN: Final = frozenset({"dumb", "unknown"})
"""Kinds of terminal that can not place a sign: Rich takes them for 80x25 whatever their size, and
Textual lays itself out anew for ever."""


def settle_environment(
    environment: MutableMapping[str, str] | None = None, *, low_bandwidth: bool = False
) -> None:
    """Remove every variable that acts on Textual, and set the few we rely on.

    `COLUMNS` and `LINES` say how large the terminal was when a shell started, and rich believes
    them for ever.

    Must run before the first import of Textual.
    """
    env = os.environ if environment is None else environment
    for name in [name for name in env if name.startswith("TEXTUAL")]:
        if name not in _HARMLESS:
            del env[name]
    for name in ("COLUMNS", "LINES"):
        env.pop(name, None)
    env["TEXTUAL_ANIMATIONS"] = "none"
    # How long a change waits for others before it is painted: a key is answered 12 ms sooner than
    # at the usual 60. Painting nothing costs nothing, and data is paced by `FramePace`.
    env["TEXTUAL_FPS"] = "240"
    # Smooth scrolling turns on pixel mouse reports, which Textual 8.2.8 never turns off again.
    env["TEXTUAL_SMOOTH_SCROLL"] = "0"
    if low_bandwidth:
        env.setdefault("TEXTUAL_COLOR_SYSTEM", "256")


def at_terminal() -> bool:
    """Whether both ends of the conversation are a terminal; if not, there is no screen to open."""
    return all(
        stream is not None and not stream.closed and stream.isatty()
        for stream in (sys.__stdin__, sys.__stdout__)
    )


def can_show_wall() -> bool:
    """Whether there is a terminal, and one that can place signs."""
    return at_terminal() and os.environ.get("TERM") not in _NO_SCREEN
