"""`quarterdeck notices`: over which channels people are told, and a test for each.

Exit codes: 0 done; 1 there is no such channel, or the test did not arrive; 64 the line makes no
sense; 78 the configuration can not be used.
"""

import asyncio
import contextlib
import json
from collections.abc import Iterator, Mapping

import click

from actions.notices.channel import ChannelSpec, Message
from actions.notices.teller import Channel
from actions.notices.told import last_failed, last_sent, noted
from monitor.care_entries import CareEntry, EntryKind, new_id
from monitor.care_journal import CareJournal, JournalTrouble
from providers.clock import Clock
from providers.errors import ProviderError
from providers.secrets import redact
from providers.text import Foreign
from tui.config.model import Config
from tui.headless import run_with_config
from tui.options import Options
from tui.status_values import Json, time_text

_VERSION = 1
_FAILED = 1


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON with a version field.")
@click.pass_context
def notices(ctx: click.Context, as_json: bool) -> None:
    """List the channels that people are told over, and when each last told something.

    Asks nobody: what was sent stands in the journal that operators of this host share.
    """
    if ctx.invoked_subcommand is not None:
        return
    options = ctx.find_object(Options) or Options()
    found = run_with_config(options, _listed)
    if as_json:
        document = {"version": _VERSION, "channels": [_json(*one) for one in found]}
        click.echo(redact(json.dumps(document, indent=2)))
    else:
        click.echo(redact("\n".join(_lines(found))))


@notices.command()
@click.argument("channel")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.pass_obj
def test(options: Options, channel: str, yes: bool) -> None:
    """Send a message that is marked as a test over CHANNEL (or WORKSPACE/CHANNEL).

    It goes to people, so it asks first. With PagerDuty it opens an incident and resolves it.
    """

    async def work(config: Config, options: Options, clock: Clock) -> str:
        return await _tested(config, options, clock, channel, sure=yes)

    trouble = run_with_config(options, work)
    click.echo(redact(trouble or f"test sent to {channel}"), err=bool(trouble))
    raise SystemExit(_FAILED if trouble else 0)


_Found = tuple[ChannelSpec, CareEntry | None, str]


async def _listed(config: Config, options: Options, clock: Clock) -> list[_Found]:
    from tui.wire_care import care_folder, journals

    folder = None if options.demo else care_folder(config)
    kept = journals(config, clock, folder)
    return await asyncio.to_thread(_read, _specs(config, options), kept)


def _specs(config: Config, options: Options) -> list[ChannelSpec]:
    from tui.wire_notices import channel_spec

    return [
        channel_spec(name, workspace, key, setting)
        for name, workspace in config.workspaces.items()
        if options.workspace in {None, name}
        for key, setting in workspace.notices.channels.items()
    ]


def _read(specs: list[ChannelSpec], kept: Mapping[str, CareJournal]) -> list[_Found]:
    found: list[_Found] = []
    for spec in specs:
        try:
            entries = kept[spec.workspace].read()
        except JournalTrouble as error:
            found.append((spec, None, f"what was sent is not known: {error}"))
        else:
            failed = last_failed(entries, spec.name)
            problem = (
                "" if failed is None else f"fails since {time_text(failed.at)}: {failed.subject}"
            )
            found.append((spec, last_sent(entries, spec.name), problem))
    return found


def _lines(found: list[_Found]) -> Iterator[str]:
    if not found:
        yield "nobody is told: no channel under notices: in the configuration"
    for spec, last, problem in found:
        name = f"{spec.workspace}/{spec.name}"
        yield f"{name:30} {spec.kind.value:10} {spec.target}, from {spec.least.word} on"
        if problem:
            yield f"{'':30} {problem}"
        if last is None:
            yield f"{'':30} nothing sent within a week"
        else:
            by = f"{last.short_operator}@{last.host}"
            yield f"{'':30} last sent {time_text(last.at)} by {by}: {last.subject}"


def _json(spec: ChannelSpec, last: CareEntry | None, problem: str) -> dict[str, Json]:
    return {
        "workspace": spec.workspace,
        "name": spec.name,
        "kind": spec.kind.value,
        "target": spec.target,
        "from": spec.least.word,
        "environments": [*sorted(spec.environments)],
        "remind_every_s": spec.remind_s,
        "cleared": spec.cleared,
        "last_sent": None if last is None else time_text(last.at),
        "last_text": None if last is None else last.subject,
        "last_operator": None if last is None else last.operator,
        "problem": problem or None,
    }


async def _tested(config: Config, options: Options, clock: Clock, name: str, *, sure: bool) -> str:
    """Why the test did not arrive; empty when it did."""
    from tui.wire_care import author
    from tui.wire_clients import clients
    from tui.wire_notices import channels

    shared = clients(config, clock)
    try:
        every = [
            one
            for one in channels(config, shared, clock)
            if options.workspace in {None, one.spec.workspace}
        ]
        chosen = _chosen(every, name)
        if isinstance(chosen, str):
            return chosen
        where = f"{chosen.spec.kind.value} {chosen.spec.target}"
        if not sure and not click.confirm(f"Send a test message to {where}? People see it."):
            return "not sent"
        by = author(config)
        message = Message(
            workspace=chosen.spec.workspace,
            workspace_title=chosen.spec.workspace_title,
            id=new_id(),
            host=by.host,
            test=Foreign(f"{by.operator}@{by.host}"),
        )
        await chosen.sender.send(message)
        if not options.demo:
            await asyncio.to_thread(_note, config, clock, chosen.spec)
    except ProviderError as error:
        return f"{error.sentence}{f' ({error.advice})' if error.advice else ''}"
    finally:
        await shared.aclose()
    return ""


def _note(config: Config, clock: Clock, spec: ChannelSpec) -> None:
    """Have the others see that it was tried; a journal that can not be written costs just that."""
    from tui.wire_care import care_folder, journals

    journal = journals(config, clock, care_folder(config))[spec.workspace]
    with contextlib.suppress(JournalTrouble):
        journal.append((noted(journal.entry(EntryKind.CLAIM, spec.name), spec.name, "a test"),))


def _chosen(every: list[Channel], name: str) -> Channel | str:
    hits = [one for one in every if name in {one.spec.name, _full(one.spec)}]
    if len(hits) == 1:
        return hits[0]
    known = ", ".join(_full(one.spec) for one in every) or "none"
    return f"{'more than one' if hits else 'no'} channel {name!r}; there are: {known}"


def _full(spec: ChannelSpec) -> str:
    return f"{spec.workspace}/{spec.name}"
