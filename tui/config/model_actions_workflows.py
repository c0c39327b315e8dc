"""What workflows are started with."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from tui.config.model_base import Setting
from tui.config.values import Name

InputName = Annotated[str, Field(min_length=1, max_length=100)]
InputValue = Annotated[str, Field(max_length=1_000)]


class WorkflowInput(Setting):
    """An input of a workflow, for when its file can not be read."""

    options: tuple[InputValue, ...] = Field(
        default=(), max_length=50, description="Only one of these. Empty: any text."
    )
    default: InputValue = Field(default="", description="Sent when nobody says otherwise.")
    required: bool = Field(default=False, description="Whether it may not be left out.")
    heavy: tuple[InputValue, ...] = Field(
        default=(),
        max_length=50,
        description="Values with which the deploy is shown as heavy as an outage, such as all.",
    )


class WorkflowAction(Setting):
    """How the workflow of one service is started."""

    ref: Mapping[Name, Annotated[str, Field(min_length=1, max_length=255)]] = Field(
        default={},
        description="The branch to deploy from, by environment. Left out: the branch of its "
        "`runs`.",
    )
    fixed: Mapping[Name, Mapping[InputName, InputValue]] = Field(
        default={},
        description="Inputs that always have this value, by environment; nobody says otherwise. "
        "An input called environment is the environment's name by itself.",
    )
    inputs: Mapping[InputName, WorkflowInput] = Field(
        default={},
        max_length=25,
        description="Its other inputs. They are read from the workflow's file; these are for a "
        "token that may not read contents, and for the form.",
    )
