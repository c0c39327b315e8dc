"""Boards, what changed, and logs: what they say, open, filter and have read."""

import pytest
from msgspec.structs import replace

from monitor.snapshot import DeployView, Snapshot
from monitor.states import Freshness
from providers.base import Area
from providers.log_readings import LogLevel
from providers.readings import Failure, SourceId, Trouble
from providers.system_readings import Condition, Section
from tests.screen_rig import NARROW, NORMAL, WIDE, Rig, screen
from tests.values_systems import logged, record, resend, sentry, stripe, system, with_systems
from tui.boards import BOARDS
from tui.screens.board import BoardScreen
from tui.screens.changes import ChangesScreen
from tui.screens.layout import PaneId
from tui.screens.log_scope import scope_of
from tui.screens.logs import LogsScreen
from tui.screens.subjects import Subject, subjects

LINES = (
    *(logged(number) for number in range(1, 60)),
    logged(60, "pool exhausted", level=LogLevel.ERROR, path="/api/orders", status=503),
    logged(61, "[@click=app.quit]quit[/] \x1b[31mred", level=LogLevel.WARNING),
)


def test_every_area_is_on_exactly_one_board() -> None:
    shown = [area for board in BOARDS for area in board.areas]
    assert sorted(area.name for area in shown) == sorted(area.name for area in Area)


@pytest.mark.parametrize("size", [WIDE, NORMAL, NARROW])
async def test_a_board_shows_systems_sections_and_records(size: tuple[int, int]) -> None:
    async with screen(with_systems(stripe(), resend(), sentry()), size=size) as rig:
        await rig.press("8")
        text = rig.text()
        assert isinstance(rig.app.screen, BoardScreen)
        for words in ("Payments, e-mail, calendar", "Stripe", "webhook endpoints", "disabled",
                      "localloop.com/api", "disputes", "refunds", "Resend"):  # fmt: skip
            assert words in text
        assert "Sentry" not in text
        if size is not NARROW:
            assert "live mode, 2 webhooks, 1 disabled" in text
            assert "needs refunds: read on the key" in text
            assert "2 of 5" in text


async def test_an_empty_list_and_an_unreadable_one_are_told_apart() -> None:
    async with screen(with_systems(stripe()), size=WIDE) as rig:
        await rig.press("8")
        lines = {line.strip(" │") for line in rig.lines()}
        assert any("disputes" in line and "no dispute in 24" in line for line in lines)
        assert any("refunds" in line and "not readable" in line for line in lines)


async def test_a_record_opens_with_all_that_is_known_and_its_page() -> None:
    async with screen(with_systems(stripe()), size=WIDE, over_ssh=True) as rig:
        await rig.press("8", "j", "j")
        await rig.press("o")
        assert "https://dashboard.stripe.com/webhooks/we_1" in rig.app.notices[0].text
        await rig.press("enter")
        text = rig.text()
        for words in ("events", "12", "2024-06-20", "we_1", "broken"):
            assert words in text
        await rig.press("escape", "escape")
        assert len(rig.app.screen_stack) == 1


async def test_a_system_opens_with_how_its_source_is_doing() -> None:
    failure = Failure(trouble=Trouble.UNAUTHORIZED, sentence="Stripe: 401", advice="renew the key")
    broken = replace(stripe(), failure=failure, freshness=Freshness.STALE)
    async with screen(with_systems(broken), size=WIDE) as rig:
        await rig.press("8")
        assert "Stripe: 401" in rig.text()
        await rig.press("enter")
        text = rig.text()
        assert "every 1m" in text
        assert "live mode" in text


async def test_a_board_without_systems_says_what_to_add() -> None:
    async with screen(size=WIDE) as rig:
        await rig.press("8")
        assert "no system of payments, e-mail, calendar is configured" in rig.text()
        assert "add one under systems: in the workspace" in rig.text()


async def test_what_a_board_shows_is_read_at_its_own_pace_while_it_is_open() -> None:
    async with screen(with_systems(stripe(), sentry())) as rig:
        await rig.press("8")
        assert rig.engine.looked_at == [frozenset({SourceId("lma/-/stripe/main")})]
        await rig.press("9")
        assert SourceId("lma/production/sentry/main") in rig.engine.looked_at[-1]
        await rig.press("escape")
        assert rig.engine.looked_at[-1] == frozenset()


async def test_hostile_words_of_a_system_are_words() -> None:
    async with screen(with_systems(sentry()), size=WIDE) as rig:
        await rig.press("9", "j", "j")
        assert "[@click=app.quit]PoolTimeout[/]" in rig.text()
        await rig.press("enter")
        assert "[@click=app.quit]PoolTimeout[/]" in rig.text()
        assert rig.app.is_running


