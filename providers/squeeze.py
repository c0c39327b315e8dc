"""Compression that takes little room while it works; pure."""

import zlib
from typing import Final

_WINDOW_BITS: Final = 13
_MEMORY_LEVEL: Final = 6
"""64 kB of work room instead of 268: what is taken once stays with the process, and for what is
kept here, some kB that repeat themselves, the result is as small."""


def squeezed(plain: bytes, level: int) -> bytes:
    """For `zlib.decompress`.

    Args:
        plain: What is to be kept.
        level: 1 is quick, 9 is thorough.
    """
    packer = zlib.compressobj(level, zlib.DEFLATED, _WINDOW_BITS, _MEMORY_LEVEL)
    return packer.compress(plain) + packer.flush()
