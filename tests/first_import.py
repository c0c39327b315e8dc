"""The workers of a whole run prepare the test modules between them, a share each.

pytest rewrites every assertion of a module before it is imported for the first time, which takes
longer than all else of collecting. Each worker has to import every module; without this each of
them rewrites all at the same time, though what one has written serves the others. So it is with the
constants that hypothesis reads from all of our sources, to try them out.
"""

import importlib
import os
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis.internal.constants_ast import constants_from_module, is_local_module_file

_TESTS = Path(__file__).resolve().parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Prepare one's share, so that the others find it written."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    whole = [Path(each).resolve() for each in session.config.args] == [_TESTS]
    if not worker or not whole or sys.dont_write_bytecode:
        return
    mine, workers = int(worker.removeprefix("gw")), int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    for path in sorted(_TESTS.rglob("test_*.py"))[mine::workers]:
        parts = path.relative_to(_TESTS.parent).with_suffix("").parts
        importlib.import_module(".".join(parts))
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and is_local_module_file(file) and zlib.crc32(name.encode()) % workers == mine:
            constants_from_module(module)
