"""The guard's dialog over a real door: what it shows, and that nothing but meaning it sends."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from actions.audit_entries import AuditKind
from actions.guard_values import Standing
from actions.plan import Danger, Plan
from actions.verbs import Outcome
from providers.text import Foreign
from tests.door_rig import acting
from tests.values_actions import OPEN, target
from tests.widget_host import resized
from tui.app import QuarterdeckApp
from tui.dialogs.guard import GuardDialog
from tui.dialogs.guard_stage import COUNT_S, LOOK_AGAIN_S, Stage
from tui.dialogs.key_gate import AT_ONCE
from tui.dialogs.press import Press
from tui.screens.action import ActionScreen
from tui.screens.wall import WallScreen

LOOK_ALIKES = ("Api", "\u0430pi", "api ", " api", "\uff41\uff50\uff49", "ap\u0131")


async def test_all_of_it_given_sends_once_and_the_screen_follows(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        dialog = await rig.open_guard()
        assert isinstance(dialog.focused, Press)
        assert dialog.focused.id == "cancel"
        await rig.give()
        await rig.fingers("enter")
        done = await rig.finished()
        await rig.until(lambda: isinstance(rig.app.screen, ActionScreen))
        rig.app.draw()
        await rig.settle()

        assert done.outcome is Outcome.DONE
        assert len(rig.service.posts) == 1
        assert "● done" in rig.text()
        assert "ARMED PROD" in rig.lines()[0]
        assert await rig.kinds() == [AuditKind.LEASE, AuditKind.INTENT, AuditKind.OUTCOME]


async def test_what_is_sent_in_staging_needs_no_name(tmp_path: Path) -> None:
    async with acting(tmp_path, shown=target("staging")) as rig:
        await rig.open_guard()
        assert "STAGING" in rig.text()
        await rig.give(name="")
        await rig.focus("confirm")
        await rig.fingers("enter")

        assert (await rig.finished()).outcome is Outcome.DONE
        assert len(rig.service.posts) == 1


@pytest.mark.parametrize("armed", [False, True])
async def test_enter_goes_through_the_fields_to_the_button(tmp_path: Path, armed: bool) -> None:
    async with acting(tmp_path, shown=target("staging")) as rig:
        if armed:
            await rig.door.arm("lma", "staging", reason="a test", minutes=5)
        dialog = await rig.open_guard()
        await rig.give(name="")
        await rig.fingers(*["enter"] * (2 if armed else 3))
        assert getattr(dialog.focused, "id", "") == "confirm"
        rig.wait_a_moment()
        await rig.fingers("enter")

        assert (await rig.finished()).outcome is Outcome.DONE
        assert len(rig.service.posts) == 1


@pytest.mark.parametrize("first_s", [0.25, 0.66])
async def test_an_enter_held_down_presses_nothing(tmp_path: Path, first_s: float) -> None:
    async with acting(tmp_path, shown=target("staging")) as rig:
        await rig.door.arm("lma", "staging", reason="a test", minutes=5)
        dialog = await rig.open_guard()
        await rig.give(name="")
        await rig.focus("incident")
        await rig.fingers("enter")
        assert getattr(dialog.focused, "id", "") == "confirm"
        # A terminal begins to repeat late, and then repeats fast.
        await rig.fingers("enter", every_s=first_s)
        await rig.fingers(*["enter"] * 30, every_s=0.03)
        assert dialog.stage is Stage.SHOWN
        assert not rig.service.posts
        rig.wait_a_moment()
        await rig.fingers("enter")
        assert (await rig.finished()).outcome is Outcome.DONE
        assert len(rig.service.posts) == 1


async def test_a_name_that_only_looks_the_same_is_none(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        dialog = await rig.open_guard()
        await rig.give(name="")
        for typed in LOOK_ALIKES:
            await rig.focus("name")
            await rig.fingers("ctrl+u", *typed)
            await rig.fingers("enter")

            assert dialog.stage is Stage.SHOWN
            assert dialog._fields.given.name == typed
            assert "api" in dialog.missing()
            assert dialog.query_one("#confirm", Press).disabled
        assert not rig.service.posts
        assert not rig.door.state.leases


@pytest.mark.parametrize("ready", [True, False])
async def test_the_opening_key_and_what_was_typed_ahead_confirm_nothing(
    tmp_path: Path, ready: bool
) -> None:
    async with acting(tmp_path) as rig:
        await rig.door.arm("lma", "production", reason="API is down", minutes=5)
        if ready:
            await rig.door.ready()
        await rig.fingers("3")
        await rig.burst("R", "enter", "tab", *"because", "tab", "tab", *"api", "enter", "enter")
        if ready:
            assert isinstance(rig.app.screen, GuardDialog)
            assert rig.app.screen._fields.given.reason == ""
        await rig.burst("tab", *"because", "enter", "enter")

        assert not rig.service.posts
        assert AuditKind.INTENT not in await rig.kinds()


async def test_keys_before_it_could_be_read_do_not_count(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        dialog = await rig.open_guard()
        dialog.gate.shown(rig.typed_s)  # as if it had only just been shown
        await rig.fingers("tab", *"because", every_s=0.05)
        assert dialog._fields.given.reason == ""
        assert "not taken" in rig.text()

        rig.wait_a_moment()
        await rig.give()
        assert not dialog.missing()


async def test_a_key_that_is_held_down_has_to_be_let_go_first(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        dialog = await rig.open_guard()
        dialog.gate.shown(rig.typed_s)
        await rig.fingers(*["enter"] * 60, every_s=0.033)

        assert rig.app.screen is dialog, "held enter pressed Cancel"
        assert not rig.service.posts


async def test_pastes_count_for_nothing(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        dialog = await rig.open_guard()
        await rig.focus("reason")
        await rig.paste("because\n")
        await rig.burst(*"because", "enter")
        # A slow line brings a reason in pieces: what fingers can have typed meanwhile counts.
        assert dialog._fields.given.reason == "because"
        await rig.burst(*"because" * 3, "enter")
        assert len(dialog._fields.given.reason) <= len("because") + AT_ONCE
        rig.wait_a_moment()
        await rig.focus("name")
        await rig.paste("api")
        await rig.burst(*"api", "enter")

        assert dialog._fields.given.name in {"", "a", "ap"}
        assert not rig.service.posts


async def test_a_tab_that_comes_with_the_letters_before_it_counts(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        dialog = await rig.open_guard()
        await rig.focus("reason")
        rig.wait_a_moment()
        await rig.burst(*"pool", "tab")
        assert getattr(rig.app.focused, "id", "") == "incident"
        await rig.burst("tab", "enter", "enter")
        assert dialog._fields.given.reason == "pool"
        assert not rig.service.posts


async def test_two_hundred_enters_send_once(tmp_path: Path) -> None:
    async with acting(tmp_path, deed="slow") as rig:
        await rig.open_guard()
        await rig.give()
        await rig.fingers(*["enter"] * 200, every_s=0.033)
        await rig.finished()

        assert len(rig.service.posts) == 1
        assert (await rig.kinds()).count(AuditKind.INTENT) == 1


async def test_a_target_that_changed_since_is_refused(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        await rig.open_guard()
        await rig.give()
        rig.service.live = "dep-2"
        await rig.fingers("enter")
        done = await rig.finished()

        assert done.outcome is Outcome.REFUSED
        assert not rig.service.posts
        await rig.until(lambda: "refused, nothing was sent" in rig.text())


async def test_a_plan_that_changed_clears_what_was_typed_and_says_what(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        dialog = await rig.open_guard()
        await rig.give()
        rig.service.live = "dep-2"
        rig.time.forward(LOOK_AGAIN_S + 1)
        dialog.tick()
        await rig.until(lambda: "live: dep-1 → dep-2" in rig.text())

        assert dialog._fields.given.reason == dialog._fields.given.name == ""
        assert dialog.focused is not None
        assert dialog.focused.id == "cancel"
        await rig.fingers("enter")
        assert not rig.service.posts


async def test_an_unchanged_plan_is_looked_at_again_and_keeps_what_was_typed(
    tmp_path: Path,
) -> None:
    async with acting(tmp_path) as rig:
        dialog = await rig.open_guard()
        await rig.give()
        rig.time.forward(LOOK_AGAIN_S + 1)
        dialog.tick()
        await rig.until(lambda: "nothing has changed" in rig.text())

        assert not dialog.missing()


async def test_a_lease_that_ends_in_the_dialog_is_asked_for_again(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        await rig.door.arm("lma", "production", reason="API is down", minutes=1)
        dialog = await rig.open_guard()
        assert "Arm for minutes" not in rig.text()
        assert "armed 5" in rig.text()
        await rig.give()
        rig.time.forward(61)
        dialog.tick()
        await rig.until(lambda: "Arm for minutes" in rig.text())

        assert dialog.stage is Stage.SHOWN
        assert not rig.service.posts


@pytest.mark.parametrize("danger", [Danger.OUTAGE, Danger.FINAL])
async def test_the_heaviest_can_be_taken_back_for_three_seconds(
    tmp_path: Path, danger: Danger
) -> None:
    async with acting(tmp_path, danger=danger) as rig:
        dialog = await rig.open_guard()
        await rig.give()
        await rig.fingers(*["enter"] * 20, every_s=0.033)
        assert dialog.stage is Stage.COUNTING
        assert "sent in" in rig.text()
        await rig.fingers("escape")
        await rig.until(lambda: AuditKind.CANCELLED in {one.kind for one in rig.read()})
        assert not rig.service.posts

        dialog = await rig.open_guard()
        await rig.give()
        await rig.fingers("enter")
        rig.time.forward(COUNT_S)
        dialog.tick()
        assert (await rig.finished()).outcome is Outcome.DONE
        assert len(rig.service.posts) == 1


async def test_escape_cancels_at_once_and_stands_in_the_audit(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        await rig.open_guard()
        await rig.give()
        await rig.fingers("escape")
        await rig.until(rig.read)

        assert [one.kind for one in rig.read()] == [AuditKind.CANCELLED]
        assert isinstance(rig.app.screen, WallScreen)


async def test_a_refusal_says_all_its_reasons_and_can_not_be_confirmed(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        rig.verb.standing = Standing.BLOCK
        dialog = await rig.open_guard()

        assert "refused: nothing can be sent" in rig.text()
        assert "■ no deploy runs" in rig.text()
        assert not dialog.query_one("#confirm", Press).display
        await rig.fingers("tab", "tab", "enter")
        assert not rig.service.posts


async def test_it_is_whole_at_60x16_and_can_be_confirmed(tmp_path: Path) -> None:
    async with acting(tmp_path, size=(60, 16)) as rig:
        await rig.open_guard()
        await rig.give()
        shown = rig.text()
        for words in ("Restart API", "PRODUCTION", "srv-1", "POST", "Reason", "Type api",
                      "Cancel", "[ Restart API ]", "Arm for minutes"):  # fmt: skip
            assert words in shown
        await rig.fingers("enter")

        assert (await rig.finished()).outcome is Outcome.DONE


@pytest.mark.parametrize("size", [(59, 16), (60, 15), (40, 10), (20, 5)])
async def test_made_smaller_it_can_not_be_confirmed(tmp_path: Path, size: tuple[int, int]) -> None:
    async with acting(tmp_path, size=(80, 24)) as rig:
        dialog = await rig.open_guard()
        await rig.give()
        assert not dialog.missing()
        assert rig.pilot is not None
        await resized(rig.pilot, *size)
        await rig.settle()
        await rig.fingers("enter", "enter")

        assert "does not fit" in dialog.missing()
        assert not rig.service.posts


async def test_what_does_not_fit_can_not_be_confirmed(tmp_path: Path) -> None:
    def long(plan: Plan) -> Plan:
        return replace(plan, steps=plan.steps * 30)

    async with acting(tmp_path, size=(80, 24), shape=long) as rig:
        dialog = await rig.open_guard()
        await rig.give()
        await rig.fingers("enter")

        assert "does not fit" in dialog.missing()
        assert not rig.service.posts


async def test_an_odd_name_is_shown_as_such_and_its_identity_is_typed(tmp_path: Path) -> None:
    odd = replace(
        target(), name=Foreign("\u0430pi [bold]x[/] [@click=app.quit]y[/]\u202e\x1b[2J"),
        short_name="srv-1",
    )  # fmt: skip
    async with acting(tmp_path, shown=odd) as rig:
        await rig.open_guard()

        assert "CYRILLIC SMALL LETTER A".lower() in rig.text()
        assert "[bold]x[/]" in rig.text()
        assert "Type srv-1" in rig.text()
        assert rig.app.is_running


async def test_the_dry_run_shows_all_and_confirms_nothing(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        dialog = await rig.open_guard()
        await rig.give()
        await rig.fingers("ctrl+d")
        assert "Sent in this order, and nothing else (1)" in rig.text()
        assert "live: dep-1" in rig.text()
        await rig.fingers("enter", "tab", "enter")
        assert not rig.service.posts or dialog.stage is not Stage.SHOWN
        assert not rig.service.posts


async def test_in_read_only_no_key_leads_anywhere(tmp_path: Path) -> None:
    closed = replace(OPEN, flag_read_only=True)
    async with acting(tmp_path, policy=closed) as rig:
        await rig.fingers("3")
        for key in "BRDKCVAP":
            await rig.fingers(key)
            assert isinstance(rig.app.screen, WallScreen)
        assert rig.lines()[0].count("READ-ONLY") == 1
        await rig.fingers("x")
        await rig.until(lambda: not isinstance(rig.app.screen, WallScreen))
        assert "no: read-only: started with --read-only" in rig.text()
        await rig.fingers("R", "enter", "d", "W")
        assert rig.app.screen.name is None
        assert "read-only" in {one.text.partition(":")[0] for one in rig.app.notices}

        assert not rig.service.posts
        assert await rig.kinds() == []


async def test_one_who_looks_elsewhere_is_told_of_the_end(tmp_path: Path) -> None:
    async with acting(tmp_path, deed="held") as rig:
        await rig.open_guard()
        await rig.give()
        await rig.fingers("enter")
        await rig.until(lambda: isinstance(rig.app.screen, ActionScreen))
        await rig.fingers("escape")
        rig.service.go_on.set()
        await rig.finished()
        rig.app.tick()
        await rig.settle()

        assert any("Restart API, API production: done" in one.text for one in rig.app.notices)


async def test_quitting_while_something_is_under_way_says_so(tmp_path: Path) -> None:
    async with acting(tmp_path, deed="held") as rig:
        await rig.open_guard()
        await rig.give()
        assert rig.app.busy_s == 0
        await rig.fingers("enter")
        await rig.until(lambda: isinstance(rig.app.screen, ActionScreen))
        await rig.fingers("q")
        app: QuarterdeckApp = rig.app

        assert not app._exit
        assert app.busy_s > 8
        await rig.until(lambda: "Under way: Restart API" in rig.text())
        await rig.fingers("escape")
        rig.service.go_on.set()
        await rig.finished()
