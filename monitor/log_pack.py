"""Log lines kept small while nobody looks at them; pure.

A line as a value of its own is ten objects and 900 bytes, packed it is one of 250.
"""

from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.msgpack import Decoder, Encoder

from providers.log_readings import LogLevel, LogLine
from providers.readings import SourceId
from providers.text import EMPTY, Foreign

NAME_AT: Final = 1
"""Behind the length of the array the source and the id stand first."""


class _Packed(Struct, frozen=True, array_like=True):
    """What is written of a line: words without their names."""

    source: int
    id: str
    at: datetime
    level: LogLevel
    text: str
    origin: str
    method: str
    path: str
    status: int | None


_MOST_WORDS: Final = 512
"""Origins, methods and paths that are made once for all lines; strangers choose the paths."""

_ENCODER: Final = Encoder()
_DECODER: Final = Decoder(_Packed)


class LinePacker:
    """Packs lines and unpacks them again; a source is a number in it."""

    def __init__(self) -> None:
        self._sources: list[SourceId] = []
        self._numbers: dict[SourceId, int] = {}
        self._words: dict[str, Foreign] = {"": EMPTY}

    def pack(self, source: SourceId, line: LogLine) -> bytes:
        """The line as bytes: the same line gives the same bytes."""
        packed = _Packed(
            self._number(source),
            line.id,
            line.at,
            line.level,
            line.text.text,
            line.origin.text,
            line.method.text,
            line.path.text,
            line.status,
        )
        return _ENCODER.encode(packed)

    def name(self, source: SourceId, line_id: str) -> bytes:
        """What stands at `NAME_AT` in the bytes of this line, and of no other."""
        return _ENCODER.encode((self._number(source), line_id))[NAME_AT:]

    def _number(self, source: SourceId) -> int:
        number = self._numbers.setdefault(source, len(self._sources))
        if number == len(self._sources):
            self._sources.append(source)
        return number

    def unpack(self, packed: bytes) -> tuple[SourceId, LogLine]:
        """Whose line it is and the line again; its time in UTC."""
        found = _DECODER.decode(packed)
        line = LogLine(
            id=found.id,
            at=found.at,
            level=found.level,
            text=Foreign(found.text),
            origin=self._word(found.origin),
            method=self._word(found.method),
            path=self._word(found.path),
            status=found.status,
        )
        return self._sources[found.source], line

    def _word(self, text: str) -> Foreign:
        """What many lines share, made once for all of them."""
        word = self._words.get(text)
        if word is None:
            if len(self._words) > _MOST_WORDS:
                self._words = {"": EMPTY}
            word = self._words[text] = Foreign(text)
        return word
