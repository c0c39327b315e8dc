"""`quarterdeck doctor`: looks at the set-up and at everything it reaches, each with its fix."""

import os
import shutil
import sys

import click

from providers.clock import Clock
from providers.secret_value import redact
from providers.tmux import tmux_option
from tui.config.model import Config
from tui.config.paths import config_dir
from tui.doctor.audit import audit_findings
from tui.doctor.findings import Finding, Mark, report_lines, summary
from tui.doctor.notices import notice_findings
from tui.doctor.setup import (
    account_findings,
    clock_findings,
    config_findings,
    network_findings,
    secret_findings,
)
from tui.doctor.shared import shared_findings
from tui.doctor.sources import source_findings
from tui.doctor.terminal import Surroundings, terminal_findings, theme_findings
from tui.guard import misplaced_packages
from tui.headless import run_with_config
from tui.one_environment import sources_within
from tui.options import Options


@click.command()
@click.pass_obj
def doctor(options: Options) -> None:
    """Look for what is wrong with the set-up; exit 1 when something is."""
    findings = run_with_config(options, _examine)
    click.echo(summary(findings))
    raise SystemExit(any(finding.mark is Mark.FAILED for finding in findings))


async def _examine(config: Config, options: Options, clock: Clock) -> list[Finding]:
    """Everything in turn, printed as it is found."""
    from tui.wire_clients import clients
    from tui.wiring import asked, connectivity

    shared = clients(config, clock)
    sources = sources_within(asked(config, clock, options.workspace, shared), options.environment)
    findings = [
        *_packages(),
        *terminal_findings(await _surroundings()),
        *theme_findings(options.theme or config.settings.theme, config_dir() / "themes"),
        *config_findings(config, clock),
        *(() if options.demo else shared_findings(config, clock)),
        *(() if options.demo else audit_findings(config, clock)),
    ]
    _print(findings)
    try:
        for stream in (
            network_findings(connectivity(config, clock), config.settings.connectivity.targets),
            secret_findings(config),
            account_findings(config, shared),
            notice_findings(config, shared, clock, options.workspace, kept=not options.demo),
            clock_findings(config, clock),
            source_findings(sources, clock),
        ):
            async for finding in stream:
                _print([finding], after=findings)
                findings.append(finding)
    finally:
        for source in sources:
            await source.aclose()
        await shared.aclose()
    return findings


def _print(findings: list[Finding], after: list[Finding] | None = None) -> None:
    """Print findings; the heading of an area only when it begins."""
    lines = list(report_lines(findings))
    if after and findings and after[-1].area == findings[0].area:
        lines = lines[1:]
    click.echo(redact("\n".join(lines)))


def _packages() -> list[Finding]:
    problem = misplaced_packages()
    return [
        Finding(
            area="installation",
            subject="packages",
            mark=Mark.FAILED if problem else Mark.OK,
            words=problem or "all in one folder",
        )
    ]


async def _surroundings() -> Surroundings:
    columns, lines = shutil.get_terminal_size()
    inside_tmux = "TMUX" in os.environ
    return Surroundings(
        environment=dict(os.environ),
        is_terminal=sys.stdout.isatty(),
        columns=columns,
        lines=lines,
        encoding=sys.stdout.encoding,
        tmux_clipboard=await tmux_option("set-clipboard") if inside_tmux else None,
        tmux_passthrough=await tmux_option("allow-passthrough") if inside_tmux else None,
    )
