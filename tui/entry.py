"""The way in. The wall is opened by the short way; all else has the whole command line."""

import sys
from typing import Final

from tui.garbage import hold, leave, search
from tui.guard import LastWords, misplaced_packages
from tui.terminal_environment import can_show_wall

SWITCH_S: Final = 0.0005
"""How long one thread waits for another to hand the interpreter over. At Python's 5 ms the engine
at its start keeps whoever reads the history, or draws, waiting so long after every step."""


def main() -> None:
    """Run Quarterdeck and leave with its exit code."""
    # Before anything is imported: what is imported stays.
    hold()
    sys.setswitchinterval(SWITCH_S)
    from tui.plain_line import plain_options

    options = plain_options(sys.argv[1:]) if can_show_wall() else None
    if options is None or misplaced_packages() is not None:
        search()
        from tui.cli import main as whole

        try:
            whole()
        finally:
            leave()
        return
    with LastWords():
        from tui.compiled import compile_less
        from tui.config.paths import cache_dir

        compile_less(cache_dir())
        from tui.launch import open_wall

        try:
            code = open_wall(options)
        except KeyboardInterrupt:
            code = 130
    leave()
    sys.exit(code)


if __name__ == "__main__":
    main()
