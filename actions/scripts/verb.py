"""Run one of the product's scripts: backup, verification, dump.

| what | how |
| --- | --- |
| what runs | the words of the configuration and the file's name, without a shell |
| once | the plan holds the number of the run, and its record is made exclusively |
| leaving, quitting, a crash | the script goes on: its keeper writes down how it ends |
| done | it ended with 0, and a backup or dump left a new file that is large enough |
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from actions.plan import Change, Danger, Effect, Plan, ScriptStep, Target
from actions.scripts.files import Chosen, chosen, is_private, newest
from actions.scripts.following import GRACE_S, begun, followed
from actions.scripts.looked import (
    Looked,
    free_of,
    newest_of,
    preconditions,
    startable,
    warnings,
)
from actions.scripts.places import ScriptPlace, Use
from actions.scripts.records import Records
from actions.scripts.run_record import RunRecord
from actions.verbs import Pinned, Sent, Settled, State, UndoneAsPlanned, Unplannable
from providers.clock import Clock
from providers.errors import ProviderError, Refused
from providers.script_files import BackupFile
from providers.script_mapping import size_words
from providers.script_process import at_home
from providers.script_values import SYSTEM
from providers.text import EMPTY, Foreign

FILE: Final = "file"
_NONE: Final = "none"


class RunScript(UndoneAsPlanned):
    """One use of scripts, in every workspace that has one.

    Args:
        use: What it is there for; also its name.
        places: Where.
        records: Where runs are written down.
        clock: Tells when something was looked at.
    """

    def __init__(
        self, use: Use, places: Sequence[ScriptPlace], records: Records, clock: Clock
    ) -> None:
        self.name = use.value
        self.use = use
        self.settle_s = max(one.spec.timeout_s for one in places) + GRACE_S
        self._places = {(one.workspace, one.identity): one for one in places}
        self._records = records
        self._clock = clock

    async def plan(self, target: Target, parameters: Mapping[str, str]) -> Plan:
        """As `Verb.plan`."""
        looked = await self._look(target, parameters)
        return self._planned(target, parameters, looked)

    async def pin(self, plan: Plan) -> Pinned:
        """As `Verb.pin`."""
        parameters = dict(plan.parameters)
        looked = await self._look(plan.target, parameters)
        return Pinned(
            plan=self._planned(plan.target, parameters, looked),
            preconditions=tuple(preconditions(looked)),
            warnings=tuple(warnings(looked)),
        )

    async def send(self, plan: Plan, key: str) -> Sent:
        """As `Verb.send`: start it under a keeper of its own."""
        del key
        place = self._place(plan.target)
        step = plan.steps[0]
        args = await self._args(place, plan)
        if not isinstance(step, ScriptStep) or step.argv != _argv(place, args):
            raise Refused(SYSTEM, f"run {place.spec.name}", "it is not what was planned")
        return await begun(self._records, place.record, plan, place.spec, args)

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """As `Verb.settled`: what its keeper wrote down, for whoever asks."""
        del sent
        found = await followed(plan)
        return found if isinstance(found, Settled) else await self._judged(plan, found)

    async def _judged(self, plan: Plan, found: RunRecord) -> Settled:
        """What the end of a run means."""
        said = f": {found.last.line(200)}" if found.last else ""
        if (found.end, found.code) != ("exited", 0):
            words = f"{found.words}{said}{self._left_half()}"
            return Settled(state=State.FAILED, words=words)
        place = self._places.get((plan.target.workspace, plan.target.identity))
        if place is None or place.backups is None or not self.use.makes_file:
            return Settled(state=State.DONE, words=f"{found.words}{said}")
        return await asyncio.to_thread(self._judged_file, plan, place, found)

    def _left_half(self) -> str:
        """What a run that broke off may have left."""
        return "; an unfinished file may lie in the folder" if self.use.makes_file else ""

    def _judged_file(self, plan: Plan, place: ScriptPlace, found: RunRecord) -> Settled:
        """Whether the file is there that it was run for."""
        backups = place.backups
        if backups is None:
            return Settled(state=State.DONE, words=found.words)
        try:
            made = newest(backups)
        except ProviderError as error:
            words = f"{found.words}, and its folder can not be looked into: {error.reason}"
            return Settled(state=State.UNKNOWN, words=words)
        if made is None or _file_pin(made) == plan.pinned["newest"]:
            words = f"{found.words}, and left no new file {backups.pattern}"
            return Settled(state=State.FAILED, words=words)
        size = size_words(made.size_bytes)
        if made.size_bytes < backups.least_bytes:
            words = f"{found.words}, and {Foreign(made.name).line(80)} has only {size}"
            return Settled(state=State.FAILED, words=words)
        loose = "" if is_private(backups, made.name) else ", readable by others: chmod 600"
        words = f"{found.words}: {Foreign(made.name).line(80)}, {size}{loose}"
        return Settled(state=State.DONE, words=words)

    def _place(self, target: Target) -> ScriptPlace:
        place = self._places.get((target.workspace, target.identity))
        if place is None or place.environment != target.environment:
            raise Unplannable(f"{target.workspace} has no such script any more")
        return place

    async def _args(self, place: ScriptPlace, plan: Plan) -> tuple[str, ...]:
        """The words that are appended, made afresh just before it is started."""
        if not place.with_file or place.backups is None:
            return ()
        name = dict(plan.parameters).get(FILE, "") or plan.pinned["file name"]
        file = await asyncio.to_thread(chosen, place.backups, name)
        if file.pin != plan.pinned["file"]:
            raise Refused(SYSTEM, f"run {place.spec.name}", "the backup is not any more as it was")
        return self._words(place, file)

    def _words(self, place: ScriptPlace, file: Chosen | None) -> tuple[str, ...]:
        return (file.path,) if place.with_file and file is not None else ()

    async def _look(self, target: Target, parameters: Mapping[str, str]) -> Looked:
        place = self._place(target)
        return await asyncio.to_thread(self._looked, place, parameters.get(FILE, ""))

    def _looked(self, place: ScriptPlace, name: str) -> Looked:
        backups = place.backups
        file = chosen(backups, name) if place.with_file and backups is not None else None
        return Looked(
            place=place,
            number=self._records.next_number(place.record),
            running=self._records.running(place.record),
            usual_s=self._records.usual_s(place.record),
            file=file,
            before=None if backups is None else newest_of(place),
            free=None if backups is None else free_of(backups.folder),
            startable=startable(place),
            at=self._clock.now(),
        )

    def _planned(self, target: Target, parameters: Mapping[str, str], looked: Looked) -> Plan:
        place, file = looked.place, looked.file
        record = self._records.place(place.record, looked.number)
        return Plan(
            verb=self.name,
            title=place.title,
            target=target,
            parameters=tuple((name, value) for name, value in parameters.items() if value),
            steps=(
                ScriptStep(
                    title=f"run {place.spec.name} in {place.spec.folder}",
                    argv=_argv(place, self._words(place, file)),
                ),
            ),
            changes=tuple(self._changes(looked)),
            pins=(
                ("run", f"#{looked.number}"),
                ("record", str(record)),
                ("newest", _file_pin(looked.before)),
                *((("file", file.pin), ("file name", file.file.name)) if file else ()),
            ),
            effects=(
                Effect(
                    words="at most, then it is killed with all it started",
                    number=place.spec.timeout_s,
                    unit="s",
                    measured_at=looked.at.at,
                ),
            ),
            side_effects=_SIDE_EFFECTS[self.use],
            no_undo=_NO_UNDO[self.use],
            needs=("to execute the script", "to write its folder"),
            danger=Danger.LIGHT,
            sources=(place.source,) if place.source else (),
            takes_s=looked.usual_s,
            look_at=str(record / "output"),
        )

    def _changes(self, looked: Looked) -> Iterator[Change]:
        """What there will be that was not there."""
        if self.use is Use.VERIFY:
            file = looked.file
            words = file.words if file else "the newest, as the script finds it"
            yield Change(field="reads", before=Foreign(words), after=Foreign("unchanged"))
            return
        before = looked.before
        shown = EMPTY if before is None else Foreign(f"newest: {before.name}")
        yield Change(field="backups", before=shown, after=Foreign("one more file"))


def _argv(place: ScriptPlace, args: tuple[str, ...]) -> tuple[str, ...]:
    return (at_home(place.spec.argv[0]), *place.spec.argv[1:], *args)


def _file_pin(file: BackupFile | None) -> str:
    return _NONE if file is None else f"{file.name} {file.size_bytes} B {file.at.isoformat()}"


_SIDE_EFFECTS: Final = {
    Use.BACKUP: ("it reads the whole database: slower answers while it runs",),
    Use.DUMP: ("it reads the whole database, and the file holds everything: keep it private",),
    Use.VERIFY: ("it reads the backup to its end",),
    Use.RESTORE: (),
}
_NO_UNDO: Final = {
    Use.BACKUP: "it only adds a file",
    Use.DUMP: "it only adds a file: delete it by hand when it is not needed any more",
    Use.VERIFY: "it changes nothing",
    Use.RESTORE: "what was there is gone",
}
