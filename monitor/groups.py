"""One KPI told apart by a key: a window and states of bands for each group, and their worst.

What is watched may be anything that others choose, such as the addresses that try to sign in: so
there is room for some, and what matters stays.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from monitor.group import Group
from monitor.group_view import GroupView
from monitor.rules import BandState
from monitor.verdicts import Comparison, Level, Phase, Verdict
from monitor.workspace import KpiSpec, SeriesRef
from providers.clock import Moment
from providers.readings import Reading

MOST_GROUPS: Final = 256
MOST_SHOWN: Final = 20
"""Groups that are well and shown all the same."""

_URGENCY: Final = {
    Phase.FIRING: 4,
    Phase.FLAPPING: 4,
    Phase.RECOVERING: 3,
    Phase.PENDING: 2,
    Phase.UNKNOWN: 1,
    Phase.OK: 0,
}


class Grouped(Struct, frozen=True, kw_only=True):
    """The groups at one instant."""

    value: float | None
    """Of the worst group; None without any."""

    verdict: Verdict
    """Of the worst group, with its name in the words."""

    missed_target: bool
    groups: tuple[GroupView, ...]
    """The worst first; those that are well only as far as there is room."""

    note: str
    """How many could not be followed; empty when all are."""


class Groups:
    """The groups of one KPI.

    Args:
        spec: The KPI; `grouped` says what its groups are.
        holds_s: How long a reading may be believed.
    """

    def __init__(self, spec: KpiSpec, holds_s: float) -> None:
        self.spec = spec
        self._holds_s = holds_s
        self._downwards = any(
            band.comparison in {Comparison.BELOW, Comparison.AT_MOST} for band in spec.bands
        )
        self._groups: dict[str, Group] = {}
        self._read_at: dict[SeriesRef, Moment] = {}
        self._left_out: dict[SeriesRef, int] = {}
        self._news = False

    def add(self, ref: SeriesRef, reading: Reading) -> None:
        """Take one reading in; one without a group says that there was a look at all of them."""
        known = self._read_at.get(ref)
        if known is None or reading.at.tick_s > known.tick_s:
            self._read_at[ref] = reading.at
            self._left_out[ref] = 0
        self._news = True
        if not reading.group or reading.value is None:
            return
        group = self._groups.get(reading.group) or self._room_for(reading)
        if group is None:
            self._left_out[ref] += 1
        else:
            group.add(ref, reading)

    @property
    def members(self) -> Mapping[str, Group]:
        """The groups that are followed, by name."""
        return self._groups

    @property
    def looks(self) -> Mapping[SeriesRef, Moment]:
        """When each metric was last looked at."""
        return self._read_at

    def inherit(self, known: "Groups") -> None:
        """Take over the groups, with the states of the bands that stayed.

        For after a change of the configuration. Where the number is made in another way, its
        windows begin anew and clear nothing until they are whole.
        """
        if _making(known.spec) == _making(self.spec):
            self._read_at = dict(known.looks)
            self._left_out = dict.fromkeys(self._read_at, 0)
            for name, group in known.members.items():
                group.judge_by(self.spec)
                self._groups[name] = group
            return
        newest = max(known.looks.values(), key=lambda moment: moment.tick_s, default=None)
        for name, states in known.states():
            self._restored(name, dict(zip(known.spec.bands, states, strict=True)), newest)

    def states(self) -> Iterator[tuple[str, tuple[BandState, ...]]]:
        """The groups that a restart must not forget, with the states of their bands."""
        for name, group in self._groups.items():
            if group.matters:
                yield name, group.states

    def restore(self, states: Mapping[str, tuple[BandState, ...]], now: Moment) -> None:
        """Go on from states of an earlier run."""
        for name, kept in states.items():
            if name not in self._groups and len(self._groups) < MOST_GROUPS:
                self._restored(name, dict(zip(self.spec.bands, kept, strict=True)), now)

    def view(self, now: Moment, stale: str, *, suspended: bool) -> Grouped:
        """All groups at this instant.

        Args:
            now: The instant.
            stale: Why nothing new is known of any of them; empty when it is.
            suspended: Whether judgement rests because we are offline ourselves.
        """
        if self._news:
            self._news = False
            for group in self._groups.values():
                group.settle(self._read_at, absent_is_none=not self._downwards)
        for group in self._groups.values():
            group.judge(now, stale, self._holds_s, suspended=suspended)
        if not stale:
            for name in [name for name, group in self._groups.items() if group.over(now)]:
                del self._groups[name]
        return self._grouped(stale)

    def _grouped(self, stale: str) -> Grouped:
        views = sorted((group.view for group in self._groups.values()), key=self._rank)
        note = self._note(len(views))
        if not views:
            return Grouped(
                value=None if stale or self._downwards or not self._read_at else 0.0,
                verdict=_nobody(stale or self._none_yet()),
                missed_target=False,
                groups=(),
                note=note,
            )
        worst = views[0]
        troubled = sum(one.verdict.phase is not Phase.OK for one in views)
        return Grouped(
            value=worst.value,
            verdict=_named(worst, troubled - 1),
            missed_target=worst.missed_target,
            groups=tuple(views[: max(troubled, MOST_SHOWN)]),
            note=note,
        )

    def _none_yet(self) -> str:
        if self._read_at and not self._downwards:
            return ""
        return f"no {self.spec.grouped} seen yet"

    def _note(self, followed: int) -> str:
        missed = max(self._left_out.values(), default=0)
        if not missed:
            return ""
        words = plural(self.spec.grouped)
        return f"{missed} of {followed + missed} {words} are not followed: no room for more"

    def _rank(self, view: GroupView) -> tuple[float, float, float, str]:
        verdict = view.verdict
        worse = 0.0 if view.value is None else view.value
        return (
            -float(verdict.level if verdict.phase is not Phase.OK else Level.OK),
            -_URGENCY[verdict.phase],
            worse if self._downwards else -worse,
            view.name,
        )

    def _room_for(self, reading: Reading) -> Group | None:
        """A new group; where there is no room the mildest goes, if the new one may be worse."""
        if len(self._groups) >= MOST_GROUPS:
            weakest = min(self._groups.values(), key=self._weight)
            if weakest.matters or not self._outranks(reading, weakest):
                return None
            del self._groups[weakest.name]
            for ref in self._left_out:
                self._left_out[ref] += 1
        group = Group(reading.group, self.spec)
        self._groups[reading.group] = group
        return group

    def _weight(self, group: Group) -> tuple[bool, float, float]:
        return (group.matters, -group.size if self._downwards else group.size, group.seen_s)

    def _outranks(self, reading: Reading, weakest: Group) -> bool:
        """Whether a newcomer may be worse."""
        new = (reading.value or 0.0) * self.spec.scale
        return new < weakest.size if self._downwards else new > weakest.size

    def _restored(self, name: str, states: Mapping[object, BandState], now: Moment | None) -> None:
        group = Group(name, self.spec)
        group.restore(states, now)
        self._groups[name] = group


def _making(spec: KpiSpec) -> tuple[object, ...]:
    """What makes the numbers of a KPI, whatever they are held against."""
    return (spec.series, spec.denominator, spec.statistic, spec.window_s, spec.scale, spec.grouped)


def plural(word: str) -> str:
    """Several of a thing: `addresses`, `sources`."""
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"


def folded(views: Iterable[GroupView], most: int) -> tuple[list[GroupView], list[GroupView]]:
    """The groups that stand for themselves, and the rest.

    Oldest first among equals: one that is shown stays where it is until it is over.
    """

    def place(view: GroupView) -> tuple[float, bool, float, str]:
        onset = view.verdict.onset or view.verdict.since
        began = 0.0 if onset is None else onset.at.timestamp()
        return (-float(view.verdict.level), view.verdict.phase is Phase.PENDING, began, view.name)

    ordered = sorted(views, key=place)
    # One more is as long as the line that would fold it.
    alone = most if len(ordered) > most + 1 else len(ordered)
    return ordered[:alone], ordered[alone:]


def _nobody(why: str) -> Verdict:
    if why:
        return Verdict(level=Level.UNKNOWN, phase=Phase.UNKNOWN, why=why)
    return Verdict(level=Level.OK, phase=Phase.OK, why="")


def _named(worst: GroupView, others: int) -> Verdict:
    verdict = worst.verdict
    if not verdict.why:
        return verdict
    more = f", and {others} more" if others > 0 else ""
    return replace(verdict, why=f"{verdict.why} from {worst.name}{more}")
