"""Asks the endpoints while what judges their answers is still being loaded.

An answer is on its way for some 20 to 300 ms; what the engine, the history and the vendors take to
load fits into that, and would delay the first live data if it came before.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from monitor.poller import Poller
from providers.base import Source
from providers.clock import Clock
from providers.secrets import SecretGetter
from tui.first_answers import FIRST_ANSWERS
from tui.wire_clients import look_up, secret_getters
from tui.wire_endpoints import endpoint_sources

if TYPE_CHECKING:
    from tui.config.model import Config


LEADS_S: Final = (0.12, 1.0)
"""How far the first group is ahead of the second, and that of the third: to ask five more takes
10 ms of the interpreter, which the engine needs to be loaded, and then the screen to draw the first
answers: near by that is a tenth of a second after they were asked. Once they are drawn nothing is
held back any more."""


class Ahead(Struct, frozen=True, kw_only=True):
    """What has been begun before there is an engine."""

    secrets: Mapping[str, SecretGetter]
    """Known already, or not to be had."""

    endpoints: Mapping[str, Sequence[Source]]
    """Of each workspace."""

    poller: Poller
    """Reads them; the first of them are being read."""


async def ask_ahead(config: Config, clock: Clock) -> Ahead:
    """Look the secrets up and ask the first endpoints."""
    secrets = secret_getters(config, clock)
    await look_up(secrets)
    endpoints = {
        name: tuple(endpoint_sources(name, workspace, secrets, clock))
        for name, workspace in config.workspaces.items()
    }
    # Jitter needs no secrecy.
    rng = random.Random()  # noqa: S311 - spreads requests, guards nothing
    poller = Poller(chain.from_iterable(endpoints.values()), clock, rng)
    poller.begin(LEADS_S)
    FIRST_ANSWERS.then(_in_this_loop(poller.go_on))
    if not any(endpoints.values()):
        FIRST_ANSWERS.expect_none()
    return Ahead(secrets=secrets, endpoints=endpoints, poller=poller)


def _in_this_loop(act: Callable[[], object]) -> Callable[[], None]:
    """The same for another thread, which may come when the loop has ended."""
    loop = asyncio.get_running_loop()

    def hand_over() -> None:
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(act)

    return hand_over
