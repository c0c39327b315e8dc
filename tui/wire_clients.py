"""What sources share: one client an account, one getter a secret."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, cast

from msgspec import Struct, field

from providers.clock import Clock
from providers.errors import ProviderError
from providers.postgres.past import NoPast, Past
from providers.secrets import SecretGetter, getter
from tui.config.account_kinds import ACCOUNT_KINDS
from tui.config.secret_refs import ref_of

if TYPE_CHECKING:
    from providers.http import Api
    from tui.config.model import Account, Config


LOOK_UP_S: Final = 2.0
"""How long the first reads wait for secrets; a keyring that has to be unlocked takes longer."""


class TokenMaker(Protocol):
    """What a module offers that turns a secret into what is sent."""

    def tokens(
        self, secret: SecretGetter, url: str, clock: Clock, ca_file: str | None
    ) -> SecretGetter:
        """A getter of what is sent; asks nobody yet.

        Args:
            secret: What buys it.
            url: Where the account's API is.
            clock: The time.
            ca_file: Trust this CA and no other.
        """
        ...


class Apis(Mapping[str, "Api"]):
    """The client of each account, made when it is first asked for.

    Args:
        make: Makes the client of an account, by its name.
    """

    def __init__(self, make: Mapping[str, Callable[[], Api]]) -> None:
        self._make = make
        self._made: dict[str, Api] = {}

    def __getitem__(self, name: str) -> Api:
        if name not in self._made:
            self._made[name] = self._make[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._make)

    def __len__(self) -> int:
        return len(self._make)

    async def aclose(self) -> None:
        """Give the connections back."""
        for api in self._made.values():
            await api.aclose()


class Clients(Struct, frozen=True, kw_only=True):
    """What the sources share: one client an account, one getter a secret."""

    apis: Apis
    secrets: Mapping[str, SecretGetter]
    past: Past = NoPast()
    """What is kept of earlier reads."""

    turns: dict[str, asyncio.Lock] = field(default_factory=dict)

    def turn(self, database: str) -> asyncio.Lock:
        """What thorough looks at one database share, so that there is one at a time."""
        return self.turns.setdefault(database, asyncio.Lock())

    async def look_up_secrets(self) -> None:
        """As `look_up`, every secret."""
        await look_up(self.secrets)

    async def aclose(self) -> None:
        """Give the connections back; the sources must be done with them."""
        await self.apis.aclose()


async def look_up(secrets: Mapping[str, SecretGetter]) -> None:
    """Look every secret up, all at once and for at most `LOOK_UP_S` seconds.

    Only a secret that is known can be taken out of a text, so none of what the sources say is
    to be read before. One that cannot be had is told by whoever needs it.
    """

    async def known(secret: SecretGetter) -> None:
        try:
            await secret()
        except ProviderError:
            return

    tasks = [asyncio.create_task(known(secret)) for secret in secrets.values()]
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=LOOK_UP_S)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)


def secret_getters(config: Config, clock: Clock) -> dict[str, SecretGetter]:
    """A getter for every secret, by its name; none is looked up yet."""
    return {name: getter(ref_of(source), clock) for name, source in config.secrets.items()}


def clients(
    config: Config, clock: Clock, secrets: Mapping[str, SecretGetter] | None = None
) -> Clients:
    """The clients of all accounts; no connection is made and no secret looked up yet.

    Args:
        config: What names them.
        clock: The time.
        secrets: Of `secret_getters`, where they are there already.
    """
    known = secret_getters(config, clock) if secrets is None else secrets
    return Clients(
        apis=Apis(
            {
                name: partial(_api, account, known, clock)
                for name, account in config.accounts.items()
            }
        ),
        secrets=known,
    )


def action_apis(config: Config, shared: Clients, clock: Clock) -> dict[str, Api]:
    """The clients that actions go through.

    Those of the sources, but with a secret of their own where the account names one.
    """
    return {
        name: shared.apis[name]
        if account.action_secret is None
        else _api(account, shared.secrets, clock, account.action_secret)
        for name, account in config.accounts.items()
    }


def _api(
    account: Account, secrets: Mapping[str, SecretGetter], clock: Clock, secret: str = ""
) -> Api:
    from providers.http import Api

    kind = ACCOUNT_KINDS[account.kind]
    return Api(
        system=kind.system,
        base_url=account.url,
        clock=clock,
        secret=_credential(account, secrets[secret or account.secret], clock, acting=bool(secret)),
        scheme=kind.scheme,
        secret_header=kind.header,
        plain_secret_headers=kind.plain_headers,
        headers=dict(kind.headers),
        deadline_s=account.timeout_s,
        ca_file=local_file(account.ca_file),
        most_a_second=kind.most_a_second,
    )


def _credential(
    account: Account, secret: SecretGetter, clock: Clock, *, acting: bool
) -> SecretGetter:
    """What is sent: the secret itself, or what it buys."""
    kind = ACCOUNT_KINDS[account.kind]
    module = (acting and kind.action_tokens) or kind.tokens
    if not module:
        return secret
    maker = cast(TokenMaker, importlib.import_module(module))
    return maker.tokens(secret, account.url, clock, local_file(account.ca_file))


def local_file(path: str | None) -> str | None:
    """A path of the configuration with `~` filled in."""
    return None if path is None else str(Path(path).expanduser())
