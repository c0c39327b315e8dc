"""What the door for actions is made of: policy, audit, and as whom this program writes."""

from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING

from actions.audit import Audit, process_start
from actions.audit_entries import Author
from actions.facts import facts
from actions.lease import Leases
from actions.policy import EnvironmentRules, Policy
from actions.record import Record
from actions.runner import Runner
from providers.clock import Clock
from providers.text import Foreign
from tui.config.paths import audit_file, private_dir
from tui.wire_care import author as care_author
from tui.wire_care import care_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from actions.guard_values import Facts
    from actions.plan import Plan
    from actions.verbs import Verb
    from monitor.snapshot import Snapshot
    from tui.config.model import Config

_LONGEST_ORIGIN = 120
_SESSION = os.urandom(6).hex()


def policy(config: Config, *, flag_read_only: bool) -> Policy:
    """Whether anything may be changed where, as the configuration and the command line say."""
    places = {
        f"{name}/{key}": environment
        for name, workspace in config.workspaces.items()
        for key, environment in workspace.environments.items()
    }
    return Policy(
        flag_read_only=flag_read_only,
        global_read_only=config.settings.read_only,
        environments={place: one.forbids_changes for place, one in places.items()},
        rules={
            place: EnvironmentRules(
                production=one.production, lease_s=one.lease_s, approval=one.approval
            )
            for place, one in places.items()
        },
    )


def audit_place(config: Config) -> Path:
    """The audit: in the shared folder, else in a folder of one's own, made here (0700)."""
    if config.settings.shared_folder is not None:
        return care_folder(config) / audit_file().name
    own = audit_file()
    try:
        private_dir(own.parent)
    except OSError:
        # Told by whoever writes there.
        return own
    return own


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
        session=_SESSION,
    )


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
