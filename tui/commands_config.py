"""The commands about the configuration: check, init, schema, example, paths."""

import json
from pathlib import Path

import click

from tui.chosen import chosen_file
from tui.config import paths as places
from tui.config.problems import ConfigError
from tui.exit_codes import CONFIGURATION
from tui.options import Options


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.pass_obj
def check(options: Options, file: Path | None) -> None:
    """Check the configuration (or FILE) without asking anybody; every problem with its place."""
    from tui.config.load import read

    path = file or chosen_file(options)
    try:
        loaded = read(path)
    except ConfigError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        count = len(error.problems)
        click.echo(f"{count} problem{'s' if count > 1 else ''}", err=True)
        raise SystemExit(CONFIGURATION) from None
    workspaces = ", ".join(loaded.config.workspaces)
    click.echo(f"{path}: sound; workspaces: {workspaces}")


@click.command()
@click.option("--force", is_flag=True, help="Replace a configuration that is there.")
@click.pass_obj
def init(options: Options, force: bool) -> None:
    """Write a small configuration to start from, with an explanation at every line."""
    from tui.config.starter import starter_text

    path = options.config_path or places.default_config_file()
    if path.exists() and not force:
        raise click.ClickException(f"{path} is there already; --force replaces it")
    try:
        places.write_private(path, starter_text())
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from error
    click.echo(f"wrote {path}")
    click.echo(
        "next: put your own addresses into it, then: quarterdeck check && quarterdeck doctor"
    )


@click.command()
def schema() -> None:
    """Print the JSON Schema of the configuration, for editors and other checkers."""
    from tui.config.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


@click.command()
def example() -> None:
    """Print the complete configuration of two products, every setting explained."""
    click.echo(example_text(), nl=False)


def example_text() -> str:
    """The complete example, from the installed package or beside the sources."""
    import importlib.resources

    packed = importlib.resources.files("tui") / "config.example.yaml"
    if packed.is_file():
        return packed.read_text(encoding="utf-8")
    beside = Path(__file__).resolve().parent.parent / "config.example.yaml"
    return beside.read_text(encoding="utf-8")


@click.command()
@click.pass_obj
def paths(options: Options) -> None:
    """Show where the files are; nothing is ever read from the current folder."""
    try:
        config = places.config_file(options.config_path)
    except ConfigError as error:
        config = Path(error.problems[0].file)
    rows = {
        "config": config or places.default_config_file(),
        "secrets": places.secrets_dir(),
        "history": places.history_file(),
        "log": options.log_file or places.log_file(),
        "state": places.state_dir(),
        "cache": places.cache_dir(),
    }
    for name, path in rows.items():
        there = "" if path.exists() else "  (not there yet)"
        click.echo(f"{name:8} {path}{there}")
