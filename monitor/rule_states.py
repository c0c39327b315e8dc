"""States of rules as JSON and back, so that a restart goes on where it stopped.

Times are written by the wall clock, since the other clock means nothing to another process; they
are carried onto the new process's clock when read.
"""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from monitor.flapping import NOTHING_SEEN, is_memory
from monitor.rules import START, BandState
from monitor.verdicts import Band, Phase
from providers.clock import Moment


def encode_bands(bands: tuple[Band, ...], states: tuple[BandState, ...]) -> str:
    """The states with what their bands were."""
    entries = [
        {"band": mark, **_plain(state)} for mark, state in zip(_marks(bands), states, strict=True)
    ]
    return json.dumps(entries, separators=(",", ":"))


def decode_bands(bands: tuple[Band, ...], text: str, now: Moment) -> tuple[BandState, ...]:
    """The states for these bands; a band that is new, changed or unreadable starts anew."""
    known: dict[str, BandState] = {}
    for entry in _entries(text):
        state = band_state(entry, now)
        mark = entry.get("band")
        if state is not None and isinstance(mark, str):
            known[mark] = state
    return tuple(known.get(mark, START) for mark in _marks(bands))


def carried(
    before: tuple[Band, ...], states: tuple[BandState, ...], bands: tuple[Band, ...]
) -> tuple[BandState, ...]:
    """The states for changed bands: whoever keeps its limit keeps its state."""
    known = dict(zip(_marks(before), states, strict=True))
    return tuple(known.get(mark, START) for mark in _marks(bands))


def band_state(entry: Mapping[str, object], now: Moment) -> BandState | None:
    """One state from its JSON; None when it can not be understood."""
    try:
        return BandState(
            phase=Phase(entry["phase"]),
            since=moment_from(entry["since"], now),
            onset=onset_from(entry["onset"], now),
            fired=fired_from(entry, now),
            last=moment_from(entry["last"], now),
            holds_s=_number(entry["holds_s"], math.inf),
            last_bad=bool(entry["last_bad"]),
            last_good=bool(entry["last_good"]),
            past_s=_number(entry["past_s"], 0.0),
            good_s=_number(entry["good_s"], 0.0),
            bad=int(_number(entry["bad"], 0)),
            good=int(_number(entry["good"], 0)),
            bad_at=moment_from(entry.get("bad_at"), now),
            seen=memory_from(entry.get("seen")),
            missing_since=moment_from(entry["missing_since"], now),
        )
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def fired_from(entry: Mapping[str, object], now: Moment) -> Moment | None:
    """When it was met; states of an older version tell it by their phase alone."""
    fired = onset_from(entry.get("fired"), now)
    if fired is not None:
        return fired
    active = entry["phase"] in {Phase.FIRING.value, Phase.RECOVERING.value}
    return onset_from(entry["onset"], now) if active else None


def moment_text(moment: Moment | None) -> str | None:
    """A moment by the wall clock, in ISO 8601."""
    return None if moment is None else moment.at.isoformat()


def moment_from(raw: object, now: Moment) -> Moment | None:
    """The moment on this process's clock; one that claims to be in the future becomes now.

    Raises:
        ValueError: The text is no time.
        TypeError: It is no text.
    """
    if raw is None:
        return None
    if not isinstance(raw, str):
        raise TypeError("a moment is a text")
    at = datetime.fromisoformat(raw)
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return moment_at(min(at, now.at), now)


def onset_from(raw: object, now: Moment) -> Moment | None:
    """As `moment_from`, with the wall time as it was written, be it in the future.

    The name of an episode is made of it, and a clock that was set back must not change that.

    Raises:
        ValueError: The text is no time.
        TypeError: It is no text.
    """
    moment = moment_from(raw, now)
    if moment is None or not isinstance(raw, str):
        return None
    at = datetime.fromisoformat(raw)
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return replace(moment, at=at)


def memory_from(raw: object) -> int:
    """Which of the last samples were bad; nothing seen where that is not told.

    Raises:
        ValueError: It can not be such a memory.
    """
    if raw is None:
        return NOTHING_SEEN
    if isinstance(raw, bool) or not isinstance(raw, int) or not is_memory(raw):
        raise ValueError("not a memory of samples")
    return raw


def moment_at(at: datetime, now: Moment) -> Moment:
    """The moment of a wall time, seen from now."""
    return Moment(at=at, tick_s=now.tick_s - (now.at - at).total_seconds())


def moment_before(now: Moment, seconds: float) -> Moment:
    """The moment `seconds` ago."""
    return Moment(at=now.at - timedelta(seconds=seconds), tick_s=now.tick_s - seconds)


def _marks(bands: tuple[Band, ...]) -> list[str]:
    """What makes each band the same one after an edit of the configuration; no two alike."""
    found: list[str] = []
    for band in bands:
        mark = f"{band.name.value} {band.comparison.value} {band.limit!r}"
        twins = sum(one.split("#")[0] == mark for one in found)
        found.append(f"{mark}#{twins + 1}" if twins else mark)
    return found


def _plain(state: BandState) -> dict[str, object]:
    plain: dict[str, object] = {}
    for name in state.__struct_fields__:
        value = getattr(state, name)
        if isinstance(value, Moment):
            plain[name] = moment_text(value)
        elif isinstance(value, Phase):
            plain[name] = value.value
        elif isinstance(value, float) and not math.isfinite(value):
            plain[name] = None
        else:
            plain[name] = value
    return plain


def _entries(text: str) -> list[Mapping[str, object]]:
    try:
        entries = json.loads(text)
    except ValueError:
        return []
    if not isinstance(entries, list):
        return []
    return [entry for entry in entries if isinstance(entry, dict)]


def _number(raw: object, absent: float) -> float:
    if raw is None:
        return absent
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise TypeError("not a number")
    return float(raw)
