"""`quarterdeck keys`: the keys as they are bound, with the configuration's changes."""

from collections.abc import Mapping

import click

from tui.options import Options


@click.command()
@click.pass_obj
def keys(options: Options) -> None:
    """Show every command with its id and its keys; `keys:` in the configuration changes them."""
    from tui.commands import COMMANDS
    from tui.keymap import key_sign, keys_of

    changes = _changes(options)
    for command in COMMANDS:
        bound = " ".join(key_sign(key) for key in keys_of(command, changes)) or "(palette)"
        click.echo(f"{command.id:20} {bound:16} {command.help}")


def _changes(options: Options) -> Mapping[str, str]:
    """What the configuration changes; without one, or with a broken one, nothing."""
    from tui.config.load import load
    from tui.config.paths import config_file
    from tui.config.problems import ConfigError

    try:
        path = config_file(options.config_path)
        return {} if path is None or options.demo else load(path).keys
    except ConfigError as error:
        click.echo(f"shown without your changes: {error.problems[0]}", err=True)
        return {}
