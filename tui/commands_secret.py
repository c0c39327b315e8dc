"""`quarterdeck secret`: put secrets where the configuration says they are."""

import asyncio
import sys

import click

from providers.errors import ProviderError
from providers.secrets import SecretRef, describe, forget, resolve, store
from tui.chosen import chosen_file
from tui.config.model import Config
from tui.config.problems import ConfigError
from tui.options import Options


@click.group()
def secret() -> None:
    """Store, list and delete the secrets that the configuration names; none is ever printed."""


def _config(options: Options) -> Config:
    from tui.config.load import load

    try:
        return load(chosen_file(options))
    except ConfigError as error:
        click.echo("\n".join(str(problem) for problem in error.problems), err=True)
        raise click.ClickException("the configuration has to be sound first") from None


def _ref(options: Options, name: str) -> SecretRef:
    import difflib

    secrets = _config(options).secrets
    if name not in secrets:
        near = difflib.get_close_matches(name, secrets, n=1)
        hint = f" — did you mean {near[0]}?" if near else ""
        raise click.ClickException(f"the configuration declares no secret {name!r}{hint}")
    return secrets[name].ref()


def _refused(error: ProviderError) -> click.ClickException:
    advice = f"\n{error.advice}" if error.advice else ""
    return click.ClickException(f"{error.reason}{advice}")


@secret.command("list")
@click.pass_obj
def list_(options: Options) -> None:
    """Show every declared secret, where it comes from and whether it is there."""
    missing = False
    for name, source in _config(options).secrets.items():
        ref = source.ref()
        try:
            asyncio.run(resolve(ref))
            state = "there"
        except ProviderError as error:
            state, missing = f"missing: {error.reason}", True
        click.echo(f"{name:20} {describe(ref):50} {state}")
    if missing:
        raise SystemExit(1)


@secret.command("set")
@click.argument("name")
@click.pass_obj
def set_(options: Options, name: str) -> None:
    """Store the secret NAME; it is asked for, or read from standard input when that is a pipe."""
    ref = _ref(options, name)
    if sys.stdin.isatty():
        value = click.prompt(f"{name} ({describe(ref)})", hide_input=True, confirmation_prompt=True)
    else:
        value = sys.stdin.readline().rstrip("\r\n")
    try:
        asyncio.run(store(ref, value))
    except ProviderError as error:
        raise _refused(error) from None
    click.echo(f"stored {name} in the {describe(ref)}")


@secret.command()
@click.argument("name")
@click.pass_obj
def delete(options: Options, name: str) -> None:
    """Delete the secret NAME from where it is kept."""
    ref = _ref(options, name)
    try:
        there = asyncio.run(forget(ref))
    except ProviderError as error:
        raise _refused(error) from None
    click.echo(f"deleted {name}" if there else f"{name} was not there")
