"""Where files are: XDG folders, never the current one, and closed to others."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.config import paths
from tui.config.problems import ConfigError

XDG = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """XDG folders of our own, and a current folder with a stranger's configuration in it."""
    kept = {name: os.environ.get(name) for name in XDG}
    here = Path.cwd()
    os.environ.update({name: str(tmp_path / name) for name in XDG})
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    for name in ("config.yaml", "config.yml", "quarterdeck.yaml"):
        (stranger / name).write_text("version: 1\n")
    os.chdir(stranger)
    yield tmp_path
    os.chdir(here)
    for name, value in kept.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def test_the_current_folder_is_never_looked_into() -> None:
    assert paths.config_file(None, {}) is None


@pytest.mark.parametrize("name", ["config.yaml", "config.yml"])
def test_the_xdg_folder_is_looked_into_last(home: Path, name: str) -> None:
    lies = home / "XDG_CONFIG_HOME" / "quarterdeck" / name
    lies.parent.mkdir(parents=True)
    lies.write_text("version: 1\n")
    assert paths.config_file(None, {}) == lies
    assert paths.config_file(None, {"QUARTERDECK_CONFIG": "/b.yaml"}) == Path("/b.yaml")
    assert paths.config_file(Path("/a.yaml"), {"QUARTERDECK_CONFIG": "/b.yaml"}) == Path("/a.yaml")


def test_a_relative_xdg_variable_does_not_lead_to_the_current_folder(home: Path) -> None:
    os.environ["XDG_CONFIG_HOME"] = "."
    (Path.cwd() / "quarterdeck").mkdir()
    (Path.cwd() / "quarterdeck" / "config.yaml").write_text("version: 1\n")
    assert paths.config_dir().is_absolute()
    assert home not in paths.config_dir().parents


def test_without_a_runtime_folder_the_cache_has_one() -> None:
    del os.environ["XDG_RUNTIME_DIR"]
    assert paths.runtime_dir() == paths.cache_dir() / "run"
    os.environ["XDG_RUNTIME_DIR"] = "relative"
    assert paths.runtime_dir() == paths.cache_dir() / "run"


def test_a_named_file_may_be_in_the_home_folder() -> None:
    found = paths.config_file(None, {"QUARTERDECK_CONFIG": "~/x.yaml"})
    assert found == Path.home() / "x.yaml"
    assert paths.config_file(None, {"QUARTERDECK_CONFIG": ""}) is None


def test_two_files_are_one_too_many(home: Path) -> None:
    lies = home / "XDG_CONFIG_HOME" / "quarterdeck"
    lies.mkdir(parents=True)
    for name in ("config.yaml", "config.yml"):
        (lies / name).write_text("version: 1\n")
    with pytest.raises(ConfigError, match=r"config\.yml lies beside it"):
        paths.config_file(None, {})


def test_everything_has_its_place(home: Path) -> None:
    assert paths.state_dir() == home / "XDG_STATE_HOME" / "quarterdeck"
    assert paths.cache_dir() == home / "XDG_CACHE_HOME" / "quarterdeck"
    assert paths.runtime_dir() == home / "XDG_RUNTIME_DIR" / "quarterdeck"
    assert paths.default_config_file() == home / "XDG_CONFIG_HOME" / "quarterdeck" / "config.yaml"
    assert paths.secrets_dir().parent == paths.config_dir()
    inside = {paths.history_file(), paths.audit_file(), paths.log_file()}
    assert {each.parent for each in inside} == {paths.state_dir()}


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """Any mask that a shell may have set."""
    kept = os.umask(request.param)
    yield
    os.umask(kept)


@pytest.mark.usefixtures("umask")
def test_folders_and_files_are_closed_under_any_umask(home: Path) -> None:
    place = home / "a" / "b" / "file"
    os.close(paths.open_private(place, append=True))
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.parent.stat().st_mode & 0o777 == 0o700
    paths.write_private(place, "text")
    assert place.read_text() == "text"
    assert place.stat().st_mode & 0o777 == 0o600


def test_what_stood_open_of_ours_is_closed() -> None:
    folder = paths.state_dir()
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    place = folder / "file"
    place.write_text("old ")
    place.chmod(0o644)
    descriptor = paths.open_private(place, append=True)
    os.write(descriptor, b"new")
    os.close(descriptor)
    assert place.read_text() == "old new"
    assert place.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    os.close(paths.open_private(place))
    assert place.read_text() == ""


def test_a_folder_that_is_not_ours_is_left_as_it_is(home: Path) -> None:
    folder = home / "theirs"
    folder.mkdir()
    folder.chmod(0o1777)
    os.close(paths.open_private(folder / "log", append=True))
    paths.write_private(folder / "config.yaml", "version: 1\n")
    assert folder.stat().st_mode & 0o7777 == 0o1777
    assert {each.stat().st_mode & 0o777 for each in folder.iterdir()} == {0o600}


def test_links_pipes_and_files_in_the_way_are_refused(home: Path) -> None:
    folder = paths.private_dir(home / "own")
    target = home / "target"
    target.write_text("theirs")
    (folder / "link").symlink_to(target)
    os.mkfifo(folder / "pipe")
    (folder / "elsewhere").symlink_to(home)
    with pytest.raises(OSError, match="symbolic"):
        paths.open_private(folder / "link", append=True)
    with pytest.raises(OSError, match="No such device"):
        paths.open_private(folder / "pipe", append=True)
    with pytest.raises(OSError, match="not a folder"):
        paths.private_dir(folder / "elsewhere")
    with pytest.raises(FileExistsError):
        paths.private_dir(target)
    assert target.read_text() == "theirs"


def test_a_text_that_cannot_be_encoded_is_still_written(home: Path) -> None:
    paths.write_private(home / "a", "lone \ud800")
    assert (home / "a").read_text() == "lone \\ud800"
    assert [each.name for each in home.iterdir() if each.name.startswith(".")] == []
