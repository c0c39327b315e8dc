"""Rows of a board: what is worth a look differs from what is fine, the unknown from both."""

from datetime import UTC

import pytest

from monitor.systems import system_view
from monitor.tracks import SourceTrack
from providers.base import Area
from providers.system_readings import Condition, Section
from providers.text import Foreign
from tests.values_common import NOW, ago
from tests.values_systems import record, system, system_spec
from widgets.board_folds import LONG, Folds, asking, section_key
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
    head, _, row = board_rows([system("Stripe", Area.PAYMENTS, condition, section)], look())
    assert as_line(head.cells[0])[0].tone is tone
    assert as_line(row.cells[0])[0].tone is tone


def look(tier: Tier = Tier.WIDE) -> Look:
    return Look(glyphs=UNICODE, tier=tier, zone=UTC, now=NOW)


def long_section(worst: Condition = Condition.FINE) -> Section:
    fine = tuple(record(f"row {number}") for number in range(LONG))
    return Section(key="long", title="long", records=(*fine, record("last", worst)))


def test_a_long_section_is_folded_only_while_all_of_it_is_fine() -> None:
    calm = system("Stripe", Area.PAYMENTS, Condition.FINE, long_section())
    troubled = system("Stripe", Area.PAYMENTS, Condition.FINE, long_section(Condition.NOTABLE))
    short = system("Stripe", Area.PAYMENTS, Condition.FINE,
                   Section(key="s", title="s", records=long_section().records[:LONG]))  # fmt: skip

    _, folded = board_rows([calm], look())

    assert "closed" in folded.text()
    assert not folded.text().startswith(UNICODE.ok)
    assert "row 0, row 1" in folded.text()
    assert len(board_rows([troubled], look())) == 2 + LONG + 1
    assert len(board_rows([short], look())) == 2 + LONG


def test_a_closed_section_counts_how_its_rows_stand() -> None:
    states = ["delivered"] * 9 + ["queued"]
    records = tuple(record(f"r{at}", state=Foreign(word)) for at, word in enumerate(states))
    section = Section(key="l", title="mails", records=records)
    _, folded = board_rows([system("Resend", Area.MAIL, Condition.FINE, section)], look())
    assert "9 delivered, 1 queued   r0, r1" in folded.text()


def test_a_section_is_opened_and_closed_by_hand_and_a_closed_one_tells_its_worst() -> None:
    section = long_section(Condition.BROKEN)
    troubled = system("Stripe", Area.PAYMENTS, Condition.BROKEN, section)
    key = section_key(troubled, section)
    closed = Folds().turned(key, section)

    head, line = board_rows([troubled], look(), closed)

    assert "1 to look at" in line.text()
    assert as_line(line.cells[0])[0].tone is Tone.CRITICAL
    assert asking([troubled], closed) == {head.key, key}
    assert asking([troubled], Folds()) == {head.key, f"{key}§last"}
    assert not closed.turned(key, section).closed(key, section)
    assert not Folds(chosen={key: True}, whole=True).closed(key, section)


def test_a_narrow_board_says_why_a_section_can_not_be_read() -> None:
    blind = Section(key="refunds", title="refunds", blind="needs refunds: read on the key")
    stripe = system("Stripe", Area.PAYMENTS, Condition.FINE, blind)

    _, row = board_rows([stripe], look(Tier.NARROW))

    assert "refunds  needs refunds: read" in row.text()
    assert row.key in asking([stripe], Folds())


def test_a_state_too_long_for_its_column_stands_whole_in_the_details() -> None:
    words = "assigned by themselves: a push to the branch goes live"
    section = Section(key="s", title="s", records=(record("it", state=Foreign(words)),))
    *_, row = board_rows([system("Vercel", Area.PLATFORM, Condition.FINE, section)], look())
    assert words in row.text().partition("it")[2][40:]
    *_, row = board_rows(
        [system("Vercel", Area.PLATFORM, Condition.FINE, section)], look(Tier.NARROW)
    )
    assert len(row.cells) == 4


@pytest.mark.parametrize(
    ("condition", "age_s", "said"),
    [
        (Condition.FINE, 129, ("●", Tone.OK, "fine")),
        (Condition.FINE, 131, ("○", Tone.UNKNOWN, "stale")),
        (Condition.DEGRADED, 131, ("▲", Tone.WARNING, "degraded")),
        (Condition.FINE, 301, ("○", Tone.UNKNOWN, "unknown")),
    ],
)
def test_what_is_late_is_never_green(
    condition: Condition, age_s: float, said: tuple[str, Tone, str]
) -> None:
    reading = system("Sentry", Area.ERRORS, condition).reading
    spec = system_spec("Sentry", Area.ERRORS)
    track = SourceTrack(spec=spec, asked_since=ago(900), payload=reading, at=ago(age_s))
    (row,) = board_rows([system_view(track, NOW)], look())
    (sign,), (word,) = as_line(row.cells[0]), as_line(row.cells[2])
    assert (sign.text, sign.tone, word.text) == said
