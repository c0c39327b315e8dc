"""The command line. Imports nothing heavy: `--version` must not pay for a screen.

Data goes to stdout, messages to stderr. Exit codes: `status` speaks the monitoring plug-ins'
language (0 ok, 1 warning, 2 critical, 3 unknown); `action` says 0 done, 1 failed, 3 refused and 4
unknown, which may have been carried out; the rest 0 well, 1 a check failed, 64 usage,
66 nothing to read, 69 no demo on this machine, 70 a bug of ours, 74 not written, 78 configuration,
128+n a signal.
"""

import importlib
import os
import sys
from pathlib import Path
from typing import Final

import click

from tui.exit_codes import USAGE
from tui.guard import LastWords, misplaced_packages

_COMMANDS: Final = {
    "status": ("tui.commands_status", "one pass over everything; exit 0 ok, 1 warning, 2 critical"),
    "alerts": ("tui.commands_alerts", "what fires; acknowledge, snooze and clear by key"),
    "maintenance": ("tui.commands_maintenance", "when it is worked on; start and end it by hand"),
    "notices": ("tui.commands_notices", "who is told of alerts; send a test to a channel"),
    "rules": ("tui.commands_rules", "list the rules, test them on the recorded past, explain one"),
    "action": ("tui.commands_action", "plan and run guarded actions by name; agree to one"),
    "audit": ("tui.commands_audit", "who did what; verify that the record is whole; export it"),
    "doctor": ("tui.commands_doctor", "what is wrong with the set-up, each with its fix"),
    "check": ("tui.commands_config", "check the configuration without asking anybody"),
    "init": ("tui.commands_config", "write a small configuration to start from"),
    "schema": ("tui.commands_config", "print the JSON Schema of the configuration"),
    "example": ("tui.commands_config", "print the complete, explained configuration"),
    "paths": ("tui.commands_config", "where the files are"),
    "keys": ("tui.commands_keys", "the keys, as they are bound now"),
    "secret": ("tui.commands_secret", "store, list and delete secrets"),
    "completion": ("tui.commands_completion", "shell completion for bash, zsh or fish"),
}


class _LazyGroup(click.Group):
    """Imports a command's module when it is called, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(_COMMANDS[cmd_name][0])
        command = getattr(module, cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{cmd_name} is not a command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a wrong word is answered with the nearest right one."""
        if args and args[0] not in _COMMANDS:
            ctx.fail(_no_such_command(args[0]))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in _COMMANDS.items()])


def _no_such_command(word: str) -> str:
    import difflib

    near = difflib.get_close_matches(word, _COMMANDS, n=1)
    hint = f" — did you mean {near[0]}?" if near else ""
    return f"no command {word!r}{hint} (see quarterdeck --help)"


def version_text() -> str:
    """Name and version as installed."""
    import importlib.metadata

    return f"quarterdeck {importlib.metadata.version('quarterdeck')}"


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(version_text())
        ctx.exit()


@click.group(
    cls=_LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--config",
    "config_path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The configuration to use instead of QUARTERDECK_CONFIG or the user's own.",
)
@click.option("--workspace", metavar="NAME", help="Open this workspace.")
@click.option("--env", "environment", metavar="NAME", help="Show only this environment.")
@click.option("--demo", is_flag=True, help="Watch a demo world on this machine; nothing to set up.")
@click.option(
    "--read-only", is_flag=True, help="Refuse every action, whatever the configuration says."
)
@click.option("--theme", metavar="NAME", help="Colour theme.")
@click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII only.")
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
@click.option("--low-bandwidth", is_flag=True, help="Paint less often, for a slow link.")
@click.option(
    "--log-file", metavar="FILE", type=click.Path(path_type=Path), help="Write the log here."
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and leave.",
)
@click.pass_context
def quarterdeck(ctx: click.Context, /, **options: object) -> None:
    """The wall for the person on call: is it bad, since when, what changed, what can I do.

    Without a command it opens the wall; without a terminal it prints the status as text.
    """
    from tui.options import Options

    ctx.obj = Options.of(options)
    if ctx.invoked_subcommand is None:
        ctx.exit(_open_wall(ctx.obj))


def _open_wall(options: object) -> int:
    from tui.options import Options

    if not isinstance(options, Options):
        raise TypeError("the command line was not parsed")
    from tui.terminal_environment import at_terminal, can_show_wall

    if not can_show_wall():
        from tui.commands_status import print_status

        code = print_status(options, as_json=False)
        dumb = f"TERM={os.environ.get('TERM')} can not be drawn on"
        why = dumb if at_terminal() else "This is no terminal"
        click.echo(f"{why}: run the same command in one to see the wall.", err=True)
        return code
    from tui.launch import open_wall

    return open_wall(options)


def main() -> None:
    """Run the command line and leave with its exit code."""
    with LastWords():
        _run()


def _run() -> None:
    if problem := misplaced_packages():
        click.echo(f"quarterdeck: {problem}", err=True)
        sys.exit(USAGE)
    try:
        code = quarterdeck.main(prog_name="quarterdeck", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        sys.exit(USAGE)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except BrokenPipeError:
        # The reader went away (head, less): not our failure, and nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
