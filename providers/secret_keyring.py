"""Secrets in the desktop's keyring: one named backend, never whatever is found.

Discovery would run code that a file or `PYTHON_KEYRING_BACKEND` names, pick a plaintext store by
itself where `keyrings.alt` is installed, or a null store that forgets what it is given.
"""

import importlib
import sys
from collections.abc import Callable
from typing import Final, Protocol

from providers.errors import Unauthorized
from providers.text import Foreign

HEADLESS: Final = (
    "on a host without a desktop keyring use one of: a file of mode 0600 (file:), a systemd "
    "credential (credential:), an environment variable (env:), or a command such as "
    "[pass, show, …] (command:)"
)
"""What to do where there is no keyring."""

_NAMED: Final = {
    "linux": "keyring.backends.SecretService",
    "darwin": "keyring.backends.macOS",
}
"""The backends that keep a secret from other users and from the disk."""


class Keyring(Protocol):
    """What a keyring of the library `keyring` can do."""

    priority: float
    """Of the class: above 0 where it works; reading it raises RuntimeError where it does not."""

    def get_password(self, service: str, username: str) -> str | None:
        """The secret; None when there is no such entry."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Remove an entry."""
        ...


KeyringOpener = Callable[[], Keyring]
"""Opens a keyring; blocks, and may hang."""


def platform_keyring() -> Keyring:
    """The one keyring that this platform has.

    Raises:
        Unauthorized: The platform has none, or it does not answer.
    """
    named = _NAMED.get(sys.platform)
    if named is None:
        raise _refused(f"no keyring is known for {sys.platform}")
    return checked(importlib.import_module(named).Keyring)


def checked(backend: type[Keyring]) -> Keyring:
    """An instance of a backend that really keeps secrets secret.

    Raises:
        Unauthorized: It is a plaintext, null, chained or unknown one, or it does not work here.
    """
    if backend.__module__ not in _NAMED.values():
        raise _refused(f"the keyring {backend.__module__}.{backend.__name__} is not trusted")
    try:
        usable = backend.priority > 0
    except RuntimeError as error:
        raise _refused("no keyring answers here", detail=str(error)) from None
    if not usable:
        raise _refused("no keyring answers here")
    return backend()


def read_entry(service: str, name: str, opener: KeyringOpener) -> str:
    """The secret of one entry. Blocks, and may hang on a silent bus.

    Raises:
        Unauthorized: No keyring, a locked one, or no such entry.
    """
    found = opener().get_password(service, name)
    if not found:
        entry = f"{Foreign(service).line(40)}/{Foreign(name).line(40)}"
        advice = "quarterdeck secret set, with the secret's name in the configuration"
        raise Unauthorized("Secrets", "ask the keyring", f"no entry {entry}", advice=advice)
    return found


def write_entry(service: str, name: str, value: str, opener: KeyringOpener) -> None:
    """Keep a secret, and make sure that it was kept. Blocks, and may hang.

    Raises:
        Unauthorized: No keyring, a locked one, or one that forgot it at once.
    """
    keyring = opener()
    keyring.set_password(service, name, value)
    if keyring.get_password(service, name) != value:
        raise _refused("the keyring did not keep the secret")


def forget_entry(service: str, name: str, opener: KeyringOpener) -> bool:
    """Remove an entry; False when there was none. Blocks, and may hang.

    Raises:
        Unauthorized: No keyring, or a locked one.
    """
    keyring = opener()
    if keyring.get_password(service, name) is None:
        return False
    keyring.delete_password(service, name)
    return True


def _refused(reason: str, *, detail: str = "") -> Unauthorized:
    said = Foreign(detail) if detail else None
    return Unauthorized("Secrets", "open the keyring", reason, advice=HEADLESS, detail=said)
