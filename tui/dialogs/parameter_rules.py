"""Whether what was typed for a parameter of an action will do. Pure."""

import math
import re

from actions.families import Parameter, ParameterKind


def problem(parameter: Parameter, value: str) -> str:
    """Why a value will not do, in words; empty when it will."""
    if not value.strip():
        return f"{parameter.title} is missing" if parameter.required else ""
    if len(value) > parameter.longest:
        return f"{parameter.title} has more than {parameter.longest} characters"
    if not value.isprintable():
        return f"{parameter.title} holds characters that can not be seen"
    return _of_kind(parameter, value)


def _of_kind(parameter: Parameter, value: str) -> str:
    hint = f" ({parameter.hint})" if parameter.hint else ""
    if parameter.kind is ParameterKind.NUMBER:
        return _of_number(parameter, value, hint)
    if parameter.kind is ParameterKind.CHOICE and not any(
        value == one.value for one in parameter.choices
    ):
        return f"{parameter.title} is none of those there are{hint}"
    if parameter.kind is ParameterKind.FLAG and value not in {"true", "false"}:
        return f"{parameter.title} is yes or no"
    if parameter.pattern and not re.fullmatch(parameter.pattern, value):
        return f"{parameter.title} does not fit{hint}"
    return ""


def _of_number(parameter: Parameter, value: str, hint: str) -> str:
    if not _is_number(value):
        return f"{parameter.title} is no number{hint}"
    low = parameter.least is not None and float(value) < parameter.least
    high = parameter.most is not None and float(value) > parameter.most
    if low or high:
        return f"{parameter.title} is too {'small' if low else 'large'}{hint}"
    return ""


def _is_number(value: str) -> bool:
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False