async def test_the_worst_system_stands_first_and_its_notes_are_whole() -> None:
    note = "of 6 of 8 tables, this role may not see what is in them"
    fine = resend()
    assert fine.reading is not None
    noted = replace(fine, reading=replace(fine.reading, notices=(note,)))
    async with screen(with_systems(noted, stripe()), size=WIDE) as rig:
        await rig.press("8")
        text = rig.text()
        assert text.index("Stripe") < text.index("Resend")
        assert note in text


async def test_the_board_of_another_environment_is_left_out() -> None:
    async with screen(with_systems(sentry()), size=WIDE, environment="staging") as rig:
        await rig.press("9")
        assert "41 errors" not in rig.text()


async def test_a_filter_narrows_a_board_and_escape_takes_it_back_first() -> None:
    async with screen(with_systems(stripe(), resend()), size=WIDE) as rig:
        await rig.press("8", "slash", *"disabled", "enter")
        assert "api/other" not in rig.text()
        assert "api/hooks" in rig.text()
        assert "? help" in rig.lines()[-1]
        assert "q quit" in rig.lines()[-1]
        await rig.press("escape")
        assert "api/other" in rig.text()
        assert isinstance(rig.app.screen, BoardScreen)
        await rig.press("escape")
        assert len(rig.app.screen_stack) == 1


async def test_a_long_fine_section_is_opened_with_a_key_and_found_by_a_filter() -> None:
    records = tuple(record(f"alpha {number}") for number in range(9))
    calm = system("Calm", Area.PAYMENTS, Condition.FINE, Section(key="l", title="long",
                  records=records))  # fmt: skip
    async with screen(with_systems(calm, stripe()), size=WIDE) as rig:
        await rig.press("8", "slash", *"alpha 8", "enter")
        assert "alpha 8" in rig.text()
        await rig.press("escape")
        assert "alpha 8" not in rig.text()
        await rig.press("end", "space")
        assert "alpha 8" in rig.text()
        await rig.press("j", "j", "space")
        assert "alpha 8" not in rig.text()
        await rig.press("enter")
        assert "alpha 8" in rig.text()


async def test_keys_go_from_one_row_that_asks_for_a_look_to_the_next() -> None:
    async with screen(with_systems(stripe(), resend()), size=WIDE) as rig:
        await rig.press("8")
        shown = rig.app.screen
        assert isinstance(shown, BoardScreen)
        seen = []
        for key in ("n", "n", "n", "N", "N"):
            await rig.press(key)
            seen.append(" ".join(shown.row_text().split()[:3]))
        assert "hooks" in seen[0]
        assert "refunds" in seen[1]
        assert "Stripe" in seen[2]
        assert seen[3:] == [seen[1], seen[0]]


async def test_keys_of_one_kind_of_list_are_grey_in_another() -> None:
    async with screen(with_systems(sentry(), logs=True), size=WIDE) as rig:
        await rig.press("l", "space")
        assert "not in this list" in rig.app.notices[0].text


async def test_boards_are_chosen_with_the_worst_of_each() -> None:
    async with screen(with_systems(stripe(), sentry()), size=WIDE) as rig:
        await rig.press("b")
        text = rig.text()
        assert "1 · critical" in text
        assert "not configured" in text
        await rig.press(*"errors", "enter")
        assert isinstance(rig.app.screen, BoardScreen)
        assert rig.app.screen.board.id == "errors"


async def test_what_changed_is_one_key_away_and_reaches_further_back() -> None:
    async with screen(with_systems(stripe(), sentry()), size=WIDE) as rig:
        await rig.press("h")
        text = rig.text()
        assert isinstance(rig.app.screen, ChangesScreen)
        assert "What changed in the last 15m" in text
        for words in ("Stripe · webhook", "Sentry · new issues", "deploy", "production"):
            assert words in text
        await rig.press("right_square_bracket")
        assert "What changed in the last 1h" in rig.text()
        await rig.press("enter")
        assert "when" in rig.text()


async def test_nothing_changed_is_said_and_what_is_not_known_too() -> None:
    calm = system("Stripe", Area.PAYMENTS)
    silent = replace(sentry(), reading=None, condition=Condition.UNKNOWN)
    snapshot = with_systems(calm, silent)
    view = replace(snapshot.workspaces["lma"], timeline=(), deploys=())
    async with screen(replace(snapshot, workspaces={"lma": view}), size=WIDE) as rig:
        await rig.press("h")
        assert "nothing changed in the last 15m" in rig.text()
        assert "not known of 1 system that has not answered" in rig.text()


async def logs(rig: Rig) -> None:
    rig.engine.lines["lma"] = LINES
    await rig.press("l")
    await rig.publish(with_systems(logs=True))


