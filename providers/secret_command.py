"""Secrets that a command prints, such as `pass show …` or `gh auth token`."""

import contextlib
import os
import selectors
import signal
import subprocess
import threading
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
    # An empty or relative entry would look for the program in the current folder.
    path = [entry for entry in kept.get("PATH", "").split(":") if entry.startswith("/")]
    return {**kept, "PATH": ":".join(path) or os.defpath, "TERM": "dumb"}


def first_line(argv: tuple[str, ...], *, limit_s: float = LOOKUP_S) -> str:
    """The first line that a command prints. Blocks: call it by way of `looked_up`.

    It runs without a shell, without a terminal to ask on, in a session of its own, and everything
    in that session is killed when it ended or the time is up.

    Args:
        argv: Program and arguments; `~/` at the start of the program is the home folder.
        limit_s: Seconds it may take, all together.

    Raises:
        Unauthorized: It could not be started, took too long, failed, printed nothing or too much.
            What it wrote to its standard error stands in the detail, made harmless.
    """
    process = _started(argv)
    expired = threading.Event()
    timer = threading.Timer(limit_s, _expire, (process, expired))
    timer.daemon = True
    timer.start()
    try:
        out, err = _collected(process)
        # Many programs close their outputs a moment before they end: that moment is theirs.
        process.wait()
    finally:
        timer.cancel()
        _end(process)
    if expired.is_set():
        raise _refused(argv, f"{_named(argv)} took longer than {limit_s:g} s", err)
    return _line(argv, process.returncode, out, err)


def _started(argv: tuple[str, ...]) -> "subprocess.Popen[bytes]":
    program, *arguments = argv
    try:
        return subprocess.Popen(  # noqa: S603 - what the operator's own file names, without a shell
            [_at_home(program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=minimal(os.environ),
            cwd="/",
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        number = error.errno if isinstance(error, OSError) else None
        words = os.strerror(number).lower() if number else "bad argument"
        raise _refused(argv, f"{_named(argv)} cannot be run: {words}") from None


def _at_home(program: str) -> str:
    home = os.environ.get("HOME", "")
    return f"{home}/{program[2:]}" if program.startswith("~/") and home else program


def _collected(process: "subprocess.Popen[bytes]") -> tuple[bytes, bytes]:
    """Both outputs to their end; the command is killed when it prints more than any secret."""
    kept = {stream.fileno(): b"" for stream in (process.stdout, process.stderr) if stream}
    with selectors.DefaultSelector() as selector:
        for descriptor in kept:
            selector.register(descriptor, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                piece = os.read(key.fd, LARGEST_BYTES)
                if not piece:
                    selector.unregister(key.fd)
                elif len(kept[key.fd]) > LARGEST_BYTES:
                    _kill(process)
                else:
                    kept[key.fd] += piece
    out, err = kept.values()
    return out, err


def _expire(process: "subprocess.Popen[bytes]", expired: threading.Event) -> None:
    expired.set()
    _kill(process)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _end(process: "subprocess.Popen[bytes]") -> None:
    _kill(process)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    process.wait()


def _line(argv: tuple[str, ...], status: int, out: bytes, err: bytes) -> str:
    if len(out) > LARGEST_BYTES:
        raise _refused(argv, f"{_named(argv)} printed more than any secret", err)
    if status != 0:
        ended = f"ended with {status}" if status > 0 else f"was killed by signal {-status}"
        raise _refused(argv, f"{_named(argv)} {ended}", err)
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
