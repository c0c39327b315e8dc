"""`quarterdeck action`: the guarded actions without a screen, through the same door.

Exit codes: 0 done, or `plan` that can be confirmed; 1 failed, and nothing was changed or the other
side says so; 3 refused, nothing was sent; 4 unknown, it may have been carried out; 64 the line
makes no sense; 74 the audit can not be written; 78 the configuration can not be used; 130 and 143
ended by a signal before anything was sent.
"""

import json
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import click

from actions.audit import AuditTrouble
from actions.guard_values import Verdict
from actions.lease import LeaseRefused
from actions.verbs import Outcome, Unplannable
from providers.clock import Clock
from providers.errors import ProviderError
from providers.secrets import redact
from providers.text import Foreign
from tui.action_names import names
from tui.action_session import NoSuchAction, Session, session
from tui.action_text import (
    card_json,
    card_lines,
    decision_lines,
    place_lines,
    plan_lines,
    proposal_json,
    running_json,
)
from tui.config.model import Config
from tui.exit_codes import NOT_WRITTEN
from tui.headless import run_with_config
from tui.options import Options
from tui.status_values import Json

if TYPE_CHECKING:
    from actions.families import Card

_VERSION: Final = 1
REFUSED: Final = 3
_LONGEST: Final = 2_000

Work = Callable[[Session, Clock], Coroutine[object, object, int]]

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON with a version field.")
_SET = click.option(
    "--set", "given", metavar="NAME=VALUE", multiple=True, help="A parameter; may be repeated."
)


@click.group()
def action() -> None:
    """Do what a key of the wall does, by name: plan it, run it, agree to it.

    Nothing is sent but by `run`, and then by the same rules as on the wall: read-only, a lease,
    a reason, the name, the preconditions, the audit.
    """


@action.command("list")
@_JSON
@click.pass_obj
def list_(options: Options, as_json: bool) -> None:
    """List what the configuration allows for, with targets and parameters."""

    async def listed(found: Session, clock: Clock) -> int:
        del clock
        cards = (await found.door.ready()).cards
        if as_json:
            places: Json = dict(found.places())
            told: Json = [card_json(card) for card in cards.values()]
            _print_json({"actions": told, "refused": places})
        else:
            _print([*card_lines(cards), *place_lines(found.places())])
        return 0

    raise SystemExit(_with_door(options, listed, as_json=as_json))


@action.command()
@click.argument("name", shell_complete=names)
@click.argument("target")
@_SET
@_JSON
@click.pass_obj
def plan(options: Options, name: str, target: str, given: tuple[str, ...], as_json: bool) -> None:
    """Show exactly what NAME would do to TARGET, and what stands in its way. Sends nothing.

    Exit 0 when it could be confirmed, 3 when it is refused.
    """

    async def planned(found: Session, clock: Clock) -> int:
        card, family = await found.found(name)
        parameters = parameters_of(card, given)
        frozen = await family.target(name, target)
        first = await found.door.plan(name, frozen, parameters)
        await found.read(first)
        proposal = await found.door.look(name, frozen, parameters)
        if as_json:
            _print_json(proposal_json(proposal))
        else:
            _print(plan_lines(proposal.plan, proposal.preconditions, clock.now()))
            _print(decision_lines(proposal.decision, proposal.plan.target.short_name))
        return REFUSED if proposal.decision.verdict is Verdict.REFUSE else 0

    raise SystemExit(_with_door(options, planned, as_json=as_json))


