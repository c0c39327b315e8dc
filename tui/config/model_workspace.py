"""A workspace: one product with everything that belongs to it."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from tui.config.durations import Duration, lasting
from tui.config.model_actions import Actions
from tui.config.model_base import Setting
from tui.config.model_databases import Database
from tui.config.model_kpis import Kpi
from tui.config.model_maintenance import Maintenance
from tui.config.model_notices import Notices
from tui.config.model_response import BusinessHours, ResponseByLevel, ResponseTime
from tui.config.model_services import Service
from tui.config.model_systems import Systems
from tui.config.values import BaseUrl, Citation, Name, Url, YearMonth


class Runbook(Setting):
    """The document that the numbers come from."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")] = Field(
        max_length=31, description="What stands before the colon where a line is cited: A in A:252."
    )
    title: str = Field(min_length=1, max_length=120, description="Its title.")
    path: str | None = Field(
        default=None, min_length=1, max_length=1024, description="Where it lies, as a file."
    )
    url: Url | None = Field(default=None, description="Where it lies, on the web.")
    reviewed: YearMonth | None = Field(
        default=None, description='When it was last reviewed, in quotes: "2025-01".'
    )
    review_every_s: Annotated[Duration, lasting("1d", "3650d")] | None = Field(
        default=None,
        alias="review_every",
        description="How often it should be; past that it is marked.",
    )


class Environment(Setting):
    """Where services run."""

    label: str = Field(min_length=1, max_length=12, description="Short, for headers: PROD.")
    production: bool = Field(
        default=False, description="Whether real users are on it: the strictest rules hold."
    )
    read_only: bool | None = Field(
        default=None,
        description="Refuse every action there; settings.read_only refuses them everywhere. Left "
        "out: true in production, false elsewhere.",
    )
    lease_s: Annotated[Duration, lasting("1m", "8h")] = Field(
        default=1_800.0,
        alias="lease",
        description="How long it may be armed at once, at most; nothing is sent to what is not.",
    )
    approval: bool = Field(
        default=False,
        description="Whether a second person has to agree to each action, within an hour before "
        "it. Needs settings.shared_folder.",
    )

    @property
    def forbids_changes(self) -> bool:
        """Whether every action there is refused."""
        return self.production if self.read_only is None else self.read_only


class StatusPage(Setting):
    """A vendor's status page."""

    title: str = Field(min_length=1, max_length=80, description="The vendor's name.")
    url: BaseUrl = Field(description="The page's address.")
    format: Literal["statuspage", "google", "slack", "stripe"] = Field(
        default="statuspage",
        description="What it speaks: statuspage (Atlassian's, which most have), google "
        "(/incidents.json), slack (/api/v2.0.0/current), stripe (its former /current/full).",
    )
    components: tuple[Annotated[str, Field(min_length=1, max_length=120)], ...] = Field(
        default=(),
        max_length=64,
        description="Only these parts, as the page names them. Empty: all.",
    )
    every_s: Annotated[Duration, lasting("1s", "1d")] = Field(
        default=60.0, alias="every", description="How often it is asked."
    )
    timeout_s: Annotated[Duration, lasting("100ms", "60s")] = Field(
        default=15.0, alias="timeout", description="One look may take no longer."
    )


class Severity(Setting):
    """A level of the workspace's severity scheme; worst first."""

    label: str = Field(min_length=1, max_length=32, description="What people say: SEV1.")
    title: str = Field(min_length=1, max_length=200, description="What it means.")
    response_s: ResponseTime = Field(
        alias="response",
        description='How soon somebody must be at it: a duration, or "next business day".',
    )
    business_hours: bool = Field(default=False, description="Whether only business hours count.")
    runbook: Citation | None = Field(default=None, description="Where the runbook says so.")


class Contact(Setting):
    """Somebody to call."""

    role: str = Field(min_length=1, max_length=80, description="What they are called for.")
    name: str = Field(default="", max_length=80, description="Who it is.")
    reach: Mapping[Annotated[str, Field(min_length=1, max_length=32)], str] = Field(
        default={}, max_length=16, description="How, by channel: slack, phone, email, pagerduty, …"
    )
    runbook: Citation | None = Field(default=None, description="Where the runbook names them.")


class EscalationStep(Setting):
    """Who is called when the one before does not answer."""

    level: str = Field(min_length=1, max_length=16, description="Its short name: L1.")
    contact: str = Field(min_length=1, max_length=80, description="Who: usually a role.")
    after_s: Annotated[Duration, lasting("0s", "7d")] | None = Field(
        default=None,
        alias="after",
        description="How long after the alert. Left out: the severity's response time.",
    )
    runbook: Citation | None = Field(default=None, description="Where the runbook says so.")


class Link(Setting):
    """A page on the web, to open or copy."""

    title: str = Field(min_length=1, max_length=120, description="Its name.")
    url: Url = Field(description="Its address.")
    group: str = Field(default="", max_length=40, description="The heading it stands under.")
    runbook: Citation | None = Field(default=None, description="Where the runbook names it.")


class Document(Setting):
    """A text that belongs to the product; at a path or on the web."""

    title: str = Field(min_length=1, max_length=120, description="Its name.")
    path: str | None = Field(
        default=None, min_length=1, max_length=1024, description="Where it lies, as a file."
    )
    url: Url | None = Field(default=None, description="Where it lies, on the web.")
    runbook: Citation | None = Field(default=None, description="Where the runbook names it.")


class Workspace(Setting):
    """One product with everything that belongs to it."""

    title: str = Field(min_length=1, max_length=80, description="Its name in the header.")
    runbook: Runbook | None = Field(
        default=None, description="The document that the numbers come from."
    )
    environments: Mapping[Name, Environment] = Field(
        min_length=1, description="Where services run, by name; in the order of the wall."
    )
    severities: tuple[Severity, ...] = Field(
        default=(), max_length=16, description="The severity scheme, worst first."
    )
    business_hours: BusinessHours = Field(
        default=BusinessHours(), description="When people are at work."
    )
    response_by_level: ResponseByLevel = Field(
        default=ResponseByLevel(),
        description="How soon somebody must be at an alert that names no severity.",
    )
    maintenance: Mapping[Name, Maintenance] = Field(
        default={}, description="When it is worked on: alerts are shown and nobody is told."
    )
    services: Mapping[Name, Service] = Field(default={}, description="What is deployed, by name.")
    databases: Mapping[Name, Database] = Field(
        default={}, description="PostgreSQL databases, by name."
    )
    status_pages: Mapping[Name, StatusPage] = Field(
        default={}, description="Vendors' own status pages, by name."
    )
    systems: Systems = Field(
        default=Systems(), description="What the product stands on besides, by kind and name."
    )
    kpis: Mapping[Name, Kpi] = Field(default={}, description="Numbers held against bands, by name.")
    actions: Actions = Field(
        default=Actions(), description="What its guarded actions need to know."
    )
    notices: Notices = Field(
        default=Notices(), description="Who is told of alerts besides this wall."
    )
    contacts: tuple[Contact, ...] = Field(
        default=(), max_length=64, description="Who can be called."
    )
    escalation: tuple[EscalationStep, ...] = Field(
        default=(), max_length=16, description="Who is called next, in order."
    )
    dashboards: tuple[Link, ...] = Field(
        default=(), max_length=64, description="Consoles of vendors and of the product."
    )
    links: tuple[Link, ...] = Field(
        default=(), max_length=64, description="Other pages: support, documentation."
    )
    documents: tuple[Document, ...] = Field(
        default=(), max_length=64, description="Texts that belong to the product."
    )
