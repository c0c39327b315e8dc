"""`quarterdeck maintenance`: when it is worked on, and saying so at once, without a screen.

Exit codes: 0 done; 1 there is no such maintenance; 64 the line makes no sense; 74 the journal can
not be written; 78 the configuration can not be used.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final, TypeVar

import click

from monitor.care_entries import EntryKind
from monitor.care_journal import CareJournal, JournalTrouble
from monitor.maintenance import Covered, Span, running, spans
from monitor.maintenance_orders import (
    MaintenanceOrder,
    about_words,
    did_words,
    entry_of,
    windows_of,
)
from monitor.words import date_words
from providers.clock import Clock
from providers.secrets import redact
from tui.config.durations import Unreadable, parse_duration
from tui.config.model import Config, Workspace
from tui.config.suggest import listed, nearest
from tui.exit_codes import NOT_WRITTEN
from tui.headless import run_with_config
from tui.options import Options
from tui.status_values import Json, time_text
from tui.wire_care import care_folder, journals
from tui.wire_maintenance import maintenance as configured

T = TypeVar("T")

_LIST_VERSION: Final = 1
_NONE: Final = 1
_AHEAD: Final = timedelta(days=400)
"""How far ahead the list looks: a single one may be planned for next year."""


def _seconds(_ctx: click.Context, _param: click.Parameter, value: str) -> float:
    try:
        found = parse_duration(value)
    except Unreadable as error:
        raise click.BadParameter(str(error)) from None
    if not 60 <= found <= parse_duration("3d"):
        raise click.BadParameter("must be from 1m to 3d")
    return found


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON with a version field.")
@click.pass_context
def maintenance(ctx: click.Context, as_json: bool) -> None:
    """List the windows of maintenance: what is now, and when each is next.

    In a window alerts are judged and shown, and nobody is told of them. What is started here stands
    in the journal that all operators of this host share.
    """
    if ctx.invoked_subcommand is None:
        _list(ctx.find_object(Options) or Options(), as_json=as_json)


@maintenance.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with a version field.")
@click.pass_obj
def list_windows(options: Options, as_json: bool) -> None:
    """List what is now, and when each window is next."""
    _list(options, as_json=as_json)


@maintenance.command()
@click.option("--for", "lasts_s", callback=_seconds, required=True, help="How long; at most 3d.")
@click.option("--service", "services", multiple=True, help="A service; again for another one.")
@click.option("--database", "databases", multiple=True, help="A database.")
@click.option("--check", "checks", multiple=True, help="A single check: service/check.")
@click.option("--kpi", "kpis", multiple=True, help="A single KPI.")
@click.option("--env", "environments", multiple=True, help="Only in this environment.")
@click.option("--note", default="", help="What is done; the wall shows it.")
@click.pass_obj
def start(options: Options, /, lasts_s: float, note: str, **about: tuple[str, ...]) -> None:
    """Start maintenance now. Without a service, database, check or KPI: of everything."""

    async def work(config: Config, options: Options, clock: Clock) -> str:
        name = _workspace_of(config, options)
        order = MaintenanceOrder(
            workspace=name,
            lasts_s=lasts_s,
            about=_about(config.workspaces[name], about),
            note=note,
        )
        return _written(_journal(config, options, clock, name), order)

    click.echo(redact(run_with_config(options, work)))


@maintenance.command()
@click.argument("key", default="")
@click.pass_obj
def end(options: Options, key: str) -> None:
    """End maintenance that was started by hand; without a key the only one there is."""

    async def work(config: Config, options: Options, clock: Clock) -> str:
        found = [
            (name, span)
            for name, span in _now(config, options, clock)
            if span.window.operator and span.window.key.startswith(key)
        ]
        if len(found) != 1:
            known = listed(span.window.key for _, span in found) if found else "none"
            click.echo(
                f"say which maintenance is to end: {known} (quarterdeck maintenance)", err=True
            )
            raise SystemExit(_NONE)
        name, span = found[0]
        order = MaintenanceOrder(workspace=name, ends=span.window.key)
        _written(_journal(config, options, clock, name), order)
        return f"ended: {span.window.title}"

    click.echo(redact(run_with_config(options, work)))


def _list(options: Options, *, as_json: bool) -> None:
    async def work(config: Config, options: Options, clock: Clock) -> str:
        now = clock.now().at
        if as_json:
            return json.dumps(_document(config, options, clock, now), indent=2, allow_nan=False)
        return "\n".join(_lines(config, options, clock, now))

    click.echo(redact(run_with_config(options, work)))


def _lines(config: Config, options: Options, clock: Clock, now: datetime) -> Iterator[str]:
    for name in _names(config, options):
        found = _next(_spans(config, options, clock, name, now))
        yield f"{config.workspaces[name].title}: {len(found) or 'no'} maintenance windows"
        for span in found:
            window = span.window
            when = f"now, until {date_words(span.ends)}"
            if span.begins > now:
                when = f"{date_words(span.begins)} to {date_words(span.ends)}"
            by = f" by {window.operator}, key {window.key}" if window.operator else ""
            counts = "" if window.counts_for_uptime else "; does not count for uptime"
            yield f"  {when}  {window.title}: {about_words(window.about)}{by}{counts}"


def _document(config: Config, options: Options, clock: Clock, now: datetime) -> dict[str, Json]:
    return {
        "version": _LIST_VERSION,
        "at": time_text(now),
        "windows": [
            {
                "workspace": name,
                "key": span.window.key,
                "title": span.window.title,
                "about": about_words(span.window.about),
                "from": time_text(span.begins),
                "to": time_text(span.ends),
                "now": span.begins <= now,
                "operator": span.window.operator or None,
                "note": span.window.note or None,
                "counts_for_uptime": span.window.counts_for_uptime,
            }
            for name in _names(config, options)
            for span in _next(_spans(config, options, clock, name, now))
        ],
    }


def _next(found: Iterable[Span]) -> list[Span]:
    """Of each window the time that is now, else the next one."""
    first: dict[str, Span] = {}
    for span in found:
        first.setdefault(span.window.key, span)
    return list(first.values())


def _now(config: Config, options: Options, clock: Clock) -> Iterator[tuple[str, Span]]:
    now = clock.now().at
    for name in _names(config, options):
        for span in running(_spans(config, options, clock, name, now), now):
            yield name, span


def _spans(
    config: Config, options: Options, clock: Clock, name: str, now: datetime
) -> tuple[Span, ...]:
    journal = _journal(config, options, clock, name)
    by_hand = windows_of(_tried(journal.read))
    return spans((*configured(config, name), *by_hand), now, now + _AHEAD)


def _names(config: Config, options: Options) -> list[str]:
    return [options.workspace] if options.workspace is not None else list(config.workspaces)


def _workspace_of(config: Config, options: Options) -> str:
    name = options.workspace or config.settings.default_workspace
    if name is None and len(config.workspaces) > 1:
        words = listed(config.workspaces)
        raise click.UsageError(f"say which: quarterdeck --workspace NAME; there are: {words}")
    return name or next(iter(config.workspaces))


def _about(workspace: Workspace, given: dict[str, tuple[str, ...]]) -> Covered:
    """What was named, each looked for among what there is.

    Raises:
        click.UsageError: There is no such thing; with what was perhaps meant.
    """
    checks = [f"{name}/{one}" for name, each in workspace.services.items() for one in each.checks]
    known: dict[str, Iterable[str]] = {
        "services": workspace.services,
        "databases": workspace.databases,
        "checks": checks,
        "kpis": workspace.kpis,
        "environments": workspace.environments,
    }
    for kind, names in known.items():
        for word in given[kind]:
            if word not in names:
                meant = nearest(word, names)
                hint = f" — did you mean {meant}?" if meant else f"; known: {listed(names)}"
                raise click.UsageError(f"no {kind.removesuffix('s')} {word!r}{hint}")
    return Covered(
        names=frozenset((*given["services"], *given["databases"])),
        checks=frozenset(given["checks"]),
        kpis=frozenset(given["kpis"]),
        environments=frozenset(given["environments"]),
    )


def _journal(config: Config, options: Options, clock: Clock, name: str) -> CareJournal:
    # The demo leaves nothing behind.
    folder = None if options.demo else care_folder(config)
    return journals(config, clock, folder)[name]


def _written(journal: CareJournal, order: MaintenanceOrder) -> str:
    entry = entry_of(journal.entry(EntryKind.MAINTENANCE, "-"), order)
    _tried(lambda: journal.append((entry,)))
    return did_words(entry)


def _tried(work: Callable[[], T]) -> T:
    try:
        return work()
    except JournalTrouble as error:
        click.echo(redact(str(error)), err=True)
        raise SystemExit(NOT_WRITTEN) from None
