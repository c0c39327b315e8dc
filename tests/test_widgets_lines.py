"""Header, footer, banner and vendors: what is said, and what goes first when there is no room."""

from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from monitor.alert_view import ResponseClock
from monitor.maintenance import Once, Span, Window
from monitor.snapshot import Counts, Snapshot
from monitor.states import Freshness
from monitor.verdicts import Level
from providers.clock import Moment
from providers.text import Foreign
from providers.vendor_readings import VendorState
from tests import snapshot_values as values
from tests.snapshot_values import NOW
from tests.values_common import ago
from tests.values_lists import vendor
from tests.widget_host import Host, lines, screen
from widgets.banner import Banner, banner_line
from widgets.cells import Cell, Tone, line_width, plain
from widgets.footer import footer_line
from widgets.frame import Hint
from widgets.glyphs import UNICODE
from widgets.header import Header, Seconds
from widgets.header_line import Session, header_line
from widgets.looks import lately, limit_words, steady
from widgets.one_line import OneLine, differing
from widgets.vendor_line import vendor_line
from widgets.vendors import VendorsPane

DANA = Session(operator="dana@bastion-1")


def later(seconds: float) -> Moment:
    return Moment(at=NOW.at + timedelta(seconds=seconds), tick_s=NOW.tick_s + seconds)


def header(
    width: int, *, session: Session = DANA, snapshot: Snapshot | None = None, now: Moment = NOW
) -> str:
    shown = snapshot or values.snapshot()
    view = shown.workspaces["lma"]
    line = header_line(shown, view, session, now, glyphs=UNICODE, width=width)
    assert line_width(line) == width
    return plain(line)


def test_a_wide_header_says_everything() -> None:
    words = header(160)
    for part in (
        " ■ CRITICAL   LMA  2 crit · 4 warn · 21 ok · 1 stale  worst: API production 503 for 4m40s",
        "dana@bastion-1  READ-ONLY  every 15s · live  16:32:49Z ",
    ):
        assert part in words


def test_the_least_needed_goes_first() -> None:
    assert "worst: API production 503 for 4m40s" in header(125)
    assert "every" not in header(125)
    assert "dana" not in header(120)
    assert "dana" not in header(80)
    assert header(80).endswith("READ-ONLY  16:32:49Z ")
    assert "  2 crit · 4 warn  " in header(72)
    assert "CRITICAL" in header(30)


def test_what_is_worst_gets_brief_before_it_goes() -> None:
    long = replace(values.incident(), worst="Requests/min, one source production 1080 > 1000")
    assert "worst: Requests/min, one sourc…  " in header(110, snapshot=values.snapshot(long))


def test_what_is_bad_is_counted_when_there_is_no_room_for_what_is_unknown() -> None:
    counts = Counts(critical=4, warning=15, unknown=10)
    calm, crowded = values.calm(), replace(values.incident(), counts=counts)
    other = replace(calm, spec=replace(calm.spec, name="localloop", title="LocalLoop"))
    other = replace(other, level=Level.UNKNOWN)
    both = replace(values.snapshot(crowded), workspaces={"lma": crowded, "localloop": other})
    assert "LMA  4 crit · 15 warn  ○ LocalLoop" in header(80, snapshot=both)


def test_nobody_answering_in_time_keeps_its_place() -> None:
    calm = values.incident()
    clock = ResponseClock(since=ago(2000).at, due=ago(1000).at, words="within 15m", met_at=None)
    late = replace(calm, alerts=(replace(calm.alerts[0], clock=clock), *calm.alerts[1:]))
    for width in (160, 120):
        assert " · response 16m over" in header(width, snapshot=values.snapshot(late))


def test_what_is_bad_in_another_product_is_told_at_any_width() -> None:
    calm, incident = values.calm(), values.incident()
    other = replace(incident, spec=replace(incident.spec, name="localloop", title="LocalLoop"))
    both = replace(values.snapshot(calm), workspaces={"lma": calm, "localloop": other})
    for width in (160, 120, 80):
        assert header(width, snapshot=both).startswith("  ● ALL OK  LMA  ")
        assert "  ■ LocalLoop  " in header(width, snapshot=both)
    fine = replace(both, workspaces={"lma": calm, "localloop": replace(calm, spec=other.spec)})
    assert "LocalLoop" not in header(160, snapshot=fine)
    unknown = replace(calm, spec=other.spec, level=Level.UNKNOWN)
    unsure = replace(both, workspaces={"lma": calm, "localloop": unknown})
    for width in (160, 120, 80):
        assert f"  {UNICODE.level(Level.UNKNOWN)} LocalLoop  " in header(width, snapshot=unsure)


@pytest.mark.parametrize("width", range(0, 200, 7))
def test_a_header_fits_any_width(width: int) -> None:
    header(width)


