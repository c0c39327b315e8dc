"""What `make setup` installs: all that the lock names, whoever's share it is."""

from pathlib import Path

import pytest

from requirements.install import shares

LOCK = (Path(__file__).parents[1] / "requirements" / "dev.lock").read_text(encoding="utf-8")


def pinned(text: str) -> dict[str, list[str]]:
    """The hashes of each package by its pin."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        word = line.split(" ")[0]
        if word[:1].isalnum():
            found[word] = []
        elif "--hash=" in line:
            found[list(found)[-1]].append(line.strip(" \\"))
    return found


@pytest.mark.parametrize("count", [1, 2, 3, 4, 500])
def test_every_package_with_all_its_hashes_is_in_one_share(count: int) -> None:
    dealt = [pinned(share) for share in shares(LOCK, count)]
    names = [name for share in dealt for name in share]
    assert len(names) == len(set(names)) > 100
    assert {name: hashes for share in dealt for name, hashes in share.items()} == pinned(LOCK)
    assert all(hashes for hashes in pinned(LOCK).values())
    assert max(map(len, dealt)) - min(map(len, dealt)) <= 1
