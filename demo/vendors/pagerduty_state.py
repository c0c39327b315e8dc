"""What one PagerDuty account remembers: incidents and what was done to them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from demo.agenda import Agenda
from demo.vendors.pagerduty_models import (
    LogEntry,
    Note,
    PagerIncident,
    PagerService,
    PagerUser,
    Policy,
    Schedule,
    Window,
    pager_id,
)
from demo.vendors.wire import Refusal

ACKNOWLEDGED_FOR: Final = timedelta(minutes=30)
"""Then it is triggered again, unless somebody resolved it."""

_WORDS: Final = {
    "acknowledged": ("acknowledge", "Acknowledged"),
    "resolved": ("resolve", "Resolved"),
    "triggered": ("unacknowledge", "Un-acknowledged"),
}


def refuse(status: int, code: int, message: str, *errors: str) -> Refusal:
    """A refusal in PagerDuty's words."""
    extra = {"code": code, "errors": list(errors)} if errors else {"code": code}
    return Refusal(status, str(code), message, extra=extra)


class PagerDuty(Struct):
    """One account.

    Args:
        agenda: When things happen.
        subdomain: Of its address on the web.
        users: Who can be paged; the first acts where nobody is named.
        services: What is paged for.
        first_number: Of its next incident.
    """

    agenda: Agenda
    subdomain: str
    users: tuple[PagerUser, ...]
    services: tuple[PagerService, ...]
    first_number: int = 1
    incidents: list[PagerIncident] = field(default_factory=list)
    """Oldest first."""

    notes: dict[str, list[Note]] = field(default_factory=dict)
    log: list[LogEntry] = field(default_factory=list)
    windows: list[Window] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    """Summaries of change events."""

    @property
    def policies(self) -> list[Policy]:
        """Of the services."""
        return list({each.policy.id: each.policy for each in self.services}.values())

    @property
    def schedules(self) -> list[Schedule]:
        """Of the policies."""
        found = (level for policy in self.policies for level in policy.levels)
        return list({one.id: one for one in found if isinstance(one, Schedule)}.values())

    def user(self, email: str) -> PagerUser | None:
        """Whose address it is."""
        return next((one for one in self.users if one.email == email), None)

    def settle(self) -> datetime:
        """Let acknowledgements run out, and say what time it is."""
        now = self.agenda.settle()
        for place, one in enumerate(self.incidents):
            if one.status == "acknowledged" and now - one.changed_at > ACKNOWLEDGED_FOR:
                at = one.changed_at + ACKNOWLEDGED_FOR
                self.incidents[place] = replace(
                    one, status="triggered", changed_at=at, by=None, acknowledged=()
                )
                self._note(one, "unacknowledge", "Acknowledgement timed out", None, at)
        return now

    def open(self, service: PagerService | None = None) -> list[PagerIncident]:
        """What is not resolved, of one service or of all."""
        return [
            one
            for one in self.incidents
            if one.status != "resolved" and (service is None or one.service.id == service.id)
        ]

    def incident(self, id_: str) -> PagerIncident:
        """One incident.

        Raises:
            Refusal: There is none.
        """
        for one in self.incidents:
            if one.id == id_:
                return one
        raise refuse(404, 2100, "Not Found", "Incident Not Found")

    def status_of(self, service: PagerService) -> str:
        """A service's word for how it stands."""
        now = self.agenda.now
        if any(service in w.services and w.starts_at <= now < w.ends_at for w in self.windows):
            return "maintenance"
        states = {one.status for one in self.open(service)}
        if "triggered" in states:
            return "critical"
        return "warning" if states else "active"

    def trigger(
        self,
        service: PagerService,
        title: str,
        *,
        key: str,
        urgency: str = "high",
        severity: str = "critical",
        details: str = "",
        by: PagerUser | None = None,
        policy: Policy | None = None,
        assignee: PagerUser | None = None,
    ) -> PagerIncident:
        """Open an incident; an open one of that key is joined."""
        for one in self.open(service):
            if one.key == key:
                return one
        now = self.agenda.now
        number = self.first_number + len(self.incidents)
        made = PagerIncident(
            id=pager_id("incident", self.subdomain, number),
            number=number,
            title=title,
            key=key,
            service=service,
            urgency=urgency,
            status="triggered",
            created_at=now,
            changed_at=now,
            severity=severity,
            details=details,
            by=by,
            own_policy=policy,
            assignee=assignee,
        )
        self.incidents.append(made)
        self._note(made, "trigger", f"Triggered: {title}", by, now)
        return made

    def set_status(self, id_: str, status: str, by: PagerUser | None) -> PagerIncident:
        """Acknowledge, resolve, or give an acknowledgement back.

        Raises:
            Refusal: It is resolved already.
        """
        old = self.incident(id_)
        if old.status == "resolved":
            raise refuse(400, 2001, "Invalid Input Provided", "Incident Already Resolved")
        now = self.agenda.now
        acknowledged = ((by, now),) if status == "acknowledged" and by is not None else ()
        new = replace(old, status=status, changed_at=now, by=by, acknowledged=acknowledged)
        self._put(new)
        kind, word = _WORDS[status]
        self._note(new, kind, f"{word} by {by.name if by else 'the integration'}", by, now)
        return new

    def change(self, id_: str, **changes: str) -> PagerIncident:
        """Give it another title, urgency or priority."""
        new = replace(self.incident(id_), **changes)
        self._put(new)
        return new

    def _put(self, new: PagerIncident) -> None:
        places = [place for place, one in enumerate(self.incidents) if one.id == new.id]
        self.incidents[places[0]] = new

    def resolve_by_key(self, service: PagerService, key: str) -> None:
        """What the integration does when all is well again."""
        for one in self.open(service):
            if one.key == key:
                self.set_status(one.id, "resolved", None)

    def add_note(self, id_: str, content: str, by: PagerUser) -> Note:
        """Write on an incident.

        Raises:
            Refusal: There is no such incident.
        """
        incident = self.incident(id_)
        listed = self.notes.setdefault(id_, [])
        now = self.agenda.now
        made = Note(id=pager_id("note", id_, len(listed)), user=by, content=content, at=now)
        listed.append(made)
        self._note(incident, "annotate", f"Note added by {by.name}", by, now)
        return made

    def snooze(self, id_: str, seconds: int, by: PagerUser) -> PagerIncident:
        """Acknowledge it and let it come back later.

        Raises:
            Refusal: There is no such incident, or it is resolved.
        """
        made = self.set_status(id_, "acknowledged", by)

        def again() -> None:
            if self.incident(id_).status == "acknowledged":
                self.set_status(id_, "triggered", None)

        self.agenda.after(seconds, again)
        self._note(made, "snooze", f"Snoozed by {by.name}", by, self.agenda.now)
        return made

    def on_call(self, policy: Policy, level: int) -> PagerUser:
        """Whose turn it is."""
        target = policy.levels[level - 1]
        if isinstance(target, PagerUser):
            return target
        return target.shifts(self.agenda.now, self.agenda.now)[0][0]

    def _note(
        self,
        incident: PagerIncident,
        kind: str,
        summary: str,
        agent: PagerUser | None,
        at: datetime,
    ) -> None:
        made = LogEntry(
            id=f"R{pager_id('log', self.subdomain, len(self.log))}",
            kind=kind,
            incident_id=incident.id,
            at=at,
            summary=summary,
            agent=agent,
        )
        self.log.append(made)

    def log_of(self, ids: Iterable[str]) -> list[LogEntry]:
        """What was done to some incidents, the newest first."""
        wanted = set(ids)
        return [one for one in reversed(self.log) if one.incident_id in wanted]
