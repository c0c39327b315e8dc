"""What `quarterdeck rules test` found, as text. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from monitor.replay_episodes import Difference, Episode, Replayed
from monitor.replay_reader import Grain, Told
from monitor.replay_recorded import Recorded
from monitor.words import date_words, duration_words, number_words, span_words

_MOST_TOLD = 20
"""Times of one rule that are listed; the JSON has all."""

_MOST_LISTED = 6


class Report(Struct, frozen=True, kw_only=True):
    """A replay, and perhaps a second one under other thresholds."""

    start: datetime
    end: datetime
    """Up to when anything was recorded, at most what was asked for."""

    asked_end: datetime
    grain: Grain
    before: Told
    after: Told | None
    """None: nothing was changed."""

    differences: tuple[Difference, ...]
    recorded: tuple[Recorded, ...]
    changed: str
    """Against what: the file, or the settings."""

    @property
    def shown(self) -> Told:
        """What is told: under the changed thresholds, if there are any."""
        return self.after or self.before

    @property
    def speaks(self) -> bool:
        """Whether something would have fired, or with changes: whether anything differs."""
        if self.after is None:
            return any(one.episodes for one in self.before.rules)
        return not all(one.same for one in self.differences)


def report_lines(report: Report) -> Iterator[str]:
    """The report for people."""
    yield from _coverage(report)
    yield ""
    yield from _changes(report) if report.after is not None else _firings(report)
    yield from _notes(report)
    yield from _recorded(report)


def _coverage(report: Report) -> Iterator[str]:
    """What was asked for and how much of it there is."""
    grain, length_s = report.grain, (report.asked_end - report.start).total_seconds()
    begin, end = date_words(report.start), date_words(report.asked_end)
    seen = duration_words(grain.seen_s)
    share = "all of it" if grain.seen_s >= 0.999 * length_s else f"{seen} of it"
    yield f"{begin} to {end} ({span_words(length_s)}); recorded: {share}"
    if grain.since is not None and grain.since > report.start:
        yield f"  the history begins at {date_words(grain.since)}"
    if report.end < report.asked_end and (report.asked_end - report.end).total_seconds() > 120:
        yield f"  nothing was recorded after {date_words(report.end)}"
    yield from _grain_lines(report)
    inner = [(a, b) for a, b in grain.gaps if a > report.start and b < report.end]
    if inner:
        a, b = max(inner, key=lambda gap: gap[1] - gap[0])
        longest = f"the longest {duration_words((b - a).total_seconds())} from {date_words(a)}"
        yield f"  {_times(len(inner), 'gap')} in which nothing was recorded, {longest}"


def _grain_lines(report: Report) -> Iterator[str]:
    grain, fine = report.grain, report.grain.readings_since
    # Before the history begins nothing is kept, averages neither.
    begin = report.start if grain.since is None else max(report.start, grain.since)
    if grain.seen_s <= 0 or (fine is not None and (fine - begin).total_seconds() < 3_600):
        return
    minutes = grain.minutes_since
    until = "the end" if fine is None else date_words(fine)
    if minutes is None:
        yield f"  up to {until} only averages of hours are kept: shorter peaks are not seen there"
        return
    if (minutes - begin).total_seconds() > 3_600:
        yield f"  up to {date_words(minutes)} only averages of hours are kept, then of minutes"
    yield f"  up to {until} only averages of minutes are kept: shorter peaks are not seen there"


def _firings(report: Report) -> Iterator[str]:
    fired = [one for one in report.before.rules if one.episodes]
    for one in fired:
        yield _title(one)
        total = duration_words(one.seconds(report.end))
        yield f"  would have fired {_count(len(one.episodes))}, {total} in all"
        yield from _told([f"    {_episode(each, one, report.end)}" for each in one.episodes])
        yield ""
    silent = len(report.before.rules) - len(fired)
    yield f"{_times(silent, 'other rule' if fired else 'rule')} would not have fired."


def _told(every: Sequence[str]) -> Iterator[str]:
    yield from every[:_MOST_TOLD]
    if len(every) > _MOST_TOLD:
        yield f"    … and {len(every) - _MOST_TOLD} more (--json has all)"


def _changes(report: Report) -> Iterator[str]:
    differing = [one for one in report.differences if not one.same]
    yield f"with {report.changed}:"
    for one in differing:
        yield _title(one.after or one.before)
        yield f"  {_instead(one, report.end)}"
        yield from _told([f"    {line}" for line in _marked(one, report.end)])
        yield ""
    same = len(report.differences) - len(differing)
    yield f"{_times(same, 'rule')} would have fired as now."


def _instead(one: Difference, end: datetime) -> str:
    if one.before is None or one.after is None:
        side = one.after or one.before
        count = 0 if side is None else len(side.episodes)
        return (
            f"a new rule: would have fired {_count(count)}"
            if one.after
            else (f"no such rule any more: it would have fired {_count(count)}")
        )
    new, old = len(one.after.episodes), len(one.before.episodes)
    times = f"{_count(new)} as now" if new == old else f"{_count(new)} instead of {_count(old)}"
    total, was = duration_words(one.after.seconds(end)), duration_words(one.before.seconds(end))
    lasting = f"{total} in all" if total == was else f"{total} in all instead of {was}"
    return f"would have fired {times}, {lasting}"


def _marked(one: Difference, end: datetime) -> Iterator[str]:
    """What is more, what is fewer, what moved, in order of time."""
    rule = one.after or one.before
    if rule is None:
        return
    lines = [(each.fired, f"+ {_episode(each, rule, end)}") for each in one.more]
    lines += [(each.fired, f"- {_episode(each, rule, end)}") for each in one.fewer]
    for old, new in one.moved:
        was = f"instead of {_at(old.fired)} {_lasted(old, end)}"
        lines.append((new.fired, f"~ {_episode(new, rule, end)}, {was}"))
    yield from (line for _, line in sorted(lines))


def _title(one: Replayed | None) -> str:
    if one is None:
        return ""
    rule = one.rule
    severity = f", {rule.severity}" if rule.severity else ""
    return f"{rule.title}  ({rule.subject}.{rule.part}{severity}, {rule.workspace})"


def _episode(each: Episode, one: Replayed, end: datetime) -> str:
    worst = "" if each.worst is None else f", {_worst(each.worst, one.rule.unit)}"
    grain = f", by averages of {span_words(each.grain_s)}" if each.grain_s else ""
    return f"{_at(each.fired)} {_lasted(each, end)}{worst}{grain}"


def _worst(value: float, unit: str) -> str:
    if unit == "failures":
        return f"{value:.0f} failures in a row"
    return f"worst {number_words(value, unit)}"


def _lasted(each: Episode, end: datetime) -> str:
    words = f"for {duration_words(each.lasted_s(end))}"
    return words if each.until is not None else f"{words} and on"


def _notes(report: Report) -> Iterator[str]:
    """What could not be judged, and why."""
    told = report.shown
    empty = [one.rule.title for one in told.rules if not one.readings]
    if empty:
        yield f"nothing was recorded to judge by: {'; '.join(empty)}"
    for title, why in told.left_out:
        yield f"not replayed: {title}: {why}"
    for one in told.rules:
        if one.skipped_s:
            span = duration_words(one.skipped_s)
            yield f"not replayed for {span}: {one.rule.title}: only sums longer than its window"
        if one.peaks:
            steps = _times(one.peaks, "step")
            yield f"may have fired too: {one.rule.title}: single readings past it in {steps}"
    if told.target_only:
        yield f"never fire: {_listed(dict.fromkeys(told.target_only))}"


def _listed(words: Iterable[str]) -> str:
    """The first few; whoever wants all of them asks for JSON."""
    every = tuple(words)
    more = len(every) - _MOST_LISTED
    return "; ".join(every[:_MOST_LISTED]) + (f"; and {more} more (--json)" if more > 0 else "")


def _recorded(report: Report) -> Iterator[str]:
    """What was told at the time against what the current thresholds give."""
    if not any(one.told for one in report.recorded):
        yield "at the time no alert of these rules was recorded"
    alike = [one for one in report.recorded if not (one.only_told or one.only_replayed)]
    if alike:
        words = _listed(f"{one.title}: {_count(len(one.told))}" for one in alike)
        yield f"recorded at the time, as the current thresholds give it: {words}"
    for one in report.recorded:
        if one in alike:
            continue
        yield f"recorded at the time: {one.title}: {_count(len(one.told))}"
        for each in one.only_told:
            yield f"    only recorded: {_at(each.fired)} {_lasted(each, report.end)}"
        for each in one.only_replayed:
            yield f"    only replayed: {_at(each.fired)} {_lasted(each, report.end)}"


def _at(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}Z"


def _times(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _count(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")
