"""Fixtures for the whole suite."""

from tests.examples import register

pytest_plugins = ("tests.first_import", "tests.postgres_fixtures", "tests.contract.presence")

register()
