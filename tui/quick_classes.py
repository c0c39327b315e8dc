"""Makes a class of a widget, a screen or an app as Textual does, without looking at all of it.

For every class Textual 8.2.8 goes through all attributes of all its ancestors, a thousand for a
screen, to find the few that are reactive or compute something; with fifty such classes that is a
sixteenth of the work before the first live data. An ancestor's findings hold for its heirs.
"""

from functools import cache
from typing import Final

from textual.binding import BindingsMap
from textual.dom import DOMNode
from textual.reactive import Reactive

_COMPUTE: Final = ("compute_", "_compute_")

_WORKED_OUT: Final = {
    "_computes", "_css_bases", "_css_type_name", "_css_type_names", "_inherit_bindings",
    "_inherit_component_classes", "_inherit_css", "_merge_bindings", "_merged_bindings",
    "_reactives",
}  # fmt: skip


def make_classes_quickly() -> None:
    """From now on, in this process; a Textual that works out anything else goes on as it does."""
    names = DOMNode.__init_subclass__.__code__.co_names
    if {name for name in names if name.startswith("_") and name[1] != "_"} != _WORKED_OUT:
        return
    DOMNode.__init_subclass__ = classmethod(_made)  # type: ignore[assignment, method-assign]


def _made(
    cls: type[DOMNode],
    inherit_css: bool = True,
    inherit_bindings: bool = True,
    inherit_component_classes: bool = True,
) -> None:
    """What `DOMNode.__init_subclass__` does, with the same result."""
    super(DOMNode, cls).__init_subclass__()
    cls._reactives = {}
    for base in reversed(cls.__mro__):
        cls._reactives.update(_own_reactives(base))
    cls._inherit_css = inherit_css
    cls._inherit_bindings = inherit_bindings
    cls._inherit_component_classes = inherit_component_classes
    bases = cls._css_bases(cls)
    cls._css_type_name = bases[0].__name__
    cls._css_type_names = frozenset(base.__name__ for base in bases)
    cls._merged_bindings = _bindings(cls)
    cls._computes = frozenset[str]().union(*map(_own_computes, cls.__mro__))


@cache
def _own_reactives(cls: type) -> dict[str, Reactive[object]]:
    return {name: each for name, each in vars(cls).items() if isinstance(each, Reactive)}


@cache
def _own_computes(cls: type) -> frozenset[str]:
    return frozenset(name.lstrip("_")[8:] for name in vars(cls) if name.startswith(_COMPUTE))


def _bindings(cls: type[DOMNode]) -> BindingsMap:
    """Those of the one ancestor, where the class has none of its own."""
    merged = getattr(cls.__base__, "_merged_bindings", None)
    own = "BINDINGS" in vars(cls) or not cls._inherit_bindings or len(cls.__bases__) > 1
    if own or merged is None:
        return cls._merge_bindings()
    # Lists of its own: a binding that is added to one class is none of the other.
    return BindingsMap.from_keys({key: list(each) for key, each in merged.key_to_bindings.items()})
