"""Programs killed with -9 at any moment after their action was confirmed (promise P7).

`python -m tests.killed_actions 100` does it a hundred times and says what was found.
"""

import asyncio
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from msgspec import Struct

from actions.audit import open_intents
from actions.audit_entries import AuditKind
from actions.reconcile import reconcile
from tests.action_rig import QUICK, Rig, Service, standing

ROOT = Path(__file__).parents[1]


class Fate(Struct, frozen=True, kw_only=True):
    """What one killed program left behind."""

    sent: int
    """Requests that arrived."""

    lost: int
    """Those of them without an intent in the audit: promised is none."""

    intents: int
    outcome: str
    """After the next start: done, unknown, or nothing where it had not come to an intent."""

    sound: bool


async def killed(folder: Path, after_s: float) -> Fate:
    """Let one program be killed so long after the confirmation, and look at what is left."""
    path = folder / "audit.jsonl"
    async with standing() as service:
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.action_rig", service.url, str(path), "bo", "race",
            cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert program.stdout is not None
        assert await asyncio.wait_for(program.stdout.readline(), 30) == b"confirmed\n"
        await asyncio.sleep(after_s)
        if program.returncode is None:
            program.kill()
        await asyncio.wait_for(program.communicate(), 30)
        return await _left(service, path)


async def _left(service: Service, path: Path) -> Fate:
    rig = Rig(service, path)
    sent = len(service.posts)
    entries = rig.audit.recent()
    intents = {one.request for one in entries if one.kind is AuditKind.INTENT}
    await reconcile(rig.record, rig.runner.verbs, rig.clock, QUICK)
    outcomes = [one.outcome for one in rig.audit.recent() if one.kind is AuditKind.OUTCOME]
    assert open_intents(rig.audit.recent()) == ()
    assert len(service.posts) == sent, "reading back sends nothing"
    fate = Fate(
        sent=sent,
        lost=sum(key not in intents for key in service.posts),
        intents=len(intents),
        outcome=outcomes[-1] if outcomes else "nothing",
        sound=rig.audit.verify().sound,
    )
    await rig.runner.aclose(1)
    return fate


async def fates(count: int, rng: random.Random, longest_s: float) -> list[Fate]:
    """So many programs, each killed at another moment."""
    found: list[Fate] = []
    for _ in range(count):
        with tempfile.TemporaryDirectory() as folder:
            found.append(await killed(Path(folder), rng.uniform(0.0, longest_s)))
    return found


def _main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    found = asyncio.run(fates(count, random.Random(), 0.5))
    found += asyncio.run(fates(count, random.Random(), 0.04))
    told = Counter(f"sent {one.sent}, intents {one.intents}, {one.outcome}" for one in found)
    for words, number in sorted(told.items()):
        print(f"{number:4} {words}")
    print(f"{sum(one.lost for one in found)} requests without an intent, of {len(found)} programs")
    print(f"{sum(not one.sound for one in found)} audits that are not whole")


if __name__ == "__main__":
    _main()
