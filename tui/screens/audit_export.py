"""The audit as a file to hand on."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from actions.audit_entries import AuditEntry
from providers.secret_value import redact
from tui.commands_audit import entry_json, table
from tui.config.paths import write_private


def export(folder: Path, entries: Sequence[AuditEntry], form: str, at: datetime) -> Path:
    """Write entries as JSON lines or as a table into a new file of mode 0600. Blocks.

    Args:
        folder: Where.
        entries: What.
        form: `jsonl` or `csv`.
        at: For its name.

    Raises:
        OSError: It can not be written.
    """
    place = folder / f"audit-{at:%Y%m%dT%H%M%SZ}.{form}"
    if form == "csv":
        text = table(entries)
    else:
        text = "".join(f"{json.dumps(entry_json(one), sort_keys=True)}\n" for one in entries)
    write_private(place, redact(text))
    return place
