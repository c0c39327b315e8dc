"""Details: endpoint, query, deploy, KPI, vendor; what they say and how they follow their thing."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from textual import events

from providers.base import Area, SourceKind, SourceSpec
from providers.database_readings import TableSize
from providers.deploy_readings import DeployReading
from providers.errors import ProviderError, Unauthorized
from providers.harvest import Harvest
from providers.log_readings import LogLevel, LogLine, Printed
from providers.text import Foreign
from tests import snapshot_values as values
from tests.screen_fakes import FakePoint
from tests.screen_rig import NARROW, WIDE, screen
from tests.values_common import NOW
from tests.values_systems import system_spec
from tui.screens.database_page import database_lines
from tui.screens.deploy import DeployScreen
from tui.screens.endpoint import EndpointScreen
from tui.screens.kpi import KpiScreen
from tui.screens.late_plot import LatePlot
from tui.screens.query import QueryScreen
from widgets.cells import plain
from widgets.endpoints import EndpointsPane


async def test_an_endpoint_shows_chart_phases_history_and_what_else_is_wrong() -> None:
    async with screen(size=WIDE) as rig:
        await rig.press("3", "j", "j", "j", "enter")
        text = rig.text()

        assert isinstance(rig.app.screen, EndpointScreen)
        assert "503 down for 4m40s" in text
        assert "dns 2 · connect 11 · tls 24 · wait 2 101 · body 2   = 2 140 ms" in text
        assert "slowest part: wait for first byte" in text
        assert "19 failures in a row" in text
        assert "timeout acquiring connection" in text
        assert "Supabase: degraded" in text
        assert "see also     DB connect 4 failures in 5m ■  ·  Error rate 2.4 % ▲" in text
        assert any("⠁" <= sign <= "⣿" for sign in text)


async def test_its_chart_takes_longer_and_shorter_windows() -> None:
    async with screen(size=WIDE) as rig:
        await rig.press("3", "enter")
        asked = []
        for _ in range(5):
            await rig.press("right_square_bracket")
            asked.append(rig.engine.history.asked[-1][1])

        assert asked == [21_600.0, 86_400.0, 604_800.0, 2_592_000.0, 2_592_000.0]
        assert rig.app.notices[0].text == "there is no such window"


async def test_environment_key_shows_the_other_environment() -> None:
    async with screen() as rig:
        await rig.press("3", "j", "j", "j", "enter", "e", "e")

        assert "API /health  staging" in rig.text()


HOSTILE = (float("nan"), float("inf"), float("-inf"), 1e308, -1e308, 1e13, 10.0**300, None, 5.0)


@pytest.mark.parametrize("ascii_only", [False, True])
async def test_a_chart_survives_any_number(ascii_only: bool) -> None:
    async with screen(size=WIDE, ascii=ascii_only) as rig:
        start = NOW.at - timedelta(hours=1)
        rig.engine.history.points = tuple(
            FakePoint(at=start + timedelta(seconds=20 * index), value=value)
            for index, value in enumerate(HOSTILE * 18)
        )
        await rig.press("3", "enter")

        assert isinstance(rig.app.screen, EndpointScreen)
        assert rig.app.is_running


async def test_the_large_chart_is_drawn_as_soon_as_its_library_is_there() -> None:
    async with screen(size=WIDE) as rig:
        await rig.press("3", "enter")

        assert isinstance(rig.app.screen, EndpointScreen)
        plot = rig.app.screen.query_one(LatePlot)
        assert plot.chart is not None
        assert plot.chart.size == plot.size
        assert plot.chart._data is not None


@pytest.mark.parametrize("ascii_only", [False, True])
async def test_without_a_history_the_chart_is_one_line(ascii_only: bool) -> None:
    async with screen(size=WIDE, ascii=ascii_only) as rig:
        rig.engine.history.points = ()
        await rig.press("3", "enter")
        assert "no history yet" in rig.text()
        assert "1 ms" not in rig.text()
        rig.engine.history.points = (FakePoint(at=NOW.at - timedelta(hours=2), value=180.0),)
        await rig.press("right_square_bracket")
        assert "no history yet" not in rig.text()


async def test_a_history_that_can_not_answer_costs_only_the_chart() -> None:
    async with screen() as rig:
        rig.engine.running = False
        await rig.press("3", "j", "j", "j", "enter")

        assert "503 down for 4m40s" in rig.text()


async def test_ascii_draws_nothing_else_not_even_on_a_chart() -> None:
    async with screen(size=WIDE, ascii=True) as rig:
        assert rig.text().isascii()
        await rig.press("3", "enter")
        assert rig.text().isascii()


async def test_a_query_shows_its_statement_and_who_waits_for_whom() -> None:
    async with screen() as rig:
        await rig.press("5", "j", "enter")
        text = rig.text()

        assert isinstance(rig.app.screen, QueryScreen)
        assert "RETURNING *" in text
        assert "└─ ■ 15137" in text
        assert "Ending root 15136 frees 2 waiting sessions; 15137 only 1." in text


async def test_a_session_that_ended_stays_and_says_so() -> None:
    async with screen() as rig:
        await rig.press("5", "j", "enter")
        await rig.publish(values.calm())

        assert "gone since" in rig.text()
        assert "RETURNING *" in rig.text()


async def test_a_deploy_shows_before_and_after_alerts_and_candidates() -> None:
    async with screen() as rig:
        await rig.press("2", "enter")
        text = rig.text()

        assert isinstance(rig.app.screen, DeployScreen)
        assert "pool: raise max to 40" in text
        assert "before (1 h)" in text
        assert "correlated, not proof" in text
        assert "began 40s after going live" in text
        assert "51b9a02" in text


class Telling:
    """A source of deploys that knows what one printed, or why not."""

    def __init__(self, spec: SourceSpec, *lines: str, error: ProviderError | None = None) -> None:
        self.spec = spec
        self.lines = lines
        self.error = error

    async def read(self) -> Harvest:
        raise NotImplementedError

    async def aclose(self) -> None:
        pass

    async def printed(self, deploy: DeployReading) -> Printed:
        if self.error is not None:
            raise self.error
        made = tuple(
            LogLine(id=str(number), at=NOW.at, level=LogLevel.ERROR, text=Foreign(text))
            for number, text in enumerate((*self.lines, deploy.id))
        )
        return Printed(lines=made, by=Foreign("build · npm test"))


async def test_a_deploy_shows_what_it_printed_or_why_not() -> None:
    deploy = values.incident().deploys[0]
    spec = system_spec("Render", Area.PLATFORM, SourceKind.DEPLOYS)
    async with screen(size=WIDE) as rig:
        await rig.press("2", "enter")
        assert rig.text().count("Printed") == 0
        await rig.press("L")
        assert "nothing is kept of what it printed" in rig.text()
        rig.engine.sources[deploy.source] = Telling(spec, "[@click=app.quit]FAIL[/]")
        await rig.press("L")
        text = rig.text()
        assert "[@click=app.quit]FAIL[/]" in text
        assert "build · npm test" in text
        assert deploy.deploy.id in text
        assert "before (1 h)" in text
        refused = Unauthorized("Render", "read logs", "403", advice="renew the key")
        rig.engine.sources[deploy.source] = Telling(spec, error=refused)
        await rig.press("L")
        assert "Render: read logs: 403; renew the key" in rig.text()
        rig.engine.running = False
        await rig.press("L")
        assert "it could not be read now" in rig.text()


async def test_words_longer_than_the_page_go_on_below_and_are_copied_as_they_are() -> None:
    view = values.incident()
    long = " ".join(f"word{number:03}" for number in range(40))
    first = view.deploys[0]
    told = replace(first, deploy=replace(first.deploy, message=Foreign(long)))
    async with screen(replace(view, deploys=(told, *view.deploys[1:])), size=NARROW) as rig:
        await rig.press("2", "enter")
        assert isinstance(rig.app.screen, DeployScreen)
        text = rig.text()
        assert "word000" in text
        assert "word039" in text
        assert {len(line) for line in rig.lines()} == {80}
        await rig.press("y")
        assert long in rig.app.clipboard


async def test_only_deploys_print() -> None:
    async with screen() as rig:
        await rig.press("3", "enter", "L")
        assert "only a deploy has printed something" in rig.app.notices[0].text


async def test_a_kpi_shows_its_bands_and_their_lines_in_the_runbook() -> None:
    async with screen() as rig:
        await rig.press("4", "enter")

        assert isinstance(rig.app.screen, KpiScreen)
        assert "runbook A:275" in rig.text()
        await rig.press("u")
        assert "A, line 275" in rig.text()


async def test_an_alert_leads_on_to_what_it_is_about() -> None:
    async with screen() as rig:
        await rig.press("1", "enter", "enter")

        assert isinstance(rig.app.screen, EndpointScreen)
        assert "API /health" in rig.lines()[1]


async def test_escape_goes_back_to_the_same_row() -> None:
    async with screen() as rig:
        await rig.press("5", "j", "j", "enter", "escape")

        assert rig.app.screen is rig.wall
        assert "UPDATE" in rig.wall.row_text()
        assert "15142" in rig.wall.row_text()


async def test_details_copy_the_statement() -> None:
    async with screen() as rig:
        await rig.press("5", "j", "enter", "y")

        assert rig.app.clipboard == "UPDATE orders SET total = $2 WHERE id = $1 RETURNING *"


async def test_details_say_that_the_engine_is_silent() -> None:
    async with screen() as rig:
        await rig.press("5", "enter")
        rig.clock.forward(30)
        rig.app.tick()
        await rig.settle()

        assert "ENGINE SILENT 30s" in rig.text()


def test_a_database_tells_how_full_how_large_and_how_busy_it_is() -> None:
    view = values.incident().databases[0]
    assert view.reading is not None
    table = TableSize(schema=Foreign("public"), name=Foreign("orders"), total_bytes=630_784,
                      estimated_rows=5_000)  # fmt: skip
    told = replace(view.reading, size_bytes=12 * 1024**2, cache_hit_percent=99.2,
                   transactions_per_s=41.0, largest_tables=(table,),
                   missing_privileges=("GRANT pg_read_all_stats TO watcher",))  # fmt: skip
    text = "\n".join(plain(line) for line in database_lines(replace(view, reading=told)))
    for words in ("12.0 MiB", "99.2", "41", "public.orders", "616 KiB", "about 5,000 rows",
                  "GRANT pg_read_all_stats", "PostgreSQL"):  # fmt: skip
        assert words in text
    assert "nothing has been read" in plain(database_lines(replace(view, reading=None))[1])
    bare = replace(told, connections=None, cache_hit_percent=None)
    assert "no data" in "\n".join(plain(x) for x in database_lines(replace(view, reading=bare)))


async def test_two_quick_enters_open_one_screen() -> None:
    async with screen() as rig:
        assert rig.pilot is not None
        await rig.pilot.press("5", "enter", "enter", "enter")
        await rig.settle()

        assert len(rig.app.screen_stack) == 2


@pytest.mark.parametrize("keys", ["1", "2", "3", "4", "5", "6"])
async def test_every_detail_fits_the_smallest_wall(keys: str) -> None:
    async with screen(size=NARROW) as rig:
        await rig.press(keys)
        await rig.press("enter")

        assert len(rig.app.screen_stack) == 2
        assert {len(line) for line in rig.lines()} == {80}


async def test_a_row_of_an_environment_alone_has_no_other_environment() -> None:
    view = values.incident()
    row = view.endpoints[0]
    only_staging = replace(row, cells={"staging": row.cells["staging"]})
    async with screen(replace(view, endpoints=(only_staging,))) as rig:
        await rig.press("3", "enter")

        assert "Customer Web  staging" in rig.text()


async def test_sources_are_listed_with_their_trouble_and_opened() -> None:
    name, source = next(iter(values.snapshot().sources.items()))
    failing = replace(source, failure=values.TOKEN_REJECTED, failing_since=source.last_success,
                      failures=3)  # fmt: skip
    async with screen(replace(values.snapshot(), sources={name: failing})) as rig:
        await rig.press("v")
        assert "not authorised for 3s" in rig.text()

        await rig.press("enter")
        assert "401 token rejected, 3 times" in rig.text()
        assert "quarterdeck secret set" in rig.text()

        await rig.press("r")
        assert rig.engine.refreshed == [(name,)]


@pytest.mark.parametrize(
    ("number", "opened"),
    [("2", "DeployScreen"), ("3", "EndpointScreen"), ("4", "KpiScreen"), ("5", "QueryScreen")],
)
async def test_keys_in_one_burst_open_a_row_of_a_pane_that_was_hidden(
    number: str, opened: str
) -> None:
    async with screen(size=(60, 16)) as rig:
        driver = rig.app._driver
        assert driver is not None
        # As a slow line brings them: both are there before anything is drawn.
        driver.process_message(events.Key(number, number))
        driver.process_message(events.Key("enter", "\r"))
        await rig.settle()
        assert type(rig.app.screen).__name__ == opened


async def test_a_pane_that_comes_forward_fills_the_width_it_gets() -> None:
    for _ in range(4):
        async with screen(size=(60, 16)) as rig:
            await rig.press("3")
            pane = rig.app.screen.query_one(EndpointsPane)
            while not pane.grid.size:
                await rig.settle()
            await rig.settle()
            assert pane.grid._window.width == pane.grid.size.width
