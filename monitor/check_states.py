"""States of endpoint checks as JSON and back, for restarts."""

import json
from datetime import datetime

from monitor.endpoints import CheckState
from monitor.rule_states import fired_from, memory_from, moment_from, moment_text, onset_from
from monitor.states import EndpointState
from monitor.verdicts import Phase
from providers.clock import Moment


def encode_check(state: CheckState) -> str:
    """The state as JSON, times by the wall clock."""
    plain: dict[str, object] = {}
    for name in state.__struct_fields__:
        value = getattr(state, name)
        if isinstance(value, Moment):
            plain[name] = moment_text(value)
        elif isinstance(value, Phase | EndpointState):
            plain[name] = value.value
        elif isinstance(value, datetime):
            plain[name] = value.isoformat()
        else:
            plain[name] = value
    return json.dumps(plain, separators=(",", ":"))


def decode_check(text: str, now: Moment) -> CheckState | None:
    """The state on this process's clock; None when it can not be understood."""
    try:
        plain = json.loads(text)
        changed_at = plain["changed_at"]
        return CheckState(
            phase=Phase(plain["phase"]),
            since=moment_from(plain["since"], now),
            onset=onset_from(plain["onset"], now),
            fired=fired_from(plain, now),
            bad_at=moment_from(plain.get("bad_at"), now),
            seen=memory_from(plain.get("seen")),
            failures=int(plain["failures"]),
            successes=int(plain["successes"]),
            slow=bool(plain["slow"]),
            last=moment_from(plain["last"], now),
            why=str(plain["why"]),
            steady=EndpointState(plain["steady"]),
            shown=EndpointState(plain["shown"]),
            changed_at=None if changed_at is None else datetime.fromisoformat(changed_at),
            change=str(plain["change"]),
        )
    except (KeyError, ValueError, TypeError):
        return None
