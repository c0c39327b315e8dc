"""Secrets from files, commands, the environment, the keyring and systemd."""

import asyncio
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from keyring.backends import SecretService

from providers.errors import ProviderError, Unauthorized
from providers.secret_command import minimal
from providers.secret_file import LARGEST_BYTES
from providers.secret_keyring import Keyring, checked, platform_keyring
from providers.secrets import (
    CommandRef,
    CredentialRef,
    EnvRef,
    FileRef,
    KeyringRef,
    SecretRef,
    describe,
    forget,
    getter,
    resolve,
    store,
)
from tests.fakes import ManualClock
from tests.waiting import until

ENTRY = KeyringRef(service="quarterdeck", name="token")


class MemoryKeyring:
    """A keyring in memory, with a look at how it was asked."""

    priority = 5.0

    def __init__(self, entries: dict[tuple[str, str], str] | None = None) -> None:
        self.entries = entries or {}
        self.asked = 0
        self.forgetful = False

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if not self.forgetful:
            self.entries[(service, username)] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[(service, username)]


def python(code: str) -> CommandRef:
    """A command that runs a line of Python."""
    return CommandRef(argv=(sys.executable, "-S", "-c", code))


async def refused(ref: SecretRef, **more: object) -> Unauthorized:
    """The refusal that looking up `ref` ends in."""
    with pytest.raises(Unauthorized) as caught:
        await resolve(ref, **more)  # type: ignore[arg-type]  # what each test hands through
    assert caught.value.reason
    assert caught.value.advice
    return caught.value


