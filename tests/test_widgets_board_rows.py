"""Rows of a board: what is worth a look differs from what is fine, the unknown from both."""

from datetime import UTC

import pytest

from providers.base import Area
from providers.system_readings import Condition, Section
from tests.values_common import NOW
from tests.values_systems import record, system
from widgets.board_rows import Look, board_rows
from widgets.cells import Tone, as_line
from widgets.glyphs import UNICODE
from widgets.tiers import Tier


@pytest.mark.parametrize(
    ("condition", "tone"),
    [
        (Condition.FINE, Tone.OK),
        (Condition.NOTABLE, Tone.ACCENT),
        (Condition.DEGRADED, Tone.WARNING),
        (Condition.BROKEN, Tone.CRITICAL),
        (Condition.UNKNOWN, Tone.UNKNOWN),
    ],
)
def test_the_sign_of_each_condition(condition: Condition, tone: Tone) -> None:
    section = Section(key="one", title="one", records=(record("it", condition),))
    look = Look(glyphs=UNICODE, tier=Tier.WIDE, zone=UTC, now=NOW)
    head, _, row = board_rows([system("Stripe", Area.PAYMENTS, condition, section)], look)
    assert as_line(head.cells[0])[0].tone is tone
    assert as_line(row.cells[0])[0].tone is tone
