"""When snapshots are published."""

from monitor.due import AFTER_S, EAGER_S, FIRST_S, PUBLISH_S, Due


def test_the_first_is_due_at_once() -> None:
    assert Due().tick_s <= 0


def test_calm_ones_follow_the_full_second() -> None:
    due = Due()
    due.published(7.3)
    assert due.tick_s == 7 + PUBLISH_S + AFTER_S


def test_the_very_first_answers_hardly_wait_and_later_ones_a_little() -> None:
    due = Due()
    due.published(5.0)
    due.heard(5.01)
    due.heard(5.02)
    assert due.tick_s == 5.01 + FIRST_S
    due.published(5.03)
    due.heard(5.04)
    assert due.tick_s == 5.03 + EAGER_S


def test_what_is_asked_by_hand_is_seen_soon() -> None:
    due = Due()
    due.published(5.0)
    due.hurry()
    assert due.tick_s == 5.0 + EAGER_S
