"""What the terminal is told at the end about actions that were under way."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from actions.plan import Plan
from actions.running import Phase, Running
from actions.verbs import Outcome, Sent
from providers.clock import SystemClock
from tests.door_rig import acting
from tests.values_actions import plan
from tui.action_text import outcome_lines
from tui.parting import parting_words, waiting_words
from tui.screens.action import ActionScreen

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


def test_what_goes_on_without_us_is_told_apart_from_what_nobody_knows() -> None:
    over = replace(SENT, phase=Phase.OVER, outcome=Outcome.UNKNOWN, words="taken", recorded=True)
    again = "quarterdeck action settle r-1."
    for one in (SENT, replace(over, goes_on=True)):
        words = parting_words(one)
        assert "it goes on, and nobody here follows it now" in words
        assert "The next start follows it on" in words
        assert again in words
    for one in (replace(SENT, phase=Phase.RECONCILING), over):
        assert "how it ended is not known" in parting_words(one)
        assert again in parting_words(one)
    assert f"  look again: {again}" in [f"{line}." for line in outcome_lines(over)]
    done = replace(over, outcome=Outcome.DONE)
    assert again not in parting_words(done) + "".join(outcome_lines(done))


def test_what_the_audit_does_not_have_is_said() -> None:
    assert parting_words(SENT).endswith("Its end is not in the audit.")
    unwritten = replace(SENT, phase=Phase.OVER, outcome=Outcome.UNKNOWN, recorded=False)
    assert parting_words(unwritten).endswith("Its end is not in the audit.")
    begun = replace(SENT, phase=Phase.CHECKING, intent=0)
    assert "nothing was sent so far" in parting_words(begun)


def test_what_a_vendor_said_does_not_steer_the_terminal() -> None:
    said = "restarted \x1b]0;owned\x07\r\nby \u202eevil"
    for outcome in (Outcome.DONE, Outcome.UNKNOWN):
        one = replace(SENT, phase=Phase.OVER, outcome=outcome, words=said)
        assert all(sign.isprintable() for sign in parting_words(one)), outcome
    named = replace(SENT, plan=replace(SENT.plan, title=f"Restart {said}"))
    assert all(sign.isprintable() for sign in waiting_words((named,), 12.0))


async def test_whoever_leaves_an_action_under_way_is_told_on_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answered, loop = asyncio.Event(), asyncio.get_running_loop()

    def stop(timeout_s: float) -> bool:
        loop.call_soon_threadsafe(answered.set)
        return timeout_s > 8

    async with acting(tmp_path) as rig:
        sends = rig.verb.send

        async def send(plan: Plan, key: str) -> Sent:
            await answered.wait()
            return await sends(plan, key)

        rig.verb.send = send  # type: ignore[method-assign]
        rig.engine.stop = stop  # type: ignore[method-assign]
        await rig.open_guard()
        await rig.give()
        await rig.fingers("enter")
        await rig.until(lambda: isinstance(rig.app.screen, ActionScreen))
        assert capsys.readouterr().err == ""
        rig.app.exit(return_code=0)
    waiting, ended = capsys.readouterr().err.splitlines()
    assert waiting.startswith("quarterdeck: under way: Restart API production. Nothing is cut off")
    assert ended.startswith("quarterdeck: Restart API production: ")
