"""The rules' states as texts, and which of them have to be saved."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from monitor.alert_track import AlertTrack
from monitor.check_states import encode_check
from monitor.group_states import INNER, inner_marks, inner_text
from monitor.kpis import KpiTrack
from monitor.no_data import SilenceTrack
from monitor.rule_states import encode_bands
from monitor.tracks import CheckTrack, SourceTrack
from monitor.trouble_states import encode_trouble
from monitor.verdicts import Phase
from providers.base import SourceKind
from providers.readings import SourceId

ONSETS: Final = "onsets/"
NO_DATA: Final = "/no-data"
"""Parts of the keys under which states are kept."""


class KpiId(Struct, frozen=True, kw_only=True):
    """Names a KPI over all workspaces."""

    workspace: str
    key: str

    @property
    def state_key(self) -> str:
        """What its states are kept under."""
        return f"kpi/{self.workspace}/{self.key}"


class StateTexts:
    """Knows what was saved last.

    All of it is looked at each second, and nearly all of it is what it was: so the keys are made
    once, and a state that is the same object is not looked into.

    Args:
        sources: All by id.
        checks: All by source.
        kpis: All of them.
        alerting: What keeps the alerts of each workspace.
    """

    def __init__(
        self,
        sources: Mapping[SourceId, SourceTrack],
        checks: Mapping[SourceId, CheckTrack],
        kpis: Mapping[KpiId, KpiTrack],
        alerting: Mapping[str, AlertTrack],
    ) -> None:
        self._saved: dict[str, tuple[tuple[Phase | str, ...], object]] = {}
        self._checks = [(f"check/{source}", track) for source, track in checks.items()]
        self._kpis = [(kpi.state_key, track) for kpi, track in kpis.items()]
        self._inner = [
            (f"{key}{INNER}", track) for key, track in self._kpis if inner_marks(track) is not None
        ]
        self._silences: list[tuple[str, SilenceTrack]] = [
            (f"{key}{NO_DATA}", track.silence)
            for key, track in self._kpis
            if track.silence is not None
        ]
        self._databases = [
            (f"source/{source}", track)
            for source, track in sources.items()
            if track.spec.kind is SourceKind.DATABASE
        ]
        self._alerting = [(f"{ONSETS}{name}", track) for name, track in alerting.items()]

    def take(self, *, changed_only: bool) -> dict[str, str]:
        """What has to be saved, by key; counts as saved from then on.

        Args:
            changed_only: Only those whose phase has changed since they were saved, instead of all
                that have changed in anything.
        """
        found: dict[str, str] = {}
        for key, check in self._checks:
            state = check.state
            if not self._is_saved(key, state):
                phases = (state.phase, _met(state.down))
                if self._unsaved(key, phases, state, changed_only=changed_only):
                    found[key] = encode_check(state)
        for key, track in self._kpis:
            if not self._is_saved(key, track.states):
                marks = tuple(
                    mark for state in track.states for mark in (state.phase, _met(state.active))
                )
                if self._unsaved(key, marks, track.states, changed_only=changed_only):
                    found[key] = encode_bands(track.spec.bands, track.states)
        for key, track in self._inner:
            inner = inner_marks(track) or ()
            if self._unsaved(key, inner, inner, changed_only=changed_only):
                found[key] = inner_text(track)
        self._take_texts(found)
        return found

    def _take_texts(self, found: dict[str, str]) -> None:
        """Since when databases do not answer, KPIs are silent and alerts have been there."""
        for key, source in self._databases:
            self._take_text(found, key, encode_trouble(source))
        for key, alerting in self._alerting:
            self._take_text(found, key, alerting.onsets.encoded())
        for key, silence in self._silences:
            self._take_text(found, key, silence.encoded())

    def _take_text(self, found: dict[str, str], key: str, text: str) -> None:
        if self._unsaved(key, (text,), text, changed_only=True):
            found[key] = text

    def _is_saved(self, key: str, state: object) -> bool:
        known = self._saved.get(key)
        return known is not None and known[1] is state

    def _unsaved(
        self, key: str, phases: tuple[Phase | str, ...], state: object, *, changed_only: bool
    ) -> bool:
        """Whether a state has to be saved; notes that it was."""
        known = self._saved.get(key)
        if known is not None and (known[1] is state or (changed_only and known[0] == phases)):
            return False
        self._saved[key] = (phases, state)
        return True


def _met(active: bool) -> str:
    """What flaps may be met without a change of its phase."""
    return "met" if active else ""
