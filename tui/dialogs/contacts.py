"""Whom to call and what to open, as the configuration says."""

from monitor.on_call import on_call
from monitor.snapshot import WorkspaceView
from tui.messages import Choice


def contact_choices(view: WorkspaceView) -> tuple[Choice, ...]:
    """Who is on call now, contacts by their ways, then links; the key is what is copied."""
    spec = view.spec
    now = [
        Choice(
            key=f"on call {number}\n{one.person.line(80)}",
            label=f"on call now, level {one.level}  {one.person.line(60)}",
            note=f"until {one.until.line(24)} · {one.system}" if one.until else one.system,
        )
        for number, one in enumerate(on_call(view))
    ]
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
    return (*now, *people, *links)
