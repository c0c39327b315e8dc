"""What the door for actions is made of: its audit, and as whom this program writes."""

from __future__ import annotations

import os
import pwd
from functools import cache
from typing import TYPE_CHECKING

from actions.audit import Audit
from actions.audit_entries import Author
from actions.facts import facts
from actions.lease import Leases
from actions.record import Record
from actions.runner import Runner
from providers.clock import Clock
from providers.processes import process_start
from providers.text import Foreign
from tui.wire_care import author as care_author
from tui.wire_policy import audit_place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from actions.guard_values import Facts
    from actions.plan import Plan
    from actions.policy import Policy
    from actions.verbs import Verb
    from monitor.snapshot import Snapshot
    from tui.config.model import Config

_LONGEST_ORIGIN = 120


def audit(config: Config, clock: Clock, path: Path | None = None) -> Audit:
    """The audit of all workspaces; `path` instead of its own place, as in the demo."""
    return Audit(path or audit_place(config), author(config), clock)


def author(config: Config) -> Author:
    """Who sits here and from where they came, for the audit."""
    person, pid = care_author(config), os.getpid()
    return Author(
        operator=person.operator,
        login=account(),
        host=person.host,
        origin=Foreign(os.environ.get("SSH_CONNECTION", "")).line(_LONGEST_ORIGIN),
        pid=pid,
        started=process_start(pid),
        session=_session(),
    )


@cache
def _session() -> str:
    """Tells this run of the program from every other; of those forked from one, each its own."""
    return os.urandom(6).hex()


def account() -> str:
    """The account this program runs under, by its number: no variable makes one somebody else."""
    try:
        return Foreign(pwd.getpwuid(os.getuid()).pw_name).line(40)
    except KeyError:
        return f"uid-{os.getuid()}"


def runner(
    book: Audit,
    policy_now: Callable[[], Policy],
    verbs: Mapping[str, Verb],
    latest: Callable[[], Snapshot | None],
    clock: Clock,
) -> Runner:
    """The door; made and used in the engine's loop.

    Whoever makes it awaits `actions.reconcile.reconcile` once, and has `Runner.aclose` awaited at
    the end (`EngineThread.at_end`).

    Args:
        book: The audit.
        policy_now: The policy of the configuration in use; asked at each decision.
        verbs: By name.
        latest: The newest snapshot.
        clock: The time.
    """

    def known(plan: Plan) -> Facts:
        return facts(plan, latest(), clock.now())

    return Runner(
        record=Record(book, clock),
        leases=Leases(book, policy_now, clock),
        policy=policy_now,
        verbs=verbs,
        facts=known,
        clock=clock,
    )
