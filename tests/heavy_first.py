"""Whole programs wait more than they work: each is begun beside tests that work without a pause.

Left to itself xdist hands out all groups first, the largest before the others, and then single
tests by the alphabet: its workers wait side by side for minutes, and none is left to work. Here the
groups and the long tests are strewn over what comes before the last part of the others, those that
take longest first, so that at the end no worker is alone with one.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

import pytest

_LONG_S: Final = {
    "test_whole_actions": 57,
    "test_whole_systems": 48,
    "test_whole_faults": 36,
    "test_whole_verbs": 36,
    "test_whole_headless": 32,
    "test_whole_wall": 31,
    "test_whole_starts": 29,
    "test_action_command": 28,
    "test_whole_notices": 25,
    "test_five_thousand_inputs": 17,
    "test_whole_database": 16,
    "test_sixteen_rules_loopback": 16,
    "test_alerts_command": 12,
    "test_whole_": 11,
    "test_69_texts_in_every_view": 9,
    "test_demo_scripts": 5,
    "test_all_or_nothing_in_more_than_a_hundred_faults": 3,
    "test_replay": 2,
    "test_terminal_program": 2,
    "test_demo_world": 1,
}
"""Beginnings of modules and of tests with some seconds each, the longest first."""

_GROUP_S: Final = 5
"""Of a group that is not named."""

_STREWN: Final = 0.65
"""Of the others this share comes between them: what is begun last has time to end."""


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """What is collected is handed out as it is ordered here."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Strew the long ones over the others."""
    units = [list(unit) for _, unit in groupby(items, key=_unit)]
    long = sorted(((_seconds(unit[0]), unit) for unit in units), key=lambda each: -each[0])
    others = [item for seconds, unit in long if not seconds for item in unit]
    items[:] = _strewn([each for each in long if each[0]], others)


def _unit(item: pytest.Item) -> str:
    """What has to stay together: a group; else a test alone."""
    mark = item.get_closest_marker("xdist_group")
    return str(mark.args[0]) if mark is not None else item.nodeid


def _seconds(item: pytest.Item) -> int:
    """How long it takes about, with all of its group; 0 for what is over at once."""
    for long, seconds in _LONG_S.items():
        if item.name.startswith(long) or item.path.name.startswith(long):
            return seconds
    return _GROUP_S if item.get_closest_marker("xdist_group") is not None else 0


def _strewn(
    long: list[tuple[int, list[pytest.Item]]], others: list[pytest.Item]
) -> Iterator[pytest.Item]:
    a_second = len(others) * _STREWN / max(sum(seconds for seconds, _ in long), 1)
    begun, so_far = 0, 0
    for seconds, unit in long:
        yield from unit
        so_far += seconds
        ends = round(so_far * a_second)
        yield from others[begun:ends]
        begun = ends
    yield from others[begun:]
