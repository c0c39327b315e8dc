"""What may be done in a workspace: what its actions need to know besides what is watched."""

from collections.abc import Mapping

from pydantic import Field

from tui.config.model_actions_custom import CustomAction
from tui.config.model_actions_database import DatabaseActions
from tui.config.model_actions_pagerduty import PagerDutyActions
from tui.config.model_actions_people import PeopleActions
from tui.config.model_actions_scripts import ScriptActions
from tui.config.model_actions_workflows import WorkflowAction
from tui.config.model_base import Setting
from tui.config.values import Name


class Actions(Setting):
    """What actions need to know; each still asks the guard."""

    workflows: Mapping[Name, WorkflowAction] = Field(
        default={},
        max_length=64,
        description="What the workflow of a service is started with, by service; which workflow "
        "it is, its `runs` say.",
    )
    database: DatabaseActions = Field(
        default=DatabaseActions(), description="Which sessions are never cancelled or ended."
    )
    people: PeopleActions | None = Field(
        default=None,
        description="Where the product's users are. Left out: no action on users is offered.",
    )
    pagerduty: PagerDutyActions = Field(
        default=PagerDutyActions(), description="As whom incidents of PagerDuty are changed."
    )
    scripts: ScriptActions = Field(
        default=ScriptActions(), description="What the product's scripts are there for."
    )
    custom: Mapping[Name, CustomAction] = Field(
        default={}, max_length=64, description="Actions of your own, by name."
    )
