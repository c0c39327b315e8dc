"""Everything remembered between two snapshots, and how an outcome changes it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from monitor.alert_track import AlertTrack
from monitor.assemble import WorkspaceTrack
from monitor.check_states import decode_check
from monitor.contained import Contained
from monitor.failures import failure_of
from monitor.group_states import INNER, restore_inner
from monitor.kpis import KpiTrack
from monitor.logs import LogBuffer
from monitor.missing import why_missing, why_silent
from monitor.numbers import numbers_of
from monitor.rule_states import decode_bands
from monitor.state_texts import NO_DATA, ONSETS, KpiId, StateTexts
from monitor.tracks import CheckTrack, SourceTrack
from monitor.trouble_states import restore_trouble
from monitor.turns import Outcome
from monitor.workspace import CheckSpec, KpiSpec, SeriesRef, WorkspaceSpec
from providers.base import SourceKind, SourceSpec
from providers.clock import Moment
from providers.log_readings import LogsReading
from providers.readings import Failure, Reading, SourceId, Trouble

_TELLING: Final = frozenset({SourceKind.DEPLOYS, SourceKind.VENDOR_STATUS})
"""What these say are states: another answer is another state."""


class World:
    """The tracks of all sources, checks and KPIs.

    Args:
        workspaces: What is watched.
        sources: What is read.
        now: When this world begins.
        one_pass: Judge each endpoint by a single answer, as `status` does: the first failure
            counts as down, since there will be no second.
        before: The world before a change of the configuration; what stayed keeps its memory.
    """

    def __init__(
        self,
        workspaces: Sequence[WorkspaceSpec],
        sources: Iterable[SourceSpec],
        now: Moment,
        *,
        one_pass: bool = False,
        before: "World | None" = None,
    ) -> None:
        self.one_pass = one_pass
        self.sources: dict[SourceId, SourceTrack] = {
            spec.id: _source_track(spec, now, before) for spec in sources
        }
        self.logs: dict[str, LogBuffer] = {} if before is None else before.logs
        """The newest lines of each workspace."""

        self.checks: dict[SourceId, CheckTrack] = {}
        self.kpis: dict[KpiId, KpiTrack] = {}
        self._readers: dict[SeriesRef, list[KpiTrack]] = {}
        self._kpis_of: dict[SourceId, list[KpiTrack]] = {}
        specs = {key: track.spec for key, track in self.sources.items()}
        self.workspaces = {spec.name: self._workspace(spec, specs, before) for spec in workspaces}
        self._texts = StateTexts(self.sources, self.checks, self.kpis, self.alerting())

    def awaits(self, source: SourceId) -> bool:
        """Whether nothing was heard of a source yet."""
        track = self.sources.get(source)
        return track is not None and track.at is None and track.failure is None

    def take(self, outcome: Outcome) -> bool:
        """Remember and judge how one read ended; a bug in that is told as the source's failure.

        Returns:
            Whether something stands otherwise since: a state, not a number alone.
        """
        track = self.sources.get(outcome.spec.id)
        if track is None:
            return False
        before = self._standing(track)
        self._judge(track, outcome)
        return self._standing(track) != before

    def _standing(self, track: SourceTrack) -> tuple[object, ...]:
        """All but numbers that is known of a source before the rules have looked at it."""
        check = self.checks.get(track.spec.id)
        state = None if check is None else (check.state.phase, check.state.shown)
        return track.failure, state, track.news if track.spec.kind in _TELLING else 0

    def _judge(self, track: SourceTrack, outcome: Outcome) -> None:
        track.take(outcome)
        with Contained() as contained:
            if outcome.harvest is not None and isinstance(outcome.harvest.payload, LogsReading):
                logs = self.logs.setdefault(outcome.spec.workspace, LogBuffer())
                logs.take(outcome.spec.id, outcome.harvest.payload)
            check = self.checks.get(outcome.spec.id)
            if check is not None:
                check.take(outcome)
            if outcome.harvest is None:
                self._silence(outcome)
            for reading in numbers_of(outcome):
                self._feed(outcome, reading)
        if contained.error is not None:
            track.fail(failure_of(outcome.spec, contained.error), outcome.at)

    def leave_out(self, outcome: Outcome, reason: str) -> None:
        """Say why an outcome of a single pass is not judged: we are offline ourselves."""
        track = self.sources.get(outcome.spec.id)
        if track is not None:
            sentence = f"{outcome.spec.title}: not judged, this machine is offline: {reason}"
            track.fail(Failure(trouble=Trouble.UNREACHABLE, sentence=sentence), outcome.at)

    def alerting(self) -> dict[str, AlertTrack]:
        """What keeps the alerts of each workspace."""
        return {name: track.alerting for name, track in self.workspaces.items()}

    def new_kpis(self, before: "World | None") -> Iterator[tuple[KpiId, KpiTrack]]:
        """The KPIs that have no memory yet."""
        for key, track in self.kpis.items():
            if before is None or before.kpis.get(key) is not track:
                yield key, track

    def states(self, *, changed_only: bool) -> dict[str, str]:
        """The rules' states as texts by key, for the history.

        Args:
            changed_only: Only those whose phase has changed since they were saved, instead of all
                that have changed in anything.
        """
        return self._texts.take(changed_only=changed_only)

    def restore(self, states: Mapping[str, str], now: Moment) -> None:
        """Go on from states of an earlier run; judged already since then, they are left out."""
        for name, workspace in self.workspaces.items():
            workspace.alerting.onsets.restore(states.get(f"{ONSETS}{name}", ""), now)
        for source, known_source in self.sources.items():
            restore_trouble(known_source, states.get(f"source/{source}", ""), now)
        for source, check in self.checks.items():
            text = states.get(f"check/{source}")
            known = None if text is None else decode_check(text, now)
            if known is not None and check.state.last is None:
                check.state = known
        for kpi, track in self.kpis.items():
            text = states.get(kpi.state_key)
            fresh = all(state.last is None for state in track.states)
            if text is not None and fresh:
                track.states = decode_bands(track.spec.bands, text, now)
            if track.silence is not None:
                silent = states.get(f"{kpi.state_key}{NO_DATA}", "")
                track.silence.restore(silent, now)
            inner = states.get(f"{kpi.state_key}{INNER}")
            if inner is not None:
                restore_inner(track, inner, now)

    def _feed(self, outcome: Outcome, reading: Reading) -> None:
        ref = SeriesRef(source=reading.source, metric=reading.metric)
        tracks = self._readers.get(ref, ())
        if tracks and reading.value is None:
            reading = replace(reading, reason=why_missing(outcome, reading))
        for track in tracks:
            track.add(ref, reading)

    def _silence(self, outcome: Outcome) -> None:
        """Tell the KPIs of a source that failed why nothing comes from it."""
        tracks = self._kpis_of.get(outcome.spec.id, ())
        words = why_silent(outcome) if tracks else ""
        for track in tracks:
            track.miss(outcome.spec.id, words)

    def _workspace(
        self,
        spec: WorkspaceSpec,
        specs: Mapping[SourceId, SourceSpec],
        before: "World | None",
    ) -> WorkspaceTrack:
        checks = {
            check.source: self._check(check, before)
            for row in spec.rows
            for check in row.checks.values()
            if check.source in self.sources
        }
        self.checks.update(checks)
        kpis = [self._kpi(spec.name, kpi, specs, before) for kpi in spec.kpis]
        for track in kpis:
            for ref in track.refs:
                self._readers.setdefault(ref, []).append(track)
            for source in {ref.source for ref in track.refs}:
                self._kpis_of.setdefault(source, []).append(track)
        made = WorkspaceTrack(spec, self.sources, checks, kpis)
        known = None if before is None else before.workspaces.get(spec.name)
        if known is not None:
            made.alerting.onsets = known.alerting.onsets
        return made

    def _check(self, spec: CheckSpec, before: "World | None") -> CheckTrack:
        if self.one_pass:
            spec = replace(spec, failures_to_fire=1)
        track = CheckTrack(spec, self.sources[spec.source])
        known = None if before is None else before.checks.get(spec.source)
        if known is not None:
            track.inherit(known)
        return track

    def _kpi(
        self,
        workspace: str,
        spec: KpiSpec,
        specs: Mapping[SourceId, SourceSpec],
        before: "World | None",
    ) -> KpiTrack:
        key = KpiId(workspace=workspace, key=spec.key)
        known = None if before is None else before.kpis.get(key)
        if known is not None and known.spec == spec:
            track = known
        else:
            track = KpiTrack(spec, specs)
            if known is not None:
                track.inherit(known)
        self.kpis[key] = track
        return track


def _source_track(spec: SourceSpec, now: Moment, before: World | None) -> SourceTrack:
    known = None if before is None else before.sources.get(spec.id)
    if known is None:
        return SourceTrack(spec=spec, asked_since=now)
    known.adopt(spec)
    return known
