"""The doctor looks at the folder that operators share."""

import os
from pathlib import Path

import pytest

from tests.fakes import ManualClock
from tui.config.load import load
from tui.config.model import Config
from tui.config.starter import starter_text
from tui.doctor.findings import Mark
from tui.doctor.shared import shared_findings
from tui.wire_care import care_book, care_folder, journals


def config(place: Path, folder: Path | None) -> Config:
    text = starter_text()
    if folder is not None:
        text = text.replace("\nsettings:\n", f"\nsettings:\n  shared_folder: {folder}\n", 1)
    path = place / "config.yaml"
    path.write_text(text)
    path.chmod(0o600)
    return load(path)


def told(config: Config) -> list[tuple[Mark, str]]:
    return [(one.mark, one.words) for one in shared_findings(config, ManualClock())]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("mode", "mark", "words"),
    [
        (0o2770, Mark.OK, "shared by the group"),
        (0o2775, Mark.WARNING, "may read names and notes"),
        (0o2777, Mark.FAILED, "anybody on this host may write"),
        (0o770, Mark.FAILED, "can not write what you write"),
        (0o700, Mark.FAILED, "can not write what you write"),
    ],
)
def test_the_mode_of_the_folder(
    tmp_path: Path, folder: Path, mode: int, mark: Mark, words: str
) -> None:
    folder.chmod(mode)
    ((found, said),) = told(config(tmp_path, folder))
    assert found is mark
    assert words in said


def test_a_folder_that_is_missing_has_its_fix(tmp_path: Path) -> None:
    (found,) = shared_findings(config(tmp_path, tmp_path / "none"), ManualClock())
    assert found.mark is Mark.FAILED
    assert "install -d -g GROUP -m 2770" in found.fix


def test_a_file_in_its_place(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.touch()
    assert (Mark.FAILED, "is no folder") in told(config(tmp_path, place))


def test_journals_in_it(tmp_path: Path, folder: Path) -> None:
    folder.chmod(0o2770)
    known = config(tmp_path, folder)
    (journal,) = journals(known, ManualClock(), folder).values()
    journal.claim("x")
    assert (Mark.OK, "1 entry") in told(known)
    assert journal.path is not None
    with journal.path.open("a") as file:
        file.write("nonsense\n")
    assert (Mark.WARNING, "1 line is no entry, and left out") in told(known)
    journal.path.unlink()
    os.mkfifo(journal.path)
    assert told(known)[-1][0] is Mark.FAILED


def test_without_a_shared_folder_it_is_one_s_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    known = config(tmp_path, None)
    folder = care_folder(known)
    assert folder.stat().st_mode & 0o777 == 0o700
    ((mark, words),) = told(known)
    assert mark is Mark.OK
    assert "nobody else sees" in words
    book = care_book(known, ManualClock(), kept=True)
    assert book.problem == ""
    book.close()
