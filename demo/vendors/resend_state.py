"""What Resend remembers of one team: e-mails as they go out, domains, suppressions, broadcasts."""

import hashlib
import random
import uuid
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field

from demo.agenda import Agenda
from demo.vendors.wire import Refusal

PAST: Final = timedelta(hours=25)
SLOT: Final = timedelta(seconds=10)
PER_MINUTE: Final = 3.5
_KINDS: Final = (
    ("Your ticket for Jazz in the park", "tickets"),
    ("Your booking is confirmed", "tickets"),
    ("Sign in to LocalLoop", "hello"),
    ("Tomorrow: Night market", "events"),
)
_NAMES: Final = ("ana", "ben", "chloe", "deniz", "emil", "fatma", "gil", "hana", "ida", "jon")
_HOSTS: Final = ("example.com", "example.org", "example.net")
DOMAIN: Final = "localloop.com"


def identity(*parts: object) -> str:
    """A UUID that stands for `parts`."""
    digest = hashlib.sha256("/".join(str(part) for part in parts).encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


class Mail(Struct, kw_only=True):
    """One e-mail."""

    id: str
    to: list[str]
    sender: str
    subject: str
    at: datetime
    end: str = "delivered"
    """What becomes of it once it has been on its way for `SECONDS_ON_ITS_WAY`."""

    broadcast: str = ""
    scheduled_at: datetime | None = None
    canceled: bool = False

    def event(self, now: datetime) -> str:
        """Its `last_event`."""
        if self.canceled:
            return "canceled"
        if self.scheduled_at is not None and self.scheduled_at > now:
            return "scheduled"
        age_s = (now - (self.scheduled_at or self.at)).total_seconds()
        if age_s < 1:
            return "queued"
        return "sent" if age_s < SECONDS_ON_ITS_WAY else self.end


SECONDS_ON_ITS_WAY: Final = 6.0


class Suppressed(Struct, frozen=True, kw_only=True):
    """An address that nothing is sent to."""

    id: str
    email: str
    origin: str
    at: datetime


class Broadcast(Struct, kw_only=True):
    """A message to many."""

    id: str
    name: str
    status: str
    made: datetime
    sent: datetime | None
    recipients: int
    bounced: int


class Logged(Struct, frozen=True, kw_only=True):
    """A request to the API."""

    id: str
    at: datetime
    endpoint: str
    method: str
    status: int


class Resend(Struct):
    """One team.

    Args:
        agenda: Whose time passes.
    """

    agenda: Agenda
    mails: dict[str, Mail] = field(default_factory=dict)
    """The oldest first."""

    suppressed: dict[str, Suppressed] = field(default_factory=dict)
    broadcasts: dict[str, Broadcast] = field(default_factory=dict)
    log: list[Logged] = field(default_factory=list)
    records: dict[str, str] = field(
        default_factory=lambda: {"SPF": "verified", "DKIM": "verified", "MX": "verified"}
    )
    """State of each DNS record, as Resend sees it."""

    trouble: str = ""
    """How every e-mail ends from now on; empty: nearly all are delivered."""

    _random: random.Random = field(default_factory=lambda: random.Random("resend"))
    _until: datetime | None = None

    @property
    def domain_id(self) -> str:
        """Identity of the one domain."""
        return identity("domain", DOMAIN)

    @property
    def domain_status(self) -> str:
        """What its records add up to."""
        states = set(self.records.values())
        if states == {"verified"}:
            return "verified"
        return "partially_failed" if "verified" in states else "failed"

    def look(self) -> datetime:
        """Let happen what should have happened by now, and say what time it is."""
        now = self.agenda.settle()
        if self._until is None:
            self._until = now - PAST
            self._pass(timedelta(minutes=1), now)
            self._seed(now)
        self._pass(SLOT, now)
        return now

    def _pass(self, slot: timedelta, now: datetime) -> None:
        until = self._until or now
        while until + slot <= now:
            chance = PER_MINUTE * slot.total_seconds() / 60
            count = int(chance) + (self._random.random() < chance % 1)
            for part in sorted(self._random.random() for _ in range(count)):
                self._send(until + slot * part)
            until += slot
        self._until = until

    def _send(self, at: datetime) -> None:
        subject, sender = self._random.choice(_KINDS)
        name, host = self._random.choice(_NAMES), self._random.choice(_HOSTS)
        luck = self._random.random()
        end = "bounced" if luck < 0.008 else "complained" if luck < 0.0085 else "delivered"
        mail = Mail(
            id=str(uuid.UUID(int=self._random.getrandbits(128), version=4)),
            to=[f"{name}{self._random.randrange(90)}@{host}"],
            sender=f"LocalLoop <{sender}@{DOMAIN}>",
            subject=subject,
            at=at,
            end=self.trouble or end,
        )
        self.mails[mail.id] = mail
        if end == "bounced":
            self.suppress(mail.to[0], "bounce", at)

    def _seed(self, now: datetime) -> None:
        for _ in range(3):
            self.note("/emails", "POST", 200)
        self.suppress("loud-neighbour@example.com", "complaint", now - timedelta(days=3))
        for name, days, people in (("November announcements", 3, 1_184), ("Winter markets", 0, 0)):
            id_ = identity("broadcast", name)
            self.broadcasts[id_] = Broadcast(
                id=id_,
                name=name,
                status="sent" if people else "draft",
                made=now - timedelta(days=days, hours=2),
                sent=now - timedelta(days=days) if people else None,
                recipients=people,
                bounced=people // 90,
            )

    def suppress(self, email: str, origin: str, at: datetime) -> None:
        """Send nothing to an address any more."""
        id_ = identity("suppression", email)
        self.suppressed[id_] = Suppressed(id=id_, email=email, origin=origin, at=at)

    def note(self, endpoint: str, method: str, status: int) -> None:
        """Write a request into the log; only the newest are kept."""
        at = self.agenda.now
        id_ = identity("log", at, endpoint, len(self.log))
        self.log.append(Logged(id=id_, at=at, endpoint=endpoint, method=method, status=status))
        del self.log[:-200]

    def counts(self, start: datetime, end: datetime) -> dict[str, float]:
        """What became of the e-mails of a span, in the metrics' own words."""
        now = self.agenda.now
        found: dict[str, float] = dict.fromkeys(
            ("sent", "delivered", "bounced", "complained", "failed", "delivery_delayed"), 0
        )
        for mail in reversed(self.mails.values()):
            if mail.at < start:
                break
            event = mail.event(now)
            if mail.at > end or event in {"queued", "scheduled", "canceled"}:
                continue
            found["sent"] += 1
            if event != "sent":
                found["delivered" if event == "complained" else event] += 1
                found["complained"] += event == "complained"
        return found

    def add(self, mail: Mail) -> Mail:
        """Take an e-mail that somebody sends now.

        Raises:
            Refusal: It is from a domain that is not verified.
        """
        if DOMAIN not in mail.sender or self.domain_status == "failed":
            message = "The domain is not verified. Please, add and verify your domain."
            raise Refusal(403, "validation_error", message)
        self.mails[mail.id] = mail
        return mail
