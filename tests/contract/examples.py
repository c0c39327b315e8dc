"""Answers made from a vendor's schema: any shape that the specification allows may come."""

import random
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.contract.specification import Specification

_FORMATS: Mapping[str, Callable[[random.Random], str]] = {
    "date-time": lambda rng: f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T10:20:30Z",
    "date": lambda rng: f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
    "timestamp": lambda _rng: "2026-01-02T03:04:05Z",
    "uri": lambda rng: f"https://example.test/{rng.randint(0, 999)}",
    "email": lambda _rng: "maria@example.test",
}
_PATTERNED = ("abcdefghijklmnopqrst", "tsrqponmlkjihgfedcba", "120s", "-1", "15min")
"""For strings that must follow a pattern."""

_DEEPEST = 9


class Examples:
    """Makes values that fit a schema.

    Args:
        specification: Where references lead.
        rng: Chooses; the same seed makes the same answer.
        fullness: Chance that an optional field is there.
    """

    def __init__(
        self, specification: Specification, rng: random.Random, *, fullness: float = 0.5
    ) -> None:
        self._specification = specification
        self._rng = rng
        self._fullness = fullness

    def value(self, schema: Any, depth: int = 0) -> Any:
        schema = self._specification.dereferenced(schema)
        # Beside an enum or alternatives the validator wants null among them, and none lists it.
        plain = not schema.keys() & {"enum", "oneOf", "anyOf"}
        if plain and schema.get("nullable") and self._rng.random() < 0.3:
            return None
        for choice in ("oneOf", "anyOf"):
            if choice in schema:
                return self.value(self._rng.choice(schema[choice]), depth)
        if "allOf" in schema:
            return self._all_of(schema["allOf"], depth)
        if "enum" in schema:
            return self._rng.choice(schema["enum"])
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = self._rng.choice(kind)
        make: Callable[[Any, int], Any] = getattr(self, f"_{kind}")
        return make(schema, depth)

    def _all_of(self, parts: Any, depth: int) -> Any:
        merged: dict[str, Any] = {}
        for part in parts:
            merged |= self.value(part, depth)
        return merged

    def _object(self, schema: Any, depth: int) -> dict[str, Any]:
        required = set(schema.get("required", ()))
        made: dict[str, Any] = {}
        for name, part in schema.get("properties", {}).items():
            wanted = depth < _DEEPEST and self._rng.random() < self._fullness
            if name in required or wanted:
                made[name] = self.value(part, depth + 1)
        extra = schema.get("additionalProperties")
        if isinstance(extra, dict) and extra and self._rng.random() < self._fullness:
            made["production"] = self.value(extra, depth + 1)
        return made

    def _array(self, schema: Any, depth: int) -> list[Any]:
        least = schema.get("minItems", 0)
        count = least if depth >= _DEEPEST else self._rng.randint(least, max(least, 3))
        return [self.value(schema.get("items", {}), depth + 1) for _ in range(count)]

    def _string(self, schema: Any, _depth: int) -> str:
        made = _FORMATS.get(schema.get("format", ""))
        if made is not None:
            return made(self._rng)
        fitting = [each for each in _PATTERNED if re.search(schema.get("pattern", "$^"), each)]
        if fitting:
            return self._rng.choice(fitting)
        word = self._rng.choice(("dpl_A1", "main", "fix: pool size", "maria", "a1f3c9e", "größe"))
        longest: int = schema.get("maxLength", 100)
        return word[:longest]

    def _null(self, _schema: Any, _depth: int) -> None:
        return None

    def _integer(self, schema: Any, _depth: int) -> int:
        return self._rng.randint(
            int(schema.get("minimum", 0)), int(schema.get("maximum", 2_000_000_000))
        )

    def _number(self, schema: Any, _depth: int) -> int:
        return self._rng.randint(
            int(schema.get("minimum", 0)), int(schema.get("maximum", 1_900_000_000_000))
        )

    def _boolean(self, _schema: Any, _depth: int) -> bool:
        return self._rng.random() < 0.5
