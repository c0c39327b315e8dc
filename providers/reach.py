"""Whether somebody at an address takes a connection; a refusal is none."""

import asyncio
import errno
import os
from typing import Final

from providers.http_connect import connect_any
from providers.http_resolve import RESOLVER

Target = tuple[str, int]

_WORDS: Final = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ENETUNREACH: "no route to its network",
    errno.ETIMEDOUT: "no answer",
}


async def unreachable(targets: tuple[Target, ...], timeout_s: float) -> str:
    """Empty as soon as one of the targets takes a TCP connection, else why the first did not.

    Args:
        targets: Host and port of each; at least one.
        timeout_s: For each of them; they are tried side by side.
    """
    outcomes = await asyncio.gather(*(_tried(target, timeout_s) for target in targets))
    return "" if "" in outcomes else outcomes[0]


async def _tried(target: Target, timeout_s: float) -> str:
    host, port = target
    try:
        async with asyncio.timeout(timeout_s):
            (await connect_any(await RESOLVER.look_up(host, port))).close()
    except TimeoutError:
        return f"{host}:{port}: no answer in {timeout_s:g} s"
    except OSError as error:
        return f"{host}:{port}: {_reason(error)}"
    except ValueError:
        return f"{host}:{port}: no name that can be looked up"
    return ""


def _reason(error: OSError) -> str:
    if isinstance(error.errno, int) and error.errno > 0:
        return _WORDS.get(error.errno, os.strerror(error.errno))
    return "its name is not known"
