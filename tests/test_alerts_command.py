"""`quarterdeck alerts`: list, acknowledge, snooze, clear; and a wall beside it that sees it."""

import http.server
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.forked_program import Done, forked, started
from tests.whole_terminal import Home, shown, wall

pytestmark = [pytest.mark.xdist_group("alerts-command"), pytest.mark.timeout(120)]

HEALTH = "check/shop/production/api/health"
LIVE = "check/shop/production/api/live"

CONFIG = """
version: 1
settings: {{operator: {operator}, shared_folder: {folder}}}
workspaces:
  shop:
    title: Shop
    environments: {{production: {{label: PROD, production: true}}}}
    severities: [{{label: SEV1, title: outage, response: 15m}}]
    services:
      api:
        title: API
        checks:
          health: {{title: API /health, path: /health, every: 1s, severity: SEV1}}
          live: {{title: API /live, path: /live, every: 1s}}
        environments: {{production: {{url: "http://127.0.0.1:{port}"}}}}
"""


class _Down(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Nothing: the test's own output stays readable."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Down)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join(5)


class User:
    """One operator with a home and a configuration of their own."""

    def __init__(self, place: Path, name: str, folder: Path, port: int) -> None:
        place.mkdir()
        self.home = Home(place)
        self.config = place / "config.yaml"
        self.config.write_text(CONFIG.format(operator=name, folder=folder, port=port))
        self.config.chmod(0o600)

    def alerts(self, *arguments: str) -> Done:
        return self._by(forked, *arguments)

    def alerts_anew(self, *arguments: str) -> Done:
        return self._by(started, *arguments)

    def _by(self, run: Callable[..., Done], *arguments: str) -> Done:
        line = ("--config", str(self.config), "alerts", *arguments)
        environment = {**os.environ, **self.home.environment}
        return run(*line, environment=environment, timeout_s=40)

    def listed(self) -> dict[str, dict[str, object]]:
        done = self.alerts("--json")
        assert done.returncode == 0, done.stderr
        document = json.loads(done.stdout)
        assert document["version"] == 1
        return {one["key"]: one for one in document["alerts"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o2770)
    return folder


@pytest.fixture
def ana(tmp_path: Path, folder: Path, port: int) -> User:
    return User(tmp_path / "ana", "ana", folder, port)


@pytest.fixture
def bo(tmp_path: Path, folder: Path, port: int) -> User:
    return User(tmp_path / "bo", "bo", folder, port)


def test_what_one_says_the_other_reads(ana: User, bo: User) -> None:
    listed = ana.listed()
    assert set(listed) == {HEALTH, LIVE}
    assert listed[HEALTH]["care"] is None
    response = listed[HEALTH]["response"]
    assert isinstance(response, dict)
    assert (response["within"], response["answered_at"]) == ("15m", None)
    done = ana.alerts("ack", HEALTH, "--note", "looking", "--for", "2h")
    assert (done.returncode, done.stdout) == (0, "acknowledged for 2h: API /health\n")
    assert ana.alerts_anew("snooze", "api/live").returncode == 0
    seen = bo.listed()
    care = seen[HEALTH]["care"]
    assert isinstance(care, dict)
    assert (care["kind"], care["operator"], care["note"], care["shared"]) == (
        "acknowledged", "ana", "looking", True,
    )  # fmt: skip
    text = bo.alerts().stdout
    assert "[acknowledged by ana until" in text
    assert "[snoozed by ana until" in text
    assert text.index("API /health") < text.index("API /live"), "what is snoozed comes last"
    assert bo.alerts("clear", HEALTH).returncode == 0
    assert ana.listed()[HEALTH]["care"] is None
    again = bo.alerts("clear", HEALTH)
    assert (again.returncode, again.stdout) == (1, "")
    assert "nobody has acknowledged" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("ack", "check/shop/production/api/helth"), 1, f"did you mean {HEALTH}?"),
        (("ack", "API /live"), 1, f"did you mean {LIVE}?"),
        (("ack", "x"), 1, "quarterdeck alerts lists them"),
        (("ack",), 64, "KEY"),
        (("ack", HEALTH, "--for", "8d"), 64, "from 1m to 7d"),
        (("snooze", HEALTH, "--for", "25h"), 64, "from 1m to 24h"),
        (("snooze", HEALTH, "--for", "10"), 64, "a duration needs a unit"),
        (("akc", HEALTH), 64, "akc"),
    ],
)
def test_what_makes_no_sense_is_told(
    ana: User, folder: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    done = ana.alerts(*arguments)
    assert done.returncode == code, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(folder.glob("*.jsonl"))


def test_what_can_not_be_written_is_no_success(ana: User, folder: Path) -> None:
    folder.rmdir()
    done = ana.alerts("ack", HEALTH)
    assert done.returncode == 74
    assert "No such file" in done.stderr


@pytest.mark.terminal
def test_a_wall_beside_it_sees_it_also_when_killed_and_started_again(ana: User, bo: User) -> None:
    with wall(bo.home, "--config", str(bo.config)) as terminal:
        shown(terminal, "respond in", seconds=20)
        assert ana.alerts("ack", HEALTH, "--note", "looking").returncode == 0
        shown(terminal, "ack ana", seconds=5)
        terminal.signal(signal.SIGKILL)
        terminal.wait(10)
    with wall(bo.home, "--config", str(bo.config)) as terminal:
        shown(terminal, "ack ana", seconds=20)
        # Until each has been asked again it says only what was seen last.
        shown(terminal, "API /health 503", seconds=20)
        shown(terminal, "API /live 503", seconds=20)
        # Both began in the same second: either may stand first.
        if terminal.text().index("API /health 503") < terminal.text().index("API /live 503"):
            terminal.send("j")
        terminal.send("d")
        shown(terminal, "Snooze  API /live", seconds=5)
        terminal.send("gone home\r")
        shown(terminal, "snoozed by bo", seconds=5)
        care = ana.listed()[LIVE]["care"]
        assert isinstance(care, dict)
        assert (care["kind"], care["operator"], care["note"]) == ("snoozed", "bo", "gone home")
        terminal.send("q")
        terminal.wait(15)
        assert terminal.status == 0
    assert bo.home.errors() == []
