"""`quarterdeck status`: one pass over everything, as text or JSON, with an exit code."""

import json

import click

from providers.secrets import redact
from tui.headless import one_pass, run_with_config
from tui.options import Options
from tui.status_json import status_document
from tui.status_level import exit_code, worst_level
from tui.status_text import status_lines


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON with a version field.")
@click.pass_obj
def status(options: Options, as_json: bool) -> None:
    """Ask everything once: exit 0 ok, 1 warning, 2 critical, 3 unknown."""
    raise SystemExit(print_status(options, as_json=as_json))


def print_status(options: Options, *, as_json: bool) -> int:
    """Print the status and say with which code to leave."""
    snapshot = run_with_config(options, one_pass)
    level = worst_level(snapshot)
    if as_json:
        document = status_document(snapshot, level.word, exit_code(level))
        said = json.dumps(document, indent=2, allow_nan=False)
    else:
        said = "\n".join(status_lines(snapshot))
    # Texts are cleaned of known secrets where they enter; one that came before a secret was looked
    # up may still quote it.
    click.echo(redact(said))
    return exit_code(level)
