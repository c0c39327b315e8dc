"""Says in one line whether the vendors' specifications are there; without them nothing is run."""

import pytest

from tests.contract.specification import folder, missing, presence

# The suite speaks for itself: what cannot be checked is not collected, rather than skipped in
# silence, and the summary says so.
collect_ignore_glob = ["test_client_*.py"] if missing(folder()) else []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(presence(folder()), yellow=bool(missing(folder())), bold=True)
