"""Which workflows, scripts and actions of one's own a row is offered; pure."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from actions.custom.definition import Definition, On, Where
from actions.custom.family import CustomFamily
from actions.families import Catalogue, Family, Offer, Row
from actions.plan import Danger
from actions.scripts.family import ScriptFamily
from actions.scripts.places import ScriptPlace, Use
from actions.scripts.records import Records
from actions.workflows.family import WorkflowFamily
from actions.workflows.places import WorkflowPlace
from actions.workflows.repo import Repo
from monitor.snapshot import WorkspaceView
from providers.clock import SystemClock
from providers.deploy_readings import DeployState
from providers.http import Api
from providers.readings import SourceId
from providers.script_mapping import BackupOptions
from providers.script_values import ScriptSpec
from providers.system_readings import Condition, Record
from providers.text import Foreign
from tests.snapshot_values import incident
from tests.test_verb_custom import program
from tests.values_common import PROD, STG
from tests.values_lists import deploy

CLOCK = SystemClock()
REPO = Repo(Api(system="x", base_url="http://127.0.0.1:1", clock=CLOCK), "", "lma/api")
USER = "7b1f7f0e-3c1d-4a4e-9d1c-0d4f5a6b7c8d"
LIVE = deploy(1, PROD, "api", "7d20b5e", DeployState.LIVE, "maria", "pool", 320)


def workflows() -> WorkflowFamily:
    places = [
        WorkflowPlace(
            workspace="lma", environment=environment, production=environment == PROD,
            service="api", title="API", repo=REPO, workflow="deploy-api.yml", branch="main",
            fixed={}, boards=("lma/production/github/main",),
        )
        for environment in (PROD, STG)
    ]  # fmt: skip
    return WorkflowFamily(places, CLOCK)


def scripts(tmp_path: Path) -> ScriptFamily:
    backups = BackupOptions(
        key="backups-master", title="B", folder="/b", pattern="*", warning_s=1, critical_s=2
    )
    places = [
        ScriptPlace(
            workspace="lma", environment=PROD, production=True, use=use, system="ops",
            title=use.value, spec=ScriptSpec(name=use.value, argv=("/bin/true",)),
            backups=backups, with_file=use is Use.VERIFY, source="lma/production/scripts/ops",
        )
        for use in (Use.BACKUP, Use.VERIFY)
    ]  # fmt: skip
    return ScriptFamily(places, Records(tmp_path), CLOCK)


def own(tmp_path: Path, on: On, rows: dict[str, str]) -> CustomFamily:
    where = {
        environment: Where(
            environment=environment, production=environment == PROD, means=program(tmp_path),
            rows=rows,
        )
        for environment in (PROD, STG)
    }  # fmt: skip
    made = Definition(
        name="custom.try", workspace="lma", title="Try", on=on, danger=Danger.LIGHT,
        cool_down_s=0.0, parameters=(), where=where,
    )  # fmt: skip
    return CustomFamily([made], CLOCK)


def offered(family: Family, row: Row, pane: WorkspaceView | None = None) -> Sequence[Offer]:
    return Catalogue([family]).offers(pane or incident(), row)


def test_a_deploy_offers_its_workflow_and_to_cancel_its_run() -> None:
    run = replace(LIVE.deploy, vendor="GitHub", id="4711", state=DeployState.BUILDING)
    begun, cancel = offered(workflows(), Row(thing=replace(LIVE, deploy=run)))
    _, over = offered(
        workflows(), Row(thing=replace(LIVE, run=replace(run, state=DeployState.FAILED)))
    )
    hosted = offered(workflows(), Row(thing=LIVE))

    assert (begun.card.name, begun.card.key) == ("deploy-api", "D")
    assert begun.target.identity == "github:lma/api/deploy-api.yml@production"
    assert (cancel.card.key, cancel.target.short_name, cancel.refused) == ("K", "4711", "")
    assert "is over" in over.refused
    assert [one.card.name for one in hosted] == ["deploy-api"]


@pytest.mark.parametrize(("word", "refused"), [("in_progress", False), ("success", True)])
def test_a_run_of_the_board_is_held_to_the_strictest(word: str, refused: bool) -> None:
    run = Record(id="4711", title=Foreign("CI"), condition=Condition.FINE, state=Foreign(word))
    source = SourceId("lma/production/github/main")
    (offer,) = offered(workflows(), Row(thing=None, source=source, section="runs", record=run))
    elsewhere = SourceId("lma/production/github/other")

    assert offer.target.identity == "github:lma/api/runs/4711"
    assert offer.target.production
    assert bool(offer.refused) is refused
    assert offered(workflows(), Row(thing=None, source=elsewhere, section="runs", record=run)) == ()


@pytest.mark.parametrize(("focus", "environment"), [("", PROD), (PROD, PROD), (STG, STG)])
def test_an_endpoint_means_the_environment_in_focus(
    tmp_path: Path, focus: str, environment: str
) -> None:
    row = next(one for one in incident().endpoints if one.spec.service == "api")
    (begun,) = offered(workflows(), Row(thing=row, environment=focus))
    service = own(tmp_path, On.SERVICE, {"api": "API"})
    (tried,) = offered(service, Row(thing=row, environment=focus))
    (nowhere,) = offered(own(tmp_path, On.NONE, {}), Row(thing=row, environment=focus))

    assert [one.target.environment for one in (begun, tried, nowhere)] == [environment] * 3
    assert tried.target.name.text == "API"


def test_a_session_means_its_database(tmp_path: Path) -> None:
    pane = incident()
    view = pane.databases[0]
    family = own(tmp_path, On.DATABASE, {view.spec.name: "Database"})
    (by_view,) = offered(family, Row(thing=view), pane)
    (by_row,) = offered(family, Row(thing=view.rows[0]), pane)
    other = offered(own(tmp_path, On.DATABASE, {"other": "O"}), Row(thing=view), pane)

    assert by_view.target == by_row.target
    assert by_view.target.identity == f"custom.try@lma/production/{view.spec.name}"
    assert other == ()


def test_a_user_of_the_security_board_is_offered_by_id(tmp_path: Path) -> None:
    record = Record(id=USER, title=Foreign("e…@example.com"), condition=Condition.FINE)
    family = own(tmp_path, On.USER, {})
    (offer,) = offered(family, Row(thing=None, section="banned", record=record))
    none = offered(family, Row(thing=None, section="server", record=record))
    hostile = replace(record, id="'; DROP", title=Foreign("x"))

    assert offer.target.identity.endswith(USER)
    assert none == ()
    assert offered(family, Row(thing=None, section="banned", record=hostile)) == ()


def test_a_backup_s_row_names_the_file(tmp_path: Path) -> None:
    family = scripts(tmp_path)
    source = SourceId("lma/production/scripts/ops")
    file = Record(id="master_1.gz", title=Foreign("master_1.gz"), condition=Condition.FINE)
    named = offered(family, Row(thing=None, source=source, section="backups-master", record=file))
    script = replace(file, id="backup")
    one = offered(family, Row(thing=None, source=source, section="scripts", record=script))
    board = offered(family, Row(thing=None, source=source))
    elsewhere = offered(family, Row(thing=None, source=SourceId("lma/production/scripts/x")))

    assert {each.card.name: dict(each.given) for each in named} == {
        "backup": {},
        "verify-backup": {"file": "master_1.gz"},
    }
    assert [each.card.name for each in one] == ["backup"]
    assert len(board) == 2
    assert elsewhere == ()
