"""`quarterdeck audit`: who did what, and whether the record of it is whole.

Exit codes: 0 well; 1 `verify` found something; 64 the line makes no sense; 74 the audit can not be
read or written; 78 the configuration can not be used.
"""

import csv
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import click
import msgspec

from actions.audit import Audit, AuditTrouble, open_intents
from actions.audit_chain import Head, Verified
from actions.audit_entries import AuditEntry, AuditKind
from actions.names import says_something
from providers.clock import Clock
from providers.secrets import redact
from tui.config.durations import Unreadable, parse_duration
from tui.config.model import Config
from tui.exit_codes import NOT_WRITTEN
from tui.headless import run_with_config
from tui.options import Options
from tui.status_values import Json, time_text

T = TypeVar("T")

_VERSION = 1
_FOUND = 1
_COLUMNS = (
    "seq", "at", "kind", "operator", "login", "host", "origin", "workspace", "environment",
    "action", "target", "target_name", "reason", "incident", "request", "answer", "outcome",
    "words", "hash",
)  # fmt: skip


def _since(_ctx: click.Context, _param: click.Parameter, value: str | None) -> float | None:
    if value is None:
        return None
    try:
        return parse_duration(value)
    except Unreadable as error:
        raise click.BadParameter(str(error)) from None


def _anchor(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Head | None:
    if value is None:
        return None
    seq, _, digest = value.partition(":")
    if not seq.isdecimal() or not seq.isascii() or len(digest) != 64:
        raise click.BadParameter("an entry's number and its whole hash: 482:9f…")
    return Head(seq=int(seq), hash=digest)


_SINCE = click.option(
    "--since", "since_s", metavar="DURATION", callback=_since, help="Only the last 12h, 30d, …"
)
_GREP = click.option("--grep", metavar="TEXT", default="", help="Only entries with this text.")


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON with a version field.")
@_SINCE
@_GREP
@click.pass_context
def audit(ctx: click.Context, as_json: bool, since_s: float | None, grep: str) -> None:
    """List what was done, refused, cancelled and armed, the newest last.

    Open intents are marked: nobody has written what became of them.
    """
    if ctx.invoked_subcommand is not None:
        return
    entries = _with_audit(ctx.find_object(Options) or Options(), _reading(since_s, grep))
    if as_json:
        document = {"version": _VERSION, "entries": [entry_json(one) for one in entries]}
        click.echo(redact(json.dumps(document, indent=2)))
        return
    click.echo(redact("\n".join(_lines(entries))))


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON with a version field.")
@click.option(
    "--anchor", callback=_anchor, metavar="SEQ:HASH",
    help="An entry noted down elsewhere: finds a chain that was written anew.",
)  # fmt: skip
@click.pass_obj
def verify(options: Options, as_json: bool, anchor: Head | None) -> None:
    """Find every entry that was changed, removed, put elsewhere or cut off. Exit 1 if any.

    Prints number and hash of the last entry: kept where nobody who writes the audit can reach it,
    it is the `--anchor` of a later look.
    """
    found = _with_audit(options, lambda audit, _: audit.verify(anchor))
    if as_json:
        click.echo(redact(json.dumps(_verified_json(found), indent=2)))
    else:
        click.echo(redact("\n".join(_verified_lines(found))))
    raise SystemExit(0 if found.sound else _FOUND)


@audit.command()
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl")
@_SINCE
@_GREP
@click.pass_obj
def export(options: Options, form: str, since_s: float | None, grep: str) -> None:
    """Print entries whole, as JSON lines or as a table; redirect it where it is wanted."""
    entries = _with_audit(options, _reading(since_s, grep))
    if form == "csv":
        sys.stdout.write(redact(table(entries)))
        return
    for one in entries:
        click.echo(redact(json.dumps(entry_json(one), sort_keys=True)))


@audit.command("set-aside")
@click.option("--reason", required=True, help="Why; stands in the first entry of the new one.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.pass_obj
def set_aside(options: Options, reason: str, yes: bool) -> None:
    """Begin a new audit beside the old one, which keeps its entries under another name.

    For an audit that is damaged: nothing is sent while nothing can be added to it.
    """
    if not says_something(reason):
        raise click.BadParameter("needs words", param_hint="--reason")
    if not yes:
        click.confirm("Begin a new audit?", abort=True, err=True)
    aside = _with_audit(options, lambda audit, _: audit.set_aside(reason.strip()))
    click.echo(f"the old audit is {aside}")


def _with_audit(options: Options, work: Callable[[Audit, datetime], T]) -> T:
    """Do something with the audit of the configuration, and leave if it can not be done."""
    if options.demo and _no_world():
        raise click.UsageError("the demo's audit lasts only as long as the demo: none is running")

    async def opened(config: Config, options: Options, clock: Clock) -> T:
        from tui.wire_actions import audit as audit_of

        del options
        # A short program with nothing else to do: it may block.
        return work(audit_of(config, clock), clock.now().at)

    try:
        return run_with_config(options, opened, joins=True)
    except AuditTrouble as error:
        click.echo(redact(str(error)), err=True)
        raise SystemExit(NOT_WRITTEN) from None


def _no_world() -> bool:
    from tui.demo_world import running_world

    return running_world() is None


def _reading(since_s: float | None, grep: str) -> Callable[[Audit, datetime], list[AuditEntry]]:
    def read(audit: Audit, now: datetime) -> list[AuditEntry]:
        since = None if since_s is None else now - timedelta(seconds=since_s)
        return [one for one in audit.entries(since) if _has(one, grep)]

    return read


def _has(entry: AuditEntry, text: str) -> bool:
    return text.casefold() in json.dumps(entry_json(entry), ensure_ascii=False).casefold()


def entry_json(entry: AuditEntry) -> dict[str, Json]:
    """An entry as it was written, with its texts made safe to draw."""
    fields: dict[str, Json] = json.loads(msgspec.json.encode(entry))
    return fields


def _lines(entries: Sequence[AuditEntry]) -> Iterator[str]:
    if not entries:
        yield "nothing: no action was proposed, armed or carried out"
    unsettled = {one.request for one in open_intents(entries)}
    for one in entries:
        yield entry_line(one, unsettled=one.kind is AuditKind.INTENT and one.request in unsettled)


def entry_line(entry: AuditEntry, *, unsettled: bool = False) -> str:
    """One entry in one line: number, time, who, what, how it went, why."""
    state = "OPEN" if unsettled else entry.outcome or entry.kind.value
    what = entry.title or entry.action or entry.kind.value
    place = f"{entry.place} {entry.target_name}".strip(" /")
    why = " · ".join(one for one in (entry.incident, entry.reason, entry.words) if one)
    at = time_text(entry.at)
    return f"#{entry.seq:<5} {at}  {entry.who:20} {state:9} {what} {place}  {why}".rstrip()


def _verified_lines(found: Verified) -> Iterator[str]:
    for one in found.problems:
        yield f"{one.what}: {one.words}"
    if found.torn:
        yield f"{found.torn} unfinished lines were set aside by the entries after them"
    if found.unfinished:
        yield "the last line is unfinished; the next entry sets it aside"
    state = "whole" if found.sound else "NOT whole"
    last = "" if found.head is None else f", the last is {found.head.seq}:{found.head.hash}"
    yield f"{found.entries} entries, {state}{last}"


def _verified_json(found: Verified) -> dict[str, Json]:
    head: Json = None
    if found.head is not None:
        head = {"seq": found.head.seq, "hash": found.head.hash}
    return {
        "version": _VERSION,
        "sound": found.sound,
        "entries": found.entries,
        "head": head,
        "torn": found.torn,
        "unfinished": found.unfinished,
        "problems": [
            {"what": one.what, "line": one.line, "seq": one.seq, "words": one.words}
            for one in found.problems
        ],
    }


def table(entries: Sequence[AuditEntry]) -> str:
    """Comma-separated; a cell that a spreadsheet would calculate begins with an apostrophe."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(_COLUMNS)
    for one in entries:
        fields = entry_json(one)
        table.writerow([_cell(fields.get(column, "")) for column in _COLUMNS])
    return out.getvalue()


def _cell(value: Json) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
