"""Texts as values of a statement's parameters: bound by their types, never written into it."""

import contextlib
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from providers.errors import Refused
from providers.postgres.target import SYSTEM

_TEXTS: Final = frozenset({"text", "varchar", "bpchar", "name", "uuid", "json", "jsonb", "unknown"})
_FLAGS: Final = {"true": True, "false": False}
_MADE: Final[dict[str, Any]] = {
    "int2": int,
    "int4": int,
    "int8": int,
    "oid": int,
    "float4": float,
    "float8": float,
    "numeric": Decimal,
    "bool": _FLAGS.__getitem__,
    "timestamptz": datetime.fromisoformat,
}


def bound(prepared: Any, values: Sequence[str | None]) -> tuple[object, ...]:
    """The values as the driver wants them for the parameters' types.

    Raises:
        Refused: One does not fit its type, or there are too many or too few.
    """
    # A type that somebody made for their own words (an enum) takes a text as it is.
    kinds = [
        each.name if each.schema == "pg_catalog" or each.kind != "scalar" else "text"
        for each in prepared.get_parameters()
    ]
    if len(kinds) != len(values):
        raise Refused(SYSTEM, "bind", f"it takes {len(kinds)} values instead of {len(values)}")
    pairs = zip(kinds, values, strict=True)
    return tuple(_made(place, kind, value) for place, (kind, value) in enumerate(pairs, start=1))


def _made(place: int, kind: str, value: str | None) -> object:
    if value is None:
        return None
    if "\0" in value:
        raise Refused(SYSTEM, "bind", f"${place} holds a NUL, which no value can")
    if kind in _TEXTS:
        return value
    make = _MADE.get(kind)
    if make is None:
        name = kind[:40]
        advice = f"write ${place}::text::{name} in the statement"
        raise Refused(SYSTEM, "bind", f"${place} is of type {name}", advice=advice)
    with contextlib.suppress(ValueError, ArithmeticError, KeyError):
        return make(value)
    raise Refused(SYSTEM, "bind", f"${place} is no {kind[:40]}")
