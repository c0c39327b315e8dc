"""When a source is read next: intervals, jitter, back-off; pure."""

import math
import random
from typing import Final

from providers.base import SourceSpec

JITTER: Final = 0.10
"""Each gap differs from the interval by up to this share either way (promise P21)."""

LONGEST_BACKOFF_S: Final = 300.0
"""No failing source waits longer, unless its vendor asks for it."""

SOONEST_S: Final = 1.0
"""However much is under way at a source, it is not asked more often than this."""

AFTER_S: Final = 0.25
"""Quick answers to what was asked at the full second are taken in so long after it."""

GRACE_FAILURES: Final = 2
"""Failures in a row that are met with the ordinary interval: most trouble is short."""


_SLOTS: Final = (3.0, 1.0)
"""Seconds of the grids; what begins in a long one begins in a shorter one as well."""


def slot_s(interval_s: float) -> float:
    """The grid that starts are put on, so that sources wake the process together.

    Waking up is the expensive part of a read: what the processor does again at once costs a
    quarter of what it does once a second. The grid is never coarser than the jitter, which would
    be lost in it.
    """
    found = next((slot for slot in _SLOTS if slot <= interval_s * JITTER), None)
    return min(0.5, interval_s / 10) if found is None else found


def gathered_s(now_s: float) -> float:
    """Tick at which answers that nobody is in a hurry for are next taken in, all at once."""
    return math.floor(now_s - AFTER_S) + 1 + AFTER_S


def backoff_s(interval_s: float, failures: int) -> float:
    """Seconds until the next read after `failures` in a row, without jitter.

    Doubles after the grace, up to twelve intervals but at least a minute, and never past five
    minutes: a database asked every 5 s is asked again within a minute of coming back.
    """
    if failures <= GRACE_FAILURES:
        return interval_s
    cap = max(interval_s, min(LONGEST_BACKOFF_S, max(60.0, 12 * interval_s)))
    return min(cap, interval_s * 2.0 ** min(failures - GRACE_FAILURES, 32))


def paced_s(spec: SourceSpec, again_s: float | None = None, *, seen: bool) -> float:
    """Seconds between two reads: of what no pane shows, fewer are made where its spec says so.

    Args:
        spec: The source.
        again_s: What its last harvest asked for, because something is under way; it can only make
            the next read come sooner, and not sooner than `SOONEST_S`.
        seen: Whether a pane shows it.
    """
    pace_s = spec.interval_s if seen or not spec.unseen_interval_s else spec.unseen_interval_s
    return pace_s if again_s is None else min(pace_s, max(again_s, SOONEST_S))


def next_start_s(
    interval_s: float,
    previous_due_s: float,
    now_s: float,
    failures: int,
    wait_s: float,
    rng: random.Random,
) -> float:
    """The tick at which the source is due again.

    Counted from when it was due, not from when it ran, so that the average gap is the interval.
    Starts that were missed are left out instead of caught up (no burst after a pause).

    Args:
        interval_s: Seconds between two reads.
        previous_due_s: Tick at which the read that just ended had been due.
        now_s: The present tick.
        failures: Failed reads in a row, 0 after a good one.
        wait_s: Seconds the vendor asked us to wait; 0 if it did not.
        rng: Where the jitter comes from.
    """
    gap = backoff_s(interval_s, failures)
    slot = slot_s(interval_s)
    due = _on_grid(previous_due_s + gap * rng.uniform(1 - JITTER, 1 + JITTER), slot)
    if due <= now_s - min(slot, SOONEST_S):
        due += math.ceil((now_s - due) / gap) * gap
    if wait_s > 0:
        due = max(due, now_s + wait_s * rng.uniform(1.0, 1 + JITTER))
    return due


def _on_grid(tick_s: float, slot: float) -> float:
    return math.floor(tick_s / slot + 0.5) * slot
