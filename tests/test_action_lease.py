"""Leases end by whichever clock is first, and survive neither a jump nor a restart."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.audit import Audit, AuditTrouble
from actions.audit_entries import AuditKind, Author
from actions.lease import JUMP_S, LeaseRefused, Leases
from actions.policy import EnvironmentRules, Policy
from providers.clock import Moment
from tests.fakes import ManualClock
from tests.values_actions import NOW, OPEN, later, lease

ANA = Author(operator="ana", login="ana", host="bastion")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def audit(tmp_path: Path, clock: ManualClock) -> Audit:
    return Audit(tmp_path / "audit.jsonl", ANA, clock)


@pytest.fixture
def leases(audit: Audit, clock: ManualClock) -> Leases:
    return Leases(audit, lambda: OPEN, clock)


def arm(leases: Leases, minutes: float = 5, reason: str = "API is down") -> None:
    leases.grant("lma", "production", reason=reason, minutes=minutes, incident="INC-31")


def test_an_armed_environment_is_armed_for_so_long(leases: Leases, clock: ManualClock) -> None:
    assert leases.current("lma", "production") is None
    arm(leases)
    held = leases.current("lma", "production")
    assert held is not None
    assert held.left_s(clock.now()) == 300.0
    assert leases.current("lma", "staging") is None
    clock.advance(299)
    assert leases.current("lma", "production") is not None
    clock.advance(1)
    assert leases.current("lma", "production") is None


@pytest.mark.parametrize("jump_s", [JUMP_S + 1, -JUMP_S - 1, 3_600, -3_600])
def test_a_clock_that_is_set_ends_it(leases: Leases, clock: ManualClock, jump_s: float) -> None:
    arm(leases)
    clock.set_wall(jump_s)
    assert leases.current("lma", "production") is None


def test_another_program_is_not_armed(leases: Leases, audit: Audit, clock: ManualClock) -> None:
    arm(leases)
    assert Leases(audit, lambda: OPEN, clock).current("lma", "production") is None


def test_arming_and_disarming_stand_in_the_audit(leases: Leases, audit: Audit) -> None:
    arm(leases)
    assert leases.give_back("lma", "production")
    assert not leases.give_back("lma", "production")
    first, second = audit.entries()
    assert {first.kind, second.kind} == {AuditKind.LEASE}
    assert (first.action, second.action) == ("arm", "disarm")
    assert (first.lasts_s, first.reason, first.incident) == (300.0, "API is down", "INC-31")


def test_without_the_audit_nothing_is_armed(tmp_path: Path, clock: ManualClock) -> None:
    leases = Leases(Audit(tmp_path / "no" / "a.jsonl", ANA, clock), lambda: OPEN, clock)
    with pytest.raises(AuditTrouble):
        arm(leases)
    assert leases.current("lma", "production") is None


@pytest.mark.parametrize(
    ("minutes", "reason"),
    [
        (0.5, "x"),
        (31, "x"),
        (float("nan"), "x"),
        (-5, "x"),
        (5, ""),
        (5, " \u200b"),
        (5, "x" * 201),
    ],
)
def test_what_is_not_armed(leases: Leases, audit: Audit, minutes: float, reason: str) -> None:
    with pytest.raises(LeaseRefused) as refused:
        arm(leases, minutes, reason)
    assert leases.current("lma", "production") is None
    [entry] = audit.recent()
    assert (entry.kind, entry.action, entry.words) == (AuditKind.REFUSED, "arm", str(refused.value))


def test_read_only_is_not_armed(audit: Audit, clock: ManualClock) -> None:
    with pytest.raises(LeaseRefused, match="read_only"):
        arm(Leases(audit, Policy, clock))
    short = Policy(
        global_read_only=False,
        environments={"lma/production": False},
        rules={"lma/production": EnvironmentRules(lease_s=120)},
    )
    with pytest.raises(LeaseRefused, match="1 to 2 minutes"):
        arm(Leases(audit, lambda: short, clock))


@given(st.floats(-7_200, 7_200), st.floats(0, 7_200))
def test_never_longer_than_either_clock_says(wall_s: float, tick_s: float) -> None:
    held = lease(lasts_s=600.0)
    now = Moment(at=later(wall_s).at, tick_s=NOW.tick_s + tick_s)
    if held.holds(now):
        assert (now.at - held.granted.at).total_seconds() < 600.0
        assert now.tick_s - held.granted.tick_s < 600.0
        assert abs(wall_s - tick_s) <= JUMP_S
