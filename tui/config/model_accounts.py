"""Where credentials come from, and the accounts they open."""

from typing import Annotated, Literal

from pydantic import Field

from providers.secrets import SecretRef
from tui.config.account_kinds import ACCOUNT_KINDS
from tui.config.durations import Duration, lasting
from tui.config.model_base import Setting
from tui.config.secret_refs import ref_of
from tui.config.values import BaseUrl, EnvironmentVariable, Name, SecretName


class KeyringEntry(Setting):
    """An entry of the desktop's keyring."""

    service: str = Field(
        default="quarterdeck", min_length=1, max_length=128, description="The entry's service."
    )
    name: str = Field(min_length=1, max_length=128, description="The entry's user name.")


class SecretSource(Setting):
    """Where one secret comes from; exactly one of the five, never the secret itself."""

    env: EnvironmentVariable | None = Field(
        default=None, description="An environment variable of this name, in capitals."
    )
    file: str | None = Field(
        default=None,
        min_length=1,
        max_length=1024,
        description="A file that is yours alone (mode 0600); absolute or starting with ~/.",
    )
    command: tuple[str, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=32,
        description="A program and its arguments, run without a shell for at most 5 s; the first "
        "line it prints is the secret.",
    )
    keyring: KeyringEntry | None = Field(
        default=None, description="An entry of the Secret Service or of the macOS keychain."
    )
    credential: Name | None = Field(
        default=None,
        description="A systemd credential: a file of this name in $CREDENTIALS_DIRECTORY.",
    )

    @property
    def given(self) -> tuple[str, ...]:
        """The keys that are set; a valid entry has one."""
        keys = ("env", "file", "command", "keyring", "credential")
        return tuple(key for key in keys if getattr(self, key) is not None)

    def ref(self) -> SecretRef:
        """The reference that `providers.secrets.resolve` takes.

        Raises:
            ValueError: Nothing is given; `check` never lets such an entry through.
        """
        return ref_of(self)


class Account(Setting):
    """An account with a vendor: one client, one rate limit, one credential."""

    kind: Literal[
        "vercel",
        "render",
        "github",
        "sentry",
        "pagerduty",
        "slack",
        "supabase",
        "supabase-auth",
        "google-key",
        "stripe",
        "resend",
        "google",
    ] = Field(description="The vendor.")
    base_url: BaseUrl | None = Field(
        default=None,
        description="Where its API is. Left out: the vendor's own address. The credential is "
        "sent nowhere else.",
    )
    secret: SecretName = Field(description="The secret that opens it.")
    action_secret: SecretName | None = Field(
        default=None,
        description="The secret for actions alone, so that what is read all shift long can be "
        "read with less. Left out: the same.",
    )
    team: str | None = Field(
        default=None,
        min_length=1,
        max_length=128,
        description="Vercel only: the team's id; left out for a personal account.",
    )
    timeout_s: Annotated[Duration, lasting("100ms", "60s")] = Field(
        default=15.0,
        alias="timeout",
        description="No request may take longer, from name to last byte.",
    )
    ca_file: str | None = Field(
        default=None,
        min_length=1,
        max_length=1024,
        description="A file with the only certificate authorities trusted here (PEM). Left out: "
        "those the machine trusts.",
    )

    @property
    def url(self) -> str:
        """Where its API is, without a trailing slash."""
        return self.base_url or ACCOUNT_KINDS[self.kind].url
