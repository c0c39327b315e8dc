"""Columns as values, and rows that are made only when their thing has changed."""

from msgspec import Struct
from msgspec.structs import replace

from monitor.snapshot import WorkspaceView
from monitor.verdicts import BandName, Comparison, Level, Phase, Verdict
from providers.database_readings import SessionState
from providers.deploy_readings import DeployState
from tests import snapshot_values as values
from tests.snapshot_values import NOW
from tests.values_common import PROD, STG
from tests.values_database import session
from tests.values_kpis import KPI_SPECS, band, kpi
from tests.values_lists import deploy
from widgets.cells import Cell, as_line, plain
from widgets.columns import Column
from widgets.deploy_fields import deploy_fields, releases
from widgets.endpoint_fields import ceiling_ms, endpoint_fields, pair_of, pen_for
from widgets.fields import Field, RowMaker, columns_of, row_of
from widgets.glyphs import UNICODE
from widgets.kpi_fields import band_words, rule_words
from widgets.looks import pending_words, recovering_words
from widgets.query_fields import query_fields
from widgets.scope import only
from widgets.tiers import Tier, room_for_wall, tier_of


class Thing(Struct, frozen=True):
    name: str
    size: float


def counting(drawn: list[str]) -> tuple[Field[Thing], ...]:
    def draw(thing: Thing) -> Cell:
        drawn.append(thing.name)
        return Cell(thing.name.title())

    return (
        Field(column=Column(key="name", width=8), draw=draw),
        Field(column=Column(key="size", width=4), draw=lambda thing: Cell(f"{thing.size:g} kB"),
              rank=lambda thing: thing.size),
    )  # fmt: skip


def test_a_row_sorts_by_rank_or_by_its_text() -> None:
    row = row_of(Thing("API", 12.0), counting([]), "a")
    assert row.order == ("api", 12.0)
    assert row.text() == "Api 12 kB"


def test_only_what_changed_is_made_anew() -> None:
    drawn: list[str] = []
    maker, fields = RowMaker(), counting(drawn)
    things = [Thing("a", 1), Thing("b", 1)]
    first = maker.rows(things, fields, lambda thing: thing.name, "wide")
    second = maker.rows([Thing("a", 1), Thing("b", 2)], fields, lambda thing: thing.name, "wide")
    assert drawn == ["a", "b", "b"]
    assert second[0] is first[0]
    maker.rows(things, fields, lambda thing: thing.name, "narrow")
    assert drawn == ["a", "b", "b", "a", "b"]


def test_a_thing_that_went_is_forgotten() -> None:
    drawn: list[str] = []
    maker, fields = RowMaker(), counting(drawn)
    for things in ([Thing("a", 1)], [], [Thing("a", 1)]):
        maker.rows(things, fields, lambda thing: thing.name, 0)
    assert drawn == ["a", "a"]


def incident() -> WorkspaceView:
    return values.incident()


def test_production_stands_on_the_left() -> None:
    view = incident()
    turned = replace(view, spec=replace(view.spec, environments=view.spec.environments[::-1]))
    assert pair_of(view) == pair_of(turned) == (PROD, STG)


def test_one_environment_has_the_room_of_two() -> None:
    view = only(incident(), PROD)
    fields = endpoint_fields(view, Tier.NORMAL, pen_for(view, NOW, UNICODE))
    widths = {column.key: column.width for column in columns_of(fields)}
    assert widths["production.history"] == 40
    assert "drift" not in widths


def test_calm_histories_are_held_against_half_of_slow() -> None:
    view = values.calm()
    assert ceiling_ms(view.endpoints, pair_of(view)) == 1000
    assert ceiling_ms(incident().endpoints, pair_of(view)) == 2140


def test_one_environment_leaves_the_other_out_everywhere() -> None:
    view = only(incident(), STG)
    assert view.alerts == ()
    assert {each.deploy.environment for each in view.deploys} == {STG}
    assert all(set(row.cells) == {STG} for row in view.endpoints)
    assert {event.environment for event in view.timeline} <= {STG, ""}
    assert only(incident(), "") == incident()


