"""The command line of a plain start of the wall, read without click.

click takes 10 ms to load, a tenth of what the first picture may cost beside Textual. Whatever is
not spelled exactly so, and every command, goes to click, which also says what is wrong with it.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tui.options import Options

FLAGS: Final = {
    "--read-only": "read_only",
    "--ascii": "ascii_only",
    "--no-mouse": "no_mouse",
    "--low-bandwidth": "low_bandwidth",
}
VALUES: Final = {
    "--config": "config_path",
    "--workspace": "workspace",
    "--env": "environment",
    "--theme": "theme",
    "--log-file": "log_file",
}
"""Options as `tui.cli` declares them; all but those that do something else than open the wall."""

_FILES: Final = frozenset({"--config", "--log-file"})

_COMPLETING: Final = "_QUARTERDECK_COMPLETE"
"""The shell asks for completions."""


def plain_options(
    arguments: Sequence[str], environment: Mapping[str, str] = os.environ
) -> Options | None:
    """The options of a wall to be opened; None when click has to look at the line."""
    if _COMPLETING in environment:
        return None
    given: dict[str, object] = {}
    words = iter(arguments)
    for word in words:
        name = FLAGS.get(word) or VALUES.get(word)
        value = "yes" if word in FLAGS else next(words, "")
        if name is None or name in given or not value or value.startswith("-"):
            return None
        given[name] = Path(value) if word in _FILES else value
    return Options.of(given)
