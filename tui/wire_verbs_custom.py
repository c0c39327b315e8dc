"""Actions of one's own, as the configuration describes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from actions.custom.by_http import ByHttp, HttpTemplate, ReadByHttp
from actions.custom.by_script import ByScript
from actions.custom.by_sql import BySql, ReadBySql, StatementTemplate
from actions.custom.definition import Definition, Means, On, ReadBack, Where
from actions.custom.family import CustomFamily
from actions.custom.templates import body_of
from actions.database.transactions import Transactions
from actions.plan import Danger
from actions.scripts.records import Records
from providers.script_values import ScriptSpec
from tui.wire_custom_values import wanted
from tui.wire_endpoints import assertion
from tui.wire_names import database_id
from tui.wire_verbs_database import grounds
from tui.wire_verbs_scripts import records_folder

if TYPE_CHECKING:
    from actions.database.ground import Grounds
    from actions.families import Family
    from providers.clock import Clock
    from providers.http import Api
    from tui.config.model import Config, Workspace
    from tui.config.model_actions_custom import CustomAction, CustomHttp, VerifyHttp
    from tui.wire_clients import Clients


def families(
    config: Config, apis: Mapping[str, Api], shared: Clients, clock: Clock
) -> list[Family]:
    """The one family; empty where nobody describes an action."""
    if not any(workspace.actions.custom for workspace in config.workspaces.values()):
        return []
    wiring = _Wiring(config, apis, grounds(config, shared))
    return [CustomFamily(tuple(wiring.definitions()), clock)]


class _Wiring:
    """Makes the definitions of all workspaces."""

    def __init__(self, config: Config, apis: Mapping[str, Api], grounds: Grounds) -> None:
        self._config = config
        self._apis = apis
        self._grounds = grounds
        self._transactions = Transactions()
        self._records = Records(records_folder())
        names = [name for one in config.workspaces.values() for name in one.actions.custom]
        self._twice = {name for name in names if names.count(name) > 1}

    def definitions(self) -> Iterator[Definition]:
        for name, workspace in self._config.workspaces.items():
            for key, action in workspace.actions.custom.items():
                yield self._definition(name, workspace, key, action)

    def _name(self, workspace: str, key: str) -> str:
        """`custom.flush-cache`; with the workspace where two have an action of the name."""
        return f"custom.{workspace}.{key}" if key in self._twice else f"custom.{key}"

    def _definition(
        self, name: str, workspace: Workspace, key: str, action: CustomAction
    ) -> Definition:
        other = workspace.actions.custom.get(action.undo or "")
        places = (self._where(name, workspace, key, action, one) for one in action.environments)
        return Definition(
            name=self._name(name, key),
            workspace=name,
            title=action.title,
            on=On(action.target),
            danger=Danger(action.danger),
            cool_down_s=action.cool_down_s,
            parameters=tuple(wanted(name, one) for name, one in action.parameters.items()),
            confirm=action.confirm or "",
            undo=self._name(name, action.undo) if action.undo else "",
            undo_title=other.title if other is not None else "",
            undo_takes=frozenset(other.parameters if other is not None else ()),
            no_undo=action.no_undo,
            side_effects=action.side_effects,
            where={place.environment: place for place in places},
        )

    def _where(
        self, name: str, workspace: Workspace, key: str, action: CustomAction, environment: str
    ) -> Where:
        source = ""
        if action.sql is not None:
            source = str(database_id(name, environment, action.sql.database))
        return Where(
            environment=environment,
            production=workspace.environments[environment].production,
            means=self._means(name, key, action, environment),
            verify=self._verify(name, action, environment),
            rows=_rows(workspace, action, environment),
            source=source,
        )

    def _means(self, name: str, key: str, action: CustomAction, environment: str) -> Means:
        if action.http is not None:
            account = action.http.account
            url = self._config.accounts[account].url
            return ByHttp(self._apis[account], url, account, _template(action.http))
        if action.sql is not None:
            ground = self._grounds.of(f"{name}/{environment}/{action.sql.database}")
            statements = tuple(
                StatementTemplate(title=one.title, sql=one.sql, values=one.values, rows=one.rows)
                for one in action.sql.statements
            )
            return BySql(ground, statements, self._transactions)
        script = action.script
        if script is None:
            raise ValueError(f"{key} has no means: the configuration was not checked")
        spec = ScriptSpec(
            name=f"{name}-custom-{key}-{environment}",
            argv=script.argv,
            folder=script.folder,
            timeout_s=script.timeout_s,
            environment=script.environment_variables,
        )
        return ByScript(spec, self._records)

    def _verify(self, name: str, action: CustomAction, environment: str) -> ReadBack | None:
        told = action.verify
        if told is None:
            return None
        if told.http is not None:
            expected = tuple(assertion(one) for one in told.http.assertions)
            return ReadByHttp(self._apis[told.http.account], _asked(told.http), expected)
        if told.sql is None:
            return None
        ground = self._grounds.of(f"{name}/{environment}/{told.sql.database}")
        statement = StatementTemplate(title="the SELECT", sql=told.sql.sql, values=told.sql.values)
        return ReadBySql(ground, statement)


def _template(http: CustomHttp) -> HttpTemplate:
    return HttpTemplate(
        method=http.method,
        path=http.path,
        query=http.query,
        body=None if http.json_body is None else body_of(http.json_body),
    )


def _asked(http: VerifyHttp) -> HttpTemplate:
    return HttpTemplate(method="GET", path=http.path, query=http.query)


def _rows(workspace: Workspace, action: CustomAction, environment: str) -> dict[str, str]:
    """Titles of what it can be done to, by name."""
    if action.target == "service":
        return {
            name: one.title
            for name, one in workspace.services.items()
            if environment in one.environments
        }
    if action.target == "database":
        return {
            name: one.title
            for name, one in workspace.databases.items()
            if environment in one.environments
        }
    return {}
