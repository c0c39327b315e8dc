"""Loads Textual without its command palette.

Quarterdeck has a palette of its own and switches Textual's off (`ENABLE_COMMAND_PALETTE`). Textual
8.2.8 loads its own all the same, and with it trees, selections and text fields: 14 ms before the
first picture.
"""

import importlib
import sys
from types import ModuleType
from typing import Final

_PALETTE: Final = "textual.command"


class _Empty(ModuleType):
    """Has every name that is asked for, as a class that can do nothing."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (), {})
        setattr(self, name, made)
        return made


def import_textual() -> None:
    """Import `textual.app`; who imports the palette afterwards gets it as ever."""
    if "textual.app" in sys.modules or _PALETTE in sys.modules:
        return
    sys.modules[_PALETTE] = _Empty(_PALETTE)
    try:
        importlib.import_module("textual.app")
    except (ImportError, AttributeError, TypeError):
        # Another version may ask for more; it is imported as it wants to be where it is needed.
        return
    finally:
        del sys.modules[_PALETTE]
