"""`quarterdeck rules explain`: one rule with its numbers, from what was recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from monitor.alert_view import AlertView
from monitor.band_words import side_words
from monitor.check_states import decode_check
from monitor.explain import Ground as Words
from monitor.explain import check_lines, kpi_lines, people_lines, sample_line
from monitor.freshness import stale_after_s
from monitor.group_states import INNER, restore_inner
from monitor.history_blocks import Bucket
from monitor.history_store import Store, Tier
from monitor.replay import KpiReplay
from monitor.replay_checks import START, check_rule, replay_check
from monitor.replay_looks import Period
from monitor.replay_reader import (
    UP,
    Asked,
    NoHistory,
    earlier,
    extent_of,
    opened,
    warm_s,
    witnesses,
)
from monitor.rule_states import decode_bands
from monitor.verdicts import Phase
from monitor.workspace import CheckSpec, EndpointRowSpec, KpiSpec, SeriesRef
from monitor.world import World
from providers.clock import Moment, SystemClock
from tui.chosen import chosen_file
from tui.options import Options
from tui.rules_explained import Explained
from tui.rules_ground import Ground, ground, loaded, no_history, past_file
from tui.rules_subjects import Subject, chosen
from tui.rules_times import time_given

if TYPE_CHECKING:
    from tui.config.model import Config

_READINGS: Final = 6
_STOPPED_MS: Final = 300_000
"""Nothing recorded for so long: no instance runs."""

_LEAST_S: Final = 6 * 3_600.0


def explained(
    options: Options, text: str, at: str | None, workspace: str | None, history: Path | None
) -> tuple[Explained, ...]:
    """What there is to say of an alert; several where a check is made in several environments.

    Raises:
        click.UsageError: The time is none.
        SystemExit: There is no such alert, or no history; that has been told.
    """
    config = loaded(chosen_file(options)).config
    found = ground(config, workspace or options.workspace)
    subjects = chosen(found, text)
    now = SystemClock().now().at if at is None else time_given(at, "--at")
    alerts: Mapping[str, AlertView] = {}
    try:
        with opened(past_file(history), found.keep) as store:
            _, newest_ms = extent_of(store)
            stopped = at is None and now.timestamp() * 1000 - newest_ms > _STOPPED_MS
            if stopped:
                now = datetime.fromtimestamp(newest_ms / 1000, UTC)
            states = store.states() if at is None else {}
            if at is None:
                alerts = asyncio.run(_alerts(config, found, states))
            every = (
                _explained(store, found, one, now, newest_ms, states, alerts) for one in subjects
            )
            return tuple(_noted(one) if stopped else one for one in every)
    except NoHistory as error:
        raise no_history(str(error)) from None


def _noted(one: Explained) -> Explained:
    """Nobody records any more: said, for it is no present."""
    words = f"nothing after {one.at:%Y-%m-%d %H:%M:%S}Z: this is how it stood then"
    return replace(one, lines=(*one.lines, ("recorded", words)))


async def _alerts(config: Config, of: Ground, states: Mapping[str, str]) -> dict[str, AlertView]:
    """What fires by the saved states, with who has it and what it follows from."""
    from tui.wire_care import care_book

    clock = SystemClock()
    now = clock.now()
    world = World(of.workspaces, of.sources.values(), now)
    world.restore(states, now)
    book = care_book(config, clock, kept=True)
    try:
        await book.read(world.alerting())
        views = [track.view(now, (), offline=False) for track in world.workspaces.values()]
    finally:
        book.close()
    return {alert.key: alert for view in views for alert in view.alerts}


def _explained(
    store: Store,
    of: Ground,
    subject: Subject,
    at: datetime,
    newest_ms: int,
    states: Mapping[str, str],
    alerts: Mapping[str, AlertView],
) -> Explained:
    period, asked = _asked(of, subject, int(at.timestamp() * 1000), newest_ms)
    if subject.kpi is not None and subject.kpi.grouped:
        made = _grouped(subject, subject.kpi, period, states)
    elif subject.kpi is not None:
        made = _kpi(store, asked, subject, subject.kpi, period, states)
    elif subject.check is not None and subject.row is not None:
        made = _check(store, asked, subject, subject.row, subject.check, period, states)
    else:
        raise TypeError("neither a KPI nor a check")
    alert = alerts.get(subject.key)
    words = Words(now=period.moment(period.to_ms))
    people = () if alert is None else tuple(people_lines(alert, words))
    parts = _parts(subject, alerts) if subject.kpi is not None and subject.kpi.grouped else ()
    return Explained(
        subject=made.subject,
        at=at.astimezone(UTC),
        state=made.state,
        phase=made.phase,
        value=made.value,
        lines=(*made.lines, *parts, *people),
    )


def _parts(subject: Subject, alerts: Mapping[str, AlertView]) -> tuple[tuple[str, str], ...]:
    """Each group past a limit, by the saved states; all else is replayed and told with numbers."""
    return tuple(
        (key.removeprefix(f"{subject.key}/"), _state(one.phase, one.why))
        for key, one in alerts.items()
        if key.startswith(f"{subject.key}/")
    )


def _asked(of: Ground, subject: Subject, at_ms: int, newest_ms: int) -> tuple[Period, Asked]:
    """The time up to `at_ms` that its rule looks back over."""
    back_s = max(_LEAST_S, 0.0 if subject.kpi is None else warm_s(subject.kpi))
    begin_ms = (at_ms - int(back_s * 1000)) // 1000 * 1000
    asked = Asked(
        workspaces=of.workspaces,
        sources=of.sources,
        from_ms=begin_ms,
        to_ms=at_ms,
        newest_ms=max(newest_ms, at_ms),
    )
    return Period(begin_ms=begin_ms, from_ms=begin_ms, to_ms=at_ms), asked


def _kpi(
    store: Store,
    asked: Asked,
    subject: Subject,
    spec: KpiSpec,
    period: Period,
    states: Mapping[str, str],
) -> Explained:
    refs = tuple(dict.fromkeys((*spec.series, *spec.denominator)))
    now = period.moment(period.to_ms)
    kept = {
        ref: store.buckets(ref, period.begin_ms, asked.newest_ms, Tier.READINGS) for ref in refs
    }
    witnessed = witnesses(store, asked)
    one = KpiReplay(subject.workspace.name, spec, asked.sources, period, witnessed, whole=True)
    one.remember(earlier(store, one, refs, period, asked.newest_ms))
    if subject.key in states:
        one.track.states = decode_bands(spec.bands, states[subject.key], now)
    if one.track.silence is not None:
        one.track.silence.restore(states.get(f"{subject.key}/no-data", ""), now)
    restore_inner(one.track, states.get(f"{subject.key}{INNER}", ""), now)
    one.run(kept)
    view = one.track.view(now)
    words = Words(now=now, holds_s=one.track.holds_s)
    lines = list(kpi_lines(view, one.track.states, words))
    lines += [(ref.metric, _readings(kept[ref], period, words, now)) for ref in refs]
    return Explained(
        subject=subject,
        at=now.at,
        state=_state(view.verdict.phase, view.verdict.why),
        phase=view.verdict.phase,
        value=view.value,
        lines=tuple(lines),
    )


def _grouped(
    subject: Subject, spec: KpiSpec, period: Period, states: Mapping[str, str]
) -> Explained:
    """History keeps no numbers of groups: only the saved states of those past a limit tell."""
    asked = [(band.name.value, side_words(band, spec.unit)) for band in spec.bands]
    known = f"what is not named here was inside for every {spec.grouped} when last saved"
    return Explained(
        subject=subject,
        at=period.moment(period.to_ms).at,
        state=known if states else f"not known: history keeps no numbers by {spec.grouped}",
        phase=Phase.UNKNOWN,
        value=None,
        lines=tuple(asked),
    )


def _check(
    store: Store,
    asked: Asked,
    subject: Subject,
    row: EndpointRowSpec,
    check: CheckSpec,
    period: Period,
    states: Mapping[str, str],
) -> Explained:
    source, now = asked.sources[check.source], period.moment(period.to_ms)
    kept = store.buckets(
        SeriesRef(source=check.source, metric=UP), period.begin_ms, asked.newest_ms, Tier.READINGS
    )
    before = decode_check(states.get(subject.key, ""), now) or START
    rule = check_rule(subject.workspace.name, row, subject.environment, check)
    _, state = replay_check(rule, check, source, period, kept, before)
    if before.why and state.onset == before.onset and state.why:
        # What was wrong stands in the saved state alone.
        state = replace(state, why=before.why)
    words = Words(now=now, holds_s=stale_after_s(source))
    stale = state.last is None or state.last.age_s(now) > words.holds_s
    phase = Phase.UNKNOWN if stale else state.phase
    lasting = f"; was {state.phase.value} when last seen" if stale and state.last else ""
    lines = (*check_lines(check, state, words), (UP, _readings(kept, period, words, now)))
    return Explained(
        subject=subject,
        at=now.at,
        state=_state(phase, state.why) + lasting,
        phase=phase,
        value=None if state.last is None else float(not state.failures),
        lines=lines,
    )


def _state(phase: Phase, why: str) -> str:
    return f"{phase.value}: {why}" if why else phase.value


def _readings(kept: Sequence[Bucket], period: Period, words: Words, now: Moment) -> str:
    """The last ones up to the time."""
    inside = [one for one in kept if one.at_ms + one.width_ms <= period.to_ms][-_READINGS:]
    if not inside:
        return "no reading was recorded"
    coarse = inside[-1].width_ms
    told = sample_line(
        [
            (period.moment(one.at_ms).at, one.total / one.count if one.count else None)
            for one in inside
        ],
        "",
        words,
    )
    return f"{told} (averages of {coarse // 60_000}m)" if coarse else told