def test_nothing_wrong_is_said_quietly() -> None:
    words = header(120, snapshot=values.snapshot(values.calm()))
    assert words.startswith("  ● ALL OK  LMA  28 ok")


def test_a_silent_engine_is_told_in_place_of_its_freshness() -> None:
    assert "no data for 10s" in header(160, now=later(9))


def test_a_frozen_view_says_of_when_it_is() -> None:
    session = replace(DANA, paused=True)
    calm = values.snapshot(values.calm())
    for after_s in (0, 9, 900):
        words = header(160, snapshot=calm, now=later(after_s), session=session)
        assert f"as of {calm.at.at:%H:%M:%S}Z" in words
        assert "no data" not in words


def test_counts_of_nothing_are_left_out() -> None:
    snapshot = values.snapshot(replace(values.calm(), counts=Counts(ok=1, unknown=2)))
    assert "1 ok · 2 unknown " in header(120, snapshot=snapshot)


def test_an_armed_wall_and_a_demo_are_filled() -> None:
    session = replace(DANA, mode="ARMED 04:32", armed=True, demo=True, paused=True)
    snapshot = values.snapshot()
    view = snapshot.workspaces["lma"]
    line = header_line(snapshot, view, session, NOW, glyphs=UNICODE, width=160)
    filled = [cell.text.strip() for cell in line if cell.reverse]
    assert filled == ["■ CRITICAL", "DEMO", "PAUSED", "ARMED 04:32"]


async def test_a_second_on_the_clock_paints_one_column() -> None:
    shown = Header()
    async with Host(shown).run_test(size=(160, 3)) as pilot:
        shown.show(values.snapshot(), "lma", DANA, NOW)
        await pilot.pause()
        shown.show(values.snapshot(), "lma", DANA, later(0.9))
        assert shown._repaint_regions == set()
        shown.show(values.snapshot(), "lma", DANA, later(1.0))
        assert sum(region.area for region in shown._repaint_regions) <= 2


@pytest.mark.parametrize("width", [12, 44, 100, 160])
async def test_what_is_kept_of_a_header_is_what_would_be_made_anew(width: int) -> None:
    shown, soon = Header(), later(70).at
    window = Window(key="w", title="Upgrade", when=Once(begins=soon, ends=later(90).at))
    coming = (Span(window=window, begins=soon, ends=later(90).at),)
    snapshots = (
        values.snapshot(),
        values.snapshot(replace(values.incident(), coming=coming)),
        values.snapshot(values.calm()),
    )
    paused = replace(DANA, paused=True)
    async with Host(shown).run_test(size=(width, 3)):
        for session in (DANA, paused, replace(DANA, zone=ZoneInfo("Asia/Tokyo"))):
            for snapshot in snapshots:
                view = snapshot.workspaces["lma"]
                for second in range(0, 80, 3):
                    shown.show(snapshot, "lma", session, later(second))
                    assert shown.shown == header_line(
                        snapshot, view, session, later(second), glyphs=UNICODE, width=width
                    )


@pytest.mark.parametrize("part", [each / 20 for each in range(20)])
@pytest.mark.parametrize(("early_s", "late_s"), [(0.0, 0.0), (0.9, 1.1), (1.02, 0.98)])
def test_no_second_is_skipped_by_a_look_that_is_a_little_late(
    part: float, early_s: float, late_s: float
) -> None:
    seconds, shown, passed_s = Seconds(), [], part
    for count in range(40):
        now = later(passed_s)
        told = seconds.at(now).at
        assert 0 <= (now.at - told).total_seconds() < 1.2
        shown.append(told)
        passed_s += (late_s if count % 2 else early_s) or 1.0
    apart = {(b - a).total_seconds() for a, b in pairwise(shown)}
    assert apart <= ({1.0} if not early_s else {0.0, 1.0})


def test_a_look_that_is_really_late_shows_the_time_there_is() -> None:
    seconds = Seconds()
    seconds.at(NOW)
    assert seconds.at(later(2.0)).at == later(2.0).at
    set_back = replace(later(3.0), at=NOW.at - timedelta(hours=2))
    assert seconds.at(set_back).at == set_back.at
    set_forth = replace(later(4.0), at=NOW.at + timedelta(hours=2))
    assert seconds.at(set_forth).at == set_forth.at


async def test_a_workspace_that_is_gone_leaves_the_header_as_it_was() -> None:
    shown = Header()
    async with Host(shown).run_test(size=(160, 3)):
        shown.show(values.snapshot(), "gone", DANA, NOW)
        assert shown.shown == ()


