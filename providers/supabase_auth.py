"""Supabase Auth: how many users a project has, who is banned, and whether its auth server answers.

The list of users has no filter, so the newest two thousand are looked at, 200 a request; the number
of all comes from a header. The secret key it takes may do everything to every user and every row.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from providers.base import SourceSpec
from providers.errors import ProviderError
from providers.fields import Fields
from providers.harvest import Harvest
from providers.http import Api
from providers.numbers import Number
from providers.parts import tried, worst
from providers.personal import masked
from providers.secrets import SecretGetter
from providers.supabase_auth_users import SYSTEM, AuthUser, Users, newest_users
from providers.supabase_key import Claims, claims_behind, key_record
from providers.system_readings import Condition, Record, Section, SystemReading
from providers.text import EMPTY, Foreign
from providers.vendor import clock_words

METRICS: Final = (
    "users",
    "banned_users",
    "users_with_factor",
    "anonymous_users",
    "registrations_24h",
    "key_days",
)
MOST_SHOWN: Final = 100
_DAY: Final = timedelta(hours=24)


class Server(Struct, frozen=True, kw_only=True):
    """What the auth server says of itself."""

    name: Foreign
    version: Foreign


async def server_of(api: Api) -> Server:
    """The auth server's own word that it is there.

    Raises:
        ProviderError: It did not give it.
    """
    operation = "read health"
    answer = await api.get(operation, "/health")
    fields = Fields(answer.value, SYSTEM, operation)
    return Server(name=fields.text("name"), version=fields.text("version", EMPTY))


class SupabaseAuth:
    """The users of one project.

    Args:
        spec: Name and cadence.
        api: The account's client; shared, and closed by whoever made it.
        key: The same secret, for the end it may carry; None: not looked at.
    """

    def __init__(self, spec: SourceSpec, api: Api, key: SecretGetter | None = None) -> None:
        self._spec = spec
        self._api = api
        self._key = key

    @property
    def spec(self) -> SourceSpec:
        """Its name and cadence."""
        return self._spec

    async def aclose(self) -> None:
        """Nothing to give back: the client belongs to the account."""

    async def read(self) -> Harvest:
        """Ask for the server's health and for its users.

        Raises:
            ProviderError: The users could not be read; without them there is nothing to tell.
        """
        server, users = await asyncio.gather(
            tried(server_of(self._api)), tried(newest_users(self._api))
        )
        if isinstance(users, ProviderError):
            raise users
        at, claims = users.at, await claims_behind(self._key)
        banned = sorted(
            (one for one in users.users if one.banned(at.at)),
            key=lambda one: one.banned_until or at.at,
        )
        payload = SystemReading(
            system=SYSTEM,
            condition=_condition(server, claims, at.at),
            summary=_summary(server, users, banned),
            sections=(
                _server_section(server, claims, at.at),
                _banned_section(banned, users),
            ),
            notices=tuple(_notices(users)),
        )
        figures = (*_figures(users, banned, at.at), _key_days(claims, at.at))
        numbers = tuple(figure.reading(self._spec.id, at) for figure in figures)
        return Harvest(payload=payload, numbers=numbers, at=at)


def _condition(server: Server | ProviderError, claims: Claims | None, now: datetime) -> Condition:
    """It told us of its users, so it lives; its own word of health may still be missing."""
    own = Condition.DEGRADED if isinstance(server, ProviderError) else Condition.FINE
    return own if claims is None else worst((own, key_record(claims, now).condition))


def _key_days(claims: Claims | None, now: datetime) -> Number:
    days = None if claims is None else claims.days_left(now)
    return Number(metric="key_days", value=days, unit="days", reason="the key carries no end")


def _summary(server: Server | ProviderError, users: Users, banned: Sequence[AuthUser]) -> Foreign:
    total = "an unknown number of" if users.total is None else f"{users.total:,}"
    version = "" if isinstance(server, ProviderError) else f", {server.name} {server.version}"
    of_whom = "" if users.complete else f" of the newest {len(users.users):,}"
    return Foreign(f"{total} users, {len(banned)}{of_whom} banned{version}")


def _server_section(
    server: Server | ProviderError, claims: Claims | None, now: datetime
) -> Section:
    if isinstance(server, ProviderError):
        blind = f"{server.reason}; {server.advice}" if server.advice else server.reason
        return Section(key="server", title="Auth server", blind=blind)
    record = Record(id="server", title=server.name, condition=Condition.FINE, state=server.version)
    key = () if claims is None else (key_record(claims, now),)
    return Section(key="server", title="Auth server", records=(record, *key))


def _banned_section(banned: Sequence[AuthUser], users: Users) -> Section:
    within = "" if users.complete else f" among the newest {len(users.users):,}"
    return Section(
        key="banned",
        title="Suspended users",
        records=tuple(map(_banned_record, banned[:MOST_SHOWN])),
        empty=f"nobody is suspended{within}",
        more=max(0, len(banned) - MOST_SHOWN),
    )


def _name(user: AuthUser) -> Foreign:
    """Enough to know them again; whole only where something is to be done to them, by their id."""
    if user.email:
        return masked(user.email)
    digits = user.phone.line(40)
    return Foreign(f"phone …{digits[-2:]}") if digits else Foreign(user.id)


def _banned_record(user: AuthUser) -> Record:
    signed_in = user.last_sign_in_at
    until = user.banned_until
    return Record(
        id=user.id,
        title=_name(user),
        condition=Condition.NOTABLE,
        state=Foreign(f"until {clock_words(until)}" if until else "suspended"),
        at=until,
        details=(
            ("last sign-in", Foreign(clock_words(signed_in) if signed_in else "never")),
            ("second factors", Foreign(str(user.factors))),
            ("single sign-on", Foreign("yes" if user.sso else "no")),
        ),
    )


def _notices(users: Users) -> Iterator[str]:
    if users.notice:
        yield users.notice
    if not users.complete:
        yield f"only the newest {len(users.users):,} users were looked at"


def _figures(users: Users, banned: Sequence[AuthUser], now: datetime) -> Iterator[Number]:
    yield Number(
        metric="users", value=users.total, unit="count", reason="the server did not tell how many"
    )
    partly = f"only the newest {len(users.users):,} users were looked at"
    counts = {
        "banned_users": len(banned),
        "users_with_factor": sum(one.factors > 0 for one in users.users),
        "anonymous_users": sum(one.anonymous for one in users.users),
    }
    for metric, count in counts.items():
        raw = count if users.complete else None
        yield Number(metric=metric, value=raw, unit="count", reason=partly)
    yield Number(metric="registrations_24h", value=_new(users, now), unit="count", reason=partly)


def _new(users: Users, now: datetime) -> int | None:
    """The users of the last day; None when more may have come than were looked at."""
    made = [one.created_at for one in users.users if one.created_at is not None]
    if not users.complete and (not made or min(made) > now - _DAY):
        return None
    return sum(at > now - _DAY for at in made)
