"""The columns of the deploys pane: what went where, when, by whom, and what it may have caused."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

from msgspec import Struct
from rich.cells import cell_len

from monitor.snapshot import DeployView, WorkspaceView
from monitor.words import short_duration
from providers.clock import Moment
from providers.deploy_readings import DeployState
from providers.text import EMPTY
from widgets.cells import Cell, Line, Tone, cut
from widgets.columns import Column
from widgets.fields import Field
from widgets.glyphs import Glyphs
from widgets.looks import steady
from widgets.tones import deploy_tone

AUTHOR_FROM: Final = 70
"""Columns from which there is room for the author."""

_ONSET_FROM: Final = 24
"""Columns of the message from which the word "onset" is spelt out."""

_WORDS: Final = {
    DeployState.BUILDING: "builds",
    DeployState.STARTING: "starts",
    DeployState.SUCCEEDED: "passed",
    DeployState.BLOCKED: "waits",
}
"""States in seven letters where their own word is longer."""


class Release(Struct, frozen=True, kw_only=True):
    """Deploys of one commit to several services that are one event to a person."""

    deploys: tuple[DeployView, ...]

    @property
    def first(self) -> DeployView:
        """The newest of them: what the row stands for."""
        return self.deploys[0]


DeployField = Field[Release]


def releases(deploys: Sequence[DeployView]) -> tuple[Release, ...]:
    """Neighbours with one commit, environment and state together."""
    return tuple(Release(deploys=tuple(group)) for _, group in groupby(deploys, key=_together))


def _together(view: DeployView) -> tuple[str, ...]:
    deploy = view.deploy
    alone = deploy.id if not deploy.commit or view.onset else ""
    return (deploy.vendor, deploy.environment, deploy.commit.text, deploy.state.value, alone)


def deploy_fields(
    view: WorkspaceView, width: int, now: Moment, glyphs: Glyphs
) -> tuple[DeployField, ...]:
    """The columns there is room for."""
    labels = {each.name: each.label.lower() for each in view.spec.environments}
    production = {each.name for each in view.spec.environments if each.production}
    wide = width >= AUTHOR_FROM
    name = 11 if wide else 9
    fields: list[DeployField] = [
        Field(column=Column(key="age", width=4), draw=lambda each: _age(each, now), rank=_made),
        Field(
            column=Column(key="environment", width=4),
            draw=lambda each: _environment(each, labels, production),
        ),
        Field(column=Column(key="service", width=name), draw=lambda each: _service(each, name)),
        Field(column=Column(key="commit", width=7), draw=_commit),
        Field(column=Column(key="sign", width=1), draw=lambda each: _sign(each, glyphs)),
        Field(column=Column(key="state", width=8), draw=_state),
    ]
    if wide:
        fields.append(
            Field(
                column=Column(key="author", width=8),
                draw=_author,
            )
        )
    room = max(width - sum(field.column.width + 1 for field in fields), 0)
    message = Column(key="message", width=12, grows=True)
    fields.append(Field(column=message, draw=lambda each: _message(each, room)))
    return tuple(fields)


def _made(release: Release) -> float | None:
    at = release.first.at
    return None if at is None else -at.timestamp()


def age_words(release: Release, now: Moment) -> str:
    """How long ago it was, in four columns."""
    at = release.first.at
    age_s = None if at is None else steady(max((now.at - at).total_seconds(), 0.0))
    return short_duration(age_s)


def _age(release: Release, now: Moment) -> Cell:
    return Cell(age_words(release, now), Tone.MUTED)


def _environment(release: Release, labels: Mapping[str, str], production: set[str]) -> Cell:
    name = release.first.deploy.environment
    return Cell(labels.get(name, name), Tone.NORMAL if name in production else Tone.MUTED)


def _service(release: Release, width: int) -> Cell:
    """The title of the service, or its short name where there is no room for it."""
    count = len(release.deploys)
    more = f" ×{count}" if count > 1 else ""
    room = width - len(more)
    titles, names = zip(*(_names(view) for view in release.deploys), strict=True)
    name = next(
        (each for each in (titles[0], *sorted(names, key=cell_len)) if cell_len(each) <= room),
        names[0],
    )
    return Cell(cut(name, room) + more)


def _names(view: DeployView) -> tuple[str, str]:
    """Title and short name of what was deployed."""
    if view.service is None:
        return view.deploy.target, view.deploy.target
    return view.service.title, view.service.name


def _author(release: Release) -> Cell:
    """The first name, which is what people call each other by; else whose run it was."""
    view = release.first
    author = view.deploy.author or (view.run.author if view.run is not None else EMPTY)
    return Cell(author.line().partition(" ")[0], Tone.MUTED)


def _commit(release: Release) -> Cell:
    deploy = release.first.deploy
    live = deploy.state is DeployState.LIVE
    return Cell(deploy.commit.line()[:7], Tone.ACCENT if live else Tone.MUTED)


def _sign(release: Release, glyphs: Glyphs) -> Cell:
    state = release.first.deploy.state
    return Cell(glyphs.deploy(state), deploy_tone(state))


def _state(release: Release) -> Cell:
    state = release.first.deploy.state
    return Cell(_WORDS.get(state, state.value), deploy_tone(state))


def _message(release: Release, room: int) -> Line:
    """The first line of the commit; where a deploy stands to the worst alert is never cut."""
    view = release.first
    message = view.deploy.message.text[:400].partition("\n")[0].strip()
    previous = view.deploy.state is DeployState.PREVIOUS
    tone = Tone.MUTED if previous else Tone.NORMAL
    if not view.onset:
        return (Cell(message, tone),)
    words = view.onset if room >= _ONSET_FROM else view.onset.removeprefix("onset ")
    onset = Cell(f" ◂ {words}", Tone.WARNING)
    return (Cell(cut(message, max(room - onset.width, 0)), tone), onset)
