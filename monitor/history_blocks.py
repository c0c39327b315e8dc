"""Readings of one series packed into small blocks; pure.

A row for each reading would need ten times the room. A raw block holds the readings of an hour;
a block of sums holds minutes of an hour, or hours of a day.
"""

import math
import zlib
from array import array
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from providers.squeeze import squeezed

_WIDEST: Final = 3.0e38
"""Least and greatest values of sums are kept with seven figures; larger ones are cut to this."""

_HUGE: Final = 1.0e308

_COUNTERS_FROM: Final = 1.0e6


class Bucket(Struct, frozen=True, kw_only=True):
    """Readings of one series added up over a time; one reading is a bucket of one."""

    at_ms: int
    """Its start, or the time of the reading, in milliseconds since 1970 (UTC)."""

    width_ms: int
    """0 for a single reading."""

    count: int
    """0 when a reading had no number: a gap that is known."""

    total: float
    nonzero: int
    minimum: float
    maximum: float


def single(at_ms: int, value: float | None) -> Bucket:
    """A bucket of one reading."""
    number = value if value is not None and math.isfinite(value) else None
    held = 0.0 if number is None else number
    return Bucket(
        at_ms=at_ms,
        width_ms=0,
        count=int(number is not None),
        total=held,
        nonzero=int(held != 0),
        minimum=held,
        maximum=held,
    )


def combine(at_ms: int, width_ms: int, buckets: Sequence[Bucket]) -> Bucket:
    """Several buckets as one; those without a number only keep it from being absent."""
    filled = [one for one in buckets if one.count]
    total = sum(one.total for one in filled)
    return Bucket(
        at_ms=at_ms,
        width_ms=width_ms,
        count=sum(one.count for one in filled),
        total=min(max(total, -_HUGE), _HUGE),
        nonzero=sum(one.nonzero for one in filled),
        minimum=min((one.minimum for one in filled), default=0.0),
        maximum=max((one.maximum for one in filled), default=0.0),
    )


def regroup(buckets: Iterable[Bucket], width_ms: int) -> list[Bucket]:
    """Buckets added up into wider ones on a grid, in order of time."""
    groups: dict[int, list[Bucket]] = {}
    for one in buckets:
        groups.setdefault(one.at_ms // width_ms, []).append(one)
    return [combine(key * width_ms, width_ms, groups[key]) for key in sorted(groups)]


def merged(one: Iterable[Bucket], other: Iterable[Bucket]) -> list[Bucket]:
    """Two lists of buckets of one width as one; those at the same time are added up."""
    by_time: dict[int, list[Bucket]] = {}
    for bucket in (*one, *other):
        by_time.setdefault(bucket.at_ms, []).append(bucket)
    return [
        same[0] if len(same) == 1 else combine(at_ms, same[0].width_ms, same)
        for at_ms, same in sorted(by_time.items())
    ]


def begin_of(firsts: Iterable[tuple[int, int]]) -> int | None:
    """When something was first recorded; None: never.

    Args:
        firsts: Start and width in ms of the first bucket of each grain, the coarsest first: what
            began within a wide one is known better by a narrower one.
    """
    begin_ms, reach_ms = None, 0
    for first_ms, width_ms in firsts:
        if begin_ms is None or first_ms < begin_ms + reach_ms:
            begin_ms, reach_ms = first_ms, width_ms
    return begin_ms


def pack_readings(start_ms: int, readings: Sequence[Bucket]) -> bytes:
    """Single readings, ascending, none before `start_ms` and none an hour after it."""
    steps = array("I")
    before = start_ms
    for one in readings:
        steps.append(one.at_ms - before)
        before = one.at_ms
    values = array("d", (one.total if one.count else math.nan for one in readings))
    code = _code(values)
    packed = values if code == "d" else array(code, values)
    return _packed(len(readings), code, (steps, packed))


def unpack_readings(start_ms: int, data: bytes) -> list[Bucket]:
    """The readings of a raw block.

    Raises:
        ValueError: The block is damaged.
    """
    steps, values = _unpacked(data, "I?")
    at_ms, found = start_ms, []
    for step, value in zip(steps, values, strict=True):
        at_ms += int(step)
        found.append(single(at_ms, value))
    return found


def pack_sums(start_ms: int, width_ms: int, buckets: Sequence[Bucket]) -> bytes:
    """Buckets of one width, ascending, on the grid that begins at `start_ms`."""
    totals = array("d", (one.total for one in buckets))
    code = _code(totals)
    columns = (
        array("H", ((one.at_ms - start_ms) // width_ms for one in buckets)),
        array("I", (one.count for one in buckets)),
        array("I", (one.nonzero for one in buckets)),
        array("f", (_narrow(one.minimum) for one in buckets)),
        array("f", (_narrow(one.maximum) for one in buckets)),
        totals if code == "d" else array(code, totals),
    )
    return _packed(len(buckets), code, columns)


def unpack_sums(start_ms: int, width_ms: int, data: bytes) -> list[Bucket]:
    """The buckets of a block of sums.

    Raises:
        ValueError: The block is damaged.
    """
    columns = _unpacked(data, "HIIff?")
    return [
        Bucket(
            at_ms=start_ms + int(index) * width_ms,
            width_ms=width_ms,
            count=int(n),
            total=total,
            nonzero=int(nonzero),
            minimum=minimum,
            maximum=maximum,
        )
        for index, n, nonzero, minimum, maximum, total in zip(*columns, strict=True)
    ]


def _code(values: "array[float]") -> str:
    """How wide values are kept: measurements with seven figures, counters as they are.

    A counter of a thousand million must not lose its last figures, or its rate would be wrong; a
    latency never had more than six.
    """
    measured = all(math.isnan(one) or abs(one) < _COUNTERS_FROM for one in values)
    return "f" if measured else "d"


def _packed(count: int, code: str, columns: "Iterable[array[int] | array[float]]") -> bytes:
    """Columns behind each other, the first bytes of their numbers together.

    Neighbouring measurements share their highest bytes, and so compress by a third more.
    """
    parts = [count.to_bytes(4, "little"), code.encode()]
    for column in columns:
        plain, size = column.tobytes(), column.itemsize
        parts += [plain[offset::size] for offset in range(size)]
    return squeezed(b"".join(parts), 6)


def _unpacked(data: bytes, codes: str) -> "list[array[float]]":
    """The columns of a block; `?` in `codes` stands for the block's own width.

    Raises:
        ValueError: The block is damaged.
    """
    try:
        plain = zlib.decompress(data)
    except zlib.error as error:
        raise ValueError("a block can not be unpacked") from error
    own = plain[4:5]
    if own not in {b"d", b"f"}:
        raise ValueError("a block does not say how wide its numbers are")
    count, at = int.from_bytes(plain[:4], "little"), 5
    columns: list[array[float]] = []
    for code in codes.replace("?", own.decode()):
        column: array[float] = array(code)
        size = column.itemsize
        whole = bytearray(count * size)
        if len(plain) < at + len(whole):
            raise ValueError("a block is too short")
        for offset in range(size):
            whole[offset::size] = plain[at : at + count]
            at += count
        column.frombytes(bytes(whole))
        columns.append(column)
    if at != len(plain):
        raise ValueError("a block is too long")
    return columns


def _narrow(value: float) -> float:
    return min(max(value, -_WIDEST), _WIDEST)
