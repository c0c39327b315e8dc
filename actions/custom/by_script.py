"""A program of the configuration, run once under a keeper of its own, without a shell."""

import asyncio
from collections.abc import Sequence

from msgspec.structs import replace

from actions.custom.templates import words
from actions.custom.values import Values
from actions.plan import Effect, Plan, ScriptStep, Step
from actions.scripts.following import GRACE_S, begun, followed
from actions.scripts.records import Records
from actions.verbs import Sent, Settled, State
from providers.script_process import at_home
from providers.script_values import ScriptSpec


class ByScript:
    """Runs one program.

    Args:
        spec: Its words have places in them; its name names its runs on the disk.
        records: Where runs are written down.
    """

    is_verdict = True

    def __init__(self, spec: ScriptSpec, records: Records) -> None:
        self._spec = spec
        self._records = records
        self.settle_s = spec.timeout_s + GRACE_S

    @property
    def needs(self) -> tuple[str, ...]:
        """As `Means.needs`."""
        return (f"to execute {self._spec.argv[0]}",)

    async def steps(self, values: Values, plan: Plan | None) -> tuple[Step, ...]:
        """As `Means.steps`."""
        del plan
        program, *rest = words(self._spec.argv, values)
        return (ScriptStep(title=f"run in {self._spec.folder}", argv=(at_home(program), *rest)),)

    async def pins(self, values: Values) -> tuple[tuple[str, str], ...]:
        """As `Means.pins`: the number that its run gets."""
        del values
        number = await asyncio.to_thread(self._records.next_number, self._spec.name)
        record = self._records.place(self._spec.name, number)
        return (("run", f"#{number}"), ("record", str(record)))

    def effects(self) -> Sequence[Effect]:
        """As `Means.effects`."""
        limit = "at most, then it is killed with all it started"
        return (Effect(words=limit, number=self._spec.timeout_s, unit="s"),)

    async def send(self, plan: Plan, values: Values, key: str) -> Sent:
        """As `Means.send`."""
        del key
        spec = replace(self._spec, argv=words(self._spec.argv, values))
        return await begun(self._records, self._spec.name, plan, spec)

    async def settled(self, plan: Plan, sent: Sent | None) -> Settled:
        """As `Means.settled`: what its keeper wrote down."""
        del sent
        found = await followed(plan)
        if isinstance(found, Settled):
            return found
        said = f": {found.last.line(200)}" if found.last else ""
        good = (found.end, found.code) == ("exited", 0)
        state = State.DONE if good else State.FAILED
        return Settled(state=state, words=f"{found.words}{said}")
