"""Whom to call and what to open, as the configuration says."""

from monitor.workspace import WorkspaceSpec
from tui.messages import Choice


def contact_choices(spec: WorkspaceSpec) -> tuple[Choice, ...]:
    """Contacts by their ways to be reached, then links; the key is what is copied."""
    people = [
        Choice(
            key=f"{number}\n{where}",
            label=f"{contact.role}  {contact.name}".rstrip(),
            note=f"{way} {where}",
        )
        for number, contact in enumerate(spec.contacts)
        for way, where in contact.reach or (("", ""),)
    ]
    links = [
        Choice(
            key=f"{len(spec.contacts) + number}\n{link.url}",
            label=f"{link.group}  {link.title}".strip(),
            note=link.url,
        )
        for number, link in enumerate(spec.links)
    ]
    return (*people, *links)
