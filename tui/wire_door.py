"""The door for actions over a running engine; loaded when somebody acts or has acted."""

from __future__ import annotations

import asyncio
import logging
from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

from actions.door import Door
from actions.facts import facts
from actions.shelf import Load, Loaded
from monitor.contained import Contained
from providers.clock import Clock
from tui.wire_actions import audit
from tui.wire_clients import Clients, action_apis
from tui.wire_policy import policy

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from actions.families import Family
    from actions.guard_values import Facts
    from actions.plan import Plan
    from monitor.events import Event
    from monitor.snapshot import Snapshot
    from providers.http import Api
    from tui.config.model import Config

_LOG = logging.getLogger("quarterdeck.actions")

MODULES: Final[tuple[str, ...]] = (
    # In the order of the menu; each offers `families`, as `Wire` says.
    "tui.wire_verbs_hosting",
    "tui.wire_verbs_workflows",
    "tui.wire_verbs_scripts",
    "tui.wire_verbs_database",
    "tui.wire_verbs_supabase",
    "tui.wire_verbs_people",
    "tui.wire_verbs_vendors",
    "tui.wire_verbs_custom",
)


class Wire(Protocol):
    """What a module of `MODULES` offers."""

    def families(
        self, config: Config, apis: Mapping[str, Api], shared: Clients, clock: Clock
    ) -> list[Family]:
        """The verbs that a configuration allows for; asks nobody yet.

        Args:
            config: What names services, accounts and databases.
            apis: The client of each account, with the secret that its actions use.
            shared: What the sources use.
            clock: The time.
        """
        ...


def door_of(
    config: Config,
    shared: Clients,
    clock: Clock,
    *,
    latest: Callable[[], Snapshot | None],
    note: Callable[[Event], None],
    read_only: bool,
    watches: bool = True,
) -> Door:
    """The door; nothing is read or asked before it is begun.

    Args:
        config: What may be done where.
        shared: What the sources use.
        clock: The time.
        latest: The newest snapshot, which the guard is told of.
        note: Puts an event on the timeline.
        read_only: `--read-only` on the command line.
        watches: Whether what should recover after an action is followed.
    """

    def known(plan: Plan) -> Facts:
        return facts(plan, latest(), clock.now())

    return Door(
        audit=audit(config, clock),
        policy=policy(config, flag_read_only=read_only),
        load=loading(config, shared, clock),
        facts=known,
        clock=clock,
        note=note,
        latest=latest if watches else _nothing,
    )


def _nothing() -> None:
    return None


def loading(config: Config, shared: Clients, clock: Clock) -> Load:
    """What makes the verbs of a configuration, when they are first asked for."""

    async def load() -> Loaded:
        for name in MODULES:
            await asyncio.to_thread(import_module, name)
        apis = action_apis(config, shared, clock)
        return Loaded(families=families(config, apis, shared, clock), aclose=closing(apis, shared))

    return load


def families(
    config: Config, apis: Mapping[str, Api], shared: Clients, clock: Clock
) -> tuple[Family, ...]:
    """All verbs that a configuration allows for, in the order of the menu.

    A bug in one family costs its verbs, and no others.
    """
    found: list[Family] = []
    for name in MODULES:
        with Contained() as contained:
            wire = cast("Wire", import_module(name))
            found += wire.families(config, apis, shared, clock)
        if contained.error is not None:
            _LOG.error("%s: its actions are left out", name, exc_info=contained.error)
    return tuple(found)


def closing(apis: Mapping[str, Api], shared: Clients) -> Callable[[], Awaitable[None]]:
    """What gives the clients back that actions have for themselves."""
    own = [api for name, api in apis.items() if api is not shared.apis.get(name)]

    async def aclose() -> None:
        for api in own:
            await api.aclose()

    return aclose
