"""What the details of one deploy say. Pure."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from monitor.snapshot import AlertView, DeployView, WorkspaceView
from monitor.verdicts import Level
from monitor.words import duration_words, number_words
from providers.clock import Moment
from providers.deploy_readings import DeployState
from tui.screens.effects import Effect, level_of
from tui.screens.parts import ago, foreign_lines, heading, labelled, mark, muted, when
from tui.screens.subjects import https
from widgets.cells import Cell, Line, Tone, fit, said
from widgets.glyphs import Glyphs

RELATED_S: Final = 1_800.0
"""An alert that began longer after going live than this is not shown beside the deploy."""

_COLUMNS: Final = (22, 14, 14, 14)
_MOST_CANDIDATES: Final = 6


def deploy_lines(
    view: WorkspaceView, each: DeployView, figures: Sequence[Effect] | None, zone: tzinfo,
    now: Moment, glyphs: Glyphs,
) -> tuple[Line, ...]:  # fmt: skip
    """The page of one deploy; `figures` is None while the history is being read."""
    return (
        *_said_lines(each, zone, now),
        *_notice_lines(each, glyphs),
        (),
        *_effect_lines(each, figures, glyphs),
        (),
        *_related_lines(view, each, glyphs),
        (),
        *_candidate_lines(view, each, now, glyphs),
    )


def _said_lines(each: DeployView, zone: tzinfo, now: Moment) -> list[Line]:
    deploy = each.deploy
    lines = foreign_lines("message", deploy.message, most=5) if deploy.message else []
    commit, run = deploy.commit.line(40), each.run
    author = deploy.author or (run.author if run is not None else deploy.author)
    lines += [
        labelled("commit", Cell(commit or "—"), Cell("   by ", Tone.MUTED), said(author),
                 Cell("   branch ", Tone.MUTED), said(deploy.branch)),
        labelled("deploy", Cell(f"{deploy.vendor} {deploy.id[:60]}"),
                 Cell("   state ", Tone.MUTED), Cell(deploy.state.value),
                 Cell(" (", Tone.MUTED), said(deploy.vendor_state, Tone.MUTED),
                 Cell(")   trigger ", Tone.MUTED), said(deploy.trigger)),
        labelled("went live", Cell(when(deploy.live_at, zone, now)),
                 Cell(f"   {ago(deploy.live_at, now)}   made {ago(deploy.created_at, now)}",
                      Tone.MUTED)),
    ]  # fmt: skip
    if run is not None:
        lines.append(labelled("run", Cell(f"{run.vendor} {run.id[:60]}"),
                              Cell("   state ", Tone.MUTED), Cell(run.state.value),
                              Cell("   ", Tone.MUTED), said(run.message)))  # fmt: skip
    if https(deploy.url):
        lines.append(labelled("page", Cell(deploy.url, Tone.ACCENT)))
    return lines


def _notice_lines(each: DeployView, glyphs: Glyphs) -> list[Line]:
    """What its vendor says of the service now, such as that auto-deploy is off."""
    sign = Cell(f"{glyphs.warning} ", Tone.WARNING)
    return [labelled("note", sign, Cell(words, Tone.WARNING)) for words in each.notices]


def _effect_lines(each: DeployView, figures: Sequence[Effect] | None, glyphs: Glyphs) -> list[Line]:
    lines = [heading("Before and after going live   correlated, not proof")]
    if each.deploy.live_at is None:
        return [*lines, muted("it has not gone live")]
    if figures is None:
        return [*lines, muted("reading the history…")]
    if not figures:
        return [*lines, muted("the history has no figures around that time")]
    lines.append(_row("", "before (1 h)", "after", "change", Tone.MUTED))
    for effect in figures:
        row = _row(
            effect.title,
            number_words(effect.before, effect.unit),
            number_words(effect.after, effect.unit),
            effect.change,
            Tone.NORMAL,
        )
        lines.append((*row, mark(level_of(effect), glyphs)) if effect.worse else row)
    return lines


def _row(title: str, before: str, after: str, change: str, tone: Tone) -> Line:
    texts = (title, before, after, change)
    cells = [
        Cell(fit(text, width, "left" if number == 0 else "right"), tone)
        for number, (text, width) in enumerate(zip(texts, _COLUMNS, strict=True))
    ]
    return (*cells, Cell("  "))


def related(view: WorkspaceView, each: DeployView) -> tuple[tuple[float, AlertView], ...]:
    """Alerts of its environment that began soon after it went live, with how soon in seconds."""
    live_at = each.deploy.live_at
    if live_at is None:
        return ()
    after = (
        ((alert.since.at - live_at).total_seconds(), alert)
        for alert in view.alerts
        if alert.environment in {each.deploy.environment, ""}
    )
    return tuple(sorted(
        ((gap_s, alert) for gap_s, alert in after if 0 <= gap_s <= RELATED_S),
        key=lambda pair: pair[0],
    ))  # fmt: skip


def _related_lines(view: WorkspaceView, each: DeployView, glyphs: Glyphs) -> list[Line]:
    lines = [heading("Began soon after   correlated, not proof")]
    found = related(view, each)
    if not found:
        return [*lines, muted("no alert began within 30 minutes of going live")]
    return lines + [
        (
            mark(alert.level, glyphs),
            Cell(f" {alert.brief}"),
            Cell(f"  began {duration_words(gap_s)} after going live", Tone.MUTED),
        )
        for gap_s, alert in found
    ]


def candidates(view: WorkspaceView, each: DeployView) -> tuple[DeployView, ...]:
    """Earlier deploys of the same thing to the same place that were live or could be again."""
    return tuple(
        other
        for other in view.deploys
        if other.key != each.key
        and other.deploy.target == each.deploy.target
        and other.deploy.environment == each.deploy.environment
        and (other.deploy.rollback_candidate or other.deploy.state is DeployState.PREVIOUS)
    )[:_MOST_CANDIDATES]


def _candidate_lines(
    view: WorkspaceView, each: DeployView, now: Moment, glyphs: Glyphs
) -> list[Line]:
    lines = [heading("Could be rolled back to")]
    found = candidates(view, each)
    if not found:
        return [*lines, muted("no earlier deploy that was live is in the list")]
    for other in found:
        deploy = other.deploy
        sign = mark(Level.OK, glyphs) if deploy.rollback_candidate else Cell(glyphs.unknown)
        lines.append(
            (
                sign,
                Cell(f" {deploy.commit.line(40)[:7]}  ", Tone.ACCENT),
                Cell(fit(deploy.message.line(60), 50)),
                Cell(f"  {deploy.author.line(20)}  went live {ago(deploy.live_at, now)}",
                     Tone.MUTED),
            )
        )  # fmt: skip
    return lines
