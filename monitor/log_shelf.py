"""Packed lines in their order, the older ones folded together; pure.

Neighbouring lines of a log are much alike: folded, one takes a third of what it takes alone.
"""

import zlib
from collections import deque
from collections.abc import Iterator
from typing import Final

from msgspec.msgpack import Decoder, Encoder

from providers.squeeze import squeezed

FOLDED: Final = 64
"""Lines in a fold."""

OPEN: Final = 256
"""The newest lines lie open: logs are read minutes apart, and their lines are sorted in by time."""

_QUICKLY: Final = 1
_ENCODER: Final = Encoder()
_DECODER: Final = Decoder(list[bytes])


class Shelf:
    """A list of bytes to which more is added near its end than elsewhere.

    Args:
        folded: How many are folded together.
        most_open: How many of the last ones are not.
    """

    def __init__(self, folded: int = FOLDED, most_open: int = OPEN) -> None:
        self._folded = folded
        self._most_open = most_open
        self._folds: deque[bytes] = deque()
        self._open: list[bytes] = []
        self.size_bytes = 0
        """What all of it takes."""

    def __len__(self) -> int:
        return self._count_folded + len(self._open)

    def __iter__(self) -> Iterator[bytes]:
        for fold in self._folds:
            yield from _unfolded(fold)
        yield from self._open

    @property
    def _count_folded(self) -> int:
        return len(self._folds) * self._folded

    def between(self, first: int, end: int) -> list[bytes]:
        """Those from `first` on, up to and without `end`."""
        if first == end:
            return []
        self._unfold_from(first)
        behind = self._count_folded
        return self._open[first - behind : end - behind]

    def insert(self, place: int, packed: bytes) -> None:
        """Put one in before the one that is at this place."""
        self._unfold_from(place)
        self._open.insert(place - self._count_folded, packed)
        self.size_bytes += len(packed)

    def fold(self) -> None:
        """Fold the older ones, once there are enough of them."""
        while len(self._open) >= self._most_open + self._folded:
            older = self._open[: self._folded]
            del self._open[: self._folded]
            self._folds.append(squeezed(_ENCODER.encode(older), _QUICKLY))
            self.size_bytes += len(self._folds[-1]) - _size(older)

    def drop(self) -> int:
        """Drop the oldest, with all that it is folded with; says how many went."""
        if self._folds:
            self.size_bytes -= len(self._folds.popleft())
            return self._folded
        self.size_bytes -= len(self._open.pop(0))
        return 1

    def _unfold_from(self, place: int) -> None:
        while place < self._count_folded:
            fold = self._folds.pop()
            older = _unfolded(fold)
            self._open[:0] = older
            self.size_bytes += _size(older) - len(fold)


def _unfolded(fold: bytes) -> list[bytes]:
    return _DECODER.decode(zlib.decompress(fold))


def _size(lines: list[bytes]) -> int:
    return sum(map(len, lines))
