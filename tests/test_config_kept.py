import os
from pathlib import Path

import pytest
from msgspec import Struct, structs

from providers.base import Source
from tests.fakes import ManualClock
from tui.commands_config import example_text
from tui.config.content import Content, content
from tui.config.kept import NAME, keep, kept
from tui.config.load import parse
from tui.config.model import Config
from tui.wiring import asked, connectivity, watched

EXAMPLE = example_text().encode()
FOUND = Content(raw=EXAMPLE, writable_by_all=False)


@pytest.fixture
def config() -> Config:
    return parse(EXAMPLE, "example").config


def told(source: Source) -> dict[str, object]:
    """What a source was told to do, less what is only equal to itself."""
    return values_of(getattr(source, "_options", None))


def values_of(options: object) -> dict[str, object]:
    if not isinstance(options, Struct):
        return {}
    values = {each.name: getattr(options, each.name) for each in structs.fields(options)}
    return {
        name: values_of(value) or value
        for name, value in values.items()
        if not (callable(value) or _only_itself(value))
    }


def _only_itself(value: object) -> bool:
    """Whether nothing but the very same thing is equal to it, as a lock."""
    return not any("__eq__" in vars(kind) for kind in type(value).__mro__[:-1])


async def test_what_is_kept_builds_the_same_engine(tmp_path: Path, config: Config) -> None:
    keep(tmp_path, FOUND, config)

    again = kept(tmp_path, FOUND)

    assert again is not None
    clock = ManualClock()
    assert watched(again) == watched(config)
    before, after = asked(config, clock), asked(again, clock)
    assert [source.spec for source in after] == [source.spec for source in before]
    assert [told(source) for source in after] == [told(source) for source in before]
    assert any(told(source) for source in after)
    assert connectivity(again, clock) is not None
    for source in (*before, *after):
        await source.aclose()


def test_another_content_is_judged_anew(tmp_path: Path, config: Config) -> None:
    keep(tmp_path, FOUND, config)

    assert kept(tmp_path, Content(raw=EXAMPLE + b"#", writable_by_all=False)) is None
    assert kept(tmp_path, Content(raw=EXAMPLE, writable_by_all=True)) is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"digest": 1, "code": [], "config": {}}']
)
def test_nonsense_is_not_believed(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)

    assert kept(tmp_path, FOUND) is None


def test_a_file_that_others_may_write_or_a_link_is_not_believed(
    tmp_path: Path, config: Config
) -> None:
    keep(tmp_path, FOUND, config)
    place = tmp_path / NAME

    place.chmod(0o620)
    assert kept(tmp_path, FOUND) is None
    place.chmod(0o600)
    assert kept(tmp_path, FOUND) is not None
    place.rename(tmp_path / "other")
    place.symlink_to(tmp_path / "other")
    assert kept(tmp_path, FOUND) is None


def test_a_file_has_a_digest(tmp_path: Path) -> None:
    place = tmp_path / "config.yaml"
    place.write_bytes(EXAMPLE)
    os.chmod(place, 0o646)  # noqa: PTH101, S103 - as somebody careless left it

    found = content(place)

    assert found.digest == FOUND.digest
    assert found.writable_by_all
