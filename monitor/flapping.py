"""When something that comes and goes is called flapping; pure.

The last 21 samples are remembered as good or bad. A change is a sample on the other side than the
one before it; 21 samples can hold 20 changes, and the share is always taken of those 20, so that a
rule that has been judged five times can not flap, however it behaved.

* It begins at 7 of 20 (35 %): three outages that came and went are six changes and are told as
  three; when the fourth begins within the same 21 samples there is a pattern.
* It ends at 3 of 20 (15 %): at most one whole outage and the edge of another are left, and a rule
  that is steady from now on gets there within 17 samples.

Nagios looks at the same 21 checks and suggests 20 and 5 %, with newer changes counted as more;
Icinga 30 and 25 %; Sensu leaves both to the operator and waits for 21 results; Kibana takes 4
changes in 20 runs. Counting all changes alike means that the words are the rule: `7 changes in
the last 21 checks`. 20 % would call two outages in five minutes flapping, and thresholds as near
as 30 and 25 % would flap themselves.

A value between the limit and the clear limit is on the side it was on before: what the clear limit
is there to damp is no change.
"""

from typing import Final

SAMPLES: Final = 21
"""Samples that are looked at (promise P24)."""

ENTER: Final = 7
"""Changes in them from which on it flaps."""

LEAVE: Final = 3
"""Changes in them at which it has stopped."""

NOTHING_SEEN: Final = 1
"""The memory before the first sample: a one as a mark, then a bit for each sample, 1 for bad."""

_MARK: Final = 1 << SAMPLES
_ALL: Final = _MARK - 1


def remember(seen: int, *, bad: bool) -> int:
    """The memory after one more sample; the oldest leaves when there are more than 21."""
    longer = seen << 1 | bad
    return longer if longer < _MARK << 1 else longer & _ALL | _MARK


def was_bad(seen: int) -> bool:
    """On which side the newest sample was; good before the first."""
    return seen > NOTHING_SEEN and bool(seen & 1)


def samples(seen: int) -> int:
    """How many samples are remembered."""
    return seen.bit_length() - 1


def changes(seen: int) -> int:
    """How often neighbours in the memory differ."""
    count = samples(seen)
    if count < 2:
        return 0
    return ((seen ^ seen >> 1) & ((1 << count - 1) - 1)).bit_count()


def flaps(seen: int, *, already: bool) -> bool:
    """Whether it flaps: harder to begin than to go on."""
    count = changes(seen)
    return count > LEAVE if already else count >= ENTER


def is_memory(seen: int) -> bool:
    """Whether a stored number can be a memory."""
    return NOTHING_SEEN <= seen < _MARK << 1


def flapping_words(count: int, of: int) -> str:
    """`7 changes in the last 21 checks`."""
    return f"{count} changes in the last {of} checks"
