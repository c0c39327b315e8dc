"""What the shell completes `quarterdeck action plan` with; never says why it does not."""

import click

from monitor.contained import Contained
from tui.options import Options


def names(ctx: click.Context, _param: click.Parameter, begun: str) -> list[str]:
    """The actions of the configuration in use that begin so."""
    found: list[str] = []
    # Nobody reads an error in the middle of a line.
    with Contained():
        found += _names(Options.of(ctx.find_root().params))
    return sorted(name for name in found if name.startswith(begun))


def _names(options: Options) -> list[str]:
    from providers.clock import SystemClock
    from tui.config.load import load
    from tui.config.paths import config_file
    from tui.wire_clients import clients
    from tui.wire_door import families

    path = config_file(options.config_path)
    if path is None or options.demo:
        return []
    config, clock = load(path), SystemClock()
    shared = clients(config, clock)
    made = families(config, shared.apis, shared, clock)
    return [card.name for family in made for card in family.cards]
