"""Beginning a run for an action, and following it by its record."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from actions.plan import Plan
from actions.scripts.records import Records, begin
from actions.scripts.run_record import RunPhase, RunRecord, read
from actions.verbs import Sent, Settled, State
from providers.script_values import ScriptSpec

GRACE_S: Final = 30.0
"""So much longer than its time limit a run is followed: it has to be killed and written down."""


async def begun(
    records: Records, name: str, plan: Plan, spec: ScriptSpec, args: Sequence[str] = ()
) -> Sent:
    """Start a run under a keeper of its own, and clear away the oldest of its name.

    Args:
        records: Where runs are written down.
        name: Under which its runs are kept.
        plan: Its pin `record` is the folder, made exclusively: a plan starts one run.
        spec: What is run.
        args: Words that are appended.

    Raises:
        Refused: It was begun already.
        ProviderError: It could not be started.
    """
    record = Path(plan.pinned["record"])
    await asyncio.to_thread(begin, record, spec, tuple(args))
    await asyncio.to_thread(records.prune, name)
    return Sent(answer=record.name, words=f"begun, its record is {record}")


async def followed(plan: Plan) -> RunRecord | Settled:
    """The record of a run that has ended; else how far it has come."""
    found = await asyncio.to_thread(read, Path(plan.pinned["record"]))
    if found.phase is RunPhase.ENDED:
        return found
    if found.phase is RunPhase.RUNNING:
        words = found.said or "it runs, and said nothing so far"
        return Settled(state=State.UNDER_WAY, words=words)
    state = State.UNKNOWN if found.phase is RunPhase.LOST else State.FAILED
    return Settled(state=state, words=found.why)
