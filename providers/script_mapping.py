"""Scripts' runs and backup files as records; pure."""

import itertools
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from providers.errors import ProviderError
from providers.script_files import BackupFile
from providers.script_runs import RunView
from providers.scripts import ScriptResult, ScriptSpec
from providers.system_readings import Condition, Record, Section
from providers.text import EMPTY, Foreign
from providers.vendor import clock_words

_SHRUNK: Final = 0.5
"""A backup smaller than this share of the one before it is worth a word."""


class ScriptOptions(Struct, frozen=True, kw_only=True):
    """A script with what the wall says of it."""

    spec: ScriptSpec
    title: str
    check: bool = False
    """It only reads, and runs by itself."""


class BackupOptions(Struct, frozen=True, kw_only=True):
    """Where backups lie and what is expected of the newest."""

    key: str
    title: str
    folder: str
    pattern: str
    warning_s: float
    critical_s: float
    least_bytes: int = 1


def script_record(given: ScriptOptions, view: RunView | None) -> Record:
    """A script with its last run; one that never ran is neither good nor bad."""
    condition, state = Condition.FINE, "not run since the start"
    if view is not None and view.result is None:
        condition, state = Condition.FINE, f"running for {age_words(view.running_s)}"
    elif view is not None and view.result is not None:
        condition = Condition.FINE if view.result.good else Condition.BROKEN
        state = view.result.words
    return Record(
        id=given.spec.name,
        title=Foreign(given.title),
        condition=condition,
        state=Foreign(state),
        at=view.began_at if view else None,
        details=(
            ("took", Foreign(age_words(view.running_s) if view else "")),
            ("last line", Foreign(last_words(view)) if view else EMPTY),
            ("runs", Foreign("by itself" if given.check else "when asked for")),
        ),
        # A check that is well again and again is no news.
        change=view is not None and (not given.check or condition is not Condition.FINE),
    )


def last_words(view: RunView) -> str:
    """The last line with anything on it."""
    return next((each.text.line(160) for each in reversed(view.lines) if each.text.line()), "")


def output_records(result: ScriptResult) -> tuple[Record, ...]:
    """The last lines of a finished run, each with its second."""
    return tuple(
        Record(
            id=str(place),
            title=line.text,
            condition=Condition.NOTABLE if line.error else Condition.FINE,
            details=(("after", Foreign(f"{line.after_s:.1f} s")),),
        )
        for place, line in enumerate(result.lines[-50:])
    )


def backup_section(
    given: BackupOptions,
    files: Sequence[BackupFile],
    error: ProviderError | None,
    now: datetime,
) -> Section:
    """One folder of backups, or why it could not be looked into."""
    records = [
        backup_record(given, file, before, now, newest=place == 0)
        for place, (file, before) in enumerate(itertools.zip_longest(files, files[1:]))
    ]
    if not files and error is None:
        records = [_no_backup(given)]
    blind = f"{error.reason}; {error.advice}" if error is not None else ""
    return Section(key=given.key, title=given.title, records=tuple(records), blind=blind)


def _no_backup(given: BackupOptions) -> Record:
    return Record(
        id="none",
        title=Foreign(f"no file {given.pattern}"),
        condition=Condition.BROKEN,
        state=Foreign("missing"),
        details=(("size", EMPTY), ("age", EMPTY)),
    )


def backup_record(
    given: BackupOptions,
    file: BackupFile,
    before: BackupFile | None,
    now: datetime,
    *,
    newest: bool,
) -> Record:
    """One backup; only the newest is judged, the others show what is usual."""
    age_s = (now - file.at).total_seconds()
    condition, state = Condition.FINE, "kept"
    if newest:
        condition, state = _judged(given, file, before, age_s)
    return Record(
        id=file.name,
        title=Foreign(file.name),
        condition=condition,
        state=Foreign(state),
        at=file.at,
        details=(
            ("size", Foreign(size_words(file.size_bytes))),
            ("age", Foreign(age_words(age_s))),
        ),
        change=newest,
    )


def _judged(
    given: BackupOptions, file: BackupFile, before: BackupFile | None, age_s: float
) -> tuple[Condition, str]:
    if file.size_bytes < given.least_bytes:
        return Condition.BROKEN, f"smaller than {size_words(given.least_bytes)}"
    if age_s > given.critical_s:
        return Condition.BROKEN, f"older than {age_words(given.critical_s)}"
    if age_s > given.warning_s:
        return Condition.DEGRADED, f"older than {age_words(given.warning_s)}"
    if age_s < 0:
        return Condition.NOTABLE, f"from the future: {clock_words(file.at)}"
    if before is not None and file.size_bytes < _SHRUNK * before.size_bytes:
        return Condition.NOTABLE, "less than half the size of the one before"
    return Condition.FINE, "newest"


def age_words(seconds: float) -> str:
    """`26 h`, `3 d`, `40 s`."""
    seconds = abs(seconds)
    for length_s, unit in ((172_800.0, "d"), (7_200.0, "h"), (120.0, "min")):
        if seconds >= length_s:
            per = {"d": 86_400.0, "h": 3_600.0, "min": 60.0}[unit]
            return f"{seconds / per:.0f} {unit}"
    return f"{seconds:.0f} s"


def size_words(size_bytes: float) -> str:
    """`1.2 GiB`."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size_bytes < 1024:
            return f"{size_bytes:.0f} {unit}" if unit == "B" else f"{size_bytes:.1f} {unit}"
        size_bytes /= 1024
    return f"{size_bytes:.1f} TiB"
