"""What a replay tells: each time that a rule would have fired, and how two replays differ; pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from monitor.verdicts import Level


class RuleName(Struct, frozen=True, kw_only=True, order=True):
    """One rule: a band of a KPI, a check, a burn rate, or missing data."""

    alert: str
    """Key of the alert that it makes, such as `kpi/lma/error-rate`."""

    part: str
    """`warning`, `critical`, `down`, `burn-1h` or `no-data`."""

    title: str = ""
    """`Error rate > 5 % for 5m`."""

    subject: str = ""
    """As `--kpi` and `--set` name it: `error-rate`, or `api/health` for a check."""

    workspace: str = ""
    severity: str = ""
    level: Level = Level.WARNING
    unit: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """The same for one rule under two configurations."""
        return self.alert, self.part


class Episode(Struct, frozen=True, kw_only=True):
    """One time that a rule was met."""

    fired: datetime
    """When it was met."""

    onset: datetime
    """Its first bad sample."""

    until: datetime | None
    """When it cleared; None: it did not."""

    worst: float | None
    """The worst number while it fired."""

    grain_s: float = 0.0
    """How coarse the history is that it rests on; 0: single readings."""

    def lasted_s(self, end: datetime) -> float:
        """How long it fired, up to a time."""
        return max(0.0, ((self.until or end) - self.fired).total_seconds())

    def meets(self, other: "Episode", end: datetime) -> bool:
        """Whether both tell of one trouble."""
        mine, theirs = self.until or end, other.until or end
        return self.onset <= theirs and other.onset <= mine


class Replayed(Struct, frozen=True, kw_only=True):
    """One rule over a time."""

    rule: RuleName
    episodes: tuple[Episode, ...]
    readings: int = 0
    """How many were replayed, sums included; 0: nothing was recorded to judge it by."""

    skipped_s: float = 0.0
    """Time in which it could not be judged, because only sums longer than its window are kept."""

    peaks: int = 0
    """Minutes or hours whose highest reading was past the limit, though their average was not."""

    def seconds(self, end: datetime) -> float:
        """How long it fired in all."""
        return sum(one.lasted_s(end) for one in self.episodes)


class Difference(Struct, frozen=True, kw_only=True):
    """One rule under two configurations."""

    before: Replayed | None
    """None: there is no such rule."""

    after: Replayed | None
    more: tuple[Episode, ...]
    """Only the second has them."""

    fewer: tuple[Episode, ...]
    """Only the first has them."""

    moved: tuple[tuple[Episode, Episode], ...]
    """Both have them, not from or not as long."""

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.more or self.fewer or self.moved)

    @property
    def rule(self) -> RuleName:
        """The rule, as the second configuration has it if it does."""
        one = self.after or self.before
        if one is None:
            raise ValueError("a difference has a side")
        return one.rule


def differences(
    before: Sequence[Replayed], after: Sequence[Replayed], end: datetime
) -> tuple[Difference, ...]:
    """All rules of both, in the order of the second."""
    first = {one.rule.key: one for one in before}
    second = {one.rule.key: one for one in after}
    keys = dict.fromkeys([*second, *first])
    return tuple(_difference(first.get(key), second.get(key), end) for key in keys)


def _difference(before: Replayed | None, after: Replayed | None, end: datetime) -> Difference:
    old = () if before is None else before.episodes
    new = () if after is None else after.episodes
    more, fewer, pairs = paired(old, new, end)
    moved = tuple(
        (a, b) for a, b in pairs if a.fired != b.fired or a.lasted_s(end) != b.lasted_s(end)
    )
    return Difference(before=before, after=after, more=more, fewer=fewer, moved=moved)


def paired(
    old: Sequence[Episode], new: Sequence[Episode], end: datetime
) -> tuple[tuple[Episode, ...], tuple[Episode, ...], tuple[tuple[Episode, Episode], ...]]:
    """What only the new have, what only the old have, and those of both, each of the old once."""
    left = list(old)
    more: list[Episode] = []
    pairs: list[tuple[Episode, Episode]] = []
    for one in new:
        twin = next((each for each in left if each.meets(one, end)), None)
        if twin is None:
            more.append(one)
        else:
            left.remove(twin)
            pairs.append((twin, one))
    return tuple(more), tuple(left), tuple(pairs)


def united(parts: Iterable[Replayed], end: datetime) -> tuple[Episode, ...]:
    """The episodes of one alert from those of its bands: what overlaps is one."""
    every = sorted((one for part in parts for one in part.episodes), key=lambda one: one.onset)
    found: list[Episode] = []
    for one in every:
        if found and found[-1].meets(one, end):
            found[-1] = _joined(found[-1], one)
        else:
            found.append(one)
    return tuple(found)


def _joined(one: Episode, other: Episode) -> Episode:
    ends = [each for each in (one.until, other.until) if each is not None]
    return Episode(
        fired=min(one.fired, other.fired),
        onset=min(one.onset, other.onset),
        until=max(ends) if len(ends) == 2 else None,
        worst=one.worst,
        grain_s=max(one.grain_s, other.grain_s),
    )
