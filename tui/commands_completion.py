"""`quarterdeck completion SHELL`: what the shell needs to complete our command line."""

from typing import Final

import click
from click.shell_completion import get_completion_class

_HOW: Final = {
    "bash": 'eval "$(quarterdeck completion bash)" in ~/.bashrc',
    "zsh": 'eval "$(quarterdeck completion zsh)" in ~/.zshrc',
    "fish": "quarterdeck completion fish > ~/.config/fish/completions/quarterdeck.fish",
}


@click.command()
@click.argument("shell", type=click.Choice(sorted(_HOW)))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a SHELL; use it as its first line says."""
    found = get_completion_class(shell)
    if found is None:
        raise click.ClickException(f"no completion for {shell} in this version of click")
    script = found(ctx.find_root().command, {}, "quarterdeck", "_QUARTERDECK_COMPLETE").source()
    click.echo(f"# {_HOW[shell]}")
    click.echo(script)
