"""Is it them, or is it us: one banner for our own network, not ten alarms (promise P25)."""

import asyncio
import contextlib
import errno
import socket
from typing import Final

from providers.clock import Clock
from providers.http_connect import connect_any
from providers.http_resolve import RESOLVER

Target = tuple[str, int]

# Connecting a datagram socket sends nothing: the kernel only looks for a route.
_ROUTE_PROBES: Final = (
    (socket.AF_INET, ("192.0.2.1", 9)),
    (socket.AF_INET6, ("2001:db8::1", 9)),
)
_ANSWERED: Final = frozenset({errno.ECONNREFUSED, errno.ECONNRESET})


class Connectivity:
    """Tries to reach places that are practically always up.

    Args:
        targets: Host and port of each, best of different networks; one that answers is enough. A
            refusal is an answer: somebody out there sent it. Without targets nothing is known,
            and we count as online: the services may all be on this machine.
        clock: Tells how long an attempt took.
        timeout_s: For one check, all targets together.
    """

    def __init__(self, targets: tuple[Target, ...], clock: Clock, timeout_s: float = 3.0) -> None:
        self._targets = targets
        self._clock = clock
        self._timeout_s = timeout_s

    async def check(self) -> str | None:
        """None while we are online, else why we seem not to be; never raises."""
        if not self._targets:
            return None
        began = self._clock.now()
        attempts = [asyncio.create_task(_reached(target)) for target in self._targets]
        try:
            reached = await _any(attempts, self._timeout_s)
        finally:
            for attempt in attempts:
                attempt.cancel()
        if reached:
            return None
        took_s = began.age_s(self._clock.now())
        return f"none of {self._named()} answers, after {took_s:.1f} s; {_hint()}"

    def _named(self) -> str:
        names = [f"{host}:{port}" for host, port in self._targets]
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _hint() -> str:
    if any(_routed(family, where) for family, where in _ROUTE_PROBES):
        return "this machine has a route, so look beyond it: gateway, VPN, firewall"
    return "this machine has no route to other networks: is an interface up?"


async def _any(attempts: list[asyncio.Task[bool]], timeout_s: float) -> bool:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            for attempt in asyncio.as_completed(attempts):
                if await attempt:
                    return True
    return False


async def _reached(target: Target) -> bool:
    try:
        (await connect_any(await RESOLVER.look_up(*target))).close()
    except OSError as error:
        return error.errno in _ANSWERED
    except ValueError:
        # A host name that no resolver takes.
        return False
    return True


def _routed(family: socket.AddressFamily, where: tuple[str, int]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(where)
    except OSError:
        return False
    return True
