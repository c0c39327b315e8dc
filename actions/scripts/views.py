"""What the runs of actions look like on the board of scripts. Blocks."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from actions.scripts.records import Records
from actions.scripts.run_record import RunPhase, RunRecord
from providers.script_runs import RunView
from providers.script_values import ScriptEnd, ScriptLine, ScriptResult

_ENDS: Final = {
    "exited": ScriptEnd.EXITED,
    "signalled": ScriptEnd.SIGNALLED,
    "timed out": ScriptEnd.TIMED_OUT,
    "stopped": ScriptEnd.CANCELLED,
}


def view_of(folder: Path, record: str, name: str, now: datetime) -> RunView | None:
    """The newest run of a script that an action began.

    Args:
        folder: Where runs are written down.
        record: Names them there.
        name: Of the script.
        now: The present.

    Returns:
        None when there was none, or when nobody knows how it stands.
    """
    found = Records(folder).latest(record)
    if found is None or found.began_s is None:
        return None
    began_at = datetime.fromtimestamp(found.began_s, UTC)
    lines = tuple(
        ScriptLine(text=line.text, error=False, after_s=line.after_s) for line in found.lines
    )
    if found.phase is RunPhase.RUNNING:
        running_s = max(0.0, (now - began_at).total_seconds())
        return RunView(
            name=name, began_at=began_at, running_s=running_s, result=None, lines=lines[-5:]
        )
    if found.phase is not RunPhase.ENDED or found.end not in _ENDS:
        return None
    return RunView(
        name=name,
        began_at=began_at,
        running_s=found.duration_s,
        result=_result(name, found, lines),
        lines=lines[-5:],
    )


def _result(name: str, found: RunRecord, lines: tuple[ScriptLine, ...]) -> ScriptResult:
    return ScriptResult(
        name=name,
        end=_ENDS[found.end],
        exit_code=found.code,
        signal=found.signal,
        duration_s=found.duration_s,
        lines=lines,
    )
