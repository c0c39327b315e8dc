"""What stands around every way in: our packages are ours, and a bug is told in one line."""

import errno
import importlib.util
from pathlib import Path

from tui.exit_codes import NOT_WRITTEN, SOFTWARE_ERROR
from tui.told import tell

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""What the place that our output goes to may say; it is no bug of ours."""

_PACKAGES = ("actions", "monitor", "providers", "themes", "tui", "widgets")


def misplaced_packages() -> str | None:
    """Say which of our packages is somebody else's, if any.

    The packages have general names; another distribution may have written over one of them.
    """
    home = Path(__file__).resolve().parent.parent
    for name in _PACKAGES:
        spec = importlib.util.find_spec(name)
        origin = Path(spec.origin).resolve().parent.parent if spec and spec.origin else None
        if origin != home:
            return (
                f"the package {name} comes from {origin or 'nowhere'}, the others from {home}: "
                "another distribution has the same name. Install quarterdeck on its own, in the "
                "folder of its sources: pipx install ."
            )
    return None


class LastWords:
    """Tells of a bug in one line and leaves with 70; Python's own 1 would say "warning"."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        if isinstance(error, OSError) and error.errno in _FULL and error.filename is None:
            tell(f"quarterdeck: the output can not be written: {error.strerror}")
            raise SystemExit(NOT_WRITTEN) from None
        if isinstance(error, Exception):
            from tui.config.paths import state_dir
            from tui.run import last_words

            tell(last_words(error, state_dir()))
            raise SystemExit(SOFTWARE_ERROR) from None
