"""What an action will do, exactly: frozen when the key is pressed, shown, and then sent so.

A plan holds no secret: it is drawn, printed and written to the audit as it is. Texts of others in
it are `Foreign`.
"""

import enum
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from providers.text import EMPTY, Foreign

_TYPABLE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@:/+-]{0,63}")
_MOST_TYPED: Final = 64
_LOOK_ALIKES: Final = frozenset("ıɑɡɩʟ")
"""Latin letters beyond ASCII that are drawn like letters of it."""


class Danger(enum.Enum):
    """How heavy a verb is."""

    LIGHT = "light"
    """Disturbs nobody and can be taken back, such as acknowledging a page."""

    CHANGE = "change"
    """Changes what runs, and can be taken back."""

    OUTAGE = "outage"
    """Users notice while it is carried out, such as a restart of the database."""

    FINAL = "final"
    """Can not be taken back, such as a refund."""


class Target(Struct, frozen=True, kw_only=True):
    """What is acted upon, by its identity and not by its row."""

    kind: str
    """service, deploy, session, user, payment, …"""

    identity: str
    """Its id at the vendor, with everything that makes it this one: `pid 15136 since 16:20:45Z`."""

    name: Foreign
    """As it is shown."""

    workspace: str
    environment: str
    """Empty: it belongs to no single one, and the strictest of the workspace holds."""

    production: bool
    short_name: str
    """What is typed to confirm: see `typable`."""

    @property
    def place(self) -> str:
        """`workspace/environment`."""
        return f"{self.workspace}/{self.environment}"

    @property
    def key(self) -> str:
        """Names it in locks and in the audit."""
        return f"{self.kind}:{self.identity}"


class HttpStep(Struct, frozen=True, kw_only=True, tag="http"):
    """One request."""

    title: str
    method: str
    url: str
    body: str = ""
    """As it is sent, with secrets masked."""

    headers: tuple[tuple[str, str], ...] = ()
    """Only those that matter, such as the idempotency key; never a credential."""


class SqlStep(Struct, frozen=True, kw_only=True, tag="sql"):
    """One statement; the steps of a plan that are SQL are one transaction."""

    title: str
    database: str
    statement: str
    parameters: tuple[str, ...] = ()
    rows: int | None = None
    """Exactly so many rows are changed, or the transaction is rolled back; None: no matter."""


class ScriptStep(Struct, frozen=True, kw_only=True, tag="script"):
    """One program, run without a shell."""

    title: str
    argv: tuple[str, ...]


Step = HttpStep | SqlStep | ScriptStep


class Change(Struct, frozen=True, kw_only=True):
    """One field that changes."""

    field: str
    before: Foreign
    after: Foreign


class Effect(Struct, frozen=True, kw_only=True):
    """Who or what is hit, measured now."""

    words: str
    """`requests a minute`, `sessions end`."""

    number: float | None
    unit: str = ""
    reason: str = ""
    """Why there is no number."""

    measured_at: datetime | None = None


class Undo(Struct, frozen=True, kw_only=True):
    """The inverse: a verb, prepared to be planned when it is wanted."""

    verb: str
    target: Target
    parameters: tuple[tuple[str, str], ...] = ()
    words: str
    """`deploy 7d20b5e again`."""


class Remaining(Struct, frozen=True, kw_only=True):
    """Something that the action leaves behind, shown on the wall until it is put right."""

    words: str
    """`autodeploy of API is off`."""

    undo: Undo
    """What puts it right."""


