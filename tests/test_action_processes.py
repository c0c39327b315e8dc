"""Real processes: killed at any moment, acting at the same, writing one file (P7, P8, P12)."""

import asyncio
import random
from pathlib import Path

import pytest

from actions.audit import Audit
from actions.audit_entries import AuditKind
from providers.clock import SystemClock
from tests.action_rig import standing
from tests.forked import PEOPLE, nursery
from tests.killed_actions import fates
from tests.test_audit_file import ANA

pytestmark = pytest.mark.timeout(300)

RACES = 12
LINES = 60


async def test_a_hundred_killed_programs_lose_no_intent() -> None:
    at_any_moment, in_flight = await asyncio.gather(
        fates(50, random.Random(5), 0.06), fates(50, random.Random(5), None)
    )
    assert [one.lost for one in (*at_any_moment, *in_flight)] == [0] * 100
    assert all(one.sound for one in (*at_any_moment, *in_flight))
    assert all(one.outcome in {"done", "unknown"} for one in at_any_moment if one.sent)
    assert {(one.sent, one.open, one.outcome) for one in in_flight} == {(1, 1, "done")}


async def test_of_two_who_confirm_at_once_one_acts_and_the_other_is_told(tmp_path: Path) -> None:
    async with nursery() as of, standing() as service:
        for number in range(RACES):
            path = tmp_path / f"{number}.jsonl"
            ends = await of.raced(service.url, path)
            assert sorted(ends) == ["done", "refused"]
            assert len(service.posts) == service.restarts == number + 1
            entries = Audit(path, ANA, SystemClock()).entries()
            [refused] = [one for one in entries if one.kind is AuditKind.REFUSED]
            [intent] = [one for one in entries if one.kind is AuditKind.INTENT]
            assert refused.operator != intent.operator
            assert intent.operator in refused.words


async def test_two_who_write_at_once_never_mix_lines(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    async with nursery() as of:
        await of.appended(path, LINES)
    audit = Audit(path, ANA, SystemClock())
    found = audit.verify()
    assert (found.sound, found.entries, found.torn) == (True, 2 * LINES, 0)
    for who in PEOPLE:
        own = [one.words.split()[1] for one in audit.entries() if one.operator == who]
        assert own == [str(number) for number in range(LINES)]
