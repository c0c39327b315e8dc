"""The users of one product, as its auth server keeps them."""

import functools
import re
import uuid
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from demo import ids
from demo.agenda import Agenda
from demo.vendors.wire import Refusal

_NAMES: Final = (
    "maya", "noah", "lena", "omar", "iris", "jonas", "sofia", "kofi", "alva", "mateo",
    "hana", "emil", "nadia", "theo", "yuki", "clara", "ivan", "salma", "bruno", "greta",
)  # fmt: skip
_STEP: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ns|us|ms|s|m|h)")
_SECONDS: Final = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_MOST_NAMES: Final = 1_024
_WHOLE: Final = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?(?:ns|us|ms|s|m|h))+")


class User(Struct, frozen=True, kw_only=True):
    """One user."""

    id: str
    email: str
    created_at: datetime
    updated_at: datetime
    last_sign_in_at: datetime | None = None
    banned_until: datetime | None = None
    recovery_sent_at: datetime | None = None
    factor: bool = False
    """Whether a second factor is set up."""

    sessions: int = 1
    password_set_at: datetime | None = None


class AuditEntry(Struct, frozen=True, kw_only=True):
    """One line of the audit log."""

    id: str
    at: datetime
    action: str
    actor_id: str
    actor_name: str
    kind: str
    address: str = ""


@functools.lru_cache(maxsize=_MOST_NAMES)
def _identity(of: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, of))


class People(Struct):
    """The users of one product.

    Args:
        agenda: What time it is.
        product: Whose.
    """

    agenda: Agenda
    product: str
    users: dict[str, User] = field(default_factory=dict)
    audit: list[AuditEntry] = field(default_factory=list)
    recoveries: list[str] = field(default_factory=list)
    """Ids of users to whom a recovery link was made, in order."""

    def settle_in(self, count: int) -> None:
        """Put that many users in, the newest first; two of them suspended, one of them once."""
        now = self.agenda.now
        for number in range(count):
            user = self._made(number, now)
            self.users[user.id] = user
        for number, left in enumerate((timedelta(days=4, hours=6), timedelta(hours=-9))):
            if number < count:
                self._suspend_seed(number * 3 + 2, now + left)
        for user in list(self.users.values())[:25]:
            if user.last_sign_in_at is not None:
                self._note("login", "account", user, user.last_sign_in_at)

    def _made(self, number: int, now: datetime) -> User:
        name = _NAMES[number % len(_NAMES)]
        email = f"{name}.{number:03}@example.com"
        created = now - timedelta(hours=7 * number, minutes=11)
        signed_in = now - timedelta(minutes=13 + 29 * number)
        return User(
            id=self.id_of(email),
            email=email,
            created_at=created,
            updated_at=created,
            last_sign_in_at=max(signed_in, created),
            factor=number % 9 == 4,
            sessions=1 + number % 3,
        )

    def id_of(self, email: str) -> str:
        """The identity of whoever signs in with an address."""
        return _identity(f"https://{self.product}.example/{email}")

    def _suspend_seed(self, number: int, until: datetime) -> None:
        users = list(self.users)
        if number < len(users):
            self.users[users[number]] = replace(self.users[users[number]], banned_until=until)

    def user(self, user_id: str) -> User:
        """A user by id.

        Raises:
            Refusal: There is none.
        """
        if user_id not in self.users:
            raise Refusal(404, "user_not_found", "User not found")
        return self.users[user_id]

    def by_email(self, email: str) -> User | None:
        """Whoever has an address; None when nobody has."""
        wanted = email.strip().lower()
        return next((each for each in self.users.values() if each.email == wanted), None)

    def ban(self, user: User, duration: str) -> User:
        """Suspend for a time as Go writes it, or no longer for `none`.

        Raises:
            Refusal: That is no duration; Go knows no days.
        """
        until = None if duration == "none" else self.agenda.now + _parsed(duration)
        return self._changed(user, banned_until=until)

    def set_password(self, user: User) -> User:
        """Give a user another password."""
        return self._changed(user, password_set_at=self.agenda.now)

    def sign_out(self, user: User) -> User:
        """End all sessions of a user."""
        self._note("logout", "account", user, self.agenda.now)
        changed = replace(user, sessions=0)
        self.users[user.id] = changed
        return changed

    def recover(self, user: User) -> User:
        """Make a link with which a user can choose another password."""
        self.recoveries.append(user.id)
        self._note("user_recovery_requested", "user", user, self.agenda.now)
        return self._changed(user, recovery_sent_at=self.agenda.now)

    def _changed(self, user: User, **changes: object) -> User:
        changed = replace(user, updated_at=self.agenda.now, **changes)
        self.users[user.id] = changed
        self._note("user_modified", "user", user, self.agenda.now)
        return changed

    def _note(self, action: str, kind: str, user: User, at: datetime) -> None:
        id_ = uuid.uuid5(uuid.NAMESPACE_URL, f"{self.product}/{action}/{user.id}/{len(self.audit)}")
        self.audit.append(
            AuditEntry(
                id=str(id_),
                at=at,
                action=action,
                actor_id=user.id,
                actor_name=user.email,
                kind=kind,
                address=f"198.51.100.{len(user.email) + user.sessions}",
            )
        )

    def access_token(self, user: User) -> str:
        """What a user of ours sends instead of a password, as long as there is a session."""
        return f"at_{ids.token('access', self.product, user.id, length=40)}"

    def of_token(self, token: str) -> User | None:
        """Whose access token that is; None when nobody's."""
        users = (each for each in self.users.values() if each.sessions)
        return next((each for each in users if self.access_token(each) == token), None)


def _parsed(duration: str) -> timedelta:
    if not _WHOLE.fullmatch(duration):
        raise Refusal(400, "validation_failed", f"invalid format for ban duration: {duration}")
    steps = _STEP.findall(duration)
    return timedelta(seconds=sum(float(count) * _SECONDS[unit] for count, unit in steps))
