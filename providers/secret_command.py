"""Secrets that a command prints, such as `pass show …` or `gh auth token`."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping
from typing import Final

from providers.errors import Unauthorized
from providers.secret_thread import LOOKUP_S
from providers.secret_value import redact
from providers.text import Foreign

LARGEST_BYTES: Final = 65_536

_PASSED_ON: Final = frozenset(
    {
        "DBUS_SESSION_BUS_ADDRESS",
        "GH_CONFIG_DIR",
        "GNUPGHOME",
        "HOME",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "LOGNAME",
        "PASSWORD_STORE_DIR",
        "PATH",
        "SSH_AUTH_SOCK",
        "TMPDIR",
        "USER",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_RUNTIME_DIR",
    }
)


def minimal(environment: Mapping[str, str]) -> dict[str, str]:
    """What a secret's command sees of our environment: enough to find its store, no secrets."""
    kept = {name: value for name, value in environment.items() if name in _PASSED_ON}
    return {**kept, "TERM": "dumb"}


async def first_line(argv: tuple[str, ...], *, limit_s: float = LOOKUP_S) -> str:
    """The first line that a command prints.

    It runs without a shell, without a terminal to ask on, in a session of its own, and everything
    in that session is killed when the time is up.

    Args:
        argv: Program and arguments; `~/` at the start of the program is the home folder.
        limit_s: Seconds it may take, all together.

    Raises:
        Unauthorized: It could not be started, took too long, failed, or printed nothing. What it
            wrote to its standard error stands in the detail, made harmless.
    """
    process = await _started(argv)
    try:
        async with asyncio.timeout(limit_s):
            out, err = await asyncio.gather(_some(process.stdout), _some(process.stderr))
            status = await process.wait()
    except TimeoutError:
        reason = f"{_named(argv)} took longer than {limit_s:g} s"
        raise _refused(argv, reason) from None
    finally:
        await _ended(process)
    if status != 0:
        ended = f"ended with {status}" if status > 0 else f"was killed by signal {-status}"
        raise _refused(argv, f"{_named(argv)} {ended}", err)
    return _line(argv, out, err)


async def _started(argv: tuple[str, ...]) -> asyncio.subprocess.Process:
    program, *arguments = argv
    try:
        return await asyncio.create_subprocess_exec(
            _at_home(program),
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=minimal(os.environ),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        words = (
            os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else ""
        )
        raise _refused(argv, f"{_named(argv)} cannot be run: {words or 'bad argument'}") from None


def _at_home(program: str) -> str:
    home = os.environ.get("HOME", "")
    return f"{home}/{program[2:]}" if program.startswith("~/") and home else program


async def _some(stream: asyncio.StreamReader | None) -> bytes:
    """All of a stream, of which only the first part is kept."""
    kept = b""
    while stream is not None and (piece := await stream.read(LARGEST_BYTES)):
        kept = (kept + piece)[:LARGEST_BYTES]
    return kept


async def _ended(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _line(argv: tuple[str, ...], out: bytes, err: bytes) -> str:
    try:
        lines = out.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        raise _refused(argv, f"{_named(argv)} printed something that is not UTF-8") from None
    if not lines or not lines[0].strip():
        raise _refused(argv, f"{_named(argv)} printed no secret", err)
    return lines[0].strip()


def _named(argv: tuple[str, ...]) -> str:
    return Foreign(argv[0].rpartition("/")[2] or argv[0]).line(40)


def _refused(argv: tuple[str, ...], reason: str, said: bytes = b"") -> Unauthorized:
    detail = Foreign(redact(said.decode("utf-8", "replace"))) if said.strip() else None
    advice = f"run {_named(argv)} by hand; it gets no terminal and no shell, and must not ask"
    return Unauthorized("Secrets", "run a command", reason, advice=advice, detail=detail)
