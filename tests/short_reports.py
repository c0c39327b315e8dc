"""Workers tell of a test that all is well once, and not three times.

pytest tells of each test that it was made ready, how it went, and that it was cleared away. A
worker packs each of these up and sends it, and the run unpacks it: a millisecond for each test.
"""

import os
from collections.abc import Sequence
from typing import Final

import pytest
from _pytest.runner import runtestprotocol

_IN_WORKER: Final = "PYTEST_XDIST_WORKER" in os.environ


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """As pytest's own, less what says only that nothing went wrong before and after."""
    if not _IN_WORKER:
        return None
    hooks = item.ihook
    hooks.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in _telling(runtestprotocol(item, log=False, nextitem=nextitem)):
        hooks.pytest_runtest_logreport(report=report)
    hooks.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _telling(reports: Sequence[pytest.TestReport]) -> Sequence[pytest.TestReport]:
    """All of them once something did not go well: what was printed stands in each."""
    well = all(report.passed for report in reports)
    return [report for report in reports if report.when == "call" or not well]
