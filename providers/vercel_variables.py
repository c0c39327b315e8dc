"""The environment variables of a Vercel project: names, targets, ages; never a value; pure.

Source: `env` of `GET /v9/projects/{idOrName}`, which the vendor's specification leaves open. Its
entries carry values too, encrypted or, for the type `plain`, readable: that member is not read.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from providers.errors import BadAnswer
from providers.fields import Fields
from providers.system_readings import Condition, Record, Section
from providers.text import EMPTY, Foreign
from providers.vendor import Sorted, entries, sort_out

MOST_SHOWN: Final = 200
_SECRET_NAME: Final = re.compile(r"SECRET|PASSWORD|PRIVATE|TOKEN|SERVICE_ROLE|CREDENTIAL")
_PUBLIC_PREFIXES: Final = ("NEXT_PUBLIC_", "VITE_", "PUBLIC_", "REACT_APP_", "NUXT_PUBLIC_")
_FINE_TO_SEE: Final = re.compile(r"PUBLISHABLE|ANON|PUBLIC_TOKEN|SITE_KEY|MAPBOX")


class Variable(Struct, frozen=True, kw_only=True):
    """One variable in some targets; a name may have several, each for others."""

    key: Foreign
    targets: frozenset[str]
    """`production`, `preview`, `development`, and ids of custom environments."""

    kind: Foreign
    """`encrypted`, `sensitive`, `plain`, `system`."""

    branch: Foreign
    """Only for this branch of the previews; empty: for all."""

    changed_at: datetime | None


class Where(Struct, frozen=True, kw_only=True):
    """Where staging's variables are to be found."""

    project: str = ""
    """A project of its own; empty: the same."""

    target: str = "preview"
    """`production` for a project of its own, `preview`, or the slug of a custom environment."""

    branch: str = ""


class Comparison(Struct, frozen=True, kw_only=True):
    """What production is compared with."""

    staging: frozenset[str] | None = None
    """Names that staging has; None: nothing to compare with."""

    expected: tuple[str, ...] = ()
    """Names that must be set in production."""

    old_after: timedelta = timedelta(days=180)


class Variables(Struct, frozen=True, kw_only=True):
    """The variables of one project."""

    found: Sorted[Variable]
    custom: Mapping[str, str]
    """Ids of custom environments by slug."""

    hidden: bool = False
    """The answer does not speak of them: not every role is told."""

    @property
    def whole(self) -> bool:
        """Whether each was told and understood."""
        return not (self.hidden or self.found.hopeless or self.found.notice)

    def names_at(self, where: Where) -> frozenset[str]:
        """The names that are set at a place."""
        target = self.custom.get(where.target, where.target)
        return frozenset(
            one.key.text
            for one in self.found.kept
            if target in one.targets and one.branch.text in {"", where.branch}
        )


def variables_of(project: object, system: str, operation: str) -> Variables:
    """The variables of a project's answer; what is wrong with them is no fault of the rest."""
    if isinstance(project, dict) and project.get("env") is None:
        return Variables(found=Sorted(kept=()), custom={}, hidden=True)
    try:
        items = entries(project, "env", system, operation)
        custom = _custom_environments(project, system, operation)
    except BadAnswer as error:
        return Variables(found=Sorted(kept=(), hopeless=error), custom={})
    return Variables(found=sort_out(items, _variable, "variable"), custom=custom)


def _variable(item: Fields) -> Variable | None:
    return Variable(
        key=Foreign(item.text("key").line(200)),
        targets=frozenset({*_targets(item), *item.words("customEnvironmentIds")}),
        kind=item.optional_text("type") or EMPTY,
        branch=item.optional_text("gitBranch") or EMPTY,
        changed_at=item.optional_moment_ms("updatedAt") or item.optional_moment_ms("createdAt"),
    )


def _targets(item: Fields) -> tuple[str, ...]:
    """A list of words, or one word alone."""
    return (item.word("target"),) if isinstance(item.raw("target"), str) else item.words("target")


