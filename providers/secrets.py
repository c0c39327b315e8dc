"""Where secrets come from (promises P15, P18): named sources, looked up off the event loop.

A source is the environment, a file of one's own with mode 0600, a command, the desktop's keyring
or a systemd credential. Every failure is `Unauthorized` with what to do about it, so that one
missing secret costs one pane.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from functools import partial
from typing import assert_never

from msgspec import Struct

from providers.clock import Clock, Moment
from providers.errors import ProviderError, Unauthorized
from providers.secret_command import first_line
from providers.secret_file import forget_own, read_credential, read_own, write_own
from providers.secret_keyring import (
    HEADLESS,
    KeyringOpener,
    forget_entry,
    platform_keyring,
    read_entry,
    write_entry,
)
from providers.secret_thread import LOOKUP_S, looked_up
from providers.secret_value import MASK, Secret, forms_known, redact, secrets_known

__all__ = [
    "MASK",
    "CommandRef",
    "CredentialRef",
    "EnvRef",
    "FileRef",
    "KeyringRef",
    "Secret",
    "SecretGetter",
    "SecretRef",
    "describe",
    "forget",
    "forms_known",
    "getter",
    "redact",
    "resolve",
    "secrets_known",
    "store",
]


class EnvRef(Struct, frozen=True, kw_only=True):
    """An environment variable."""

    name: str


class FileRef(Struct, frozen=True, kw_only=True):
    """A regular file of our own with mode 0600; `~/` is the home folder."""

    path: str


class CommandRef(Struct, frozen=True, kw_only=True):
    """A program and its arguments, run without a shell; its first line is the secret."""

    argv: tuple[str, ...]


class KeyringRef(Struct, frozen=True, kw_only=True):
    """An entry of the Secret Service or the macOS keychain."""

    service: str
    name: str


class CredentialRef(Struct, frozen=True, kw_only=True):
    """A systemd credential: a file of this name in `$CREDENTIALS_DIRECTORY`."""

    name: str


SecretRef = EnvRef | FileRef | CommandRef | KeyringRef | CredentialRef
SecretGetter = Callable[[], Awaitable[Secret]]
"""Gives the secret at the moment it is needed, so that a changed one is picked up."""

_GRACE_S = 0.5
"""A command ends itself at the limit, and says more than a look-up that is given up."""

_SLOW_COMMAND = "the command left something behind that does not end"
_SLOW_DISK = "the file system does not answer; keep the secret on a local disk"


async def resolve(
    ref: SecretRef, *, keyring: KeyringOpener = platform_keyring, limit_s: float = LOOKUP_S
) -> Secret:
    """Look a secret up, off the event loop.

    Args:
        ref: Where it is.
        keyring: Opens the keyring; only this platform's own one is trusted.
        limit_s: Seconds the look-up may take.

    Raises:
        Unauthorized: It is not there, not safe there, or the look-up took too long; with advice.
    """
    match ref:
        case EnvRef(name=name):
            return Secret(_from_environment(name))
        case CommandRef(argv=argv):
            look, advice = partial(first_line, argv, limit_s=limit_s), _SLOW_COMMAND
            limit_s += _GRACE_S
        case FileRef(path=path):
            look, advice = partial(read_own, path), _SLOW_DISK
        case CredentialRef(name=name):
            folder = os.environ.get("CREDENTIALS_DIRECTORY")
            look, advice = partial(read_credential, name, folder), _SLOW_DISK
        case KeyringRef(service=service, name=name):
            look, advice = partial(read_entry, service, name, keyring), HEADLESS
        case _:
            assert_never(ref)
    return Secret(await looked_up(ref, look, advice=advice, limit_s=limit_s))


async def store(ref: SecretRef, value: str, *, keyring: KeyringOpener = platform_keyring) -> None:
    """Put a secret where `ref` says; only files and keyrings can be written.

    Raises:
        ProviderError: It cannot be kept there, with what to do instead.
    """
    Secret(value)
    if not value.strip() or "\0" in value:
        raise ProviderError("Secrets", "store", "an empty secret, or one with a NUL character")
    match ref:
        case FileRef(path=path):
            await looked_up(("store", ref), partial(write_own, path, value), advice=_SLOW_DISK)
        case KeyringRef(service=service, name=name):
            write = partial(write_entry, service, name, value, keyring)
            await looked_up(("store", ref), write, advice=HEADLESS)
        case _:
            raise _not_ours(ref)


async def forget(ref: SecretRef, *, keyring: KeyringOpener = platform_keyring) -> bool:
    """Remove a secret from where `ref` says; False when there was none.

    Raises:
        ProviderError: It cannot be removed, with what to do instead.
    """
    match ref:
        case FileRef(path=path):
            return await looked_up(("forget", ref), partial(forget_own, path), advice=_SLOW_DISK)
        case KeyringRef(service=service, name=name):
            remove = partial(forget_entry, service, name, keyring)
            return await looked_up(("forget", ref), remove, advice=HEADLESS)
        case _:
            raise _not_ours(ref)


def describe(ref: SecretRef) -> str:
    """Where a secret is, in words and without a look at it.

    Of a command only the program is named: arguments may say more than they should.
    """
    match ref:
        case EnvRef(name=name):
            return f"environment variable {name}"
        case FileRef(path=path):
            return f"file {path}"
        case CommandRef(argv=argv):
            return f"command {argv[0]}"
        case KeyringRef(service=service, name=name):
            return f"keyring entry {service}/{name}"
        case CredentialRef(name=name):
            return f"systemd credential {name}"
    assert_never(ref)


def getter(
    ref: SecretRef,
    clock: Clock,
    *,
    keep_s: float = 60.0,
    keyring: KeyringOpener = platform_keyring,
) -> SecretGetter:
    """A getter that looks the secret up at most once in `keep_s` seconds.

    Callers at the same time share one look-up. A failure is not kept: the next caller looks again.
    """
    lock = asyncio.Lock()
    kept: tuple[Secret, Moment] | None = None

    async def get() -> Secret:
        nonlocal kept
        async with lock:
            if kept is None or kept[1].age_s(clock.now()) >= keep_s:
                kept = await resolve(ref, keyring=keyring), clock.now()
            return kept[0]

    return get


def _from_environment(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        advice = f"export {name}=… before the start; a unit sets it with Environment="
        reason = f"the environment variable {name} is not set"
        raise Unauthorized("Secrets", "read the environment", reason, advice=advice)
    return value


def _not_ours(ref: SecretRef) -> ProviderError:
    reason = f"the {describe(ref)} is not ours to write"
    advice = "set it where it comes from, or refer to a file: or keyring: instead"
    return ProviderError("Secrets", "store or delete", reason, advice=advice)
