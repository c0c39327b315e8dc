"""What rows say when there is little to go by or little room: nothing false, and never a cut."""

import pytest
from msgspec.structs import replace

from monitor.snapshot import AlertView, PaneStatus
from monitor.states import EndpointState
from monitor.verdicts import Level, Phase, Verdict
from providers.deploy_readings import DeployState
from providers.text import EMPTY
from tests import snapshot_values as values
from tests.snapshot_values import NOW
from tests.values_common import PROD
from tests.values_database import session
from tests.values_endpoints import calm_rows, each_state
from tests.values_kpis import KPI_SPECS, kpi, kpi_spec
from tests.values_lists import alert, deploy
from tests.widget_host import Host, screen
from widgets.alert_fields import alert_fields
from widgets.alerts import AlertsPane
from widgets.cells import Cell, Line, Tone, as_line, line_width, plain
from widgets.deploy_fields import deploy_fields, releases
from widgets.deploys import DeploysPane
from widgets.endpoint_cells import certificate, sign, uptime, watched
from widgets.endpoint_fields import pen_for
from widgets.glyphs import UNICODE
from widgets.header_line import Session, header_line
from widgets.kpi_fields import kpi_fields, rule_words
from widgets.list_pane import ListPane
from widgets.query_fields import query_fields
from widgets.tiers import Tier

VIEW = values.incident()
LONG = "a service with a name of forty letters!!"


def what(view: AlertView, width: int) -> str:
    fields = {each.column.key: each for each in alert_fields(VIEW, width, NOW, UNICODE)}
    return plain(as_line(fields["what"].draw(view)))


def waiting(**more: object) -> AlertView:
    found = alert("k", "Error rate", "2.4 % > 2 %", phase=Phase.PENDING, required_s=900)
    return replace(found, **more)


def test_a_rule_that_counts_failures_tells_how_many() -> None:
    counted = waiting(required_s=0.0, needed=3, failures=1, fact="503")
    assert what(counted, 76).endswith("  1 of 3 failures")
    assert "×" not in what(counted, 76)
    firing = replace(counted, phase=Phase.FIRING, failures=19)
    assert what(firing, 76).rstrip() == "Error rate 503 ×19"


@pytest.mark.parametrize("width", [46, 54, 62, 76])
def test_the_number_is_never_cut_and_the_name_gives_way(width: int) -> None:
    told = what(waiting(subject=LONG), width)
    assert "2.4 % > 2 %" in told
    assert told.rstrip().endswith("/15m")


def test_a_waiter_that_is_young_is_neither_well_nor_a_trouble() -> None:
    row = VIEW.databases[0].rows[1]
    fields = {field.column.key: field for field in query_fields(Tier.WIDE, UNICODE)}

    def drawn(level: Level, blocked_by: tuple[int, ...]) -> Cell:
        shown = replace(row, level=level, session=session(7, "a", "x", 3, blocked_by=blocked_by))
        found = fields["level"].draw(shown)
        assert isinstance(found, Cell)
        return found

    assert drawn(Level.OK, (1,)) == Cell("·", Tone.MUTED)
    assert drawn(Level.OK, ()) == Cell("●", Tone.OK)
    assert drawn(Level.CRITICAL, (1,)) == Cell("■", Tone.CRITICAL)


def test_not_ready_is_as_bad_as_its_alert() -> None:
    (row,) = [each for each in each_state() if _state(each.cells[PROD].state)]
    assert sign(row.cells[PROD], pen_for(VIEW, NOW, UNICODE)) == Cell("■", Tone.CRITICAL)


def _state(state: EndpointState) -> bool:
    return state is EndpointState.NOT_READY


@pytest.mark.parametrize(
    ("seconds", "words", "tone"),
    [(30, "in <1m", Tone.MUTED), (130, "in 2m", Tone.MUTED), (7_300, "in 2h", Tone.NORMAL),
     (86_000, "", Tone.NORMAL)],
)  # fmt: skip
def test_uptime_says_over_how_long(seconds: float, words: str, tone: Tone) -> None:
    cell = replace(calm_rows()[0].cells[PROD], uptime_24h_percent=98.2, watched_s=seconds)
    assert uptime(cell) == Cell("98.2 %", tone)
    assert watched(cell).text == words
    assert certificate(None).text == ""


