"""`python -m demo`: the demo world alone, and the switches of a running one."""

import asyncio
import json
import os
import shlex
import signal
import sys
from collections.abc import Mapping
from typing import Final

import click

from demo.control import DATABASE_DEEDS, find_control
from demo.faults import FaultKind
from demo.incident import CALM, INCIDENT, LOOP
from demo.postgres_binaries import NoPostgres
from demo.world import World

_STDIN: Final = 0
_SCRIPTS: Final = {"incident": INCIDENT, "loop": LOOP, "calm": CALM}
_HELP: Final = """\
Without a command: start a demo world on this machine's loopback, print its addresses, and keep it
until Ctrl-C. The other commands break and mend a world that is running, this one or that of
`quarterdeck --demo`.

\b
  python -m demo --script loop
  python -m demo fault render hang
  python -m demo fault lma-api-production 500-html --path '/health*' --times 4
  python -m demo database lma kill
  python -m demo heal
"""


@click.group(invoke_without_command=True, help=_HELP)
@click.option(
    "--script",
    type=click.Choice(list(_SCRIPTS)),
    default="incident",
    show_default=True,
    help="What happens: the incident once, again and again, or nothing.",
)
@click.option("--no-database", is_flag=True, help="Start no PostgreSQL.")
@click.option("--control", is_flag=True, help="Take the commands below from standard input too.")
@click.pass_context
def cli(context: click.Context, *, script: str, no_database: bool, control: bool) -> None:
    """See _HELP."""
    if context.invoked_subcommand is None:
        world = World(script=_SCRIPTS[script], database=not no_database)
        try:
            asyncio.run(_stay(world, control=control))
        except NoPostgres as error:
            raise click.ClickException(f"{error}; try --no-database") from error


async def _stay(world: World, *, control: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    await world.start()
    try:
        _describe(world)
        if control:
            Prompt(stop).listen()
        await stop.wait()
    finally:
        await world.stop()


def _describe(world: World) -> None:
    width = max(len(name) for name in world.urls)
    for name, url in world.urls.items():
        click.echo(f"{name:<{width}}  {url}")
    for product, database in world.databases.items():
        address = f"postgresql://{database.user}@{database.host}:{database.port}"
        click.echo(f"{f'database {product}':<{width}}  {address}/{database.database}")
    click.echo(f"\nconfiguration  {world.config_path}")
    click.echo(f"watch it       quarterdeck --config {world.config_path}")
    click.echo("break it       python -m demo fault SERVICE KIND, python -m demo --help")
    click.echo("Waiting times of the runbooks are divided by ten. Ctrl-C ends the world.")


class Prompt:
    """Takes commands from standard input while the world runs; `quit` ends it.

    Args:
        stop: Set by `quit`.
    """

    def __init__(self, stop: asyncio.Event) -> None:
        self._stop = stop
        self._pending = b""

    def listen(self) -> None:
        """Begin; what is typed or piped is carried out line by line."""
        try:
            asyncio.get_running_loop().add_reader(_STDIN, self._read)
        except PermissionError:
            # A file cannot be waited for: all of it is there already.
            for line in sys.stdin:
                self._obey(line)

    def _read(self) -> None:
        piece = os.read(_STDIN, 65_536)
        if not piece:
            asyncio.get_running_loop().remove_reader(_STDIN)
        *lines, self._pending = (self._pending + piece).split(b"\n")
        for line in lines:
            self._obey(line.decode(errors="replace"))

    def _obey(self, line: str) -> None:
        try:
            words = shlex.split(line)
        except ValueError as error:
            click.echo(f"{line.strip()}: {error}", err=True)
            return
        if words in (["quit"], ["exit"]):
            self._stop.set()
        elif words:
            # The request goes to our own world: its loop is in another thread and answers.
            try:
                cli.main(words, prog_name="demo", standalone_mode=False)
            except click.ClickException as error:
                click.echo(error.format_message(), err=True)


def _ask(
    method: str,
    path: str,
    *,
    params: Mapping[str, str | None] | None = None,
    body: Mapping[str, object] | None = None,
) -> Mapping[str, object]:
    # Only who asks a world needs it; a world itself is up sooner without.
    import httpx

    control = find_control()
    if control is None:
        raise click.ClickException("no demo world of yours is running: python -m demo")
    given = {name: value for name, value in (params or {}).items() if value is not None}
    try:
        answer = httpx.request(
            method,
            control.url + path,
            params=given,
            content=None if body is None else json.dumps(body),
            headers={"authorization": f"Bearer {control.token}"},
            timeout=20,
            trust_env=False,
        )
    except httpx.TransportError as error:
        raise click.ClickException(f"the world does not answer: {error}") from error
    value: Mapping[str, object] = answer.json()
    if answer.status_code != 200:
        raise click.ClickException(str(value.get("error", answer.status_code)))
    return value


@cli.command()
@click.argument("service")
@click.argument("kind", type=click.Choice([kind.value for kind in FaultKind]))
@click.option("--path", default="*", help="Only these paths; * and ? stand for anything.")
@click.option("--times", type=int, help="Only for so many requests.")
@click.option("--seconds", type=float, default=3.0, help="Delay of slow, Retry-After of 429.")
def fault(service: str, kind: str, path: str, times: int | None, seconds: float) -> None:
    """Switch a fault on; SERVICE is a name of `list`, or * for all."""
    asked = {"service": service, "kind": kind, "path": path, "times": times, "seconds": seconds}
    _say_faults(_ask("PUT", "/faults", body=asked))


@cli.command()
@click.argument("service", default="*")
@click.option("--path", help="Only the fault of this path.")
def heal(service: str, path: str | None) -> None:
    """Switch the faults of SERVICE off, or all."""
    _say_faults(_ask("DELETE", "/faults", params={"service": service, "path": path}))


@cli.command()
@click.argument("product", type=click.Choice(["lma", "localloop"]))
@click.argument("deed", type=click.Choice(DATABASE_DEEDS))
def database(product: str, deed: str) -> None:
    """Kill, restart, freeze or thaw a database."""
    state = _ask("POST", f"/databases/{product}/{deed}")
    click.echo(json.dumps(state["databases"], indent=2))


@cli.command()
@click.argument("product", type=click.Choice(["lma", "localloop"]))
def pause(product: str) -> None:
    """Pause a product's Supabase project, as its console does; its database goes away."""
    click.echo(json.dumps(_ask("POST", f"/projects/{product}/pause")["projects"], indent=2))


@cli.command()
def incident() -> None:
    """Let the script begin once more, from now."""
    _ask("POST", "/incident")
    click.echo("it begins")


@cli.command(name="list")
def show() -> None:
    """Services, kinds of fault, and what is on."""
    click.echo(json.dumps(_ask("GET", "/"), indent=2))


def _say_faults(state: Mapping[str, object]) -> None:
    click.echo(json.dumps(state["faults"], indent=2))


if __name__ == "__main__":
    cli(prog_name="python -m demo")
