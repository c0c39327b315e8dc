"""Fixtures for the whole suite."""

pytest_plugins = ("tests.postgres_fixtures", "tests.contract.presence")
