"""Words for the person, on stderr, without loading anything for it."""

import sys


def tell(words: str) -> None:
    """One message and a line break."""
    if sys.stderr is not None:
        sys.stderr.write(f"{words}\n")
        sys.stderr.flush()
