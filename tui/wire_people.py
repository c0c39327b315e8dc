"""From the configuration to whom to call and where to look. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitor.words import span_words
from monitor.workspace import ContactSpec, LinkSpec, SeveritySpec
from tui.runbook_review import review_of

if TYPE_CHECKING:
    from tui.config.model import Workspace


def severities(workspace: Workspace) -> tuple[SeveritySpec, ...]:
    """The severity scheme, worst first."""
    return tuple(
        SeveritySpec(
            label=severity.label,
            title=severity.title,
            response_s=severity.response_s,
            business_hours=severity.business_hours,
            runbook=severity.runbook or "",
        )
        for severity in workspace.severities
    )


def contacts(workspace: Workspace) -> tuple[ContactSpec, ...]:
    """Who can be called, then who is called next."""
    people = [
        ContactSpec(role=contact.role, name=contact.name, reach=tuple(contact.reach.items()))
        for contact in workspace.contacts
    ]
    steps = [
        ContactSpec(
            role=f"escalation {step.level}",
            name=step.contact,
            reach=() if step.after_s is None else (_after(step.after_s),),
        )
        for step in workspace.escalation
    ]
    return (*people, *steps)


def _after(after_s: float) -> tuple[str, str]:
    """When somebody is called, counted from the start."""
    return ("after", span_words(after_s)) if after_s else ("at", "once")


def links(workspace: Workspace) -> tuple[LinkSpec, ...]:
    """The runbook, dashboards, other pages and documents."""
    dashboards = [
        LinkSpec(title=link.title, url=link.url, group=link.group or "Dashboards")
        for link in workspace.dashboards
    ]
    links = [
        LinkSpec(title=link.title, url=link.url, group=link.group or "Links")
        for link in workspace.links
    ]
    documents = [
        LinkSpec(title=document.title, url=document.url or document.path or "", group="Documents")
        for document in workspace.documents
    ]
    return (*_runbook(workspace), *dashboards, *links, *documents)


def _runbook(workspace: Workspace) -> Iterator[LinkSpec]:
    """The document that the cited lines are in, first of all links."""
    runbook = workspace.runbook
    review = review_of(workspace)
    place = (runbook.url or runbook.path or "") if runbook is not None else ""
    if runbook is not None and (place or review is not None):
        told = f" ({review.words})" if review is not None else ""
        yield LinkSpec(title=f"{runbook.id}: {runbook.title}{told}", url=place, group="Runbook")
