"""Parameters of one's own actions, as they are asked for and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.custom.values import Wanted
from actions.families import ParameterKind

if TYPE_CHECKING:
    from tui.config.model_actions_custom import CustomParameter


def wanted(name: str, given: CustomParameter) -> Wanted:
    """One parameter."""
    return Wanted(
        name=name,
        title=given.title,
        kind=ParameterKind(given.type),
        pattern=given.pattern or "",
        longest=given.longest,
        minimum=given.minimum,
        maximum=given.maximum,
        whole=given.whole,
        choices=given.choices,
        default=given.default,
        required=given.required,
    )
