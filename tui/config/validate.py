"""From plain data to the model, with every problem in words of ours.

pydantic's own sentences speak of Python's types and of unions; these speak of the file.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, Literal, get_args, get_origin

from msgspec import Struct, field
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tui.config.model import Config
from tui.config.nodes import Data
from tui.config.problems import MOST, Finding, Path
from tui.config.shape import annotation_of, keys_of, setting_at
from tui.config.suggest import listed, nearest

_ROUNDS: Final = 12
"""How often what is broken is cut out; the file is at most this deep."""


class Validated(Struct, frozen=True, kw_only=True):
    """What could be made of the data."""

    config: Config | None
    """Of what is left when all that is broken is cut out; None when nothing is."""

    findings: tuple[Finding, ...]
    cut: frozenset[Path]
    """Paths that are missing in `config` although they stand in the file."""


def validate(data: Data) -> Validated:
    """The model of the data, or of its sound parts, so that references can be checked as well."""
    findings: tuple[Finding, ...] = ()
    mended = _Mended()
    for _ in range(_ROUNDS):
        try:
            config = Config.model_validate(data)
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False)
            findings = findings or tuple(_findings(details[: MOST + 1], data))
            data = mended.round(data, details)
        else:
            cut = frozenset(mended.cut | mended.put)
            return Validated(config=config, findings=findings, cut=cut)
    return Validated(config=None, findings=findings, cut=frozenset())


def _findings(details: list[ErrorDetails], data: Data) -> Iterator[Finding]:
    seen: set[Path] = set()
    for detail in details:
        path, found = _standing(detail["loc"], data)
        if path in seen and detail["type"] not in {"missing", "extra_forbidden"}:
            continue  # the arms of a union complain one by one
        seen.add(path)
        yield _finding(detail, path, found)


def _standing(loc: Path, data: Data) -> tuple[Path, Data]:
    """The path of an error without the names that pydantic puts in for unions and keys."""
    path: list[str | int] = []
    found = data
    for part in loc:
        if isinstance(found, dict) and part in found:
            found = found[str(part)]
        elif isinstance(found, tuple) and isinstance(part, int) and part < len(found):
            found = found[part]
        else:
            continue
        path.append(part)
    return tuple(path), found


def _finding(detail: ErrorDetails, path: Path, found: Data) -> Finding:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown(path)
    if kind == "missing":
        return Finding(path=path, reason=f"{detail['loc'][-1]} is missing", at_key=True)
    if detail["loc"][-1:] == ("[key]",):
        return Finding(path=path, reason=_reason(detail, path, path[-1]), at_key=True)
    if kind == "literal_error":
        return _not_listed(detail, path, found)
    return Finding(path=path, reason=_reason(detail, path, found))


def _unknown(path: Path) -> Finding:
    setting = setting_at(path[:-1])
    known = keys_of(setting) if setting else ()
    meant = nearest(str(path[-1]), known)
    reason = "unknown setting"
    if path[:1] == ("secrets",):
        reason = "unknown setting; a secret itself is never written here"
    elif not meant:
        reason = f"unknown setting; known here: {listed(known)}"
    return Finding(path=path, reason=reason, suggestion=meant, at_key=True)


def _not_listed(detail: ErrorDetails, path: Path, found: Data) -> Finding:
    expected = str(detail.get("ctx", {}).get("expected", "")).replace("'", "")
    choices = expected.replace(" or ", ", ").split(", ")
    meant = nearest(found, choices) if isinstance(found, str) else ""
    words = choices[0] if len(choices) == 1 else f"one of {', '.join(choices)}"
    return Finding(path=path, reason=f"{words} is expected", suggestion=meant)


def _reason(detail: ErrorDetails, path: Path, found: Data) -> str:
    kind = detail["type"]
    if found is None and kind != "value_error":
        return "nothing stands here: give a value, or leave the key out"
    if path[:1] == ("secrets",) and len(path) == 2 and not isinstance(found, dict):
        return "a secret is never written here: give env, file, command, keyring or credential"
    if kind in _SENTENCES:
        return _SENTENCES[kind](detail.get("ctx", {}), found)
    if kind == "value_error":
        return str(detail.get("ctx", {}).get("error", detail["msg"]))
    return detail["msg"][:1].lower() + detail["msg"][1:]


def _kind(found: Data) -> str:
    if isinstance(found, bool):
        return "true or false"
    names = {str: "a text", int: "a number", float: "a number", tuple: "a list", dict: "a mapping"}
    return names.get(type(found), "nothing")


def _expected(what: str) -> "Callable[[dict[str, object], Data], str]":
    def sentence(context: "dict[str, object]", found: Data) -> str:
        quote = ": quote it" if what == "a text" and isinstance(found, int | float) else ""
        return f"{what} is expected, not {_kind(found)}{quote}"

    return sentence


def _limit(words: str) -> "Callable[[dict[str, object], Data], str]":
    return lambda context, found: words.format(**context)


_SENTENCES: Final[dict[str, Callable[[dict[str, object], Data], str]]] = {
    "string_type": _expected("a text"),
    "bool_type": _expected("true or false"),
    "int_type": _expected("a whole number"),
    "int_from_float": _expected("a whole number"),
    "float_type": _expected("a number"),
    "tuple_type": _expected("a list"),
    "mapping_type": _expected("a mapping"),
    "dict_type": _expected("a mapping"),
    "model_type": _expected("a mapping"),
    "model_attributes_type": _expected("a mapping"),
    "finite_number": _expected("a finite number"),
    "greater_than_equal": _limit("must be at least {ge}"),
    "greater_than": _limit("must be more than {gt}"),
    "less_than_equal": _limit("must be at most {le}"),
    "less_than": _limit("must be less than {lt}"),
    "string_too_short": _limit("must not be empty"),
    "string_too_long": _limit("longer than {max_length} characters"),
    "too_short": _limit("at least {min_length} expected"),
    "too_long": _limit("at most {max_length} allowed"),
    "string_pattern_mismatch": _limit("must look like {pattern}"),
}


_PLACEHOLDERS: Final[Mapping[object, Data]] = {str: "x", float: "1m", int: 1}
"""A float that is required is a duration."""


class _Mended(Struct, frozen=True):
    """What was done to the data so far; the paths no longer hold what stands in the file."""

    cut: set[Path] = field(default_factory=set)
    put: set[Path] = field(default_factory=set)

    def round(self, data: Data, details: list[ErrorDetails]) -> Data:
        """The data without what is broken, and with something in place of what is missing."""
        cuts: set[Path] = set()
        puts: dict[Path, Data] = {}
        for detail in details:
            path = _to_cut(detail, data)
            missing = (*path, *detail["loc"][-1:])
            put = _placeholder(missing) if detail["type"] == "missing" else None
            if put is None or missing in self.put or len(missing) != len(detail["loc"]):
                cuts.add(path)
            else:
                puts[missing] = put
        self.cut.update(cuts)
        self.put.update(puts)
        return _with(_without(data, cuts), puts)


def _to_cut(detail: ErrorDetails, data: Data) -> Path:
    """What to take out so that the rest may stand: of a list all, or the others would move."""
    path, _ = _standing(detail["loc"], data)
    first = next((index for index, part in enumerate(path) if isinstance(part, int)), len(path))
    return path[:first]


def _placeholder(path: Path) -> Data:
    """A value that passes for a required setting; None where it takes more than a word."""
    setting = setting_at(path[:-1])
    kind = annotation_of(setting, str(path[-1])) if setting is not None else None
    if get_origin(kind) is Literal:
        choice: Data = get_args(kind)[0]
        return choice
    return _PLACEHOLDERS.get(kind)


def _without(data: Data, cuts: set[Path], path: Path = ()) -> Data:
    """The data without what stands at the paths, which are paths of keys."""
    if not isinstance(data, dict):
        return data
    return {
        key: _without(value, cuts, (*path, key))
        for key, value in data.items()
        if (*path, key) not in cuts
    }


def _with(data: Data, puts: Mapping[Path, Data]) -> Data:
    """The data with a value at each path, all but whose last key stands there already."""
    for (*outer, last), put in puts.items():
        inner = data
        for key in outer:
            inner = inner[str(key)] if isinstance(inner, dict) and key in inner else None
        if isinstance(inner, dict):
            inner[str(last)] = put  # ours: _without made every mapping anew
    return data
