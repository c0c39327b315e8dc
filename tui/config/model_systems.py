"""Systems that a product stands on besides hosting and database, by kind."""

from collections.abc import Mapping

from pydantic import Field

from tui.config.model_base import Setting
from tui.config.model_pagerduty import PagerDutySystem
from tui.config.model_sentry import SentrySystem
from tui.config.model_slack import SlackSystem
from tui.config.model_supabase import SupabaseAuthSystem, SupabaseSystem
from tui.config.model_system import Every, SystemSetting
from tui.config.values import Name

__all__ = ["Every", "SystemSetting", "Systems"]


class Systems(Setting):
    """The systems of a workspace, by kind and name."""

    sentry: Mapping[Name, SentrySystem] = Field(
        default={}, description="Sentry: errors, new issues and releases."
    )
    pagerduty: Mapping[Name, PagerDutySystem] = Field(
        default={}, description="PagerDuty: open incidents and who is on call."
    )
    slack: Mapping[Name, SlackSystem] = Field(
        default={}, description="Slack: the channel in which people are told."
    )
    supabase: Mapping[Name, SupabaseSystem] = Field(
        default={}, description="Supabase projects: state, disk, backups, advisors, metrics, logs."
    )
    supabase_auth: Mapping[Name, SupabaseAuthSystem] = Field(
        default={}, description="Supabase Auth: the users of a project, and who is suspended."
    )
