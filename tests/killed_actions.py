"""Programs killed with -9 at any moment after their action was confirmed (promise P7).

`python -m tests.killed_actions 1000` does it a thousand times and says what was found.
"""

import asyncio
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from actions.audit import open_intents
from actions.audit_entries import AuditKind
from actions.reconcile import reconcile
from tests.action_rig import QUICK, Rig, Service, standing
from tests.forked import LATE_S, Nursery, nursery

ONE_LOOK = replace(QUICK, reconciled_s=0.0, look_s=20.0)


class Fate(Struct, frozen=True, kw_only=True):
    """What one killed program left behind."""

    sent: int
    """Requests that arrived."""

    lost: int
    """Those of them without an intent in the audit: promised is none."""

    intents: int
    open: int
    """Intents without an outcome, when it was killed."""

    outcome: str
    """After the next start: done, unknown, or nothing where it had not come to an intent."""

    sound: bool


async def killed(of: Nursery, service: Service, path: Path, after_s: float | None) -> Fate:
    """Let one program be killed, and look at what is left.

    Args:
        of: Brings it up.
        service: Counts what arrives.
        path: Of its audit.
        after_s: So long after the confirmation; None: when its request has arrived.
    """
    before = len(service.posts)
    service.arrived.clear()
    of.act(service.url, path, after_s)
    if after_s is None:
        await asyncio.wait_for(service.arrived.wait(), LATE_S)
        of.kill()
    await of.buried()
    rig = Rig(service, path).patient()
    entries = rig.audit.recent()
    intents = {one.request for one in entries if one.kind is AuditKind.INTENT}
    await reconcile(rig.record, rig.runner.verbs, rig.clock, ONE_LOOK)
    outcomes = [one.outcome for one in rig.audit.recent() if one.kind is AuditKind.OUTCOME]
    assert open_intents(rig.audit.recent()) == ()
    sent = service.posts[before:]
    fate = Fate(
        sent=len(sent),
        lost=sum(key not in intents for key in sent),
        intents=len(intents),
        open=len(open_intents(entries)),
        outcome=outcomes[-1] if outcomes else "nothing",
        sound=rig.audit.verify().sound,
    )
    await rig.runner.aclose(1)
    return fate


async def fates(count: int, rng: random.Random, longest_s: float | None) -> list[Fate]:
    """So many programs, each killed at another moment; None: each while it waits for an answer."""
    found: list[Fate] = []
    deed = "hang" if longest_s is None else "ok"
    with tempfile.TemporaryDirectory() as folder:
        async with nursery() as of, standing(deed) as service:
            for number in range(count):
                after_s = None if longest_s is None else rng.uniform(0.0, longest_s)
                path = Path(folder) / f"{number}" / "audit.jsonl"
                path.parent.mkdir(mode=0o700)
                found.append(await killed(of, service, path, after_s))
        assert len(set(service.posts)) == len(service.posts)
    return found


def _main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    found = asyncio.run(fates(count, random.Random(), 0.5))
    found += asyncio.run(fates(count, random.Random(), 0.04))
    found += asyncio.run(fates(count, random.Random(), None))
    told = Counter(f"sent {one.sent}, intents {one.intents}, {one.outcome}" for one in found)
    for words, number in sorted(told.items()):
        print(f"{number:4} {words}")
    print(f"{sum(one.lost for one in found)} requests without an intent, of {len(found)} programs")
    print(f"{sum(not one.sound for one in found)} audits that are not whole")


if __name__ == "__main__":
    _main()
