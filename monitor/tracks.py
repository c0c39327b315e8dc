"""What is remembered of each source and each check between two snapshots."""

import logging
from collections import deque
from collections.abc import Iterable
from typing import Final

from msgspec import Struct, field

from monitor import certificates
from monitor.deploys import LiveVersion, short_version
from monitor.detection import detection_words
from monitor.endpoint_verdicts import state_shown, verdict_of
from monitor.endpoints import CheckState, is_bad, judge_check
from monitor.freshness import NEVER_LIVE, Live, freshness, live_for, stale_after_s
from monitor.numbers import latency_ms
from monitor.snapshot import EndpointCell, SourceView
from monitor.states import EndpointState, Freshness
from monitor.turns import Outcome
from monitor.uptime import Uptime
from monitor.workspace import CheckSpec
from providers.base import SourceSpec
from providers.clock import Moment
from providers.harvest import Payload
from providers.probe_readings import Phases, ProbeReading
from providers.readings import Failure, Trouble

HISTORY: Final = 60
"""Latencies kept for the small histories of rows."""


_LOG = logging.getLogger(__name__)


class SourceTrack(Struct, eq=False):
    """One source: its last answer and how it has been doing."""

    spec: SourceSpec
    asked_since: Moment
    payload: Payload | None = None
    at: Moment | None = None
    """When the last good answer came."""

    failure: Failure | None = None
    failing_since: Moment | None = None
    failures: int = 0
    took_ms: float | None = None
    revision: int = 0
    """Counts the outcomes, so that what was drawn from them can be kept."""

    news: int = 0
    """Counts the answers that said something else than the one before."""

    _live: Live = NEVER_LIVE
    _view: tuple[object, SourceView] | None = None

    def take(self, outcome: Outcome) -> None:
        """Remember how a read ended."""
        self.revision += 1
        self.took_ms = outcome.took_ms
        if outcome.harvest is not None:
            if outcome.harvest.payload != self.payload:
                self.payload = outcome.harvest.payload
                self.news += 1
            self.at = outcome.harvest.at
            self._live = live_for(stale_after_s(self.spec), self.at)
            if self.failure is not None:
                _LOG.info("%s: answers again", self.spec.id)
            self.failure = None
            self.failing_since = None
            self.failures = 0
        elif outcome.failure is not None:
            self.fail(outcome.failure, outcome.at)

    def fail(self, failure: Failure, at: Moment) -> None:
        """Remember a failure; the last good answer stays, with its age."""
        if failure != self.failure:
            level = logging.ERROR if failure.trouble is Trouble.BUG else logging.WARNING
            _LOG.log(level, "%s: %s", self.spec.id, failure.sentence)
        self.revision += 1
        self.failure = failure
        self.failing_since = self.failing_since or at
        self.failures += 1

    def freshness(self, now: Moment) -> Freshness:
        """How far the last answer may be trusted; asked for often."""
        if self._live.holds(now):
            return Freshness.LIVE
        return freshness(self.spec, self.at, self.asked_since, now)

    def stays(self, now: Moment, until_s: float) -> bool:
        """Whether its freshness will be the same at a later tick, if nothing comes."""
        return self._live.tick_s >= until_s or self.freshness(now) is Freshness.UNKNOWN

    def adopt(self, spec: SourceSpec) -> None:
        """Go on after a change of the configuration: another pace is believed for another time."""
        self.spec = spec
        self._view = None
        self._live = NEVER_LIVE if self.at is None else live_for(stale_after_s(spec), self.at)

    def age_s(self, now: Moment) -> float | None:
        """Age of the last good answer."""
        return None if self.at is None else self.at.age_s(now)

    def view(self, now: Moment, *, reading: bool, due_s: float | None) -> SourceView:
        """As the snapshot tells it; the same as before while nothing in it has changed."""
        fresh = self.freshness(now)
        mark = (self.revision, self.failures, fresh, reading, due_s)
        if self._view is None or self._view[0] != mark:
            self._view = (mark, self._made(fresh, reading=reading, due_s=due_s))
        return self._view[1]

    def _made(self, fresh: Freshness, *, reading: bool, due_s: float | None) -> SourceView:
        return SourceView(
            spec=self.spec,
            freshness=fresh,
            last_success=self.at,
            failure=self.failure,
            failing_since=self.failing_since,
            failures=self.failures,
            reading=reading,
            due_s=due_s,
            took_ms=self.took_ms,
        )


