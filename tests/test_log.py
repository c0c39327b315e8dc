"""The program's own log: private, one JSON object a line, no secrets, nothing on the terminal."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from providers.secrets import Secret
from tui.log import LARGEST_BYTES, write_log


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    path = tmp_path / "state" / "log.jsonl"
    write_log(path)
    yield path
    for handler in root.handlers:
        handler.close()
    root.handlers = before
    root.setLevel(level)
    logging.captureWarnings(False)
    logging.raiseExceptions = True


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_file_and_folder_are_private(log: Path) -> None:
    assert log.stat().st_mode & 0o777 == 0o600
    assert log.parent.stat().st_mode & 0o777 == 0o700


def test_a_forged_line_stays_inside_its_own(log: Path) -> None:
    logging.getLogger("asyncpg").error('bad\n{"level": "info", "message": "all is well"}\x1b[2J')
    (line,) = lines(log)
    assert line["level"] == "error"
    assert "\x1b" not in line["message"]
    assert "\x1b" not in log.read_text()


def test_known_secrets_do_not_get_through(log: Path) -> None:
    Secret("a-secret-of-the-log-test")
    try:
        int("a-secret-of-the-log-test")
    except ValueError:
        logging.getLogger("quarterdeck").exception("with %s", "a-secret-of-the-log-test")
    text = log.read_text()
    assert "a-secret-of" not in text
    assert "ValueError" in text


def test_warnings_go_to_the_file_and_not_to_the_terminal(
    log: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("py.warnings").warning("something is old")
    assert logging._warnings_showwarning is not None, "warnings are not captured"  # type: ignore[attr-defined]
    assert any("something is old" in line["message"] for line in lines(log))
    assert capfd.readouterr() == ("", "")


def test_a_link_in_the_place_of_the_log_is_refused(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep")
    (tmp_path / "log.jsonl").symlink_to(precious)
    with pytest.raises(OSError, match="symbolic"):
        write_log(tmp_path / "log.jsonl")
    assert precious.read_text() == "keep"


def test_a_full_file_is_kept_under_a_number_and_only_so_many(log: Path) -> None:
    for word in ("first", "second", "third", "fourth"):
        with log.open("ab") as file:
            file.write(b"x" * LARGEST_BYTES + b"\n")
        logging.getLogger("quarterdeck").error("the last of a full file")
        logging.getLogger("quarterdeck").error(word)
    names = ["log.jsonl", "log.jsonl.1", "log.jsonl.2"]
    assert sorted(path.name for path in log.parent.iterdir()) == names
    assert [line["message"] for line in lines(log)] == ["fourth"]
    assert '"third"' in (log.parent / names[1]).read_text()
    assert '"second"' in (log.parent / names[2]).read_text()
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in log.parent.iterdir())