def _custom_environments(project: object, system: str, operation: str) -> dict[str, str]:
    fields = Fields(project, system, operation)
    if "customEnvironments" not in fields:
        return {}
    found = entries(project, "customEnvironments", system, operation)
    pairs = sort_out(found, lambda item: (item.word("slug"), item.word("id")), "environment")
    return dict(pairs.kept)


class Judged(Struct, frozen=True, kw_only=True):
    """One name with everything there is to say of it."""

    key: str
    targets: tuple[str, ...]
    kind: str
    changed_at: datetime | None
    missing_in_staging: bool
    remarks: tuple[str, ...]
    condition: Condition


def judged(variables: Sequence[Variable], against: Comparison, now: datetime) -> tuple[Judged, ...]:
    """Each name once, what needs a person first, and what is expected and not there."""
    by_key: dict[str, list[Variable]] = {}
    for one in variables:
        by_key.setdefault(one.key.text, []).append(one)
    found = [_judged(key, ones, against, now) for key, ones in by_key.items()]
    in_production = {one.key.text for one in variables if "production" in one.targets}
    found += [_absent(name) for name in against.expected if name not in in_production]
    order = (Condition.BROKEN, Condition.DEGRADED, Condition.NOTABLE, Condition.FINE)
    return tuple(sorted(found, key=lambda one: (order.index(one.condition), one.key)))


def _absent(name: str) -> Judged:
    return Judged(
        key=name,
        targets=(),
        kind="",
        changed_at=None,
        missing_in_staging=False,
        remarks=("expected, not set in production",),
        condition=Condition.DEGRADED,
    )


def _judged(key: str, ones: Sequence[Variable], against: Comparison, now: datetime) -> Judged:
    targets = frozenset(target for one in ones for target in one.targets)
    kinds = sorted({one.kind.line(20) for one in ones if one.kind})
    changed = [one.changed_at for one in ones if one.changed_at is not None]
    staging = against.staging
    missing = staging is not None and "production" in targets and key not in staging
    oldest = min(changed, default=None)
    remarks = [*_exposed(key, kinds, targets)]
    leaks = "sent to browsers" in remarks
    remarks += ["missing in staging"] if missing else []
    if oldest is not None and now - oldest > against.old_after and _SECRET_NAME.search(key):
        remarks.append(f"unchanged for {(now - oldest).days} days")
    return Judged(
        key=key,
        targets=tuple(sorted(targets)),
        kind=", ".join(kinds),
        changed_at=max(changed, default=None),
        missing_in_staging=missing,
        remarks=tuple(remarks),
        condition=_condition(leaks=leaks, any_remark=bool(remarks)),
    )


def _condition(*, leaks: bool, any_remark: bool) -> Condition:
    if leaks:
        return Condition.DEGRADED
    return Condition.NOTABLE if any_remark else Condition.FINE


def _exposed(key: str, kinds: Collection[str], targets: Collection[str]) -> Iterator[str]:
    """What its name and type say about who can read it."""
    if not _SECRET_NAME.search(key) or _FINE_TO_SEE.search(key):
        return
    if key.startswith(_PUBLIC_PREFIXES):
        yield "sent to browsers"
    elif "plain" in kinds:
        yield "readable for the whole team"
    if {"production", "preview"} <= set(targets):
        yield "previews have production's"


def section_of(all_judged: Sequence[Judged], notice: str = "") -> Section:
    """The list for the pane."""
    return Section(
        key="variables",
        title="Environment variables (names only)",
        records=tuple(_record(one) for one in all_judged[:MOST_SHOWN]),
        empty="none set",
        blind="" if all_judged or not notice else notice,
        more=max(0, len(all_judged) - MOST_SHOWN),
    )


def _record(one: Judged) -> Record:
    return Record(
        id=one.key,
        title=Foreign(one.key),
        condition=one.condition,
        state=Foreign("; ".join(one.remarks)),
        at=one.changed_at,
        details=(
            ("targets", Foreign(", ".join(one.targets))),
            ("type", Foreign(one.kind)),
        ),
    )