class CheckTrack(Struct, eq=False):
    """One endpoint check: its state, its small history, and the cell last drawn from them."""

    spec: CheckSpec
    source: SourceTrack
    state: CheckState = field(default_factory=CheckState)
    latencies: deque[float | None] = field(default_factory=lambda: deque(maxlen=HISTORY))
    uptime: Uptime = field(default_factory=Uptime)
    probe: ProbeReading | None = None
    """The last answer, or what stands for an answer that did not come in time."""

    seen: Moment | None = None
    """When the last check was judged, in this run of the program."""

    _live: Live = NEVER_LIVE
    _drawn: tuple[tuple[object, ...], EndpointCell] | None = None

    @property
    def _detection(self) -> str:
        timing = self.source.spec
        return detection_words(self.spec.failures_to_fire, timing.interval_s, timing.timeout_s)

    def take(self, outcome: Outcome) -> None:
        """Judge how a read ended.

        An endpoint that used up its time is down as much as one that refuses; any other failure
        of the source (a secret that is missing, a bug) says nothing of the endpoint.
        """
        if outcome.harvest is not None and isinstance(outcome.harvest.payload, ProbeReading):
            probe, at = outcome.harvest.payload, outcome.harvest.at
        elif outcome.failure is not None and outcome.failure.trouble is Trouble.TIMED_OUT:
            probe, at = self._silence(outcome.failure, outcome.took_ms), outcome.at
        else:
            return
        before = self.state
        self.state = judge_check(self.spec, before, probe, at, stale_after_s(self.source.spec))
        if self.state is not before:
            self.probe, self.seen = probe, at
            self._live = live_for(stale_after_s(self.source.spec), at)
            self.latencies.append(_latency_ms(outcome, probe))
            self.uptime.add(at.tick_s, good=int(not is_bad(probe)), bad=int(is_bad(probe)))

    def freshness(self, now: Moment) -> Freshness:
        """How far the last check may be trusted; a source that failed at once is not waited for."""
        if self._live.holds(now):
            return Freshness.LIVE
        fresh = freshness(self.source.spec, self.seen, self.source.asked_since, now)
        broken = fresh is Freshness.LOADING and self.source.failure is not None
        return Freshness.UNKNOWN if broken else fresh

    def inherit(self, known: "CheckTrack") -> None:
        """Take over the memory of the same check, after a change of the configuration."""
        self.state = known.state
        self.latencies = known.latencies
        self.uptime = known.uptime
        self.probe = known.probe
        self.seen = known.seen
        if self.seen is not None:
            self._live = live_for(stale_after_s(self.source.spec), self.seen)

    def preload(self, latencies: Iterable[float | None]) -> None:
        """Latencies from before the start, oldest first."""
        kept = tuple(self.latencies)
        self.latencies.clear()
        self.latencies.extend((*latencies, *kept))

    def cell(self, now: Moment, live: LiveVersion | None, *, alive: bool) -> EndpointCell:
        """The cell of this check; the one drawn before while nothing in it has changed."""
        fresh = self.freshness(now)
        key = (self.source.revision, fresh, live, alive)
        if self._drawn is not None and self._drawn[0] == key and fresh is Freshness.LIVE:
            return self._drawn[1]
        cell = self._cell(now, fresh, live, alive=alive)
        self._drawn = (key, cell)
        return cell

    def _silence(self, failure: Failure, took_ms: float) -> ProbeReading:
        """What stands for an answer that did not come in time."""
        known = self.probe
        return ProbeReading(
            role=self.spec.role,
            url="" if known is None else known.url,
            method="GET" if known is None else known.method,
            status=None,
            status_expected=False,
            failure=failure,
            phases=Phases(total_ms=took_ms),
            certificate=None if known is None else known.certificate,
        )

    def _cell(
        self, now: Moment, fresh: Freshness, live: LiveVersion | None, *, alive: bool
    ) -> EndpointCell:
        probe = self.probe
        shown = state_shown(self.spec, self.state, probe, fresh, alive=alive)
        failure = self.source.failure
        why = "" if failure is None else failure.sentence
        age_s = None if self.seen is None else self.seen.age_s(now)
        certificate = None if probe is None else probe.certificate
        changed_at, change = self.state.changed_at, self.state.change
        if live is not None and live.since is not None:
            calm = shown in {EndpointState.OK, EndpointState.SLOW}
            if changed_at is None or (calm and live.since > changed_at):
                changed_at, change = live.since, "deploy"
        if shown is EndpointState.NOT_READY:
            change = change.replace(f"→ {self.state.shown.value}", f"→ {shown.value}")
        version = live.commit if live is not None else _version_of(probe)
        return EndpointCell(
            source=self.spec.source,
            state=shown,
            verdict=verdict_of(self.spec, self.state, shown, age_s, why, now),
            probe=probe,
            at=self.seen,
            history_ms=tuple(self.latencies),
            uptime_24h_percent=self.uptime.percent(now.tick_s),
            certificate_days=(
                None if certificate is None else certificates.days_left(certificate, now.at)
            ),
            certificate_level=certificates.level_of(self.spec, certificate, now.at),
            version=short_version(version),
            changed_at=changed_at,
            change=change,
            watched_s=self.uptime.reaches_s(now.tick_s),
            detection=self._detection,
        )


def _latency_ms(outcome: Outcome, probe: ProbeReading) -> float | None:
    """As charts have it: without the making of a connection, which only some checks pay for."""
    if probe.status is None:
        return None
    emitted = latency_ms(outcome)
    return probe.phases.total_ms if emitted is None else emitted


def _version_of(probe: ProbeReading | None) -> str:
    return "" if probe is None else probe.version.line(64)