def rewritten(place: Path, mode: int = 0o600, text: str | None = None) -> FileRef:
    """A reference to a file after a change."""
    if text is not None:
        place.write_text(text)
    place.chmod(mode)
    return FileRef(path=str(place))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A file of our own with a secret in it."""
    place = tmp_path / "token"
    place.write_text("from-a-file\n")
    place.chmod(0o600)
    return place


async def test_a_file_of_our_own_is_read(own: Path) -> None:
    assert (await resolve(FileRef(path=str(own)))).reveal() == "from-a-file"
    assert (await resolve(rewritten(own, 0o400))).reveal() == "from-a-file"


async def test_a_secret_may_have_several_lines(own: Path) -> None:
    assert (await resolve(rewritten(own, text="one\ntwo\n"))).reveal() == "one\ntwo"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o666, 0o777])
async def test_a_file_open_to_others_is_refused(own: Path, mode: int) -> None:
    error = await refused(rewritten(own, mode))
    assert f"is open to others (mode {mode:04o})" in error.reason
    assert error.advice == f"chmod 600 {own}"


async def test_a_file_of_somebody_else_is_refused(own: Path) -> None:
    # Only root can give a file away; for anybody else root's own files are somebody else's.
    theirs = own
    if os.geteuid() == 0:
        os.chown(own, 12_345, -1)
    else:
        theirs = Path("/etc/hostname")
    assert "belongs to user" in (await refused(FileRef(path=str(theirs)))).reason


def _link(place: Path) -> None:
    target = place.rename(place.with_name("other"))
    place.symlink_to(target)


def _pipe(place: Path) -> None:
    place.unlink()
    os.mkfifo(place, 0o600)


def _folder(place: Path) -> None:
    place.unlink()
    place.mkdir(0o700)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (Path.unlink, "no such file"),
        (_link, "is a symbolic link"),
        (_pipe, "is not a regular file"),
        (_folder, "is not a regular file"),
        (lambda place: place.write_text(""), "is empty"),
        (lambda place: place.write_text("\n \n"), "is empty"),
        (lambda place: place.write_bytes(b"\xff\xfe"), "is not UTF-8"),
        (lambda place: place.write_bytes(b"a\0b"), "does not hold a secret"),
        (lambda place: place.write_bytes(b"a" * (LARGEST_BYTES + 1)), "is larger than"),
    ],
)
async def test_anything_but_a_file_with_a_secret_is_refused(
    own: Path, spoil: Callable[[Path], object], words: str
) -> None:
    await asyncio.to_thread(spoil, own)
    assert words in (await refused(FileRef(path=str(own)))).reason


@pytest.mark.parametrize("path", ["token", "./token", "../token", ""])
async def test_a_file_is_named_from_the_root_on(path: str) -> None:
    assert "not an absolute path" in (await refused(FileRef(path=path))).reason


async def test_a_command_gives_its_first_line() -> None:
    secret = await resolve(python("print('from-a-command'); print('and more')"))
    assert secret.reveal() == "from-a-command"


async def test_a_command_may_close_its_output_before_it_ends() -> None:
    code = (
        "import os, time; print('said-early', flush=True); os.close(1); os.close(2); time.sleep(.2)"
    )
    assert (await resolve(python(code))).reveal() == "said-early"


async def test_a_command_that_closes_its_output_and_stays_is_ended() -> None:
    code = (
        "import os, time; print('said-early', flush=True); os.close(1); os.close(2); time.sleep(60)"
    )
    assert "took longer" in (await refused(python(code), limit_s=0.4)).reason


async def test_a_command_gets_no_shell() -> None:
    ref = CommandRef(
        argv=(sys.executable, "-S", "-c", "import sys; print(sys.argv[1])", "$HOME;id")
    )
    assert (await resolve(ref)).reveal() == "$HOME;id"


def test_a_command_sees_little_of_our_environment() -> None:
    ours = {
        "PATH": ".:/bin::bin:/usr/bin",
        "HOME": "/h",
        "VERCEL_TOKEN": "x",
        "LD_PRELOAD": "y",
        "GH_TOKEN": "z",
    }
    assert minimal(ours) == {"PATH": "/bin:/usr/bin", "HOME": "/h", "TERM": "dumb"}


async def test_a_program_in_the_current_folder_is_not_found(tmp_path: Path) -> None:
    program = tmp_path / "give-secret"
    program.write_text("#!/bin/sh\necho from-a-stranger\n")
    program.chmod(0o700)
    here, path = os.getcwd(), os.environ["PATH"]  # noqa: PTH109 - no pathlib in a coroutine
    os.chdir(tmp_path)
    os.environ["PATH"] = f".:{path}"
    try:
        assert "cannot be run" in (await refused(CommandRef(argv=("give-secret",)))).reason
    finally:
        os.chdir(here)
        os.environ["PATH"] = path


async def test_a_command_has_no_terminal_and_no_input() -> None:
    code = (
        "import sys\n"
        "try:\n    open('/dev/tty').close(); print('terminal')\n"
        "except OSError:\n    print('none' + sys.stdin.read())"
    )
    assert (await resolve(python(code))).reveal() == "none"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("pass", "printed no secret"),
        ("print()", "printed no secret"),
        ("print('   ')", "printed no secret"),
        ("import sys; print('x'); sys.exit(3)", "ended with 3"),
        ("import os; print('x', flush=True); os.kill(os.getpid(), 9)", "was killed by signal 9"),
        ("import sys; sys.stdout.buffer.write(b'\\xff')", "not UTF-8"),
    ],
)
async def test_a_command_that_fails_is_told(code: str, words: str) -> None:
    assert words in (await refused(python(code))).reason


async def test_what_a_command_complains_of_is_shown_harmless() -> None:
    error = await refused(
        python("import sys; sys.stderr.write('\\x1b]0;x\\x07 locked'); sys.exit(1)")
    )
    assert error.detail is not None
    assert "locked" in error.sentence
    assert "\x1b" not in error.sentence


@pytest.mark.parametrize("program", ["/nowhere/at/all", "no-such-program-anywhere", "/", "a\0b"])
async def test_a_command_that_cannot_be_run_is_told(program: str) -> None:
    assert "cannot be run" in (await refused(CommandRef(argv=(program,)))).reason


async def test_a_command_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    left = tmp_path / "left"
    code = (
        "import os, pathlib, time\n"
        "child = os.fork()\n"
        f"if child: pathlib.Path({str(left)!r}).write_text(str(child))\n"
        "time.sleep(60)"
    )
    began = time.monotonic()
    error = await refused(python(code), limit_s=0.7)
    assert "took longer than 0.7 s" in error.reason
    assert time.monotonic() - began < 15
    await gone(int(left.read_text()))


async def gone(pid: int) -> None:
    """Return when a process is no more; an ended one that nobody waits for counts as gone."""
    await until(lambda: _ended(pid))


def _ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z"


async def test_a_command_that_prints_for_ever_costs_no_memory() -> None:
    code = "import sys\nwhile True: sys.stdout.write('x' * 65536)"
    assert "printed more than any secret" in (await refused(python(code))).reason


async def test_complaints_for_ever_cost_no_memory_either() -> None:
    code = "import sys\nwhile True: sys.stderr.write('x' * 65536)"
    assert "was killed by signal 9" in (await refused(python(code))).reason


async def test_the_environment_is_read() -> None:
    os.environ["QUARTERDECK_TEST_SECRET"] = " from-the-environment\n"
    try:
        ref = EnvRef(name="QUARTERDECK_TEST_SECRET")
        assert (await resolve(ref)).reveal() == "from-the-environment"
        os.environ["QUARTERDECK_TEST_SECRET"] = ""
        assert "is not set" in (await refused(ref)).reason
    finally:
        del os.environ["QUARTERDECK_TEST_SECRET"]


@pytest.fixture
def credentials(tmp_path: Path) -> Iterator[Path]:
    """A folder of systemd credentials."""
    os.environ["CREDENTIALS_DIRECTORY"] = str(tmp_path)
    yield tmp_path
    del os.environ["CREDENTIALS_DIRECTORY"]


async def test_a_systemd_credential_is_read(credentials: Path) -> None:
    place = credentials / "db"
    place.write_text("from-systemd")
    place.chmod(0o440)
    assert (await resolve(CredentialRef(name="db"))).reveal() == "from-systemd"
    place.chmod(0o444)
    assert "is open to others" in (await refused(CredentialRef(name="db"))).reason


async def test_a_credential_stays_in_its_folder(credentials: Path) -> None:
    (credentials / "inner").mkdir()
    outside = credentials / "outside"
    outside.write_text("not-a-credential")
    outside.chmod(0o400)
    os.environ["CREDENTIALS_DIRECTORY"] = str(credentials / "inner")
    assert "no such file" in (await refused(CredentialRef(name="../outside"))).reason


async def test_outside_of_a_unit_there_are_no_credentials() -> None:
    assert "CREDENTIALS_DIRECTORY is not set" in (await refused(CredentialRef(name="db"))).reason


async def test_the_keyring_is_asked() -> None:
    keyring = MemoryKeyring({("quarterdeck", "token"): "from-the-keyring"})
    assert (await resolve(ENTRY, keyring=lambda: keyring)).reveal() == "from-the-keyring"
    error = await refused(KeyringRef(service="quarterdeck", name="other"), keyring=lambda: keyring)
    assert "no entry quarterdeck/other" in error.reason
    assert "quarterdeck secret set" in error.advice


async def test_a_keyring_that_hangs_is_given_up_and_not_asked_again() -> None:
    release, asked = threading.Event(), 0

    def hang() -> Keyring:
        nonlocal asked
        asked += 1
        release.wait(20)
        return MemoryKeyring()

    ref = KeyringRef(service="hanging", name="token")
    began = time.monotonic()
    assert "no answer within 0.2 s" in (await refused(ref, keyring=hang, limit_s=0.2)).reason
    assert "an earlier look-up still hangs" in (await refused(ref, keyring=hang)).reason
    assert time.monotonic() - began < 15
    assert asked == 1
    release.set()


@pytest.fixture
def silent_bus(tmp_path: Path) -> Iterator[None]:
    """A session bus that takes connections and never says a word."""
    kept = os.environ.get("DBUS_SESSION_BUS_ADDRESS")
    with socket.socket(socket.AF_UNIX) as bus:
        bus.bind(str(tmp_path / "bus"))
        bus.listen()
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={tmp_path / 'bus'}"
        yield
    os.environ.pop("DBUS_SESSION_BUS_ADDRESS")
    if kept is not None:
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = kept


@pytest.mark.usefixtures("silent_bus")
async def test_a_bus_that_never_answers_is_given_up() -> None:
    began = time.monotonic()
    ref = KeyringRef(service="silent", name="bus")
    error = await refused(
        ref, keyring=lambda: checked(cast(type[Keyring], SecretService.Keyring)), limit_s=0.4
    )
    assert time.monotonic() - began < 15
    assert "file of mode 0600" in error.advice


async def test_whatever_a_keyring_library_raises_is_told() -> None:
    def broken() -> Keyring:
        raise LookupError("the bus says \x1b[31mno")

    error = await refused(KeyringRef(service="broken", name="a"), keyring=broken)
    assert "broke with LookupError" in error.reason
    assert "\x1b" not in error.sentence
    assert "file of mode 0600" in error.advice


async def test_a_host_without_a_keyring_says_what_to_do_instead() -> None:
    kept = os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)
    try:
        error = await refused(ENTRY)
    finally:
        if kept is not None:
            os.environ["DBUS_SESSION_BUS_ADDRESS"] = kept
    for way in ("file:", "credential:", "env:", "command:", "[pass, show, …]"):
        assert way in error.advice


class PlaintextKeyring(MemoryKeyring):
    """Named like the one that keyrings.alt brings along."""


@pytest.mark.parametrize("backend", [PlaintextKeyring, MemoryKeyring])
def test_a_keyring_that_is_not_known_is_refused(backend: type[Keyring]) -> None:
    with pytest.raises(Unauthorized, match="is not trusted"):
        checked(backend)


def test_null_and_fail_keyrings_are_refused() -> None:
    import keyring.backends.chainer
    import keyring.backends.fail
    import keyring.backends.null

    for module in (keyring.backends.fail, keyring.backends.null):
        with pytest.raises(Unauthorized, match="is not trusted"):
            checked(module.Keyring)
    with pytest.raises(Unauthorized, match="is not trusted"):
        checked(cast(type[Keyring], keyring.backends.chainer.ChainerBackend))


def test_what_a_user_s_settings_name_is_not_loaded() -> None:
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    kept = os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)
    try:
        with pytest.raises(Unauthorized, match="no keyring"):
            platform_keyring()
    finally:
        del os.environ["PYTHON_KEYRING_BACKEND"]
        if kept is not None:
            os.environ["DBUS_SESSION_BUS_ADDRESS"] = kept


async def test_a_file_is_stored_closed_and_forgotten(tmp_path: Path) -> None:
    place = tmp_path / "new" / "secrets" / "token"
    ref = FileRef(path=str(place))
    await store(ref, "kept-in-a-file")
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.parent.stat().st_mode & 0o777 == 0o700
    assert (await resolve(ref)).reveal() == "kept-in-a-file"
    await store(ref, "kept-anew-in-it")
    assert (await resolve(ref)).reveal() == "kept-anew-in-it"
    assert [each.name for each in place.parent.iterdir()] == ["token"]
    assert await forget(ref) is True
    assert await forget(ref) is False


async def test_storing_replaces_a_link_and_not_what_it_leads_to(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("theirs")
    place = tmp_path / "token"
    place.symlink_to(target)
    await store(FileRef(path=str(place)), "ours-not-theirs")
    assert target.read_text() == "theirs"
    assert not place.is_symlink()


async def test_what_cannot_be_written_or_removed_is_told(own: Path) -> None:
    inside = FileRef(path=str(own / "token"))
    with pytest.raises(ProviderError, match="file exists"):
        await store(inside, "some-secret")
    with pytest.raises(ProviderError, match="not a directory"):
        await forget(inside)
    folder = FileRef(path=str(own.parent))
    with pytest.raises(ProviderError, match="is a directory"):
        await store(folder, "some-secret")
    assert os.listdir(own.parent) == ["token"]  # noqa: PTH208 - no pathlib in a coroutine


async def test_a_keyring_entry_is_stored_and_forgotten() -> None:
    keyring = MemoryKeyring()
    await store(ENTRY, "kept-in-the-keyring", keyring=lambda: keyring)
    assert (await resolve(ENTRY, keyring=lambda: keyring)).reveal() == "kept-in-the-keyring"
    assert await forget(ENTRY, keyring=lambda: keyring) is True
    assert await forget(ENTRY, keyring=lambda: keyring) is False


async def test_a_keyring_that_forgets_at_once_is_told() -> None:
    keyring = MemoryKeyring()
    keyring.forgetful = True
    with pytest.raises(Unauthorized, match="did not keep the secret"):
        await store(ENTRY, "kept-in-the-keyring", keyring=lambda: keyring)


@pytest.mark.parametrize(
    "ref", [EnvRef(name="A"), CommandRef(argv=("pass", "show")), CredentialRef(name="a")]
)
async def test_what_is_not_ours_to_write_is_told(ref: SecretRef) -> None:
    for attempt in (store(ref, "some-secret"), forget(ref)):
        with pytest.raises(ProviderError, match="is not ours to write") as caught:
            await attempt
        assert caught.value.advice


@pytest.mark.parametrize("value", ["", "  ", "\n", "a\0b"])
async def test_nothing_is_no_secret(tmp_path: Path, value: str) -> None:
    with pytest.raises(ProviderError, match="an empty secret"):
        await store(FileRef(path=str(tmp_path / "a")), value)
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - no pathlib in a coroutine


def test_places_are_described_without_arguments() -> None:
    assert describe(CommandRef(argv=("vault", "read", "-token=x"))) == "command vault"
    assert describe(ENTRY) == "keyring entry quarterdeck/token"
    assert describe(EnvRef(name="A")) == "environment variable A"
    assert describe(FileRef(path="~/a")) == "file ~/a"
    assert describe(CredentialRef(name="a")) == "systemd credential a"


async def test_a_getter_shares_and_keeps_what_it_looked_up() -> None:
    keyring = MemoryKeyring({("quarterdeck", "token"): "looked-up-once"})
    clock = ManualClock()
    get = getter(ENTRY, clock, keep_s=60, keyring=lambda: keyring)
    found = await asyncio.gather(get(), get(), get())
    assert {each.reveal() for each in found} == {"looked-up-once"}
    assert keyring.asked == 1
    clock.advance(61)
    keyring.entries[("quarterdeck", "token")] = "changed-meanwhile"
    assert (await get()).reveal() == "changed-meanwhile"


async def test_a_getter_does_not_keep_a_failure() -> None:
    keyring = MemoryKeyring()
    get = getter(ENTRY, ManualClock(), keyring=lambda: keyring)
    with pytest.raises(Unauthorized):
        await get()
    keyring.entries[("quarterdeck", "token")] = "there-at-last"
    assert (await get()).reveal() == "there-at-last"