class Plan(Struct, frozen=True, kw_only=True):
    """One action on one target."""

    verb: str
    """Its name in the registry and in the audit: `restart-api`."""

    title: str
    """In words, such as `Restart API`."""

    target: Target
    parameters: tuple[tuple[str, str], ...] = ()
    """What the operator chose, in the verb's order."""

    steps: tuple[Step, ...]
    """What is sent, in this order."""

    changes: tuple[Change, ...] = ()
    pins: tuple[tuple[str, str], ...] = ()
    """What has to be as it was when this was planned, by name: the deployment that is live, how
    many sessions there are. Never a secret."""

    effects: tuple[Effect, ...] = ()
    side_effects: tuple[str, ...] = ()
    """What the vendor does besides, and what is not undone."""

    undo: Undo | None = None
    no_undo: str = ""
    """Why there is none."""

    remains: tuple[Remaining, ...] = ()
    watches: tuple[str, ...] = ()
    """Ids of the endpoint sources and keys of the KPIs that should be well afterwards."""

    counts_down_s: float = 0.0
    """What was taken away still works for so long afterwards: access tokens already issued."""

    counts_down: str = ""
    """What that is, in words."""

    needs: tuple[str, ...] = ()
    """Rights of the credential, in the vendor's words."""

    danger: Danger = Danger.CHANGE
    sources: tuple[str, ...] = ()
    """Ids of the sources it was read from: while their data is old, nothing is sent."""

    takes_s: float | None = None
    """How long it usually takes."""

    cool_down_s: float = 60.0
    """The same is not done again to the same target within this."""

    look_at: str = ""
    """Where to look when the outcome stays unknown: a page of the vendor's console."""

    @property
    def fingerprint(self) -> str:
        """Of everything that must not change between what was shown and what is sent.

        What is only measured (effects) and only said (titles, side effects) is left out.
        """
        bound = {
            "verb": self.verb,
            "target": msgspec.to_builtins(self.target),
            "parameters": self.parameters,
            "steps": msgspec.to_builtins(self.steps),
            "changes": msgspec.to_builtins(self.changes),
            "pins": self.pins,
            "danger": self.danger.value,
        }
        text = json.dumps(bound, sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def pinned(self) -> Mapping[str, str]:
        """The pins by name."""
        return dict(self.pins)


class BrokenPlan(Exception):
    """What was read from the audit is no plan."""


def typable(name: str, identity: str) -> str:
    """What is typed to confirm: the name if anybody can type it, else the end of the identity.

    Only ASCII letters, digits and `._@:/+-` are left, so that no look-alike, blank or invisible
    character can be part of what is compared.
    """
    for candidate in (name, identity):
        if _TYPABLE.fullmatch(candidate):
            return candidate
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", identity).strip("-._")[-_MOST_TYPED:].lstrip("-._")
    return plain or hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def is_typable(name: str) -> bool:
    """Whether a short name may be asked for."""
    return _TYPABLE.fullmatch(name) is not None


def oddities(text: str) -> tuple[str, ...]:
    """Characters of a name that are not what they look like, in words, each once.

    Everything beyond ASCII that could be taken for ASCII is worth a word: letters of other
    alphabets among Latin ones, and whatever `Foreign` made visible.
    """
    mixed = any(one.isascii() and one.isalpha() for one in text)
    found = [
        f"{one} is U+{ord(one):04X} {unicodedata.name(one, 'without a name').lower()}"
        for one in dict.fromkeys(text)
        if not one.isascii() and _is_odd(one, mixed=mixed)
    ]
    hidden = re.findall(r"<U\+[0-9A-F]{4,6}>", text)
    return (*found, *(f"{one[1:-1]} is invisible" for one in dict.fromkeys(hidden)))


def _is_odd(character: str, *, mixed: bool) -> bool:
    """Whether it can be taken for ASCII: by compatibility, by its looks, or among such letters."""
    if character in _LOOK_ALIKES or unicodedata.normalize("NFKC", character).isascii():
        return True
    foreign = not unicodedata.name(character, "").startswith("LATIN ")
    return foreign and (mixed or not character.isalpha())


def plan_json(plan: Plan) -> dict[str, object]:
    """A plan as JSON, for the audit and for `--json`; with its fingerprint."""
    fields = msgspec.to_builtins(plan)
    if not isinstance(fields, dict):
        raise TypeError("a plan is an object")
    return {**fields, "fingerprint": plan.fingerprint}


def plan_of(fields: Mapping[str, object]) -> Plan:
    """A plan that was written to the audit; what was masked or cut there stays so.

    Raises:
        BrokenPlan: It is none that this version can read.
    """
    try:
        return msgspec.convert(fields, Plan)
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        raise BrokenPlan(str(error)) from None


NOTHING: Final = EMPTY
"""Before or after a change, where there is nothing."""
