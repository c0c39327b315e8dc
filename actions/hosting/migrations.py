"""Whether a change of the database's schema may lie between two deploys; pure.

Neither Vercel nor Render tells which files a commit touches: only its message can be looked at.
A message that speaks of one warns; that none does is no proof, and each plan says that migrations
are not undone.
"""

import re
from collections.abc import Sequence
from typing import Final

from actions.guard_values import Precondition
from actions.hosting.candidates import label
from actions.preconditions import Checked
from providers.clock import Moment
from providers.deploy_readings import DeployReading

_LIKE: Final = re.compile(
    r"\b(?:migrat\w*|schema|backfill\w*|ddl|alter\s+table|index\s+\w+_\w+"
    r"|(?:add|create|drop|rename|alter)s?\s+(?:\w+\s+){0,3}"
    r"(?:column|table|index|constraint|enum))\b",
    re.IGNORECASE,
)
_NAMED: Final = 2


def looks_like(message: str) -> bool:
    """Whether a commit message speaks of a change of the schema."""
    return _LIKE.search(message) is not None


def migrations(at: Moment, between: Sequence[DeployReading]) -> Precondition:
    """What the messages of the deploys between tell."""
    checks = Checked(at=at)
    found = [one for one in between if looks_like(one.message.text)]
    if found:
        named = ", ".join(f"“{label(one)}”" for one in found[:_NAMED])
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        return checks.warns("migrations", f"like a migration, and not undone: {named}{more}")
    count = len(between)
    deploys = "1 deploy" if count == 1 else f"{count} deploys"
    return checks.met("migrations", f"{deploys} taken back: no message names a migration")
