"""What `quarterdeck rules explain` can be asked about, and finding it by a name."""

from collections.abc import Iterator
from typing import Final

import click
from msgspec import Struct

from monitor.workspace import CheckSpec, EndpointRowSpec, KpiSpec, WorkspaceSpec
from tui.config.suggest import listed, nearest
from tui.rules_ground import Ground

_NONE: Final = 1

_UNRECORDED: Final = ("blocking", "long", "unreachable", "certificate")
"""How keys of alerts begin that are of a single look: sessions, reach, certificates."""


class Subject(Struct, frozen=True, kw_only=True):
    """What can be explained: a KPI, or a check in one environment."""

    key: str
    """Of its alert."""

    short: str
    """As the configuration names it."""

    title: str
    environment: str
    workspace: WorkspaceSpec
    kpi: KpiSpec | None = None
    row: EndpointRowSpec | None = None
    check: CheckSpec | None = None


def chosen(of: Ground, text: str) -> tuple[Subject, ...]:
    """The subjects that a text names: a key, the end of one, a KPI's name or `service/check`.

    Args:
        of: What is watched.
        text: With `workspace:` before it, only that workspace is meant.

    Raises:
        SystemExit: None; what was perhaps meant has been told.
    """
    workspace, colon, rest = text.partition(":")
    specs = [spec for spec in of.workspaces if colon and spec.name == workspace]
    text = rest if specs else text
    every = [one for spec in specs or of.workspaces for one in subjects_of(spec)]
    for fits in (
        [one for one in every if text in {one.key, one.short}],
        [one for one in every if text.startswith(f"{one.key}/") or one.key.endswith(f"/{text}")],
        [one for one in every if one.title.lower() == text.lower()],
    ):
        if fits:
            return tuple(fits)
    if text.partition("/")[0] in _UNRECORDED:
        click.echo(
            f"quarterdeck: {text}: what it was judged by is not in the history; "
            "quarterdeck alerts and the wall say why it fires",
            err=True,
        )
        raise SystemExit(_NONE)
    names = {name: one.short for one in every for name in (one.short, one.key, one.title)}
    hint = nearest(text, names)
    known = listed(dict.fromkeys(one.short for one in every))
    meant = f"did you mean {names[hint]}?" if hint else f"there are: {known}"
    click.echo(f"quarterdeck: no rule {text!r}; {meant}", err=True)
    raise SystemExit(_NONE)


def subjects_of(spec: WorkspaceSpec) -> Iterator[Subject]:
    """All that can be explained in a workspace."""
    for kpi in spec.kpis:
        yield Subject(
            key=f"kpi/{spec.name}/{kpi.key}",
            short=kpi.key,
            title=kpi.title,
            environment=kpi.environment,
            workspace=spec,
            kpi=kpi,
        )
    for row in spec.rows:
        for environment, check in row.checks.items():
            yield Subject(
                key=f"check/{check.source}",
                short=row.key,
                title=row.title,
                environment=environment,
                workspace=spec,
                row=row,
                check=check,
            )
