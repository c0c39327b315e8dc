"""Systems that a product stands on besides hosting and database, by kind."""

from collections.abc import Mapping

from pydantic import Field

from tui.config.model_api_budget import ApiBudgetSystem
from tui.config.model_auth_security import AuthSecuritySystem
from tui.config.model_base import Setting
from tui.config.model_business import BusinessSystem
from tui.config.model_domains import DomainsSystem
from tui.config.model_github import GitHubSystem
from tui.config.model_google_calendar import GoogleCalendarSystem
from tui.config.model_pagerduty import PagerDutySystem
from tui.config.model_render import RenderSystem
from tui.config.model_resend import ResendSystem
from tui.config.model_scripts import ScriptsSystem
from tui.config.model_sentry import SentrySystem
from tui.config.model_slack import SlackSystem
from tui.config.model_stripe import StripeSystem
from tui.config.model_supabase import SupabaseAuthSystem, SupabaseSystem
from tui.config.model_system import Every, SystemSetting
from tui.config.model_vercel import VercelSystem
from tui.config.model_web_vitals import WebVitalsSystem
from tui.config.values import Name

__all__ = ["Every", "SystemSetting", "Systems"]


class Systems(Setting):
    """The systems of a workspace, by kind and name."""

    vercel: Mapping[Name, VercelSystem] = Field(
        default={}, description="Vercel projects: what serves, domains, variables, logs."
    )
    render: Mapping[Name, RenderSystem] = Field(
        default={}, description="Render services: instances, events, CPU and memory, logs."
    )
    github: Mapping[Name, GitHubSystem] = Field(
        default={}, description="GitHub repositories: runs, jobs, approvals, what holds up deploys."
    )
    auth_security: Mapping[Name, AuthSecuritySystem] = Field(
        default={}, description="Who tries to get in, and who gains power, from a database."
    )
    stripe: Mapping[Name, StripeSystem] = Field(
        default={}, description="Stripe: payments, webhooks, refunds, disputes, revenue."
    )
    resend: Mapping[Name, ResendSystem] = Field(
        default={}, description="Resend: whether e-mails arrive, and what sending stands on."
    )
    google_calendar: Mapping[Name, GoogleCalendarSystem] = Field(
        default={}, description="Google Calendar: whether it can be reached, and what is to come."
    )

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
    domains: Mapping[Name, DomainsSystem] = Field(
        default={}, description="Names, certificates and mail records."
    )
    web_vitals: Mapping[Name, WebVitalsSystem] = Field(
        default={}, description="Core web vitals and Lighthouse scores of critical pages."
    )
    business: Mapping[Name, BusinessSystem] = Field(
        default={}, description="Numbers of the business itself, beside last week's."
    )
    scripts: Mapping[Name, ScriptsSystem] = Field(
        default={}, description="Local scripts, and the backups they leave."
    )
    api_budget: Mapping[Name, ApiBudgetSystem] = Field(
        default={}, description="How much of the vendors' rate limits is used."
    )
