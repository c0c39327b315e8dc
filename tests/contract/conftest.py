"""Without the vendors' specifications their part is not collected, and that is said."""

from tests.contract.presence import folder, missing

collect_ignore_glob = ["test_client_*.py"] if missing(folder()) else []
