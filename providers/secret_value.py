"""A secret that cannot be printed by accident, and the removal of secrets from texts."""

import base64
import json
import threading
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final, NoReturn
from urllib.parse import quote, quote_plus

MASK: Final = "•••"
"""What stands where a secret stood."""

SHORTEST: Final = 6
"""Shorter secrets are not searched for: they would blank out ordinary words."""

REMEMBERED: Final = 64
MOST_REMEMBERED: Final = 1_000
"""Of so many characters, and so many of them, texts without a secret are remembered."""


class Secret:
    """A credential; `reveal` is the only way to its characters.

    Making one puts it on the process-wide list of what `redact` removes. It is not a `str`, it is
    equal only to another `Secret` (compared in constant time), it has no hash, and it refuses to
    be copied or pickled.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        object.__setattr__(self, "_value", value)
        _KNOWN.learn(value)

    def reveal(self) -> str:
        """The characters themselves: for the one call that sends them, never for a text."""
        value: str = object.__getattribute__(self, "_value")
        return value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __str__(self) -> str:
        return "Secret(…)"

    def __format__(self, format_spec: str) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        # Loads all of hashing, 2 ms of a start that compares no secrets.
        from hmac import compare_digest

        return compare_digest(_octets(self.reveal()), _octets(other.reveal()))

    __hash__ = None  # type: ignore[assignment]  # equal in constant time excludes a hash table

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a secret does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a secret does not change")

    def __copy__(self) -> NoReturn:
        raise TypeError("a secret is not copied")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError("a secret is not copied")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret is not pickled")


class Redactor:
    """Finds secrets in texts and replaces them; it learns new ones and forgets none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: set[str] = set()
        self._forms: tuple[str, ...] = ()
        """Those without blanks, the shortest first."""

        self._blank_forms: tuple[str, ...] = ()
        """Those with blanks in them, the shortest first."""

        self._clean: set[str] = set()
        """Short texts without any secret: vendors say the same again and again."""

    def learn(self, value: str) -> None:
        """Look for this secret from now on, if it is not shorter than `SHORTEST`."""
        with self._lock:
            if value not in self._values:
                self._sort({*self._forms, *self._blank_forms, *_forms(value)})
                # Last: whoever sees it counted may rely on its being looked for.
                self._values.add(value)

    def _sort(self, forms: set[str]) -> None:
        ordered = sorted(forms, key=len)
        self._forms = tuple(form for form in ordered if len(form.split()) == 1)
        self._blank_forms = tuple(form for form in ordered if len(form.split()) != 1)
        self._clean = set()

    @property
    def known(self) -> int:
        """How many secrets were learnt so far."""
        return len(self._values)

    @property
    def forms(self) -> tuple[str, ...]:
        """All that is looked for."""
        return (*self._forms, *self._blank_forms)

    def redact(self, text: str) -> str:
        """The text without any secret learnt so far."""
        # Looked up before the search: who learns a secret meanwhile begins another set.
        clean = self._clean
        if text in clean:
            return text
        masked = self._searched(text)
        if masked is text and len(text) <= REMEMBERED:
            if len(clean) >= MOST_REMEMBERED:
                clean.clear()
            clean.add(text)
        return masked

    def _searched(self, text: str) -> str:
        # A replacement can bring two halves together, so look again until nothing is found; each
        # round makes the text shorter, because every form is longer than the mask.
        while found := self._found(text):
            text = _masked(text, sorted(span for form in found for span in _places(text, form)))
        return text

    def _found(self, text: str) -> list[str]:
        """The forms that are in it; most texts have no word as long as the shortest of them."""
        longest = max(map(len, text.split()), default=0)
        plain = self._forms[: bisect_right(self._forms, longest, key=len)]
        blank = self._blank_forms[: bisect_right(self._blank_forms, len(text), key=len)]
        return [form for form in plain + blank if form in text]


_KNOWN: Final = Redactor()


def redact(text: str) -> str:
    """The text with every secret that the process knows replaced by `•••`.

    Found as itself, percent-encoded, JSON-escaped and in base64 (also inside a longer base64
    text, as in Basic authorization); a secret of several lines also line by line. Secrets shorter
    than `SHORTEST` are not looked for.
    """
    return _KNOWN.redact(text)


def forms_known() -> tuple[str, ...]:
    """Every form of every known secret: for a program of ours that masks what it writes down.

    Handed on over a pipe alone, never as an argument or through a file.
    """
    return _KNOWN.forms


def secrets_known() -> int:
    """How many secrets the process knows; what was redacted before the last one is out of date."""
    return _KNOWN.known


def _places(text: str, form: str) -> Iterator[tuple[int, int]]:
    start = text.find(form)
    while start >= 0:
        yield start, start + len(form)
        start = text.find(form, start + 1)


def _masked(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with the union of sorted spans masked, so that overlaps leave no piece behind."""
    pieces: list[str] = []
    end = 0
    for start, stop in spans:
        if start >= end:
            pieces += (text[end:start], MASK)
        end = max(end, stop)
    return "".join((*pieces, text[end:]))


def _octets(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")


def _forms(value: str) -> Iterator[str]:
    """Every way in which a secret is written somewhere."""
    lines = (line for line in value.splitlines() if not line.startswith("-----"))
    for part in {value, value.strip(), *(line.strip() for line in lines)}:
        if len(part.strip()) >= SHORTEST:
            yield part
            yield from _percent_encoded(part)
            yield from _escaped(part)
            yield from _base64(part)


def _percent_encoded(value: str) -> Iterator[str]:
    octets = _octets(value)
    encoded = {quote(octets), quote(octets, safe=""), quote_plus(octets)}
    yield from encoded
    yield from (_lower_case_escapes(text) for text in encoded)
    yield "".join(f"%{octet:02X}" for octet in octets)
    yield "".join(f"%{octet:02x}" for octet in octets)


def _lower_case_escapes(text: str) -> str:
    head, *rest = text.split("%")
    return "%".join((head, *(piece[:2].lower() + piece[2:] for piece in rest)))


def _escaped(value: str) -> Iterator[str]:
    plain = json.dumps(value)[1:-1]
    unicode = json.dumps(value, ensure_ascii=False)[1:-1]
    yield from (plain, unicode, plain.replace("/", r"\/"), unicode.replace("/", r"\/"))
    yield repr(value)[1:-1]


def _base64(value: str) -> Iterator[str]:
    """Whole, and the part that is the same wherever the secret stands in a longer text."""
    octets = _octets(value)
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        whole = encode(octets).decode()
        yield whole
        yield whole.rstrip("=")
        for before in range(3):
            padded = encode(b"\0" * before + octets).decode()
            first = -(-before * 8 // 6)
            last = (before + len(octets)) * 8 // 6
            yield padded[first:last]
