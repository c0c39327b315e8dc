"""Makes docs/wall.svg from the running program: the demo's incident, as an operator sees it.

Takes about two minutes, because the incident does. Run it as `make picture` and look at the
result before you commit it.
"""

import asyncio
import sys
from pathlib import Path

from demo.world import World
from monitor.snapshot import Snapshot
from monitor.thread import EngineThread
from monitor.verdicts import Level
from providers.clock import SystemClock
from tui.app import QuarterdeckApp
from tui.config.load import load
from tui.settings import ScreenSettings
from tui.wiring import build_engine

PLACE = Path(__file__).with_name("wall.svg")
SIZE = (160, 48)
PATIENCE_S = 240


def _worth_a_picture(snapshot: Snapshot | None) -> bool:
    """The API is down, somebody blocks somebody, and more is pending."""
    if snapshot is None:
        return False
    alerts = snapshot.workspaces["lma"].alerts
    return sum(alert.level is Level.CRITICAL for alert in alerts) >= 3


async def _picture(world: World) -> str:
    await world.start()
    config = load(world.config_path)
    clock = SystemClock()

    thread = EngineThread(lambda: build_engine(config, clock, None))
    app = QuarterdeckApp(thread, ScreenSettings(workspace="lma", operator="dana@bastion-1"))
    async with app.run_test(size=SIZE) as pilot:
        for second in range(PATIENCE_S):
            await clock.sleep(1)
            if _worth_a_picture(thread.latest):
                break
            print(f"\r{second} s, waiting for the incident …", end="", file=sys.stderr)
        await clock.sleep(12)
        await pilot.pause()
        return app.export_screenshot(title="quarterdeck --demo")


def main() -> None:
    """Write the picture."""
    world = World()
    try:
        PLACE.write_text(asyncio.run(_picture(world)), encoding="utf-8")
    finally:
        world.close()
    print(f"\nwrote {PLACE}", file=sys.stderr)


if __name__ == "__main__":
    main()