def test_a_trend_has_a_history_where_others_have_a_gauge() -> None:
    trend = kpi(kpi_spec("queue", "Waiting for pool", "", ()), 4, history=(0, 1, 2, 4))

    def gauge(tier: Tier) -> str:
        fields = {field.column.key: field for field in kpi_fields(tier, UNICODE)}
        return plain(as_line(fields["gauge"].draw(trend)))

    assert gauge(Tier.NORMAL) == "       ▁▂▄▇"
    assert gauge(Tier.WIDE) == ""
    past = {field.column.key: field for field in kpi_fields(Tier.WIDE, UNICODE)}["history"]
    assert plain(as_line(past.draw(trend))).endswith("▁▂▄▇")


def test_a_kpi_over_a_part_of_its_window_says_so() -> None:
    spec = replace(KPI_SPECS[2], window_s=2_592_000)
    assert rule_words(replace(kpi(spec, 50.0), covers_s=130)) == "2m of 30d so far"
    counted = Verdict(
        level=Level.WARNING, phase=Phase.PENDING, why="x", failures=1, band=KPI_SPECS[0].bands[0]
    )
    band = replace(KPI_SPECS[0].bands[0], for_s=0, consecutive=3)
    shown = kpi(KPI_SPECS[0], 9.0, replace(counted, band=band))
    assert rule_words(shown) == "pending 1 of 3"


def test_what_has_just_begun_has_no_duration() -> None:
    def header(seconds: float) -> Line:
        since = replace(NOW, at=NOW.at, tick_s=NOW.tick_s - seconds)
        view = replace(VIEW, worst_since=since)
        return header_line(
            values.snapshot(view), view, Session(operator="d"), NOW, glyphs=UNICODE, width=160
        )

    assert "API production 503 just now" in plain(header(4))
    assert "API production 503 for 10s" in plain(header(12))


def test_the_author_of_a_deploy_is_whose_run_it_was() -> None:
    plain_deploy = deploy(1, PROD, "api", "aaaaaaa", DeployState.LIVE, "", "m", 10)
    run = deploy(2, PROD, "api", "aaaaaaa", DeployState.SUCCEEDED, "Maria Perez", "m", 10)
    silent = replace(plain_deploy.deploy, author=EMPTY)
    (release,) = releases((replace(plain_deploy, deploy=silent, run=run.deploy),))
    fields = {field.column.key: field for field in deploy_fields(VIEW, 120, NOW, UNICODE)}
    assert plain(as_line(fields["author"].draw(release))) == "Maria"


@pytest.mark.parametrize("width", [54, 76, 120])
def test_a_message_is_never_pushed_away_by_the_onset(width: int) -> None:
    late = deploy(1, PROD, "api", "aaaaaaa", DeployState.LIVE, "maria", "pool: raise max to 40", 10,
                  onset="onset −1m36s")  # fmt: skip
    (release,) = releases((late,))
    message = deploy_fields(VIEW, width, NOW, UNICODE)[-1].draw(release)
    assert plain(as_line(message)).startswith("pool:")
    assert "−1m36s" in plain(as_line(message))


async def title(pane: ListPane, size: tuple[int, int], status: PaneStatus) -> str:
    app = Host(pane)
    async with app.run_test(size=size) as pilot:
        pane.show(replace(VIEW, deploys_status=status), NOW)
        await pilot.pause()
        return screen(app)[0]


async def test_what_is_to_know_of_deploys_is_seen_at_every_width() -> None:
    words = ("API production: auto-deploy is off", "another")
    status = replace(VIEW.deploys_status, notices=words)
    told = "▲ 2: API production: auto-deploy is off"
    assert told in await title(DeploysPane(2), (160, 7), status)
    assert told in await title(AlertsPane(1), (80, 7), status)
    assert told not in await title(AlertsPane(1), (160, 7), status)


def test_a_row_of_alerts_fits_its_width() -> None:
    for width in (40, 54, 62, 76, 120):
        fields = {each.column.key: each for each in alert_fields(VIEW, width, NOW, UNICODE)}
        line = as_line(fields["what"].draw(waiting()))
        rest = sum(each.column.width + 1 for key, each in fields.items() if key != "what")
        assert line_width(line) <= max(width - rest, 36)
