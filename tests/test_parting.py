"""What the terminal is told at the end about actions that were under way."""

import pytest
from msgspec.structs import replace

from actions.running import Phase, Running
from actions.verbs import Outcome
from providers.clock import SystemClock
from tests.values_actions import plan
from tui.parting import parting_words, waiting_words

SENT = Running(
    id="r-1",
    plan=replace(plan(), look_at="https://render.example/events"),
    reason="pool",
    phase=Phase.FOLLOWING,
    began=SystemClock().now(),
    intent=7,
)


def test_it_is_said_what_the_end_waits_for() -> None:
    words = waiting_words((SENT, SENT), 12.0)
    assert words.count(SENT.plan.title) == 2
    assert "Nothing is cut off: waiting up to 12s" in words


@pytest.mark.parametrize(
    ("outcome", "said", "unsaid"),
    [
        (Outcome.DONE, ": done. restarted", "not known"),
        (Outcome.FAILED, ": failed. restarted", "not known"),
        (Outcome.REFUSED, ": refused. restarted", "not known"),
        (Outcome.UNKNOWN, "Look at https://render.example/events. The next start", "done"),
    ],
)
def test_the_end_of_an_action_is_one_sentence(outcome: Outcome, said: str, unsaid: str) -> None:
    words = parting_words(
        replace(SENT, phase=Phase.OVER, outcome=outcome, words="restarted", recorded=True)
    )
    assert said in words
    assert unsaid not in words
    assert "\n" not in words


def test_what_the_audit_does_not_have_is_said() -> None:
    assert parting_words(SENT).endswith("Its end is not in the audit.")
    unwritten = replace(SENT, phase=Phase.OVER, outcome=Outcome.UNKNOWN, recorded=False)
    assert parting_words(unwritten).endswith("Its end is not in the audit.")
    begun = replace(SENT, phase=Phase.CHECKING, intent=0)
    assert "nothing was sent so far" in parting_words(begun)