@action.command()
@click.argument("name", shell_complete=names)
@click.argument("target")
@click.option("--reason", required=True, help="Why; stands in the audit.")
@click.option(
    "--confirm", "typed", required=True, metavar="SHORTNAME",
    help="The target's short name, as `plan` says it.",
)  # fmt: skip
@click.option("--incident", default="", metavar="ID", help="What it belongs to, such as INC-482.")
@click.option(
    "--minutes", type=click.FloatRange(1), default=5.0, show_default=True,
    help="How long the environment is armed at most; it is disarmed at the end.",
)  # fmt: skip
@click.option(
    "--accept-warnings", is_flag=True,
    help="Go on although somebody else acted on the target within 15 minutes.",
)  # fmt: skip
@click.option(
    "--watch", is_flag=True, help="Follow what should recover, for 5 to 30 minutes at most."
)  # fmt: skip
@_SET
@_JSON
@click.pass_obj
def run(options: Options, /, name: str, target: str, as_json: bool, **words: object) -> None:
    """Carry NAME out on TARGET, once, and say what became of it.

    Arms the environment for it. Exit 0 done, 1 failed, 3 refused, 4 unknown.
    """
    from tui.action_run import Order, carried_out

    order = Order.of(name, target, words)

    async def work(found: Session, clock: Clock) -> int:
        card, _ = await found.found(name)
        del clock
        parameters = parameters_of(card, order.given)
        running = await carried_out(found, order, parameters)
        if as_json:
            _print_json(running_json(running))
        return order.exit_code(running)

    raise SystemExit(_with_door(options, work, as_json=as_json, watches=order.watches))


@action.command()
@click.argument("fingerprint", required=False)
@click.option("--reason", default="", help="Why you agree; without it the plan is only shown.")
@click.pass_obj
def approve(options: Options, fingerprint: str | None, reason: str) -> None:
    """Agree to what another account asks for; without FINGERPRINT, list what is asked for."""
    from tui.action_run import agreed

    async def work(found: Session, clock: Clock) -> int:
        return await agreed(found, clock, fingerprint, reason)

    raise SystemExit(_with_door(options, work))


@action.command()
@click.argument("request", required=False)
@click.option("--reason", default="", help="What you found, and where.")
@click.pass_obj
def settle(options: Options, request: str | None, reason: str) -> None:
    """Say that you looked: REQUEST is put right, or known.

    Without it, list what is open. Without --reason, ask the other side now how it ended.
    """
    from tui.action_run import settled

    async def work(found: Session, clock: Clock) -> int:
        del clock
        return await settled(found, request, reason)

    raise SystemExit(_with_door(options, work))


def parameters_of(card: "Card", given: Sequence[str]) -> Mapping[str, str]:
    """What `--set` said, with the defaults of what it left out.

    Raises:
        click.UsageError: A parameter is unknown, said twice, or missing.
    """
    found = {one.name: one.default for one in card.parameters if one.default}
    known = {one.name: one for one in card.parameters}
    said: set[str] = set()
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or name not in known or name in said:
            names = ", ".join(known) or "none"
            raise click.UsageError(f"--set {pair!r}: {card.name} takes once each: {names}")
        if len(value) > known[name].longest:
            raise click.UsageError(f"--set {name}: at most {known[name].longest} characters")
        said.add(name)
        found[name] = value
    missing = [one.name for one in card.parameters if one.required and not found.get(one.name)]
    if missing:
        raise click.UsageError(f"{card.name} needs --set {missing[0]}=…")
    return found


def _with_door(
    options: Options, work: Work, *, as_json: bool = False, watches: bool = False
) -> int:
    """Do something with the door, and say what stands in the way if anything does."""

    async def opened(config: Config, options: Options, clock: Clock) -> int:
        async with session(config, options, clock, watches=watches) as found:
            return await work(found, clock)

    try:
        return run_with_config(options, opened, joins=True)
    except NoSuchAction as error:
        raise click.UsageError(redact(str(error))) from None
    except (Unplannable, LeaseRefused) as error:
        words, code = str(error), REFUSED
    except ProviderError as error:
        words, code = error.sentence, REFUSED
    except AuditTrouble as error:
        words, code = f"no record, no action: {error}", NOT_WRITTEN
    if as_json:
        _print_json({"outcome": Outcome.REFUSED.value, "words": Foreign(words).text})
    click.echo(redact(f"refused, nothing was sent: {Foreign(words).line(_LONGEST)}"), err=True)
    return code


def _print(lines: Iterable[str]) -> None:
    click.echo(redact("\n".join(lines)))


def _print_json(fields: dict[str, Json]) -> None:
    click.echo(redact(json.dumps({"version": _VERSION, **fields}, indent=2)))
