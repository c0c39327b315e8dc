"""The configuration file as a whole, and every part of it by name."""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from tui.config.model_accounts import Account, KeyringEntry, SecretSource
from tui.config.model_api_budget import ApiBudgetSystem
from tui.config.model_auth_security import (
    AdministratorsTable,
    AuthSecuritySystem,
    ElevatedActionsTable,
    FailedSignInsTable,
)
from tui.config.model_base import Setting
from tui.config.model_business import BusinessEndpoint, BusinessList, BusinessNumber, BusinessSystem
from tui.config.model_databases import Database, DatabaseDepth, DatabaseEnvironment
from tui.config.model_domains import DomainHost, DomainsSystem, MailDomain
from tui.config.model_github import GitHubSystem
from tui.config.model_google_calendar import GoogleCalendarSystem
from tui.config.model_kpis import Alarm, Bands, Burning, Goal, Kpi, Limit, MetricSource, NoData
from tui.config.model_notices import (
    NoticeChannel,
    Notices,
    PagerDutyEvents,
    SlackChannel,
    TerminalNotices,
    Webhook,
)
from tui.config.model_pagerduty import PagerDutySystem
from tui.config.model_render import RenderLogs, RenderSystem
from tui.config.model_resend import ResendSystem
from tui.config.model_scripts import Backups, Script, ScriptsSystem
from tui.config.model_sentry import SentrySystem
from tui.config.model_services import (
    Assertion,
    CertificateDays,
    Check,
    Deploys,
    Metric,
    Runs,
    Service,
    ServiceEnvironment,
    VersionFrom,
)
from tui.config.model_settings import ConnectivitySettings, HistorySettings, Settings
from tui.config.model_slack import SlackSystem
from tui.config.model_stripe import StripeSystem
from tui.config.model_supabase import SupabaseAuthSystem, SupabaseSystem
from tui.config.model_systems import Systems
from tui.config.model_vercel import VercelLogs, VercelStaging, VercelSystem
from tui.config.model_web_vitals import VitalsPage, WebVitalsSystem
from tui.config.model_workspace import (
    Contact,
    Document,
    Environment,
    EscalationStep,
    Link,
    Runbook,
    Severity,
    StatusPage,
    Workspace,
)
from tui.config.values import Name

__all__ = [
    "Account",
    "AdministratorsTable",
    "Alarm",
    "ApiBudgetSystem",
    "Assertion",
    "AuthSecuritySystem",
    "Backups",
    "Bands",
    "Burning",
    "BusinessEndpoint",
    "BusinessList",
    "BusinessNumber",
    "BusinessSystem",
    "CertificateDays",
    "Check",
    "Config",
    "ConnectivitySettings",
    "Contact",
    "Database",
    "DatabaseDepth",
    "DatabaseEnvironment",
    "Deploys",
    "Document",
    "DomainHost",
    "DomainsSystem",
    "ElevatedActionsTable",
    "Environment",
    "EscalationStep",
    "FailedSignInsTable",
    "GitHubSystem",
    "Goal",
    "GoogleCalendarSystem",
    "HistorySettings",
    "KeyringEntry",
    "Kpi",
    "Limit",
    "Link",
    "MailDomain",
    "Metric",
    "MetricSource",
    "NoData",
    "NoticeChannel",
    "Notices",
    "PagerDutyEvents",
    "PagerDutySystem",
    "RenderLogs",
    "RenderSystem",
    "ResendSystem",
    "Runbook",
    "Runs",
    "Script",
    "ScriptsSystem",
    "SecretSource",
    "SentrySystem",
    "Service",
    "ServiceEnvironment",
    "Setting",
    "Settings",
    "Severity",
    "SlackChannel",
    "SlackSystem",
    "StatusPage",
    "StripeSystem",
    "SupabaseAuthSystem",
    "SupabaseSystem",
    "Systems",
    "TerminalNotices",
    "VercelLogs",
    "VercelStaging",
    "VercelSystem",
    "VersionFrom",
    "VitalsPage",
    "WebVitalsSystem",
    "Webhook",
    "Workspace",
]

FORMAT: Final = 1
"""The version of the file's format that this program reads."""

CommandId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]*$", max_length=64)]
KeyNames = Annotated[str, Field(min_length=1, max_length=64)]


def _known(version: int) -> int:
    if version != FORMAT:
        raise ValueError(f"this program reads version {FORMAT}")
    return version


class Config(Setting):
    """The whole file."""

    version: Annotated[int, AfterValidator(_known), WithJsonSchema({"const": FORMAT})] = Field(
        description="The version of this file's format."
    )
    settings: Settings = Field(default=Settings(), description="How the program itself behaves.")
    keys: Mapping[CommandId, KeyNames] = Field(
        default={}, description="Other keys for commands, by the id that `quarterdeck keys` shows."
    )
    secrets: Mapping[Name, SecretSource] = Field(
        default={},
        description="Where credentials come from, by name; never the credentials themselves.",
    )
    accounts: Mapping[Name, Account] = Field(
        default={}, description="Accounts with vendors, by name; services refer to them."
    )
    workspaces: Mapping[Name, Workspace] = Field(
        min_length=1, description="The products that are watched, by name."
    )