def test_a_rule_in_words() -> None:
    spec = KPI_SPECS[1]
    assert rule_words(kpi(spec, 2000.0)) == "> 5 s for 15m"
    assert rule_words(kpi(KPI_SPECS[2], 99.97)) == "target only 99.9%"
    assert rule_words(replace(kpi(KPI_SPECS[2], 99.5), missed_target=True)) == "past 99.9 %"
    assert band_words(None, "%") == "trend"
    twice = replace(band(BandName.CRITICAL, 2, comparison=Comparison.AT_LEAST), consecutive=3)
    assert band_words(twice, "count") == ">= 2 ×3"


def test_a_kpi_without_a_number_says_why() -> None:
    unknown = Verdict(level=Level.UNKNOWN, phase=Phase.UNKNOWN, why="no data")
    assert rule_words(kpi(KPI_SPECS[0], None, unknown, reason="3 of 20 attempts")) == (
        "3 of 20 attempts"
    )


def test_waiting_times_keep_their_unit() -> None:
    assert pending_words(372, 900) == "pending 6m/15m"
    assert pending_words(42, 900) == "pending 40s/15m"
    assert recovering_words(60, 300) == "clearing 1m/5m"
    assert recovering_words(5, 0) == "clearing"


def test_releases_join_neighbours_of_one_commit_only() -> None:
    live = DeployState.LIVE
    made = releases(
        (
            deploy(1, PROD, "web", "aaaaaaa", live, "d", "m", 10),
            deploy(2, PROD, "admin", "aaaaaaa", live, "d", "m", 11),
            deploy(3, STG, "web", "aaaaaaa", live, "d", "m", 12),
            deploy(4, PROD, "api", "bbbbbbb", live, "d", "m", 13),
            deploy(5, PROD, "old", "aaaaaaa", DeployState.PREVIOUS, "d", "m", 14),
        )
    )
    assert [len(release.deploys) for release in made] == [2, 1, 1, 1]


def test_a_commit_message_is_its_first_line_as_it_is() -> None:
    message = "[red]fix[/] [@click=app.quit]x[/]\n\nbody"
    (release,) = releases((deploy(1, PROD, "api", "aaaaaaa", DeployState.LIVE, "d", message, 10),))
    fields = deploy_fields(incident(), 120, NOW, UNICODE)
    assert plain(as_line(fields[-1].draw(release))) == "[red]fix[/] [@click=app.quit]x[/]"


def test_a_running_deploy_has_a_sign_and_a_word() -> None:
    (release,) = releases((deploy(1, PROD, "api", "aaaaaaa", DeployState.BUILDING, "d", "m", 10),))
    fields = {field.column.key: field for field in deploy_fields(incident(), 120, NOW, UNICODE)}
    assert plain(as_line(fields["sign"].draw(release))) == "◐"
    assert plain(as_line(fields["state"].draw(release))) == "builds"


def test_a_prepared_transaction_and_several_blockers_are_named() -> None:
    (row,) = incident().databases[0].rows[1:2]
    blocked = session(7, "api", "x", 10, wait="Lock:transactionid", blocked_by=(0, 12, 13))
    fields = {field.column.key: field for field in query_fields(Tier.WIDE, UNICODE)}
    shown = replace(row, session=blocked)
    assert plain(as_line(fields["blocked"].draw(shown))) == "└ prepared +2"
    assert plain(as_line(fields["wait"].draw(shown))) == "Lock:txid"
    idle = replace(row, session=session(7, "", "", 10, state=SessionState.IDLE_IN_TRANSACTION))
    assert plain(as_line(fields["app"].draw(idle))) == "lma_api"
    assert plain(as_line(fields["state"].draw(idle))) == "idle in tx"


def test_steps_of_the_wall() -> None:
    assert [tier_of(width) for width in (80, 99, 100, 149, 150, 199, 200)] == [
        Tier.NARROW, Tier.NARROW, Tier.NORMAL, Tier.NORMAL, Tier.WIDE, Tier.WIDE, Tier.HUGE,
    ]  # fmt: skip
    assert room_for_wall(80, 24)
    assert not room_for_wall(79, 24)
    assert not room_for_wall(80, 23)
