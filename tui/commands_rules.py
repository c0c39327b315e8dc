"""`quarterdeck rules`: what they are, what they would have said, and why one says what it says.

Exit codes of `rules list` and `rules explain`: 0 done, 1 there is no such rule. Of `rules test`:
0 nothing would have fired, or nothing differs; 1 something would. Of all: 64 the line makes no
sense, 66 there is no history to read, 78 the configuration can not be used.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from providers.secrets import redact
from tui.options import Options

if TYPE_CHECKING:
    from tui.rules_ground import Ground

_FILE: Final = click.Path(path_type=Path)


def _said(as_json: bool, document: object, lines: "list[str]") -> None:
    text = json.dumps(document, indent=2, allow_nan=False) if as_json else "\n".join(lines)
    click.echo(redact(text))


def _ground(options: Options, workspace: str | None) -> "Ground":
    from tui.chosen import chosen_file
    from tui.rules_ground import ground, loaded

    return ground(loaded(chosen_file(options)).config, workspace or options.workspace)


@click.group()
def rules() -> None:
    """The rules: list them, test them on the recorded past, explain one."""


@rules.command("list")
@click.option("--workspace", metavar="NAME", help="Of this workspace alone.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with a version field.")
@click.pass_obj
def list_rules(options: Options, workspace: str | None, as_json: bool) -> None:
    """Every rule: limit, times, how it clears, severity and response, runbook line."""
    from tui.rules_list import list_document, list_lines

    found = _ground(options, workspace)
    _said(as_json, list_document(found), list(list_lines(found)))


@rules.command("test")
@click.option("--since", metavar="SPAN", help="The last 7d, 12h and the like.  [default: 7d]")
@click.option("--from", "from_", metavar="TIME", help="From this time on: 2025-01-31T16:00 (UTC).")
@click.option("--to", metavar="TIME", help="Up to this time.  [default: now]")
@click.option("--workspace", metavar="NAME", help="Of this workspace alone.")
@click.option(
    "--kpi", "only", metavar="KEY", multiple=True, help="This KPI or service/check alone."
)
@click.option("--against", metavar="FILE", type=_FILE, help="Compare with an edited configuration.")
@click.option(
    "--set", "sets", metavar="SETTING=VALUE", multiple=True,
    help="Compare with one value changed: error-rate.critical.above=3.",
)  # fmt: skip
@click.option("--history", metavar="FILE", type=_FILE, help="Another history than one's own.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with a version field.")
@click.pass_obj
def test_rules(options: Options, /, as_json: bool, **given: object) -> None:
    """Replay the recorded past: what would have fired, and what changed thresholds would change.

    Asks nobody and writes nothing. Exit 0: nothing would have fired, or with --set and --against
    nothing differs; 1: something would.
    """
    from tui.rules_replay import Wish, tested
    from tui.rules_report import report_lines
    from tui.rules_report_json import report_document

    report = tested(options, Wish.of(given))
    _said(as_json, report_document(report), list(report_lines(report)))
    raise SystemExit(int(report.speaks))


@rules.command()
@click.argument("alert")
@click.option("--at", metavar="TIME", help="As it stood then: 2025-01-31T16:00 (UTC).")
@click.option("--workspace", metavar="NAME", help="Of this workspace alone.")
@click.option("--history", metavar="FILE", type=_FILE, help="Another history than one's own.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with a version field.")
@click.pass_obj
def explain(
    options: Options, alert: str, at: str | None, workspace: str | None,
    history: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Why ALERT fires or does not, with the numbers.

    ALERT is the key of an alert, the key of a KPI, or service/check. Made of what the wall has
    recorded; asks nobody.
    """
    from tui.rules_explain import explained
    from tui.rules_explained import explain_document, explain_lines

    found = explained(options, alert, at, workspace, history)
    _said(as_json, explain_document(found), list(explain_lines(found)))
