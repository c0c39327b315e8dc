"""Scripts and the backups they leave, as sources: nothing is run here but read-only checks."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from providers.base import SourceSpec
from providers.clock import Clock, Moment
from providers.errors import ProviderError
from providers.harvest import Harvest
from providers.parts import worst
from providers.readings import Reading
from providers.script_files import BackupFile, newest_files
from providers.script_mapping import (
    BackupOptions,
    ScriptOptions,
    age_words,
    backup_section,
    last_words,
    output_records,
    script_record,
)
from providers.script_runs import RunView, ScriptRuns
from providers.system_readings import Condition, Section, SystemReading
from providers.text import Foreign

Kept = Callable[[str], RunView | None]
"""The newest run of a script by its name, as somebody else wrote it down."""


class ScriptsSource:
    """What is known of scripts and backups; runs nothing.

    Args:
        spec: Name and cadence.
        title: For the pane.
        scripts: All of them.
        backups: Folders to look into.
        runs: Shared with whoever runs them.
        clock: Tells ages.
        kept: Knows of runs that others wrote down, such as those of actions; blocks.
    """

    def __init__(
        self,
        spec: SourceSpec,
        title: str,
        scripts: Sequence[ScriptOptions],
        backups: Sequence[BackupOptions],
        runs: ScriptRuns,
        clock: Clock,
        kept: Kept | None = None,
    ) -> None:
        self._spec = spec
        self._kept = kept
        self._title = title
        self._scripts = tuple(scripts)
        self._backups = tuple(backups)
        self.runs = runs
        self._clock = clock

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back."""

    async def read(self) -> Harvest:
        """Look at the folders and at what ran.

        Emits `backup_age_s` and `backup_size_bytes` of the oldest of the newest files (one for
        each kind of backup), and `scripts_failed`.

        Raises:
            NotFound: or `Unauthorized`, when no folder could be looked into.
        """
        looked = [await self._look(each) for each in self._backups]
        failures = [error for _, error in looked if error is not None]
        if failures and len(failures) == len(looked) and not self._scripts:
            raise failures[0]
        now = self._clock.now()
        last = await asyncio.to_thread(self._last)
        sections = [self._scripts_section(last)] if self._scripts else []
        sections += [
            backup_section(each, files, error, now.at)
            for each, (files, error) in zip(self._backups, looked, strict=True)
        ]
        judged = [record.condition for section in sections for record in section.records]
        judged += [Condition.UNKNOWN for section in sections if section.blind]
        payload = SystemReading(
            system=self._title,
            condition=worst(judged),
            summary=Foreign(self._summary(looked, last, now.at)),
            sections=tuple(sections),
        )
        return Harvest(payload=payload, numbers=tuple(self._numbers(looked, last, now)), at=now)

    async def _look(
        self, given: BackupOptions
    ) -> tuple[tuple[BackupFile, ...], ProviderError | None]:
        try:
            return await asyncio.to_thread(newest_files, given.folder, given.pattern), None
        except ProviderError as error:
            return (), error

    def _last(self) -> dict[str, RunView]:
        """The newest run of each script, whoever ran it."""
        found = dict(self.runs.last())
        if self._kept is None:
            return found
        for each in self._scripts:
            name = each.spec.name
            other = self._kept(name)
            if other is not None and (name not in found or found[name].began_at < other.began_at):
                found[name] = other
        return found

    def _scripts_section(self, last: Mapping[str, RunView]) -> Section:
        records = tuple(script_record(each, last.get(each.spec.name)) for each in self._scripts)
        return Section(key="scripts", title="Scripts", records=records)

    def _summary(
        self,
        looked: Sequence[tuple[tuple[BackupFile, ...], ProviderError | None]],
        last: Mapping[str, RunView],
        now: datetime,
    ) -> str:
        ages = [age_words((now - files[0].at).total_seconds()) for files, _ in looked if files]
        told = [f"last backup {' and '.join(ages)} ago"] if ages else []
        if looked and not ages:
            told.append("no backup found")
        running = [each.name for each in last.values() if each.result is None]
        told += [f"{', '.join(running)} is running"] if running else []
        return "; ".join(told) or f"{len(self._scripts)} scripts"

    def _numbers(
        self,
        looked: Sequence[tuple[tuple[BackupFile, ...], ProviderError | None]],
        last: Mapping[str, RunView],
        now: Moment,
    ) -> Iterator[Reading]:
        # One kind of backup without a file: then nobody can say how old the oldest is.
        newest = [files[0] for files, _ in looked if files]
        oldest = min(newest, key=lambda each: each.at, default=None)
        whole = oldest is not None and len(newest) == len(looked)
        age_s = (now.at - oldest.at).total_seconds() if oldest is not None and whole else None
        size = oldest.size_bytes if oldest is not None and whole else None
        ended = [each.result for each in last.values() if each.result is not None]
        failed = sum(not each.good for each in ended) if ended else None
        yield Reading.of(self._spec.id, "backup_age_s", age_s, "s", now)
        yield Reading.of(self._spec.id, "backup_size_bytes", size, "bytes", now)
        yield Reading.of(self._spec.id, "scripts_failed", failed, "count", now)


class CheckSource:
    """One script that only reads, run again and again because the configuration says so.

    Args:
        spec: Name and cadence; `timeout_s` is longer than the script's own limit.
        given: The script.
        runs: Where the run is remembered.
        clock: For the time of the reading.
    """

    def __init__(
        self, spec: SourceSpec, given: ScriptOptions, runs: ScriptRuns, clock: Clock
    ) -> None:
        self._spec = spec
        self._given = given
        self._runs = runs
        self._clock = clock

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: a script ends with its read."""

    async def read(self) -> Harvest:
        """Run it once. Emits `exit_code`, `duration_s`, `failed` (1 or 0).

        Raises:
            BadAnswer: It could not be started.
        """
        result = await self._runs.run(self._given.spec)
        at = self._clock.now()
        view = self._runs.last()[self._given.spec.name]
        record = script_record(self._given, view)
        payload = SystemReading(
            system=self._given.title,
            condition=record.condition,
            summary=Foreign(f"{result.words}; {last_words(view)}".rstrip("; ")),
            sections=(
                Section(key="run", title="Last run", records=(record,)),
                Section(
                    key="output", title="Output", records=output_records(result), empty="no output"
                ),
            ),
        )
        numbers = {"exit_code": result.exit_code, "failed": int(not result.good)}
        readings = [
            Reading.of(self._spec.id, metric, raw, "count", at) for metric, raw in numbers.items()
        ]
        readings.append(Reading.of(self._spec.id, "duration_s", result.duration_s, "s", at))
        return Harvest(payload=payload, numbers=tuple(readings), at=at)
