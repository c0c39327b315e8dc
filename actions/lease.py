"""Permission to write to one environment, for a while: somebody armed it, and said why.

It ends by whichever clock is first, and at once when the clocks disagree: then nobody knows how
long it has been. It lives in the memory of one program, so it survives no restart. Arming and
disarming stand in the audit; without the audit nothing is armed.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from msgspec import Struct

from actions.audit import Audit, AuditTrouble
from actions.audit_entries import AuditKind, Draft
from actions.names import says_something
from actions.policy import Policy
from providers.clock import Clock, Moment

JUMP_S: Final = 5.0
"""The clocks may disagree by so much over the life of a lease; more is a jump."""

SHORTEST_S: Final = 60.0
LONGEST_REASON: Final = 200


class Lease(Struct, frozen=True, kw_only=True):
    """One environment is armed."""

    id: str
    workspace: str
    environment: str
    reason: str
    incident: str
    granted: Moment
    lasts_s: float

    @property
    def place(self) -> str:
        """`workspace/environment`."""
        return f"{self.workspace}/{self.environment}"

    def left_s(self, now: Moment) -> float:
        """Seconds until it ends; 0 when it is over."""
        if clocks_disagree(self.granted, now):
            return 0.0
        return max(0.0, self.lasts_s - self.granted.age_s(now))

    def holds(self, now: Moment) -> bool:
        """Whether it may still be acted upon."""
        return self.left_s(now) > 0.0


class LeaseRefused(Exception):
    """Nothing was armed; why, in words."""


class Leases:
    """What is armed in this program.

    Args:
        audit: Where arming is written down, before it counts.
        policy: Asked at each arming: it may have changed.
        clock: The time.
    """

    def __init__(self, audit: Audit, policy: Callable[[], Policy], clock: Clock) -> None:
        self._audit = audit
        self._policy = policy
        self._clock = clock
        self._held: dict[str, Lease] = {}

    @property
    def held(self) -> tuple[Lease, ...]:
        """Those that hold now, by place."""
        now = self._clock.now()
        held = sorted(self._held.items())
        return tuple(lease for _, lease in held if lease.holds(now))

    def current(self, workspace: str, environment: str) -> Lease | None:
        """The lease that holds now."""
        held = self._held.get(f"{workspace}/{environment}")
        return held if held is not None and held.holds(self._clock.now()) else None

    def grant(
        self, workspace: str, environment: str, *, reason: str, minutes: float, incident: str = ""
    ) -> Lease:
        """Arm an environment; one that is armed already begins anew. Blocks.

        Raises:
            LeaseRefused: It may not be armed, or not for so long, or no reason is given.
            AuditTrouble: It could not be written down, so it is not armed.
        """
        lasts_s = minutes * 60.0
        words = self._refusal(workspace, environment, reason, lasts_s)
        if words is not None:
            # It is refused whether or not that can be written down.
            with suppress(AuditTrouble):
                self._audit.append(_not_armed(workspace, environment, reason, words))
            raise LeaseRefused(words)
        lease = Lease(
            id=os.urandom(8).hex(),
            workspace=workspace,
            environment=environment,
            reason=reason.strip(),
            incident=incident,
            granted=self._clock.now(),
            lasts_s=lasts_s,
        )
        self._audit.append(_draft(lease, "arm", f"armed for {minutes:g} min"))
        self._held[lease.place] = lease
        return lease

    def give_back(self, workspace: str, environment: str) -> bool:
        """Disarm an environment, whether or not it can be written down. Blocks.

        Returns:
            Whether it was armed.

        Raises:
            AuditTrouble: It is disarmed, and that could not be written down.
        """
        lease = self._held.pop(f"{workspace}/{environment}", None)
        if lease is None or not lease.holds(self._clock.now()):
            return False
        self._audit.append(_draft(lease, "disarm", "disarmed by hand"))
        return True

    def _refusal(self, workspace: str, environment: str, reason: str, lasts_s: float) -> str | None:
        policy = self._policy()
        forbidden = policy.refusal(workspace, environment)
        if forbidden is not None:
            return forbidden
        longest_s = policy.rules_of(workspace, environment).lease_s
        # Written so that NaN is refused as well.
        if not SHORTEST_S <= lasts_s <= longest_s:
            return f"a lease lasts from 1 to {longest_s / 60:g} minutes there"
        if not says_something(reason):
            return "a lease needs a reason"
        if len(reason) > LONGEST_REASON:
            return f"the reason has more than {LONGEST_REASON} characters"
        return None


def clocks_disagree(then: Moment, now: Moment) -> bool:
    """Whether one of the clocks was set, or stood still, between two moments."""
    by_wall_s = (now.at - then.at).total_seconds()
    by_tick_s = now.tick_s - then.tick_s
    return abs(by_wall_s - by_tick_s) > JUMP_S or by_tick_s < 0.0


def _not_armed(workspace: str, environment: str, reason: str, words: str) -> Draft:
    return Draft(
        kind=AuditKind.REFUSED,
        workspace=workspace,
        environment=environment,
        action="arm",
        reason=reason.strip()[:LONGEST_REASON],
        words=words,
    )


def _draft(lease: Lease, action: str, words: str) -> Draft:
    return Draft(
        kind=AuditKind.LEASE,
        workspace=lease.workspace,
        environment=lease.environment,
        action=action,
        reason=lease.reason,
        incident=lease.incident,
        request=lease.id,
        lasts_s=lease.lasts_s,
        words=words,
    )
