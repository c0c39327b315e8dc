"""How a run of a script stands, read from its folder; see `actions.scripts.records`. Blocks."""

import contextlib
import enum
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from actions.scripts import keeper
from providers.processes import is_there
from providers.secrets import redact
from providers.text import EMPTY, Foreign

_TAIL_BYTES: Final = 65_536
_LONGEST_STATE: Final = 65_536
_FEW: Final = 3


class RunPhase(enum.Enum):
    """How far a run has come, as far as its record tells."""

    MISSING = "missing"
    """Nothing was begun under this number."""

    LOST = "lost"
    """There is no telling: another's folder, or a run whose keeper is gone."""

    RUNNING = "running"
    UNSTARTABLE = "unstartable"
    ENDED = "ended"


class Line(Struct, frozen=True, kw_only=True):
    """One line of output."""

    after_s: float
    text: Foreign


class RunRecord(Struct, frozen=True, kw_only=True):
    """What is known of one run."""

    phase: RunPhase
    began_s: float | None = None
    """Since the epoch."""

    why: str = ""
    """Why it could not be started, or why nobody knows."""

    end: str = ""
    """`exited`, `signalled`, `timed out`, `stopped`."""

    code: int | None = None
    signal: int | None = None
    duration_s: float = 0.0
    lines: tuple[Line, ...] = ()
    """The last ones."""

    @property
    def last(self) -> Foreign:
        """The last line."""
        return self.lines[-1].text if self.lines else EMPTY

    @property
    def said(self) -> str:
        """The last few lines, for whoever looks every other second."""
        return " · ".join(line.text.line(100) for line in self.lines[-_FEW:])

    @property
    def words(self) -> str:
        """How it ended."""
        took = f"after {self.duration_s:.0f} s"
        if self.end == "exited":
            return f"exit {self.code} {took}"
        if self.end == "signalled":
            return f"killed by signal {self.signal} {took}"
        return f"{'time was up' if self.end == 'timed out' else self.end} {took}: killed"


def runs_of(folder: Path, name: str) -> Iterator[tuple[int, Path]]:
    """The runs of a script that have a record, by number."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        stem, _, number = entry.name.rpartition(".")
        if stem == name and number.isdigit() and entry.is_dir(follow_symlinks=False):
            yield int(number), Path(entry.path)


def read(record: Path) -> RunRecord:
    """How a run stands; also after a crash, from its folder alone."""
    try:
        record.stat()
    except FileNotFoundError:
        return _without(record)
    except OSError as error:
        words = os.strerror(error.errno or 0).lower()
        return RunRecord(phase=RunPhase.LOST, why=f"{record}: {words}")
    state = _state(record)
    if state.get("phase") in {"starting", "running"} and not _keeps(state):
        # It may have ended between the two looks.
        state = _state(record)
    return _record(state, tail(record))


def _without(record: Path) -> RunRecord:
    """No such folder: nothing was begun, unless later ones were and it was only cleared away."""
    stem, _, number = record.name.rpartition(".")
    last = max((one for one, _ in runs_of(record.parent, stem)), default=0)
    if not number.isdigit() or last >= int(number) or not _is_ours(record.parent):
        why = f"there is no record {record} any more, or not here"
        return RunRecord(phase=RunPhase.LOST, why=why)
    return RunRecord(phase=RunPhase.MISSING, why="it was never begun")


def _is_ours(folder: Path) -> bool:
    """Whether it would be here, had it been begun; it may be another machine, or another's."""
    nearest = folder if folder.exists() else folder.parent
    try:
        found = nearest.stat()
    except OSError:
        return False
    return found.st_uid == os.geteuid() and os.access(nearest, os.R_OK | os.X_OK)


def _state(record: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError), (record / keeper.STATE).open("rb") as file:
        found = json.loads(file.read(_LONGEST_STATE))
        if isinstance(found, dict):
            return found
    return {}


def _keeps(state: dict[str, Any]) -> bool:
    """Whether the keeper of a run is still there."""
    pid = state.get("keeper")
    if not isinstance(pid, int) or _is_zombie(pid):
        return False
    return is_there(pid, str(state.get("keeper_started")))


def _is_zombie(pid: int) -> bool:
    """Whether it has ended, and only waits for somebody to notice."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] == "Z"


def _record(state: dict[str, Any], lines: tuple[Line, ...]) -> RunRecord:
    phase = state.get("phase")
    raw = state.get("began_s")
    began_s = float(raw) if isinstance(raw, int | float) else None
    if phase == "ended":
        return RunRecord(
            phase=RunPhase.ENDED,
            began_s=began_s,
            end=str(state.get("end")),
            code=_number(state.get("code")),
            signal=_number(state.get("signal")),
            duration_s=float(state.get("duration_s") or 0.0),
            lines=lines,
        )
    if phase == "unstartable":
        why = Foreign(str(state.get("why"))).line(120)
        return RunRecord(phase=RunPhase.UNSTARTABLE, why=why)
    if phase in {"starting", "running"} and _keeps(state):
        return RunRecord(phase=RunPhase.RUNNING, began_s=began_s, lines=lines)
    why = "whoever watched it is gone: look whether it runs"
    return RunRecord(phase=RunPhase.LOST, why=why, lines=lines)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def tail(record: Path, most: int = 50) -> tuple[Line, ...]:
    """The last lines of its output, cleaned and with known secrets taken out."""
    raw = b""
    for name in (keeper.OUTPUT, keeper.OLDER):
        with contextlib.suppress(OSError), (record / name).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL_BYTES))
            raw = file.read(_TAIL_BYTES) + raw
        if raw.count(b"\n") >= most:
            break
    return tuple(line for one in raw.splitlines()[-most:] if (line := _line(one)) is not None)


def _line(raw: bytes) -> Line | None:
    try:
        after_s, text = json.loads(raw)
        return Line(after_s=float(after_s), text=Foreign(Foreign(redact(str(text))).line(2_000)))
    except (ValueError, TypeError):
        # The first line of a tail is cut.
        return None
