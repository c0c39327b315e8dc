"""`quarterdeck alerts`: what fires, and acknowledging it, without a screen.

Exit codes: 0 done; 1 there is no such alert, or nothing to clear; 64 the line makes no sense;
74 the journal can not be written; 78 the configuration can not be used.
"""

import json
from collections.abc import Callable, Iterator, Sequence

import click

from monitor.care_entries import EntryKind
from monitor.care_orders import CareAnswer, CareOrder
from monitor.snapshot import AlertView, Snapshot
from monitor.words import follow_words
from providers.clock import Clock
from providers.secrets import redact
from tui.config.durations import Unreadable, parse_duration
from tui.config.model import Config
from tui.exit_codes import NOT_WRITTEN
from tui.headless import one_pass, run_with_config
from tui.options import Options
from tui.status_alerts import alert_json, alert_line
from tui.status_values import Json, time_text

_LIST_VERSION = 1
_NONE = 1


def _span(longest: str) -> Callable[[click.Context, click.Parameter, str], float]:
    """Reads a duration as in the configuration, of at least a minute."""

    def seconds(_ctx: click.Context, _param: click.Parameter, value: str) -> float:
        try:
            found = parse_duration(value)
        except Unreadable as error:
            raise click.BadParameter(str(error)) from None
        if not 60 <= found <= parse_duration(longest):
            raise click.BadParameter(f"must be from 1m to {longest}")
        return found

    return seconds


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON with a version field.")
@click.pass_context
def alerts(ctx: click.Context, as_json: bool) -> None:
    """Ask everything once and list what fires, each with its key.

    What is said of an alert here stands in the same journal as what is said on the wall.
    """
    if ctx.invoked_subcommand is not None:
        return
    options = ctx.find_object(Options) or Options()
    snapshot = run_with_config(options, one_pass)
    for notice in snapshot.notices:
        click.echo(redact(notice), err=True)
    if as_json:
        click.echo(redact(json.dumps(_document(snapshot), indent=2, allow_nan=False)))
    else:
        click.echo(redact("\n".join(_lines(snapshot))))


@alerts.command()
@click.argument("key")
@click.option("--note", default="", help="What the others should know: looking.")
@click.option(
    "--for", "lasts_s", callback=_span("7d"), default="4h", show_default=True,
    help="How long it holds; at most 7d.",
)  # fmt: skip
@click.pass_obj
def ack(options: Options, key: str, note: str, lasts_s: float) -> None:
    """Acknowledge an alert: somebody is at it. Ends when it clears or gets worse."""
    _say(options, key, EntryKind.ACKNOWLEDGED, lasts_s, note)


@alerts.command()
@click.argument("key")
@click.option("--note", default="", help="Why.")
@click.option(
    "--for", "lasts_s", callback=_span("24h"), default="1h", show_default=True,
    help="How long it holds; at most 24h.",
)  # fmt: skip
@click.pass_obj
def snooze(options: Options, key: str, note: str, lasts_s: float) -> None:
    """Hear nothing of an alert for a while. It comes back by itself, and when it gets worse."""
    _say(options, key, EntryKind.SNOOZED, lasts_s, note)


@alerts.command()
@click.argument("key")
@click.pass_obj
def clear(options: Options, key: str) -> None:
    """Take back an acknowledgement or a snooze."""
    _say(options, key, EntryKind.TAKEN_BACK, 0.0, "")


def _say(options: Options, key: str, kind: EntryKind, lasts_s: float, note: str) -> None:
    """Say it of the alert of that key, and leave."""

    async def work(config: Config, options: Options, clock: Clock) -> CareAnswer:
        from tui.headless import engine_once

        async with engine_once(config, options, clock) as engine:
            name, alert = found(engine.latest, key)
            order = CareOrder(workspace=name, key=alert.key, kind=kind, lasts_s=lasts_s, note=note)
            return await engine.care(order)

    answer = run_with_config(options, work)
    click.echo(redact(answer.words), err=not answer.done or not answer.shared)
    if not answer.shared:
        raise SystemExit(NOT_WRITTEN)
    raise SystemExit(0 if answer.done else _NONE)


def found(snapshot: Snapshot, key: str) -> tuple[str, AlertView]:
    """The alert of a key, or of the end of one that only one alert has; with its workspace.

    Raises:
        SystemExit: There is none; what was perhaps meant has been told.
    """
    every = [(name, one) for name, view in snapshot.workspaces.items() for one in view.alerts]
    for fits in (_same(key), _ending(key)):
        hits = [each for each in every if fits(each[1].key)]
        if len(hits) == 1:
            return hits[0]
    click.echo(redact(_no_such(key, [one for _, one in every])), err=True)
    raise SystemExit(_NONE)


def _same(key: str) -> Callable[[str], bool]:
    return lambda known: known == key


def _ending(key: str) -> Callable[[str], bool]:
    return lambda known: known.endswith(f"/{key}")


def _no_such(key: str, alerts: list[AlertView]) -> str:
    import difflib

    if not alerts:
        return f"no alert {key!r}: nothing fires and nothing is about to"
    names = {name: one.key for one in alerts for name in (one.key, one.subject, one.brief)}
    near = difflib.get_close_matches(key, names, n=1, cutoff=0.4)
    hint = f" — did you mean {names[near[0]]}?" if near else ""
    return f"no alert {key!r}{hint} (quarterdeck alerts lists them)"


def _lines(snapshot: Snapshot) -> Iterator[str]:
    for view in snapshot.workspaces.values():
        yield f"{view.spec.title}: {_count_words(view.alerts)}"
        for alert in view.alerts:
            yield f"  {alert_line(alert, snapshot.at)}"
            yield f"       key {alert.key}"


def _count_words(alerts: Sequence[AlertView]) -> str:
    """`no alerts`, `3 alerts`, `1 alert, 3 follow`."""
    roots = sum(not alert.cause for alert in alerts)
    words = "1 alert" if roots == 1 else f"{roots or 'no'} alerts"
    behind = len(alerts) - roots
    return f"{words}, {follow_words(behind)}" if behind else words


def _document(snapshot: Snapshot) -> dict[str, Json]:
    return {
        "version": _LIST_VERSION,
        "at": time_text(snapshot.at.at),
        "alerts": [
            {"workspace": name, **alert_json(alert, snapshot.at)}
            for name, view in snapshot.workspaces.items()
            for alert in view.alerts
        ],
    }
