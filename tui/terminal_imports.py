"""Loads Textual without what is never shown here, and with a smaller memory for what it measured.

Quarterdeck has a palette of its own and switches Textual's off (`ENABLE_COMMAND_PALETTE`). Textual
8.2.8 loads its own all the same, and with it trees, selections and text fields: 14 ms before the
first picture. Rich's tables and trees are loaded for what only its developers look at: another 2.

Rich keeps the last 4,096 texts whose width it was asked for. With clocks, ages and charts in them
hardly one comes again, and they take 1.5 MB before the first hour is over.
"""

import importlib
import sys
from functools import lru_cache
from types import ModuleType
from typing import Final

_PALETTE: Final = "textual.command"
_NEVER_SHOWN: Final = (_PALETTE, "rich.table", "rich.tree")

MEASURED: Final = 512
"""Texts whose width is kept: more than one picture has."""


class _Empty(ModuleType):
    """Has every name that is asked for, as a class that can do nothing."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (), {})
        setattr(self, name, made)
        return made


def import_textual() -> None:
    """Import `textual.app`; who imports what is left out afterwards gets it as ever."""
    if "textual.app" in sys.modules or _PALETTE in sys.modules:
        return
    _keep_fewer_widths()
    left_out = [name for name in _NEVER_SHOWN if name not in sys.modules]
    sys.modules.update({name: _Empty(name) for name in left_out})
    try:
        from tui.quick_classes import make_classes_quickly

        make_classes_quickly()
        importlib.import_module("textual.app")
    except (ImportError, AttributeError, TypeError):
        # Another version may ask for more; it is imported as it wants to be where it is needed.
        return
    finally:
        for name in left_out:
            del sys.modules[name]


def _keep_fewer_widths() -> None:
    """Before anything takes the function from its module by name."""
    import rich.cells

    rich.cells.cached_cell_len = lru_cache(MEASURED)(rich.cells.cached_cell_len.__wrapped__)
