"""Pictures of a board, of what changed and of the logs, wide and narrow."""

import pytest

from monitor.snapshot import Snapshot
from providers.log_readings import LogLevel
from tests.screen_rig import NARROW, WIDE
from tests.test_snapshots import Compare, pictured, plain_surroundings
from tests.values_systems import logged, resend, sentry, stripe, with_systems

__all__ = ["plain_surroundings"]

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW], ids=["160x48", "80x24"])


def systems() -> Snapshot:
    return with_systems(resend(), stripe(), sentry(), logs=True)


LINES = (
    *(logged(number, f"GET /orders 200 in {number} ms", path="/orders", status=200)
      for number in range(1, 40)),
    logged(40, "the pool is nearly used up", level=LogLevel.WARNING),
    logged(41, "timed out waiting for a connection", level=LogLevel.ERROR, path="/orders",
           status=503),
)  # fmt: skip


@SIZES
def test_board(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert pictured(snap_compare, systems(), size, "8")


@SIZES
def test_changes(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert pictured(snap_compare, systems(), size, "h", "right_square_bracket")


@SIZES
def test_logs(snap_compare: Compare, size: tuple[int, int]) -> None:
    assert pictured(snap_compare, systems(), size, "l", lines=LINES)
