"""What the guard's dialog says of a proposal, in which order, and how little room it takes."""

import pytest
from msgspec.structs import replace

from actions.guard_values import Ask, Because, Standing
from actions.plan import ScriptStep
from tests.door_fake import ago, proposal, rollback
from tests.values_actions import target
from tui.dialogs.guard_dry import check_lines, dry_run
from tui.dialogs.guard_frame import environment_words
from tui.dialogs.guard_lines import Room, Told, step_label, step_words, told
from tui.dialogs.guard_notes import fewer_lately
from widgets.cells import Line
from widgets.glyphs import UNICODE


def line_text(line: Line) -> str:
    return "".join(cell.text for cell in line)


SHOWN = proposal(rollback(), Ask.REASON, Ask.NAME)


def said(width: int, room: Room) -> Told:
    return told(SHOWN, ago(0), UNICODE, width, room)


def labels(found: Told) -> list[str]:
    """What stands before the lines, in their order."""
    words = [line_text(line)[:10].strip() for line in (*found.must, *found.more)]
    return [word for word in words if word]


def test_where_from_what_to_what_and_who_is_hit_come_first() -> None:
    assert labels(said(96, Room.ROOMY)) == [
        "target", "changes", "affects", "note", "sends 1", "sends 2",
        "undo", "stays", "besides", "checked",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [56, 76])
@pytest.mark.parametrize("room", [Room.TIGHT, Room.CLOSE])
def test_both_sides_of_a_change_are_seen_in_one_line(width: int, room: Room) -> None:
    found = said(width, room)
    [live] = [text for text in map(line_text, found.must) if text.startswith("changes")]
    before, _, after = live.partition(" → ")
    assert "7d20b5e" in before
    assert "51b9a02" in after
    assert any("was live 2h51m" in line_text(line) for line in found.again)


def test_what_holds_is_one_line_and_each_of_it_behind_the_dialog() -> None:
    [line] = [line_text(one) for one in said(96, Room.ROOMY).more if "hold" in line_text(one)]
    held = [one for one in SHOWN.preconditions if one.standing is Standing.MET]
    assert f"{len(held)} checks hold" in line
    checked = check_lines(SHOWN.preconditions, ago(0), UNICODE)
    behind = "\n".join(line_text(one) for one in dry_run(SHOWN.plan, 96, checked))
    assert all(one.words in behind for one in SHOWN.preconditions)


def test_a_warning_is_said_once() -> None:
    every = "\n".join(line_text(one) for one in said(96, Room.ROOMY).lines)
    assert every.count("Supabase reports pooler latency") == 1


def test_what_was_done_lately_leaves_room_for_what_is_decided() -> None:
    done = [Because(code=f"lately:r{number}", words=f"deed {number}") for number in range(6)]
    other = Because(code="warns:autodeploy", words="autodeploy stays on")
    shown = fewer_lately([*done, other])

    assert [one.words for one in shown] == [
        "autodeploy stays on", "deed 4", "deed 5", "4 more were done to it before, see below",
    ]  # fmt: skip
    assert fewer_lately([*done[:3], other]) == (*done[:3], other)


def test_the_frame_names_the_product_where_there_is_no_environment() -> None:
    payment = replace(target(), workspace="localloop", environment="", production=True)
    assert environment_words(payment) == "LOCALLOOP (PRODUCTION)"
    assert environment_words(target()) == "LMA PRODUCTION"
    assert environment_words(replace(payment, production=False)) == "LOCALLOOP"


def test_a_program_runs_and_is_not_sent() -> None:
    step = ScriptStep(title="back up", argv=("/opt/backup", "main db"))
    assert (step_label(step, 1, 1), step_words(step)) == ("runs", "/opt/backup 'main db'")
    assert step_label(step, 2, 3, sent=True) == "ran 2"
    assert [step_label(one, 1, 1, sent=True) for one in rollback().steps[:1]] == ["sent"]
