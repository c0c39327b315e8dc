"""What several servers begin from: made once, for nobody else to read, gone with the last."""

import stat
import threading
from pathlib import Path

import pytest

from demo.postgres_binaries import Account, NoPostgres
from demo.postgres_blank import Blank

INITDB = """#!/bin/sh
echo made >> {calls}
mkdir "$2/base" && cat "${{3#--pwfile=}}" > "$2/base/1" && chmod 644 "$2/base/1"
"""
FAILS = "#!/bin/sh\necho 'no space left' >&2\nexit 1\n"
OURSELVES = Account()


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Where the blank is kept."""
    made = tmp_path / "base"
    made.mkdir()
    return made


def programs(folder: Path, text: str) -> Path:
    """A stand-in for `initdb` that says when it was called."""
    program = folder / "bin" / "initdb"
    program.parent.mkdir(exist_ok=True)
    program.write_text(text.format(calls=folder / "calls"))
    program.chmod(0o755)
    return program.parent


def test_it_is_made_once_and_laid_down_for_each(tmp_path: Path, base: Path) -> None:
    blank, bin_ = Blank(3, base), programs(tmp_path, INITDB)
    folders = [tmp_path / name / "data" for name in ("one", "two", "three")]
    for folder in folders:
        folder.parent.mkdir()
    at_once = [
        threading.Thread(target=blank.lay, args=(folder, bin_, OURSELVES)) for folder in folders
    ]
    for one in at_once:
        one.start()
    for one in at_once:
        one.join()

    assert (tmp_path / "calls").read_text() == "made\n"
    assert {(folder / "base" / "1").read_text() for folder in folders} == {blank.password}
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
    assert list(base.iterdir()) == []


def test_a_copy_is_for_nobody_else_to_read(tmp_path: Path, base: Path) -> None:
    blank, bin_ = Blank(base=base), programs(tmp_path, INITDB)
    blank.lay(tmp_path / "data", bin_, OURSELVES)

    assert stat.S_IMODE((tmp_path / "data" / "base").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "data" / "base" / "1").stat().st_mode) == 0o600
    (kept,) = base.iterdir()
    assert {path.name for path in kept.iterdir()} == {"data", "owner"}
    blank.remove()
    blank.remove()
    assert list(base.iterdir()) == []


def test_a_failure_is_told_leaves_nothing_and_is_not_the_last_word(
    tmp_path: Path, base: Path
) -> None:
    blank = Blank(2, base)
    with pytest.raises(NoPostgres, match="initdb failed: no space left"):
        blank.lay(tmp_path / "data", programs(tmp_path, FAILS), OURSELVES)
    assert list(base.iterdir()) == []

    blank.lay(tmp_path / "data", programs(tmp_path, INITDB), OURSELVES)
    assert (tmp_path / "data" / "base" / "1").read_text() == blank.password
    blank.remove()
