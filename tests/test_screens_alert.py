"""The page of an alert: what changed before it, its day, its lines, and the way on to its thing."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from monitor.alert_view import Care, CareKind
from monitor.events import Event, EventKind
from monitor.logs import LoggedLine
from monitor.snapshot import AlertView, WorkspaceView
from monitor.verdicts import Level, Phase
from monitor.workspace import LinkSpec
from providers.base import SourceKind
from providers.log_readings import LogLevel, LogLine
from providers.readings import SourceId
from providers.text import Foreign
from tests import snapshot_values as values
from tests.screen_fakes import FakePoint
from tests.screen_rig import NARROW, NORMAL, WIDE, Rig, screen
from tests.values_common import NOW, at
from tui.screens.alert import AlertScreen, window_around
from tui.screens.endpoint import EndpointScreen
from tui.screens.kpi import KpiScreen
from tui.series import WINDOWS

OPEN = ("1", "enter")


def alert_incident() -> WorkspaceView:
    """The incident, with what the rules and the steps after them say of each alert."""
    view = values.incident()
    first, second, third, fourth = view.alerts
    first = replace(first, key="check/api-health")
    kpi = "errors"
    return replace(
        view,
        alerts=(
            replace(first, service="api", followers=("kpi/lma/errors",), detection="within 50s"),
            replace(second, cause=first.key, service="main"),
            replace(third, key="kpi/lma/errors", kpi=kpi, cause=first.key, service="api"),
            fourth,
        ),
    )


def told(alert: AlertView, began_s: float, ended_s: float | None = None) -> tuple[Event, ...]:
    key = f"alert/{alert.key}@{at(began_s).isoformat()}"
    began = Event(at=at(began_s), kind=EventKind.ALERT, level=Level.CRITICAL, text="x", key=key)
    if ended_s is None:
        return (began,)
    cleared = EventKind.CLEARED
    return (
        replace(began, at=at(ended_s), kind=cleared, key=f"{key}/cleared"),
        began,
    )


def line(age_s: float, level: LogLevel, service: str, text: str) -> LoggedLine:
    read = LogLine(id=text, at=at(age_s), level=level, text=Foreign(text))
    return LoggedLine(source=SourceId(f"lma/production/render/{service}.logs"), line=read)


LINES = (
    line(300, LogLevel.INFO, "web", "GET /checkout 200"),
    line(281, LogLevel.ERROR, "web", "upstream api refused"),
    line(279, LogLevel.ERROR, "api", "PoolTimeout: no connection within 5 s [/red]"),
)


def fill(rig: Rig) -> None:
    first = alert_incident().alerts[0]
    rig.engine.history.told = (*told(first, 280), *told(first, 90_000, 89_280))
    rig.engine.lines["lma"] = LINES


async def test_the_page_names_the_change_before_the_onset_and_calls_it_a_correlation() -> None:
    async with screen(alert_incident()) as rig:
        fill(rig)
        await rig.press(*OPEN)
        lines = rig.lines()

        assert isinstance(rig.app.screen, AlertScreen)
        assert "■ SEV1 API /health 503  production  firing for 4m40s" in lines[1]
        assert "suspect      deploy API 7d20b5e by maria: pool: raise max to 40" in lines[3]
        assert "went live 40s before the onset; correlation, not proof" in lines[4]
        assert "onset        16:28:09Z" in lines[5]
        assert "nobody yet" in lines[6]


async def test_it_says_rule_runbook_lines_and_earlier_times() -> None:
    async with screen(alert_incident(), size=(160, 60)) as rig:
        fill(rig)
        await rig.press(*OPEN)
        text = rig.text()

        assert "at failure 3 in a row of the deep check" in text
        assert "after 2 good answers in a row" in text
        assert "notices      within 50s" in text
        assert "SEV1: Complete outage, response within 15m" in text
        assert "runbook      B:141" in text
        assert "fired 2 times in 7 days: Fri 16:28:09Z and lasts, Thu 15:32:49Z for 12m00s" in text
        assert "3 lines within 2 minutes of the onset, 2 of them warnings or errors" in text
        assert text.index("PoolTimeout") < text.index("upstream api") < text.index("GET /checkout")
        assert "[/red]" in text
        assert "Follows from it   1 alert" in text
        assert "Error rate 2.4 % > 2 %   pending for 6m10s" in text


@pytest.mark.parametrize(
    ("url", "address"),
    [("", "no address in the configuration"), ("https://wiki.lma.com/b", "https://wiki.lma.com/b")],
)
async def test_a_runbook_without_an_address_says_so(url: str, address: str) -> None:
    view = alert_incident()
    links = (LinkSpec(title="B: Runbook (reviewed)", url=url, group="Runbook"),)
    async with screen(replace(view, spec=replace(view.spec, links=links))) as rig:
        await rig.press("1", "u")
        (line,) = [line for line in rig.lines() if " address " in line and " copy " not in line]
        assert line.partition(" address ")[2].strip(" │┃|") == address


async def test_the_day_is_a_strip_whose_blocks_differ_by_form() -> None:
    async with screen(alert_incident()) as rig:
        fill(rig)
        start = NOW.at - timedelta(hours=24)
        rig.engine.history.points = tuple(
            FakePoint(at=start + timedelta(minutes=30 * n), value=1.0 if n < 40 else 0.5,
                      minimum=1.0 if n < 40 else 0.0, maximum=1.0)
            for n in range(10, 48)
        )  # fmt: skip
        await rig.press(*OPEN)
        (strip,) = [each for each in rig.lines() if "last 24 h" in each]
        (legend,) = [each for each in rig.lines() if "▁ ok" in each]

        assert f"{'░' * 10}{'▁' * 30}{'▄' * 7}▇ now" in strip
        assert "▁ ok   ▄ pending   ▇ firing   ░ not known" in legend


async def test_without_history_it_claims_nothing() -> None:
    async with screen(alert_incident()) as rig:
        rig.engine.running = False
        await rig.press(*OPEN)

        assert f"{'░' * 47}▇ now" in rig.text()
        assert "went live 40s before the onset" in rig.text()


async def test_what_follows_from_another_says_so_first() -> None:
    async with screen(alert_incident()) as rig:
        await rig.press("1", "space", "j", "enter")

        assert "follows from ■ API /health 503   since 16:28:09Z" in rig.lines()[3]


async def test_a_pending_rule_shows_how_far_it_has_come() -> None:
    async with screen(alert_incident(), size=(160, 60)) as rig:
        await rig.press("1", "space", "j", "j", "enter")

        assert "━━━━━━━━──────────── 6m12s of 15m00s" in rig.text()
        assert "Error rate (average over 5m) > 2 % for 15m" in rig.text()


async def test_who_has_it_stands_above_the_chart() -> None:
    view = alert_incident()
    care = Care(kind=CareKind.ACKNOWLEDGED, operator="dana", host="bastion-1", at=at(180),
                until=at(-1620), note="rolling back")  # fmt: skip
    async with screen(replace(view, alerts=(replace(view.alerts[0], care=care),))) as rig:
        await rig.press(*OPEN)

        assert "acknowledged by dana on bastion-1, 3m ago" in rig.text()
        assert "nobody yet" not in rig.text()


@pytest.mark.parametrize(("row", "wanted"), [(0, EndpointScreen), (2, KpiScreen)])
async def test_enter_again_leads_to_what_it_is_about(row: int, wanted: type) -> None:
    async with screen(alert_incident()) as rig:
        await rig.press("1", "space", *["j"] * row, "enter", "enter")
        assert isinstance(rig.app.screen, wanted)

        await rig.press("escape")
        assert isinstance(rig.app.screen, AlertScreen)


async def test_an_alert_that_clears_stays_and_says_so() -> None:
    async with screen(alert_incident()) as rig:
        await rig.press(*OPEN)
        await rig.publish(replace(alert_incident(), alerts=()))

        assert "cleared" in rig.lines()[1]
        assert "went live 40s before the onset" in rig.text()
        assert "nobody yet" not in rig.text()


async def test_the_onset_is_on_the_chart_whatever_the_age() -> None:
    assert [WINDOWS[window_around(age)][1] for age in (1, 280, 460, 7200, 90_000, 1e9)] == [
        "15m", "15m", "1h", "6h", "7d", "30d",
    ]  # fmt: skip
    async with screen(alert_incident()) as rig:
        await rig.press(*OPEN)
        assert "■onset" in rig.text()
        assert "■ alert began" in rig.text()


@pytest.mark.parametrize("size", [WIDE, NORMAL, NARROW])
async def test_it_fits_every_wall_and_scrolls(size: tuple[int, int]) -> None:
    async with screen(alert_incident(), size=size) as rig:
        fill(rig)
        await rig.press(*OPEN)
        assert {len(each) for each in rig.lines()} == {size[0]}
        await rig.press("G")
        assert "Follows from it" in rig.text()


async def test_in_ascii_nothing_else_is_drawn() -> None:
    async with screen(alert_incident(), ascii=True) as rig:
        fill(rig)
        await rig.press(*OPEN)
        assert rig.text().isascii()


async def test_an_alert_of_nothing_charted_has_no_chart_and_no_empty_axis() -> None:
    view = values.incident()
    alone = replace(view.alerts[0], key="query/1", source=SourceId("lma/production/x"),
                    phase=Phase.FLAPPING, changes=8, checks=21)  # fmt: skip
    async with screen(replace(view, alerts=(alone,), kpis=())) as rig:
        await rig.press(*OPEN)
        assert "8 changes in the last 21 checks" in rig.text()
        assert "16:18" not in rig.text()


async def test_while_the_onset_is_fresh_the_logs_are_read_at_their_pace() -> None:
    logs = SourceId("lma/production/render/api.logs")
    shown = values.snapshot(alert_incident())
    source = values.source_view(logs, SourceKind.LOGS)
    async with screen(replace(shown, sources={**shown.sources, logs: source})) as rig:
        await rig.press(*OPEN)
        assert rig.engine.looked_at == [frozenset({logs})]
        await rig.press("escape")
        assert rig.engine.looked_at[-1] == frozenset()


async def test_what_has_not_changed_is_not_painted_again() -> None:
    async with screen(alert_incident()) as rig:
        fill(rig)
        await rig.press(*OPEN)
        page = rig.app.screen
        assert isinstance(page, AlertScreen)
        before = (page.first.lines, page.page.lines)
        await rig.publish(alert_incident())
        assert (page.first.lines, page.page.lines) == before
