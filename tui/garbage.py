"""Python's search for cyclic garbage, kept out of the way of the start."""

import gc


def hold() -> None:
    """Search for nothing: what is imported stays, and looking through it takes a tenth of the time.

    To be followed by `settle`.
    """
    gc.disable()


def search() -> None:
    """Search as ever, for a command that has no start to speak of."""
    gc.enable()


def settle() -> None:
    """Search again, but not through what the start has made: that is there to stay.

    Without this a full search goes through a third of a million objects and holds up keys.
    """
    gc.freeze()
    gc.enable()


def leave() -> None:
    """Search no more: the process ends, and all of it with it.

    Python would look through everything that was imported, twice, before it goes.
    """
    gc.freeze()
