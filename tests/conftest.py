"""Fixtures for the whole suite."""

import gc

from tests.examples import register

pytest_plugins = (
    "tests.first_import",
    "tests.heavy_first",
    "tests.postgres_fixtures",
    "tests.contract.presence",
)

register()


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: no use in going through it each time."""
    gc.collect()
    gc.freeze()
