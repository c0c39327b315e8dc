"""What an action will do, exactly: frozen when the key is pressed, shown, and then sent so.

A plan holds no secret: it is drawn, printed and written to the audit as it is. Texts of others in
it are `Foreign`.
"""

import enum
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from actions.names import is_typable as is_typable
from actions.names import oddities as oddities
from actions.names import typable as typable
from providers.text import EMPTY, Foreign


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

    until: datetime | None = None
    """It should be put right by then; past it, it is overdue and told as such."""


class Request(Struct, frozen=True, kw_only=True):
    """Who wants a plan carried out, and why: known once it is confirmed."""

    id: str
    """Of the confirmation; also what is looked for at the other side when the answer was lost."""

    at: datetime
    operator: str
    reason: str
    incident: str = ""


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

    baseline: tuple[tuple[str, str], ...] = ()
    """How it stood before, for reading back: the newest message of the channel. Not bound by the
    fingerprint, for it goes on changing without harm."""

    request: Request | None = None
    """Filled in when it was confirmed, before the intent is written; not bound by the
    fingerprint, so that what was agreed to stays the same plan."""

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


def undo_json(undo: Undo | None) -> dict[str, object] | None:
    """An inverse as JSON, for the audit."""
    fields = msgspec.to_builtins(undo)
    return fields if isinstance(fields, dict) else None


def undo_of(fields: Mapping[str, object]) -> Undo:
    """An inverse that was written to the audit.

    Raises:
        BrokenPlan: It is none that this version can read.
    """
    try:
        return msgspec.convert(fields, Undo)
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        raise BrokenPlan(str(error)) from None


NOTHING: Final = EMPTY
"""Before or after a change, where there is nothing."""
