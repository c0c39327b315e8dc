"""One real, throw-away PostgreSQL server on loopback: made, started, killed, removed.

Everything here blocks; the demo world calls it from a thread. The server listens on TCP at
127.0.0.1 and on nothing else, every role has a random password, and nothing outlives us: a guard
process stops the server and removes its folder when we go away without saying goodbye.
"""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from demo.kept_port import KeptPort
from demo.postgres_binaries import Account, NoPostgres, account, installation_for
from demo.postgres_blank import SUPERUSER, Blank, environment, initialise
from demo.postgres_leftovers import PREFIX, mark, sweep

HOST = "127.0.0.1"
_START_S = 15.0
_STOP_S = 5.0
_PORT_TRIES = 5

_SETTINGS: Mapping[str, str] = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "2MB",
    "max_wal_size": "32MB",
    "wal_init_zero": "off",
    "wal_recycle": "off",
    "max_prepared_transactions": "8",
    "shared_buffers": "32MB",
    # In the data folder: in the system's own place a server that is killed leaves it behind.
    "dynamic_shared_memory_type": "mmap",
    "jit": "off",
    "timezone": "UTC",
    "log_min_messages": "warning",
}


class Cluster:
    """A PostgreSQL server of our own in a folder of its own.

    Args:
        settings: What to put over our own server settings, such as `max_connections`.
        blank: What it begins from; None: a data folder made for it alone.
    """

    def __init__(
        self, settings: Mapping[str, str] | None = None, blank: Blank | None = None
    ) -> None:
        self.host = HOST
        self.port = 0
        self._kept: KeptPort | None = None
        self.user = SUPERUSER
        self.password = secrets.token_urlsafe(18) if blank is None else blank.password
        self._settings = {**_SETTINGS, **(settings or {})}
        self._blank = blank
        self._account: Account = Account()
        self._folder: Path | None = None
        self._programs = Path()
        self._server: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Of the postmaster; None while the server is down."""
        if self._server is None or self._server.poll() is not None:
            return None
        return self._server.pid

    @property
    def folder(self) -> Path:
        """The private folder; everything of this server is below it."""
        if self._folder is None:
            raise NoPostgres("the server was not started")
        return self._folder

    def start(self) -> None:
        """Make the cluster and bring it up.

        Raises:
            NoPostgres: It is not installed or did not come up; the text has the server's words.
        """
        sweep()
        self._account = account()
        self._folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
        mark(self._folder)
        try:
            self._prepare()
            self._launch()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server and remove all that it had; may be called twice."""
        self._end_server(signal.SIGQUIT)
        self._free_port()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
        self._dismiss_guard()

    def kill(self) -> None:
        """Bring the server down as a crash would: no goodbye to anybody; its port stays ours."""
        self._end_server(signal.SIGQUIT)
        self._keep_port()

    def restart(self) -> None:
        """Bring it up again on the same port, after a crash or in place of a running one.

        Raises:
            NoPostgres: It did not come up.
        """
        self._end_server(signal.SIGQUIT)
        self._keep_port()
        self._launch()

    def freeze(self) -> None:
        """Let the postmaster and its backends stand still, as on a machine out of breath."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let everybody go on."""
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: signal.Signals) -> None:
        for pid in self._processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _processes(self) -> list[int]:
        if self.pid is None:
            return []
        parent = psutil.Process(self.pid)
        return [self.pid, *(child.pid for child in parent.children())]

    def _prepare(self) -> None:
        self.folder.chmod(0o711)
        self._programs = installation_for(self._account, self.folder) / "bin"
        data = self.folder / "data"
        if self._blank is None:
            initialise(data, self.password, self._programs, self._account)
        else:
            self._blank.lay(data, self._programs, self._account)

    def _launch(self) -> None:
        for _ in range(_PORT_TRIES):
            kept = self._kept = self._kept or KeptPort(self.port, HOST)
            if sys.platform != "linux":
                self._free_port()  # elsewhere nobody listens beside it
            self._spawn(kept.port)
            came_up = self._comes_up()
            self._free_port()
            if came_up:
                self.port = kept.port
                self._post_guard()
                return
            self._end_server(signal.SIGQUIT)
        log = (self.folder / "log").read_text(errors="replace")
        raise NoPostgres(f"PostgreSQL did not start: {log[-2000:].strip() or 'no word from it'}")

    def _keep_port(self) -> None:
        # Somebody may have been quicker, in the moment since the server let go.
        with contextlib.suppress(OSError):
            self._kept = self._kept or KeptPort(self.port, HOST)

    def _free_port(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.free()

    def _spawn(self, port: int) -> None:
        options = [f"--{name}={value}" for name, value in self._settings.items()]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(  # noqa: S603 - our own program, no shell
                [
                    str(self._programs / "postgres"),
                    *("-D", str(self.folder / "data"), "-p", str(port), *options),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=environment(),
                # Ctrl-C in the terminal is for the screen: the server ends when we say so.
                start_new_session=True,
                user=self._account.uid,
                group=self._account.gid,
                extra_groups=[] if self._account.switches else None,
            )

    def _comes_up(self) -> bool:
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline and self.pid is not None:
            if _ready(self.folder / "data" / "postmaster.pid"):
                return True
            time.sleep(0.02)
        return False

    def _end_server(self, how: signal.Signals) -> None:
        self.thaw()
        server, self._server = self._server, None
        if server is None:
            return
        with contextlib.suppress(ProcessLookupError):
            server.send_signal(how)
        try:
            server.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(server.pid, signal.SIGKILL)
            server.wait()

    def _post_guard(self) -> None:
        self._dismiss_guard()
        if self.pid is None:
            return
        program = Path(__file__).with_name("postgres_guard.py")
        self._guard = subprocess.Popen(  # noqa: S603 - ourselves, no shell
            [sys.executable, "-I", "-S", str(program), str(self.pid), str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=environment(),
            start_new_session=True,
        )

    def _dismiss_guard(self) -> None:
        guard, self._guard = self._guard, None
        if guard is None or guard.stdin is None:
            return
        with contextlib.suppress(BrokenPipeError):
            guard.stdin.write(b"goodbye\n")
            guard.stdin.flush()
        with contextlib.suppress(BrokenPipeError):
            guard.stdin.close()
        guard.wait(_STOP_S)


def _ready(pidfile: Path) -> bool:
    # The eighth line is the server's own word on how far it is (PostgreSQL 10 and later).
    try:
        lines = pidfile.read_text().splitlines()
    except (FileNotFoundError, PermissionError):
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"