def test_lines_differ_from_the_first_to_the_last_changed_column() -> None:
    old = (Cell("16:32:49Z"), Cell(" ok", Tone.OK))
    assert differing(old, (Cell("16:32:50Z"), Cell(" ok", Tone.OK))) == (6, 8)
    assert differing(old, (Cell("16:32:49Z"), Cell(" ok", Tone.MUTED))) == (9, 12)
    assert differing(old, old) == (0, 0)
    assert differing(old, (Cell("short"),)) == (0, 12)
    assert differing((Cell("東a"),), (Cell("東b"),)) == (2, 3)


def test_the_footer_shows_whole_hints_only() -> None:
    hints = (Hint(key="?", words="help"), Hint(key="q", words="quit"))
    assert plain(footer_line(hints, 40)) == " ? help  q quit"
    assert plain(footer_line(hints, 15)) == " ? help"


def test_a_key_that_does_nothing_now_is_dim() -> None:
    (_, key, _) = footer_line((Hint(key="B", words="rollback…", live=False),), 40)
    assert key.tone is Tone.MUTED


@pytest.mark.parametrize(
    ("snapshot", "expected"),
    [
        (values.snapshot(), ""),
        (values.offline(), " OFFLINE  I am offline for 1m30s: no connection to 1.1.1.1:443."),
        (values.broken_config(), " CONFIG  the old configuration stays in use: config.yaml:12"),
        (replace(values.snapshot(), history_problem="disk full"), " HISTORY  disk full"),
        (replace(values.snapshot(), notices=("one", "two")), " NOTE  one · two"),
    ],
)
def test_the_banner_tells_the_worst_about_ourselves(snapshot: Snapshot, expected: str) -> None:
    assert expected in plain(banner_line(snapshot, NOW))


async def test_the_banner_takes_a_line_only_while_it_speaks() -> None:
    banner, rest = Banner(), OneLine()
    app = Host(banner, rest)
    async with app.run_test(size=(100, 4)) as pilot:
        banner.show(values.snapshot(), NOW)
        await pilot.pause()
        assert rest.region.y == 0
        banner.show(values.offline(), NOW)
        await pilot.pause()
        assert rest.region.y == 1
        assert "OFFLINE" in screen(app)[0]
        assert "OFFLINE" in lines(banner)[0]


def test_a_page_that_can_not_be_read_says_nothing_of_its_vendor() -> None:
    gone = vendor("Stripe", VendorState.OPERATIONAL, freshness=Freshness.UNKNOWN)
    first = vendor("Sentry", VendorState.OPERATIONAL, freshness=Freshness.LOADING)
    line = vendor_line((gone, first), NOW, glyphs=UNICODE, width=80, words=True)
    assert plain(line) == "○ Stripe unknown   · Sentry"
    assert Tone.OK not in {cell.tone for cell in line}


async def test_old_status_pages_are_never_green() -> None:
    pane = VendorsPane()
    async with Host(pane).run_test(size=(160, 4)) as pilot:
        pane.show(values.stale(), NOW)
        await pilot.pause()
        tones = {cell.tone for cell in pane.strip.shown if cell.text.strip()}
    assert Tone.OK not in tones
    assert Tone.WARNING in tones


def test_a_vendor_in_trouble_is_told_with_words_and_age() -> None:
    line = vendor_line(values.incident().vendors, NOW, glyphs=UNICODE, width=200, words=True)
    assert "▲ Supabase pooler latency · 2m" in plain(line)


def test_words_of_several_vendors_in_trouble_share_the_room() -> None:
    (slow,) = [one for one in values.incident().vendors if one.name == "Supabase"]
    assert slow.reading is not None
    said = replace(slow.reading, description=Foreign("elevated latency of pooled connections"))
    both = (replace(slow, reading=said), replace(slow, name="Render", reading=said))
    lines = [
        plain(vendor_line(both, NOW, glyphs=UNICODE, width=width, words=True))
        for width in (120, 90, 64, 40)
    ]
    assert ["pooled connections" in line for line in lines] == [True, False, False, False]
    assert ["elevated lat" in line for line in lines] == [True, True, True, False]


def test_levels_have_words_beside_their_colours() -> None:
    for level in Level:
        view = replace(values.calm(), level=level)
        words = header(120, snapshot=values.snapshot(view))
        assert any(word in words for word in ("ALL OK", "UNKNOWN", "WARNING", "CRITICAL"))


def test_spans_do_not_tick() -> None:
    assert [steady(seconds) for seconds in (3, 7, 59, 60, 69, 71)] == [0, 5, 55, 60, 60, 70]
    assert [lately(seconds) for seconds in (3, 285, 1860, 11_000)] == ["now", "4m40s", "31m", "3h"]


def test_limits_are_told_without_zeros_that_say_nothing() -> None:
    assert limit_words(5000, "ms") == "5 s"
    assert limit_words(99.5, "%") == "99.5 %"
    assert limit_words(100, "%") == "100 %"
    assert limit_words(200, "count") == "200"


def test_ages_are_of_the_moment_given() -> None:
    assert ago(60).age_s(NOW) == 60
