"""Fixtures for the whole suite."""

import gc
from typing import Final

import pytest

from tests.examples import register

pytest_plugins = (
    "tests.first_import",
    "tests.heavy_first",
    "tests.in_memory",
    "tests.postgres_fixtures",
    "tests.short_reports",
    "tests.contract.presence",
)

_YOUNG: Final = 10_000
"""New objects between two searches: a screen makes twenty thousand that end with it."""

register()

# While it is imported and collected there is nothing to be thrown away.
gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """What was imported and collected stays to the end: no use in going through it each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG)
    gc.enable()
