"""From a secret's entry in the configuration to what looks the secret up."""

from typing import TYPE_CHECKING

from providers.secrets import CommandRef, CredentialRef, EnvRef, FileRef, KeyringRef, SecretRef

if TYPE_CHECKING:
    from tui.config.model_accounts import SecretSource


def ref_of(source: "SecretSource") -> SecretRef:
    """The reference that `providers.secrets.resolve` takes.

    Raises:
        ValueError: Nothing is given; `check` never lets such an entry through.
    """
    if source.env is not None:
        return EnvRef(name=source.env)
    if source.file is not None:
        return FileRef(path=source.file)
    if source.command is not None:
        return CommandRef(argv=source.command)
    if source.keyring is not None:
        return KeyringRef(service=source.keyring.service, name=source.keyring.name)
    if source.credential is not None:
        return CredentialRef(name=source.credential)
    raise ValueError("a secret needs a source")