async def test_logs_follow_the_newest_until_somebody_goes_up() -> None:
    async with screen(with_systems(logs=True), size=NORMAL) as rig:
        await logs(rig)
        shown = rig.app.screen
        assert isinstance(shown, LogsScreen)
        assert "pool exhausted" in rig.text()
        assert "[@click=app.quit]quit[/]" in rig.text()
        assert shown.grid.cursor_key == LINES[-1].key
        await rig.press("g")
        assert not shown.following
        assert "standing still" in rig.text()
        rig.engine.lines["lma"] = (*LINES, logged(70, "newest of all"))
        await rig.publish(with_systems(logs=True))
        assert "newest of all" not in rig.text()
        await rig.press("f")
        await rig.publish(with_systems(logs=True))
        assert "newest of all" in rig.text()


async def test_logs_are_filtered_as_typed() -> None:
    async with screen(with_systems(logs=True), size=WIDE) as rig:
        await logs(rig)
        await rig.press("slash", *"level:error path:/api status:5xx", "enter")
        text = rig.text()
        assert "pool exhausted" in text
        assert "line 58" not in text
        assert "1 of 61 lines" in text
        await rig.press("slash", *"level:loud", "enter")
        assert "level:loud is none of debug, info, warning, error" in rig.text()
        await rig.press("slash", *"zzz", "enter")
        assert "no line passes the filter" in rig.text()


async def test_a_frozen_view_freezes_the_logs() -> None:
    async with screen(with_systems(logs=True), size=WIDE) as rig:
        await logs(rig)
        await rig.press("p")
        rig.engine.lines["lma"] = (*LINES, logged(70, "newest of all"))
        await rig.publish(with_systems(logs=True))
        assert "newest of all" not in rig.text()


async def test_logs_without_a_source_say_where_they_come_from() -> None:
    async with screen(size=WIDE) as rig:
        await rig.press("l")
        assert "no logs are configured" in rig.text()


def two_logs() -> Snapshot:
    """The incident, with a log of the API in each environment and one of the web."""
    snapshot = with_systems(logs=True)
    log = snapshot.sources[LINES[0].source]
    named = {
        SourceId(f"lma/{place}.logs"): place.partition("/")[0]
        for place in ("production/render/api", "staging/render/api", "production/vercel/web")
    }
    found = {
        key: replace(log, spec=replace(log.spec, id=key, environment=environment))
        for key, environment in named.items()
    }
    return replace(snapshot, sources={**snapshot.sources, **found})


@pytest.mark.parametrize(
    ("pane", "key", "sources", "typed"),
    [
        (PaneId.ENDPOINTS, "api-health", (), "from:render/api.logs"),
        (PaneId.DEPLOYS, "web", (), "from:production/vercel/web.logs"),
        # By the system it was read from, and not by a system that is called alike.
        (PaneId.KPIS, "cpu", ("lma/production/render/api",), "from:render/api.logs"),
        (PaneId.KPIS, "cpu", ("lma/production/render/ap",), ""),
        (PaneId.KPIS, "cpu", (), ""),
    ],
)
def test_the_logs_of_a_row_are_those_called_like_its_service_or_its_system(
    pane: PaneId, key: str, sources: tuple[str, ...], typed: str
) -> None:
    snapshot = two_logs()
    view = snapshot.workspaces["lma"]
    specs = [one.spec for one in snapshot.sources.values()]
    if pane is PaneId.KPIS:
        subject = replace(next(subjects(view, pane)), sources=tuple(map(SourceId, sources)))
    else:
        about = (one for one in subjects(view, pane) if key in f"{one.key} {service_of(one)}")
        subject = next(about)
    assert scope_of(subject, specs, "lma") == typed
    assert scope_of(subject, specs, "localloop") == ""


def service_of(subject: Subject) -> str:
    thing = subject.thing
    return thing.service.name if isinstance(thing, DeployView) and thing.service else ""


async def test_the_logs_open_narrowed_to_the_row_and_one_key_shows_all() -> None:
    api = replace(LINES[0], source=SourceId("lma/production/render/api.logs"))
    async with screen(two_logs(), size=WIDE) as rig:
        rig.engine.lines["lma"] = (api, *LINES[1:])
        await rig.press("4", "l")
        await rig.publish(two_logs())
        assert "61 of 61 lines" in rig.text()
        await rig.press("escape", "2", "l")
        await rig.publish(two_logs())
        text = rig.text()
        assert "from:production/render/api.logs" in text
        assert "1 of 61 lines" in text
        assert "esc all lines" in " ".join(text.split())
        await rig.press("escape")
        assert isinstance(rig.app.screen, LogsScreen)
        assert "61 of 61 lines" in rig.text()
