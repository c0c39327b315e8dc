"""Words for the person, on stderr, without loading anything for it."""

import sys
from contextlib import suppress


def tell(words: str) -> None:
    """One message and a line break; lost where nobody is there to read it."""
    if sys.stderr is None:
        return
    with suppress(OSError):
        sys.stderr.write(f"{words}\n")
        sys.stderr.flush()
