"""What takes long is begun first, so that at the end no worker is alone with it.

xdist hands out groups before single tests, the largest first, and single tests in the order they
were collected: by the alphabet, with the whole program's at its end.
"""

from typing import Final

import pytest

_HEAVY: Final = (
    "test_all_or_nothing_in_more_than_a_hundred_faults",
    "test_demo_scripts",
    "test_demo_world",
    "test_replay",
    "test_sixteen_rules",
    "test_terminal_program",
    "test_whole_",
)
"""Beginnings of modules and of tests with some seconds each."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The heavy ones first, else as they were."""
    items.sort(key=_is_light)


def _is_light(item: pytest.Item) -> bool:
    return not item.name.startswith(_HEAVY) and not item.path.name.startswith(_HEAVY)
