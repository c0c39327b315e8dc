"""From a row to the dialog and back: menu, keys, parameters, arming, the list of actions."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from actions.audit_entries import AuditKind
from actions.families import Card, Choice, Offer, Parameter, ParameterKind, Row
from actions.guard_values import Ask
from actions.plan import Plan, Target
from actions.verbs import Sent, Settled, State, Unplannable
from monitor.snapshot import WorkspaceView
from providers.text import Foreign
from tests.door_rig import DoorRig, Restarts, Verb, acting
from tests.screen_rig import WIDE
from tests.values_actions import target
from tui.dialogs.actions_menu import ActionsMenu, Fitting, lettered
from tui.dialogs.guard import GuardDialog
from tui.dialogs.guard_form import Given, minutes_of, missing
from tui.dialogs.key_gate import AT_ONCE, BURST_S, DEAF_S, QUIET_S, KeyGate
from tui.dialogs.lease import LeaseDialog
from tui.dialogs.parameter_rules import problem
from tui.dialogs.parameters import ParameterForm
from tui.dialogs.saying import SayDialog
from tui.dialogs.viewer import Viewer
from tui.screens.action import ActionScreen
from tui.screens.activity import ActivityScreen
from tui.screens.wall import WallScreen

ALL = (Ask.LEASE, Ask.REASON, Ask.NAME)


async def restarted(rig: DoorRig) -> None:
    """One action, done."""
    await rig.open_guard()
    await rig.give()
    await rig.fingers("enter")
    await rig.finished()
    await rig.until(lambda: isinstance(rig.app.screen, ActionScreen))


async def test_the_menu_lists_what_fits_and_a_letter_takes_it(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        await rig.fingers("3")
        await rig.fingers("x")
        await rig.until(lambda: isinstance(rig.app.screen, ActionsMenu))
        assert [one in rig.text() for one in ("R  Restart API…", "a  Scale API…", "D  Deploy")]
        await rig.fingers("R")

        assert isinstance(rig.app.screen, GuardDialog)


def test_no_letter_of_the_menu_is_anothers_with_caps_lock() -> None:
    cards = [Card(name=str(at), title="x", key=key) for at, key in enumerate(["A", "", "", "B"])]
    fitting = [Fitting(offer=Offer(card=one, target=target())) for one in cards]
    assert [one.letter for one in lettered(fitting)] == ["A", "c", "d", "B"]


async def test_what_is_refused_is_listed_with_why_and_can_not_be_taken(tmp_path: Path) -> None:
    async with acting(tmp_path, size=(120, 36)) as rig:
        await rig.fingers("2")
        await rig.fingers("x")
        await rig.until(lambda: isinstance(rig.app.screen, ActionsMenu))
        assert "no: a deploy is running: wait for it" in rig.text()
        await rig.fingers("R")
        assert isinstance(rig.app.screen, ActionsMenu)
        assert rig.app.notices[0].text == "a deploy is running: wait for it"

        await rig.fingers("escape")
        await rig.fingers("R")
        assert isinstance(rig.app.screen, WallScreen)
        assert rig.app.notices[0].text == "Restart API: a deploy is running: wait for it"
        await rig.fingers("V")
        assert "nothing here has the key V" in rig.app.notices[0].text


class HalfRefused(Restarts):
    """Two actions of one key, of which one can not be taken now."""

    def offers(self, pane: WorkspaceView, row: Row) -> Iterator[Offer]:
        for offer in super().offers(pane, row):
            yield offer
            other = replace(offer.card, name="restart-worker", title="Restart the worker")
            yield replace(offer, card=other, refused="it is over")


async def test_a_key_goes_to_the_only_one_that_can_be_taken(tmp_path: Path) -> None:
    async with acting(tmp_path, family=HalfRefused) as rig:
        await rig.fingers("3")
        await rig.fingers("R")
        await rig.until(lambda: isinstance(rig.app.screen, GuardDialog))


class Sought(Restarts):
    """No row is about what it can be done to; it is named."""

    asked: ClassVar[list[str]] = []

    def __init__(self, verbs: Sequence[Verb], cards: Sequence[Card], shown: Target) -> None:
        first, *rest = cards
        made = (replace(first, key="V", sought="address or id"), *rest)
        super().__init__(verbs, made, replace(shown, name=Foreign("e…@example.com")))

    def offers(self, pane: WorkspaceView, row: Row) -> Iterator[Offer]:
        del pane, row
        yield from ()

    async def target(self, verb: str, words: str) -> Target:
        self.asked.append(f"{verb} {words}")
        if "eve" not in words:
            raise Unplannable("no user has the address b…@example.com")
        return await super().target(verb, words)


async def test_who_no_row_is_about_is_asked_for_by_name(tmp_path: Path) -> None:
    async with acting(tmp_path, family=Sought) as rig:
        for name in ("bo@example.com", "eve@example.com"):
            await rig.fingers("V")
            await rig.until(lambda: isinstance(rig.app.screen, ParameterForm))
            await rig.write(name)
            await rig.fingers("enter")
            await rig.until(lambda: not isinstance(rig.app.screen, ParameterForm))
            await rig.until(lambda: rig.app.notices)
        await rig.until(lambda: isinstance(rig.app.screen, ActionsMenu))

        assert rig.app.notices[0].text == "no user has the address b…@example.com"
        assert Sought.asked == [
            f"restart-api lma/production/{name}@example.com" for name in ("bo", "eve")
        ]
        assert "V  " in rig.text()
        assert "e…@example.com" in rig.text()


async def test_a_row_that_nothing_can_be_done_to_says_where_something_can(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        await rig.fingers("5")
        await rig.fingers("x")
        await rig.until(lambda: isinstance(rig.app.screen, Viewer))

        assert "Nothing can be done to this row" in rig.text()
        assert "Restart API" in rig.text()


async def test_what_the_row_does_not_say_is_asked_for_first(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        await rig.fingers("3")
        await rig.fingers("D")
        await rig.until(lambda: isinstance(rig.app.screen, ParameterForm))
        await rig.fingers("down", "enter")
        await rig.paste("from a paste")
        await rig.fingers("enter")
        await rig.until(lambda: isinstance(rig.app.screen, GuardDialog))
        dialog = rig.app.screen
        assert isinstance(dialog, GuardDialog)

        assert dialog.asked.parameters == (("ref", "51b9a02"), ("note", "from a paste"))


async def test_a_parameter_that_will_not_do_stays_in_the_form(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        await rig.fingers("3")
        await rig.fingers("x")
        await rig.until(lambda: isinstance(rig.app.screen, ActionsMenu))
        await rig.fingers("a")
        await rig.fingers(*"many", "enter")
        assert isinstance(rig.app.screen, ParameterForm)
        assert "Instances is no number (1 to 20)" in rig.text()


async def test_w_arms_tells_the_header_and_disarms(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        assert "READ " in rig.lines()[0]
        await rig.fingers("W")
        await rig.fingers("enter")
        assert isinstance(rig.app.screen, LeaseDialog)
        rig.wait_a_moment()
        await rig.fingers(*"looking", "enter", "enter", "enter", "enter")
        await rig.until(lambda: "ARMED PROD" in rig.lines()[0])
        assert [one.kind for one in rig.read()] == [AuditKind.LEASE]

        await rig.fingers("W")
        assert "Disarm PROD production" in rig.text()
        await rig.fingers("enter")
        await rig.until(lambda: "ARMED" not in rig.lines()[0])
        assert not rig.door.state.leases


async def test_a_lease_that_ends_by_itself_is_told(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        await rig.door.arm("lma", "production", reason="looking", minutes=1)
        rig.app.tick()
        rig.time.forward(61)
        rig.app.tick()
        await rig.settle()

        assert any("lma/production is not armed any more" in one.text for one in rig.app.notices)


async def test_the_list_has_the_undo_and_the_audit_which_is_exported_whole(tmp_path: Path) -> None:
    async with acting(tmp_path, size=(120, 36), state_dir=tmp_path / "state") as rig:
        await restarted(rig)
        await rig.fingers("X")
        await rig.until(lambda: "#3" in rig.text())
        assert isinstance(rig.app.screen, ActivityScreen)
        await rig.fingers("enter")
        await rig.until(lambda: isinstance(rig.app.screen, ActionScreen))
        await rig.fingers("escape")
        await rig.fingers("v")
        await rig.until(lambda: "chain whole, 3 entries" in rig.text())
        await rig.fingers("e")
        await rig.until(lambda: [*(tmp_path / "state").glob("audit-*.jsonl")])
        [file] = (tmp_path / "state").glob("audit-*.jsonl")
        rows = [json.loads(line) for line in file.read_text().splitlines()]
        assert [row["kind"] for row in rows] == ["lease", "intent", "outcome"]
        assert file.stat().st_mode & 0o777 == 0o600

        await rig.fingers("/")
        await rig.fingers(*"intent", "enter")
        await rig.fingers("enter")
        await rig.until(lambda: isinstance(rig.app.screen, Viewer))
        assert "pool exhausted" in rig.text()
        assert "POST http" in rig.text()


async def test_an_inverse_is_planned_through_the_same_dialog(tmp_path: Path) -> None:
    async with acting(tmp_path) as rig:
        await restarted(rig)
        rig.app.draw()
        await rig.fingers("U")
        await rig.until(lambda: isinstance(rig.app.screen, GuardDialog))
        await rig.fingers("enter", "enter")

        assert len(rig.service.posts) == 1


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        (Given(), "a reason is missing"),
        (Given(reason="  \u200b"), "a reason is missing"),
        (Given(reason="x"), "arm it for how long? 1 to 30 minutes"),
        (Given(reason="x", minutes="nan"), "arm it for how long? 1 to 30 minutes"),
        (Given(reason="x", minutes="31"), "arm it for how long? 1 to 30 minutes"),
        (Given(reason="x", minutes="10"), "type api"),
        (Given(reason="x", minutes="10", name="ap"), "type api"),
        (Given(reason="x", minutes="10", name="API"), "that is not api, letter by letter"),
        (Given(reason="x", minutes="10", name="api"), ""),
    ],
)
def test_what_is_missing_is_said_one_by_one(given_: Given, says: str) -> None:
    assert missing(ALL, given_, target(), 30.0) == says


def test_who_waits_for_a_second_person_is_told_how_they_agree() -> None:
    words = missing((Ask.APPROVAL,), Given(), target(), 30.0, "930d6ed24ee7332c")
    assert words.endswith("quarterdeck action approve 930d6ed24ee7")


def test_a_look_alike_is_named() -> None:
    words = missing((Ask.NAME,), Given(name="\u0430pi"), target(), 30.0)
    assert "U+0430" in words


@given(st.text(max_size=12))
def test_nothing_but_a_number_of_minutes_arms(text: str) -> None:
    minutes = minutes_of(text, 30.0)
    assert minutes is None or 1 <= minutes <= 30


@given(st.lists(st.floats(0, 0.4), max_size=40), st.sampled_from("ax"))
def test_no_key_counts_while_it_can_not_have_been_read(gaps: list[float], key: str) -> None:
    gate, at_s = KeyGate(), 0.0
    gate.shown(0.0)
    for gap in gaps:
        at_s += gap
        heard = gate.hears(key, at_s)
        assert not (heard and at_s < DEAF_S)


@given(st.lists(st.floats(0, BURST_S * 0.99), min_size=1, max_size=40))
def test_of_a_burst_only_the_first_key_counts(gaps: list[float]) -> None:
    gate, at_s = KeyGate(), 10.0
    gate.shown(0.0)
    assert gate.hears("a", at_s)
    for gap in gaps:
        at_s += gap
        assert not gate.hears("b", at_s)


CHUNKS = st.lists(st.tuples(st.floats(0.0, QUIET_S * 0.9), st.integers(2, 30)), max_size=20)


@given(CHUNKS)
def test_of_a_paste_in_pieces_only_the_first_key_counts(chunks: list[tuple[float, int]]) -> None:
    gate, at_s, heard = KeyGate(), 10.0, 0
    gate.shown(0.0)
    for gap_s, size in chunks:
        at_s += gap_s
        for number in range(size):
            at_s += 0.0002
            heard += gate.hears("\t\r"[number % 2], at_s)
    assert heard <= 1
    assert gate.hears("x", at_s + DEAF_S)


def test_what_nobody_can_have_seen_takes_no_key() -> None:
    gate = KeyGate()
    gate.shown(0.0)
    gate.covered()
    assert not gate.hears("a", 100.0)
    gate.shown(100.0)
    assert not gate.hears("b", 100.0 + DEAF_S * 0.9)
    assert gate.hears("c", 100.0 + DEAF_S)


@given(st.integers(1, 12), st.integers(13, 60))
def test_of_a_text_as_much_counts_at_once_as_fingers_typed(stalled: int, pasted: int) -> None:
    gate = KeyGate()
    gate.shown(0.0)
    assert all(gate.hears("a", 10.0, at_once=AT_ONCE) for _ in range(stalled))
    heard = [gate.hears("a", 20.0, at_once=AT_ONCE) for _ in range(pasted)]
    assert sum(heard) == AT_ONCE
    assert not gate.hears("enter", 20.0)
    pieces = [gate.hears("a", at_s, at_once=2) for at_s in (30.0, 30.0, 30.02, 30.04)]
    assert pieces == [True, True, False, False]


@pytest.mark.parametrize(
    ("kind", "value", "good"),
    [
        (ParameterKind.NUMBER, "3", True),
        (ParameterKind.NUMBER, "inf", False),
        (ParameterKind.NUMBER, "0", False),
        (ParameterKind.NUMBER, "10", False),
        (ParameterKind.CHOICE, "a", True),
        (ParameterKind.CHOICE, "b", False),
        (ParameterKind.FLAG, "true", True),
        (ParameterKind.FLAG, "yes", False),
        (ParameterKind.TEXT, "x" * 201, False),
        (ParameterKind.TEXT, "ab", True),
        (ParameterKind.TEXT, "ab1", False),
        (ParameterKind.TEXT, "a\u200bb", False),
        (ParameterKind.TEXT, " ", False),
    ],
)
def test_values_of_parameters(kind: ParameterKind, value: str, good: bool) -> None:
    one = Parameter(
        name="p", title="P", kind=kind, required=True, choices=(Choice(value="a"),),
        least=1, most=9, pattern="[a-z]+" if value.startswith("ab") else "",
    )  # fmt: skip
    assert (problem(one, value) == "") is good


async def test_what_nobody_knew_is_settled_by_whoever_looked(tmp_path: Path) -> None:
    async def settled(plan: Plan, sent: Sent | None) -> Settled:
        del plan, sent
        return Settled(state=State.PENDING, words="nobody can tell")

    async with acting(tmp_path, size=WIDE) as rig:
        rig.verb.settle_s, rig.verb.settled = 0.05, settled  # type: ignore[method-assign]
        await restarted(rig)
        await rig.door.refresh()
        before = rig.door.state
        assert len(before.unsettled) == 1
        await rig.fingers("escape", "X")
        await rig.until(lambda: "enter: settle" in rig.text())
        await rig.fingers("home", "down", "enter")
        assert isinstance(rig.app.screen, SayDialog), rig.text()
        rig.wait_a_moment()
        await rig.fingers("enter")
        assert isinstance(rig.app.screen, SayDialog)
        await rig.write("restarted at 03:12, seen in the console")
        await rig.fingers("enter", "enter")
        await rig.until(lambda: any(one.kind is AuditKind.NOTE for one in rig.read()))
        await rig.door.refresh()

        after = rig.door.state
        assert not after.unsettled
        [note] = [one for one in rig.read() if one.kind is AuditKind.NOTE]
        assert note.reason == "restarted at 03:12, seen in the console"
        assert len(rig.service.posts) == 1
